package s3store

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
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
		"BadGateway":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", 502) },
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
			http.Error(w, err.Error(), 502)
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

// TestBadBodies has answers to reads that are not what they claim.
func TestBadBodies(t *testing.T) {
	head := func(w http.ResponseWriter, length, contentRange string) {
		w.Header().Set("ETag", `"abc"`)
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
		w.Header().Set("Content-Length", length)
		if contentRange != "" {
			w.Header().Set("Content-Range", contentRange)
			w.WriteHeader(206)
		}
	}
	tests := map[string]http.HandlerFunc{
		"cut": func(w http.ResponseWriter, r *http.Request) {
			head(w, "1000", "bytes 5-1004/2000")
			w.Write(make([]byte, 500))
			panic(http.ErrAbortHandler)
		},
		"other range": func(w http.ResponseWriter, r *http.Request) {
			head(w, "1000", "bytes 0-999/2000")
			w.Write(make([]byte, 1000))
		},
		"shorter range": func(w http.ResponseWriter, r *http.Request) {
			head(w, "10", "bytes 5-14/2000")
			w.Write(make([]byte, 10))
		},
		"no range": func(w http.ResponseWriter, r *http.Request) { head(w, "2000", ""); w.Write(make([]byte, 2000)) },
		"huge": func(w http.ResponseWriter, r *http.Request) {
			head(w, "1000", "bytes 5-1004/99999999999999999999")
			w.Write(make([]byte, 1000))
		},
		"backwards": func(w http.ResponseWriter, r *http.Request) {
			head(w, "1000", "bytes 1004-5/2000")
			w.Write(make([]byte, 1000))
		},
		"negative": func(w http.ResponseWriter, r *http.Request) {
			head(w, "1000", "bytes -5-1004/2000")
			w.Write(make([]byte, 1000))
		},
		"beyond its end": func(w http.ResponseWriter, r *http.Request) {
			head(w, "1000", "bytes 5-1004/1000")
			w.Write(make([]byte, 1000))
		},
		"no ETag": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-1004/2000")
			w.WriteHeader(206)
			w.Write(make([]byte, 1000))
		},
		"body shorter than its range": func(w http.ResponseWriter, r *http.Request) {
			head(w, "500", "bytes 5-1004/2000")
			w.Write(make([]byte, 500))
		},
		"redirect":           func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://192.0.2.1/secret", 307) },
		"permanent redirect": func(w http.ResponseWriter, r *http.Request) { xmlError(w, 301, "PermanentRedirect", "elsewhere") },
		"not S3":             func(w http.ResponseWriter, r *http.Request) { http.Error(w, strings.Repeat("<html>", 1<<20), 404) },
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, h)
			r, _, err := s.ReadRange(t.Context(), "a", 5, 1000)
			if err == nil {
				var b []byte
				if b, err = io.ReadAll(r); err == nil {
					t.Errorf("read %d bytes without an error", len(b))
				}
				r.Close()
			}
			if len(err.Error()) > 1000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

func listPage(w http.ResponseWriter, truncated bool, token string, names ...string) {
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprintf(w, `<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><IsTruncated>%v</IsTruncated><NextContinuationToken>%s</NextContinuationToken>`, truncated, token)
	for _, name := range names {
		fmt.Fprintf(w, `<Contents><Key>%s</Key><Size>1</Size><ETag>"x"</ETag><LastModified>2026-11-02T10:00:00Z</LastModified></Contents>`, name)
	}
	fmt.Fprint(w, `</ListBucketResult>`)
}

// TestHostileLists has lists that do not end, are not in order, or have what was not asked for.
func TestHostileLists(t *testing.T) {
	var n atomic.Int32
	tests := map[string]http.HandlerFunc{
		"endless empty pages": func(w http.ResponseWriter, r *http.Request) { listPage(w, true, fmt.Sprint(n.Add(1))) },
		"endless same page":   func(w http.ResponseWriter, r *http.Request) { listPage(w, true, "again", "news/a", "news/b") },
		"no token":            func(w http.ResponseWriter, r *http.Request) { listPage(w, true, "", "news/a") },
		"wrong order":         func(w http.ResponseWriter, r *http.Request) { listPage(w, false, "", "news/b", "news/a") },
		"outside the prefix":  func(w http.ResponseWriter, r *http.Request) { listPage(w, false, "", "other/a") },
		"huge page": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("<ListBucketResult>"))
			for range 1 << 20 {
				if _, err := io.WriteString(w, "<Contents><Key>"+strings.Repeat("a", 100)+"</Key></Contents>"); err != nil {
					return
				}
			}
		},
		"not XML": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<<<") },
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, h)
			var last error
			count := 0
			for _, err := range s.List(t.Context(), "") {
				last = err
				if count++; count > 10 {
					t.Fatal("the list does not end")
				}
			}
			if last == nil {
				t.Error("the list ended without an error")
			}
		})
	}
}

// TestListedNames has names that no object may have.
func TestListedNames(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		listPage(w, false, "", "news/", "news/../../etc/passwd", "news/.a", "news//", "news/a", "news/a b", "news/b/", "news/b/../c", "news/b/c")
	}))
	var names []string
	for o, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, o.Name)
	}
	if !slices.Equal(names, []string{"a", "b/c"}) {
		t.Errorf("List returned %q", names)
	}
}

// TestLongListGoesOn has a list whose pages fail now and then.
func TestLongListGoesOn(t *testing.T) {
	var n atomic.Int32
	s := fake(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1)%2 == 0 {
				xmlError(w, 503, "SlowDown", "later")
				return
			}
			q := r.URL.Query()
			q.Set("max-keys", "3")
			r.URL.RawQuery = q.Encode()
			h.ServeHTTP(w, r)
		})
	})
	for i := range 40 {
		s.Set(fmt.Sprintf("%02d", i), nil)
	}
	i := 0
	for o, err := range s.List(t.Context(), "") {
		if err != nil || o.Name != fmt.Sprintf("%02d", i) {
			t.Fatalf("List returned %q, %v; want %02d", o.Name, err, i)
		}
		i++
	}
	if i != 40 {
		t.Errorf("List returned %d objects, want 40", i)
	}
}

// TestDenied has every code by which servers deny access.
func TestDenied(t *testing.T) {
	for _, code := range append(deniedCodes, "Unknown") {
		var n atomic.Int32
		s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n.Add(1)
			status := 403
			if strings.HasPrefix(code, "Expired") {
				status = 400
			}
			xmlError(w, status, code, "you sent "+secret+" with ACCESS-KEY\u202e")
		}))
		_, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1)
		wantDenied(t, err)
		if !strings.Contains(err.Error(), code) || strings.Contains(err.Error(), "ACCESS-KEY") || strings.Contains(err.Error(), "\u202e") {
			t.Errorf("%s: %v", code, err)
		}
		if n.Load() != 1 {
			t.Errorf("%s: %d requests, want 1", code, n.Load())
		}
	}
}

// TestRenewedCredentials has temporary credentials in a file, which expire and are renewed.
func TestRenewedCredentials(t *testing.T) {
	var valid atomic.Value
	valid.Store("TOKEN1")
	s := fake(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Amz-Security-Token") != valid.Load() {
				xmlError(w, 400, "ExpiredToken", "the token has expired")
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	setCredentials(t, "", "")
	file := filepath.Join(t.TempDir(), "credentials")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_PROFILE", "news")
	write := func(token string) {
		text := "[news]\naws_access_key_id = KEY\naws_secret_access_key = " + secret + "\naws_session_token = " + token + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("TOKEN1")
	if _, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1); err != nil {
		t.Fatalf("Put: %v", err)
	}
	valid.Store("TOKEN2")
	_, err := s.Put(t.Context(), "b", strings.NewReader("x"), 1)
	wantDenied(t, err)
	write("TOKEN2")
	if _, err := s.Put(t.Context(), "b", strings.NewReader("x"), 1); err != nil {
		t.Errorf("Put after the credentials were renewed: %v", err)
	}
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
