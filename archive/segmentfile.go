package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A segmentFile is the open file of a segment: on disk, or in a store.
type segmentFile interface {
	io.Closer
	// at reads the file's bytes. Where that takes requests, they end with ctx.
	at(ctx context.Context) io.ReaderAt
	size() (int64, error)
	// plan says which records will be read, in this order, so that a store is asked for
	// many frames with one request. It replaces what was planned before.
	plan(caps []Capture)
	// planAll says that everything will be read from the beginning.
	planAll()
	// planTail says that the index will be read.
	planTail()
	// load fetches the range that has a planned frame, if it must be fetched.
	load(ctx context.Context, c Capture) error
	// version says which file it is. Another one has other bytes.
	version() (fileVersion, error)
	// isCurrent reports whether the segment should still be read from this file.
	isCurrent() bool
}

// A fileVersion identifies the file of a sealed segment, and its bytes: another process
// that erases records writes a new one under the same name.
type fileVersion struct {
	file   fs.FileInfo    // on disk; nil in a store
	stored *storedSegment // in a store; nil on disk
}

// A localFile is a segmentFile on disk.
type localFile struct{ *os.File }

func openLocal(path string) (segmentFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return localFile{f}, nil
}

func (f localFile) at(context.Context) io.ReaderAt { return f.File }

func (f localFile) size() (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func (localFile) plan([]Capture)                      {}
func (localFile) planAll()                            {}
func (localFile) planTail()                           {}
func (localFile) load(context.Context, Capture) error { return nil }

func (f localFile) version() (fileVersion, error) {
	st, err := f.Stat()
	return fileVersion{file: st}, err
}

// isCurrent is true for an open file: who holds it may read it to the end.
func (localFile) isCurrent() bool { return true }

// journalIsSealed reports whether the file with a journal's name is a sealed segment.
func (a *Archive) journalIsSealed(segment string) bool {
	f, err := os.Open(filepath.Join(a.segmentsDir(), segment+journalEnd))
	if err != nil {
		return false
	}
	defer f.Close()
	return isZstd(f)
}

// localSegments returns the segments with a valid name that have a file in the archive's
// folder, by name. Of two files of one segment, the sealed one counts.
func (a *Archive) localSegments(valid func(name string) bool) (map[string]SegmentFile, error) {
	entries, err := os.ReadDir(a.segmentsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	byName := map[string]SegmentFile{}
	for _, e := range entries {
		name, sealed := strings.CutSuffix(e.Name(), sealedEnd)
		if !sealed {
			var journal bool
			if name, journal = strings.CutSuffix(e.Name(), journalEnd); !journal {
				continue
			}
		}
		if !valid(name) || byName[name].Sealed {
			continue
		}
		// A copy made during sealing may have the sealed file under the journal's name.
		sealed = sealed || a.journalIsSealed(name)
		st, err := e.Info()
		if err != nil {
			continue // sealed and removed after it was listed
		}
		byName[name] = SegmentFile{name, sealed, filepath.Join(a.segmentsDir(), e.Name()), st.Size(), st.ModTime()}
	}
	return byName, nil
}

// openSealed opens a sealed segment: on disk, there under its journal's name if it has no
// other, or else in the store that has it.
func (a *Archive) openSealed(segment string) (segmentFile, error) {
	f, err := openLocal(filepath.Join(a.segmentsDir(), segment+sealedEnd))
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if a.journalIsSealed(segment) {
		return openLocal(filepath.Join(a.segmentsDir(), segment+journalEnd))
	}
	if s := a.stored.find(segment); s != nil {
		if s.object.Size > maxStored {
			return nil, fmt.Errorf("%w: %s says that it has %d bytes, more than a segment may have", ErrDamaged, s.store, s.object.Size)
		}
		return &storedFile{a: a, s: s, cache: a.stored.ranges()}, nil
	}
	return nil, err
}

// isLocal reports whether the sealed file of a segment is on disk.
func (a *Archive) isLocal(segment string) bool {
	_, err := os.Stat(filepath.Join(a.segmentsDir(), segment+sealedEnd))
	return err == nil || a.journalIsSealed(segment)
}

// isStill reports whether a sealed segment is in the same file as before.
func (a *Archive) isStill(v fileVersion, segment string) bool {
	if v.stored != nil {
		return a.stored.find(segment) == v.stored && !a.isLocal(segment)
	}
	for _, end := range []string{sealedEnd, journalEnd} {
		now, err := os.Stat(filepath.Join(a.segmentsDir(), segment+end))
		if err == nil {
			return os.SameFile(now, v.file) && now.Size() == v.file.Size() && now.ModTime().Equal(v.file.ModTime())
		}
	}
	return false
}
