// Package upload stores a dataset, as package folder writes it, in an archive.Store. Its
// SHA256SUMS comes last: whoever sees that sees the whole dataset.
package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
)

// ErrOther means that the store has other objects than those of the dataset. Datasets in a
// store are not replaced: somebody may be reading them.
var ErrOther = errors.New("the store has something else there")

// A Result says what Upload did.
type Result struct {
	Files int   // that the store lacked
	Bytes int64 // of these
	Had   int   // files that were there already
}

// workers is how many files are stored at a time.
const workers = 4

// Upload stores the dataset of a folder: its parts, then the files that describe them, and
// the checksums at the end. Files that an interrupted upload has stored are read back and
// compared, so that it may be called again. It returns ErrOther if the store has objects
// that are not of this dataset, or differ.
func Upload(ctx context.Context, s archive.Store, dir string) (r Result, err error) {
	files, err := folder.ReadSums(dir)
	if err != nil {
		return r, fmt.Errorf("upload: %w", err)
	}
	sums, err := os.ReadFile(filepath.Join(dir, folder.Sums))
	if err != nil {
		return r, fmt.Errorf("upload: %w", err)
	}
	for _, f := range files {
		if err := archive.CheckObjectName(f.Name); err != nil {
			return r, fmt.Errorf("upload: %w", err)
		}
	}
	u := &uploader{store: s, dir: dir, had: map[string]int64{}}
	stored, err := u.look(ctx, files, sums)
	if err == nil && !stored {
		// Parts are in folders, what describes them is not.
		for _, top := range []bool{false, true} {
			some := slices.DeleteFunc(slices.Clone(files), func(f folder.File) bool { return strings.Contains(f.Name, "/") == top })
			if err = u.putAll(ctx, some); err != nil {
				break
			}
		}
		if err == nil {
			err = u.putSums(ctx, sums)
		}
	}
	if err != nil {
		return u.result, fmt.Errorf("upload to %s: %w", s, err)
	}
	if stored {
		u.result.Had = len(files) + 1
	}
	return u.result, nil
}

type uploader struct {
	store archive.Store
	dir   string
	had   map[string]int64 // the sizes of what the store had

	mu     sync.Mutex
	result Result
}

// look reports whether the whole dataset is stored already, and finds what is of it.
func (u *uploader) look(ctx context.Context, files []folder.File, sums []byte) (stored bool, err error) {
	known := map[string]bool{folder.Sums: true}
	for _, f := range files {
		known[f.Name] = true
	}
	for o, err := range u.store.List(ctx, "") {
		if err != nil {
			return false, err
		}
		if !known[o.Name] {
			return false, fmt.Errorf("%w: %s", ErrOther, o.Name)
		}
		u.had[o.Name] = o.Size
	}
	if _, ok := u.had[folder.Sums]; !ok {
		return false, nil
	}
	digest := sha256.Sum256(sums)
	if err := u.compare(ctx, folder.Sums, int64(len(sums)), hex.EncodeToString(digest[:])); err != nil {
		return false, err
	}
	for _, f := range files {
		if _, ok := u.had[f.Name]; !ok {
			return false, nil // removed since; it is stored again
		}
	}
	return true, nil
}

// putAll stores files, some at a time.
func (u *uploader) putAll(ctx context.Context, files []folder.File) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan folder.File)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for f := range next {
				if ctx.Err() != nil {
					continue
				}
				if err := u.put(ctx, f); err != nil {
					cancel(fmt.Errorf("%s: %w", f.Name, err))
				}
			}
		})
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// put stores one file.
func (u *uploader) put(ctx context.Context, f folder.File) error {
	file, err := os.Open(filepath.Join(u.dir, filepath.FromSlash(f.Name)))
	if err != nil {
		return err
	}
	defer file.Close()
	h := sha256.New()
	size, err := io.Copy(h, file)
	if err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%w: it is not what was exported", archive.ErrDamaged)
	}
	if _, ok := u.had[f.Name]; ok {
		return u.compare(ctx, f.Name, size, f.SHA256)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return u.putBody(ctx, f.Name, file, size, f.SHA256)
}

// putBody stores an object. That it exists may be the work of an earlier try.
func (u *uploader) putBody(ctx context.Context, name string, body io.ReadSeeker, size int64, sum string) error {
	_, err := u.store.Put(ctx, name, body, size)
	if errors.Is(err, archive.ErrExists) {
		return u.compare(ctx, name, size, sum)
	}
	if err == nil {
		u.mu.Lock()
		u.result.Files++
		u.result.Bytes += size
		u.mu.Unlock()
	}
	return err
}

func (u *uploader) putSums(ctx context.Context, sums []byte) error {
	if _, ok := u.had[folder.Sums]; ok {
		return nil // look has compared it
	}
	digest := sha256.Sum256(sums)
	return u.putBody(ctx, folder.Sums, bytes.NewReader(sums), int64(len(sums)), hex.EncodeToString(digest[:]))
}

// compare reads an object back. It returns ErrOther if it differs from the file.
func (u *uploader) compare(ctx context.Context, name string, size int64, sum string) error {
	body, o, err := u.store.ReadRange(ctx, name, 0, size)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, io.LimitReader(body, size))
	if err := errors.Join(err, body.Close()); err != nil {
		return err
	}
	if o.Size != size || hex.EncodeToString(h.Sum(nil)) != sum {
		return fmt.Errorf("%w: another %s", ErrOther, name)
	}
	u.mu.Lock()
	u.result.Had++
	u.mu.Unlock()
	return nil
}
