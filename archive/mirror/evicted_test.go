package mirror

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// TestEvicted: other processes learn that segments are only in the store, and where that is.
func TestEvicted(t *testing.T) {
	store := &storetest.Memory{}
	a := testArchive(t, t.TempDir())
	m := &Mirror{Archive: a, Store: store, Address: "s3://bucket/news?endpoint=s3.example.org"}
	w := testWriter(t, a)
	put(t, w, 5)
	seal(t, w)
	evicted := func(want int) {
		t.Helper()
		if n, err := Evicted(a); n != want || err != nil {
			t.Errorf("evicted: %d, %v; want %d", n, err, want)
		}
	}
	evicted(0)
	ship(t, m)
	evicted(0)
	if _, err := m.Evict(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	evicted(1)
	// A mirror that was told no address keeps it.
	ship(t, &Mirror{Archive: a, Store: store})
	if s, ok, err := ReadStatus(a); err != nil || !ok || s.Store != "memory" || s.Address != m.Address {
		t.Errorf("status: %+v, %v, %v", s, ok, err)
	}
	if err := a.Attach(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	evicted(1)
}
