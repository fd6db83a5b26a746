package main

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// printResult prints the results of a run: a line if the command crawls many sites,
// else all of it, and what to do next if the site is the only one.
func (a *app) printResult(sum *keep.Summary, dir string, s siteSettings, show *progress) error {
	if a.json {
		return a.printJSON(sum)
	}
	var out bytes.Buffer
	b := *a
	b.stdout = &out
	if show.compact() && !a.verbose {
		b.printSummaryLine(sum)
	} else {
		b.printSummary(sum)
	}
	show.above(a.stdout, out.Bytes())
	a.hintAfter(sum, dir, a.created && show.sites == 1)
	if !a.quiet && show.sites == 1 {
		a.printNext(sum, dir, s)
	}
	return nil
}

// summaryHead says how a run ended.
func summaryHead(sum *keep.Summary) string {
	head := map[string]string{
		keep.StatusComplete: "complete", keep.StatusInterrupted: "interrupted", keep.StatusFailed: "stopped by an error",
		keep.StatusLimited: "stopped at " + sum.Reason, keep.StatusNothing: "nothing archived",
	}[sum.Status]
	if sum.Status == keep.StatusLimited && sum.Reason == scraper.LimitDay {
		head = "stopped, " + sum.Reason
	}
	if sum.Nothing && sum.Status == keep.StatusLimited {
		head = "nothing archived, " + head
	}
	return head
}

// printSummary prints the results of a run.
func (a *app) printSummary(sum *keep.Summary) {
	w := a.stdout
	fmt.Fprintf(w, "%s: %s in %s\n", plain(sum.Site), summaryHead(sum), formatDuration(sum.Took))
	fmt.Fprintf(w, "  %s, %s", count(sum.Pages, "page"), count(sum.Articles, "article"))
	var parts []string
	if sum.Mode != "new" {
		parts = append(parts, fmt.Sprintf("%d new", sum.New), fmt.Sprintf("%d changed", sum.Changed), fmt.Sprintf("%d unchanged", sum.Articles-sum.New-sum.Changed))
	}
	if sum.Gone > 0 {
		parts = append(parts, fmt.Sprintf("%d gone", sum.Gone))
	}
	if sum.Announced > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d announced pages archived", sum.AnnouncedHad, sum.Announced))
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, " (%s)", strings.Join(parts, ", "))
	}
	fmt.Fprintln(w)
	a.printStayed(sum.Stayed)
	a.printGaps(sum)
	ratio := ""
	if sum.DiskBytes > 0 && sum.Payload > sum.DiskBytes {
		ratio = fmt.Sprintf(" (%.1fx)", float64(sum.Payload)/float64(sum.DiskBytes))
	}
	fmt.Fprintf(w, "  %s received, %s of content, %s on disk%s\n", size(sum.WireBytes), size(sum.Payload), size(max(0, sum.DiskBytes)), ratio)
	fmt.Fprintf(w, "  archive: %s\n", sum.Archive)
}

// printSummaryLine prints the results of a run in a line.
func (a *app) printSummaryLine(sum *keep.Summary) {
	line := fmt.Sprintf("%s: %s in %s: %s, %s", sum.Site, summaryHead(sum), formatDuration(sum.Took), count(sum.Pages, "page"), count(sum.Articles, "article"))
	if sum.Gone > 0 {
		line += fmt.Sprintf(", %d gone", sum.Gone)
	}
	var missed []string
	for i, r := range sum.Missed {
		if i == 3 {
			missed = append(missed, "…")
			break
		}
		missed = append(missed, countedReason(r))
	}
	if len(missed) > 0 {
		line += "; not archived: " + strings.Join(missed, ", ")
	}
	fmt.Fprintln(a.stdout, plain(line))
}

// totals are the results of the runs of many sites.
type totals struct {
	sites, complete, empty  int
	pages, articles, queued int
	wire, disk              int64
}

func (t *totals) add(sum *keep.Summary) {
	switch {
	case sum.Nothing:
		t.empty++
	case sum.Status == keep.StatusComplete:
		t.complete++
	}
	t.pages += sum.Pages
	t.articles += sum.Articles
	t.queued += sum.Pending
	t.wire += sum.WireBytes
	t.disk += max(0, sum.DiskBytes)
}

func (t *totals) print(a *app, dir string) {
	fmt.Fprintf(a.stdout, "%s: %d complete, %d with nothing archived, %d otherwise\n", count(t.sites, "site"), t.complete, t.empty, t.sites-t.complete-t.empty)
	fmt.Fprintf(a.stdout, "  %s, %s, %s queued; %s received\n", count(t.pages, "page"), count(t.articles, "article"), count(t.queued, "URL"), size(t.wire))
	fmt.Fprintf(a.stdout, "  archive: %s\n", absolute(dir))
	a.flushHints()
	switch {
	case a.quiet:
	case t.articles == 0:
		fmt.Fprintf(a.stderr, "next: newsmorgue status -a %s\n", dir)
	default:
		fmt.Fprintf(a.stderr, "next: newsmorgue list -a %s; newsmorgue status -a %s\n", dir, dir)
	}
}

// printGaps prints what is missing or incomplete after a run, and why.
func (a *app) printGaps(sum *keep.Summary) {
	w := a.stdout
	for _, c := range sum.Coverage {
		if a.verbose || c.Kept < c.Announced {
			fmt.Fprintf(w, "  announced by %s: %d, archived %d, articles %d", c.Source, c.Announced, c.Kept, c.Articles)
			for i, r := range c.Missing[:min(len(c.Missing), 3)] {
				fmt.Fprint(w, []string{"; missing ", ", ", ", "}[i], plain(countedReason(scraper.Reason{Count: r.Count, Reason: r.Reason})))
			}
			fmt.Fprintln(w)
		}
	}
	a.printSeeds(sum.Seeds)
	for i, r := range sum.Missed {
		if i == maxMissed && !a.verbose {
			fmt.Fprintf(w, "  not archived: %s more; -v shows all\n", count(len(sum.Missed)-i, "reason"))
			break
		}
		fmt.Fprintf(w, "  %s\n", gapLine(r))
	}
	if sum.Waits > 0 {
		fmt.Fprintf(w, "  asked to wait: %s\n", count(sum.Waits, "time"))
	}
	if sum.CookiePages > 0 {
		fmt.Fprintf(w, "  %s only after the cookies of a redirect were sent back to it (they are not kept)\n", count(sum.CookiePages, "page"))
	}
	var unread []string
	for _, t := range sortedCounts(sum.NoArticle) {
		unread = append(unread, countedReason(scraper.Reason{Count: t.n, Reason: t.key}))
	}
	if len(unread) > 0 {
		fmt.Fprintf(w, "  archived, but not readable as a page: %s\n", strings.Join(unread, ", "))
	}
	for _, t := range sortedCounts(sum.Truncated) {
		why := t.key
		if why == "unspecified" {
			why = "compressed data cut off or damaged by the server"
		}
		fmt.Fprintf(w, "  truncated: %d (%s)\n", t.n, why)
	}
	if sum.Behind > 0 {
		fmt.Fprintf(w, "  %s behind a maintenance page, to be fetched again\n", count(sum.Behind, "new page"))
	}
	if sum.Consent > 0 {
		fmt.Fprintf(w, "  %s answered with a consent page\n", count(sum.Consent, "page"))
	}
	if walls := sum.Blocked - sum.Consent; walls > 0 {
		fmt.Fprintf(w, "  %s blocked by a bot wall\n", count(walls, "page"))
	}
	if sum.Pending > 0 {
		fmt.Fprintf(w, "  queued: %s\n", count(sum.Pending, "URL"))
	}
}

// printSeeds prints what became of seeds that failed, moved, or lead nowhere.
func (a *app) printSeeds(notes []scraper.SeedNote) {
	for _, n := range notes {
		via := ""
		if n.Target != "" && !n.Moved {
			via = " (leads to " + n.Target + ")"
		}
		fmt.Fprintf(a.stdout, "  seed %s%s: %s\n", plain(n.URL), plain(via), plain(n.Reason))
	}
}

// hintSeeds says what may help where seeds lead to another site.
func (a *app) hintSeeds(notes []scraper.SeedNote) {
	for _, n := range notes {
		switch {
		case n.Failed && n.Asks:
			a.hint("if the site asks for consent, a login or a cookie, --cookies FILE sends what it gave your browser")
			continue
		case !n.Moved || !n.Failed:
			continue
		}
		hint := "--follow-seed archives that site too"
		if u, err := url.Parse(n.Target); err == nil && u.Path != "/" {
			hint += "; for that part of it only: newsmorgue archive " + n.Target + " --scope section"
		}
		a.hint("%s", hint)
		return
	}
}

// gapLine says for which reason URLs are not archived, or the links of archived pages
// were not followed.
func gapLine(r scraper.Reason) string {
	what := "not archived: "
	if why, ok := strings.CutPrefix(r.Reason, scraper.LinksNotFollowed); ok {
		what, r.Reason = scraper.LinksNotFollowed, why
	}
	return what + reasonLine(r)
}

// countedReason prints a reason with its count, with a sign between them: reasons are
// names and sentences of all kinds, for which there is no common plural.
func countedReason(r scraper.Reason) string { return fmt.Sprintf("%d × %s", r.Count, r.Reason) }

// reasonLine prints a reason with its count and an example.
func reasonLine(r scraper.Reason) string {
	line := countedReason(r)
	if r.Example != "" {
		line += ", for example " + clip(r.Example, 120)
	}
	return plain(line)
}

// maxMissed is how many reasons a summary lists.
const maxMissed = 20

// hintAfter says what may help after a run; created means that the archive is new and
// has this site alone.
func (a *app) hintAfter(sum *keep.Summary, dir string, created bool) {
	a.hintSeeds(sum.Seeds)
	if sum.Consent > 0 {
		a.hint("--cookies FILE sends the consent that you gave in a browser")
	}
	if sum.Blocked > sum.Consent {
		a.hint("ask the site to allow this User-Agent and your IP address (--operator says who you are), or send cookies of your own with --cookies")
	}
	a.hintTLS(sum.Missed)
	if sum.NeverAnswered {
		text := fmt.Sprintf("%s has never answered; if its URL is wrong, newsmorgue schedule remove %s --forget -a %s removes it", sum.Site, sum.Site, dir)
		if created {
			text += "; the archive is new and has no pages, so you may also delete the folder"
		}
		a.hint("%s", text)
	}
}

// tlsHints say what may help where a TLS connection failed, by the beginning of the
// reason.
var tlsHints = []struct{ reason, hint string }{
	{"TLS certificate", "if you trust that server, accept its certificate with --tls-accept %[1]s; the records note it"},
	{fetch.ReasonNotTLS, "write http://%[2]s/: that server has no https on this port"},
	{fetch.ReasonNoHandshake, "check the port, or write http://%[2]s/"},
	{"no TLS", "check the port, or write http://%[2]s/"},
	{"TLS version", "the server's TLS is too old to be safe, and no flag allows it; write http://%[2]s/ if it has that, too"},
}

// hintTLS says what may help where TLS connections failed.
func (a *app) hintTLS(missed []scraper.Reason) {
	for _, r := range missed {
		u, err := url.Parse(r.Example)
		if err != nil {
			continue
		}
		for _, h := range tlsHints {
			if strings.HasPrefix(r.Reason, h.reason) {
				a.hint("%s", fmt.Sprintf(h.hint+"%.0[1]s%.0[2]s", u.Hostname(), u.Host))
				break
			}
		}
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
