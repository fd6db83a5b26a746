package catalog_test

import (
	"context"
	"slices"
	"testing"
	"time"
)

// Who suppresses an article that was moved learns where it is, too.
func TestOtherURLs(t *testing.T) {
	const plain, old, slug = "http://a.example/story", "https://a.example/story", "https://a.example/a-better-headline"
	s := newFixture(t)
	for i, a := range []answered{{url: plain, text: "a b c"}, {url: old, text: "a b c"}, {url: old, status: 301, location: slug}, {url: slug, text: "a b c"}, {url: "https://a.example/other", text: "x", title: "Other"}} {
		s.take(time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC), a)
	}
	for url, want := range map[string][]string{plain: {slug, old}, old: {slug, plain}, slug: {old, plain}, "https://a.example/other": nil, "https://a.example/none": nil} {
		got, err := s.c.OtherURLs(context.Background(), url)
		if slices.Sort(got); err != nil || !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: got %q, %v, want %q", url, got, err, want)
		}
	}
}
