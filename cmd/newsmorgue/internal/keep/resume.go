package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// A resumer reconciles the frontier with the journal after a run was killed: a URL
// that the run archived but did not mark as done is taken from the archive and its
// links are followed; it is not fetched again.
type resumer struct {
	scraper.Fetcher
	cat    *catalog.Catalog
	killed map[string]bool // runs
}

// Fetch implements scraper.Fetcher.
func (f *resumer) Fetch(ctx context.Context, r *scraper.Request) (*scraper.Response, error) {
	if len(f.killed) == 0 || r.Kind == scraper.KindRobots || !r.Visited.IsZero() || len(r.Cookies()) > 0 {
		return f.Fetcher.Fetch(ctx, r)
	}
	held, ok, err := f.cat.LastResponse(ctx, r.URL.String())
	if err != nil || !ok || !f.killed[held.Run] || held.Status == http.StatusTooManyRequests || held.Status >= 500 {
		return f.Fetcher.Fetch(ctx, r)
	}
	rec, err := f.cat.Record(ctx, held.ResponseID)
	if err != nil || rec.HTTP == nil {
		return f.Fetcher.Fetch(ctx, r)
	}
	header := http.Header{}
	for _, h := range rec.HTTP.Headers {
		header.Add(h.Name, h.Value)
	}
	header.Del("Content-Encoding")
	if held.Status >= 300 && held.Status < 400 && header.Get("Set-Cookie") != "" {
		return f.Fetcher.Fetch(ctx, r) // the target may need the cookie, which no record has
	}
	return &scraper.Response{Request: r, URL: r.URL, Status: held.Status, Header: header, Body: Body(rec), Replayed: true,
		DetectHTML: tree.IsHTML, Decode: charset.Decode, EncodeQuery: charset.QueryEncoder, Parse: tree.Parse, Exchanges: []*scraper.Exchange{{URL: r.URL, Start: held.Date}}}, nil
}

// replay is Handle for an answer that is already archived; only its reading may be
// missing.
func (k *Keeper) replay(ctx context.Context, r *scraper.Response, held catalog.Held) (scraper.Outcome, error) {
	out := scraper.Outcome{Status: r.Status, Result: scraper.ResultKept}
	setKind(&out, article.Kind(held.Kind))
	var a *article.Article
	captured, err := k.Catalog.Record(ctx, held.ResponseID)
	if err != nil {
		return out, err
	}
	noArticle, fresh := "", false
	rec, err := k.Catalog.Reading(ctx, held)
	switch {
	case err == nil:
		a = &article.Article{}
		if err := json.Unmarshal(rec.Payload, a); err != nil {
			return out, fmt.Errorf("reading of %s: %w", r.URL, err)
		}
	case !errors.Is(err, archive.ErrNotFound):
		return out, err
	default:
		fresh = true
		if a, noArticle, err = k.read(ctx, r, captured); err != nil {
			return out, err
		}
		if a != nil {
			setKind(&out, a.Kind)
			conv, err := k.conversion(a, captured)
			if err != nil {
				return out, err
			}
			if err := keepRecord(ctx, k.Catalog, k.Writer, conv); err != nil {
				return out, err
			}
		}
	}
	if out.Reason, err = k.wallReason(ctx, out, a, held); err != nil {
		return out, err
	}
	if fresh {
		k.count(r, captured, out, noArticle, true, false)
	}
	out.NextVisit = nextVisit(r, a)
	return out, nil
}
