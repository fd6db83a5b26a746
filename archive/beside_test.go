package archive

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A request is found beside its response, in a journal and in a sealed segment.
func TestBeside(t *testing.T) {
	a, err := Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	var requests, responses []string
	for i := range 20 {
		req, res := NewRecord("request", now), NewRecord("response", now)
		for _, r := range []*Record{req, res} {
			r.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/%d", i))
		}
		res.Payload = []byte(strings.Repeat(fmt.Sprintf("page %d names %s \n", i, req.ID()), 4000))
		if _, err := w.Append(t.Context(), req, res); err != nil {
			t.Fatal(err)
		}
		requests, responses = append(requests, req.ID()), append(responses, res.ID())
	}
	check := func(state string) {
		t.Helper()
		r := a.NewReader()
		defer r.Close()
		found, err := a.Locate(t.Context(), nil, responses...)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for i, c := range found {
			want, werr := a.Locate(t.Context(), nil, requests[i])
			got, err := r.Beside(t.Context(), c, requests[i])
			if werr == nil && want[0].Frame != c.Frame && errors.Is(err, ErrNotFound) {
				continue // a frame ended between the two
			}
			seen++
			if err != nil || got.ID != requests[i] || got.Type != "request" || !got.Time.Equal(now) || got.URL != c.URL {
				t.Fatalf("%s: %d: got %+v, %v", state, i, got, err)
			}
			if werr != nil || got != want[0] {
				t.Errorf("%s: got %+v, want %+v, %v", state, got, want, werr)
			}
			rec, err := r.Record(t.Context(), got)
			if err != nil || rec.ID() != requests[i] {
				t.Errorf("%s: got %v, %v", state, rec, err)
			}
		}
		if seen < 10 {
			t.Errorf("%s: found %d", state, seen)
		}
		for _, id := range []string{requests[19], "", "<urn:uuid:00000000-0000-4000-8000-000000000000>", "\"\n"} {
			if id == requests[19] && state == "sealed" && found[0].Frame == found[19].Frame {
				continue
			}
			if got, err := r.Beside(t.Context(), found[0], id); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: got %v, %v", state, got, err)
			}
		}
		odd := found[0]
		odd.Offset, odd.Length = 1<<40, 100
		if _, err := r.Beside(t.Context(), odd, requests[0]); err == nil {
			t.Errorf("%s: found at an odd location", state)
		}
	}
	check("journal")
	open, err := a.Locate(t.Context(), nil, responses[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("sealed")
	r := a.NewReader()
	defer r.Close()
	if _, err := r.Beside(t.Context(), open[0], requests[0]); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
