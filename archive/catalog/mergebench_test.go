package catalog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// BenchmarkMerge merges the catalogs of four archives of 5,000 articles each, and rebuilds
// the catalog of all from their segments.
func BenchmarkMerge(b *testing.B) {
	ctx := context.Background()
	const articles = 5000
	var all []*fixture
	for n := range 4 {
		dir := filepath.Join(b.TempDir(), fmt.Sprint(n))
		if err := archivetest.Create(ctx, dir, archivetest.Options{Articles: articles, Sites: 10, Seed: uint64(n + 1)}); err != nil {
			b.Fatal(err)
		}
		a, err := archive.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		defer a.Close()
		c, err := catalog.Open(ctx, a)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		all = append(all, &fixture{t: b, a: a, c: c})
	}
	since := time.Now()
	report := func(name string) {
		b.ReportMetric(time.Since(since).Seconds(), name+"-s")
		since = time.Now()
	}
	for range b.N {
		var paths []string
		size := int64(0)
		since = time.Now()
		for _, s := range all {
			path := s.saved()
			paths = append(paths, path)
			st, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			size += st.Size()
		}
		report("snapshots")
		b.ReportMetric(float64(size)/1e6, "snapshots-MB")
		u := unionOf(b, all...)
		since = time.Now()
		u.merged(paths...)
		report("merge")
		u.open()
		report("open")
		one := all[0].elsewhere()
		since = time.Now()
		if err := catalog.Install(ctx, one.a, paths[0]); err != nil {
			b.Fatal(err)
		}
		report("install-one")
		u.c.Close()
		if err := os.Remove(filepath.Join(u.a.Dir(), "catalog.sqlite")); err != nil {
			b.Fatal(err)
		}
		since = time.Now()
		u.open()
		report("rebuild")
	}
}
