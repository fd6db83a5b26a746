package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKilledTwentyTimes kills a crawl twenty times (kill -9). In the end the
// archive is undamaged and has every story once, and only requests in flight were
// made again.
func TestKilledTwentyTimes(t *testing.T) {
	t.Parallel()
	const stories, kills = 120, 20
	var mu sync.Mutex
	requests := map[string]int{}
	total := 0
	served := make(chan int, 10_000)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests[r.URL.Path]++
		total++
		served <- total
		mu.Unlock()
		var n int
		switch _, err := fmt.Sscanf(r.URL.Path, "/story-%d.html", &n); {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>Front</title><h1>Front</h1>")
			n = -1
		case err != nil:
			http.NotFound(w, r)
			return
		default:
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("ETag", fmt.Sprintf("%q", r.URL.Path))
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprintf(w, "<title>Story %d</title><meta property='article:published_time' content='2026-11-19'><article><h1>Story number %d</h1><p>%s</p></article>", n, n,
				strings.Repeat(fmt.Sprintf("A sentence of story %d about very little. ", n), 30))
		}
		// Each page links to the next few, so that a lost link is a lost story.
		for k := n + 1; k < min(n+4, stories); k++ {
			fmt.Fprintf(w, "<a href=/story-%d.html>on</a>", k)
		}
	}))
	defer srv.Close()
	dir := t.TempDir()
	bin := filepath.Join(dir, "newsmorgue")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	ar := filepath.Join(dir, "news")
	run := func(args ...string) *exec.Cmd {
		cmd := exec.Command(bin, append(args, "-a", ar)...)
		cmd.Args[0] = bin
		return cmd
	}
	for range kills {
		cmd := run("archive", srv.URL+"/", "--delay", "5ms", "--max-depth", "200")
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for n := 0; n < 6; n++ { // robots.txt and a few pages
			select {
			case <-served:
			case err := <-ended:
				t.Fatalf("the crawl ended before it was killed: %v\n%s", err, out.String())
			case <-time.After(30 * time.Second):
				t.Fatalf("no request in 30 s\n%s", out.String())
			}
		}
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		<-ended
		for len(served) > 0 {
			<-served
		}
	}
	last, err := run("archive", srv.URL+"/", "--delay", "0").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, last)
	}
	t.Logf("%s", last)
	if out, err := run("verify").CombinedOutput(); err != nil || !strings.Contains(string(out), ": no damage") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := run("list").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := range stories {
		if n := strings.Count(string(out), fmt.Sprintf("Story number %d\n", i)); n != 1 {
			t.Errorf("story %d is listed %d times", i, n)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	repeated := 0
	for path, n := range requests {
		if strings.HasPrefix(path, "/story") {
			repeated += n - 1
		}
	}
	// The crawl makes one request at a time, so each kill may interrupt one.
	if repeated > kills {
		t.Errorf("%d requests were repeated after %d kills", repeated, kills)
	}
	t.Logf("%d requests for %d stories were repeated after %d kills", repeated, stories, kills)
}
