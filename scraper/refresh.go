package scraper

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxRefresh is the longest delay of a refresh that counts as a redirect: a page
// that leaves readers this little time is not meant to be read. Fronts that reload
// themselves every few minutes take longer.
const maxRefresh = 10 * time.Second

// parseRefresh reads the value of a Refresh header field or of a meta element that
// stands for it, as browsers do (the shared declarative refresh steps of WHATWG's
// HTML, section 4.2.5.3). ref is relative to the page; it is empty for a page that
// reloads itself.
func parseRefresh(value string) (after time.Duration, ref string, ok bool) {
	s := strings.TrimLeft(value, asciiSpace)
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 && !strings.HasPrefix(s, ".") {
		return 0, "", false
	}
	seconds := 0
	for _, d := range s[:digits] {
		seconds = min(seconds*10+int(d-'0'), 1<<30)
	}
	after = time.Duration(seconds) * time.Second
	s = strings.TrimLeft(s[digits:], "0123456789.")
	if s == "" {
		return after, "", true
	}
	if !strings.ContainsRune(";,"+asciiSpace, rune(s[0])) {
		return 0, "", false
	}
	s = strings.TrimLeft(s, asciiSpace)
	if s != "" && (s[0] == ';' || s[0] == ',') {
		s = strings.TrimLeft(s[1:], asciiSpace)
	}
	return after, refreshURL(s), true
}

// asciiSpace are the white-space characters of HTML.
const asciiSpace = " \t\n\f\r"

// refreshURL reads what follows the delay: an optional url=, and a URL that may be
// in quotes.
func refreshURL(s string) string {
	if len(s) >= 3 && strings.EqualFold(s[:3], "url") {
		rest, named := strings.CutPrefix(strings.TrimLeft(s[3:], asciiSpace), "=")
		if !named {
			return s // a URL that begins with these letters
		}
		s = strings.TrimLeft(rest, asciiSpace)
	}
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		s, _, _ = strings.Cut(s[1:], s[:1])
	}
	return strings.TrimRight(s, asciiSpace)
}

// quickRefresh is the first link by which a page asks browsers to load another one
// within seconds; nil if there is none.
func quickRefresh(links []Link) *Link {
	for i, l := range links {
		if l.Refresh && l.After <= maxRefresh {
			return &links[i]
		}
	}
	return nil
}

// visibleWords counts the words of a page below its head, up to a bound. What is
// shown only without scripts does not count.
func visibleWords(n *html.Node, most int) int {
	switch {
	case n.Type == html.TextNode:
		return min(len(strings.FieldsFunc(n.Data, isBlank)), most)
	case n.Type == html.ElementNode && invisible[n.DataAtom]:
		return 0
	}
	words := 0
	for c := n.FirstChild; c != nil && words < most; c = c.NextSibling {
		words += visibleWords(c, most-words)
	}
	return words
}

// isBlank reports whether a character is white space or has no width.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

var invisible = map[atom.Atom]bool{atom.Head: true, atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true}

// maxScript bounds the scripts that are searched for a redirect, in bytes.
const maxScript = 20_000

// scriptMoves matches statements that load another page.
var scriptMoves = regexp.MustCompile(`\blocation(?:\.href)?\s*=\s*` + scriptString + `|\blocation\.(?:replace|assign)\(\s*` + scriptString + `\s*\)`)

// scriptString matches a string of JavaScript without white space, in any of its quotes.
const scriptString = "(?:\"([^\"\\s]+)\"|'([^'\\s]+)'|`([^`\\s$]+)`)"

// scriptRedirect finds the URL to which the scripts of a page send the browser; ""
// if there is none, or more than one. It is for pages that have nothing else:
// neither text nor links.
func scriptRedirect(doc *html.Node) string {
	var script strings.Builder
	add := func(code string) {
		if script.Len()+len(code) <= maxScript {
			script.WriteString(code)
			script.WriteByte('\n')
		}
	}
	for n := range doc.Descendants() {
		switch {
		case n.Type == html.TextNode && n.Parent.DataAtom == atom.Script:
			add(n.Data)
		case n.DataAtom == atom.Body:
			add((&goquery.Selection{Nodes: []*html.Node{n}}).AttrOr("onload", ""))
		}
	}
	found := ""
	for _, m := range scriptMoves.FindAllStringSubmatch(script.String(), 20) {
		ref := strings.Join(m[1:], "")
		if found != "" && found != ref {
			return ""
		}
		found = ref
	}
	return strings.ReplaceAll(found, `\/`, "/") // as JSON writers escape it
}
