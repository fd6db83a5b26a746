package cite

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// BibTeX returns an entry of a .bib file in UTF-8, with the fields of biblatex's @online.
// Programs that do not know the type read it as @misc. It ends with a line feed.
func BibTeX(it Item) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@online{%s,\n", key(&it))
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-12s = {%s},\n", name, value)
		}
	}
	var authors []string
	for _, a := range it.Authors {
		if s := bibName(a); s != "" {
			authors = append(authors, s)
		}
	}
	field("author", strings.Join(authors, " and "))
	// The second pair of braces keeps the letters' case, which many styles change.
	if title := latex(it.Title); title != "" {
		field("title", "{"+title+"}")
	}
	field("date", it.Day())
	if site := latex(it.Site); site != "" {
		field("organization", "{"+site+"}")
	}
	field("url", bibURL(it.URL))
	if !it.Accessed.IsZero() {
		field("urldate", it.Accessed.UTC().Format("2006-01-02"))
	}
	field("note", latex(it.note()))
	b.WriteString("}\n")
	return b.String()
}

// key is made of the first author's name, the year and the ID, in ASCII.
func key(it *Item) string {
	who := it.Site
	if len(it.Authors) > 0 {
		who = it.Authors[0].Name
		if n, ok := parts(oneLine(who)); ok && !it.Authors[0].Organization {
			who = n.family
		}
	}
	s := keyPart(who)
	if s == "" {
		s = keyPart(it.Site)
	}
	if s == "" {
		s = "article"
	}
	if d := it.date(); len(d) > 0 {
		s += fmt.Sprintf("-%04d", d[0])
	}
	if id := keyPart(it.ID); id != "" {
		s += "-" + id
	}
	return s
}

// keyPart is the letters and digits of a text without their accents, in lower case.
func keyPart(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if b.Len() >= 24 {
			break
		}
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bibName is a name of a list of authors. Those that BibTeX would split wrongly, such as
// organizations and names with "and" or a comma, are in braces of their own.
func bibName(a Author) string {
	full := oneLine(a.Name)
	escaped := latex(full)
	if escaped == "" {
		return ""
	}
	if _, ok := parts(full); a.Organization || !ok {
		return "{" + escaped + "}"
	}
	return escaped
}

// latexForms are the characters that LaTeX reads as markup. A brace is written by its
// name, since BibTeX counts braces also where a backslash is before them.
var latexForms = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\textbraceleft{}`, "}", `\textbraceright{}`,
	"&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "~", `\textasciitilde{}`, "^", `\textasciicircum{}`,
	"<", `\textless{}`, ">", `\textgreater{}`, "|", `\textbar{}`, // other signs in LaTeX's oldest encoding
)

// latex escapes a text for LaTeX, on one line.
func latex(s string) string { return latexForms.Replace(oneLine(s)) }

// bibURL is a URL as a field that is not read as LaTeX: what would end the field, or the
// line, is percent-encoded, and so is $, which some programs read as the begin of a formula.
func bibURL(raw string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(raw, "\uFFFD") {
		if strings.ContainsRune("{}\\\"<>^`|$", r) || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			b.WriteString(strings.ReplaceAll(url.QueryEscape(string(r)), "+", "%20"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
