package fetch

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// newCollector returns the collector that every fetch clones.
func newCollector(userAgent string, t http.RoundTripper) *colly.Collector {
	c := colly.NewCollector()
	// Fields, not options: NewCollector also reads COLLY_… from the environment,
	// which must not change what is fetched.
	c.UserAgent = userAgent
	c.Async = false
	c.IgnoreRobotsTxt = true        // the Crawler obeys RFC 9309
	c.AllowURLRevisit = true        // the frontier knows what was visited
	c.ParseHTTPErrorResponse = true // a 404 is an answer
	c.MaxBodySize = 0               // bodies are bounded after decoding, by the transport
	c.MaxDepth, c.MaxRequests = 0, 0
	c.AllowedDomains, c.DisallowedDomains, c.URLFilters, c.DisallowedURLFilters = nil, nil, nil, nil
	c.CacheDir = ""
	c.DetectCharset = false
	c.TraceHTTP = false
	c.WithTransport(t)
	c.DisableCookies()
	c.SetRequestTimeout(0) // the transport has a limit for each phase
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	return c
}

// callKey is the context key of the call that a request belongs to.
type callKey struct{}

// A call is one Fetch on its way through colly and the transport. One goroutine
// runs it.
type call struct {
	req       *scraper.Request
	collector *colly.Collector
	answer    *answer           // from the response header on
	resp      *scraper.Response // when the body was read or refused
	err       error
}

// onHeaders decides by the response header whether the body is read at all, and
// whether it is parsed if it is a page.
func (c *call) onHeaders(r *colly.Response) {
	switch {
	case c.answer.tooLarge():
		r.Request.Abort()
	case c.req.Kind == scraper.KindPage && r.StatusCode >= 200 && r.StatusCode < 300:
		c.collector.OnResponse(c.onResponse)
		c.collector.OnHTML("html > head", c.onHTML)
	}
}

// onResponse gives colly the text of a page: a body that it reads itself grows, and
// is copied, step by step.
func (c *call) onResponse(r *colly.Response) {
	if !c.resp.IsHTML() {
		return
	}
	if text, err := c.resp.Text(); err == nil {
		r.Body = text
	}
}

// onHTML takes the tree that colly has parsed, by its head: every tree has one, and
// colly copies the text of the element.
func (c *call) onHTML(e *colly.HTMLElement) {
	for n := e.DOM.Nodes[0]; n != nil; n = n.Parent {
		if n.Type == html.DocumentNode {
			c.resp.SetDocument(n)
		}
	}
}

// onError takes the reason why there is no answer. If there is one, colly could not
// parse it, and Document makes its tree.
func (c *call) onError(_ *colly.Response, err error) {
	if c.resp != nil {
		return
	}
	if of, ok := errors.AsType[*url.Error](err); ok {
		err = of.Err // without the URL, which may have any words in it
	}
	c.err = classify(err)
}
