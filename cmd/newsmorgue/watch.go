package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func (a *app) watchCommand() *cobra.Command {
	var atOnce int
	var t watchTells
	var store storeFlags
	var machine machineFlags
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Run all schedules until stopped (the daemon)",
		Long: `Runs all schedules of the archive until it is stopped: whenever a site is due, it is refreshed as with
newsmorgue update. A site never has two runs at the same time, and an archive no second newsmorgue watch;
newsmorgue archive and update work beside it. Edits of sites.toml take effect within seconds; while the file
has an error, the last good settings stay. Turns that were missed are caught up by one run, and recorded with
the reason. SIGTERM and Ctrl-C stop it cleanly: requests in flight are finished and kept, and the next run
continues with the rest.

What changed is printed after each run, if something did (with --json, as one JSON object per line), and warnings
when they begin and when they have ended: fewer new articles than usual, extraction that got worse, a bot wall,
missed turns, failing runs, a disk that fills up. --feeds writes it as Atom feeds, --webhook sends it as JSON.
With $NEWSMORGUE_WEBHOOK_SECRET set, such requests are signed: X-Newsmorgue-Signature is "sha256=" and the
HMAC-SHA256, in hexadecimal, of X-Newsmorgue-Timestamp, a full stop and the body. What a receiver does not take is
sent again, at growing intervals, for 7 days; it may so get a notice twice, with the same X-Newsmorgue-Id.

--listen serves /metrics (Prometheus), /healthz, /changes.atom and /changes/SITE.atom without a password, and so
only takes an address of this machine, unless --listen-anywhere says otherwise.

With the store of a cluster as -a, it is one of its machines: it takes its share of the shards into the folder of
--dir, follows the schedules of their sites, and keeps the store up to date. Another machine goes on where this one
is killed. See newsmorgue cluster.

` + exitHelp,
		Example: `  newsmorgue watch -a /srv/news
  newsmorgue watch -a /srv/news --feeds /var/www/feeds --listen 127.0.0.1:9464
  newsmorgue watch -a /srv/news --webhook https://hooks.example.org/newsmorgue
  newsmorgue watch -a s3://news/morgue --database postgres://newsmorgue@db.example.org/newsmorgue --dir /srv/shards`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if atOnce < 1 {
				return usage("--sites-at-once is %d; it must be at least 1", atOnce)
			}
			if err := t.check(); err != nil {
				return err
			}
			if _, err := store.check(); err != nil {
				return err
			}
			if shared, err := a.isCluster(cmd.Context()); err != nil || shared {
				if err != nil {
					return clusterError(err)
				}
				return a.watchCluster(cmd, &machine, atOnce, t, &store)
			}
			if machine.dir != "" || machine.database != "" {
				return fail(exitNoArchive, "--dir and --database are for a machine of a cluster, whose store -a names; newsmorgue cluster init makes one", "%s is not a cluster", a.folder())
			}
			ar, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			unlock, err := ar.LockWatch()
			if err != nil {
				return err
			}
			defer unlock()
			w := &watcher{app: a, ar: ar, store: a.siteStore(ar), log: a.logger(slog.LevelInfo, true), budget: keep.MemoryBudget()}
			if w.storing, err = a.startStoring(cmd.Context(), ar, &store, w.log); err != nil {
				return err
			}
			defer w.storing.end(cmd.Context())
			scheduled, err := w.schedules()
			if err != nil {
				return err
			}
			if w.cat, err = catalog.Open(cmd.Context(), ar); err != nil {
				return err
			}
			defer w.cat.Close()
			if w.front, err = keep.OpenFrontier(ar); err != nil {
				return err
			}
			defer w.front.Close()
			d := w.daemon(atOnce)
			stop, err := w.startTelling(cmd.Context(), t, d)
			if err != nil {
				return err
			}
			defer stop()
			if !a.quiet {
				fmt.Fprintln(a.stderr, watchHead(absolute(ar.Dir()), scheduled))
			}
			if active(scheduled) == 0 {
				a.hint("newsmorgue schedule add URL -a %s --every 6h adds a schedule; it takes effect within seconds", ar.Dir())
			}
			if len(t.receivers) > 0 && webhookSecretFromEnvironment() == "" {
				a.hint("set NEWSMORGUE_WEBHOOK_SECRET, so that receivers can check who sent a notice")
			}
			return d.Serve(cmd.Context())
		},
	}
	cmd.Flags().IntVar(&atOnce, "sites-at-once", 4, "crawl up to this many sites at a time")
	t.register(cmd)
	store.register(cmd)
	machine.register(cmd)
	return cmd
}

// hold is what runs wait for before a request: that a store has more of what was kept.
func (w *watcher) hold() func(ctx context.Context, say func(reason string)) error {
	if w.holdBack != nil {
		return w.holdBack
	}
	return w.storing.hold()
}

// daemon is the daemon of the watcher's schedules.
func (w *watcher) daemon(atOnce int) *watch.Daemon {
	return &watch.Daemon{
		Sites: w.schedules,
		Last: func(ctx context.Context, name string, until time.Time) (watch.LastRun, error) {
			last, err := lastRun(ctx, w.cat, name, until)
			last.AtOnce = last.Start.Before(w.taken)
			// What failed on another machine, whose disk may be full, is continued on this one.
			last.Unfinished = last.Unfinished || last.Failed && last.AtOnce
			return last, err
		},
		Busy: w.ar.SiteLocked,
		Since: func(ctx context.Context, name, plan string) (time.Time, error) {
			return w.front.Followed(ctx, name, plan, time.Now())
		},
		Run:    w.run,
		Skip:   w.skip,
		Logger: w.log, AtOnce: atOnce,
	}
}

// A watcher is what the daemon needs of an archive.
type watcher struct {
	app    *app
	ar     *archive.Archive
	store  *siteStore
	cat    *catalog.Catalog
	front  *frontier.Frontier
	log    *slog.Logger
	budget *scraper.Budget

	storing *storing

	// Of a shard of a cluster; all are zero else.
	only     func(name string, s siteSettings) bool // the sites of the shard
	machine  string
	taken    time.Time // when it became this machine's
	holdBack func(ctx context.Context, say func(reason string)) error
	wrap     func(scraper.Frontier) scraper.Frontier
	dial     map[string]string
	turns    chan struct{} // runs of all shards take turns

	tells // what it says, and to whom

	mu      sync.Mutex
	good    map[string]siteSettings // the settings, as they were valid last
	planned []watch.Site            // their schedules

	reading sync.Mutex // of what follows
	text    string     // of sites.toml, read last
	sites   []watch.Site
	err     error
}

// schedules reads the sites that have a schedule, paused ones included. The settings of
// a file in which all sites are valid are those of the runs from now on.
func (w *watcher) schedules() ([]watch.Site, error) {
	w.reading.Lock()
	defer w.reading.Unlock()
	text, err := w.store.read()
	if err != nil {
		return nil, err
	}
	if text != w.text || w.sites == nil {
		w.text = text
		w.sites, w.err = w.readSchedules(text)
	}
	return w.sites, w.err
}

func (w *watcher) readSchedules(text string) ([]watch.Site, error) {
	sites, err := parseSites(text, w.store.path)
	if err != nil {
		return nil, err
	}
	res := []watch.Site{}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		s := sites[name]
		if !s.scheduled() && s.Requested == "" || w.only != nil && !w.only(name, s) {
			continue
		}
		missing, err := w.store.scheduled(name, s)
		if err != nil {
			return nil, err
		}
		if missing != nil {
			w.log.Warn("the site cannot be crawled now", "site", name, "error", missing)
		}
		plan, err := s.plan()
		if err != nil {
			return nil, w.store.wrong(name, err)
		}
		requested, err := s.requested()
		if err != nil {
			return nil, w.store.wrong(name, err)
		}
		res = append(res, watch.Site{Name: name, Plan: plan, Paused: s.Paused, Requested: requested})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.good, w.planned = sites, res
	return res, nil
}

// lastSchedules are the schedules as they are, or with an error as they were last.
func (w *watcher) lastSchedules() ([]watch.Site, error) {
	sites, err := w.schedules()
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		sites = w.planned
	}
	return sites, err
}

// run is one run of a site.
func (w *watcher) run(ctx context.Context, name string) error {
	if w.turns != nil {
		select {
		case w.turns <- struct{}{}:
			defer func() { <-w.turns }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.mu.Lock()
	s := w.good[name]
	w.mu.Unlock()
	settings, err := w.store.settings(name, s)
	if err != nil {
		return err
	}
	run := &keep.Run{Archive: w.ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings, Refresh: keep.RefreshAuto, Logger: w.log, Budget: w.budget, Frontier: w.front,
		Machine: w.machine, Wrap: w.wrap, Dial: w.dial, Hold: w.hold()}
	run.Watch = func(e scraper.Event) {
		if e.Kind == scraper.EventNotice {
			w.log.Info(e.Reason, "site", name)
		}
	}
	sum, err := run.Do(ctx)
	if sum != nil {
		w.log.Info("run ended", "site", name, "status", summaryHead(sum), "pages", sum.Pages, "articles", sum.Articles,
			"new", sum.New, "changed", sum.Changed, "gone", sum.Gone, "failed", sum.Failed, "seeds_failed", sum.SeedsFailed, "took", formatDuration(sum.Took))
		w.afterRun(context.WithoutCancel(ctx), sum, s)
	}
	return err
}

// watchHead says what a daemon is about to do.
func watchHead(dir string, scheduled []watch.Site) string {
	const end = "; Ctrl-C stops cleanly"
	n, paused := active(scheduled), len(scheduled)-active(scheduled)
	switch {
	case n == 0 && paused == 0:
		return "nothing is scheduled in " + dir + ": waiting for a schedule" + end
	case n == 0:
		return fmt.Sprintf("nothing to do in %s: all schedules are paused (%s); waiting for a change%s", dir, count(paused, "site"), end)
	case paused > 0:
		return fmt.Sprintf("watching %s: %s scheduled, %d paused%s", dir, count(n, "site"), paused, end)
	}
	return fmt.Sprintf("watching %s: %s scheduled%s", dir, count(n, "site"), end)
}

// active is how many schedules are not paused.
func active(sites []watch.Site) int {
	n := 0
	for _, s := range sites {
		if !s.Paused {
			n++
		}
	}
	return n
}
