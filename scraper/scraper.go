// Package scraper crawls sites politely: it decides what is fetched, when and how
// often, and hands every answer to a Handler. It neither archives nor reads what it
// fetches.
//
// The crawl loop is Crawler.Run, which calls three interfaces: a Frontier says
// which URL is due, a Fetcher gets it, a Handler keeps it.
package scraper

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/net/html"
)

// Hop says how a URL was found, in the letters of Heritrix' hop paths.
type Hop string

// The hops that newsmorgue knows.
const (
	HopSeed     Hop = ""  // named by the user
	HopLink     Hop = "L" // a link of a page
	HopEmbed    Hop = "E" // something a page needs to be shown: style, image, script
	HopRedirect Hop = "R" // the target of a redirect, also of one by a page (see Link.Refresh)
	HopPrereq   Hop = "P" // robots.txt
	HopManifest Hop = "M" // announced by a feed or sitemap, or itself one
)

// Kind says what the answer to a request is expected to be, and so how it is read.
type Kind string

// The kinds of a request.
const (
	KindPage    Kind = ""        // a page: links are followed, an article may be read
	KindAsset   Kind = "asset"   // kept, not read, except style sheets for their links
	KindRobots  Kind = "robots"  // robots.txt
	KindSitemap Kind = "sitemap" // a sitemap or sitemap index
	KindFeed    Kind = "feed"    // RSS, Atom or JSON feed
	KindList    Kind = "list"    // WordPress' list of posts
)

// Hints are what is known about a page before it is fetched; all may be empty.
type Hints struct {
	Title     string    `json:"title,omitempty"`
	Published time.Time `json:"published,omitzero"` // as announced, offset kept
	Modified  time.Time `json:"modified,omitzero"`
	Authors   []string  `json:"authors,omitempty"`
	Language  string    `json:"language,omitempty"`
	Source    string    `json:"source,omitempty"` // "feed", "sitemap", "news-sitemap" or "wp-json"
}

// A Request is one URL to fetch.
type Request struct {
	URL   *url.URL
	Via   *url.URL // where it was found; nil for a seed
	Hop   Hop
	Hops  string // the path of hops from the seed, this one included
	Kind  Kind
	Site  string // the run it belongs to, as in archive's site names: host without www., with a port that is not the scheme's own
	Depth int    // links from the seed
	// Priority orders the queue of a host: lower is asked for earlier.
	Priority int
	Due      time.Time // not before; zero means now
	Header   http.Header
	Hints    Hints
	Attempt  int // earlier tries without an answer
	// Visited is when it was fetched last, as far as the frontier knows; if it is
	// zero, its links may be unknown, so the request is not conditional.
	Visited time.Time
	// What the frontier knows besides of a URL that was visited before.
	Edited   time.Time     // when it was last found changed; zero if never
	Gone     bool          // as its last Outcome said
	Interval time.Duration // likewise

	chain *chain // of redirects with cookies that it belongs to; nil if none
}

// Cookies are what the redirects that led to this request have set for its URL. A
// Fetcher sends them and never records their values.
func (r *Request) Cookies() []*http.Cookie { return r.chain.cookies(r.URL) }

// An Exchange is one request and its answer as they were on the wire.
type Exchange struct {
	URL        *url.URL
	Start      time.Time
	Elapsed    time.Duration
	RemoteAddr string   // ip:port
	Protocol   []string // as WARC-Protocol has it: "http/1.1", "tls/1.3"
	Unverified string   // why the certificate, which the user accepted, is not trusted
	Request    []byte   // start line and header; values of cookies and credentials removed
	// Response is the start line and header as they came, to the empty line,
	// values of cookies removed. The two fields below identify the bytes of the
	// body, which the Response has decoded.
	Response   []byte
	WireLength int64    // bytes after the header, framing and coding included
	WireSHA256 [32]byte // of these
}

// Head is the response's start line and header.
func (x *Exchange) Head() []byte { return x.Response }

// A Response is the answer to a Request. A status such as 404 or 301 is an answer.
type Response struct {
	Request *Request
	URL     *url.URL
	Status  int
	Header  http.Header
	// Body is decoded: no transfer or content coding, at most the Fetcher's limit.
	Body []byte
	// AsSent is the body with its content codings, if it had any and the Fetcher was
	// set up to return it; else nil.
	AsSent []byte
	// Truncated says why Body is not whole: "length", "time", "disconnect",
	// "unspecified" (the coded data itself ends early or is damaged) or "".
	Truncated string
	// CodingFlaw says what was wrong with the body's content codings, in the words that
	// archive/FORMAT.md has for it, separated by commas; "" if nothing was.
	CodingFlaw string
	Exchanges  []*Exchange
	// Release returns the body's share of the fetcher's memory budget; nil if it has
	// none. The Crawler calls it when the body is no longer needed.
	Release func()

	// How bytes become a tree is injected: scraper has no rules of its own for it, so
	// that whoever reads the page later sees the same tree. contentType is what the
	// method ContentType returns, host the name of the server.

	// DetectHTML reports whether a body is an HTML page. If it is nil, none is, and no
	// links are followed but those of style sheets, feeds and sitemaps.
	DetectHTML func(contentType string, body []byte) bool
	// Decode returns a body in UTF-8. Nil leaves bytes as they are.
	Decode func(body []byte, contentType, host string) ([]byte, error)
	// EncodeQuery returns how the links of a page write what is not ASCII in a query, in
	// the encoding that Decode finds; nil if that is UTF-8. It is only called for pages
	// that have such a link. Nil is UTF-8 for all.
	EncodeQuery func(body []byte, contentType, host string) func(query string) string
	// Parse makes the tree of a page in UTF-8. Nil is html.Parse, which refuses pages
	// that are nested too deep; they have no tree then.
	Parse func(text []byte) *html.Node

	once   sync.Once
	doc    *html.Node
	docErr error
}

// Errors by which callers decide.
var (
	ErrNotHTML = errors.New("not an HTML page")
	// ErrDrained is returned by Frontier.Next when nothing is queued and nothing is leased.
	ErrDrained = errors.New("frontier is drained")
	// ErrRefused is wrapped by a Fetcher that does not send a request: to a private address, or with a scheme other than http and https.
	ErrRefused = errors.New("refused")
	// ErrNoHost is wrapped by a Fetcher if the host's name does not exist.
	ErrNoHost = errors.New("no such host")
	// ErrTLS is wrapped by a Fetcher if the server's certificate or its kind of TLS is
	// not accepted.
	ErrTLS = errors.New("no trusted TLS connection")
)

// A Fetcher fetches one URL. It does not follow a redirect: the Crawler decides
// about its target. An error means that there was no answer at all.
type Fetcher interface {
	Fetch(ctx context.Context, r *Request) (*Response, error)
}

// A Lease is a Request handed out by a Frontier. Its host gets no other request until Done.
type Lease struct {
	*Request
	ID int64
}

// Result says what happened to a request.
type Result string

// The results. Everything but ResultKept comes with a Reason; with ResultKept, a Reason
// says what is wrong with the feed, sitemap or list that was kept.
const (
	ResultKept    Result = "kept"    // an answer was kept
	ResultSkipped Result = "skipped" // not fetched: robots, scope after a redirect, a limit
	ResultFailed  Result = "failed"  // no answer, and no further try
	ResultRetry   Result = "retry"   // no answer or asked to wait; fetched again at NextVisit
)

// An Outcome is how a Lease ended.
type Outcome struct {
	Result     Result
	Status     int           // HTTP status, 0 without an answer
	Reason     string        // why not kept: "robots.txt", "timeout", "HTTP 429 on every try", …; why a redirect was not followed
	Kind       string        // what the Handler calls the page, to be shown; empty if it was not read
	Article    bool          // it counts as an article
	Part       bool          // it is a further page of an article
	Text       uint64        // a hash of what an article says, by which copies under other URLs are known; 0 if there is none
	Blocked    bool          // it is a bot wall in place of the page
	Gone       bool          // it was an article, and the site says that there is none any more
	Unchanged  bool          // it has the bytes of the answer before
	Changed    bool          // it is an article that says something else than before
	HostRest   time.Duration // from the end of this answer to the host's next request
	RetryAfter time.Duration // the host asked to wait this long
	RemoteAddr string        // hosts that share an address count as one
	NextVisit  time.Time     // when this URL is due again; zero if it has no date
	// Interval is how long NextVisit was set after this visit, for what is not an article:
	// how often it is worth a visit is learned. If this visit turns out to have brought
	// an article that nothing else announced, IfNew is the interval instead; 0 leaves it.
	Interval, IfNew time.Duration
	Priority        int // of a request that is put back (ResultRetry without NextVisit): its new place in the queue; 0 leaves it where it is
}

// A Frontier knows which URLs are due and when their hosts may get a request.
// It is safe for use by many goroutines.
type Frontier interface {
	// Add queues requests. A URL that its Site knows already is never queued a
	// second time; Add may raise its priority and bring its Due forward. One that
	// is done becomes due again only by a Due that is later than its last visit.
	Add(ctx context.Context, reqs ...*Request) error
	// Next waits until a host's delay has passed and leases one of its URLs of these sites.
	// It returns ErrDrained when nothing that this run should wait for is queued
	// and nothing is leased.
	Next(ctx context.Context, sites ...string) (*Lease, error)
	// Done ends a lease and frees its host for the next request after o.HostRest,
	// or o.RetryAfter if that is more. ResultRetry queues the URL again, for
	// o.NextVisit; with a zero NextVisit it counts as not leased, and o.Priority may
	// give it another place in the queue.
	Done(ctx context.Context, l *Lease, o Outcome) error
	// Follow is Done for l, and then leases next before any other URL of its host, as
	// soon as that host may get a request: nobody comes between two redirects of a
	// chain. It queues next if that is unknown, or known as a redirect. The lease is
	// nil if next has another answer already or is leased to somebody else, if its
	// host must rest for too long, or if ctx is done; next then waits in the queue, if
	// it is not done.
	Follow(ctx context.Context, l *Lease, o Outcome, next *Request) (*Lease, error)
	// Listed returns what is known of a document that announces pages.
	Listed(ctx context.Context, doc *Request) (Listed, error)
	// List takes what such a document announces now, after its entries were added. The
	// entries of a document that is Whole, or of all pages of a list together, replace
	// those before, so that a frontier knows what is no longer announced. complete says
	// that a list has as many entries as it says that it has.
	List(ctx context.Context, doc *Request, l Listing) (complete bool, err error)
}

// A Listing is what a document announces: a sitemap or index of sitemaps, a feed, or a
// page of a list.
type Listing struct {
	Entries     []Entry
	First       *url.URL // the first page of the list that the document is a page of; nil for one that stands alone
	Page, Pages int      // of such a list
	Total       int      // entries that the list says it has; 0 if it does not say
	// Whole says that everything is named that the site has of this kind, and was read:
	// not by a feed or a news sitemap, which name the latest, nor by what is cut off.
	Whole bool
	// Rules is a text that differs if the crawl would take other entries from the same
	// document.
	Rules string
	// At is when the document was had; zero is now.
	At time.Time
}

// An Entry is one URL that a document announces.
type Entry struct {
	URL      *url.URL
	Modified time.Time // zero if it does not say
}

// Listed is what a frontier knows of a document that announces pages.
type Listed struct {
	Rules     string // of its last Listing; "" if there was none
	Proven    bool   // many of the pages that it called modified were found changed
	Untrusted bool   // most of them were not
}

// A Handler keeps answers. Prepare may add conditional headers before a fetch;
// Handle returns only when the answer is durable, and fills Outcome's Kind,
// Article, Part, Text, Blocked, Gone, Unchanged, Changed, Status, NextVisit, Interval
// and IfNew, and Reason where something else than a bot wall is in place of the page; the
// Crawler fills the rest.
type Handler interface {
	Prepare(ctx context.Context, r *Request) error
	Handle(ctx context.Context, r *Response) (Outcome, error)
}
