package mirror

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
)

// segmentLines returns a function that visits the records of a sealed segment's file.
func segmentLines(path string) func(visit func(body []byte) error) error {
	return func(visit func(body []byte) error) error {
		return eachRecord(path, func(body []byte, _ archive.Capture) error { return visit(body) })
	}
}

// keepSurplus writes the records of a segment that are not in a copy of it into a journal
// of their own. It returns that journal's name, or "" if there are none. The name depends
// on the records alone, so that doing it again after a crash gives the same journal. If the
// name is taken, the records are there already.
func (m *Mirror) keepSurplus(ctx context.Context, origin string, each func(visit func(body []byte) error) error, have map[string]bool) (name string, err error) {
	f, err := tempFile(m.Archive.Dir())
	if err != nil {
		return "", err
	}
	defer func() {
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil && name == "" {
			return // it was renamed, or is removed at the next pass
		}
	}()
	w, h := bufio.NewWriter(f), sha256.New()
	ids := map[string]bool{}
	var line []byte
	err = each(func(body []byte) error {
		rec, err := archive.Describe(body)
		if err != nil {
			return err
		}
		if _, ok := have[rec.ID]; ok || ids[rec.ID] {
			return nil
		}
		ids[rec.ID] = true
		h.Write([]byte(rec.ID + "\n"))
		line = archive.AppendJournalLine(line[:0], body)
		_, err = w.Write(line)
		return err
	})
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil || len(ids) == 0 {
		return "", err
	}
	for n := uint32(0); ; n++ {
		name := surplusName(origin, h.Sum(nil), n)
		taken, err := m.taken(ctx, name, ids)
		if err != nil {
			return "", err
		}
		if taken == free {
			return name, m.Archive.InstallJournal(name, f.Name())
		}
		if taken == same {
			return name, nil
		}
	}
}

// surplusName has the time of the segment that the records are from, so that the order of
// segments stays that of their time.
func surplusName(origin string, sum []byte, n uint32) string {
	h := sha256.Sum256(binary.BigEndian.AppendUint32(append([]byte(origin+"\n"), sum...), n))
	return origin[:strings.LastIndexByte(origin, '-')+1] + hex.EncodeToString(h[:4])
}

// What a name of a segment has.
const (
	free  = iota
	same  // all the records
	other // something else
)

// taken says whether a segment or journal of a name has these records.
func (m *Mirror) taken(ctx context.Context, name string, ids map[string]bool) (int, error) {
	found, missing := false, 0
	look := func(has func(id string) bool) {
		found, missing = true, 0
		for id := range ids {
			if !has(id) {
				missing++
			}
		}
	}
	files, err := m.Archive.SegmentFiles()
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		if f.Name != name {
			continue
		}
		here := map[string]bool{}
		for c, err := range m.Archive.Captures(ctx, name) {
			if err != nil {
				return 0, err
			}
			here[c.ID] = true
		}
		look(func(id string) bool { return here[id] })
	}
	if _, ok := m.listed.segments[name]; ok && !found {
		path, _, _, err := download(ctx, m.Archive.Dir(), m.Store, segmentObject(name))
		if err != nil {
			return 0, err
		}
		defer os.Remove(path)
		there, err := readContents(path)
		if err != nil {
			return 0, fmt.Errorf("%s in %s: %w", segmentObject(name), m.Store, err)
		}
		look(func(id string) bool { _, ok := there.erased[id]; return ok })
	}
	if len(m.listed.parts[name]) > 0 && !found {
		there, err := m.partIDs(ctx, name)
		if err != nil {
			return 0, err
		}
		look(func(id string) bool { return there[id] })
	}
	switch {
	case !found:
		return free, nil
	case missing == 0:
		return same, nil
	}
	return other, nil
}

// partIDs returns the IDs of the records in the stored parts of a journal.
func (m *Mirror) partIDs(ctx context.Context, journal string) (map[string]bool, error) {
	ids := map[string]bool{}
	err := readParts(ctx, m.Store, m.listed, journal, m.listed.numbers(journal), func(_ int, lines []byte) error {
		return eachLine(lines, func(line []byte) error {
			rec, err := archive.Describe(archive.JournalLine(line[:len(line)-1]))
			if err != nil {
				return fmt.Errorf("journal %s in %s: %w", journal, m.Store, err)
			}
			ids[rec.ID] = true
			return nil
		})
	})
	return ids, err
}
