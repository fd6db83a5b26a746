package main

import (
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

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dirstore"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
)

// storySite serves stories in a chain, and counts the requests.
type storySite struct {
	*httptest.Server
	asked atomic.Int32
	// reached gets a value when the story of this number was requested.
	at      int
	reached chan struct{}
}

func newStorySite(t *testing.T, stories, at int) *storySite {
	s := &storySite{at: at, reached: make(chan struct{}, 1)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/story-%d.html", &n); err != nil && r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if n == s.at {
			select {
			case s.reached <- struct{}{}:
			default:
			}
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>Story %d</title><h1>Story %d</h1><p>%s</p>", n, n, strings.Repeat(fmt.Sprintf("A sentence of story %d about very little. ", n), 200))
		if n < stories {
			fmt.Fprintf(w, "<a href=/story-%d.html>on</a>", n+1)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// binary links this test's program under the name of the command.
func binary(t *testing.T, dir string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "newsmorgue")
	if err := os.Symlink(self, bin); err != nil {
		t.Skip(err) // as on Windows without the right to make links
	}
	return bin
}

// wantStored makes an archive of a stored copy, and checks that it is that of dir.
func wantStored(t *testing.T, store, dir string) {
	t.Helper()
	records := func(a *archive.Archive) (n int) {
		segs, err := a.Segments()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range segs {
			for _, err := range a.Captures(t.Context(), s.Name) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
		}
		return n
	}
	open := func(dir string) *archive.Archive {
		a, err := archive.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		return a
	}
	s, err := dirstore.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	fetched := filepath.Join(t.TempDir(), "fetched")
	if _, err := mirror.Fetch(t.Context(), s, fetched); err != nil {
		t.Fatal(err)
	}
	copied := open(fetched)
	if err := copied.Attach(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got, want := records(copied), records(open(dir)); got != want || want < 20 {
		t.Errorf("the stored copy has %d records, want %d", got, want)
	}
}

// TestStoreGoesAway takes the store away in the middle of a crawl. The crawl goes on until
// --max-unstored, pauses, and goes on when the store is back. In the end all is stored.
func TestStoreGoesAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bin, site := binary(t, dir), newStorySite(t, 30, 3)
	ar, store := filepath.Join(dir, "news"), filepath.Join(dir, "copy")
	cmd := exec.Command(bin, "archive", site.URL+"/", "-a", ar, "--store", store, "--ship-every", "1s", "--max-unstored", "60KB", "--delay", "100ms", "--max-depth", "100")
	cmd.Args[0] = bin
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer cmd.Process.Kill()
	select {
	case <-site.reached:
	case err := <-ended:
		t.Fatalf("the crawl ended: %v\n%s", err, out.String())
	case <-time.After(time.Minute):
		t.Fatal("the crawl does not begin")
	}
	if err := os.Rename(store, store+".away"); err != nil {
		t.Fatal(err)
	}
	// It pauses: no request for longer than the gate takes to look again.
	last, since := site.asked.Load(), time.Now()
	for begin := time.Now(); time.Since(since) < 7*time.Second; time.Sleep(50 * time.Millisecond) {
		if now := site.asked.Load(); now != last {
			last, since = now, time.Now()
		}
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("the crawl does not pause: %d requests", last)
		}
		select {
		case err := <-ended:
			t.Fatalf("the crawl ended without its store: %v, %d requests\n%s", err, last, out.String())
		default:
		}
	}
	if last > 25 {
		t.Errorf("it paused after %d requests only", last)
	}
	status, err := exec.Command(bin, "status", "-a", ar).CombinedOutput()
	if err != nil || !strings.Contains(string(status), "not stored yet") {
		t.Errorf("status: %v\n%s", err, status)
	}
	if err := os.Rename(store+".away", store); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
	case <-time.After(3 * time.Minute):
		t.Fatal("the crawl does not go on")
	}
	if got := out.String(); !strings.Contains(got, "complete") || !strings.Contains(got, "stored in") {
		t.Errorf("it says\n%s", got)
	}
	wantStored(t, store, ar)
}

// TestStoreStaysAway: a crawl whose store went away ends, says what is not stored, and the
// next run stores it.
func TestStoreStaysAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bin, site := binary(t, dir), newStorySite(t, 8, 3)
	ar, store := filepath.Join(dir, "news"), filepath.Join(dir, "copy")
	args := []string{"archive", site.URL + "/", "-a", ar, "--store", store, "--ship-every", "1s", "--delay", "100ms", "--max-depth", "100"}
	cmd := exec.Command(bin, args...)
	cmd.Args[0] = bin
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	select {
	case <-site.reached:
	case <-time.After(time.Minute):
		t.Fatal("the crawl does not begin")
	}
	if err := os.Rename(store, store+".away"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"complete", "not stored in " + store + " yet: ", "hint: nothing is lost"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if err := os.Rename(store+".away", store); err != nil {
		t.Fatal(err)
	}
	if again, err := exec.Command(bin, args...).CombinedOutput(); err != nil || !strings.Contains(string(again), "stored in ") {
		t.Errorf("again: %v\n%s", err, again)
	}
	wantStored(t, store, ar)
}
