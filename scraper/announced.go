package scraper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/feed"
	"github.com/newsmorgue/newsmorgue/scraper/sitemap"
)

// maxEntries bounds what is taken from one sitemap (sitemaps.org allows 50,000).
const maxEntries = 50_000

// announce queues the sitemaps that robots.txt names, or else their usual places. A
// crawl of single pages has none.
func (r *run) announce(ctx context.Context, of *url.URL, sitemaps []string) error {
	if r.Scope.Kind == "page" || r.Scope.CheckAnnounced(of) != nil {
		return nil
	}
	file := &url.URL{Scheme: of.Scheme, Host: of.Host, Path: "/robots.txt"}
	var reqs []*Request
	if len(sitemaps) == 0 {
		for _, place := range []string{"/sitemap.xml", "/sitemap_index.xml"} {
			reqs = append(reqs, &Request{URL: &url.URL{Scheme: of.Scheme, Host: of.Host, Path: place},
				Hop: HopManifest, Hops: HopsGuessed, Kind: KindSitemap, Site: r.Site, Priority: prioritySitemap})
		}
	}
	const what = "sitemap line of robots.txt"
	const most = 500
	if left := len(sitemaps) - most; left > 0 {
		r.missN(left, fmt.Sprintf("%s beyond the first %d", what, most), file.String())
		sitemaps = sitemaps[:most]
	}
	for _, raw := range sitemaps {
		u := r.usable(file, raw, what, &Request{URL: file})
		if u == nil {
			continue
		}
		if !r.ownDocument(u, what) {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: file,
			Hop: HopManifest, Hops: HopsNamed, Kind: KindSitemap, Site: r.Site, Priority: prioritySitemap})
	}
	return r.Frontier.Add(ctx, reqs...)
}

// HopsNamed and HopsGuessed are the hops to a sitemap that robots.txt names, and to one whose place is a guess.
const (
	HopsNamed   = string(HopPrereq + HopManifest)
	HopsGuessed = string(HopManifest)
)

// isNamed reports whether the site says that there is a sitemap: robots.txt or an index
// names it. Many sites answer with a page instead of a 404 at the usual places.
func isNamed(sitemap *Request) bool {
	return strings.HasPrefix(sitemap.Hops, string(HopPrereq)) || strings.Count(sitemap.Hops, string(HopManifest)) > 1
}

// documentKind is what an answer is: what was asked for as a page may be a feed or
// sitemap. A crawl of single pages takes nothing from those.
func (r *run) documentKind(resp *Response) Kind {
	contentType := resp.ContentType()
	switch kind := resp.Request.Kind; {
	case kind != KindPage || r.Scope.Kind == "page":
		return kind
	case feed.Looks(contentType, resp.Body):
		return KindFeed
	case sitemap.Looks(contentType, resp.Body):
		return KindSitemap
	}
	return KindPage
}

// followSitemap queues what a sitemap announces. What is wrong with it is counted and
// noted in out.
func (r *run) followSitemap(ctx context.Context, resp *Response, out *Outcome) error {
	req := resp.Request
	r.readSitemap(req.URL)
	known, same, err := r.listed(ctx, resp, out)
	if err != nil || same {
		return err
	}
	text, cut, err := sitemap.Unpack(resp.Body)
	if err == nil {
		text, err = resp.decode(text)
	}
	if err == nil && feed.Looks("", text) { // Google allows feeds as sitemaps
		return r.queueFeed(ctx, resp, text, known, out)
	}
	var s *sitemap.Sitemap
	if err == nil {
		s, err = sitemap.Parse(text, cut || resp.Truncated != "", maxEntries)
	}
	if err != nil {
		r.noteNoSitemap(out, resp, err)
		return nil
	}
	if s.Cut {
		r.noteCut(out, "sitemap", counted(len(s.Entries)+s.Left, "entry", "entries"), req.URL)
	} else if len(s.Entries) == 0 {
		r.note(out, "sitemap without entries", req.URL)
	}
	if s.Left > 0 {
		r.missN(s.Left, fmt.Sprintf("sitemap entry beyond the first %d", maxEntries), req.URL.String())
	}
	var reqs []*Request
	unusable := 0
	list := Listing{Whole: !s.Cut && s.Left == 0}
	times := make([]time.Time, len(s.Entries))
	for i, e := range s.Entries {
		times[i] = e.LastMod
	}
	stamps := areStamps(times, r.now())
	for i, e := range s.Entries {
		next, usable := r.sitemapEntry(resp, e, i)
		switch {
		case !usable:
			unusable++
		case next != nil:
			if stamps {
				next.Due = time.Time{}
			}
			list.Entries = append(list.Entries, Entry{next.URL, next.Due})
			list.Whole = list.Whole && !e.News
			next.Due = r.claimed(req.URL, req.Visited, known, next.Due)
			reqs = append(reqs, next)
		}
	}
	reqs = append(reqs, r.alternates(resp, s.Alternates)...)
	noteUnusable(out, unusable, len(s.Entries))
	if err := r.Frontier.Add(ctx, reqs...); err != nil {
		return err
	}
	_, err = r.list(ctx, resp, list)
	return err
}

// noteNoSitemap notes why an answer is not a sitemap. If neither robots.txt nor an index
// names it, an ordinary page or an empty answer does not count.
func (r *run) noteNoSitemap(out *Outcome, resp *Response, err error) {
	req := resp.Request
	page := errors.Is(err, sitemap.ErrHTML) || errors.Is(err, sitemap.ErrOther) && resp.IsHTML()
	out.Reason = fmt.Sprintf("sitemap not readable (%v)", err)
	if page {
		out.Reason = "sitemap is an HTML page"
	}
	if isNamed(req) || !page && !errors.Is(err, sitemap.ErrEmpty) {
		r.missOnce(out.Reason, req.URL.String())
	}
}

// alternates are the requests for the same pages in other languages, as far as they
// belong to the crawl: the pages themselves are used, and another site's language is
// that site's.
func (r *run) alternates(resp *Response, refs []string) (reqs []*Request) {
	req := resp.Request
	for _, ref := range refs {
		u, err := Resolve(resp.URL, ref)
		if err == nil {
			u, err = Normalize(u)
		}
		if err == nil && r.Scope.Check(u) == nil {
			reqs = append(reqs, &Request{URL: u, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1,
				Priority: priorityAnnounced, Hints: Hints{Source: "sitemap"}})
		}
	}
	return reqs
}

// sitemapEntry is the request for one entry of a sitemap. An entry that is usable and
// has none is known already, or too old or new.
func (r *run) sitemapEntry(resp *Response, e sitemap.Entry, i int) (next *Request, usable bool) {
	req := resp.Request
	next = &Request{Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1, Due: r.past(e.LastMod)}
	if e.Sitemap {
		const what = "sitemap in an index"
		if next.URL = r.announced(resp, nil, e.URL, what, i); next.URL == nil {
			return nil, false
		}
		switch {
		case !r.ownDocument(next.URL, what):
			return nil, false
		case strings.Count(req.Hops, string(HopManifest)) > maxNested:
			r.missOnce("sitemap nested too deep", next.URL.String())
			return nil, false
		}
		fresh, full := r.readSitemap(next.URL)
		switch {
		case full:
			r.missOnce(fmt.Sprintf("sitemap beyond the first %d", maxSitemaps), next.URL.String())
			return nil, false
		case !fresh: // an index that names itself, two that name each other, or one that was read before its index
			next.Due = time.Time{}
		}
		next.Kind, next.Priority, next.Depth = KindSitemap, prioritySitemap, req.Depth
		return next, true
	}
	next.URL = r.announcedPage(resp, nil, e.URL, "sitemap entry", i)
	if next.URL == nil {
		return nil, false
	}
	if r.tooOldOrNew(next.URL, e.Published, e.LastMod) {
		return nil, true
	}
	next.Priority = priorityAnnounced
	next.Hints = Hints{Title: e.Title, Published: e.Published, Modified: e.LastMod, Language: e.Language, Source: "sitemap"}
	if e.News {
		next.Priority, next.Hints.Source = priorityNews, "news-sitemap"
	}
	return next, true
}

// maxNested is how many indexes may lie between a sitemap and robots.txt.
const maxNested = 5

// readSitemap remembers that the run reads a sitemap. It is not fresh if it was known
// before, or if there are too many of them.
func (r *run) readSitemap(u *url.URL) (fresh, full bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.sitemaps[u.String()]:
		return false, false
	case len(r.sitemaps) >= maxSitemaps:
		return false, true
	case r.sitemaps == nil:
		r.sitemaps = map[string]bool{}
	}
	r.sitemaps[u.String()] = true
	return true, false
}

// ownDocument reports whether a feed, sitemap or list belongs to the crawl; one of
// another site is counted.
func (r *run) ownDocument(u *url.URL, what string) bool {
	if r.Scope.CheckAnnounced(u) != nil {
		r.missOnce(what+" of another site", u.String())
		return false
	}
	return true
}

// announced resolves the URL of entry i of a document; what says what it is an entry of.
// An entry whose URL is missing or cannot be fetched gives nil and is counted.
func (r *run) announced(resp *Response, bases []string, ref, what string, i int) *url.URL {
	from := resp.Request.URL
	if ref == "" {
		r.missKey(what+" without a link", fmt.Sprint(from, " ", i), from.String())
		return nil
	}
	base := resp.URL
	for _, b := range bases {
		if u, err := Resolve(base, b); err == nil {
			base = u
		}
	}
	return r.usable(base, ref, what, resp.Request)
}

// announcedPage is announced for pages, which must be in the scope of the crawl.
func (r *run) announcedPage(resp *Response, bases []string, ref, what string, i int) *url.URL {
	u := r.announced(resp, bases, ref, what, i)
	if u == nil {
		return nil
	}
	var outside *OutOfScope
	if err := r.Scope.Check(u); errors.As(err, &outside) {
		why := outsideTexts[outside.Reason]
		switch {
		case outside.Reason == "another site" && r.Scope.CheckAnnounced(u) == nil:
			why = " outside the section"
		case why == "":
			why = ": " + outside.Reason
		}
		r.missOnce(what+why, u.String())
		return nil
	}
	return u
}

// outsideTexts say, after what is announced, why it does not belong to the crawl.
var outsideTexts = map[string]string{
	"another site": " of another site",
	"excluded":     " excluded by --exclude",
	"not included": " not included by --include",
	"suppressed":   " that is suppressed",
}

// note counts what is wrong with a document, and keeps it for why.
func (r *run) note(out *Outcome, reason string, document *url.URL) {
	r.missOnce(reason, document.String())
	if out.Reason == "" {
		out.Reason = reason
	}
}

// maxCuts is how many documents that are cut off have a line of their own.
const maxCuts = 5

// noteCut is note for a document that is cut off; used says what was read before the cut.
func (r *run) noteCut(out *Outcome, what, used string, document *url.URL) {
	reason := what + " cut off after " + used
	r.mu.Lock()
	r.cuts++
	many := r.cuts > maxCuts
	r.mu.Unlock()
	out.Reason = reason
	if many {
		reason = what + " cut off"
	}
	r.note(out, reason, document)
}

// counted is a number of things.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// noteUnusable keeps for why that no entry of a document can be used. Each is counted
// with its own reason.
func noteUnusable(out *Outcome, unusable, entries int) {
	if entries > 0 && unusable == entries && out.Reason == "" {
		out.Reason = "none of its entries can be used"
	}
}

// countRefused counts a document of this kind that a site names but does not give. Answers
// that ask to wait are fetched again.
func (r *run) countRefused(resp *Response) {
	req := resp.Request
	name, ok := map[Kind]string{KindFeed: "feed", KindSitemap: "sitemap", KindList: "list of WordPress"}[req.Kind]
	_, wait := retryAfter(resp, r.now())
	if !ok || resp.Status < 400 || wait || req.Kind == KindSitemap && !isNamed(req) {
		return
	}
	r.missOnce(fmt.Sprintf("%s answered with HTTP %d", name, resp.Status), req.URL.String())
}

// followFeed queues what a feed announces. What is wrong with it is counted and noted in
// out.
func (r *run) followFeed(ctx context.Context, resp *Response, out *Outcome) error {
	known, same, err := r.listed(ctx, resp, out)
	if err != nil || same {
		return err
	}
	text, _, err := sitemap.Unpack(resp.Body) // feeds are packed as sitemaps are
	if err == nil {
		text, err = resp.decode(text)
	}
	if err != nil {
		r.note(out, fmt.Sprintf("feed not readable (%v)", err), resp.Request.URL)
		return nil
	}
	return r.queueFeed(ctx, resp, text, known, out)
}

func (r *run) queueFeed(ctx context.Context, resp *Response, text []byte, known Listed, out *Outcome) error {
	req := resp.Request
	f, err := feed.Parse(text, resp.URL)
	switch {
	case err != nil && len(bytes.TrimSpace(text)) == 0:
		r.note(out, "feed not readable (empty)", req.URL)
		return nil
	case err != nil && resp.IsHTML():
		r.note(out, "feed is an HTML page", req.URL)
		return nil
	case err != nil:
		r.note(out, "feed not readable", req.URL)
		return nil
	case f.Cut:
		r.noteCut(out, "feed", counted(len(f.Items)+f.Left, "item", "items"), req.URL)
	case len(f.Items) == 0:
		r.note(out, "feed without items", req.URL)
	}
	if f.Left > 0 {
		r.missN(f.Left, fmt.Sprintf("feed item beyond the first %d", feed.MaxItems), req.URL.String())
	}
	var reqs []*Request
	var list Listing
	unusable := 0
	for i, it := range f.Items {
		u := r.announcedPage(resp, it.Bases, it.Link, "feed item", i)
		if u == nil {
			unusable++
			continue
		}
		if r.tooOldOrNew(u, it.Published, it.Updated) {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1,
			Priority: priorityNews, Due: r.claimed(req.URL, req.Visited, known, it.Updated),
			Hints: Hints{Title: it.Title, Published: it.Published, Modified: it.Updated, Authors: it.Authors, Language: it.Language, Source: "feed"}})
		list.Entries = append(list.Entries, Entry{u, r.past(it.Updated)})
	}
	noteUnusable(out, unusable, len(f.Items))
	if err := r.Frontier.Add(ctx, reqs...); err != nil {
		return err
	}
	_, err = r.list(ctx, resp, list)
	return err
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
