package archivetest_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// digests lists the records of an archive by ID.
func digests(t *testing.T, dir string) map[string]archive.Digest {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	all := map[string]archive.Digest{}
	for e, err := range a.Select(t.Context(), func(archive.Capture) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := all[e.ID]; ok {
			t.Errorf("two records have the ID %s", e.ID)
		}
		all[e.ID] = archive.Digest(e.Record.Get("WARC-Block-Digest"))
	}
	return all
}

// TestCreate makes the same archive twice, with other workers, and looks for what it should have.
func TestCreate(t *testing.T) {
	var made [2]map[string]archive.Digest
	var dir string
	for i := range made {
		dir = filepath.Join(t.TempDir(), "news")
		if err := archivetest.Create(t.Context(), dir, archivetest.Options{Articles: 400, Sites: 5, PerRun: 20, Text: 600, Markup: 500, Workers: 1 + 3*i}); err != nil {
			t.Fatal(err)
		}
		made[i] = digests(t, dir)
	}
	for id, digest := range made[0] {
		if made[1][id] != digest {
			t.Fatalf("record %s is another one", id)
		}
	}
	if len(made[0]) != len(made[1]) {
		t.Errorf("%d and %d records", len(made[0]), len(made[1]))
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, err := catalog.Open(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var articles, edited, truncated, revisited int
	for p, err := range c.Picks(t.Context(), catalog.PickOptions{Version: "all"}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Last {
			articles++
		}
		if p.Last && p.Versions > 1 {
			edited++
		}
		if p.Truncated != "" {
			truncated++
		}
		if p.Seen.After(p.First) {
			revisited++
		}
	}
	if articles < 390 || articles > 400 || edited < 5 || truncated == 0 || revisited < 10 {
		t.Errorf("%d articles, %d edited, %d truncated, %d captured again", articles, edited, truncated, revisited)
	}
}

func BenchmarkCreate(b *testing.B) {
	const n = 2000
	for b.Loop() {
		if err := archivetest.Create(b.Context(), filepath.Join(b.TempDir(), "news"), archivetest.Options{Articles: n, Sites: 20}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "articles/s")
}
