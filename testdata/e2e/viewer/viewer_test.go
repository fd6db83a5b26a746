// Package viewer tests the viewer in a real browser. The tests are skipped where Node, the
// package of package.json (npm run setup) or Chromium is missing.
package viewer

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

//go:embed hostile.html
var hostile string

// tools finds Node and Chromium, or skips the test.
func tools(t *testing.T) (node, browser string) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes too long for -short")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat("node_modules/playwright-core"); err != nil {
		t.Skip("the npm package playwright-core is missing; run: cd testdata/e2e/viewer && npm run setup")
	}
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return node, path
		}
	}
	t.Skip("there is no Chromium; install it, or name it in CHROMIUM")
	return "", ""
}

var program = filepath.Join(os.TempDir(), fmt.Sprint("newsmorgue-viewer-test-", os.Getpid()))

// build makes the program for all tests.
var build = sync.OnceValues(func() (string, error) {
	if out, err := exec.Command("go", "-C", "../../..", "build", "-o", program, "./cmd/newsmorgue").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return program, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.Remove(program) // if a test has built it
	os.Exit(code)
}

// serve runs newsmorgue serve and returns its address. env are more variables of its
// environment.
func serve(t *testing.T, dir string, env ...string) *url.URL {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "serve", "-a", dir, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The context of the test ends before its cleanups run.
	t.Cleanup(func() { _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A witness counts what the browser asks for.
type witness struct {
	mu          sync.Mutex
	API         []string `json:"api"`     // of the viewer, other than archived pages
	Beacons     []string `json:"beacons"` // of the live web
	Connections int      `json:"connections"`
}

func (s *witness) note(add func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	add()
}

// live is the live web.
func (s *witness) live(t *testing.T) string {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.note(func() { s.Beacons = append(s.Beacons, r.URL.String()) })
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.note(func() { s.Connections++ })
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// embeddings are pages that embed an archived page, in five ways.
var embeddings = []struct{ name, html string }{
	{"A no sandbox", `<iframe src="%s"></iframe>`},
	{"B scripts and same origin", `<iframe sandbox="allow-same-origin allow-scripts allow-forms allow-popups allow-top-navigation-by-user-activation" src="%s"></iframe>`},
	{"C sandbox alone", `<iframe sandbox="" src="%s"></iframe>`},
	{"D opened by itself", ``},
	{"E as the viewer", `<iframe sandbox="" referrerpolicy="no-referrer" src="%s"></iframe>`},
}

// front is the viewer's origin: the viewer, and pages of the test below /test/.
func (s *witness) front(t *testing.T, viewer *url.URL, policy string) string {
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(viewer) }}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch path := r.URL.Path; {
		case path == "/test/counts":
			s.note(func() {
				_ = json.NewEncoder(w).Encode(map[string]any{"api": append([]string{}, s.API...), "beacons": append([]string{}, s.Beacons...), "connections": s.Connections})
				s.API, s.Beacons, s.Connections = nil, nil, 0
			})
		case path == "/test/embed":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<!doctype html><title>viewer</title>"+embeddings[int(query.Get("how")[0]-'A')].html, query.Get("of"))
		case path == "/test/hostile":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if query.Get("policy") != "" {
				w.Header().Set("Content-Security-Policy", policy)
			}
			fmt.Fprint(w, hostile)
		default:
			if !strings.HasPrefix(path, "/raw/") && !strings.HasPrefix(path, "/page/") && !strings.HasPrefix(path, "/assets/") && path != "/favicon.ico" {
				s.note(func() { s.API = append(s.API, path) })
			}
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func respond(f *archivetest.Fixture, url, kind string, body []byte) {
	rec := archive.NewRecord("response", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	rec.Set("WARC-Target-URI", url)
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: kind}}}
	rec.Payload = body
	rec.Finish()
	f.Add(rec)
}

// A result is what one page did.
type result struct {
	Name        string
	API         []string
	Beacons     []string
	Asked       []string
	Errors      []string
	Connections int
	Owned, Left bool
	Took        int // milliseconds
	Title, Link string
	Marks       struct {
		Texts []string
		Seen  bool
		Color string
	}
	Seen *struct {
		Text    string
		Picture int
		Color   string
		Fonts   []string
	}
}

func browse(t *testing.T, node, browser, origin, live string, pages ...string) map[string]result {
	t.Helper()
	var out, diag bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, append([]string{"viewer.mjs", browser, origin, "/test/counts", live}, pages...)...)
	cmd.Stdout, cmd.Stderr = &out, &diag
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, diag.Bytes())
	}
	all := map[string]result{}
	for line := range strings.Lines(out.String()) {
		var r result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		all[r.Name] = r
	}
	if len(all) != len(pages) {
		t.Fatalf("got %d pages, want %d", len(all), len(pages))
	}
	return all
}

// TestHostile opens a hostile page that is archived, embedded in five ways: as it is, with
// the viewer's policy alone, and as the viewer serves it. Without the policy it does what
// it wants; with it, nothing.
func TestHostile(t *testing.T) {
	node, browser := tools(t)
	f := archivetest.New(t)
	const paper = "http://paper.example/"
	respond(f, paper+"hostile", "text/html; charset=utf-8", []byte(hostile))
	viewer := serve(t, f.Archive.Dir())
	policy, page := policyOf(t, viewer.String()+"raw/20260102030405/"+paper+"hostile"), "/raw/20260102030405/"+paper+"hostile"
	s := &witness{}
	live := s.live(t)
	origin := s.front(t, viewer, policy)
	var pages []string
	kinds := []struct{ name, path string }{{"no policy", "/test/hostile"}, {"policy", "/test/hostile?policy=1"}, {"viewer", page}}
	for _, k := range kinds {
		for _, e := range embeddings {
			path := "/test/embed?how=" + e.name[:1] + "&of=" + url.QueryEscape(k.path)
			if e.html == "" {
				path = k.path
			}
			pages = append(pages, k.name+": "+e.name+"="+path)
		}
	}
	all := browse(t, node, browser, origin, live, pages...)
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-10s %-28s %-14s %5s %8s %12s %s\n", "served", "embedded", "cookie, title", "API", "beacons", "connections", "left the viewer")
	for _, k := range kinds {
		for _, e := range embeddings {
			r := all[k.name+": "+e.name]
			state := "safe"
			if r.Owned {
				state = "read, changed"
			}
			fmt.Fprintf(&table, "%-10s %-28s %-14s %5d %8d %12d %-15v %4d ms\n", k.name, e.name, state, len(r.API), len(r.Beacons), r.Connections, r.Left, r.Took)
			if k.name == "no policy" {
				continue
			}
			if r.Owned || len(r.API) > 0 || len(r.Beacons) > 0 || len(r.Asked) > 0 || r.Left || k.name == "viewer" && r.Connections > 0 {
				t.Errorf("%s: %+v", r.Name, r)
			}
		}
	}
	t.Log(table.String())
	if r := all["no policy: A no sandbox"]; !r.Owned || len(r.API) == 0 || len(r.Beacons) < 5 {
		t.Errorf("the page does no harm without the policy, so the test shows nothing: %+v", r)
	}
}

func policyOf(t *testing.T, page string) string {
	t.Helper()
	resp, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	policy := resp.Header.Get("Content-Security-Policy")
	if resp.StatusCode != 200 || !strings.HasPrefix(policy, "sandbox; default-src 'none'") {
		t.Fatalf("got %s with %q", resp.Status, policy)
	}
	return policy
}
