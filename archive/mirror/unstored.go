package mirror

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Unstored is what of an archive's folder is not in the store yet.
type Unstored struct {
	Bytes    int64     // of open journals, and of sealed segments
	Segments int       // sealed segments among them
	Since    time.Time // since when; zero if everything is stored
}

func (u Unstored) String() string {
	if u.Bytes == 0 {
		return "everything is stored"
	}
	return fmt.Sprintf("%.1f MB are not stored since %s", float64(u.Bytes)/1e6, u.Since.UTC().Format(time.RFC3339))
}

// countEvery is how often the files are looked at, whatever asks for the figures.
const countEvery = time.Second

// Unstored counts what is not stored, from the sizes of the files. Figures are up to a
// second old. They are zero if the folder cannot be read: writing there says what is wrong.
func (m *Mirror) Unstored() Unstored {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); m.at.IsZero() || now.Sub(m.at) >= countEvery || now.Before(m.at) {
		s := m.state
		if s == nil {
			s = loadState(m.Archive, m.Store)
		}
		m.cached, m.at = count(m.Archive, s), now
	}
	return m.cached
}

// forgetCounts makes the next call of Unstored count again.
func (m *Mirror) forgetCounts() {
	m.mu.Lock()
	m.at = time.Time{}
	m.mu.Unlock()
}

func count(a *archive.Archive, s *state) Unstored {
	var u Unstored
	files, err := a.SegmentFiles()
	if err != nil {
		return u
	}
	for _, f := range files {
		bytes, since := f.Size, archive.SegmentStart(f.Name)
		j := s.Journals[f.Name]
		if j != nil && j.At.After(since) {
			since = j.At
		}
		switch {
		case f.Sealed && s.Segments[f.Name].matches(f):
			continue
		case f.Sealed:
			u.Segments++
		case j != nil:
			bytes = f.Size - j.End
		}
		if bytes <= 0 {
			continue
		}
		u.Bytes += bytes
		if u.Since.IsZero() || since.Before(u.Since) {
			u.Since = since
		}
	}
	return u
}

// gateEvery is how often a gate looks whether it may open.
const gateEvery = 5 * time.Second

// Gate returns a function that waits while more than most bytes are not stored, and says
// what it waits for: once at the beginning, and again and again with the figures.
func (m *Mirror) Gate(most int64) func(ctx context.Context, say func(reason string)) error {
	return Gate(m.Unstored, " in "+m.Store.String(), most)
}

// Gate is Mirror.Gate for what is counted elsewhere, as of several archives together. where
// follows "not stored".
func Gate(unstored func() Unstored, where string, most int64) func(ctx context.Context, say func(reason string)) error {
	return func(ctx context.Context, say func(reason string)) error {
		for {
			u := unstored()
			if u.Bytes <= most {
				return ctx.Err()
			}
			if say != nil {
				say(fmt.Sprintf("%.1f MB are not stored%s yet, over --max-unstored of %.1f MB", float64(u.Bytes)/1e6, where, float64(most)/1e6))
			}
			timer := time.NewTimer(gateEvery)
			select {
			case <-ctx.Done():
				timer.Stop()
				return ctx.Err()
			case <-timer.C:
			}
		}
	}
}

// Evict removes the oldest sealed segments from the folder until those that stay have at
// most keep bytes. Only segments are removed whose stored copies were read back, and are
// still there. It returns the bytes that it removed.
func (m *Mirror) Evict(ctx context.Context, keep int64) (removed int64, err error) {
	err = m.locked(ctx, func() error {
		removed, err = m.evict(ctx, keep)
		return err
	})
	return removed, err
}

func (m *Mirror) evict(ctx context.Context, keep int64) (removed int64, err error) {
	if err := m.relist(ctx); err != nil {
		return 0, err
	}
	files, err := m.Archive.SegmentFiles()
	if err != nil {
		return 0, err
	}
	var total int64
	for _, f := range files {
		if f.Sealed {
			total += f.Size
		}
	}
	for _, f := range files {
		if total <= keep {
			break
		}
		if !f.Sealed || !m.segment(f.Name).matches(f) {
			continue
		}
		if err := m.evictOne(ctx, f); err != nil {
			return removed, fmt.Errorf("segment %s stays on disk: %w", f.Name, err)
		}
		total -= f.Size
		removed += f.Size
	}
	return removed, nil
}

func (m *Mirror) evictOne(ctx context.Context, f archive.SegmentFile) error {
	if err := m.prove(ctx, f); err != nil {
		return err
	}
	// It was read back, perhaps long ago: is it still that object?
	_, o, err := trailer(ctx, m.Store, segmentObject(f.Name))
	if err != nil {
		return err
	}
	st := m.segment(f.Name)
	if !st.matches(f) || o.ETag != st.ETag || o.Size != st.Size {
		return fmt.Errorf("%s in %s: %w", segmentObject(f.Name), m.Store, archive.ErrChanged)
	}
	return m.Archive.RemoveSealed(f)
}

// A Status says how it stands with the stored copy of an archive, also to other processes.
type Status struct {
	Store    string
	Address  string    // by which the store is opened
	At       time.Time // of the last pass
	Error    string    // why it failed; empty if it did not
	Unstored           // now
}

const (
	statusFormat = "newsmorgue-store"
	maxStatus    = 1 << 16
)

type statusJSON struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	Store    string    `json:"store"`
	Address  string    `json:"address,omitempty"` // if it differs
	At       time.Time `json:"at"`
	Error    string    `json:"error,omitempty"`
	Unstored int64     `json:"unstored_bytes"` // after that pass
	Since    time.Time `json:"unstored_since,omitzero"`
}

func statusPath(dir string) string { return filepath.Join(dir, "store.json") }

// writeStatus writes store.json, which says where the copy is and how the last pass ended.
func writeStatus(a *archive.Archive, store archive.Store, address string, u Unstored, failed error) error {
	s := statusJSON{Format: statusFormat, Version: 1, Store: store.String(), At: time.Now().UTC().Truncate(time.Second), Unstored: u.Bytes, Since: u.Since}
	if address != s.Store {
		s.Address = address
	}
	if failed != nil {
		s.Error = failed.Error()
		if len(s.Error) > 2000 {
			s.Error = s.Error[:2000]
		}
	}
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return writeFile(statusPath(a.Dir()), append(body, '\n'))
}

// address is how the user names the store: what an earlier mirror of the same folder and
// store was told if this one was not.
func (m *Mirror) address() string {
	if m.Address != "" {
		return m.Address
	}
	if s, ok, err := ReadStatus(m.Archive); err == nil && ok && s.Store == m.Store.String() {
		return s.Address
	}
	return m.Store.String()
}

// Evicted counts the sealed segments that are in the archive's store and not in its folder,
// as far as the last pass knows. Attach makes them readable.
func Evicted(a *archive.Archive) (n int, err error) {
	if _, err := os.Stat(statePath(a.Dir())); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	s, ok, err := ReadStatus(a)
	if err != nil || !ok {
		return 0, err
	}
	known := loadStateOf(a, s.Store).Segments
	if len(known) == 0 {
		return 0, nil
	}
	files, err := a.SegmentFiles()
	if err != nil {
		return 0, err
	}
	local := map[string]bool{}
	for _, f := range files {
		local[f.Name] = true
	}
	for name := range known {
		if !local[name] {
			n++
		}
	}
	return n, nil
}

// ReadStatus reads what the last pass of any process left in an archive's folder, and
// counts what is not stored now. ok is false if the archive has no stored copy.
func ReadStatus(a *archive.Archive) (s Status, ok bool, err error) {
	st, err := os.Stat(statusPath(a.Dir()))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil || st.Size() > maxStatus {
		return s, false, errors.Join(err, fmt.Errorf("store.json in %s cannot be read", a.Dir()))
	}
	body, err := os.ReadFile(statusPath(a.Dir()))
	if err != nil {
		return s, false, err
	}
	var j statusJSON
	if err := json.Unmarshal(body, &j); err != nil || j.Format != statusFormat {
		return s, false, fmt.Errorf("store.json in %s is not valid; the next run with --store writes it anew", a.Dir())
	}
	return Status{Store: j.Store, Address: cmp.Or(j.Address, j.Store), At: j.At, Error: j.Error, Unstored: count(a, loadStateOf(a, j.Store))}, true, nil
}
