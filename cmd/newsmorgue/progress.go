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
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// logger writes plain lines to stderr. Values come from the web, so that slog's
// quoting is what keeps control characters off the terminal.
func (a *app) logger(level slog.Level) *slog.Logger {
	if a.quiet {
		level = slog.LevelError
	}
	if a.verbose {
		level = slog.LevelDebug
	}
	opts := &slog.HandlerOptions{Level: level}
	if a.json {
		return slog.New(slog.NewJSONHandler(a.stderr, opts))
	}
	return slog.New(slog.NewTextHandler(a.stderr, opts))
}

// progress shows how a crawl goes: a block of three lines on a terminal, a
// line every ten seconds elsewhere, nothing with -q.
type progress struct {
	app   *app
	site  string
	tty   bool
	start time.Time
	stop  chan struct{}
	done  chan struct{}

	mu       sync.Mutex
	pending  func() (int, error) // URLs queued
	pages    int
	articles int
	errors   int
	wire     int64
	now      string
	paused   string
	hosts    map[string]int // answers, for -v
	lines    int            // of the block on screen
}

func (a *app) newProgress(site string, plain bool) *progress {
	p := &progress{app: a, site: site, start: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	if f, ok := a.stderr.(*os.File); ok && !plain && term.IsTerminal(int(f.Fd())) {
		p.tty = true
	}
	if a.quiet {
		close(p.done)
		return p
	}
	go p.run()
	return p
}

// begin tells the scope before the first request.
func (p *progress) begin(plan keep.Plan) {
	how := ""
	switch plan.Mode {
	case "continue":
		how = fmt.Sprintf(", continuing with %s that waited", count(plan.Pending, "URL"))
	case "update":
		how = ", a refresh"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = plan.Queued
	p.clear()
	fmt.Fprintf(p.app.stderr, "archiving %s%s; assets: %s\n", plan.Scope, how, plan.Assets)
	if plan.Kind != "page" && (plan.Assets == "images" || plan.Assets == "all") {
		fmt.Fprintln(p.app.stderr, "hint: --dry-run estimates what these assets take; they are most of a site's bytes")
	}
	if plan.Kind == "page" {
		fmt.Fprintln(p.app.stderr, "hint: a URL with a path is one page; --scope site archives its whole site, --scope section what lies below it")
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

// end takes the block off the screen; it may be called once.
func (p *progress) end() {
	if !p.app.quiet {
		close(p.stop)
	}
	<-p.done
}

// watch takes what happens in the crawl.
func (p *progress) watch(e scraper.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case scraper.EventPaused:
		p.paused = e.Reason
	case scraper.EventDone:
		p.paused = ""
		p.wire += e.WireBytes
		switch {
		case e.Outcome.Result == scraper.ResultFailed || e.Outcome.Result == scraper.ResultRetry:
			p.errors++
		case e.Request.Kind == scraper.KindPage && e.Outcome.Status >= 200 && e.Outcome.Status < 400 && e.Outcome.Kind != "":
			p.pages++
			if parsers.Kind(e.Outcome.Kind).Story() {
				p.articles++
			}
		}
		if p.app.verbose {
			if p.hosts == nil {
				p.hosts = map[string]int{}
			}
			p.hosts[e.Request.URL.Host]++
		}
		p.now = fmt.Sprintf("%d %s", e.Outcome.Status, e.Request.URL)
	}
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := time.Since(p.start)
	rate := float64(p.pages) / max(elapsed.Seconds(), 0.001)
	queued := ""
	if p.pending != nil {
		if n, err := p.pending(); err == nil {
			queued = fmt.Sprintf(", %d queued", n)
		}
	}
	line := fmt.Sprintf("%s: %s, %s, %.1f/s%s, %s, %s, %s", p.site, count(p.pages, "page"), count(p.articles, "article"),
		rate, queued, count(p.errors, "error"), size(p.wire), took(elapsed))
	if !p.tty {
		if p.paused != "" {
			line += "; paused: " + p.paused
		}
		fmt.Fprintln(p.app.stderr, plain(line))
		return
	}
	width := 80
	if f, ok := p.app.stderr.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			width = w
		}
	}
	second := "  now  " + p.now
	if p.paused != "" {
		second = "  paused: " + p.paused
	}
	p.clear()
	fmt.Fprintf(p.app.stderr, "%s\n%s\n", clip(plain(line), width-1), clip(plain(second), width-1))
	p.lines = 2
	for i, h := range sortedCounts(p.hosts) {
		if i == 5 {
			break
		}
		fmt.Fprintf(p.app.stderr, "%s\n", clip(plain(fmt.Sprintf("  %6d  %s", h.n, h.key)), width-1))
		p.lines++
	}
}

// clear takes the block off the screen, so that other lines stay readable.
func (p *progress) clear() {
	if p.lines > 0 {
		fmt.Fprintf(p.app.stderr, "\r\x1b[%dA\x1b[J", p.lines)
		p.lines = 0
	}
}

// Write lets the log print above the block.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return p.app.stderr.Write(b)
}

func (p *progress) logger() *slog.Logger {
	b := *p.app
	b.stderr = io.Writer(p)
	return b.logger(slog.LevelWarn)
}

// printSummary prints what came of a run.
func (a *app) printSummary(sum *keep.Summary, dir string) error {
	if a.json {
		return a.printJSON(sum)
	}
	w := a.stdout
	head := map[string]string{
		keep.StatusComplete: "complete", keep.StatusInterrupted: "interrupted", keep.StatusFailed: "stopped by an error",
		keep.StatusLimited: "stopped at " + sum.Reason,
	}[sum.Status]
	fmt.Fprintf(w, "%s: %s in %s\n", plain(sum.Site), head, took(sum.Took))
	fmt.Fprintf(w, "  %s, %s", count(sum.Pages, "page"), count(sum.Articles, "article"))
	var parts []string
	if sum.Mode != "new" {
		parts = append(parts, fmt.Sprintf("%d new", sum.New), fmt.Sprintf("%d changed", sum.Changed), fmt.Sprintf("%d unchanged", sum.Articles-sum.New-sum.Changed))
	}
	if sum.Announced > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d announced pages are kept", sum.AnnouncedHad, sum.Announced))
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, " (%s)", strings.Join(parts, ", "))
	}
	fmt.Fprintln(w)
	for _, c := range sum.Coverage {
		if a.verbose || c.Kept < c.Announced {
			fmt.Fprintf(w, "  announced by %s: %d, kept %d, articles %d", c.Source, c.Announced, c.Kept, c.Articles)
			for i, r := range c.Missing[:min(len(c.Missing), 3)] {
				fmt.Fprintf(w, "%s%d %s", []string{"; missing ", ", ", ", "}[i], r.Count, plain(r.Reason))
			}
			fmt.Fprintln(w)
		}
	}
	for _, r := range sum.Missed {
		fmt.Fprintf(w, "  not kept: %d %s", r.Count, plain(r.Reason))
		if r.Example != "" {
			fmt.Fprintf(w, ", as %s", clip(plain(r.Example), 120))
		}
		fmt.Fprintln(w)
	}
	for _, t := range sortedCounts(sum.Truncated) {
		fmt.Fprintf(w, "  cut short: %d by %s\n", t.n, t.key)
	}
	if sum.Blocked > 0 {
		fmt.Fprintf(w, "  a bot wall stood before %s\n", count(sum.Blocked, "page"))
		fmt.Fprintln(a.stderr, "newsmorgue: hint: ask the site to let in this User-Agent and your address (--operator says who you are), or send cookies of your own with --cookies")
	}
	if sum.Pending > 0 {
		fmt.Fprintf(w, "  waiting: %s\n", count(sum.Pending, "URL"))
	}
	ratio := ""
	if sum.DiskBytes > 0 && sum.Payload > sum.DiskBytes {
		ratio = fmt.Sprintf(" (%.1fx)", float64(sum.Payload)/float64(sum.DiskBytes))
	}
	fmt.Fprintf(w, "  %s received, %s of content, %s on disk%s\n", size(sum.WireBytes), size(sum.Payload), size(max(0, sum.DiskBytes)), ratio)
	fmt.Fprintf(w, "  archive: %s\n", sum.Archive)
	if a.quiet {
		return nil
	}
	switch {
	case sum.Status == keep.StatusInterrupted:
		fmt.Fprintln(a.stderr, "the same command goes on where this one stopped")
	case sum.Status == keep.StatusLimited:
		fmt.Fprintln(a.stderr, "the same command with a higher limit goes on from here")
	case sum.Articles > 0 || sum.Revisits > 0:
		fmt.Fprintf(a.stderr, "next: newsmorgue list -a %s; newsmorgue show -a %s ID; newsmorgue schedule add URL -a %s --every 6h\n", dir, dir, dir)
	}
	return nil
}
