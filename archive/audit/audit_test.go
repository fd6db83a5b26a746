package audit_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var day = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// fixture is an archive to which articles and audits are added.
type fixture struct {
	*archivetest.Fixture
	t *testing.T
	n int // records so far
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return &fixture{Fixture: archivetest.New(t), t: t}
}

// keep captures a page and what was read from it.
func (f *fixture) keep(a article.Article) (response string) {
	f.t.Helper()
	f.n++
	at := day.Add(time.Duration(f.n) * time.Minute)
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", a.URL)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
	res.Payload = fmt.Appendf(nil, "page %d", f.n)
	f.Add(res)
	f.read(a, res.ID(), at)
	return res.ID()
}

func (f *fixture) read(a article.Article, response string, at time.Time) {
	f.t.Helper()
	if a.Kind == "" {
		a.Kind = article.KindArticle
	}
	body, err := json.Marshal(a)
	if err != nil {
		f.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", at)
	conv.Set("WARC-Target-URI", a.URL)
	conv.Set("WARC-Refers-To", response)
	conv.Set("Newsmorgue-Extractor", a.Extractor)
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	f.Add(conv)
}

// judge answers some questions about the current version of an article, with the same
// verdict, and saves that.
func (f *fixture) judge(url string, sample audit.Sample, v audit.Verdict, fields ...string) {
	f.t.Helper()
	f.n++
	story, ok, err := f.Catalog.Select(f.t.Context(), catalog.Filter{All: true}, url)
	if err != nil || !ok {
		f.t.Fatalf("%s: %t, %v", url, ok, err)
	}
	a, err := f.Catalog.Article(f.t.Context(), story)
	if err != nil {
		f.t.Fatal(err)
	}
	form := audit.NewForm(story, audit.Questions(a), sample.History(nil), fields)
	for !form.Done() {
		form.Answer(v, "")
	}
	done := form.Unsaved(sample, "Ann")
	done.Date = day.Add(time.Duration(f.n) * time.Hour)
	rec, err := done.Record()
	if err != nil {
		f.t.Fatal(err)
	}
	f.Add(rec)
}

// counts prints the results as "title 1/0/0": yes, no and unsure.
func (f *fixture) counts(filter catalog.Filter) (fields []string, r *audit.Report) {
	f.t.Helper()
	r, err := audit.Results(f.t.Context(), f.Catalog, filter)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, p := range r.Fields {
		name := p.Field
		if p.Absent {
			name = "no " + name
		}
		fields = append(fields, fmt.Sprintf("%s %d/%d/%d", name, p.Yes, p.No, p.Unsure))
	}
	return fields, r
}

func (f *fixture) want(filter catalog.Filter, want ...string) *audit.Report {
	f.t.Helper()
	got, r := f.counts(filter)
	if !slices.Equal(got, want) {
		f.t.Errorf("got %q, want %q", got, want)
	}
	return r
}

// The values are those of R. G. Newcombe, Statistics in Medicine 17 (1998), table I,
// method 3.
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		yes, n    int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
		{20, 20, 0.8389, 1}, {0, 0, 0, 1},
	} {
		low, high := audit.Wilson(tt.yes, tt.n)
		if math.Abs(low-tt.low) > 0.00005 || math.Abs(high-tt.high) > 0.00005 {
			t.Errorf("%d of %d: got %.4f to %.4f, want %.4f to %.4f", tt.yes, tt.n, low, high, tt.low, tt.high)
		}
	}
}

func ExampleWilson() {
	low, high := audit.Wilson(190, 200)
	fmt.Printf("%.1f %% to %.1f %%\n", 100*low, 100*high)
	// Output: 91.0 % to 97.3 %
}

func TestQuestions(t *testing.T) {
	a := &article.Article{Title: "A quay", Kind: article.KindArticle, Text: "It is new.", Captions: []article.Caption{{Text: "A crane", Credit: "Rudd"}, {Credit: "Roe"}},
		Contacts: []article.Contact{{Kind: "publisher", Emails: []string{"a@a.example"}, Phones: []article.Phone{{Raw: "123"}}}}}
	var got []string
	for _, q := range audit.Questions(a) {
		got = append(got, q.Field+"="+q.Value)
		if (q.Digest == "") != q.Absent() || q.Ask == "" {
			t.Errorf("%s: digest %q, question %q", q.Field, q.Digest, q.Ask)
		}
	}
	want := []string{"title=A quay", "authors=", "published=", "kind=article", "text=It is new.", "captions=A crane\nRudd\nRoe", "contacts=publisher\na@a.example\n123"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDraw(t *testing.T) {
	f := newFixture(t)
	for i := range 40 {
		f.keep(article.Article{URL: fmt.Sprintf("https://big.example/%d", i), Site: "big.example", Title: fmt.Sprint("Story ", i)})
	}
	f.keep(article.Article{URL: "https://small.example/1", Site: "small.example", Title: "Small"})
	draw := func(s audit.Sample) (urls []string) {
		drawn, from, err := s.Draw(t.Context(), f.Catalog)
		if err != nil || from != 41 {
			t.Fatalf("from %d, %v", from, err)
		}
		for _, d := range drawn {
			urls = append(urls, d.URL)
		}
		return urls
	}
	ten := draw(audit.Sample{Size: 10})
	if again := draw(audit.Sample{Size: 10}); !slices.Equal(ten, again) {
		t.Errorf("the same sample twice: %q and %q", ten, again)
	}
	if twenty := draw(audit.Sample{Size: 20}); len(twenty) != 20 || !slices.Equal(ten, twenty[:10]) {
		t.Errorf("a larger sample: got %q, want to begin with %q", twenty, ten)
	}
	if other := draw(audit.Sample{Size: 10, Seed: 1}); slices.Equal(ten, other) {
		t.Error("another seed gives the same sample")
	}
	if all := draw(audit.Sample{Size: 100}); len(all) != 41 {
		t.Errorf("of all: got %d", len(all))
	}
	if by := draw(audit.Sample{BySite: 3}); len(by) != 4 || !slices.Contains(by, "https://small.example/1") {
		t.Errorf("by site: got %q", by)
	}
	for _, size := range []int{0, -1, audit.MaxSample + 1} {
		if _, _, err := (audit.Sample{Size: size}).Draw(t.Context(), f.Catalog); err == nil {
			t.Errorf("a sample of %d was drawn", size)
		}
	}
}

func TestResults(t *testing.T) {
	f := newFixture(t)
	all := audit.Sample{Size: 200}
	a := article.Article{URL: "https://a.example/1", Site: "a.example", Title: "One", Published: "2026-11-01", Text: "A text.", Extractor: "newsmorgue/4"}
	first := f.keep(a)
	b := article.Article{URL: "https://b.example/1", Site: "b.example", Title: "Two", Authors: []article.Author{{Name: "Jane"}}, Text: "Another."}
	f.keep(b)
	f.judge(a.URL, all, audit.Yes, "title", "text", "authors")
	f.judge(b.URL, all, audit.No, "title", "authors")
	f.want(catalog.Filter{}, "title 1/1/0", "authors 0/1/0", "text 1/0/0", "no authors 1/0/0")
	f.want(catalog.Filter{Sites: []string{"a.example"}}, "title 1/0/0", "text 1/0/0", "no authors 1/0/0")

	// The newest judgment counts.
	f.judge(b.URL, all, audit.Unsure, "title")
	f.want(catalog.Filter{}, "title 1/0/1", "authors 0/1/0", "text 1/0/0", "no authors 1/0/0")

	// A newer extractor's reading of the same page: what is equal still counts.
	a.Extractor, a.Title = "newsmorgue/5", "One and more"
	f.read(a, first, day)
	r := f.want(catalog.Filter{}, "title 0/0/1", "authors 0/1/0", "text 1/0/0", "no authors 1/0/0")
	if r.Outdated != 1 || r.Articles != 2 {
		t.Errorf("got %d outdated judgments of %d articles", r.Outdated, r.Articles)
	}
	// Another extractor finds an author: that there is none no longer counts.
	a.Extractor, a.Authors = "newsmorgue/6", []article.Author{{Name: "John"}}
	f.read(a, first, day)
	f.want(catalog.Filter{}, "title 0/0/1", "authors 0/1/0", "text 1/0/0")

	// The page was edited: its text is another one, and it may have an author now.
	a.Authors, a.Text, a.Title = nil, "A longer text.", "One"
	f.keep(a)
	r = f.want(catalog.Filter{}, "title 1/0/1", "authors 0/1/0")
	if r.Outdated != 2 {
		t.Errorf("got %d outdated judgments", r.Outdated)
	}

	// Suppression hides.
	s := &catalog.Suppression{URL: b.URL, Reason: "x", Date: day.Add(24 * time.Hour)}
	rec, err := catalog.NewSuppression(s)
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
	if r = f.want(catalog.Filter{}, "title 1/0/0"); r.Hidden != 1 {
		t.Errorf("got %d hidden articles", r.Hidden)
	}
	if err := f.Catalog.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.want(catalog.Filter{}, "title 1/0/0")
}

// A sample of something else is not a random one of these articles.
func TestResultsOfAnotherSample(t *testing.T) {
	f := newFixture(t)
	a := article.Article{URL: "https://a.example/1", Site: "a.example", Title: "One", Section: "Harbour"}
	f.keep(a)
	for _, tt := range []struct {
		name   string
		sample audit.Sample
		filter catalog.Filter
		counts bool
	}{
		{"all for a site", audit.Sample{}, catalog.Filter{Sites: []string{"a.example"}}, true},
		{"a site for all", audit.Sample{Frame: audit.Frame{Sites: []string{"a.example"}}}, catalog.Filter{}, false},
		{"a site for a section of it", audit.Sample{Frame: audit.Frame{Sites: []string{"a.example"}}}, catalog.Filter{Sites: []string{"a.example"}, Sections: []string{"harbour"}}, true},
		{"by site for all", audit.Sample{BySite: 3}, catalog.Filter{}, false},
		{"by site for a site", audit.Sample{BySite: 3}, catalog.Filter{Sites: []string{"a.example"}}, true},
		{"stories for every kind", audit.Sample{}, catalog.Filter{All: true}, false},
		{"every kind for stories", audit.Sample{Frame: audit.Frame{All: true}}, catalog.Filter{}, true},
		{"stories for articles", audit.Sample{}, catalog.Filter{Kinds: []string{"article"}}, true},
		{"since a day for all", audit.Sample{Frame: audit.Frame{Since: day}}, catalog.Filter{}, false},
		{"order and limit", audit.Sample{}, catalog.Filter{BySite: true, Limit: 1}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newFixture(t)
			g.keep(a)
			g.judge(a.URL, tt.sample, audit.Yes, "title")
			fields, r := g.counts(tt.filter)
			if (len(fields) == 1) != tt.counts || (r.Another == 0) != tt.counts {
				t.Errorf("got %q and %d articles of another sample", fields, r.Another)
			}
		})
	}
}

// A new member of catalog.Filter must be one of Frame, too, if it selects articles:
// otherwise a sample of a selection passes for one of the whole.
func TestFrameHasEveryFilter(t *testing.T) {
	known := map[string]bool{"Limit": true, "BySite": true} // these select nothing
	for i := range reflect.TypeFor[audit.Frame]().NumField() {
		known[reflect.TypeFor[audit.Frame]().Field(i).Name] = true
	}
	for i := range reflect.TypeFor[catalog.Filter]().NumField() {
		if name := reflect.TypeFor[catalog.Filter]().Field(i).Name; !known[name] {
			t.Errorf("audit.Frame lacks %s of catalog.Filter: add it to Frame, FrameOf, filter, covers and FORMAT.md", name)
		}
	}
}

func TestInvalidAuditsAreLeftOut(t *testing.T) {
	f := newFixture(t)
	a := article.Article{URL: "https://a.example/1", Site: "a.example", Title: "One"}
	f.keep(a)
	for _, body := range []string{"", "{", "[]", `{"schema":"newsmorgue.audit/1"}`, `{"schema":"newsmorgue.audit/2","article":"x"}`,
		`{"schema":"newsmorgue.audit/1","article":"` + catalog.StoryID(a.URL) + `","url":"https://a.example/1","judgments":[{"field":"title","value":"` +
			string(archive.SHA256([]byte("One"))) + `","verdict":"perhaps"},{"field":"nothing"}]}`} {
		rec := archive.NewRecord("metadata", day)
		rec.Set("Content-Type", "application/json; profile="+audit.Schema)
		rec.Payload = []byte(body)
		f.Add(rec)
	}
	f.want(catalog.Filter{})
}
