package parsers

import (
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Contacts are read in three steps. First the items: e-mail addresses, numbers
// and postal addresses, each weighed by where it stands, since what a story
// tells is no contact. Then the items are grouped as the page groups them: by
// its headings and by what stands between. Last each group gets its label.

// A contactItem is one item where it stands.
type contactItem struct {
	p          *passage
	start, end int
	last       int // block that it ends with
	sort       contactSort
	email      string
	phone      foundPhone
	address    foundAddress
	linked     bool   // only a link's target has it
	label      string // of the link
}

type contactSort byte

const (
	itemMail contactSort = iota
	itemPhone
	itemAddress
)

// Bounds of one page: of its items, of the lines that addresses are looked for in.
const (
	maxItems = 500
	maxLines = 1500
)

// findContacts reads the blocks that say how to reach somebody.
func (x *index) findContacts(authors []Author) []Contact {
	r := &contactReader{x: x, authors: authors, byNode: map[*html.Node][]*passage{}}
	r.prepare()
	r.mailsAndPhones()
	r.postal()
	groups := r.groups()
	var kept []Contact
	for _, hidden := range []bool{false, true} {
		for _, g := range groups {
			if g.hidden != hidden {
				continue
			}
			c := r.contact(g, authors)
			if c.empty() || slices.ContainsFunc(kept, func(k Contact) bool { return k.covers(c) }) {
				continue // the same block again, for small screens
			}
			kept = append(kept, c)
		}
	}
	return x.contactsLD(kept, authors)
}

// A contactReader reads the contacts of one page.
type contactReader struct {
	x        *index
	authors  []Author
	reach    []int // for each block the last element that had begun by then
	byNode   map[*html.Node][]*passage
	blocksOf map[*html.Node][]*block.Block
	byBlock  map[*block.Block][]*passage
	from, to int  // the blocks of the story; from > to if there is none
	all      bool // the page is about contacts: it has no story
	items    []contactItem
	near     []bool // blocks close to an e-mail address or a number
	mail     []bool // blocks with an e-mail address that counts
	social   []socialLink
	home     []string // countries that the page may be of
	regs     []string // those and a guess, for numbers
}

type socialLink struct {
	n      int
	footer bool
	url    string
}

// prepare finds where the story is, and the elements that links make worth reading.
func (r *contactReader) prepare() {
	x := r.x
	r.home, r.regs = x.regions(), x.dialled()
	r.all = x.contactPage()
	r.from, r.to = storyRange(x.Blocks)
	r.reach = make([]int, len(x.Blocks))
	high := 0
	for i, b := range x.Blocks {
		high = max(high, b.Elem)
		r.reach[i] = high
	}
	want := map[*html.Node]bool{}
	var order []*html.Node
	add := func(n *html.Node) {
		for up := 0; n != nil && !block.Border(n); up++ {
			if n = n.Parent; up > maxPassageDepth {
				return
			}
		}
		if n != nil && !want[n] && len(order) < maxItems {
			want[n] = true
			order = append(order, n)
		}
	}
	for i := range x.Elems {
		e := &x.Elems[i]
		if e.Node == nil {
			continue
		}
		switch e.Node.DataAtom {
		case atom.A:
			href := strings.TrimSpace(block.Attr(e.Node, "href"))
			switch {
			case reaches(href), block.Attr(e.Node, "data-cfemail") != "":
				add(e.Node)
			case len(r.social) < 200 && maySocial(href):
				if u := profile(href); u != "" {
					n := max(0, sort.SearchInts(r.reach, i+1)-1)
					r.social = append(r.social, socialLink{n, e.Flags&block.InFooter != 0 || e.Above&block.HintFooter != 0, u})
				}
			}
		case atom.Img:
			if alt := block.Attr(e.Node, "alt"); len(alt) < 8 && strings.Contains(alt, "@") {
				add(e.Node)
			}
		case atom.Span:
			if block.Attr(e.Node, "data-cfemail") != "" {
				add(e.Node)
			}
		}
	}
	for _, b := range x.Blocks {
		if want[b.Node] || len(b.Text) < 5 {
			continue
		}
		story := r.story(b.N)
		if mayMail(b.Text) || !story && len(b.Text) < 4000 && b.Flags&block.InHidden == 0 && mayPhone(b.Text) && len(numbers(b.Text)) > 0 {
			add(b.Node)
		}
	}
	r.read(order)
}

// read gets the passages of elements.
func (r *contactReader) read(nodes []*html.Node) {
	if r.blocksOf == nil {
		r.blocksOf, r.byBlock = map[*html.Node][]*block.Block{}, map[*block.Block][]*passage{}
	}
	for _, n := range nodes {
		if _, done := r.byNode[n]; !done {
			r.byNode[n] = nil
			r.blocksOf[n] = nil
		}
	}
	for _, b := range r.x.Blocks {
		if all, wanted := r.blocksOf[b.Node]; wanted && r.byNode[b.Node] == nil {
			r.blocksOf[b.Node] = append(all, b)
		}
	}
	for _, n := range nodes {
		if r.byNode[n] != nil {
			continue
		}
		ps := r.x.passages(n)
		r.x.place(ps, r.blocksOf[n], r.reach)
		for i, p := range ps {
			p.sub = i
			p.story = r.story(p.n)
			if p.block != nil {
				r.byBlock[p.block] = append(r.byBlock[p.block], p)
			}
		}
		r.byNode[n] = ps
	}
}

// storyRange is where most of the kept text stands together: the story, without
// a line far below it that was kept too.
func storyRange(blocks []*block.Block) (from, to int) {
	const gap = 40
	from, to = 0, -1
	best, words, start, last := 0, 0, -1, -1
	end := func() {
		if start >= 0 && words > best {
			best, from, to = words, start, last
		}
	}
	for i, b := range blocks {
		if !b.Keep {
			continue
		}
		if start < 0 || i-last > gap {
			end()
			start, words = i, 0
		}
		words += b.Words
		last = i
	}
	end()
	return from, to
}

// story reports whether a block is within the story. The page's own footer never
// is, whatever the choice of the body.
func (r *contactReader) story(n int) bool {
	return !r.all && n >= r.from && n <= r.to && r.x.Blocks[n].Flags&(block.InFooter|block.InArticle) != block.InFooter
}

// told is story with what stands around it in the article's own element: its
// boxes may name somebody's numbers and addresses.
func (r *contactReader) told(b *block.Block) bool {
	return r.story(b.N) || !r.all && !r.mail[b.N] && b.Flags&block.InArticle != 0 && b.Flags&block.InAddress == 0 && r.to >= r.from && b.N > r.from-15 && b.N < r.to+15
}

var contactPath = regexp.MustCompile(`(?i)(?:^|[/_.-])(?:contacts?(?:[-_]?us)?|kontakte?|kontakta(?:[-_]oss)?|kontakt[-_]oss|contacto|contactanos|contatti|contato|contactez(?:[-_]nous)?|nous[-_]contacter|impressum|imprint|mentions[-_]legales|aviso[-_]legal|quienes[-_]somos|chi[-_]siamo|quem[-_]somos|redaktion|redakcja|redakce|redaccion|redazione|la[-_]redaction|yhteystiedot|iletisim|kunye|masthead|colofon|colophon|staff|our[-_]team|about[-_]us|advertise(?:[-_]with[-_]us)?|redakcia|kapcsolat|impresszum|kontakty|hubungi[-_]kami|tentang[-_]kami|lien[-_]he|om[-_]oss|om[-_]os|ueber[-_]uns)(?:\.\w{2,5})?$`)

var contactTitle = regexp.MustCompile(`(?i)^(?:contact(?: us)?|contacts|get in touch|impressum|imprint|kontakt|kontakta oss|kontakt oss|contacto|contáctenos|contáctanos|contatti|contato|fale conosco|contactez[- ]nous|nous contacter|mentions légales|yhteystiedot|iletişim|künye|masthead|colofon|redaktion|die redaktion|redakcja|redazione|redacción|our team|staff|контакты|контакти|редакция|επικοινωνία|联系我们|聯絡我們|お問い合わせ|연락처|اتصل بنا|تماس با ما)$`)

// contactPage reports whether a page is about how to reach the publication, by
// its address or its only heading.
func (x *index) contactPage() bool {
	if x.page.URL != nil {
		path := strings.TrimSuffix(x.page.URL.Path, "/")
		if len(path) < 80 && contactPath.MatchString(path) && strings.Count(path, "-") < 3 {
			return true
		}
	}
	return len(x.H1) == 1 && contactTitle.MatchString(strings.TrimSpace(x.H1[0].Text))
}

// framed reports whether a passage stands where sites print contacts.
func (r *contactReader) framed(p *passage) bool {
	return !p.story && (r.all || p.flags&(block.InFooter|block.InAddress) != 0 || p.hints&block.HintFooter != 0 || r.near[p.n] || strings.Contains(p.text, "©"))
}

// tail reports whether a block stands below the story, in a short line of its
// own: where sites without a footer element have theirs.
func (r *contactReader) tail(b *block.Block) bool {
	const other = block.HintRelated | block.HintAd | block.HintPromo | block.HintComment | block.HintNewsletter | block.HintShare
	return r.to >= r.from && b.N > r.to+3 && b.Words <= 30 && b.Flags&(block.InArticle|block.InHeading|block.InNav|block.InForm|block.InLink) == 0 && r.x.Elems[b.Elem].Above&other == 0
}

// beside reports whether a passage stands just below the story and belongs to
// it: there it says whom the story is about, or where it is from.
func (r *contactReader) beside(p *passage) bool {
	if r.all || p.story || p.n <= r.to || p.n > r.to+8 || r.to < r.from || p.flags&(block.InFooter|block.InAside|block.InAddress) != 0 {
		return false
	}
	return p.flags&block.InArticle != 0 || near(r.x.Blocks[r.to].Node, p.node, 2)
}

// cue are words with which a publication speaks of itself to its readers.
var cue = regexp.MustCompile(`(?i)\b(?:got a (?:tip|story|news tip)|have (?:a|any) (?:tip|story|news|information|comment|question)s?\b.{0,80}\b(?:us|me|our|email)|story to (?:tell|share)|(?:contact|reach|email|e-mail|write to|tell|send) (?:us|me|our|the (?:author|reporter|writer|newsroom|editors?))|let us know|get in touch|drop us a line|story ideas|news tips|do you know more|email your|to the editor|our (?:newsroom|reporters|team|editors)|schreiben sie (?:uns|mir)|schreib(?:t)? uns|mailen sie|hinweis an|fehler (?:entdeckt|gefunden)|escr[ií]b(?:a|e)nos|env[ií](?:e|a)nos|cont[aá]cte?nos|écrivez[- ]nous|contactez[- ]nous|écrire à|scriv(?:i|ete)ci|escreva para|skriv til|tips? oss|tipsa oss|mejla|kontakta|napisz do nas|пишите|напишите)`)

// takes weighs a mail address against where it stands.
func (r *contactReader) takes(p *passage, m foundMail, author bool) (bool, string) {
	x := r.x
	own := x.ownMail(m.email)
	local, _, _ := strings.Cut(m.email, "@")
	switch {
	case p.hints&block.HintConsent != 0 && !own:
		return false, "in a consent dialog"
	case own:
		return true, "of the site's own name"
	case p.hints&block.HintComment != 0:
		return false, "a reader's, in a comment"
	case p.flags&block.InButton != 0 && !m.linked:
		return false, "a button's text"
	case slices.ContainsFunc(r.authors, func(a Author) bool { return nameOfMail(local, a.Name) }):
		return true, "of an author's name"
	case author:
		return true, "in a byline"
	case !p.story && !r.beside(p):
		return true, "outside of the story"
	case len(p.text) < 600 && cue.MatchString(p.text):
		return true, "with words of the publication to its readers"
	}
	return false, "within the story, of another name than the site's"
}

// mailsAndPhones finds the items that passages name.
func (r *contactReader) mailsAndPhones() {
	x := r.x
	r.near, r.mail = make([]bool, len(x.Blocks)+1), make([]bool, len(x.Blocks)+1)
	var ps []*passage
	for _, list := range r.byNode {
		ps = append(ps, list...)
	}
	sortPassages(ps)
	type loose struct {
		p *passage
		f foundPhone
	}
	var maybe []loose
	foreign := map[string]int{} // of other hosts in the story
	for _, p := range ps {
		if len(r.items) >= maxItems {
			break
		}
		author := p.hints&(block.HintByline|block.HintAuthor) != 0
		took := false
		for _, m := range p.mails() {
			ok, why := r.takes(p, m, author)
			if ok && p.story && !x.ownMail(m.email) {
				_, host, _ := strings.Cut(m.email, "@")
				if foreign[host]++; foreign[host] > 3 {
					ok, why = false, "one of many of another name within the story"
				}
			}
			x.candidate(Candidate{Field: "contacts", Value: m.email, From: p.from(m.linked), Won: ok, Why: why})
			if ok {
				took = true
				r.mail[p.n] = r.mail[p.n] || !m.linked || !p.story
				r.add(contactItem{p: p, start: m.start, end: m.end, last: p.n, sort: itemMail, email: m.email, linked: m.linked, label: m.label})
			}
		}
		hidden := p.flags&block.InHidden != 0
		if p.hints&(block.HintComment|block.HintConsent) != 0 || p.flags&block.InButton != 0 && len(p.links) == 0 {
			continue
		}
		before := r.before(p)
		for _, f := range p.phones(before) {
			if !took && helpline.MatchString(before) || !took && len(p.text) < 400 && helpline.MatchString(p.text) {
				x.candidate(Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Why: "of the police, a helpline or the like"})
				continue
			}
			plus := strings.HasPrefix(f.raw, "+") || strings.HasPrefix(f.raw, "(+")
			switch {
			case p.story && !(took && f.sure), hidden && !f.linked, !took && r.beside(p) && !r.near[p.n]:
				x.candidate(Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Why: "within the story"})
			case f.sure || plus:
				r.addPhone(p, f)
			default:
				maybe = append(maybe, loose{p, f})
			}
		}
	}
	// A list of many mailboxes of others is a story's, wherever it stands.
	others := 0
	mine := func(it contactItem) bool {
		return it.sort != itemMail || x.ownMail(it.email) || it.p.flags&(block.InFooter|block.InAddress) != 0 || it.p.hints&(block.HintFooter|block.HintByline|block.HintAuthor) != 0
	}
	for _, it := range r.items {
		if !mine(it) {
			others++
		}
	}
	if others > 12 && !r.all {
		r.items = slices.DeleteFunc(r.items, func(it contactItem) bool { return !mine(it) })
	}
	// A number without a label counts beside what is sure to be a contact.
	for _, l := range maybe {
		if !r.framed(l.p) || block.CountWords(l.p.text) > 60 || !strings.ContainsAny(l.f.raw, " -./()") || digitsIn(l.f.raw) < 7 {
			continue
		}
		if asDialled(l.f.raw, r.regs) {
			r.addPhone(l.p, l.f)
		}
	}
}

// helpline are words of those whose numbers papers print for their readers.
var helpline = regexp.MustCompile(`(?i)\b(?:police|polizei\w*|polis|policía|polizia|policja|notruf\w*|notdienst\w*|feuerwehr|rettungsdienst|giftnotruf|apotheken\w*|bereitschaftsdienst|krankenhaus|klinikum|telefonseelsorge|emergency|emergencias|emergenze|ambulance|fire (?:brigade|service|department)|hospital|help ?lines?|crisis|suicide|samaritans|lifeline|childline|crimestoppers|crime stoppers|weißer ring|kummertelefon|sorgentelefon)\b|полиция|скорая|112\b.*\b110\b`)

func (p *passage) from(linked bool) string {
	switch {
	case linked:
		return "dom:link"
	case p.flags&block.InAddress != 0:
		return "dom:address"
	case p.flags&block.InFooter != 0 || p.hints&block.HintFooter != 0:
		return "dom:footer"
	}
	return "dom:blocks"
}

func sortPassages(ps []*passage) {
	slices.SortStableFunc(ps, func(a, b *passage) int {
		if a.n != b.n {
			return a.n - b.n
		}
		return a.sub - b.sub
	})
}

// before is what a reader sees in front of a passage that may be its label.
func (r *contactReader) before(p *passage) string {
	if p.n > 0 && p.block != nil {
		if b := r.x.Blocks[p.n-1]; b.Words <= 4 && len(b.Text) < 40 {
			return b.Text
		}
	}
	return ""
}

func (r *contactReader) addPhone(p *passage, f foundPhone) {
	from := f.number
	if from == "" {
		from = f.raw
	}
	_, region, ok := readPhone(from, r.regs)
	if strings.HasPrefix(from, "+") && ok && region != "" && !slices.Contains(r.regs, region) {
		r.regs = append(r.regs, region) // numbers without a code may be of the same country
	}
	if !ok && (!f.sure || digitsIn(f.raw) < 7) {
		r.x.candidate(Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Why: "no number of any country that the page may be of"})
		return
	}
	r.x.candidate(Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Won: true})
	r.add(contactItem{p: p, start: f.start, end: f.end, last: p.n, sort: itemPhone, phone: f, linked: f.linked, label: f.label})
}

func (r *contactReader) add(it contactItem) {
	if len(r.items) >= maxItems {
		return
	}
	r.items = append(r.items, it)
	if it.sort == itemAddress {
		return
	}
	for i := max(0, it.p.n-3); i < min(len(r.near), it.last+4); i++ {
		r.near[i] = true
	}
}

// postal finds the postal addresses, in the page's frame and beside other items.
func (r *contactReader) postal() {
	x := r.x
	var rows [][]*block.Block
	last, taking := -10, 0
	want := map[*html.Node]bool{}
	var nodes []*html.Node
	for i, b := range x.Blocks {
		if len(b.Text) > 3000 || r.told(b) || b.Flags&block.InHidden != 0 || taking > maxLines {
			continue
		}
		hints := x.Elems[b.Elem].Above
		framed := r.all || r.near[i] || b.Flags&(block.InFooter|block.InAddress) != 0 || hints&block.HintFooter != 0 || r.tail(b) || strings.Contains(b.Text, "©")
		if !framed && !strings.ContainsAny(b.Text, ":：") && !x.marked(b) {
			continue
		}
		if hints&(block.HintComment|block.HintConsent) != 0 || !r.mayAddress(b, framed) {
			continue
		}
		// The lines of an address may be elements of their own.
		for j := max(0, last+1, i-3); j <= min(len(x.Blocks)-1, i+3); j++ {
			c := x.Blocks[j]
			if j != i && (c.Words > 12 || c.Flags&block.InHidden != 0 || r.told(c)) {
				if j > i {
					break
				}
				continue
			}
			if j > last+1 || len(rows) == 0 {
				rows = append(rows, nil)
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], c)
			last = j
			taking++
			if !want[c.Node] {
				want[c.Node] = true
				nodes = append(nodes, c.Node)
			}
		}
	}
	r.read(nodes)
	taken := map[*passage][][2]int{}
	for _, it := range r.items {
		if !it.linked {
			taken[it.p] = append(taken[it.p], [2]int{it.start, it.end})
		}
	}
	for _, row := range rows {
		var ps []part
		framed, close, marked, tail := false, false, false, true
		for _, b := range row {
			for _, p := range r.byBlock[b] {
				framed = framed || r.framed(p) || r.tail(b)
				marked = marked || x.marked(b)
				close = close || r.near[b.N] && !p.story || r.all
				tail = tail && r.tail(b) && !r.framed(p)
				spans := taken[p]
				sort.Slice(spans, func(i, j int) bool { return spans[i][0] < spans[j][0] })
				ps = append(ps, p.parts(spans)...)
			}
		}
		found := addresses(ps, framed, close, marked)
		if len(found) > 4 && !r.all && !marked && !close {
			continue // a list of places
		}
		for _, a := range found {
			if tail && !strings.ContainsAny(a.raw, "0123456789") {
				continue
			}
			x.candidate(Candidate{Field: "contacts", Value: a.raw, From: a.first.from(false), Won: true})
			r.add(contactItem{p: a.first, start: a.start, end: a.end, last: a.last.n, sort: itemAddress, address: a})
		}
	}
}

// marked reports whether the page itself says that a block is an address.
func (x *index) marked(b *block.Block) bool {
	for i, up := b.Elem, 0; i > 0 && up < 3; i, up = int(x.Elems[i].Parent), up+1 {
		n := x.Elems[i].Node
		if strings.HasSuffix(block.Attr(n, "itemtype"), "PostalAddress") || block.Attr(n, "itemprop") == "address" {
			return true
		}
	}
	return false
}

// telling reports whether a text has a number that is no year.
func telling(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			continue
		}
		j := i
		for j < len(s) && isDigit(s[j]) {
			j++
		}
		if j-i != 4 || s[i:i+2] != "20" && s[i:i+2] != "19" {
			return true
		}
		i = j
	}
	return false
}

// mayAddress is the cheap question whether a block may hold an address.
func (r *contactReader) mayAddress(b *block.Block, framed bool) bool {
	digit := telling(b.Text)
	switch {
	case digit && b.Words > 1 && framed:
		return true
	case r.near[b.N] && strings.Contains(b.Text, ","):
		return true
	}
	if i := strings.IndexAny(b.Text, ":："); i > 0 && i < 200 {
		start := strings.LastIndexAny(b.Text[:i], ".|,") + 1
		return addressLabel.MatchString(b.Text[start:i])
	}
	return framed && b.Words >= 6 && strings.Count(b.Text, ",") >= 3 && b.Words < 40
}

// A contactGroup is the items of one block as the page shows it.
type contactGroup struct {
	items  []contactItem
	hidden bool
}

func (r *contactReader) groups() []*contactGroup {
	slices.SortStableFunc(r.items, func(a, b contactItem) int {
		switch {
		case a.p.n != b.p.n:
			return a.p.n - b.p.n
		case a.p.sub != b.p.sub:
			return a.p.sub - b.p.sub
		}
		return a.start - b.start
	})
	var res []*contactGroup
	var g *contactGroup
	for _, it := range r.items {
		if g == nil || r.split(g, &it) {
			next := &contactGroup{hidden: it.p.flags&block.InHidden != 0}
			if g != nil && it.sort == itemAddress && it.p.n-g.items[len(g.items)-1].last <= 2 {
				next.items = g.leading()
			}
			g = next
			res = append(res, g)
		}
		g.items = append(g.items, it)
	}
	return res
}

// leading takes the items after a group's only address away from it where the
// group began with such items too: there the number comes before the address, so
// they are of the next.
func (g *contactGroup) leading() []contactItem {
	at := -1
	for i, it := range g.items {
		if it.sort == itemAddress {
			if at >= 0 {
				return nil
			}
			at = i
		}
	}
	if at <= 0 || at+1 >= len(g.items) || g.items[0].sort != g.items[at+1].sort || len(g.items)-at-1 != at {
		return nil
	}
	rest := slices.Clone(g.items[at+1:])
	g.items = g.items[:at+1]
	return rest
}

// split reports whether an item begins a new block: after a heading, far from
// the one before, or with an address of its own.
func (r *contactReader) split(g *contactGroup, it *contactItem) bool {
	prev := &g.items[len(g.items)-1]
	has := func(s contactSort) bool {
		return slices.ContainsFunc(g.items, func(o contactItem) bool { return o.sort == s })
	}
	only := func(s contactSort) bool {
		return !slices.ContainsFunc(g.items, func(o contactItem) bool { return o.sort != s })
	}
	if prev.p == it.p {
		if it.start < prev.end {
			return false
		}
		between := it.p.text[prev.end:it.start]
		return headingLine(between) && !(only(itemAddress) && labelOnly(between)) || it.sort == itemAddress && has(itemAddress) && block.CountWords(between) > 0 && !sameHouse(between, it)
	}
	switch {
	case it.p.n-prev.last > 6 && !(it.p.n-prev.last <= 14 && near(prev.p.node, it.p.node, 4)),
		(it.p.flags^prev.p.flags)&(block.InHidden|block.InFooter) != 0 && it.p.n-prev.last > 1,
		it.p.story != prev.p.story:
		return true
	}
	author := block.HintByline | block.HintAuthor
	if it.p.hints&prev.p.hints&author != 0 && it.sort == itemMail && has(itemMail) {
		return true // two authors
	}
	words, links := 0, 0
	for _, b := range r.x.Blocks[min(prev.last+1, it.p.n):it.p.n] {
		if b.Flags&block.InHidden != 0 && it.p.flags&block.InHidden == 0 {
			continue
		}
		words += b.Words
		label := labelOnly(b.Text)
		if (b.Flags&block.InHeading != 0 || b.Words <= 8 && (strings.HasSuffix(b.Text, ":") || bold(b))) && !(label && (only(itemAddress) || it.sort != itemAddress)) {
			return true
		}
		if b.Link*10 >= len(b.Text)*9 && b.Words <= 6 {
			links++
		}
	}
	if words > 30 || links > 0 && (it.linked || prev.linked || links > 2) && !cards(prev.p.node, it.p.node) {
		return true
	}
	if headingLine("\n"+it.p.text[:it.start]) || headingLine(prev.p.text[min(prev.end, len(prev.p.text)):]+"\n") {
		return true
	}
	if it.sort == itemAddress && has(itemAddress) && (words > 0 || !only(itemAddress)) {
		between := it.p.text[:it.start]
		for _, b := range r.x.Blocks[min(prev.last+1, it.p.n):it.p.n] {
			between += " " + b.Text
		}
		return !sameHouse(between, it)
	}
	return false
}

// sameHouse reports whether an address is but the other kind of the one before
// it: where to write to beside where to go.
func sameHouse(between string, it *contactItem) bool {
	return box.MatchString(it.address.raw) || strings.TrimSpace(between) != "" && addressLabel.MatchString(strings.Trim(block.Clean(between), " :.,|-–"))
}

// near reports whether two elements have a common one at most so far above both.
func near(a, b *html.Node, far int) bool {
	if a.Parent == b.Parent {
		return true
	}
	for i := 0; a != nil && i < far; a, i = a.Parent, i+1 {
		if a.DataAtom == atom.Body || a.DataAtom == atom.Main {
			return false
		}
		for j, up := 0, b; up != nil && j < far; up, j = up.Parent, j+1 {
			if up == a {
				return true
			}
		}
	}
	return false
}

// cards reports whether two elements stand in boxes of one kind side by side.
func cards(a, b *html.Node) bool {
	pa, pb := a.Parent, b.Parent
	return pa != nil && pb != nil && pa != pb && pa.Parent == pb.Parent && pa.Data == pb.Data && block.Attr(pa, "class") == block.Attr(pb, "class")
}

// headingLine reports whether one of the whole lines of a text between two items
// is a heading for what follows: it ends with a colon and is no label of an item,
// which one directly before the item would be.
func headingLine(s string) bool {
	lines := strings.Split(s, "\n")
	last := len(lines) - 1
	if strings.TrimSpace(lines[last]) == "" {
		last--
	}
	for i, line := range lines {
		if i == 0 || i >= last {
			continue // the items' own lines
		}
		line = strings.TrimSpace(line)
		if strings.HasSuffix(line, ":") && len(line) < 80 && !labelOnly(line) {
			return true
		}
	}
	return false
}

var itemLabel = regexp.MustCompile(`(?i)^[\s\p{P}\p{S}]*(?:(?:e-?mails?|mail|e-?post|courriel|correo(?: electrónico)?|tel|telephone|telefon|teléfonos?|telefono|téléphone|phones?|fax|faks|telefax|address(?:es)?|adresser?|anschrift|dirección|indirizzo|endereço|adres|kontakt|contact|contacts|contacto|web(?:site)?|whatsapp|sms|mobile?|mejla|mob|redaktion|anzeigen|switchboard|newsroom|tlf|puh|sími|тел|телефон|факс|адрес|почта|전화|팩스|주소|이메일|电话|地址|邮箱|電話|住所|メール|numbers?|nummer|us|lines?|info(?:rmation)?|direct|toll free|main|local|office)[\s\p{P}\p{S}]*){1,4}$`)

// labelOnly reports whether a text is but a label of items, like "Phone:".
func labelOnly(s string) bool { return len(s) < 60 && itemLabel.MatchString(s) }

func bold(b *block.Block) bool { return b.Bold*10 >= len(b.Text)*9 }

// contact makes a contact of a group.
func (r *contactReader) contact(g *contactGroup, authors []Author) Contact {
	c := Contact{}
	regs := r.regs
	for _, it := range g.items {
		if it.sort == itemAddress {
			a := Address{Raw: it.address.raw, Country: it.address.country}
			if a.Country == "" && len(r.home) > 0 {
				a.Country = r.home[0]
			} else if a.Country != "" {
				regs = append([]string{a.Country}, regs...)
			}
			c.merge(Contact{Addresses: []Address{a}})
		}
	}
	for _, it := range g.items {
		switch it.sort {
		case itemMail:
			c.merge(Contact{Emails: []string{it.email}})
		case itemPhone:
			p := Phone{Raw: block.Clean(it.phone.raw)}
			p.E164, _, _ = readPhone(it.phone.raw, regs)
			if p.E164 == "" && it.phone.number != "" {
				p.E164, _, _ = readPhone(it.phone.number, regs)
			}
			if it.phone.fax {
				c.merge(Contact{Faxes: []Phone{p}})
			} else {
				c.merge(Contact{Phones: []Phone{p}})
			}
		}
	}
	if c.empty() {
		return c
	}
	label, author := r.label(g)
	c.Label = label
	c.Kind = r.kindOf(g, label, author, c, authors)
	c.Social = r.socialOf(g)
	return c
}

func (c *Contact) empty() bool {
	return len(c.Emails)+len(c.Phones)+len(c.Faxes)+len(c.Addresses) == 0
}

// covers reports whether everything in o is in c too.
func (c *Contact) covers(o Contact) bool {
	before := len(c.Emails) + len(c.Phones) + len(c.Faxes) + len(c.Addresses)
	all := Contact{Emails: slices.Clip(c.Emails), Phones: slices.Clip(c.Phones), Faxes: slices.Clip(c.Faxes), Addresses: slices.Clip(c.Addresses)}
	all.merge(o)
	return len(all.Emails)+len(all.Phones)+len(all.Faxes)+len(all.Addresses) == before
}

// merge adds what o has and c lacks.
func (c *Contact) merge(o Contact) {
	for _, e := range o.Emails {
		if !slices.Contains(c.Emails, e) {
			c.Emails = append(c.Emails, e)
		}
	}
	c.Phones = mergePhones(c.Phones, o.Phones)
	c.Faxes = mergePhones(c.Faxes, o.Faxes)
	for _, a := range o.Addresses {
		if !slices.ContainsFunc(c.Addresses, func(b Address) bool { return sameAddress(a.Raw, b.Raw) }) {
			c.Addresses = append(c.Addresses, a)
		}
	}
}

// sameAddress reports whether two addresses are the same but for signs.
func sameAddress(a, b string) bool {
	return strings.Join(addressWords(a), " ") == strings.Join(addressWords(b), " ")
}

func mergePhones(all, more []Phone) []Phone {
	for _, p := range more {
		if !slices.ContainsFunc(all, func(q Phone) bool { return q.Raw == p.Raw || q.E164 != "" && q.E164 == p.E164 }) {
			all = append(all, p)
		}
	}
	return all
}

// genericLabel are texts of links that only say that they are links.
var genericLabel = regexp.MustCompile(`(?i)^\W*(?:e-?mail|mail|e-?post|email us|send(?: an)? e-?mail|here|hier|click here|contact|kontakt|tips meg|mejla|correo|courriel|link|\[email.protected\])?\W*$`)

// label is the heading of a group, the role or name before its first item, or
// what its link is called.
func (r *contactReader) label(g *contactGroup) (label string, at *block.Block) {
	first := &g.items[0]
	if len(g.items) == 1 && first.linked && !genericLabel.MatchString(first.label) && len(first.label) < 100 {
		return strings.TrimRight(first.label, " :"), nil
	}
	use := func(s string) string {
		s = strings.Trim(block.Clean(s), " :,|-–•·(")
		if len(s) < 3 || block.CountWords(s) > 12 || labelOnly(s) && !contactTitle.MatchString(s) && !departments.MatchString(s) && !contactWord.MatchString(s) || mailForm.MatchString(s) || digitsIn(s) > 4 {
			return ""
		}
		return s
	}
	if first.start > 0 && first.start <= len(first.p.text) {
		lead := first.p.text[:first.start]
		lines := strings.Split(lead, "\n")
		for _, l := range lines[:len(lines)-1] {
			if s := use(l); s != "" {
				return s, nil
			}
		}
		own := lines[len(lines)-1]
		if i := strings.LastIndexAny(own, ".!?©"); i >= 0 && i < len(own)-8 {
			own = strings.TrimLeft(own[i:], ".!?© 0123456789–-")
		}
		if label = use(own); label != "" && first.p.flags&block.InFooter == 0 {
			return label, nil
		}
	}
	for i := first.p.n - 1; i >= max(0, first.p.n-5); i-- {
		b := r.x.Blocks[i]
		if b.Flags&block.InHidden != 0 && first.p.flags&block.InHidden == 0 {
			continue
		}
		if b.Flags&block.InFooter != first.p.flags&block.InFooter && b.Flags&block.InHeading == 0 || b.Words > 14 {
			break
		}
		if !near(b.Node, first.p.node, 5) {
			break // another part of the page
		}
		if b.Flags&block.InHeading != 0 || strings.HasSuffix(b.Text, ":") || bold(b) || b.Node.DataAtom == atom.Dt || contactTitle.MatchString(b.Text) || contactWord.MatchString(b.Text) && b.Words <= 6 {
			if s := use(b.Text); s != "" {
				return s, b
			}
		}
		if i == first.p.n-1 && b.Words >= 1 && b.Words <= 8 && label == "" && b.Link*2 < len(b.Text) {
			label, at = use(b.Text), b
		}
	}
	if label == "" && first.linked && !genericLabel.MatchString(first.label) && len(first.label) < 100 {
		label = strings.TrimRight(first.label, " :")
	}
	return label, at
}

var (
	contactWord = regexp.MustCompile(`(?i)\b(?:contacts?|kontakt|contacto|cont[aá]ctenos|contatti|contato|contactez|impressum|imprint|redaktion|redacción|redazione|rédaction|newsroom|advertis(?:e|ing)|anzeigen|publicidad|subscriptions?|abonnements?|customer service|get in touch|reach us|write to us|tip(?:s| line)?|corrections?|editorial|editors?|enquiries|office|bureau)\b|контакт|редакция|联系|연락`)
	departments = regexp.MustCompile(`(?i)advertis|anzeigen|annons|annonse|publicidad|pubblicità|publicité|werbung|reklam|subscri|abonn|abonne|prenumer|suscrip|newsroom|news ?desk|redaktion|redaksjon|redakcj|redacción|redazione|rédaction|toimitus|tips?\b|tipsa|correction|fehler|feil|customer|kunden|kundservice|kundeservice|support|sales|verkauf|vertrieb|marketing|circulation|editorial|editor\b|letters|leserbrief|cartas|press office|leserservice|send |report |submit|feedback|complain|ansvarig|staff|team|whatsapp|servicio|comercial|редакция|реклама|отдел`)
)

func (r *contactReader) kindOf(g *contactGroup, label string, at *block.Block, c Contact, authors []Author) string {
	first := g.items[0].p
	footer := first.flags&block.InFooter != 0 || first.hints&block.HintFooter != 0
	byline := first.hints&(block.HintByline|block.HintAuthor) != 0 && first.hints&block.HintFooter == 0
	for _, e := range c.Emails {
		local, _, _ := strings.Cut(e, "@")
		for _, a := range authors {
			if a.Email == e || nameOfMail(local, a.Name) {
				return "author"
			}
		}
	}
	if byline && len(c.Addresses) == 0 {
		return "author"
	}
	if departments.MatchString(label) {
		return "department"
	}
	if len(c.Addresses) == 0 && len(c.Phones) == 0 && len(c.Emails) == 1 {
		local, _, _ := strings.Cut(c.Emails[0], "@")
		if mailDepartment.MatchString(local) {
			return "department"
		}
	}
	if first.story && !footer && !r.x.ownMail(strings.Join(c.Emails, " ")) {
		return "other"
	}
	return "publisher"
}

// nameOfMail reports whether a mailbox is named for a person.
func nameOfMail(local, name string) bool {
	words := strings.Fields(name)
	if len(words) < 2 {
		return false
	}
	words = []string{fold(words[0]), fold(words[len(words)-1])}
	local = strings.ToLower(local)
	last := words[len(words)-1]
	return len(last) >= 3 && strings.Contains(local, last) || len(words[0]) >= 4 && strings.HasPrefix(local, words[0])
}

// socialHosts are the networks whose profiles are contacts.
var socialHosts = map[string]bool{}

func init() {
	for h := range strings.FieldsSeq(`facebook.com fb.com twitter.com x.com instagram.com linkedin.com youtube.com tiktok.com t.me telegram.me threads.net threads.com bsky.app pinterest.com
		vk.com ok.ru wa.me whatsapp.com mastodon.social mastodon.online flipboard.com dzen.ru weibo.com line.me viber.com snapchat.com twitch.tv`) {
		socialHosts[h] = true
	}
}

// notProfile are paths of these networks that share or embed.
var notProfile = regexp.MustCompile(`(?i)/(?:sharer?|share|sharing|intent|dialog|plugins|shareArticle|send|submit|widgets|embed|watch|status|hashtag|search|home|pin/create|p|reel|posts|photo|login|tr|timeline|msg)(?:[/.?]|$)|^/?(?:\?.*)?$|[?&](?:text|url|u|href|link)=`)

func maySocial(href string) bool {
	return len(href) > 12 && len(href) < 300 && (strings.HasPrefix(href, "http") || strings.HasPrefix(href, "//"))
}

// profile is a link to a profile of a network; "" for any other.
func profile(href string) string {
	rest := href[strings.Index(href, "//")+2:]
	host, _, _ := strings.Cut(rest, "/")
	host = strings.ToLower(host)
	for _, cut := range []string{"www.", "m.", "mobile."} {
		host = strings.TrimPrefix(host, cut)
	}
	if !socialHosts[host] {
		if i := strings.IndexByte(host, '.'); i < 0 || !socialHosts[host[i+1:]] {
			return ""
		}
	}
	u, err := url.Parse(href)
	if err != nil || notProfile.MatchString(u.RequestURI()) {
		return ""
	}
	if u.Scheme == "" {
		u.Scheme = "https"
	}
	return u.String()
}

// socialOf lists the profiles that stand with a group.
func (r *contactReader) socialOf(g *contactGroup) (res []string) {
	first, last := g.items[0].p.n, 0
	for _, it := range g.items {
		last = max(last, it.last)
	}
	footer := g.items[0].p.flags&block.InFooter != 0 || g.items[0].p.hints&block.HintFooter != 0
	for _, s := range r.social {
		if s.n < first-4 || s.n > last+6 || s.footer != footer || slices.Contains(res, s.url) || len(res) >= 20 {
			continue
		}
		lo, hi := min(s.n, last), max(s.n, first)
		if s.n > last {
			lo, hi = last, s.n
		}
		far := false
		for _, b := range r.x.Blocks[min(lo+1, hi):hi] {
			far = far || b.Words > 30 || b.N > last && b.Flags&block.InHeading != 0 && s.n > last
		}
		if !far {
			res = append(res, s.url)
		}
	}
	return res
}
