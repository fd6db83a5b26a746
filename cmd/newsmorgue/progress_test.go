package main

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
)

func TestGapLines(t *testing.T) {
	for _, tt := range []struct {
		r    scraper.Reason
		want string
	}{
		{scraper.Reason{Reason: "robots.txt", Count: 2, Example: "http://a.example/x"}, "not archived: 2 × robots.txt, for example http://a.example/x"},
		{scraper.Reason{Reason: scraper.LinksNotFollowed + "trap: the same page under over 30 URLs", Count: 31, Example: "http://a.example/x"},
			"links not followed: 31 × trap: the same page under over 30 URLs, for example http://a.example/x"},
	} {
		if got := gapLine(tt.r); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
