package catalog_test

import (
	"maps"
	"testing"
	"time"

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

func TestNewestCaptured(t *testing.T) {
	s := newFixture(t)
	for i := range 5 {
		s.keep("https://a.example/1", "Title", "", day.Add(time.Duration(i)*time.Hour), true)
	}
	got, total, err := s.c.NewestCaptured(t.Context(), "https://a.example/1", 2)
	if err != nil || total != 5 || len(got) != 2 || !got[0].Time.Equal(day.Add(4*time.Hour)) || !got[1].Time.Equal(day.Add(3*time.Hour)) {
		t.Errorf("got %v of %d, %v", got, total, err)
	}
	s.suppress(catalog.Suppression{Date: day, URL: "https://a.example/1", Reason: "asked"})
	if got, total, err := s.c.NewestCaptured(t.Context(), "https://a.example/1", 2); err != nil || total != 0 || len(got) != 0 {
		t.Errorf("got %v of %d, %v", got, total, err)
	}
}
