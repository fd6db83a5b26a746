// Package replay tests exports with tools that others wrote: it replays a WACZ package in
// ReplayWeb.page, in a real browser, and reads its WARC file with warcio.js. The tests are
// skipped where Node, the packages of package.json (npm run setup) or Chromium are missing.
package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// node skips the test where Node or one of its packages is missing.
func node(t *testing.T, packages ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes too long for -short")
	}
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	for _, name := range packages {
		if _, err := os.Stat(filepath.Join("node_modules", name)); err != nil {
			t.Skipf("the npm package %s is missing; run: cd testdata/e2e/replay && npm run setup", name)
		}
	}
	return path
}

// browser finds Chromium.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium; install it, or name it in CHROMIUM")
	return ""
}

// run returns the standard output of a command.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var out, diag bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &diag
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, diag.Bytes())
	}
	return out.Bytes()
}

// demoPackage makes a package of the archive that newsmorgue demo makes.
func demoPackage(t *testing.T) string {
	t.Helper()
	temp := t.TempDir()
	program := filepath.Join(temp, "newsmorgue")
	run(t, "go", "-C", "../../..", "build", "-o", program, "./cmd/newsmorgue") // of the main module
	run(t, program, "demo", "-q", "-a", filepath.Join(temp, "archive"))
	ar, err := archive.Open(filepath.Join(temp, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	name := filepath.Join(temp, "demo.wacz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Mkdir(filepath.Join(temp, "sort"), 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := wacz.NewWriter(f, wacz.WriterOptions{Temp: filepath.Join(temp, "sort"), Title: "Demo", Software: "newsmorgue"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAll(t.Context(), originalsFirst(t, ar)); err != nil {
		t.Fatal(err)
	}
	s, err := w.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *s)
	return name
}

// originalsFirst are all records; revisits come last.
func originalsFirst(t *testing.T, ar *archive.Archive) iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		for _, revisits := range []bool{false, true} {
			for e, err := range ar.Select(t.Context(), func(c archive.Capture) bool { return (c.Type == "revisit") == revisits }) {
				if !yield(e.Record, err) || err != nil {
					return
				}
			}
		}
	}
}

func openPackage(t *testing.T, name string) *wacz.Package {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, err := wacz.Open(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReplay(t *testing.T) {
	node, browser := node(t, "playwright-core", "replaywebpage"), browser(t)
	name := demoPackage(t)
	r, err := wacz.Verify(t.Context(), name, wacz.VerifyOptions{})
	if err != nil || len(r.Damage) > 0 || len(r.Notes) > 0 {
		t.Fatalf("got %+v, %v", r, err)
	}
	story := longest(t, openPackage(t, name))
	screenshot := filepath.Join(t.TempDir(), "replay.png")
	if dir := os.Getenv("NEWSMORGUE_SCREENSHOTS"); dir != "" {
		screenshot = filepath.Join(dir, "replay.png")
	}
	seen := replayed(t, node, name, screenshot, browser, story.URL)[0]
	if !strings.HasSuffix(seen.URL, story.URL) {
		t.Errorf("replayed %s, want %s", seen.URL, story.URL)
	}
	for _, paragraph := range strings.Split(story.Text, "\n\n") {
		if !strings.Contains(words(seen.Text), words(paragraph)) {
			t.Errorf("the page that was replayed does not have %q", paragraph)
		}
	}
	if info, err := os.Stat(screenshot); err != nil || info.Size() < 10_000 {
		t.Errorf("no screenshot: %v", err)
	}
	t.Logf("%s: %d characters", seen.Title, len(seen.Text))
}

// A seen page is what a reader sees of it.
type seen struct{ URL, Title, Text string }

func replayed(t *testing.T, node, name, screenshot, browser string, pages ...string) (all []seen) {
	t.Helper()
	in := bufio.NewScanner(bytes.NewReader(run(t, node, append([]string{"replay.mjs", name, screenshot, browser}, pages...)...)))
	for in.Scan() {
		var s seen
		if err := json.Unmarshal(in.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if len(all) != len(pages) {
		t.Fatalf("got %d pages, want %d", len(all), len(pages))
	}
	return all
}

// longest is the longest story of a package.
func longest(t *testing.T, p *wacz.Package) (story wacz.Page) {
	t.Helper()
	for page, err := range p.Pages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !page.Extra && len(page.Text) > len(story.Text) {
			story = page
		}
	}
	if story.URL == "" {
		t.Fatal("the package has no story")
	}
	return story
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestWarcio compares what warcio.js finds in the WARC file with our index.
func TestWarcio(t *testing.T) {
	node := node(t, "warcio")
	p := openPackage(t, demoPackage(t))
	file := filepath.Join(t.TempDir(), "a.warc.gz")
	r, err := p.Open(p.WARCs()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	type found struct {
		Type, URL, Date, Digest, SHA256, Surt string
		Offset, Length                        int64
	}
	byOffset := map[string]found{}
	types := map[string]int{}
	in := bufio.NewScanner(bytes.NewReader(run(t, node, "index.mjs", file)))
	for in.Scan() {
		var f found
		if err := json.Unmarshal(in.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		byOffset[jsonNumber(f.Offset)+" "+jsonNumber(f.Length)] = f
		types[f.Type]++
		if (f.Type == "response" || f.Type == "conversion") && f.SHA256 != f.Digest {
			t.Errorf("%s of %s: warcio.js reads a payload with %s; the record says %s", f.Type, f.URL, f.SHA256, f.Digest)
		}
		if strings.HasPrefix(f.URL, "http") && f.Surt != cdxj.WabacSURT(f.URL) {
			t.Errorf("%s: got the key %s, want %s", f.URL, cdxj.WabacSURT(f.URL), f.Surt)
		}
	}
	n := 0
	for l, err := range p.Lines(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		f, ok := byOffset[l.Fields["offset"]+" "+l.Fields["length"]]
		if !ok || f.URL != l.Fields["url"] || f.Digest != l.Fields["digest"] {
			t.Errorf("our line %s is %+v for warcio.js", l, f)
		}
	}
	if n == 0 || n != types["response"]+types["revisit"] {
		t.Errorf("%d lines in the index; warcio.js finds %v", n, types)
	}
	t.Logf("%v", types)
}

func jsonNumber(n int64) string {
	b, err := json.Marshal(n)
	if err != nil {
		return ""
	}
	return string(b)
}
