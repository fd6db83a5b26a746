package facets

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

const (
	// rest is how many times longer than an update the time is in which there is no other
	// one of its sort: so both sorts together take a fiftieth of a processor at most, however
	// much is archived.
	rest = 99
	// leastRest is the least time between two updates.
	leastRest = time.Second
	// patience is how long a caller waits for an update, which small archives finish in it.
	patience = 100 * time.Millisecond
	// maxChanged is how many changed stories are added to an index. If there are more, a new
	// one is built in due time.
	maxChanged = 20_000
)

// A Live keeps an index of a catalog up to date. Its index is built in the background. When
// the catalog has changed, the next caller has it updated: at first the stories with new
// words are added, and in due time all are read again, for a story may have become another
// kind, or be listed under another URL. Both take place at most a fiftieth of the time.
//
// Suppressions are looked for at every call, before it returns: what is suppressed is
// neither in the rows nor in the counts of an index that Index returns.
type Live struct {
	catalog *catalog.Catalog

	ctx    context.Context // of updates
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	watch   *catalog.Watch
	builder *builder
	now     *Index           // nil until the first one is built
	at      catalog.Revision // of the catalog when now was up to date
	whole   bool             // all stories were read at that time
	made    time.Time
	failed  error         // of the last update
	updated chan struct{} // of the update that takes place; nil if there is none
	nextAll time.Time     // when all stories may be read again
	nextNew time.Time     // when changed ones may be
	recent  recent
}

// NewLive returns the index of a catalog, and begins to build it. It must be closed before
// the catalog.
func NewLive(c *catalog.Catalog) *Live {
	ctx, cancel := context.WithCancel(context.Background())
	l := &Live{catalog: c, ctx: ctx, cancel: cancel}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watch, l.failed = c.Watch(); l.failed == nil {
		l.begin()
	}
	return l
}

// Close ends the updates and waits for their end.
func (l *Live) Close() error {
	l.mu.Lock()
	l.cancel() // no other update begins
	l.mu.Unlock()
	l.wg.Wait()
	if l.watch == nil {
		return nil
	}
	return l.watch.Close()
}

// A View is an index as Index returns it.
type View struct {
	*Index
	// Made is when it was read from the catalog. If it is Current, the catalog has not
	// changed since.
	Made    time.Time
	Current bool

	live *Live
	at   catalog.Revision
}

// Index returns the index; nil if it is not built yet.
func (l *Live) Index(ctx context.Context) (*View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watch == nil {
		return nil, l.failed
	}
	r, err := l.watch.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if l.updated == nil && (l.now == nil || r != l.at) && l.due() {
		l.begin()
	}
	if done := l.updated; done != nil {
		l.mu.Unlock()
		select {
		case <-done:
		case <-time.After(patience):
		case <-ctx.Done():
		}
		l.mu.Lock()
		if r, err = l.watch.Revision(ctx); err != nil {
			return nil, err
		}
	}
	if l.now == nil {
		return nil, errors.Join(l.failed, ctx.Err())
	}
	if r.Suppressions != l.at.Suppressions {
		keys, err := l.catalog.Keys(ctx)
		if err != nil {
			return nil, err
		}
		l.now, l.at.Suppressions = l.now.without(keys), r.Suppressions
	}
	return &View{l.now, l.made, l.whole && r == l.at, l, r}, nil
}

// due reports whether an update may take place now.
func (l *Live) due() bool { return !time.Now().Before(l.nextNew) }

// begin begins an update. l.mu is held.
func (l *Live) begin() {
	if l.ctx.Err() != nil {
		return
	}
	done := make(chan struct{})
	l.updated = done
	old, b, suppressions := l.now, l.builder, l.at.Suppressions
	all := old == nil || !time.Now().Before(l.nextAll)
	l.wg.Go(func() {
		start := time.Now()
		var x *Index
		at, err := l.watch.Revision(l.ctx) // before it is read: what comes after it is another one
		if err == nil && all {
			var n int64
			if n, err = l.catalog.CountScope(l.ctx, catalog.Filter{All: true}); err == nil {
				b = newBuilder()
				x, err = b.build(l.catalog.Entries(l.ctx, 0), int(n))
			}
		} else if err == nil {
			x, err = b.update(old, l.catalog.Entries(l.ctx, old.lastDoc()), maxChanged)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		defer close(done)
		l.updated, l.failed = nil, err
		took := time.Since(start)
		next := time.Now().Add(max(rest*took, leastRest))
		if all {
			l.nextAll, l.nextNew = next, time.Now().Add(leastRest)
		} else {
			l.nextNew = next
		}
		if err != nil || x == nil {
			return
		}
		// Suppressions may have been found meanwhile; Index looks again if they differ. An
		// update has the rows of the index before, in which there are those that are
		// suppressed since.
		if !all {
			at.Suppressions = suppressions
		}
		l.now, l.builder, l.at, l.whole, l.made = x, b, at, all, start
	})
}

// recent are the matches and ranks of recent queries on one index and one revision of the
// catalog, so that the next page of a search takes less time than the first.
type recent struct {
	index   *Index
	at      catalog.Revision
	matches map[query]*Match
	ranks   map[rankedQuery][]catalog.Ranked
	size    int // stories in all of them
}

type query struct {
	text string
	fts  bool
}

type rankedQuery struct {
	query
	below int64
}

// maxRecent bounds the stories of recent queries, which take about 20 bytes each.
const maxRecent = 1_000_000

// recall calls use with the recent queries of a view, which are empty if the index or the
// catalog have changed.
func (v *View) recall(use func(*recent)) {
	v.live.mu.Lock()
	defer v.live.mu.Unlock()
	if r := &v.live.recent; r.index != v.Index || r.at != v.at || r.size > maxRecent {
		*r = recent{v.Index, v.at, map[query]*Match{}, map[rankedQuery][]catalog.Ranked{}, 0}
	}
	use(&v.live.recent)
}

// Forget forgets recent queries, which measurements need.
func (l *Live) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent = recent{}
}

// Match returns the stories that have the words of a filter's query, of which it ignores
// the rest. An error wraps catalog.ErrQuery if the query is not valid.
func (v *View) Match(ctx context.Context, f catalog.Filter) (m *Match, err error) {
	key := query{f.Query, f.FTS}
	v.recall(func(r *recent) { m = r.matches[key] })
	if m != nil {
		return m, nil
	}
	if m, err = v.match(ctx, v.live.catalog, f); err != nil {
		return nil, err
	}
	v.recall(func(r *recent) {
		r.matches[key] = m
		r.size += len(m.docs)
	})
	return m, nil
}

// MatchAhead is Match that also ranks the first of the stories, for Best, at the same time.
func (v *View) MatchAhead(ctx context.Context, f catalog.Filter) (m *Match, err error) {
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = v.ranked(ctx, f, math.MaxInt64) }) // if it fails, so does Best
	m, err = v.Match(ctx, f)
	wg.Wait()
	return m, err
}

// Best returns n of some rows that match, from an offset on, the best first. The order is
// that of catalog.Search.
func (v *View) Best(ctx context.Context, m *Match, rows []int32, offset, n int) ([]Scored, error) {
	return v.best(ctx, m, rows, offset, n, v.ranked, catalog.MaxRanked)
}

// ranked is catalog.Ranked, which it asks once for each query and row.
func (v *View) ranked(ctx context.Context, f catalog.Filter, below int64) (all []catalog.Ranked, err error) {
	key := rankedQuery{query{f.Query, f.FTS}, below}
	v.recall(func(r *recent) { all = r.ranks[key] })
	if all != nil {
		return all, nil
	}
	if all, err = v.live.catalog.Ranked(ctx, f, below); err != nil {
		return nil, err
	}
	v.recall(func(r *recent) {
		r.ranks[key] = all
		r.size += len(all)
	})
	return all, nil
}
