package scraper

import (
	"context"
	"errors"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/wpjson"
)

// followList queues the posts of WordPress' list and its next page. On a postponed
// visit it goes no further than what has changed since the one before, unless the number
// of posts says that there is more to know. What is wrong with the list is counted and
// noted in out.
func (r *run) followList(ctx context.Context, resp *Response, out *Outcome) error {
	req := resp.Request
	if resp.IsHTML() {
		r.note(out, "list of WordPress is an HTML page", req.URL)
		return nil
	}
	text, err := resp.Text()
	var list *wpjson.List
	if err == nil {
		list, err = wpjson.Parse(text, resp.Header)
	}
	var refusal *wpjson.Refusal
	switch {
	case errors.As(err, &refusal):
		r.note(out, "list of WordPress is closed", req.URL)
		return nil
	case err != nil:
		r.note(out, "list of WordPress not readable", req.URL)
		return nil
	case list.Cut:
		r.noteCut(out, "list of WordPress", counted(len(list.Posts), "post", "posts"), req.URL)
	}
	named := Listing{First: wpjson.WithPage(req.URL, 1), Page: wpjson.Page(req.URL), Pages: list.Pages, Total: list.Total, Whole: !list.Cut && list.Pages > 0}
	known, err := r.Frontier.Listed(ctx, &Request{Site: req.Site, URL: named.First})
	if err != nil {
		return err
	}
	var reqs []*Request
	older, unusable := false, 0
	for i, p := range list.Posts {
		older = older || !req.Visited.IsZero() && !p.Modified.IsZero() && p.Modified.Before(req.Visited.Add(-time.Hour))
		u := r.announcedPage(resp, nil, p.URL, "post in the list of WordPress", i)
		if u == nil {
			unusable++
			continue
		}
		named.Entries = append(named.Entries, Entry{u, r.past(p.Modified)})
		if r.tooOldOrNew(u, p.Published, p.Modified) {
			continue
		}
		reqs = append(reqs, &Request{URL: u, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Site: r.Site, Depth: 1,
			Priority: priorityAnnounced, Due: r.claimed(named.First, req.Visited, known, p.Modified), Hints: Hints{Title: p.Title, Published: p.Published, Modified: p.Modified, Source: "wp-json"}})
	}
	noteUnusable(out, unusable, len(list.Posts))
	if err := r.Frontier.Add(ctx, reqs...); err != nil {
		return err
	}
	complete, err := r.list(ctx, resp, named)
	next := list.Next(req.URL)
	if err != nil || next == nil || older && complete {
		return err
	}
	return r.Frontier.Add(ctx, &Request{URL: next, Via: req.URL, Hop: HopManifest, Hops: hops(req.Hops, HopManifest), Kind: KindList, Site: r.Site,
		Depth: req.Depth, Priority: prioritySitemap, Due: r.now()})
}
