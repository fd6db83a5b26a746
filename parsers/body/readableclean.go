package body

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// clean takes out of the article what stands in it and is not of it.
func (r *readableReader) clean() {
	tables := dataTables(r.content)
	r.cleanConditionally("form", tables)
	r.cleanConditionally("fieldset", tables)
	r.content.removeAll(func(n *part) bool { return n.tag == "footer" || n.tag == "aside" })
	for top := r.content.first; top != nil; top = top.next {
		top.removeAll(func(n *part) bool {
			return shareNames.MatchString(n.class+" "+n.id) && n.size().runes < leastReadable
		})
	}
	r.content.removeAll(func(n *part) bool {
		return n.tag == "button" || (n.tag == "h1" || n.tag == "h2") && r.nameWeight(n) < 0
	})
	r.cleanConditionally("table", tables)
	r.cleanConditionally("ul", tables)
	r.cleanConditionally("div", tables)
}

var shareNames = text.MustCompile(`(?i)(\b|_)(share|sharedaddy)(\b|_)`)

// removeAll takes out the elements below one for which is holds.
func (n *part) removeAll(is func(*part) bool) {
	for c := n.nextElement(n, false); c != nil; {
		next := c.nextElement(n, false)
		if is(c) {
			next = c.nextElement(n, true)
			c.remove()
		}
		c = next
	}
}

// all are the elements of a tag below one, in order.
func (n *part) all(tag string) []*part {
	var found []*part
	for c := n.nextElement(n, false); c != nil; c = c.nextElement(n, false) {
		if c.tag == tag {
			found = append(found, c)
		}
	}
	return found
}

// cleanConditionally takes out elements of a tag that hold links, lists and headings
// rather than text.
func (r *readableReader) cleanConditionally(tag string, tables map[*part]bool) {
	if r.keepAll {
		return
	}
	for _, n := range slices.Backward(r.content.all(tag)) { // what stands in another first
		if !(tag == "table" && tables[n]) && r.unfit(n, tables) {
			n.remove()
		}
	}
}

func (r *readableReader) unfit(n *part, tables map[*part]bool) bool {
	for up := n.parent; up != nil; up = up.parent {
		if tables[up] {
			return false
		}
	}
	if n.within("code", 3) {
		return false
	}
	weight := r.nameWeight(n)
	if weight < 0 {
		return true
	}
	var s contents
	for c := n.first; c != nil; c = c.next {
		s.count(c, 0, 0)
	}
	if s.ascii >= 10 {
		return false
	}
	runes := float64(s.runes)
	if s.runes == 0 {
		runes = 1
	}
	list := n.tag == "ul" || float64(s.inLists)/runes > 0.9
	links := float64(n.size().links) / runes
	remove := weight >= 25 && links > 0.5
	if !list {
		remove = remove || s.items-100 > s.paragraphs || float64(s.inHeadings)/runes < 0.9 && s.runes < 25 && !n.within("figure", 3) || weight < 25 && links > 0.2
	}
	if !list || !remove {
		return remove
	}
	for c := n.first; c != nil; c = c.next {
		if c.elements() > 1 {
			return true
		}
	}
	return s.items > 0
}

// contents are what is counted of an element. A text in two lists counts twice.
type contents struct{ runes, ascii, paragraphs, items, inLists, inHeadings int }

// count adds a part that stands in so many lists and headings.
func (s *contents) count(n *part, lists, heads int) {
	switch {
	case n.tag == "":
		s.runes += n.runes
		s.ascii += n.ascii
		s.inLists += lists * n.runes
		s.inHeadings += heads * n.runes
	case n.tag == "p":
		s.paragraphs++
	case n.tag == "li":
		s.items++
	case n.tag == "ul" || n.tag == "ol":
		lists++
	case headings[n.tag]:
		heads++
	}
	for c := n.first; c != nil; c = c.next {
		s.count(c, lists, heads)
	}
}

// dataTables are the tables below an element that hold data.
func dataTables(top *part) map[*part]bool {
	found := map[*part]bool{}
	for _, t := range top.all("table") {
		if t.role != "presentation" && isDataTable(t) {
			found[t] = true
		}
	}
	return found
}

func isDataTable(t *part) bool {
	rows, columns, cells, nested := 0, 0, 0, false
	for c := t.nextElement(t, false); c != nil; c = c.nextElement(t, false) {
		switch c.tag {
		case "caption", "col", "colgroup", "tfoot", "thead", "th":
			return true
		case "table":
			nested = true
		case "tr":
			rows++
			cells = 0
		case "td":
			cells++
			columns = max(columns, cells)
		}
	}
	return !nested && (rows >= 10 || columns > 4 || rows*columns > 10)
}

// string is the text of an element.
func (n *part) string() string {
	var b strings.Builder
	for c := n.first; c != nil; c = c.following(n, false) {
		b.WriteString(c.text)
	}
	return strings.TrimSpace(b.String())
}

// similar reports whether a heading says the title again, by words of ASCII.
func similar(title, heading string) bool {
	known := map[string]bool{}
	for w := range asciiWords(title) {
		known[w] = true
	}
	all, other := -1, -1 // characters, with a space between two words
	for w := range asciiWords(heading) {
		all += len(w) + 1
		if !known[w] {
			other += len(w) + 1
		}
	}
	return all > 0 && 1-float64(max(other, 0))/float64(all) > 0.75
}

func asciiWords(s string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(strings.ToLower(s), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
	})
}

// Signs that stand between the headline and the site's name in a page's title.
const (
	titleSigns     = "|-\\/>»"
	hierarchySigns = "\\/>»"
)

const maxPageTitle = 1_000 // bytes; headings are compared with it

// articleTitle is what Readability takes for the headline.
func articleTitle(title string, body *part) string {
	title = title[:min(len(title), maxPageTitle)]
	words := func(s string) int { return len(strings.Fields(s)) }
	t := title
	hierarchy := false
	switch n := utf8.RuneCountInString(t); {
	case separated(t, titleSigns):
		hierarchy = separated(t, hierarchySigns)
		t = beforeLast(title)
		if words(t) < 3 {
			first := strings.IndexAny(title, titleSigns)
			_, size := utf8.DecodeRuneInString(title[first:])
			t = title[first+size:]
		}
	case strings.Contains(t, ": "):
		if !body.hasHeading(t) {
			t = title[strings.LastIndexByte(title, ':')+1:]
			if first := strings.IndexByte(title, ':'); words(t) < 3 {
				t = title[first+1:]
			} else if words(title[:first]) > 5 {
				t = title
			}
		}
	case n > 150 || n < 15:
		if h := body.all("h1"); len(h) == 1 {
			t = h[0].string()
		}
	}
	t = strings.TrimSpace(t)
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(titleSigns, r) {
			return -1
		}
		return r
	}, title)
	if n := words(t); n <= 4 && (!hierarchy || n != words(bare)-1) {
		return title
	}
	return t
}

// separated reports whether a text has one of these signs between spaces.
func separated(t, signs string) bool {
	for from := 0; ; {
		at := strings.IndexAny(t[from:], signs)
		if at < 0 {
			return false
		}
		at += from
		_, size := utf8.DecodeRuneInString(t[at:])
		if from = at + size; at > 0 && t[at-1] == ' ' && from < len(t) && t[from] == ' ' {
			return true
		}
	}
}

// beforeLast is what stands before the last sign that a space follows.
func beforeLast(title string) string {
	for end := len(title); ; {
		at := strings.LastIndexAny(title[:end], titleSigns)
		if at < 0 {
			return title
		}
		_, size := utf8.DecodeRuneInString(title[at:])
		if after := title[at+size:]; strings.HasPrefix(after, " ") {
			return title[:at]
		}
		end = at
	}
}

// hasHeading reports whether a heading of the first two levels has a text.
func (n *part) hasHeading(text string) bool {
	for _, tag := range []string{"h1", "h2"} {
		for _, h := range n.all(tag) {
			if h.string() == text {
				return true
			}
		}
	}
	return false
}
