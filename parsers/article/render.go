package article

import "strings"

// Text renders an article as plain text: title, byline, dates and section, then
// Article.Text. It ends with a line feed.
func Text(a *Article) string {
	var parts []string
	if a.Title != "" {
		parts = append(parts, a.Title)
	}
	if lines := metaLines(a); len(lines) > 0 {
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return strings.Join(append(parts, a.Text), "\n\n") + "\n"
}

// PlainText is the text of a body: blocks joined by a blank line, items and rows
// by a line feed, cells by " | ". Media have none.
func PlainText(body []Block) string {
	var parts []string
	for _, b := range body {
		switch b.Type {
		case List:
			parts = append(parts, strings.Join(b.Items, "\n"))
		case Table:
			var rows []string
			for _, r := range b.Rows {
				rows = append(rows, rowText(r))
			}
			parts = append(parts, strings.Join(rows, "\n"))
		case Media:
		default:
			if b.Text != "" {
				parts = append(parts, b.Text)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}

// metaLines are the lines below a title: byline, dates and section, and the kind
// of a page that is not an article.
func metaLines(a *Article) []string {
	var lines []string
	if by := bylineText(a); by != "" {
		lines = append(lines, by)
	}
	var when []string
	if a.Published != "" {
		when = append(when, "Published "+a.Published)
	}
	if a.Modified != "" {
		when = append(when, "modified "+a.Modified)
	}
	if a.Section != "" {
		when = append(when, "in "+a.Section)
	}
	if len(when) > 0 {
		lines = append(lines, capitalized(strings.Join(when, ", ")))
	}
	if a.Kind != KindArticle {
		lines = append(lines, "Kind: "+string(a.Kind))
	}
	return lines
}

// bylineText is the byline as printed, else one of the authors' names.
func bylineText(a *Article) string {
	if a.Byline != "" || len(a.Authors) == 0 {
		return a.Byline
	}
	var names []string
	for _, author := range a.Authors {
		names = append(names, author.Name)
	}
	return "By " + strings.Join(names, ", ")
}

// capitalized is a text of ASCII with its first letter in upper case.
func capitalized(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// captionOf is the caption of a media block; false if it has none.
func (a *Article) captionOf(b Block) (Caption, bool) {
	if b.Caption == nil || *b.Caption < 0 || *b.Caption >= len(a.Captions) {
		return Caption{}, false
	}
	return a.Captions[*b.Caption], true
}

// headingLevel is the level of a heading below the article's title.
func headingLevel(b Block) int { return max(2, min(b.Level, 6)) }

// A linker renders the texts of a block, one after another, with its links.
type linker struct{ links []Link }

// render renders a text: each link where its text stands next, the rest as plain.
func (l *linker) render(text string, plain func(string) string, link func(text, url string) string) string {
	var b strings.Builder
	for len(l.links) > 0 {
		at := strings.Index(text, l.links[0].Text)
		if at < 0 {
			break // a link of the next text
		}
		if at > 0 {
			b.WriteString(plain(text[:at]))
		}
		b.WriteString(link(l.links[0].Text, l.links[0].URL))
		text = text[at+len(l.links[0].Text):]
		l.links = l.links[1:]
	}
	if text != "" {
		b.WriteString(plain(text))
	}
	return b.String()
}

// rowText writes a row of a table as a line: a cell that is alone in it without the empty
// ones, others without those after the last.
func rowText(row []string) string {
	full, last := 0, -1
	for i, cell := range row {
		if cell != "" {
			full, last = full+1, i
		}
	}
	if full == 1 {
		return row[last]
	}
	return strings.Join(row[:last+1], " | ")
}
