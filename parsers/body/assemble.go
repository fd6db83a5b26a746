package body

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/captions"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An assembly makes typed blocks of the chosen ones, in reading order.
type assembly struct {
	x        *doc.Page
	out      []article.Block
	captions []captions.Placed
	embeds   []captions.Placed // index into players
	players  []article.Block
	next     int // of captions
	nextIn   int // of embeds

	list, item  *html.Node // the list that the last block belongs to, and its last item
	table, row  *html.Node
	cell        *html.Node
	pre, social *html.Node

	anchored *html.Node  // whose anchors are listed
	anchors  []storyLink // those that no block has had yet
}

// Assemble gives the body; captions say where each caption's medium stands.
func Assemble(p *doc.Page, captions []captions.Placed) []article.Block {
	a := &assembly{x: p, captions: captions}
	a.findPlayers()
	for _, b := range p.Blocks {
		if b.Keep {
			a.place(b.Pos())
			a.add(b)
		}
	}
	a.place(1 << 60)
	return a.out
}

// place puts in the media and players that stand before a position.
func (a *assembly) place(pos int) {
	for a.next < len(a.captions) && a.captions[a.next].Pos <= pos {
		i := a.captions[a.next].Index
		a.emit(article.Block{Type: article.Media, Caption: &i})
		a.next++
	}
	for a.nextIn < len(a.embeds) && a.embeds[a.nextIn].Pos <= pos {
		a.emit(a.players[a.embeds[a.nextIn].Index])
		a.nextIn++
	}
}

// emit appends a block that ends lists and tables before it.
func (a *assembly) emit(b article.Block) {
	a.list, a.table, a.pre, a.social = nil, nil, nil, nil
	a.out = append(a.out, b)
}

func (a *assembly) last() *article.Block { return &a.out[len(a.out)-1] }

func (a *assembly) add(b *block.Block) {
	links := a.links(b)
	switch {
	case b.Flags&block.InHeading != 0:
		a.emit(article.Block{Type: article.Heading, Level: level(b), Text: b.Text, Links: links})
	case b.Flags&block.InPre != 0:
		pre := nearest(b.Node, atom.Pre)
		if pre != a.pre {
			a.emit(article.Block{Type: article.Code, Text: strings.TrimRight(block.TextOf(pre), "\n ")})
			a.pre = pre
		}
	case b.Flags&block.InTable != 0 && dataTable(a.x, nearest(b.Node, atom.Table)):
		a.addCell(b, links)
	case b.Flags&block.InList != 0 && nearestList(b.Node) != nil:
		a.addItem(b, links)
	case b.Flags&block.InQuote != 0:
		q := nearest(b.Node, atom.Blockquote)
		post := socialPost(q)
		switch {
		case post == "":
			a.emit(article.Block{Type: article.Quote, Text: b.Text, Links: links})
		case q == a.social && len(a.last().Text) < maxJoined:
			a.last().Text += " " + b.Text
		default:
			a.emit(article.Block{Type: article.Embed, URL: post, Text: b.Text})
			a.social = q
		}
	default:
		a.emit(article.Block{Type: article.Paragraph, Text: b.Text, Links: links})
	}
}

func (a *assembly) addCell(b *block.Block, links []article.Link) {
	t, r := nearest(b.Node, atom.Table), nearest(b.Node, atom.Tr)
	if t != a.table {
		a.emit(article.Block{Type: article.Table})
		a.table, a.row, a.cell = t, nil, nil
	}
	last := a.last()
	if r != a.row {
		last.Rows = append(last.Rows, nil)
		a.row, a.cell = r, nil
	}
	row := &last.Rows[len(last.Rows)-1]
	cell := nearest(b.Node, atom.Td)
	if th := nearest(b.Node, atom.Th); th.Parent != nil {
		cell = th
	}
	if cell == a.cell && len(*row) > 0 && len((*row)[len(*row)-1]) < maxJoined {
		(*row)[len(*row)-1] += " " + b.Text
	} else {
		*row = append(*row, b.Text)
		a.cell = cell
	}
	last.Links = append(last.Links, links...)
}

func (a *assembly) addItem(b *block.Block, links []article.Link) {
	l := nearestList(b.Node)
	if l != a.list {
		a.emit(article.Block{Type: article.List})
		a.list, a.item = l, nil
	}
	last := a.last()
	item := nearest(b.Node, atom.Li)
	if item == a.item && item.Parent != nil && len(last.Items) > 0 && len(last.Items[len(last.Items)-1]) < maxJoined {
		last.Items[len(last.Items)-1] += " " + b.Text
	} else {
		last.Items = append(last.Items, b.Text)
		a.item = item
	}
	last.Links = append(last.Links, links...)
}

// Bounds of one block: a longer text that several paragraphs of an item, cell or
// post would make is continued in the next; anchors that are not of a block are
// passed over so far.
const (
	maxJoined = 64 << 10 // bytes
	maxLinks  = 200
	maxAnchor = 2_000 // bytes of an anchor's text
	lookAhead = 20
)

// A storyLink is a link as it stands in the page.
type storyLink struct{ text, href string }

// links are the links of a block whose text stands in it, in order. The blocks of
// one element come one after another, so that its anchors are listed once.
func (a *assembly) links(b *block.Block) []article.Link {
	if b.Link == 0 {
		return nil
	}
	x := a.x
	if x.Elems[b.Elem].Flags&block.InLink != 0 { // around the whole block
		for p := b.Node; p != nil; p = p.Parent {
			if p.DataAtom == atom.A {
				if u := x.Resolve(block.Attr(p, "href")); u != "" {
					return []article.Link{{Text: b.Text, URL: u}}
				}
				return nil
			}
		}
	}
	if b.Node != a.anchored {
		a.anchored, a.anchors = b.Node, nil
		a.listAnchors(b.Node, 0)
	}
	var res []article.Link
	from := 0
	for i := 0; i < min(len(a.anchors), lookAhead) && len(res) < maxLinks; i++ {
		n := a.anchors[i]
		at := strings.Index(b.Text[from:], n.text)
		if at < 0 {
			continue // of another block of the same element
		}
		a.anchors = a.anchors[i+1:]
		i = -1
		if u := x.Resolve(n.href); u != "" {
			res = append(res, article.Link{Text: n.text, URL: u})
			from += at + len(n.text)
		}
	}
	return res
}

// listAnchors lists the anchors of an element that stand in no block element
// within it.
func (a *assembly) listAnchors(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil && depth < block.MaxDepth; c = c.NextSibling {
		switch {
		case c.Type != html.ElementNode || block.Border(c):
		case c.DataAtom != atom.A:
			a.listAnchors(c, depth+1)
		default:
			if text := block.VisibleText(c); text != "" && len(text) <= maxAnchor {
				a.anchors = append(a.anchors, storyLink{text, block.Attr(c, "href")})
			}
		}
	}
}

// players are hosts whose frames show what a story is about; frames of others
// are most often advertisements.
var players = []string{"youtube.com", "youtube-nocookie.com", "youtu.be", "vimeo.com", "dailymotion.com", "twitter.com", "x.com", "facebook.com", "instagram.com", "tiktok.com", "bsky.app", "soundcloud.com", "spotify.com",
	"podcasts.apple.com", "datawrapper.de", "dwcdn.net", "flourish.studio", "infogram.com", "documentcloud.org", "scribd.com", "google.com", "openstreetmap.org", "rumble.com", "twitch.tv", "streamable.com", "giphy.com", "reddit.com", "ted.com"}

// findPlayers lists the frames between the story's first and last block.
func (a *assembly) findPlayers() {
	first, last := KeptRange(a.x)
	if first < 0 {
		return
	}
	first, last = a.x.Blocks[first].Pos(), a.x.Blocks[last].Pos()
	seen := map[string]bool{}
	for _, n := range a.x.Media {
		pos := a.x.Order[n]
		if n.DataAtom != atom.Iframe || pos < first || pos > last || len(a.players) >= maxLinks || a.x.Elems[pos].Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) != 0 {
			continue
		}
		src := ""
		for _, key := range []string{"src", "data-src", "data-lazy-src"} {
			if src = a.x.Resolve(block.Attr(n, key)); src != "" {
				break
			}
		}
		u, err := url.Parse(src)
		if src == "" || err != nil || seen[src] || !slices.ContainsFunc(players, func(h string) bool { return u.Hostname() == h || strings.HasSuffix(u.Hostname(), "."+h) }) {
			continue
		}
		seen[src] = true
		a.embeds = append(a.embeds, captions.Placed{Index: len(a.players), Pos: pos})
		a.players = append(a.players, article.Block{Type: article.Embed, URL: src})
	}
}

func nearest(n *html.Node, tag atom.Atom) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == tag {
			return n
		}
	}
	return &html.Node{Type: html.ElementNode}
}

// nearestList finds the list of an item; nil for text that stands in a list otherwise.
func nearestList(n *html.Node) *html.Node {
	for ; n != nil; n = n.Parent {
		switch n.DataAtom {
		case atom.Ul, atom.Ol, atom.Dl:
			return n
		}
	}
	return nil
}

// dataTable tells a table of figures from one that lays out a page. Each of its
// cells asks, so that it is looked at once.
func dataTable(p *doc.Page, t *html.Node) bool {
	data, known := p.Figures[t]
	if !known {
		if p.Figures == nil {
			p.Figures = map[*html.Node]bool{}
		}
		data = holdsFigures(t)
		p.Figures[t] = data
	}
	return data
}

func holdsFigures(t *html.Node) bool {
	rows, cells, long := 0, 0, 0
	for n := range t.Descendants() {
		switch n.DataAtom {
		case atom.Th:
			return true
		case atom.Table:
			return false
		case atom.Tr:
			rows++
		case atom.Td:
			cells++
			if len(block.TextOf(n)) > 300 {
				long++
			}
		}
	}
	return rows >= 2 && cells >= 2*rows && long == 0
}

// socialPost is the address of an embedded post, by the class that its network's script looks for.
func socialPost(q *html.Node) string {
	class := block.Attr(q, "class")
	for _, c := range []string{"twitter-tweet", "instagram-media", "tiktok-embed", "bluesky-embed", "fb-post", "mastodon-embed"} {
		if strings.Contains(class, c) {
			link := "about:blank"
			for n := range q.Descendants() {
				if n.DataAtom == atom.A && strings.HasPrefix(block.Attr(n, "href"), "http") {
					link = block.Attr(n, "href") // the last one is the post's own
				}
			}
			return link
		}
	}
	return ""
}
