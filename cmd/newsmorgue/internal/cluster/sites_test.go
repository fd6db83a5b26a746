package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

type readSeeker = io.ReadSeeker

func TestSitesEdit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, store := t.Context(), &storetest.Memory{}
		s := &Sites{Store: store}
		if text, etag, err := s.Read(ctx); text != "" || etag != "" || err != nil {
			t.Fatalf("without an object: got %q, %q, %v", text, etag, err)
		}
		var wg sync.WaitGroup
		for i := range 8 { // each has a Sites of its own, as a machine has
			wg.Go(func() {
				err := (&Sites{Store: store}).Edit(ctx, func(text string) (string, error) {
					time.Sleep(time.Millisecond) // somebody else is faster
					return text + fmt.Sprintf("line %d\n", i), nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		text, _, err := s.Read(ctx)
		if err != nil || strings.Count(text, "\n") != 8 {
			t.Errorf("got %q, %v; want 8 lines", text, err)
		}
		n := store.Requests()["replace"]
		if err := s.Edit(ctx, func(text string) (string, error) { return text, nil }); err != nil || store.Requests()["replace"] != n {
			t.Errorf("an edit that changes nothing: %v, %d requests", err, store.Requests()["replace"]-n)
		}
		boom := errors.New("boom")
		if err := s.Edit(ctx, func(string) (string, error) { return "x", boom }); !errors.Is(err, boom) {
			t.Errorf("got %v; want the error of the change", err)
		}
	})
}

func TestSitesFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var fail error
		store := &storetest.Memory{Fail: func(string, string) error { mu.Lock(); defer mu.Unlock(); return fail }}
		setFail := func(err error) { mu.Lock(); defer mu.Unlock(); fail = err }
		s := &Sites{Store: store}
		if _, ok := s.Last(); ok {
			t.Error("there is a text before one was read")
		}
		store.Set("sites.toml", []byte("one"))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { s.Follow(ctx, 0, slog.New(slog.DiscardHandler)) })
		check := func(want string) {
			t.Helper()
			time.Sleep(15 * time.Second)
			if got, ok := s.Last(); got != want || !ok {
				t.Errorf("got %q, %v; want %q", got, ok, want)
			}
		}
		check("one")
		store.Set("sites.toml", []byte("two"))
		check("two")
		setFail(errors.New("away"))
		store.Set("sites.toml", []byte("three"))
		check("two")
		setFail(nil)
		check("three")
		if err := store.Remove(ctx, "sites.toml"); err != nil {
			t.Fatal(err)
		}
		check("three") // not: no sites
		if err := s.Refresh(ctx); !errors.Is(err, archive.ErrNoObject) {
			t.Errorf("a removed object: got %v", err)
		}
		cancel()
		wg.Wait()
	})
}

// TestSitesRequests counts what following costs while nothing changes.
func TestSitesRequests(t *testing.T) {
	store := &storetest.Memory{}
	store.Set("sites.toml", []byte(strings.Repeat("#", 1<<20)))
	s := &Sites{Store: store}
	for range 5 {
		if err := s.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := store.Requests()["read"]; got != 5 {
		t.Errorf("got %d requests; want 5", got)
	}
}
