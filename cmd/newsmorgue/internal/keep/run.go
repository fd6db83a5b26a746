package keep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// Refresh says what a run fetches again.
type Refresh string

// The refreshes of a run.
const (
	RefreshAuto Refresh = ""    // continue what is pending; if there is nothing, as RefreshDue
	RefreshDue  Refresh = "due" // fronts, feeds, sitemaps, what these lead to, and what is due
	RefreshAll  Refresh = "all" // every page
)

// How a run ended.
const (
	StatusComplete    = "complete"
	StatusNothing     = "nothing"     // the run ended and got no page
	StatusLimited     = "limited"     // a limit was reached; the rest waits in the frontier
	StatusInterrupted = "interrupted" // stopped; the same command resumes it
	StatusFailed      = "failed"      // an error in the program or on the disk
)

// A Run is one crawl of one site.
type Run struct {
	Archive  *archive.Archive
	Name     string // of the crawl: its stanza, its lock
	Seeds    []string
	Scope    string
	Settings Settings
	Refresh  Refresh
	Dial     map[string]string // host → address to dial instead
	// Connect opens connections in place of the network, for servers in memory; nil for
	// the network. See fetch.Options.
	Connect func(ctx context.Context, network, addr string) (net.Conn, error)
	Machine string // that makes the run, as its record names it; empty is none
	Seal    bool   // seal the journal at the end, however small it is
	// Frontier is that of all runs of the process, so that no host is asked by two
	// of them at a time; the run opens its own if it is nil.
	Frontier *frontier.Frontier
	// Wrap makes of the frontier the one that the crawl asks, as where machines share
	// their hosts; nil takes it as it is.
	Wrap   func(scraper.Frontier) scraper.Frontier
	Budget *scraper.Budget // of memory, shared by the runs of a process; nil is unbounded
	Logger *slog.Logger    // nil is silent
	// Begin is called before the first request: with what belongs to the crawl,
	// and how it starts.
	Begin func(Plan)
	// Hold is called before each request, and returns when it may be made. It says what
	// it waits for. It may be nil.
	Hold func(ctx context.Context, say func(reason string)) error
	// Watch is called for everything that happens; it must be fast.
	Watch func(scraper.Event)
}

// A Summary is the result of a run, as it is shown, printed by --json and recorded
// in the run's metadata record.
type Summary struct {
	Site         string              `json:"site"`
	Run          string              `json:"run,omitempty"` // record ID of its start
	Scope        string              `json:"scope"`
	Mode         string              `json:"mode"`
	Status       string              `json:"status"`
	Reason       string              `json:"reason,omitempty"` // of a limit
	Started      time.Time           `json:"started"`
	Ended        time.Time           `json:"ended"`
	Asked        int                 `json:"asked"`
	Failed       int                 `json:"failed"`
	PagesAsked   int                 `json:"pages_asked"`            // attempts at pages
	PagesFailed  int                 `json:"pages_failed,omitempty"` // of these, without an answer
	Waits        int                 `json:"asked_to_wait,omitempty"`
	CookiePages  int                 `json:"cookie_pages,omitempty"` // pages that came only when the cookies of their redirects were sent back
	Pages        int                 `json:"pages"`
	Announced    int                 `json:"announced,omitempty"`      // pages that feeds and sitemaps name
	AnnouncedHad int                 `json:"announced_kept,omitempty"` // of these, in the archive
	Coverage     []frontier.Coverage `json:"coverage,omitempty"`       // of what is announced, by source
	Pending      int                 `json:"pending,omitempty"`        // left in the frontier
	SeedsFailed  int                 `json:"seeds_failed,omitempty"`
	HostsGivenUp int                 `json:"hosts_given_up,omitempty"`
	Seeds        []scraper.SeedNote  `json:"seeds,omitempty"` // that failed, moved or lead nowhere
	// NeverAnswered says that no server of the site has ever answered, in this run or
	// an earlier one.
	NeverAnswered bool             `json:"never_answered,omitempty"`
	Missed        []scraper.Reason `json:"missed,omitempty"` // what was not archived, and why
	WireBytes     int64            `json:"wire_bytes"`
	DiskBytes     int64            `json:"disk_bytes,omitempty"`
	Archive       string           `json:"archive,omitempty"`
	Nothing       bool             `json:"-"` // the site has no page in this archive that this run, or the one that it resumes, got
	Took          time.Duration    `json:"-"`
	Seconds       float64          `json:"seconds"`
	Kept
}

// OpenFrontier opens the frontier of an archive.
func OpenFrontier(ar *archive.Archive) (*frontier.Frontier, error) {
	return frontier.Open(filepath.Join(ar.Dir(), "frontier.sqlite"))
}

// ReadFrontier opens the frontier of an archive for reading.
func ReadFrontier(ar *archive.Archive) (*frontier.Frontier, error) {
	return frontier.OpenReadOnly(filepath.Join(ar.Dir(), "frontier.sqlite"))
}

// Do runs the crawl. A summary comes with every error that happened after the
// first request.
func (r *Run) Do(ctx context.Context) (sum *Summary, err error) {
	err = r.open(ctx, func(c *crawl) error {
		if _, err := c.catchUp(ctx); err != nil {
			return err
		}
		if sum, err = c.do(ctx); err == nil {
			// So that whoever reads next finds the catalog complete, places included.
			_, err = c.cat.CatchUp(context.WithoutCancel(ctx))
		}
		return err
	})
	return sum, err
}

// open calls do with everything open that a run needs, and the site locked.
func (r *Run) open(ctx context.Context, do func(*crawl) error) error {
	seeds, scope, err := r.scope()
	if err != nil {
		return err
	}
	unlock, err := r.Archive.LockSite(r.Name)
	if err != nil {
		return err
	}
	defer unlock()
	cat, err := catalog.Open(ctx, r.Archive)
	if err != nil {
		return err
	}
	defer cat.Close()
	writer, err := r.Archive.NewWriter()
	if err != nil {
		return err
	}
	defer writer.Close()
	// What a crash left out of the catalog is in the segments.
	if _, err := cat.CatchUp(ctx); err != nil {
		return err
	}
	front := r.Frontier
	if front == nil {
		if front, err = OpenFrontier(r.Archive); err != nil {
			return err
		}
		defer front.Close()
	}
	hidden, err := cat.Hidden(ctx)
	if err != nil {
		return err
	}
	scope.Skip = map[string]bool{}
	for u := range hidden.URLs {
		scope.Skip[u], scope.Skip[Spelling(u)] = true, true
	}
	if err := r.remember(ctx, front, scope); err != nil {
		return err
	}
	c := &crawl{Run: r, seeds: seeds, scope: scope, cat: cat, writer: writer, front: front, before: diskBytes(r.Archive)}
	return do(c)
}

// scope reads the seeds and what belongs to the crawl.
func (r *Run) scope() (seeds []*url.URL, scope *scraper.Scope, err error) {
	if len(r.Seeds) == 0 {
		return nil, nil, fmt.Errorf("site %s has no seeds", r.Name)
	}
	for i, raw := range r.Seeds {
		u, err := weburl.Parse(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("seed of %s: %q: %w", r.Name, raw, err)
		}
		s, err := scraper.NewScope(r.Scope, u)
		if err != nil {
			return nil, nil, fmt.Errorf("seed of %s: %w", r.Name, err)
		}
		seeds = append(seeds, s.Seeds...)
		if i == 0 {
			scope = s
		} else {
			scope.Seeds = append(scope.Seeds, s.Seeds...)
		}
	}
	scope.Include, scope.Exclude, scope.FollowSeed = r.Settings.Include, r.Settings.Exclude, r.Settings.FollowSeed
	return seeds, scope, nil
}

// remember adds to the scope where the seeds redirected in earlier runs: what they
// have queued belongs to the crawl before a seed is asked again.
func (r *Run) remember(ctx context.Context, front *frontier.Frontier, scope *scraper.Scope) error {
	targets, err := front.SeedTargets(ctx, r.Name)
	if err != nil {
		return err
	}
	for _, text := range targets {
		u, err := url.Parse(text)
		if err != nil {
			continue
		}
		for _, seed := range scope.Seeds {
			if scope.Redirected(seed, u) {
				break
			}
		}
	}
	return nil
}

// crawl is a Run with everything open.
type crawl struct {
	*Run
	seeds  []*url.URL
	scope  *scraper.Scope
	cat    *catalog.Catalog
	writer *archive.Writer
	front  *frontier.Frontier
	before int64 // bytes on disk

	articlesBefore int  // that earlier runs kept
	dueOnly        bool // it is a refresh of what is due
	mostPerDay     int  // requests; 0 is no limit
}

func (c *crawl) do(ctx context.Context) (*Summary, error) {
	assets := c.assets()
	plan, err := c.plan(ctx)
	if err != nil {
		return nil, err
	}
	plan.Assets = assets
	c.begin(ctx, plan)
	sum := &Summary{Site: c.Name, Scope: c.scope.String(), Mode: plan.Mode, Started: time.Now().UTC(), Archive: absolute(c.Archive.Dir())}
	runID, err := c.recordStart(ctx, sum, assets)
	if err != nil {
		return nil, err
	}

	sum.Run = runID
	if err := c.front.BeginRun(ctx, c.Name, runID); err != nil {
		return nil, err
	}
	fetcher := c.fetcher()
	defer fetcher.Close()
	killed, err := c.cat.Killed(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	delete(killed, runID)
	keeper := &Keeper{Writer: c.writer, Catalog: c.cat, Logger: c.Logger, RunID: runID, Started: sum.Started, NoExtract: c.Settings.NoExtract}
	if _, err := c.verdicts(ctx, keeper, killed); err != nil {
		return nil, err
	}
	gate := &diskGate{dir: c.Archive.Dir(), bytes: c.Settings.MinFree, percent: c.Settings.MinFreePercent, watch: c.Watch}
	crawler := c.crawler(fetcher, keeper)
	crawler.Gate = func(ctx context.Context) error {
		if err := gate.wait(ctx); err != nil || c.Hold == nil {
			return err
		}
		return c.Hold(ctx, gate.say)
	}
	crawler.Spend = func(ctx context.Context) (bool, error) {
		return c.front.Spend(context.WithoutCancel(ctx), c.Name, c.mostPerDay)
	}
	if c.dueOnly {
		crawler.More = (&refresh{front: c.front, site: c.Name, since: sum.Started}).next
	}
	var reqs []*scraper.Request
	for _, u := range c.seeds {
		reqs = append(reqs, &scraper.Request{URL: u, Site: c.Name})
	}
	counts, crawlErr := crawler.Run(ctx, reqs...)
	if crawlErr == nil || ctx.Err() != nil {
		n, err := c.verdicts(context.WithoutCancel(ctx), keeper, nil)
		if err != nil {
			crawlErr = errors.Join(crawlErr, err)
		}
		keeper.behind(n)
	}
	if crawlErr == nil && ctx.Err() == nil && !c.Settings.NoExtract {
		// A run that is stopped meanwhile leaves it to the next one.
		if err := keeper.learn(ctx, time.Now()); err != nil && ctx.Err() == nil {
			crawlErr = err
		}
	}
	if err := c.finish(ctx, sum, runID, keeper, counts, crawlErr); err != nil || sum.Status == StatusFailed {
		return sum, err // the next run looks at its records
	}
	return sum, c.front.EndRun(context.WithoutCancel(ctx), c.Name, runID)
}

// verdicts says which pages the site showed in place of many others, as during
// maintenance: in this run so far, and in killed ones before it. New pages behind
// these stay queued; it returns how many that are.
func (c *crawl) verdicts(ctx context.Context, k *Keeper, killed map[string]bool) (int, error) {
	if k.NoExtract {
		return 0, nil
	}
	if err := k.recall(ctx, killed); err != nil {
		return 0, err
	}
	again, err := k.verdicts(ctx, time.Now())
	if err != nil || len(again) == 0 {
		return 0, err
	}
	_, err = c.front.Revive(ctx, again...)
	return len(again), err
}

// assets is the level of assets that is set, or that the scope has.
func (c *crawl) assets() string {
	switch {
	case c.Settings.Assets != "":
		return c.Settings.Assets
	case c.scope.Kind == "page":
		return "all"
	}
	return "style"
}

func (c *crawl) fetcher() *fetch.Fetcher {
	var received func(*scraper.Request, int64)
	if c.Watch != nil {
		received = func(r *scraper.Request, n int64) {
			c.Watch(scraper.Event{Kind: scraper.EventReceiving, Request: r, WireBytes: n})
		}
	}
	return newFetcher(fetch.Options{
		Received:  received,
		UserAgent: c.Settings.userAgent(), From: c.Settings.from(),
		Header: c.Settings.Header, Sites: c.ownSites(), Cookies: c.Settings.Cookies, Proxy: c.Settings.Proxy, TLSAccept: c.Settings.TLSAccept, AsSent: c.Settings.AsSent,
		Dial: c.Dial, Connect: c.Connect, AllowHosts: c.ownHosts(), PerHost: max(1, c.Settings.PerHost), Budget: c.Budget,
	})
}

func (c *crawl) crawler(f scraper.Fetcher, h scraper.Handler) *scraper.Crawler {
	perHost, workers, depth := c.Settings.PerHost, c.Settings.Concurrency, c.Settings.MaxDepth
	if perHost == 0 {
		perHost = 1
	}
	if workers == 0 {
		workers = 16
	}
	if depth == 0 {
		depth = -1 // the Crawler's zero is its default
	}
	c.front.SetPerHost(c.Name, perHost)
	var front scraper.Frontier = c.front
	if c.Wrap != nil && f != nil { // what is replayed takes no host's clock
		front = c.Wrap(front)
		if shared, ok := front.(interface{ SetPerHost(string, int) }); ok {
			shared.SetPerHost(c.Name, perHost)
		}
	}
	return &scraper.Crawler{
		Frontier: front, Fetcher: f, Scope: c.scope, Handler: h, Workers: workers, Logger: c.Logger,
		Site: c.Name, Delay: c.Settings.Delay, DelaySet: c.Settings.DelaySet, Assets: c.assets(), IgnoreRobots: c.Settings.RobotsIgnored != "",
		Since: c.Settings.Since, Until: c.Settings.Until,
		MaxPages: c.Settings.MaxPages, MaxArticles: c.Settings.MaxArticles, MaxDepth: depth, MaxTime: c.Settings.MaxTime,
		ArticlesBefore: c.articlesBefore, Events: c.Watch,
	}
}

// ownHosts are the hosts that the user's own seeds name: they may be private.
func (c *crawl) ownHosts() []string {
	var hosts []string
	for _, u := range c.seeds {
		hosts = append(hosts, u.Hostname())
	}
	for h := range c.Dial {
		hosts = append(hosts, h)
	}
	return hosts
}

// ownSites are the sites that the user's own header fields are for.
func (c *crawl) ownSites() []string {
	var sites []string
	for _, u := range c.seeds {
		sites = append(sites, scraper.SiteOf(u))
	}
	return sites
}

// recordStart writes the run's warcinfo record.
func (c *crawl) recordStart(ctx context.Context, sum *Summary, assets string) (string, error) {
	rec := archive.NewRecord("warcinfo", sum.Started)
	rec.Set("Content-Type", "application/warc-fields")
	refreshed := ""
	if sum.Mode == modeUpdate && !c.dueOnly {
		refreshed = string(RefreshAll)
	}
	rec.Payload = warcFields(
		"software", c.Settings.Software,
		"format", "WARC file version 1.1",
		"conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
		"operator", c.Settings.Operator,
		"http-header-user-agent", c.Settings.userAgent(),
		"http-header-from", c.Settings.from(),
		"robots", c.Settings.robots(),
		"newsmorgue-site", c.Name,
		"newsmorgue-scope", c.scope.String(),
		"newsmorgue-mode", sum.Mode,
		"newsmorgue-assets", assets,
		"newsmorgue-refresh", refreshed,
		"newsmorgue-machine", c.Machine,
	)
	return rec.ID(), c.append(ctx, rec)
}

func (c *crawl) append(ctx context.Context, rec *archive.Record) error {
	caps, err := c.writer.Append(ctx, rec)
	if err != nil {
		return err
	}
	return c.cat.Index(ctx, caps, []*archive.Record{rec})
}
