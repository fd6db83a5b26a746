package catalog_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A press generates articles of about 4 kB, whose words are as frequent as those of a
// language: some in most articles, half of the vocabulary in one or two.
type press struct {
	rand          *rand.Rand
	words         []string
	often, script *rand.Zipf // ranks of words, and of Chinese characters
}

func newPress() *press {
	p := &press{rand: rand.New(rand.NewPCG(4, 2))}
	for range 120_000 {
		n := 2 + p.rand.IntN(4)
		var b strings.Builder
		for range n {
			b.WriteByte("bcdfghklmnprstvw"[p.rand.IntN(16)])
			b.WriteByte("aeiou"[p.rand.IntN(5)])
		}
		p.words = append(p.words, b.String())
	}
	p.often = rand.NewZipf(p.rand, 1.07, 3, uint64(len(p.words)-1))
	p.script = rand.NewZipf(p.rand, 1.1, 20, 3000)
	return p
}

func (p *press) text(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(p.words[p.often.Uint64()])
		b.WriteString([]string{" ", " ", " ", " ", ", ", " ", ". "}[i%7])
	}
	return b.String()
}

func (p *press) chinese(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune(0x4e00 + p.script.Uint64()))
		if i%25 == 24 {
			b.WriteString("。")
		}
	}
	return b.String()
}

// article returns article i. Of all, 30 % are about the government, of which some in
// their title, and 5 % are in Chinese, of which one in ten names Beijing.
func (p *press) article(i int) article.Article {
	a := article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Kind: article.KindArticle, Title: p.text(9), Summary: p.text(20), Section: p.words[i%12],
		Authors: []article.Author{{Name: p.words[i%400] + " " + p.words[i%900]}}, Published: fmt.Sprintf("20%02d-%02d-%02d", 10+i%16, 1+i%12, 1+i%28)}
	if i%20 == 0 {
		a.Title, a.Summary, a.Text = p.chinese(15), p.chinese(40), p.chinese(1300)
		if i%200 == 0 {
			a.Text += "北京市"
		}
		return a
	}
	a.Text = p.text(330)
	if p.rand.IntN(10) < 3 {
		a.Text += strings.Repeat("The government said ", 1+p.rand.IntN(4))
		if p.rand.IntN(20) == 0 {
			a.Title += " government"
		}
	}
	if i%20_011 == 7 {
		a.Text += "An unmistakable word. "
	}
	a.Text += p.text(330)
	return a
}

// pressArchive makes an archive of n generated articles, and reports what indexing costs.
func pressArchive(b *testing.B, n int) *fixture {
	b.Helper()
	s := newFixture(b)
	p := newPress()
	ctx := context.Background()
	const batch = 100
	var indexing time.Duration
	bytes := 0
	var recs []*archive.Record
	for i := range n {
		a := p.article(i)
		a.Site, a.Extractor = "a.example", article.Extractor
		bytes += len(a.Text)
		res, conv := archive.NewRecord("response", day), archive.NewRecord("conversion", day)
		res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
		var err error
		if conv.Payload, err = json.Marshal(a); err != nil {
			b.Fatal(err)
		}
		for _, r := range []*archive.Record{res, conv} {
			r.Set("WARC-Target-URI", a.URL)
		}
		conv.Set("WARC-Refers-To", res.ID())
		conv.Set("Content-Type", "application/json; profile="+article.Schema)
		if recs = append(recs, res, conv); len(recs) < batch && i < n-1 {
			continue
		}
		caps, err := s.w.Append(ctx, recs...)
		start := time.Now()
		if err == nil {
			err = s.c.Index(ctx, caps, recs)
		}
		indexing += time.Since(start)
		if err != nil {
			b.Fatal(err)
		}
		recs = recs[:0]
	}
	if _, err := s.w.Seal(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := s.c.CatchUp(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d articles with %d bytes of text; indexing took %v each, and %d bytes each for their words", n, bytes/n, indexing/time.Duration(n), s.wordBytes()/n)
	return s
}

// wordBytes is the size of the full-text index.
func (s *fixture) wordBytes() (n int) {
	s.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.a.Dir(), "catalog.sqlite"))
	if err == nil {
		err = db.QueryRow("SELECT (SELECT sum(length(block)) FROM fulltext_data) + (SELECT sum(length(sz)) FROM fulltext_docsize)").Scan(&n)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	db.Close()
	return n
}

// BenchmarkSearch searches 100,000 articles (1,000 with -short) for words that are rare
// and frequent, with snippets. Each is to take less than 100 ms.
func BenchmarkSearch(b *testing.B) {
	n := 100_000
	if testing.Short() {
		n = 1000
	}
	s := pressArchive(b, n)
	ctx := context.Background()
	for _, bench := range []struct {
		name   string
		filter catalog.Filter
		order  catalog.Order
	}{
		{"rare", catalog.Filter{Query: "unmistakable"}, catalog.ByRelevance},
		{"frequent", catalog.Filter{Query: "government"}, catalog.ByRelevance},
		{"frequent-by-date", catalog.Filter{Query: "government"}, catalog.ByDate},
		{"frequent-of-a-year", catalog.Filter{Query: "government", Since: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, catalog.ByRelevance},
		{"two-words", catalog.Filter{Query: "government said"}, catalog.ByRelevance},
		{"phrase", catalog.Filter{Query: `"the government said"`}, catalog.ByRelevance},
		{"prefix", catalog.Filter{Query: "governm*"}, catalog.ByRelevance},
		{"chinese", catalog.Filter{Query: "北京"}, catalog.ByRelevance},
		{"chinese-character", catalog.Filter{Query: "北"}, catalog.ByRelevance},
	} {
		bench.filter.Limit = 20
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				for _, err := range s.c.Search(ctx, bench.filter, bench.order) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(bench.name+"/count", func(b *testing.B) {
			for b.Loop() {
				n, _, err := s.c.Count(ctx, bench.filter)
				if err != nil || n == 0 {
					b.Fatal(n, err)
				}
				b.ReportMetric(float64(n), "matches")
			}
		})
	}
}
