package body

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/captions"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Where a page's script renders the story, the markup holds none: it is in the
// data of the scripts, beside everything else that the page may show.

// A scriptBody is a body that stands in a page's data and not in its markup.
type scriptBody struct {
	from    string          // as in Provenance
	datum   *jsdata.Value   // what is to be rendered
	story   *jsdata.Value   // the object that has the headline; nil if none was found
	words   int             // of prose
	own     bool            // the object that it belongs to is that of the page
	parents []*jsdata.Value // of the datum, the outermost first
}

// Bounds of what is taken from data: a body much like the visible one is no news.
const (
	minTold   = 40  // words
	properDOM = 250 // words of a body that needs no other
	longDOM   = 500 // words of a body that is not doubted, so that most pages' data need not be read
)

// FromData gives the body of the page's own story where the visible page has no
// proper one and the page's data has: JSON-LD, or what scripts draw from. What a
// page keeps behind a paywall stays there.
func FromData(p *doc.Page, a *article.Article) bool {
	dom := p.CountWords(a.Text)
	said, pr := p.ArticleBody(), article.Provenance{From: "jsonld:articleBody", Confidence: 0.75}
	updates, updateWords := liveUpdates(p)
	saidWords := block.CountWords(said)
	live := updateWords > saidWords && dom < properDOM // else what the page shows is its beginning
	if live {
		saidWords, pr = updateWords, article.Provenance{From: "jsonld:liveBlogUpdate", Confidence: 0.75}
	}
	if dom >= longDOM && saidWords < 3*dom {
		return false
	}
	if saidWords < minTold {
		saidWords = 0
	}
	if saidWords == 0 && !MayHoldBody(p, len(a.Text)) {
		return false
	}
	best := scriptBodyOf(p, a, minTold)
	root := emptyDocument()
	switch {
	case best != nil && best.words*10 >= saidWords*8:
		draw(best.datum, bodyOf(root), false, 0)
		pr = article.Provenance{From: best.from, Confidence: 0.7}
	case saidWords == 0:
		return false
	case live:
		drawUpdates(updates, bodyOf(root))
	default:
		drawText(said, bodyOf(root))
	}
	sub := doc.Read(&article.Page{URL: p.Input.URL, Fetched: p.Input.Fetched}, root)
	words := 0
	for _, b := range sub.Blocks {
		if b.Why = unsaid(b, a.Title); b.Why == "" && sub.HintsBelow(b.Node, sub.Body)&block.Chrome != 0 && b.Words < 30 {
			b.Why = "related or widget"
		}
		if b.Keep = b.Why == ""; b.Keep {
			words += b.Words
		}
	}
	if words < minTold {
		return false
	}
	if shows(p, sub.Blocks) {
		own := best == nil || best.own
		switch {
		case own && share(sub.Blocks, text.Fold(a.Text)) < 0.4:
			return keepMatchingBlocks(p, a, sub.Blocks, pr, true)
		case words >= 2*dom:
			return keepMatchingBlocks(p, a, sub.Blocks, pr, false)
		}
		return false
	}
	if dom >= properDOM && saidWords < 3*dom || words < 2*dom {
		return false
	}
	if best != nil && best.paid() {
		a.Paywalled = true
	}
	if a.Paywalled || p.Walled(a.Text) {
		return false
	}
	return takeOver(p, a, sub, best, pr)
}

// takeOver gives the article a body that was made of data.
func takeOver(p *doc.Page, a *article.Article, sub *doc.Page, from *scriptBody, pr article.Provenance) bool {
	caps, places := a.Captions, []captions.Placed(nil)
	if len(caps) == 0 {
		caps, places, _ = captions.Find(sub)
	}
	body := Assemble(sub, places)
	if from != nil && from.own && a.Subtitle == "" {
		if s := block.Clean(stripped(from.story.String("subheadline", "subHeadline", "subtitle", "subTitle", "sub_title", "standfirst", "deck", "dek", "teaser", "lead"))); s != "" && block.CountWords(s) <= 80 && !strings.Contains(article.PlainText(body), s) {
			a.Subtitle = s
			body = append([]article.Block{{Type: article.Paragraph, Text: s}}, body...)
		}
	}
	if len(body) == 0 {
		return false
	}
	a.Body, a.Captions, a.Text = body, caps, article.PlainText(body)
	a.Provenance["body"] = pr
	p.AddCandidate(article.Candidate{Field: "body", Value: pr.From, From: pr.From, Won: true, Why: "the visible page has no proper body"})
	return true
}

// keepMatchingBlocks keeps the blocks of the visible page that its data says are the story,
// where the choice among them went wrong; alone says that it went wrong altogether.
func keepMatchingBlocks(p *doc.Page, a *article.Article, said []*block.Block, pr article.Provenance, alone bool) bool {
	var story strings.Builder
	for _, b := range said {
		if b.Keep {
			story.WriteString(text.Fold(b.Text))
		}
	}
	s := story.String()
	kept := map[string]bool{}
	found := false
	first, last := len(p.Blocks), -1
	var short []*block.Block
	for _, b := range p.Blocks {
		f := text.Fold(b.Text)
		switch {
		case len(f) < 30:
			short = append(short, b)
		case b.Flags&block.InHidden == 0 && !kept[f] && strings.Contains(s, f):
			found = found || !b.Keep
			b.Keep, b.Why, kept[f] = true, "the page's data says so", true
			first, last = min(first, b.N), b.N
		case alone && b.Keep:
			b.Keep, b.Why = false, "the page's data tells another story"
		}
	}
	if !found {
		return false
	}
	const frameFlags = block.InHidden | block.InNav | block.InFooter | block.InForm | block.InButton | block.InCaption | block.InFigure
	for _, b := range short { // a word occurs anywhere: it has to stand among the others
		within := b.N > first && b.N < last && b.Flags&frameFlags == 0 && !text.EqualFold(b.Text, a.Title)
		if f := text.Fold(b.Text); within && len(f) >= 4 && strings.Contains(s, f) {
			b.Keep, b.Why = true, "the page's data says so"
		} else if alone && !within && b.Keep {
			b.Keep, b.Why = false, "the page's data tells another story"
		}
	}
	captions, places, _ := captions.Find(p)
	a.Captions, a.Body = captions, Assemble(p, places)
	a.Text = article.PlainText(a.Body)
	p.AddCandidate(article.Candidate{Field: "body", Value: pr.From, From: pr.From, Won: true, Why: "it tells the story among the blocks of the visible page"})
	return true
}

// unsaid tells blocks of data that are no part of the story.
func unsaid(b *block.Block, title string) string {
	switch {
	case b.Flags&(block.InCaption|block.InFigure) != 0:
		return "caption"
	case b.Flags&(block.InNav|block.InForm|block.InButton|block.InDialog|block.InHidden) != 0:
		return "navigation"
	case b.Words == 0 && b.Flags&block.InPre == 0:
		return "no words"
	case b.Link*10 >= len(b.Text)*9 && b.Words > 3 && b.Flags&block.InHeading == 0:
		return "link"
	case text.EqualFold(b.Text, title):
		return "title"
	}
	return ""
}

// shows reports whether the visible page holds most of these texts.
func shows(p *doc.Page, blocks []*block.Block) bool {
	var page strings.Builder
	for _, b := range p.Blocks {
		if b.Flags&block.InHidden == 0 {
			page.WriteString(text.Fold(b.Text))
		}
	}
	return share(blocks, page.String()) > 0.5
}

// share is how much of these texts a folded one holds.
func share(blocks []*block.Block, folded string) float64 {
	all, there := 0, 0
	for _, b := range blocks {
		if f := text.Fold(b.Text); b.Keep && len(f) >= 30 {
			all += b.Words
			if strings.Contains(folded, f[:min(len(f), 120)]) {
				there += b.Words
			}
		}
	}
	return float64(there) / float64(max(all, 1))
}

// liveUpdates are the entries of a live blog as JSON-LD has them, and their words.
func liveUpdates(p *doc.Page) (entries []doc.Object, words int) {
	for _, o := range p.LD {
		if o["liveBlogUpdate"] == nil {
			continue
		}
		for _, e := range p.ObjectsOf(o, "liveBlogUpdate") {
			if s := doc.Said(e); s != "" {
				entries = append(entries, e)
				words += block.CountWords(s)
			}
		}
		if len(entries) > 0 {
			break
		}
	}
	return entries, words
}

// drawUpdates appends the entries of a live blog, in their order on the page.
func drawUpdates(entries []doc.Object, to *html.Node) {
	for _, e := range entries {
		if h := e.Text("headline"); h != "" && !strings.HasPrefix(text.Fold(doc.Said(e)), text.Fold(h)) {
			el := newElement(atom.H2)
			to.AppendChild(el)
			drawInline(h, el)
		}
		drawText(doc.Said(e), to)
	}
}

// MayHoldBody reports whether scripts hold so much that a body may be in it.
func MayHoldBody(p *doc.Page, dom int) bool {
	return scriptBytes(p) > 500+dom
}

// scriptBytes is the size of the page's scripts that may hold data.
func scriptBytes(p *doc.Page) int {
	size := 0
	for i := range p.Elems {
		if n := p.Elems[i].Node; n != nil && n.DataAtom == atom.Script && n.FirstChild != nil && !strings.Contains(block.Attr(n, "type"), "ld+json") {
			size += len(n.FirstChild.Data)
		}
	}
	return size
}

// scriptBodyOf finds the story's body in the data of scripts.
func scriptBodyOf(p *doc.Page, a *article.Article, least int) *scriptBody {
	r := dataReader{x: p, a: a, least: least}
	for _, source := range data(p) {
		d := source.datum
		count(&d, "", 0)
		r.from = "state:" + source.name
		r.find(&d, nil, 0)
	}
	return r.best()
}

// A dataSource is the data of one script, or of several that belong together.
type dataSource struct {
	name  string
	datum jsdata.Value
}

// stateNames are the names of scripts' data, in lower case letters, as
// provenance gives them.
var stateNames = map[string]string{
	"__next_data__": "next", "__nuxt__": "nuxt", "__nuxt_data__": "nuxt", "globalcontent": "fusion", "contentcache": "fusion", "__apollo_state__": "apollo",
	"__initial_state__": "initial", "__preloaded_state__": "preloaded", "__initial_data__": "initial", "__data__": "data", "__remixcontext": "remix",
}

// data reads what a page's scripts hold: whole scripts of JSON, and what others
// assign.
func data(p *doc.Page) []dataSource {
	left := min(jsdata.MaxValues, scriptBytes(p)/4+100)
	read := 0
	var sources []dataSource
	var stream strings.Builder // of React's server components
	add := func(name string, d jsdata.Value) {
		if n := stateNames[strings.ToLower(name)]; n != "" {
			name = n
		} else if name = "script"; d.Get("props") != nil && d.Get("buildId") != nil {
			name = "next"
		}
		if name == "apollo" || len(d.Members) < 50 && (d.Get("__APOLLO_STATE__", "apolloState") != nil) {
			jsdata.ResolveRefs(&d, &left)
		}
		sources = append(sources, dataSource{name, d})
	}
	for _, e := range p.Elems {
		n := e.Node
		if n == nil || n.DataAtom != atom.Script || n.FirstChild == nil {
			continue
		}
		s := n.FirstChild.Data
		if read += len(s); len(s) > jsdata.MaxScript || read > jsdata.MaxData {
			continue
		}
		const push = "self.__next_f.push("
		kind, id := strings.ToLower(block.Attr(n, "type")), block.Attr(n, "id")
		switch {
		case strings.Contains(kind, "ld+json"):
		case strings.Contains(kind, "json"):
			if len(s) < 500 {
				continue
			}
			l := jsdata.Scanner{Src: s, Left: &left}
			if strings.HasPrefix(strings.TrimSpace(s), "%7B") {
				l.Src = jsdata.PercentDecode(s)
			} else if strings.HasPrefix(strings.TrimSpace(s), "{&q;") { // Angular's own escapes
				l.Src = strings.NewReplacer("&q;", `"`, "&s;", "'", "&l;", "<", "&g;", ">", "&a;", "&").Replace(s)
			}
			d, ok := l.Value(0)
			if !ok {
				continue
			}
			if id == "__NUXT_DATA__" || block.Attr(n, "data-nuxt-data") != "" {
				if d, ok = jsdata.Unflatten(d, &left); !ok {
					continue
				}
				id = "__NUXT_DATA__"
			}
			add(id, d)
		case strings.Contains(kind, "template") || strings.Contains(kind, "html") || strings.HasPrefix(kind, "text/x-"):
		case strings.Contains(s, push):
			at := strings.Index(s, push)
			l := jsdata.Scanner{Src: s, Pos: at + len(push), Left: &left}
			if d, ok := l.Value(0); ok && len(d.Members) == 2 && d.Members[1].Form == jsdata.String && stream.Len() < jsdata.MaxScript {
				stream.WriteString(d.Members[1].Text)
			}
		case len(s) >= 500:
			jsdata.Assignments(s, &left, add)
		}
	}
	if stream.Len() > 0 {
		sources = append(sources, dataSource{"flight", jsdata.ParseFlight(stream.String(), &left)})
	}
	return sources
}

// notProse are members whose text is none of a story's, folded.
var notProse = Words(`caption captions alt alttext description metadescription summary seo meta metadata bio biography legal disclaimer copyright css style styles classname class script scripts
	href url src srcset path slug id key uuid type query template svg d i18n translations messages locale strings labels config settings footer header nav navigation menu cookie consent
	newsletter comments comment author authors byline credit credits related relatedarticles relatedstories recommended recommendations popular mostread trending teaser teasers ads advertisement
	sidebar taxonomy tags keywords breadcrumbs image images thumbnail media video audio promo promos jsonld schema structureddata tracking analytics placeholder excerpt abstract
	subheadline subtitle standfirst deck dek title headline headlines`)

func Words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// count notes the words of prose in a value and in all values in it. Of whole
// stories the title's and the teaser's words do not count.
func count(d *jsdata.Value, key string, depth int) {
	d.Words = 0
	if key != "" && notProse[text.Fold(key)] && !markup(d) {
		// Not prose here, but what is below may be looked at for its own sake.
		for i := range d.Members {
			count(&d.Members[i], d.Members[i].Key, depth+1)
		}
		return
	}
	switch d.Form {
	case jsdata.String:
		d.Words = proseWords(d.Text)
	case jsdata.Array, jsdata.Object:
		for i := range d.Members {
			count(&d.Members[i], d.Members[i].Key, depth+1)
			d.Words += d.Members[i].Words
		}
		if isElement(d) {
			d.Words = 0
			if c := held(d); c != nil && !frame[atom.Lookup([]byte(d.Members[1].Text))] {
				d.Words = c.Words
			}
		}
		if d.Form == jsdata.Object && skips(d) {
			d.Words = 0
		}
	}
}

// markup reports whether a text is paragraphs of HTML: those are a story, or part
// of one, whatever the member is called.
func markup(d *jsdata.Value) bool {
	return d.Form == jsdata.String && len(d.Text) > 1000 && strings.Count(d.Text[:min(len(d.Text), 20_000)], "<p") >= 3
}

// proseWords counts the words of a text that people read; names, addresses and
// code have none.
func proseWords(s string) int {
	if len(s) < 12 || s[0] == '{' || s[0] == '[' || strings.HasPrefix(s, "http") || strings.HasPrefix(s, "data:") || strings.HasPrefix(s, "<svg") || strings.HasPrefix(s, "<style") || strings.HasPrefix(s, "<script") {
		return 0
	}
	if strings.IndexByte(s, '<') >= 0 {
		s = stripped(s)
	}
	head := s[:min(len(s), 400)]
	signs := 0 // of code
	ascii := true
	for i := range len(head) {
		switch c := head[i]; c {
		case '{', '}', '[', ']', '"', ';', '=', '|', '&':
			signs++
		default:
			ascii = ascii && c < utf8.RuneSelf
		}
	}
	if signs*12 > len(head) || ascii && strings.IndexByte(head, ' ') < 0 || strings.IndexByte(head, '{') >= 0 && strings.IndexByte(head, ';') >= 0 {
		return 0
	}
	if n := block.CountWords(s); n >= 4 {
		return n
	}
	return 0
}

// stripped is a text without its tags.
func stripped(s string) string {
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		b.WriteString(s[:open])
		b.WriteByte(' ')
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			return b.String()
		}
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return html.UnescapeString(b.String())
}

// A dataReader collects the bodies that data may hold.
type dataReader struct {
	x     *doc.Page
	a     *article.Article
	least int
	from  string
	found []scriptBody
	asked int // how often akin was
}

// elsewhere are members that hold other stories than the page's own, folded;
// elsewhereStems are what such names hold.
var (
	elsewhere = Words(`popular mostviewed latest latestnews latestarticles more morestories morearticles nav navigation menu footer header author authors bio ads next nextarticle previous prev previousarticle
		legal terms privacy consent cookie cookies i18n translations messages config settings breaking ticker upnext readmore alsoread seealso translation`)
	elsewhereStems = strings.Fields("related recommend moreon mostread mostpopular trending teaser comment sidebar breadcrumb newsletter")
)

func isElsewhere(key string) bool {
	if key == "" || len(key) > 40 {
		return false
	}
	key = text.Fold(key)
	for _, stem := range elsewhereStems {
		if strings.Contains(key, stem) {
			return true
		}
	}
	return elsewhere[key]
}

// find looks for bodies in a value.
func (r *dataReader) find(d *jsdata.Value, parents []*jsdata.Value, depth int) {
	if depth > jsdata.MaxDepth || len(r.found) > 2000 {
		return
	}
	if isElsewhere(d.Key) {
		return
	}
	switch {
	case d.Form == jsdata.String:
		if d.Words >= r.least {
			r.add(d, parents)
		} else if in, ok := packed(d); ok {
			r.find(&in, parents, depth+1)
		}
		return
	case (d.Form == jsdata.Array || d.Form == jsdata.Object && byIDs(d)) && d.Words >= r.least && !isElement(d):
		blocks, stories := 0, 0
		for i := range d.Members {
			if k := &d.Members[i]; k.Words >= 4 {
				blocks++
				if isStory(k) {
					stories++
				}
			}
		}
		if blocks >= 2 && stories == 0 && depth > 0 {
			r.add(d, parents)
		}
	}
	if d.Form == jsdata.Object {
		parents = append(parents[:len(parents):len(parents)], d)
	}
	for i := range d.Members {
		r.find(&d.Members[i], parents, depth+1)
	}
}

// byIDs reports whether an object is a list whose members have identifiers for names.
func byIDs(d *jsdata.Value) bool {
	n := 0
	for i := range d.Members {
		k := &d.Members[i]
		if k.Form == jsdata.Object && strings.ContainsAny(k.Key, ":.$") {
			return false // a cache of whatever the page asked for
		}
		if k.Form == jsdata.Object && k.Words >= 4 && len(k.Key) >= 6 && strings.ContainsAny(k.Key, "0123456789") {
			n++
		}
	}
	return n >= 3
}

// packed reads a string that is JSON itself.
func packed(d *jsdata.Value) (jsdata.Value, bool) {
	s := strings.TrimSpace(d.Text)
	if len(s) < 300 || s[0] != '{' && s[0] != '[' {
		return jsdata.Value{}, false
	}
	left := len(s) / 4
	l := jsdata.Scanner{Src: s, Left: &left}
	v, ok := l.Value(jsdata.MaxDepth / 2)
	if !ok {
		return jsdata.Value{}, false
	}
	v.Key = d.Key
	count(&v, d.Key, 0)
	return v, v.Words > 0
}

func (r *dataReader) add(d *jsdata.Value, parents []*jsdata.Value) {
	c := scriptBody{from: r.from, datum: d, words: d.Words, parents: parents}
	state := unknown
	for i := len(parents) - 1; i >= 0 && i >= len(parents)-8 && state == unknown; i-- {
		c.story = parents[i]
		state = r.ofPage(parents[i])
	}
	switch state {
	case foreign:
		return
	case own:
		c.own = true
	default:
		c.story = nil
		if !r.akin(d) {
			return
		}
	}
	r.found = append(r.found, c)
}

type belonging int

const (
	unknown belonging = iota
	own
	foreign
)

// Members that say which story an object is.
var (
	titleKeys   = []string{"headline", "title", "name", "webTitle", "displayTitle", "headlineText", "articleTitle", "headLine", "post_title", "seoTitle", "metaTitle", "shortTitle"}
	addressKeys = []string{"canonical_url", "canonicalUrl", "canonicalURL", "canonical", "url", "website_url", "webUrl", "shareUrl", "link", "permalink", "slug", "path", "href", "urlPath", "uri"}
	dateKeys    = []string{"published", "publishedAt", "publishDate", "published_at", "publish_date", "datePublished", "publicationDate", "display_date", "firstPublished", "date", "createdAt", "created_at"}
)

// titles are the headlines that an object has, itself or in an object for them.
func titles(d *jsdata.Value) []string {
	var all []string
	for _, k := range titleKeys {
		if m := d.Get(k); m != nil {
			if m.Form == jsdata.String {
				all = append(all, m.Text)
			} else if s := m.String("rendered", "text", "basic", "default", "value", "main", "web"); s != "" {
				all = append(all, s)
			}
		}
	}
	if m := d.Get("headlines", "titles"); m != nil {
		for i := range m.Members {
			if m.Members[i].Form == jsdata.String {
				all = append(all, m.Members[i].Text)
			}
		}
	}
	return all
}

// isStory reports whether an object is a story, or the teaser of one, rather than
// a part of a story.
func isStory(d *jsdata.Value) bool {
	return d.Form == jsdata.Object && len(titles(d)) > 0 && (d.String(addressKeys...) != "" || d.Get(dateKeys...) != nil)
}

// ofPage tells whether an object is the page's own story, by title or address.
func (r *dataReader) ofPage(d *jsdata.Value) belonging {
	titles := titles(d)
	for _, t := range titles {
		if block.CountWords(t) >= 2 && r.a.Title != "" && text.Similar(block.Clean(stripped(t)), r.a.Title) {
			return own
		}
	}
	if u := r.x.Input.URL; u != nil && len(u.Path) > 1 {
		for _, k := range addressKeys {
			if s := d.String(k); len(s) >= 8 && len(s) < 1000 && len(titles) > 0 && strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), pathOf(s)) {
				return own
			}
		}
	}
	if len(titles) > 0 && isStory(d) {
		return foreign
	}
	return unknown
}

// pathOf is the path of an address.
func pathOf(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return "//" // none
		}
		s = rest[i:]
	}
	s, _, _ = strings.Cut(s, "?")
	s, _, _ = strings.Cut(s, "#")
	if s = strings.TrimSuffix(s, "/"); len(s) < 8 {
		return "//"
	}
	return s
}

// akin reports whether a text that stands under no headline is about what the page
// is about: it has the description's beginning, or most words of the title.
func (r *dataReader) akin(d *jsdata.Value) bool {
	if r.asked++; r.asked > 200 {
		return false
	}
	var b strings.Builder
	plain(d, &b)
	str := b.String()
	if s := r.a.Summary; len(s) > 60 && strings.Contains(text.Fold(str), text.Fold(s[:runeStart(s, 60)])) {
		return true
	}
	str = strings.ToLower(str)
	all, there := 0, 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(r.a.Title), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		if utf8.RuneCountInString(w) >= 4 {
			all++
			if strings.Contains(str, w) {
				there++
			}
		}
	}
	return all >= 3 && there*3 >= all*2
}

func runeStart(s string, n int) int {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return min(n, len(s))
}

// plain is the text of a value, as far as it is prose.
func plain(d *jsdata.Value, b *strings.Builder) {
	if d.Words == 0 || b.Len() > 30_000 {
		return
	}
	if d.Form == jsdata.String {
		b.WriteString(stripped(d.Text[:runeStart(d.Text, 30_000)]))
		b.WriteByte('\n')
	}
	for i := range d.Members {
		plain(&d.Members[i], b)
	}
}

// best is the most of what belongs to the page; of values that hold each other the
// innermost that has nearly all. What stands under no headline, as layouts have
// it, is taken where it is much more.
func (r *dataReader) best() *scriptBody {
	var most *scriptBody
	weight := func(c *scriptBody) int {
		switch {
		case c.own && (isBodyKey(c.datum.Key) || markup(c.datum)):
			return 8 * c.words
		case c.own:
			return 5 * c.words
		}
		return 2 * c.words
	}
	for i := range r.found {
		if c := &r.found[i]; most == nil || weight(c) > weight(most) {
			most = c
		}
	}
	if most == nil {
		return nil
	}
	share := 8
	if !most.own { // the page's frame and whatever else it shows are around it
		share = 6
	}
	best := most
	for i := range r.found {
		c := &r.found[i]
		if c.own == most.own && c.from == most.from && c.words*10 >= best.words*share && c.words*2 >= most.words && len(c.parents) > len(best.parents) {
			best = c
		}
	}
	return best
}

// isBodyKey reports whether a member's name says that it is what a story holds.
func isBodyKey(key string) bool {
	key = text.Fold(key)
	for _, stem := range []string{"body", "content", "text", "paragraph", "element", "block", "html", "article", "story", "children", "component", "slice", "section"} {
		if strings.Contains(key, stem) {
			return true
		}
	}
	return false
}

// paidMembers say of a story that not everybody may read it, by what they hold.
var paidMembers = map[string]string{
	"isaccessibleforfree": "false", "isfree": "false", "ispremium": "true", "premium": "true", "ispaid": "true", "paid": "true", "paywalled": "true", "haspaywall": "true", "ispaywalled": "true",
	"islocked": "true", "locked": "true", "subscribersonly": "true", "subscriberonly": "true", "issubscriberonly": "true", "paywall": "true", "accesslevel": "premium", "contenttier": "locked", "access": "subscriber",
}

// paid reports whether the data says of the story that it is for subscribers.
func (t *scriptBody) paid() bool {
	for _, p := range t.parents[max(0, len(t.parents)-4):] {
		for i := range p.Members {
			k := &p.Members[i]
			if want := paidMembers[text.Fold(k.Key)]; want != "" && strings.EqualFold(k.Text, want) {
				return true
			}
		}
	}
	return false
}
