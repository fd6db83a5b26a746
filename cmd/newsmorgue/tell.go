package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A teller says after the runs of newsmorgue update what they found. The nil teller says
// nothing.
type teller struct {
	watch.Teller
	log *slog.Logger
}

func (a *app) newTeller(ctx context.Context, ar *archive.Archive, front *frontier.Frontier) (*teller, error) {
	cat, err := catalog.Open(ctx, ar)
	if err != nil {
		return nil, err
	}
	log := a.logger(slog.LevelWarn, false)
	t := &teller{watch.Teller{Archive: ar, Catalog: cat, Frontier: front, Logger: log}, log}
	// A daemon warns by itself, of these runs too.
	unlock, err := ar.LockWatch()
	if err == nil {
		unlock()
	}
	t.NoWarnings = errors.Is(err, archive.ErrBusy)
	return t, nil
}

func (t *teller) close() { t.Catalog.Close() }

// after returns what is to be told after a run, as lines; sum is nil if it could not
// begin. That it cannot be found out does not make the run a failure.
func (t *teller) after(ctx context.Context, name string, sum *keep.Summary, s siteSettings) []string {
	if t == nil {
		return nil
	}
	run := ""
	if sum != nil {
		run = sum.Run
	}
	n, err := t.Run(context.WithoutCancel(ctx), name, run, s.zone())
	if err != nil {
		t.log.Error("what changed is not known", "site", name, "error", err)
		return nil
	}
	if n.Empty() {
		return nil
	}
	return plainLines(n.Lines())
}

// prints reports whether the summary of a run is printed: with --quiet, only if
// something went wrong.
func (t *teller) prints(a *app, sum *keep.Summary) bool {
	return t == nil || !a.quiet || a.json || summaryExitCode(sum) != exitDone
}

func plainLines(lines []string) []string {
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	return lines
}

// zone is that of a site's days.
func (s siteSettings) zone() *time.Location {
	if p, err := s.plan(); err == nil && p.Zone != nil {
		return p.Zone
	}
	return time.Local
}
