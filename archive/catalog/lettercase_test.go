package catalog_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func TestCaseDoesNotMatterInAnyScript(t *testing.T) {
	s := newFixture(t)
	for i, x := range []struct{ section, author string }{
		{"Économie", "Élise Żuk"}, {"économie", "élise żuk"}, {"Économie", "ÉLISE ŻUK"}, {"Πολιτικός", "Иван Петров"}, {"ΠΟΛΙΤΙΚΌΣ", "İlker"},
	} {
		s.keepArticle(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Site: "a.example", Kind: article.KindArticle, Title: fmt.Sprint(i), Section: x.section,
			Authors: []article.Author{{Name: x.author}}}, day)
	}
	for _, test := range []struct {
		filter catalog.Filter
		want   int
	}{
		{catalog.Filter{Sections: []string{"ÉCONOMIE"}}, 3},
		{catalog.Filter{Sections: []string{"économie", "πολιτικόσ"}}, 5},
		{catalog.Filter{Sections: []string{"Economie"}}, 0},
		{catalog.Filter{Authors: []string{"éLISE"}}, 3},
		{catalog.Filter{Authors: []string{"ПЕТРОВ"}}, 1},
		{catalog.Filter{Authors: []string{"żuk", "иван"}}, 4},
	} {
		if got := len(s.titles(test.filter)); got != test.want {
			t.Errorf("%+v: got %d articles, want %d", test.filter, got, test.want)
		}
	}
	stats, err := s.c.Stats(context.Background(), catalog.Filter{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	// Of spellings, the most frequent is shown, and of equally frequent ones the last.
	want := []catalog.ValueCount{{Value: "Économie", Articles: 3, Share: 0.6}, {Value: "Πολιτικός", Articles: 2, Share: 0.4}}
	if !reflect.DeepEqual(stats.Sections.Values, want) {
		t.Errorf("sections: got %+v, want %+v", stats.Sections.Values, want)
	}
}
