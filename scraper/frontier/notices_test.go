package frontier_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func newFrontier(t *testing.T) *frontier.Frontier {
	t.Helper()
	f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// What people are told is recorded together, and kept until it ends.
func TestTell(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "frontier.sqlite")
	f, err := frontier.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)
	w := frontier.Warning{Site: "a.example", Kind: "yield", Text: "fewer articles", Since: start.Truncate(time.Millisecond)}
	_, err = f.Tell(ctx, frontier.Telling{Site: "a.example", Run: start, Begin: []frontier.Warning{w}, Send: []frontier.Message{{Receiver: "r", ID: "1", Site: "a.example", Body: []byte("{}"), Created: start}}})
	if err != nil {
		t.Fatal(err)
	}
	// An older run does not turn the mark back.
	if _, err := f.Tell(ctx, frontier.Telling{Site: "a.example", Run: start.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if f, err = frontier.Open(path); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	told, err := f.Told(ctx, "a.example")
	if err != nil || !told.Equal(start) {
		t.Errorf("got %v, %v", told, err)
	}
	if none, err := f.Told(ctx, "b.example"); err != nil || !none.IsZero() {
		t.Errorf("got %v, %v", none, err)
	}
	all, err := f.Warnings(ctx)
	if err != nil || len(all) != 1 || all[0] != w {
		t.Errorf("got %+v, %v", all, err)
	}
	if n, err := f.Waiting(ctx); err != nil || n != 1 {
		t.Errorf("got %d messages, %v", n, err)
	}
	if _, err := f.Tell(ctx, frontier.Telling{End: []frontier.Warning{w}}); err != nil {
		t.Fatal(err)
	}
	if all, err := f.Warnings(ctx); err != nil || len(all) != 0 {
		t.Errorf("got %+v, %v", all, err)
	}
}

// The outbox is bounded; the newest messages stay.
func TestOutboxIsBounded(t *testing.T) {
	ctx, f := context.Background(), newFrontier(t)
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var all []frontier.Message
	for i := range frontier.MaxMessages + 5 {
		all = append(all, frontier.Message{Receiver: "r", ID: fmt.Sprint(i), Body: []byte("{}"), Created: start.Add(time.Duration(i) * time.Second)})
	}
	dropped, err := f.Tell(ctx, frontier.Telling{Send: all})
	if err != nil || dropped != 5 {
		t.Errorf("got %d dropped, %v", dropped, err)
	}
	m, _, ok, err := f.NextMessage(ctx, "r", start)
	if err != nil || !ok || m.ID != "5" {
		t.Errorf("got %+v, %t, %v", m, ok, err)
	}
}

// A receiver that fails gets no message until it is due; then another one than that
// which failed.
func TestOutboxOrder(t *testing.T) {
	ctx, f := context.Background(), newFrontier(t)
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, err := f.Tell(ctx, frontier.Telling{Send: []frontier.Message{
		{Receiver: "r", ID: "bad", Body: []byte("1"), Created: start}, {Receiver: "r", ID: "good", Body: []byte("2"), Created: start.Add(time.Second)},
		{Receiver: "other", ID: "bad", Body: []byte("1"), Created: start},
	}})
	if err != nil {
		t.Fatal(err)
	}
	next := func(now time.Time) string {
		t.Helper()
		m, due, ok, err := f.NextMessage(ctx, "r", now)
		if err != nil {
			t.Fatal(err)
		}
		if !ok && !due.IsZero() {
			return "wait " + due.Sub(now).String()
		}
		return m.ID
	}
	notSent := func(id string, now time.Time) {
		t.Helper()
		if _, err := f.NotSent(ctx, frontier.Message{Receiver: "r", ID: id}, now, func(failed int) time.Duration { return time.Duration(failed) * time.Minute }); err != nil {
			t.Fatal(err)
		}
	}
	if got := next(start); got != "bad" {
		t.Errorf("got %s first", got)
	}
	notSent("bad", start)
	if got := next(start.Add(30 * time.Second)); got != "wait 30s" {
		t.Errorf("got %s", got)
	}
	if m, _, ok, err := f.NextMessage(ctx, "other", start); err != nil || !ok || m.ID != "bad" {
		t.Errorf("another receiver waits: %+v, %v", m, err)
	}
	later := start.Add(time.Minute)
	if got := next(later); got != "good" {
		t.Errorf("got %s", got)
	}
	if err := f.Sent(ctx, frontier.Message{Receiver: "r", ID: "good"}); err != nil {
		t.Fatal(err)
	}
	if got := next(later); got != "bad" {
		t.Errorf("got %s after one was sent", got)
	}
	notSent("bad", later) // the first failure in a row again
	if got := next(later); got != "wait 1m0s" {
		t.Errorf("got %s", got)
	}
	notSent("bad", later.Add(time.Minute))
	if got := next(later.Add(time.Minute)); got != "wait 2m0s" {
		t.Errorf("got %s", got)
	}
	gone, err := f.Expire(ctx, start.Add(time.Millisecond))
	if err != nil || len(gone) != 2 || gone[0].ID != "bad" {
		t.Errorf("got %+v, %v", gone, err)
	}
	if got := next(later); got != "" {
		t.Errorf("got %s from an empty outbox", got)
	}
}
