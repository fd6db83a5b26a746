package scraper

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/feed"
	"github.com/newsmorgue/newsmorgue/scraper/sitemap"
	"github.com/newsmorgue/newsmorgue/scraper/wpjson"
)

// maxEntries bounds what is taken from one sitemap (sitemaps.org allows 50,000).
const maxEntries = 50_000

// announce queues the sitemaps that robots.txt names, or else their usual places. A
// crawl of single pages has none.
func (r *run) announce(ctx context.Context, of *url.URL, sitemaps []string) error {
	if r.Scope.Kind == "page" || r.Scope.CheckAnnounced(of) != nil {
		return nil
	}
	if len(sitemaps) == 0 {
		sitemaps = []string{"/sitemap.xml", "/sitemap_index.xml"}
	}
	file := &url.URL{Scheme: of.Scheme, Host: of.Host, Path: "/robots.txt"}
	var reqs []*Request
	for _, raw := range sitemaps[:min(len(sitemaps), 500)] {
		u := r.usable(file, raw, "sitemap line of robots.txt", &Request{URL: file})
		if u == nil || r.Scope.CheckAnnounced(u) != nil {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: file,
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
		u := r.usable(resp.URL, e.URL, "sitemap entry", req)
		if u == nil {
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
		u := r.usable(resp.URL, it.URL, "feed item", req)
		if u == nil || r.Scope.Check(u) != nil || r.tooOldOrNew(u, it.Published, it.Updated) {
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
		u := r.usable(resp.URL, p.URL, "entry of WordPress' list", req)
		if u == nil || r.Scope.Check(u) != nil || r.tooOldOrNew(u, p.Published, p.Modified) {
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
