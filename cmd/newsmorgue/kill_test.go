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

// TestKilledTwentyTimes: kill -9 in mid-crawl, twenty times; in the end the
// archive is whole and holds every story once, and nothing was asked for again
// but what was under way.
func TestKilledTwentyTimes(t *testing.T) {
	const stories, kills = 120, 20
	var mu sync.Mutex
	asked := map[string]int{}
	total := 0
	came := make(chan int, 10_000)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		total++
		came <- total
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
				strings.Repeat(fmt.Sprintf("A sentence of story %d that says a little. ", n), 30))
		}
		// Each leads to the next few, so that a lost link is a lost story.
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
			case <-came:
			case err := <-ended:
				t.Fatalf("ended by itself: %v\n%s", err, out.String())
			case <-time.After(30 * time.Second):
				t.Fatalf("nothing was asked for\n%s", out.String())
			}
		}
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		<-ended
		for len(came) > 0 {
			<-came
		}
	}
	last, err := run("archive", srv.URL+"/", "--delay", "0").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, last)
	}
	t.Logf("%s", last)
	if out, err := run("verify").CombinedOutput(); err != nil || !strings.Contains(string(out), ": whole") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := run("list").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := range stories {
		if n := strings.Count(string(out), fmt.Sprintf("Story number %d\n", i)); n != 1 {
			t.Errorf("story %d is there %d times", i, n)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	again := 0
	for path, n := range asked {
		if strings.HasPrefix(path, "/story") {
			again += n - 1
		}
	}
	// One request at a time: each kill may have cut one.
	if again > kills {
		t.Errorf("%d requests were made again after %d kills", again, kills)
	}
	t.Logf("%d of %d stories asked for again after %d kills", again, stories, kills)
}
