package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// logger writes lines of key=value pairs to stderr. Values come from the web:
// slog's quoting keeps control characters off the terminal.
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

// progress shows the progress of a crawl: a status block on a terminal, a line
// every ten seconds elsewhere, nothing with -q.
type progress struct {
	app   *app
	site  string
	many  bool // other crawls print, too: no status block and no hints
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
	hosts    map[string]int // responses, for -v
	lines    int            // of the status block on the screen
}

func (a *app) newProgress(site string, many bool) *progress {
	p := &progress{app: a, site: site, many: many, start: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	if f, ok := a.stderr.(*os.File); ok && !many && term.IsTerminal(int(f.Fd())) {
		p.tty = true
	}
	if a.quiet {
		close(p.done)
		return p
	}
	go p.run()
	return p
}

// begin prints the scope before the first request.
func (p *progress) begin(plan keep.Plan) {
	verb, how := "archiving", ""
	switch plan.Mode {
	case "continue":
		verb, how = "resuming", fmt.Sprintf(", %s queued", count(plan.Pending, "URL"))
	case "update":
		verb = "refreshing"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = plan.Queued
	p.clear()
	fmt.Fprintf(p.app.stderr, "%s %s%s; assets: %s\n", verb, plan.Scope, how, plan.Assets)
	if p.many {
		return
	}
	if plan.Kind != "page" && (plan.Assets == "images" || plan.Assets == "all") {
		fmt.Fprintln(p.app.stderr, "hint: these assets are most of a site's bytes; --dry-run estimates how many")
	}
	if plan.Kind == "page" {
		fmt.Fprintln(p.app.stderr, "hint: a URL with a path is archived as one page; --scope site archives its whole site, --scope section all pages below it")
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
func (p *progress) watch(e scraper.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case scraper.EventPaused:
		p.paused = e.Reason
	case scraper.EventNotice:
		p.notice(e.Reason)
	case scraper.EventDone:
		p.paused = ""
		p.wire += e.WireBytes
		switch {
		case e.Outcome.Result == scraper.ResultFailed || e.Outcome.Result == scraper.ResultRetry:
			p.errors++
		case e.Request.Kind == scraper.KindPage && e.Outcome.Status >= 200 && e.Outcome.Status < 400 && e.Outcome.Kind != "":
			p.pages++
			if article.Kind(e.Outcome.Kind).Story() {
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

// notice prints a line above the status block.
func (p *progress) notice(text string) {
	if p.app.quiet {
		return
	}
	p.clear()
	if p.many {
		text = p.site + ": " + text
	}
	fmt.Fprintln(p.app.stderr, plain(text))
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
		rate, queued, count(p.errors, "error"), size(p.wire), formatDuration(elapsed))
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

// clear removes the status block from the screen, before another line is printed.
func (p *progress) clear() {
	if p.lines > 0 {
		fmt.Fprintf(p.app.stderr, "\r\x1b[%dA\x1b[J", p.lines)
		p.lines = 0
	}
}

// Write prints log lines above the status block.
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

// printSummary prints the results of a run, and what to do next unless many sites
// are crawled.
func (a *app) printSummary(sum *keep.Summary, dir string, s siteSettings, many bool) error {
	if a.json {
		return a.printJSON(sum)
	}
	w := a.stdout
	head := map[string]string{
		keep.StatusComplete: "complete", keep.StatusInterrupted: "interrupted", keep.StatusFailed: "stopped by an error",
		keep.StatusLimited: "stopped at " + sum.Reason, keep.StatusNothing: "nothing archived",
	}[sum.Status]
	if sum.Nothing && sum.Status == keep.StatusLimited {
		head = "nothing archived, " + head
	}
	fmt.Fprintf(w, "%s: %s in %s\n", plain(sum.Site), head, formatDuration(sum.Took))
	fmt.Fprintf(w, "  %s, %s", count(sum.Pages, "page"), count(sum.Articles, "article"))
	var parts []string
	if sum.Mode != "new" {
		parts = append(parts, fmt.Sprintf("%d new", sum.New), fmt.Sprintf("%d changed", sum.Changed), fmt.Sprintf("%d unchanged", sum.Articles-sum.New-sum.Changed))
	}
	if sum.Announced > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d announced pages archived", sum.AnnouncedHad, sum.Announced))
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, " (%s)", strings.Join(parts, ", "))
	}
	fmt.Fprintln(w)
	a.printGaps(sum)
	ratio := ""
	if sum.DiskBytes > 0 && sum.Payload > sum.DiskBytes {
		ratio = fmt.Sprintf(" (%.1fx)", float64(sum.Payload)/float64(sum.DiskBytes))
	}
	fmt.Fprintf(w, "  %s received, %s of content, %s on disk%s\n", size(sum.WireBytes), size(sum.Payload), size(max(0, sum.DiskBytes)), ratio)
	fmt.Fprintf(w, "  archive: %s\n", sum.Archive)
	if !a.quiet && !many {
		a.printNext(sum, dir, s)
	}
	return nil
}

// printGaps prints what is missing or incomplete after a run, and why.
func (a *app) printGaps(sum *keep.Summary) {
	w := a.stdout
	for _, c := range sum.Coverage {
		if a.verbose || c.Kept < c.Announced {
			fmt.Fprintf(w, "  announced by %s: %d, archived %d, articles %d", c.Source, c.Announced, c.Kept, c.Articles)
			for i, r := range c.Missing[:min(len(c.Missing), 3)] {
				fmt.Fprintf(w, "%s%d %s", []string{"; missing ", ", ", ", "}[i], r.Count, plain(r.Reason))
			}
			fmt.Fprintln(w)
		}
	}
	a.printSeeds(sum.Seeds)
	for _, r := range sum.Missed {
		fmt.Fprintf(w, "  not archived: %s\n", reasonLine(r))
	}
	if sum.Waits > 0 {
		fmt.Fprintf(w, "  asked to wait: %s\n", count(sum.Waits, "time"))
	}
	if sum.CookiePages > 0 {
		fmt.Fprintf(w, "  %s only after the cookies of a redirect were sent back to it (they are not kept)\n", count(sum.CookiePages, "page"))
	}
	for _, t := range sortedCounts(sum.Truncated) {
		fmt.Fprintf(w, "  truncated: %d (%s)\n", t.n, t.key)
	}
	if sum.Consent > 0 {
		fmt.Fprintf(w, "  %s answered with a consent page\n", count(sum.Consent, "page"))
		fmt.Fprintln(a.stderr, "newsmorgue: hint: --cookies FILE sends the consent that you gave in a browser")
	}
	if walls := sum.Blocked - sum.Consent; walls > 0 {
		fmt.Fprintf(w, "  %s blocked by a bot wall\n", count(walls, "page"))
		fmt.Fprintln(a.stderr, "newsmorgue: hint: ask the site to allow this User-Agent and your IP address (--operator says who you are), or send cookies of your own with --cookies")
	}
	a.hintTLS(sum.Missed)
	if sum.Pending > 0 {
		fmt.Fprintf(w, "  queued: %s\n", count(sum.Pending, "URL"))
	}
}

// printSeeds prints what became of seeds that failed, moved, or lead nowhere.
func (a *app) printSeeds(notes []scraper.SeedNote) {
	var away *scraper.SeedNote
	for _, n := range notes {
		via := ""
		if n.Target != "" && !n.Moved {
			via = " (leads to " + n.Target + ")"
		}
		fmt.Fprintf(a.stdout, "  seed %s%s: %s\n", plain(n.URL), plain(via), plain(n.Reason))
		if n.Moved && n.Failed && away == nil {
			away = &n
		}
	}
	if away == nil {
		return
	}
	hint := "--follow-seed archives that site too"
	if u, err := url.Parse(away.Target); err == nil && u.Path != "/" {
		hint += "; for that part of it only: newsmorgue archive " + away.Target + " --scope section"
	}
	fmt.Fprintln(a.stderr, "newsmorgue: hint: "+plain(hint))
}

// reasonLine prints a reason with its count and an example.
func reasonLine(r scraper.Reason) string {
	line := fmt.Sprintf("%d %s", r.Count, r.Reason)
	if r.Example != "" {
		line += ", for example " + clip(r.Example, 120)
	}
	return plain(line)
}

// hintTLS says what may help where a TLS connection failed.
func (a *app) hintTLS(missed []scraper.Reason) {
	if slices.ContainsFunc(missed, func(r scraper.Reason) bool { return strings.HasPrefix(r.Reason, "TLS") }) {
		fmt.Fprintln(a.stderr, "newsmorgue: hint: a URL without a scheme means https; write http:// for a site without it, or accept an untrusted certificate with --tls-accept HOST")
	}
}

// printNext says what to do after a run.
func (a *app) printNext(sum *keep.Summary, dir string, s siteSettings) {
	switch {
	case sum.Status == keep.StatusLimited:
		fmt.Fprintln(a.stderr, "run the same command with a higher limit to continue")
	case sum.Status == keep.StatusComplete && sum.Mode == "new" && sum.Articles > 0:
		fmt.Fprintf(a.stderr, "next: newsmorgue list -a %s; newsmorgue show -a %s ID", dir, dir)
		if s.Every == "" && len(s.Seeds) > 0 {
			fmt.Fprintf(a.stderr, "; newsmorgue schedule add %s -a %s --every 6h", s.Seeds[0], dir)
		}
		fmt.Fprintln(a.stderr)
	}
}
