package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
)

func TestTurnResult(t *testing.T) {
	ran := watch.LastRun{Start: time.Now()}
	for want, status := range map[string]turnStatus{
		"-":       {},
		"running": {last: ran, status: statusRunning},
		"killed":  {last: ran, status: statusKilled},
		"complete: 31 pages, 4 new, 1 changed": {last: ran, sum: &keep.Summary{Status: keep.StatusComplete,
			Pages: 31, Kept: keep.Kept{New: 4, Changed: 1}}},
		"interrupted: 1 page, 0 new, 0 changed, 2 gone, 1 error; 3 turns without a run since (keep-out hours)": {last: ran,
			sum: &keep.Summary{Status: keep.StatusInterrupted, Pages: 1, Failed: 1, Kept: keep.Kept{Gone: 2}}, skipped: 3, reason: keep.SkippedKeepOut},
		"1 turn without a run (the run could not begin)": {skipped: 1, reason: keep.SkippedFailed},
	} {
		if got := status.result(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// After a run that could not begin, the next turn is the one after it, not now.
func TestTurnStatusOfARunThatCouldNotBegin(t *testing.T) {
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	front, err := keep.OpenFrontier(ar)
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tried := now.Add(-time.Minute)
	s := siteSettings{Seeds: []string{"https://a.example/"}, Every: "6h", Jitter: "0"}
	for _, c := range []struct {
		reason string
		next   time.Time
	}{{keep.SkippedKeepOut, now}, {keep.SkippedFailed, tried.Add(6*time.Hour + time.Second)}} {
		if err := (keep.Skipped{Site: "a.example", Reason: c.reason, Turns: 1, From: tried, Until: tried}).Record(t.Context(), ar, cat); err != nil {
			t.Fatal(err)
		}
		got, err := s.turnStatus(t.Context(), ar, cat, front, "a.example", now)
		if err != nil || !got.next.Equal(c.next) {
			t.Errorf("%s: got %s, %v, want %s", c.reason, got.next, err, c.next)
		}
		tried = tried.Add(time.Second)
	}
}
