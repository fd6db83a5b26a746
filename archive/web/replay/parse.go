package replay

import (
	"bytes"
	"errors"
	"io"
	"runtime/metrics"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of html.Parse. A tree has no size that can be told from that of its page: five
// bytes can open anew the hundreds of elements that a paragraph before has left open.
const (
	maxTree   = 384 << 20        // bytes by which the program may grow meanwhile
	longParse = 10 * time.Second // then the tree is a shallow one
)

// parse gives the tree of a page as browsers that run no scripts make it. Where
// html.Parse gives up, since the page is nested too deep, or where its tree becomes too
// large, the tree is a shallower one. cut says that it has not all of the page.
func parse(page []byte) (doc *html.Node, cut bool) {
	return parseWithin(page, maxTree, longParse)
}

func parseWithin(page []byte, memory uint64, took time.Duration) (doc *html.Node, cut bool) {
	r := &boundedReader{page: page, until: time.Now().Add(took)}
	r.most = r.used() + memory
	doc, err := html.ParseWithOptions(r, html.ParseOptionEnableScripting(false))
	if err != nil {
		return shallow(page)
	}
	return doc, false
}

var errTooLarge = errors.New("the tree of this page is too large")

// A boundedReader hands a page to html.Parse, which offers no other way to end it, in small
// parts, and ends it when too much memory or time is used. The memory is that of the whole
// program: where several such pages are read at once, they share it.
type boundedReader struct {
	page   []byte
	most   uint64
	until  time.Time
	sample [1]metrics.Sample
}

// part is how much of a page is read before the bounds are looked at again, in bytes.
const part = 4 << 10

func (r *boundedReader) Read(b []byte) (int, error) {
	switch {
	case len(r.page) == 0:
		return 0, io.EOF
	case r.used() > r.most || time.Now().After(r.until):
		return 0, errTooLarge
	}
	n := copy(b[:min(len(b), part)], r.page)
	r.page = r.page[n:]
	return n, nil
}

// used is the memory of the program's objects, in bytes.
func (r *boundedReader) used() uint64 {
	r.sample[0].Name = "/memory/classes/heap/objects:bytes"
	metrics.Read(r.sample[:])
	if r.sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return r.sample[0].Value.Uint64()
}

// The bounds of a shallow tree.
const (
	maxDepth      = 300 // how deep it is nested; browsers have a limit like it
	maxNodes      = 500_000
	maxToken      = 4 << 20 // bytes of a tag, text or comment
	maxAttributes = 500     // of an element
)

// shallow makes a tree of a page from its tokens. What is nested deeper than maxDepth is
// put into the element at that depth. Drawings and formulas are left out: their content
// has other rules for where tags end. cut says that the page has more than the tree.
func shallow(page []byte) (doc *html.Node, cut bool) {
	b := &builder{doc: &html.Node{Type: html.DocumentNode}}
	root, head := element("html"), element("head")
	b.doc.AppendChild(&html.Node{Type: html.DoctypeNode, Data: "html"})
	b.doc.AppendChild(root)
	root.AppendChild(head)
	body := element("body")
	root.AppendChild(body)
	b.head, b.open = head, []*html.Node{body}
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(maxToken)
	for b.nodes < maxNodes {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.doc, !errors.Is(z.Err(), io.EOF)
		case html.TextToken:
			b.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(startTag(z))
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(string(name))
		}
	}
	return b.doc, true
}

// startTag reads a tag with its first attributes.
func startTag(z *html.Tokenizer) (t html.Token) {
	name, more := z.TagName()
	t.Data = string(name)
	for more && len(t.Attr) < maxAttributes {
		var key, value []byte
		key, value, more = z.TagAttr()
		t.Attr = append(t.Attr, html.Attribute{Key: string(key), Val: string(value)})
	}
	return t
}

func element(name string) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name))}
}

// A builder is a shallow tree that is being made.
type builder struct {
	doc, head *html.Node
	open      []*html.Node // from the body down
	deeper    []string     // elements that are open below maxDepth
	raw       *html.Node   // the open style sheet or title
	without   string       // the open element that is left out with its content
	nested    int          // of elements of that name in it
	nodes     int          // of the tree
}

// left are elements that are left out of shallow trees with their content.
var left = map[string]bool{"svg": true, "math": true, "script": true, "iframe": true, "noembed": true, "noframes": true, "xmp": true, "plaintext": true, "select": true}

// void are the elements without content.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"param": true, "source": true, "track": true, "wbr": true,
}

// maxDeeper bounds how many open elements below maxDepth are remembered.
const maxDeeper = 1 << 16

func (b *builder) start(t html.Token) {
	switch {
	case b.without != "":
		if t.Data == b.without {
			b.nested++
		}
		return
	case b.raw != nil:
		return
	case left[t.Data]:
		b.without, b.nested = t.Data, 1
		return
	}
	n := element(t.Data)
	n.Attr = t.Attr
	b.nodes++
	top := b.open[len(b.open)-1]
	switch t.Data {
	case "html", "head", "body", "frameset":
		return
	case "base", "link", "meta":
		b.head.AppendChild(n)
		return
	case "style", "title":
		b.head.AppendChild(n)
		b.raw = n
		return
	}
	if void[t.Data] {
		top.AppendChild(n)
		return
	}
	if len(b.open) < maxDepth {
		top.AppendChild(n)
		b.open = append(b.open, n)
	} else if len(b.deeper) < maxDeeper {
		b.deeper = append(b.deeper, t.Data)
	}
}

func (b *builder) end(name string) {
	switch {
	case b.without != "":
		if name == b.without {
			if b.nested--; b.nested == 0 {
				b.without = ""
			}
		}
		return
	case b.raw != nil:
		if name == b.raw.Data {
			b.raw = nil
		}
		return
	}
	if n := len(b.deeper); n > 0 {
		if b.deeper[n-1] == name {
			b.deeper = b.deeper[:n-1]
		}
		return
	}
	// An end tag closes the element of its name, if one of the innermost few is it.
	for i := len(b.open) - 1; i > 0 && i > len(b.open)-20; i-- {
		if b.open[i].Data == name {
			b.open = b.open[:i]
			return
		}
	}
}

func (b *builder) text(s string) {
	if b.without == "" {
		b.nodes++
	}
	switch {
	case b.without != "":
	case b.raw != nil:
		b.raw.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	default:
		b.open[len(b.open)-1].AppendChild(&html.Node{Type: html.TextNode, Data: s})
	}
}
