package formats

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

// benchArticles are articles with texts of 4 KB, and the bytes of their values.
func benchArticles(n int) (rows [][]table.Value, size int64) {
	articles := tabletest.Articles{}
	for range n {
		row := slices.Clone(articles.Next())
		for i, v := range row {
			row[i].List = slices.Clone(v.List)
			size += int64(len(v.Text)) + 8
		}
		rows = append(rows, row)
	}
	return rows, size
}

// BenchmarkWrite writes 4,000 articles in each format; an operation is one article. The
// floor copies their texts into a file of the folder, which includes the checksum.
func BenchmarkWrite(b *testing.B) {
	rows, size := benchArticles(4000)
	b.Run("floor", func(b *testing.B) {
		run(b, rows, size, func(d *folder.Folder, n int) error {
			w, err := d.Create(folder.File{Name: "floor"})
			if err != nil {
				return err
			}
			buf := make([]byte, 0, streamBuffer)
			for i := range n {
				for _, v := range rows[i%len(rows)] {
					buf = append(buf, v.Text...)
				}
				if len(buf) > streamBuffer/2 {
					if _, err := w.Write(buf); err != nil {
						return err
					}
					buf = buf[:0]
				}
			}
			return w.Close()
		})
	})
	for _, format := range Names() {
		b.Run(format, func(b *testing.B) {
			run(b, rows, size, func(d *folder.Folder, n int) error {
				sink, err := Open(d, format, Options{})
				if err != nil {
					return err
				}
				return writeMany(sink, table.Part{}, rows, n)
			})
		})
	}
	b.Run("sqlite with full text", func(b *testing.B) {
		run(b, rows, size, func(d *folder.Folder, n int) error {
			sink, err := Open(d, "sqlite", Options{FullText: true})
			if err != nil {
				return err
			}
			return writeMany(sink, table.Part{}, rows, n)
		})
	})
}

func writeMany(sink table.Sink, p table.Part, rows [][]table.Value, n int) error {
	w, err := sink.Open(table.Articles, p)
	if err != nil {
		return err
	}
	row := slices.Clone(rows[0])
	version := table.Articles.Column("version")
	for i := range n {
		copy(row, rows[i%len(rows)])
		row[version] = table.OfInt(int64(i)) // a key of its own
		if err := w.Write(row); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return sink.Close()
}

func run(b *testing.B, rows [][]table.Value, size int64, write func(d *folder.Folder, n int) error) {
	d, err := folder.Create(filepath.Join(b.TempDir(), "d"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size / int64(len(rows)))
	b.ReportAllocs()
	b.ResetTimer()
	if err := write(d, b.N); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	var written int64
	for _, f := range d.Files() {
		written += f.Bytes
	}
	b.ReportMetric(float64(written)/float64(b.N), "filebytes/op")
	if err := d.Discard(); err != nil {
		b.Fatal(err)
	}
}
