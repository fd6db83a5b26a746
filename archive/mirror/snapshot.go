package mirror

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Snapshot is a stored copy of a file that is derived from the segments, or that knows
// what is to be done: a whole SQLite file, compressed.
type Snapshot struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // of the object, in bytes
	SHA256 string `json:"sha256"` // of the object, in hexadecimal
	Raw    int64  `json:"raw"`    // bytes of the file
}

const (
	// maxSnapshot bounds what a snapshot may say about its size, in bytes.
	maxSnapshot = 1 << 40
	// maxRatio bounds how much smaller than its file a snapshot may be.
	maxRatio = 1000
)

const snapshotTime = "20060102T150405Z"

var snapshotForm = regexp.MustCompile(`^snapshots/([a-z]+)-(\d{8}T\d{6}Z-[0-9a-f]{8})\.sqlite\.zst$`)

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// check returns an error for a snapshot that cannot be one.
func (s Snapshot) check() error {
	switch {
	case !snapshotForm.MatchString(s.Name):
		return fmt.Errorf("%w: %q is not the name of a snapshot", archive.ErrDamaged, s.Name)
	case !digestForm.MatchString(s.SHA256):
		return fmt.Errorf("%w: snapshot %s has no valid digest", archive.ErrDamaged, s.Name)
	case s.Size < 1 || s.Size > maxSnapshot || s.Raw < 0 || s.Raw > maxSnapshot || s.Raw/maxRatio > s.Size:
		return fmt.Errorf("%w: snapshot %s has impossible sizes: %d bytes of %d", archive.ErrDamaged, s.Name, s.Size, s.Raw)
	}
	return nil
}

// Time is when the snapshot was stored, by the clock of the machine that did so, or zero.
func (s Snapshot) Time() time.Time {
	m := snapshotForm.FindStringSubmatch(s.Name)
	if m == nil {
		return time.Time{}
	}
	t, _ := time.Parse(snapshotTime, m[2][:len(snapshotTime)]) // zero if it is no time
	return t
}

// PutSnapshot stores a file as a snapshot of a kind, "catalog" or "frontier". It needs
// space beside the file for the compressed copy. The file must not change meanwhile.
func PutSnapshot(ctx context.Context, store archive.Store, kind, path string) (Snapshot, error) {
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{Name: fmt.Sprintf("snapshots/%s-%s-%s.sqlite.zst", kind, time.Now().UTC().Format(snapshotTime), hex.EncodeToString(random[:]))}
	if !snapshotForm.MatchString(s.Name) {
		return Snapshot{}, fmt.Errorf("%q is not a kind of snapshots", kind)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.zst")
	if err != nil {
		return Snapshot{}, err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	h := sha256.New()
	if s.Raw, err = compressFile(ctx, io.MultiWriter(tmp, h), path); err != nil {
		return Snapshot{}, fmt.Errorf("compress %s: %w", filepath.Base(path), err)
	}
	if s.Size, err = tmp.Seek(0, io.SeekCurrent); err != nil {
		return Snapshot{}, err
	}
	s.SHA256 = hex.EncodeToString(h.Sum(nil))
	_, err = store.Put(ctx, s.Name, tmp, s.Size)
	if errors.Is(err, archive.ErrExists) {
		// The name is random, so it is what an earlier try of the same request stored.
		var sum string
		if sum, _, err = hashObject(ctx, store, s.Name, s.Size, io.Discard); err == nil && sum != s.SHA256 {
			err = lie{s.Name, store.String()}
		}
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("store %s: %w", s.Name, err)
	}
	return s, nil
}

func compressFile(ctx context.Context, w io.Writer, path string) (n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	enc, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(enc, readerOf{ctx, f})
	return n, errors.Join(err, enc.Close())
}

// readerOf is a reader that ends with ctx.
type readerOf struct {
	ctx context.Context
	io.Reader
}

func (r readerOf) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// FetchSnapshot makes a file of a snapshot. Its digest is checked before the file has its
// name; what is there of that name is replaced then. What the snapshot says about its sizes
// bounds what is read and written. A snapshot that differs is an ErrDamaged.
func FetchSnapshot(ctx context.Context, store archive.Store, s Snapshot, path string) error {
	if err := s.check(); err != nil {
		return err
	}
	r, o, err := store.ReadRange(ctx, s.Name, 0, -1)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.Name, err)
	}
	defer r.Close()
	if o.Size != s.Size {
		return fmt.Errorf("%w: %s in %s has %d bytes instead of %d", archive.ErrDamaged, s.Name, store, o.Size, s.Size)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // or it was renamed
	defer tmp.Close()
	if err := s.unpack(ctx, tmp, io.LimitReader(r, s.Size)); err != nil {
		return fmt.Errorf("%s in %s: %w", s.Name, store, err)
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// unpack decodes a snapshot from r, and checks all that it says.
func (s Snapshot) unpack(ctx context.Context, w io.Writer, r io.Reader) error {
	h := sha256.New()
	packed := &counter{r: io.TeeReader(readerOf{ctx, r}, h)}
	dec, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return err
	}
	defer dec.Close()
	n, err := io.Copy(w, io.LimitReader(dec, s.Raw+1))
	if err == nil {
		_, err = io.Copy(io.Discard, packed) // what follows is a part of the object, too
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case packed.err != nil:
		return packed.err
	case packed.n != s.Size && n <= s.Raw:
		return fmt.Errorf("%d of %d bytes came: %w", packed.n, s.Size, io.ErrUnexpectedEOF)
	case err != nil:
		return fmt.Errorf("%w: %w", archive.ErrDamaged, err)
	case n != s.Raw || hex.EncodeToString(h.Sum(nil)) != s.SHA256:
		return fmt.Errorf("%w: it is not what was stored", archive.ErrDamaged)
	}
	return nil
}

// A counter counts what it reads, and keeps the reader's own error.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// keptSnapshots is how many snapshots of a kind stay besides those that the head names:
// somebody may be reading them.
const keptSnapshots = 2

// RemoveOldSnapshots removes the snapshots that are older than those that the head names,
// but for the newest two of each kind. Newer ones stay: their head is perhaps about to come.
func RemoveOldSnapshots(ctx context.Context, store archive.Store) error {
	h, etag, err := ReadHead(ctx, store)
	if err != nil || etag == "" {
		return err
	}
	named := map[string]string{} // by kind
	for _, s := range []*Snapshot{h.Catalog, h.Frontier} {
		if s != nil {
			named[snapshotForm.FindStringSubmatch(s.Name)[1]] = s.Name
		}
	}
	older := map[string][]string{}
	for o, err := range store.List(ctx, "snapshots/") {
		if err != nil {
			return fmt.Errorf("list the snapshots: %w", err)
		}
		m := snapshotForm.FindStringSubmatch(o.Name)
		if m != nil && named[m[1]] != "" && o.Name < named[m[1]] {
			older[m[1]] = append(older[m[1]], o.Name)
		}
	}
	for _, names := range older {
		slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
		for _, name := range names[min(keptSnapshots, len(names)):] {
			if err := store.Remove(ctx, name); err != nil {
				return fmt.Errorf("remove %s: %w", name, err)
			}
		}
	}
	return nil
}

// RemoveOtherSnapshots removes all snapshots of a kind but the one that the head names,
// because of what they still have. Whoever calls it owns the archive.
func RemoveOtherSnapshots(ctx context.Context, store archive.Store, kind string) error {
	h, etag, err := ReadHead(ctx, store)
	if err != nil || etag == "" {
		return err
	}
	named := map[string]bool{}
	for _, s := range []*Snapshot{h.Catalog, h.Frontier} {
		if s != nil {
			named[s.Name] = true
		}
	}
	var others []string
	for o, err := range store.List(ctx, "snapshots/") {
		if err != nil {
			return fmt.Errorf("list the snapshots: %w", err)
		}
		if m := snapshotForm.FindStringSubmatch(o.Name); m != nil && m[1] == kind && !named[o.Name] {
			others = append(others, o.Name)
		}
	}
	for _, name := range others {
		if err := store.Remove(ctx, name); err != nil {
			return fmt.Errorf("remove %s: %w", name, err)
		}
	}
	return nil
}
