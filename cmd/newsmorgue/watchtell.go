package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/notice"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/webhook"
)

// watchTells are the flags of newsmorgue watch that say whom to tell.
type watchTells struct {
	feeds, listen string
	anywhere      bool
	webhooks      []string

	receivers []webhook.Receiver
}

func (t *watchTells) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.feeds, "feeds", "", "write an Atom feed of the last 100 changes of each site into this `folder`")
	f.StringArrayVar(&t.webhooks, "webhook", nil, "POST what changed to this `URL`, as JSON (may be repeated)")
	f.StringVar(&t.listen, "listen", "", "serve /metrics, /healthz and the feeds on this `address`, such as 127.0.0.1:9464")
	f.BoolVar(&t.anywhere, "listen-anywhere", false, "let --listen take an address that other machines reach")
}

// check reads the flags.
func (t *watchTells) check() error {
	t.receivers = nil
	for i, raw := range t.webhooks {
		r, err := webhook.Parse(raw)
		if err != nil {
			// The URL may be a secret.
			return usage("--webhook number %d is not valid: %v", i+1, err)
		}
		t.receivers = append(t.receivers, r)
	}
	if t.listen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(t.listen)
	if err != nil {
		return usage("--listen: %q is not a valid address such as 127.0.0.1:9464", t.listen)
	}
	if !t.anywhere && !isLoopback(host) {
		return fail(exitUsage, "write --listen 127.0.0.1:PORT, or allow it with --listen-anywhere; there is no password", "--listen: other machines may reach %q", t.listen)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// tells are what a watcher says, and to whom.
type tells struct {
	teller  *watch.Teller
	feeds   *watch.Feeds
	figures *watch.Figures
	sender  *webhook.Sender

	printing sync.Mutex
}

// startTelling prepares what is told, and starts what tells it: until ctx is done, and
// stop has returned.
func (w *watcher) startTelling(ctx context.Context, t watchTells, d *watch.Daemon) (stop func(), err error) {
	w.teller = &watch.Teller{Archive: w.ar, Catalog: w.cat, Frontier: w.front, Receivers: t.receivers, Logger: w.log, EveryRun: true}
	w.figures = watch.NewFigures()
	if t.feeds != "" {
		if err := os.MkdirAll(t.feeds, 0o755); err != nil {
			return nil, fail(exitFailed, "name a folder that newsmorgue may write with --feeds", "feeds: %w", err)
		}
	}
	if t.feeds != "" || t.listen != "" {
		w.feeds = &watch.Feeds{Archive: w.ar, Author: w.teller.Author(), Version: version(), Dir: t.feeds}
	}
	var listener net.Listener
	if t.listen != "" {
		if listener, err = net.Listen("tcp", t.listen); err != nil {
			return nil, fail(exitFailed, "choose another port with --listen", "%w", err)
		}
		w.log.Info("listening on http://" + listener.Addr().String() + "/")
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	// Without receivers, too: notices of those of an earlier time are given up.
	w.sender = &webhook.Sender{Outbox: w.front, Receivers: t.receivers, Secret: []byte(webhookSecretFromEnvironment()), UserAgent: software(), Logger: w.log,
		Attempted: w.figures.Notice}
	wg.Go(func() { w.sender.Serve(ctx) })
	if listener != nil {
		m := &watch.Monitor{
			Daemon: d, Sites: w.lastSchedules, Archive: w.ar, Catalog: w.cat, Frontier: w.front, Feeds: w.feeds, Figures: w.figures,
			Version: version(), Begun: time.Now(), Logger: w.log, OnlyLocal: !t.anywhere,
		}
		wg.Go(func() {
			if err := m.Serve(ctx, listener); err != nil {
				w.log.Error("no longer listening", "error", err)
			}
		})
	}
	return func() { cancel(); wg.Wait() }, nil
}

// afterRun tells what a run found. That it cannot be found out does not make the run a
// failure.
func (w *watcher) afterRun(ctx context.Context, sum *keep.Summary, s siteSettings) {
	n, err := w.teller.Run(ctx, sum.Site, sum.Run, s.zone())
	if err != nil {
		w.log.Error("what changed is not known", "site", sum.Site, "error", err)
	}
	w.figures.Run(sum, n)
	if n == nil {
		return
	}
	w.say(n)
	if w.feeds != nil {
		if err := w.feeds.Add(ctx, n); err != nil {
			w.log.Error("feed not written", "site", sum.Site, "error", err)
		}
	}
}

// skip records turns without a run, and tells of them.
func (w *watcher) skip(ctx context.Context, s keep.Skipped) error {
	w.figures.Skipped(s)
	if err := s.Record(ctx, w.ar, w.cat); err != nil {
		return err
	}
	n, err := w.teller.Missed(ctx, s.Site)
	if err == nil {
		w.say(n)
	}
	return err
}

// say prints a notice that says something, and wakes what sends it.
func (w *watcher) say(n *notice.Notice) {
	if n.Empty() {
		return
	}
	w.sender.Wake()
	w.printing.Lock()
	defer w.printing.Unlock()
	if w.app.json {
		if err := w.app.printJSON(n); err != nil {
			w.log.Error("notice not printed", "error", err)
		}
		return
	}
	fmt.Fprintln(w.app.stdout, strings.Join(plainLines(n.Lines()), "\n"))
}
