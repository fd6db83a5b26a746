package viewer

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// A walked is what walk.mjs saw.
type walked struct {
	Found   struct{ At, Lead string }
	First   string
	Still   string
	Article struct {
		Title, Caption, Credit string
		Picture                int
		Original               archivedPage
	}
	Arrangements []struct {
		Chosen     string
		Text, Page bool
	}
	Evidence struct {
		Heading, Value string
		Marks          []string
	}
	Versions struct {
		Heading       string
		Before, After []string
	}
	Inline, RunChanges, Keys []string
	Selection, File          string
	Bare                     struct {
		Title, Caption, Evidence string
		Original, Alone          bool
	}
	Problems []string
}

type archivedPage struct {
	Text     string
	Pictures []int
}

// TestWalk walks through the viewer by keyboard: from a search to an article and its archived
// page, the evidence for a field, two versions, the changes of a run, and the export of what
// the search shows; then from a search to the evidence without JavaScript.
func TestWalk(t *testing.T) {
	node, browser := tools(t)
	base := strings.TrimSuffix(serve(t, demo(t)).String(), "/")
	pictured, edited := find(t, base, "anchor+dredger"), find(t, base, "ferry+pump+capital")
	var w walked
	begun := time.Now()
	if err := json.Unmarshal(run(t, node, "walk.mjs", base, browser, pictured.ID, edited.ID, t.TempDir()), &w); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("the walk took %v", took)
	}
	title := pictured.Title
	if w.Found.At != "/articles?q=anchor+dredger" || w.First != title || w.Still != title {
		t.Errorf("the search: got %+v, %q, %q", w.Found, w.First, w.Still)
	}
	if a := w.Article; a.Title != title || !strings.HasPrefix(a.Caption, "The anchor lies in a tank") || a.Credit != "Lena Rudd" || a.Picture == 0 {
		t.Errorf("the article: got %+v", a)
	}
	if o := w.Article.Original; !strings.Contains(o.Text, "Workers who were deepening the eastern channel") || len(o.Pictures) != 1 || o.Pictures[0] == 0 {
		t.Errorf("the archived page: got %+v", o)
	}
	var shown []string
	for _, a := range w.Arrangements {
		shown = append(shown, a.Chosen)
		if a.Text != (a.Chosen != "Archived page") || a.Page != (a.Chosen != "Text") {
			t.Errorf("s: got %+v", a)
		}
	}
	if got := strings.Join(shown, ", "); got != "Archived page, Text, Text and page" {
		t.Errorf("s: got %s", got)
	}
	if e := w.Evidence; e.Heading != "Evidence: Byline" || e.Value != "By Piet Vandersloot" || !slices.Contains(e.Marks, "By Piet Vandersloot") {
		t.Errorf("the evidence: got %+v", e)
	}
	v := w.Versions
	if v.Heading != "Version 1 → version 2" || !strings.Contains(strings.Join(v.Before, " "), "Thursday") || !strings.Contains(strings.Join(v.After, " "), "Friday") || strings.Contains(strings.Join(v.After, " "), "Thursday") {
		t.Errorf("the versions: got %+v", v)
	}
	if !strings.Contains(strings.Join(w.Inline, " "), "Friday") {
		t.Errorf("inline: got %q", w.Inline)
	}
	if !slices.Equal(w.RunChanges, []string{edited.Title}) {
		t.Errorf("the changes of the last run: got %q, want %q", w.RunChanges, edited.Title)
	}
	if got := strings.Join(w.Keys, "|"); got != "/|?|j|k|Enter|[|]|s|v|d|x|g o|g a|g c|g r|g e" {
		t.Errorf("the help lists the keys %s", got)
	}
	if !strings.Contains(w.Selection, "anchor dredger") {
		t.Errorf("the export is of %q", w.Selection)
	}
	exported(t, w.File, pictured)
	if b := w.Bare; b.Title != title || !strings.HasPrefix(b.Caption, "The anchor lies") || !b.Original || !b.Alone || b.Evidence != "Evidence: Title" {
		t.Errorf("without JavaScript: got %+v", b)
	}
	if len(w.Problems) > 0 {
		t.Errorf("the browser complains: %q", w.Problems)
	}
}

// exported checks that a file of JSON Lines has one article.
func exported(t *testing.T, file string, want hitOf) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	var row struct {
		URL, Title string
	}
	if err := json.Unmarshal([]byte(lines[0]), &row); err != nil || len(lines) != 1 || row.Title != want.Title || row.URL != want.URL {
		t.Errorf("%s: got %v and %d lines, the first %.300s", file, err, len(lines), lines[0])
	}
}
