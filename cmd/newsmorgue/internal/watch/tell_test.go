package watch

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/notice"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/warn"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/watchtest"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/webhook"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func newTeller(t *testing.T, f *watchtest.News) *Teller {
	t.Helper()
	front, err := frontier.Open(filepath.Join(f.Archive.Dir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { front.Close() })
	r, err := webhook.Parse("http://127.0.0.1:1/topsecret")
	if err != nil {
		t.Fatal(err)
	}
	return &Teller{Archive: f.Archive, Catalog: f.Catalog, Frontier: front, Receivers: []webhook.Receiver{r}, Logger: slog.New(slog.DiscardHandler), EveryRun: true}
}

// tellRun tells of a run.
func tellRun(t *testing.T, w *Teller, run catalog.Run) *notice.Notice {
	t.Helper()
	n, err := w.Run(t.Context(), watchtest.Site, run.ID, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Changes are told once: those of a run that was killed with the next one that ends.
func TestTellsOnce(t *testing.T) {
	f := watchtest.New(t)
	w := newTeller(t, f)
	_, second := f.TwoRuns()
	if n := tellRun(t, w, second); n.Counts["new"] != 1 || len(n.Changes) != 3 {
		t.Errorf("got %+v, want what the second run found: nobody asked before", n.Counts)
	}
	f.Begin() // and it is killed
	f.Page("https://a.example/flood", &article.Article{Title: "A flood", Text: "It is wet."})
	f.Begin()
	f.Page("https://a.example/sun", &article.Article{Title: "The sun", Text: "It is dry."})
	third := f.End(keep.Summary{Mode: "update", Kept: keep.Kept{New: 1}})
	if n := tellRun(t, w, third); n.Counts["new"] != 2 || len(n.Changes) != 2 || n.Run != third.ID {
		t.Errorf("got %+v", n)
	}
	f.Begin()
	if n := tellRun(t, w, f.End(keep.Summary{Mode: "update"})); !n.Empty() {
		t.Errorf("got %+v, want nothing", n)
	}
	waiting, err := w.Frontier.Waiting(t.Context())
	if err != nil || waiting != 2 {
		t.Errorf("%d messages in the outbox, %v, want one for each notice that says something", waiting, err)
	}
	m, _, ok, err := w.Frontier.NextMessage(t.Context(), w.Receivers[0].Name, time.Now())
	var n notice.Notice
	if err != nil || !ok || json.Unmarshal(m.Body, &n) != nil || n.Run != second.ID || n.ID != m.ID || n.Schema != notice.Schema {
		t.Errorf("got %+v, %v", m, err)
	}
	// The receiver's address is kept nowhere.
	for _, name := range []string{"frontier.sqlite", "frontier.sqlite-wal"} {
		body, err := os.ReadFile(filepath.Join(f.Archive.Dir(), name))
		if err == nil && strings.Contains(string(body), "topsecret") {
			t.Errorf("%s has the receiver's URL", name)
		}
	}
}

// newsmorgue update tells of its own run, and of those before it that were killed; what
// it tells is new to the daemon.
func TestTellsRun(t *testing.T) {
	f := watchtest.New(t)
	daemon, w := newTeller(t, f), newTeller(t, f)
	w.EveryRun, w.NoWarnings, w.Receivers = false, true, nil
	_, second := f.TwoRuns()
	tellRun(t, daemon, second)
	f.Begin()
	f.Page("https://a.example/flood", &article.Article{Title: "A flood", Text: "It is wet."})
	third := f.End(keep.Summary{Mode: "update", Kept: keep.Kept{New: 1}})
	if n := tellRun(t, w, third); n.Counts["new"] != 1 {
		t.Errorf("got %+v", n)
	}
	f.Begin() // and it is killed
	f.Page("https://a.example/sun", &article.Article{Title: "The sun", Text: "It is dry."})
	f.Begin()
	fifth := f.End(keep.Summary{Mode: "update", Kept: keep.Kept{Blocked: 9}, PagesAsked: 9})
	if n := tellRun(t, w, fifth); n.Counts["new"] != 1 || len(n.Warnings) != 0 {
		t.Errorf("got %+v", n)
	}
	f.Begin()
	if n := tellRun(t, daemon, f.End(keep.Summary{Mode: "update"})); n.Counts["new"] != 2 {
		t.Errorf("got %+v", n)
	}
}

// A warning is told when it begins and when it ends, also by another process.
func TestWarnsOnce(t *testing.T) {
	f := watchtest.New(t)
	w := newTeller(t, f)
	good := keep.Summary{Mode: "update", Pages: 9, PagesAsked: 9}
	wall := keep.Summary{Mode: "update", Pages: 1, PagesAsked: 9, Kept: keep.Kept{Blocked: 8}}
	var got []string
	for i, s := range []keep.Summary{good, wall, wall, good, good} {
		f.Begin()
		if i == 2 {
			w = newTeller(t, f)
		}
		n := tellRun(t, w, f.End(s))
		for _, x := range n.Warnings {
			if x.Site == watchtest.Site { // the disk of this machine may be full
				got = append(got, strings.Repeat("-", i)+map[bool]string{true: "ended", false: "begins"}[x.Ended])
			}
		}
	}
	if strings.Join(got, " ") != "-begins ---ended" {
		t.Errorf("got %q", got)
	}
	// Turns without a run are told at once, and once.
	missed := keep.Skipped{Site: watchtest.Site, Reason: keep.SkippedDown, Turns: 3, From: f.Now.Add(time.Hour), Until: f.Now.Add(3 * time.Hour)}
	for i := range 2 {
		if err := missed.Record(t.Context(), f.Archive, f.Catalog); err != nil {
			t.Fatal(err)
		}
		n, err := w.Missed(t.Context(), watchtest.Site)
		if err != nil || len(n.Warnings) != 1-i {
			t.Errorf("got %+v, %v", n, err)
		}
	}
}

// A feed is a file that is replaced as a whole, and has nothing that is suppressed.
func TestFeeds(t *testing.T) {
	f := watchtest.New(t)
	w := newTeller(t, f)
	_, second := f.TwoRuns()
	feeds := &Feeds{Archive: f.Archive, Author: w.Author(), Version: "1", Dir: filepath.Join(t.TempDir())}
	read := func() string {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(feeds.Dir, "a.example.atom"))
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	n := tellRun(t, w, second)
	if err := feeds.Add(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(read(), "<entry>"); got != 6 {
		t.Errorf("got %d entries, want those of both runs, each once", got)
	}
	f.Begin()
	f.Page("https://a.example/flood", &article.Article{Title: "A flood", Text: "It is wet."})
	if err := feeds.Add(t.Context(), tellRun(t, w, f.End(keep.Summary{Kept: keep.Kept{New: 1}}))); err != nil {
		t.Fatal(err)
	}
	text := read()
	if strings.Count(text, "<entry>") != 7 || strings.Index(text, "A flood") > strings.Index(text, "A storm") {
		t.Errorf("got %s", text)
	}
	rec, err := catalog.NewSuppression(&catalog.Suppression{Date: f.Now, URL: "https://a.example/mayor", Reason: "court order"})
	if err != nil {
		t.Fatal(err)
	}
	f.Append(rec)
	if err := feeds.Add(t.Context(), &notice.Notice{Site: watchtest.Site}); err != nil {
		t.Fatal(err)
	}
	if text := read(); strings.Contains(text, "mayor") || strings.Count(text, "<entry>") != 5 {
		t.Errorf("got %s", text)
	}
	files, err := os.ReadDir(feeds.Dir)
	if err != nil || len(files) != 1 {
		t.Errorf("got %v, %v, want the feed alone", files, err)
	}
	var all strings.Builder
	if err := feeds.WriteAll(t.Context(), &all, []string{watchtest.Site, "b.example"}, "/changes.atom"); err != nil || strings.Count(all.String(), "<entry>") != 5 {
		t.Errorf("got %s, %v", all.String(), err)
	}
	if got := FeedName("127.0.0.1:8000"); strings.ContainsAny(got, ":/\\") || FeedName("../../etc/x") == FeedName("etc/x") || strings.Contains(FeedName("../../x"), "/") {
		t.Errorf("got %s", got)
	}
}

// What is kept in memory of a site's runs ends at three months, or at a hundred runs.
func TestRecentRuns(t *testing.T) {
	for every, want := range map[time.Duration]int{5 * time.Minute: history, time.Hour: 90*24 + 1, 7 * 24 * time.Hour: 100} {
		runs := make([]warn.Run, 30000)
		for i := range runs {
			runs[i].Start = time.Unix(0, 0).Add(time.Duration(i) * every)
		}
		got := recentRuns(runs)
		if len(got) != want || got[len(got)-1] != runs[len(runs)-1] {
			t.Errorf("%s: got %d runs, want %d", every, len(got), want)
		}
	}
}
