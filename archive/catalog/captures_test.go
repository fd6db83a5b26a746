package catalog_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

func times(caps []archive.Capture) string {
	var all []string
	for _, c := range caps {
		all = append(all, c.Time.Format("2T15"))
	}
	return strings.Join(all, " ")
}

func TestCapturesOf(t *testing.T) {
	ctx, s := context.Background(), newFixture(t)
	const url = "https://a.example/story"
	var recs []*archive.Record
	for i := range 6 {
		recs = append(recs, s.take(day.Add(time.Duration(i)*time.Hour), answered{url: url, text: "a b c"}))
	}
	s.take(day, answered{url: url + "/other", text: "x"})
	s.suppress(catalog.Suppression{Date: day, Record: recs[2].ID(), Reason: "asked for"})
	all, err := s.c.CapturesOf(ctx, catalog.CaptureQuery{URL: url})
	if got := times(all); err != nil || got != "23T18 23T19 23T21 23T22 23T23" {
		t.Fatalf("got %s %v", got, err)
	}
	for want, q := range map[string]catalog.CaptureQuery{
		"23T23 23T22":       {URL: url, NewestFirst: true, Limit: 2},
		"23T22 23T23":       {URL: url, After: all[2]},
		"23T19 23T18":       {URL: url, After: all[2], NewestFirst: true},
		"23T21":             {URL: url, Skip: 2, Limit: 1},
		"23T22 23T23 ":      {URL: url, Skip: 3},
		"23T19 23T21":       {URL: url, Since: day.Add(time.Hour), Until: day.Add(3 * time.Hour)},
		"":                  {URL: url, Types: []string{"revisit"}},
		"23T18 23T19 23T21": {URL: url, Limit: 3},
	} {
		got, err := s.c.CapturesOf(ctx, q)
		if err != nil || times(got) != strings.TrimSpace(want) {
			t.Errorf("%+v: got %s %v, want %s", q, times(got), err, want)
		}
	}
	if n, err := s.c.CountCaptures(ctx, catalog.CaptureQuery{URL: url}); n != 5 || err != nil {
		t.Errorf("got %d %v", n, err)
	}
	for after, want := range map[time.Duration]string{-time.Hour: "23T18", 90 * time.Minute: "23T19", 2 * time.Hour: "23T19", 2*time.Hour + 1e6: "23T21", 99 * time.Hour: "23T23"} {
		c, ok, err := s.c.NearestCapture(ctx, catalog.CaptureQuery{URL: url}, day.Add(after))
		if err != nil || !ok || times([]archive.Capture{c}) != want {
			t.Errorf("%s: got %s %t %v, want %s", after, c.Time, ok, err, want)
		}
	}
	if _, ok, err := s.c.NearestCapture(ctx, catalog.CaptureQuery{URL: "https://a.example/none"}, day); ok || err != nil {
		t.Errorf("got %t %v", ok, err)
	}
}

// The index of URLs is made by the first question, and kept by what is captured later and
// by a rebuild.
func TestCapturedURLs(t *testing.T) {
	ctx, s := context.Background(), newFixture(t)
	urls := []string{"http://a.example/", "https://a.example/1", "https://a.example/2", "https://a.example:8080/", "https://a.example.org/", "https://a.example?q", "https://b.example/", "urn:x"}
	for _, u := range urls[1:] {
		s.take(day, answered{url: u})
	}
	list := func(from, to string) string {
		t.Helper()
		var got []string
		if err := s.c.CapturedURLs(ctx, from, to, func(u catalog.CountedURL) { got = append(got, u.URL) }); err != nil {
			t.Fatal(err)
		}
		return strings.Join(got, " ")
	}
	if got := list("https://a.example", "https://a.example0"); got != "https://a.example.org/ https://a.example/1 https://a.example/2" {
		t.Errorf("got %s", got)
	}
	s.take(day, answered{url: urls[0]})
	s.take(day.Add(time.Hour), answered{url: urls[0]})
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := s.c.CapturedURLs(ctx, "http://", "http:0", func(u catalog.CountedURL) { n += u.Captures })
	if n != 2 || err != nil {
		t.Errorf("got %d captures %v", n, err)
	}
	origins, err := s.c.CapturedOrigins(ctx)
	want := []string{"http://a.example", "https://a.example", "https://a.example.org", "https://a.example:8080", "https://b.example", "urn:x"}
	slices.Sort(origins)
	if got := slices.Compact(origins); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
}
