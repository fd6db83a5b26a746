package schedule_test

import (
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{"6h": "6h", "90m": "90m", "1d": "1d", "24h": "1d", "daily": "1d", "Weekly": "7d", " 2w ": "14d", "1h30m": "90m"} {
		e, err := schedule.Parse(in)
		if err != nil || e.String() != want {
			t.Errorf("%q: got %s, %v, want %s", in, e, err, want)
		}
	}
	for _, in := range []string{"", "x", "1m", "-6h", "1000w", "d", "TZ=0"} {
		if _, err := schedule.Parse(in); err == nil {
			t.Errorf("%q was accepted", in)
		}
	}
}

func TestNext(t *testing.T) {
	e, _ := schedule.Parse("6h")
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name       string
		last, want time.Time
	}{
		{"never", time.Time{}, now},
		{"in time", now.Add(-time.Hour), now.Add(5 * time.Hour)},
		{"missed many", now.Add(-100 * time.Hour), now},
		{"a clock set back", now.Add(48 * time.Hour), now},
	}
	for _, tt := range tests {
		if got := e.Next(tt.last, now); !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
