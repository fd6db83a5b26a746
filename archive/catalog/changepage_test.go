package catalog_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// pagesOf joins the pages of a list.
func pagesOf(t *testing.T, c *catalog.Catalog, f catalog.ChangeFilter, size int) (all []catalog.Change, pages int) {
	t.Helper()
	feed, until := c.ChangeFeed(f), time.Time{}
	for {
		if pages%2 == 0 {
			feed = c.ChangeFeed(f) // as for the next request
		}
		p, err := feed.Page(context.Background(), until, size)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Changes...)
		if pages++; p.Next.IsZero() {
			return all, pages
		}
		if !until.IsZero() && !p.Next.Before(until) {
			t.Fatalf("page %d goes on at %s, not before %s", pages, p.Next, until)
		}
		until = p.Next
	}
}

func keysOf(all []catalog.Change) (keys []string) {
	for _, c := range all {
		keys = append(keys, fmt.Sprint(c.Captured.Format(time.RFC3339Nano), c.What, c.ID))
	}
	return keys
}

// The pages together are what Changes lists at once.
func TestChangePages(t *testing.T) {
	ctx, f := context.Background(), archivetest.New(t)
	if err := archivetest.Fill(ctx, f.Writer, f.Catalog, archivetest.Options{Articles: 400, Sites: 3, Text: 200, Markup: 100}); err != nil {
		t.Fatal(err)
	}
	sites, err := f.Catalog.Sites(ctx)
	if err != nil {
		t.Fatal(err)
	}
	middle := sites[0].First.Add(sites[0].Last.Sub(sites[0].First) / 2)
	for name, filter := range map[string]catalog.ChangeFilter{
		"all but new": {}, "new": {What: []string{catalog.ChangeNew}}, "gone": {What: []string{catalog.ChangeGone}}, "of a site": {Sites: []string{sites[1].Name}},
		"since": {Since: middle}, "until": {Until: middle}, "moved": {What: []string{catalog.ChangeMoved}},
	} {
		want, err := f.Catalog.Changes(ctx, filter)
		if err != nil {
			t.Fatal(err)
		}
		got, pages := pagesOf(t, f.Catalog, filter, 7)
		if fmt.Sprint(keysOf(got)) != fmt.Sprint(keysOf(want)) {
			t.Errorf("%s: %d changes on %d pages, want %d", name, len(got), pages, len(want))
		}
		if name != "gone" && (len(want) == 0 || len(want) > 7 && pages < 2) {
			t.Errorf("%s: %d changes on %d pages show nothing", name, len(want), pages)
		}
	}
}

// What is gone and has not come back is listed once, by its last change.
func TestGonePages(t *testing.T) {
	s := newFixture(t)
	at := day
	take := func(a answered) {
		at = at.Add(time.Hour)
		s.take(at, a)
	}
	const back, gone, other, never = "https://a.example/back", "https://a.example/gone", "https://a.example/other", "https://a.example/never"
	for _, u := range []string{back, gone, other} {
		take(answered{url: u, text: "a b c", title: u})
	}
	take(answered{url: never, status: 404})
	take(answered{url: back, status: 404})
	take(answered{url: gone, status: 404})
	take(answered{url: gone, status: 404})
	take(answered{url: other, text: "Nothing here", title: "Not found", kind: article.KindOther})
	take(answered{url: back, text: "a b c", title: back})
	take(answered{url: gone, status: 410})
	f := catalog.ChangeFilter{What: []string{catalog.ChangeGone}}
	want, err := s.c.Changes(context.Background(), f)
	if err != nil || len(want) != 3 {
		t.Fatalf("got %v %v", keysOf(want), err)
	}
	if got, _ := pagesOf(t, s.c, f, 1); fmt.Sprint(keysOf(got)) != fmt.Sprint(keysOf(want)) {
		t.Errorf("got %v, want %v", keysOf(got), keysOf(want))
	}
	f.Last = true
	got, _ := pagesOf(t, s.c, f, 10)
	if len(got) != 2 || got[0].URL != other || got[1].URL != gone {
		t.Errorf("got %v", keysOf(got))
	}
	all, err := s.c.Changes(context.Background(), f)
	if err != nil || fmt.Sprint(keysOf(all)) != fmt.Sprint(keysOf(got)) {
		t.Errorf("got %v %v", keysOf(all), err)
	}
	h, err := s.c.HistoryOf(context.Background(), back, nil)
	if err != nil || len(h.Versions) != 1 || len(h.Changes) != 3 || h.Changes[1].What != catalog.ChangeGone {
		t.Errorf("got %+v %v", h, err)
	}
}

// A history is read again when something of it changed, and only then.
func TestHistoryAgain(t *testing.T) {
	ctx, s := context.Background(), newFixture(t)
	const url, slug = "https://a.example/story", "https://a.example/slug"
	var known *catalog.History
	look := func(want string, isSame bool) {
		t.Helper()
		h, err := s.c.HistoryOf(ctx, url, known)
		if err != nil {
			t.Fatal(err)
		}
		var whats []string
		for _, c := range h.Changes {
			whats = append(whats, c.What)
		}
		if got := fmt.Sprintf("%d %v", len(h.Versions), whats); got != want || (h == known) != isSame {
			t.Errorf("got %s, the same: %t; want %s", got, h == known, want)
		}
		known = h
	}
	first := s.take(day, answered{url: url, text: "a b c"})
	look("1 [new]", false)
	s.take(day, answered{url: slug + "/other", text: "x"})
	look("1 [new]", true)
	s.take(day.Add(time.Hour), answered{url: url, text: "a b d"})
	look("2 [new edited]", false)
	look("2 [new edited]", true)
	s.take(day.Add(2*time.Hour), answered{url: url, status: 301, location: slug})
	look("2 [new edited gone]", false)
	s.take(day.Add(3*time.Hour), answered{url: slug, text: "a b d"})
	look("3 [new edited moved]", false)
	s.suppress(catalog.Suppression{Date: day, Record: first.ID(), Reason: "asked for"})
	look("2 [new moved]", false)
}
