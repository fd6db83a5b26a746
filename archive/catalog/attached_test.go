package catalog_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// moveToStore moves the sealed segments of an archive into a store.
func moveToStore(t *testing.T, dir string) *storetest.Memory {
	t.Helper()
	m := &storetest.Memory{}
	paths, err := filepath.Glob(filepath.Join(dir, "segments", "*.jsonl.zst"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m.Set("segments/"+filepath.Base(path), b)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// openAttached opens an archive whose segments are in a store.
func openAttached(t *testing.T, dir string, m *storetest.Memory) *archive.Archive {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if err := a.Attach(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return a
}

// seen is what a catalog shows of its archive: the articles that a search finds with what is
// around the words, every article, and every picked reading.
func seen(t *testing.T, a *archive.Archive, c *catalog.Catalog) (all []any) {
	t.Helper()
	word := ""
	for s, err := range c.Stories(t.Context(), catalog.Filter{Languages: []string{"en"}, Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		word, _, _ = strings.Cut(s.Title, " ")
	}
	for h, err := range c.Search(t.Context(), catalog.Filter{Query: word, Limit: 20}, catalog.ByRelevance) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h)
	}
	if len(all) == 0 {
		t.Fatal("nothing was found")
	}
	for s, err := range c.Stories(t.Context(), catalog.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		article, err := c.Article(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := c.Record(t.Context(), s.RecordID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s, article, rec)
	}
	r := a.NewReader()
	defer r.Close()
	for p, err := range c.Picks(t.Context(), catalog.PickOptions{}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		payload, _, err := r.Payload(t.Context(), p.Reading)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p, string(payload))
	}
	return all
}

// TestAttached: over segments that are in a store, the catalog is brought up to date and
// rebuilt as over those on disk, and shows the same.
func TestAttached(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	if err := archivetest.Create(t.Context(), dir, archivetest.Options{Articles: 120, Sites: 4, PerRun: 20, Text: 600, Markup: 500}); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, err := catalog.Open(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	want := seen(t, a, c)
	rows := (&fixture{t: t, a: a}).dump()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	m := moveToStore(t, dir)

	kept := openAttached(t, dir, m)
	c, err = catalog.OpenReadOnly(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	if n := m.Requests()["read"]; n != 0 {
		t.Errorf("%d requests for a catalog that is up to date", n)
	}
	if got := seen(t, kept, c); !reflect.DeepEqual(got, want) {
		t.Error("over the store, something else is seen")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}

	if err := os.Remove(filepath.Join(dir, "catalog.sqlite")); err != nil {
		t.Fatal(err)
	}
	again := openAttached(t, dir, m)
	before := m.Requests()["read"]
	c, err = catalog.Open(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := m.Requests()["read"] - before; n > 3 { // one segment: its end, its frames, the rest of its index
		t.Errorf("a rebuild took %d requests", n)
	}
	if now := (&fixture{t: t, a: again}).dump(); !slices.Equal(now, rows) {
		t.Errorf("rebuilt from the store: %d rows, before %d", len(now), len(rows))
	}
	if got := seen(t, again, c); !reflect.DeepEqual(got, want) {
		t.Error("rebuilt from the store, something else is seen")
	}
	if found, err := c.Check(t.Context(), nil); err != nil || len(found) > 0 {
		t.Errorf("check: %v, %v", found, err)
	}
	showOne(t, dir, m)
}

// showOne counts the requests that one article takes.
func showOne(t *testing.T, dir string, m *storetest.Memory) {
	t.Helper()
	a := openAttached(t, dir, m)
	c, err := catalog.OpenReadOnly(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var stories []catalog.Story
	for s, err := range c.Stories(t.Context(), catalog.Filter{Limit: 5}) {
		if err != nil {
			t.Fatal(err)
		}
		stories = append(stories, s)
	}
	before := m.Requests()["read"]
	for range 2 {
		if _, err := c.Article(t.Context(), stories[0]); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.Requests()["read"] - before; n != 1 {
		t.Errorf("an article took %d requests, want 1", n)
	}
}

// TestAttachedAway: what a store does not answer is neither lost nor damaged: the catalog
// is not told so, and is whole when the store is back.
func TestAttachedAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	if err := archivetest.Create(t.Context(), dir, archivetest.Options{Articles: 60, Sites: 2, PerRun: 20, Text: 600, Markup: 500}); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	rows := (&fixture{t: t, a: a}).dump()
	m := moveToStore(t, dir)
	reads := 0
	for after := range 3 {
		if err := os.Remove(filepath.Join(dir, "catalog.sqlite")); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		reads = 0
		m.Fail = func(kind, _ string) error {
			if kind == "read" {
				if reads++; reads > after {
					return io.ErrUnexpectedEOF
				}
			}
			return nil
		}
		c, err := catalog.Open(t.Context(), openAttached(t, dir, m))
		if away := new(archive.StoreError); err != nil && !errors.As(err, &away) {
			t.Errorf("after %d requests: %v", after, err)
		}
		if err == nil {
			if reads > after {
				t.Errorf("after %d requests: a catalog without the rest", after)
			}
			c.Close()
		}
	}
	m.Fail = nil
	b := openAttached(t, dir, m)
	c, err := catalog.Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n, err := c.Unreadable(t.Context()); n != 0 || err != nil {
		t.Errorf("%d unreadable records, %v", n, err)
	}
	if now := (&fixture{t: t, a: b}).dump(); !slices.Equal(now, rows) {
		t.Errorf("%d rows, want %d", len(now), len(rows))
	}
}
