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

// A Writer appends records to one journal, which nobody else appends to. It is
// safe for many goroutines.
type Writer struct {
	a *Archive

	mu      sync.Mutex
	cond    sync.Cond    // something ended that others wait for
	j       *openJournal // nil before the first Append and after a seal
	sealing bool         // a goroutine seals; one at a time
	sealErr error        // why it could not
	sealed  []string     // segments that this writer has sealed
	closed  bool
}

// An openJournal is a journal that its Writer holds the lock of.
type openJournal struct {
	f       file
	segment string
	start   time.Time
	lines   int
	size    int64 // bytes written
	synced  int64 // bytes flushed: what is acknowledged
	syncing bool
	epoch   int   // counts the times that unflushed bytes were given up
	broken  error // why the journal must be reopened before it is used again
}

// NewWriter takes over the newest journal that nobody holds, after cutting its
// torn tail, or starts one at the first Append. Other journals that a dead
// writer left are sealed if they are due.
func (a *Archive) NewWriter() (*Writer, error) {
	w := &Writer{a: a}
	w.cond.L = &w.mu
	if err := os.MkdirAll(a.segmentsDir(), 0o755); err != nil {
		return nil, err
	}
	if err := a.sweep(); err != nil {
		return nil, err
	}
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	var left []*openJournal
	for _, s := range slices.Backward(segs) {
		if s.Sealed || w.j != nil && !due(segmentStart(s.Name), s.Bytes, 0, settleSize) {
			continue
		}
		j, err := a.adopt(s.Name)
		switch {
		case err != nil:
			// The disk is at fault, or the journal: a new one takes what comes.
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

// due tells whether a journal is to be sealed.
func due(start time.Time, size int64, lines int, limit int64) bool {
	return size >= limit || lines >= sealRecords || size > 0 && !start.IsZero() && time.Since(start) >= sealAge
}

// sweep mends what a crash while sealing left, and removes the second names of
// sealed segments.
func (a *Archive) sweep() error {
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
			if err := a.sweepJournal(segment); err != nil {
				return err
			}
		}
	}
	return nil
}

// beingWritten tells whether some process seals or mends a segment right now,
// by the lock that it must hold.
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

// sweepJournal removes a journal's name where the sealed file is whole, and
// gives a sealed file that lies under it its own.
func (a *Archive) sweepJournal(segment string) error {
	sealed := filepath.Join(a.segmentsDir(), segment+sealedEnd)
	_, err := os.Stat(sealed)
	if errors.Is(err, fs.ErrNotExist) {
		if a.isPacked(segment) {
			return a.disk.Rename(filepath.Join(a.segmentsDir(), segment+journalEnd), sealed)
		}
		return nil
	}
	f, err := os.Open(sealed)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := readIndex(f, segment); err != nil {
		return nil // the journal is the better one of the two
	}
	return a.unlink(segment)
}

// adopt takes a journal over; nil if somebody else holds it or it is gone.
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
	// Between opening and locking, another writer may have sealed it.
	held, err1 := f.Stat()
	now, err2 := os.Stat(path)
	if err1 != nil || err2 != nil || !os.SameFile(held, now) || packed(f) {
		f.Close()
		return nil, nil
	}
	size, lines, err := recoverJournal(a.disk, f)
	if err == nil {
		// What an earlier process wrote may still be unflushed.
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &openJournal{f: f, segment: segment, start: segmentStart(segment), lines: lines, size: size, synced: size}, nil
}

// newJournal makes a journal; its name is durable before anything is in it. One
// that another writer took over between its making and its locking is left to it.
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
	// A writer that swept the folder may have taken the empty file away before it was locked.
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

// ready makes sure that there is a journal to append to that is not full.
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
			w.cond.Wait() // who writes faster than sealing goes waits for it
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

// sealAll seals journals that no one appends to any more. What cannot be sealed
// stays a journal, which is as good a home for its records.
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

// reopen goes back to what was flushed, on a new descriptor: after a failed
// flush the system may have dropped the pages and call the next flush a success.
func (w *Writer) reopen() error {
	j := w.j
	for j.syncing {
		w.cond.Wait()
	}
	if w.j != j || j.broken == nil {
		return nil // another has done it meanwhile
	}
	if j.f != nil {
		// Best done while the lock is held: nobody is to find what was refused.
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

// Append writes records together and returns when they are durable, with their
// places. It fills their digests and lengths. After an error none of them is
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
	lines := make([]byte, 0, total)
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
		// What was written of it goes away again; if even that fails, the
		// journal is reopened before its next use.
		if terr := j.f.Truncate(at); terr != nil {
			w.giveUp(j, terr)
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

// Holds tells whether a segment is the journal that this writer appends to.
func (w *Writer) Holds(segment string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.j != nil && w.j.segment == segment
}

// giveUp forgets what is not flushed; whoever waits for it gets an error.
func (w *Writer) giveUp(j *openJournal, err error) {
	j.broken = err
	j.epoch++
	w.cond.Broadcast()
}

// flush waits until a journal is flushed up to an offset. Who comes while a
// flush runs waits for it and shares the next one with all who came meanwhile.
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
			w.giveUp(j, err)
			return fmt.Errorf("flush journal: %w", err)
		}
		if j.epoch == epoch {
			j.synced = max(j.synced, target)
		}
		w.cond.Broadcast()
	}
	return nil
}

// Size is the length of the open journal in bytes.
func (w *Writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.j == nil {
		return 0
	}
	return w.j.size
}

// Settle seals the journal if it has grown to a size worth it, as at the end of
// a run. A smaller one stays, for the next run's captures to lie beside these.
func (w *Writer) Settle(ctx context.Context) (string, error) {
	w.mu.Lock()
	worth := w.j != nil && due(w.j.start, w.j.size, w.j.lines, settleSize)
	w.mu.Unlock()
	if !worth {
		return "", nil
	}
	return w.Seal(ctx)
}

// Seal turns the journal into an immutable segment and returns its name, ""
// if it is empty. Later records go to a new journal.
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
	// flush may have let others write; they hold no lock now, so this is all.
	if w.j != j || j.size == 0 || w.sealing {
		return "", w.takeSealErr()
	}
	// Whatever comes of it, nothing is appended to this journal any more: the
	// sealed file may be in place already, and then it is what readers read.
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

// Close ends the writer. A journal that holds records stays, for the next
// writer to take over; an empty one goes.
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
		// What was refused must not be found there later.
		err = errors.Join(err, w.reopen())
	}
	w.closed = true
	for _, segment := range w.sealed {
		_, serr := os.Stat(filepath.Join(w.a.segmentsDir(), segment+sealedEnd))
		if serr == nil && w.a.isPacked(segment) {
			err = errors.Join(err, w.a.unlink(segment))
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
