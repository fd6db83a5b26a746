package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	// The tests that run in parallel are sessions and drills, which mostly wait. A flag on
	// the command line comes later, and counts.
	if err := flag.Set("test.parallel", fmt.Sprint(max(6, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	testscript.Main(tests{m}, map[string]func(){"newsmorgue": tunedMain})
}

type tests struct{ *testing.M }

// atEnd is called when all tests have ended.
var atEnd []func()

func (t tests) Run() int {
	defer func() {
		for _, do := range atEnd {
			do()
		}
	}()
	return t.M.Run()
}

// TestScripts runs testdata/scripts; each script is a user's session. Its extra
// commands are:
//
//	serve DIR            serve a folder on loopback as $SITE; later changes of files are served, too
//	asked PATH           wait until a path was requested
//	requests PATH N      check how often a path was requested
//	flip DIR PERCENT     flip a bit of the first file in a folder, at this position
//	held ARCHIVE TEXT    check that the decoded segments contain a text
//	copy FROM TO         copy a folder file by file, as cp -r does
//	hook SECRET          receive notices on loopback at $HOOK, and check that they are signed
//	delivered TEXT       wait until a notice with this text was received
//	freeport             set $LISTEN to an address of this machine that is free
//	tsa FILE             serve a time-stamp authority at $TSA, and write its root certificate
//	record NAME PROOF    set a variable to the ID of the response in a proof
//	warcfile FILE [PAGE URL DATE]...  write a WARC file as wget does
//	get URL STATUS       wait until a URL answers with a status, and print the body
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "testdata", "scripts"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Values[siteKey{}] = newServed()
			env.Values[hookKey{}] = &received{news: make(chan struct{}, 1)}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":    serve,
			"requests": requests,
			"asked":    asked,
			"flip":     flip,
			"held":     held,
			"copy":     copyTree,

			"hook":      hook,
			"delivered": delivered,
			"freeport":  freePort,
			"get":       get,
			"tsa":       timeStampAuthority,
			"record":    recordID,
			"warcfile":  warcFile,
		},
	})
}

type siteKey struct{}

// served counts the requests to the site of one script.
type served struct {
	mu      sync.Mutex
	changed *sync.Cond
	asked   map[string]int
}

func newServed() *served {
	s := &served{asked: map[string]int{}}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func siteFor(ts *testscript.TestScript) *served {
	s, ok := ts.Value(siteKey{}).(*served)
	if !ok {
		ts.Fatalf("no site")
	}
	return s
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve DIR")
	}
	s, dir := siteFor(ts), ts.MkAbs(args[0])
	s.mu.Lock()
	clear(s.asked) // of an earlier site
	s.mu.Unlock()
	files := http.FileServer(http.Dir(dir))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.URL.Path]++
		s.changed.Broadcast()
		s.mu.Unlock()
		if strings.HasPrefix(r.URL.Path, "/wall/") { // a bot wall instead of a page
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<title>Just a moment...</title><h1>Checking your browser</h1><p>Please wait.</p>")
			return
		}
		if handle := oddResponses[r.URL.Path]; handle != nil {
			handle(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})}
	go func() { _ = srv.Serve(l) }()
	ts.Defer(func() { srv.Close() })
	ts.Setenv("SITE", "http://"+l.Addr().String())
	ts.Setenv("ADDR", l.Addr().String())
}

// oddResponses are responses that a folder of files cannot give. Every served
// site has these paths.
var oddResponses = map[string]http.HandlerFunc{
	"/odd/huge": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		line := strings.Repeat("word ", 200) + "</p><p>"
		for range 50 << 20 / len(line) {
			if _, err := fmt.Fprint(w, line); err != nil {
				return
			}
		}
	},
	"/odd/binary": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write([]byte("\x00\x01\x02\xff\xfe"))
	},
	"/odd/never": func(w http.ResponseWriter, r *http.Request) { // a body without an end
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>Slow</title>")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	},
	"/odd/busy": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "300")
		w.WriteHeader(http.StatusServiceUnavailable)
	},
	"/odd/again": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
	"/odd/coded": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		w.Header().Set("Content-Encoding", "compress")
		_, _ = w.Write([]byte("\x1f\x9d\x90\x00\x01\x02\x03\x04\xff\xfe\x00\x00"))
	},
	"/odd/empty": func(http.ResponseWriter, *http.Request) {},
	"/odd/cut": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", "100000")
		fmt.Fprint(w, "<html><body><p>"+strings.Repeat("half of a story ", 100))
		_ = http.NewResponseController(w).Flush()
		if h, ok := w.(http.Hijacker); ok {
			if c, _, err := h.Hijack(); err == nil {
				c.Close()
			}
		}
	},
	"/odd/moved": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/private/x.html", http.StatusFound) },
	"/odd/loop":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/odd/loop", http.StatusFound) },
	"/odd/wall": func(w http.ResponseWriter, r *http.Request) { // until a cookie comes back
		if c, err := r.Cookie("seen"); err != nil || c.Value != "topsecret" {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "topsecret", Path: "/"})
			http.Redirect(w, r, "/odd/wall", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html lang=en><head><title>Behind the wall</title><meta property=og:type content=article><meta property=article:published_time content=2026-10-01T10:00:00Z></head><body><article><h1>Behind the wall</h1><p>By Jane Doe</p>")
		for i := range 5 {
			fmt.Fprintf(w, "<p>In part %d of its debate, the council said that the wall was high, and the mayor of the town said that the garden behind it was worth a visit in the spring.</p>", i)
		}
	},
	"/odd/away": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://big.test/paper.html", http.StatusMovedPermanently)
	},
	"/odd/newhost": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://new.paper.test/", http.StatusMovedPermanently)
	},
	"/odd/deep": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>Deep down</title>"+strings.Repeat("<div>", 100_000)+"<p>A word from the bottom of the page.</p><a href=/bottom.html>b</a>"+strings.Repeat("</div>", 100_000))
	},
	"/odd/packed": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		zw := gzip.NewWriter(w)
		defer zw.Close()
		fmt.Fprint(zw, "<title>Packed</title><p>A packed story.</p>")
	},
	"/odd/cookies": func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "topsecret"})
		fmt.Fprint(w, "<p>hello</p>")
	},
}

func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: requests PATH N")
	}
	s := siteFor(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := fmt.Sprint(s.asked[args[0]]); got != args[1] {
		ts.Fatalf("%s was requested %s times, want %s", args[0], got, args[1])
	}
}

func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asked PATH")
	}
	s := siteFor(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	late := false
	defer time.AfterFunc(30*time.Second, func() { s.mu.Lock(); late = true; s.changed.Broadcast(); s.mu.Unlock() }).Stop()
	for s.asked[args[0]] == 0 {
		if late {
			ts.Fatalf("%s was not requested in 30 s", args[0])
		}
		s.changed.Wait()
	}
}

func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip DIR PERCENT")
	}
	dir := ts.MkAbs(args[0])
	entries, err := os.ReadDir(dir)
	ts.Check(err)
	percent, err := strconv.Atoi(args[1])
	ts.Check(err)
	path := filepath.Join(dir, entries[0].Name())
	body, err := os.ReadFile(path)
	ts.Check(err)
	body[len(body)*percent/100] ^= 1
	ts.Check(os.Remove(path)) // it is read-only
	ts.Check(os.WriteFile(path, body, 0o644))
}

func held(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: held ARCHIVE TEXT")
	}
	found := false
	dir := filepath.Join(ts.MkAbs(args[0]), "segments")
	entries, err := os.ReadDir(dir)
	ts.Check(err)
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		ts.Check(err)
		if strings.HasSuffix(e.Name(), ".zst") {
			dec, err := zstd.NewReader(bytes.NewReader(body))
			ts.Check(err)
			body, err = io.ReadAll(dec)
			ts.Check(err)
			dec.Close()
		}
		found = found || bytes.Contains(body, []byte(args[1]))
	}
	if found == neg {
		ts.Fatalf("held %q: %t", args[1], found)
	}
}

func copyTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copy FROM TO")
	}
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	ts.Check(filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		rel, rerr := filepath.Rel(from, path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed after it was listed
		}
		if err = errors.Join(err, rerr); err != nil {
			return err
		}
		if d.IsDir() {
			return os.Mkdir(filepath.Join(to, rel), 0o755)
		}
		body, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), body, 0o644)
	}))
}

// TestDemoKeepsEveryArticle compares the archived articles of the demo newspaper
// with their expected values.
func TestDemoKeepsEveryArticle(t *testing.T) {
	checkDemo(t, filepath.Join(t.TempDir(), "demo"))
}
