package main

import (
	"reflect"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func TestHostWaits(t *testing.T) {
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	in := func(d time.Duration) time.Time { return now.Add(d) }
	tests := []struct {
		name  string
		queue frontier.HostQueue
		least time.Duration
		want  []string
	}{
		{"the host asked for it", frontier.HostQueue{Host: "a.example", Pending: 7, Next: in(54 * time.Second),
			Retries: []frontier.Retry{{Reason: "asked to wait (Retry-After)", Count: 1, Due: in(50 * time.Second)}}}, notableDelay,
			[]string{"waiting 54 s: a.example asked for it (Retry-After)"}},
		{"it gave no time", frontier.HostQueue{Host: "a.example", Retries: []frontier.Retry{{Reason: "asked to wait (HTTP 429)", Count: 1, Due: in(61 * time.Second)}}}, notableDelay,
			[]string{"waiting 1m01s: a.example asked for it (HTTP 429)"}},
		{"the time is over", frontier.HostQueue{Host: "a.example", Retries: []frontier.Retry{{Reason: "asked to wait (Retry-After)", Count: 1, Due: in(-time.Second)}}}, notableDelay, nil},
		{"style sheets", frontier.HostQueue{Host: "cdn.example", Retries: []frontier.Retry{{Kind: scraper.KindAsset, Styles: true, Reason: "host name not resolved", Count: 5}}}, notableDelay,
			[]string{"retrying 5 style sheets of cdn.example (host name not resolved)"}},
		{"a page and an asset", frontier.HostQueue{Host: "a.example", Next: in(8 * time.Second), Retries: []frontier.Retry{
			{Reason: "timeout", Count: 1, Due: in(30 * time.Second)}, {Kind: scraper.KindAsset, Reason: "connection refused", Count: 2}}}, notableDelay,
			[]string{"retrying 1 page of a.example (timeout), next in 30 s", "retrying 2 assets of a.example (connection refused)", "waiting 8 s: delay of a.example"}[:2]},
		{"a long delay", frontier.HostQueue{Host: "a.example", Next: in(11500 * time.Millisecond)}, notableDelay, []string{"waiting 12 s: delay of a.example"}},
		{"a usual delay", frontier.HostQueue{Host: "a.example", Next: in(2 * time.Second)}, notableDelay, nil},
		{"a usual delay in status", frontier.HostQueue{Host: "a.example", Next: in(2 * time.Second)}, 0, []string{"waiting 2 s: delay of a.example"}},
		{"nothing", frontier.HostQueue{Host: "a.example", Pending: 3}, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, w := range hostWaits(tt.queue, now, tt.least) {
				got = append(got, w.text)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFlightWait(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		f    flight
		want string
	}{
		{flight{"a.example", now.Add(-4 * time.Second), 5}, ""},
		{flight{"a.example", now.Add(-40 * time.Second), 2_100_000}, "receiving a slow answer from a.example (40 s, 2.1 MB)"},
		{flight{"a.example", now.Add(-12 * time.Second), 0}, "waiting for an answer from a.example (12 s)"},
	} {
		if got, _ := tt.f.wait(now); got.text != tt.want {
			t.Errorf("got %q, want %q", got.text, tt.want)
		}
	}
}

func TestWaitTexts(t *testing.T) {
	waits := []wait{{waitDelay, "d"}, {waitRetry, "r"}, {waitAsked, "a"}, {waitRetry, "r"}, {waitPaused, "p"}, {waitRetry, "q"}}
	if got, want := waitTexts(waits, 3), []string{"p", "a", "r", "and 2 more"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := waitTexts(nil, 3); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}
