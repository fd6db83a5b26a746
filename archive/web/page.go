package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A view answers requests of one pattern (of http.ServeMux) with a page.
type view struct {
	pattern string
	make    func(r *http.Request) (*page, error)
}

// A page is what a view shows. The template and the twin in JSON get the same data.
type page struct {
	Title    string // of the window, without the program's name
	Section  string // of the navigation that is marked as the current one: its path
	Template string // templates/NAME.html
	Data     any
	Status   int    // 200 if zero
	JSON     string // address of the twin, where it is not that of the page with ".json"

	// Write answers instead of a template, as for feeds and downloads.
	Write func(w http.ResponseWriter, r *http.Request) error
}

var (
	errNoPage = errors.New("there is no such page")
	// errMissing is for what was asked for and is not in the archive.
	errMissing = errors.New("this is not in the archive")
	// ErrRefused is wrapped by errors that the user can correct; they are shown.
	ErrRefused = errors.New("refused")
)

// A refusedError is an error that the user can correct.
type refusedError struct{ text string }

func (e *refusedError) Error() string        { return e.text }
func (e *refusedError) Is(target error) bool { return target == ErrRefused }

// refuse returns an error that is shown to the user with status 400.
func refuse(format string, args ...any) error { return &refusedError{fmt.Sprintf(format, args...)} }

type jsonKey struct{}

// withoutJSON removes ".json" from the path of a request for a twin in JSON.
func withoutJSON(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutSuffix(r.URL.Path, ".json")
		if !ok || foreignPath(path) {
			next.ServeHTTP(w, r)
			return
		}
		if path == "/index" {
			path = "/"
		}
		r = r.WithContext(context.WithValue(r.Context(), jsonKey{}, true))
		u := *r.URL
		u.Path, u.RawPath = path, ""
		r.URL = &u
		next.ServeHTTP(w, r)
	})
}

// foreignPath reports whether a path ends in a URL of the archive, which may end in
// ".json" itself, or names an asset.
func foreignPath(path string) bool {
	for _, prefix := range []string{"/raw/", "/assets/", "/timemap/", "/timegate/", "/files/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func wantsJSON(r *http.Request) bool { return r.Context().Value(jsonKey{}) != nil }

// maxQuery bounds the query of an address, in bytes.
const maxQuery = 8 << 10

// page makes the page of a view, within viewTime.
func (v view) page(r *http.Request) (*page, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, refuse("the address is longer than %s", formatBytes(maxQuery))
	}
	ctx, cancel := context.WithTimeout(r.Context(), viewTime)
	defer cancel()
	return v.make(r.WithContext(ctx))
}

// show answers requests of a view.
func (s *Server) show(v view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		p, err := v.page(r)
		if err == nil && p.Write != nil {
			if err = p.Write(w, r); err == nil {
				return
			}
		}
		if err != nil {
			if ctx.Err() != nil {
				return // nobody waits for the answer
			}
			p = s.errorPage(r, err)
		}
		s.send(w, r, p)
	})
}

// An errorData is what the page of an error shows.
type errorData struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

func (s *Server) errorPage(r *http.Request, err error) *page {
	p := &page{Title: "Error", Template: "error", Status: http.StatusInternalServerError}
	switch {
	case errors.Is(err, errNoPage), errors.Is(err, errMissing):
		p.Title, p.Status = "Not found", http.StatusNotFound
		p.Data = errorData{sentence(err.Error()), "The search looks through all articles; newsmorgue why URL says what happened to an address."}
	case errors.Is(err, ErrRefused):
		p.Status = http.StatusBadRequest
		p.Data = errorData{Error: sentence(err.Error())}
	case errors.Is(err, context.DeadlineExceeded):
		p.Status = http.StatusServiceUnavailable
		p.Data = errorData{"This took longer than " + viewTime.String() + ".", "Select less, or try again when no crawl is running."}
	default:
		if s.Logger != nil {
			s.Logger.Error("view failed", "path", s.loggedPath(r), "error", err)
		}
		p.Data = errorData{sentence(err.Error()), "newsmorgue verify looks for damage."}
	}
	return p
}

// sentence makes a text of an error a sentence.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// A shown is what base.html gets.
type shown struct {
	*page
	Software string
	JSON     string // address of the twin; empty if there is none
	Query    string // what the search field has
	Writable bool   // it can start exports
}

// send writes a page whole, or the page of the error.
func (s *Server) send(w http.ResponseWriter, r *http.Request, p *page) {
	var out bytes.Buffer
	h := w.Header()
	if wantsJSON(r) {
		h.Set("Content-Type", "application/json")
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(p.Data); err != nil {
			s.fault(w, r, err)
			return
		}
	} else {
		h.Set("Content-Type", "text/html; charset=utf-8")
		t, ok := templates[p.Template]
		if !ok {
			s.fault(w, r, fmt.Errorf("no template %q", p.Template))
			return
		}
		d := shown{page: p, Software: s.Software, Query: r.URL.Query().Get("q"), Writable: s.Exports != nil}
		if p.Status == 0 {
			d.JSON = cmp.Or(p.JSON, twin(r.URL))
		}
		if err := t.ExecuteTemplate(&out, "base", d); err != nil {
			s.fault(w, r, err)
			return
		}
	}
	h.Set("Cache-Control", "no-store")
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	_, _ = out.WriteTo(w)
}

// twin is the address of a page's twin in JSON.
func twin(u *url.URL) string {
	path := u.EscapedPath()
	if path == "/" {
		path = "/index"
	}
	if u.RawQuery != "" {
		return path + ".json?" + u.RawQuery
	}
	return path + ".json"
}

// fault answers where a page could not be written.
func (s *Server) fault(w http.ResponseWriter, r *http.Request, err error) {
	if s.Logger != nil {
		s.Logger.Error("page failed", "path", s.loggedPath(r), "error", err)
	}
	http.Error(w, "This page cannot be shown: "+err.Error(), http.StatusInternalServerError)
}

// recovered answers requests whose view panics, so that the others go on.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				s.fault(w, r, fmt.Errorf("fault of the program: %v", v))
			}
		}()
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(2 * viewTime))
		next.ServeHTTP(w, r)
	})
}
