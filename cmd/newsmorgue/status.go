package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show an archive's contents, running crawls and queues",
		Long: `Shows the archive: its size, segments and catalog; the free disk space; the sites with their last run and
their queues; which of them are being crawled now, by which process; frequent errors with examples; and
suppressions, a running repair, and files in quarantine.

` + exitHelp,
		Example: `  newsmorgue status -a /srv/news
  newsmorgue status --json | jq '.sites[] | select(.running)'`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			s, err := a.readStatus(cmd.Context(), ar, c)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(s)
			}
			if err := a.printStatus(s); err != nil {
				return err
			}
			if a.stored != nil && a.stored.info.Shards > 0 {
				a.hint("newsmorgue cluster status shows the machines; newsmorgue why URL reads the queue of the URL's shard")
			} else {
				a.sayQueueOf(s.Queue)
			}
			return nil
		},
	}
}

type statusReport struct {
	Archive    string       `json:"archive"`
	Format     int          `json:"format"`
	ID         string       `json:"id"`
	Created    time.Time    `json:"created"`
	Bytes      int64        `json:"bytes"` // on the disk
	Stored     int64        `json:"stored_only_bytes,omitempty"`
	Sealed     int          `json:"segments_sealed"`
	Open       int          `json:"segments_open"`
	Catalog    int64        `json:"catalog_bytes"`
	Captures   int          `json:"captures"`
	Readings   int          `json:"readings"`
	Runs       int          `json:"runs"`
	Repairing  int          `json:"mending_pid,omitempty"`
	Suppressed int          `json:"suppressions,omitempty"`
	Quarantine []string     `json:"quarantine,omitempty"`
	Free       int64        `json:"disk_free"`
	Queue      time.Time    `json:"queue_at,omitzero"` // of the snapshot in the store
	Store      *storeStatus `json:"store,omitempty"`
	Sites      []siteStatus `json:"sites"`
}

// storeStatus says how it stands with the stored copy of the archive.
type storeStatus struct {
	Store    string    `json:"store"`
	At       time.Time `json:"at"`
	Unstored int64     `json:"unstored_bytes"`
	Since    time.Time `json:"unstored_since,omitzero"`
	Seconds  int64     `json:"unstored_seconds"`
	Error    string    `json:"error,omitempty"`
}

type siteStatus struct {
	Site    string    `json:"site"`
	Running int       `json:"running,omitempty"` // the process ID, -1 if unknown
	Known   int       `json:"known"`             // URLs
	Pending int       `json:"pending"`
	LastRun time.Time `json:"last_run,omitzero"`
	Status  string    `json:"last_status,omitempty"`
	// Responses in the last minute.
	PerMinute int                  `json:"per_minute,omitempty"`
	Hosts     []frontier.HostQueue `json:"hosts,omitempty"`    // with queued URLs
	Problems  []scraper.Reason     `json:"problems,omitempty"` // why URLs could not be fetched
}

func (a *app) readStatus(ctx context.Context, ar *archive.Archive, c *catalog.Catalog) (*statusReport, error) {
	info := ar.Info()
	s := &statusReport{Archive: a.archiveName(ar), Format: info.Version, ID: info.ID, Created: info.Created, Sites: []siteStatus{}}
	segs, err := ar.Segments()
	if err != nil {
		return nil, err
	}
	for _, g := range segs {
		if g.Local {
			s.Bytes += g.Bytes
		} else {
			s.Stored += g.Bytes
		}
		if g.Sealed {
			s.Sealed++
		} else {
			s.Open++
		}
	}
	rows, err := c.Rows(ctx)
	if err != nil {
		return nil, err
	}
	s.Captures, s.Readings, s.Runs = rows["captures"], rows["readings"], rows["runs"]
	hidden, err := c.Hidden(ctx)
	if err != nil {
		return nil, err
	}
	s.Suppressed = hidden.Len()
	if st, err := os.Stat(filepath.Join(ar.Dir(), "catalog.sqlite")); err == nil {
		s.Catalog = st.Size()
	}
	if entries, err := os.ReadDir(filepath.Join(ar.Dir(), "quarantine")); err == nil {
		for _, e := range entries {
			s.Quarantine = append(s.Quarantine, e.Name())
		}
	}
	if free, _, err := keep.DiskSpace(ar.Dir()); err == nil {
		s.Free = free
	}
	st, ok, err := mirror.ReadStatus(ar)
	if err != nil {
		return nil, err
	}
	if ok {
		s.Store = &storeStatus{Store: st.Store, At: st.At, Unstored: st.Bytes, Since: st.Since, Error: st.Error}
		if st.Bytes > 0 {
			s.Store.Seconds = int64(time.Since(st.Since).Seconds())
		}
	}
	front, at, err := a.readQueue(ctx, ar, "")
	if err != nil {
		return nil, err
	}
	defer front.Close()
	s.Queue = at
	return s, s.readSites(ctx, ar, c, front)
}

// readSites collects the sites that have a run, a queue or a lock.
func (s *statusReport) readSites(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, front *frontier.Frontier) error {
	sites := map[string]*siteStatus{}
	site := func(name string) *siteStatus {
		if sites[name] == nil {
			sites[name] = &siteStatus{Site: name}
		}
		return sites[name]
	}
	runs, err := c.Runs(ctx, "", 0)
	if err != nil {
		return err
	}
	for _, r := range runs { // the newest first
		if t := site(r.Site); t.LastRun.IsZero() {
			t.LastRun, t.Status = r.Start, r.Status
		}
	}
	held, err := ar.Locked()
	if err != nil {
		return err
	}
	for _, h := range held {
		pid := h.PID
		if pid == 0 {
			pid = -1
		}
		if h.Site == "" {
			s.Repairing = pid
			continue
		}
		site(h.Site).Running = pid
	}
	known, err := front.Sites(ctx)
	if err != nil {
		return err
	}
	for _, name := range known {
		stats, err := front.Stats(ctx, name)
		if err != nil {
			return err
		}
		t := site(name)
		t.Known, t.Pending = stats.Known, stats.Pending
		if t.PerMinute, err = front.Recent(ctx, name, time.Now().Add(-time.Minute)); err != nil {
			return err
		}
		if t.Hosts, err = front.Queues(ctx, name, 100); err != nil {
			return err
		}
		if t.Problems, err = front.Problems(ctx, name); err != nil {
			return err
		}
	}
	for _, t := range sites {
		if t.Status == "" && t.Running == 0 {
			t.Status = "killed or failed" // it has no record of its end
		}
		s.Sites = append(s.Sites, *t)
	}
	slices.SortFunc(s.Sites, func(a, b siteStatus) int { return strings.Compare(a.Site, b.Site) })
	return nil
}

func (a *app) printStatus(s *statusReport) error {
	fmt.Fprintf(a.stdout, "archive %s, format %d, since %s\n", s.Archive, s.Format, day(s.Created))
	bytes := size(s.Bytes)
	if s.Stored > 0 {
		bytes = fmt.Sprintf("%s on the disk and %s in the store, of which the disk has no copy,", bytes, size(s.Stored))
	}
	fmt.Fprintf(a.stdout, "  %s in %s and %s; catalog %s\n", bytes, count(s.Sealed, "sealed segment"), count(s.Open, "journal"), size(s.Catalog))
	fmt.Fprintf(a.stdout, "  %s, %s, %s; %s free on the disk\n", count(s.Captures, "capture"), count(s.Readings, "extraction"), count(s.Runs, "run"), size(s.Free))
	if s.Suppressed > 0 {
		fmt.Fprintf(a.stdout, "  %s in force: newsmorgue suppress --list\n", count(s.Suppressed, "suppression"))
	}
	if t := s.Store; t != nil {
		text := "all stored"
		if t.Unstored > 0 {
			text = "not stored yet: " + unstoredText(mirror.Unstored{Bytes: t.Unstored, Since: t.Since}, time.Now())
		}
		if t.Error != "" {
			text += "; storing failed: " + t.Error
		}
		fmt.Fprintf(a.stdout, "  copy in %s: %s\n", plain(t.Store), plain(text))
	}
	for _, q := range s.Quarantine {
		fmt.Fprintf(a.stdout, "  in quarantine: %s\n", q)
	}
	if s.Repairing != 0 {
		fmt.Fprintf(a.stdout, "  being repaired by pid %d\n", s.Repairing)
	}
	if len(s.Sites) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SITE\tNOW\tKNOWN\tQUEUED\tLAST RUN\tRESULT")
	for _, t := range s.Sites {
		now := "-"
		if t.Running != 0 {
			now = fmt.Sprintf("pid %d", t.Running)
		}
		last, result := "-", t.Status
		if result == keep.StatusNothing {
			result = "nothing archived"
		}
		if !t.LastRun.IsZero() {
			last = t.LastRun.Local().Format("2006-01-02 15:04")
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\n", plain(t.Site), now, t.Known, t.Pending, last, plain(result))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, t := range s.Sites {
		a.printSiteStatus(t)
	}
	return nil
}

// printSiteStatus prints the rate of a running crawl, its longest queues, and its
// most frequent errors.
func (a *app) printSiteStatus(t siteStatus) {
	var lines []string
	if t.Running != 0 {
		lines = append(lines, fmt.Sprintf("%s in the last minute", count(t.PerMinute, "response")))
	}
	for i, q := range t.Hosts {
		if i == 5 && !a.verbose {
			lines = append(lines, fmt.Sprintf("%s with a queue not shown; -v shows all", count(len(t.Hosts)-i, "host")))
			break
		}
		line := fmt.Sprintf("%s: %d queued", q.Host, q.Pending)
		if t.Running != 0 {
			for _, text := range waitTexts(hostWaits(q, time.Now(), 0), maxWaits) {
				line += "; " + text
			}
		}
		lines = append(lines, line)
	}
	for i, p := range t.Problems {
		if i == 5 && !a.verbose {
			break
		}
		lines = append(lines, reasonLine(p))
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "%s\n", plain(t.Site))
	for _, l := range lines {
		fmt.Fprintf(a.stdout, "  %s\n", plain(l))
	}
}
