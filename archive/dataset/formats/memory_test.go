package formats

import (
	"runtime"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

// BenchmarkParquetSplits writes three parts of articles in turns and reports the memory
// that the process has from the system, in MiB. An operation is one article.
func BenchmarkParquetSplits(b *testing.B) {
	d, err := folder.Create(b.TempDir() + "/d")
	if err != nil {
		b.Fatal(err)
	}
	sink, err := Open(d, "parquet", Options{})
	if err != nil {
		b.Fatal(err)
	}
	var writers []table.Writer
	for _, split := range []string{"train", "validation", "test"} {
		w, err := sink.Open(table.Articles, table.Part{Split: split})
		if err != nil {
			b.Fatal(err)
		}
		writers = append(writers, w)
	}
	var articles tabletest.Articles
	var rows [][]table.Value
	for range 500 {
		rows = append(rows, slices.Clone(articles.Next()))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := writers[i%3].Write(rows[i%len(rows)]); err != nil {
			b.Fatal(err)
		}
	}
	for _, w := range writers {
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		b.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
	if err := d.Discard(); err != nil {
		b.Fatal(err)
	}
}
