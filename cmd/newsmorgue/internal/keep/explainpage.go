package keep

import (
	"context"
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// ExplainCapture reads the page of a response, revisit or resource again, with the
// current template profile of its site, and says how each field was decided. What feeds
// and sitemaps said of the page is not known any more.
func ExplainCapture(ctx context.Context, cat *catalog.Catalog, rec *archive.Record) (*article.Article, *article.Explanation, error) {
	page, err := pageOfRecord(ctx, cat, rec.ID(), rec.TargetURI(), rec.Date())
	if err != nil {
		return nil, nil, err
	}
	if page == nil {
		return nil, nil, fmt.Errorf("%w: the page of %s", archive.ErrNotFound, rec.TargetURI())
	}
	profile, err := newestProfile(ctx, cat, scraper.SiteOf(page.URL))
	if err != nil {
		return nil, nil, err
	}
	return (&parsers.Parser{Site: profile}).Explain(page)
}
