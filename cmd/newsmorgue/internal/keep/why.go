package keep

import (
	"bytes"
	"context"
	"net/url"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/robots"
)

// A Why is what happened to a URL, and why.
type Why struct {
	URL        string           `json:"url"`
	Asked      string           `json:"asked_as,omitempty"` // the spelling under which it is fetched
	Scopes     []ScopeOf        `json:"scopes"`
	Robots     *RobotsOf        `json:"robots,omitempty"`
	Suppressed string           `json:"suppressed,omitempty"` // the reason
	Known      []frontier.Known `json:"known,omitempty"`
	Captures   []CaptureOf      `json:"captures,omitempty"`
	Reading    *ReadingOf       `json:"reading,omitempty"`
	NoArticle  string           `json:"unread,omitempty"`      // why an archived page has no reading
	LastAnswer *catalog.State   `json:"last_answer,omitempty"` // if it is not the version in Reading
}

// A ScopeOf says whether a URL is in the scope of a crawl.
type ScopeOf struct {
	Crawl  string `json:"crawl"`
	In     bool   `json:"in"`
	Reason string `json:"reason,omitempty"`
}

// A RobotsOf is the decision of the last archived robots.txt.
type RobotsOf struct {
	Allowed bool      `json:"allowed"`
	Line    string    `json:"line,omitempty"` // that decided
	Status  int       `json:"status"`
	Date    time.Time `json:"date"`
}

// A CaptureOf is one answer.
type CaptureOf struct {
	ID     string    `json:"id"`
	Type   string    `json:"type"`
	Date   time.Time `json:"date"`
	Status int       `json:"status"`
}

// A ReadingOf is what was read of the current version.
type ReadingOf struct {
	Kind      string `json:"kind"`
	Title     string `json:"title,omitempty"`
	Words     int    `json:"words"`
	Extractor string `json:"extractor"`
}

// A Crawl is a stanza of sites.toml as Explain needs it.
type Crawl struct {
	Name     string
	Seeds    []string
	Scope    string
	Settings Settings
}

// Explain returns what happened to a URL in an archive, by its queue and its catalog.
func Explain(ctx context.Context, front *frontier.Frontier, cat *catalog.Catalog, crawls []Crawl, u *url.URL) (*Why, error) {
	w := &Why{URL: u.String(), Scopes: []ScopeOf{}}
	n, err := scraper.Normalize(u)
	if n == nil {
		return w, err
	}
	if n.String() != w.URL {
		w.Asked = n.String()
	}
	for _, c := range crawls {
		run := &Run{Name: c.Name, Seeds: c.Seeds, Scope: c.Scope, Settings: c.Settings}
		_, scope, serr := run.scope()
		if serr == nil {
			serr = run.remember(ctx, front, scope)
		}
		if serr != nil {
			return w, serr
		}
		s := ScopeOf{Crawl: c.Name, In: true}
		if cerr := scope.Check(n); cerr != nil {
			s.In, s.Reason = false, cerr.Error()
		} else if err != nil { // a trap
			s.In, s.Reason = false, err.Error()
		}
		w.Scopes = append(w.Scopes, s)
	}
	if s, ok, err := cat.Suppressed(ctx, n.String()); err != nil {
		return w, err
	} else if ok {
		w.Suppressed = s.Reason
	}
	if err := w.robots(ctx, cat, n); err != nil {
		return w, err
	}
	if w.Known, err = front.Lookup(ctx, n.String()); err != nil {
		return w, err
	}
	if err := w.kept(ctx, cat, n); err != nil || w.Asked == "" || len(w.Known)+len(w.Captures) > 0 {
		return w, err
	}
	// Earlier versions may have fetched it as it is written.
	if w.Known, err = front.Lookup(ctx, w.URL); err != nil {
		return w, err
	}
	return w, w.kept(ctx, cat, u)
}

func (w *Why) robots(ctx context.Context, cat *catalog.Catalog, u *url.URL) error {
	held, ok, err := cat.LastResponse(ctx, (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}).String())
	if err != nil || !ok {
		return err
	}
	rec, err := cat.Payload(ctx, held.ResponseID)
	if err != nil {
		return err
	}
	w.Robots = &RobotsOf{Allowed: true, Status: held.Status, Date: held.Date}
	switch {
	case held.Status >= 500 || held.Status == 429:
		w.Robots.Allowed, w.Robots.Line = false, "robots.txt is not available, so nothing may be fetched"
	case held.Status >= 200 && held.Status <= 299:
		file, err := robots.Parse(bytes.NewReader(Body(rec)))
		if err != nil {
			return err
		}
		w.Robots.Line, w.Robots.Allowed = file.Rule("newsmorgue", u)
	}
	return nil
}

func (w *Why) kept(ctx context.Context, cat *catalog.Catalog, u *url.URL) error {
	caps, err := cat.Captured(ctx, u.String())
	if err != nil {
		return err
	}
	for _, c := range caps {
		w.Captures = append(w.Captures, CaptureOf{c.ID, c.Type, c.Time, c.Status})
	}
	found, err := cat.Find(ctx, u.String())
	if err != nil {
		return err
	}
	for _, s := range found {
		if s.URL == u.String() {
			w.Reading = &ReadingOf{s.Kind, s.Title, s.Words, s.Extractor}
			state, ok, err := cat.State(ctx, s.URL)
			if ok && state.Why != "" {
				w.LastAnswer = &state
			}
			return err
		}
	}
	held, ok, err := cat.LastResponse(ctx, u.String())
	if err != nil || !ok {
		return err
	}
	kind := scraper.KindPage
	for _, k := range w.Known {
		if k.State == "done" && k.Reason != "" {
			w.NoArticle = k.Reason // as the run noted it
			return nil
		}
		kind = scraper.Kind(k.Kind)
	}
	rec, err := cat.Payload(ctx, held.ResponseID)
	if err != nil {
		return err
	}
	w.NoArticle = whyUnread(u, held, rec, kind)
	return nil
}
