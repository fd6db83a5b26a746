package article

import "strings"

// Markdown renders an article as CommonMark, with tables as GitHub has them: title,
// byline, dates, section and URL, subtitle, body and contacts. Text of the page is
// escaped. It ends with a line feed.
func Markdown(a *Article) string {
	w := &markdownWriter{article: a, subtitle: a.Subtitle}
	if a.Title != "" {
		w.paragraph("# " + escape(a.Title))
	}
	for _, line := range metaLines(a) {
		w.WriteString(escape(line) + "  \n")
	}
	if a.URL != "" {
		w.WriteString("<" + a.URL + ">\n")
	}
	w.WriteString("\n")
	if a.Subtitle != "" {
		w.paragraph("*" + escape(a.Subtitle) + "*")
	}
	for _, b := range a.Body {
		w.block(b)
	}
	if len(a.Contacts) > 0 {
		w.paragraph("---")
		for _, c := range a.Contacts {
			w.paragraph(contactMarkdown(c))
		}
	}
	return strings.TrimRight(w.String(), "\n") + "\n"
}

type markdownWriter struct {
	strings.Builder
	article  *Article
	subtitle string // empty once a paragraph that repeats it has been left out
}

// paragraph writes a block and the blank line after it; nothing for an empty one.
func (w *markdownWriter) paragraph(s string) {
	if s != "" {
		w.WriteString(s + "\n\n")
	}
}

func (w *markdownWriter) block(b Block) {
	l := &linker{links: b.Links}
	switch b.Type {
	case Heading:
		w.paragraph(strings.Repeat("#", headingLevel(b)) + " " + l.markdown(b.Text))
	case List:
		for _, item := range b.Items {
			w.WriteString("- " + l.markdown(item) + "\n")
		}
		w.WriteString("\n")
	case Quote:
		w.paragraph("> " + l.markdown(b.Text))
	case Code:
		w.paragraph("```\n" + strings.ReplaceAll(b.Text, "```", "` ` `") + "\n```")
	case Table:
		w.table(b.Rows, l)
	case Embed:
		w.embed(b)
	case Media:
		if c, ok := w.article.captionOf(b); ok {
			w.paragraph(captionMarkdown(c))
		}
	default:
		if b.Text == w.subtitle {
			w.subtitle = ""
			return // printed above as the subtitle
		}
		w.paragraph(l.markdown(b.Text))
	}
}

// table writes rows; the first becomes the head, which Markdown requires.
func (w *markdownWriter) table(rows [][]string, l *linker) {
	for i, row := range rows {
		cells := make([]string, len(row))
		for k, cell := range row {
			cells[k] = strings.ReplaceAll(l.markdown(cell), "|", `\|`)
		}
		w.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		if i == 0 {
			w.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
	w.WriteString("\n")
}

// embed writes the text and the address of an embedded post or player as a quote.
func (w *markdownWriter) embed(b Block) {
	quoted := ""
	if b.Text != "" {
		quoted = "> " + escape(b.Text) + "\n"
	}
	w.paragraph(quoted + "> <" + b.URL + ">")
}

func captionMarkdown(c Caption) string {
	s := "*" + capitalized(c.Media) + ": " + escape(c.Text)
	if c.Credit != "" {
		s += " (" + escape(c.Credit) + ")"
	}
	return s + "*"
}

func contactMarkdown(c Contact) string {
	label := c.Label
	if label == "" {
		label = "Contact"
	}
	lines := []string{"**" + label + "** (" + c.Kind + ")"}
	for _, a := range c.Addresses {
		lines = append(lines, "- "+a.Raw)
	}
	for _, p := range c.Phones {
		lines = append(lines, "- Phone: "+phoneText(p))
	}
	for _, p := range c.Faxes {
		lines = append(lines, "- Fax: "+phoneText(p))
	}
	for _, e := range c.Emails {
		lines = append(lines, "- "+e)
	}
	for _, s := range c.Social {
		lines = append(lines, "- "+s)
	}
	return strings.Join(lines, "\n")
}

// phoneText is a number as printed, and in E.164 if that differs.
func phoneText(p Phone) string {
	if p.E164 == "" || p.E164 == p.Raw {
		return p.Raw
	}
	return p.Raw + " (" + p.E164 + ")"
}

// escape escapes the characters of a text that Markdown would read as markup, at the
// start of a line and within it.
func escape(s string) string {
	s = escapeInline(s)
	if s != "" && strings.ContainsRune("#>+-=|", rune(s[0])) {
		s = `\` + s
	}
	return s
}

var inlineMarks = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`)

// escapeInline is escape for text that does not begin a line.
func escapeInline(s string) string { return inlineMarks.Replace(s) }

func (l *linker) markdown(text string) string {
	first := true // nothing of the line is written
	plain := func(s string) string {
		if first {
			first = false
			return escape(s)
		}
		return escapeInline(s)
	}
	return l.render(text, plain, func(text, url string) string {
		first = false
		return "[" + escapeInline(text) + "](<" + urlMarks.Replace(url) + ">)"
	})
}

// urlMarks escapes what would end an address in angle brackets.
var urlMarks = strings.NewReplacer("<", "%3C", ">", "%3E")
