// Package fetch gets URLs over HTTP with colly and records each exchange as it
// was on the wire. It hides colly, decoding, byte and time limits, and the guard
// of private addresses. It follows no redirect and keeps no cookie.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// MaxBody is how much of a body is kept, decoded, unless Options say otherwise.
const MaxBody = 16 << 20 // the longest live blogs seen are near 5 MiB

// Options say how to fetch. The zero value works for public hosts.
type Options struct {
	UserAgent  string            // sent as it is
	From       string            // a mail address for the From field; none if empty
	MaxBody    int64             // decoded bytes kept of a body; MaxBody if zero
	Dial       map[string]string // host name → "ip:port" to dial instead of looking it up
	AllowHosts []string          // host names that may be private addresses: those the user named
	PerHost    int               // connections kept to a host; 1 if zero
	Budget     *scraper.Budget   // of all bodies in flight; nil is unbounded

	Header    http.Header    // sent with each request to one of Sites, and never kept
	Sites     []string       // site names, as of scraper.SiteOf, that Header is for
	Cookies   http.CookieJar // sent, never changed by answers; nil has none
	Proxy     *url.URL       // http, https or socks5; nil is none. The guard sees only literal addresses then
	TLSAccept []string       // host names whose certificates are accepted unseen, and marked
	AsSent    bool           // hand over the body with its content coding too

	// Decode and Flatten are those of every Response; see there.
	Decode  func(body []byte, contentType, host string) ([]byte, error)
	Flatten func(text []byte) *html.Node

	// Connect opens connections in place of the system's dialer, the guard and the
	// proxy: for servers in memory. It has the form of net.Dialer's DialContext.
	Connect func(ctx context.Context, network, addr string) (net.Conn, error)

	ConnectTimeout time.Duration // for a connection and its TLS; 15 s each if zero
	HeaderTimeout  time.Duration // until the response header; 60 s if zero
	StallTimeout   time.Duration // without a byte of the body; 60 s if zero
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
	colly     *colly.Collector
	transport *recorder
}

// callHeader carries a call's number through colly to the transport, which
// takes it off again: colly's requests share one context.
const callHeader = "Newsmorgue-Call"

// New returns a Fetcher.
func New(o Options) *Fetcher {
	o.fill()
	f := &Fetcher{transport: newRecorder(o)}
	c := colly.NewCollector()
	// Fields, not options: NewCollector also reads COLLY_… of the environment,
	// and none of that may change what is fetched.
	c.UserAgent = o.UserAgent
	c.Async = false
	c.IgnoreRobotsTxt = true        // RFC 9309 is the Crawler's
	c.AllowURLRevisit = true        // the frontier knows what was visited
	c.ParseHTTPErrorResponse = true // a 404 is an answer
	c.MaxBodySize = 0               // bodies are bounded after decoding, by the transport
	c.MaxDepth, c.MaxRequests = 0, 0
	c.AllowedDomains, c.DisallowedDomains, c.URLFilters, c.DisallowedURLFilters = nil, nil, nil, nil
	c.CacheDir = ""
	c.DetectCharset = false
	c.TraceHTTP = false
	c.WithTransport(f.transport)
	c.DisableCookies()
	c.SetRequestTimeout(0) // the transport has a limit for each phase
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	f.colly = c
	return f
}

// Close ends the connections that are kept.
func (f *Fetcher) Close() { f.transport.base.CloseIdleConnections() }

// Fetch asks for one URL. The error says why there was no answer and has a
// Reason method; with an answer that was cut, Truncated says why.
func (f *Fetcher) Fetch(ctx context.Context, r *scraper.Request) (*scraper.Response, error) {
	call := &call{ctx: ctx, req: r}
	id := f.transport.open(call)
	defer f.transport.calls.Delete(id)
	header := http.Header{callHeader: {strconv.FormatUint(id, 10)}}
	if slices.Contains(f.transport.Sites, scraper.SiteOf(r.URL)) {
		for name, values := range f.transport.Header {
			header[name] = values
		}
	}
	if f.transport.Cookies != nil {
		var pairs []string
		for _, c := range f.transport.Cookies.Cookies(r.URL) {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
		if len(pairs) > 0 {
			header.Set("Cookie", strings.Join(pairs, "; "))
		}
	}
	for name, values := range r.Header {
		header[name] = values
	}
	err := f.colly.Request(http.MethodGet, r.URL.String(), nil, nil, header)
	if call.resp != nil {
		// What colly makes of it, as a Location that is no URL, is no matter.
		return call.resp, nil
	}
	if call.err != nil {
		err = call.err
	}
	if err == nil {
		err = errors.New("colly sent no request")
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, classify(err)
}

// A call is one Fetch on its way through colly and the transport.
type call struct {
	ctx  context.Context
	req  *scraper.Request
	resp *scraper.Response
	err  error
}

// calls numbers and finds calls.
type calls struct {
	sync.Map
	last atomic.Uint64
}

func (r *recorder) open(c *call) uint64 {
	id := r.calls.last.Add(1)
	r.calls.Store(id, c)
	return id
}

func (r *recorder) take(h http.Header) (*call, error) {
	id, err := strconv.ParseUint(h.Get(callHeader), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("request without a call: %w", err)
	}
	v, ok := r.calls.Load(id)
	c, isCall := v.(*call)
	if !ok || !isCall {
		return nil, errors.New("request of an unknown call")
	}
	return c, nil
}

// secret are the header fields whose values never reach a record.
var secret = map[string]bool{"cookie": true, "authorization": true, "proxy-authorization": true, "set-cookie": true, "set-cookie2": true}

// redact replaces the values of secret fields in a message's head; own are
// those that the user gave, which may be anything.
func redact(head []byte, own http.Header) []byte {
	text := string(head)
	lower := strings.ToLower(text)
	if len(own) == 0 && !strings.Contains(lower, "cookie") && !strings.Contains(lower, "authorization") {
		return head
	}
	isSecret := func(name string) bool {
		_, given := own[http.CanonicalHeaderKey(name)]
		return given || secret[strings.ToLower(name)]
	}
	var b strings.Builder
	hidden := false
	for i, line := range strings.SplitAfter(text, "\n") {
		name, _, isField := strings.Cut(line, ":")
		folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		switch {
		case folded && hidden:
			continue
		case i > 0 && isField && !folded && isSecret(strings.TrimSpace(name)):
			hidden = true
			b.WriteString(name + ": [removed]\r\n")
			continue
		}
		hidden = false
		b.WriteString(line)
	}
	return []byte(b.String())
}
