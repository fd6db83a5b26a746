package dataset

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/release"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// appendDigest appends the digest of what a page says, of the values of an article's row.
func (w *worker) appendDigest(b []byte, row []table.Value) []byte {
	w.said = w.said[:0]
	for _, i := range w.pages {
		w.said = append(w.said, row[i])
	}
	sum := release.Sum(w.saying, w.said)
	return append(b, sum[:]...)
}

// addDigest adds the digest of what the page says, for comparison with other releases.
func (m *merger) addDigest(key uint64, sum string) error {
	id := binary.BigEndian.AppendUint64(make([]byte, 0, 12), key)
	m.digest = append(append(m.digest[:0], sum...), m.meta[metaURL].Text...)
	return m.digests.Add(binary.BigEndian.AppendUint32(id, uint32(m.meta[metaVersion].Int)), m.digest)
}

// writeDigests writes the digests in the order of IDs, and the difference from an
// earlier release.
func (e *exporter) writeDigests(ctx context.Context) (err error) {
	digests, err := e.folder.Create(folder.File{Name: release.Digests})
	if err != nil {
		return err
	}
	files := []io.Closer{digests}
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	var old, changes = io.Reader(nil), io.Writer(nil)
	if e.earlier != nil {
		f, err := e.folder.Create(folder.File{Name: release.Changes})
		if err != nil {
			return err
		}
		files = append(files, f)
		old, changes = e.earlier, f
	}
	c, err := release.New(old, digests, changes)
	if err != nil {
		return err
	}
	for entry, err := range e.digests.Merge(ctx) {
		if err != nil {
			return err
		}
		row := release.Row{ID: idOf(binary.BigEndian.Uint64(entry.Key)), Version: int64(binary.BigEndian.Uint32(entry.Key[8:])), URL: string(entry.Value[32:])}
		copy(row.Sum[:], entry.Value)
		if err := c.Add(row); err != nil {
			return err
		}
	}
	counts, err := c.Close()
	if err == nil && e.earlier != nil {
		e.report.Release = &docs.Release{Name: e.earlier.Name, Added: counts.Added, Changed: counts.Changed, Withdrawn: counts.Withdrawn, Stayed: counts.Stayed}
	}
	return err
}

// pageColumns are the columns of what a page says, and their places.
func pageColumns(t *table.Table) (columns []table.Column, places []int) {
	for i, c := range t.Columns {
		if c.From == "page" {
			columns, places = append(columns, c), append(places, i)
		}
	}
	return columns, places
}
