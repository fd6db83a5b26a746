package viewer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// run returns the standard output of a command.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var out, diag bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &diag
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s\n%s", name, args, err, out.Bytes(), diag.Bytes())
	}
	return out.Bytes()
}

// The story of a small paper, and what became of it.
var ferry = [2]string{
	`<p>The ferry to the island was late on Thursday, for the third day in a row, and the people who were waiting for it said that they had heard nothing.</p>
<p>The company that runs the ferry said that it was looking for a new pump, and that the old one had been mended as well as one could mend it.</p>
<p>“Nobody will be left on the quay,” said its director, Ama Boateng.</p>`,
	`<p>The ferry to the island was late on Friday, for the fourth day in a row, and the people who were waiting for it said that they had heard nothing.</p>
<p>The company that runs the ferry said that it had found a new pump, and that the old one had been mended as well as one could mend it.</p>
<p>A second boat is to come from the capital on Monday.</p>`,
}

// demo makes an archive of the sample newspaper, with its pictures, and of a small paper
// with a story that was edited and one that was removed.
func demo(t *testing.T) string {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "newsmorgue-demo")
	if os.Getenv("NEWSMORGUE_SCREENS") != "" { // the overview shows this path
		dir = filepath.Join(os.TempDir(), "newsmorgue-demo")
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	run(t, program, "demo", "-q", "-a", dir, "--assets", "images")
	var edition atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := edition.Load()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.URL.Path == "/":
			fmt.Fprint(w, `<!doctype html><html lang="en"><title>The Islander</title><h1>The Islander</h1><ul><li><a href="/ferry">The ferry</a><li><a href="/market">The market hall</a></ul>`)
		case r.URL.Path == "/ferry":
			fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Ferry is late for the %[1]s day</title><meta property="og:type" content="article"><meta property="article:published_time" content="2026-10-01T10:00:00Z"></head>
<body><article><h1>Ferry is late for the %[1]s day</h1><p>By Kojo Mensah</p>%[2]s</article></body></html>`, []string{"third", "fourth"}[e], ferry[e])
		case r.URL.Path == "/market" && e == 0:
			fmt.Fprint(w, `<!doctype html><html lang="en"><head><title>Mayor opens the market hall</title><meta property="og:type" content="article"></head><body><article><h1>Mayor opens the market hall</h1><p>By Efua Owusu</p>
<p>The mayor opened the new market hall on Wednesday, two years late, before the traders who had sold their yams in the rain all that time.</p><p>She said that the roof would hold.</p></article></body></html>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	// The server is its own proxy, so that the paper has a name.
	const paper = "islander.example"
	run(t, program, "archive", "http://"+paper+"/", "-q", "-a", dir, "--proxy", srv.URL, "--delay", "0")
	edition.Store(1)
	run(t, program, "update", paper, "-q", "-a", dir, "--refresh", "all")
	return dir
}

// A looked is what looks.mjs found in a view.
type looked struct {
	Name, Path   string
	Status       int
	Milliseconds int
	Checked      int // axe-core's rules that found nothing to complain about
	Axe          []struct {
		ID, Impact, Example, Why string
		Nodes                    int
	}
	Outside, Console []string
	Wider            int
	Bare             string
}

// read reads the twin of a view.
func read(t *testing.T, address string, into any) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		t.Fatalf("%s: %s", address, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

// A hitOf is an article as lists in JSON have it.
type hitOf struct {
	ID, URL, Title, Captured string
}

// find returns the first article with some words.
func find(t *testing.T, base, words string) hitOf {
	t.Helper()
	var list struct{ Hits []hitOf }
	read(t, base+"/articles.json?q="+words, &list)
	if len(list.Hits) == 0 {
		t.Fatalf("no article with %s", words)
	}
	return list.Hits[0]
}

// TestLooks looks at every view in the light and the dark scheme, on a phone and without
// JavaScript: axe-core finds nothing, nothing is asked for elsewhere, the browser complains
// about nothing, and nothing is wider than the screen. With $NEWSMORGUE_SCREENS, the
// screenshots are kept in that folder.
func TestLooks(t *testing.T) {
	node, browser := tools(t)
	if _, err := os.Stat("node_modules/axe-core"); err != nil {
		t.Skip("the npm package axe-core is missing; run: cd testdata/e2e/viewer && npm run setup")
	}
	base := strings.TrimSuffix(serve(t, demo(t)).String(), "/")
	edited, pictured := find(t, base, "ferry+pump+capital"), find(t, base, "anchor+dredger")
	var runs struct{ Runs []struct{ Path string } }
	read(t, base+"/runs.json", &runs)
	var article struct{ Records struct{ Response string } }
	read(t, base+"/article/"+pictured.ID+".json", &article)
	views := []map[string]string{
		{"name": "overview", "path": "/"},
		{"name": "articles", "path": "/articles"},
		{"name": "search", "path": "/articles?q=harbour"},
		{"name": "nothing", "path": "/articles?q=xylophone"},
		{"name": "article", "path": "/article/" + pictured.ID},
		{"name": "evidence", "path": "/article/" + pictured.ID + "/evidence?field=byline"},
		{"name": "versions", "path": "/article/" + edited.ID + "/versions"},
		{"name": "versions-inline", "path": "/article/" + edited.ID + "/versions?view=inline"},
		{"name": "changes", "path": "/changes"},
		{"name": "vanished", "path": "/changes?what=gone"},
		{"name": "runs", "path": "/runs"},
		{"name": "run", "path": runs.Runs[len(runs.Runs)-1].Path},
		{"name": "record", "path": "/record/" + strings.Trim(article.Records.Response, "<>")},
		{"name": "page", "path": "/page/" + strings.NewReplacer("-", "", ":", "", "T", "", "Z", "").Replace(pictured.Captured) + "/" + pictured.URL},
		{"name": "exports", "path": "/exports?q=harbour"},
		{"name": "help", "path": "/help"},
		{"name": "missing", "path": "/article/000000000000"},
	}
	given, err := json.Marshal(views)
	if err != nil {
		t.Fatal(err)
	}
	folder := os.Getenv("NEWSMORGUE_SCREENS")
	if folder == "" {
		folder = t.TempDir()
	}
	cmd := exec.CommandContext(t.Context(), node, "looks.mjs", base, browser, folder)
	var out, diag bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = bytes.NewReader(given), &out, &diag, 10*time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, diag.Bytes())
	}
	seen := 0
	for line := range strings.Lines(out.String()) {
		var l looked
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		seen++
		for _, a := range l.Axe {
			t.Errorf("%s: axe-core finds %s (%s) at %d elements: %s: %s", l.Name, a.ID, a.Impact, a.Nodes, a.Example, a.Why)
		}
		for _, c := range l.Console {
			if l.Status < 400 || !strings.Contains(c, "status of") {
				t.Errorf("%s: the browser says %s", l.Name, c)
			}
		}
		if l.Checked < 10 {
			t.Errorf("%s: axe-core has checked %d rules", l.Name, l.Checked)
		}
		if len(l.Outside) > 0 || l.Wider > 0 || l.Bare == "" {
			t.Errorf("%s: asked %q, is %d pixels wider than a phone, without JavaScript its heading is %q", l.Name, l.Outside, l.Wider, l.Bare)
		}
		t.Logf("%-16s %d, %d ms, %d rules, %d findings", l.Name, l.Status, l.Milliseconds, l.Checked, len(l.Axe))
	}
	if seen != len(views) {
		t.Errorf("got %d views, want %d", seen, len(views))
	}
}
