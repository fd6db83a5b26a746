package mirror

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

func fetch(t *testing.T, store archive.Store, dir string) Fetched {
	t.Helper()
	res, err := Fetch(t.Context(), store, dir)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// idsIn reads the IDs of the records in a folder.
func idsIn(t *testing.T, a *archive.Archive) (ids []string) {
	t.Helper()
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segs {
		for c, err := range a.Captures(t.Context(), s.Name) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func openDir(t *testing.T, dir string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func TestFetch(t *testing.T) {
	store := &storetest.Memory{}
	a := testArchive(t, t.TempDir())
	m := &Mirror{Archive: a, Store: store}
	w := testWriter(t, a)
	ids := put(t, w, 10)
	ship(t, m)
	dir := filepath.Join(t.TempDir(), "copy")
	if res := fetch(t, store, dir); res.Parts != 1 || res.Journals != 1 || res.Info.ID != a.Info().ID {
		t.Errorf("first: %+v", res)
	}
	b := openDir(t, dir)
	wantIDs(t, idsIn(t, b), ids)
	ids = append(ids, put(t, w, 5)...)
	ship(t, m)
	if res := fetch(t, store, dir); res.Parts != 1 {
		t.Errorf("only the new part is read: %+v", res)
	}
	wantIDs(t, idsIn(t, b), ids)
	// A crash lost what was fetched, or the notes of it.
	for _, broken := range []func(){
		func() { os.Remove(statePath(dir)) },
		func() {
			segs, _ := b.SegmentFiles()
			if err := os.Truncate(segs[0].Path, segs[0].Size-10); err != nil {
				t.Fatal(err)
			}
		},
	} {
		broken()
		fetch(t, store, dir)
		wantIDs(t, idsIn(t, b), ids)
	}
	seal(t, w)
	ship(t, m)
	if res := fetch(t, store, dir); res.Journals != 0 || res.Segments != 1 {
		t.Errorf("after sealing: %+v", res)
	}
	if files, err := b.SegmentFiles(); err != nil || len(files) != 0 {
		t.Errorf("files %v, %v", files, err)
	}
	if _, err := Fetch(t.Context(), store, testArchive(t, t.TempDir()).Dir()); !errors.Is(err, ErrOtherArchive) {
		t.Errorf("another archive's folder: %v", err)
	}
	if _, err := Fetch(t.Context(), &storetest.Memory{}, t.TempDir()); !errors.Is(err, archive.ErrNotArchive) {
		t.Errorf("an empty store: %v", err)
	}
}

// TestFetchDamaged has parts that are missing, cut off, altered or hostile.
func TestFetchDamaged(t *testing.T) {
	build := func() (*storetest.Memory, []string, string) {
		store := &storetest.Memory{}
		a := testArchive(t, t.TempDir())
		m := &Mirror{Archive: a, Store: store}
		w := testWriter(t, a)
		var first []string
		for range 3 {
			ids := put(t, w, 4)
			if first == nil {
				first = ids
			}
			ship(t, m)
		}
		files, err := a.SegmentFiles()
		if err != nil {
			t.Fatal(err)
		}
		return store, first, files[0].Name
	}
	store, first, name := build()
	if err := store.Remove(t.Context(), partObject(name, 2)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if res := fetch(t, store, dir); !slices.Equal(res.Gaps, []string{partObject(name, 2)}) {
		t.Errorf("gaps: %v", res.Gaps)
	}
	wantIDs(t, idsIn(t, openDir(t, dir)), first)

	bomb := encoded(t, bytes.Repeat([]byte{'a'}, maxPart+1))
	for what, change := range map[string]func(b []byte) []byte{
		"cut off":      func(b []byte) []byte { return b[:len(b)/2] },
		"empty":        func([]byte) []byte { return nil },
		"altered":      func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"two frames":   func(b []byte) []byte { return append(bytes.Clone(b), b...) },
		"no line feed": func([]byte) []byte { return encoded(t, []byte("00000000 {}")) },
		"wrong sum":    func([]byte) []byte { return encoded(t, []byte("00000000 {\"a\":1}\n")) },
		"too large":    func([]byte) []byte { return bomb },
		"no zstd":      func([]byte) []byte { return []byte("hello") },
	} {
		store, _, name := build()
		object := partObject(name, 2)
		store.Set(object, change(store.Bytes(object)))
		_, err := Fetch(t.Context(), store, t.TempDir())
		if !errors.Is(err, archive.ErrDamaged) || !strings.Contains(err.Error(), object) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestTakeOver has a machine that dies, one that goes on with its journal, and the first one
// coming back with records that it had not stored.
func TestTakeOver(t *testing.T) {
	for _, sealed := range []string{"", "before", "after", "both"} {
		store := &storetest.Memory{}
		a := testArchive(t, t.TempDir())
		w := testWriter(t, a)
		ids := put(t, w, 10)
		ship(t, &Mirror{Archive: a, Store: store})
		ids = append(ids, put(t, w, 3)...) // not stored
		if sealed == "before" || sealed == "both" {
			seal(t, w)
		}
		w.Close()

		dir := filepath.Join(t.TempDir(), "b")
		fetch(t, store, dir)
		b := openDir(t, dir)
		m := &Mirror{Archive: b, Store: store}
		wb := testWriter(t, b)
		ids = append(ids, put(t, wb, 4)...)
		ship(t, m)
		if sealed == "after" || sealed == "both" {
			seal(t, wb)
			ship(t, m)
		}

		for try := range 2 {
			res, err := Return(t.Context(), a, store)
			if err != nil {
				t.Fatal(err)
			}
			if (len(res.Segments) > 0) != (try == 0) {
				t.Errorf("sealed %q, time %d: %+v", sealed, try, res)
			}
			wantIDs(t, storedIDs(t, store), ids)
			if files, err := a.SegmentFiles(); err != nil || slices.ContainsFunc(files, func(f archive.SegmentFile) bool { return !f.Sealed }) {
				t.Errorf("sealed %q: files %v, %v", sealed, files, err)
			}
		}
		// The new owner goes on; its journal has no part of the former one.
		ids = append(ids, put(t, wb, 2)...)
		seal(t, wb)
		ship(t, m)
		wantIDs(t, storedIDs(t, store), ids)
		fetch(t, store, a.Dir())
	}
}

// TestTwoOwners has two machines that write and store the same journal, none of which knows
// of the other.
func TestTwoOwners(t *testing.T) {
	store := &storetest.Memory{}
	a := testArchive(t, t.TempDir())
	wa, ma := testWriter(t, a), &Mirror{Archive: a, Store: store}
	ids := put(t, wa, 10)
	ship(t, ma)
	dir := filepath.Join(t.TempDir(), "b")
	fetch(t, store, dir)
	b := openDir(t, dir)
	wb, mb := testWriter(t, b), &Mirror{Archive: b, Store: store}
	for range 3 {
		ids = append(ids, put(t, wa, 3)...)
		ids = append(ids, put(t, wb, 2)...)
		ship(t, ma)
		ship(t, mb)
		wantIDs(t, storedIDs(t, store), ids)
	}
	seal(t, wa)
	ship(t, ma)
	wantIDs(t, storedIDs(t, store), ids)
	ids = append(ids, put(t, wb, 2)...)
	ship(t, mb)
	seal(t, wb)
	ship(t, mb)
	ship(t, mb)
	ship(t, ma)
	wantIDs(t, storedIDs(t, store), ids)
}

// TestReturnFaults fails each request of a return once.
func TestReturnFaults(t *testing.T) {
	for _, late := range []bool{false, true} {
		for n := 1; ; n++ {
			mem := &storetest.Memory{}
			a := testArchive(t, t.TempDir())
			w := testWriter(t, a)
			ids := put(t, w, 5)
			ship(t, &Mirror{Archive: a, Store: mem})
			ids = append(ids, put(t, w, 5)...)
			w.Close()
			store := &faulty{Store: mem, fail: n, late: late}
			for try := 0; ; try++ {
				_, err := Return(t.Context(), a, store)
				if err == nil {
					break
				}
				if try == 3 {
					t.Fatal(err)
				}
			}
			wantIDs(t, storedIDs(t, mem), ids)
			if got := mem.Names(); len(got) != 3 { // archive.json, the part, and the new segment
				t.Errorf("request %d: %v", n, got)
			}
			if store.n < n {
				break
			}
		}
	}
}

func TestErase(t *testing.T) {
	store := &storetest.Memory{}
	a := testArchive(t, t.TempDir())
	m := &Mirror{Archive: a, Store: store}
	w := testWriter(t, a)
	ids := put(t, w, 5)
	name := seal(t, w)
	ship(t, m)
	before := store.Bytes(segmentObject(name))
	if _, _, err := a.Erase(t.Context(), "<urn:uuid:x>", func(c archive.Capture) bool { return c.ID == ids[2] }); err != nil {
		t.Fatal(err)
	}
	ship(t, m)
	after := store.Bytes(segmentObject(name))
	if bytes.Equal(before, after) {
		t.Error("the stored copy still has the record")
	}
	wantIDs(t, storedIDs(t, store), ids)
	// A machine with the segment as it was before does not bring the record back.
	dir := t.TempDir()
	fetch(t, store, dir)
	b := openDir(t, dir)
	if err := os.WriteFile(filepath.Join(dir, segmentObject(name)), before, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Return(t.Context(), b, store); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(store.Bytes(segmentObject(name)), after) {
		t.Error("the erased record is stored again")
	}
	if got, _ := os.ReadFile(filepath.Join(dir, segmentObject(name))); !bytes.Equal(got, after) {
		t.Error("the erased record is still on disk")
	}
}

func TestEvict(t *testing.T) {
	store := &storetest.Memory{}
	a := testArchive(t, t.TempDir())
	m := &Mirror{Archive: a, Store: store}
	w := testWriter(t, a)
	var names []string
	for range 3 {
		put(t, w, 5)
		names = append(names, seal(t, w))
	}
	if n, err := m.Evict(t.Context(), 0); n != 0 || err != nil {
		t.Errorf("nothing is stored: %d, %v", n, err)
	}
	ship(t, m)
	slices.Sort(names)
	body := store.Bytes(segmentObject(names[0]))
	store.Set(segmentObject(names[0]), append([]byte("x"), body[1:]...))
	if n, err := m.Evict(t.Context(), 0); n != 0 || err == nil {
		t.Errorf("the stored copy was altered: %d, %v", n, err)
	}
	store.Set(segmentObject(names[0]), body)
	if _, err := (&Mirror{Archive: a, Store: renamed{store}}).Evict(t.Context(), 0); err != nil {
		t.Error(err)
	}
	files, err := a.SegmentFiles()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(files); n != 3 { // that mirror had compared nothing yet
		t.Errorf("%d files", n)
	}
	m = &Mirror{Archive: a, Store: store}
	ship(t, m)
	keep := files[2].Size
	if n, err := m.Evict(t.Context(), keep); n == 0 || err != nil {
		t.Errorf("evicted %d, %v", n, err)
	}
	if files, err := a.SegmentFiles(); err != nil || len(files) != 1 || files[0].Name != names[2] {
		t.Errorf("files %v, %v", files, err)
	}
}

func encoded(t *testing.T, lines []byte) []byte {
	t.Helper()
	part, err := encodePart(lines)
	if err != nil {
		t.Fatal(err)
	}
	return part
}
