package dataset_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// start is when the first page of a fixture is captured; the others follow, each a
// minute later.
var start = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// A fixture is an archive that a test fills.
type fixture struct {
	*archivetest.Fixture
	t    *testing.T
	time time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return &fixture{Fixture: archivetest.New(t), t: t, time: start}
}

// response is the response of a URL.
func (f *fixture) response(url string, status int, typ string, body []byte, fields ...archive.Field) *archive.Record {
	f.time = f.time.Add(time.Minute)
	r := archive.NewRecord("response", f.time)
	r.Set("WARC-Target-URI", url)
	r.Set("WARC-IP-Address", "203.0.113.7")
	for _, x := range fields {
		r.Set(x.Name, x.Value)
	}
	r.Set("Content-Type", "application/http; msgtype=response")
	r.HTTP = &archive.HTTPHead{Start: fmt.Sprintf("HTTP/1.1 %d X", status), Headers: []archive.Field{{Name: "Content-Type", Value: typ}}}
	r.Payload = body
	return r
}

// article captures a page with an article. fields are of the response.
func (f *fixture) article(a article.Article, fields ...archive.Field) *archive.Record {
	f.t.Helper()
	if a.Kind == "" {
		a.Kind = article.KindArticle
	}
	if a.Site == "" {
		a.Site = strings.Split(strings.TrimPrefix(a.URL, "https://"), "/")[0]
	}
	if a.Body == nil {
		for _, p := range strings.Split(a.Text, "\n\n") {
			a.Body = append(a.Body, article.Block{Type: article.Paragraph, Text: p})
		}
	}
	a.Schema, a.Extractor = article.Schema, "newsmorgue/test"
	body, err := json.Marshal(&a)
	if err != nil {
		f.t.Fatal(err)
	}
	resp := f.response(a.URL, 200, "text/html", []byte("<html>"+a.URL+a.Title+a.Text+"</html>"), fields...)
	conv := archive.NewRecord("conversion", f.time)
	conv.Set("WARC-Target-URI", a.URL)
	conv.Set("WARC-Refers-To", resp.ID())
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	f.Add(resp, conv)
	return conv
}

// export exports by a recipe and returns the folder.
func (f *fixture) export(r recipe.Recipe, options ...func(*dataset.Options)) (string, dataset.Summary) {
	f.t.Helper()
	dir := filepath.Join(f.t.TempDir(), "out")
	sum, err := f.tryExport(dir, r, options...)
	if err != nil {
		f.t.Fatal(err)
	}
	return dir, sum
}

func (f *fixture) tryExport(dir string, r recipe.Recipe, options ...func(*dataset.Options)) (dataset.Summary, error) {
	if r.Format == "" {
		r.Format = "jsonl"
	}
	o := dataset.Options{Recipe: r, Dir: dir, Software: "newsmorgue/test", Workers: 3}
	for _, set := range options {
		set(&o)
	}
	return dataset.Export(f.t.Context(), f.Archive, f.Catalog, o)
}

// lines reads a file of JSON lines.
func lines(t *testing.T, dir, name string) (all []map[string]any) {
	t.Helper()
	in, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s := bufio.NewScanner(in)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		var m map[string]any
		if err := json.Unmarshal(s.Bytes(), &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, m)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// values are those of one column.
func values(rows []map[string]any, column string) (all []any) {
	for _, r := range rows {
		all = append(all, r[column])
	}
	return all
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// prose is a text of n different sentences, the first of which is number from.
func prose(from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, "Sentence %d says that the %d boats of harbour %d came home with %d crates of herring. ", i, i*7%13, i*i%97, i*31%101)
	}
	return strings.TrimSpace(b.String())
}
