package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// saved is a snapshot of the catalog in a new folder.
func (s *fixture) saved() string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "snapshot.sqlite")
	if err := s.c.SaveSnapshot(context.Background(), path); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// elsewhere copies the archive without its catalog to another folder, and opens it there.
func (s *fixture) elsewhere() *fixture {
	s.t.Helper()
	dir := filepath.Join(s.t.TempDir(), "news")
	if err := os.CopyFS(dir, onlyRecords{os.DirFS(s.a.Dir())}); err != nil {
		s.t.Fatal(err)
	}
	a, err := archive.Open(dir)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { a.Close() })
	return &fixture{t: s.t, a: a}
}

// onlyRecords is an archive's folder without the files that are derived.
type onlyRecords struct{ fs.FS }

func (o onlyRecords) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.FS, name)
	var some []fs.DirEntry
	for _, e := range all {
		if !strings.HasPrefix(e.Name(), "catalog") && e.Name() != "locks" {
			some = append(some, e)
		}
	}
	return some, err
}

// open opens the catalog of an archive, up to date.
func (s *fixture) open() {
	s.t.Helper()
	var err error
	if s.c, err = catalog.OpenReadOnly(context.Background(), s.a); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.c.Close() })
}

// rebuilt compares the catalog with what a rebuild gives: rows, words and their places.
func (s *fixture) rebuilt(queries ...string) {
	s.t.Helper()
	ctx := context.Background()
	if n, err := s.c.CatchUp(ctx); n > 0 || err != nil {
		s.t.Errorf("catch up: %d records, %v", n, err)
	}
	if damage, err := s.c.Check(ctx, nil); err != nil || len(damage) > 0 {
		s.t.Errorf("check: %v, %v", damage, err)
	}
	answers := func() (all [][]string) {
		for _, q := range queries {
			all = append(all, s.search(catalog.Filter{Query: q}, catalog.ByDate))
		}
		return all
	}
	rows, found, words := s.dump(), answers(), s.words()
	if err := s.c.Rebuild(ctx); err != nil {
		s.t.Fatal(err)
	}
	s.same2(rows, s.dump())
	if want := answers(); !reflect.DeepEqual(found, want) {
		s.t.Errorf("search:\ngot  %q\nwant %q", found, want)
	}
	s.same2(words, s.words())
}

func (s *fixture) same2(got, want []string) {
	s.t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			s.t.Fatalf("of %d and %d rows, the first that differs:\ngot  %s\nwant %s", len(got), len(want), append(got, "")[min(i, len(got))], append(want, "")[min(i, len(want))])
		}
	}
}

// words lists each word of each story with its place, and checks the full-text index.
func (s *fixture) words() (all []string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.a.Dir(), "catalog.sqlite"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("INSERT INTO fulltext (fulltext, rank) VALUES ('integrity-check', 0)"); err != nil {
		s.t.Fatalf("full text: %v", err)
	}
	if _, err := db.Exec("CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, fulltext, 'instance')"); err != nil {
		s.t.Fatal(err)
	}
	for _, query := range []string{
		"SELECT story || ' ' || col || ' ' || term || ' ' || group_concat(offset) FROM (SELECT s.story, i.* FROM instances i JOIN stories s ON s.doc = i.doc ORDER BY s.story, i.col, i.term, i.offset) GROUP BY story, col, term",
		"SELECT story || ' ' || hex(d.sz) FROM stories s JOIN fulltext_docsize d ON d.id = s.doc ORDER BY story",
		"SELECT 'rows of no story: ' || count(*) FROM fulltext_docsize WHERE id NOT IN (SELECT doc FROM stories)",
		"SELECT 'averages: ' || hex(block) FROM fulltext_data WHERE id = 1",
	} {
		rows, err := db.Query(query)
		if err != nil {
			s.t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				s.t.Fatal(err)
			}
			all = append(all, line)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			s.t.Fatal(err)
		}
	}
	return all
}

// TestInstall: a snapshot becomes the catalog of a copy of the archive, without reading
// what it has; what came since is added.
func TestInstall(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "first words"}, day, true)
	if _, err := s.w.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	s.put(article.Article{URL: "https://a.example/2", Title: "Two", Text: "second words"}, day, true)
	path := s.saved()
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "edited words"}, day.Add(time.Hour), true)
	if _, err := s.w.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	s.put(article.Article{URL: "https://a.example/3", Title: "Three", Text: "third words"}, day, false)

	o := s.elsewhere()
	if err := catalog.Install(ctx, o.a, path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the snapshot is still there")
	}
	// A title that no record has shows that the rows are those of the snapshot.
	mark(t, o.a, "UPDATE readings SET title = 'Two, from the snapshot' WHERE title = 'Two'")
	o.open()
	o.found("first")
	o.found("second", "Two, from the snapshot")
	o.found("words", "Two, from the snapshot", "One", "Three")
	mark(t, o.a, "UPDATE readings SET title = 'Two' WHERE title LIKE 'Two%'")
	o.rebuilt("words", "edited")
	if left, err := filepath.Glob(filepath.Join(o.a.Dir(), ".catalog-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func mark(t *testing.T, a *archive.Archive, statement string) {
	t.Helper()
	change(t, filepath.Join(a.Dir(), "catalog.sqlite"), statement)
}

func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestInstallOverACatalog replaces the rows under a reader that stays open.
func TestInstallOverACatalog(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "first words"}, day, true)
	path := s.saved()
	mark(t, s.a, "DELETE FROM stories")
	s.found("first")
	if err := catalog.Install(ctx, s.a, path); err != nil {
		t.Fatal(err)
	}
	s.found("first", "One")
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "second words"}, day.Add(time.Hour), true)
	s.found("first")
	s.rebuilt("second")
}

// TestSnapshotHasNoRemovedWords: a snapshot has no word of an article that was suppressed
// or edited before it was made, not even in unused parts of its file.
func TestSnapshotHasNoRemovedWords(t *testing.T) {
	s := newFixture(t)
	for i := range 30 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/other/%d", i), Title: "Other", Text: strings.Repeat(fmt.Sprint("filler", i, " "), 50)}, day, true)
	}
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "the xylophonist plays"}, day, true)
	s.put(article.Article{URL: "https://a.example/2", Title: "Two", Text: "the quartermaster came"}, day, true)
	s.suppress(catalog.Suppression{Date: day.Add(time.Hour), URL: "https://a.example/1", Reason: "asked for"})
	s.put(article.Article{URL: "https://a.example/2", Title: "Two", Text: "somebody came"}, day.Add(time.Hour), true)
	b, err := os.ReadFile(s.saved())
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"ylophonist", "uartermaster"} {
		if strings.Contains(string(b), word) {
			t.Errorf("the snapshot still has %q", word)
		}
	}
	if !strings.Contains(string(b), "omebody") {
		t.Error("the snapshot lacks the words of a current version")
	}
}

// TestSnapshotDuringACrawl: each snapshot is consistent, and no writer fails.
func TestSnapshotDuringACrawl(t *testing.T) {
	s := newFixture(t)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			s.put(article.Article{URL: fmt.Sprintf("https://a.example/%d", i%50), Title: "Story", Text: fmt.Sprint("common word", i)}, day.Add(time.Duration(i)*time.Second), true)
		}
	})
	var paths []string
	for range 4 {
		paths = append(paths, s.saved())
	}
	cancel()
	wg.Wait()
	for _, path := range paths {
		o := s.elsewhere()
		if err := catalog.Install(context.Background(), o.a, path); err != nil {
			t.Fatal(err)
		}
		o.open()
		o.rebuilt("common")
	}
	if err := s.c.SaveSnapshot(context.Background(), s.saved()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: got %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	dir := t.TempDir()
	if err := s.c.SaveSnapshot(stopped, filepath.Join(dir, "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("stopped: left %v, %v", left, err)
	}
}

// TestUnusableSnapshots are refused; the catalog stays as it was, and so does the file.
func TestUnusableSnapshots(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, statement, says string
	}{
		{"other version", "PRAGMA user_version = 1", "version"},
		{"trigger", "CREATE TRIGGER x AFTER INSERT ON captures BEGIN DELETE FROM readings; END", "schema"},
		{"view", "DROP VIEW hidden; CREATE VIEW hidden AS SELECT url, record FROM ledger", "schema"},
		{"table", "CREATE TABLE more (x)", "schema"},
		{"index", "DROP INDEX stories_doc", "schema"},
		{"value", "UPDATE runs SET site = x'07'", "runs"},
		{"null in a key", "UPDATE stories SET kind = x'00'", "stories"},
		{"long value", "UPDATE runs SET counts = CAST(zeroblob(17000000) AS TEXT)", "runs"},
		{"another archive's segment", "UPDATE segments SET name = 'other'", "not in the archive"},
		{"erased since", "UPDATE segments SET state = state + 1, sealed = 1", "changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newFixture(t)
			run := archive.NewRecord("warcinfo", day)
			run.Payload = []byte("newsmorgue-site: a.example\r\n")
			s.append(run)
			s.keep("https://a.example/1", "One", "", day, true)
			path := s.saved()
			change(t, path, c.statement)
			s.refuses(path, c.says)
		})
	}
	s := newFixture(t)
	s.keep("https://a.example/1", "One", "", day, true)
	good, err := os.ReadFile(s.saved())
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range [][]byte{nil, []byte("not a database"), good[:len(good)/2], append(good[:4096:4096], make([]byte, len(good)-4096)...), make([]byte, 1<<20)} {
		path := filepath.Join(t.TempDir(), "snapshot")
		if err := os.WriteFile(path, body, 0o644); err != nil {
			t.Fatal(err)
		}
		s.refuses(path, "")
	}
	if err := catalog.Install(ctx, s.a, t.TempDir()); !errors.Is(err, catalog.ErrSnapshot) {
		t.Errorf("a folder: got %v", err)
	}
	if err := catalog.Install(ctx, s.a, filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}

func (s *fixture) refuses(path, says string) {
	s.t.Helper()
	before := s.dump()
	err := catalog.Install(context.Background(), s.a, path)
	if !errors.Is(err, catalog.ErrSnapshot) || !strings.Contains(fmt.Sprint(err), says) {
		s.t.Errorf("got %v, want ErrSnapshot with %q", err, says)
	}
	if _, err := os.Stat(path); err != nil {
		s.t.Error(err)
	}
	s.same(before, "refused")
}

// TestSnapshotAheadOfItsJournal: records that are in a snapshot, and were lost with the
// disk that had their journal, are in no catalog.
func TestSnapshotAheadOfItsJournal(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	s.keep("https://a.example/1", "One", "", day, true)
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	o := s.elsewhere()
	s.keep("https://a.example/2", "Two", "", day, true)
	if err := catalog.Install(ctx, o.a, s.saved()); err != nil {
		t.Fatal(err)
	}
	o.open()
	if got := o.titles(catalog.Filter{}); !reflect.DeepEqual(got, []string{"One"}) {
		t.Errorf("got %q, want what the journal has", got)
	}
	o.rebuilt("One")
}

// TestOpenedByProcesses: processes that open one cache folder at the same time, one of
// which has to make the catalog, all read it.
func TestOpenedByProcesses(t *testing.T) {
	if dir := os.Getenv("NEWSMORGUE_TEST_OPEN"); dir != "" {
		a, err := archive.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, err := catalog.OpenReadOnly(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		n, _, err := c.Count(context.Background(), catalog.Filter{Query: "common"})
		if err != nil || n != 60 {
			t.Fatalf("got %d, %v, want 60", n, err)
		}
		return
	}
	s := newFixture(t)
	for i := range 60 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Title: "Story", Text: "common"}, day, true)
	}
	o := s.elsewhere()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestOpenedByProcesses$")
			cmd.Env = append(os.Environ(), "NEWSMORGUE_TEST_OPEN="+o.a.Dir())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wg.Wait()
}
