package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// unionOf is an archive with the segments of several, without a catalog.
func unionOf(t testing.TB, of ...*fixture) *fixture {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "union"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	for _, s := range of {
		if err := os.CopyFS(filepath.Join(a.Dir(), "segments"), os.DirFS(filepath.Join(s.a.Dir(), "segments"))); err != nil {
			t.Fatal(err)
		}
	}
	return &fixture{t: t, a: a}
}

// merged merges snapshots of all catalogs into that of the union, which must refuse none.
func (s *fixture) merged(paths ...string) {
	s.t.Helper()
	refused, err := catalog.Merge(context.Background(), s.a, paths)
	if err != nil || len(refused) > 0 {
		s.t.Fatal(refused, err)
	}
}

// fill archives random articles: some URLs are those of other archives, too.
func (s *fixture) fill(r *rand.Rand, n, articles int) {
	s.t.Helper()
	for range articles {
		url := fmt.Sprintf("https://a.example/%d/%d", n, r.IntN(articles/2))
		if r.IntN(10) == 0 {
			url = fmt.Sprintf("https://a.example/shared/%d", r.IntN(10))
		}
		at := day.Add(time.Duration(r.IntN(100_000)) * time.Second)
		switch r.IntN(12) {
		case 0:
			s.suppress(catalog.Suppression{Date: at, URL: url, Reason: "any", Lift: r.IntN(2) == 0})
		case 1:
			other := fmt.Sprintf("https://a.example/%d/%d", r.IntN(3), r.IntN(articles/2))
			s.suppress(catalog.Suppression{Date: at, URL: other, Reason: "of another archive"})
		default:
			var text strings.Builder
			for range 1 + r.IntN(30) {
				fmt.Fprintf(&text, "w%d ", r.IntN(20+r.IntN(2000)))
			}
			s.put(article.Article{URL: url, Title: fmt.Sprint("Title ", r.IntN(50)), Text: text.String(), Tags: []string{fmt.Sprint("tag", r.IntN(9))}}, at, true)
		}
		if r.IntN(articles/3) == 0 {
			s.seal()
		}
	}
}

func (s *fixture) seal() {
	s.t.Helper()
	if _, err := s.w.Seal(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.c.CatchUp(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// TestMergeIsARebuild: the rows and words of merged catalogs are those of a rebuild,
// whatever their archives share.
func TestMergeIsARebuild(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	var all []*fixture
	var paths []string
	for n := range 3 {
		s := newFixture(t)
		s.fill(r, n, 150)
		all = append(all, s)
	}
	// A record that is in two archives, as after the return of a former owner.
	twice := archive.NewRecord("response", day)
	twice.Set("WARC-Target-URI", "https://a.example/twice")
	twice.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	for _, s := range all[:2] {
		s.append(twice)
	}
	// A run with its start in one archive and its end in another, and the page of a
	// verdict on a site of which both have articles.
	run := archive.NewRecord("warcinfo", day)
	run.Payload = []byte("newsmorgue-site: a.example\r\n")
	all[1].append(run)
	end := archive.NewRecord("metadata", day.Add(3*time.Hour))
	end.Set("WARC-Refers-To", run.ID())
	end.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	end.Payload = []byte(`{"site":"a.example","status":"complete"}`)
	all[0].append(end)
	away := article.Article{Title: "Back soon", Text: "we are working on it", Site: "a.example", Kind: article.KindArticle, Extractor: article.Extractor}
	for i, s := range all {
		away.URL = fmt.Sprintf("https://a.example/%d/1", i)
		s.put(away, day.Add(1000*time.Hour), true)
	}
	verdict, err := catalog.NewVerdict(catalog.Verdict{Site: "a.example", Fingerprint: catalog.FingerprintOf(away.URL, &away), Since: day.Add(999 * time.Hour)}, run.ID(), day.Add(1001*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	all[2].append(verdict)
	for _, s := range all {
		paths = append(paths, s.saved())
	}
	u := unionOf(t, all...)
	u.merged(paths...)
	u.open()
	u.rebuilt("w1", "w7", "title", "w1 w2", "working", `"w3 w4"`)
	// The merged catalog goes on as any other.
	u.merged(paths...)
	all[0].put(article.Article{URL: "https://a.example/0/1", Title: "New", Text: "w1 new words"}, day.Add(2000*time.Hour), true)
	all[0].seal()
	later := unionOf(t, all...)
	if err := os.CopyFS(filepath.Join(u.a.Dir(), "more"), os.DirFS(filepath.Join(later.a.Dir(), "segments"))); err != nil {
		t.Fatal(err)
	}
	moved, err := os.ReadDir(filepath.Join(u.a.Dir(), "more"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range moved {
		if err := os.Rename(filepath.Join(u.a.Dir(), "more", e.Name()), filepath.Join(u.a.Dir(), "segments", e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.c.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	u.found("new words", "New")
	u.rebuilt("w1", "w7", "new")
}

// TestCheckOfRecordInTwoSegments: it has one row, and is missing nowhere.
func TestCheckOfRecordInTwoSegments(t *testing.T) {
	all := []*fixture{newFixture(t), newFixture(t)}
	twice := archive.NewRecord("response", day)
	twice.Set("WARC-Target-URI", "https://a.example/twice")
	twice.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	var paths []string
	for _, s := range all {
		s.append(twice)
		s.seal()
		paths = append(paths, s.saved())
	}
	u := unionOf(t, all...)
	u.merged(paths...)
	u.open()
	if damage, err := u.c.Check(t.Context(), nil); err != nil || len(damage) > 0 {
		t.Errorf("check: %v, %v", damage, err)
	}
}

// TestMergeOfManyWords: lists of words that are longer than a page, and than many pages.
func TestMergeOfManyWords(t *testing.T) {
	if testing.Short() {
		t.Skip("indexes 3 x 1,500 articles")
	}
	r := rand.New(rand.NewPCG(9, 9))
	var all []*fixture
	var paths []string
	for n := range 3 {
		s := newFixture(t)
		var recs []*archive.Record
		for i := range 1500 {
			var text strings.Builder
			for range 60 {
				fmt.Fprintf(&text, "common w%d ", r.IntN(400))
			}
			if i == 700 { // its places alone take more than a page
				text.WriteString(strings.Repeat("often ", 20_000))
			}
			recs = append(recs, s.article(fmt.Sprintf("https://a.example/%d/%d", n, i), text.String(), day.Add(time.Duration(i)*time.Minute))...)
		}
		s.append(recs...)
		s.seal()
		all, paths = append(all, s), append(paths, s.saved())
	}
	u := unionOf(t, all...)
	u.merged(paths...)
	u.open()
	if n, _, err := u.c.Count(context.Background(), catalog.Filter{Query: "common often"}); err != nil || n != 3 {
		t.Errorf("got %d, %v, want 3", n, err)
	}
	u.rebuilt("often", "w1 w2 w3")
}

// article makes the records of an article.
func (s *fixture) article(url, text string, at time.Time) []*archive.Record {
	res, conv := archive.NewRecord("response", at), archive.NewRecord("conversion", at)
	res.Set("WARC-Target-URI", url)
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	conv.Set("WARC-Target-URI", url)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = fmt.Appendf(nil, `{"url":%q,"site":"a.example","kind":"article","title":"Story","text":%q,"extractor":%q}`, url, text, article.Extractor)
	return []*archive.Record{res, conv}
}

// TestMergeWithoutSome: what cannot be used is named and left out, and CatchUp reads the
// segments instead.
func TestMergeWithoutSome(t *testing.T) {
	ctx := context.Background()
	var all []*fixture
	var paths []string
	for n := range 4 {
		s := newFixture(t)
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/%d", n), Title: fmt.Sprint("Story ", n), Text: "common"}, day.Add(time.Duration(n)*time.Hour), true)
		all, paths = append(all, s), append(paths, s.saved())
	}
	u := unionOf(t, all...)
	if err := os.Truncate(paths[1], 5000); err != nil {
		t.Fatal(err)
	}
	// The full text of another one is not what FTS5 writes.
	change(t, paths[2], "UPDATE fulltext_data SET block = x'000000ff' WHERE id > 100")
	refused, err := catalog.Merge(ctx, u.a, append(paths, paths[0]))
	if err != nil || len(refused) != 3 {
		t.Fatalf("got %v, %v, want three refused", refused, err)
	}
	for i, err := range refused {
		path := []string{paths[1], paths[0], paths[2]}[i]
		if !errors.Is(err, catalog.ErrSnapshot) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("got %v, want ErrSnapshot of %s", err, path)
		}
	}
	u.open()
	u.found("common", "Story 3", "Story 2", "Story 1", "Story 0")
	u.rebuilt("common", "story")
	// With none to use, the catalog stays.
	before := u.dump()
	refused, err = catalog.Merge(ctx, u.a, paths[1:3])
	if err != nil || len(refused) != 2 || !reflect.DeepEqual(u.dump(), before) {
		t.Errorf("got %v, %v", refused, err)
	}
	if left, err := filepath.Glob(filepath.Join(u.a.Dir(), ".catalog-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := catalog.Merge(stopped, u.a, paths); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: got %v", err)
	}
}
