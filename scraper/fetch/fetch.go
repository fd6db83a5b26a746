// Package fetch gets URLs over HTTP with colly and records each exchange as it
// was on the wire. It hides colly, content codings, byte and time limits, and the
// guard of private addresses. It follows no redirect and keeps no cookie; those of a
// chain of redirects come with the request.
//
// colly carries each fetch: a clone of one collector sends the request, reads the
// answer and parses the page. Its callbacks refuse what is too large by its header
// (OnResponseHeaders), hand over the text to parse (OnResponse), give the tree that
// links and readers share (OnHTML), and say why there is no answer (OnError). Below
// colly, a transport of ours records the bytes, bounds and decodes them; colly gets
// text in UTF-8 and the record keeps the original.
//
// Servers make mistakes, and browsers show their pages nevertheless. So do we, in three
// places: heads and chunks that net/http would refuse are written anew below it
// (cleanHead, chunks), content codings are removed as far as they go (DecodeContent),
// and a Content-Type that is not valid leaves the decision to the first bytes
// (Options.DetectHTML). The recorded exchange has the head and the digest of the bytes
// as they were sent.
//
// What colly does not do well enough for this work stays outside it:
//   - the visited set, which is in memory, has no bound and marks a URL before it is
//     fetched: the frontier knows what was visited;
//   - robots.txt, which colly caches for ever and rejects whole for one bad line:
//     scraper/robots follows RFC 9309;
//   - limits, which are for each rule and not for each host, and redirects, which are
//     followed past robots.txt and recorded by their last answer only: the frontier
//     times the hosts, and each redirect is a request of its own;
//   - links: an OnHTML callback for each a[href] copies the element's text and parses
//     the URL by two parsers. On a page with 310 links that is 58 allocations and
//     1.1 kB per link; Response.Links takes 3 allocations and 0.5 kB from the tree.
//
// A callback copies the text of its element as well; that for the tree is called
// for the head, which has little.
package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// MaxBody is the default of Options.MaxBody.
const MaxBody = 16 << 20 // the longest live blogs seen are near 5 MiB

// Options say how to fetch. The zero value fetches from public hosts, and takes no
// answer for an HTML page: see DetectHTML.
type Options struct {
	UserAgent  string            // sent as it is
	From       string            // a mail address for the From field; none if empty
	MaxBody    int64             // in bytes, decoded; a longer body is truncated. MaxBody if zero
	Dial       map[string]string // host name → "ip:port" to dial instead of looking it up
	AllowHosts []string          // host names that may have private addresses: those the user named
	PerHost    int               // connections kept to a host; 1 if zero
	Budget     *scraper.Budget   // of all bodies in flight; nil is unbounded

	Header    http.Header    // sent with each request to one of Sites, and never recorded
	Sites     []string       // site names, as of scraper.SiteOf, that Header is for
	Cookies   http.CookieJar // sent; Set-Cookie changes nothing in it. None if nil
	Proxy     *url.URL       // http, https or socks5; none if nil. The guard then sees literal addresses only
	TLSAccept []string       // host names whose certificates are not verified; records note it
	AsSent    bool           // return the body with its content coding too

	// Received is called about once a second while a body comes, with the bytes that
	// came so far; it must be fast. Nil is not called.
	Received func(r *scraper.Request, bytes int64)

	// DetectHTML, Decode, EncodeQuery and Parse are those of every Response; see there.
	DetectHTML  func(contentType string, body []byte) bool
	Decode      func(body []byte, contentType, host string) ([]byte, error)
	EncodeQuery func(body []byte, contentType, host string) func(query string) string
	Parse       func(text []byte) *html.Node

	// Connect opens connections in place of the system's dialer, the guard and the
	// proxy: for servers in memory. It has the form of net.Dialer's DialContext.
	Connect func(ctx context.Context, network, addr string) (net.Conn, error)

	ConnectTimeout time.Duration // for a connection and its TLS; 15 s each if zero
	HeaderTimeout  time.Duration // until the response header; 60 s if zero
	StallTimeout   time.Duration // without any byte of the body; 60 s if zero
	BodyTimeout    time.Duration // for a whole body; 5 min if zero
}

func (o *Options) fill() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.ConnectTimeout, 15*time.Second)
	set(&o.HeaderTimeout, 60*time.Second)
	set(&o.StallTimeout, 60*time.Second)
	set(&o.BodyTimeout, 5*time.Minute)
	if o.MaxBody == 0 {
		o.MaxBody = MaxBody
	}
	if o.PerHost == 0 {
		o.PerHost = 1
	}
	if o.UserAgent == "" {
		o.UserAgent = "newsmorgue"
	}
}

// A Fetcher is a scraper.Fetcher. It is safe for many goroutines.
type Fetcher struct {
	collector *colly.Collector // cloned for each fetch
	transport *recorder
}

// New returns a Fetcher.
func New(o Options) *Fetcher {
	o.fill()
	t := &recorder{Options: o}
	t.base = t.newTransport()
	return &Fetcher{newCollector(o.UserAgent, t), t}
}

// Close closes idle connections.
func (f *Fetcher) Close() { f.transport.base.CloseIdleConnections() }

// Fetch fetches one URL. The error says why there was no answer and has a Reason
// method; if the body is incomplete, Truncated says why.
func (f *Fetcher) Fetch(ctx context.Context, r *scraper.Request) (*scraper.Response, error) {
	c := &call{req: r, collector: f.collector.Clone()}
	c.collector.Context = context.WithValue(ctx, callKey{}, c)
	c.collector.OnResponseHeaders(c.onHeaders)
	c.collector.OnError(c.onError)
	err := c.collector.Request(http.MethodGet, r.URL.String(), nil, nil, f.header(r))
	switch {
	case c.resp != nil:
		return c.resp, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.err != nil:
		return nil, c.err
	case err == nil:
		err = errors.New("no request was sent")
	}
	return nil, classify(err) // colly refused the URL
}

// header is the header fields that depend on the request.
func (f *Fetcher) header(r *scraper.Request) http.Header {
	header := http.Header{}
	if slices.Contains(f.transport.Sites, scraper.SiteOf(r.URL)) {
		for name, values := range f.transport.Header {
			header[name] = values
		}
	}
	if pairs := f.cookies(r); len(pairs) > 0 {
		header.Set("Cookie", strings.Join(pairs, "; "))
	}
	for name, values := range r.Header {
		header[name] = values
	}
	return header
}

// cookies are the user's own and, before those of the same name, the ones that the
// redirects before the request have set.
func (f *Fetcher) cookies(r *scraper.Request) (pairs []string) {
	named := map[string]bool{}
	for _, c := range r.Cookies() {
		named[c.Name] = true
		pairs = append(pairs, pair(c))
	}
	if f.transport.Cookies == nil {
		return pairs
	}
	for _, c := range f.transport.Cookies.Cookies(r.URL) {
		if !named[c.Name] {
			pairs = append(pairs, pair(c))
		}
	}
	return pairs
}

func pair(c *http.Cookie) string {
	if c.Quoted {
		return c.Name + `="` + c.Value + `"`
	}
	return c.Name + "=" + c.Value
}
