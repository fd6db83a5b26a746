package archive_test

import (
	"errors"
	"os"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// TestLookAgain has another process seal a journal, store the segment and remove both
// files: who listed the store before finds the records.
func TestLookAgain(t *testing.T) {
	m := &storetest.Memory{}
	a, caps, journal, sealed := sealedWithJournal(t)
	name := caps[0].Segment
	if err := os.Remove(segmentPath(a, name, ".jsonl.zst")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(segmentPath(a, name, ".journal"), journal, 0o644); err != nil {
		t.Fatal(err)
	}
	b := attached(t, a.Dir(), m)
	open := infoOf(t, b, name)
	if open.Sealed {
		t.Fatalf("got %+v, want a journal", open)
	}
	var inJournal []archive.Capture
	for c, err := range b.Captures(t.Context(), name) {
		if err != nil {
			t.Fatal(err)
		}
		inJournal = append(inJournal, c)
	}
	m.Set(archive.StoredName(name), sealed)
	if err := os.Remove(segmentPath(a, name, ".journal")); err != nil {
		t.Fatal(err)
	}
	for _, c := range inJournal {
		rec, err := b.RecordAt(t.Context(), c)
		if err != nil || rec.ID() != c.ID {
			t.Fatalf("record %s: %v", c.ID, err)
		}
	}
	// What is really missing does not list the store again and again.
	before := m.Requests()["list"]
	for range 5 {
		for _, err := range b.Captures(t.Context(), "20200101T000000Z-00000000") {
			if !errors.Is(err, archive.ErrNotFound) {
				t.Errorf("a missing segment: %v", err)
			}
		}
	}
	if n := m.Requests()["list"] - before; n > 1 {
		t.Errorf("%d listings for a missing segment", n)
	}
}
