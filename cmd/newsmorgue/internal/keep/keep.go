// Package keep is the life of one page: it drives scraper, parsers and archive
// and is the only place that knows all three. A page counts as done only after
// its records are on disk.
package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// A Keeper archives answers as records and extracts the article of each page. It is
// the scraper.Handler of a run.
type Keeper struct {
	Writer  *archive.Writer
	Catalog *catalog.Catalog
	Logger  *slog.Logger // nil is silent
	RunID   string       // record ID of the run's warcinfo record
	// NoExtract archives answers and extracts no article.
	NoExtract bool

	mu     sync.Mutex
	counts Kept
	held   map[*scraper.Request]catalog.Held // what Prepare found, until Handle
	sites  map[string]*parsers.Parser        // with what is known of each site
}

// Kept counts what a Keeper kept.
type Kept struct {
	Responses int            `json:"responses"`
	Revisits  int            `json:"revisits"`
	Articles  int            `json:"articles"`          // readings of kind article, live, gallery, video
	New       int            `json:"new"`               // of these, URLs that had none before
	Changed   int            `json:"changed"`           // of these, readings that differ from the previous one
	Reread    int            `json:"reread,omitempty"`  // unchanged pages that this extractor reads differently from the previous one
	Blocked   int            `json:"blocked,omitempty"` // pages of bot walls in place of what was asked for
	Consent   int            `json:"consent,omitempty"` // of these, questions about cookies
	Kinds     map[string]int `json:"kinds,omitempty"`
	Truncated map[string]int `json:"truncated,omitempty"` // by reason
	Payload   int64          `json:"payload_bytes"`
	NoArticle map[string]int `json:"unread,omitempty"` // pages that gave no article, by reason
}

// Counts returns what was kept so far.
func (k *Keeper) Counts() Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.counts
	c.Kinds, c.Truncated, c.NoArticle = copyOf(c.Kinds), copyOf(c.Truncated), copyOf(c.NoArticle)
	return c
}

func copyOf(m map[string]int) map[string]int {
	if m == nil {
		return nil
	}
	c := make(map[string]int, len(m))
	for key, n := range m {
		c[key] = n
	}
	return c
}

// Prepare makes the request conditional on a change since the last capture, if the
// server gave a validator (RFC 9110, section 13).
func (k *Keeper) Prepare(ctx context.Context, r *scraper.Request) error {
	held, ok, err := k.Catalog.LastResponse(ctx, r.URL.String())
	if err != nil || !ok {
		return err
	}
	k.mu.Lock()
	if k.held == nil {
		k.held = map[*scraper.Request]catalog.Held{}
	}
	k.held[r] = held
	k.mu.Unlock()
	// A page that was never read is fetched whole; so is one that the frontier does
	// not know, since its links may not have been followed.
	if held.ETag == "" && held.LastModified == "" || r.Visited.IsZero() {
		return nil
	}
	if r.Kind == scraper.KindPage && held.ArticleRecordID == "" {
		return nil
	}
	if r.Header == nil {
		r.Header = map[string][]string{}
	}
	if held.ETag != "" {
		r.Header.Set("If-None-Match", held.ETag)
	}
	if held.LastModified != "" {
		r.Header.Set("If-Modified-Since", held.LastModified)
	}
	return nil
}

// Handle keeps one answer and returns when it is durable. Write order: journal,
// catalog; the caller updates the frontier after both.
func (k *Keeper) Handle(ctx context.Context, r *scraper.Response) (scraper.Outcome, error) {
	k.mu.Lock()
	held, isHeld := k.held[r.Request]
	delete(k.held, r.Request)
	k.mu.Unlock()

	if r.Replayed {
		return k.replay(ctx, r, held)
	}
	out := scraper.Outcome{Status: r.Status, Result: scraper.ResultKept}
	recs, captured, err := k.capture(ctx, r, held, isHeld)
	if err != nil {
		return out, err
	}
	a, noArticle, err := k.read(ctx, r, captured)
	if err != nil {
		return out, err
	}
	isNew, changed, found := false, false, a
	head := "" // URL of the article that this page continues
	renew := false
	if a != nil && a.Kind == article.KindBlocked {
		// A bot wall is archived, but it is not a reading of the page behind it.
		setKind(&out, a.Kind)
		if held.ArticleRecordID != "" || r.Status > 299 {
			a = nil
		}
	}
	if a != nil {
		if a.Further {
			if head, err = k.continued(ctx, r.Request); err != nil {
				return out, err
			}
		}
		if head != "" {
			asPage(a, head)
		} else if err := k.stitch(ctx, a); err != nil {
			return out, err
		}
		setKind(&out, a.Kind)
		var conv *archive.Record
		if conv, err = k.conversion(a, captured); err != nil {
			return out, err
		}
		isNew = !isHeld || held.ArticleRecordID == ""
		said := []*archive.Record{conv}
		if !isNew {
			if said, changed, err = k.compare(ctx, held, a, conv); err != nil {
				return out, err
			}
		}
		recs = append(recs, said...)
	} else if captured.Type() == "revisit" && isHeld {
		// Not read again: the kind is that of the last reading.
		setKind(&out, article.Kind(held.Kind))
		renew = r.Request.Kind == scraper.KindPage
	}
	if out.Reason, err = k.wallReason(ctx, out, found, held); err != nil {
		return out, err
	}
	caps, err := k.Writer.Append(ctx, recs...)
	if err != nil {
		return out, fmt.Errorf("keep %s: %w", r.URL, err)
	}
	// The records are durable from here on; the catalog may lag behind them but
	// never lead, and what a crash leaves out is caught up at the next start.
	if err := k.Catalog.Index(ctx, caps, recs); err != nil {
		return out, fmt.Errorf("catalog %s: %w", r.URL, err)
	}
	k.count(r, captured, out, noArticle, isNew, changed)
	if renew {
		if err := k.renew(ctx, held); err != nil {
			return out, err
		}
	}
	if head != "" && (isNew || changed) {
		if err := k.restitch(ctx, head); err != nil {
			return out, err
		}
	}
	out.NextVisit = nextVisit(r, a)
	return out, nil
}

// reasonConsent is the Reason of an Outcome for a page that only asks for consent to
// cookies. That of other walls is the crawler's own.
const reasonConsent = "answered with a consent page"

// wallReason is the Reason of a page that is Blocked, from its reading; a is nil if it
// was read before. It is empty for a bot wall, for which the crawler has its own.
func (k *Keeper) wallReason(ctx context.Context, out scraper.Outcome, a *article.Article, held catalog.Held) (string, error) {
	if !out.Blocked {
		return "", nil
	}
	if a == nil {
		rec, err := k.Catalog.Reading(ctx, held)
		switch {
		case errors.Is(err, archive.ErrNotFound):
			return "", nil // erased
		case err != nil:
			return "", err
		}
		a = &article.Article{}
		if err := json.Unmarshal(rec.Payload, a); err != nil {
			return "", fmt.Errorf("reading of %s: %w", held.URL, err)
		}
	}
	if parsers.AsksConsent(a) {
		return reasonConsent, nil
	}
	return "", nil
}

// setKind fills the fields by which the crawl counts and schedules a page.
func setKind(out *scraper.Outcome, kind article.Kind) {
	out.Kind, out.Article, out.Blocked = string(kind), kind.Story(), kind == article.KindBlocked
	out.Front = kind == article.KindHome || kind == article.KindSection
}

// read returns the article of an answer, or the reason why there is none.
func (k *Keeper) read(ctx context.Context, r *scraper.Response, captured *archive.Record) (a *article.Article, noArticle string, err error) {
	if k.NoExtract {
		return nil, "", nil
	}
	wall := r.Status == http.StatusForbidden || r.Status == http.StatusUnauthorized || r.Status == http.StatusServiceUnavailable || r.Status == http.StatusTooManyRequests
	if r.Request.Kind != scraper.KindPage || !wall && (r.Status < 200 || r.Status > 299) {
		return nil, "", nil
	}
	// A revisit of the same page was read before; the same bytes under another URL
	// are another page.
	if captured.Type() == "revisit" && captured.Get("WARC-Refers-To-Target-URI") == captured.TargetURI() {
		return nil, "", nil
	}
	doc, err := r.Document()
	if errors.Is(err, scraper.ErrNotHTML) {
		return nil, "not HTML", nil
	}
	page := &article.Page{URL: r.URL, Doc: doc, HTML: r.Body, Header: r.Header, Fetched: captured.Date(), Hints: hints(r.Request.Hints)}
	parser, err := k.parser(ctx, r.URL)
	if err != nil {
		return nil, "", err
	}
	a, err = parser.Parse(page)
	switch {
	case errors.Is(err, parsers.ErrNotArticle):
		return nil, "no visible text", nil
	case err != nil:
		return nil, "not readable", nil
	case wall && a.Kind != article.KindBlocked:
		return nil, "", nil // an error page
	}
	return a, "", nil
}

func hints(h scraper.Hints) article.Hints {
	if strings.HasSuffix(h.Source, "sitemap") {
		h.Modified = time.Time{} // many sites put the time when the sitemap was made there
	}
	return article.Hints{Title: h.Title, Published: h.Published, Modified: h.Modified, Authors: h.Authors, Language: h.Language, Source: h.Source}
}

func (k *Keeper) count(r *scraper.Response, captured *archive.Record, out scraper.Outcome, noArticle string, isNew, changed bool) {
	kind := out.Kind
	k.mu.Lock()
	defer k.mu.Unlock()
	c := &k.counts
	if captured.Type() == "revisit" {
		c.Revisits++
	} else {
		c.Responses++
		c.Payload += int64(len(captured.Payload))
	}
	if kind != "" {
		add(&c.Kinds, kind)
	}
	if kind == string(article.KindBlocked) {
		c.Blocked++
		if out.Reason == reasonConsent {
			c.Consent++
		}
	}
	if article.Kind(kind).Story() {
		c.Articles++
		if isNew {
			c.New++
		} else if changed {
			c.Changed++
		}
	}
	if noArticle != "" {
		add(&c.NoArticle, noArticle)
	}
	if r.Truncated != "" {
		add(&c.Truncated, r.Truncated)
	}
}

func add(m *map[string]int, key string) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key]++
}

// nextVisit is when a page is due again: sooner while it is new. Front pages, feeds
// and sitemaps are part of every refresh and need no date.
func nextVisit(r *scraper.Response, a *article.Article) time.Time {
	if a == nil || !a.Kind.Story() || len(r.Exchanges) == 0 {
		return time.Time{}
	}
	fetched := r.Exchanges[0].Start
	age := time.Duration(0)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, a.Published); err == nil {
			age = max(0, fetched.Sub(t))
			break
		}
	}
	return fetched.Add(schedule.PageInterval(age, 0))
}

// conversion is the record of a reading (WARC 1.1, section 6.7).
func (k *Keeper) conversion(a *article.Article, of *archive.Record) (*archive.Record, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("article of %s: %w", a.URL, err)
	}
	rec := archive.NewRecord("conversion", of.Date())
	rec.Set("WARC-Target-URI", of.TargetURI())
	rec.Set("WARC-Refers-To", of.ID())
	rec.Set("WARC-Warcinfo-ID", k.RunID)
	rec.Set("Newsmorgue-Extractor", a.Extractor)
	rec.Set("Content-Type", "application/json; profile="+article.Schema)
	rec.Payload = body
	return rec, nil
}
