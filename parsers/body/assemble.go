package body

import (
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An assembly makes typed blocks of the selected ones, in reading order.
type assembly struct {
	*Selection
	out      []article.Block
	captions []int    // where the media of captions stand
	players  []player // in order
	next     int      // of captions
	nextIn   int      // of players

	list, item *html.Node // the list that the last block belongs to, and its last item
	table, row *html.Node
	grid       *grid // of table
	grids      map[*html.Node]*grid
	written    map[*html.Node]bool // elements of code and posts on Reddit: each is written once
	embedded   *html.Node          // the blockquote of the last post

	anchored *html.Node   // whose anchors are listed
	anchors  []pageAnchor // those that no block has had yet
}

// A player is a frame that shows what the story is about.
type player struct {
	block article.Block
	pos   int
}

// Assemble makes the article's body: typed blocks in reading order, media blocks
// among them. captions[i] is the place of caption i's medium in document order
// (see block.Page.Order), ascending; nil puts no media in.
func (s *Selection) Assemble(captions []int) []article.Block {
	a := &assembly{Selection: s, captions: captions, grids: map[*html.Node]*grid{}, written: map[*html.Node]bool{}}
	a.findPlayers()
	for _, b := range s.page.Blocks {
		if s.Kept(b) {
			a.place(b.Pos())
			a.add(b)
		}
	}
	a.place(math.MaxInt)
	return a.out
}

// place puts in the media and players that stand before a position.
func (a *assembly) place(pos int) {
	for a.next < len(a.captions) && a.captions[a.next] <= pos {
		i := a.next
		a.emit(article.Block{Type: article.Media, Caption: &i})
		a.next++
	}
	for a.nextIn < len(a.players) && a.players[a.nextIn].pos <= pos {
		a.emit(a.players[a.nextIn].block)
		a.nextIn++
	}
}

// emit appends a block that ends lists and tables before it.
func (a *assembly) emit(b article.Block) {
	a.list, a.table, a.embedded = nil, nil, nil
	a.out = append(a.out, b)
}

func (a *assembly) last() *article.Block { return &a.out[len(a.out)-1] }

func (a *assembly) add(b *block.Block) {
	if b.Flags&block.InQuote != 0 {
		quote := nearest(b.Node, atom.Blockquote)
		if post := a.post(quote); post != "" { // with its lists and headings
			a.addPost(quote, post, b.Text)
			return
		}
	}
	links := a.links(b)
	switch {
	case b.Flags&block.InPre != 0:
		a.addCode(nearest(b.Node, atom.Pre))
	case b.Flags&block.InTable != 0 && codeTable(b.Node) != nil:
		a.addCode(codeTable(b.Node))
	case b.Flags&block.InTable != 0 && a.dataTable(nearest(b.Node, atom.Table)):
		a.addCell(b, links)
	case b.Flags&block.InHeading != 0:
		a.emit(article.Block{Type: article.Heading, Level: level(b), Text: b.Text, Links: links})
	case b.Flags&block.InList != 0 && nearestList(b.Node) != nil:
		a.addItem(b, links)
	case b.Flags&block.InQuote != 0:
		a.emit(article.Block{Type: article.Quote, Text: b.Text, Links: links})
	default:
		a.emit(article.Block{Type: article.Paragraph, Text: b.Text, Links: links})
	}
}

// addCode adds an element that holds code, as a whole and once: its lines may be
// blocks, and other such elements may stand between them.
func (a *assembly) addCode(n *html.Node) {
	if a.written[n] {
		return
	}
	a.written[n] = true
	if text := codeText(n); text != "" {
		a.emit(article.Block{Type: article.Code, Text: text})
	}
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

// A pageAnchor is an anchor of the page.
type pageAnchor struct{ text, href string }

// links are the links of a block whose text stands in it, in order. The blocks of
// one element come one after another, so that its anchors are listed once.
func (a *assembly) links(b *block.Block) []article.Link {
	if b.LinkBytes == 0 {
		return nil
	}
	x := a.page
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
		case c.Type != html.ElementNode || block.BlockLevel(c):
		case c.DataAtom != atom.A:
			a.listAnchors(c, depth+1)
		default:
			if text := block.VisibleText(c); text != "" && len(text) <= maxAnchor {
				a.anchors = append(a.anchors, pageAnchor{text, block.Attr(c, "href")})
			}
		}
	}
}

// playerHosts are hosts whose frames show what a story is about; frames of others
// are most often advertisements.
var playerHosts = []string{"youtube.com", "youtube-nocookie.com", "youtu.be", "vimeo.com", "dailymotion.com", "twitter.com", "x.com", "facebook.com", "instagram.com", "tiktok.com", "bsky.app", "soundcloud.com", "spotify.com",
	"podcasts.apple.com", "datawrapper.de", "dwcdn.net", "flourish.studio", "infogram.com", "documentcloud.org", "scribd.com", "google.com", "openstreetmap.org", "rumble.com", "twitch.tv", "streamable.com", "giphy.com", "reddit.com", "ted.com"}

var (
	// frames may be players; lazily loaded ones have their address elsewhere.
	frames     = doc.Select("iframe[src], iframe[data-src], iframe[data-lazy-src]")
	frameAttrs = []string{"src", "data-src", "data-lazy-src"}
)

// findPlayers lists the players between the story's first and last block.
func (a *assembly) findPlayers() {
	first, last := a.Range()
	if first < 0 {
		return
	}
	first, last = a.page.Blocks[first].Pos(), a.page.Blocks[last].Pos()
	const outside = block.InHidden | block.InNav | block.InFooter | block.InAside
	seen := map[string]bool{}
	for _, n := range a.page.Select(frames).Nodes {
		pos := a.page.Order[n]
		if pos < first || pos > last || len(a.players) >= maxLinks || a.page.Elems[pos].Flags&outside != 0 {
			continue
		}
		src := ""
		for _, key := range frameAttrs {
			if src = a.page.Resolve(block.Attr(n, key)); src != "" {
				break
			}
		}
		if src != "" && !seen[src] && isPlayer(src) {
			seen[src] = true
			a.players = append(a.players, player{article.Block{Type: article.Embed, URL: src}, pos})
		}
	}
}

// isPlayer reports whether an address is on one of the players' hosts.
func isPlayer(address string) bool {
	u, err := url.Parse(address)
	return err == nil && slices.ContainsFunc(playerHosts, func(h string) bool {
		return u.Hostname() == h || strings.HasSuffix(u.Hostname(), "."+h)
	})
}
