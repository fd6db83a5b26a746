package tree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// Bounds of what is read of noscript elements, whose content html.Parse leaves as text.
const (
	maxNoscripts  = 20
	minStoryBytes = 200
	minStoryWords = 25
)

// mayHoldStory reports whether a noscript element may hold text of the story, not only
// a picture or the request to turn scripts on.
func mayHoldStory(n *html.Node) bool {
	c := n.FirstChild
	if c == nil || c.Type != html.TextNode || len(c.Data) < minStoryBytes || !strings.Contains(c.Data, "<p") {
		return false
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Head {
			return false
		}
	}
	lower := strings.ToLower(c.Data)
	return !strings.Contains(lower, "javascript") && !strings.Contains(lower, "cookie") && !strings.Contains(lower, "scripting")
}

// showNoscripts puts prose for readers without scripts into the place of its noscript
// element, unless the page shows it anyway.
func (s *shower) showNoscripts(doc *html.Node) {
	page := ""
	for _, n := range s.noscripts {
		nodes, err := html.ParseFragment(strings.NewReader(n.FirstChild.Data), element(atom.Div, nil))
		if err != nil {
			continue
		}
		box := element(atom.Div, nil)
		for _, c := range nodes {
			box.AppendChild(c)
		}
		first, words := proseIn(box)
		if words < minStoryWords {
			continue
		}
		if page == "" {
			page = block.VisibleText(doc)
		}
		if !strings.Contains(page, first) {
			replace(n, box)
		}
	}
}

// proseIn is the beginning of the first paragraph below a node and the number of words
// in all of them, without links.
func proseIn(top *html.Node) (first string, words int) {
	for n := range top.Descendants() {
		if n.DataAtom != atom.P {
			continue
		}
		text := block.VisibleText(n)
		for a := range n.Descendants() {
			if a.DataAtom == atom.A {
				words -= block.CountWords(block.VisibleText(a))
			}
		}
		if words += block.CountWords(text); first == "" {
			first = text
		}
	}
	return first, words
}
