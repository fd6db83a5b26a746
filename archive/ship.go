package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What a copy of an archive elsewhere needs of the folder on disk: the files of its
// segments, whole lines of open journals, and journals and segments that come from there.

// MaxLine bounds one line of a journal, in bytes.
const MaxLine = maxLine

// SegmentStart returns the start time in a segment's name, or zero.
func SegmentStart(name string) time.Time { return segmentStart(name) }

// A SegmentFile is the file of a segment in the archive's folder.
type SegmentFile struct {
	Name     string // of the segment
	Sealed   bool
	Path     string
	Size     int64 // bytes
	Modified time.Time
}

// SegmentFiles lists the segments that have a file in the archive's folder, by name.
func (a *Archive) SegmentFiles() ([]SegmentFile, error) {
	byName, err := a.localSegments(IsSegmentName)
	if err != nil {
		return nil, err
	}
	files := make([]SegmentFile, 0, len(byName))
	for _, f := range byName {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b SegmentFile) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// A JournalPart is what was read of an open journal: whole lines as they are on disk.
type JournalPart struct {
	Lines []byte
	End   int64  // where the next part begins in the journal
	Last  int64  // offset of the last line
	Sum   string // checksum of the last line, as it is written there
}

var errEnough = errors.New("enough")

// ReadJournal reads whole, valid lines of an open journal from an offset on: at most
// most bytes of them, but one line at least. It returns an empty part if there is none,
// and ErrNotFound if there is no open journal of that name. The lines may be ones that
// are not acknowledged yet.
func (a *Archive) ReadJournal(segment string, from int64, most int) (JournalPart, error) {
	p := JournalPart{End: from, Last: -1}
	f, err := os.Open(filepath.Join(a.segmentsDir(), segment+journalEnd))
	if errors.Is(err, fs.ErrNotExist) || err == nil && isZstd(f) {
		if err == nil {
			f.Close()
		}
		return p, fmt.Errorf("%w: no open journal %s", ErrNotFound, segment)
	}
	if err != nil {
		return p, err
	}
	defer f.Close()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return p, err
	}
	_, err = scanJournal(f, from, func(l journalLine) error {
		if l.body == nil {
			return nil // a damaged line, which Verify reports
		}
		if len(p.Lines) > 0 && len(p.Lines)+int(l.size) > most {
			return errEnough
		}
		start := len(p.Lines)
		p.Lines = append(p.Lines, make([]byte, crcWidth)...)
		p.Lines = append(append(p.Lines, l.body...), '\n')
		putSum(p.Lines[start:], l.body)
		p.Last, p.End, p.Sum = l.offset, l.offset+l.size, string(p.Lines[start:start+crcWidth-1])
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return p, err
}

// HasJournalPart reports whether an open journal still has the last line of a part that
// was read before. A writer may have removed it after an error.
func (a *Archive) HasJournalPart(segment string, last, end int64, sum string) bool {
	if end == 0 {
		return true
	}
	f, err := os.Open(filepath.Join(a.segmentsDir(), segment+journalEnd))
	if err != nil {
		return false
	}
	defer f.Close()
	var head [crcWidth]byte
	var feed [1]byte
	if last < 0 || end <= last {
		return false
	}
	if _, err := f.ReadAt(head[:], last); err != nil {
		return false
	}
	if _, err := f.ReadAt(feed[:], end-1); err != nil {
		return false
	}
	return string(head[:]) == sum+" " && feed[0] == '\n'
}

// JournalLine checks a line of a journal, given without its line feed, and returns its
// JSON, or nil if the line is damaged.
func JournalLine(line []byte) []byte { return checkLine(line) }

// AppendJournalLine appends a record's JSON as the line of a journal.
func AppendJournalLine(b, body []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, crcWidth)...)
	b = append(append(b, body...), '\n')
	putSum(b[start:], body)
	return b
}

// Describe returns the index entry of a record's JSON, without its location.
func Describe(body []byte) (Capture, error) { return describe(body) }

// LockStore waits for the lock under which the archive and its stored copy are compared,
// and changed accordingly: one process does it at a time. The wait ends with ctx.
func (a *Archive) LockStore(ctx context.Context) (unlock func(), err error) {
	return a.waitLock(ctx, storeLock, "lock the stored archive")
}

// storeLock is held by who ships the archive to a store, or fetches it from there. No
// site is named so.
const storeLock = "_store"

// MaxInfo bounds the size of an archive.json, in bytes.
const MaxInfo = 1 << 16

// ParseInfo reads an archive.json. where says in errors where it is.
func ParseInfo(body []byte, where string) (Info, error) {
	var info Info
	if err := json.Unmarshal(body, &info); err != nil || info.Format != formatName || info.Version < 1 {
		return info, fmt.Errorf("%s: archive.json is not that of a newsmorgue archive: %w", where, ErrForeign)
	}
	if info.Version > FormatVersion {
		return info, fmt.Errorf("%s has format %d, this program supports up to %d: %w", where, info.Version, FormatVersion, ErrNewerFormat)
	}
	return info, nil
}

// CreateCopy opens the archive in a folder, and creates it with the archive.json of
// another copy if the folder is missing or empty. It returns ErrForeign if the folder
// has another archive, or other contents.
func CreateCopy(dir string, archiveJSON []byte) (*Archive, error) {
	info, err := ParseInfo(archiveJSON, "the copy for "+dir)
	if err != nil {
		return nil, err
	}
	a, err := Open(dir)
	if errors.Is(err, ErrNotArchive) {
		if foreign, ferr := foreignEntry(dir); ferr != nil || foreign != "" && !strings.HasPrefix(foreign, "segments/") {
			return nil, errors.Join(ferr, fmt.Errorf("%s contains %s but no archive.json: %w", dir, foreign, ErrForeign))
		}
		if err := os.MkdirAll(filepath.Join(dir, "segments"), 0o755); err != nil {
			return nil, err
		}
		if err := writeArchiveJSON(dir, archiveJSON); err != nil {
			return nil, fmt.Errorf("create archive in %s: %w", dir, err)
		}
		a, err = Open(dir)
	}
	if err != nil {
		return nil, err
	}
	if a.info.ID != info.ID {
		return nil, fmt.Errorf("%s has the archive %s, not %s: %w", dir, a.info.ID, info.ID, ErrForeign)
	}
	return a, nil
}

// InstallJournal makes a flushed file the open journal of a name, in place of the one that
// is there.
func (a *Archive) InstallJournal(segment, path string) error {
	if err := a.disk.Rename(path, filepath.Join(a.segmentsDir(), segment+journalEnd)); err != nil {
		return err
	}
	a.dropCaches(segment)
	return a.disk.SyncDir(a.segmentsDir())
}

// AppendJournal appends lines to an open journal that no writer has, and flushes it. The
// journal must have size bytes; it is made if that is 0. After an error the journal may
// have some of them.
func (a *Archive) AppendJournal(segment string, size int64, lines []byte) (err error) {
	path := filepath.Join(a.segmentsDir(), segment+journalEnd)
	f, err := a.disk.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := tryLock(f); err != nil {
		if errors.Is(err, errLocked) {
			err = &BusyError{Site: "segment " + segment}
		}
		return err
	}
	if st, err := f.Stat(); err != nil || st.Size() != size {
		return errors.Join(err, fmt.Errorf("journal %s does not have %d bytes any more", segment, size))
	}
	if _, err := f.WriteAt(lines, size); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if size == 0 {
		return a.disk.SyncDir(a.segmentsDir())
	}
	return nil
}

// SealJournal seals an open journal that no writer has. It returns a *BusyError if one
// has it. A journal without a record is removed.
func (a *Archive) SealJournal(ctx context.Context, segment string) error {
	j, err := a.takeJournal(segment)
	if err != nil {
		return err
	}
	defer j.f.Close()
	if j.size == 0 {
		return a.removeJournalName(segment)
	}
	if err := a.sealJournal(ctx, segment, j.f, j.size); err != nil {
		return fmt.Errorf("seal %s: %w", segment, err)
	}
	return a.removeJournalName(segment)
}

// takeJournal is adopt, with an error for a journal that has a writer.
func (a *Archive) takeJournal(segment string) (*openJournal, error) {
	j, err := a.adopt(segment)
	if err == nil && j == nil {
		if _, serr := os.Stat(filepath.Join(a.segmentsDir(), segment+journalEnd)); errors.Is(serr, fs.ErrNotExist) || a.journalIsSealed(segment) {
			return nil, fmt.Errorf("%w: no open journal %s", ErrNotFound, segment)
		}
		err = &BusyError{Site: "segment " + segment}
	}
	return j, err
}

// RemoveJournal removes an open journal that no writer has: its records are elsewhere.
// Damaged lines and a torn tail are saved as they are when a journal is sealed.
func (a *Archive) RemoveJournal(segment string) error {
	j, err := a.takeJournal(segment)
	if err != nil {
		return err
	}
	defer j.f.Close()
	_, damaged, err := sealOrder(io.NewSectionReader(j.f, 0, j.size))
	if err == nil && len(damaged) > 0 {
		_, err = a.quarantineLines(segment, j.f, damaged)
	}
	if err == nil {
		err = a.removeJournalName(segment)
	}
	a.dropCaches(segment)
	return errors.Join(err, a.disk.SyncDir(a.segmentsDir()))
}

// RemoveSealed removes the file of a sealed segment, which has a verified copy elsewhere.
// The file must still be the one that was compared with it, or ErrChanged is returned.
func (a *Archive) RemoveSealed(was SegmentFile) error {
	return a.changeSealed(was, func() error {
		err := removeIfThere(a.disk, filepath.Join(a.segmentsDir(), was.Name+sealedEnd))
		return errors.Join(err, a.removeJournalName(was.Name))
	})
}

// ReplaceSealed replaces the file of a sealed segment by another one of the same name,
// from elsewhere, that is flushed. The file must still be the one that was compared with
// it, or ErrChanged is returned.
func (a *Archive) ReplaceSealed(was SegmentFile, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	st, err := f.Stat()
	if err == nil {
		_, err = readIndex(f, st.Size(), was.Name)
	}
	f.Close()
	if err != nil {
		return fmt.Errorf("segment %s: %w", was.Name, err)
	}
	return a.changeSealed(was, func() error {
		if err := os.Chmod(path, 0o444); err != nil {
			return err
		}
		if err := a.disk.Rename(path, filepath.Join(a.segmentsDir(), was.Name+sealedEnd)); err != nil {
			return err
		}
		return a.removeJournalName(was.Name)
	})
}

// changeSealed changes the file of a sealed segment while nobody repairs the archive or
// erases records.
func (a *Archive) changeSealed(was SegmentFile, change func() error) error {
	unlock, err := a.lock(mendLock, "")
	if err != nil {
		return err
	}
	defer unlock()
	now, err := os.Stat(was.Path)
	if err != nil || now.Size() != was.Size || !now.ModTime().Equal(was.Modified) {
		return errors.Join(err, fmt.Errorf("segment %s on disk: %w", was.Name, ErrChanged))
	}
	err = change()
	a.dropCaches(was.Name)
	return errors.Join(err, a.disk.SyncDir(a.segmentsDir()))
}
