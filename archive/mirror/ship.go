package mirror

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// shipJournal stores the lines of an open journal that are not stored yet, as new parts.
func (m *Mirror) shipJournal(ctx context.Context, f archive.SegmentFile) error {
	const tries = 4
	for range tries {
		again, err := m.shipLines(ctx, f.Name)
		if errors.Is(err, archive.ErrNotFound) {
			return nil // sealed or removed meanwhile
		}
		if err != nil {
			return fmt.Errorf("store journal %s: %w", f.Name, err)
		}
		if !again {
			return nil
		}
		// Somebody else has put parts of this journal: its former owner, or a copy of
		// this folder. Their lines stay, and ours follow them.
		if err := m.listed.relistJournal(ctx, m.Store, f.Name); err != nil {
			return err
		}
		m.update(func(s *state) { delete(s.Journals, f.Name) })
	}
	return fmt.Errorf("store journal %s: somebody else stores parts of it, too: %w", f.Name, archive.ErrChanged)
}

// shipLines is shipJournal; it returns again if others have put parts of the journal.
func (m *Mirror) shipLines(ctx context.Context, name string) (again bool, err error) {
	js, known, err := m.journal(ctx, name)
	if err != nil {
		return false, err
	}
	matched := 0
	for {
		start := time.Now()
		part, err := m.Archive.ReadJournal(name, js.End, partSize)
		if err != nil {
			return false, err
		}
		lines := part.Lines
		if known != nil {
			lines = known.without(lines)
			matched += bytes.Count(part.Lines, []byte("\n")) - bytes.Count(lines, []byte("\n"))
		}
		if len(lines) > 0 {
			if js.Parts >= maxParts {
				return false, fmt.Errorf("it has %d parts already; seal it", maxParts)
			}
			if again, err := m.putPart(ctx, name, js.Parts+1, lines); again || err != nil {
				return again, err
			}
			js.Parts++
		}
		if len(part.Lines) > 0 {
			js.End, js.Last, js.Sum = part.End, part.Last, part.Sum
		} else {
			js.At, js.Others = start, js.Others || matched < len(known)
		}
		if known == nil || len(part.Lines) == 0 {
			now := js
			m.update(func(s *state) { s.Journals[name] = &now })
		}
		if len(part.Lines) == 0 {
			return false, nil
		}
	}
}

// journal returns what is stored of a journal. If that is not known, it reads the stored
// parts, and returns all their lines.
func (m *Mirror) journal(ctx context.Context, name string) (journalState, lineSet, error) {
	m.mu.Lock()
	s := m.state.Journals[name]
	m.mu.Unlock()
	numbers := m.listed.numbers(name)
	if s != nil && len(numbers) == s.Parts && (s.Parts == 0 || numbers[s.Parts-1] == s.Parts) && m.Archive.HasJournalPart(name, s.Last, s.End, s.Sum) {
		return *s, nil, nil
	}
	if len(numbers) == 0 {
		return journalState{}, nil, nil
	}
	known := lineSet{}
	err := readParts(ctx, m.Store, m.listed, name, numbers, func(_ int, lines []byte) error { known.add(lines); return nil })
	return journalState{Parts: numbers[len(numbers)-1]}, known, err
}

// putPart stores a part. It returns again if there is another part of that number.
func (m *Mirror) putPart(ctx context.Context, name string, n int, lines []byte) (again bool, err error) {
	body, err := encodePart(lines)
	if err != nil {
		return false, err
	}
	object := partObject(name, n)
	o, err := m.Store.Put(ctx, object, bytes.NewReader(body), int64(len(body)))
	if errors.Is(err, archive.ErrExists) {
		// Perhaps the answer to an earlier try of ours was lost.
		there, rerr := readPart(ctx, m.Store, object)
		if rerr != nil {
			return false, rerr
		}
		if !bytes.Equal(there, lines) {
			return true, nil
		}
		o, err = archive.Object{Name: object, Size: int64(len(body))}, nil
	}
	if err != nil {
		return false, fmt.Errorf("put %s: %w", object, err)
	}
	m.listed.addPart(name, n, o)
	return false, nil
}

// shipSegment stores a sealed segment, and removes the parts of its journal when the
// stored segment was read back.
func (m *Mirror) shipSegment(ctx context.Context, f archive.SegmentFile) error {
	o, stored := m.listed.segments[f.Name]
	st := m.segment(f.Name)
	if !stored || !st.matches(f) || st.ETag != o.ETag {
		if err := m.storeSegment(ctx, f); err != nil {
			return fmt.Errorf("store segment %s: %w", f.Name, err)
		}
	}
	if len(m.listed.parts[f.Name]) == 0 {
		return nil
	}
	// Its file may be another one now: the stored one, in place of ours.
	f, err := m.sealedFile(f.Name)
	if err == nil {
		err = m.prove(ctx, f)
	}
	if err != nil {
		return fmt.Errorf("read segment %s back: %w", f.Name, err)
	}
	if f, err = m.sealedFile(f.Name); err != nil {
		return err
	}
	// Somebody else may have put parts since they were listed, or removed some after it
	// stored the segment.
	if err := m.listed.relistJournal(ctx, m.Store, f.Name); err != nil {
		return err
	}
	return m.removeParts(ctx, f.Name, f.Path)
}

// sealedFile returns the file of a sealed segment as it is now.
func (m *Mirror) sealedFile(name string) (archive.SegmentFile, error) {
	files, err := m.Archive.SegmentFiles()
	for _, f := range files {
		if f.Name == name && f.Sealed {
			return f, nil
		}
	}
	return archive.SegmentFile{Name: name}, errors.Join(err, fmt.Errorf("segment %s on disk: %w", name, archive.ErrChanged))
}

func (m *Mirror) segment(name string) *segmentState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state.Segments[name]
}

// setSegment notes that a segment is stored. The archive may read it from there once its
// file is gone.
func (m *Mirror) setSegment(name string, st *segmentState, o archive.Object) {
	if err := m.Archive.NoteStored(m.Store, o); err != nil && m.Logger != nil {
		m.Logger.Warn("a stored segment cannot be read from the store", "segment", name, "error", err)
	}
	m.listed.segments[name] = o
	m.update(func(s *state) { s.Segments[name] = st })
}

// A localFile is an open file of a sealed segment, with its digest. What is put is what
// was digested, even if the segment is rewritten meanwhile.
type localFile struct {
	*os.File
	size int64
	mod  time.Time
	sum  string
}

func openLocal(path string) (*localFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	st, err := f.Stat()
	if err == nil {
		_, err = io.Copy(h, f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &localFile{f, st.Size(), st.ModTime(), hex.EncodeToString(h.Sum(nil))}, nil
}

func (l *localFile) state(o archive.Object) *segmentState {
	return &segmentState{Size: l.size, Mod: l.mod.UnixNano(), ETag: o.ETag, SHA256: l.sum, Proved: true}
}

// storeSegment stores a sealed segment, or finds out how it differs from the stored one.
func (m *Mirror) storeSegment(ctx context.Context, f archive.SegmentFile) error {
	object := segmentObject(f.Name)
	if o, ok := m.listed.segments[f.Name]; ok {
		if m.segment(f.Name) == nil && o.Size == f.Size {
			// An earlier process stored it, most likely. The trailer has a checksum of the
			// index, and this has the root of the records.
			there, now, err := trailer(ctx, m.Store, object)
			if err != nil {
				return err
			}
			here, err := localTrailer(f.Path)
			if err == nil && bytes.Equal(here, there) && now.ETag == o.ETag {
				m.setSegment(f.Name, &segmentState{Size: f.Size, Mod: f.Modified.UnixNano(), ETag: o.ETag}, o)
				return nil
			}
		}
		return m.merge(ctx, f)
	}
	local, err := openLocal(f.Path)
	if err != nil {
		return err
	}
	defer local.Close()
	o, err := m.Store.Put(ctx, object, local.File, local.size)
	if errors.Is(err, archive.ErrExists) {
		return m.merge(ctx, f)
	}
	if err != nil {
		return err
	}
	return m.readBack(ctx, f.Name, local, o)
}

// readBack reads what was just put and compares it. What came out wrong is replaced once.
func (m *Mirror) readBack(ctx context.Context, name string, local *localFile, o archive.Object) error {
	object := segmentObject(name)
	for try := 0; ; try++ {
		sum, now, err := hashObject(ctx, m.Store, object, maxSegment, io.Discard)
		switch {
		case err != nil:
			return fmt.Errorf("read back: %w", err)
		case sum == local.sum:
			m.setSegment(name, local.state(now), now)
			return nil
		case now.ETag != o.ETag:
			return fmt.Errorf("%s: %w", object, archive.ErrChanged)
		case try > 0:
			return lie{object, m.Store.String()}
		}
		if o, err = m.Store.Replace(ctx, object, now.ETag, local.File, local.size); err != nil {
			return err
		}
	}
}

// prove reads the stored copy of a segment and compares it with the local file, unless
// this was done before.
func (m *Mirror) prove(ctx context.Context, f archive.SegmentFile) error {
	st := m.segment(f.Name)
	if st.matches(f) && st.Proved {
		return nil
	}
	return m.merge(ctx, f)
}

// merge compares a local segment with the stored one of that name. They differ if records
// of one were erased, or if two machines sealed one journal. Then what only the local one
// has becomes a journal of its own, and the stored one takes its place.
func (m *Mirror) merge(ctx context.Context, f archive.SegmentFile) error {
	object := segmentObject(f.Name)
	path, sum, o, err := download(ctx, m.Archive.Dir(), m.Store, object)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	local, err := openLocal(f.Path)
	if err != nil {
		return err
	}
	defer local.Close()
	if local.sum == sum {
		m.setSegment(f.Name, local.state(o), o)
		return nil
	}
	theirs, err := readContents(path)
	if err != nil {
		return fmt.Errorf("%s in %s: %w", object, m.Store, err)
	}
	mine, err := readContents(f.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	d := compare(mine, theirs)
	switch {
	case d.myErased > 0 && d.theirs+d.theyErased == 0:
		// Records were erased here since. What is erased must not stay elsewhere.
		if o, err = m.Store.Replace(ctx, object, o.ETag, local.File, local.size); err != nil {
			return err
		}
		return m.readBack(ctx, f.Name, local, o)
	case d.myErased > 0:
		return fmt.Errorf("%w: records of segment %s were erased here and others in %s; erase them again there", archive.ErrDamaged, f.Name, m.Store)
	case d.mine > 0:
		if _, err := m.keepSurplus(ctx, f.Name, segmentLines(f.Path), theirs.erased); err != nil {
			return err
		}
	}
	if err := m.Archive.ReplaceSealed(f, path); err != nil {
		return err
	}
	now, err := m.sealedFile(f.Name)
	if err != nil {
		return err
	}
	m.setSegment(f.Name, &segmentState{Size: now.Size, Mod: now.Modified.UnixNano(), ETag: o.ETag, SHA256: sum, Proved: true}, o)
	return nil
}

// sweepOthers removes the parts of journals whose sealed segments are stored, while the
// local file is gone. Their former owners may have put them late.
func (m *Mirror) sweepOthers(ctx context.Context, files []archive.SegmentFile) error {
	here := map[string]bool{}
	for _, f := range files {
		here[f.Name] = true
	}
	var late []string
	for name := range m.listed.parts {
		if _, stored := m.listed.segments[name]; stored && !here[name] {
			late = append(late, name)
		}
	}
	for _, name := range late {
		path, _, _, err := download(ctx, m.Archive.Dir(), m.Store, segmentObject(name))
		if err == nil {
			err = m.removeParts(ctx, name, path)
			err = errors.Join(err, os.Remove(path))
		}
		if err != nil {
			return fmt.Errorf("remove the parts of %s: %w", name, err)
		}
	}
	return nil
}

// removeParts removes the parts of a journal whose sealed segment is stored, and was read
// back. path has the segment. Parts may have records that the segment does not; these
// become a journal of their own first.
func (m *Mirror) removeParts(ctx context.Context, name, path string) error {
	m.mu.Lock()
	js := m.state.Journals[name]
	m.mu.Unlock()
	numbers := m.listed.numbers(name)
	if len(numbers) > 0 && (js == nil || js.Others || len(numbers) != js.Parts || numbers[len(numbers)-1] != js.Parts) {
		sealed, err := readContents(path)
		if err != nil {
			return fmt.Errorf("segment %s: %w", name, err)
		}
		parts := func(visit func(body []byte) error) error {
			return readParts(ctx, m.Store, m.listed, name, numbers, func(_ int, lines []byte) error {
				return eachLine(lines, func(line []byte) error { return visit(archive.JournalLine(line[:len(line)-1])) })
			})
		}
		surplus, err := m.keepSurplus(ctx, name, parts, sealed.erased)
		if err != nil {
			return err
		}
		if surplus != "" {
			// It is stored itself before its only other copy is removed.
			if err := m.shipJournal(ctx, archive.SegmentFile{Name: surplus}); err != nil {
				return err
			}
		}
	}
	for _, n := range numbers {
		if err := m.Store.Remove(ctx, partObject(name, n)); err != nil {
			return fmt.Errorf("remove %s: %w", partObject(name, n), err)
		}
		delete(m.listed.parts[name], n)
	}
	delete(m.listed.parts, name)
	m.update(func(s *state) { delete(s.Journals, name) })
	return nil
}
