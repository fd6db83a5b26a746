package scraper

import (
	"context"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/scraper/feed"
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
	target := r.usable(resp.URL, resp.Header.Get("Location"), "redirect", req)
	if target == nil {
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

func (r *run) followLinks(ctx context.Context, resp *Response) error {
	req := resp.Request
	if req.Kind == KindAsset && !resp.isCSS() {
		return nil
	}
	var reqs []*Request
	for _, l := range r.links(resp) {
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
