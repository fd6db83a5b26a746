package archive_test

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

func segmentPath(a *archive.Archive, segment, end string) string {
	return filepath.Join(a.Dir(), "segments", segment+end)
}

func infoOf(t testing.TB, a *archive.Archive, segment string) archive.SegmentInfo {
	t.Helper()
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segs {
		if s.Name == segment {
			return s
		}
	}
	return archive.SegmentInfo{}
}

func isWhole(t testing.TB, a *archive.Archive) *archive.Verification {
	t.Helper()
	v, err := a.Verify(t.Context(), archive.VerifyOptions{})
	if err != nil || len(v.Damage) > 0 {
		t.Fatalf("verify: %+v, %v", v, err)
	}
	return v
}

// sealedWithJournal makes an archive with one sealed segment. It returns the locations of its
// records in the journal, the journal, and the sealed file.
func sealedWithJournal(t *testing.T) (a *archive.Archive, caps []archive.Capture, journal, sealed []byte) {
	t.Helper()
	a, err := archive.Create(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	if caps, err = w.Append(t.Context(), aPage(rand.New(rand.NewPCG(1, 1)), "https://a.example/", 1000)...); err != nil {
		t.Fatal(err)
	}
	if journal, err = os.ReadFile(segmentPath(a, caps[0].Segment, ".journal")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if sealed, err = os.ReadFile(segmentPath(a, caps[0].Segment, ".jsonl.zst")); err != nil {
		t.Fatal(err)
	}
	return a, caps, journal, sealed
}

// TestStoredOrLocal: of a sealed segment in a store and one on disk, that on disk is read.
func TestStoredOrLocal(t *testing.T) {
	m := &storetest.Memory{}
	a, caps, _, sealed := sealedWithJournal(t)
	name := caps[0].Segment
	if err := a.Attach(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Set(archive.StoredName(name), sealed)
	if s := infoOf(t, a, name); s.Stored || !s.Local {
		t.Errorf("before the next listing: %+v", s)
	}
	if _, _, ok := a.StoredObject(name); ok {
		t.Error("a stored object before the next listing")
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	store, o, ok := a.StoredObject(name)
	if s := infoOf(t, a, name); !s.Stored || !s.Local || !s.Sealed || !ok || store != archive.Store(m) || o.Size != s.Bytes {
		t.Errorf("on disk and in the store: %+v, %+v", s, o)
	}
	if n := reads(m, func() { everything(t, a); isWhole(t, a) }); n != 0 {
		t.Errorf("%d requests for what is on disk", n)
	}
}

// TestStoredOverJournal: a journal whose segment is in a store does not count, and no writer
// continues it.
func TestStoredOverJournal(t *testing.T) {
	m := &storetest.Memory{}
	a, caps, journal, sealed := sealedWithJournal(t)
	name := caps[0].Segment
	moveAll(t, a, m)
	if err := a.Attach(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(segmentPath(a, name, ".journal"), journal, 0o644); err != nil {
		t.Fatal(err)
	}
	if s := infoOf(t, a, name); !s.Stored || s.Local || !s.Sealed || s.Bytes != int64(len(sealed)) {
		t.Errorf("in the store, with a journal on disk: %+v", s)
	}
	if n := reads(m, func() { isWhole(t, a) }); n == 0 {
		t.Error("the journal was read instead of the stored segment")
	}
	// A location in the journal leads to the record, there or in the sealed segment.
	for _, c := range caps {
		if _, err := a.RecordAt(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	more, err := w.Append(t.Context(), aPage(rand.New(rand.NewPCG(2, 2)), "https://a.example/2", 1000)...)
	if err != nil || more[0].Segment == name {
		t.Errorf("appended to %v, %v", more, err)
	}
	if now, err := os.ReadFile(segmentPath(a, name, ".journal")); err != nil || !bytes.Equal(now, journal) {
		t.Errorf("the journal changed: %v", err)
	}
	before := m.Requests()
	namesOf(t, a)
	if now := m.Requests(); !maps.Equal(now, before) {
		t.Errorf("Segments made requests: %v, before %v", now, before)
	}
	_, elsewhere, err := a.Erase(t.Context(), caps[0].ID, func(c archive.Capture) bool { return c.ID == caps[1].ID })
	if err != nil || !slices.Contains(elsewhere, filepath.Join("segments", name+".journal")) {
		t.Errorf("erased, and %q may have the bytes: %v", elsewhere, err)
	}
}

// TestStoredJournalKept: a journal that has a record which the sealed file on disk lacks,
// since another machine sealed it, is not removed.
func TestStoredJournalKept(t *testing.T) {
	a, err := archive.Create(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	caps, err := w.Append(t.Context(), aPage(r, "https://a.example/", 1000)...)
	if err != nil {
		t.Fatal(err)
	}
	path := segmentPath(a, caps[0].Segment, ".journal")
	part, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), aPage(r, "https://a.example/unstored", 1000)...); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	seal := func(journal []byte) {
		t.Helper()
		for _, end := range []string{".journal", ".jsonl.zst"} {
			if err := os.RemoveAll(segmentPath(a, caps[0].Segment, end)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, journal, 0o644); err != nil {
			t.Fatal(err)
		}
		if sealed, _, err := a.SealJournals(t.Context()); err != nil || len(sealed) != 1 {
			t.Fatal(sealed, err)
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
		w, err := a.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	seal(part)
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole) {
		t.Errorf("a journal with more records is gone: %v", err)
	}
	seal(whole)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a journal that was sealed whole is still there: %v", err)
	}
}

// TestStoredNote: what the caller stores is known without a listing.
func TestStoredNote(t *testing.T) {
	a := sealedArchive(t, 1, 3, 1000)
	want := everything(t, a)
	m := &storetest.Memory{}
	if err := a.Attach(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	name := namesOf(t, a)[0]
	b, err := os.ReadFile(segmentPath(a, name, ".jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := m.Put(t.Context(), archive.StoredName(name), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	lists := m.Requests()["list"]
	if err := a.NoteStored(m, o); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(segmentPath(a, name, ".jsonl.zst")); err != nil {
		t.Fatal(err)
	}
	if got := everything(t, a); !maps.Equal(got, want) || m.Requests()["list"] != lists {
		t.Errorf("got %d records, want %d, after %v", len(got), len(want), m.Requests())
	}
	for _, bad := range []archive.Object{{Name: "segments/x.jsonl.zst"}, {Name: "head.json"}, {Name: archive.StoredName(name), Size: -1}} {
		if err := a.NoteStored(m, bad); err == nil {
			t.Errorf("noted %+v", bad)
		}
	}
}

// TestStoredErase: records of a segment that is only in a store are erased in a segment on
// disk, which is read from then on; the object must be replaced by it.
func TestStoredErase(t *testing.T) {
	a, m := stored(t, 2, 12, 150<<10)
	names := namesOf(t, a)
	roots, err := a.Roots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	caps := capturesOf(t, a, names[0])
	other := elsewhere(t, m)
	r := other.NewReader()
	defer r.Close()
	before, err := r.Record(t.Context(), caps[1])
	if err != nil {
		t.Fatal(err)
	}
	m.Fail = func(kind, _ string) error {
		if kind == "read" {
			return errors.New("no route to host")
		}
		return nil
	}
	if _, _, err := elsewhere(t, m).Erase(t.Context(), "<urn:uuid:1>", func(archive.Capture) bool { return true }); err == nil {
		t.Error("erased without the store")
	}
	m.Fail = nil
	url := caps[1].URL
	ids, _, err := a.Erase(t.Context(), caps[5].ID, func(c archive.Capture) bool { return c.URL == url })
	if err != nil || len(ids) != 2 {
		t.Fatalf("erased %v, %v", ids, err)
	}
	if s := infoOf(t, a, names[0]); !s.Local || !s.Stored {
		t.Errorf("after Erase: %+v", s)
	}
	if s := infoOf(t, a, names[1]); s.Local || !s.Stored {
		t.Errorf("a segment without erased records: %+v", s)
	}
	if now, err := a.Roots(t.Context()); err != nil || !slices.Equal(now, roots) {
		t.Errorf("roots %v, %v, want %v", now, err, roots)
	}
	if v := isWhole(t, a); v.Erased != 2 {
		t.Errorf("%+v", v)
	}
	store, o, ok := a.StoredObject(names[0])
	if !ok {
		t.Fatal("no stored object")
	}
	b, err := os.ReadFile(segmentPath(a, names[0], ".jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	o, err = store.Replace(t.Context(), o.Name, o.ETag, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.NoteStored(store, o); err != nil {
		t.Fatal(err)
	}
	// The other machine meets the new object at its next request: no record of it is taken
	// for another, and the erased ones are tombstones.
	for i, c := range slices.Backward(caps) {
		if rec, err := r.Record(t.Context(), c); err != nil || rec.ID() != c.ID {
			t.Errorf("record %d: %v", i, err)
		}
	}
	for i, c := range caps {
		rec, err := other.RecordAt(t.Context(), c)
		if err != nil || rec.ID() != c.ID || (c.URL == url) != (rec.Type() == "metadata") {
			t.Errorf("record %d: %v, %v", i, rec, err)
		}
	}
	if rec, err := other.Record(t.Context(), names[0], before.ID()); err != nil || rec.Type() != "metadata" {
		t.Errorf("got %v, %v, want a tombstone", rec, err)
	}
	if v := isWhole(t, other); v.Erased != 2 {
		t.Errorf("elsewhere: %+v", v)
	}
}

// elsewhere opens an empty archive with a store.
func elsewhere(t testing.TB, stores ...archive.Store) *archive.Archive {
	t.Helper()
	a, err := archive.Create(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return attached(t, a.Dir(), stores...)
}

// TestStoredRestless: an object that changes with each request ends in an error.
func TestStoredRestless(t *testing.T) {
	a, m := stored(t, 1, 3, 1000)
	name := namesOf(t, a)[0]
	object := m.Bytes(archive.StoredName(name))
	m.Fail = func(kind, _ string) error {
		if kind == "read" {
			m.Set(archive.StoredName(name), object)
		}
		return nil
	}
	away := new(archive.StoreError)
	if _, err := a.Record(t.Context(), name, "x"); !errors.As(err, &away) {
		t.Errorf("got %v", err)
	}
	if _, err := a.Verify(t.Context(), archive.VerifyOptions{}); !errors.As(err, &away) {
		t.Errorf("verify: got %v", err)
	}
}

// TestForks: two machines seal after the same segment. That is no damage, as both of what
// they sealed are known; a segment that is missing before one of them is.
func TestForks(t *testing.T) {
	m := &storetest.Memory{}
	first := sealedArchive(t, 1, 2, 1000)
	moveAll(t, first, m)
	root, err := attached(t, first.Dir(), m).Roots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var tips []string
	for i := range 2 {
		a := elsewhere(t, m)
		if i == 1 { // it does not know what the first has sealed meanwhile
			only := &storetest.Memory{}
			only.Set(archive.StoredName(root[0].Segment), m.Bytes(archive.StoredName(root[0].Segment)))
			a = elsewhere(t, only)
		}
		w, err := a.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Append(t.Context(), aPage(rand.New(rand.NewPCG(9, uint64(i))), "https://b.example/", 1000)...); err != nil {
			t.Fatal(err)
		}
		name, err := w.Seal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		p, err := a.Proof(t.Context(), nil, capturesOf(t, a, name)[0])
		if err != nil || p.Segments[0].Previous != root[0].Root {
			t.Fatalf("sealed after %q, want %q: %v", p.Segments[0].Previous, root[0].Root, err)
		}
		moveAll(t, a, m)
		tips = append(tips, name)
	}
	a := elsewhere(t, m)
	if v := isWhole(t, a); v.Segments != 3 {
		t.Errorf("%+v", v)
	}
	if err := m.Remove(t.Context(), archive.StoredName(root[0].Segment)); err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := a.Verify(t.Context(), archive.VerifyOptions{})
	if err != nil || len(v.Damage) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, d := range v.Damage {
		if d.Kind != archive.DamageChain || !slices.Contains(tips, d.Segment) || d.Store != "memory" {
			t.Errorf("%+v", d)
		}
	}
}

// TestSealAway: sealing goes on without the store; what it seals then begins a chain of its
// own, which Verify accepts.
func TestSealAway(t *testing.T) {
	a, m := stored(t, 2, 2, 1000)
	m.Fail = func(string, string) error { return errors.New("no route to host") }
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Append(t.Context(), aPage(rand.New(rand.NewPCG(9, 9)), "https://b.example/", 1000)...); err != nil {
		t.Fatal(err)
	}
	before := m.Requests()["read"]
	if name, err := w.Seal(t.Context()); err != nil || name == "" {
		t.Fatal(name, err)
	}
	if n := m.Requests()["read"] - before; n > 1 {
		t.Errorf("%d requests to a store that is away", n)
	}
	m.Fail = nil
	isWhole(t, a)
}
