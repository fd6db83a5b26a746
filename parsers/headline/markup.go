package headline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A headingPart is one piece of a heading's markup.
type headingPart struct {
	text   string
	space  bool // white space before it
	side   bool // a line above or below the headline, by its name or small type
	hidden bool // meant for machines and screen readers
}

// A lining is which of a heading's lines a title is made of.
type lining int

const (
	allLines     lining = iota // the whole heading
	withoutSides               // without the lines above and below it
	withSides                  // with them
	firstLines                 // some lines from the first on
	lastLines                  // some lines up to the last
)

// A wording is one way to read a title from a heading.
type wording struct {
	text  string
	lines lining
	colon bool // a colon joins the line above to it
}

// wordings lists the titles that a heading may give; visible is its text as a block.
// Publishers put the line above a headline into it, and what belongs together the
// markup often does not say.
func wordings(n *html.Node, visible string) []wording {
	whole := []wording{{text: visible}}
	if doc.Big(n) {
		return whole
	}
	if shown, marked := shownText(n); marked && shown != "" {
		whole[0].text = shown
	}
	parts := distinct(partsOf(n))
	switch {
	case len(parts) == 0 || len(parts) == 1 && parts[0].hidden:
		return whole
	case len(parts) == 1:
		whole[0].text = parts[0].text
		return whole
	}
	all, _ := joinParts(parts)
	if len(all) > maxHeading {
		return whole
	}
	first, last := mainParts(parts)
	if first == 0 && last == len(parts) {
		return append([]wording{{text: all}}, linesOf(parts)...)
	}
	_, colon := joinParts(parts[:first+1])
	rest, _ := joinParts(parts[first:last])
	return []wording{{rest, withoutSides, colon && first > 0}, {all, withSides, colon && first > 0}}
}

// linesOf lists what is left of a heading without the first few or the last few of
// its lines, whose names say nothing.
func linesOf(parts []headingPart) []wording {
	var all []wording
	for i := 1; i < len(parts) && i < 4; i++ {
		if onlySigns(parts[i].text) || !parts[i].space && !parts[i-1].space {
			continue
		}
		_, colon := joinParts(parts[:i+1])
		after, _ := joinParts(parts[i:])
		before, _ := joinParts(parts[:i])
		all = append(all, wording{after, lastLines, colon}, wording{before, firstLines, colon})
	}
	return all
}

// distinct drops the parts of a heading that repeat one before them, as themes write
// the headline once for each size of screen.
func distinct(parts []headingPart) []headingPart {
	seen := map[string]bool{}
	kept := parts[:0]
	for _, p := range parts {
		f := text.Fold(p.text)
		if len(f) > 12 && seen[f] {
			continue
		}
		seen[f] = true
		kept = append(kept, p)
	}
	return kept
}

// mainParts says which parts are left without side lines at both ends: those from
// first on and before last. It is all of them if there is nothing else.
func mainParts(parts []headingPart) (first, last int) {
	first, last = 0, len(parts)
	for first < last && (parts[first].side || onlySigns(parts[first].text)) {
		first++
	}
	for last > first && (parts[last-1].side || parts[last-1].hidden && onlySigns(parts[last-1].text)) {
		last--
	}
	if first == last {
		first, last = 0, len(parts)
	}
	if first == 0 && last > 2 && parts[1].hidden && parts[1].text != ":" {
		first = 2 // two lines, with a dash between them for machines only
	}
	return first, last
}

// maxParts bounds how many parts of a heading are read.
const maxParts = 40

// partsOf takes a heading apart at its topmost elements, wrappers aside.
func partsOf(n *html.Node) []headingPart {
	var parts []headingPart
	space := false // white space stands before the next part
	for c := unwrap(n).FirstChild; c != nil && len(parts) < maxParts; c = c.NextSibling {
		if c.DataAtom == atom.Br {
			space = true
			continue
		}
		if isMark(c) {
			continue
		}
		part, after, ok := readPart(c)
		if !ok {
			continue
		}
		part.space = part.space || space
		space = after
		switch {
		case part.text == "":
			space = after || part.space
		case part.hidden && !onlySigns(part.text): // a label for machines
		default:
			parts = append(parts, part)
		}
	}
	return parts
}

// unwrap goes down to the first element that holds more than another one.
func unwrap(n *html.Node) *html.Node {
	for range 8 {
		only := onlyElement(n)
		if only == nil || only.DataAtom == atom.Ruby {
			break
		}
		n = only
	}
	return n
}

// onlyElement is the element that is all that another one holds; nil if it holds more.
func onlyElement(n *html.Node) *html.Node {
	var only *html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.CommentNode, c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type != html.ElementNode || only != nil:
			return nil
		default:
			only = c
		}
	}
	return only
}

// readPart reads a child of a heading, and whether white space stands after it. It is
// not ok for what nobody reads.
func readPart(c *html.Node) (part headingPart, after, ok bool) {
	if c.Type == html.TextNode {
		part.text, part.space = block.Clean(c.Data), startsWithSpace(c.Data)
		return part, endsWithSpace(c.Data), true
	}
	if c.Type != html.ElementNode || block.Invisible[c.DataAtom] {
		return part, false, false
	}
	raw := block.TextOf(c)
	if part.hidden = block.Hidden(c) || forMachines(c); part.hidden {
		part.text = block.Clean(raw)
	} else {
		part.text, _ = shownText(c)
	}
	part.side = isSmall(c, part.text) || sideLine(c)
	border := block.BlockLevel(c)
	part.space = border || startsWithSpace(raw)
	return part, border || endsWithSpace(raw), true
}

// isSmall reports whether an element of a heading is set in small type, or is a time.
func isSmall(n *html.Node, content string) bool {
	return n.DataAtom == atom.Small || n.DataAtom == atom.Time || n.DataAtom == atom.Sup && len(content) > 3
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && unicode.IsSpace(r)
}

func endsWithSpace(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && unicode.IsSpace(r)
}

// missesSpace reports whether two lines meet without white space, as where a style
// breaks them.
func missesSpace(before, after string) bool {
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLower(l) && unicode.IsUpper(r)
}

// onlySigns reports whether a text has no letter or digit.
func onlySigns(s string) bool { return text.Fold(s) == "" }

// joinParts writes parts as one line and says whether a colon joins any two. Of
// what only machines read a colon between two parts is written.
func joinParts(parts []headingPart) (line string, colon bool) {
	for i, p := range parts {
		inner := i > 0 && i < len(parts)-1
		if p.hidden && (!inner || strings.TrimSpace(p.text) != ":") {
			continue
		}
		s := p.text
		if p.hidden {
			s = ":"
		}
		if s == ":" && strings.HasSuffix(line, ":") {
			continue // shown, and once more for machines
		}
		if line != "" && needsSpace(line, s, p, parts[i-1]) {
			line += " "
		}
		line += s
		colon = colon || i < len(parts)-1 && strings.HasSuffix(s, ":")
	}
	return strings.TrimSpace(line), colon
}

// needsSpace reports whether a space belongs between a line and the text of the next
// part; before is the part before that one.
func needsSpace(line, next string, part, before headingPart) bool {
	switch {
	case missesSpace(line, next), part.side, strings.HasSuffix(line, ":"):
		return true
	case next == ":":
		return false
	}
	return part.space || before.side
}
