package dataset_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var (
	benchArticles = flag.Int("dataset.articles", 3000, "articles in BenchmarkExport")
	benchArchive  = flag.String("dataset.archive", "", "an archive for BenchmarkExport, instead of a generated one")
)

// BenchmarkExport measures exports of an archive, and in the same run what bounds them
// from below: to decode the stored frames, to decode the articles with encoding/json, and
// to copy what was written.
func BenchmarkExport(b *testing.B) {
	dir := *benchArchive
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "news")
		if err := archivetest.Create(b.Context(), dir, archivetest.Options{Articles: *benchArticles, Sites: 20}); err != nil {
			b.Fatal(err)
		}
	}
	a, c := openArchive(b, dir)
	for _, bench := range []struct {
		name string
		run  func(b *testing.B) (articles int64)
	}{
		{"picks", func(b *testing.B) int64 { return eachPick(b, c, func(catalog.Pick) {}) }},
		{"frames", func(b *testing.B) int64 {
			r := a.NewReader()
			defer r.Close()
			return eachPick(b, c, func(p catalog.Pick) { readRecord(b, r, p) })
		}},
		{"unmarshal", func(b *testing.B) int64 {
			r := a.NewReader()
			defer r.Close()
			return eachPick(b, c, func(p catalog.Pick) {
				var of article.Article
				if err := json.Unmarshal(readRecord(b, r, p).Payload, &of); err != nil {
					b.Fatal(err)
				}
			})
		}},
		{"jsonl", func(b *testing.B) int64 { return export(b, a, c, recipe.Recipe{Format: "jsonl"}, 0).Articles }},
		{"jsonl-1-worker", func(b *testing.B) int64 { return export(b, a, c, recipe.Recipe{Format: "jsonl"}, 1).Articles }},
		{"jsonl-near", func(b *testing.B) int64 {
			return export(b, a, c, recipe.Recipe{Format: "jsonl", Choice: recipe.Choice{Dedupe: "near"}}, 0).Articles
		}},
		{"jsonl.zst", func(b *testing.B) int64 { return export(b, a, c, recipe.Recipe{Format: "jsonl.zst"}, 0).Articles }},
		{"csv", func(b *testing.B) int64 { return export(b, a, c, recipe.Recipe{Format: "csv"}, 0).Articles }},
		{"parquet", func(b *testing.B) int64 { return export(b, a, c, recipe.Recipe{Format: "parquet"}, 0).Articles }},
		{"sqlite", func(b *testing.B) int64 { return export(b, a, c, recipe.Recipe{Format: "sqlite"}, 0).Articles }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			var n int64
			cpu := cpuTime()
			for b.Loop() {
				n += bench.run(b)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
			if used := cpuTime() - cpu; used > 0 {
				b.ReportMetric(float64(used.Microseconds())/float64(n), "cpu-µs/article")
			}
		})
	}
	b.Run("copy", func(b *testing.B) {
		sum := export(b, a, c, recipe.Recipe{Format: "jsonl"}, 0)
		for b.Loop() {
			for _, f := range sum.Files {
				if err := copyFile(filepath.Join(sum.Dir, f), filepath.Join(b.TempDir(), filepath.Base(f))); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(sum.Articles*int64(b.N))/b.Elapsed().Seconds(), "articles/s")
	})
}

func openArchive(tb testing.TB, dir string) (*archive.Archive, *catalog.Catalog) {
	tb.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := catalog.OpenReadOnly(context.Background(), a)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close(); a.Close() })
	return a, c
}

func export(tb testing.TB, a *archive.Archive, c *catalog.Catalog, r recipe.Recipe, workers int) dataset.Summary {
	tb.Helper()
	dir, err := os.MkdirTemp(tb.TempDir(), "export-")
	if err != nil {
		tb.Fatal(err)
	}
	sum, err := dataset.Export(tb.Context(), a, c, dataset.Options{Recipe: r, Dir: dir, Workers: workers})
	if err != nil {
		tb.Fatal(err)
	}
	return sum
}

func eachPick(tb testing.TB, c *catalog.Catalog, do func(catalog.Pick)) (n int64) {
	for p, err := range c.Picks(tb.Context(), catalog.PickOptions{}, nil) {
		if err != nil {
			tb.Fatal(err)
		}
		do(p)
		n++
	}
	return n
}

func readRecord(tb testing.TB, r *archive.Reader, p catalog.Pick) *archive.Record {
	rec, err := r.Record(tb.Context(), p.Reading)
	if err != nil {
		tb.Fatal(err)
	}
	return rec
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, in)
	return err
}
