package body

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Editors keep stories as HTML, as lists of paragraphs, or as trees of typed nodes.
// All are made a document here, so that they are read like any other page.

func emptyDocument() *html.Node {
	doc := &html.Node{Type: html.DocumentNode}
	root, body := newElement(atom.Html), newElement(atom.Body)
	doc.AppendChild(root)
	root.AppendChild(body)
	return doc
}

func bodyOf(doc *html.Node) *html.Node { return doc.FirstChild.FirstChild }

func newElement(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: a.String(), DataAtom: a}
}

// isElement reports whether an array is one of React's elements: ["$", tag, key, props].
func isElement(d *jsdata.Value) bool {
	return d.Form == jsdata.Array && len(d.Members) >= 4 && d.Members[0].Form == jsdata.String && d.Members[0].Text == "$" && d.Members[1].Form == jsdata.String
}

// draw appends a value to a node. inline says that the node is a paragraph or the
// like, whose texts follow one another without a break.
func draw(d *jsdata.Value, to *html.Node, inline bool, depth int) {
	if depth > 100 {
		return
	}
	switch d.Form {
	case jsdata.String:
		if inline {
			drawInline(d.Text, to)
		} else {
			drawText(d.Text, to)
		}
	case jsdata.Array:
		if isElement(d) {
			drawElement(d, to, inline, depth)
			return
		}
		for i := range d.Members {
			draw(&d.Members[i], to, inline, depth+1)
		}
	case jsdata.Object:
		drawNode(d, to, inline, depth)
	}
}

// drawElement appends one of React's elements. What a component would render is
// not known: its children are drawn.
func drawElement(d *jsdata.Value, to *html.Node, inline bool, depth int) {
	props := &d.Members[3]
	if props.Form != jsdata.Object {
		return
	}
	a := atom.Lookup([]byte(d.Members[1].Text))
	if notStory[a] {
		return
	}
	if a != 0 {
		el := newElement(a)
		for _, p := range []struct{ member, attr string }{{"className", "class"}, {"id", "id"}, {"href", "href"}, {"src", "src"}} {
			if v := props.String(p.member); v != "" && v[0] != '$' {
				el.Attr = append(el.Attr, html.Attribute{Key: p.attr, Val: v})
			}
		}
		to.AppendChild(el)
		to = el
		inline = true
	}
	if in := props.Get("dangerouslySetInnerHTML"); in != nil {
		drawInline(in.String("__html"), to)
	} else if c := children(d); c != nil {
		draw(c, to, inline, depth+1)
	}
}

// children is the content of one of React's elements; nil for none.
func children(d *jsdata.Value) *jsdata.Value {
	if in := d.Members[3].Get("dangerouslySetInnerHTML"); in != nil {
		return in
	}
	return d.Members[3].Get("children", "content", "body", "html")
}

// notStory are elements that hold nothing of a story.
var notStory = map[atom.Atom]bool{
	atom.Head: true, atom.Nav: true, atom.Footer: true, atom.Form: true, atom.Button: true, atom.Script: true, atom.Style: true, atom.Noscript: true,
	atom.Template: true, atom.Svg: true, atom.Link: true, atom.Meta: true, atom.Title: true, atom.Iframe: true, atom.Select: true, atom.Textarea: true,
}

// contentKeys are the members that hold the content of a story's node.
var contentKeys = []string{"content", "children", "text", "value", "html", "body", "contentHtml", "rendered", "__html", "innerHTML", "processed", "paragraphs", "content_elements", "blocks", "nodes",
	"elements", "components", "items", "model", "data", "props", "attributes", "attrs", "fields", "document", "json", "entries", "articleBody"}

// drawNode appends a typed node of a story.
func drawNode(d *jsdata.Value, to *html.Node, inline bool, depth int) {
	kind := nodeKind(d)
	tag, known := nodeTags[kind]
	if known && tag == 0 && !(inline && kind == "link") {
		return // not text
	}
	if kind == "text" && inline || kind == "link" {
		tag = 0
	}
	c := nodeContent(d, tag)
	if d.Words > 0 && (c == nil || c.Words == 0 && tag != atom.H2 && !inline) {
		drawMembers(d, to, inline, depth)
		return
	}
	if c == nil {
		return
	}
	if !known && !inline && c.Form != jsdata.String {
		drawTitle(d, to)
	}
	switch {
	case tag == atom.H2:
		tag = headingLevel(d, kind)
	case tag == 0 && !inline && c.Form == jsdata.String && !hasTags(c.Text):
		tag = atom.P
	}
	switch tag {
	case 0:
		draw(c, to, inline, depth+1)
	case atom.Ul, atom.Ol:
		drawList(c, tag, to, depth)
	case atom.Li:
		drawAs(atom.Li, c, listIn(to), depth)
	default:
		drawAs(tag, c, to, depth)
	}
}

// nodeContent is the member that holds what a node says; nil if none does. tag is
// the element that the node will be, 0 if none.
func nodeContent(d *jsdata.Value, tag atom.Atom) *jsdata.Value {
	if tag == atom.Ul || tag == atom.Ol {
		if items := d.Get("items"); items != nil && len(items.Members) > 0 {
			return items
		}
	}
	for _, k := range contentKeys {
		if c := d.Get(k); c != nil && (c.Form == jsdata.String && strings.TrimSpace(c.Text) != "" || len(c.Members) > 0) {
			return c
		}
	}
	if tag == atom.H2 {
		return d.Get("title", "heading", "headline")
	}
	return nil
}

// drawAs appends a node's content in an element of its own; HTML with paragraphs
// keeps these.
func drawAs(tag atom.Atom, content *jsdata.Value, to *html.Node, depth int) {
	if tag == atom.P && content.Form == jsdata.String && hasBorders(content.Text) {
		drawText(content.Text, to)
		return
	}
	el := newElement(tag)
	to.AppendChild(el)
	draw(content, el, true, depth+1)
}

// listIn is the list that an item belongs to: the node itself, or one at its end,
// since some stories have items without a list.
func listIn(to *html.Node) *html.Node {
	if to.DataAtom == atom.Ul || to.DataAtom == atom.Ol {
		return to
	}
	last := to.LastChild
	if last == nil || last.DataAtom != atom.Ul {
		last = newElement(atom.Ul)
		to.AppendChild(last)
	}
	return last
}

// drawList appends a list: its items, or the HTML of them.
func drawList(items *jsdata.Value, tag atom.Atom, to *html.Node, depth int) {
	list := newElement(tag)
	to.AppendChild(list)
	for i := range items.Members {
		item := &items.Members[i]
		if nodeTags[nodeKind(item)] == atom.Li {
			draw(item, list, true, depth+1)
			continue
		}
		drawAs(atom.Li, item, list, depth)
	}
	if items.Form == jsdata.String {
		drawInline(items.Text, list)
	}
}

// drawMembers appends an object of an unknown type, as layouts nest them: all its
// members that are prose.
func drawMembers(d *jsdata.Value, to *html.Node, inline bool, depth int) {
	if !inline {
		drawTitle(d, to)
	}
	for i := range d.Members {
		if d.Members[i].Words > 0 {
			draw(&d.Members[i], to, inline, depth+1)
		}
	}
}

// drawTitle appends the heading of a part of a story.
func drawTitle(d *jsdata.Value, to *html.Node) {
	if t := d.String("title", "heading", "headline"); t != "" && d.Words >= 20 && block.CountWords(t) <= 20 && !isStory(d) {
		h := newElement(atom.H2)
		to.AppendChild(h)
		drawInline(t, h)
	}
}

// nodeTags are elements by the names that editors give the nodes of a story, in
// lower case letters; 0 is for nodes that are not text of the story.
var nodeTags = map[string]atom.Atom{}

func init() {
	add := func(tag atom.Atom, names string) {
		for n := range strings.FieldsSeq(names) {
			nodeTags[n] = tag
		}
	}
	add(atom.P, "paragraph para p text body richtext html raw rawhtml markdown unstyled textblock articleparagraph blockparagraph articletext textparagraph bodytext normal intro lead standfirst")
	add(atom.H2, "heading header headline subheading subhead subheader crosshead crossheading intertitle h1 h2 h3 h4 h5 h6 headerone headertwo headerthree headerfour headerfive heading1 heading2 heading3 heading4 heading5 heading6 subtitle title titleblock zwischentitel")
	add(atom.Ul, "list ul bulletlist bulletedlist unorderedlist listblock")
	add(atom.Ol, "ol orderedlist numberedlist")
	add(atom.Li, "listitem li listelement unorderedlistitem orderedlistitem bulletpoint")
	add(atom.Blockquote, "quote blockquote citation blockcite")
	add(atom.Pre, "codeblock pre")
	add(0, `image img photo picture figure gallery slideshow video audio podcast embed oembed oembedresponse iframe ad ads advert advertisement promo promobox related relatedcontent relatedarticle relatedarticles relatedstories readmore readalso
		newsletter newslettersignup button link links interstitiallink social socialmedia tweet twitter instagram youtube facebook tiktok widget poll quiz caption credit byline author authors timestamp divider separator comments recommendation
		recommendations media script style pullquote infographic chart map banner cta sharebar share tags topics teaser teasers linklist customembed reference playlist publishdate publisheddate modifieddate date datetime`)
}

// nodeKind is the name of a node's type, in lower case letters.
func nodeKind(d *jsdata.Value) string {
	for _, k := range []string{"type", "nodeType", "_type", "kind", "blockType", "__typename", "blockName", "tag", "tagName", "style", "component", "name"} {
		s := d.String(k)
		if s == "" || len(s) > 60 {
			continue
		}
		s = s[strings.LastIndexByte(s, '/')+1:]
		folded := foldLetters(s)
		if _, ok := nodeTags[folded]; ok {
			return folded
		}
		for _, cut := range []string{"block", "element", "node", "component", "item"} {
			if t := strings.TrimSuffix(folded, cut); t != folded {
				if _, ok := nodeTags[t]; ok {
					return t
				}
			}
		}
	}
	return ""
}

func foldLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// skips reports whether a node is a picture, an advertisement or the like.
func skips(d *jsdata.Value) bool {
	tag, known := nodeTags[nodeKind(d)]
	return known && tag == 0 && d.String("nodeType", "tag") != "hyperlink"
}

// headingLevel is the heading that a node is.
func headingLevel(d *jsdata.Value, kind string) atom.Atom {
	tags := [...]atom.Atom{atom.H2, atom.H2, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
	n := 2
	if m := d.Get("level"); m != nil && len(m.Text) == 1 && m.Text[0] >= '1' && m.Text[0] <= '6' {
		n = int(m.Text[0] - '0')
	} else if c := kind[len(kind)-1]; c >= '1' && c <= '6' {
		n = int(c - '0')
	} else if strings.HasSuffix(kind, "three") {
		n = 3
	}
	return tags[n]
}

func hasTags(s string) bool {
	return strings.Contains(s, "</") || strings.Contains(s, "<br") || strings.Contains(s, "<p") || strings.Contains(s, "<img")
}

func hasBorders(s string) bool {
	for _, tag := range []string{"<p", "<div", "<ul", "<ol", "<h2", "<h3", "<blockquote", "<br"} {
		if strings.Contains(s, tag) {
			return true
		}
	}
	return false
}

// drawInline appends a text that runs on.
func drawInline(s string, to *html.Node) {
	if !hasTags(s) {
		if strings.IndexByte(s, '&') >= 0 {
			s = html.UnescapeString(s)
		}
		to.AppendChild(&html.Node{Type: html.TextNode, Data: s})
		return
	}
	nodes, err := html.ParseFragment(strings.NewReader(s), newElement(atom.Div))
	if err != nil {
		to.AppendChild(&html.Node{Type: html.TextNode, Data: stripped(s)})
		return
	}
	for _, n := range nodes {
		to.AppendChild(n)
	}
}

// drawText appends a text of its own: HTML, or paragraphs at the ends of lines.
func drawText(s string, to *html.Node) {
	if strings.Contains(s, "&lt;p") && !strings.Contains(s, "<p") {
		s = html.UnescapeString(s)
	}
	if hasTags(s) {
		div := newElement(atom.Div)
		to.AppendChild(div)
		drawInline(s, div)
		return
	}
	if !strings.Contains(s, "\n") {
		s = splitGlued(s)
	}
	for line := range strings.SplitSeq(s, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		p := newElement(atom.P)
		to.AppendChild(p)
		drawInline(line, p)
	}
}

// splitGlued separates paragraphs that lost the line end between them: "… ended.The next".
func splitGlued(s string) string {
	var b strings.Builder
	start := 0
	for i := 1; i+1 < len(s); i++ {
		if c := s[i]; c != '.' && c != '!' && c != '?' || !lowerBefore(s[:i]) {
			continue
		}
		end := i + 1
		for _, q := range []string{`"`, "”", "»"} {
			if strings.HasPrefix(s[end:], q) {
				end += len(q)
				break
			}
		}
		next, size := utf8.DecodeRuneInString(s[end:])
		after, _ := utf8.DecodeRuneInString(s[min(len(s), end+size):])
		if unicode.IsUpper(next) && (unicode.IsLower(after) || after == ' ') {
			b.WriteString(s[start:end])
			b.WriteByte('\n')
			start = end
		}
	}
	b.WriteString(s[start:])
	return b.String()
}

func lowerBefore(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	q, _ := utf8.DecodeLastRuneInString(s[:len(s)-size])
	return (unicode.IsLower(r) || unicode.IsDigit(r)) && (unicode.IsLower(q) || unicode.IsDigit(q) || q == ' ')
}
