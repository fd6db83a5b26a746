package article

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// LanguageForm matches what has the form of a BCP 47 language tag, with "_" for "-"
// too. It does not know which tags exist.
var LanguageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$`)

// HTML renders an article as an HTML document of its own, in UTF-8. All text is
// escaped: it has no script, style or markup of the page.
func HTML(a *Article) string {
	var b strings.Builder
	lang := ""
	if LanguageForm.MatchString(a.Language) {
		lang = ` lang="` + a.Language + `"`
	}
	title := html.EscapeString(a.Title)
	fmt.Fprintf(&b, "<!doctype html>\n<html%s>\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n<article>\n<h1>%s</h1>\n", lang, title, title)
	for _, line := range metaLines(a) {
		fmt.Fprintf(&b, "<p><small>%s</small></p>\n", html.EscapeString(line))
	}
	for _, block := range a.Body {
		writeHTML(&b, a, block)
	}
	b.WriteString("</article>\n</body>\n</html>\n")
	return b.String()
}

func writeHTML(b *strings.Builder, a *Article, block Block) {
	l := &linker{links: block.Links}
	switch block.Type {
	case Heading:
		n := headingLevel(block)
		fmt.Fprintf(b, "<h%d>%s</h%d>\n", n, l.html(block.Text), n)
	case List:
		b.WriteString("<ul>\n")
		for _, item := range block.Items {
			fmt.Fprintf(b, "<li>%s</li>\n", l.html(item))
		}
		b.WriteString("</ul>\n")
	case Quote, Embed:
		fmt.Fprintf(b, "<blockquote>%s</blockquote>\n", l.html(block.Text))
	case Code:
		fmt.Fprintf(b, "<pre>%s</pre>\n", l.html(block.Text))
	case Table:
		writeHTMLTable(b, block.Rows, l)
	case Media:
		if c, ok := a.captionOf(block); ok {
			fmt.Fprintf(b, "<figure><figcaption>%s <small>%s</small></figcaption></figure>\n", l.html(c.Text), l.html(c.Credit))
		}
	default:
		fmt.Fprintf(b, "<p>%s</p>\n", l.html(block.Text))
	}
}

func writeHTMLTable(b *strings.Builder, rows [][]string, l *linker) {
	b.WriteString("<table>\n")
	for _, row := range rows {
		b.WriteString("<tr>")
		for _, cell := range row {
			fmt.Fprintf(b, "<td>%s</td>", l.html(cell))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}

func (l *linker) html(text string) string {
	return l.render(text, html.EscapeString, func(text, url string) string {
		return `<a href="` + html.EscapeString(url) + `">` + html.EscapeString(text) + "</a>"
	})
}
