package keep

import (
	"context"
	"net/url"
)

// Reach reports why no connection to the server of a seed is possible, with the
// settings of the run. It sends no request.
func (r *Run) Reach(ctx context.Context, seed *url.URL) error {
	f := (&crawl{Run: r, seeds: []*url.URL{seed}}).fetcher()
	defer f.Close()
	return f.Reach(ctx, seed)
}

// Resolve reports why the host of a seed has no address. The error wraps
// scraper.ErrNoHost only if its name certainly does not exist.
func (r *Run) Resolve(ctx context.Context, seed *url.URL) error {
	f := (&crawl{Run: r, seeds: []*url.URL{seed}}).fetcher()
	defer f.Close()
	return f.Resolve(ctx, seed.Hostname())
}
