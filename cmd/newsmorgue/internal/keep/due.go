package keep

import (
	"net/http"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// schedule sets when the URL is due again. Fronts, the feeds near them and lists are part
// of every refresh and need no date.
func (v *visit) schedule(out *scraper.Outcome, story bool, published string) {
	fetched, req := v.Exchanges[0].Start, v.Request
	url := req.URL.String()
	after := func(d time.Duration) time.Time { return fetched.Add(schedule.Spread(d, url)) }
	switch kind := req.Kind; {
	case out.Gone, v.isNowHTTPS():
		out.NextVisit = after(schedule.Gone)
	case story && isPassing(v.why):
		out.NextVisit = fetched.Add(time.Hour)
	case story:
		out.NextVisit = after(v.articleInterval(fetched, published))
	case kind == scraper.KindSitemap:
		if out.Interval = schedule.Sitemap(req.Interval, out.Unchanged); out.Interval > 0 {
			out.NextVisit = after(out.Interval)
		}
	case kind == scraper.KindFeed, kind == scraper.KindPage && !v.failed() && !out.Blocked:
		out.Interval, out.IfNew = schedule.Listing(req.Interval, isNear(req), url)
		out.NextVisit = after(out.Interval)
	}
}

// isNear reports whether the front page links to a page that nothing else announces.
// Feeds that it links to are part of every refresh.
func isNear(req *scraper.Request) bool {
	return req.Kind == scraper.KindPage && req.Depth <= 1 && req.Hints.Source == ""
}

// isPassing reports whether an answer in place of a story will be another one soon.
func isPassing(why catalog.Reason) bool {
	return why == catalog.ReasonPlaceholder || why == catalog.ReasonWall || why == catalog.ReasonTruncated
}

// articleInterval is the time until a story is visited again, by when it was last
// edited, or else published.
func (v *visit) articleInterval(fetched time.Time, published string) time.Duration {
	if v.changed {
		return schedule.Article(0)
	}
	latest := v.Request.Edited
	dates := []string{published}
	if v.a != nil && v.why == "" {
		dates = append(dates, v.a.Modified)
	}
	for _, date := range dates {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
			if t, err := time.Parse(layout, date); err == nil && t.After(latest) && !t.After(fetched.Add(24*time.Hour)) { // a later one is a mistake
				latest = t
			}
		}
	}
	switch {
	case !latest.IsZero():
		return schedule.Article(max(0, fetched.Sub(latest)))
	case v.Request.Visited.IsZero():
		return schedule.Undated(0)
	}
	return schedule.Undated(fetched.Sub(v.Request.Visited))
}

// isNowHTTPS reports whether the URL has become the same URL with https, which has visits
// of its own.
func (v *visit) isNowHTTPS() bool {
	if v.URL.Scheme != "http" || v.Status != http.StatusMovedPermanently && v.Status != http.StatusPermanentRedirect {
		return false
	}
	to, err := scraper.Resolve(v.URL, v.Header.Get("Location"))
	if err != nil {
		return false
	}
	same := *v.URL
	same.Scheme = "https"
	return to.String() == same.String()
}

// gone reports whether the site says that there is no longer an article at this URL: by
// the status, by sending its readers to the front page, or by a page that says so.
func (v *visit) gone() bool {
	if !article.Kind(v.held.Kind).Story() {
		return false
	}
	switch {
	case v.Status == http.StatusNotFound || v.Status == http.StatusGone || v.Status == http.StatusUnavailableForLegalReasons:
		return true
	case v.Status >= 300 && v.Status < 400 && v.Status != http.StatusNotModified:
		to, err := scraper.Resolve(v.URL, v.Header.Get("Location"))
		return err == nil && v.Header.Get("Location") != "" && to.Path == "/" && to.RawQuery == "" && v.URL.Path != "/" && scraper.SiteOf(to) == scraper.SiteOf(v.URL)
	}
	return (v.why == catalog.ReasonKind || v.why == catalog.ReasonPlaceholder) && v.a != nil && parsers.SaysNotFound(v.a)
}
