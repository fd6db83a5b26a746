package keep_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

const serveEnv = "NEWSMORGUE_TEST_SERVE" // how many stories

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(serveEnv)); err == nil {
		os.Exit(servePaper(n))
	}
	os.Exit(m.Run())
}

// A press makes pages of some 80 kB: a frame with menus, a story of 700 words,
// teasers; each links to some 200 URLs of the site.
type press struct {
	stories    int
	head, foot string
	words      []string
}

func newPress(stories int) *press {
	r := rand.New(rand.NewPCG(4, 2))
	p := &press{stories: stories}
	for range 6000 {
		b := make([]byte, 2+r.IntN(9))
		for k := range b {
			b[k] = "etaoinshrdlucmfwypvbgk"[r.IntN(22)]
		}
		p.words = append(p.words, string(b))
	}
	var menu strings.Builder
	for i := range 110 {
		fmt.Fprintf(&menu, `<li id="menu-item-%d" class="menu-item menu-item-type-taxonomy menu-item-object-category"><a href="/section/%s/" class="menu-link" data-track="nav:%x">%s</a></li>`+"\n",
			i, p.words[i%25], r.Uint64(), p.words[i*3])
	}
	var style strings.Builder
	for i := range 120 {
		fmt.Fprintf(&style, ".%s-%d{margin:%dpx;padding:%dpx;color:#%06x}", p.words[i], i, i%9, i%7, r.IntN(1<<24))
	}
	p.head = "<style>" + style.String() + "</style></head><body><header class=\"site-header\"><nav><ul>" + menu.String() + "</ul></nav></header><main>"
	p.foot = "</main><footer class=\"site-footer\"><ul>" + menu.String() + "</ul><p>Contact us: desk@paper.example, Tel: +44 20 7946 0321</p></footer></body></html>"
	return p
}

func (p *press) text(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(p.words[int(r.ExpFloat64()*500)%len(p.words)])
		b.WriteString([]string{" ", " ", " ", " ", ", ", " ", ". "}[i%7])
	}
	return strings.TrimSpace(b.String())
}

func (p *press) page(i int) string {
	r := rand.New(rand.NewPCG(uint64(i), 3))
	title := p.text(r, 9)
	var b strings.Builder
	b.Grow(90_000)
	fmt.Fprintf(&b, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s | The Paper</title><link rel="canonical" href="/story-%d.html">`, title, i)
	fmt.Fprintf(&b, `<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"%s","datePublished":"2026-%02d-%02dT08:00:00Z","author":[{"@type":"Person","name":"Ann Lee"}]}</script>`, title, 1+i%12, 1+i%28)
	b.WriteString(p.head)
	fmt.Fprintf(&b, `<article><h1>%s</h1><p class="byline">By <a href="/author/ann-lee/" rel="author">Ann Lee</a></p>`, title)
	for range 12 {
		b.WriteString("<p>" + p.text(r, 60) + "</p>\n")
	}
	fmt.Fprintf(&b, `<figure><img src="/img/%d.jpg" alt=""><figcaption>%s (Photo: Tom Roe)</figcaption></figure></article><aside><h2>More</h2>`, i, p.text(r, 12))
	for k := range 70 {
		to := r.IntN(p.stories)
		if k < 3 {
			to = (i + k + 1) % p.stories // so that each story can be reached
		}
		fmt.Fprintf(&b, `<div class="teaser teaser--small"><a class="teaser__link" href="/story-%d.html"><img loading="lazy" src="/img/%d.jpg" alt=""><h3 class="teaser__title">%s</h3></a><p class="teaser__text">%s</p></div>`+"\n",
			to, to, p.text(r, 7), p.text(r, 20))
	}
	b.WriteString("</aside>" + p.foot)
	return b.String()
}

// servePaper is the server's process: it prints its address and, at the end of
// its input, how often pages were asked for.
func servePaper(stories int) int {
	p := newPress(stories)
	made := make([][]byte, min(stories, 5000)) // a larger site makes the rest as it goes
	for i := range made {
		made[i] = []byte(p.page(i))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1
	}
	var mu sync.Mutex
	asked := map[string]int{}
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var i int
			_, err := fmt.Sscanf(r.URL.Path, "/story-%d.html", &i)
			switch {
			case r.URL.Path == "/":
				i = 0
			case err != nil || i >= stories:
				http.NotFound(w, r)
				return
			}
			mu.Lock()
			asked[r.URL.Path]++
			mu.Unlock()
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			var body []byte
			if i < len(made) {
				body = made[i]
			} else {
				body = []byte(p.page(i))
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body)
		}))
	}()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	twice := 0
	for _, n := range asked {
		if n > 1 {
			twice++
		}
	}
	fmt.Println(len(asked), twice)
	return 0
}

type paperServer struct {
	addr string
	in   io.WriteCloser
	out  *io.PipeReader
	cmd  *exec.Cmd
}

func startPaper(b *testing.B, stories int) *paperServer {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveEnv+"="+strconv.Itoa(stories))
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s := &paperServer{in: in, out: r, cmd: cmd}
	if _, err := fmt.Fscanln(r, &s.addr); err != nil {
		b.Fatal(err)
	}
	return s
}

// end stops the server and returns how many URLs were asked for, and how many of
// them twice or more.
func (s *paperServer) end(b *testing.B) (asked, twice int) {
	b.Helper()
	s.in.Close()
	if _, err := fmt.Fscanln(s.out, &asked, &twice); err != nil {
		b.Fatal(err)
	}
	s.out.Close()
	_ = s.cmd.Wait() // it has said all
	return asked, twice
}

// bare fetches each page over 8 connections and parses it: the floor of a
// crawler that reads pages.
func bare(b *testing.B, addr string, stories int) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	work := make(chan int)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range work {
				resp, err := client.Get(fmt.Sprintf("http://%s/story-%d.html", addr, i))
				if err != nil {
					b.Error(err)
					continue
				}
				if _, err := html.Parse(resp.Body); err != nil {
					b.Error(err)
				}
				resp.Body.Close()
			}
		})
	}
	for i := range stories {
		work <- i
	}
	close(work)
	wg.Wait()
}

func crawlPaper(b *testing.B, addr string, noExtract bool) *keep.Summary {
	b.Helper()
	ar, err := archive.Create(filepath.Join(b.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		b.Fatal(err)
	}
	defer ar.Close()
	run := &keep.Run{Archive: ar, Name: addr, Seeds: []string{"http://" + addr + "/"}, Budget: keep.MemoryBudget(),
		Settings: keep.Settings{DelaySet: true, PerHost: 8, MaxDepth: 1_000_000, NoExtract: noExtract, Assets: "none", Software: "newsmorgue/test"}}
	sum, err := run.Do(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	return sum
}

var storiesFlag = flag.Int("stories", 3000, "how many stories BenchmarkCrawl's site has")

// BenchmarkCrawl crawls a site of 3,000 stories of some 80 kB on loopback, whose
// server is another process, and reports processor time a page: bare (fetch and
// html.Parse), archive (crawl and keep), all (articles too), and how many times
// the bare loop the last two take; the most memory in use, sampled. A profile
// has the phases as labels: go tool pprof -tagfocus phase=all.
func BenchmarkCrawl(b *testing.B) {
	stories := *storiesFlag
	for b.Loop() {
		var times [3]float64
		var most uint64
		for i, phase := range []string{"bare", "archive", "all"} {
			s := startPaper(b, stories)
			runtime.GC()
			stop, peak := make(chan struct{}), make(chan uint64)
			go watchMemory(stop, peak)
			before, wall := cpu(), time.Now()
			pages := stories
			pprof.Do(b.Context(), pprof.Labels("phase", phase), func(context.Context) {
				if phase == "bare" {
					bare(b, s.addr, stories)
				} else {
					pages = crawlPaper(b, s.addr, phase == "archive").Pages
				}
			})
			times[i] = (cpu() - before).Seconds() * 1000 / float64(pages)
			took := time.Since(wall)
			close(stop)
			if m := <-peak; phase == "all" {
				most = m
			}
			asked, twice := s.end(b)
			if phase != "bare" && (pages != stories+1 || asked != stories+1 || twice != 0) {
				b.Errorf("%s: %d pages, %d URLs asked for, %d of them again; want %d, each once", phase, pages, asked, twice, stories+1)
			}
			b.ReportMetric(times[i], phase+"-cpu-ms/page")
			b.ReportMetric(float64(pages)/took.Seconds(), phase+"-pages/s")
		}
		b.ReportMetric(times[1]/times[0], "archive/bare")
		b.ReportMetric(times[2]/times[0], "all/bare")
		b.ReportMetric(float64(most)/1e6, "MB")
	}
}

// watchMemory samples what the process holds of the system's memory.
func watchMemory(stop <-chan struct{}, peak chan<- uint64) {
	most := uint64(0)
	for {
		select {
		case <-stop:
			peak <- most
			return
		case <-time.After(20 * time.Millisecond):
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
		}
	}
}

// BenchmarkCatchUp brings an empty frontier up to the records of so many pages, as a
// takeover does without a snapshot.
func BenchmarkCatchUp(b *testing.B) {
	const pages = 2000
	site := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/story-%d.html", &n); err != nil && r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>Story %d</title><meta property='article:published_time' content='2026-11-19'><nav>", n)
		for i := range 60 {
			fmt.Fprintf(w, "<a href='/story-%d.html'>Story %d</a> ", (n*7+i*31+1)%pages, i)
		}
		fmt.Fprintf(w, "</nav><article><h1>Story number %d</h1>", n)
		for i := range 30 {
			fmt.Fprintf(w, "<p>Paragraph %d of story %d says at some length, for a paragraph, that %d is not the number of the story, which has another one, %d.</p>", i, n, n+i+1, n)
		}
		fmt.Fprint(w, "</article>")
	})}
	defer site.Close()
	ar, err := archive.Create(filepath.Join(b.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		b.Fatal(err)
	}
	defer ar.Close()
	run := keep.Run{Archive: ar, Name: "a.example", Scope: "site", Seeds: []string{"http://a.example/"}, Connect: site.Dial, Seal: true,
		Settings: keep.Settings{DelaySet: true, MaxDepth: 200, Assets: "none", Software: "newsmorgue/test"}}
	start := time.Now()
	sum, err := run.Do(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("crawl: %d pages in %v", sum.Pages, time.Since(start))
	for b.Loop() {
		for _, end := range []string{"", "-wal", "-shm"} {
			os.Remove(filepath.Join(ar.Dir(), "frontier.sqlite"+end))
		}
		start := time.Now()
		n, err := run.CatchUp(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "answers/s")
	}
}
