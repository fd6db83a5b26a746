package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Articles are read in groups, and in another order than that of the hits.
func TestManyHitsHaveTheirOwnSnippets(t *testing.T) {
	s := newFixture(t)
	const n = 150
	for i := range n {
		s.keepArticle(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Site: "a.example", Kind: article.KindArticle, Title: fmt.Sprint("Story ", i),
			Text: fmt.Sprintf("%sThe harbour has %d boats.", strings.Repeat("harbour ", i*37%n), i)}, day.Add(time.Duration(i)*time.Minute))
		if i == n/2 {
			if _, err := s.w.Seal(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, order := range []catalog.Order{catalog.ByRelevance, catalog.ByDate} {
		var titles []string
		for h, err := range s.c.Search(context.Background(), catalog.Filter{Query: "harbour boats"}, order) {
			if err != nil {
				t.Fatal(err)
			}
			number := strings.TrimPrefix(h.Title.Text, "Story ")
			if !strings.Contains(h.Snippet.Text, " "+number+" boats") {
				t.Errorf("%s: snippet %q", h.Title.Text, h.Snippet.Text)
			}
			titles = append(titles, h.Title.Text)
		}
		var first []string
		for h := range s.c.Search(context.Background(), catalog.Filter{Query: "harbour boats", Limit: 90}, order) {
			first = append(first, h.Title.Text)
		}
		slices.Sort(titles[90:])
		if len(titles) != n || !slices.Equal(titles[:90], first) || len(slices.Compact(slices.Clone(titles))) != n {
			t.Errorf("order %d: got %d hits, %v, want those of a limit first: %v", order, len(titles), titles, first)
		}
	}
}
