package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// received are the notices that came to the hook of a script.
type received struct {
	mu     sync.Mutex
	bodies []string
	errs   []string
	news   chan struct{}
}

type hookKey struct{}

// hookOf returns the notices of a script.
func hookOf(ts *testscript.TestScript) *received {
	r, ok := ts.Value(hookKey{}).(*received)
	if !ok {
		ts.Fatalf("no hook")
	}
	return r
}

// hook receives notices, and notes those that are not signed as they should be.
func hook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hook SECRET")
	}
	r := hookOf(ts)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		h := hmac.New(sha256.New, []byte(args[0]))
		fmt.Fprintf(h, "%s.%s", req.Header.Get("X-Newsmorgue-Timestamp"), body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if want, got := "sha256="+hex.EncodeToString(h.Sum(nil)), req.Header.Get("X-Newsmorgue-Signature"); err != nil || req.Method != http.MethodPost || got != want {
			r.errs = append(r.errs, fmt.Sprintf("%s signed %q, want %q; %v", req.Method, got, want, err))
		}
		r.bodies = append(r.bodies, string(body))
		select {
		case r.news <- struct{}{}:
		default:
		}
	}))
	ts.Defer(srv.Close)
	ts.Setenv("HOOK", srv.URL+"/topsecret")
}

func delivered(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: delivered TEXT")
	}
	r := hookOf(ts)
	late := time.After(30 * time.Second)
	for {
		r.mu.Lock()
		all, errs := strings.Join(r.bodies, "\n"), r.errs
		r.mu.Unlock()
		if len(errs) > 0 {
			ts.Fatalf("%v", errs)
		}
		if strings.Contains(all, args[0]) {
			return
		}
		select {
		case <-r.news:
		case <-late:
			ts.Fatalf("no notice with %q in 30 s, but %s", args[0], all)
		}
	}
}

func freePort(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("LISTEN", l.Addr().String())
	ts.Check(l.Close())
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get URL STATUS")
	}
	last := ""
	for range 600 {
		res, err := http.Get(args[0])
		if err == nil {
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if last = fmt.Sprint(res.StatusCode); last == args[1] {
				_, _ = ts.Stdout().Write(body)
				return
			}
		}
		time.Sleep(50 * time.Millisecond) // another process begins to listen
	}
	ts.Fatalf("%s answers with %s, want %s", args[0], last, args[1])
}
