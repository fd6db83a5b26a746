package scraper

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// Resolve reads a URL as it is written in a feed, a sitemap or a header field, relative
// to base, as browsers do; see package weburl. The result has no fragment.
func Resolve(base *url.URL, ref string) (*url.URL, error) {
	if strings.HasPrefix(ref, "https://") || strings.HasPrefix(ref, "http://") {
		return weburl.Parse(ref) // the base says nothing about it
	}
	return weburl.NewBase(base, nil).Parse(ref)
}

// usable resolves and normalizes a URL that something names: what says what, for the
// counts, req where. A URL that cannot be fetched gives nil and is counted.
func (r *run) usable(base *url.URL, ref, what string, req *Request) *url.URL {
	u, err := Resolve(base, ref)
	if err == nil {
		u, err = Normalize(u)
	}
	if err == nil {
		return u
	}
	r.missKey(whyUnusable(what, err), ref, shorten(ref)+" in "+req.URL.String())
	return nil
}

// whyUnusable is the reason under which a URL that is not fetched is counted.
func whyUnusable(what string, err error) string {
	if t, ok := errors.AsType[*Trap](err); ok {
		return t.Error()
	}
	switch {
	case errors.Is(err, weburl.ErrTooLong):
		return trapLength.Error()
	case errors.Is(err, weburl.ErrScheme):
		return what + " that is neither http nor https"
	}
	return what + " without a valid URL"
}

// links lists the links of an answer, and counts those that cannot be used.
func (r *run) links(resp *Response) PageLinks {
	found := resp.FindLinks(r.Assets)
	for _, l := range found.Unusable {
		if l.Kind != KindPage || r.Scope.Kind != "page" {
			r.missLink(l, resp.Request)
		}
	}
	if found.More {
		r.miss("page of over 20000 links", resp.URL.String())
	}
	if found.NoFollow > 0 && r.Scope.Kind != "page" {
		r.miss(LinksNotFollowed+"the page asks not to (nofollow)", resp.URL.String())
	}
	return found
}

// missLink counts a link that cannot be used: once in a run, however many pages have
// it, as a menu's would be.
func (r *run) missLink(l UnusableLink, req *Request) {
	text := shorten(l.Text)
	r.missKey(whyUnusable("link", l.Err), text, text+" in "+req.URL.String())
}

// shorten returns the beginning of a text that someone else wrote, in one line.
func shorten(text string) string {
	const most = 200
	cut := text[:min(len(text), most)]
	for cut != "" && len(cut) < len(text) && !utf8.RuneStart(text[len(cut)]) {
		cut = cut[:len(cut)-1]
	}
	short := strings.Join(strings.Fields(strings.ToValidUTF8(cut, "\ufffd")), " ")
	if len(cut) < len(text) {
		short += "…"
	}
	return short
}

// withASCIIHost is req with the host of its URL in ASCII. Frontiers of earlier versions
// have URLs whose host is in Unicode; no record has such a URL.
func withASCIIHost(req *Request) *Request {
	for i := range len(req.URL.Host) {
		if req.URL.Host[i] < utf8.RuneSelf {
			continue
		}
		u, err := weburl.Normalize(req.URL)
		if err != nil {
			return req // there is no such host, and the fetch will say so
		}
		ascii := *req
		ascii.URL = u
		return &ascii
	}
	return req
}
