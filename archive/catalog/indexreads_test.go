package catalog_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestIndexReadsFails has additions that fail at a record in their middle. Nothing of these
// is in the catalog then, all of the others is, and the next one that catches up has all.
func TestIndexReadsFails(t *testing.T) {
	s, ctx := newFixture(t), context.Background()
	const additions, stories = 8, 40
	db, err := sql.Open("sqlite", filepath.Join(s.a.Dir(), "catalog.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TRIGGER fails BEFORE INSERT ON readings WHEN NEW.url LIKE '%/bad' BEGIN SELECT RAISE(ABORT, 'it is one of the test'); END"); err != nil {
		t.Fatal(err)
	}
	bad := func(n int) bool { return n%3 == 1 }
	errs := make([]error, additions)
	var wg sync.WaitGroup
	for n := range additions {
		wg.Go(func() {
			var recs []*archive.Record
			var reads []*catalog.Read
			for i := range stories {
				name := fmt.Sprintf("%d-%d", n, i)
				if bad(n) && i == stories/2 {
					name = fmt.Sprintf("%d/bad", n)
				}
				rec := archive.NewRecord("conversion", day)
				rec.Set("WARC-Target-URI", "https://a.example/"+name)
				rec.Set("Content-Type", "application/json; profile="+article.Schema)
				rec.Payload = fmt.Appendf(nil, `{"title":"Story %s","kind":"article","site":"a.example","text":"quicksilver %d","published":"2026-11-20"}`, name, n)
				recs = append(recs, rec)
				reads = append(reads, catalog.Prepare(rec))
			}
			caps, err := s.w.Append(ctx, recs...)
			if err == nil {
				err = s.c.IndexReads(ctx, caps, recs, reads)
			}
			errs[n] = err
		})
	}
	wg.Wait()
	for n, err := range errs {
		if bad(n) != (err != nil) || err != nil && !strings.Contains(err.Error(), "it is one of the test") {
			t.Errorf("addition %d: got %v", n, err)
		}
	}
	rows := func(n int) (rows int) {
		if err := db.QueryRow("SELECT count(*) FROM readings WHERE url LIKE ?", fmt.Sprintf("https://a.example/%d%%", n)).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	for n := range additions {
		want := stories
		if bad(n) {
			want = 0
		}
		if got := rows(n); got != want {
			t.Errorf("addition %d: %d records are in the catalog, want %d", n, got, want)
		}
	}
	if _, err := db.Exec("DROP TRIGGER fails"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	caughtUp := s.dump()
	for n := range additions {
		if got := rows(n); got != stories {
			t.Errorf("addition %d: %d records are in the catalog after catching up, want %d", n, got, stories)
		}
	}
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if rebuilt := s.dump(); !slices.Equal(caughtUp, rebuilt) {
		t.Errorf("caught up:\n%s\nrebuilt:\n%s", strings.Join(caughtUp, "\n"), strings.Join(rebuilt, "\n"))
	}
}
