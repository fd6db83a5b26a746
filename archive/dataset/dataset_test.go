package dataset_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// filled returns a catalog of articles with characters that need escaping.
func filled(t *testing.T, titles ...string) *catalog.Catalog {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "x")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for i, title := range titles {
		u := "https://a.example/" + string(rune('a'+i))
		body, err := json.Marshal(article.Article{URL: u, Site: "a.example", Kind: article.KindArticle, Title: title, Text: "one\n\ntwo, \"three\"", Tags: []string{"x", "y"},
			Rights: &article.Rights{MetaRobots: "noindex"}})
		if err != nil {
			t.Fatal(err)
		}
		conv := archive.NewRecord("conversion", time.Date(2026, 11, 23, 0, 0, i, 0, time.UTC))
		conv.Set("WARC-Target-URI", u)
		conv.Set("Content-Type", "application/json; profile="+article.Schema)
		conv.Payload = body
		if _, err := w.Append(context.Background(), conv); err != nil {
			t.Fatal(err)
		}
	}
	c, err := catalog.OpenReadOnly(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestExportCSV(t *testing.T) {
	titles := []string{"Plain", "=SUM(A1)", "Quote \" comma, and\nline", "日本 <b>&amp;"}
	c := filled(t, titles...)
	dir := filepath.Join(t.TempDir(), "out")
	sum, err := dataset.Export(t.Context(), c, dataset.Options{Format: "csv", Dir: dir})
	if err != nil || sum.Articles != len(titles) {
		t.Fatalf("got %+v, %v", sum, err)
	}
	f, err := os.Open(filepath.Join(dir, "articles.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != len(titles)+1 {
		t.Fatalf("got %d rows, %v", len(rows), err)
	}
	for i, want := range titles {
		if got := rows[i+1][5]; got != want {
			t.Errorf("title: got %q, want %q", got, want)
		}
		if rows[i+1][9] != "x; y" || rows[i+1][18] != "one\n\ntwo, \"three\"" {
			t.Errorf("row: got %q", rows[i+1])
		}
	}
	card, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"4 articles from 1 site,", "| a.example | 4 |", "archived or mined: 4.", "| `title` |"} {
		if !strings.Contains(string(card), want) {
			t.Errorf("data card lacks %q", want)
		}
	}
	for _, name := range []string{"README.md", "articles.csv"} {
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sums, _ := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
		if want := strings.TrimPrefix(string(archive.SHA256(body)), "sha256:") + "  " + name; !strings.Contains(string(sums), want) {
			t.Errorf("SHA256SUMS lacks %q", want)
		}
	}
}

func TestExportJSONLIsInOrder(t *testing.T) {
	c := filled(t, "One", "Two", "Three")
	dir := t.TempDir()
	if _, err := dataset.Export(t.Context(), c, dataset.Options{Format: "jsonl", Dir: dir}); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dir, "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for line := range strings.Lines(string(body)) {
		var row struct{ ID, URL, Captured, Title string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if row.URL <= last || row.ID == "" || row.Captured == "" {
			t.Errorf("got %+v after %s", row, last)
		}
		last = row.URL
	}
	if last != "https://a.example/c" {
		t.Errorf("last: got %s", last)
	}
}
