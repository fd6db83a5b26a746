package keep

import (
	"context"
	"fmt"
	"net/http"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
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
	if err != nil || !ok || held.Truncated || !f.killed[held.Run] || held.Status == http.StatusTooManyRequests || held.Status >= 500 {
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
func (k *Keeper) replay(ctx context.Context, r *scraper.Response) (scraper.Outcome, error) {
	v := &visit{Response: r}
	out := scraper.Outcome{Status: r.Status, Result: scraper.ResultKept}
	held, ok, err := k.Catalog.LastResponse(ctx, r.URL.String())
	if err != nil {
		return out, err
	}
	if !ok {
		return out, fmt.Errorf("answer of %s: %w", r.URL, archive.ErrNotFound)
	}
	if v.captured, err = k.Catalog.Record(ctx, held.CaptureID); err != nil {
		return out, err
	}
	id, err := k.Catalog.ReadingOf(ctx, r.URL.String(), held.CaptureID)
	if err != nil {
		return out, err
	}
	if id != "" {
		if v.a, err = k.articleOf(ctx, id); err != nil {
			return out, err
		}
		if v.consent, err = k.consents(ctx, v); err != nil {
			return out, err
		}
		v.fill(&out)
		return out, nil
	}
	if v.a, _, v.unread, err = k.read(ctx, r, v.captured, false); err != nil {
		return out, err
	}
	if v.a != nil {
		v.isNew = true
		conv, err := k.conversion(v.a, v.captured)
		if err != nil {
			return out, err
		}
		if err := keepRecord(ctx, k.Catalog, k.Writer, conv); err != nil {
			return out, err
		}
	}
	if v.consent, err = k.consents(ctx, v); err != nil {
		return out, err
	}
	k.count(v)
	v.fill(&out)
	return out, nil
}
