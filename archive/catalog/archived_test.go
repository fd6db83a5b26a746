package catalog_test

import (
	"maps"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

func TestArchived(t *testing.T) {
	s := newFixture(t)
	for _, url := range []string{"https://a.example/1", "http://a.example/2/", "https://a.example/gone"} {
		s.keep(url, "Title", "", day, true)
	}
	s.suppress(catalog.Suppression{Date: day, URL: "https://a.example/gone", Reason: "asked"})
	got, err := s.c.Archived(t.Context(), []string{
		"https://a.example/1", "https://a.example/1#more", "http://a.example/1/", "https://a.example/2", "https://a.example/gone",
		"https://a.example/none", "mailto:a@a.example", "", "javascript:alert(1)", "https://a.example/1",
	})
	want := map[string]string{
		"https://a.example/1": catalog.StoryID("https://a.example/1"), "https://a.example/1#more": catalog.StoryID("https://a.example/1"),
		"http://a.example/1/": catalog.StoryID("https://a.example/1"), "https://a.example/2": catalog.StoryID("http://a.example/2/"),
	}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, want %v; %v", got, want, err)
	}
	if got, err := s.c.Archived(t.Context(), nil); err != nil || len(got) > 0 {
		t.Errorf("got %v, %v", got, err)
	}
}
