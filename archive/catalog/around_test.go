package catalog_test

import (
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

func TestCapturedAround(t *testing.T) {
	f := archivetest.New(t)
	const page = "https://paper.example/a"
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	names := map[string]string{"": "none"}
	var recs []*archive.Record
	for name, at := range map[string]time.Duration{"a": 0, "b": 10 * time.Second, "c": 20*time.Second + 400*time.Millisecond, "d": 20*time.Second + 900*time.Millisecond} {
		rec := archive.NewRecord("response", start.Add(at))
		rec.Set("WARC-Target-URI", page)
		rec.Set("Content-Type", "application/http; msgtype=response")
		rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
		rec.Payload = []byte(name)
		rec.Finish()
		names[rec.ID()] = name
		recs = append(recs, rec)
		f.Add(rec)
	}
	check := func(at time.Duration, want string) {
		t.Helper()
		a, err := f.Catalog.CapturedAround(t.Context(), page, start.Add(at))
		if got := names[a.At.ID] + " " + names[a.Before.ID] + " " + names[a.After.ID]; err != nil || got != want {
			t.Errorf("at %v: got %s, %v; want %s", at, got, err, want)
		}
	}
	check(-time.Hour, "a none b")
	check(0, "a none b")
	check(4*time.Second, "a none b")
	check(6*time.Second, "b a c")
	check(20*time.Second, "d c none")
	check(time.Hour, "d c none")
	for _, rec := range recs {
		if names[rec.ID()] == "b" {
			hide, err := catalog.NewSuppression(&catalog.Suppression{Record: rec.ID(), Reason: "asked for", Date: start})
			if err != nil {
				t.Fatal(err)
			}
			f.Add(hide)
		}
	}
	check(9*time.Second, "a none c")
	if a, err := f.Catalog.CapturedAround(t.Context(), page+"b", start); err != nil || a.At.ID != "" {
		t.Errorf("got %+v, %v", a, err)
	}
}
