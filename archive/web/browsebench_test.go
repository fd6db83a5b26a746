package web

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/words"
)

var benchArchive = flag.String("archive", "", "the `folder` of an archive to measure, such as one of archive/dataset/internal/generate; else a small one is made")

// benchServer serves an archive whose index is built.
func benchServer(b *testing.B) *Server {
	b.Helper()
	s := &Server{}
	if *benchArchive == "" {
		f := archivetest.New(b)
		if err := archivetest.Fill(b.Context(), f.Writer, f.Catalog, archivetest.Options{Articles: 2000}); err != nil {
			b.Fatal(err)
		}
		s.Archive, s.Catalog = f.Archive, f.Catalog
	} else {
		a, err := archive.Open(*benchArchive)
		if err != nil {
			b.Fatal(err)
		}
		c, err := catalog.OpenReadOnly(b.Context(), a)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			c.Close()
			a.Close()
		})
		s.Archive, s.Catalog = a, c
	}
	s.Prepare()
	b.Cleanup(func() { s.Close() })
	for {
		if v, err := s.index.Index(b.Context()); err != nil {
			b.Fatal(err)
		} else if v != nil {
			return s
		}
	}
}

// benchWords picks words of an article: one that about 28 % of all articles have, one that
// is rare, and two that follow each other.
func benchWords(b *testing.B, c *catalog.Catalog) (common, rare, pair string) {
	b.Helper()
	rows, err := c.CountScope(b.Context(), catalog.Filter{})
	if err != nil {
		b.Fatal(err)
	}
	far, least := int64(1<<62), 1<<62
	for s, err := range c.Stories(b.Context(), catalog.Filter{Languages: []string{"en"}, Limit: 1}) {
		if err != nil {
			b.Fatal(err)
		}
		a, err := c.Article(b.Context(), s)
		if err != nil {
			b.Fatal(err)
		}
		before := ""
		for i, w := range strings.Fields(words.Fold(a.Text)) {
			if i == 150 {
				break
			}
			docs, err := c.Matching(b.Context(), catalog.Filter{Query: w})
			if err != nil {
				b.Fatal(err)
			}
			if d := int64(len(docs)) - rows*28/100; d*d < far {
				far, common, pair = d*d, w, before+" "+w
			}
			if len(docs) < least {
				least, rare = len(docs), w
			}
			before = w
		}
	}
	return common, rare, strings.TrimSpace(pair)
}

// BenchmarkBrowse measures whole pages, as they are shown the first time and when what
// has these words is still remembered. Each is to take less than 200 ms at 100,000 articles.
func BenchmarkBrowse(b *testing.B) {
	s := benchServer(b)
	h := s.Handler()
	common, rare, pair := benchWords(b, s.Catalog)
	show := func(b *testing.B, target string) {
		b.Helper()
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest("GET", target, nil).WithContext(b.Context())); w.Code != 200 {
			b.Fatal(target, w.Code, w.Body)
		}
	}
	v, err := s.index.Index(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	res := v.Select(browseQuery{}.selection())
	site, total := res.Sites[0].Value, len(res.Rows)
	m, err := v.Match(b.Context(), catalog.Filter{Query: common})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d articles; %q is in %d of them", total, common, m.Len())
	q := url.QueryEscape
	for _, bench := range []struct{ name, query string }{
		{"all", ""}, {"all-last", fmt.Sprintf("page=%d", (total+hitsOnPage-1)/hitsOnPage)}, {"all-oldest", "sort=oldest"},
		{"common", "q=" + q(common)}, {"common-middle", fmt.Sprintf("q=%s&page=%d", q(common), m.Len()/hitsOnPage/2)}, {"common-oldest", "q=" + q(common) + "&sort=oldest"},
		{"common-site", "q=" + q(common) + "&site=" + site}, {"rare", "q=" + q(rare)}, {"two-words", "q=" + q(pair)}, {"phrase", "q=" + q(`"`+pair+`"`)},
		{"site", "site=" + site}, {"author", "author=sa"}, {"dates", "since=2020-03&until=2021-05"}, {"misspelt", "q=" + q(common) + "zz"},
	} {
		b.Run(bench.name+"/first", func(b *testing.B) {
			for b.Loop() {
				s.index.Forget()
				show(b, "/articles?"+bench.query)
			}
		})
		b.Run(bench.name+"/again", func(b *testing.B) {
			show(b, "/articles?"+bench.query)
			for b.Loop() {
				show(b, "/articles?"+bench.query)
			}
		})
	}
}
