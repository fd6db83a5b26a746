package scraper_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// readers is a Handler that knows an article by its element.
type readers struct {
	mu        sync.Mutex
	had       map[string]int // how often each article was fetched
	documents int
	misread   bool
}

func (v *readers) Prepare(context.Context, *scraper.Request) error { return nil }

func (v *readers) Handle(_ context.Context, r *scraper.Response) (scraper.Outcome, error) {
	if r.Request.Kind != scraper.KindPage || r.Status != http.StatusOK {
		return scraper.Outcome{}, nil
	}
	_, id, ok := strings.Cut(string(r.Body), "<article id=")
	if !ok {
		v.mu.Lock()
		defer v.mu.Unlock()
		if strings.HasPrefix(r.URL.Path, "/docs/") {
			v.documents++
		}
		if v.misread && (r.URL.RawQuery != "" || strings.HasPrefix(r.URL.Path, "/tag/")) {
			h := fnv.New64a()
			h.Write(r.Body)
			return scraper.Outcome{Kind: "article", Article: true, Text: h.Sum64()}, nil
		}
		return scraper.Outcome{Kind: "section"}, nil
	}
	id, text, _ := strings.Cut(id, ">")
	text, _, _ = strings.Cut(text, "</article>")
	h := fnv.New64a()
	h.Write([]byte(text))
	v.mu.Lock()
	defer v.mu.Unlock()
	v.had[id]++
	return scraper.Outcome{Kind: "article", Article: true, Text: h.Sum64()}, nil
}

// A tally is what a crawl of a paper cost and missed.
type tally struct {
	asked, articles, lost, wasted int
	parts                         map[string]int // of what is wasted
	reasons                       []scraper.Reason
}

func (p *paper) crawl(t *testing.T) tally {
	t.Helper()
	f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seed, err := url.Parse("http://a.example/")
	if err != nil {
		t.Fatal(err)
	}
	scope, err := scraper.NewScope("", seed)
	if p.host != "" {
		scope, err = scraper.NewScope("domain", seed)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := &readers{had: map[string]int{}, misread: p.misread}
	c := &scraper.Crawler{Frontier: f, Fetcher: p.fetcher(), Scope: scope, Handler: v, Site: "s", Workers: 4, DelaySet: true, Assets: "none", MaxPages: 20_000}
	counts, err := c.Run(t.Context(), &scraper.Request{URL: seed})
	if err != nil {
		t.Fatal(err)
	}
	total := p.total()
	res := tally{asked: len(p.asked), reasons: counts.Reasons, parts: map[string]int{}}
	for n := range total {
		if v.had[fmt.Sprint(n)] > 0 {
			res.articles++
		} else {
			res.lost++
			if res.lost < 4 {
				t.Logf("lost: %s", p.address(n))
			}
		}
	}
	res.lost += p.documents - v.documents
	// Wasted is what is of a trap, missing, or the same page again.
	pages, seen := p.build(), map[string]bool{}
	for _, raw := range p.asked {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		u = p.plain(u)
		if at := p.at(u); pages[at] == nil || seen[at] {
			res.wasted++
			first, _, _ := strings.Cut(u.Path[1:], "/")
			if pages[at] != nil {
				first = "again"
			}
			res.parts[first]++
		} else {
			seen[at] = true
		}
	}
	return res
}

func parts(names string) map[string]bool {
	set := map[string]bool{}
	for n := range strings.FieldsSeq(names) {
		set[n] = true
	}
	return set
}

// TestYield: at most one request in ten is wasted on traps, and no article is lost.
func TestYield(t *testing.T) {
	for _, c := range []struct {
		name string
		p    plan
	}{
		{"calendar, facets and sessions", plan{articles: 600, perPage: 10, style: "section", list: "path", tags: 60, authors: 20, parts: parts("calendar facets"), session: "sid"}},
		{"calendar, facets and unknown sessions", plan{articles: 600, perPage: 10, style: "root", list: "query", tags: 60, authors: 20, older: 30, parts: parts("calendar facets"), session: "zx"}},
		{"everything", plan{articles: 600, perPage: 10, style: "dated", list: "query", tags: 60, authors: 20, older: 60, parts: parts("calendar events facets search quotes print missing")}},
		{"everything and an archive by day", plan{articles: 600, perPage: 10, style: "html", list: "offset", tags: 60, authors: 20, older: 60, oldDay: 1000, rare: 10, archive: "archive", parts: parts("calendar facets search quotes print")}},
		{"no traps", plan{articles: 1000, perPage: 10, style: "root", list: "path", tags: 200, authors: 50, older: 90, oldDay: 1000, rare: 10, archive: "archive"}},
		{"long lists", plan{articles: 3000, perPage: 5, style: "section", list: "query", older: 90}},
		{"months beside posts", plan{articles: 500, perPage: 10, style: "query", list: "path", tags: 50, parts: parts("months reply calendar")}},
		{"numbers", plan{articles: 500, perPage: 10, style: "number", list: "path", tags: 50, older: 40, parts: parts("calendar quotes print")}},
		{"kept sessions", plan{articles: 500, perPage: 10, style: "root", list: "query", tags: 50, older: 40, parts: parts("calendar search"), session: "zx", kept: true}},
		{"sessions in paths", plan{articles: 500, perPage: 10, style: "root", list: "query", tags: 50, older: 40, parts: parts("calendar search"), session: "/"}},
		{"an archive called calendar", plan{articles: 500, perPage: 10, style: "section", list: "path", oldDay: 1000, rare: 6, archive: "calendar"}},
		{"an archive whose first months are empty", plan{articles: 600, perPage: 10, style: "section", list: "path", oldDay: 336, silent: 130, rare: 5, archive: "archive", parts: parts("calendar facets")}},
		{"rare articles", plan{articles: 600, perPage: 10, style: "section", list: "path", oldDay: 3000, rare: 20, archive: "archive", parts: parts("facets")}},
		{"an archive by numbers", plan{articles: 600, perPage: 10, style: "section", list: "path", oldDay: 1000, rare: 10, archive: "1999", parts: parts("events search")}},
		{"half is announced", plan{articles: 1200, perPage: 10, style: "section", list: "query", sitemap: 800, tags: 50, older: 30, parts: parts("calendar facets")}},
		{"all is announced", plan{articles: 600, perPage: 10, style: "dated", list: "path", sitemap: 600, tags: 50, parts: parts("calendar search")}},
		{"endless lists", plan{articles: 600, perPage: 10, style: "section", list: "path", tags: 30, parts: parts("endless calendar")}},
		{"endless queries", plan{articles: 600, perPage: 10, style: "root", list: "query", parts: parts("endless search")}},
		{"articles on another host", plan{articles: 600, perPage: 10, list: "query", host: "news.a.example", older: 60, parts: parts("calendar")}},
		{"documents", plan{articles: 20, perPage: 10, style: "section", list: "path", documents: 500}},
		{"lists that pass for articles", plan{articles: 600, perPage: 10, style: "section", list: "query", tags: 40, older: 30, parts: parts("calendar facets search"), misread: true}},
		{"a small paper", plan{articles: 60, perPage: 6, style: "dated", list: "path", tags: 10, authors: 5, older: 20}},
	} {
		seeds := uint64(1)
		if *long {
			seeds = 3
		}
		for seed := range seeds {
			t.Run(fmt.Sprintf("%s/%d", c.name, seed), func(t *testing.T) {
				p := &paper{plan: c.p, seed: seed}
				got := p.crawl(t)
				t.Logf("%d requests, %d articles, %d lost, %d wasted (%.1f %%): %v", got.asked, got.articles, got.lost, got.wasted, 100*float64(got.wasted)/float64(got.asked), got.parts)
				for _, r := range got.reasons {
					t.Logf("%d %s, for example %s", r.Count, r.Reason, r.Example)
				}
				if got.lost > 0 || got.wasted*10 > got.asked {
					t.Errorf("%d of %d requests were wasted, %d articles were lost", got.wasted, got.asked, got.lost)
				}
			})
		}
	}
}
