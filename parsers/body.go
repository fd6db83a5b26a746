package parsers

import (
	"regexp"
	"strings"

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
	for _, b := range x.blocks {
		b.why = x.drop(b, root, title)
		b.keep = b.why == "" && (b.vote || x.joins(b, root))
		if !b.keep && b.why == "" {
			b.why = "not chosen"
		}
		if b.keep {
			if first < 0 {
				first = b.n
			}
			last = b.n
		}
	}
	x.dedupe()
	x.trimHeadings(first, last)
	if !x.anyBody() {
		x.fallback(title)
	}
}

func (x *index) anyBody() bool {
	for _, b := range x.blocks {
		if b.keep {
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
	for _, b := range x.blocks {
		if !b.vote {
			continue
		}
		total += b.words
		for n, d := b.node, 0; n != nil && d < maxDepth; n, d = n.Parent, d+1 {
			sum[n] += b.words
		}
	}
	root := x.body
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
	for _, b := range x.blocks {
		if b.flags&(inNav|inFooter|inForm|inHidden|inDialog|inButton) != 0 || b.words < 8 || b.link*2 > len(b.text) {
			continue
		}
		n := b.node
		for i := 0; i < 2 && n != nil; i++ {
			score[n] += b.words / (i + 1)
			if best == nil || score[n] > score[best] {
				best = n
			}
			n = n.Parent
		}
	}
	if best == nil {
		return
	}
	for _, b := range x.blocks {
		if within(b.node, best) {
			b.vote = true
		}
	}
}

// joins takes a block that readability passed over but that stands among the
// story's and reads like it.
func (x *index) joins(b *block, root *html.Node) bool {
	if root == nil || root == x.body || !within(b.node, root) {
		return false
	}
	prose := b.words >= 12 && b.link*3 < len(b.text)
	if b.flags&inHeading != 0 || b.flags&inList != 0 {
		return x.votedNear(b, 2) && b.link*2 < len(b.text) && x.sameParent(b)
	}
	return prose && x.votedNear(b, 4)
}

func (x *index) votedNear(b *block, far int) bool {
	before, after := false, false
	for i := max(0, b.n-far); i < min(len(x.blocks), b.n+far+1); i++ {
		if x.blocks[i].vote {
			before = before || i < b.n
			after = after || i > b.n
		}
	}
	return before && after || (before || after) && b.words >= 25
}

func (x *index) sameParent(b *block) bool {
	for i := max(0, b.n-6); i < min(len(x.blocks), b.n+7); i++ {
		if o := x.blocks[i]; o.vote && (o.node.Parent == b.node.Parent || o.node.Parent == b.node.Parent.Parent) {
			return true
		}
	}
	return false
}

// drop says why a block is no part of the story; "" if nothing speaks against it.
func (x *index) drop(b *block, root *html.Node, title string) string {
	m := x.hintsBelow(b.node, root)
	prose := b.words >= 30 && b.link*3 < len(b.text)
	linked := b.link*10 >= len(b.text)*8
	switch {
	case b.flags&inHidden != 0:
		return "hidden"
	case b.flags&inCaption != 0, m&hintCaption != 0 && !prose && m&hintBody == 0, b.flags&inFigure != 0 && b.words < 60 && b.flags&(inQuote|inTable) == 0:
		return "caption"
	case b.flags&(inNav|inDialog|inButton) != 0 && !(b.flags&inButton != 0 && prose):
		return "navigation"
	case b.flags&inFooter != 0 && !x.inRoot(b, root, atom.Footer):
		return "footer"
	case b.flags&inForm != 0 && !x.inRoot(b, root, atom.Form):
		return "form"
	case b.flags&inAside != 0 && !x.inRoot(b, root, atom.Aside) && !prose:
		return "aside"
	case m&hintConsent != 0:
		return "consent"
	case m&(hintShare|hintNewsletter) != 0 && !prose:
		return "share or newsletter"
	case m&(hintComment) != 0 && m&hintBody == 0:
		return "comments"
	case m&(hintRelated|hintPromo) != 0 && (!prose || b.flags&inList != 0):
		return "related"
	case m&(hintAd|hintWidget|hintNav|hintFooter|hintSidebar) != 0 && !prose:
		return "advertisement or widget"
	case m&(hintMeta|hintByline|hintAuthor) != 0 && !prose:
		return "byline or date"
	case b.flags&inAddress != 0 && b.words < 40:
		return "contact"
	case foldEqual(b.text, title) || b.node.DataAtom == atom.H1 && b.flags&inHeading != 0 && similar(b.text, title):
		return "title"
	case linked && b.words <= 12 && b.flags&(inList|inHeading) == 0 && (b.flags&inTable == 0 || !dataTable(nearest(b.node, atom.Table))):
		return "link"
	case linked && b.flags&inList != 0 && b.words > 3:
		return "link"
	case b.words <= 25 && promoLine.MatchString(b.text):
		return "promotion"
	case b.words <= 14 && bylineLine(b.text):
		return "byline or date"
	case b.words == 0 && b.flags&inPre == 0:
		return "no words"
	}
	return ""
}

// inRoot reports whether the element of a kind that a block stands in is the
// root or above it, so that it says nothing.
func (x *index) inRoot(b *block, root *html.Node, tag atom.Atom) bool {
	for n := b.node; n != nil; n = n.Parent {
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
	seen := map[string]*block{}
	for _, b := range x.blocks {
		if !b.keep || b.words < 8 {
			continue
		}
		if seen[b.text] != nil {
			b.keep, b.why = false, "said before"
			continue
		}
		seen[b.text] = b
	}
}

// trimHeadings drops headings that nothing follows.
func (x *index) trimHeadings(first, last int) {
	var after *block
	for i := last; i >= first && i >= 0; i-- {
		b := x.blocks[i]
		if !b.keep {
			continue
		}
		if b.flags&inHeading != 0 && (after == nil || after.flags&inHeading != 0 && level(after) <= level(b)) {
			b.keep, b.why = false, "heading of nothing"
			continue
		}
		after = b
	}
}

// fallback takes what text there is on a page that has no story by any rule:
// no page of visible text is without a body.
func (x *index) fallback(title string) {
	take := func(ok func(*block) bool) bool {
		found := false
		for _, b := range x.blocks {
			if ok(b) {
				b.keep, b.why, found = true, "", true
			}
		}
		return found
	}
	const chromeFlags = inNav | inFooter | inForm | inHidden | inDialog | inButton
	_ = take(func(b *block) bool { return b.flags&chromeFlags == 0 && b.words >= 12 && b.link*2 < len(b.text) }) ||
		take(func(b *block) bool { return b.flags&chromeFlags == 0 && b.words > 0 && !foldEqual(b.text, title) }) ||
		take(func(b *block) bool { return b.flags&inHidden == 0 && b.words > 0 }) ||
		take(func(b *block) bool { return b.words > 0 })
}

func level(b *block) int {
	for n := b.node; n != nil; n = n.Parent {
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
	for _, b := range x.blocks {
		if !b.keep {
			continue
		}
		if !started {
			// Media above the story's first line stand at its head.
			started = true
		}
		emit(b.pos)
		switch {
		case b.flags&inHeading != 0:
			out = append(out, Block{Type: Heading, Level: level(b), Text: b.text})
		case b.flags&inPre != 0:
			out = append(out, Block{Type: Code, Text: strings.TrimRight(textOf(nearest(b.node, atom.Pre)), "\n ")})
		case b.flags&inTable != 0 && dataTable(nearest(b.node, atom.Table)):
			t, r := nearest(b.node, atom.Table), nearest(b.node, atom.Tr)
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
			out[last].Rows[k] = append(out[last].Rows[k], b.text)
			continue
		case b.flags&inList != 0 && nearestList(b.node) != nil:
			l := nearestList(b.node)
			last := len(out) - 1
			if l != list || last < 0 || out[last].Type != List {
				out = append(out, Block{Type: List})
				last++
				list = l
			}
			out[last].Items = append(out[last].Items, b.text)
			continue
		case b.flags&inQuote != 0:
			if q := nearest(b.node, atom.Blockquote); q != nil && socialPost(q) != "" {
				last := len(out) - 1
				if last >= 0 && out[last].Type == Embed && out[last].URL == socialPost(q) {
					out[last].Text += " " + b.text
				} else {
					out = append(out, Block{Type: Embed, URL: socialPost(q), Text: b.text})
				}
				continue
			}
			out = append(out, Block{Type: Quote, Text: b.text})
		default:
			out = append(out, Block{Type: Paragraph, Text: b.text})
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
			if len(textOf(n)) > 300 {
				long++
			}
		}
	}
	return rows >= 2 && cells >= 2*rows && long == 0
}

// socialPost is the address of an embedded post, by the class that its network's script looks for.
func socialPost(q *html.Node) string {
	class := attr(q, "class")
	for _, c := range []string{"twitter-tweet", "instagram-media", "tiktok-embed", "bluesky-embed", "fb-post", "mastodon-embed"} {
		if strings.Contains(class, c) {
			link := "about:blank"
			for n := range q.Descendants() {
				if n.DataAtom == atom.A && strings.HasPrefix(attr(n, "href"), "http") {
					link = attr(n, "href") // the last one is the post's own
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
