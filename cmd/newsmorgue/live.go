package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// progress shows the progress of a command's crawls: a status block on a terminal, a
// line every ten seconds elsewhere, nothing with -q.
type progress struct {
	app   *app
	sites int  // that the command crawls
	tty   bool // stderr is a terminal
	start time.Time
	stop  chan struct{}
	done  chan struct{}

	mu    sync.Mutex
	views []*view // of the crawls that run now
	ended counters
	over  int // crawls that ended
	store *storing
	lines int // of the status block on the screen
}

// counters are figures of crawls.
type counters struct {
	pages, articles, errors, queued int
	wire                            int64
}

// A view is what progress knows about one crawl. Its fields are guarded by the
// progress' mutex.
type view struct {
	*progress
	site string
	plan keep.Plan
	counters
	latest  string // the last URL
	paused  string
	flights map[*scraper.Request]*flight
	resting map[string]time.Time // by host, until when
	hosts   map[string]int       // responses, for -v

	queues []frontier.HostQueue
	polled time.Time     // when the frontier was asked last
	cost   time.Duration // how long that took
}

// newProgress shows the progress of a command that crawls so many sites.
func (a *app) newProgress(sites int, store *storing) *progress {
	p := &progress{app: a, sites: sites, store: store, start: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.tty = true
	}
	if a.quiet {
		close(p.done)
		return p
	}
	go p.run()
	return p
}

// compact reports whether there are so many sites that each gets one line.
func (p *progress) compact() bool { return p.sites > maxFullSummaries }

// view begins to show the crawl of a site.
func (p *progress) view(site string) *view {
	v := &view{progress: p, site: site, flights: map[*scraper.Request]*flight{}, resting: map[string]time.Time{}}
	p.mu.Lock()
	p.views = append(p.views, v)
	p.mu.Unlock()
	return v
}

// close ends the view of a crawl.
func (v *view) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, w := range v.views {
		if w == v {
			v.views = append(v.views[:i:i], v.views[i+1:]...)
			break
		}
	}
	v.over++
	v.ended.add(v.counters)
	v.ended.queued = 0
}

func (c *counters) add(d counters) {
	c.pages += d.pages
	c.articles += d.articles
	c.errors += d.errors
	c.queued += d.queued
	c.wire += d.wire
}

// begin prints the scope before the first request.
func (v *view) begin(plan keep.Plan) {
	verb, how := "archiving", ""
	switch plan.Mode {
	case "continue":
		verb, how = "resuming", fmt.Sprintf(", %s queued", count(plan.Pending, "URL"))
	case "update":
		verb = "refreshing"
	case "estimate":
		verb, how = "dry run of", "; nothing is kept"
	}
	v.mu.Lock()
	v.plan = plan
	v.mu.Unlock()
	if v.app.quiet {
		return
	}
	line := fmt.Sprintf("%s %s%s", verb, plan.Scope, how)
	if plan.Mode != "estimate" {
		line += "; assets: " + plan.Assets
	}
	if !v.compact() || v.app.verbose {
		fmt.Fprintln(v.progress, plain(line))
	}
	if plan.Mode != "new" { // the user knows
		return
	}
	if plan.Kind != "page" && (plan.Assets == "images" || plan.Assets == "all") {
		v.app.hintTo(v.progress, "these assets are most of a site's bytes; --dry-run estimates how many")
	}
	if plan.Kind == "page" {
		v.app.hintTo(v.progress, "a URL with a path is archived as one page; --scope site archives its whole site, --scope section all pages below it")
	}
}

func (p *progress) run() {
	defer close(p.done)
	every := 10 * time.Second
	if p.tty {
		every = 200 * time.Millisecond
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			p.mu.Lock()
			p.clear()
			p.mu.Unlock()
			return
		case <-tick.C:
			p.show()
		}
	}
}

// end clears the status block. It must be called only once.
func (p *progress) end() {
	if !p.app.quiet {
		close(p.stop)
	}
	<-p.done
}

// watch counts what happens in the crawl.
func (v *view) watch(e scraper.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e.Kind {
	case scraper.EventPaused:
		v.paused = e.Reason
	case scraper.EventNotice:
		v.notice(e.Reason)
	case scraper.EventResting:
		v.resting[e.Request.URL.Host] = e.Until
	case scraper.EventStarted:
		v.paused = ""
		delete(v.resting, e.Request.URL.Host)
		v.flights[e.Request] = &flight{host: e.Request.URL.Host, start: time.Now()}
	case scraper.EventReceiving:
		if f := v.flights[e.Request]; f != nil {
			f.bytes = e.WireBytes
		}
	case scraper.EventDone:
		v.finished(e)
	}
}

// notice prints a line above the status block. The mutex is held.
func (v *view) notice(text string) {
	if v.app.quiet {
		return
	}
	v.clear()
	if v.sites > 1 {
		text = v.site + ": " + text
	}
	fmt.Fprintln(v.app.stderr, plain(text))
}

// finished counts a request that ended.
func (v *view) finished(e scraper.Event) {
	delete(v.flights, e.Request)
	v.paused = ""
	v.wire += e.WireBytes
	switch {
	case e.Outcome.Result == scraper.ResultFailed || e.Outcome.Result == scraper.ResultRetry:
		v.errors++
	case e.Request.Kind == scraper.KindPage && e.Outcome.Status >= 200 && e.Outcome.Status < 400 && (e.Outcome.Kind != "" || v.plan.Mode == "estimate"):
		v.pages++
		if article.Kind(e.Outcome.Kind).Story() {
			v.articles++
		}
	}
	if v.app.verbose {
		if v.hosts == nil {
			v.hosts = map[string]int{}
		}
		v.hosts[e.Request.URL.Host]++
	}
	v.latest = fmt.Sprintf("%d %s", e.Outcome.Status, e.Request.URL)
	if e.Outcome.Status == 0 {
		v.latest = fmt.Sprintf("%s: %s", e.Outcome.Reason, e.Request.URL)
	}
}

// pollEvery is how often the queues are read from the frontier while the status block
// is shown. A large queue takes longer to read, and is read less often.
const pollEvery = time.Second

// poll reads what is queued and what the queues wait for. It works without the mutex,
// which the crawl's own goroutines need.
func (p *progress) poll() {
	p.mu.Lock()
	views := append([]*view(nil), p.views...)
	p.mu.Unlock()
	for _, v := range views {
		p.mu.Lock()
		plan, due := v.plan, time.Since(v.polled) >= max(pollEvery, 50*v.cost)
		p.mu.Unlock()
		if plan.Queued == nil || !due {
			continue
		}
		start := time.Now()
		queued, err := plan.Queued()
		queues, qerr := plan.Queues()
		p.mu.Lock()
		v.polled, v.cost = time.Now(), time.Since(start)
		if err == nil && qerr == nil { // else the last figures stand: only the display depends on them
			v.queued, v.queues = queued, queues
		}
		p.mu.Unlock()
	}
}

// waits is what a crawl waits for now.
func (v *view) waits(now time.Time) []wait {
	var waits []wait
	if v.paused != "" {
		waits = append(waits, wait{waitPaused, "paused: " + v.paused})
	}
	for _, f := range v.flights {
		if w, ok := f.wait(now); ok {
			waits = append(waits, w)
		}
	}
	for host, until := range v.resting {
		if left := until.Sub(now); left >= notableDelay {
			waits = append(waits, wait{waitDelay, fmt.Sprintf("waiting %s: delay of %s", shortTime(left), host)})
		}
	}
	for _, q := range v.queues {
		waits = append(waits, hostWaits(q, now, notableDelay)...)
	}
	return waits
}

// maxWaits is how many waits are shown at a time.
const maxWaits = 3

func (p *progress) show() {
	p.poll()
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	sum, last := p.ended, ""
	var waits []wait
	var hosts map[string]int
	known := false
	for _, v := range p.views {
		sum.add(v.counters)
		known = known || !v.polled.IsZero()
		waits = append(waits, v.waits(now)...)
		if v.latest != "" {
			last = v.latest
		}
		hosts = v.hosts
	}
	if w, ok := p.store.wait(now); ok {
		waits = append(waits, w)
	}
	line := p.line(sum, known, now.Sub(p.start))
	texts := waitTexts(waits, maxWaits)
	if !p.tty {
		fmt.Fprintln(p.app.stderr, plain(strings.Join(append([]string{line}, texts...), "; ")))
		return
	}
	block := []string{line}
	for _, t := range texts {
		block = append(block, "  "+t)
	}
	if last != "" {
		block = append(block, "  last "+last)
	}
	for i, h := range sortedCounts(hosts) {
		if i == 5 {
			break
		}
		block = append(block, fmt.Sprintf("  %6d  %s", h.n, h.key))
	}
	p.draw(block)
}

// line is the figures of all crawls.
func (p *progress) line(c counters, known bool, elapsed time.Duration) string {
	name := ""
	switch {
	case p.sites > 1:
		name = fmt.Sprintf("%d of %d sites done, %d running", p.over, p.sites, len(p.views))
	case len(p.views) > 0:
		name = p.views[0].site
	}
	queued := ""
	if known {
		queued = fmt.Sprintf(", %d queued", c.queued)
	}
	return fmt.Sprintf("%s: %s, %s, %.1f/s%s, %s, %s, %s", name, count(c.pages, "page"), count(c.articles, "article"),
		float64(c.pages)/max(elapsed.Seconds(), 0.001), queued, count(c.errors, "error"), size(c.wire), formatDuration(elapsed))
}

// draw replaces the status block.
func (p *progress) draw(block []string) {
	width := 80
	if f, ok := p.app.stderr.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			width = w
		}
	}
	p.clear()
	for _, l := range block {
		fmt.Fprintln(p.app.stderr, clip(plain(l), width-1))
	}
	p.lines = len(block)
}

// clear removes the status block from the screen, before another line is printed.
func (p *progress) clear() {
	if p.lines > 0 {
		fmt.Fprintf(p.app.stderr, "\r\x1b[%dA\x1b[J", p.lines)
		p.lines = 0
	}
}

// Write prints lines above the status block.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return p.app.stderr.Write(b)
}

// above prints to another writer, such as stdout, above the status block.
func (p *progress) above(w io.Writer, b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	_, _ = w.Write(b) // a closed stdout is no reason to stop a crawl
}

func (p *progress) logger() *slog.Logger {
	b := *p.app
	b.stderr = io.Writer(p)
	return b.logger(slog.LevelWarn, false)
}
