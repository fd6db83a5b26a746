package tree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// attachShadow puts the content of a template that is a declarative shadow root (HTML
// Standard, section 4.12.3) into its host, and what the host holds into the slots. What
// has no slot browsers do not show.
func attachShadow(t *html.Node) *html.Node {
	host := t.Parent
	if !isShadowRoot(t) || host == nil || host.Type != html.ElementNode || t.FirstChild == nil {
		return t
	}
	slots := slotsOf(t)
	unseen := element(atom.Div, []html.Attribute{{Key: "hidden"}})
	for c := host.FirstChild; c != nil; {
		next := c.NextSibling
		if c != t {
			if isShadowRoot(c) { // a host has one root
				c.Attr = nil
			}
			host.RemoveChild(c)
			slotFor(c, slots, unseen).AppendChild(c)
		}
		c = next
	}
	for t.FirstChild != nil {
		c := t.FirstChild
		t.RemoveChild(c)
		host.AppendChild(c)
	}
	if unseen.FirstChild != nil {
		host.AppendChild(unseen)
	}
	return t // empty now; the walk goes on with the content, which stands after it
}

// isShadowRoot reports whether a node is a template that declares a shadow root.
func isShadowRoot(n *html.Node) bool {
	if n.DataAtom != atom.Template {
		return false
	}
	mode := block.Attr(n, "shadowrootmode")
	if mode == "" {
		mode = block.Attr(n, "shadowroot") // as browsers named it first
	}
	return mode == "open" || mode == "closed"
}

// slotFor is the slot that a node of the host is shown in; unseen if there is none.
func slotFor(n *html.Node, slots map[string]*html.Node, unseen *html.Node) *html.Node {
	name := ""
	if n.Type == html.ElementNode {
		name = block.Attr(n, "slot")
	}
	slot := slots[name]
	if slot == nil {
		return unseen
	}
	if block.Attr(slot, filled) == "" && !(n.Type == html.TextNode && strings.TrimSpace(n.Data) == "") {
		for slot.FirstChild != nil { // what the slot shows while it is empty
			slot.RemoveChild(slot.FirstChild)
		}
		slot.Attr = append(slot.Attr, html.Attribute{Key: filled, Val: "yes"})
	}
	return slot
}

// filled marks a slot that has content.
const filled = "data-newsmorgue-slot"

// slotsOf are the first slots of each name in a shadow root.
func slotsOf(root *html.Node) map[string]*html.Node {
	slots := map[string]*html.Node{}
	for n := root.FirstChild; n != nil; {
		switch n.DataAtom {
		case atom.Slot:
			if name := block.Attr(n, "name"); slots[name] == nil {
				slots[name] = n
			}
		case atom.Template: // of another root
			n = block.Past(root, n)
			continue
		}
		n = block.Following(root, n)
	}
	return slots
}
