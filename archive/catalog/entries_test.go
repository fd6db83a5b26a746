package catalog_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// entries lists what an index reads, in its order.
func (s *fixture) entries(after int64) (all []catalog.Entry) {
	s.t.Helper()
	for e, err := range s.c.Entries(s.t.Context(), after) {
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// TestEntries: the entries are those of Stories and of the full text; after some row, only
// what was added or has changed.
func TestEntries(t *testing.T) {
	s := newFixture(t)
	ctx := t.Context()
	for i := range 5 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Title: fmt.Sprint("Title ", i), Text: fmt.Sprint("quay ", i), Section: "Town", Language: "en-GB",
			Authors: []article.Author{{Name: "Ada"}}, Published: fmt.Sprintf("2026-11-0%d", 1+i%4)}, day, true)
	}
	all := s.entries(0)
	var want, got []string
	last := int64(0)
	for st := range s.c.Stories(ctx, catalog.Filter{All: true}) {
		want = append(want, st.ID)
	}
	for _, e := range all {
		got = append(got, fmt.Sprintf("%012x", e.Key))
		last = max(last, e.Doc)
		if e.Site != "a.example" || e.Kind != "article" || e.Section != "Town" || e.Language != "en-GB" || e.Authors != `["Ada"]` || e.Moved || e.Sorted == 0 {
			t.Errorf("got %+v", e)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if more := s.entries(last); len(more) != 0 {
		t.Errorf("got %v", more)
	}
	s.put(article.Article{URL: "https://a.example/2", Title: "Title 2", Text: "quay, edited"}, day.AddDate(0, 0, 1), true)
	if more := s.entries(last); len(more) != 1 || fmt.Sprintf("%012x", more[0].Key) != catalog.StoryID("https://a.example/2") {
		t.Errorf("got %v", more)
	}
	docs, err := s.c.Matching(ctx, catalog.Filter{Query: "quay", Sites: []string{"none.example"}})
	if err != nil || len(docs) != 5 || !slices.IsSorted(docs) {
		t.Errorf("got %v %v", docs, err)
	}
	if docs, err := s.c.Matching(ctx, catalog.Filter{Query: "nothing"}); err != nil || len(docs) != 0 {
		t.Errorf("got %v %v", docs, err)
	}
	if _, err := s.c.Matching(ctx, catalog.Filter{Query: "(quay", FTS: true}); !errors.Is(err, catalog.ErrQuery) {
		t.Errorf("got %v", err)
	}
	ranked, err := s.c.Ranked(ctx, catalog.Filter{Query: "quay"}, docs[len(docs)-1])
	if err != nil || len(ranked) != 4 || ranked[0].Score < ranked[3].Score {
		t.Errorf("got %v %v", ranked, err)
	}
	if all, err := s.c.Ranked(ctx, catalog.Filter{Query: "quay"}, math.MaxInt64); err != nil || len(all) != 5 {
		t.Errorf("got %v %v", all, err)
	}
}

// TestWatch: a suppression, as any change, gives another revision; what is suppressed is
// among neither the keys nor the stories.
func TestWatch(t *testing.T) {
	s := newFixture(t)
	ctx := t.Context()
	for i := range 3 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Title: "Title", Text: "quay"}, day, true)
	}
	w, err := s.c.Watch()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	before, err := w.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.Revision(ctx); again != before || err != nil {
		t.Errorf("got %v, before %v, %v", again, before, err)
	}
	keys, err := s.c.Keys(ctx)
	if err != nil || len(keys) != 3 || !slices.IsSorted(keys) {
		t.Errorf("got %v %v", keys, err)
	}
	s.suppress(catalog.Suppression{Date: day, URL: "https://a.example/1", Reason: "asked for"})
	after, err := w.Revision(ctx)
	if err != nil || after.Version == before.Version || after.Suppressions != before.Suppressions+1 {
		t.Errorf("got %v, before %v, %v", after, before, err)
	}
	left, err := s.c.Keys(ctx)
	if err != nil || len(left) != 2 {
		t.Errorf("got %v %v", left, err)
	}
	found, err := s.c.StoriesByKey(ctx, keys)
	if err != nil || len(found) != 2 || found[left[0]].Title != "Title" {
		t.Errorf("got %v %v", found, err)
	}
	if none, err := s.c.StoriesByKey(ctx, nil); err != nil || len(none) != 0 {
		t.Errorf("got %v %v", none, err)
	}
}
