// Package mirror keeps a copy of an archive's folder in a store: sealed segments as they
// are, open journals as numbered parts. It also makes a folder from such a copy, and keeps
// the pointer to the newest snapshots there. FORMAT.md, "Parts, snapshots and the head", is
// its specification. It does not know where a store is.
package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// ErrOtherArchive says that a store has the copy of another archive.
var ErrOtherArchive = errors.New("the store has another archive")

// relistAfter is when a store is listed again. A mirror remembers what it put; only what
// others change is found by listing.
const relistAfter = time.Hour

// A Mirror ships an archive's folder to a store. Its exported fields must not be changed
// once it is used. It is safe for use by many goroutines; several processes may have one of
// the same folder.
type Mirror struct {
	Archive *archive.Archive
	Store   archive.Store
	Logger  *slog.Logger // of Run; none if nil
	// Address is how the user names the store, for processes that read what was evicted;
	// Store.String() if empty. It has no credentials.
	Address string

	passing chan struct{} // has one element while a pass goes on
	once    sync.Once
	wake    chan struct{}

	// Only the pass that goes on uses these.
	listed   *listing
	listedAt time.Time
	saved    os.FileInfo // the file of the state, as it was read or written last

	mu      sync.Mutex
	state   *state // nil before the first pass
	changed bool   // since it was saved
	cached  Unstored
	at      time.Time // of cached
}

func (m *Mirror) init() {
	m.once.Do(func() { m.passing, m.wake = make(chan struct{}, 1), make(chan struct{}, 1) })
}

// Ship makes one pass: it stores what the store does not have yet. What was stored stays so
// if it returns an error, and the next pass continues there. It waits for other passes, also
// of other processes.
func (m *Mirror) Ship(ctx context.Context) error {
	return m.locked(ctx, func() error { return m.noted(m.ship(ctx)) })
}

// locked calls f while no other pass goes on.
func (m *Mirror) locked(ctx context.Context, f func() error) error {
	m.init()
	select {
	case m.passing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-m.passing }()
	unlock, err := m.Archive.LockStore(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := prepare(m.Archive.Dir()); err != nil {
		return err
	}
	m.readState()
	if err = f(); err != nil {
		// An answer may have been lost: what is stored is learnt again.
		m.listed = nil
	}
	return errors.Join(err, m.saveState())
}

// noted writes down how a pass ended, for other processes.
func (m *Mirror) noted(err error) error {
	m.forgetCounts()
	return errors.Join(err, writeStatus(m.Archive, m.Store, m.address(), m.Unstored(), err))
}

// readState reads the state if this process did not do so, or if another one changed it.
func (m *Mirror) readState() {
	now, err := os.Stat(statePath(m.Archive.Dir()))
	if m.state != nil && err == nil && m.saved != nil && os.SameFile(now, m.saved) && now.ModTime().Equal(m.saved.ModTime()) && now.Size() == m.saved.Size() {
		return
	}
	if m.state != nil && err != nil && m.saved == nil {
		return // it was never saved
	}
	s := loadState(m.Archive, m.Store)
	m.mu.Lock()
	m.state, m.changed = s, false
	m.mu.Unlock()
	m.saved, m.listed = now, nil
}

func (m *Mirror) saveState() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.changed {
		return nil
	}
	if err := m.state.save(m.Archive.Dir()); err != nil {
		return err
	}
	m.changed = false
	var err error
	m.saved, err = os.Stat(statePath(m.Archive.Dir()))
	return err
}

// update changes the state.
func (m *Mirror) update(f func(s *state)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m.state)
	m.changed, m.at = true, time.Time{}
}

// ship is a pass. The caller holds the locks.
func (m *Mirror) ship(ctx context.Context) error {
	if err := m.relist(ctx); err != nil {
		return err
	}
	files, err := m.Archive.SegmentFiles()
	if err != nil {
		return err
	}
	m.forget(files)
	// Journals come first: their records are nowhere else, and a segment is often large.
	var errs []error
	for _, sealed := range []bool{false, true} {
		for _, f := range files {
			if f.Sealed != sealed {
				continue
			}
			step := m.shipJournal
			if sealed {
				step = m.shipSegment
			}
			if err := step(ctx, f); err != nil {
				errs = append(errs, err)
				if !isLocal(err) {
					return errors.Join(errs...)
				}
			}
		}
	}
	return errors.Join(append(errs, m.sweepOthers(ctx, files))...)
}

// isLocal reports whether an error is about one segment, so that the others may be stored.
func isLocal(err error) bool {
	return errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrBusy) || errors.Is(err, archive.ErrChanged) || errors.Is(err, archive.ErrNotFound) || errors.Is(err, os.ErrNotExist)
}

// relist learns what is stored, unless that is known.
func (m *Mirror) relist(ctx context.Context) error {
	if m.listed != nil && time.Since(m.listedAt) < relistAfter {
		return nil
	}
	m.listed = nil
	if err := m.shipInfo(ctx); err != nil {
		return err
	}
	l, err := list(ctx, m.Store)
	if err != nil {
		return err
	}
	m.listed, m.listedAt = l, time.Now()
	m.update(func(s *state) {
		for name, seg := range s.Segments {
			if o, ok := l.segments[name]; !ok || seg == nil || o.ETag != seg.ETag {
				delete(s.Segments, name)
			}
		}
		for name, j := range s.Journals {
			if numbers := l.numbers(name); len(numbers) != j.Parts || j.Parts > 0 && numbers[j.Parts-1] != j.Parts {
				delete(s.Journals, name)
			}
		}
	})
	return nil
}

// shipInfo stores archive.json, or checks that the stored one is of this archive.
func (m *Mirror) shipInfo(ctx context.Context) error {
	body, err := os.ReadFile(filepath.Join(m.Archive.Dir(), "archive.json"))
	if err != nil {
		return err
	}
	stored, err := readInfo(ctx, m.Store)
	if errGone(err) {
		_, err = m.Store.Put(ctx, "archive.json", bytes.NewReader(body), int64(len(body)))
		if err == nil {
			return nil
		}
		if !errors.Is(err, archive.ErrExists) {
			return fmt.Errorf("store archive.json: %w", err)
		}
		stored, err = readInfo(ctx, m.Store)
	}
	if err != nil {
		return err
	}
	info, err := archive.ParseInfo(stored, m.Store.String())
	if err != nil {
		return err
	}
	if info.ID != m.Archive.Info().ID {
		return fmt.Errorf("%w: %s has %s, and %s is %s", ErrOtherArchive, m.Store, info.ID, m.Archive.Dir(), m.Archive.Info().ID)
	}
	return nil
}

func readInfo(ctx context.Context, store archive.Store) ([]byte, error) {
	body, _, err := readObject(ctx, store, "archive.json", archive.MaxInfo)
	return body, err
}

// forget removes from the state what is neither here nor there.
func (m *Mirror) forget(files []archive.SegmentFile) {
	open := map[string]bool{}
	for _, f := range files {
		open[f.Name] = true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.state.Journals {
		if !open[name] && len(m.listed.parts[name]) == 0 {
			delete(m.state.Journals, name)
			m.changed = true
		}
	}
}

// Wake makes Run begin its next pass now.
func (m *Mirror) Wake() {
	m.init()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Run makes passes until ctx is done: one every so often, sooner after Wake, and after an
// error at growing intervals up to that. It returns when no pass goes on any more.
func (m *Mirror) Run(ctx context.Context, every time.Duration) {
	m.init()
	for failed := 0; ; {
		err := m.Ship(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := every
		if err != nil {
			wait = min(every, time.Second<<min(failed, 16))
			failed++
		}
		if m.Logger != nil && err != nil && failed == 1 {
			m.Logger.Warn("storing fails; what is archived meanwhile stays here and is stored later", "store", m.Store.String(), "error", err)
		}
		if err == nil && failed > 0 {
			failed = 0
			if m.Logger != nil {
				m.Logger.Info("storing works again", "store", m.Store.String())
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-m.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}
