package scraper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Crawler crawls one site: its workers run one function that leases a URL,
// fetches it, hands the answer to the Handler and queues what it leads to.
type Crawler struct {
	Frontier Frontier
	Fetcher  Fetcher
	Scope    *Scope
	Handler  Handler
	Logger   *slog.Logger // nil is silent
	Site     string       // the run's name, in requests and leases

	Workers      int           // 4 if zero
	ProductToken string        // in robots.txt; "newsmorgue" if empty
	Delay        time.Duration // of a host between requests; used if DelaySet
	DelaySet     bool          // else 2 s, more for slow hosts, 0 on loopback
	MaxPages     int           // pages kept; 0 is no limit
	MaxArticles  int           // articles read; 0 is no limit
	MaxDepth     int           // links from a seed; 20 if zero, none if negative
	MaxTime      time.Duration // 0 is no limit
	// ArticlesBefore is how many articles earlier runs kept: a site without any is not
	// judged by them.
	ArticlesBefore int
	SamplePages    int       // if not 0, only seeds, feeds, sitemaps and this many other pages are fetched
	IgnoreRobots   bool      // robots.txt is fetched and archived; all its rules but Crawl-delay are ignored
	Since, Until   time.Time // of what is announced with a date; zero is no bound
	Assets         string    // "none", "style", "images" or "all"

	// Spend is called before each request, those for robots.txt included, and reports
	// whether it may be made. If not, the run ends, for the limit LimitDay. Nil is no limit.
	Spend func(context.Context) (bool, error)
	// More is called when nothing is left to do, by one worker at a time, and may queue
	// more; it reports whether it did. The run ends when it does not. Nil queues nothing.
	More func(context.Context) (bool, error)
	// Gate is called before each request and may hold it back, as while the disk is full.
	Gate func(context.Context) error
	// Events is called for what happens, by many goroutines; it must be fast.
	Events func(Event)
}

// The kinds of an Event.
const (
	EventStarted   = "started"   // Request is sent
	EventReceiving = "receiving" // WireBytes of the answer's body have come; only the Fetcher knows
	EventDone      = "done"      // a request ended, with Outcome
	EventResting   = "resting"   // the host of Request rests until Until, within a lease
	EventPaused    = "paused"    // the crawl waits, for Reason
	EventNotice    = "notice"    // something that people should know at once: Reason, a sentence without a full stop
)

// An Event is something that people watching a crawl may want to know.
type Event struct {
	Kind      string
	Request   *Request
	Outcome   Outcome
	WireBytes int64
	Reason    string
	Until     time.Time
}

const (
	defaultDelay       = 2 * time.Second
	maxAdaptive        = time.Minute // an adaptive delay is never more
	maxTries           = 4           // of a URL without an answer
	maxRetryAfterTries = 5           // of a URL that is answered with Retry-After, or 429 or 503
	maxRetryAfter      = time.Hour   // a longer Retry-After is not obeyed
	hostFailures       = 8           // in a row, after which a host is given up for this run
	maxSitemaps        = 5000
	maxReasons         = 200             // that are counted one by one: some name a certificate
	lastingRetry       = 2 * time.Second // between tries of a host whose name does not exist, or whose certificate is not trusted
	maxVariants        = 300             // of one path by its query
	maxListQueries     = 50_000          // of one path that leads to new articles
	hostWalls          = 5               // bot walls in a row, after which a host is given up
	hostRefusals       = 25              // answers of 401 and 403 in a row, likewise
)

// Reasons of an Outcome.
const (
	reasonWall   = "blocked by a bot wall"
	reasonRobots = "robots.txt"
	reasonSample = "only a sample"
)

// Run crawls until nothing is due, a limit is reached or ctx is done. It
// returns an error only where the crawl could not go on; ctx.Err() if it was
// stopped.
func (c *Crawler) Run(ctx context.Context, seeds ...*Request) (Counts, error) {
	r, err := c.begin(ctx, seeds)
	if err != nil {
		return Counts{}, err
	}
	work, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.stop = stop
	if c.MaxTime > 0 {
		t := time.AfterFunc(c.MaxTime, func() { r.reach("--max-time") })
		defer t.Stop()
	}
	// Waiting for a place under a limit ends with the run.
	defer context.AfterFunc(work, func() { r.mu.Lock(); r.idle.Broadcast(); r.mu.Unlock() })()
	workers := c.Workers
	if workers == 0 {
		workers = 4
	}
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		wg.Go(func() {
			if errs[i] = r.work(work); errs[i] != nil {
				stop(errs[i])
			}
		})
	}
	wg.Wait()
	counts := r.result()
	if ctx.Err() != nil {
		return counts, ctx.Err()
	}
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return counts, err
		}
	}
	return counts, nil
}

// begin makes the state of a run and queues its seeds.
func (c *Crawler) begin(ctx context.Context, seeds []*Request) (*run, error) {
	r := &run{Crawler: c, hosts: map[string]*host{}, reasons: map[string]*Reason{}, variants: map[string]map[uint64]bool{}, shapes: map[uint64]int{}, noise: map[string]int{},
		targets: map[string]string{}, claims: map[string]int{}, texts: map[uint64]uint64{}, yields: newYields(), copies: newCopies()}
	r.idle.L = &r.mu
	if r.Logger == nil {
		r.Logger = slog.New(slog.DiscardHandler)
	}
	if r.ProductToken == "" {
		r.ProductToken = "newsmorgue"
	}
	switch {
	case c.MaxDepth == 0:
		r.maxDepth = 20
	case c.MaxDepth > 0:
		r.maxDepth = c.MaxDepth
	}
	for _, s := range seeds {
		n, err := Normalize(s.URL)
		if err != nil {
			return nil, fmt.Errorf("seed %s: %w", s.URL, err)
		}
		s.URL, s.Site, s.Hop, s.Priority = n, c.Site, HopSeed, prioritySeed
	}
	r.seeds = newSeeds(seeds)
	return r, c.Frontier.Add(ctx, seeds...)
}

// run is a Crawler at work.
type run struct {
	*Crawler
	stop     context.CancelCauseFunc
	maxDepth int
	at       time.Time // of the archived answer that is replayed; zero is now

	mu       sync.Mutex
	idle     sync.Cond // a page ended
	hosts    map[string]*host
	counts   Counts
	inFlight int             // pages leased under a limit and not yet counted
	sitemaps map[string]bool // that are read, so that indexes in a circle end
	cuts     int             // feeds, sitemaps and lists that are cut off
	missed   map[uint64]bool // what was counted, where documents may repeat it
	sampled  int
	unproven int // assets being fetched of hosts that have not answered yet
	reasons  map[string]*Reason
	variants map[string]map[uint64]bool // of a path, hashes of its queries
	shapes   map[uint64]int             // how many URLs gave a page with this hash
	noise    map[string]int             // how many canonical links leave out a query parameter, by host?name
	queries  int                        // in all variants
	texts    map[uint64]uint64          // longer texts, and the page that had them first
	yields   *yields
	copies   *copies
	targets  map[string]string // of redirects
	claims   map[string]int    // pages that a document, by its URL, called modified
	seeds    seeds

	asking sync.Mutex // held while More is called
	turns  int        // how often it has queued something; guarded by asking
	ended  bool       // it has queued nothing; likewise
}

// cutError is an answer that ended early.
type cutError struct{}

func (cutError) Error() string  { return "the connection ended before the body did" }
func (cutError) Reason() string { return "cut short" }

var errCut = cutError{}

var errLimit = errors.New("limit reached")

// reach ends the run at a limit; what is queued waits for a run with a higher one.
func (r *run) reach(limit string) {
	r.mu.Lock()
	if r.counts.Limit == "" {
		r.counts.Limit = limit
	}
	r.mu.Unlock()
	r.stop(errLimit)
}

// work is a worker: everything a crawl does happens here or below.
func (r *run) work(ctx context.Context) error {
	turn := 0
	for {
		lease, err := r.Frontier.Next(ctx, r.Site)
		switch {
		case errors.Is(err, ErrDrained) && ctx.Err() == nil:
			if turn, err = r.more(ctx, turn); err != nil || turn < 0 {
				return err
			}
			continue
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		for lease != nil && err == nil {
			lease, err = r.turn(ctx, lease)
		}
		if err != nil {
			return err
		}
	}
}

// turn visits one URL and ends its lease, whatever happened, and also when the run is
// stopped. If a chain of redirects with cookies goes on, it returns the next lease.
func (r *run) turn(ctx context.Context, lease *Lease) (*Lease, error) {
	visiting, end := r.hold(ctx, lease)
	e, err := r.visit(visiting, withASCIIHost(lease.Request))
	end()
	if err != nil || e.next == nil {
		return nil, errors.Join(err, r.Frontier.Done(context.WithoutCancel(ctx), lease, e.Outcome))
	}
	next, err := r.Frontier.Follow(ctx, lease, e.Outcome, e.next)
	if next != nil {
		e.next.Visited, e.next.Attempt = next.Visited, next.Attempt
		next.Request = e.next // with the cookies, which the frontier does not know
	}
	return next, err
}

// postponed puts a request back as if it had never been leased.
var postponed = Outcome{Result: ResultRetry}

// visit fetches one URL and handles everything that follows from it.
func (r *run) visit(ctx context.Context, req *Request) (ending, error) {
	if req.Kind == KindPage {
		if out, ok := r.worth(req); !ok {
			if out.Result == ResultSkipped {
				r.miss(out.Reason, req.URL.String())
			}
			return ending{Outcome: out}, nil
		}
		if !r.acquireSlot(ctx) {
			return ending{Outcome: postponed}, nil
		}
		defer r.releaseSlot()
	}
	e, err := r.ask(ctx, req)
	if err != nil || ctx.Err() != nil && e.Result == ResultRetry {
		// The host was asked, perhaps: it rests, whoever asks it next.
		back := postponed
		back.HostRest, back.RemoteAddr = e.HostRest, e.RemoteAddr
		return ending{Outcome: back}, err
	}
	switch {
	case e.Result == ResultSkipped && e.Reason != reasonSample, e.Result == ResultFailed:
		r.miss(e.Reason, req.URL.String())
	case e.Result == ResultKept && e.Status >= 400 && (req.Kind == KindPage || req.Kind == KindAsset):
		r.miss("HTTP "+strconv.Itoa(e.Status), req.URL.String())
	}
	r.settle(req, &e)
	return e, nil
}

// acquireSlot waits for a place under the limits: no more pages are in flight than
// may still be kept, so that a limit is met exactly. False at the end of the run.
func (r *run) acquireSlot(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if ctx.Err() != nil {
			return false
		}
		limit := ""
		switch {
		case r.MaxPages > 0 && r.counts.Pages >= r.MaxPages:
			limit = "--max-pages"
		case r.MaxArticles > 0 && r.counts.Articles >= r.MaxArticles:
			limit = "--max-articles"
		}
		if limit != "" {
			if r.counts.Limit == "" {
				r.counts.Limit = limit
			}
			r.stop(errLimit)
			return false
		}
		full := r.MaxPages > 0 && r.counts.Pages+r.inFlight >= r.MaxPages || r.MaxArticles > 0 && r.counts.Articles+r.inFlight >= r.MaxArticles
		if !full {
			r.inFlight++
			return true
		}
		r.idle.Wait()
	}
}

func (r *run) releaseSlot() {
	r.mu.Lock()
	r.inFlight--
	r.idle.Broadcast()
	r.mu.Unlock()
}

// ask does one request: robots.txt, fetch, handler, what the answer leads to.
func (r *run) ask(ctx context.Context, req *Request) (e ending, err error) {
	if why := r.outside(req); why != "" {
		return ending{Outcome: Outcome{Result: ResultSkipped, Reason: why}}, nil
	}
	h := r.host(req.URL)
	h.use(req.Kind)
	if why := h.gaveUp(); why != "" {
		return ending{Outcome: Outcome{Result: ResultFailed, Reason: why}}, nil
	}
	release, ok := r.enterUnproven(h)
	if !ok {
		return ending{Outcome: Outcome{Result: ResultRetry, HostRest: unprovenRest}}, nil
	}
	defer release()
	allowed, rest, out, err := h.allows(ctx, r, req)
	if err != nil || !allowed {
		r.attempt(req, out)
		return ending{Outcome: out}, err
	}
	// robots.txt was fetched under this lease: the host rests in between.
	if rest > 0 {
		r.emit(Event{Kind: EventResting, Request: req, Until: time.Now().Add(rest)})
	}
	if !sleep(ctx, rest) {
		return ending{Outcome: Outcome{Result: ResultRetry, HostRest: rest}}, nil
	}
	resp, out, err := r.fetch(ctx, h, req)
	e.Outcome = out
	if err == nil {
		r.attempt(req, out)
	}
	if resp == nil || err != nil {
		return e, err
	}
	if resp.Release != nil {
		defer resp.Release()
	}
	if r.refused(h, resp, &e) {
		return e, nil
	}
	if err := r.follow(ctx, resp, &e); err != nil {
		return e, err
	}
	r.countPage(req, &e)
	if wait, asked := retryAfter(resp, r.now()); asked {
		r.asksToWait(resp, wait, &e)
	}
	return e, nil
}

// outside says why a queued URL is not fetched after all: settings may have changed
// since it was queued.
func (r *run) outside(req *Request) string {
	var err error
	switch req.Kind {
	case KindPage:
		if req.Depth > r.maxDepth {
			return "deeper than --max-depth"
		}
		if r.SamplePages > 0 && !r.isSeed(req) && !r.sample(req) {
			return reasonSample
		}
		err = r.Scope.Check(req.URL)
	case KindAsset:
		switch {
		case assetLevels[r.Assets] == 0:
			return "assets are off"
		case r.SamplePages > 0:
			return reasonSample
		}
	case KindFeed, KindSitemap, KindList:
		err = r.Scope.CheckAnnounced(req.URL)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// sample chooses the pages of a sample: the first that are announced.
func (r *run) sample(req *Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasSuffix(req.Hops, string(HopRedirect)) && req.Depth == 0 {
		return true // where the seed leads
	}
	if req.Hints.Source == "" && r.sampled >= r.SamplePages/2 {
		return false
	}
	r.sampled++
	return r.sampled <= r.SamplePages
}

// fetch asks for req and keeps the answer. resp is nil if there was none.
func (r *run) fetch(ctx context.Context, h *host, req *Request) (*Response, Outcome, error) {
	if req.Kind != KindRobots { // rules are needed whole each time
		if err := r.Handler.Prepare(ctx, req); err != nil {
			return nil, postponed, err
		}
	}
	if ok, err := r.mayAsk(ctx); !ok {
		return nil, postponed, err
	}
	start := time.Now()
	r.emit(Event{Kind: EventStarted, Request: req})
	held := asking(ctx)
	resp, err := r.Fetcher.Fetch(held, req)
	if err == nil && resp.Truncated == "disconnect" && req.Attempt+1 < maxTries {
		// An incomplete answer is fetched again; that of the last try is kept as it is.
		if resp.Release != nil {
			resp.Release()
		}
		err = errCut
	}
	if err != nil {
		if held.Err() != nil {
			return nil, Outcome{Result: ResultRetry, HostRest: h.rest(r.Crawler)}, nil
		}
		return nil, r.noAnswer(h, req, err, time.Since(start)), nil
	}
	var wire int64
	addr := ""
	for _, x := range resp.Exchanges {
		wire, addr = wire+x.WireLength, x.RemoteAddr
	}
	h.answered(time.Since(start), addr)
	// What was received is kept, also if the run was stopped meanwhile.
	out, err := r.Handler.Handle(context.WithoutCancel(ctx), resp)
	if err != nil {
		if resp.Release != nil {
			resp.Release()
		}
		return nil, Outcome{Result: ResultRetry, RemoteAddr: addr, HostRest: h.rest(r.Crawler)}, err
	}
	out.Result, out.Status, out.RemoteAddr, out.HostRest = ResultKept, resp.Status, addr, h.rest(r.Crawler)
	r.mu.Lock()
	r.counts.Asked++
	r.counts.WireBytes += wire
	r.mu.Unlock()
	r.emit(Event{Kind: EventDone, Request: req, Outcome: out, WireBytes: wire})
	r.Logger.Debug("fetched", "url", req.URL.String(), "status", resp.Status, "ms", time.Since(start).Milliseconds(), "bytes", wire, "kind", out.Kind)
	return resp, out, nil
}

func (r *run) emit(e Event) {
	if r.Events != nil {
		r.Events(e)
	}
}

// sleep waits; false if ctx was done first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// hostOf is what a host's robots.txt and clock are for (RFC 9309, section 2.3).
func hostOf(u *url.URL) string { return u.Scheme + "://" + u.Host }
