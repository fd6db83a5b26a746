package scraper

import (
	"errors"
	"net/url"
	"strings"
)

// Resolve reads a URL as it is written in a page, a feed, a sitemap or a header field,
// relative to base.
func Resolve(base *url.URL, ref string) (*url.URL, error) {
	return base.Parse(strings.TrimSpace(ref))
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
	reason := what + " without a valid URL"
	switch t, trapped := errors.AsType[*Trap](err); {
	case trapped:
		reason = t.Error()
	case otherScheme(strings.TrimSpace(ref)):
		reason = what + " that is neither http nor https"
	}
	r.missOnce(reason, ref+" in "+req.URL.String())
	return nil
}
