package keep

import (
	"cmp"
	"context"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// maxImportBatch bounds the groups that are written with one flush, and
// maxImportBytes the bytes of their records.
const (
	maxImportBatch = 512
	maxImportBytes = 6 << 20
)

// maxImportWait is how long a group waits for others to be written with.
const maxImportWait = 300 * time.Millisecond

// An importBatch is what is written together.
type importBatch struct {
	groups []*importGroup
	bytes  int64

	// What was appended to the journal, and is not in the catalog yet.
	kept []*importGroup
	recs []*archive.Record
	caps []archive.Capture
}

// writeAll writes groups in order, many together: each flush costs the same. A batch is
// appended to the journal while the one before is added to the catalog.
func (x *importing) writeAll(ctx, work context.Context, ordered <-chan *importGroup) error {
	// An import that is stopped keeps what it has read.
	ctx = context.WithoutCancel(ctx)
	appended, failed, end := make(chan *importBatch), make(chan struct{}), make(chan error, 1)
	go func() {
		var err error
		for b := range appended {
			if err == nil {
				if err = x.index(ctx, b); err != nil {
					close(failed)
				}
			}
			x.memory.give(b.bytes)
		}
		end <- err
	}()
	err := x.appendAll(ctx, work, ordered, func(b *importBatch) bool {
		select {
		case appended <- b:
			return true
		case <-failed:
			return false
		}
	})
	close(appended)
	return cmp.Or(<-end, err)
}

// appendAll appends groups to the journal, and gives them to then until that returns false.
func (x *importing) appendAll(ctx, work context.Context, ordered <-chan *importGroup, then func(*importBatch) bool) error {
	for first := range ordered {
		if !wait(work, first) {
			return work.Err()
		}
		b := gather(work, first, ordered)
		if err := x.append(ctx, b); err != nil {
			return err
		}
		if !then(b) || x.done {
			return nil
		}
	}
	return nil
}

// gather makes a batch of a group and of those that are ready soon.
func gather(ctx context.Context, first *importGroup, ordered <-chan *importGroup) *importBatch {
	b := &importBatch{groups: []*importGroup{first}, bytes: first.bytes}
	enough := time.NewTimer(maxImportWait)
	defer enough.Stop()
	for len(b.groups) < maxImportBatch && b.bytes < maxImportBytes {
		select {
		case g, ok := <-ordered:
			if !ok || !wait(ctx, g) {
				return b
			}
			b.groups, b.bytes = append(b.groups, g), b.bytes+g.bytes
		case <-enough.C:
			return b
		}
	}
	return b
}

// wait waits until a group is ready to be written.
func wait(ctx context.Context, g *importGroup) bool {
	select {
	case <-g.ready:
		return true
	case <-ctx.Done():
		return false
	}
}

// append appends a batch to the journal. Write order: journal, catalog.
func (x *importing) append(ctx context.Context, b *importBatch) (err error) {
	// Pages may be suppressed and erased while others are read.
	hidden, err := x.keeper.Catalog.Hidden(ctx)
	if err != nil {
		return err
	}
	if b.recs, b.kept, err = x.choose(b.groups, hidden); err != nil || len(b.recs) == 0 {
		return err
	}
	if !x.isWritten {
		x.recordStart()
		b.recs = append([]*archive.Record{x.run}, b.recs...)
	}
	if b.caps, err = x.keeper.Writer.Append(ctx, b.recs...); err != nil {
		return err
	}
	x.isWritten = true
	return nil
}

// index adds a batch that was appended to the catalog.
func (x *importing) index(ctx context.Context, b *importBatch) error {
	var reads []*catalog.Read
	for _, g := range b.kept {
		reads = append(reads, g.reads...)
	}
	if err := x.keeper.Catalog.IndexReads(ctx, b.caps, b.recs, reads); err != nil {
		return err
	}
	x.noteAll(b.kept)
	return nil
}

func (x *importing) noteAll(groups []*importGroup) {
	for _, g := range groups {
		x.note(g)
	}
}

// choose returns the records of a batch that are to be written, with their groups, and
// counts all.
func (x *importing) choose(batch []*importGroup, hidden *catalog.Hidden) (recs []*archive.Record, kept []*importGroup, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, g := range batch {
		if g.err != nil {
			return nil, nil, g.err
		}
		if x.done || !g.source.whole && x.dropHidden(g, hidden) {
			continue
		}
		if g.isDuplicate || x.isCopy(g) {
			x.report.Duplicates += len(g.recs)
			continue
		}
		recs, kept = append(append(recs, g.recs...), g.readings...), append(kept, g)
		x.done = x.report.take(g) && x.Filter.MaxArticles > 0 && x.report.Articles >= x.Filter.MaxArticles
	}
	return recs, kept, nil
}

// dropHidden reports whether a group's page was suppressed while it was read.
func (x *importing) dropHidden(g *importGroup, hidden *catalog.Hidden) bool {
	for _, rec := range g.recs {
		if hides(hidden, rec) {
			x.report.Suppressed += len(g.recs)
			return true
		}
	}
	return false
}

// isCopy reports whether the capture of a group was imported before under another ID.
func (x *importing) isCopy(g *importGroup) bool {
	if g.main == nil {
		return false
	}
	return !x.ids.addCapture(g.main)
}
