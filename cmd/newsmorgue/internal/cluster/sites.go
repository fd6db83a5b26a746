package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

const (
	sitesFile = "sites.toml"
	maxSites  = 32 << 20 // bytes; 50,000 sites have about 10 MiB
	maxEdits  = 20       // tries to edit while others edit, too
)

// Sites is the sites.toml of a cluster: one object for all machines, which is replaced
// only as it was read.
type Sites struct {
	Store archive.Store

	mu   sync.Mutex
	last string // as Follow read it last
	etag string // of that; "" if nothing was read, or if there is no object
	read bool
}

// String says where the object is.
func (s *Sites) String() string { return strings.TrimSuffix(s.Store.String(), "/") + "/" + sitesFile }

// Read reads the text and its ETag. Both are empty if there is no object.
func (s *Sites) Read(ctx context.Context) (text, etag string, err error) {
	r, o, err := s.Store.ReadRange(ctx, sitesFile, 0, maxSites+1)
	if errors.Is(err, archive.ErrNoObject) {
		return "", "", nil
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", s, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSites+1))
	switch {
	case err != nil:
		return "", "", fmt.Errorf("read %s: %w", s, err)
	case len(b) > maxSites:
		return "", "", fmt.Errorf("%s is longer than %d MiB", s, maxSites>>20)
	case int64(len(b)) != o.Size:
		return "", "", fmt.Errorf("read %s: %d of %d bytes: %w", s, len(b), o.Size, io.ErrUnexpectedEOF)
	}
	return string(b), o.ETag, nil
}

// Edit replaces the text by what change makes of it. If somebody else edits it at the same
// time, change is called again with the newer text.
func (s *Sites) Edit(ctx context.Context, change func(text string) (string, error)) error {
	for try := 0; ; try++ {
		old, etag, err := s.Read(ctx)
		if err != nil {
			return err
		}
		text, err := change(old)
		if err != nil || text == old {
			return err
		}
		if len(text) > maxSites {
			return fmt.Errorf("%s would be longer than %d MiB", s, maxSites>>20)
		}
		if etag == "" {
			_, err = s.Store.Put(ctx, sitesFile, strings.NewReader(text), int64(len(text)))
		} else {
			_, err = s.Store.Replace(ctx, sitesFile, etag, strings.NewReader(text), int64(len(text)))
		}
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, archive.ErrChanged) && !errors.Is(err, archive.ErrExists):
			return fmt.Errorf("write %s: %w", s, err)
		case try+1 == maxEdits:
			return fmt.Errorf("%s is edited by others all the time: %w", s, err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Duration(rand.IntN(50*(try+1))) * time.Millisecond):
		}
	}
}

// Refresh reads the text if it was changed since the last time.
func (s *Sites) Refresh(ctx context.Context) error {
	s.mu.Lock()
	known, read := s.etag, s.read
	s.mu.Unlock()
	if read && known != "" {
		// One byte is enough to learn the ETag.
		r, o, err := s.Store.ReadRange(ctx, sitesFile, 0, 1)
		if err == nil {
			r.Close()
			if o.ETag == known {
				return nil
			}
		} else if !errors.Is(err, archive.ErrNoObject) {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	text, etag, err := s.Read(ctx)
	if err != nil {
		return err
	}
	if etag == "" && known != "" {
		// Nobody removes all sites in this way on purpose: their crawls would end.
		return fmt.Errorf("%s: %w", s, archive.ErrNoObject)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.etag, s.read = text, etag, true
	return nil
}

// Last is the text as Refresh read it last; ok is false if it never could.
func (s *Sites) Last() (text string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.read
}

// Follow refreshes the text again and again until ctx is done; while that fails, the last
// text stays. Every is 10 s if zero.
func (s *Sites) Follow(ctx context.Context, every time.Duration, log *slog.Logger) {
	if every == 0 {
		every = 10 * time.Second
	}
	failing := false
	for ctx.Err() == nil {
		refresh, cancel := context.WithTimeout(ctx, max(every, 10*time.Second))
		err := s.Refresh(refresh)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.Error("sites.toml cannot be read; using the last good one", "error", err)
		case err == nil && failing:
			log.Info("sites.toml can be read again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
}
