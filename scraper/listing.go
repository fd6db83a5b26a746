package scraper

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// listed returns what is known of a document that announces pages. same reports that it
// has the bytes that this crawl read before, so that nothing follows from it.
func (r *run) listed(ctx context.Context, resp *Response, out *Outcome) (known Listed, same bool, err error) {
	known, err = r.Frontier.Listed(ctx, resp.Request)
	return known, out.Unchanged && known.Rules != "" && known.Rules == r.rules(), err
}

// list notes what a document announces.
func (r *run) list(ctx context.Context, resp *Response, l Listing) (complete bool, err error) {
	l.Rules, l.At = r.rules(), r.at
	if resp.Truncated != "" {
		l.Whole = false
	}
	return r.Frontier.List(ctx, resp.Request, l)
}

// rules is the text that differs if the crawl would take other entries of a document.
func (r *run) rules() string {
	s := r.Scope
	return fmt.Sprint(s.Kind, " ", s.Include, " ", s.Exclude, " ", len(s.Skip), " ", s.FollowSeed, " ", r.Since.Unix(), " ", r.Until.Unix())
}

// past is t, which can make a page due again, unless it is in the future.
func (r *run) past(t time.Time) time.Time {
	if t.After(r.now()) {
		return time.Time{}
	}
	return t
}

// maxClaims is how many pages a document that is not proven makes due in a run by calling
// them modified. If these are found changed, the frontier knows the rest.
const maxClaims = 100

// claimed is when a page is due that a document calls modified; zero if it is not to be
// believed. doc is the document's URL, or that of the first page of a list, and visited
// when it was read last: what is older than that is not new.
func (r *run) claimed(doc *url.URL, visited time.Time, known Listed, modified time.Time) time.Time {
	t := r.past(modified)
	switch {
	case t.IsZero() || known.Untrusted:
		return time.Time{}
	case known.Proven || !t.After(visited):
		return t
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.claims[doc.String()]++; r.claims[doc.String()] > maxClaims {
		return time.Time{}
	}
	return t
}

// Of a sitemap with many entries whose times of modification all lie close together
// and not far back, these are the time when it was made, or when the site was.
const (
	manyStamps = 5
	stampSpan  = 10 * time.Minute
	stampAge   = 36 * time.Hour // it may be a day, in another zone
)

// areStamps reports whether the times of modification in a sitemap are those of its own
// making. Zero times are missing.
func areStamps(times []time.Time, now time.Time) bool {
	var newest time.Time
	for _, t := range times {
		if t.After(newest) {
			newest = t
		}
	}
	near := 0
	for _, t := range times {
		if !t.IsZero() && newest.Sub(t) <= stampSpan {
			near++
		}
	}
	return near >= manyStamps && near*10 >= len(times)*9 && now.Sub(newest) < stampAge
}
