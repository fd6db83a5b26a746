// Package contacts finds the blocks of a page that say how to reach somebody:
// e-mail addresses, phone and fax numbers, postal addresses, profiles.
//
// Contacts are read in three steps: first the items, then groups of items that
// stand together, then what each group is called and whose it is.
package contacts

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

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

// Find reads the blocks that say how to reach somebody.
func Find(p *doc.Page, authors []article.Author) []article.Contact {
	r := &contactReader{x: p, authors: authors, byNode: map[*html.Node][]*passage{}}
	r.prepare()
	r.mailsAndPhones()
	r.postal()
	groups := r.groups()
	var kept []article.Contact
	for _, hidden := range []bool{false, true} {
		for _, g := range groups {
			if g.hidden != hidden {
				continue
			}
			c := r.contact(g, authors)
			if empty(&c) || slices.ContainsFunc(kept, func(k article.Contact) bool { return covers(&k, c) }) {
				continue // the same block again, for small screens
			}
			kept = append(kept, c)
		}
	}
	return contactsLD(p, kept, authors)
}

// A contactReader reads the contacts of one page.
type contactReader struct {
	x        *doc.Page
	authors  []article.Author
	reach    []int // for each block the last element that had begun by then
	byNode   map[*html.Node][]*passage
	blocksOf map[*html.Node][]*block.Block
	byBlock  map[*block.Block][]*passage
	from, to int  // the blocks of the story; from > to if there is none
	all      bool // the page is about contacts: it has no story
	items    []contactItem
	near     []bool // blocks close to an e-mail address or a number
	mail     []bool // blocks with an e-mail address that counts
	marks    []mark // what each element says of being an address, as far as asked
	social   []socialLink
	home     []string // countries that the page may be of
	regs     []string // those and a guess, for numbers
}

type mark byte

const (
	markUnknown mark = iota
	markNone
	markAddress
)

type socialLink struct {
	n      int
	footer bool
	url    string
}

// prepare finds where the story is, and the elements that links make worth reading.
func (r *contactReader) prepare() {
	x := r.x
	r.home, r.regs = regions(x), dialled(x)
	r.all = contactPage(x)
	r.from, r.to = storyRange(x.Blocks)
	r.reach = make([]int, len(x.Blocks))
	r.marks = make([]mark, len(x.Elems))
	high := 0
	for i, b := range x.Blocks {
		high = max(high, b.Elem)
		r.reach[i] = high
	}
	want := map[*html.Node]bool{}
	var order []*html.Node
	host, social := "", false // of the link before: most lead to the same
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
				if h := hostIn(href); h != host {
					host, social = h, socialHost(h)
				}
				if !social {
					continue
				}
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
		ps := passages(r.x, n)
		place(r.x, ps, r.blocksOf[n], r.reach)
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

// contactHints are what every match of contactPath has one of, in lower case.
var contactHints = text.Literals("contact|kontakt|contat|impressum|imprint|mentions|aviso|somos|siamo|redak|redac|redaz|yhteystiedot|iletisim|kunye|masthead|colofon|colophon|staff|team|about|advertise|kapcsolat|impresszum|hubungi|tentang|lien|om-os|om_os|ueber")

var contactTitle = regexp.MustCompile(`(?i)^(?:contact(?: us)?|contacts|get in touch|impressum|imprint|kontakt|kontakta oss|kontakt oss|contacto|contáctenos|contáctanos|contatti|contato|fale conosco|contactez[- ]nous|nous contacter|mentions légales|yhteystiedot|iletişim|künye|masthead|colofon|redaktion|die redaktion|redakcja|redazione|redacción|our team|staff|контакты|контакти|редакция|επικοινωνία|联系我们|聯絡我們|お問い合わせ|연락처|اتصل بنا|تماس با ما)$`)

// contactPage reports whether a page is about how to reach the publication, by
// its address or its only heading.
func contactPage(p *doc.Page) bool {
	if p.Input.URL != nil {
		path := strings.TrimSuffix(p.Input.URL.Path, "/")
		if len(path) < 80 && contactHints.In(strings.ToLower(path)) && contactPath.MatchString(path) && strings.Count(path, "-") < 3 {
			return true
		}
	}
	return len(p.H1) == 1 && contactTitle.MatchString(strings.TrimSpace(p.H1[0].Text))
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
	own := ownMail(x, m.email)
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
	case slices.ContainsFunc(r.authors, func(a article.Author) bool { return nameOfMail(local, a.Name) }):
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
	r.sortPassages(ps)
	type loose struct {
		p *passage
		f foundPhone
	}
	var maybe []loose
	foreign := map[string]int{} // of other hosts in the story, taken
	told := map[string]int{}    // the same, taken or not
	for _, p := range ps {
		if len(r.items) >= maxItems {
			break
		}
		author := p.hints&(block.HintByline|block.HintAuthor) != 0
		took := false
		for _, m := range p.mails() {
			ok, why := r.takes(p, m, author)
			if p.story && !ownMail(x, m.email) {
				host := hostOf(m.email)
				told[host]++
				if ok {
					if foreign[host]++; foreign[host] > 3 {
						ok, why = false, "one of many of another name within the story"
					}
				}
			}
			x.AddCandidate(article.Candidate{Field: "contacts", Value: m.email, From: p.from(m.linked), Won: ok, Why: why})
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
			if !took && helps(before) || !took && len(p.text) < 400 && helps(p.text) {
				x.AddCandidate(article.Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Why: "of the police, a helpline or the like"})
				continue
			}
			plus := strings.HasPrefix(f.raw, "+") || strings.HasPrefix(f.raw, "(+")
			switch {
			case p.story && !(took && f.sure), hidden && !f.linked, !took && r.beside(p) && !r.near[p.n]:
				x.AddCandidate(article.Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Why: "within the story"})
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
		return it.sort != itemMail || ownMail(x, it.email) || it.p.flags&(block.InFooter|block.InAddress) != 0 || it.p.hints&(block.HintFooter|block.HintByline|block.HintAuthor) != 0
	}
	for _, it := range r.items {
		if !mine(it) {
			others++
		}
	}
	if !r.all {
		const list = 8 // so many mailboxes of one host make a story's list of them
		r.items = slices.DeleteFunc(r.items, func(it contactItem) bool {
			return !mine(it) && (others > 12 || told[hostOf(it.email)] >= list)
		})
	}
	// A number without a label counts beside what is sure to be a contact.
	for _, l := range maybe {
		if !r.framed(l.p) || block.CountWords(l.p.text) > 60 || !strings.ContainsAny(l.f.raw, " -./()") || text.DigitsIn(l.f.raw) < 7 {
			continue
		}
		if asDialled(l.f.raw, r.regs) {
			r.addPhone(l.p, l.f)
		}
	}
}

// hostOf is what stands behind the sign of an address.
func hostOf(mail string) string {
	_, host, _ := strings.Cut(mail, "@")
	return host
}

// helpline are words of those whose numbers papers print for their readers.
var helpline = regexp.MustCompile(`(?i)\b(?:police|polizei\w*|polis|policía|polizia|policja|notruf\w*|notdienst\w*|feuerwehr|rettungsdienst|giftnotruf|apotheken\w*|bereitschaftsdienst|krankenhaus|klinikum|telefonseelsorge|emergency|emergencias|emergenze|ambulance|fire (?:brigade|service|department)|hospital|help ?lines?|crisis|suicide|samaritans|lifeline|childline|crimestoppers|crime stoppers|weißer ring|kummertelefon|sorgentelefon)\b|полиция|скорая|112\b.*\b110\b`)

// helpHints are what every match of helpline has one of, in lower case.
var helpHints = text.Literals("poli|notruf|notdienst|feuerwehr|rettungsdienst|apotheken|bereitschaftsdienst|krankenhaus|klinikum|telefonseelsorge|emergen|ambulance|fire |hospital|help|crisis|suicide|samaritans|lifeline|childline|crime|weißer ring|kummertelefon|sorgentelefon|полиция|скорая|112")

// helps reports whether a text names one of these.
func helps(s string) bool { return helpHints.In(strings.ToLower(s)) && helpline.MatchString(s) }

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

// sortPassages puts passages in the order of the page; of those of one place, the
// page's text goes before links without any.
func (r *contactReader) sortPassages(ps []*passage) {
	slices.SortFunc(ps, func(a, b *passage) int {
		switch {
		case a.n != b.n:
			return a.n - b.n
		case a.sub != b.sub:
			return a.sub - b.sub
		case a.block == nil && b.block != nil:
			return 1
		case a.block != nil && b.block == nil:
			return -1
		}
		return r.x.Order[a.node] - r.x.Order[b.node]
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
	if !ok && (!f.sure || text.DigitsIn(f.raw) < 7) {
		r.x.AddCandidate(article.Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Why: "no number of any country that the page may be of"})
		return
	}
	r.x.AddCandidate(article.Candidate{Field: "contacts", Value: f.raw, From: p.from(f.linked), Won: true})
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
		if !framed && text.ColonIn(b.Text) < 0 && !r.marked(b) {
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
		var ps []addressPart
		framed, close, marked, tail := false, false, false, true
		for _, b := range row {
			for _, p := range r.byBlock[b] {
				framed = framed || r.framed(p) || r.tail(b)
				marked = marked || r.marked(b)
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
			x.AddCandidate(article.Candidate{Field: "contacts", Value: a.raw, From: a.first.from(false), Won: true})
			r.add(contactItem{p: a.first, start: a.start, end: a.end, last: a.last.n, sort: itemAddress, address: a})
		}
	}
}

// marked reports whether the page itself says that a block is an address.
func (r *contactReader) marked(b *block.Block) bool {
	for i, up := b.Elem, 0; i > 0 && up < 3; i, up = int(r.x.Elems[i].Parent), up+1 {
		if r.marks[i] == markUnknown {
			r.marks[i] = markNone
			for _, a := range r.x.Elems[i].Node.Attr {
				if a.Key == "itemtype" && strings.HasSuffix(a.Val, "PostalAddress") || a.Key == "itemprop" && a.Val == "address" {
					r.marks[i] = markAddress
				}
			}
		}
		if r.marks[i] == markAddress {
			return true
		}
	}
	return false
}

// telling reports whether a text has a number that is no year.
func telling(s string) bool {
	for i := 0; i < len(s); i++ {
		if !text.IsDigit(s[i]) {
			continue
		}
		j := i
		for j < len(s) && text.IsDigit(s[j]) {
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
	if i := text.ColonIn(b.Text); i > 0 && i < 200 {
		label := b.Text[strings.LastIndexAny(b.Text[:i], ".|,")+1 : i]
		return prefilterBitsOf(strings.ToLower(label))&gateLabel != 0 && addressLabel.MatchString(label)
	}
	return framed && b.Words >= 6 && strings.Count(b.Text, ",") >= 3 && b.Words < 40
}

func empty(c *article.Contact) bool {
	return len(c.Emails)+len(c.Phones)+len(c.Faxes)+len(c.Addresses) == 0
}

// covers reports whether everything in o is in c too.
func covers(c *article.Contact, o article.Contact) bool {
	before := len(c.Emails) + len(c.Phones) + len(c.Faxes) + len(c.Addresses)
	all := article.Contact{Emails: slices.Clip(c.Emails), Phones: slices.Clip(c.Phones), Faxes: slices.Clip(c.Faxes), Addresses: slices.Clip(c.Addresses)}
	merge(&all, o)
	return len(all.Emails)+len(all.Phones)+len(all.Faxes)+len(all.Addresses) == before
}

// merge adds what o has and c lacks.
func merge(c *article.Contact, o article.Contact) {
	for _, e := range o.Emails {
		if !slices.Contains(c.Emails, e) {
			c.Emails = append(c.Emails, e)
		}
	}
	c.Phones = mergePhones(c.Phones, o.Phones)
	c.Faxes = mergePhones(c.Faxes, o.Faxes)
	for _, a := range o.Addresses {
		if !slices.ContainsFunc(c.Addresses, func(b article.Address) bool { return sameAddress(a.Raw, b.Raw) }) {
			c.Addresses = append(c.Addresses, a)
		}
	}
}

// sameAddress reports whether two addresses are the same but for signs.
func sameAddress(a, b string) bool {
	return strings.Join(addressWords(a), " ") == strings.Join(addressWords(b), " ")
}

func mergePhones(all, more []article.Phone) []article.Phone {
	for _, p := range more {
		if !slices.ContainsFunc(all, func(q article.Phone) bool { return q.Raw == p.Raw || q.E164 != "" && q.E164 == p.E164 }) {
			all = append(all, p)
		}
	}
	return all
}
