package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// ErrFenced says that a newer owner of an archive has written its head.
var ErrFenced = errors.New("the archive has a newer owner")

const (
	headName   = "head.json"
	headFormat = "newsmorgue-head"
	maxHead    = 16 << 20
)

// A Head is the pointer to the newest snapshots of a stored archive. Only its owner
// replaces it, and never one with a higher token.
type Head struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	Token    int64     `json:"token"` // of the lease under which it was written; 0 for a machine alone
	Machine  string    `json:"machine,omitempty"`
	At       time.Time `json:"at"`
	Catalog  *Snapshot `json:"catalog,omitempty"`
	Frontier *Snapshot `json:"frontier,omitempty"`
	Lent     *Lent     `json:"lent,omitempty"`
}

// Lent says that a command has the archive, or had it last, and from whom. Commands add
// and erase records; they crawl nothing. So the owner from before has the newest queue, and
// takes up what others added.
type Lent struct {
	Token   int64  `json:"token"` // of the head that the owner from before wrote last
	Machine string `json:"machine,omitempty"`
	Erased  bool   `json:"erased,omitempty"` // the owner's catalog has words that were erased since
}

// ReadHead reads the head of a stored archive, and its ETag. Both are zero if there is none.
func ReadHead(ctx context.Context, store archive.Store) (Head, string, error) {
	body, o, err := readObject(ctx, store, headName, maxHead)
	if errGone(err) {
		return Head{}, "", nil
	}
	if err != nil {
		return Head{}, "", err
	}
	var h Head
	if err := json.Unmarshal(body, &h); err != nil || h.Format != headFormat || h.Version < 1 || h.Token < 0 {
		return Head{}, "", fmt.Errorf("%s in %s is not valid: %w", headName, store, archive.ErrDamaged)
	}
	if h.Version > 1 {
		return Head{}, "", fmt.Errorf("%s in %s has version %d, this program supports 1: %w", headName, store, h.Version, archive.ErrNewerFormat)
	}
	for _, s := range []*Snapshot{h.Catalog, h.Frontier} {
		if s == nil {
			continue
		}
		if err := s.check(); err != nil {
			return Head{}, "", fmt.Errorf("%s in %s: %w", headName, store, err)
		}
	}
	return h, o.ETag, nil
}

// PutHead replaces the head of a stored archive. etag is that of the head which h was made
// from, or "" if there was none. It returns ErrFenced if the stored head has a higher token.
// One with a lower token is replaced even if it is newer than etag; one with the same token
// is not: then PutHead returns ErrChanged, and the caller reads it again.
func PutHead(ctx context.Context, store archive.Store, h Head, etag string) (newETag string, err error) {
	h.Format, h.Version = headFormat, 1
	body, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	body = append(body, '\n')
	for range 5 {
		// The token is read each time: the caller's ETag does not say what token it has.
		there, now, err := ReadHead(ctx, store)
		if err != nil {
			return "", err
		}
		if there.Token > h.Token {
			return "", fmt.Errorf("%w: %s in %s was written by %s under token %d, ours is %d", ErrFenced, headName, store, there.Machine, there.Token, h.Token)
		}
		if now != etag && now != "" && there.Token == h.Token {
			if mine, err := json.Marshal(there); err == nil && bytes.Equal(append(mine, '\n'), body) {
				return now, nil // the answer to an earlier try was lost
			}
			return "", fmt.Errorf("write %s: %w", headName, archive.ErrChanged)
		}
		var o archive.Object
		if now == "" { // also if somebody removed it
			o, err = store.Put(ctx, headName, bytes.NewReader(body), int64(len(body)))
		} else {
			o, err = store.Replace(ctx, headName, now, bytes.NewReader(body), int64(len(body)))
		}
		if err == nil {
			return o.ETag, nil
		}
		if !errors.Is(err, archive.ErrExists) && !errors.Is(err, archive.ErrChanged) {
			return "", fmt.Errorf("write %s: %w", headName, err)
		}
	}
	return "", fmt.Errorf("write %s: %w", headName, archive.ErrChanged)
}
