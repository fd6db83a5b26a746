package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/replay"
)

// rawPolicy is what browsers let an archived page do: show pictures, style sheets, fonts,
// films and sounds of the archive. Its origin is that of no site, so that it reaches
// neither the viewer nor other pages; it runs no scripts, sends no forms, opens no windows,
// and asks no other host for anything.
const rawPolicy = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; " +
	"media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// maxHops bounds the archived redirects that are followed.
const maxHops = 10

// A rawError is why a capture is not replayed.
type rawError struct {
	status int
	title  string
	text   string
	url    string // of the live web; empty where the page is withheld
}

func (e *rawError) Error() string { return e.text }

// replayed sends requests for archived captures, whose addresses no pattern can have, past
// the mux, which would take the two slashes of https:// for one.
func (s *Server) replayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, "/raw/"):
			s.raw(w, r)
		case strings.HasPrefix(path, "/page/json/"):
			r = r.WithContext(context.WithValue(r.Context(), jsonKey{}, true))
			u := *r.URL
			u.Path, u.RawPath = "/page/"+strings.TrimPrefix(u.Path, "/page/json/"), strings.Replace(u.RawPath, "/page/json/", "/page/", 1)
			r.URL = &u
			fallthrough
		case strings.HasPrefix(path, "/page/") && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			s.show(view{make: s.framePage}).ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// raw answers with an archived capture. All its answers have rawPolicy.
func (s *Server) raw(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", rawPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	ctx, cancel := context.WithTimeout(r.Context(), viewTime)
	defer cancel()
	err := s.sendRaw(ctx, w, r)
	if err == nil || r.Context().Err() != nil {
		return
	}
	e, ok := errors.AsType[*rawError](err)
	if !ok {
		e = s.rawFault(r, err)
	}
	s.sendMessage(w, r, e)
}

// rawFault says what an error of the archive means for the page.
func (s *Server) rawFault(r *http.Request, err error) *rawError {
	switch {
	case errors.Is(err, replay.ErrAddress), errors.Is(err, ErrRefused):
		return &rawError{status: http.StatusBadRequest, title: "No such address", text: sentence(err.Error())}
	case errors.Is(err, errMissing), errors.Is(err, archive.ErrNotFound):
		return &rawError{status: http.StatusNotFound, title: "Not found", text: "The archive lists this page, but its record is lost or damaged. newsmorgue verify says which are."}
	case errors.Is(err, archive.ErrDamaged):
		return &rawError{status: http.StatusInternalServerError, title: "Damaged", text: "The record of this page is damaged. newsmorgue verify says what else is, and newsmorgue repair what can be done."}
	case errors.Is(err, context.DeadlineExceeded):
		return &rawError{status: http.StatusServiceUnavailable, title: "Too slow", text: "This took longer than " + viewTime.String() + ". Try again when no crawl is running."}
	}
	if s.Logger != nil {
		s.Logger.Error("replay failed", "path", s.loggedPath(r), "error", err)
	}
	return &rawError{status: http.StatusInternalServerError, title: "Error", text: sentence(err.Error())}
}

// sendMessage answers with a page of ours where a capture cannot be shown.
func (s *Server) sendMessage(w http.ResponseWriter, r *http.Request, e *rawError) {
	var b strings.Builder
	// A frame may not lead out of the viewer, and opens no windows: there, the address
	// is for copying. A page that was opened by itself has a link.
	data := map[string]any{"Title": e.title, "Text": e.text, "URL": e.url, "InFrame": r.Header.Get("Sec-Fetch-Dest") == "iframe"}
	if err := templates["raw"].ExecuteTemplate(&b, "raw", data); err != nil {
		s.fault(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(e.status)
	_, _ = w.Write([]byte(b.String()))
}

// sendRaw sends what a request asks for, or returns why it cannot.
func (s *Server) sendRaw(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return &rawError{status: http.StatusMethodNotAllowed, title: "Not possible", text: "What is archived can only be read."}
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/raw/article/"); ok {
		return s.sendMarked(ctx, w, r, id)
	}
	a, err := requested(r)
	if err != nil {
		return err
	}
	s.allowEmbedding(w, a.Key)
	found, hops, err := s.follow(ctx, a.URL, a.Time)
	if err != nil {
		return err
	}
	if at := found.At; hops > 0 || !at.Time.UTC().Truncate(time.Second).Equal(a.Time) {
		to := replay.Address{Time: at.Time, Modifier: a.Modifier, Key: a.Key, URL: at.URL}
		s.allowReading(w, a.Key)
		w.Header().Set("Location", to.String())
		w.WriteHeader(http.StatusFound)
		return nil
	}
	return s.sendCapture(ctx, w, r, a, found.At)
}

// requested is the address that a request asks for, with its query, as it was sent.
func requested(r *http.Request) (replay.Address, error) {
	path := r.URL.EscapedPath()
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		path += "?" + r.URL.RawQuery
	}
	if len(path) > maxQuery {
		return replay.Address{}, refuse("the address is longer than %s", formatBytes(maxQuery))
	}
	return replay.ParseAddress(path)
}

// follow finds the capture of a URL nearest to a time, and follows the redirects that are
// archived.
func (s *Server) follow(ctx context.Context, raw string, t time.Time) (found catalog.Around, hops int, err error) {
	seen := map[string]bool{}
	for ; hops <= maxHops; hops++ {
		if found, err = s.around(ctx, raw, t); err != nil {
			return found, hops, err
		}
		if seen[found.At.ID] && found.After.ID != "" {
			// A page that sets a cookie redirects to itself, and is captured again.
			if found, err = s.around(ctx, raw, found.After.Time); err != nil {
				return found, hops, err
			}
		}
		if seen[found.At.ID] {
			return found, hops, &rawError{http.StatusNotFound, "Redirects in a circle", "This page was captured as a redirect that leads back to itself.", raw}
		}
		seen[found.At.ID] = true
		to, err := s.redirect(ctx, found.At)
		if err != nil || to == "" {
			return found, hops, err
		}
		raw, t = to, found.At.Time
	}
	return found, hops, &rawError{http.StatusNotFound, "Too many redirects", fmt.Sprintf("More than %d archived redirects follow one another.", maxHops), raw}
}

// redirect returns where a capture leads; "" if it is no redirect.
func (s *Server) redirect(ctx context.Context, c archive.Capture) (string, error) {
	switch c.Status {
	case 301, 302, 303, 307, 308:
	default:
		return "", nil
	}
	rec, err := s.Catalog.Record(ctx, c.ID)
	if err != nil || rec.HTTP == nil {
		return "", err
	}
	base, err := url.Parse(c.URL)
	location := strings.TrimSpace(rec.HTTP.Get("Location"))
	if err != nil || location == "" {
		return "", nil
	}
	u, err := s.resolve(base, location)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil
	}
	v := *u
	v.Fragment, v.RawFragment, v.User = "", "", nil
	return v.String(), nil
}

// resolve reads a reference as browsers do, or nearly so.
func (s *Server) resolve(base *url.URL, ref string) (*url.URL, error) {
	if s.Resolve != nil {
		return s.Resolve(base, ref)
	}
	return base.Parse(ref)
}

// around finds the captures of a URL around a time, also if it is written a little
// otherwise. Its error says why there is none.
func (s *Server) around(ctx context.Context, raw string, t time.Time) (catalog.Around, error) {
	all := s.spellings(raw)
	for _, u := range all {
		a, err := s.Catalog.CapturedAround(ctx, u, t)
		if err != nil || a.At.ID != "" {
			return a, err
		}
	}
	for _, u := range all {
		caps, err := s.Catalog.Lookup(ctx, u)
		if err != nil {
			return catalog.Around{}, err
		}
		for _, c := range caps {
			if c.Type == "response" || c.Type == "revisit" || c.Type == "resource" {
				return catalog.Around{}, withheld
			}
		}
		if _, ok, err := s.Catalog.Suppressed(ctx, u); err != nil || ok {
			return catalog.Around{}, cmp.Or[error](err, withheld)
		}
	}
	return catalog.Around{}, &rawError{http.StatusNotFound, "Not archived", "This page is not in the archive.", raw}
}

// withheld is the answer for pages that are suppressed.
var withheld = &rawError{status: http.StatusUnavailableForLegalReasons, title: "Withheld", text: "This page is suppressed: it is not shown. newsmorgue suppress lists what is suppressed, and why."}
