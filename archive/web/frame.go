package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/replay"
)

// A frameData is an archived capture with what is known of it around it.
type frameData struct {
	URL       string    `json:"url"`
	Title     string    `json:"title,omitempty"`
	Problem   string    `json:"problem,omitempty"` // why it is not shown
	Captured  time.Time `json:"captured,omitzero"`
	Status    int       `json:"status,omitempty"`
	Type      string    `json:"type,omitempty"`
	Record    string    `json:"record,omitempty"` // its ID
	Replay    string    `json:"replay,omitempty"` // the address in the frame
	Download  string    `json:"download,omitempty"`
	Shown     bool      `json:"-"`                   // in the frame
	Truncated string    `json:"truncated,omitempty"` // why it is not whole
	Article   string    `json:"article,omitempty"`   // the ID of its article, if one was read
	Before    *neighbor `json:"before,omitempty"`
	After     *neighbor `json:"after,omitempty"`

	Scripts  int `json:"scripts"`  // that were removed
	Frames   int `json:"frames"`   // of which a link is left
	Embedded int `json:"embedded"` // pictures, style sheets and the like that the page asks for itself
	Missing  int `json:"missing"`  // of Checked, those that are not archived
	Checked  int `json:"checked"`
}

// A neighbor is another capture of the same URL.
type neighbor struct {
	Captured time.Time `json:"captured"`
	Page     string    `json:"page"` // its address
}

// maxChecked bounds how many references of a page are looked for in the catalog.
const maxChecked = 500

// framePage shows a capture in a frame.
func (s *Server) framePage(r *http.Request) (*page, error) {
	a, err := requested(r)
	if err != nil {
		return nil, refuse("an address of a page is /page/TIMESTAMP/URL, such as /page/20260102030405/https://example.org/")
	}
	ctx := r.Context()
	found, err := s.around(ctx, a.URL, a.Time)
	if err != nil {
		return s.withoutCapture(r, a.URL, err)
	}
	at := found.At
	if exact := pagePath(at.Time, at.URL); !at.Time.UTC().Truncate(time.Second).Equal(a.Time) {
		if wantsJSON(r) {
			exact = strings.Replace(exact, "/page/", "/page/json/", 1)
		}
		return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Location", exact)
			w.WriteHeader(http.StatusFound)
			return nil
		}}, nil
	}
	d := &frameData{
		URL: at.URL, Captured: at.Time.UTC(), Status: at.Status, Record: at.ID, Before: neighborOf(found.Before), After: neighborOf(found.After),
		Replay: replay.Address{Time: at.Time, URL: at.URL}.String(), Download: replay.Address{Time: at.Time, Modifier: replay.Identity, URL: at.URL}.String(),
	}
	if err := s.describe(ctx, d, found); err != nil {
		return s.withoutCapture(r, at.URL, err)
	}
	title := d.Title
	if title == "" {
		title = d.URL
	}
	return &page{Title: title, Template: "frame", Data: d, JSON: strings.Replace(pagePath(at.Time, at.URL), "/page/", "/page/json/", 1)}, nil
}

func neighborOf(c archive.Capture) *neighbor {
	if c.ID == "" {
		return nil
	}
	return &neighbor{c.Time.UTC(), pagePath(c.Time, c.URL)}
}

// withoutCapture is the page where a capture cannot be shown.
func (s *Server) withoutCapture(r *http.Request, raw string, err error) (*page, error) {
	e, ok := errors.AsType[*rawError](err)
	if !ok {
		e = s.rawFault(r, err)
	}
	return &page{Title: e.title, Template: "frame", Status: e.status, Data: &frameData{URL: raw, Problem: e.text}}, nil
}

// describe reads a capture and says what of it is shown.
func (s *Server) describe(ctx context.Context, d *frameData, found catalog.Around) error {
	if state, ok, err := s.Catalog.State(ctx, d.URL); err != nil {
		return err
	} else if ok {
		d.Title = state.Title
	}
	if story, ok, err := s.Catalog.Select(ctx, catalog.Filter{}, d.URL); err != nil {
		return err
	} else if ok {
		d.Article = story.ID
	}
	c, err := s.payload(ctx, found.At)
	if err != nil {
		return err
	}
	d.Type, d.Truncated = c.mime, c.rec.Get("WARC-Truncated")
	if to, err := s.redirect(ctx, found.At); err != nil {
		return err
	} else if to != "" {
		d.Problem = "It was a redirect to " + to + ", which the frame shows if it is archived."
	}
	kind := kindOf(c.mime, c.body, "")
	d.Shown = kind == "text/html" || kind == "text/plain" || strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/")
	if kind != "text/html" {
		return nil
	}
	_, result, err := s.rewrite(ctx, c, replay.Options{})
	if err != nil {
		return err
	}
	if d.Title == "" {
		d.Title = result.Title
	}
	d.Scripts, d.Frames, d.Embedded = result.Scripts, result.Frames, len(result.Embedded)
	for _, u := range result.Embedded[:min(len(result.Embedded), maxChecked)] {
		has, err := s.has(ctx, u, found.At.Time)
		if err != nil {
			return err
		}
		d.Checked++
		if !has {
			d.Missing++
		}
	}
	return nil
}

// has reports whether a URL is archived.
func (s *Server) has(ctx context.Context, raw string, t time.Time) (bool, error) {
	for _, u := range s.spellings(raw) {
		a, err := s.Catalog.CapturedAround(ctx, u, t)
		if err != nil || a.At.ID != "" {
			return err == nil, err
		}
	}
	return false, nil
}

// liveLink is an address that templates may link to: one of the live web; "" if it is not.
func liveLink(raw string) string {
	if u, err := url.Parse(raw); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return raw
}
