package formats

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// Limits of Parquet files. Readers load a row group at a time, some by several threads:
// the viewer of Hugging Face refuses groups of more than 286 MiB.
const (
	groupRows  = 20_000
	groupBytes = 96 << 20 // before compression
	fileBytes  = 512 << 20
	pageBytes  = 1 << 20
)

// A parquetSink writes Parquet. Files have the names that Hugging Face's tools expect:
// articles-train-00000-of-00003.parquet. In partitions they have those of Hive:
// articles/month=2026-11/part-00000.parquet, and the columns that the names of folders
// say are not in the files: readers add them.
type parquetSink struct {
	d       *folder.Folder
	options []parquet.WriterOption
	// The limits, which tests change.
	groupRows             int
	groupBytes, fileBytes int64
}

func newParquetSink(d *folder.Folder, o Options) *parquetSink {
	name, version, _ := strings.Cut(o.Software, " ")
	s := &parquetSink{d: d, groupRows: groupRows, groupBytes: groupBytes, fileBytes: fileBytes}
	s.options = []parquet.WriterOption{
		parquet.PageBufferSize(pageBytes),
		parquet.WriteBufferSize(streamBuffer),
		// The page index has the same for all pages in one place.
		parquet.DataPageStatistics(false),
		// Columns that turn out to have many values go on without dictionary.
		parquet.DictionaryMaxBytes(pageBytes),
	}
	if o.Software != "" {
		// The form that parquet-format gives, which readers parse to know of bugs.
		s.options = append(s.options, &parquet.WriterConfig{CreatedBy: strings.TrimSpace(name + " version " + version)})
	}
	for k, v := range o.Metadata {
		s.options = append(s.options, parquet.KeyValueMetadata(k, v)) // the library sorts them
	}
	return s
}

// Open implements table.Sink.
func (s *parquetSink) Open(t *table.Table, p table.Part) (table.Writer, error) {
	w := &parquetWriter{s: s, t: t, part: p, schema: parquetSchema(t)}
	for i, c := range t.Columns {
		w.columns = append(w.columns, parquetColumn{index: i, typ: c.Type, required: c.Required})
	}
	w.sums = make([]columnSum, len(w.columns))
	w.batch = newParquetBatch(len(w.columns))
	return w, w.openFile()
}

// Close implements table.Sink.
func (s *parquetSink) Close() error { return nil }

// A parquetWriter writes the files of a part of a table. Rows are collected into
// batches, which are written column by column, by other goroutines; these fill pages, pages
// row groups, and row groups files.
type parquetWriter struct {
	s       *parquetSink
	t       *table.Table
	part    table.Part
	schema  *parquet.Schema
	columns []parquetColumn

	f     *folder.Writer
	w     *parquet.GenericWriter[any]
	names []string // of the files

	batch   *parquetBatch // that is being filled
	queue   *batchQueue   // nil until the first batch is full
	group   int           // rows of the row group, those of the batch included
	bytes   int64         // of the row group
	sums    []columnSum
	groups  []groupSum // of the file
	writers []*parquet.ColumnWriter
}

func (w *parquetWriter) openFile() (err error) {
	name := w.name(len(w.names))
	if w.f, err = w.s.d.Create(folder.File{Name: name, Table: w.t.Name, Split: w.part.Split}); err != nil {
		return err
	}
	w.names = append(w.names, name)
	if w.w == nil {
		options := append([]parquet.WriterOption{w.schema}, w.s.options...)
		w.w = parquet.NewGenericWriter[any](w.f, append(options, withoutBounds(w.t)...)...)
	} else {
		w.w.Reset(w.f)
	}
	w.groups, w.writers = nil, w.w.ColumnWriters()
	return nil
}

// name names a file before their number is known.
func (w *parquetWriter) name(i int) string {
	name := partName(w.t, w.part)
	if len(w.part.Dirs) > 0 {
		return fmt.Sprintf("%s/%s/part-%05d.parquet", name, strings.Join(w.part.Dirs, "/"), i)
	}
	return fmt.Sprintf("%s-%05d.parquet", name, i)
}

// Write implements table.Writer.
func (w *parquetWriter) Write(row []table.Value) error {
	// A new file begins with a row, so that none is empty unless the table is.
	if w.f == nil {
		if err := w.openFile(); err != nil {
			return err
		}
	}
	b := w.batch
	for i := range row {
		b.values[i] = w.columns[i].add(b.values[i], &row[i], b.keep)
	}
	b.rows++
	w.group++
	w.bytes += 8 * int64(len(row))
	w.f.Rows++
	if b.rows < batchRows && b.bytes < batchBytes && w.group < w.s.groupRows {
		return nil
	}
	if err := w.queueBatch(); err != nil {
		return err
	}
	if w.group < w.s.groupRows && w.bytes < w.s.groupBytes {
		return nil
	}
	if err := w.writeGroup(); err != nil {
		return err
	}
	if w.f.Bytes < w.s.fileBytes {
		return nil
	}
	return w.closeFile()
}

func (w *parquetWriter) writeGroup() error {
	if err := w.wait(); err != nil || w.group == 0 {
		return err
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	w.groups = append(w.groups, groupSum{int64(w.group), w.sums})
	w.sums = make([]columnSum, len(w.columns))
	w.group, w.bytes = 0, 0
	return nil
}

func (w *parquetWriter) closeFile() error {
	f := w.f
	w.f = nil
	if err := w.w.Close(); err != nil {
		return err
	}
	if err := checkParquet(f, f.Bytes, w.groups); err != nil {
		return fmt.Errorf("%s does not have what was written: %w", f.Name, err)
	}
	return f.Close()
}

// Close implements table.Writer.
func (w *parquetWriter) Close() error {
	defer w.abandon()
	if w.f != nil {
		if err := w.lastBatch(); err != nil {
			return err
		}
		if err := w.writeGroup(); err != nil {
			return err
		}
		if err := w.closeFile(); err != nil {
			return err
		}
	}
	if len(w.part.Dirs) > 0 {
		return nil
	}
	for i, from := range w.names {
		to := fmt.Sprintf("%s-%05d-of-%05d.parquet", partName(w.t, w.part), i, len(w.names))
		if err := w.s.d.Rename(from, to); err != nil {
			return err
		}
	}
	return nil
}
