package parsers

import (
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// chooseBody marks the blocks of the story: go-readability's vote first, where
// it has one, corrected by what stands around it and by what a reader would say.
func (x *index) chooseBody(title string) {
	if !x.vote() {
		x.density()
	}
	root := x.root()
	first, last := -1, -1
	for _, b := range x.Blocks {
		b.Why = x.drop(b, root, title)
		b.Keep = b.Why == "" && (b.Vote || x.joins(b, root))
		if !b.Keep && b.Why == "" {
			b.Why = "not chosen"
		}
		if b.Keep {
			if first < 0 {
				first = b.N
			}
			last = b.N
		}
	}
	x.dedupe()
	x.trimHeadings(first, last)
	if !x.anyBody() {
		x.fallback(title)
	}
}

func (x *index) anyBody() bool {
	for _, b := range x.Blocks {
		if b.Keep {
			return true
		}
	}
	return false
}

// root is the element that holds nearly all of what was voted for. What an
// element above it is called says nothing about the story.
func (x *index) root() *html.Node {
	total := 0
	sum := map[*html.Node]int{}
	for _, b := range x.Blocks {
		if !b.Vote {
			continue
		}
		total += b.Words
		for n, d := b.Node, 0; n != nil && d < block.MaxDepth; n, d = n.Parent, d+1 {
			sum[n] += b.Words
		}
	}
	root := x.Body
	for root != nil {
		var next *html.Node
		for c := root.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && sum[c]*100 >= total*90 && total > 0 {
				next = c
			}
		}
		if next == nil || next.DataAtom == atom.P {
			return root
		}
		root = next
	}
	return root
}

// density votes where readability has nothing to say: for the element whose
// own paragraphs hold most words outside links.
func (x *index) density() {
	score := map[*html.Node]int{}
	var best *html.Node
	for _, b := range x.Blocks {
		if b.Flags&(block.InNav|block.InFooter|block.InForm|block.InHidden|block.InDialog|block.InButton) != 0 || b.Words < 8 || b.Link*2 > len(b.Text) {
			continue
		}
		n := b.Node
		for i := 0; i < 2 && n != nil; i++ {
			score[n] += b.Words / (i + 1)
			if best == nil || score[n] > score[best] {
				best = n
			}
			n = n.Parent
		}
	}
	if best == nil {
		return
	}
	for _, b := range x.Blocks {
		if block.Within(b.Node, best) {
			b.Vote = true
		}
	}
}

// joins takes a block that readability passed over but that stands among the
// story's and reads like it.
func (x *index) joins(b *block.Block, root *html.Node) bool {
	if root == nil || root == x.Body || !block.Within(b.Node, root) {
		return false
	}
	prose := b.Words >= 12 && b.Link*3 < len(b.Text)
	if b.Flags&block.InHeading != 0 || b.Flags&block.InList != 0 {
		return x.votedNear(b, 2) && b.Link*2 < len(b.Text) && x.sameParent(b)
	}
	return prose && x.votedNear(b, 4)
}

func (x *index) votedNear(b *block.Block, far int) bool {
	before, after := false, false
	for i := max(0, b.N-far); i < min(len(x.Blocks), b.N+far+1); i++ {
		if x.Blocks[i].Vote {
			before = before || i < b.N
			after = after || i > b.N
		}
	}
	return before && after || (before || after) && b.Words >= 25
}

func (x *index) sameParent(b *block.Block) bool {
	for i := max(0, b.N-6); i < min(len(x.Blocks), b.N+7); i++ {
		if o := x.Blocks[i]; o.Vote && (o.Node.Parent == b.Node.Parent || o.Node.Parent == b.Node.Parent.Parent) {
			return true
		}
	}
	return false
}

// drop says why a block is no part of the story; "" if nothing speaks against it.
func (x *index) drop(b *block.Block, root *html.Node, title string) string {
	m := x.HintsBelow(b.Node, root)
	prose := b.Words >= 30 && b.Link*3 < len(b.Text)
	linked := b.Link*10 >= len(b.Text)*8
	switch {
	case b.Flags&block.InHidden != 0:
		return "hidden"
	case b.Flags&block.InCaption != 0, m&block.HintCaption != 0 && !prose && m&block.HintBody == 0, b.Flags&block.InFigure != 0 && b.Words < 60 && b.Flags&(block.InQuote|block.InTable) == 0:
		return "caption"
	case b.Flags&(block.InNav|block.InDialog|block.InButton) != 0 && !(b.Flags&block.InButton != 0 && prose):
		return "navigation"
	case b.Flags&block.InFooter != 0 && !x.inRoot(b, root, atom.Footer):
		return "footer"
	case b.Flags&block.InForm != 0 && !x.inRoot(b, root, atom.Form):
		return "form"
	case b.Flags&block.InAside != 0 && !x.inRoot(b, root, atom.Aside) && !prose:
		return "aside"
	case m&block.HintConsent != 0:
		return "consent"
	case m&(block.HintShare|block.HintNewsletter) != 0 && !prose:
		return "share or newsletter"
	case m&(block.HintComment) != 0 && m&block.HintBody == 0:
		return "comments"
	case m&(block.HintRelated|block.HintPromo) != 0 && (!prose || b.Flags&block.InList != 0):
		return "related"
	case m&(block.HintAd|block.HintWidget|block.HintNav|block.HintFooter|block.HintSidebar) != 0 && !prose:
		return "advertisement or widget"
	case m&(block.HintMeta|block.HintByline|block.HintAuthor) != 0 && !prose:
		return "byline or date"
	case b.Flags&block.InAddress != 0 && b.Words < 40:
		return "contact"
	case foldEqual(b.Text, title) || b.Node.DataAtom == atom.H1 && b.Flags&block.InHeading != 0 && similar(b.Text, title):
		return "title"
	case linked && b.Words <= 12 && b.Flags&(block.InList|block.InHeading) == 0 && (b.Flags&block.InTable == 0 || !dataTable(nearest(b.Node, atom.Table))):
		return "link"
	case linked && b.Flags&block.InList != 0 && b.Words > 3:
		return "link"
	case b.Words <= 25 && promoLine.MatchString(b.Text):
		return "promotion"
	case b.Words <= 14 && bylineLine(b.Text):
		return "byline or date"
	case b.Words == 0 && b.Flags&block.InPre == 0:
		return "no words"
	}
	return ""
}

// inRoot reports whether the element of a kind that a block stands in is the
// root or above it, so that it says nothing.
func (x *index) inRoot(b *block.Block, root *html.Node, tag atom.Atom) bool {
	for n := b.Node; n != nil; n = n.Parent {
		if n == root {
			return true
		}
		if n.DataAtom == tag {
			return false
		}
	}
	return false
}

// promoLine are short lines that sites put between paragraphs.
var promoLine = regexp.MustCompile(`(?i)^\W*(?:advertisement|advertising|anzeige|werbung|publicité|publicidad|pubblicità|реклама|广告|sponsored(?: content)?|story continues below.*|article continues.*|` +
	`(?:read|see|watch|listen)(?: more| also| next)?\s*(?:[:：|]).*|(?:also|must) read\b.*|lire aussi\b.*|leer también.*|lea también.*|leggi anche\b.*|lesen sie (?:auch|mehr)\b.*|mehr zum thema.*|mehr dazu.*|les også\b.*|læs også\b.*|läs (?:också|även|mer)\b.*|lue myös.*|читайте также.*|читайте:.*|related\s*(?:stories|articles|news|posts|topics)?\s*[:：]?.{0,80}|` +
	`(?:spread the love|share this.*|share on .*|share(?: via)?|tweet|print|e-?mail|whatsapp|facebook|twitter|telegram|like this:?.*|like loading.*|teilen|compartir|partager|condividi|comments?|kommentare|leave a (?:reply|comment).*)|` +
	`(?:sign up|subscribe|abonnez|suscríb|melden sie sich|jetzt abonnieren|get (?:our|the) (?:newsletter|app|latest)|follow us|join our|download (?:our|the) app|click here|tap here).{0,160}|` +
	`(?:all rights reserved|copyright\b.{0,80}|©.{0,80})|(?:tags?|topics?|filed under|schlagw[oö]rter|stichw[oö]rter|etiquetas|mots-clés)\s*[:：].*|this slideshow requires javascript\.?|` +
	`(?:up next|don'?t miss|change of name|connect with us|you may (?:also )?like.*|more (?:from|in|on|stories)\b.{0,60}|most (?:read|popular|viewed).{0,40}|recommended(?: for you| stories)?|trending(?: now)?|editor'?s picks?|loading\.{0,3}|previous(?: article| post)?|next(?: article| post)?))\W*$`)

// dedupe drops a text that occurs a second time, as in pull quotes and copies
// for small screens.
func (x *index) dedupe() {
	seen := map[string]*block.Block{}
	for _, b := range x.Blocks {
		if !b.Keep || b.Words < 8 {
			continue
		}
		if seen[b.Text] != nil {
			b.Keep, b.Why = false, "said before"
			continue
		}
		seen[b.Text] = b
	}
}

// trimHeadings drops headings that nothing follows.
func (x *index) trimHeadings(first, last int) {
	var after *block.Block
	for i := last; i >= first && i >= 0; i-- {
		b := x.Blocks[i]
		if !b.Keep {
			continue
		}
		if b.Flags&block.InHeading != 0 && (after == nil || after.Flags&block.InHeading != 0 && level(after) <= level(b)) {
			b.Keep, b.Why = false, "heading of nothing"
			continue
		}
		after = b
	}
}

// fallback takes what text there is on a page that has no story by any rule:
// no page of visible text is without a body.
func (x *index) fallback(title string) {
	take := func(ok func(*block.Block) bool) bool {
		found := false
		for _, b := range x.Blocks {
			if ok(b) {
				b.Keep, b.Why, found = true, "", true
			}
		}
		return found
	}
	const chromeFlags = block.InNav | block.InFooter | block.InForm | block.InHidden | block.InDialog | block.InButton
	_ = take(func(b *block.Block) bool { return b.Flags&chromeFlags == 0 && b.Words >= 12 && b.Link*2 < len(b.Text) }) ||
		take(func(b *block.Block) bool { return b.Flags&chromeFlags == 0 && b.Words > 0 && !foldEqual(b.Text, title) }) ||
		take(func(b *block.Block) bool { return b.Flags&block.InHidden == 0 && b.Words > 0 }) ||
		take(func(b *block.Block) bool { return b.Words > 0 })
}

func level(b *block.Block) int {
	for n := b.Node; n != nil; n = n.Parent {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			return int(n.Data[1] - '0')
		}
	}
	return 2
}

// assemble makes typed blocks of the chosen ones. place gives the captions that
// stand before a block, by document order.
func (x *index) assemble(captions []placed) []Block {
	var out []Block
	next := 0
	emit := func(pos int) {
		for next < len(captions) && captions[next].pos <= pos {
			i := captions[next].index
			out = append(out, Block{Type: Media, Caption: &i})
			next++
		}
	}
	var list, table *html.Node
	var row *html.Node
	started := false
	for _, b := range x.Blocks {
		if !b.Keep {
			continue
		}
		if !started {
			// Media above the story's first line stand at its head.
			started = true
		}
		emit(b.Pos())
		switch {
		case b.Flags&block.InHeading != 0:
			out = append(out, Block{Type: Heading, Level: level(b), Text: b.Text})
		case b.Flags&block.InPre != 0:
			out = append(out, Block{Type: Code, Text: strings.TrimRight(block.TextOf(nearest(b.Node, atom.Pre)), "\n ")})
		case b.Flags&block.InTable != 0 && dataTable(nearest(b.Node, atom.Table)):
			t, r := nearest(b.Node, atom.Table), nearest(b.Node, atom.Tr)
			last := len(out) - 1
			if t != table || last < 0 || out[last].Type != Table {
				out = append(out, Block{Type: Table})
				table, row = t, nil
				last++
			}
			if r != row {
				out[last].Rows = append(out[last].Rows, nil)
				row = r
			}
			k := len(out[last].Rows) - 1
			out[last].Rows[k] = append(out[last].Rows[k], b.Text)
			continue
		case b.Flags&block.InList != 0 && nearestList(b.Node) != nil:
			l := nearestList(b.Node)
			last := len(out) - 1
			if l != list || last < 0 || out[last].Type != List {
				out = append(out, Block{Type: List})
				last++
				list = l
			}
			out[last].Items = append(out[last].Items, b.Text)
			continue
		case b.Flags&block.InQuote != 0:
			if q := nearest(b.Node, atom.Blockquote); q != nil && socialPost(q) != "" {
				last := len(out) - 1
				if last >= 0 && out[last].Type == Embed && out[last].URL == socialPost(q) {
					out[last].Text += " " + b.Text
				} else {
					out = append(out, Block{Type: Embed, URL: socialPost(q), Text: b.Text})
				}
				continue
			}
			out = append(out, Block{Type: Quote, Text: b.Text})
		default:
			out = append(out, Block{Type: Paragraph, Text: b.Text})
		}
		list, table = nil, nil
	}
	emit(1 << 60)
	return out
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

// dataTable tells a table of figures from one that lays out a page.
func dataTable(t *html.Node) bool {
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

// plainText is what a reader of the article reads.
func plainText(body []Block) string {
	var parts []string
	for _, b := range body {
		switch b.Type {
		case List:
			parts = append(parts, strings.Join(b.Items, "\n"))
		case Table:
			var rows []string
			for _, r := range b.Rows {
				rows = append(rows, strings.Join(r, " | "))
			}
			parts = append(parts, strings.Join(rows, "\n"))
		case Media:
		default:
			if b.Text != "" {
				parts = append(parts, b.Text)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}
