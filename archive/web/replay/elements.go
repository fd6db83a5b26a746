package replay

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// findBase returns the address to which those of the page are relative, from its first
// base element; nil if it has none.
func (rw *rewriter) findBase(doc *html.Node) *url.URL {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Namespace == "" && n.Data == "base" {
			if ref, ok := attribute(n, "href"); ok {
				if u, err := rw.src.Resolve(rw.src.URL, clean(ref)); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
					return u
				}
				return nil
			}
		}
	}
	return nil
}

// attribute returns the value of an attribute without a namespace.
func attribute(n *html.Node, name string) (string, bool) {
	for i := range n.Attr {
		if n.Attr[i].Key == name && n.Attr[i].Namespace == "" {
			return n.Attr[i].Val, true
		}
	}
	return "", false
}

func setAttribute(n *html.Node, name, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == name && n.Attr[i].Namespace == "" {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

// document rewrites a tree.
func (rw *rewriter) document(doc *html.Node) {
	rw.children(doc)
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "head" && n.Namespace == "" {
			charset := element("meta")
			charset.Attr = []html.Attribute{{Key: "charset", Val: "utf-8"}}
			n.InsertBefore(charset, n.FirstChild)
			break
		}
	}
	if rw.result.Refresh != "" {
		rw.showRefresh(doc)
	}
}

// showRefresh puts a link where a page would lead by itself at the page's beginning.
func (rw *rewriter) showRefresh(doc *html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "body" && n.Namespace == "" {
			p := element("p")
			p.Attr = []html.Attribute{{Key: "class", Val: "newsmorgue-refresh"}}
			a := element("a")
			a.Attr = []html.Attribute{{Key: "href", Val: rw.target(rw.result.Refresh)}}
			a.AppendChild(&html.Node{Type: html.TextNode, Data: "This page leads to " + rw.result.Refresh})
			p.AppendChild(a)
			n.InsertBefore(p, n.FirstChild)
			return
		}
	}
}

// children rewrites what is in a node. The depth of trees is bounded by parse.
func (rw *rewriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.Type {
		case html.CommentNode, html.RawNode:
			n.RemoveChild(c) // browsers of old read some comments as markup
		case html.DoctypeNode:
			// It decides between modes; the address of a DTD is of no use.
			c.Attr = slices.DeleteFunc(c.Attr, func(a html.Attribute) bool { return a.Key == "system" })
		case html.ElementNode:
			if first := rw.element(c); first != nil {
				next = first
			}
		}
		c = next
	}
}

// removed are elements that are removed with all that is in them.
var removed = map[string]bool{
	"script": true, "base": true, "applet": true, "portal": true, "fencedframe": true, "noembed": true, "noframes": true, "bgsound": true, "param": true,
	"animate": true, "animatemotion": true, "animatetransform": true, "animatecolor": true, "set": true, "discard": true, "handler": true, "listener": true,
}

// element rewrites an element and what is in it. If the element's place is taken by what
// was in it, it returns the first node of that, which is not rewritten yet.
func (rw *rewriter) element(n *html.Node) *html.Node {
	name := n.Data
	switch {
	case removed[strings.ToLower(name)]:
		if strings.EqualFold(name, "script") {
			rw.result.Scripts++
		}
		n.Parent.RemoveChild(n)
		return nil
	case strings.ContainsAny(name, "<>\"'/ ") || len(name) > 200:
		return unwrap(n) // a name that was not to be one
	case n.Namespace == "" && !rw.htmlElement(n):
		return nil
	case n.Namespace == "" && name == "noscript":
		markNoscript(n)
		return unwrap(n) // since no scripts run, what is in it is shown
	case name == "style":
		rw.styleElement(n)
	case n.Namespace == "" && name == "title" && rw.result.Title == "" && n.FirstChild != nil:
		rw.result.Title = collapse(n.FirstChild.Data, 500)
	}
	rw.attributes(n)
	rw.children(n)
	return nil
}

// unwrap puts what is in an element into its place, and returns the first of it.
func unwrap(n *html.Node) (first *html.Node) {
	first = n.FirstChild
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
	return first
}

// collapse is a text with its white space collapsed, of at most limit bytes.
func collapse(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// styleElement rewrites a style sheet in the page.
func (rw *rewriter) styleElement(n *html.Node) {
	var sheet strings.Builder
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		if c.Type == html.TextNode {
			sheet.WriteString(c.Data)
		}
		n.RemoveChild(c)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: rw.css(sheet.String())})
}

// htmlElement handles elements of HTML that need more than their attributes rewritten. It
// returns false if nothing is left to do.
func (rw *rewriter) htmlElement(n *html.Node) bool {
	switch n.Data {
	case "link":
		return keepIf(n, rw.linkElement(n))
	case "meta":
		return keepIf(n, rw.meta(n))
	case "iframe", "frame", "embed", "object":
		return rw.frame(n)
	case "frameset":
		n.Data, n.DataAtom, n.Attr = "body", 0, nil
	case "xmp", "plaintext", "listing":
		n.Data, n.DataAtom = "pre", 0
	case "img":
		ref := rw.lazy(n)
		if ref == "" {
			ref, _ = attribute(n, "src")
			abs := rw.absolute(clean(ref))
			return keepIf(n, abs == "" || !rw.shown[abs] || !inNoscript(n))
		}
	case "source":
		rw.lazy(n)
	case "input":
		// The form that it belongs to goes nowhere.
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "autofocus" })
	}
	return true
}

func keepIf(n *html.Node, keep bool) bool {
	if !keep {
		n.Parent.RemoveChild(n)
	}
	return keep
}

// inNoscript reports whether an element was in a noscript element: those are put into
// their places before what is in them is rewritten, marked by an attribute.
func inNoscript(n *html.Node) bool {
	_, ok := attribute(n, noscriptMark)
	return ok
}

const noscriptMark = "newsmorgue-noscript"

// markNoscript marks the pictures in a noscript element. Those in one that is in another
// are marked already.
func markNoscript(n *html.Node) {
	if inNoscript(n) {
		return
	}
	for c := range n.Descendants() {
		if c.Data == "img" || c.Data == "noscript" {
			c.Attr = append(c.Attr, html.Attribute{Key: noscriptMark})
		}
	}
}

// linkElement keeps style sheets and icons.
func (rw *rewriter) linkElement(n *html.Node) bool {
	rel, _ := attribute(n, "rel")
	kinds := strings.Fields(strings.ToLower(rel))
	href, _ := attribute(n, "href")
	modifier := Image
	as, _ := attribute(n, "as")
	switch {
	case slices.Contains(kinds, "stylesheet"):
		modifier = Style
	case slices.Contains(kinds, "preload") && strings.EqualFold(as, "style") && hasHandler(n):
		// A script would make a style sheet of it once it is loaded.
		modifier, rel = Style, "stylesheet"
	case slices.Contains(kinds, "icon"), slices.Contains(kinds, "apple-touch-icon"):
		rel = "icon"
	default:
		return false
	}
	to := rw.embed(href, modifier)
	if to == "" {
		return false
	}
	media, _ := attribute(n, "media")
	if strings.EqualFold(media, "print") && hasHandler(n) {
		media = "" // a script would make it one for screens once it is loaded
	}
	n.Attr = []html.Attribute{{Key: "rel", Val: rel}, {Key: "href", Val: to}}
	if media != "" {
		n.Attr = append(n.Attr, html.Attribute{Key: "media", Val: media})
	}
	return true
}

func hasHandler(n *html.Node) bool {
	_, ok := attribute(n, "onload")
	return ok
}

// keptMeta are the names of meta elements that change how a page looks, or say what it is.
var keptMeta = map[string]bool{"viewport": true, "color-scheme": true, "theme-color": true, "description": true, "author": true}

// meta keeps little: what a page tells other programs is in its source.
func (rw *rewriter) meta(n *html.Node) bool {
	equiv, _ := attribute(n, "http-equiv")
	content, _ := attribute(n, "content")
	if strings.EqualFold(strings.TrimSpace(equiv), "refresh") && rw.result.Refresh == "" {
		rw.result.Refresh = rw.refresh(content)
	}
	name, _ := attribute(n, "name")
	name = strings.ToLower(name)
	if equiv != "" || !keptMeta[name] {
		return false
	}
	n.Attr = []html.Attribute{{Key: "name", Val: name}, {Key: "content", Val: content}}
	return true
}

// refresh returns the other page that the content of a refresh leads to.
func (rw *rewriter) refresh(content string) string {
	_, ref, found := strings.Cut(content, ";")
	if !found {
		if _, ref, found = strings.Cut(content, ","); !found {
			return ""
		}
	}
	ref = strings.TrimSpace(ref)
	if len(ref) > 3 && strings.EqualFold(ref[:3], "url") {
		if after, ok := strings.CutPrefix(strings.TrimSpace(ref[3:]), "="); ok {
			ref = after
		}
	}
	ref = strings.Trim(clean(ref), `"'`)
	ref, _, _ = strings.Cut(ref, "#")
	abs := rw.absolute(ref)
	if abs == rw.self {
		return ""
	}
	return abs
}

// frame puts a link into the place of a frame or object: a page in a frame would need a
// policy of its own. A picture becomes one.
func (rw *rewriter) frame(n *html.Node) bool {
	ref, _ := attribute(n, "src")
	if n.Data == "object" {
		ref, _ = attribute(n, "data")
	}
	if r, ok := attribute(n, "data-src"); ok && (ref == "" || strings.HasPrefix(ref, "about:")) {
		ref = r
	}
	kind, _ := attribute(n, "type")
	if strings.HasPrefix(strings.ToLower(kind), "image/") && (n.Data == "object" || n.Data == "embed") {
		alt, _ := attribute(n, "title")
		n.Data, n.DataAtom, n.Namespace = "img", 0, ""
		n.Attr = []html.Attribute{{Key: "src", Val: ref}, {Key: "alt", Val: alt}}
		for n.FirstChild != nil {
			n.RemoveChild(n.FirstChild)
		}
		return true
	}
	rw.result.Frames++
	ref, _, _ = strings.Cut(clean(ref), "#")
	abs := ""
	if ref != "" {
		abs = rw.absolute(ref)
	}
	inner := n.Data == "object" // what is in it is shown where the object cannot be
	if !inner {
		for n.FirstChild != nil {
			n.RemoveChild(n.FirstChild)
		}
	}
	n.Data, n.DataAtom, n.Attr = "span", 0, []html.Attribute{{Key: "class", Val: "newsmorgue-frame"}}
	if abs == "" {
		return inner
	}
	a := element("a")
	a.Attr = []html.Attribute{{Key: "href", Val: abs}}
	host := abs
	if u, err := url.Parse(abs); err == nil {
		host = u.Host
	}
	a.AppendChild(&html.Node{Type: html.TextNode, Data: "[frame: " + host + "]"})
	n.InsertBefore(a, n.FirstChild)
	return true
}
