package catalog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

const storyURL = "https://a.example/story"

// capture appends a response without a reading.
func (s *fixture) capture(at time.Time) *archive.Record {
	s.t.Helper()
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", storyURL)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	res.Payload = fmt.Appendf(nil, "<p>%s", at)
	s.append(res)
	return res
}

// read appends a reading of a response.
func (s *fixture) read(res *archive.Record, extractor, text string) *archive.Record {
	s.t.Helper()
	body, err := json.Marshal(article.Article{URL: storyURL, Site: "a.example", Kind: article.KindArticle, Title: "Story", Text: text, Extractor: extractor,
		Provenance: map[string]article.Provenance{"title": {From: "by " + extractor, Confidence: 1}}})
	if err != nil {
		s.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", res.Date())
	conv.Set("WARC-Target-URI", storyURL)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Newsmorgue-Extractor", extractor)
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	s.append(conv)
	return conv
}

// TestVersions: only a difference between readings by the same extractor is an edit.
// A profile is part of the extractor.
func TestVersions(t *testing.T) {
	const bare, first, second = "newsmorgue/1", "newsmorgue/1; profile=sha256:aa", "newsmorgue/1; profile=sha256:bb"
	type read struct {
		capture   int
		extractor string
		text      string
	}
	for _, c := range []struct {
		name  string
		reads []read
		want  []int // captures that begin a version
		shown string
	}{
		{"one reading", []read{{0, bare, "a"}}, []int{0}, "a"},
		{"an edit", []read{{0, bare, "a"}, {2, bare, "b"}}, []int{0, 2}, "b"},
		{"the same page, cleaner", []read{{0, bare, "a box"}, {0, first, "a"}}, []int{0}, "a"},
		{"a later capture of the same story, cleaner", []read{{0, bare, "a box"}, {1, first, "a"}}, []int{0}, "a"},
		{"an edit in the run that first knows the profile", []read{{0, bare, "a box"}, {0, first, "a"}, {1, first, "b"}}, []int{0, 1}, "b"},
		{"the same, in another order", []read{{0, bare, "a box"}, {1, first, "b"}, {0, first, "a"}}, []int{0, 1}, "b"},
		{"edit, profile, edit", []read{{0, bare, "a box"}, {1, bare, "b box"}, {1, first, "b"}, {2, first, "c"}}, []int{0, 1, 2}, "c"},
		{"noise of an old extractor", []read{{0, bare, "a box 1"}, {1, bare, "a box 2"}, {0, first, "a"}, {1, first, "a"}}, []int{0}, "a"},
		{"what only the new extractor sees", []read{{0, bare, "a"}, {1, bare, "a"}, {0, first, "a 1"}, {1, first, "a 2"}}, []int{0, 1}, "a 2"},
		{"profile after profile", []read{{0, bare, "a box"}, {0, first, "a bo"}, {0, second, "a"}, {1, second, "a"}, {2, second, "b"}}, []int{0, 2}, "b"},
		{"there and back", []read{{0, bare, "a"}, {1, bare, "b"}, {2, bare, "a"}}, []int{0, 1, 2}, "a"},
		{"further pages of the same capture", []read{{0, bare, "a"}, {0, bare, "a and b"}, {1, bare, "a and b"}}, []int{0}, "a and b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			s := newFixture(t)
			var captures, readings []*archive.Record
			for i := range 3 {
				captures = append(captures, s.capture(day.Add(time.Duration(i)*time.Hour)))
			}
			for _, r := range c.reads {
				readings = append(readings, s.read(captures[r.capture], r.extractor, r.text))
			}
			for _, when := range []string{"as it came", "rebuilt"} {
				versions, err := s.c.Versions(ctx, storyURL)
				if err != nil {
					t.Fatal(err)
				}
				var got []int
				for i, v := range versions {
					for n, rec := range captures {
						if rec.ID() == v.ResponseID {
							got = append(got, n)
						}
					}
					if (v.Before == "") != (i == 0) || v.Before == v.Reading {
						t.Errorf("%s: version %d is shown by %q and %q", when, i, v.Before, v.Reading)
					}
					if i > 0 {
						a, b := extractorOf(t, readings, v.Before), extractorOf(t, readings, v.Reading)
						if a != b {
							t.Errorf("%s: version %d compares %q with %q", when, i, a, b)
						}
					}
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("%s: got versions at captures %v, want %v", when, got, c.want)
				}
				found, err := s.c.Find(ctx, storyURL)
				if err != nil || len(found) != 1 {
					t.Fatal(found, err)
				}
				if a, err := s.c.Article(ctx, found[0]); err != nil || a.Text != c.shown {
					t.Errorf("%s: got %q, %v, want %q", when, a.Text, err, c.shown)
				}
				if err := s.c.Rebuild(ctx); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func extractorOf(t *testing.T, readings []*archive.Record, id string) string {
	t.Helper()
	for _, r := range readings {
		if r.ID() == id {
			return r.Get("Newsmorgue-Extractor")
		}
	}
	t.Fatalf("no reading %q", id)
	return ""
}

// TestHeldNamesItsExtractor: to extract a page again, one must know the extractor of
// its last reading.
func TestHeldNamesItsExtractor(t *testing.T) {
	s := newFixture(t)
	res := s.capture(day)
	s.read(res, "newsmorgue/1", "a box")
	want := s.read(res, "newsmorgue/1; profile=sha256:aa", "a")
	h, ok, err := s.c.Current(context.Background(), storyURL)
	if err != nil || !ok || h.ArticleRecordID != want.ID() || h.Extractor != "newsmorgue/1; profile=sha256:aa" || h.ResponseID != res.ID() {
		t.Errorf("got %+v, %v, %v", h, ok, err)
	}
}

// TestProfile: the newest profile of a site applies, also after a rebuild and
// sealing, and suppressed versions are not listed.
func TestProfile(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	profile := func(site string, at time.Time) *archive.Record {
		rec := archive.NewRecord("metadata", at)
		rec.Set("Content-Type", "application/json; profile=newsmorgue.template/1")
		rec.Payload = fmt.Appendf(nil, `{"schema":"newsmorgue.template/1","site":%q}`, site)
		s.append(rec)
		return rec
	}
	want := profile("a.example", day.Add(time.Hour))
	profile("a.example", day) // an older profile may arrive later, from another writer's journal
	profile("b.example", day.Add(2*time.Hour))
	res := s.capture(day)
	s.read(res, "newsmorgue/1", "a")
	later := s.capture(day.Add(time.Minute))
	s.read(later, "newsmorgue/1", "b")
	s.suppress(catalog.Suppression{Date: day.Add(3 * time.Hour), Record: later.ID(), Reason: "asked for"})
	if _, err := s.w.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	before := s.dump()
	for _, when := range []string{"as it came", "rebuilt"} {
		if id, ok, err := s.c.Profile(ctx, "a.example"); err != nil || !ok || id != want.ID() {
			t.Errorf("%s: got %q, %v, %v, want %q", when, id, ok, err, want.ID())
		}
		if id, ok, err := s.c.Profile(ctx, "c.example"); err != nil || ok {
			t.Errorf("%s: c.example: got %q, %v, %v", when, id, ok, err)
		}
		if rec, err := s.c.Record(ctx, want.ID()); err != nil || string(rec.Payload) != string(want.Payload) {
			t.Errorf("%s: its record: %v", when, err)
		}
		if v, err := s.c.Versions(ctx, storyURL); err != nil || len(v) != 1 || v[0].ResponseID != res.ID() {
			t.Errorf("%s: got versions %+v, %v", when, v, err)
		}
		for since, n := range map[time.Time]int{day.Add(-time.Hour): 1, day: 0} {
			if got, err := s.c.CapturedSince(ctx, "a.example", since); err != nil || got != n {
				t.Errorf("%s: captured since %s: got %d, %v, want %d", when, since, got, err, n)
			}
		}
		if err := s.c.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if after := s.dump(); !reflect.DeepEqual(after, before) {
		t.Errorf("rebuilt: got %d rows, want %d, or others:\n%s\n%s", len(after), len(before), after, before)
	}
}
