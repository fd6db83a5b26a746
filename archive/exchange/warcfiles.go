package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// indexFile is the CDXJ index of an export of WARC files.
const indexFile = "index.cdxj"

// defaultMaxFile is the size at which a WARC file is complete (WARC 1.1, annex C).
const defaultMaxFile = 1 << 30

// WARC exports records as .warc.gz files into a folder, each complete at 1 GiB, with a
// CDXJ index and checksums. The folder is new, empty, or that of an earlier export of
// WARC files, which is replaced. If the export fails, the folder is as it was.
func WARC(ctx context.Context, a *archive.Archive, c *catalog.Catalog, dir string, o Options) (sum Summary, err error) {
	view, err := c.Snapshot(ctx)
	if err != nil {
		return sum, wrap(err)
	}
	defer view.Close()
	e, err := newExporter(ctx, a, view, o)
	if err != nil {
		return sum, wrap(err)
	}
	d, err := folder.Create(dir)
	if err != nil {
		return sum, wrap(err)
	}
	if err := e.warcFiles(ctx, d); err != nil {
		return e.sum, wrap(errors.Join(err, d.Discard()))
	}
	for _, f := range d.Files() {
		e.sum.Files = append(e.sum.Files, f.Name)
		e.sum.Bytes += f.Bytes
	}
	return e.sum, wrap(d.Commit())
}

// A warcSet writes a series of files.
type warcSet struct {
	*exporter
	folder *folder.Folder
	info   []archive.Field
	lines  *extsort.Writer
	ids    idSet
	files  int
}

func (e *exporter) warcFiles(ctx context.Context, d *folder.Folder) error {
	temp, err := d.Temp("index")
	if err != nil {
		return err
	}
	sorter := extsort.New(temp, 0)
	s := &warcSet{exporter: e, folder: d, lines: sorter.Writer()}
	if s.info, err = e.info(ctx); err != nil {
		return err
	}
	if e.MaxFile <= 0 {
		e.MaxFile = defaultMaxFile
	}
	if err := s.writeFiles(ctx); err != nil {
		return err
	}
	if e.sum.Records == 0 {
		return ErrNothing
	}
	if err := s.lines.Close(); err != nil {
		return err
	}
	if err := s.writeIndex(ctx, sorter); err != nil {
		return err
	}
	return d.WriteFile(idsFile, append(e.had, s.ids...).sorted().bytes())
}

// writeFiles writes all files.
func (s *warcSet) writeFiles(ctx context.Context) error {
	next, stop := s.batches(ctx)
	defer stop()
	batch, err := next()
	for err == nil && len(batch) > 0 {
		batch, err = s.file(ctx, batch, next)
	}
	return err
}

// maxBatch is how many bytes of records are compressed at the same time.
const maxBatch = 8 << 20

// batches reads the records in batches whose bounds depend on the records alone. One is
// read while the one before is written. The last one is empty. stop must be called.
func (s *warcSet) batches(ctx context.Context) (next func() ([]*archive.Record, error), stop func()) {
	type result struct {
		batch []*archive.Record
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	ready := make(chan result)
	go func() {
		defer close(ready)
		send := func(r result) bool {
			select {
			case ready <- r:
				return r.err == nil
			case <-ctx.Done():
				return false
			}
		}
		limit := min(maxBatch, s.MaxFile/64)
		var batch []*archive.Record
		bytes := int64(0)
		for rec, err := range s.withOriginals(ctx) {
			if err != nil {
				send(result{err: err})
				return
			}
			if batch, bytes = append(batch, rec), bytes+int64(len(rec.Payload)); bytes < limit {
				continue
			}
			if !send(result{batch: batch}) {
				return
			}
			batch, bytes = nil, 0
		}
		send(result{batch: batch})
	}()
	next = func() ([]*archive.Record, error) {
		r, ok := <-ready
		if !ok {
			return nil, ctx.Err()
		}
		return r.batch, r.err
	}
	return next, func() {
		cancel()
		for range ready { // what is read refers to the catalog: wait
		}
	}
}

// file writes one file that begins with a batch, and returns the batch after it. The end
// of the file depends on the records alone, as the batches do.
func (s *warcSet) file(ctx context.Context, batch []*archive.Record, next func() ([]*archive.Record, error)) (after []*archive.Record, err error) {
	first := batch[0].Date()
	name := fmt.Sprintf("newsmorgue-%s-%05d-%s.warc.gz", cdxj.Timestamp17(first), s.files, s.archive.Info().ID[:8])
	s.files++
	out, err := s.folder.Create(folder.File{Name: name})
	if err != nil {
		return nil, err
	}
	w := warc.NewWriter(out, warc.Options{Workers: s.Workers})
	_, err = w.Write(s.infoRecord(name, first))
	for err == nil && len(batch) > 0 {
		if err = s.write(ctx, w, name, batch); err != nil {
			break
		}
		if batch, err = next(); w.Offset() >= s.MaxFile {
			break
		}
	}
	return batch, errors.Join(err, out.Close())
}

// write writes a batch of records, and the lines of the index.
func (s *warcSet) write(ctx context.Context, w *warc.Writer, name string, batch []*archive.Record) error {
	records := func(yield func(*archive.Record, error) bool) {
		for _, rec := range batch {
			if !yield(rec, nil) {
				return
			}
		}
	}
	return w.WriteAll(ctx, records, func(rec *archive.Record, at warc.Written, err error) error {
		if errors.Is(err, warc.ErrInvalid) {
			s.sum.Invalid++
			return nil
		}
		if err != nil {
			return err
		}
		s.count(rec)
		s.ids = append(s.ids, recordIDOf(rec.ID()))
		line, ok := wacz.IndexLine(rec, name, at, s.Key)
		if !ok {
			return nil
		}
		return s.lines.Add([]byte(line.String()), nil)
	})
}

// infoRecord is the warcinfo record of a file.
func (s *warcSet) infoRecord(name string, date time.Time) *archive.Record {
	id := uuid.NewSHA1(infoNamespace, []byte(s.archive.Info().ID+"\n"+name))
	rec := archive.NewRecord("warcinfo", date)
	rec.Set("WARC-Record-ID", "<urn:uuid:"+id.String()+">")
	rec.Set("WARC-Filename", name)
	rec.Set("Content-Type", "application/warc-fields")
	var b strings.Builder
	for _, f := range s.info {
		b.WriteString(f.Name + ": " + strings.Join(strings.Fields(f.Value), " ") + "\r\n")
	}
	rec.Payload = []byte(b.String())
	rec.Finish()
	return rec
}

// writeIndex writes the lines of the index in order.
func (s *warcSet) writeIndex(ctx context.Context, sorter *extsort.Sorter) (err error) {
	out, err := s.folder.Create(folder.File{Name: indexFile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	var buffer bytes.Buffer
	for entry, err := range sorter.Merge(ctx) {
		if err != nil {
			return err
		}
		buffer.Write(entry.Key)
		if !bytes.HasSuffix(entry.Key, []byte("\n")) {
			buffer.WriteByte('\n')
		}
		if buffer.Len() > 1<<16 {
			if _, err := out.Write(buffer.Bytes()); err != nil {
				return err
			}
			buffer.Reset()
		}
	}
	_, err = out.Write(buffer.Bytes())
	return err
}
