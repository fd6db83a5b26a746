package exchange

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// WACZ exports records as one WACZ package. The file gets its name when it is complete,
// and replaces one of that name.
func WACZ(ctx context.Context, a *archive.Archive, c *catalog.Catalog, path string, o Options) (sum Summary, err error) {
	view, err := c.Snapshot(ctx)
	if err != nil {
		return sum, wrap(err)
	}
	defer view.Close()
	e, err := newExporter(ctx, a, view, o)
	if err != nil {
		return sum, wrap(err)
	}
	out, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return sum, wrap(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+"-index-*")
	if err == nil {
		err = e.waczFile(ctx, out, temp)
		err = errors.Join(err, os.RemoveAll(temp))
	}
	err = errors.Join(err, out.Chmod(0o644), out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		return e.sum, wrap(errors.Join(err, os.Remove(out.Name())))
	}
	e.sum.Files = []string{filepath.Base(path)}
	return e.sum, nil
}

func (e *exporter) waczFile(ctx context.Context, out *os.File, temp string) error {
	info, err := e.info(ctx)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	w, err := wacz.NewWriter(buffered, wacz.WriterOptions{
		Temp: temp, Title: e.Title, Key: e.Key, Software: e.Software, Info: info, MaxFile: e.MaxFile, Workers: e.Workers,
		Has: func(string) bool { return true }, // see withOriginals
		Invalid: func(rec *archive.Record, _ error) error {
			e.sum.Invalid++
			e.uncount(rec)
			return nil
		},
	})
	if err != nil {
		return err
	}
	records := func(yield func(*archive.Record, error) bool) {
		for rec, err := range e.withOriginals(ctx) {
			if err == nil {
				e.count(rec)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
	if err := w.WriteAll(ctx, records); err != nil {
		return err
	}
	if e.sum.Records == 0 {
		return ErrNothing
	}
	s, err := w.Close(ctx)
	if err != nil {
		return err
	}
	e.sum.Bytes = s.Bytes
	return buffered.Flush()
}
