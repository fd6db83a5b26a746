package mirror

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive"
)

// ErrUnstored says that a folder has records that its store does not have.
var ErrUnstored = errors.New("the folder has records that are not stored")

// Fetched is what Fetch made or found.
type Fetched struct {
	Info     archive.Info
	Journals int      // open journals in the folder that are from the store
	Parts    int      // parts that were read
	Segments int      // sealed segments in the store, which stay there
	Gaps     []string // the first missing parts of journals that have later ones
}

// Fetch makes an archive's folder of its stored copy, or brings one up to date: its
// archive.json, and open journals from their parts. Sealed segments are not fetched. Only
// parts that are new since the last time are read. A journal ends before its first missing
// part. A part that is damaged is an ErrDamaged that names it; the other journals are
// fetched still. A folder with a journal that has records which the store does not have is
// an ErrUnstored: Return stores them.
func Fetch(ctx context.Context, store archive.Store, dir string) (Fetched, error) {
	var res Fetched
	body, err := readInfo(ctx, store)
	if errGone(err) {
		return res, fmt.Errorf("%w in %s", archive.ErrNotArchive, store)
	}
	if err != nil {
		return res, err
	}
	if res.Info, err = archive.ParseInfo(body, store.String()); err != nil {
		return res, err
	}
	a, err := archive.CreateCopy(dir, body)
	if errors.Is(err, archive.ErrForeign) {
		return res, fmt.Errorf("%w: %w", ErrOtherArchive, err)
	}
	if err != nil {
		return res, err
	}
	defer a.Close()
	m := &Mirror{Archive: a, Store: store}
	return res, m.locked(ctx, func() error { return m.fetch(ctx, &res) })
}

func (m *Mirror) fetch(ctx context.Context, res *Fetched) error {
	var err error
	for try := 0; ; try++ {
		var l *listing
		if l, err = list(ctx, m.Store); err != nil {
			return err
		}
		m.listed = l
		res.Segments, res.Gaps = len(l.segments), nil
		if err = m.fetchJournals(ctx, res); !errGone(err) || try == 2 {
			return err
		}
		// A journal was sealed since it was listed: its parts are gone, and the segment is there.
	}
}

func (m *Mirror) fetchJournals(ctx context.Context, res *Fetched) error {
	files, err := m.Archive.SegmentFiles()
	if err != nil {
		return err
	}
	var errs []error
	res.Journals = 0
	for _, f := range files {
		if _, stored := m.listed.segments[f.Name]; stored && !f.Sealed {
			if err := m.dropJournal(ctx, f); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for _, name := range sortedKeys(m.listed.parts) {
		if _, stored := m.listed.segments[name]; stored {
			continue
		}
		numbers := m.listed.numbers(name)
		for i, n := range numbers {
			if n != i+1 {
				res.Gaps = append(res.Gaps, partObject(name, i+1))
				numbers = numbers[:i]
				break
			}
		}
		if len(numbers) == 0 {
			continue
		}
		err := m.fetchJournal(ctx, name, numbers, res)
		if errGone(err) {
			return err
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("fetch journal %s: %w", name, err))
			continue
		}
		res.Journals++
	}
	return errors.Join(errs...)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// dropJournal removes an open journal whose sealed segment is stored, if this package made
// it and nobody wrote to it since.
func (m *Mirror) dropJournal(ctx context.Context, f archive.SegmentFile) error {
	js := m.journalState(f.Name)
	if js == nil || js.End != f.Size || !m.Archive.HasJournalPart(f.Name, js.Last, js.End, js.Sum) {
		path, _, _, err := download(ctx, m.Archive.Dir(), m.Store, segmentObject(f.Name))
		if err != nil {
			return err
		}
		defer os.Remove(path)
		there, err := readContents(path)
		if err != nil {
			return fmt.Errorf("%s in %s: %w", segmentObject(f.Name), m.Store, err)
		}
		for c, err := range m.Archive.Captures(ctx, f.Name) {
			if err != nil {
				return err
			}
			if _, ok := there.erased[c.ID]; !ok {
				return fmt.Errorf("journal %s: %w", f.Name, ErrUnstored)
			}
		}
	}
	if err := m.Archive.RemoveJournal(f.Name); err != nil {
		return err
	}
	m.update(func(s *state) { delete(s.Journals, f.Name) })
	return nil
}

func (m *Mirror) journalState(name string) *journalState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state.Journals[name]
}

// fetchJournal appends the parts of a journal that are new, or makes it of all parts.
func (m *Mirror) fetchJournal(ctx context.Context, name string, numbers []int, res *Fetched) error {
	path := filepath.Join(m.Archive.Dir(), "segments", name+".journal")
	st, err := os.Stat(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	js := m.journalState(name)
	if st == nil || js == nil || js.Others || js.End != st.Size() || js.Parts > len(numbers) || !m.Archive.HasJournalPart(name, js.Last, js.End, js.Sum) {
		if js, err = m.remake(ctx, name, numbers, st != nil, res); err != nil {
			return err
		}
		m.update(func(s *state) { s.Journals[name] = js })
		return nil
	}
	now := *js
	return readParts(ctx, m.Store, m.listed, name, numbers[now.Parts:], func(n int, lines []byte) error {
		if err := m.Archive.AppendJournal(name, now.End, lines); err != nil {
			return err
		}
		now.took(n, lines)
		res.Parts++
		next := now
		m.update(func(s *state) { s.Journals[name] = &next })
		return nil
	})
}

// took notes that the lines of a part are at the end of the local journal.
func (j *journalState) took(n int, lines []byte) {
	last := lines
	_ = eachLine(lines, func(line []byte) error { last = line; return nil })
	j.Parts = n
	j.End += int64(len(lines))
	j.Last = j.End - int64(len(last))
	j.Sum = string(last[:8])
}

// remake makes a journal of all its parts. A journal that is there may have no other lines.
func (m *Mirror) remake(ctx context.Context, name string, numbers []int, there bool, res *Fetched) (*journalState, error) {
	have := lineSet{}
	for from := int64(0); there; {
		p, err := m.Archive.ReadJournal(name, from, partSize)
		if err != nil {
			return nil, err
		}
		if len(p.Lines) == 0 {
			break
		}
		have.add(p.Lines)
		from = p.End
	}
	f, err := tempFile(m.Archive.Dir())
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) // or it was renamed
	js := &journalState{}
	err = readParts(ctx, m.Store, m.listed, name, numbers, func(n int, lines []byte) error {
		_ = eachLine(lines, func(line []byte) error { delete(have, lineKey(line)); return nil })
		js.took(n, lines)
		res.Parts++
		_, err := f.Write(lines)
		return err
	})
	if err == nil {
		err = errors.Join(f.Chmod(0o644), f.Sync())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(have) > 0 {
		return nil, fmt.Errorf("%d lines: %w", len(have), ErrUnstored)
	}
	return js, m.Archive.InstallJournal(name, f.Name())
}
