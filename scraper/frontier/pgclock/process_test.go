package pgclock_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// politeRest is how long the hosts of TestTwoProcesses rest.
const politeRest = 300 * time.Millisecond

// A counter is a server for many hosts that notes who comes at the same time as another,
// or too early after it.
type counter struct {
	mu    sync.Mutex
	busy  map[string]bool
	ended map[string]time.Time
	asked map[string]int
	wrong []string
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	gap := time.Since(c.ended[r.Host])
	if c.busy[r.Host] {
		c.wrong = append(c.wrong, r.Host+r.URL.Path+" while another was asked for")
	}
	// The crawler counts from when it has the answer, which is later than here.
	if !c.ended[r.Host].IsZero() && gap < politeRest {
		c.wrong = append(c.wrong, fmt.Sprintf("%s%s after only %s", r.Host, r.URL.Path, gap))
	}
	c.busy[r.Host] = true
	c.asked[r.Host+r.URL.Path]++
	c.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	c.mu.Lock()
	c.busy[r.Host], c.ended[r.Host] = false, time.Now()
	c.mu.Unlock()
	if r.URL.Path == "/robots.txt" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	if child, ok := strings.CutPrefix(r.URL.Path, "/start"); ok {
		for i := range 5 {
			fmt.Fprintf(w, "<a href=%q>story</a>\n", fmt.Sprintf("/%s-%d", child, i))
		}
	}
}

type nothing struct{}

func (nothing) Prepare(context.Context, *scraper.Request) error { return nil }
func (nothing) Handle(context.Context, *scraper.Response) (scraper.Outcome, error) {
	return scraper.Outcome{}, nil
}

// TestTwoProcesses crawls the same three hosts by two processes over one database.
func TestTwoProcesses(t *testing.T) {
	if child := os.Getenv("PGCLOCK_CHILD"); child != "" {
		crawlAsChild(t, child)
		return
	}
	s := server(t)
	open(t, s.URL, pgclock.Options{})
	c := &counter{busy: map[string]bool{}, ended: map[string]time.Time{}, asked: map[string]int{}}
	srv := httptest.NewServer(c)
	defer srv.Close()
	var wg sync.WaitGroup
	for child := range 2 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestTwoProcesses$", "-test.timeout=3m")
		cmd.Env = append(os.Environ(), fmt.Sprintf("PGCLOCK_CHILD=%d", child), "PGCLOCK_DATABASE="+s.URL, "PGCLOCK_SERVER="+srv.Listener.Addr().String())
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("process %d: %v\n%s", child, err, out)
			}
		})
	}
	wg.Wait()
	for _, wrong := range c.wrong {
		t.Error(wrong)
	}
	for host := range 3 {
		for child := range 2 {
			for i := range 5 {
				if page := fmt.Sprintf("h%d.example/%d-%d", host, child, i); c.asked[page] != 1 {
					t.Errorf("%s was asked for %d times", page, c.asked[page])
				}
			}
		}
	}
}

func crawlAsChild(t *testing.T, child string) {
	ctx := context.Background()
	clocks, err := pgclock.Open(ctx, os.Getenv("PGCLOCK_DATABASE"), pgclock.Options{Machine: child})
	if err != nil {
		t.Fatal(err)
	}
	defer clocks.Close()
	front := machine(t, clocks)
	addr, dial := os.Getenv("PGCLOCK_SERVER"), map[string]string{}
	for i := range 3 {
		dial[fmt.Sprintf("h%d.example", i)] = addr
	}
	fetcher := fetch.New(fetch.Options{Dial: dial, DetectHTML: func(contentType string, _ []byte) bool { return contentType == "text/html" }})
	defer fetcher.Close()
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			seed := &url.URL{Scheme: "http", Host: fmt.Sprintf("h%d.example", i), Path: "/start" + child}
			scope, err := scraper.NewScope("site", seed)
			if err != nil {
				t.Error(err)
				return
			}
			c := &scraper.Crawler{Frontier: front, Fetcher: fetcher, Scope: scope, Handler: nothing{}, Site: seed.Host, Delay: politeRest, DelaySet: true}
			if _, err := c.Run(ctx, &scraper.Request{URL: seed}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
