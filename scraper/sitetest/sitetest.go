// Package sitetest serves sites to crawlers under test: by a handler or from the
// files of a txtar text, for any number of host names, over connections in
// memory, so that long waits pass in a testing/synctest bubble. It records when
// each request began and ended.
package sitetest

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"mime"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/tools/txtar"
)

// A Hit is one request that was answered.
type Hit struct {
	Host, Path string // Path with its query
	Start, End time.Time
}

// A Site is a server. Set its fields before the first Dial.
type Site struct {
	Handler http.Handler
	// Address is the IP address that a host has; one of its own if nil.
	Address func(host string) string
	// Down reports whether a host refuses connections now; never if nil.
	Down func(host string) bool

	once    sync.Once
	conns   chan net.Conn
	server  *http.Server
	stopped chan struct{}

	mu   sync.Mutex
	hits []Hit
}

// Files serves the files of a txtar text: / and what ends in / by index.html.
func Files(text []byte) http.Handler {
	files := map[string][]byte{}
	for _, f := range txtar.Parse(text).Files {
		files["/"+f.Name] = f.Data
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path
		if strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		body, ok := files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if t := mime.TypeByExtension(path.Ext(name)); t != "" {
			w.Header().Set("Content-Type", t)
		}
		_, _ = w.Write(body) // the client may be gone
	})
}

// Dial connects to the site, whatever the address; it has the form that
// net.Dialer's DialContext has.
func (s *Site) Dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if s.Down != nil && s.Down(host) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	s.once.Do(s.serve)
	ip := ""
	if s.Address != nil {
		ip = s.Address(host)
	}
	if ip == "" {
		h := fnv.New32a()
		h.Write([]byte(host))
		n := h.Sum32()
		ip = net.IPv4(203, byte(n>>16), byte(n>>8), byte(n)).String()
	}
	client, server := net.Pipe()
	select {
	case s.conns <- server:
		return &conn{client, &net.TCPAddr{IP: net.ParseIP(ip), Port: 80}}, nil
	case <-s.stopped:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Site) serve() {
	s.conns, s.stopped = make(chan net.Conn), make(chan struct{})
	s.server = &http.Server{ReadHeaderTimeout: time.Hour, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hit := Hit{Host: r.Host, Path: r.URL.RequestURI(), Start: time.Now()}
		defer func() {
			hit.End = time.Now()
			s.mu.Lock()
			s.hits = append(s.hits, hit)
			s.mu.Unlock()
		}()
		s.Handler.ServeHTTP(w, r)
	})}
	go func() { _ = s.server.Serve(listener{s}) }()
}

// Close ends the server and its connections.
func (s *Site) Close() error {
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

// Hits lists the requests by their start.
func (s *Site) Hits() []Hit {
	s.mu.Lock()
	defer s.mu.Unlock()
	hits := slices.Clone(s.hits)
	slices.SortStableFunc(hits, func(a, b Hit) int { return a.Start.Compare(b.Start) })
	return hits
}

// Asked counts the requests by host and path.
func (s *Site) Asked() map[string]int {
	n := map[string]int{}
	for _, h := range s.Hits() {
		n[h.Host+h.Path]++
	}
	return n
}

// A Gap is the time between two requests that follow each other in a group, from
// the end of one to the start of the next; it is negative where they overlap.
type Gap struct {
	Before, After Hit
	Rest          time.Duration
}

// Gaps lists the gaps of each group, by host if group is nil, the shortest first.
func (s *Site) Gaps(group func(Hit) string) []Gap {
	if group == nil {
		group = func(h Hit) string { return h.Host }
	}
	last := map[string]Hit{}
	var gaps []Gap
	for _, h := range s.Hits() {
		key := group(h)
		if before, ok := last[key]; ok {
			gaps = append(gaps, Gap{before, h, h.Start.Sub(before.End)})
		}
		if h.End.After(last[key].End) {
			last[key] = h
		}
	}
	slices.SortStableFunc(gaps, func(a, b Gap) int { return cmp.Compare(a.Rest, b.Rest) })
	return gaps
}

// conn is one end of a pipe with an address.
type conn struct {
	net.Conn
	addr net.Addr
}

func (c *conn) RemoteAddr() net.Addr { return c.addr }

type listener struct{ s *Site }

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.s.conns:
		return c, nil
	case <-l.s.stopped:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	select {
	case <-l.s.stopped:
		return errors.New("closed already")
	default:
		close(l.s.stopped)
		return nil
	}
}

func (l listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(203, 0, 113, 1), Port: 80} }
