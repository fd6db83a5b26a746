package keep

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// pageOf marks, in the provenance of a page's kind, the reading of a page that
// only continues an article.
const pageOf = "page-of:"

// stitch appends to an article the further pages that are in the archive already.
func (k *Keeper) stitch(ctx context.Context, head *article.Article) error {
	return stitchWith(head, func(url string) (*article.Article, error) {
		_, next, err := k.reread(ctx, url)
		return next, err
	})
}

// stitchWith appends to an article its further pages as read returns them; nil if one is
// not there.
func stitchWith(head *article.Article, read func(url string) (*article.Article, error)) error {
	for range 50 {
		n := len(head.Pages)
		if n == 0 || !head.Kind.Story() {
			return nil
		}
		last := &head.Pages[n-1]
		last.URL = Spelling(last.URL) // a parser resolves links as they are written
		next, err := read(last.URL)
		if err != nil || next == nil || !head.Continue(next) || len(head.Pages) == n {
			return err
		}
	}
	return nil
}

// continued returns the URL of the article that a page continues, "" if none: the
// page that links to it names it as the next one.
func (k *Keeper) continued(ctx context.Context, r *scraper.Request) (head string, err error) {
	if r.Via == nil || r.Kind != scraper.KindPage || r.Via.Host != r.URL.Host || r.Via.String() == r.URL.String() {
		return "", nil
	}
	before, ok, err := k.reading(ctx, r.Via.String())
	asked := r.URL.String()
	if err != nil || !ok || !slices.ContainsFunc(before.Pages, func(p article.PageRef) bool { return p.URL == asked || Spelling(p.URL) == asked }) {
		return "", err
	}
	if from, ok := strings.CutPrefix(before.Provenance["kind"].From, pageOf); ok {
		return from, nil
	}
	return r.Via.String(), nil
}

// asPage marks the reading of a further page as not an article of its own.
func asPage(a *article.Article, head string) {
	a.Kind = article.KindOther
	if a.Provenance == nil {
		a.Provenance = map[string]article.Provenance{}
	}
	a.Provenance["kind"] = article.Provenance{From: pageOf + head, Confidence: 0.9}
}

// restitch reads an article again with all of its archived pages, and archives the
// reading if it differs from the last one. edit is the capture of a further page that
// was edited, "" for a page that is new.
func (k *Keeper) restitch(ctx context.Context, url, edit string) error {
	held, article, err := k.reread(ctx, url)
	if err != nil || article == nil || !article.Kind.Story() {
		return err
	}
	if err := k.stitch(ctx, article); err != nil {
		return err
	}
	captured, err := k.Catalog.Record(ctx, held.CaptureID)
	if err != nil {
		return err
	}
	if changed, err := k.differs(ctx, held, article); err != nil || !changed {
		return err
	}
	conv, err := k.laterReading(article, captured, held.ArticleRecordID, held.ReadID == held.CaptureID)
	if err != nil {
		return err
	}
	if edit != "" {
		conv.Set(catalog.PageEdit, edit)
	}
	return keepRecord(ctx, k.Catalog, k.Writer, conv)
}

// reread reads the current version of a page from the archive; a nil article if
// there is none, or nothing to read.
func (k *Keeper) reread(ctx context.Context, raw string) (catalog.Held, *article.Article, error) {
	held, ok, err := k.Catalog.Current(ctx, raw)
	if err != nil || !ok || held.ArticleRecordID == "" && (held.Status < 200 || held.Status > 299) {
		return held, nil, err
	}
	page, err := pageOfRecord(ctx, k.Catalog, held.CaptureID, raw, held.Captured)
	if err != nil || page == nil {
		return held, nil, err
	}
	parser, err := k.parser(ctx, page.URL)
	if err != nil {
		return held, nil, err
	}
	a, err := parser.Parse(page)
	if err != nil {
		return held, nil, nil // not an article; the page stays archived
	}
	// What feeds and sitemaps announced is in the previous reading.
	if before, ok, err := k.reading(ctx, raw); err != nil {
		return held, nil, err
	} else if ok {
		a.Inherit(before)
	}
	return held, a, nil
}

// reading is the reading of the current version of a page.
func (k *Keeper) reading(ctx context.Context, raw string) (*article.Article, bool, error) {
	held, ok, err := k.Catalog.Current(ctx, raw)
	if err != nil || !ok || held.ArticleRecordID == "" {
		return nil, false, err
	}
	a, err := k.articleOf(ctx, held.ArticleRecordID)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, false, nil
	}
	return a, err == nil, err
}

// articleOf reads a conversion record.
func (k *Keeper) articleOf(ctx context.Context, id string) (*article.Article, error) {
	rec, err := k.Catalog.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	return articleIn(rec)
}
