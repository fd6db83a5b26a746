package keep

import (
	"context"
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// An Edit is two versions of an article, read by the same extractor: a difference
// between extractors is not an edit.
type Edit struct {
	Before, After *article.Article
	// Reread says that no extractor has read both, so that both pages were read again
	// for this comparison. Further pages of the article are left out then.
	Reread bool
}

// EditBetween reads two versions of an article for a comparison.
func EditBetween(ctx context.Context, cat *catalog.Catalog, before, after catalog.Version) (e Edit, err error) {
	switch {
	case after.Before == before.RecordID || after.Before == before.Reading:
		return readEdit(ctx, cat, after.Before, after.Reading)
	case before.Extractor == after.Extractor:
		return readEdit(ctx, cat, before.RecordID, after.RecordID)
	}
	e.Reread = true
	if e.Before, err = readAgain(ctx, cat, before); err == nil {
		e.After, err = readAgain(ctx, cat, after)
	}
	return e, err
}

// EditOf reads the two readings that show a change.
func EditOf(ctx context.Context, cat *catalog.Catalog, ch catalog.Change) (Edit, error) {
	return readEdit(ctx, cat, ch.Before, ch.Reading)
}

func readEdit(ctx context.Context, cat *catalog.Catalog, before, after string) (e Edit, err error) {
	if e.Before, err = storedArticle(ctx, cat, before); err == nil {
		e.After, err = storedArticle(ctx, cat, after)
	}
	return e, err
}

func storedArticle(ctx context.Context, cat *catalog.Catalog, id string) (*article.Article, error) {
	rec, err := cat.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	return articleIn(rec)
}

// readAgain reads the page of a version with the extractor of this program.
func readAgain(ctx context.Context, cat *catalog.Catalog, v catalog.Version) (*article.Article, error) {
	stored, err := storedArticle(ctx, cat, v.RecordID)
	if err != nil {
		return nil, err
	}
	page, err := pageOfRecord(ctx, cat, v.ResponseID, stored.URL, v.Captured)
	if err != nil {
		return nil, err
	}
	if page == nil {
		return nil, fmt.Errorf("%w: the page of %s is not there", archive.ErrNotFound, stored.URL)
	}
	a, err := (&parsers.Parser{}).Parse(page)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", stored.URL, v.Captured.Format("2006-01-02 15:04"), err)
	}
	return a, nil
}
