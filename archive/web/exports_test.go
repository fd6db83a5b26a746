package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// fakeExports remembers what was asked of it.
type fakeExports struct {
	dir     string
	started []string
	ended   []string
	jobs    []Job
}

func (e *fakeExports) Formats() []Format { return []Format{{"jsonl", "programs"}, {"csv", "tables"}} }
func (e *fakeExports) Command(q url.Values, format string) (string, error) {
	return "newsmorgue export --format " + format + " " + q.Encode(), nil
}
func (e *fakeExports) Start(q url.Values, format string) (string, error) {
	if len(e.started) == 2 {
		return "", refuse("there are enough exports")
	}
	e.started = append(e.started, format+" "+q.Encode())
	return "20261120-120000-000000", nil
}
func (e *fakeExports) Jobs() []Job                     { return e.jobs }
func (e *fakeExports) Cancel(id string) error          { e.ended = append(e.ended, id); return nil }
func (e *fakeExports) Files(id string) (string, error) { return e.dir, nil }

func post(t *testing.T, h http.Handler, target, form string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", target, strings.NewReader(form)).WithContext(t.Context())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestExports(t *testing.T) {
	f := archivetest.New(t)
	if err := archivetest.Fill(t.Context(), f.Writer, f.Catalog, archivetest.Options{Articles: 20, Sites: 2, Text: 200, Markup: 200}); err != nil {
		t.Fatal(err)
	}
	s := testServer(t, f)
	e := &fakeExports{dir: t.TempDir()}
	e.jobs = []Job{{ID: "b", State: JobRunning, Doing: "reading", Done: 5, Total: 20, Format: "csv", Query: "site=" + url.QueryEscape(evil)},
		{ID: "a", State: JobDone, Format: "jsonl", Dir: e.dir, Command: evil}, {ID: "c", State: JobFailed, Error: evil}}
	s.Exports = e
	for _, name := range []string{"SHA256SUMS", "part one/é #1?.jsonl"} {
		path := filepath.Join(e.dir, filepath.FromSlash(name))
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte("content of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h := s.Handler()
	d := doc(t, h, "/exports?site=paper000.example&q=&page=3&section="+url.QueryEscape(evil))
	if text := d.Find("#command").Text(); !strings.Contains(text, "site=paper000.example") || strings.Contains(text, "page") {
		t.Errorf("got the command %q", text)
	}
	if n := d.Find(`form[method=post] input[type=hidden]`).Length(); n != 2 {
		t.Errorf("got %d hidden fields", n)
	}
	if text := d.Find(".selection").Text(); text != "articles of “paper000.example”, in the section “"+evil+"”" {
		t.Errorf("got %q", text)
	}
	if text := d.Find("#job-b").Text(); !strings.Contains(text, "reading: 5 of 20 articles") || d.Find(`form[action="/exports/b/cancel"]`).Length() != 1 {
		t.Errorf("got %q", text)
	}
	if text := d.Find("#job-c .bad").Text(); !strings.Contains(text, evil) {
		t.Errorf("got %q", text)
	}
	// The count comes later where the machine is busy.
	text := ""
	for begin := time.Now(); text == "" && time.Since(begin) < time.Minute; {
		text = doc(t, h, "/exports").Find("main strong").First().Text()
	}
	if text != "20 articles" {
		t.Errorf("got %q", text)
	}

	// Files are those of the folder, and nothing else.
	for _, link := range d.Find("#job-a a[download]").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") }) {
		w := get(t, h, link)
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "content of ") || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: got %d %v %s", link, w.Code, w.Header(), w.Body)
		}
	}
	outside := filepath.Join(filepath.Dir(e.dir), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(e.dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/files/a/link", "/files/a/../secret", "/files/a/..%2fsecret", "/files/a/%2e%2e%2fsecret", "/files/a/%2fetc%2fpasswd", "/files/a/part%20one", "/files/a/", "/files/b/SHA256SUMS", "/files/x/SHA256SUMS"} {
		if w := get(t, h, target); w.Code == 200 || strings.Contains(w.Body.String(), "secret") && w.Code < 300 {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
}

func TestStartExport(t *testing.T) {
	s := testServer(t, archivetest.New(t))
	e := &fakeExports{dir: t.TempDir(), jobs: []Job{{ID: "a", State: JobRunning}}}
	s.Exports = e
	h := s.Handler()
	if w := post(t, h, "/exports", "format=csv&site=a.example&since=2026-11&page=2"); w.Code != 303 || w.Header().Get("Location") != "/exports#job-20261120-120000-000000" || e.started[0] != "csv since=2026-11&site=a.example" {
		t.Errorf("got %d %v, started %q", w.Code, w.Header(), e.started)
	}
	post(t, h, "/exports", "format=jsonl")
	for form, want := range map[string]string{"format=exe": "not a format", "format=csv&since=soon": "not a date", "format=csv&kind=x": "must be one of", "format=csv": "enough exports", "format=csv&q=" + strings.Repeat("x", maxForm): "too large",
		"format=csv&q=%2D%2D": "no letter or digit", "format=csv&fts=on&q=a": "operators", "format=csv&site=%00": "or no text"} {
		if w := post(t, h, "/exports", form); w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%.50s: got %d %s, want %q", form, w.Code, w.Body, want)
		}
	}
	if w := post(t, h, "/exports/a/cancel", ""); w.Code != 303 || len(e.ended) != 1 {
		t.Errorf("got %d, %q", w.Code, e.ended)
	}
	if w := post(t, h, "/exports/x/cancel", ""); w.Code != 404 {
		t.Errorf("got %d", w.Code)
	}
	if w := post(t, testServer(t, archivetest.New(t)).Handler(), "/exports", "format=csv"); w.Code != 400 {
		t.Errorf("got %d without exports", w.Code)
	}
	if len(e.started) != 2 {
		t.Errorf("started %q", e.started)
	}
}

func TestSelection(t *testing.T) {
	f, err := selectionOf(url.Values{"q": {" mayor "}, "site": {"WWW.A.example", "", "b.example"}, "kind": {"all"}, "since": {"2026-02"}, "until": {"2026-02"}, "language": {"en-GB"}, "x": {"y"}})
	if err != nil || f.Query != "mayor" || fmt.Sprint(f.Sites) != "[a.example b.example]" || !f.All || f.Since.Format(time.DateOnly) != "2026-02-01" || f.Until.Format(time.DateOnly) != "2026-02-28" {
		t.Errorf("got %+v, %v", f, err)
	}
	if _, err := selectionOf(url.Values{"site": make([]string, maxValues+1)}); err != nil {
		t.Errorf("empty values count: %v", err)
	}
	many := url.Values{}
	for i := range maxValues + 1 {
		many.Add("section", fmt.Sprint(i))
	}
	if _, err := selectionOf(many); err == nil {
		t.Error("too many values are no error")
	}
	for query, want := range map[string]string{
		"": "all articles", "kind=all": "pages of all kinds", "site=a&site=b&site=c": "articles of “a”, “b” or “c”",
		"since=2026&until=2026": "articles published in 2026", "since=2026-01-02&until=2026-01-02": "articles published on 2026-01-02", "q=x&until=2026": "articles with the words “x”, published until 2026",
		"kind=live": "pages of kind “live”",
	} {
		q, _ := url.ParseQuery(query)
		if got := selectionWords(q); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// TestCounting: what selections have is counted once, a few of them at a time.
func TestCounting(t *testing.T) {
	f := archivetest.New(t)
	s := testServer(t, f)
	s.background.slow.Lock() // something else is being counted
	for i := range 3 * maxCounts {
		if n, ok, err := s.selected.count(t.Context(), s, fmt.Sprint("site=", i), catalog.Filter{}); n != 0 || ok || err != nil {
			t.Fatal(n, ok, err)
		}
	}
	if n := s.selected.atWork.Load(); n != maxCounts || len(s.selected.known) != maxCounts {
		t.Errorf("%d are at work, of %d", n, len(s.selected.known))
	}
	s.background.slow.Unlock()
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		if _, ok, err := s.selected.count(t.Context(), s, "site=0", catalog.Filter{}); err != nil {
			t.Fatal(err)
		} else if ok && s.selected.atWork.Load() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d are still at work", s.selected.atWork.Load())
}

func TestHelp(t *testing.T) {
	d := doc(t, testServer(t, archivetest.New(t)).Handler(), "/help")
	if d.Find("kbd").Length() < 10 || d.Find("#keys-on").Length() != 1 {
		t.Error("no keys")
	}
}
