package web

import (
	"bytes"
	"context"
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/web/replay"
)

// allowEmbedding lets a rewritten page embed an answer. To browsers, such a page is of
// another origin than its own pictures, because of rawPolicy: with the policy same-origin
// they would show none of them. What makes the difference between it and other websites,
// which must not find out by embedding pictures what is archived, is the key in its
// addresses.
func (s *Server) allowEmbedding(w http.ResponseWriter, key string) {
	if s.ownKey(key) {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
}

// allowReading lets a rewritten page use an answer as a font. Fonts are asked for by CORS,
// also where a redirect leads to them.
func (s *Server) allowReading(w http.ResponseWriter, key string) {
	if s.ownKey(key) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
}

// Keyed reports whether a request asks for an archived capture, at an address that only
// pages have that this server rewrote.
func (s *Server) Keyed(r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, replay.Prefix) || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	a, err := requested(r)
	return err == nil && s.ownKey(a.Key)
}

func (s *Server) ownKey(key string) bool {
	return s.key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) == 1
}

// A captured is an archived payload.
type captured struct {
	archive.Capture
	rec  *archive.Record // that has the payload
	body []byte          // without its codings
	mime string          // its Content-Type as the server sent it
}

// payload reads the payload of a capture.
func (s *Server) payload(ctx context.Context, at archive.Capture) (*captured, error) {
	rec, err := s.Catalog.Payload(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	if rec.Type() == "metadata" {
		return nil, withheld // it was erased
	}
	if rec.ID() != at.ID {
		h, err := s.Catalog.Hidden(ctx)
		if err == nil && h.Hides(archive.Capture{ID: rec.ID(), Type: rec.Type(), URL: rec.TargetURI()}) {
			err = withheld // the page that a revisit refers to is suppressed
		}
		if err != nil {
			return nil, err
		}
	}
	c := &captured{Capture: at, rec: rec, body: rec.Payload, mime: rec.Get("Content-Type")}
	if s.Body != nil {
		c.body = s.Body(rec)
	}
	if rec.HTTP != nil {
		c.mime = strings.Join(rec.HTTP.Values("Content-Type"), ", ")
	}
	return c, nil
}

// sendCapture sends a capture: pages and style sheets rewritten, pictures, fonts, films and
// sounds as they are, and everything else as a file.
func (s *Server) sendCapture(ctx context.Context, w http.ResponseWriter, r *http.Request, a replay.Address, at archive.Capture) error {
	c, err := s.payload(ctx, at)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Memento-Datetime", at.Time.UTC().Format(http.TimeFormat))
	h.Set("Link", "<"+linkTarget(at.URL)+`>; rel="original", </timemap/link/`+linkTarget(at.URL)+`>; rel="timemap"; type="application/link-format"`)
	if a.Modifier == replay.Identity {
		if visible(c.mime) {
			h.Set("X-Archive-Orig-Content-Type", c.mime)
		}
		return sendFile(w, r, at.URL, c.body)
	}
	kind := kindOf(c.mime, c.body, a.Modifier)
	switch {
	case kind == "text/html":
		return s.sendHTML(ctx, w, r, c, replay.Options{})
	case kind == "text/css":
		h.Set("Content-Type", "text/css; charset=utf-8")
		free, err := place(ctx, c)
		if err != nil {
			return err
		}
		sheet := replay.CSS(s.decode(c), s.source(c))
		free()
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(sheet))
	case kind == "text/plain":
		h.Set("Content-Type", "text/plain; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.decode(c)))
	case kind != "":
		if strings.HasPrefix(kind, "font/") {
			s.allowReading(w, a.Key)
		}
		h.Set("Content-Type", kind)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.body))
	default:
		return sendFile(w, r, at.URL, c.body)
	}
	return nil
}

// visible reports whether a text can be the value of a header field.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) < 500
}

// sendFile sends what browsers must not show.
func sendFile(w http.ResponseWriter, r *http.Request, raw string, body []byte) error {
	name := "file"
	if u, err := url.Parse(raw); err == nil {
		if base := u.Path[strings.LastIndexByte(u.Path, '/')+1:]; base != "" && len(base) < 200 {
			name = base
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// slots bound how many pages are rewritten at once, the large ones on their own: a hostile
// page of any size takes hundreds of megabytes, and some seconds in which nothing stops it.
var slots = struct{ large, others chan struct{} }{make(chan struct{}, 1), make(chan struct{}, 4)}

const largePage = 1 << 20 // bytes

// place waits until a page or style sheet may be rewritten; free must be called afterwards.
func place(ctx context.Context, c *captured) (free func(), err error) {
	slot := slots.others
	if len(c.body) > largePage {
		slot = slots.large
	}
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rewrite rewrites a page.
func (s *Server) rewrite(ctx context.Context, c *captured, o replay.Options) ([]byte, *replay.Result, error) {
	free, err := place(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	defer free()
	page, result := replay.HTML(s.decode(c), s.source(c), o)
	return page, result, nil
}

// sendHTML sends a page, rewritten, with the status that it was captured with.
func (s *Server) sendHTML(ctx context.Context, w http.ResponseWriter, r *http.Request, c *captured, o replay.Options) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return &rawError{http.StatusNotFound, "Empty", "The server sent nothing but its head" + statusPhrase(c.Status) + ".", c.URL}
	}
	page, _, err := s.rewrite(ctx, c, o)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if c.Status >= 400 && c.Status <= 599 {
		w.WriteHeader(c.Status)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(page)
	}
	return nil
}

// statusPhrase adds an HTTP status to a sentence.
func statusPhrase(status int) string {
	if name := http.StatusText(status); name != "" {
		return " (" + name + ")"
	}
	return ""
}

// decode returns a payload in UTF-8.
func (s *Server) decode(c *captured) []byte {
	if s.Decode != nil {
		host := ""
		if u, err := url.Parse(c.URL); err == nil {
			host = u.Hostname()
		}
		return s.Decode(c.body, c.mime, host)
	}
	return bytes.ToValidUTF8(c.body, []byte("\ufffd"))
}

// source is what the rewriting must know of a capture.
func (s *Server) source(c *captured) replay.Source {
	u, err := url.Parse(c.URL)
	if err != nil {
		u = &url.URL{}
	}
	return replay.Source{URL: u, Time: c.Time, Key: s.key, KeyInLinks: s.Locked, Resolve: s.Resolve}
}

// loggedPath is the path of a request as logs have it, without the key: logs are read by
// others, and kept for longer.
func (s *Server) loggedPath(r *http.Request) string {
	if s.key == "" {
		return r.URL.Path
	}
	return strings.ReplaceAll(r.URL.Path, "~"+s.key, "~KEY")
}
