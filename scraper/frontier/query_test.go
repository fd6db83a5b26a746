package frontier_test

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// TestQueuesSayWhatIsRetried: hosts with retries come first, by kind and reason.
func TestQueuesSayWhatIsRetried(t *testing.T) {
	ctx := context.Background()
	f := open(t, filepath.Join(t.TempDir(), "f"))
	later := time.Now().Add(time.Hour)
	fail := func(raw string, kind scraper.Kind, reason string) {
		r := request(t, raw, 0)
		r.Kind = kind
		add(t, f, r)
		done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultRetry, Reason: reason, NextVisit: later})
	}
	fail("http://cdn.example/a.css", scraper.KindAsset, "host name not found")
	fail("http://cdn.example/b.css?v=2", scraper.KindAsset, "host name not found")
	fail("http://cdn.example/c.png", scraper.KindAsset, "timeout")
	for _, p := range []string{"1", "2", "3", "4"} {
		add(t, f, request(t, "http://a.example/"+p, 0))
	}
	l := next(t, f)
	done(t, f, l, scraper.Outcome{Result: scraper.ResultRetry, Status: 503, Reason: "asked to wait (Retry-After)", NextVisit: later, RetryAfter: time.Hour})
	queues, err := f.Queues(ctx, "s", 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range queues {
		for k := range queues[i].Retries {
			if got := queues[i].Retries[k].Due; got.Sub(later).Abs() > time.Second {
				t.Errorf("due %s, want %s", got, later)
			}
			queues[i].Retries[k].Due = time.Time{}
		}
	}
	want := map[string][]struct {
		kind   scraper.Kind
		styles bool
		reason string
		count  int
	}{
		"cdn.example": {{scraper.KindAsset, true, "host name not found", 2}, {scraper.KindAsset, false, "timeout", 1}},
		"a.example":   {{scraper.KindPage, false, "asked to wait (Retry-After)", 1}},
	}
	if len(queues) != 2 || queues[0].Host != "a.example" || queues[0].Pending != 4 || queues[0].Next.IsZero() || queues[1].Pending != 3 {
		t.Fatalf("got %+v", queues)
	}
	for _, q := range queues {
		if len(q.Retries) != len(want[q.Host]) {
			t.Errorf("%s: got %+v", q.Host, q.Retries)
			continue
		}
		for i, w := range want[q.Host] {
			if r := q.Retries[i]; r.Kind != w.kind || r.Styles != w.styles || r.Reason != w.reason || r.Count != w.count {
				t.Errorf("%s: got %+v, want %+v", q.Host, r, w)
			}
		}
	}
}

// TestForget: a site that was removed is unknown, whoever removed it; others stay.
func TestForget(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "f")
	f, other := open(t, path), open(t, path)
	add(t, f, request(t, "http://a.example/1", 0), request(t, "http://a.example/2", 0))
	stays := request(t, "http://a.example/1", 0)
	stays.Site = "t"
	add(t, f, stays)
	done(t, f, next(t, f), kept)
	if n, err := other.Forget(ctx, "s"); err != nil || n != 2 {
		t.Fatalf("got %d, %v, want 2 URLs", n, err)
	}
	if sites, err := f.Sites(ctx); err != nil || !reflect.DeepEqual(sites, []string{"t"}) {
		t.Errorf("got %v, %v, want t", sites, err)
	}
	// The process that still has the site in memory begins anew.
	if n, err := f.Forget(ctx, "s"); err != nil || n != 0 {
		t.Errorf("got %d, %v, want 0", n, err)
	}
	add(t, f, request(t, "http://a.example/2", 0))
	if l := next(t, f); l.URL.Path != "/2" {
		t.Errorf("got %s", l.URL)
	}
}
