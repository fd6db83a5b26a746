package frontiertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// list notes what a page of the list at /list names: the stories from one number to
// another, that one excluded.
func (s *suite) list(page, pages, total, from, to int) (complete bool) {
	s.Helper()
	first := s.request("https://a.example/list", 0, 0)
	s.add(first)
	l := scraper.Listing{First: first.URL, Page: page, Pages: pages, Total: total, Whole: true, Rules: "r"}
	for i := from; i < to; i++ {
		story := s.request(fmt.Sprintf("https://a.example/%d", i), 1, 1)
		s.add(story)
		l.Entries = append(l.Entries, scraper.Entry{URL: story.URL})
	}
	complete, err := s.f.List(context.Background(), s.request(fmt.Sprintf("https://a.example/list?page=%d", page), 0, 0), l)
	if err != nil {
		s.Fatal(err)
	}
	return complete
}

// listInPages: a list is complete when all its pages were read, one after another, and
// as long as it has as many entries as are known.
func listInPages(t *testing.T, s *suite) {
	for _, step := range []struct {
		name                         string
		page, pages, total, from, to int
		want                         bool
	}{
		{"the first page", 1, 3, 31, 0, 10, false},
		{"a page is missing", 3, 3, 31, 20, 30, false},
		{"the first page again", 1, 3, 31, 0, 10, false},
		{"the second page", 2, 3, 31, 10, 20, false},
		{"the last page; one entry cannot be used", 3, 3, 31, 20, 30, true},
		{"unchanged", 1, 3, 31, 0, 10, true},
		{"one more", 1, 4, 32, -1, 9, true},
		{"one less", 1, 3, 31, -1, 9, false},
		{"one more and one less", 1, 3, 32, -2, 8, false},
	} {
		if got := s.list(step.page, step.pages, step.total, step.from, step.to); got != step.want {
			t.Errorf("%s: got %t", step.name, got)
		}
		time.Sleep(time.Second)
	}
	known, err := s.f.Listed(context.Background(), s.request("https://a.example/list", 0, 0))
	if err != nil || known.Rules != "r" || known.Untrusted {
		t.Errorf("got %+v, %v", known, err)
	}
	known, err = s.f.Listed(context.Background(), s.request("https://a.example/other", 0, 0))
	if err != nil || known != (scraper.Listed{}) {
		t.Errorf("of a document that was not read: got %+v, %v", known, err)
	}
}

// listThatIsWrong: a document is not trusted whose dates of change are wrong most times.
func listThatIsWrong(t *testing.T, s *suite) {
	doc := s.request("https://a.example/sitemap.xml", 0, 0)
	doc.Kind = scraper.KindSitemap
	s.add(doc)
	s.done(s.next(), kept)
	story := s.request("https://a.example/story", 1, 1)
	s.add(story)
	o := kept
	o.Article = true
	s.done(s.next(), o)
	for i := range 40 {
		time.Sleep(time.Hour)
		again := *story
		again.Due = time.Now()
		s.add(&again)
		if _, err := s.f.List(context.Background(), doc, scraper.Listing{Entries: []scraper.Entry{{URL: story.URL, Modified: time.Now()}}, Whole: true}); err != nil {
			t.Fatal(err)
		}
		o.Changed = i >= 10
		s.done(s.next(), o)
		known, err := s.f.Listed(context.Background(), doc)
		if err != nil {
			t.Fatal(err)
		}
		if want := i >= 7 && i < 13; known.Untrusted != want {
			t.Errorf("visit %d: untrusted is %t", i, known.Untrusted)
		}
		if known.Proven != (i >= 17) {
			t.Errorf("visit %d: proven is %t", i, known.Proven)
		}
	}
}
