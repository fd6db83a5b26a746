package tree

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// show puts into a tree what browsers show at an element that has no such text
// itself: the content of declarative shadow roots, formulas, e-mail addresses that are
// protected from robots, the names that mentions stand for, and stories for readers
// without scripts. It visits most nodes once.
func show(doc *html.Node) {
	s := &shower{}
	for n, seen := doc.FirstChild, 0; n != nil && seen < maxShown; seen++ {
		if n.Type == html.ElementNode {
			n = s.element(n)
		}
		n = block.Following(doc, n)
	}
	s.showNoscripts(doc)
}

// maxShown bounds the nodes that show visits: a shadow root's host is visited twice, and
// hosts may stand in one another.
const maxShown = 8 << 20

type shower struct {
	noscripts []*html.Node // those that may hold a story
}

// element replaces an element by what it shows, and returns the node from which the
// walk goes on.
func (s *shower) element(n *html.Node) *html.Node {
	switch n.DataAtom {
	case atom.Template:
		return attachShadow(n)
	case atom.Math:
		return replaceFormula(n, mathText(n))
	case atom.Script:
		return texScript(n)
	case atom.Img:
		return formulaPicture(n)
	case atom.Noscript:
		if len(s.noscripts) < maxNoscripts && mayHoldStory(n) {
			s.noscripts = append(s.noscripts, n)
		}
		return n
	case 0, atom.Span, atom.A, atom.Div:
		if len(n.Attr) > 0 || n.DataAtom == 0 {
			return inlineText(n)
		}
	}
	return n
}

// inlineText gives elements without text of their own the text that a script or a
// style gives them.
func inlineText(n *html.Node) *html.Node {
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "data-cfemail":
			if mail := block.ProtectedMail(a.Val); mail != "" {
				setText(n, mail)
			}
			return n
		case "href":
			if _, code, found := strings.Cut(a.Val, mailProtection); found && n.FirstChild != nil && n.FirstChild.Type == html.TextNode && isProtected(n) {
				if mail := block.ProtectedMail(code); mail != "" {
					setText(n, mail)
				}
				return n
			}
		case "style":
			if n.DataAtom == atom.Span && reverses(a.Val) {
				if reverseText(n) {
					a.Val = "" // the text is in order now
				}
				return n
			}
		case "class":
			if next := rendered(n, a.Val); next != nil {
				return next
			}
			if strings.Contains(a.Val, "mention") {
				mention(n)
				return n
			}
		}
	}
	if n.DataAtom == 0 && n.Data == "mjx-container" {
		return mathContainer(n)
	}
	return n
}

// newText is a span with a text.
func newText(text string) *html.Node {
	span := element(atom.Span, nil)
	span.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	return span
}

// setText makes a text the only content of an element.
func setText(n *html.Node, text string) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

// replace puts a node in the place of another one.
func replace(old, by *html.Node) *html.Node {
	old.Parent.InsertBefore(by, old)
	old.Parent.RemoveChild(old)
	return by
}

// mailProtection is where Cloudflare has links to protected e-mail addresses go.
const mailProtection = "/cdn-cgi/l/email-protection#"

// isProtected reports whether a link's text stands for an e-mail address.
func isProtected(n *html.Node) bool {
	text := block.TextOf(n)
	return len(text) < 40 && strings.EqualFold(block.Clean(text), "[email protected]")
}

// reverses reports whether a style shows the letters of a text from the last to the
// first.
func reverses(style string) bool {
	return strings.Contains(style, "bidi-override") && strings.Contains(style, "rtl")
}

// maxReversed bounds an e-mail address that is written from its end, in bytes.
const maxReversed = 200

// reverseText turns an e-mail address round that a style shows so.
func reverseText(n *html.Node) bool {
	text := block.TextOf(n)
	if len(text) > maxReversed || !strings.Contains(text, "@") {
		return false
	}
	runes := []rune(text)
	slices.Reverse(runes)
	setText(n, string(runes))
	return true
}

// mentionAttrs are the attributes by which scripts write the name of a mentioned
// person or page.
var mentionAttrs = []string{"data-name", "data-display-name", "data-mention-name", "data-label", "data-user-name", "data-username", "data-mention", "data-value", "data-id"}

// mention gives a mention without text its name.
func mention(n *html.Node) {
	if strings.TrimSpace(block.TextOf(n)) != "" || n.DataAtom == atom.Div {
		return
	}
	var attrs struct{ Name, Label, Username string }
	if s := block.Attr(n, "data-attrs"); s != "" && len(s) < 4_000 && json.Unmarshal([]byte(s), &attrs) == nil {
		for _, name := range []string{attrs.Name, attrs.Label, attrs.Username} {
			if name != "" {
				setText(n, name)
				return
			}
		}
	}
	for _, key := range mentionAttrs {
		if name := block.Attr(n, key); strings.ContainsFunc(name, unicode.IsLetter) && len(name) < 200 {
			setText(n, name)
			return
		}
	}
}
