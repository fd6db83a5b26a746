package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/notice"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/warn"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/webhook"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A Teller finds what is to be told after runs, and puts it into the outbox. A warning
// is told when it begins, and again when it has ended.
type Teller struct {
	Archive   *archive.Archive
	Catalog   *catalog.Catalog
	Frontier  *frontier.Frontier
	Receivers []webhook.Receiver
	Logger    *slog.Logger
	// EveryRun tells of all runs, each once: also of those of other processes, with the
	// next run. Otherwise a run is told alone, with those before it that were killed.
	EveryRun bool
	// NoWarnings leaves them to another process, which is following the schedules.
	NoWarnings bool

	mu        sync.Mutex // held while warnings are compared and recorded
	histories map[string][]warn.Run
}

const (
	// history is how many runs of a site are looked at, with turns that had none: five
	// weeks of runs every five minutes, and longer of rarer ones.
	history = 10000
	// news is how many of them may have come since a site was looked at last.
	news = 100
)

// Author makes notices of the archive.
func (t *Teller) Author() *notice.Author {
	return &notice.Author{Archive: t.Archive.Info().ID, Catalog: t.Catalog}
}

// Run tells of a run of a site, given by the record ID of its start; "" if it could not
// begin. Days are those of the zone.
func (t *Teller) Run(ctx context.Context, site, run string, zone *time.Location) (*notice.Notice, error) {
	runs, err := t.untold(ctx, site, run)
	if err != nil {
		return nil, err
	}
	n, err := t.Author().Of(ctx, site, runs)
	if err != nil {
		return nil, err
	}
	telling := frontier.Telling{Site: site}
	if len(runs) > 0 && t.EveryRun {
		telling.Run = runs[0].Start
	}
	if t.NoWarnings {
		return n, t.tell(ctx, n, telling)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	past, err := t.past(ctx, site)
	if err != nil {
		return nil, err
	}
	active, err := t.Frontier.Warnings(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	telling.Begin, telling.End = warn.Compare(active, site, warn.Site(site, past, active, zone, now), now)
	begin, end := warn.Compare(active, "", t.disk(now), now)
	telling.Begin, telling.End = append(telling.Begin, begin...), append(telling.End, end...)
	return n, t.tell(ctx, n, telling)
}

// Missed tells of turns that had no run.
func (t *Teller) Missed(ctx context.Context, site string) (*notice.Notice, error) {
	n, err := t.Author().Of(ctx, site, nil)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	past, err := t.past(ctx, site)
	if err != nil {
		return nil, err
	}
	active, err := t.Frontier.Warnings(ctx)
	if err != nil {
		return nil, err
	}
	telling, now := frontier.Telling{Site: site}, time.Now()
	telling.Begin, telling.End = warn.Compare(active, site, []warn.Finding{warn.Missed(past), warn.Failing(past)}, now)
	return n, t.tell(ctx, n, telling)
}

// untold lists the run with the ID and earlier ones to be told with it, the newest first.
// Where nobody was ever told of every run, it begins with this one.
func (t *Teller) untold(ctx context.Context, site, run string) ([]catalog.Run, error) {
	if run == "" {
		return nil, nil
	}
	told, err := t.Frontier.Told(ctx, site)
	if err != nil {
		return nil, err
	}
	all, err := t.Catalog.Runs(ctx, site, news)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(r catalog.Run) bool { return r.ID == run })
	if i < 0 {
		return nil, nil
	}
	all = all[i:]
	end := 1
	for end < len(all) && (t.EveryRun && !told.IsZero() && all[end].Start.After(told) || !t.EveryRun && all[end].End.IsZero()) {
		end++
	}
	return all[:end], nil
}

// tell records the warnings and sends the notice, if it says something.
func (t *Teller) tell(ctx context.Context, n *notice.Notice, telling frontier.Telling) error {
	t.Author().Warn(n, telling.Begin, telling.End)
	if !n.Empty() && len(t.Receivers) > 0 {
		var body bytes.Buffer
		enc := json.NewEncoder(&body)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(n); err != nil {
			return err
		}
		for _, r := range t.Receivers {
			telling.Send = append(telling.Send, frontier.Message{Receiver: r.Name, ID: n.ID, Site: n.Site, Body: bytes.TrimSpace(body.Bytes()), Created: time.Now()})
		}
	}
	dropped, err := t.Frontier.Tell(ctx, telling)
	if dropped > 0 {
		t.Logger.Error("the outbox of notices is full, and the oldest are dropped", "dropped", dropped)
	}
	return err
}

// past is what is known of a site's runs, the oldest first.
func (t *Teller) past(ctx context.Context, site string) ([]warn.Run, error) {
	old := t.histories[site]
	limit := news
	if old == nil {
		limit = history
	}
	runs, err := t.Catalog.History(ctx, site, limit)
	if err != nil {
		return nil, err
	}
	var fresh []warn.Run
	for _, r := range slices.Backward(runs) {
		fresh = append(fresh, warn.ReadRun(r))
	}
	if len(runs) == limit && old != nil {
		// What is older than these does not change.
		i := slices.IndexFunc(old, func(r warn.Run) bool { return !r.Start.Before(fresh[0].Start) })
		if i < 0 {
			i = len(old)
		}
		fresh = append(slices.Clone(old[:i]), fresh...)
	}
	fresh = recentRuns(fresh)
	if t.histories == nil {
		t.histories = map[string][]warn.Run{}
	}
	t.histories[site] = fresh
	return fresh, nil
}

// recentRuns leaves the runs that the checks look at, which reach back 84 days at most:
// the daemon keeps them in memory, of all sites. Of rare runs it leaves the last few.
func recentRuns(runs []warn.Run) []warn.Run {
	const (
		days = 90 * 24 * time.Hour
		few  = 100
	)
	from := max(0, len(runs)-history)
	for len(runs)-from > few && runs[len(runs)-1].Start.Sub(runs[from].Start) > days {
		from++
	}
	if from == 0 {
		return runs
	}
	return slices.Clone(runs[from:])
}

// disk looks at the disk of the archive.
func (t *Teller) disk(now time.Time) []warn.Finding {
	free, total, err := keep.DiskSpace(t.Archive.Dir())
	if err != nil {
		return nil // not known on this system
	}
	segments, err := t.Archive.Segments()
	if err != nil {
		return nil
	}
	growth, ok := warn.Growth(segments, now)
	return []warn.Finding{warn.Disk(free, keep.Reserve(total), growth, ok)}
}
