package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func TestPrintStayed(t *testing.T) {
	const url = "https://a.example/1"
	for _, c := range []struct {
		stayed keep.Stayed
		want   string
	}{
		{keep.Stayed{Reason: keep.StayedMaintenance, Count: 12, Title: "Back\x1b soon"}, `12 articles answered with a maintenance page; their last versions stay (no longer the article but "Back\x1b soon", for example ` + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonPlaceholder), Count: 3, Title: "Gone"}, `3 articles answered with the same page as others; their last versions stay (no longer the article but "Gone", for example ` + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonWall), Count: 1}, "1 article answered with a bot wall or a question about cookies; its last version stays (for example " + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonKind), Count: 2}, "2 articles answered with a page that is no longer an article; their last versions stay (for example " + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonPaywall), Count: 1}, "1 article answered with a shorter page behind a paywall; its last version stays (for example " + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonTruncated), Count: 1}, "1 article answered with an incomplete page; its last version stays (for example " + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonUnread), Count: 1}, "1 article answered with a page without text; its last version stays (for example " + url + ")"},
		{keep.Stayed{Reason: string(catalog.ReasonStatus), Status: 410, Count: 2}, "2 articles answered with HTTP 410; their last versions stay (for example " + url + ")"},
	} {
		var out bytes.Buffer
		c.stayed.Example = url
		(&app{stdout: &out}).printStayed([]keep.Stayed{c.stayed})
		if got := strings.TrimSpace(out.String()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.stayed.Reason, got, c.want)
		}
	}
}

func TestLastAnswer(t *testing.T) {
	first, last := time.Date(2026, 11, 20, 10, 0, 0, 0, time.Local), time.Date(2026, 11, 21, 10, 0, 0, 0, time.Local)
	for _, c := range []struct {
		state catalog.State
		want  string
	}{
		{catalog.State{Current: last, Last: last, Status: 200}, ""},
		{catalog.State{Current: first, Last: last, Status: 404, Why: catalog.ReasonStatus}, "its last answer, of 2026-11-21 10:00:00, is HTTP 404; the version of 2026-11-20 10:00:00 stays"},
		{catalog.State{Current: first, Last: last, Status: 200, Why: catalog.ReasonPlaceholder, Title: "Site maintenance"}, `its last answer, of 2026-11-21 10:00:00, is a maintenance page ("Site maintenance"); the version of 2026-11-20 10:00:00 stays`},
		{catalog.State{Current: first, Last: last, Status: 200, Why: catalog.ReasonPlaceholder, Title: "Gone"}, `its last answer, of 2026-11-21 10:00:00, is the same page as others ("Gone"); the version of 2026-11-20 10:00:00 stays`},
		{catalog.State{Current: last, Last: last, Status: 200, Why: catalog.ReasonWall}, "its last answer, of 2026-11-21 10:00:00, is a bot wall or a question about cookies; there is no other version"},
	} {
		if got := lastAnswer(c.state); got != c.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", c.state, got, c.want)
		}
	}
}
