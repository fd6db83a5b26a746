package article

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

var LanguageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$`)

// Markdown is an article for people to read: CommonMark.
func Markdown(a *Article) string {
	var b strings.Builder
	para := func(s string) {
		if s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	if a.Title != "" {
		para("# " + escape(a.Title))
	}
	for _, line := range metaLines(a) {
		b.WriteString(escape(line) + "  \n")
	}
	if a.URL != "" {
		b.WriteString("<" + a.URL + ">\n")
	}
	b.WriteString("\n")
	skip := a.Subtitle
	if skip != "" {
		para("*" + escape(skip) + "*")
	}
	for _, bl := range a.Body {
		l := &linker{links: bl.Links}
		switch bl.Type {
		case Heading:
			para(strings.Repeat("#", max(2, min(bl.Level, 6))) + " " + l.markdown(bl.Text))
		case List:
			for _, it := range bl.Items {
				b.WriteString("- " + l.markdown(it) + "\n")
			}
			b.WriteString("\n")
		case Quote:
			para("> " + l.markdown(bl.Text))
		case Code:
			para("```\n" + strings.ReplaceAll(bl.Text, "```", "` ` `") + "\n```")
		case Table:
			for i, r := range bl.Rows {
				cells := make([]string, len(r))
				for k, c := range r {
					cells[k] = strings.ReplaceAll(l.markdown(c), "|", `\|`)
				}
				b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
				if i == 0 {
					b.WriteString("|" + strings.Repeat(" --- |", len(r)) + "\n")
				}
			}
			b.WriteString("\n")
		case Embed:
			quoted := ""
			if bl.Text != "" {
				quoted = "> " + escape(bl.Text) + "\n"
			}
			para(quoted + "> <" + bl.URL + ">")
		case Media:
			if bl.Caption != nil && *bl.Caption >= 0 && *bl.Caption < len(a.Captions) {
				para(markdownCaption(a.Captions[*bl.Caption]))
			}
		default:
			if bl.Text == skip {
				skip = ""
				continue // printed as the standfirst
			}
			para(l.markdown(bl.Text))
		}
	}
	if len(a.Contacts) > 0 {
		para("---")
		for _, c := range a.Contacts {
			para(contactText(c, "**", "**"))
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func markdownCaption(c Caption) string {
	s := "*" + strings.ToUpper(c.Media[:1]) + c.Media[1:] + ": " + escape(c.Text)
	if c.Credit != "" {
		s += " (" + escape(c.Credit) + ")"
	}
	return s + "*"
}

// metaLines are byline, dates and section in lines.
func metaLines(a *Article) []string {
	var lines []string
	by := a.Byline
	if by == "" && len(a.Authors) > 0 {
		var names []string
		for _, au := range a.Authors {
			names = append(names, au.Name)
		}
		by = "By " + strings.Join(names, ", ")
	}
	if by != "" {
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
		line := strings.Join(when, ", ")
		lines = append(lines, strings.ToUpper(line[:1])+line[1:])
	}
	if a.Kind != KindArticle {
		lines = append(lines, "Kind: "+string(a.Kind))
	}
	return lines
}

// escape keeps a text from being read as markup, where that would happen.
func escape(s string) string {
	s = escapeInline(s)
	if s != "" && strings.ContainsRune("#>+-=|", rune(s[0])) {
		s = `\` + s
	}
	return s
}

var inlineMarks = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`)

// escapeInline is escape for what does not begin a line.
func escapeInline(s string) string { return inlineMarks.Replace(s) }

// A linker writes the texts of a block, one after another, with its links.
type linker struct{ links []Link }

func (l *linker) markdown(text string) string {
	first := true
	plain := func(s string) string {
		if first {
			first = false
			return escape(s)
		}
		return escapeInline(s)
	}
	return l.write(text, plain, func(text, url string) string {
		first = false
		return "[" + escapeInline(text) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(url) + ">)"
	})
}

// write puts each link where its text stands next.
func (l *linker) write(text string, plain func(string) string, link func(text, url string) string) string {
	var b strings.Builder
	for len(l.links) > 0 {
		at := strings.Index(text, l.links[0].Text)
		if at < 0 {
			break // of the next item
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

func contactText(c Contact, on, off string) string {
	var lines []string
	label := c.Label
	if label == "" {
		label = "Contact"
	}
	lines = append(lines, on+label+off+" ("+c.Kind+")")
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

func phoneText(p Phone) string {
	if p.E164 == "" || p.E164 == p.Raw {
		return p.Raw
	}
	return p.Raw + " (" + p.E164 + ")"
}

// Text is an article as plain text: title, byline, what a reader reads.
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

// HTML is an article as a document of its own, without script and style of the page.
func HTML(a *Article) string {
	var b strings.Builder
	e := html.EscapeString
	lang := ""
	if LanguageForm.MatchString(a.Language) {
		lang = ` lang="` + a.Language + `"`
	}
	fmt.Fprintf(&b, "<!doctype html>\n<html%s>\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n<article>\n<h1>%s</h1>\n", lang, e(a.Title), e(a.Title))
	for _, line := range metaLines(a) {
		fmt.Fprintf(&b, "<p><small>%s</small></p>\n", e(line))
	}
	for _, bl := range a.Body {
		l := &linker{links: bl.Links}
		e := func(s string) string {
			return l.write(s, html.EscapeString, func(text, url string) string {
				return `<a href="` + html.EscapeString(url) + `">` + html.EscapeString(text) + "</a>"
			})
		}
		switch bl.Type {
		case Heading:
			n := max(2, min(bl.Level, 6))
			fmt.Fprintf(&b, "<h%d>%s</h%d>\n", n, e(bl.Text), n)
		case List:
			b.WriteString("<ul>\n")
			for _, it := range bl.Items {
				fmt.Fprintf(&b, "<li>%s</li>\n", e(it))
			}
			b.WriteString("</ul>\n")
		case Quote, Embed:
			fmt.Fprintf(&b, "<blockquote>%s</blockquote>\n", e(bl.Text))
		case Code:
			fmt.Fprintf(&b, "<pre>%s</pre>\n", e(bl.Text))
		case Table:
			b.WriteString("<table>\n")
			for _, r := range bl.Rows {
				b.WriteString("<tr>")
				for _, c := range r {
					fmt.Fprintf(&b, "<td>%s</td>", e(c))
				}
				b.WriteString("</tr>\n")
			}
			b.WriteString("</table>\n")
		case Media:
			if bl.Caption != nil && *bl.Caption >= 0 && *bl.Caption < len(a.Captions) {
				c := a.Captions[*bl.Caption]
				fmt.Fprintf(&b, "<figure><figcaption>%s <small>%s</small></figcaption></figure>\n", e(c.Text), e(c.Credit))
			}
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", e(bl.Text))
		}
	}
	b.WriteString("</article>\n</body>\n</html>\n")
	return b.String()
}
