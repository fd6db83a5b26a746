package main

import (
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A number is that of a version, as --list prints it, if there are so many; else a year.
func TestPickVersion(t *testing.T) {
	all := make([]catalog.Version, 1500)
	for i := range all {
		all[i].Captured = time.Date(2026, 1, 1, i, 0, 0, 0, time.UTC)
	}
	for text, want := range map[string]int{"1": 0, "1500": 1499, "2026": 1499, "2026-01-01": 23} {
		if got, err := pickVersion(all, "--from", text); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	}
	if got, err := pickVersion(all, "--from", "1999"); err == nil {
		t.Errorf("1999: got %d", got)
	}
}
