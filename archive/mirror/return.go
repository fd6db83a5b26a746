package mirror

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Returned is what Return stored.
type Returned struct {
	Segments []string // with records that the store did not have, by name
	Dropped  []string // local journals and segments whose records are stored otherwise
}

// Return stores what an archive's folder has and its store lacks, for a machine that comes
// back while others may have gone on with the archive. Records of a journal that the store
// knows become a segment of their own, unless the store has them; the local journal is
// removed once that is stored and was read back. So no old journal is continued. Nobody may
// write to the archive meanwhile: a journal with a writer is an ErrBusy. It may be repeated
// after an error or a crash; what was stored is not stored again.
func Return(ctx context.Context, a *archive.Archive, store archive.Store) (Returned, error) {
	var res Returned
	m := &Mirror{Archive: a, Store: store}
	return res, m.locked(ctx, func() error { return m.noted(m.giveBack(ctx, &res)) })
}

func (m *Mirror) giveBack(ctx context.Context, res *Returned) error {
	m.listed = nil
	if err := m.relist(ctx); err != nil {
		return err
	}
	files, err := m.Archive.SegmentFiles()
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range files {
		if err := m.giveBackOne(ctx, f, res); err != nil {
			errs = append(errs, fmt.Errorf("return segment %s: %w", f.Name, err))
			if !isLocal(err) {
				return errors.Join(errs...)
			}
		}
	}
	// What two machines sealed has left journals with what only this one had.
	files, err = m.Archive.SegmentFiles()
	for _, f := range files {
		if f.Sealed {
			continue
		}
		if err := m.giveBackOne(ctx, f, res); err != nil {
			errs = append(errs, fmt.Errorf("return segment %s: %w", f.Name, err))
		}
	}
	return errors.Join(append(errs, err)...)
}

func (m *Mirror) giveBackOne(ctx context.Context, f archive.SegmentFile, res *Returned) error {
	_, stored := m.listed.segments[f.Name]
	known := len(m.listed.parts[f.Name]) > 0
	if !stored && !known || stored && f.Sealed {
		return m.giveWhole(ctx, f, res, stored)
	}
	have := map[string]bool{}
	if stored {
		path, _, _, err := download(ctx, m.Archive.Dir(), m.Store, segmentObject(f.Name))
		if err != nil {
			return err
		}
		c, err := readContents(path)
		if err = errors.Join(err, os.Remove(path)); err != nil {
			return fmt.Errorf("%s in %s: %w", segmentObject(f.Name), m.Store, err)
		}
		maps.Copy(have, c.erased)
	}
	if known {
		ids, err := m.partIDs(ctx, f.Name)
		if err != nil {
			return err
		}
		maps.Copy(have, ids)
	}
	lines := segmentLines(f.Path)
	if !f.Sealed {
		lines = m.journalLines(f.Name)
	}
	name, err := m.keepSurplus(ctx, f.Name, lines, have)
	if err != nil {
		return err
	}
	if name != "" {
		if err := m.giveJournal(ctx, name, res); err != nil {
			return err
		}
	}
	if f.Sealed {
		err = m.Archive.RemoveSealed(f)
	} else {
		err = m.Archive.RemoveJournal(f.Name)
	}
	if err != nil {
		return err
	}
	m.update(func(s *state) { delete(s.Journals, f.Name); delete(s.Segments, f.Name) })
	res.Dropped = append(res.Dropped, f.Name)
	return nil
}

// giveWhole stores a segment that the store does not know at all, or compares it with the
// stored one.
func (m *Mirror) giveWhole(ctx context.Context, f archive.SegmentFile, res *Returned, stored bool) error {
	if !f.Sealed {
		return m.giveJournal(ctx, f.Name, res)
	}
	if err := m.shipSegment(ctx, f); err != nil {
		return err
	}
	if !stored {
		res.Segments = append(res.Segments, f.Name)
	}
	return nil
}

// giveJournal seals a journal and stores the segment, read back.
func (m *Mirror) giveJournal(ctx context.Context, name string, res *Returned) error {
	if err := m.Archive.SealJournal(ctx, name); err != nil && !errors.Is(err, archive.ErrNotFound) {
		return err
	}
	files, err := m.Archive.SegmentFiles()
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Name != name {
			continue
		}
		_, stored := m.listed.segments[name]
		if err := m.shipSegment(ctx, f); err != nil {
			return err
		}
		if !stored {
			res.Segments = append(res.Segments, name)
		}
		return m.prove(ctx, f)
	}
	return nil // it had no records, or the store has them under this name
}

// journalLines returns a function that visits the records of an open journal.
func (m *Mirror) journalLines(name string) func(visit func(body []byte) error) error {
	return func(visit func(body []byte) error) error {
		for from := int64(0); ; {
			p, err := m.Archive.ReadJournal(name, from, partSize)
			if err != nil || len(p.Lines) == 0 {
				return err
			}
			if err := eachLine(p.Lines, func(line []byte) error { return visit(archive.JournalLine(line[:len(line)-1])) }); err != nil {
				return err
			}
			from = p.End
		}
	}
}
