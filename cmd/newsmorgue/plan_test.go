package main

import (
	"testing"
	"time"

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
