package scraper

import (
	"context"
	"errors"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/feed"
	"github.com/newsmorgue/newsmorgue/scraper/sitemap"
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
)

// maxEntries bounds what is taken from one sitemap (sitemaps.org allows 50,000).
const maxEntries = 50_000

// follow queues the URLs that an answer refers to.
func (r *run) follow(ctx context.Context, h *host, resp *Response, out Outcome) error {
	ctx = context.WithoutCancel(ctx) // the answer is archived; its links must not be lost
	switch {
	case resp.Status >= 300 && resp.Status < 400 && resp.Status != http.StatusNotModified:
		return r.redirect(ctx, resp)
	case resp.Status < 200 || resp.Status > 299:
		return nil
	}
	switch resp.Request.Kind {
	case KindPage:
		if feed.Looks(resp.Header.Get("Content-Type"), resp.Body) {
			return r.followFeed(ctx, resp) // a feed that was linked as a page
		}
		if fresh, why := r.freshShape(resp, out); !fresh {
			r.miss(why, resp.URL.String())
			return nil
		}
		return r.followLinks(ctx, resp)
	case KindAsset:
		return r.followLinks(ctx, resp)
	case KindFeed:
		return r.followFeed(ctx, resp)
	case KindSitemap:
		return r.followSitemap(ctx, resp)
	case KindList:
		return r.followList(ctx, resp)
	}
	return nil
}

// redirect queues the target of a redirect; scope, robots.txt and the host's delay
// apply to it as to any other URL.
func (r *run) redirect(ctx context.Context, resp *Response) error {
	req := resp.Request
	target, err := resp.URL.Parse(strings.TrimSpace(resp.Header.Get("Location")))
	if err != nil {
		r.miss("redirect to an invalid URL", req.URL.String())
		return nil
	}
	if target, err = Normalize(target); err != nil {
		r.miss(reasonOf(err), req.URL.String())
		return nil
	}
	if strings.Count(req.Hops, string(HopRedirect)) >= 10 {
		r.miss("redirected too often", req.URL.String())
		return nil
	}
	// The target of a seed is part of the crawl, however many redirects lead to it.
	if req.Kind == KindPage && req.Depth == 0 && strings.Trim(req.Hops, string(HopRedirect)) == "" {
		r.Scope.Redirected(target)
	}
	next := &Request{URL: target, Via: req.URL, Hop: HopRedirect, Hops: req.Hops + string(HopRedirect), Kind: req.Kind, Site: r.Site,
		Depth: req.Depth, Priority: req.Priority, Hints: req.Hints, Due: req.Due}
	if why := r.outside(next); why != "" {
		r.miss("redirect: "+why, target.String())
		return nil
	}
	return r.Frontier.Add(ctx, next)
}

func reasonOf(err error) string {
	if t, ok := errors.AsType[*Trap](err); ok {
		return t.Error()
	}
	return "not http"
}

func (r *run) followLinks(ctx context.Context, resp *Response) error {
	req := resp.Request
	assets := r.Assets
	if req.Kind == KindAsset && !resp.isCSS() {
		return nil
	}
	var reqs []*Request
	for _, l := range resp.Links(assets) {
		u, err := Normalize(l.URL)
		if err != nil {
			if t, ok := errors.AsType[*Trap](err); ok && l.Kind == KindPage && r.Scope.Check(u) == nil {
				r.miss(t.Error(), l.URL.String())
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
		switch l.Kind {
		case KindPage:
			if r.Scope.Kind == "page" {
				continue
			}
			if next.Depth > r.maxDepth {
				r.miss("deeper than --max-depth", u.String())
				continue
			}
			if err := r.Scope.Check(u); err != nil {
				continue // links to other sites are not worth a line in the report
			}
			if !r.variant(u) {
				r.miss("trap: over 300 queries of one path", u.String())
				continue
			}
			next.Priority = priorityLink + 2*min(next.Depth, 12)
			if l.Frame {
				next.Priority++ // links in the main content are followed first
			}
		case KindFeed:
			if r.Scope.Kind == "page" || r.Scope.CheckAnnounced(u) != nil || req.Depth > 1 {
				continue
			}
			next.Priority = priorityFeed
		case KindList:
			if r.Scope.Kind == "page" || r.Scope.CheckAnnounced(u) != nil || req.Depth > 1 {
				continue
			}
			next.URL, next.Priority = wpjson.First(u), prioritySitemap
		case KindAsset:
			next.Priority, next.Depth = priorityAsset, req.Depth
			if req.Kind == KindAsset && strings.Count(req.Hops, string(HopEmbed)) > 4 {
				continue
			}
		}
		reqs = append(reqs, next)
	}
	return r.Frontier.Add(ctx, reqs...)
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
	case len(known) >= maxVariants:
		return false
	case r.queries >= maxQueries:
		return true // too many to count; the other bounds hold
	case known == nil:
		known = map[uint64]bool{}
		r.variants[u.Host+u.Path] = known
	}
	known[query] = true
	r.queries++
	return true
}

// announce queues the sitemaps that robots.txt names, or else their usual places. A
// crawl of single pages has none.
func (r *run) announce(ctx context.Context, of *url.URL, sitemaps []string) error {
	if r.Scope.Kind == "page" || r.Scope.CheckAnnounced(of) != nil {
		return nil
	}
	if len(sitemaps) == 0 {
		sitemaps = []string{"/sitemap.xml", "/sitemap_index.xml"}
	}
	var reqs []*Request
	for _, raw := range sitemaps[:min(len(sitemaps), 500)] {
		u, err := of.Parse(raw)
		if err != nil {
			continue
		}
		if u, err = Normalize(u); err != nil || r.Scope.CheckAnnounced(u) != nil {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: &url.URL{Scheme: of.Scheme, Host: of.Host, Path: "/robots.txt"},
			Hop: HopManifest, Hops: string(HopManifest), Kind: KindSitemap, Site: r.Site, Priority: prioritySitemap})
	}
	return r.Frontier.Add(ctx, reqs...)
}

func (r *run) followSitemap(ctx context.Context, resp *Response) error {
	req := resp.Request
	entries, truncated, err := sitemap.Parse(resp.Body, resp.decode, maxEntries)
	if err != nil && len(entries) == 0 {
		// Many sites answer with a page instead of a 404 there.
		if !resp.IsHTML() {
			r.miss("sitemap not readable", req.URL.String())
		}
		return nil
	}
	if truncated {
		r.miss("sitemap of over 50000 entries", req.URL.String())
	}
	var reqs []*Request
	for _, e := range entries {
		u, err := resp.URL.Parse(e.URL)
		if err != nil {
			continue
		}
		if u, err = Normalize(u); err != nil {
			continue
		}
		next := &Request{URL: u, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1, Due: past(e.LastMod)}
		if e.Sitemap {
			r.mu.Lock()
			r.sitemaps++
			full := r.sitemaps > maxSitemaps
			r.mu.Unlock()
			if full || strings.Count(req.Hops, string(HopManifest)) > 5 || r.Scope.CheckAnnounced(u) != nil {
				continue
			}
			next.Kind, next.Priority, next.Depth = KindSitemap, prioritySitemap, req.Depth
		} else {
			if r.Scope.Check(u) != nil || r.tooOldOrNew(u, e.Published, e.LastMod) {
				continue
			}
			next.Priority = priorityAnnounced
			next.Hints = Hints{Title: e.Title, Published: e.Published, Modified: e.LastMod, Language: e.Language, Source: "sitemap"}
			if e.News {
				next.Priority, next.Hints.Source = priorityNews, "news-sitemap"
			}
		}
		reqs = append(reqs, next)
	}
	return r.Frontier.Add(ctx, reqs...)
}

// past is t, which can make a page due again, unless it is in the future.
func past(t time.Time) time.Time {
	if t.After(time.Now()) {
		return time.Time{}
	}
	return t
}

func (r *run) followFeed(ctx context.Context, resp *Response) error {
	req := resp.Request
	text, err := resp.Text()
	var f *feed.Feed
	if err == nil {
		f, err = feed.Parse(text, resp.URL)
	}
	if err != nil {
		r.miss("feed not readable", req.URL.String())
		return nil
	}
	var reqs []*Request
	for _, it := range f.Items {
		u, err := resp.URL.Parse(it.URL)
		if err != nil {
			continue
		}
		if u, err = Normalize(u); err != nil || r.Scope.Check(u) != nil || r.tooOldOrNew(u, it.Published, it.Updated) {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1,
			Priority: priorityNews, Due: past(it.Updated),
			Hints: Hints{Title: it.Title, Published: it.Published, Modified: it.Updated, Authors: it.Authors, Language: it.Language, Source: "feed"}})
	}
	return r.Frontier.Add(ctx, reqs...)
}

// followList queues the posts of WordPress' list and its next page. On a postponed
// visit it goes no further than what has changed since the one before.
func (r *run) followList(ctx context.Context, resp *Response) error {
	req := resp.Request
	text, err := resp.Text()
	if err != nil {
		return nil
	}
	list, err := wpjson.Parse(text, resp.Header)
	if err != nil {
		return nil // the API is closed, or this is not WordPress
	}
	var reqs []*Request
	older := false
	for _, p := range list.Posts {
		older = older || !req.Visited.IsZero() && !p.Modified.IsZero() && p.Modified.Before(req.Visited.Add(-time.Hour))
		u, err := resp.URL.Parse(p.URL)
		if err != nil {
			continue
		}
		if u, err = Normalize(u); err != nil || r.Scope.Check(u) != nil || r.tooOldOrNew(u, p.Published, p.Modified) {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1,
			Priority: priorityAnnounced, Due: past(p.Modified), Hints: Hints{Title: p.Title, Published: p.Published, Modified: p.Modified, Source: "wp-json"}})
	}
	if next := list.Next(req.URL); next != nil && !older {
		// On a refresh the later pages are due if the first one has changes.
		reqs = append(reqs, &Request{URL: next, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Kind: KindList, Site: r.Site,
			Depth: req.Depth, Priority: prioritySitemap, Due: time.Now()})
	}
	return r.Frontier.Add(ctx, reqs...)
}

// tooOldOrNew reports whether the announced date of publication, or else of the last
// change, is before Since or after Until.
func (r *run) tooOldOrNew(u *url.URL, published, modified time.Time) bool {
	when := published
	if when.IsZero() {
		when = modified
	}
	switch {
	case when.IsZero():
		return false
	case !r.Since.IsZero() && when.Before(r.Since) && (modified.IsZero() || modified.Before(r.Since)):
		r.miss("announced as older than --since", u.String())
		return true
	case !r.Until.IsZero() && when.After(r.Until):
		r.miss("announced as newer than --until", u.String())
		return true
	}
	return false
}
