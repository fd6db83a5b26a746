package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

func testArchive(t *testing.T, dir string) *archive.Archive {
	t.Helper()
	a, err := archive.Create(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func testWriter(t *testing.T, a *archive.Archive) *archive.Writer {
	t.Helper()
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// put appends n records and returns their IDs.
func put(t *testing.T, w *archive.Writer, n int) (ids []string) {
	t.Helper()
	for i := range n {
		r := archive.NewRecord("resource", time.Now())
		r.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/%d", i))
		r.Set("Content-Type", "text/plain")
		r.Payload = []byte(strings.Repeat("some text ", 1+i%7))
		if _, err := w.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID())
	}
	return ids
}

func seal(t *testing.T, w *archive.Writer) string {
	t.Helper()
	name, err := w.Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func ship(t *testing.T, m *Mirror) {
	t.Helper()
	if err := m.Ship(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// storedIDs reads the IDs of all records of a stored archive, sorted, by what a reader
// does: a sealed segment counts before its parts.
func storedIDs(t *testing.T, store *storetest.Memory) (ids []string) {
	t.Helper()
	ctx := context.Background()
	l, err := list(ctx, store)
	if err != nil {
		t.Fatal(err)
	}
	a := testArchive(t, t.TempDir())
	if err := prepare(a.Dir()); err != nil {
		t.Fatal(err)
	}
	for name := range l.segments {
		path, _, _, err := download(ctx, a.Dir(), store, segmentObject(name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := readContents(path)
		if err != nil {
			t.Fatal(err)
		}
		for id := range c.erased {
			ids = append(ids, id)
		}
	}
	m := &Mirror{Archive: a, Store: store, listed: l}
	for name := range l.parts {
		if _, ok := l.segments[name]; ok {
			continue
		}
		there, err := m.partIDs(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		for id := range there {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func wantIDs(t *testing.T, got []string, want ...[]string) {
	t.Helper()
	all := slices.Concat(want...)
	slices.Sort(all)
	if !slices.Equal(got, all) {
		t.Errorf("got %d records, want %d", len(got), len(all))
	}
}

func TestShip(t *testing.T) {
	store := &storetest.Memory{}
	a := testArchive(t, t.TempDir())
	m := &Mirror{Archive: a, Store: store}
	w := testWriter(t, a)
	ids := put(t, w, 20)
	if u := m.Unstored(); u.Bytes == 0 || u.Since.IsZero() {
		t.Errorf("before: %+v", u)
	}
	ship(t, m)
	wantIDs(t, storedIDs(t, store), ids)
	if u := m.Unstored(); u != (Unstored{}) {
		t.Errorf("after: %+v", u)
	}
	before := store.Requests()
	ship(t, m)
	if after := store.Requests(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a pass without anything new asked %v, then %v", before, after)
	}
	ids = append(ids, put(t, w, 5)...)
	ship(t, m)
	if got := len(store.Names()); got != 3 { // archive.json and two parts
		t.Errorf("%d objects: %v", got, store.Names())
	}
	name := seal(t, w)
	ids = append(ids, put(t, w, 1)...)
	ship(t, m)
	wantIDs(t, storedIDs(t, store), ids)
	if got := store.Names(); len(got) != 3 || got[2] != segmentObject(name) || !strings.HasPrefix(got[1], "journals/") {
		t.Errorf("objects %v", got)
	}
	// Another process knows what is stored, also without the state.
	for _, keep := range []bool{true, false} {
		m2 := &Mirror{Archive: a, Store: store}
		if !keep {
			m2.Store = renamed{store}
		}
		before := store.Requests()["put"]
		ship(t, m2)
		if after := store.Requests()["put"]; after != before {
			t.Errorf("state kept %t: %d puts for nothing", keep, after-before)
		}
	}
}

// renamed is a store under another name, for which there is no state.
type renamed struct{ archive.Store }

func (renamed) String() string { return "renamed" }

func TestShipOtherArchive(t *testing.T) {
	store := &storetest.Memory{}
	ship(t, &Mirror{Archive: testArchive(t, t.TempDir()), Store: store})
	err := (&Mirror{Archive: testArchive(t, t.TempDir()), Store: store}).Ship(t.Context())
	if !errors.Is(err, ErrOtherArchive) {
		t.Errorf("got %v", err)
	}
}

// TestFaults fails each request once: with no effect, and after it had its effect. The next
// pass must give the same stored archive.
func TestFaults(t *testing.T) {
	for _, late := range []bool{false, true} {
		for n := 1; ; n++ {
			mem := &storetest.Memory{}
			store := &faulty{Store: mem, fail: n, late: late}
			a := testArchive(t, t.TempDir())
			m := &Mirror{Archive: a, Store: store}
			w := testWriter(t, a)
			var ids []string
			again := func() {
				for range 3 {
					err := m.Ship(t.Context())
					if err == nil {
						return
					}
					t.Logf("request %d, late %t: %v", n, late, err)
					if n%2 == 0 { // as another process
						m = &Mirror{Archive: a, Store: store}
					}
				}
				t.Fatal("it fails again and again")
			}
			ids = append(ids, put(t, w, 5)...)
			again()
			ids = append(ids, put(t, w, 5)...)
			again()
			seal(t, w)
			ids = append(ids, put(t, w, 5)...)
			again()
			wantIDs(t, storedIDs(t, mem), ids)
			if got := mem.Names(); len(got) != 3 {
				t.Errorf("request %d failed: objects %v", n, got)
			}
			if store.n < n {
				if n < 10 {
					t.Errorf("only %d requests", n)
				}
				break
			}
		}
	}
}
