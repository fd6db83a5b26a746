package keep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/robots"
)

// An Estimate is what a crawl would find and cost, judged by robots.txt, feeds,
// sitemaps, lists and a few sample pages.
type Estimate struct {
	Site      string                  `json:"site"`
	Scope     string                  `json:"scope"`
	Announced []frontier.Announcement `json:"announced"` // by host and year
	Pages     int                     `json:"pages"`     // announced in all
	Sampled   int                     `json:"sampled"`   // sample pages that were fetched
	Delay     float64                 `json:"delay"`     // seconds between requests
	Seconds   float64                 `json:"seconds"`   // that the crawl would take
	WireBytes int64                   `json:"wire_bytes"`
	DiskBytes int64                   `json:"disk_bytes"`
	Assets    float64                 `json:"assets"` // per page, at the level that is set
	Missed    []scraper.Reason        `json:"missed,omitempty"`
	// SeedsFailed counts the seeds without an answer.
	SeedsFailed int `json:"seeds_failed,omitempty"`
}

// samplePages is how many pages an estimate fetches.
const samplePages = 5

// packedShare is the disk space per decoded byte of a page, catalog included, as the
// catalog's BenchmarkSize measures it on a generated site.
const packedShare = 0.09

// assetBytes is the assumed size of an asset: most pictures in articles have 20 to
// 200 kB, icons less.
const assetBytes = 60_000

// Estimate fetches feeds, sitemaps and a few sample pages, and archives nothing.
func (r *Run) Estimate(ctx context.Context) (*Estimate, error) {
	seeds, scope, err := r.scope()
	if err != nil {
		return nil, err
	}
	if scope.Kind == "page" {
		return nil, errNothing
	}
	dir, err := os.MkdirTemp("", "newsmorgue-estimate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	front, err := frontier.Open(filepath.Join(dir, "frontier.sqlite"))
	if err != nil {
		return nil, err
	}
	defer front.Close()
	c := &crawl{Run: r, seeds: seeds, scope: scope, front: front}
	fetcher := c.fetcher()
	defer fetcher.Close()
	s := &sampler{level: c.assets()}
	crawler := c.crawler(fetcher, s)
	crawler.Gate, crawler.SamplePages = nil, samplePages
	c.begin(ctx, Plan{Scope: scope.String(), Kind: scope.Kind, Mode: "estimate", Assets: c.assets()})
	var reqs []*scraper.Request
	for _, u := range seeds {
		reqs = append(reqs, &scraper.Request{URL: u, Site: r.Name})
	}
	counts, err := crawler.Run(ctx, reqs...)
	if err != nil {
		return nil, err
	}
	e := &Estimate{Site: r.Name, Scope: scope.String(), Sampled: s.pages, Missed: counts.Reasons, SeedsFailed: counts.SeedsFailed}
	if e.Announced, err = front.Announced(ctx, r.Name); err != nil {
		return nil, err
	}
	for _, a := range e.Announced {
		e.Pages += a.Pages
	}
	s.finish(e, r.Settings)
	return e, nil
}

// A sampler is the Handler of an estimate.
type sampler struct {
	level string

	mu      sync.Mutex
	pages   int
	wire    int64
	body    int64
	assets  int
	elapsed time.Duration
	delay   time.Duration // of robots.txt
	local   bool
}

func (s *sampler) Prepare(context.Context, *scraper.Request) error { return nil }

func (s *sampler) Handle(_ context.Context, r *scraper.Response) (scraper.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Request.Kind == scraper.KindRobots && r.Status == 200:
		if file, err := robots.Parse(bytes.NewReader(r.Body)); err == nil {
			s.delay = max(s.delay, file.CrawlDelay("newsmorgue"))
		}
	case r.Request.Kind == scraper.KindPage && r.Status == 200:
		s.pages++
		s.body += int64(len(r.Body))
		for _, x := range r.Exchanges {
			s.wire += x.WireLength
			s.elapsed += x.Elapsed
		}
		for _, l := range r.Links(s.level) {
			if l.Kind == scraper.KindAsset {
				s.assets++
			}
		}
	}
	s.local = s.local || scraper.IsLoopback(r.URL.Hostname())
	return scraper.Outcome{}, nil
}

func (s *sampler) finish(e *Estimate, o Settings) {
	n := int64(max(s.pages, 1))
	delay := 2 * time.Second
	switch {
	case o.DelaySet:
		delay = o.Delay
	case s.local:
		delay = 0
	}
	mean := s.elapsed / time.Duration(n)
	if !o.DelaySet {
		delay = max(delay, 2*mean)
	}
	delay = max(delay, s.delay)
	e.Delay = delay.Seconds()
	e.Assets = float64(s.assets) / float64(n)
	// Most assets are shared by a site's pages: style and scripts are fetched once,
	// images with each article.
	files := e.Pages
	if s.level == "images" || s.level == "all" {
		files += int(float64(e.Pages) * e.Assets / 3)
	}
	e.Seconds = float64(files) * (delay + mean).Seconds() / float64(max(1, o.PerHost))
	e.WireBytes = int64(e.Pages)*(s.wire/n) + int64(files-e.Pages)*assetBytes
	e.DiskBytes = int64(float64(e.Pages)*float64(s.body/n)*packedShare) + int64(files-e.Pages)*assetBytes
}

// errNothing is an estimate of a single page.
var errNothing = errors.New("a page has nothing to estimate; --scope site estimates its site")
