package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// A seed is a URL that the user named, with its labels from a list.
type seed struct {
	url     *url.URL
	labels  map[string]string
	guessed bool // the user gave no scheme
}

// maxInput is the size limit of a list of URLs.
const maxInput = 64 << 20

// seeds reads the URLs of a command, from its arguments and the file of -i.
func (a *app) seeds(argv []string, input, scope string) ([]seed, error) {
	var seeds []seed
	add := func(raw string, labels map[string]string) error {
		u, err := parseSeed(raw)
		if err != nil {
			return err
		}
		if _, err := scraper.NewScope(scope, u); err != nil {
			return usage("%v", err)
		}
		seeds = append(seeds, seed{u, labels, withoutScheme(raw)})
		return nil
	}
	for _, raw := range argv {
		if err := add(raw, nil); err != nil {
			return nil, err
		}
	}
	if input != "" {
		if err := a.readList(input, add); err != nil {
			return nil, err
		}
	}
	if len(seeds) == 0 {
		return nil, fail(exitUsage, "newsmorgue archive --help shows an example", "archive needs at least one URL")
	}
	return seeds, nil
}

// readList reads one URL per line, or a CSV file whose header has a column url.
// Empty lines and those that begin with # are ignored.
func (a *app) readList(path string, add func(raw string, labels map[string]string) error) error {
	in := a.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return fail(exitFailed, "the file has one URL per line, or is a CSV file with a column url", "input file: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxInput))
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	columns := strings.FieldsFunc(strings.ToLower(string(first)), func(r rune) bool { return r == ',' || r == ';' || r == '\t' || r == '\r' || r == '"' || r == ' ' })
	if slices.Contains(columns, "url") {
		return readTable(path, text, add)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := add(line, nil); err != nil {
			return fmt.Errorf("%s: line %d: %w", path, n, err)
		}
	}
	return lines.Err()
}

// readTable reads a CSV file with commas, semicolons or tabs.
func readTable(path string, text []byte, add func(raw string, labels map[string]string) error) error {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	first, _, _ := bytes.Cut(text, []byte("\n"))
	for _, comma := range []string{";", "\t"} {
		if bytes.Contains(first, []byte(comma)) && !bytes.Contains(first, []byte(",")) {
			r.Comma = rune(comma[0])
		}
	}
	rows, err := r.ReadAll()
	if err != nil {
		return fail(exitFailed, "the file must be a CSV file with a column url", "%s: %v", path, err)
	}
	names := rows[0]
	for n, row := range rows[1:] {
		labels, raw := map[string]string{}, ""
		for i, value := range row[:min(len(row), len(names))] {
			name := strings.ToLower(strings.TrimSpace(names[i]))
			switch value = strings.TrimSpace(value); {
			case name == "url":
				raw = value
			case name != "" && value != "":
				labels[name] = value
			}
		}
		if raw == "" {
			continue
		}
		if err := add(raw, labels); err != nil {
			return fmt.Errorf("%s: row %d: %w", path, n+2, err)
		}
	}
	return nil
}

// dryRun prints what a crawl of each seed would find, and its time and size.
func (a *app) dryRun(cmd *cobra.Command, c *crawlFlags, seeds []seed, skipped bool) error {
	ctx := cmd.Context()
	settings := c.merged(cmd, siteSettings{})
	k, err := settings.settings()
	if err != nil {
		return err
	}
	b := *a
	b.hints = &hintSet{hold: len(seeds) > 1}
	show := b.newProgress(len(seeds), nil)
	failed := skipped
	for _, s := range seeds {
		var e *keep.Estimate
		if e, err = b.estimate(ctx, c, k, s, show); err != nil {
			if ctx.Err() != nil || len(seeds) == 1 {
				break
			}
			fmt.Fprintf(show, "newsmorgue: %s: %v\n", plain(s.url.String()), err)
			failed, err = true, nil
			continue
		}
		failed = failed || e.SeedsFailed > 0
		var out bytes.Buffer
		to := b
		to.stdout = &out
		if a.json {
			err = to.printJSON(e)
		} else {
			to.printEstimate(e, k.Assets)
		}
		show.above(a.stdout, out.Bytes())
		b.hintTLS(e.Missed)
		if err != nil {
			break
		}
	}
	show.end()
	b.flushHints()
	switch {
	case ctx.Err() != nil:
		return fail(exitInterrupted, "a dry run keeps nothing, so the same command starts again from the beginning", "%w", errInterrupted)
	case err != nil:
		return err
	case failed:
		return &exitError{code: exitPartly, err: errReported}
	}
	return nil
}

// estimate judges what a crawl of a seed would find.
func (a *app) estimate(ctx context.Context, c *crawlFlags, k keep.Settings, s seed, show *progress) (*keep.Estimate, error) {
	scope, err := scraper.NewScope(c.Scope, s.url)
	if err != nil {
		return nil, usage("%v", err)
	}
	name := crawlName(s.url, scope)
	v := show.view(name)
	defer v.close()
	run := &keep.Run{Name: name, Seeds: []string{s.url.String()}, Scope: c.Scope, Settings: k, Budget: keep.MemoryBudget(),
		Logger: show.logger(), Watch: v.watch, Begin: v.begin}
	return run.Estimate(ctx)
}

func (a *app) printEstimate(e *keep.Estimate, assets string) {
	fmt.Fprintf(a.stdout, "%s: %s announced\n", plain(e.Site), count(e.Pages, "page"))
	for _, y := range e.Announced {
		year := "no date"
		if y.Year > 0 {
			year = fmt.Sprint(y.Year)
		}
		fmt.Fprintf(a.stdout, "  %s  %s  %d\n", plain(y.Site), year, y.Pages)
	}
	for _, r := range e.Missed {
		fmt.Fprintf(a.stdout, "  not fetched: %s\n", reasonLine(r))
	}
	if e.Pages == 0 && e.Sampled == 0 && e.SeedsFailed > 0 {
		fmt.Fprintln(a.stdout, "  no estimate: the seed had no answer")
		return
	}
	if e.Pages == 0 {
		fmt.Fprintln(a.stdout, "  a crawl finds the pages by links; the site does not announce how many there are")
		return
	}
	fmt.Fprintf(a.stdout, "  estimate from %s: %s at %.1f s between requests, %s to download, %s on disk\n",
		count(e.Sampled, "sample page"), roughDuration(e.Seconds), e.Delay, size(e.WireBytes), size(e.DiskBytes))
	if assets == "images" || assets == "all" {
		fmt.Fprintf(a.stdout, "  including %.0f assets per page of about 60 kB each\n", e.Assets)
	}
}

// roughDuration prints an estimated time.
func roughDuration(seconds float64) string {
	switch {
	case seconds < 90:
		return formatDuration(time.Duration(seconds * float64(time.Second)))
	case seconds < 5400:
		return fmt.Sprintf("%.0f minutes", seconds/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%.1f hours", seconds/3600)
	}
	return fmt.Sprintf("%.1f days", seconds/86400)
}
