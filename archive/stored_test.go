package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

var storedDay = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// aPage returns a request and a response with noise, which does not compress well.
func aPage(r *rand.Rand, url string, size int) []*archive.Record {
	noise := make([]byte, size)
	for k := range noise {
		noise[k] = byte('!' + r.IntN(90))
	}
	req, res := archive.NewRecord("request", storedDay), archive.NewRecord("response", storedDay)
	for _, rec := range []*archive.Record{req, res} {
		rec.Set("WARC-Target-URI", url)
	}
	req.Set("WARC-Concurrent-To", res.ID())
	res.Set("WARC-Concurrent-To", req.ID())
	res.Set("Content-Type", "text/plain")
	res.Payload = noise
	return []*archive.Record{req, res}
}

// sealedArchive makes an archive with sealed segments of pages, of size bytes each.
func sealedArchive(t testing.TB, segments, pages, size int) *archive.Archive {
	t.Helper()
	a, err := archive.Create(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, uint64(segments)))
	for s := range segments {
		for p := range pages {
			if _, err := w.Append(t.Context(), aPage(r, fmt.Sprintf("https://a.example/%d/%d", s, p), size)...); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return a
}

// moveAll moves the sealed segments of an archive into a store.
func moveAll(t testing.TB, a *archive.Archive, m *storetest.Memory) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(a.Dir(), "segments", "*.jsonl.zst"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m.Set("segments/"+filepath.Base(path), b)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// stored makes an archive whose segments are only in a store, and opens it anew.
func stored(t testing.TB, segments, pages, size int) (*archive.Archive, *storetest.Memory) {
	t.Helper()
	m := &storetest.Memory{}
	dir := sealedArchive(t, segments, pages, size)
	moveAll(t, dir, m)
	return attached(t, dir.Dir(), m), m
}

// attached opens an archive and attaches stores.
func attached(t testing.TB, dir string, stores ...archive.Store) *archive.Archive {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if err := a.Attach(t.Context(), stores...); err != nil {
		t.Fatal(err)
	}
	return a
}

// everything lists the records of an archive with their payload digests.
func everything(t testing.TB, a *archive.Archive) map[string]archive.Digest {
	t.Helper()
	all := map[string]archive.Digest{}
	for e, err := range a.Select(t.Context(), func(archive.Capture) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		all[e.ID] = archive.SHA256(e.Record.Payload)
	}
	return all
}

func capturesOf(t testing.TB, a *archive.Archive, segment string) (caps []archive.Capture) {
	t.Helper()
	for c, err := range a.Captures(t.Context(), segment) {
		if err != nil {
			t.Fatal(err)
		}
		caps = append(caps, c)
	}
	return caps
}

func namesOf(t testing.TB, a *archive.Archive) (names []string) {
	t.Helper()
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segs {
		names = append(names, s.Name)
	}
	return names
}

// reads counts the read requests that do needs.
func reads(m *storetest.Memory, do func()) int {
	before := m.Requests()["read"]
	do()
	return m.Requests()["read"] - before
}

// TestStoredAsLocal: an archive whose segments are in a store reads the same as on disk.
func TestStoredAsLocal(t *testing.T) {
	local := sealedArchive(t, 3, 30, 40<<10)
	want := everything(t, local)
	roots, err := local.Roots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := &storetest.Memory{}
	moveAll(t, local, m)
	a := attached(t, local.Dir(), m)
	if got := everything(t, a); !maps.Equal(got, want) {
		t.Errorf("got %d records, want %d", len(got), len(want))
	}
	if got, err := a.Roots(t.Context()); err != nil || !slices.Equal(got, roots) {
		t.Errorf("got roots %v, %v, want %v", got, err, roots)
	}
	v, err := a.Verify(t.Context(), archive.VerifyOptions{})
	if err != nil || len(v.Damage) > 0 || v.Records != len(want) || v.Segments != 3 {
		t.Errorf("verified %+v, %v", v, err)
	}
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	r := a.NewReader()
	defer r.Close()
	for _, s := range segs {
		if !s.Sealed || !s.Stored || s.Local || s.Bytes != int64(len(m.Bytes(archive.StoredName(s.Name)))) {
			t.Errorf("segment %+v", s)
		}
		for _, c := range capturesOf(t, a, s.Name) {
			rec, err := r.Record(t.Context(), c)
			if err != nil || archive.SHA256(rec.Payload) != want[c.ID] {
				t.Fatalf("%s: %v", c.ID, err)
			}
			if c.Type == "response" {
				found, err := a.Locate(t.Context(), nil, c.ID)
				if err != nil || found[0] != c {
					t.Errorf("located %v, %v", found, err)
				}
			}
		}
		p, err := a.Proof(t.Context(), nil, capturesOf(t, a, s.Name)[1])
		if err != nil || p.Verify() != nil {
			t.Errorf("proof: %v", err)
		}
	}
	if _, err := a.Record(t.Context(), "", "<urn:uuid:00000000-0000-4000-8000-000000000000>"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// TestStoredRequests counts requests: 3 for the first record, 1 for the next one in
// another frame, none for one in memory, and few for a whole segment.
func TestStoredRequests(t *testing.T) {
	a, m := stored(t, 1, 200, 100<<10) // 21 MB in 15 frames
	segment := namesOf(t, a)[0]
	size := len(m.Bytes(archive.StoredName(segment)))
	id := func() string { // from another archive, so that a knows nothing yet
		b := attached(t, a.Dir(), m)
		caps := capturesOf(t, b, segment)
		return caps[len(caps)/2].ID
	}()
	record := func(id string) func() {
		return func() {
			if _, err := a.Record(t.Context(), segment, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := reads(m, record(id)); n > 3 {
		t.Errorf("cold: %d requests, want 3", n)
	}
	caps := capturesOf(t, a, segment)
	if n := reads(m, record(caps[7].ID)); n != 1 {
		t.Errorf("warm: %d requests, want 1", n)
	}
	if n := reads(m, record(caps[7].ID)); n != 0 {
		t.Errorf("again: %d requests, want none", n)
	}
	at := func(c archive.Capture) func() {
		return func() {
			if _, err := attached(t, a.Dir(), m).RecordAt(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := reads(m, at(caps[9])); n != 1 {
		t.Errorf("at a known location: %d requests, want 1", n)
	}
	few := size/(8<<20) + 3
	whole := map[string]func(*archive.Archive){
		"verify": func(a *archive.Archive) {
			if v, err := a.Verify(t.Context(), archive.VerifyOptions{}); err != nil || len(v.Damage) > 0 {
				t.Error(v, err)
			}
		},
		"select": func(a *archive.Archive) { everything(t, a) },
		"records": func(a *archive.Archive) {
			for _, err := range a.Records(t.Context(), segment, 0) {
				if err != nil {
					t.Fatal(err)
				}
			}
		},
		"reader": func(a *archive.Archive) {
			r := a.NewReader()
			defer r.Close()
			for _, c := range caps {
				if _, err := r.Record(t.Context(), c); err != nil {
					t.Fatal(err)
				}
			}
		},
		"proof": func(a *archive.Archive) {
			if _, err := a.Proof(t.Context(), nil, caps[3]); err != nil {
				t.Error(err)
			}
		},
	}
	for name, do := range whole {
		limit := few
		if name == "reader" {
			limit += 4 // it finds out that it is read in order
		}
		n := reads(m, func() { do(attached(t, a.Dir(), m)) })
		t.Logf("%s: %d requests for %d bytes", name, n, size)
		if n > limit {
			t.Errorf("%s: %d requests, want at most %d", name, n, limit)
		}
	}
	// Records that are far apart are asked for one by one.
	n := reads(m, func() {
		b := attached(t, a.Dir(), m)
		for _, err := range b.Select(t.Context(), func(c archive.Capture) bool { return c.ID == caps[0].ID || c.ID == caps[len(caps)-1].ID }) {
			if err != nil {
				t.Error(err)
			}
		}
	})
	if n > 4 {
		t.Errorf("two records: %d requests", n)
	}
}

// TestStoredHostileNames: only objects with the names of segments are segments, and a
// listing that says nonsense is refused.
func TestStoredHostileNames(t *testing.T) {
	m := &storetest.Memory{}
	for _, name := range []string{"segments/x.jsonl.zst", "segments/20261123T180000Z-5f1c09ab.journal", "segments/20261323T180000Z-5f1c09ab.jsonl.zst",
		"segments/20261123T180000Z-5F1C09AB.jsonl.zst", "segments/a/20261123T180000Z-5f1c09ab.jsonl.zst", "segments/20261123T180000Z-5f1c09ab.jsonl.zst.jsonl.zst",
		"archive.json", "journals/20261123T180000Z-5f1c09ab/000001.zst", "segments/" + strings.Repeat("9", 400) + ".jsonl.zst"} {
		m.Set(name, []byte("x"))
	}
	a := attached(t, sealedArchive(t, 1, 1, 100).Dir(), m)
	if names := namesOf(t, a); len(names) != 1 {
		t.Errorf("got %q", names)
	}
	if err := a.Attach(t.Context(), odd{m, archive.Object{Name: "segments/20261123T180000Z-5f1c09ab.jsonl.zst", Size: -1}}); err == nil {
		t.Error("a negative size was accepted")
	}
	if err := a.Attach(t.Context(), odd{m, archive.Object{Name: "segments/20261123T180000Z-5f1c09ab.jsonl.zst", ETag: strings.Repeat("e", 1<<20)}}); err == nil {
		t.Error("an ETag of a megabyte was accepted")
	}
	if names := namesOf(t, a); len(names) != 1 {
		t.Errorf("after refused listings: got %q", names)
	}
}

// odd is a store that lists an object.
type odd struct {
	*storetest.Memory
	o archive.Object
}

func (s odd) List(context.Context, string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) { yield(s.o, nil) }
}

// TestStoredAway: a store that is not reached is no damage, anywhere, and when it is back
// everything can be read.
func TestStoredAway(t *testing.T) {
	a, m := stored(t, 2, 20, 60<<10)
	names := namesOf(t, a)
	caps := capturesOf(t, a, names[1])
	for _, cause := range []error{errors.New("connection refused"), archive.ErrDenied} {
		m.Fail = func(string, string) error { return cause }
		b, err := archive.Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		isAway := func(what string, err error) {
			t.Helper()
			away := new(archive.StoreError)
			if !errors.As(err, &away) || !errors.Is(err, cause) || errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrNotFound) {
				t.Errorf("%s: got %v, want the error of the store", what, err)
			}
		}
		isAway("attach", b.Attach(t.Context(), m))
		m.Fail = nil
		if err := b.Attach(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		m.Fail = func(string, string) error { return cause }
		isAway("refresh", b.Refresh(t.Context()))
		if got := namesOf(t, b); !slices.Equal(got, names) {
			t.Errorf("after a listing that failed: %q", got)
		}
		_, err = b.RecordAt(t.Context(), caps[3])
		isAway("record at", err)
		_, err = b.Record(t.Context(), names[1], caps[3].ID)
		isAway("record", err)
		_, err = b.Roots(t.Context())
		isAway("roots", err)
		_, err = b.Locate(t.Context(), nil, caps[3].ID)
		isAway("locate", err)
		_, err = b.Proof(t.Context(), nil, caps[3])
		isAway("proof", err)
		v, err := b.Verify(t.Context(), archive.VerifyOptions{})
		isAway("verify", err)
		if v != nil && len(v.Damage) > 0 {
			t.Errorf("verify found %v", v.Damage)
		}
		n := 0
		for _, err := range b.Select(t.Context(), func(archive.Capture) bool { return true }) {
			isAway("select", err)
			n++
		}
		if n != 1 {
			t.Errorf("select yielded %d errors", n)
		}
		m.Fail = nil
		if _, err := b.RecordAt(t.Context(), caps[3]); err != nil {
			t.Errorf("when it is back: %v", err)
		}
		// It goes away in the middle of a segment.
		requests := 0
		m.Fail = func(string, string) error {
			if requests++; requests > 2 {
				return cause
			}
			return nil
		}
		v, err = b.Verify(t.Context(), archive.VerifyOptions{})
		isAway("verify in part", err)
		if v != nil && len(v.Damage) > 0 {
			t.Errorf("verify in part found %v", v.Damage)
		}
		m.Fail = nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := attached(t, a.Dir(), m)
	if _, err := b.RecordAt(ctx, caps[3]); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that of the context", err)
	}
}

// TestStoredDamage: an object that is cut short or altered is found by its checksums, and
// named with its store; what is whole stays readable.
func TestStoredDamage(t *testing.T) {
	a, m := stored(t, 1, 60, 60<<10)
	name := namesOf(t, a)[0]
	object := archive.StoredName(name)
	whole := m.Bytes(object)
	caps := capturesOf(t, a, name)
	for what, bad := range map[string][]byte{
		"a byte of a frame": flipped(whole, len(whole)/2), "a byte of the index": flipped(whole, len(whole)-60), "a byte of the trailer": flipped(whole, len(whole)-3),
		"cut short": whole[:len(whole)*2/3], "almost nothing": whole[:10], "nothing": {}, "something else": bytes.Repeat([]byte("<html>"), 1000),
	} {
		m.Set(object, bad)
		for _, b := range []*archive.Archive{a, attached(t, a.Dir(), m)} { // one that listed it before
			v, err := b.Verify(t.Context(), archive.VerifyOptions{})
			if err != nil || len(v.Damage) == 0 {
				t.Fatalf("%s: %+v, %v", what, v, err)
			}
			for _, d := range v.Damage {
				if d.Store != m.String() || d.Segment != name {
					t.Errorf("%s: %+v does not name the segment and the store", what, d)
				}
			}
			if s := v.Damage[0].String(); !strings.Contains(s, "segment "+name+" in memory") {
				t.Errorf("%s: %s", what, s)
			}
			read := 0
			for _, c := range caps {
				if _, err := b.Record(t.Context(), name, c.ID); err == nil {
					read++
				} else if !errors.Is(err, archive.ErrDamaged) && !errors.Is(err, archive.ErrNotFound) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if len(bad) > len(whole)/2 && read < len(caps)/3 || read == len(caps) && strings.Contains(what, "frame") {
				t.Errorf("%s: %d of %d records can be read", what, read, len(caps))
			}
			if _, err := b.Repair(t.Context(), archive.VerifyOptions{}); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: repair: %v", what, err)
			}
		}
	}
	a = attached(t, a.Dir(), m)
	if err := m.Remove(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	v, err := a.Verify(t.Context(), archive.VerifyOptions{})
	if err != nil || len(v.Damage) != 1 || v.Damage[0].Kind != archive.DamageFile {
		t.Errorf("an object that is gone: %+v, %v", v, err)
	}
	if _, err := a.Record(t.Context(), name, caps[0].ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if err := a.Refresh(t.Context()); err != nil || len(namesOf(t, a)) != 0 {
		t.Errorf("after Refresh: %q, %v", namesOf(t, a), err)
	}
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 4
	return b
}
