package replay

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A use is what an attribute is for.
type use int

const (
	aLink   use = iota + 1 // the address of another page
	anImage                // the address of what is embedded
	aSet                   // a list of pictures
	aStyle                 // declarations of CSS
	aPart                  // a part of the same page, by its fragment
	aDrop                  // it is removed
)

// uses are the attributes of all elements that refer to something, or do something.
var uses = map[string]use{
	"src": anImage, "srcset": aSet, "imagesrcset": aSet, "poster": anImage, "background": anImage, "style": aStyle,
	"usemap": aPart,

	"action": aDrop, "formaction": aDrop, "ping": aDrop, "manifest": aDrop, "target": aDrop, "formtarget": aDrop, "srcdoc": aDrop, "sandbox": aDrop,
	"allow": aDrop, "attributionsrc": aDrop, "archive": aDrop, "classid": aDrop, "code": aDrop, "codebase": aDrop, "data": aDrop, "profile": aDrop,
	"longdesc": aDrop, "cite": aDrop, "lowsrc": aDrop, "dynsrc": aDrop, "icon": aDrop, "integrity": aDrop, "crossorigin": aDrop, "nonce": aDrop,
	"autoplay": aDrop, "autofocus": aDrop, "preload": aDrop, "loading": aDrop, "http-equiv": aDrop, "itemid": aDrop, "itemtype": aDrop, "vocab": aDrop,
	"prefix": aDrop, "resource": aDrop, "about": aDrop, "typeof": aDrop, "property": aDrop, "accesskey": aDrop, "popovertarget": aDrop, "commandfor": aDrop,
	"command": aDrop, "referrerpolicy": aDrop, "download": aDrop, "is": aDrop, "xml:base": aDrop, "xmlns:xlink": aDrop, "from": aDrop, "to": aDrop, "values": aDrop, "by": aDrop,
}

// texts are attributes that people read: they stay even if they look like an address.
var texts = map[string]bool{"alt": true, "title": true, "placeholder": true, "value": true, "content": true, "label": true, "aria-label": true, "summary": true, "abbr": true}

// attributes rewrites the attributes of an element.
func (rw *rewriter) attributes(n *html.Node) {
	rw.lazyBackground(n)
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if rw.written > maxWritten {
			break
		}
		if v, ok := rw.attributeValue(n, a); ok {
			rw.written += len(a.Key) + len(v)
			a.Val = v
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}

// attributeValue is what becomes of an attribute; ok is false if it goes.
func (rw *rewriter) attributeValue(n *html.Node, a html.Attribute) (value string, ok bool) {
	name := strings.ToLower(a.Key)
	switch {
	case strings.HasPrefix(name, "on"), strings.ContainsAny(a.Key, "<>\"'`=/ \t\r\n\f\x00"), a.Key == noscriptMark, len(a.Key) > 200,
		strings.HasSuffix(name, ":href"), strings.HasPrefix(name, "data-") && (slices.Contains(lazySources, name) || slices.Contains(lazySets, name) || slices.Contains(lazyBackgrounds, name)):
		return "", false
	case name == "href":
		return rw.href(n, a.Val)
	case texts[name]:
		return a.Val, true
	case name == "id" && strings.HasPrefix(a.Val, idPrefix):
		return "", false
	}
	u := uses[name]
	if a.Namespace == "xmlns" || name == "xmlns" {
		return "", false // html.Parse knows the namespaces of HTML, and browsers do
	}
	switch u {
	case aDrop:
		return "", false
	case anImage:
		to := rw.embed(a.Val, Image)
		return to, to != ""
	case aSet:
		to := rw.srcset(a.Val)
		return to, to != ""
	case aStyle:
		return rw.css(a.Val), true
	case aPart:
		return a.Val, strings.HasPrefix(a.Val, "#")
	}
	return rw.otherValue(n, name, a.Val)
}

// otherValue is the value of an attribute that HTML does not use for addresses. In
// drawings, those that style them may have url().
func (rw *rewriter) otherValue(n *html.Node, name, value string) (string, bool) {
	if n.Namespace != "" && strings.ContainsAny(value, `(\`) && name != "d" && name != "transform" && name != "points" {
		value = rw.css(value)
		return value, true
	}
	if strings.Contains(value, "//") || strings.Contains(value, `\\`) || looksAbsolute(value) || scripted(value) {
		return "", false // such as data-src, which scripts would read
	}
	return value, true
}

// scripted reports whether a text begins as an address that runs a script.
func scripted(value string) bool {
	head := strings.ToLower(clean(value[:min(len(value), 64)]))
	return strings.HasPrefix(head, "javascript:") || strings.HasPrefix(head, "vbscript:") || strings.HasPrefix(head, "data:text")
}

// href rewrites what an element refers to.
func (rw *rewriter) href(n *html.Node, ref string) (string, bool) {
	var to string
	switch {
	case n.Data == "a" || n.Data == "area":
		to = rw.link(ref)
	case n.Data == "link" && n.Namespace == "":
		return ref, true // linkElement has rewritten it
	case n.Namespace == "math":
		to = rw.link(ref)
	case n.Namespace == "svg":
		if to = rw.embed(ref, Image); n.Data == "use" && strings.HasPrefix(to, "data:") {
			to = "" // its content would become a part of the page
		}
	}
	return to, to != ""
}

// lazySources are attributes from which scripts load pictures, the usual ones first.
var lazySources = []string{
	"data-src", "data-lazy-src", "data-original", "data-lazy", "data-url", "data-hi-res-src", "data-full-src", "data-image", "data-img-src", "data-echo",
	"data-defer-src", "data-actualsrc", "data-cfsrc", "data-orig-file",
}

var lazySets = []string{"data-srcset", "data-lazy-srcset", "data-original-set", "data-lazy-set"}

// lazy gives a picture that a script would load later its source. It returns the source,
// or "" if the picture has none but its own.
func (rw *rewriter) lazy(n *html.Node) (ref string) {
	src, _ := attribute(n, "src")
	set, _ := attribute(n, "srcset")
	if !placeholder(src) || set != "" && !strings.HasPrefix(clean(set), "data:") {
		return ""
	}
	found := false
	for _, name := range lazySets {
		if v, ok := attribute(n, name); ok && strings.TrimSpace(v) != "" {
			setAttribute(n, "srcset", v)
			found = true
			break
		}
	}
	if sizes, ok := attribute(n, "data-sizes"); ok && found && sizes != "auto" {
		setAttribute(n, "sizes", sizes)
	}
	for _, name := range lazySources {
		if v, ok := attribute(n, name); ok && plausible(v) {
			ref = v
			break
		}
	}
	film := n.Data == "source" && n.Parent != nil && (n.Parent.Data == "video" || n.Parent.Data == "audio")
	if ref == "" || n.Data != "img" && !film {
		return ref
	}
	setAttribute(n, "src", ref)
	if film {
		return ref
	}
	if abs := rw.absolute(clean(ref)); abs != "" && len(rw.shown) < maxReferences {
		rw.shown[abs] = true
	}
	// Style sheets hide pictures of these classes until a script has loaded them.
	if class, ok := attribute(n, "class"); ok {
		names := slices.DeleteFunc(strings.Fields(class), func(c string) bool { return strings.Contains(strings.ToLower(c), "lazy") })
		setAttribute(n, "class", strings.Join(names, " "))
	}
	return ref
}

// lazyBackgrounds are attributes from which scripts load pictures behind an element.
var lazyBackgrounds = []string{"data-bg", "data-background-image", "data-bg-src", "data-background", "data-lazy-background"}

// lazyBackground gives an element the picture that a script would put behind it.
func (rw *rewriter) lazyBackground(n *html.Node) {
	if n.Namespace != "" {
		return
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "data-") && slices.Contains(lazyBackgrounds, a.Key) && plausible(a.Val) {
			style, _ := attribute(n, "style")
			setAttribute(n, "style", `background-image: url("`+quoted(clean(a.Val))+`"); `+style)
			return
		}
	}
}

// placeholder reports whether the source of a picture is one that stands there until a
// script has loaded the picture.
func placeholder(src string) bool {
	src = clean(src)
	if src == "" || strings.HasPrefix(src, "data:") && len(src) < 4000 || strings.HasPrefix(src, "about:") || strings.HasPrefix(src, "#") {
		return true
	}
	path, _, _ := strings.Cut(strings.ToLower(src), "?")
	name := path[strings.LastIndexByte(path, '/')+1:]
	for _, word := range []string{"placeholder", "spacer", "blank", "pixel", "transparent", "lazy", "loading", "1x1", "grey.", "gray."} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// plausible reports whether a value can be the address of a picture.
func plausible(v string) bool {
	v = clean(v)
	return v != "" && len(v) < 4000 && !strings.HasPrefix(v, "{") && !strings.HasPrefix(v, "[") && !strings.ContainsAny(v, " <>") && strings.ContainsAny(v, "/.")
}
