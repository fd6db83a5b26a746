package archive

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Writer appends records to one journal, which it has locked. It is safe for
// concurrent use.
type Writer struct {
	a *Archive

	mu      sync.Mutex
	cond    sync.Cond    // a flush or sealing ended
	j       *openJournal // nil before the first Append and after sealing
	sealing bool         // a goroutine is sealing; at most one at a time
	sealErr error        // errors of sealing in the background
	sealed  []string     // segments that this writer sealed
	closed  bool

	buffers sync.Pool // of journal lines: a page needs one that is longer than itself
}

// An openJournal is a journal that its Writer has locked.
type openJournal struct {
	f       file
	segment string
	start   time.Time
	lines   int
	size    int64 // bytes written
	synced  int64 // bytes flushed, and so acknowledged
	syncing bool
	epoch   int   // how often unflushed bytes were discarded
	broken  error // why the journal must be reopened before it is used again
}

// NewWriter takes over the newest journal that has no writer, after truncating its
// torn tail, or creates one at the first Append. Other journals without a writer
// are sealed if they are due.
func (a *Archive) NewWriter() (*Writer, error) {
	w := &Writer{a: a}
	w.cond.L = &w.mu
	if err := os.MkdirAll(a.segmentsDir(), 0o755); err != nil {
		return nil, err
	}
	if err := a.cleanUp(); err != nil {
		return nil, err
	}
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	var left []*openJournal
	for _, s := range slices.Backward(segs) {
		if s.Sealed || w.j != nil && !due(segmentStart(s.Name), s.Bytes, 0, runEndSealSize) {
			continue
		}
		j, err := a.adopt(s.Name)
		switch {
		case err != nil:
			// Do not fail because of this journal: a new one can be written.
			w.sealErr = errors.Join(w.sealErr, err)
		case j == nil:
		case w.j == nil:
			w.j = j
		default:
			left = append(left, j)
		}
	}
	if len(left) > 0 {
		w.sealing = true
		go w.sealAll(left)
	}
	return w, nil
}

// due reports whether a journal should be sealed: at limit bytes, by its number of
// records, or by its age.
func due(start time.Time, size int64, lines int, limit int64) bool {
	return size >= limit || lines >= sealRecords || size > 0 && !start.IsZero() && time.Since(start) >= sealAge
}

// cleanUp completes or removes what a crash during sealing left, and removes the
// journals' names of sealed segments.
func (a *Archive) cleanUp() error {
	entries, err := os.ReadDir(a.segmentsDir())
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		segment, isJournal := strings.CutSuffix(name, journalEnd)
		switch {
		case strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp"):
			segment := strings.TrimSuffix(strings.TrimSuffix(name[1:], ".tmp"), ".link")
			if a.beingWritten(segment) {
				continue
			}
			if err := removeIfThere(a.disk, filepath.Join(a.segmentsDir(), name)); err != nil {
				return err
			}
		case isJournal:
			if err := a.cleanUpJournal(segment); err != nil {
				return err
			}
		}
	}
	return nil
}

// beingWritten reports whether a process is sealing or repairing a segment now, and
// so holds its lock.
func (a *Archive) beingWritten(segment string) bool {
	for _, path := range []string{filepath.Join(a.segmentsDir(), segment+journalEnd), a.lockPath(mendLock)} {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		err = tryLock(f)
		f.Close()
		if err != nil {
			return true
		}
	}
	return false
}

// cleanUpJournal removes a journal's name if the sealed file is complete. If a
// sealed file has only the journal's name, it renames it.
func (a *Archive) cleanUpJournal(segment string) error {
	sealed := filepath.Join(a.segmentsDir(), segment+sealedEnd)
	_, err := os.Stat(sealed)
	if errors.Is(err, fs.ErrNotExist) {
		if a.journalIsSealed(segment) {
			return a.disk.Rename(filepath.Join(a.segmentsDir(), segment+journalEnd), sealed)
		}
		return nil
	}
	f, err := openLocal(sealed)
	if err != nil {
		return err
	}
	defer f.Close()
	x, err := openIndex(context.Background(), f, segment)
	if err != nil {
		return nil // keep the journal, as the sealed file is incomplete
	}
	if !a.journalIsSealed(segment) {
		caps, _, err := a.journal(segment)
		if err != nil || slices.ContainsFunc(caps, func(c Capture) bool { _, ok := x.find(c.ID); return !ok }) {
			return nil // keep it: the sealed file is another machine's, which did not have all of it
		}
	}
	return a.removeJournalName(segment)
}

// adopt locks and recovers an existing journal. It returns nil if the journal has a
// writer or no longer exists.
func (a *Archive) adopt(segment string) (*openJournal, error) {
	path := filepath.Join(a.segmentsDir(), segment+journalEnd)
	f, err := a.disk.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		f.Close()
		if errors.Is(err, errLocked) {
			return nil, nil
		}
		return nil, err
	}
	// Another writer may have sealed it before it was locked.
	held, err1 := f.Stat()
	now, err2 := os.Stat(path)
	if err1 != nil || err2 != nil || !os.SameFile(held, now) || isZstd(f) {
		f.Close()
		return nil, nil
	}
	size, lines, err := recoverJournal(a.disk, f)
	if err == nil {
		// The earlier writer may not have flushed everything.
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &openJournal{f: f, segment: segment, start: segmentStart(segment), lines: lines, size: size, synced: size}, nil
}

// newJournal creates and locks a journal; its name is durable before anything is
// written. If another writer locks the new file first, it creates another one.
func (a *Archive) newJournal() (*openJournal, error) {
	for {
		j, err := a.tryJournal()
		if !errors.Is(err, errLocked) {
			return j, err
		}
	}
}

func (a *Archive) tryJournal() (*openJournal, error) {
	segment, err := newSegmentName()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(a.segmentsDir(), segment+journalEnd)
	f, err := a.disk.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		if errors.Is(err, errLocked) { // it is somebody's now
			f.Close()
			return nil, err
		}
		return nil, errors.Join(err, removeIfThere(a.disk, path), f.Close())
	}
	// Another writer may have removed the empty file before it was locked.
	held, err1 := f.Stat()
	now, err2 := os.Stat(path)
	if err1 != nil || err2 != nil || !os.SameFile(held, now) {
		f.Close()
		return nil, errLocked
	}
	if err := a.disk.SyncDir(a.segmentsDir()); err != nil {
		return nil, errors.Join(err, removeIfThere(a.disk, path), f.Close())
	}
	return &openJournal{f: f, segment: segment, start: segmentStart(segment)}, nil
}

func newSegmentName() (string, error) {
	var random [4]byte
	_, err := rand.Read(random[:])
	return time.Now().UTC().Format(segmentTime) + "-" + hex.EncodeToString(random[:]), err
}

// ready ensures that w.j is a journal that is not full.
func (w *Writer) ready() error {
	for {
		switch {
		case w.closed:
			return errors.New("archive writer is closed")
		case w.j == nil:
			j, err := w.a.newJournal()
			if err != nil {
				return fmt.Errorf("start journal: %w", err)
			}
			w.j = j
			return nil
		case w.j.broken != nil:
			if err := w.reopen(); err != nil {
				return fmt.Errorf("journal %s cannot be used since: %w", w.j.segment, errors.Join(w.j.broken, err))
			}
		case !due(w.j.start, w.j.size, w.j.lines, sealSize):
			return nil
		case w.sealing:
			w.cond.Wait() // sealing is slower than appending
		default:
			j := w.j
			if err := w.flush(j, j.size); err != nil {
				return err
			}
			if w.j == j && !w.sealing {
				w.j, w.sealing = nil, true
				go w.sealAll([]*openJournal{j})
			}
		}
	}
}

// sealAll seals journals that are no longer written. A journal that cannot be sealed
// stays a journal; its records are as safe there.
func (w *Writer) sealAll(js []*openJournal) {
	for _, j := range js {
		err := w.a.sealJournal(context.Background(), j.segment, j.f, j.size)
		if err != nil {
			err = fmt.Errorf("seal %s: %w", j.segment, err)
		}
		err = errors.Join(err, j.f.Close())
		w.mu.Lock()
		w.sealErr = errors.Join(w.sealErr, err)
		w.sealed = append(w.sealed, j.segment)
		w.mu.Unlock()
	}
	w.mu.Lock()
	w.sealing = false
	w.cond.Broadcast()
	w.mu.Unlock()
}

// reopen truncates the journal to what was flushed, using a new file descriptor:
// after a failed fsync the system may discard the dirty pages, and a second fsync
// on the same descriptor may then succeed.
func (w *Writer) reopen() error {
	j := w.j
	for j.syncing {
		w.cond.Wait()
	}
	if w.j != j || j.broken == nil {
		return nil // another goroutine did it meanwhile
	}
	if j.f != nil {
		// Truncate while the lock is held, so that no other writer finds rejected records.
		_ = j.f.Truncate(j.synced)
		j.f.Close()
		j.f = nil
	}
	f, err := w.a.disk.OpenFile(filepath.Join(w.a.segmentsDir(), j.segment+journalEnd), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err = tryLock(f); err == nil {
		err = f.Truncate(j.synced)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return err
	}
	j.f, j.size, j.broken = f, j.synced, nil
	return nil
}

// Append writes records together and returns their index entries when they are
// durable. It sets their digests and lengths. After an error, none of them is
// acknowledged, and the journal is as it was before.
func (w *Writer) Append(ctx context.Context, recs ...*Record) ([]Capture, error) {
	if err := ctx.Err(); err != nil || len(recs) == 0 {
		return nil, err
	}
	caps := make([]Capture, len(recs))
	starts := make([]int, len(recs))
	total := 0
	for _, r := range recs {
		total += len(r.Payload) + len(r.Payload)/8 + 2048
	}
	lines := w.lineBuffer(total)
	defer func() { w.keepBuffer(lines) }()
	for i, r := range recs {
		r.Finish()
		starts[i] = len(lines)
		var n int
		lines, n = appendLine(lines, r)
		if n > maxLine-crcWidth-1 {
			return nil, fmt.Errorf("record of %s is too long for a journal line: %d bytes", r.TargetURI(), n)
		}
		caps[i] = captureOf(r)
		caps[i].Length = int64(n)
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ready(); err != nil {
		return nil, err
	}
	j := w.j
	at := j.size
	if _, err := j.f.WriteAt(lines, at); err != nil {
		// Remove what was written. If that fails, too, the journal is reopened
		// before its next use.
		if terr := j.f.Truncate(at); terr != nil {
			w.discardUnflushed(j, terr)
		}
		return nil, fmt.Errorf("write journal: %w", err)
	}
	j.size += int64(len(lines))
	j.lines += len(recs)
	if err := w.flush(j, j.size); err != nil {
		return nil, err
	}
	for i := range caps {
		caps[i].Segment, caps[i].Offset = j.segment, at+int64(starts[i])
	}
	return caps, nil
}

// maxKept bounds the buffers that are used again, in bytes; longer records are rare.
const maxKept = 1 << 20

// lineBuffer returns an empty buffer with a capacity.
func (w *Writer) lineBuffer(capacity int) []byte {
	if b, ok := w.buffers.Get().(*[]byte); ok {
		return slices.Grow((*b)[:0], capacity)
	}
	return make([]byte, 0, capacity)
}

// keepBuffer takes back a buffer that nothing refers to any more.
func (w *Writer) keepBuffer(b []byte) {
	if cap(b) <= maxKept {
		w.buffers.Put(&b)
	}
}

// Holds reports whether a segment is the journal that this writer appends to.
func (w *Writer) Holds(segment string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.j != nil && w.j.segment == segment
}

// discardUnflushed discards what is not flushed; all who wait for it get an error.
func (w *Writer) discardUnflushed(j *openJournal, err error) {
	j.broken = err
	j.epoch++
	w.cond.Broadcast()
}

// flush waits until a journal is flushed up to an offset. Callers that arrive during
// a flush wait for it and then share the next one (group commit).
func (w *Writer) flush(j *openJournal, upTo int64) error {
	epoch := j.epoch
	for j.synced < upTo {
		if j.epoch != epoch {
			if j.broken != nil {
				return fmt.Errorf("flush journal: %w", j.broken)
			}
			return errors.New("flush journal: an earlier flush failed")
		}
		if j.syncing {
			w.cond.Wait()
			continue
		}
		j.syncing = true
		f, target := j.f, j.size
		w.mu.Unlock()
		err := f.Sync()
		w.mu.Lock()
		j.syncing = false
		if err != nil {
			w.discardUnflushed(j, err)
			return fmt.Errorf("flush journal: %w", err)
		}
		if j.epoch == epoch {
			j.synced = max(j.synced, target)
		}
		w.cond.Broadcast()
	}
	return nil
}

// Size returns the length of the open journal in bytes.
func (w *Writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.j == nil {
		return 0
	}
	return w.j.size
}

// SealIfLarge seals the journal at the end of a run if it is large enough. A smaller
// one stays open: its records compress better together with those of the next run.
// It returns what Seal returns.
func (w *Writer) SealIfLarge(ctx context.Context) (string, error) {
	w.mu.Lock()
	large := w.j != nil && due(w.j.start, w.j.size, w.j.lines, runEndSealSize)
	w.mu.Unlock()
	if !large {
		return "", nil
	}
	return w.Seal(ctx)
}

// Seal turns the journal into an immutable segment and returns the segment's name,
// or "" if the journal is empty. Later records go to a new journal.
func (w *Writer) Seal(ctx context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.sealing {
		w.cond.Wait()
	}
	j := w.j
	if j == nil || w.closed {
		return "", w.takeSealErr()
	}
	if j.broken != nil {
		if err := w.reopen(); err != nil {
			return "", err
		}
	}
	if err := w.flush(j, j.size); err != nil {
		return "", err
	}
	// flush released the mutex meanwhile, so check again.
	if w.j != j || j.size == 0 || w.sealing {
		return "", w.takeSealErr()
	}
	// Even after an error nothing may be appended to this journal: the sealed file
	// may exist already, and readers prefer it.
	w.j = nil
	w.sealed = append(w.sealed, j.segment)
	if err := w.a.sealJournal(ctx, j.segment, j.f, j.size); err != nil {
		return "", errors.Join(fmt.Errorf("seal %s: %w", j.segment, err), j.f.Close())
	}
	return j.segment, errors.Join(j.f.Close(), w.takeSealErr())
}

func (w *Writer) takeSealErr() error {
	err := w.sealErr
	w.sealErr = nil
	return err
}

// Close closes the writer. A journal with records stays for the next writer; an
// empty one is removed.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	for w.sealing || w.j != nil && w.j.syncing {
		w.cond.Wait()
	}
	err := w.takeSealErr()
	if w.j != nil && w.j.broken != nil {
		// Rejected records must not be found there later.
		err = errors.Join(err, w.reopen())
	}
	w.closed = true
	for _, segment := range w.sealed {
		_, serr := os.Stat(filepath.Join(w.a.segmentsDir(), segment+sealedEnd))
		if serr == nil && w.a.journalIsSealed(segment) {
			err = errors.Join(err, w.a.removeJournalName(segment))
		}
	}
	if w.j == nil || w.j.f == nil {
		return err
	}
	if w.j.size == 0 && err == nil {
		err = removeIfThere(w.a.disk, filepath.Join(w.a.segmentsDir(), w.j.segment+journalEnd))
	}
	return errors.Join(err, w.j.f.Close())
}
