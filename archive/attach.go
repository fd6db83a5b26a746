package archive

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// storedPrefix is how the names of the objects begin that are sealed segments.
const storedPrefix = "segments/"

// The bounds of what stores may list. A list of 250,000 segments needs about 100 MB; they
// have 25 billion records.
const (
	maxListed         = 1 << 20 // objects of one store
	maxStoredSegments = 250_000 // of all stores
	maxETag           = 256     // bytes
	maxListing        = 8       // stores that are listed at a time

	lookAgainAfter = time.Second
)

// segmentForm is the form of the names of segments (FORMAT.md, "Segments").
var segmentForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$`)

// IsSegmentName reports whether a segment may have this name: its start and eight random
// digits.
func IsSegmentName(name string) bool {
	return segmentForm.MatchString(name) && !segmentStart(name).IsZero()
}

// StoredName returns the name of the object that a sealed segment is in a store.
func StoredName(segment string) string { return storedPrefix + segment + sealedEnd }

// UseCache makes the archive keep what it reads from stores in a cache that it shares with
// others. Without it, each archive has a cache of DefaultCache bytes. It must be called
// before Attach.
func (a *Archive) UseCache(c *Cache) {
	a.stored.mu.Lock()
	defer a.stored.mu.Unlock()
	a.stored.cache = c
}

// Attach adds the sealed segments of stores to those on disk (FORMAT.md, "Stored
// archives"), with a listing of each store. A segment that is on disk is read from there;
// of two stores with the same segment, the one attached first is read. A journal on disk
// does not count if its sealed segment is in a store. If a store cannot be listed, it
// returns a *StoreError and attaches none.
func (a *Archive) Attach(ctx context.Context, stores ...Store) error {
	a.stored.listing.Lock()
	defer a.stored.listing.Unlock()
	return a.list(ctx, slices.Concat(a.attached(), stores))
}

// Refresh lists the stores again. Between two calls, segments that others store meanwhile
// are not seen, while those that others replace are: at the first request that meets
// them. If a store cannot be listed, it returns a *StoreError, and nothing changes.
func (a *Archive) Refresh(ctx context.Context) error {
	a.stored.listing.Lock()
	defer a.stored.listing.Unlock()
	return a.list(ctx, a.attached())
}

// lookAgain lists the stores again, for a segment that is nowhere: its journal was sealed,
// or its file evicted, by another process since the stores were listed. It reports whether
// it did; the stores are listed at most once in lookAgainAfter for that.
func (a *Archive) lookAgain(ctx context.Context) bool {
	if len(a.attached()) == 0 {
		return false
	}
	a.stored.listing.Lock()
	defer a.stored.listing.Unlock()
	if time.Since(a.stored.looked) < lookAgainAfter {
		return true // somebody just did
	}
	err := a.list(ctx, a.attached())
	a.stored.looked = time.Now()
	return err == nil
}

// NoteStored adds a sealed segment that the caller has put into a store, or replaced there,
// as the next Refresh would.
func (a *Archive) NoteStored(store Store, o Object) error {
	segment, ok := segmentOf(o.Name)
	if !ok {
		return fmt.Errorf("object %q is not a sealed segment", o.Name)
	}
	o, err := checkObject(o.Name, o)
	if err != nil {
		return err
	}
	a.stored.listing.Lock()
	defer a.stored.listing.Unlock()
	if old := a.stored.put(&storedSegment{name: segment, store: store, object: o}); old != nil {
		a.stored.ranges().drop(old)
		a.dropCaches(segment)
	}
	return nil
}

// StoredObject returns the object that a sealed segment is in a store, as it was listed or
// last seen; ok is false if no store has it. After Erase, the segment on disk is another
// one, which must replace the object.
func (a *Archive) StoredObject(segment string) (store Store, o Object, ok bool) {
	s := a.stored.find(segment)
	if s == nil {
		return nil, Object{}, false
	}
	return s.store, s.object, true
}

func (a *Archive) attached() []Store {
	a.stored.mu.RLock()
	defer a.stored.mu.RUnlock()
	return a.stored.stores
}

// list lists stores and replaces what was known of them.
func (a *Archive) list(ctx context.Context, stores []Store) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lists := make([][]*storedSegment, len(stores))
	turns := make(chan struct{}, maxListing)
	var wg sync.WaitGroup
	for i, store := range stores {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			var err error
			if lists[i], err = listSegments(ctx, store); err != nil {
				cancel(&StoreError{store.String(), storedPrefix, err})
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("list segments: %w", err)
	}
	byName := map[string]*storedSegment{}
	for _, list := range lists {
		for _, s := range list {
			if byName[s.name] == nil {
				byName[s.name] = s
			}
		}
	}
	if len(byName) > maxStoredSegments {
		return fmt.Errorf("the stores have %d sealed segments, more than the %d that can be read together: attach fewer of them", len(byName), maxStoredSegments)
	}
	a.dropStored(a.stored.set(stores, byName))
	return nil
}

func (a *Archive) dropStored(segments []string) {
	for _, s := range segments {
		a.dropCaches(s)
	}
}

// listSegments lists the sealed segments of a store. Objects with other names are ignored:
// anybody who may write there may have put them.
func listSegments(ctx context.Context, store Store) ([]*storedSegment, error) {
	var found []*storedSegment
	n := 0
	for o, err := range store.List(ctx, storedPrefix) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if n++; n > maxListed {
			return nil, fmt.Errorf("more than %d objects: that is not a stored archive", maxListed)
		}
		segment, ok := segmentOf(o.Name)
		if !ok {
			continue
		}
		if o, err = checkObject(o.Name, o); err != nil {
			return nil, err
		}
		if len(found) == maxStoredSegments {
			return nil, fmt.Errorf("more than %d sealed segments", maxStoredSegments)
		}
		found = append(found, &storedSegment{name: segment, store: store, object: o})
	}
	return found, nil
}

// segmentOf returns the segment that an object is.
func segmentOf(object string) (segment string, ok bool) {
	name, ok := strings.CutPrefix(object, storedPrefix)
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, sealedEnd)
	return strings.Clone(name), ok && IsSegmentName(name)
}

// checkObject returns what is kept of an object that a store describes.
func checkObject(name string, o Object) (Object, error) {
	if o.Size < 0 || len(o.ETag) > maxETag {
		return o, errors.New("the store says that the object has " + fmt.Sprint(o.Size) + " bytes and an ETag of " + fmt.Sprint(len(o.ETag)))
	}
	o.Name, o.ETag = strings.Clone(name), strings.Clone(o.ETag)
	return o, nil
}
