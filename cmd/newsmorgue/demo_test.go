package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/testdata/newspaper"
)

// newsmorgue runs a command in this process.
func newsmorgue(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

func checkDemo(t *testing.T, dir string) {
	t.Helper()
	if _, errs, code := newsmorgue(t, "demo", "-a", dir); code != 0 {
		t.Fatalf("demo: exit %d: %s", code, errs)
	}
	out, _, _ := newsmorgue(t, "list", "-a", dir, "--kind", "all", "--json")
	pages := map[string]listLine{}
	for line := range strings.Lines(out) {
		var l listLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		pages[strings.TrimPrefix(l.URL, "http://"+newspaper.Host)] = l
	}
	for _, p := range newspaper.Paths() {
		if _, ok := pages[p]; !ok {
			t.Errorf("page %s is not in the archive", p)
		}
	}
	for _, want := range newspaper.Articles() {
		t.Run(strings.Trim(want.Path, "/"), func(t *testing.T) {
			l := pages[want.Path]
			if l.Kind != want.Kind {
				t.Errorf("kind: got %q, want %q", l.Kind, want.Kind)
			}
			out, errs, code := newsmorgue(t, "show", "-a", dir, "http://"+newspaper.Host+want.Path, "--format", "json")
			if code != 0 {
				t.Fatalf("show: exit %d: %s", code, errs)
			}
			var a article.Article
			if err := json.Unmarshal([]byte(out), &a); err != nil {
				t.Fatal(err)
			}
			checkArticle(t, &a, want)
		})
	}
}

func checkArticle(t *testing.T, a *article.Article, want newspaper.Expected) {
	t.Helper()
	if a.Title != want.Title {
		t.Errorf("title: got %q, want %q", a.Title, want.Title)
	}
	var authors []string
	for _, au := range a.Authors {
		authors = append(authors, au.Name)
	}
	if want.Authors[0] != "Saltmere Ledger staff" && !slices.Equal(authors, want.Authors) {
		t.Errorf("authors: got %q, want %q", authors, want.Authors)
	}
	// Some pages show only the day.
	if day := min(10, len(a.Published)); a.Published == "" || a.Published[:day] != want.Published[:10] {
		t.Errorf("published: got %q, want %q", a.Published, want.Published)
	}
	var texts []string
	if want.Subtitle != "" {
		texts = append(texts, want.Subtitle)
	}
	texts = append(texts, want.Paragraphs...)
	if got := strings.ReplaceAll(a.Text, "\n\n", "\n"); got != strings.Join(texts, "\n") {
		t.Errorf("text: got\n%s\nwant\n%s", got, strings.Join(texts, "\n"))
	}
	var captions []newspaper.Caption
	for _, c := range a.Captions {
		captions = append(captions, newspaper.Caption{Text: c.Text, Credit: c.Credit})
	}
	wanted := want.Captions
	if want.Kind == "video" {
		wanted = []newspaper.Caption{{Text: "The bronze is poured at the foundry on Chapel Hill.", Credit: "Saltmere Ledger"}}
	}
	if !slices.Equal(captions, wanted) {
		t.Errorf("captions: got %+v, want %+v", captions, wanted)
	}
}
