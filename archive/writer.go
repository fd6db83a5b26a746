package archive

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// sealSize is when a journal is sealed by itself, in bytes.
const sealSize = 512 << 20

// journalFile is what a Writer needs of a file; tests put faults into it.
type journalFile interface {
	io.ReadSeeker
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
	Name() string
}

// A Writer appends records to one journal, which nobody else appends to. It is
// safe for many goroutines.
type Writer struct {
	a    *Archive
	open func(name string, flag int) (journalFile, error) // nil: the system's files

	mu      sync.Mutex
	cond    sync.Cond // a flush ended
	f       journalFile
	segment string
	size    int64 // bytes written
	synced  int64 // bytes flushed: what is acknowledged
	syncing bool
	epoch   int   // counts the times that unflushed bytes were given up
	broken  error // why the journal must be reopened before it is used again
	closed  bool
}

// NewWriter takes over the newest journal that nobody holds, after cutting its
// torn tail, or starts one at the first Append.
func (a *Archive) NewWriter(_ string) (*Writer, error) {
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
	for _, s := range slices.Backward(segs) {
		if s.Sealed {
			continue
		}
		ok, err := w.adopt(s.Name)
		if err != nil {
			return nil, err
		}
		if ok {
			break
		}
	}
	return w, nil
}

// sweep removes what a crash while sealing left: temporary files, and journals
// whose sealed file is whole.
func (a *Archive) sweep() error {
	entries, err := os.ReadDir(a.segmentsDir())
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, path := e.Name(), filepath.Join(a.segmentsDir(), e.Name())
		switch {
		case strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp"):
			// The journal's lock says whether somebody is sealing it right now.
			f, err := os.Open(filepath.Join(a.segmentsDir(), strings.TrimSuffix(name[1:], ".tmp")+journalEnd))
			if err == nil && flock(f) != nil {
				f.Close()
				continue
			}
			if err == nil {
				f.Close()
			}
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		case strings.HasSuffix(name, journalEnd):
			base := strings.TrimSuffix(name, journalEnd)
			if _, err := a.index(base); err == nil {
				if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
		}
	}
	return nil
}

func (w *Writer) openFile(name string, flag int) (journalFile, error) {
	if w.open != nil {
		return w.open(name, flag)
	}
	f, err := os.OpenFile(name, flag, 0o644)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// adopt takes a journal over; false if somebody else holds it or it is gone.
func (w *Writer) adopt(segment string) (bool, error) {
	path := filepath.Join(w.a.segmentsDir(), segment+journalEnd)
	jf, err := w.openFile(path, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f, isFile := jf.(*os.File)
	if isFile {
		if err := flock(f); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return false, nil
			}
			return false, err
		}
		// Between opening and locking, another writer may have sealed it.
		held, err1 := f.Stat()
		now, err2 := os.Stat(path)
		if err1 != nil || err2 != nil || !os.SameFile(held, now) {
			f.Close()
			return false, nil
		}
		size, err := recoverJournal(f)
		if err != nil {
			f.Close()
			return false, err
		}
		w.size = size
	} else if w.size, err = jf.Seek(0, io.SeekEnd); err != nil {
		jf.Close()
		return false, err
	}
	// What an earlier process wrote may still be unflushed.
	if err := jf.Sync(); err != nil {
		jf.Close()
		return false, err
	}
	w.f, w.segment, w.synced, w.broken = jf, segment, w.size, nil
	return true, nil
}

// start makes a new journal; its name is durable before anything is in it.
func (w *Writer) start() error {
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return err
	}
	segment := time.Now().UTC().Format("20060102T150405Z-") + hex.EncodeToString(random[:])
	f, err := w.openFile(filepath.Join(w.a.segmentsDir(), segment+journalEnd), os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	if file, ok := f.(*os.File); ok {
		err = flock(file)
	}
	if err = errors.Join(err, syncDir(w.a.segmentsDir())); err != nil {
		f.Close()
		return err
	}
	w.f, w.segment, w.size, w.synced, w.broken = f, segment, 0, 0, nil
	return nil
}

// ready makes sure that there is a journal to append to.
func (w *Writer) ready() error {
	if w.closed {
		return errors.New("archive writer is closed")
	}
	if w.broken != nil {
		if err := w.reopen(); err != nil {
			return fmt.Errorf("journal %s cannot be used since: %w", w.segment, errors.Join(w.broken, err))
		}
	}
	if w.f == nil {
		return w.start()
	}
	return nil
}

// reopen goes back to what was flushed, on a new descriptor: after a failed
// flush the system may have dropped the pages and call the next flush a success.
func (w *Writer) reopen() error {
	if w.f != nil {
		w.f.Close()
		w.f = nil
	}
	f, err := w.openFile(filepath.Join(w.a.segmentsDir(), w.segment+journalEnd), os.O_RDWR)
	if err != nil {
		return err
	}
	if file, ok := f.(*os.File); ok {
		err = flock(file)
	}
	if err = errors.Join(err, f.Truncate(w.synced), f.Sync()); err != nil {
		f.Close()
		return err
	}
	w.f, w.size, w.broken = f, w.synced, nil
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
	if w.size >= sealSize {
		if _, err := w.seal(ctx); err != nil {
			return nil, err
		}
		if err := w.ready(); err != nil {
			return nil, err
		}
	}
	at := w.size
	if _, err := w.f.WriteAt(lines, at); err != nil {
		// What was written of it goes away again; if even that fails, the
		// journal is reopened before its next use.
		if terr := w.f.Truncate(at); terr != nil {
			w.giveUp(terr)
		}
		return nil, fmt.Errorf("write journal: %w", err)
	}
	w.size += int64(len(lines))
	segment := w.segment
	if err := w.flush(w.size); err != nil {
		return nil, err
	}
	for i := range caps {
		caps[i].Segment, caps[i].Offset = segment, at+int64(starts[i])
	}
	return caps, nil
}

// giveUp forgets what is not flushed; whoever waits for it gets an error.
func (w *Writer) giveUp(err error) {
	w.broken = err
	w.epoch++
	w.cond.Broadcast()
}

// flush waits until the journal is flushed up to an offset. Who comes while a
// flush runs waits for it and shares the next one with all who came meanwhile.
func (w *Writer) flush(upTo int64) error {
	epoch := w.epoch
	for w.synced < upTo {
		if w.epoch != epoch {
			return fmt.Errorf("flush journal: %w", w.lastBroken())
		}
		if w.syncing {
			w.cond.Wait()
			continue
		}
		w.syncing = true
		f, target := w.f, w.size
		w.mu.Unlock()
		err := f.Sync()
		w.mu.Lock()
		w.syncing = false
		if err != nil {
			w.giveUp(err)
			return fmt.Errorf("flush journal: %w", err)
		}
		if w.epoch == epoch {
			w.synced = max(w.synced, target)
		}
		w.cond.Broadcast()
	}
	return nil
}

func (w *Writer) lastBroken() error {
	if w.broken != nil {
		return w.broken
	}
	return errors.New("an earlier flush failed")
}

// Size is the length of the open journal in bytes.
func (w *Writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size
}

// Seal turns the journal into an immutable segment and returns its name, ""
// if it is empty. Later records go to a new journal.
func (w *Writer) Seal(ctx context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.f == nil || w.closed {
		return "", nil
	}
	if err := w.ready(); err != nil {
		return "", err
	}
	return w.seal(ctx)
}

func (w *Writer) seal(ctx context.Context) (string, error) {
	if err := w.flush(w.size); err != nil {
		return "", err
	}
	// flush may have let others write; they hold no lock now, so this is all.
	if w.size == 0 {
		return "", nil
	}
	segment := w.segment
	if err := w.a.sealJournal(ctx, segment, w.f, w.size); err != nil {
		return "", fmt.Errorf("seal %s: %w", segment, err)
	}
	err := w.f.Close()
	w.f, w.segment, w.size, w.synced = nil, "", 0, 0
	return segment, err
}

// Close ends the writer. A journal that holds records stays, for the next
// writer to take over; an empty one goes.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	for w.syncing {
		w.cond.Wait()
	}
	var err error
	if w.broken != nil {
		// What was refused must not be found there later.
		err = w.reopen()
	}
	w.closed = true
	if w.f == nil {
		return err
	}
	if w.size == 0 && err == nil {
		err = os.Remove(filepath.Join(w.a.segmentsDir(), w.segment+journalEnd))
	}
	return errors.Join(err, w.f.Close())
}
