// Package keep is the life of one page: it drives scraper, parsers and archive
// and is the only place that knows all three. A page counts as done only after
// its records are on disk.
package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// A Keeper archives answers as records and extracts the article of each page. It is
// the scraper.Handler of a run.
type Keeper struct {
	Writer  *archive.Writer
	Catalog *catalog.Catalog
	Logger  *slog.Logger // nil is silent
	RunID   string       // record ID of the run's warcinfo record
	Started time.Time    // start of the run; after recall, that of killed runs before it
	// NoExtract archives answers and extracts no article.
	NoExtract bool

	mu     sync.Mutex
	counts Kept
	held   map[*scraper.Request]catalog.Held // what Prepare found, until Handle
	sites  map[string]*parsers.Parser        // with what is known of each site; nil if it was read and forgotten
	stays  stays

	parsers  int            // in sites
	imported map[string]int // stories by site, if this is an import: they are older than it

	lessons lessons
}

// Prepare makes the request conditional on a change since the current version, if the
// server gave a validator (RFC 9110, section 13).
func (k *Keeper) Prepare(ctx context.Context, r *scraper.Request) error {
	find := k.Catalog.LastResponse
	if r.Kind == scraper.KindPage {
		find = k.Catalog.Current
	}
	held, ok, err := find(ctx, r.URL.String())
	if err != nil || !ok {
		return err
	}
	k.mu.Lock()
	if k.held == nil {
		k.held = map[*scraper.Request]catalog.Held{}
	}
	k.held[r] = held
	k.mu.Unlock()
	if held.Truncated {
		return nil
	}
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
	v := &visit{Response: r}
	k.mu.Lock()
	v.held, v.isHeld = k.held[r.Request]
	delete(k.held, r.Request)
	k.mu.Unlock()

	out := scraper.Outcome{Status: r.Status, Result: scraper.ResultKept}
	var err error
	if v.recs, v.captured, err = k.capture(ctx, r, v.held, v.isHeld); err != nil {
		return out, err
	}
	if v.a, v.seen, v.unread, err = k.read(ctx, r, v.captured, v.unchanged()); err != nil {
		return out, err
	}
	if err := k.extract(ctx, v); err != nil {
		return out, err
	}
	caps, err := k.Writer.Append(ctx, v.recs...)
	if err != nil {
		return out, fmt.Errorf("keep %s: %w", r.URL, err)
	}
	// The records are durable from here on; the catalog may lag behind them but
	// never lead, and what a crash leaves out is caught up at the next start.
	if err := k.Catalog.IndexRead(ctx, caps, v.recs, v.reading()); err != nil {
		return out, fmt.Errorf("catalog %s: %w", r.URL, err)
	}
	k.lessons.note(v)
	if err := k.judge(ctx, v); err != nil {
		return out, err
	}
	if v.consent, err = k.consents(ctx, v); err != nil {
		return out, err
	}
	k.count(v)
	if v.head != "" && (v.isNew || v.changed) {
		edit := ""
		if v.changed && !v.isNew {
			edit = v.captured.ID()
		}
		if err := k.restitch(ctx, v.head, edit); err != nil {
			return out, err
		}
	}
	v.fill(&out)
	return out, nil
}

// extract adds the reading of an answer to its records, if it differs from that of
// the current version; else it names the capture that has it.
func (k *Keeper) extract(ctx context.Context, v *visit) (err error) {
	a := v.a
	switch {
	case a == nil:
		if v.unchanged() && v.held.ReadID != "" && v.held.ReadID != v.held.ResponseID {
			v.captured.Set(catalog.SameArticle, v.held.ReadID)
		}
		return nil
	case a.Kind == article.KindBlocked && v.Status > 299:
		return nil // the status says that this is not the page
	}
	if a.Further {
		if v.head, err = k.continued(ctx, v.Request); err != nil {
			return err
		}
	}
	if v.head != "" {
		asPage(a, v.head)
	} else if err := k.stitch(ctx, a); err != nil {
		return err
	}
	conv, err := k.conversion(a, v.captured)
	if err != nil {
		return err
	}
	v.conv = conv
	if v.held.ArticleRecordID == "" {
		v.isNew, v.recs = true, append(v.recs, conv)
		return nil
	}
	said, changed, err := k.compare(ctx, v.held, a, conv)
	if err != nil {
		return err
	}
	if !slices.Contains(said, conv) {
		same := v.held.ReadID
		if len(said) > 0 { // that capture was read again
			same = said[0].Get("WARC-Refers-To")
		}
		v.captured.Set(catalog.SameArticle, same)
	}
	v.changed, v.recs = changed, append(v.recs, said...)
	return nil
}

var textSeed = maphash.MakeSeed()

// textHash is the hash of what an article says, for scraper.Outcome's Text.
func textHash(a *article.Article) uint64 {
	if !a.Kind.Story() || a.Text == "" {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(textSeed)
	h.WriteString(a.Title)
	h.WriteByte(0)
	h.WriteString(a.Text)
	return h.Sum64()
}

// read returns the article of an answer, or the reason why there is none.
func (k *Keeper) read(ctx context.Context, r *scraper.Response, captured *archive.Record, unchanged bool) (a *article.Article, seen *parsers.Seen, noArticle string, err error) {
	if k.NoExtract {
		return nil, nil, "", nil
	}
	wall := r.Status == http.StatusForbidden || r.Status == http.StatusUnauthorized || r.Status == http.StatusServiceUnavailable || r.Status == http.StatusTooManyRequests
	if r.Request.Kind != scraper.KindPage || !wall && (r.Status < 200 || r.Status > 299) {
		return nil, nil, "", nil
	}
	// A revisit of the same page was read before; the same bytes under another URL
	// are another page.
	if unchanged || captured.Type() == "revisit" && captured.Get("WARC-Refers-To-Target-URI") == captured.TargetURI() {
		return nil, nil, "", nil
	}
	doc, err := r.Document()
	if errors.Is(err, scraper.ErrNotHTML) {
		return nil, nil, unreadable(wall, "not HTML"), nil
	}
	page := &article.Page{URL: r.URL, Doc: doc, HTML: r.Body, Header: r.Header, Fetched: captured.Date(), Hints: hints(r.Request.Hints)}
	parser, err := k.parser(ctx, r.URL)
	if err != nil {
		return nil, nil, "", err
	}
	var fault *parsers.FaultError
	a, seen, err = parser.ParseSeen(page)
	switch {
	case errors.Is(err, parsers.ErrNotArticle):
		return nil, nil, unreadable(wall, "no visible text"), nil
	case errors.As(err, &fault):
		if k.Logger != nil {
			k.Logger.Error("page not read", "url", r.URL.String(), "error", err)
			k.Logger.Debug("page not read", "url", r.URL.String(), "stack", string(fault.Stack))
		}
		return nil, nil, unreadable(wall, "a fault of the parser"), nil
	case err != nil:
		return nil, nil, unreadable(wall, "not readable"), nil
	case wall && a.Kind != article.KindBlocked:
		return nil, nil, "", nil // an error page
	}
	return a, seen, "", nil
}

// unreadable returns why a page is not readable. Of an error page that may be a bot wall,
// the status says it.
func unreadable(errorPage bool, why string) string {
	if errorPage {
		return ""
	}
	return why
}

func hints(h scraper.Hints) article.Hints {
	if strings.HasSuffix(h.Source, "sitemap") {
		h.Modified = time.Time{} // many sites put the time when the sitemap was made there
	}
	return article.Hints{Title: h.Title, Published: h.Published, Modified: h.Modified, Authors: h.Authors, Language: h.Language, Source: h.Source}
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
