package scraper

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A SeedNote is something that the user should know about a seed.
type SeedNote struct {
	URL    string `json:"url"`              // the seed
	Target string `json:"target,omitempty"` // where its redirects lead; empty if to no other URL
	Reason string `json:"reason"`
	Moved  bool   `json:"moved,omitempty"` // the target is on another host
	// Asks says that the site seems to ask for something before it shows the page: consent,
	// a login, a cookie. The target's URL names the seed, to lead back to it, or the seed
	// redirects to itself.
	Asks   bool `json:"asks,omitempty"`
	Failed bool `json:"failed,omitempty"` // there is no page of the seed
}

// maxNotes bounds the notes of a run.
const maxNotes = 100

// seeds is what a run knows of its seeds and of where their redirects lead. It is
// guarded by run.mu.
type seeds struct {
	asked  map[string]bool     // by URL of a seed, whether it was asked for in this run
	paths  map[string][]string // by URL, the seeds from which redirects lead to it
	fates  map[string]string   // by URL, why there is no page
	failed map[string]bool     // seeds without a page
	notes  []SeedNote
}

func newSeeds(reqs []*Request) seeds {
	s := seeds{asked: map[string]bool{}, paths: map[string][]string{}, fates: map[string]string{}, failed: map[string]bool{}}
	for _, req := range reqs {
		s.asked[req.URL.String()] = false
		s.paths[req.URL.String()] = []string{req.URL.String()}
	}
	return s
}

// result lists the notes and counts the seeds without a page. A page to which a seed
// redirected in an earlier run stands for it only as long as the seed itself is not
// asked for: what became of it says nothing about a seed that leads elsewhere now.
func (s *seeds) result() (notes []SeedNote, failed int) {
	all := true
	for _, asked := range s.asked {
		all = all && asked
	}
	stale := func(url string) bool {
		_, own := s.asked[url]
		return all && !own
	}
	for _, n := range s.notes {
		if !stale(n.URL) {
			notes = append(notes, n)
		}
	}
	for url := range s.failed {
		if !stale(url) {
			failed++
		}
	}
	return notes, failed
}

// note is added once.
func (s *seeds) note(n SeedNote) {
	if n.Target == n.URL {
		n.Target = ""
	}
	if len(s.notes) < maxNotes && !slices.Contains(s.notes, n) {
		s.notes = append(s.notes, n)
	}
}

// of lists the seeds that lead to a request; the request itself stands for one that
// redirected in an earlier run.
func (s *seeds) of(req *Request) []string {
	text := req.URL.String()
	if list := s.paths[text]; list != nil {
		return list
	}
	return []string{text}
}

// fail notes that the page to which a seed leads cannot be had.
func (s *seeds) fail(req *Request, n SeedNote) {
	s.fates[req.URL.String()] = n.Reason
	for _, seed := range s.of(req) {
		if !s.failed[seed] {
			s.failed[seed] = true
			n.URL, n.Failed = seed, true
			s.note(n)
		}
	}
}

func (r *run) isSeed(req *Request) bool {
	return req.Hop == HopSeed && req.Via == nil && req.Kind == KindPage
}

// onSeedPath reports whether a request is that of a seed, or of a page to which
// nothing but redirects lead from one.
func (r *run) onSeedPath(req *Request) bool {
	if req.Kind != KindPage {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seeds.paths[req.URL.String()] != nil {
		return true
	}
	return req.Depth == 0 && strings.Trim(req.Hops, string(HopRedirect)) == "" && (req.Hop == HopSeed || req.Hop == HopRedirect)
}

// moved takes where a seed redirects, and reports whether that belongs to the crawl.
// People are told if it is another site than the seed's.
func (r *run) moved(req *Request, target *url.URL) bool {
	known := r.Scope.belongs(target)
	in := r.Scope.Redirected(req.URL, target)
	r.mu.Lock()
	from := r.seeds.of(req)
	to := target.String()
	for _, seed := range from {
		if in && !slices.Contains(r.seeds.paths[to], seed) {
			r.seeds.paths[to] = append(r.seeds.paths[to], seed)
		}
	}
	fate := r.seeds.fates[to]
	if in && fate != "" {
		r.seeds.fail(req, SeedNote{Target: to, Reason: fate})
	}
	one := r.Scope.Kind == "page" || r.Scope.Kind == "section"
	var notice string
	switch n := (SeedNote{URL: from[0], Target: to, Moved: true}); {
	case !in && namesSite(target, req.URL):
		n.Asks = true
		n.Reason = "leads to a page of " + target.Host + " whose URL names this one, as pages that ask for consent or a login do; it is not part of this crawl"
		r.seeds.fail(req, n)
		notice = n.Reason
	case !in:
		n.Reason = "leads to " + short(to) + ", which is not part of this crawl"
		r.seeds.fail(req, n)
		notice = n.Reason
	case one && isFront(target) && !isFront(req.URL): // many sites send readers of pages that are gone there
		n.Moved = false
		n.Reason = "redirects to the front page, which is archived in its place"
		r.seeds.note(n)
	case !known && (SiteOf(target) != SiteOf(req.URL) || r.Scope.Kind == "section"):
		n.Reason = "leads to " + short(to) + ", which is archived too"
		r.seeds.note(n)
		notice = n.Reason
	}
	r.mu.Unlock()
	if notice != "" {
		r.emit(Event{Kind: EventNotice, Request: req, Reason: short(from[0]) + " " + notice})
	}
	return in
}

// namesSite reports whether the query of a URL has a URL of another one's site.
func namesSite(u, other *url.URL) bool {
	query := u.RawQuery
	for range 2 { // some escape it twice
		if text, err := url.QueryUnescape(query); err == nil {
			query = text
		}
	}
	query = strings.ToLower(query)
	host := strings.TrimPrefix(other.Host, "www.")
	return strings.Contains(query, "://"+host) || strings.Contains(query, "://www."+host)
}

// isFront reports whether a URL is that of a site's front page.
func isFront(u *url.URL) bool { return u.Path == "/" && u.RawQuery == "" }

// short is a URL as people write it.
func short(u string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(u, "https://"), "http://"), "/")
}

// settle takes what came of a seed, or of the page where its redirects end.
func (r *run) settle(req *Request, e *ending) {
	if e.Result == ResultRetry || !r.onSeedPath(req) {
		return
	}
	r.mu.Lock()
	if _, own := r.seeds.asked[req.URL.String()]; own {
		r.seeds.asked[req.URL.String()] = true
	}
	r.mu.Unlock()
	if e.led {
		return
	}
	n := SeedNote{Target: req.URL.String(), Reason: e.Reason, Asks: e.Reason == reasonItself || e.Reason == reasonItselfMore}
	switch {
	case e.Result == ResultSkipped && (e.Reason == "suppressed" || e.Reason == reasonSample):
		return // as the user wants it
	case e.Reason == reasonRobots:
		n.Reason = "disallowed by robots.txt"
	case n.Reason == "" && e.Status >= http.StatusBadRequest:
		n.Reason = "HTTP " + strconv.Itoa(e.Status)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case n.Reason != "":
		r.seeds.fail(req, n)
	case e.empty:
		n.Reason = cmp.Or(e.front, emptyFront)
		r.seeds.fail(req, n)
	case e.front != "" && r.Scope.Kind != "page":
		n.Reason = e.front
		for _, n.URL = range r.seeds.of(req) {
			r.seeds.note(n)
		}
	}
}

// What may be wrong with the page of a seed.
const (
	emptyFront    = "the page is empty: it has neither text nor links"
	scriptFront   = "the page is empty without its scripts, which are not run"
	noLinks       = "the front page has no links that can be followed"
	noScriptLinks = noLinks + "; its scripts, which are not run, may add some"
	noFollow      = "the front page asks not to follow its links (nofollow)"
)

// deadEnd says what is wrong with a page without links that can be followed, and
// whether there is nothing else on it. Other documents than HTML are complete without.
func deadEnd(resp *Response, found PageLinks) (what string, empty bool) {
	doc, err := resp.Document()
	switch {
	case len(resp.Body) == 0:
		return emptyFront, true
	case err != nil:
		return "", false
	}
	bare := !slices.ContainsFunc(found.Links, func(l Link) bool { return l.Kind != KindAsset }) && visibleWords(doc, 1) == 0 && !hasMedia(doc)
	switch scripts := hasScripts(doc); {
	case found.NoFollow > 0:
		return noFollow, false
	case bare && scripts:
		return scriptFront, true
	case bare:
		return emptyFront, true
	case scripts && visibleWords(doc, thinPage) < thinPage:
		return noScriptLinks, false
	}
	return noLinks, false
}

// hasScripts reports whether a page has scripts that browsers run.
func hasScripts(doc *html.Node) bool {
	scripts := goquery.NewDocumentFromNode(doc).Find(`script:not([type*="json" i])`)
	return scripts.Length() > 0
}

// hasMedia reports whether a page shows something else than text.
func hasMedia(doc *html.Node) bool {
	for n := range doc.Descendants() {
		switch n.DataAtom {
		case atom.Img, atom.Picture, atom.Svg, atom.Video, atom.Audio, atom.Iframe, atom.Object, atom.Embed, atom.Canvas:
			return true
		}
	}
	return false
}
