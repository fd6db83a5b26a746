package keep

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// extract finds out whether the archive has a capture already, and reads its article.
func (x *importing) extract(ctx context.Context, g *importGroup) error {
	if g.source.whole {
		g.readBefore = pagesRead(g.recs)
		return nil // its articles come along
	}
	if g.archived != nil {
		return x.extractArchived(ctx, g)
	}
	if g.main = mainOf(g.recs); g.main == nil {
		return nil
	}
	earlier, err := x.keeper.Catalog.Captured(ctx, g.main.TargetURI())
	if err != nil {
		return err
	}
	g.isNew = len(earlier) == 0
	if g.isDuplicate, err = x.isArchived(ctx, g.main, earlier); err != nil || g.isDuplicate || x.NoExtract {
		return err
	}
	extractor, own := ownReadings(g)
	if g.readBefore = own; extractor == "" {
		if err := x.extractPage(ctx, g, g.main); err != nil || g.page == nil {
			return err
		}
		extractor = g.page.a.Extractor
	}
	if g.isNew {
		return nil
	}
	// Versions compare readings of one extractor.
	held, ok, err := x.keeper.Catalog.Current(ctx, g.main.TargetURI())
	if err != nil || !ok || held.ArticleRecordID == "" || held.Extractor == extractor {
		return err
	}
	before, err := x.keeper.rereadHeld(ctx, held)
	if before != nil {
		g.readings = append([]*archive.Record{before.record}, g.readings...)
	}
	return err
}

// ownReadings are those of a group's page that came along in a file which this program
// wrote, and the extractor of the last one; none if another version of it read them. The
// page is not read again then: its records stay as they are in the archive that was exported.
func ownReadings(g *importGroup) (extractor string, pages []readPage) {
	for _, rec := range g.recs {
		if rec.Get("WARC-Refers-To") != g.main.ID() || !isOfThisExtractor(rec.Get("Newsmorgue-Extractor")) {
			continue
		}
		if read := pagesRead([]*archive.Record{rec}); len(read) > 0 {
			extractor, pages = rec.Get("Newsmorgue-Extractor"), read
		}
	}
	return extractor, pages
}

// isOfThisExtractor reports whether an extractor is the one of this program, with a
// profile of a site or without.
func isOfThisExtractor(name string) bool {
	return name == article.Extractor || strings.HasPrefix(name, article.Extractor+"; profile=")
}

// mainOf returns the record of a group that is the capture: a response if there is one.
func mainOf(recs []*archive.Record) *archive.Record {
	for _, typ := range []string{"response", "revisit", "resource"} {
		if i := slices.IndexFunc(recs, func(r *archive.Record) bool { return r.Type() == typ }); i >= 0 {
			return recs[i]
		}
	}
	return nil
}

// isArchived reports whether a capture of the same URL and time has the same payload.
func (x *importing) isArchived(ctx context.Context, rec *archive.Record, earlier []archive.Capture) (bool, error) {
	for _, c := range earlier {
		if c.Type != rec.Type() || !c.Time.Equal(rec.Date()) {
			continue
		}
		had, err := x.keeper.Catalog.Record(ctx, c.ID)
		if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
			continue
		}
		if err != nil {
			return false, err
		}
		if bytes.Equal(had.Entity(), rec.Entity()) || len(rec.Payload) > 0 && bytes.Equal(Body(had), Body(rec)) {
			return true, nil
		}
	}
	return false, nil
}

// extractArchived reads a page that was imported before, if it has no article: the
// import was killed, or made without articles.
func (x *importing) extractArchived(ctx context.Context, g *importGroup) error {
	stored, err := x.keeper.Catalog.Stored(ctx, g.archived)
	if err != nil || stored.ID != "" && stored.Of == g.archived.ID() {
		return err
	}
	return x.extractPage(ctx, g, g.archived)
}

// mayBePage reports whether a record may be a page that an article is read from.
func (x *importing) mayBePage(rec *archive.Record) bool {
	c := archive.Capture{URL: rec.TargetURI(), Type: rec.Type(), ContentType: rec.Get("Content-Type")}
	if rec.HTTP != nil {
		c.Status, c.ContentType = rec.HTTP.Status(), rec.HTTP.Get("Content-Type")
	}
	return (&reextraction{Reextract: &Reextract{}}).wants(c)
}

// extractPage reads the article of a record, if it is a page. A revisit of another URL's
// page, or of one that cannot be found by its ID, gets an article of its own.
func (x *importing) extractPage(ctx context.Context, g *importGroup, rec *archive.Record) error {
	u, err := url.Parse(rec.TargetURI())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !x.mayBePage(rec) {
		return nil
	}
	if rec.Type() == "revisit" {
		g.unresolved = rec.ID() // its original may follow
		return nil
	}
	if g.exported && x.Filter.MaxArticles == 0 {
		g.unreadYet = true // its article may follow
		return nil
	}
	a, seen, err := x.read1(ctx, rec, rec, u, g)
	if err != nil || a == nil {
		return err
	}
	conv, err := x.keeper.importedReading(a, rec)
	if err != nil {
		return err
	}
	g.readings = append(g.readings, conv)
	g.page = &visit{captured: rec, a: a, seen: seen, conv: conv}
	return nil
}

// read1 reads the article of a capture whose payload another record may have.
func (x *importing) read1(ctx context.Context, rec, full *archive.Record, u *url.URL, g *importGroup) (*article.Article, *parsers.Seen, error) {
	if len(full.Payload) >= x.large.LargeBody() {
		release, err := x.large.Large(ctx)
		if err != nil {
			return nil, nil, err
		}
		defer release()
	}
	page := pageIn(full, u, rec.Date())
	if page == nil || !isUnreadPage(rec, page) {
		return nil, nil, nil
	}
	parser, err := x.keeper.parser(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	a, seen, err := parser.ParseSeen(page)
	var fault *parsers.FaultError
	switch {
	case errors.Is(err, parsers.ErrNotArticle):
		g.unread = "no visible text"
	case errors.As(err, &fault):
		g.unread = "a fault of the parser"
		if x.Logger != nil {
			x.Logger.Error("page not read", "url", u.String(), "error", err)
		}
	case err != nil:
		g.unread = "not readable"
	default:
		return a, seen, nil
	}
	return nil, nil, nil
}

// importedReading is the record of the article of an imported page. Its ID is derived, so
// that an article that is read twice is one record.
func (k *Keeper) importedReading(a *article.Article, of *archive.Record) (*archive.Record, error) {
	return k.laterReading(a, of, "", false)
}

// continues reports whether an article is a further page of a head: it is on the same
// host, and the head names it.
func continues(a *article.Article, head string) bool {
	u, err := url.Parse(a.URL)
	if err != nil {
		return false
	}
	h, err := url.Parse(head)
	return err == nil && strings.EqualFold(scraper.SiteOf(u), scraper.SiteOf(h)) && a.URL != head
}
