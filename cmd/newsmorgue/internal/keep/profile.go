package keep

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/template"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// templateType is the media type of a template profile's record.
const templateType = "application/json; profile=" + template.Schema

// parser returns the parser for a page's site. Its profile does not change during a
// run: what a run learns is for the next one.
func (k *Keeper) parser(ctx context.Context, u *url.URL) (*parsers.Parser, error) {
	site := scraper.SiteOf(u)
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.sites[site]; p != nil {
		return p, nil
	}
	profile, err := newestProfile(ctx, k.Catalog, site)
	if err != nil {
		return nil, err
	}
	p := &parsers.Parser{Site: profile}
	if k.sites == nil {
		k.sites = map[string]*parsers.Parser{}
	}
	if k.parsers++; k.parsers > maxParsers {
		for s := range k.sites { // the names stay, for learn
			k.sites[s] = nil
		}
		k.parsers = 1
	}
	k.sites[site] = p
	return p, nil
}

// maxParsers bounds the parsers in memory: a file of news pages has tens of thousands of
// sites.
const maxParsers = 2000

// newestProfile returns a site's latest profile; nil if there is none that this
// program can read.
func newestProfile(ctx context.Context, cat *catalog.Catalog, site string) (*template.Profile, error) {
	id, ok, err := cat.Profile(ctx, site)
	if err != nil || !ok {
		return nil, err
	}
	rec, err := cat.Record(ctx, id)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("template profile of %s: %w", site, err)
	}
	p, err := template.Parse(rec.Payload)
	if err != nil {
		return nil, nil // written by a later version: read without it
	}
	return p, nil
}

// learn compares the stories of the sites that the run read, where there are
// enough that the newest profile has not seen, and keeps what it learns if that
// matters. It looks at nothing but records, so that it does not matter in how many
// runs, or in what order, they came.
func (k *Keeper) learn(ctx context.Context, now time.Time) error {
	k.mu.Lock()
	sites := make([]string, 0, len(k.sites))
	for s := range k.sites {
		sites = append(sites, s)
	}
	k.mu.Unlock()
	slices.Sort(sites)
	for _, site := range sites {
		if err := k.learnSite(ctx, site, now); err != nil {
			return fmt.Errorf("what repeats on %s: %w", site, err)
		}
	}
	return nil
}

func (k *Keeper) learnSite(ctx context.Context, site string, now time.Time) error {
	before, err := newestProfile(ctx, k.Catalog, site)
	if err != nil {
		return err
	}
	var since time.Time
	enough := 5
	if before != nil {
		since, enough = before.Learned, max(enough, before.Pages/10)
	}
	n, err := k.Catalog.CapturedSince(ctx, site, since)
	if before != nil { // imported pages may be older than the profile
		n = max(n, k.imported[site])
	}
	if err != nil || n < enough {
		return err
	}
	read := k.imported[site]
	if k.imported == nil {
		read, err = k.Catalog.CapturedSince(ctx, site, k.Started.Add(-time.Microsecond))
	}
	if err != nil || growth(n, enough) == growth(n-read, enough) {
		return err
	}
	learner, err := observe(ctx, k.Catalog, site, k.lessons.take(site))
	if err != nil {
		return err
	}
	profile := learner.Profile(site, article.Extractor, now)
	if !learner.Matters(before, profile) {
		return nil
	}
	rec, err := profileRecord(profile, k.RunID, now)
	if err != nil {
		return err
	}
	return keepRecord(ctx, k.Catalog, k.Writer, rec)
}

// growth counts how many times something has grown by half since it was enough; -1 if
// it is not. Stories are compared each time that so many came, not after each run: a
// profile that would not matter is not kept, and a refresh reads few stories.
func growth(n, enough int) int {
	steps := -1
	for at := enough; at <= n; at += max(1, at/2) {
		steps++
	}
	return steps
}

func profileRecord(p *template.Profile, run string, now time.Time) (*archive.Record, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	rec := archive.NewRecord("metadata", now)
	rec.Set("WARC-Refers-To", run)
	rec.Set("WARC-Warcinfo-ID", run)
	rec.Set("WARC-Payload-Digest", string(archive.SHA256(body)))
	rec.Set("Content-Type", templateType)
	rec.Payload = body
	return rec, nil
}

// observe gives a learner the articles of a site that its sample would hold. Live
// pages are left out: they repeat text of other pages. known are those that the run
// has just read, by the ID of the response.
func observe(ctx context.Context, cat *catalog.Catalog, site string, known map[string]lesson) (*template.Learner, error) {
	type chosen struct {
		catalog.Story
		key  uint64
		rank int64
	}
	best := map[uint64]chosen{}
	foremost := func() []chosen {
		all := slices.SortedFunc(maps.Values(best), func(a, b chosen) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.key, b.key)) })
		return all[:min(len(all), template.MaxSample)]
	}
	for s, err := range cat.Stories(ctx, catalog.Filter{Sites: []string{site}, Kinds: learnedKinds}) {
		if err != nil {
			return nil, err
		}
		c := chosen{Story: s, key: template.Key(s.Title, s.URL)}
		c.rank = template.Rank(c.key, s.Captured)
		if had, ok := best[c.key]; !ok || cmp.Or(cmp.Compare(c.rank, had.rank), strings.Compare(c.RecordID, had.RecordID)) > 0 {
			best[c.key] = c
		}
		if len(best) > 4*template.MaxSample { // a site may have a million
			some := foremost()
			clear(best)
			for _, c := range some {
				best[c.key] = c
			}
		}
	}
	l := &template.Learner{}
	for _, c := range foremost() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if had, ok := known[c.ResponseID]; ok && had.title == c.Title && had.url == c.URL && had.at.Equal(c.Captured) {
			l.AddDigest(had.digest)
			continue
		}
		page, err := pageOfRecord(ctx, cat, c.ResponseID, c.URL, c.Captured)
		if err != nil {
			return nil, err
		}
		if page == nil {
			continue
		}
		seen, err := parsers.Observe(page)
		if err != nil {
			continue // not a page
		}
		seen.Title = c.Title // by which it was chosen
		l.Add(*seen)
	}
	return l, nil
}

// pageOfRecord returns an archived page; nil if it is no longer there.
func pageOfRecord(ctx context.Context, cat *catalog.Catalog, id, raw string, captured time.Time) (*article.Page, error) {
	rec, err := cat.Payload(ctx, id)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, nil // an address that no crawl of ours asked for
	}
	return pageIn(rec, u, captured), nil
}

// pageIn is the page of a response record, or of a resource record with a saved page;
// nil if it is neither.
func pageIn(rec *archive.Record, u *url.URL, captured time.Time) *article.Page {
	header := http.Header{}
	if rec.Type() == "resource" && rec.HTTP == nil {
		header.Set("Content-Type", rec.Get("Content-Type"))
		return &article.Page{URL: u, HTML: rec.Payload[:min(len(rec.Payload), fetch.MaxBody)], Header: header, Fetched: captured}
	}
	if rec.HTTP == nil {
		return nil
	}
	for _, f := range rec.HTTP.Headers {
		header.Add(f.Name, f.Value)
	}
	return &article.Page{URL: u, HTML: Body(rec), Header: header, Fetched: captured}
}

// A rereading is an archived page that was read again.
type rereading struct {
	was, now *article.Article // as another extractor read it, as this one does
	record   *archive.Record  // of the reading now
}

// rereadHeld reads an archived page with the current extractor; nil if the last reading
// is by the current extractor, or if the page cannot be read any more.
func (k *Keeper) rereadHeld(ctx context.Context, held catalog.Held) (*rereading, error) {
	if k.NoExtract || held.ArticleRecordID == "" {
		return nil, nil
	}
	captured, err := k.Catalog.Record(ctx, held.CaptureID)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(captured.TargetURI())
	if err != nil {
		return nil, nil // an address that no crawl of ours asked for
	}
	parser, err := k.parser(ctx, u)
	if err != nil || held.Extractor == parsers.ExtractorFor(parser.Site) {
		return nil, err
	}
	before, err := k.Catalog.Reading(ctx, held)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	was, err := articleIn(before)
	if err != nil {
		return nil, nil // damaged; verify reports it; nothing to compare with
	}
	page, err := pageOfRecord(ctx, k.Catalog, held.CaptureID, u.String(), captured.Date())
	if err != nil || page == nil {
		return nil, err
	}
	now, err := k.readAgain(ctx, page, was, k.stitch)
	if err != nil || now == nil {
		return nil, err
	}
	rec, err := k.laterReading(now, captured, held.ArticleRecordID, held.ReadID == held.CaptureID)
	return &rereading{was, now, rec}, err
}

// readAgain reads an archived page with the current extractor and what its reading
// before has of the crawl: what feeds and sitemaps said of it, and whether it continues
// another page. It returns nil if there is no article for this extractor.
func (k *Keeper) readAgain(ctx context.Context, page *article.Page, was *article.Article, stitch func(context.Context, *article.Article) error) (*article.Article, error) {
	parser, err := k.parser(ctx, page.URL)
	if err != nil {
		return nil, err
	}
	now, err := parser.Parse(page)
	if err != nil {
		return nil, nil
	}
	now.Inherit(was)
	if head, ok := strings.CutPrefix(was.Provenance["kind"].From, pageOf); ok {
		asPage(now, head)
		return now, nil
	}
	return now, stitch(ctx, now)
}

// renew archives a new reading of an unchanged page if the current extractor reads
// it differently from the previous one.
func (k *Keeper) renew(ctx context.Context, held catalog.Held) error {
	a, err := k.rereadHeld(ctx, held)
	if err != nil || a == nil || a.was.ContentDigest() == a.now.ContentDigest() {
		return err
	}
	k.mu.Lock()
	k.counts.Reread++
	k.mu.Unlock()
	return keepRecord(ctx, k.Catalog, k.Writer, a.record)
}

// compare reports whether an article differs from the page's previous reading by the
// same extractor, and returns the records to write.
func (k *Keeper) compare(ctx context.Context, held catalog.Held, now *article.Article, conv *archive.Record) (recs []*archive.Record, changed bool, err error) {
	if held.Extractor == now.Extractor {
		changed, err = k.differs(ctx, held, now)
		if changed {
			recs = []*archive.Record{conv}
		}
		return recs, changed, err
	}
	before, err := k.rereadHeld(ctx, held)
	switch {
	case err != nil:
		return nil, false, err
	case before == nil: // it is unknown whether the page has changed
		return []*archive.Record{conv}, false, nil
	case before.now.ContentDigest() != now.ContentDigest():
		return []*archive.Record{before.record, conv}, true, nil
	case before.now.ContentDigest() != before.was.ContentDigest():
		k.mu.Lock()
		k.counts.Reread++
		k.mu.Unlock()
		return []*archive.Record{before.record}, false, nil
	}
	return nil, false, nil
}

// differs reports whether an article differs from the last reading.
func (k *Keeper) differs(ctx context.Context, held catalog.Held, now *article.Article) (bool, error) {
	rec, err := k.Catalog.Reading(ctx, held)
	if errors.Is(err, archive.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	before := &article.Article{}
	if err := json.Unmarshal(rec.Payload, before); err != nil {
		return true, nil // damaged; verify reports it
	}
	return before.ContentDigest() != now.ContentDigest(), nil
}
