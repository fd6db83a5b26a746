package scraper

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// An ending is how a request ended, and where its answer leads.
type ending struct {
	Outcome
	moved  bool     // the answer is a redirect, whether by HTTP or by a page
	led    bool     // which was followed
	target *url.URL // of the redirect
	next   *Request // the next URL of a chain of redirects with cookies, if it is to be asked at once
	front  string   // what is wrong with the page of a seed; empty if nothing is
	empty  bool     // the answer is a page without anything in it
}

// The reasons why a redirect leads nowhere.
const (
	reasonNoLocation = "redirect without a Location"
	reasonNoURL      = "redirect without a valid URL"
	reasonItself     = "redirects to itself"
	reasonItselfMore = "redirects to itself, although its cookies were sent back"
	reasonLoop       = "redirects in a loop"
	reasonTooOften   = "redirected too often"
)

// isRedirect reports whether a status refers to another URL (RFC 9110, section 15.4).
func isRedirect(status int) bool {
	return status >= 300 && status < 400 && status != http.StatusNotModified
}

// followRedirect queues the target of a redirect by HTTP.
func (r *run) followRedirect(ctx context.Context, resp *Response, e *ending) error {
	location := strings.TrimSpace(resp.Header.Get("Location"))
	if location == "" {
		if _, ref, ok := parseRefresh(resp.Header.Get("Refresh")); ok {
			location = ref
		}
	}
	if location == "" {
		e.Result, e.Reason = ResultFailed, reasonNoLocation
		return r.followBody(ctx, resp)
	}
	target := r.usable(resp.URL, location, "redirect", resp.Request)
	if target == nil { // counted
		e.Reason = reasonNoURL
		return nil
	}
	return r.redirect(ctx, resp, target, e)
}

// Pages with fewer visible words only send their readers on.
const (
	thinSplash = thinPage // by a refresh within seconds
	thinScript = 10       // by a script
	thinFrame  = 10       // by showing another page in a frame
)

// followRefresh takes a page's refresh within seconds as a redirect if the page has
// little else, and so a script that only loads another page. On a page to read, such
// as one of a slide show, it is a link like others; that of a seed extends the scope
// all the same.
func (r *run) followRefresh(ctx context.Context, resp *Response, links []Link, e *ending) error {
	req := resp.Request
	doc, err := resp.Document()
	if err != nil && (!errors.Is(err, ErrNotHTML) || len(resp.Body) > 0) {
		return nil // another document, or one without a tree
	}
	words := 0
	if doc != nil {
		words = visibleWords(doc, thinSplash)
	}
	var target *url.URL
	refresh := quickRefresh(links)
	switch {
	case refresh != nil:
		target, err = Normalize(refresh.URL)
	case doc != nil && words < thinScript && !slices.ContainsFunc(links, func(l Link) bool { return l.Kind == KindPage }):
		target, err = scriptTarget(resp.URL, doc)
	}
	if err != nil || target == nil {
		return nil // what is wrong with a link is counted with the links
	}
	switch {
	case target.String() == req.URL.String() && (words >= thinSplash || len(resp.Header.Values("Set-Cookie")) == 0):
		return nil // it reloads itself
	case words < thinSplash:
		return r.redirect(ctx, resp, target, e)
	case r.onSeedPath(req):
		r.Scope.Redirected(req.URL, target)
	}
	return nil
}

// scriptTarget is where the scripts of a page send the browser; nil if nowhere.
func scriptTarget(base *url.URL, doc *html.Node) (*url.URL, error) {
	ref := scriptRedirect(doc)
	if ref == "" {
		return nil, nil
	}
	u, err := Resolve(base, ref)
	if err != nil {
		return nil, err
	}
	return Normalize(u)
}

// redirect queues the target of a redirect; scope, robots.txt and the host's delay
// apply to it as to any other URL.
func (r *run) redirect(ctx context.Context, resp *Response, target *url.URL, e *ending) error {
	req := resp.Request
	e.moved, e.target = true, target
	cookies, err := req.chain.extend(resp)
	if err != nil {
		return err
	}
	if why := r.endless(req, target, cookies); why != "" {
		e.Result, e.Reason = ResultFailed, why
		return nil
	}
	if r.onSeedPath(req) && !r.moved(req, target) {
		e.Reason = "leads to another site"
		r.miss("redirect: another site", target.String())
		return nil
	}
	next := &Request{URL: target, Via: req.URL, Hop: HopRedirect, Hops: req.Hops + string(HopRedirect), Kind: req.Kind, Site: r.Site,
		Depth: req.Depth, Priority: req.Priority, Hints: req.Hints, Due: req.Due, chain: cookies}
	if why := r.outside(next); why != "" {
		e.Reason = "redirect: " + why
		r.miss(e.Reason, target.String())
		return nil
	}
	e.led = true
	if cookies != nil {
		e.next = next // Follow queues it
		return nil
	}
	return r.Frontier.Add(ctx, next)
}

// maxTargets bounds what endless remembers.
const maxTargets = 100_000

// endless says why a redirect is not followed: it leads back to where it came from,
// or it is one of too many.
func (r *run) endless(req *Request, target *url.URL, cookies *chain) string {
	from, to := req.URL.String(), target.String()
	switch {
	case cookies != nil && cookies.lead(target):
		return ""
	case cookies != nil && cookies.hops >= maxRedirects && !cookies.repeat:
		return reasonTooOften
	case cookies != nil && len(cookies.cookies(target)) > 0:
		return reasonItselfMore
	case from == to:
		return reasonItself
	case cookies != nil, req.Hop == HopRedirect && req.Via != nil && req.Via.String() == to:
		return reasonLoop
	case len(req.Hops)-len(strings.TrimRight(req.Hops, string(HopRedirect))) >= maxRedirects:
		return reasonTooOften
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for at, n := to, 0; at != "" && n < maxRedirects; at, n = r.targets[at], n+1 {
		if at == from {
			return reasonLoop
		}
	}
	if len(r.targets) < maxTargets {
		r.targets[from] = to
	}
	return ""
}
