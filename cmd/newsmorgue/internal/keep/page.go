package keep

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/robots"
)

// FetchPage fetches one page and archives nothing. It obeys robots.txt and follows
// redirects.
func FetchPage(ctx context.Context, u *url.URL, software string) (*article.Page, error) {
	f := newFetcher(fetch.Options{UserAgent: Settings{Software: software}.userAgent(), AllowHosts: []string{u.Hostname()}})
	defer f.Close()
	for range 10 {
		rules, err := f.Fetch(ctx, &scraper.Request{URL: &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.Host, err)
		}
		if rules.Status == 200 {
			file, err := robots.Parse(bytes.NewReader(rules.Body))
			if err == nil && !file.Allowed("newsmorgue", u) {
				return nil, fmt.Errorf("%s: robots.txt disallows it", u)
			}
		} else if rules.Status >= 500 {
			return nil, fmt.Errorf("%s: robots.txt gave HTTP %d, so nothing may be fetched now", u.Host, rules.Status)
		}
		resp, err := f.Fetch(ctx, &scraper.Request{URL: u})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u, err)
		}
		if resp.Status >= 300 && resp.Status < 400 && resp.Header.Get("Location") != "" {
			next, err := scraper.Resolve(u, resp.Header.Get("Location"))
			if err == nil {
				next, err = scraper.Normalize(next)
			}
			if err != nil {
				return nil, fmt.Errorf("%s redirects to %q: %w", u, resp.Header.Get("Location"), err)
			}
			u = next
			continue
		}
		if resp.Status < 200 || resp.Status > 299 {
			return nil, fmt.Errorf("%s: HTTP %d", u, resp.Status)
		}
		return &article.Page{URL: u, HTML: resp.Body, Header: resp.Header, Fetched: time.Now()}, nil
	}
	return nil, fmt.Errorf("%s: redirected more than ten times", u)
}
