// Package drill has what the drills of many machines need: newspapers that count and time
// what they are asked, processes that are killed and stopped, and a wire that can be cut.
package drill

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Town has newspapers, each on a host of its own. It serves them on loopback and notes
// every request.
type Town struct {
	Stories int           // of each newspaper; 10 if zero
	Answer  time.Duration // how long an answer takes; a request and the next may then overlap

	mu       sync.Mutex
	papers   []*Paper
	requests []*Request
	servers  []*http.Server
	waits    map[string]wait // host → the next answer asks to wait
}

type wait struct {
	path string
	time time.Duration
}

// A Paper is one host.
type Paper struct {
	Host string // "paper-03.example"
	Addr string // where it is served: "127.0.1.3:4711"
}

// A Request is one that came, in the order in which they came.
type Request struct {
	Host, Addr, Path string
	Agent            string
	Start, End       time.Time     // End is zero while it is being answered
	Wait             time.Duration // that the answer asked for
}

// Shared is the host that all pages embed a style sheet of.
const Shared = "style.shared.example"

// Open serves newspapers: hosts in all, of which one is Shared and the last two of the
// others are on one address.
func (t *Town) Open(hosts int) error {
	t.waits = map[string]wait{}
	if t.Stories == 0 {
		t.Stories = 10
	}
	names := []string{Shared}
	for i := 1; i < hosts; i++ {
		names = append(names, fmt.Sprintf("paper-%02d.example", i))
	}
	addr := ""
	for i, name := range names {
		if i < len(names)-1 || addr == "" {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.1.%d:0", i+1))
			if err != nil {
				t.Close()
				return err
			}
			addr = l.Addr().String()
			srv := &http.Server{Handler: t.serve(addr), ReadHeaderTimeout: 10 * time.Second}
			t.servers = append(t.servers, srv)
			go func() { _ = srv.Serve(l) }() // ends with ErrServerClosed
		}
		t.papers = append(t.papers, &Paper{Host: name, Addr: addr})
	}
	return nil
}

// Close ends the servers.
func (t *Town) Close() {
	for _, s := range t.servers {
		s.Close()
	}
}

// Papers are the newspapers, without the shared host.
func (t *Town) Papers() []*Paper { return t.papers[1:] }

// Dial says where each host is: "host=ip:port", by commas.
func (t *Town) Dial() string {
	var all []string
	for _, p := range t.papers {
		all = append(all, p.Host+"="+p.Addr)
	}
	return strings.Join(all, ",")
}

// AskToWait makes the next answer of a host for a path a 503 with Retry-After, in whole
// seconds; none if they are zero.
func (t *Town) AskToWait(host, path string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waits[host] = (wait{path, d}); d == 0 {
		delete(t.waits, host)
	}
}

// Asked reports whether a host has asked to wait since AskToWait.
func (t *Town) Asked(host string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, held := t.waits[host]
	return !held && slices.ContainsFunc(t.requests, func(r *Request) bool { return r.Host == host && r.Wait > 0 })
}

// Requests are those that came so far.
func (t *Town) Requests() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Request, len(t.requests))
	for i, r := range t.requests {
		all[i] = *r
	}
	return all
}

// Count is the number of requests so far.
func (t *Town) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.requests)
}

func (t *Town) serve(addr string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &Request{Host: r.Host, Addr: addr, Path: r.URL.Path, Agent: r.UserAgent(), Start: time.Now()}
		t.mu.Lock()
		t.requests = append(t.requests, q)
		held, asked := t.waits[r.Host]
		if asked = asked && (held.path == "" || held.path == q.Path) && q.Path != "/robots.txt"; asked {
			delete(t.waits, r.Host)
		}
		t.mu.Unlock()
		time.Sleep(t.Answer)
		defer func() {
			t.mu.Lock()
			q.End = time.Now()
			if asked {
				q.Wait = held.time
			}
			t.mu.Unlock()
		}()
		if asked {
			w.Header().Set("Retry-After", fmt.Sprint(int(held.time.Seconds())))
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		t.page(w, r)
	})
}

// page writes a front page, a story or a style sheet. Each story links to the next
// two, so that a link that is lost is a story that is lost.
func (t *Town) page(w http.ResponseWriter, r *http.Request) {
	n := 0
	switch _, err := fmt.Sscanf(r.URL.Path, "/2026/11/story-%d.html", &n); {
	case r.Host == Shared && r.URL.Path == "/style.css":
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "article{font-family:serif}")
		return
	case r.Host == Shared, r.URL.Path == "/robots.txt":
		http.NotFound(w, r)
		return
	case r.URL.Path == "/":
	case err != nil, n < 1, n > t.Stories:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><html lang=en><head><title>%s</title><link rel=stylesheet href=http://%s/style.css>", title(r.Host, n), Shared)
	if n > 0 {
		fmt.Fprintf(w, "<meta property=article:published_time content=2026-11-%02dT08:00:00Z></head><body><article><h1>%s</h1>", 1+n%28, title(r.Host, n))
		for k := range 6 {
			fmt.Fprintf(w, "<p>The council of %s met for the %d. time about the bridge number %d, and nobody who was there could say when it will be built, or by whom.</p>", r.Host, k+1, n)
		}
		fmt.Fprint(w, "</article>")
	} else {
		fmt.Fprint(w, "</head><body><h1>News</h1>")
	}
	fmt.Fprint(w, "<ul>")
	for k := n + 1; k <= min(n+2, t.Stories); k++ {
		fmt.Fprintf(w, "<li><a href=/2026/11/story-%d.html>%s</a></li>", k, title(r.Host, k))
	}
	fmt.Fprint(w, "</ul></body></html>")
}

func title(host string, n int) string {
	if n == 0 {
		return "Front page of " + host
	}
	return fmt.Sprintf("Bridge number %d is late again in %s", n, host)
}

// Impolite lists what a crawl with a delay must not do: two requests at a time to a host
// or an address, one before the rest of it has passed since the end of the last answer,
// one while it was told to wait. slack is what a clock of the town may be off by, as a
// server notes the end of an answer after the client has it.
func (t *Town) Impolite(delay, slack time.Duration) []string {
	var wrong []string
	for _, key := range []func(Request) string{func(r Request) string { return r.Host }, func(r Request) string { return r.Addr }} {
		last := map[string]Request{}
		rest := map[string]time.Time{}
		all := t.Requests()
		slices.SortStableFunc(all, func(a, b Request) int { return a.Start.Compare(b.Start) })
		for _, r := range all {
			k := key(r)
			if before, ok := last[k]; ok {
				switch gap := r.Start.Sub(before.End); {
				case before.End.IsZero() || gap < -slack:
					wrong = append(wrong, fmt.Sprintf("%s: %s asked %s while %s%s was being answered", k, r.Host, r.Path, before.Host, before.Path))
				case gap < delay-slack:
					wrong = append(wrong, fmt.Sprintf("%s: %s%s only %s after %s%s", k, r.Host, r.Path, gap.Round(time.Millisecond), before.Host, before.Path))
				case r.Start.Before(rest[k].Add(-slack)):
					wrong = append(wrong, fmt.Sprintf("%s: %s%s comes %s before it may", k, r.Host, r.Path, rest[k].Sub(r.Start).Round(time.Millisecond)))
				}
			}
			if r.Wait > 0 && r.End.Add(r.Wait).After(rest[k]) {
				rest[k] = r.End.Add(r.Wait)
			}
			last[k] = r
		}
	}
	return wrong
}

// Twice lists the pages that were asked for more than once since a request, without
// robots.txt and the answers that asked to wait.
func (t *Town) Twice(since int) map[string]int {
	counts := map[string]int{}
	for _, r := range t.Requests()[since:] {
		if r.Path != "/robots.txt" && r.Wait == 0 {
			counts[r.Host+r.Path]++
		}
	}
	for k, n := range counts {
		if n < 2 {
			delete(counts, k)
		}
	}
	return counts
}
