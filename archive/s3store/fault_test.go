package s3store

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

func wantObject(t *testing.T, s archive.Store, name, want string) {
	t.Helper()
	r, _, err := s.ReadRange(t.Context(), name, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != want {
		t.Errorf("%s has %.40q, %v; want %.40q", name, b, err, want)
	}
}

func wantDenied(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, archive.ErrDenied) || !strings.Contains(err.Error(), "hint:") {
		t.Errorf("got %v, want ErrDenied and a hint", err)
	}
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("the error has the secret key: %v", err)
	}
}

func xmlError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
}

// failFirst lets the first n requests fail.
func failFirst(n int32, fail http.HandlerFunc) func(http.Handler) http.Handler {
	var count atomic.Int32
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if count.Add(1) <= n {
				fail(w, r)
				return
			}
			h.ServeHTTP(w, r)
		})
	}
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	c.Close()
}

// TestTriesAgain has faults that are gone a moment later.
func TestTriesAgain(t *testing.T) {
	answer := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { xmlError(w, status, code, "later") }
	}
	faults := map[string]http.HandlerFunc{
		"InternalError":   answer(500, "InternalError"),
		"SlowDown":        answer(503, "SlowDown"),
		"TooMany":         answer(429, "TooManyRequests"),
		"Conflict":        answer(409, "ConditionalRequestConflict"),
		"BadGateway":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusBadGateway) },
		"HangUp":          hangUp,
		"HangUpAfterBody": func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); hangUp(w, r) },
		"HangUpInBody":    func(w http.ResponseWriter, r *http.Request) { io.CopyN(io.Discard, r.Body, 10_000); hangUp(w, r) },
	}
	body := strings.Repeat("0123456789", 100_000)
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			s := fake(t, failFirst(2, fault))
			o, err := s.Put(t.Context(), "a", strings.NewReader(body), int64(len(body)))
			if err != nil {
				t.Fatalf("Put: %v", err)
			}
			wantObject(t, s, "a", body)
			steps := map[string]func(*Store) error{
				"replace": func(s *Store) error {
					_, err := s.Replace(t.Context(), "a", o.ETag, strings.NewReader("new"), 3)
					return err
				},
				"list": func(s *Store) error {
					for _, err := range s.List(t.Context(), "") {
						return err
					}
					return errors.New("nothing was listed")
				},
				"read":   func(s *Store) error { wantObject(t, s, "a", "new"); return nil },
				"remove": func(s *Store) error { return s.Remove(t.Context(), "a") },
			}
			for _, step := range []string{"replace", "list", "read", "remove"} {
				h := failFirst(2, fault)(forward(s.host))
				if err := steps[step](serve(t, h)); err != nil {
					t.Errorf("%s: %v", step, err)
				}
			}
		})
	}
}

// forward is a handler that asks another server with the same headers.
func forward(host string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", host
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
	})
}

// TestTriesAreBounded has faults that stay.
func TestTriesAreBounded(t *testing.T) {
	var n atomic.Int32
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		xmlError(w, 503, "SlowDown", "please")
	}))
	_, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1)
	if err == nil || !strings.Contains(err.Error(), "SlowDown") || !strings.Contains(err.Error(), "after 6 tries") {
		t.Errorf("Put: %v", err)
	}
	if n.Load() != 6 {
		t.Errorf("%d requests, want 6", n.Load())
	}
}

// TestLostAnswer has an object stored by a request whose answer is lost.
func TestLostAnswer(t *testing.T) {
	var count atomic.Int32
	s := fake(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if count.Add(1) == 1 {
				h.ServeHTTP(httptest.NewRecorder(), r)
				hangUp(w, r)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	_, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1)
	if !errors.Is(err, archive.ErrExists) {
		t.Errorf("Put whose answer was lost: %v", err)
	}
	wantObject(t, s, "a", "x")
}

// TestOneRequest counts requests: uploads in parts would lose the condition.
func TestOneRequest(t *testing.T) {
	var requests []string
	s := fake(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests = append(requests, r.Method+" "+r.URL.RawQuery+" "+r.Header.Get("If-None-Match")+r.Header.Get("If-Match"))
			h.ServeHTTP(w, r)
		})
	})
	body := strings.Repeat("0123456789", 4<<20)
	want := func(what string, err error, request string) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if len(requests) != 1 || requests[0] != request {
			t.Errorf("%s made the requests %q, want %q", what, requests, request)
		}
		requests = nil
	}
	o, err := s.Put(t.Context(), "a", strings.NewReader(body), int64(len(body)))
	want("Put", err, "PUT  *")
	_, err = s.Replace(t.Context(), "a", o.ETag, strings.NewReader(body), int64(len(body)))
	want("Replace", err, `PUT  "`+o.ETag+`"`)
	r, _, err := s.ReadRange(t.Context(), "a", -100, -1)
	want("ReadRange", err, "GET  ")
	r.Close()
	want("Remove", s.Remove(t.Context(), "a"), "DELETE  ")
}

// TestExists does not send the body of a large object that exists.
func TestExists(t *testing.T) {
	var received atomic.Int64
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		xmlError(w, 412, "PreconditionFailed", "it exists")
	}))
	body := &countingBody{strings.NewReader(strings.Repeat("x", 8<<20)), &received}
	_, err := s.Put(t.Context(), "a", body, 8<<20)
	if !errors.Is(err, archive.ErrExists) {
		t.Errorf("Put: %v", err)
	}
	if n := received.Load(); n > 9<<20 {
		t.Errorf("%d bytes of the body were read, want little more than one time 8 MiB", n)
	}
}

type countingBody struct {
	*strings.Reader
	n *atomic.Int64
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.n.Add(int64(n))
	return n, err
}

// WriteTo hides that of strings.Reader.
func (b *countingBody) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{b})
}

// TestStall has a server that does not go on.
func TestStall(t *testing.T) {
	end := make(chan struct{})
	s := fake(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				w.Header().Set("Content-Length", "1000")
				w.Header().Set("ETag", `"x"`)
				w.Write(make([]byte, 10))
				w.(http.Flusher).Flush()
			}
			<-end
		})
	})
	t.Cleanup(func() { close(end) }) // before the server waits for its handlers
	u := s.host
	st, err := Open("s3://bucket?endpoint=http://"+u, Options{Tries: 2, Wait: time.Millisecond, Stall: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if _, err := st.Put(t.Context(), "a", strings.NewReader("x"), 1); err == nil {
		t.Error("Put: no error")
	}
	r, _, err := st.ReadRange(t.Context(), "a", 0, -1)
	if err == nil {
		_, err = io.ReadAll(r)
		r.Close()
	}
	if err == nil {
		t.Error("ReadRange: no error")
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

// TestProbe has servers that ignore one of the conditions.
func TestProbe(t *testing.T) {
	tests := map[string]string{"If-None-Match": "ignores If-None-Match", "If-Match": "ignores If-Match", "": ""}
	for header, want := range tests {
		s := fake(t, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Del(header)
				h.ServeHTTP(w, r)
			})
		})
		err := archive.ProbeStore(t.Context(), s)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("without %s: %v", header, err)
		}
		for o, err := range s.List(t.Context(), "") {
			t.Errorf("without %s the probe left %s, %v", header, o.Name, err)
		}
	}
}
