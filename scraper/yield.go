package scraper

import (
	"hash/fnv"
	"hash/maphash"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// A yield is what a run has got from the pages of one shape of URL. Calendars,
// facets and search pages give an endless number of pages that lead to nothing; the
// pages of a list give new articles as long as they last. Nobody can say beforehand
// which is which, so the pages of each shape are tried, and what they lead to
// decides:
//
//   - A shape whose last few requests led to no new article is doubtful. Its URLs go
//     to the end of the queue, which costs nothing: by the time they are reached, the
//     articles that its pages may have led to have been fetched.
//   - At the end of the queue a doubtful shape gets a few more tries, as many as the
//     size of the site and its own record deserve. The next new article makes it as
//     good as new; without one it is spent and the rest of its URLs are skipped.
//
// An article that other pages lead to as well is to the credit of the page that was
// fetched first, which may be one of a facet. What is found at the end of the queue
// nothing else led to: only that proves a shape.
//
// The crawler's lock guards all of it.
type yield struct {
	name   string // as appendShape makes it
	rank   int    // what its words promise: see the constants below
	series        // of its own requests
	family *series

	articles int    // new ones among its pages
	led      int    // new articles that its pages led to
	fresh    int    // barren pages of the series with a text of their own, or that go on with a list
	queries  bool   // many of its URLs have one path
	child    *yield // the last shape without articles that its pages led to
	open     int    // URLs on other hosts that its pages led to and that were not fetched yet
	deep     int    // links that were followed without counting a step
}

// A series is requests since the last new article: of one shape, or of a family of
// shapes, which are those of one path with any query, or below one first segment.
type series struct {
	barren  int
	wasted  int  // of these, without anything else that is new
	proven  bool // a new article ended such a series at the end of the queue
	longest int  // of these series
}

// The ranks of a shape, in the order in which doubtful shapes are tried again.
const (
	rankArticles = iota // its pages are articles
	rankProven
	rankArchive    // its words are those of archives
	rankList       // its words are those of lists
	rankUnknown    //
	rankUnpromised // its words are those of calendars, searches and facets
)

// rankWords say what a shape promises, by a word of its path or the name of a
// parameter. The last line that has one of a shape's words counts.
var rankWords = []struct {
	rank  int
	words map[string]bool
}{
	{rankList, setOf(`page pages paged pg seite pagina older newer offset start from before after cursor until max updated`)},
	{rankArchive, setOf(`archive archives archiv archivo arkiv archief issue issues ausgabe edition editions`)},
	{rankUnpromised, setOf(`calendar kalender calendario calendrier agenda event events termine veranstaltungen eventdate tribe ical
		search suche buscar recherche q query sort sortby orderby order dir direction filter filters facet facets view
		print share comments reply replytocom login register cart random`)},
}

// rankTries are how many requests in a row a doubtful shape gets without a new
// article: while little of the run was wasted, and when as much was as may be.
// A shape that is proven gets more: see tries.
var rankTries = [...]struct{ ample, scarce int }{rankArticles: {60, 20}, rankProven: {20, 4}, rankArchive: {100, 60}, rankList: {60, 4}, rankUnknown: {100, 0}, rankUnpromised: {100, 0}}

// Bounds of yields.
const (
	manyQueries    = 10      // of one path
	patience       = 3       // barren requests after which a shape is doubtful
	priorityDoubt  = 200_000 // of doubtful shapes, plus rank, step and spread
	spreadOver     = 1000    // places of one rank and step
	archiveIndex   = 24      // pages of the index of an archive, such as its months, that are read before what they lead to
	wasteShare     = 14      // one request in so many may be wasted
	minWaste       = 40      // or so many in all
	beyondEnd      = 5       // barren requests that a page of a list counts as besides, if it is like others: the list has ended
	knownList      = 2       // likewise, if it lists articles
	freshBytes     = 300     // of new text, which a page that is worth its request has
	freshLinks     = 3       // to articles that a list did not name before, likewise
	maxPatience    = 300     // barren requests of a shape that waits for other hosts
	maxDeep        = 20_000  // links of a shape that count no step
	maxYields      = 10_000  // shapes
	maxLiterals    = 64      // words that are kept as they are, of one host
	maxListings    = 200_000 // pages of which it is known what led to them
	maxAbroad      = 200_000 // links to other hosts
	maxListed      = 300_000 // links of lists
	maxNamedShapes = 30      // shapes that are named as traps
)

// yields are the yields of a run.
type yields struct {
	seed     maphash.Seed
	byName   map[string]*yield
	families map[string]*series
	literals map[string]bool
	perHost  map[string]int // how many literals
	listings map[uint64]*listing
	listed   map[uint64]struct{} // links of lists, by family and URL
	abroad   map[uint64]*yield   // URLs that were fetched or that another host links to; with a yield while it waits for them
	reasons  map[string]bool     // by which shapes were skipped
	asked    int
	wasted   int // of these, in series without a new article
	key      []byte
}

// A listing is a page that was fetched and is not an article.
type listing struct {
	*yield
	late bool     // it was fetched at the end of the queue
	up   *listing // the nearest page of another shape that led to it
}

func newYields() *yields {
	return &yields{seed: maphash.MakeSeed(), byName: map[string]*yield{}, families: map[string]*series{}, literals: map[string]bool{}, perHost: map[string]int{},
		listings: map[uint64]*listing{}, listed: map[uint64]struct{}{}, abroad: map[uint64]*yield{}, reasons: map[string]bool{}}
}

// of returns the yield of a URL's shape; nil if there are too many shapes.
func (ys *yields) of(u *url.URL) *yield {
	key, end := appendShape(ys.key[:0], u, func(prefix []byte) bool { return ys.literal(u.Host, prefix) })
	ys.key = key
	if y := ys.byName[string(key)]; y != nil {
		return y
	}
	if len(ys.byName) >= maxYields {
		return nil
	}
	f := ys.families[string(key[:end])]
	if f == nil {
		f = &series{}
		ys.families[string(key[:end])] = f
	}
	y := &yield{name: string(key[len(u.Host):]), family: f}
	y.rank = rankOf(y.name)
	ys.byName[string(key)] = y
	return y
}

// literal bounds the words of a host that are part of shapes as they are.
func (ys *yields) literal(host string, prefix []byte) bool {
	if ys.literals[string(prefix)] {
		return true
	}
	if ys.perHost[host] >= maxLiterals || len(ys.literals) >= maxYields {
		return false
	}
	ys.perHost[host]++
	ys.literals[string(prefix)] = true
	return true
}

func rankOf(name string) int {
	rank := rankUnknown
	if strings.Trim(name, "/N") == "" && strings.HasPrefix(name, "/N/N") {
		rank = rankArchive // /2026/11/23/ holds the articles of a day
	}
	for _, line := range rankWords {
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return (r|0x20 < 'a' || r|0x20 > 'z') && r != '_' }) {
			if line.words[strings.Trim(strings.ToLower(word), "_")] {
				rank = line.rank
			}
		}
	}
	return rank
}

// String names a shape to people: N is a number, an asterisk any other text that
// differs from page to page.
func (y *yield) String() string {
	path, query, _ := strings.Cut(y.name, "?")
	segments := strings.Split(path, "/")
	for i, s := range segments {
		stem, ending := s, ""
		if j := strings.IndexAny(s, ".;"); j >= 0 {
			stem, ending = s[:j], s[j:]
		}
		switch stem {
		case "H", "S", "W":
			segments[i] = "*" + ending
		case "WN":
			segments[i] = "*N" + ending
		}
	}
	name := strings.Join(segments, "/")
	switch {
	case strings.Contains(query, "&"):
		name += "?…"
	case query != "":
		name += "?" + query
	}
	return name
}

// rankNow is a shape's rank by its words and its record.
func (y *yield) rankNow() int {
	switch {
	case y.articles > 0 && y.own():
		return rankArticles
	case y.proven:
		return rankProven
	}
	return y.rank
}

// own reports whether a shape stands by its own record, whatever its family's is.
func (y *yield) own() bool { return y.proven || y.articles > 0 && !y.late() }

// late reports whether a shape is doubtful from the start. If it leads to articles that
// nothing else leads to, nothing is lost by that; if not, all articles that its pages
// list are known when they are fetched. A query makes many pages of one.
func (y *yield) late() bool {
	return !y.proven && (y.rank == rankUnpromised || y.rank == rankUnknown && y.queries)
}

// place is where in the queue the URLs of a shape stand: 0 where their depth says, a
// priority of at least priorityDoubt if the shape is doubtful. The more a doubtful
// shape was tried in vain, the later comes its turn.
func (y *yield) place() int {
	if !y.late() && y.barren < patience && (y.own() || y.family.wasted < 2*patience) {
		return 0
	}
	step := 0
	switch {
	case y.barren >= patience && y.child != nil && (y.rank != rankArchive || y.barren >= archiveIndex):
		step = 3 // what an index leads to is tried before more of the index
	case y.barren >= 30:
		step = 2
	case y.barren >= 10:
		step = 1
	}
	return priorityDoubt + (10*y.rankNow()+step)*spreadOver
}

// spread is where among the URLs of a doubtful shape one stands: anywhere. An archive
// by day names its days in order, and those of the first months may be empty; tries
// that are spread over all of them find out whether any is not.
func spread(place int, u *url.URL) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, u.Path) // a hash takes everything
	_, _ = io.WriteString(h, u.RawQuery)
	return place + int(h.Sum32()%spreadOver)
}

// affordable reports whether more requests may be wasted.
func (ys *yields) affordable() bool { return ys.wasted < max(minWaste, ys.asked/wasteShare) }

// tries is how many requests in a row a shape gets without a new article, and how
// many its family.
func (ys *yields) tries(y *yield) (own, family int) {
	now, words := rankTries[y.rankNow()], rankTries[y.rank]
	n := max(now.scarce, words.scarce)
	if ys.affordable() {
		n = max(now.ample, words.ample) + ys.asked/100 // a large site can afford to be surer
	}
	// Articles that are rare stay rare: an archive by day in which one day in thirty
	// has an article is followed as long as it goes on so.
	own, family = n+y.articles/10, 2*n
	if y.proven {
		own = max(own, 3*y.longest+5, 4*y.longest)
	}
	if y.family.proven {
		family = max(family, 3*y.family.longest+5, 4*y.family.longest)
	}
	return own, family
}

// spent reports whether the rest of a shape is not worth its requests. articles is
// how many articles the site is known to have.
func (ys *yields) spent(y *yield, articles int) bool {
	if articles == 0 {
		return false // nothing is known about what articles look like here
	}
	if y.open > 0 && y.barren < maxPatience && (y.rank != rankUnpromised || ys.affordable()) {
		return false
	}
	own, shared := ys.tries(y)
	if 2*y.fresh > y.barren {
		// Pages with a text of their own may be articles that are not recognized as such;
		// where few pages are articles, they are what the site is made of. Lists of
		// articles that are known may go on to ones that are not.
		return articles*10 >= ys.asked && y.barren >= 10*own
	}
	return y.barren >= own || !y.own() && y.family.wasted >= shared
}

// redeem takes a new article that was found by way of a shape; late says whether at
// the end of the queue.
func (ys *yields) redeem(y *yield, late bool) {
	ys.wasted -= y.wasted
	y.fresh = 0
	for _, s := range []*series{&y.series, y.family} {
		if late {
			s.proven, s.longest = true, max(s.longest, s.barren)
		}
		s.barren, s.wasted = 0, 0
	}
}

// credit takes a new article: its own shape has it, and the pages by whose links it
// was found led to it. What a feed or sitemap announces needs no page to be found.
func (ys *yields) credit(req *Request) {
	if y := ys.of(req.URL); y != nil {
		y.articles++
		ys.redeem(y, isLate(req))
	}
	if req.Via == nil || req.Hints.Source != "" {
		return
	}
	up := ys.listings[ys.hash(req.Via)]
	if up == nil { // another article, or a page that an earlier run fetched
		if y := ys.of(req.Via); y != nil {
			y.led++
			ys.redeem(y, false)
		}
		return
	}
	late := up.late
	for n := 0; up != nil && n < 8; n, up = n+1, up.up {
		up.led++
		ys.redeem(up.yield, late)
	}
}

// enter notes a page that is not an article, so that what is found on it is to its
// credit and to that of the pages that led to it.
func (ys *yields) enter(req *Request, y *yield) {
	if len(ys.listings) >= maxListings {
		return
	}
	l := &listing{yield: y, late: isLate(req)}
	if req.Via != nil {
		l.up = ys.listings[ys.hash(req.Via)]
		if l.up != nil && l.up.yield == y {
			l.up = l.up.up
		} else if l.up != nil {
			l.up.child = y
			if y.proven {
				ys.redeem(l.up.yield, false) // an index of what leads to articles
			}
		}
	}
	ys.listings[ys.hash(req.URL)] = l
}

// lists reports whether a page links to several articles in what it is about.
func (ys *yields) lists(links []Link) bool {
	n := 0
	for _, l := range links {
		if l.Kind != KindPage || l.Frame {
			continue
		}
		if to := ys.of(l.URL); to != nil && to.articles > 0 {
			n++
		}
	}
	return n >= freshLinks
}

// goesOn reports whether a page of a list names articles that no page of its family
// has named.
func (ys *yields) goesOn(y *yield, links []Link) bool {
	if y.rank != rankList && y.rank != rankArchive {
		return false
	}
	n := 0
	for _, l := range links {
		if l.Kind != KindPage || l.Frame {
			continue
		}
		if to := ys.of(l.URL); to == nil || to.articles == 0 {
			continue
		}
		h := ys.hash(l.URL) ^ maphash.Comparable(ys.seed, y.family)
		if _, known := ys.listed[h]; !known && len(ys.listed) < maxListed {
			ys.listed[h] = struct{}{}
			n++
		}
	}
	return n >= freshLinks
}

func (ys *yields) hash(u *url.URL) uint64 { return maphash.String(ys.seed, u.String()) }

// await notes that a page of a shape links to a page of another host. Hosts have
// queues of their own: the end of one says nothing about the other.
func (ys *yields) await(y *yield, u *url.URL) {
	h := ys.hash(u)
	if _, known := ys.abroad[h]; known || y == nil || len(ys.abroad) >= maxAbroad {
		return
	}
	ys.abroad[h] = y
	y.open++
}

// settle ends the waiting for a URL.
func (ys *yields) settle(u *url.URL) {
	h := ys.hash(u)
	y, known := ys.abroad[h]
	if y != nil {
		y.open--
	}
	if known || len(ys.abroad) < maxAbroad {
		ys.abroad[h] = nil
	}
}

// named reports whether a page is fetched whatever its shape: seeds, what they link
// to, what feeds and sitemaps announce, and what was visited before, which is due by
// what its own visits bring.
func named(req *Request) bool {
	if !req.Visited.IsZero() {
		return true
	}
	hops := strings.ReplaceAll(req.Hops, string(HopRedirect), "")
	return req.Hints.Source != "" || hops == "" || hops == string(HopLink) || strings.HasSuffix(hops, string(HopManifest))
}

// isLate reports whether a page was fetched when nothing else was left to fetch.
func isLate(req *Request) bool { return req.Priority >= priorityDoubt }

// worth decides about a page before it is fetched: out is how its lease ends if it is
// not fetched now.
func (r *run) worth(req *Request) (out Outcome, ok bool) {
	if named(req) {
		return Outcome{}, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if name := r.copyOf(req); name != "" {
		r.yields.settle(req.URL)
		return Outcome{Result: ResultSkipped, Reason: "trap: " + describePart(name) + " does not change the page"}, false
	}
	y := r.yields.of(req.URL)
	if y == nil {
		return Outcome{}, true
	}
	switch place := y.place(); {
	case place == 0:
		return Outcome{}, true
	case place/spreadOver > req.Priority/spreadOver:
		r.yields.settle(req.URL)
		return Outcome{Result: ResultRetry, Priority: spread(place, req.URL)}, false
	case r.yields.spent(y, r.knownArticles()):
		r.yields.settle(req.URL)
		return Outcome{Result: ResultSkipped, Reason: r.spentReason(y)}, false
	}
	return Outcome{}, true
}

// spentReason says why the rest of a shape is skipped. The number of reasons is
// bounded. The lock must be held.
func (r *run) spentReason(y *yield) string {
	reason := "trap: pages like " + y.String() + " lead to no new article"
	if r.yields.reasons[reason] || len(r.yields.reasons) < maxNamedShapes {
		r.yields.reasons[reason] = true
		return reason
	}
	return "trap: pages like many others lead to no new article"
}

// knownArticles is how many articles the site is known to have. The lock must be held.
func (r *run) knownArticles() int { return r.ArticlesBefore + r.counts.Articles }

// weigh takes what a request for a page brought: l is what its text says.
func (r *run) weigh(resp *Response, out Outcome, l look) {
	req := resp.Request
	r.mu.Lock()
	defer r.mu.Unlock()
	ys := r.yields
	ys.settle(req.URL)
	ys.asked++
	if l.text != 0 {
		r.learnCopy(req.URL, l.text)
	}
	switch {
	case out.Article && (resp.Status == http.StatusNotModified || l.isNew && l.own), out.Part:
		ys.credit(req)
		return
	case resp.Status == http.StatusNotModified, resp.Status >= 500, resp.Status == http.StatusTooManyRequests,
		resp.Status == http.StatusUnauthorized, resp.Status == http.StatusForbidden, resp.Status == http.StatusOK && !resp.IsHTML():
		return // it says nothing about the shape
	}
	y := ys.of(req.URL)
	if y == nil {
		return
	}
	if !out.Article || !l.own {
		ys.enter(req, y)
	}
	if named(req) {
		return
	}
	y.barren++
	y.family.barren++
	switch {
	case y.rank == rankList && (l.same > 1 || l.numbers > 1):
		y.barren += beyondEnd
	case y.rank >= rankUnknown && ys.lists(l.found.Links):
		y.barren += knownList
	}
	if l.fresh >= freshBytes || !out.Article && ys.goesOn(y, l.found.Links) {
		y.fresh++
		return
	}
	y.wasted++
	y.family.wasted++
	ys.wasted++
}

// A step is how a link to a page is queued.
type step struct {
	depth int
	doubt int // priority of a doubtful shape, else 0
}

// step decides how deep a link is and when it is followed. Pages of a list that leads
// to articles are no deeper than its first page.
func (r *run) step(req *Request, out Outcome, u *url.URL) step {
	s := step{depth: req.Depth + 1}
	r.mu.Lock()
	defer r.mu.Unlock()
	ys := r.yields
	to := ys.of(u)
	if to == nil {
		return s
	}
	if s.doubt = to.place(); s.doubt > 0 {
		s.doubt = spread(s.doubt, u)
	}
	abroad := u.Host != req.URL.Host && s.doubt == 0
	if !abroad && (out.Article || req.Depth == 0 || to.led+to.open == 0) {
		return s
	}
	from := ys.of(req.URL)
	if from == nil {
		return s
	}
	if abroad {
		ys.await(from, u)
	}
	if !out.Article && req.Depth > 0 && from.led+from.open > 0 && to.led+to.open > 0 && from.family == to.family && to.deep < maxDeep && !ys.spent(to, r.knownArticles()) {
		to.deep++
		s.depth = req.Depth
	}
	return s
}

// giving reports whether a URL is of a shape that leads to new articles. The lock
// must be held.
func (r *run) giving(u *url.URL) bool {
	y := r.yields.of(u)
	return y != nil && y.articles+y.led > 0 && !r.yields.spent(y, r.knownArticles())
}
