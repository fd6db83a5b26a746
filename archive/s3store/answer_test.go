package s3store

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

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
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/secret", http.StatusTemporaryRedirect)
		},
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
