package dataset_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
)

// small makes a small archive with everything that archivetest has.
func small(tb testing.TB) (*archive.Archive, *catalog.Catalog) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "news")
	if err := archivetest.Create(tb.Context(), dir, archivetest.Options{Articles: 240, Sites: 4, PerRun: 15, Text: 800, Markup: 600}); err != nil {
		tb.Fatal(err)
	}
	return openArchive(tb, dir)
}

// TestWorkers exports with one and with eight workers, and with buffers so small that
// rows are sorted on disk: the same bytes.
func TestWorkers(t *testing.T) {
	a, c := small(t)
	for _, test := range []struct {
		name   string
		recipe recipe.Recipe
	}{
		{"jsonl", recipe.Recipe{Format: "jsonl"}},
		{"jsonl.zst", recipe.Recipe{Format: "jsonl.zst", Choice: recipe.Choice{Dedupe: "near"}}},
		{"csv", recipe.Recipe{Format: "csv", Fields: []string{"all"}, Choice: recipe.Choice{Version: "all"}}},
		{"parquet", recipe.Recipe{Format: "parquet", Partition: true}},
		{"sqlite", recipe.Recipe{Format: "sqlite", Choice: recipe.Choice{Dedupe: "exact"}}},
		{"text", recipe.Recipe{Format: "text", Choice: recipe.Choice{Sample: 50, Seed: 3}}},
		{"splits", recipe.Recipe{Format: "jsonl", Choice: recipe.Choice{Split: "hash:80/10/10"}, Rights: recipe.Rights{RespectOptouts: true}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sums []string
			for _, o := range []dataset.Options{{Workers: 1}, {Workers: 8}, {Workers: 3, Memory: 20_000}} {
				o.Recipe, o.Dir = test.recipe, filepath.Join(t.TempDir(), "out")
				sum, err := dataset.Export(t.Context(), a, c, o)
				if err != nil {
					t.Fatal(err)
				}
				if sum.Articles == 0 {
					t.Fatal("no articles")
				}
				b, err := os.ReadFile(filepath.Join(o.Dir, folder.Sums))
				if err != nil {
					t.Fatal(err)
				}
				sums = append(sums, string(b))
			}
			if sums[0] != sums[1] || sums[0] != sums[2] {
				t.Errorf("the checksums differ:\n%s\n%s\n%s", sums[0], sums[1], sums[2])
			}
		})
	}
}

// TestCancel stops exports in each of their phases, over an earlier one.
func TestCancel(t *testing.T) {
	a, c := small(t)
	dir := filepath.Join(t.TempDir(), "out")
	o := dataset.Options{Recipe: recipe.Recipe{Format: "jsonl", Choice: recipe.Choice{Dedupe: "near"}}, Dir: dir}
	if _, err := dataset.Export(t.Context(), a, c, o); err != nil {
		t.Fatal(err)
	}
	for _, phase := range []string{"selecting", "reading", "comparing", "writing"} {
		ctx, cancel := context.WithCancel(t.Context())
		var stopped time.Time
		o.Progress = func(p dataset.Progress) {
			if p.Doing == phase && stopped.IsZero() {
				stopped = time.Now()
				cancel()
			}
		}
		_, err := dataset.Export(ctx, a, c, o)
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", phase, err)
		}
		if n, wrong, err := folder.Verify(dir); n == 0 || len(wrong) > 0 || err != nil {
			t.Errorf("%s: the earlier export has %d files, %v, %v", phase, n, wrong, err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(entries, func(e os.DirEntry) bool { return e.Name()[0] == '.' }); i >= 0 {
			t.Errorf("%s: %s is left", phase, entries[i].Name())
		}
	}
}

// TestWhileWriting exports while another goroutine appends, indexes and seals.
func TestWhileWriting(t *testing.T) {
	a, c := small(t)
	before, err := c.CountScope(t.Context(), catalog.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		var err error
		for seed := uint64(2); ctx.Err() == nil && err == nil; seed++ {
			if err = archivetest.Fill(ctx, w, c, archivetest.Options{Articles: 50, Sites: 5, Seed: seed, Text: 400, Markup: 300}); err == nil {
				_, err = w.Seal(ctx)
			}
		}
		done <- err
	}()
	for range 3 {
		sum := export(t, a, c, recipe.Recipe{Format: "jsonl"}, 2)
		all := sum.Articles
		for _, n := range sum.Left {
			all += n
		}
		if sum.Left["unreadable"] > 0 {
			t.Errorf("left out: %v", sum.Left)
		}
		if all < before {
			t.Errorf("%d articles, of %d that were there before", all, before)
		}
		before = all
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
