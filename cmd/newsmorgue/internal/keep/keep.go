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
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
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
	sites  map[string]*parsers.Parser        // with what is known of each site
	stays  stays

	lessons lessons
}

// Kept counts what a Keeper kept.
type Kept struct {
	Responses int            `json:"responses"`
	Revisits  int            `json:"revisits"`
	Articles  int            `json:"articles"`                     // readings of kind article, live, gallery, video
	New       int            `json:"new"`                          // of these, URLs that had none before
	Changed   int            `json:"changed"`                      // of these, other versions than before
	Stayed    []Stayed       `json:"stayed,omitempty"`             // articles whose last version stays, since they answered with something else
	Behind    int            `json:"behind_maintenance,omitempty"` // pages that have answered with nothing but a maintenance page, and are due again soon
	Reread    int            `json:"reread,omitempty"`             // unchanged pages that this extractor reads differently from the previous one
	Blocked   int            `json:"blocked,omitempty"`            // pages of bot walls in place of what was asked for
	Consent   int            `json:"consent,omitempty"`            // of these, questions about cookies
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
	c.Stayed = k.stays.list()
	return c
}

// behind adds pages behind a maintenance page that was not known before.
func (k *Keeper) behind(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.counts.Behind += n
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

// A visit is one answer on its way into the archive.
type visit struct {
	*scraper.Response
	held     catalog.Held // the current version before; zero if isHeld is false
	isHeld   bool
	captured *archive.Record      // the response or revisit
	recs     []*archive.Record    // to be written with it
	a        *article.Article     // nil if it was not read
	conv     *archive.Record      // of a; nil if none was made
	words    *catalog.Fingerprint // see fingerprint
	unread   string               // why not
	seen     *parsers.Seen        // see lessons; nil if nothing can be learned from the page
	head     string               // URL of the article that this page continues
	isNew    bool
	changed  bool           // it is another version than before
	why      catalog.Reason // why it does not become the current version
	state    catalog.State  // if it may not have become the current version
	said     *pageWords     // see page
	consent  bool           // it only asks for consent to cookies
}

// Handle keeps one answer and returns when it is durable. Write order: journal,
// catalog; the caller updates the frontier after both.
func (k *Keeper) Handle(ctx context.Context, r *scraper.Response) (scraper.Outcome, error) {
	v := &visit{Response: r}
	k.mu.Lock()
	v.held, v.isHeld = k.held[r.Request]
	delete(k.held, r.Request)
	k.mu.Unlock()

	if r.Replayed {
		return k.replay(ctx, r)
	}
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
		if err := k.restitch(ctx, v.head); err != nil {
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

// fingerprint is that of what was read, whose words are many.
func (v *visit) fingerprint() catalog.Fingerprint {
	if v.words == nil {
		f := catalog.FingerprintOf(v.captured.TargetURI(), v.a)
		v.words = &f
	}
	return *v.words
}

// reading is the article of the answer, if its record is to be written; else nil.
func (v *visit) reading() *catalog.Read {
	if v.conv == nil || !slices.Contains(v.recs, v.conv) {
		return nil
	}
	return &catalog.Read{Record: v.conv, Article: v.a, Fingerprint: v.fingerprint()}
}

// unchanged reports whether an answer has the payload of the current version.
func (v *visit) unchanged() bool {
	return v.isHeld && v.captured.Type() == "revisit" && v.captured.Get("WARC-Refers-To") == v.held.ResponseID && !v.failed()
}

// failed reports whether the status says that an answer is not the page itself.
func (v *visit) failed() bool {
	return v.Status != http.StatusNotModified && (v.Status < 200 || v.Status > 299)
}

// judge asks the catalog whether an answer became the current version, where that is
// not certain, and reads an unchanged page again if this extractor reads it
// differently.
func (k *Keeper) judge(ctx context.Context, v *visit) error {
	if v.Request.Kind != scraper.KindPage || k.NoExtract {
		return nil
	}
	if v.failed() {
		if v.a != nil && v.a.Kind == article.KindBlocked {
			v.why = catalog.ReasonWall
		} else if v.held.ArticleRecordID != "" {
			v.why = catalog.ReasonStatus
		}
		return nil
	}
	wasBlocked := v.held.Kind == string(article.KindBlocked)
	switch {
	case v.isNew:
		return k.judgeNew(ctx, v)
	case v.held.ArticleRecordID == "", v.a != nil && !v.changed && !wasBlocked:
		return nil
	case v.a == nil && v.unchanged() && !wasBlocked:
		return k.renew(ctx, v.held)
	}
	state, ok, err := k.Catalog.State(ctx, v.URL.String())
	if err != nil || !ok {
		return err
	}
	v.state, v.why = state, state.Why
	switch {
	case v.why != "":
		v.changed = false
		return nil
	case v.a == nil:
		return k.judgeRevisit(ctx, v)
	}
	v.isNew, v.changed = wasBlocked, v.changed && !wasBlocked
	return nil
}

// judgeRevisit is judge for a page that is again what it was before the current
// version.
func (k *Keeper) judgeRevisit(ctx context.Context, v *visit) error {
	now, ok, err := k.Catalog.Current(ctx, v.URL.String())
	if err != nil || !ok {
		return err
	}
	v.changed = now.Content != v.held.Content
	return k.renew(ctx, now)
}

// judgeNew is judge for a URL that had no reading before.
func (k *Keeper) judgeNew(ctx context.Context, v *visit) error {
	if v.a.Kind == article.KindBlocked {
		v.why = catalog.ReasonWall
		return nil
	}
	isKnown, err := k.isPlaceholder(ctx, v.page())
	if isKnown {
		v.why = catalog.ReasonPlaceholder
	}
	return err
}

// kind is the kind of page that was read; "" if nothing was.
func (v *visit) kind() article.Kind {
	switch {
	case v.why == catalog.ReasonWall || v.why == catalog.ReasonPlaceholder:
		return article.KindBlocked
	case v.why == catalog.ReasonStatus:
		return ""
	case v.a != nil:
		return v.a.Kind
	case v.state.Kind != "":
		return article.Kind(v.state.Kind)
	case v.unchanged():
		return article.Kind(v.held.Kind)
	}
	return ""
}

// fill fills the fields by which the crawl counts and schedules a page. A page stays
// what it was while its URL answers with something else.
func (v *visit) fill(out *scraper.Outcome) {
	setKind(out, v.kind())
	published := v.held.Published
	if v.a != nil && v.why == "" {
		published = v.a.Published
	}
	out.Part = v.head != ""
	if v.a != nil && v.why == "" {
		out.Text = textHash(v.a)
	}
	story := out.Article
	if was := article.Kind(v.held.Kind); v.why != "" && v.held.ArticleRecordID != "" {
		blocked := out.Blocked && v.why == catalog.ReasonWall
		if v.failed() && !blocked {
			out.Article, out.Front = was.Story(), isFront(was)
		} else {
			setKind(out, was)
		}
		out.Blocked, story = blocked, was.Story()
	} else if v.why == catalog.ReasonPlaceholder {
		out.Blocked = false // it is not a wall, and says nothing about this client
		story = v.page().maintenance
	}
	if out.Blocked && v.consent {
		out.Reason = reasonConsent
	}
	if story && len(v.Exchanges) > 0 {
		out.NextVisit = nextVisit(v.Exchanges[0].Start, published, v.why)
	}
}

// reasonConsent is the Reason of an Outcome for a page that only asks for consent to
// cookies. That of other walls is the crawler's own.
const reasonConsent = "answered with a consent page"

// consents reports whether an answer that is blocked only asks for consent to cookies.
func (k *Keeper) consents(ctx context.Context, v *visit) (bool, error) {
	if v.kind() != article.KindBlocked || v.why == catalog.ReasonPlaceholder {
		return false, nil
	}
	a := v.a
	if a == nil { // it was read before
		id, err := k.Catalog.ReadingOf(ctx, v.URL.String(), v.captured.ID())
		if err != nil || id == "" {
			return false, err
		}
		a, err = k.articleOf(ctx, id)
		switch {
		case errors.Is(err, archive.ErrNotFound):
			return false, nil // erased
		case err != nil:
			return false, err
		}
	}
	return parsers.AsksConsent(a), nil
}

// setKind fills the fields by which the crawl counts and schedules a page.
func setKind(out *scraper.Outcome, kind article.Kind) {
	out.Kind, out.Article, out.Blocked = string(kind), kind.Story(), kind == article.KindBlocked
	out.Front = isFront(kind)
}

func isFront(kind article.Kind) bool { return kind == article.KindHome || kind == article.KindSection }

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
		return nil, nil, "not HTML", nil
	}
	page := &article.Page{URL: r.URL, Doc: doc, HTML: r.Body, Header: r.Header, Fetched: captured.Date(), Hints: hints(r.Request.Hints)}
	parser, err := k.parser(ctx, r.URL)
	if err != nil {
		return nil, nil, "", err
	}
	a, seen, err = parser.ParseSeen(page)
	switch {
	case errors.Is(err, parsers.ErrNotArticle):
		return nil, nil, "no visible text", nil
	case err != nil:
		return nil, nil, "not readable", nil
	case wall && a.Kind != article.KindBlocked:
		return nil, nil, "", nil // an error page
	}
	return a, seen, "", nil
}

func hints(h scraper.Hints) article.Hints {
	if strings.HasSuffix(h.Source, "sitemap") {
		h.Modified = time.Time{} // many sites put the time when the sitemap was made there
	}
	return article.Hints{Title: h.Title, Published: h.Published, Modified: h.Modified, Authors: h.Authors, Language: h.Language, Source: h.Source}
}

func (k *Keeper) count(v *visit) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := &k.counts
	if v.captured.Type() == "revisit" {
		c.Revisits++
	} else {
		c.Responses++
		c.Payload += int64(len(v.captured.Payload))
	}
	k.countPage(v)
	if v.unread != "" {
		add(&c.NoArticle, v.unread)
	}
	if v.Truncated != "" {
		add(&c.Truncated, v.Truncated)
	}
}

// countPage counts what a page is. Pages that are not what their URL had before are
// also counted by their words, since they may turn out to be one and the same.
func (k *Keeper) countPage(v *visit) {
	c, kind, p := &k.counts, v.kind(), pageWords{}
	if kind != "" {
		add(&c.Kinds, string(kind))
		if k.stays.pages == nil {
			k.stays.pages = map[string]int{}
		}
		k.stays.pages[scraper.SiteOf(v.URL)]++
	}
	if v.isNew && v.a != nil || v.changed || v.why != "" {
		p = v.page()
	}
	same := k.stays.note(p, pageWords{title: v.held.Title, kind: article.Kind(v.held.Kind), words: v.held.Fingerprint})
	if same == nil {
		same = &samePage{kinds: map[string]int{}} // counted in no other way
	}
	if kind != "" && kind != article.KindBlocked {
		same.kinds[string(kind)]++
	}
	switch v.why {
	case catalog.ReasonWall:
		c.Blocked++
		if v.consent {
			c.Consent++
		}
	case catalog.ReasonPlaceholder:
		same.isKnown = true
		if p.maintenance && (v.held.Kind == "" || v.held.Kind == string(article.KindBlocked)) {
			c.Behind++
		}
	}
	if v.why == "" {
		k.countCurrent(v, same)
	} else {
		k.stays.countOther(v, same)
	}
}

// countCurrent counts an answer that is the current version of its URL.
func (k *Keeper) countCurrent(v *visit, same *samePage) {
	c := &k.counts
	delete(k.stays.moved, v.URL.String())
	if !v.kind().Story() || v.Status == http.StatusTooManyRequests {
		return
	}
	c.Articles++
	same.articles++
	switch {
	case v.isNew || !article.Kind(v.held.Kind).Story():
		c.New++
		same.isNew++
	case v.changed:
		c.Changed++
		same.changed++
		same.edits = addStayed(same.edits, Stayed{Count: 1, Example: v.URL.String()})
	}
}

func add(m *map[string]int, key string) { addN(m, key, 1) }

func addN(m *map[string]int, key string, n int) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key] += n
}

// nextVisit is when a story is due again: sooner while it is new, and soon if its URL
// answered with something that will pass. Front pages, feeds and sitemaps are part of
// every refresh and need no date.
func nextVisit(fetched time.Time, published string, why catalog.Reason) time.Time {
	switch why {
	case catalog.ReasonPlaceholder, catalog.ReasonWall, catalog.ReasonTruncated:
		return fetched.Add(time.Hour)
	}
	age := time.Duration(0)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, published); err == nil {
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
