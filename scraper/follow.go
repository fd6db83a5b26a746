package scraper

import (
	"context"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/scraper/wpjson"
)

// Priorities order a host's queue: first what announces new articles, then what was
// announced, then links by their depth, then assets.
const (
	prioritySeed      = 0
	priorityFeed      = 10
	priorityNews      = 15 // entries of feeds and news sitemaps
	prioritySitemap   = 20
	priorityLink      = 30 // plus depth
	priorityAnnounced = 60 // entries of sitemaps
	priorityAsset     = 80
	// priorityDoubt is last: see yield.
)

// follow queues the URLs that an answer refers to. It notes in e where it leads, and
// what is wrong with a feed, sitemap or list.
func (r *run) follow(ctx context.Context, resp *Response, e *ending) error {
	ctx = context.WithoutCancel(ctx) // the answer is archived; its links must not be lost
	var l look
	if resp.Request.Kind == KindPage {
		if resp.Status >= 200 && resp.Status <= 299 {
			l = r.look(resp, e.Outcome)
			l.found = r.links(resp)
		}
		r.weigh(resp, e.Outcome, l)
	}
	switch {
	case isRedirect(resp.Status):
		return r.followRedirect(ctx, resp, e)
	case resp.Status == http.StatusNotModified && !isConditional(resp.Request):
		e.Result, e.Reason = ResultFailed, reasonNotModified
		return nil
	case resp.Status < 200 || resp.Status > 299:
		r.countRefused(resp)
		return nil
	}
	switch r.documentKind(resp) {
	case KindPage:
		return r.followPage(ctx, resp, l, e)
	case KindAsset:
		_, err := r.followLinks(ctx, resp, e.Outcome, nil)
		return err
	case KindFeed:
		return r.followFeed(ctx, resp, &e.Outcome)
	case KindSitemap:
		return r.followSitemap(ctx, resp, &e.Outcome)
	case KindList:
		return r.followList(ctx, resp, &e.Outcome)
	}
	return nil
}

// LinksNotFollowed begins the Reason for which the links of archived pages were not
// followed.
const LinksNotFollowed = "links not followed: "

// reasonNotModified is why there is no page of a URL that was never archived.
const reasonNotModified = "HTTP 304, but there is no earlier page"

// isConditional reports whether a request asks for changes only (RFC 9110, section 13).
func isConditional(req *Request) bool {
	return req.Header.Get("If-None-Match") != "" || req.Header.Get("If-Modified-Since") != ""
}

// followPage queues what a page refers to, or where it sends its readers at once.
func (r *run) followPage(ctx context.Context, resp *Response, l look, e *ending) error {
	links := l.found.Links
	if err := r.followRefresh(ctx, resp, links, e); err != nil {
		return err
	}
	if why := l.trap(); why != "" {
		r.miss(LinksNotFollowed+why, resp.URL.String()) // the page itself is archived
		return nil
	}
	if e.target != nil { // the bounds of redirects hold for it, not those of links
		links = slices.DeleteFunc(slices.Clone(links), func(l Link) bool { return leadsTo(l, e.target) })
	}
	leads, err := r.followLinks(ctx, resp, e.Outcome, links)
	switch {
	case err != nil || e.moved:
	case leads == 0 && r.onSeedPath(resp.Request):
		e.front, e.empty = deadEnd(resp, l.found)
	case len(resp.Body) == 0:
		e.empty = true
		reason := "empty page"
		if resp.Truncated != "" {
			reason = errCut.Reason()
		}
		r.miss(reason, resp.URL.String())
	}
	return err
}

// leadsTo reports whether a link is one to u.
func leadsTo(l Link, u *url.URL) bool {
	n, err := Normalize(l.URL)
	return err == nil && n.String() == u.String()
}

// followBody queues the links in the body of a redirect without a target, which browsers
// show as a page.
func (r *run) followBody(ctx context.Context, resp *Response) error {
	if resp.Request.Kind != KindPage {
		return nil
	}
	_, err := r.followLinks(ctx, resp, Outcome{}, r.links(resp).Links)
	return err
}

// followLinks queues the links of a page, or those of a style sheet. leads is how
// many pages, feeds and lists of the crawl a page leads to, those that are known or too deep included.
func (r *run) followLinks(ctx context.Context, resp *Response, out Outcome, links []Link) (leads int, err error) {
	req := resp.Request
	if req.Kind == KindAsset && resp.isCSS() {
		links = r.links(resp).Links
	}
	var reqs []*Request
	for _, l := range links {
		u, err := Normalize(l.URL)
		if err != nil {
			// A trap of another site is not worth a line in the report.
			if u == nil || l.Kind != KindPage || r.Scope.Check(u) == nil {
				r.missLink(UnusableLink{l.Kind, l.URL.String(), err}, req)
			}
			continue
		}
		if l.Kind == KindPage {
			if l.Self {
				r.learn(req.URL, u)
			}
			u = r.withoutNoise(plainVariant(u))
		}
		next := &Request{URL: u, Via: req.URL, Hop: l.Hop, Hops: hops(req.Hops, l.Hop), Kind: l.Kind, Site: r.Site, Depth: req.Depth + 1}
		queue, leadsOn := r.place(req, out, l, next)
		if queue {
			reqs = append(reqs, next)
		}
		if leadsOn {
			leads++
		}
	}
	return leads, r.Frontier.Add(ctx, reqs...)
}

// place gives the request of a link its place in the queue. queue is false if it is not
// to be made; leads reports whether the link leads on within the crawl.
func (r *run) place(req *Request, out Outcome, l Link, next *Request) (queue, leads bool) {
	switch l.Kind {
	case KindPage:
		return r.placePage(req, out, l, next)
	case KindFeed:
		if r.Scope.Kind == "page" || req.Depth > 1 || !r.ownDocument(next.URL, "feed") {
			return false, false
		}
		next.Priority = priorityFeed
		return true, true
	case KindList:
		if r.Scope.Kind == "page" || req.Depth > 1 || !r.ownDocument(next.URL, "list of WordPress") {
			return false, false
		}
		next.URL, next.Priority = wpjson.First(next.URL), prioritySitemap
		return true, true
	case KindAsset:
		next.Priority, next.Depth = priorityAsset, req.Depth
		return req.Kind != KindAsset || strings.Count(req.Hops, string(HopEmbed)) <= 4, false
	}
	return true, false
}

// placePage is place for a link to a page.
func (r *run) placePage(req *Request, out Outcome, l Link, next *Request) (queue, leads bool) {
	u := next.URL
	if r.Scope.Kind == "page" || r.Scope.Check(u) != nil {
		return false, false // links to other sites are not worth a line in the report
	}
	leads = u.String() != req.URL.String()
	step := r.step(req, out, u)
	switch next.Depth = step.depth; {
	case next.Depth > r.maxDepth:
		r.missOnce("deeper than --max-depth", u.String())
		return false, leads
	case r.newCopy(next):
		return false, leads // the page is known by another address
	case !r.variant(u):
		r.missOnce("trap: over 300 queries of one path", u.String())
		return false, leads
	}
	next.Priority = priorityLink + 2*min(next.Depth, 12)
	if l.Frame {
		next.Priority++ // links in the main content are followed first
	}
	if step.doubt > 0 && !named(next) {
		next.Priority = step.doubt
	}
	return true, leads
}

// hops extends a path of hops; long ones keep their end.
func hops(path string, hop Hop) string {
	if len(path) > 60 {
		path = path[len(path)-60:]
	}
	return path + string(hop)
}

// maxQueries bounds what variant remembers, for all paths together.
const maxQueries = 1_000_000

// variant reports whether another query of a path is worth fetching: facets and
// calendars make an endless number of them.
func (r *run) variant(u *url.URL) bool {
	if u.RawQuery == "" {
		return true
	}
	h := fnv.New64a()
	h.Write([]byte(u.RawQuery))
	query := h.Sum64()
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.variants[u.Host+u.Path]
	switch {
	case known[query]:
		return true
	case len(known) >= maxVariants && !r.giving(u), len(known) >= maxListQueries:
		return false
	case r.queries >= maxQueries:
		return true // too many to count; the other bounds hold
	case known == nil:
		known = map[uint64]bool{}
		r.variants[u.Host+u.Path] = known
	}
	known[query] = true
	r.queries++
	if len(known) >= manyQueries {
		if y := r.yields.of(u); y != nil {
			y.queries = true
		}
	}
	return true
}
