package archivetest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A Fixture is an empty archive with its catalog, that a test fills. It is closed at the
// end of the test.
type Fixture struct {
	Archive *archive.Archive
	Writer  *archive.Writer
	Catalog *catalog.Catalog

	t testing.TB
}

// New makes a Fixture in a folder of the test.
func New(t testing.TB) *Fixture {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Open(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		w.Close()
		a.Close()
	})
	return &Fixture{a, w, c, t}
}

// Add appends records that belong together, and indexes them.
func (f *Fixture) Add(recs ...*archive.Record) {
	f.t.Helper()
	caps, err := f.Writer.Append(f.t.Context(), recs...)
	if err == nil {
		err = f.Catalog.Index(f.t.Context(), caps, recs)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}
