package dataset_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// full is an article with a value in each of its fields.
var full = article.Article{
	URL: "https://a.example/full", CanonicalURL: "https://a.example/full?x", Title: "Full \"title\", with\nmore", Subtitle: "Sub", Summary: "Sum", Section: "Foreign",
	Tags: []string{"x; y", "z"}, Language: "en-GB", Byline: "By Jane Doe and AFP", Source: "AFP", Dateline: "LAGOS",
	Authors:   []article.Author{{Name: "Jane Doe", Kind: "person", Role: "reporter", Email: "jane@a.example", URL: "https://a.example/jane"}, {Name: "AFP", Kind: "organization"}},
	Published: "2026-11-20T09:30:00+01:00", Modified: "2026-11-21", Text: "One two.\n\nThrée four.", Body: []article.Block{{Type: "paragraph", Text: "One two."}, {Type: "paragraph", Text: "Thrée four."}},
	Captions:  []article.Caption{{Text: "A boat", Credit: "Tom / AFP", Credits: []string{"Tom", "AFP"}, Media: "image", MediaURL: "https://a.example/boat.png"}, {Text: "No file", Media: "image", MediaURL: "https://a.example/none.png"}},
	Contacts:  []article.Contact{{Kind: "publisher", Label: "Contact Us", Emails: []string{"desk@a.example"}, Phones: []article.Phone{{Raw: "0803 444", E164: "+2348034440000"}}, Addresses: []article.Address{{Raw: "1 Quay, Abuja", Country: "NG"}}}},
	Paywalled: true, Rights: &article.Rights{MetaRobots: "noarchive", License: "https://a.example/licence"},
	Provenance: map[string]article.Provenance{"title": {From: "h1", Confidence: 0.5}, "body": {From: "dom", Confidence: 0.25}},
}

func TestRows(t *testing.T) {
	f := newFixture(t)
	f.Add(f.response("https://a.example/boat.png", 200, "image/png", []byte("\x89PNG\r\n\x1a\nboat")))
	conv := f.article(full, archive.Field{Name: "Newsmorgue-TLS", Value: "unverified; expired"}, archive.Field{Name: "WARC-Truncated", Value: "length"})
	dir, sum := f.export(recipe.Recipe{Tables: []string{"all"}, Fields: []string{"all"}, Media: true})
	if sum.Articles != 1 {
		t.Fatalf("got %+v", sum)
	}
	got := lines(t, dir, "articles.jsonl")[0]
	want := map[string]any{
		"id": catalog.StoryID(full.URL), "version": 1.0, "versions": 1.0, "url": full.URL, "canonical_url": full.CanonicalURL, "site": "a.example", "kind": "article",
		"title": full.Title, "title_confidence": 0.5, "subtitle": "Sub", "summary": "Sum", "section": "Foreign", "tags": []any{"x; y", "z"}, "language": "en-GB",
		"byline": full.Byline, "authors": []any{"Jane Doe", "AFP"}, "source": "AFP", "dateline": "LAGOS", "published": full.Published, "published_at": "2026-11-20T08:30:00Z",
		"modified": "2026-11-21", "text": full.Text, "text_confidence": 0.25, "words": 4.0, "characters": 21.0, "caption_count": 2.0, "contact_count": 1.0, "paywalled": true,
		"body":    []any{map[string]any{"type": "paragraph", "text": "One two."}, map[string]any{"type": "paragraph", "text": "Thrée four."}},
		"capture": "truncated", "truncated": "length", "tls_problem": "expired", "ip_address": "203.0.113.7", "status": 200.0,
		"captured": "2026-11-23T18:02:00Z", "first_captured": "2026-11-23T18:02:00Z", "last_captured": "2026-11-23T18:02:00Z",
		"meta_robots": "noarchive", "license": "https://a.example/licence", "optouts": []any{"noarchive"}, "record_id": conv.ID(), "response_id": conv.Get("WARC-Refers-To"),
		"extractor": "newsmorgue/test",
	}
	for _, c := range []string{"text_sha256", "payload_digest"} {
		if s, _ := got[c].(string); len(s) < 64 {
			t.Errorf("%s: got %q", c, s)
		}
		delete(got, c)
	}
	if !reflect.DeepEqual(got, want) {
		for k := range want {
			if !reflect.DeepEqual(got[k], want[k]) {
				t.Errorf("%s: got %#v, want %#v", k, got[k], want[k])
			}
			delete(got, k)
		}
		t.Errorf("besides: %v", got)
	}
	authors := lines(t, dir, "authors.jsonl")
	if len(authors) != 2 || authors[0]["email"] != "jane@a.example" || authors[0]["role"] != "reporter" || authors[1]["kind"] != "organization" || authors[1]["position"] != 1.0 {
		t.Errorf("authors: got %v", authors)
	}
	contacts := lines(t, dir, "contacts.jsonl")
	if len(contacts) != 1 || fmt.Sprint(contacts[0]["phones_e164"], contacts[0]["countries"]) != "[+2348034440000] [NG]" {
		t.Errorf("contacts: got %v", contacts)
	}
	captions := lines(t, dir, "captions.jsonl")
	if len(captions) != 2 || captions[1]["media_file"] != nil || captions[0]["media_type"] != "image/png" {
		t.Fatalf("captions: got %v", captions)
	}
	if picture := read(t, dir, captions[0]["media_file"].(string)); picture != "\x89PNG\r\n\x1a\nboat" {
		t.Errorf("picture: got %q", picture)
	}
	if n, wrong, err := folder.Verify(dir); err != nil || len(wrong) > 0 || n != len(sum.Files)-1 {
		t.Errorf("verify: %d files of %d, %q, %v", n, len(sum.Files), wrong, err)
	}
}

// Contacts, and the e-mail addresses of authors, are exported only if they are asked for.
func TestPersonal(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	dir, _ := f.export(recipe.Recipe{})
	if _, err := os.Stat(filepath.Join(dir, "contacts.jsonl")); err == nil {
		t.Error("contacts were exported")
	}
	for _, name := range []string{"authors.jsonl", "articles.jsonl", "README.md", "codebook.csv", "croissant.json"} {
		if s := read(t, dir, name); strings.Contains(s, "jane@a.example") || strings.Contains(s, "desk@a.example") {
			t.Errorf("%s has an address", name)
		}
	}
}

func TestPointers(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	dir, sum := f.export(recipe.Recipe{Rights: recipe.Rights{Tier: "pointers"}})
	row := lines(t, dir, "articles.jsonl")[0]
	if row["url"] != full.URL || row["text_sha256"] == nil || row["published"] != full.Published {
		t.Errorf("got %v", row)
	}
	for _, name := range sum.Files {
		for _, words := range []string{"Full", "One two", "Three four", "Jane Doe", "A boat"} {
			if strings.Contains(read(t, dir, name), words) {
				t.Errorf("%s has %q", name, words)
			}
		}
	}
}

// The rows are sorted by site, publication and ID, whatever the order in the archive is.
func TestOrder(t *testing.T) {
	f := newFixture(t)
	for i, u := range []string{"b.example/2", "a.example/late", "b.example/1", "a.example/early", "a.example/undated"} {
		a := article.Article{URL: "https://" + u, Title: u, Text: prose(i, 3), Published: fmt.Sprintf("2026-10-%02d", 20-i)}
		if strings.HasSuffix(u, "undated") {
			a.Published = ""
		}
		f.article(a)
	}
	dir, _ := f.export(recipe.Recipe{})
	got := values(lines(t, dir, "articles.jsonl"), "title")
	if want := []any{"a.example/early", "a.example/late", "a.example/undated", "b.example/1", "b.example/2"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestVersions(t *testing.T) {
	f := newFixture(t)
	u := "https://a.example/story"
	for i := range 3 {
		f.article(article.Article{URL: u, Title: fmt.Sprintf("Title %d", i+1), Text: prose(0, 10) + "\n\n" + prose(500, 1+3*i), Published: "2026-11-20"})
	}
	f.Add(f.response(u, 404, "text/html", []byte("gone")))
	f.article(article.Article{URL: "https://a.example/other", Title: "Other", Text: prose(100, 3), Published: "2026-11-20"})
	for _, test := range []struct {
		name   string
		choice recipe.Choice
		want   []any // titles of a.example/story
	}{
		{"latest", recipe.Choice{}, []any{"Title 3"}},
		{"first", recipe.Choice{Version: "first"}, []any{"Title 1"}},
		{"all", recipe.Choice{Version: "all"}, []any{"Title 1", "Title 2", "Title 3"}},
		{"as of", recipe.Choice{AsOf: "2026-11-23T18:02:30Z"}, []any{"Title 2"}},
		{"all as of", recipe.Choice{Version: "all", AsOf: "2026-11-23T18:02:30Z"}, []any{"Title 1", "Title 2"}},
		{"before", recipe.Choice{AsOf: "2026-11-22"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, sum := f.export(recipe.Recipe{Choice: test.choice})
			var got []any
			for _, r := range lines(t, dir, "articles.jsonl") {
				if r["url"] == u {
					got = append(got, r["title"])
				}
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if test.choice.AsOf != "" && sum.Left["as-of"] == 0 {
				t.Errorf("left out: got %v", sum.Left)
			}
		})
	}
	dir, _ := f.export(recipe.Recipe{})
	var what []string
	for _, r := range lines(t, dir, "versions.jsonl") {
		if r["url"] == u {
			what = append(what, fmt.Sprint(r["change"]))
		}
	}
	if want := []string{"new", "edited", "edited", "gone"}; !slices.Equal(what, want) {
		t.Errorf("versions: got %v, want %v", what, want)
	}
	row := lines(t, dir, "versions.jsonl")
	for _, r := range row {
		if r["change"] == "edited" && (r["before_record_id"] == nil || r["words_added"].(float64) < 5 || len(r["edit"].([]any)) == 0) {
			t.Errorf("edit: got %v", r)
		}
	}
}

func TestDuplicates(t *testing.T) {
	f := newFixture(t)
	wire := prose(0, 40)
	f.article(article.Article{URL: "https://copy.example/1", Title: "Copy", Text: wire, Published: "2026-11-21"})
	f.article(article.Article{URL: "https://wire.example/1", Title: "Wire", Text: wire, Published: "2026-11-20T10:00:00Z"})
	f.article(article.Article{URL: "https://near.example/1", Title: "Near", Text: "Our own lead stands here. " + wire, Published: "2026-11-22"})
	f.article(article.Article{URL: "https://copy.example/2", Title: "Other", Text: prose(1000, 40), Published: "2026-11-21"})
	for _, test := range []struct {
		dedupe string
		titles []any
		left   map[string]int64
	}{
		{"none", []any{"Copy", "Other", "Near", "Wire"}, map[string]int64{}},
		{"exact", []any{"Other", "Near", "Wire"}, map[string]int64{"duplicate-exact": 1}},
		{"near", []any{"Other", "Wire"}, map[string]int64{"duplicate-near": 2}},
	} {
		dir, sum := f.export(recipe.Recipe{Choice: recipe.Choice{Dedupe: test.dedupe, Clusters: true}})
		rows := lines(t, dir, "articles.jsonl")
		got := values(rows, "title")
		slices.SortFunc(got, func(a, b any) int { return 0 })
		if len(got) != len(test.titles) {
			t.Errorf("%s: got %v", test.dedupe, got)
		}
		for _, want := range test.titles {
			if !slices.Contains(got, want) {
				t.Errorf("%s: got %v, which lacks %v", test.dedupe, got, want)
			}
		}
		if !reflect.DeepEqual(sum.Left, test.left) || sum.Clusters.Clusters != 1 || sum.Clusters.AcrossSites != 1 || sum.Clusters.Exact != 1 {
			t.Errorf("%s: left out %v, clusters %+v", test.dedupe, sum.Left, sum.Clusters)
		}
		wireID := catalog.StoryID("https://wire.example/1")
		for _, r := range rows {
			if r["title"] == "Copy" && (r["duplicate_of"] != wireID || r["cluster_first"] != wireID || r["cluster_size"] != 3.0) {
				t.Errorf("%s: copy: got %v", test.dedupe, r)
			}
		}
		if test.dedupe == "near" && !strings.Contains(read(t, dir, "left-out.csv"), ",duplicate-near,"+wireID) {
			t.Errorf("left out: got %s", read(t, dir, "left-out.csv"))
		}
	}
}

func TestSplits(t *testing.T) {
	f := newFixture(t)
	for i := range 60 {
		f.article(article.Article{URL: fmt.Sprintf("https://s%d.example/%d", i%5, i), Title: fmt.Sprint(i), Text: prose(i/2*50, 20), Published: fmt.Sprintf("2026-%02d-10", 1+i%12)}) // each text twice
	}
	for _, test := range []string{"hash:50/25/25", "site:60/20/20", "time:2026-06-01,2026-09-01"} {
		dir, sum := f.export(recipe.Recipe{Choice: recipe.Choice{Split: test, Seed: 7}})
		if sum.Leaks == nil || *sum.Leaks != 0 {
			t.Errorf("%s: leaks %v", test, sum.Leaks)
		}
		of := map[any]string{}
		n := 0
		for _, name := range []string{"train", "validation", "test"} {
			if _, err := os.Stat(filepath.Join(dir, "articles-"+name+".jsonl")); err != nil {
				continue
			}
			for _, r := range lines(t, dir, "articles-"+name+".jsonl") {
				n++
				if r["split"] != name {
					t.Errorf("%s: row says %v", name, r["split"])
				}
				if before, ok := of[r["cluster"]]; ok && before != name {
					t.Errorf("%s: a story is in %s and %s", test, before, name)
				}
				of[r["cluster"]] = name
			}
		}
		if int64(n) != sum.Articles || n == 0 {
			t.Errorf("%s: %d rows, %d articles", test, n, sum.Articles)
		}
		if strings.HasPrefix(test, "hash") && n != 60 {
			t.Errorf("%s: %d of 60", test, n)
		}
	}
}

// Samples are the same each time, and a larger one has all of a smaller one.
func TestSample(t *testing.T) {
	f := newFixture(t)
	for i := range 40 {
		f.article(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Title: fmt.Sprint(i), Text: prose(i*10, 5), Published: "2026-11-20"})
	}
	urls := func(n int, seed uint64, dedupe string) []any {
		dir, sum := f.export(recipe.Recipe{Choice: recipe.Choice{Sample: n, Seed: seed, Dedupe: dedupe}})
		if sum.Articles != int64(n) || sum.Left["sample"] != int64(40-n) {
			t.Errorf("sample %d: got %+v", n, sum)
		}
		return values(lines(t, dir, "articles.jsonl"), "url")
	}
	five, ten := urls(5, 1, ""), urls(10, 1, "")
	if !reflect.DeepEqual(five, urls(5, 1, "")) || !reflect.DeepEqual(ten, urls(10, 1, "near")) {
		t.Error("samples with the same seed differ")
	}
	for _, u := range five {
		if !slices.Contains(ten, u) {
			t.Errorf("%v is not in the larger sample", u)
		}
	}
	if reflect.DeepEqual(five, urls(5, 2, "")) {
		t.Error("samples with other seeds are the same")
	}
	dir, sum := f.export(recipe.Recipe{Choice: recipe.Choice{Limit: 7}})
	if rows := lines(t, dir, "articles.jsonl"); len(rows) != 7 || sum.Articles != 7 {
		t.Errorf("limit: got %d rows", len(rows))
	}
}

func TestOptouts(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	f.article(article.Article{URL: "https://a.example/free", Title: "Free", Text: prose(0, 4), Rights: &article.Rights{MetaRobots: "nofollow, max-image-preview:large"}})
	dir, sum := f.export(recipe.Recipe{Rights: recipe.Rights{RespectOptouts: true}})
	if got := values(lines(t, dir, "articles.jsonl"), "title"); !reflect.DeepEqual(got, []any{"Free"}) || sum.Left["opt-out"] != 1 {
		t.Errorf("got %v, left out %v", got, sum.Left)
	}
	if !strings.Contains(read(t, dir, "left-out.csv"), ","+full.URL+",opt-out,noarchive") {
		t.Errorf("left out: got %s", read(t, dir, "left-out.csv"))
	}
}

func TestSuppressed(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	f.article(article.Article{URL: "https://a.example/other", Title: "Other", Text: prose(0, 4)})
	s := catalog.Suppression{Date: f.time, URL: full.URL, Reason: "court order"}
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
	dir, sum := f.export(recipe.Recipe{Tables: []string{"all"}, Choice: recipe.Choice{Version: "all"}})
	if sum.Articles != 1 {
		t.Fatalf("got %+v", sum)
	}
	for _, name := range sum.Files {
		if strings.Contains(read(t, dir, name), "a.example/full") {
			t.Errorf("%s has the suppressed article", name)
		}
	}
}

// A dry run counts what an export writes.
func TestDryRun(t *testing.T) {
	f := newFixture(t)
	for i := range 12 {
		f.article(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Title: fmt.Sprint(i), Text: prose(i/3*50, 20), Section: []string{"News", "Sport"}[i%2], Language: "en-GB"})
	}
	for _, r := range []recipe.Recipe{{}, {Choice: recipe.Choice{Dedupe: "near"}}, {Filter: recipe.Filter{Sections: []string{"sport"}, Languages: []string{"en"}}}, {Choice: recipe.Choice{Limit: 3}}, {Choice: recipe.Choice{Sample: 4}},
		{Choice: recipe.Choice{Clusters: true}}, {Choice: recipe.Choice{Split: "hash:50/25/25"}}, {Choice: recipe.Choice{Split: "time:2026", Sample: 4}}} {
		_, wrote := f.export(r)
		counted, err := f.tryExport("", r, func(o *dataset.Options) { o.DryRun = true })
		if err != nil || counted.Articles != wrote.Articles || !reflect.DeepEqual(counted.Left, wrote.Left) || !reflect.DeepEqual(counted.Splits, wrote.Splits) || !reflect.DeepEqual(counted.Clusters, wrote.Clusters) {
			t.Errorf("%+v: counted %+v, wrote %+v, %v", r, counted, wrote, err)
		}
	}
}

// An export replaces only an earlier export in the same format; one that fails leaves
// the folder as it was.
func TestFolder(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	dir, _ := f.export(recipe.Recipe{})
	before := read(t, dir, "SHA256SUMS")
	if _, err := f.tryExport(dir, recipe.Recipe{Format: "csv"}); !errors.Is(err, dataset.ErrOtherFormat) {
		t.Errorf("other format: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dataset.Export(ctx, f.Archive, f.Catalog, dataset.Options{Recipe: recipe.Recipe{Format: "jsonl"}, Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
	if got := read(t, dir, "SHA256SUMS"); got != before {
		t.Error("a failed export changed the folder")
	}
	f.article(article.Article{URL: "https://a.example/new", Title: "New", Text: prose(0, 4)})
	if sum, err := f.tryExport(dir, recipe.Recipe{Tables: []string{"articles"}}); err != nil || sum.Articles != 2 {
		t.Errorf("again: got %+v, %v", sum, err)
	}
	if _, wrong, err := folder.Verify(dir); err != nil || len(wrong) > 0 {
		t.Errorf("got %q, %v", wrong, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.tryExport(dir, recipe.Recipe{}); !errors.Is(err, folder.ErrForeign) {
		t.Errorf("foreign file: got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s was left", e.Name())
		}
	}
}

// Of two exports into one folder, the second fails before it changes anything.
func TestTwoExports(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	dir := filepath.Join(t.TempDir(), "out")
	tried := false
	sum, err := f.tryExport(dir, recipe.Recipe{}, func(o *dataset.Options) {
		o.Progress = func(dataset.Progress) {
			if tried {
				return
			}
			tried = true
			if _, err := f.tryExport(dir, recipe.Recipe{Format: "csv"}); !errors.Is(err, folder.ErrBusy) {
				t.Errorf("second: got %v", err)
			}
		}
	})
	if err != nil || sum.Articles != 1 || !tried {
		t.Fatalf("first: got %+v, %v", sum, err)
	}
	if _, wrong, err := folder.Verify(dir); err != nil || len(wrong) > 0 {
		t.Errorf("got %q, %v", wrong, err)
	}
}

func TestUnknown(t *testing.T) {
	f := newFixture(t)
	var unknown *table.UnknownError
	if _, err := f.tryExport(filepath.Join(t.TempDir(), "x"), recipe.Recipe{Fields: []string{"titel"}}); !errors.As(err, &unknown) || unknown.Name != "titel" {
		t.Errorf("field: got %v", err)
	}
	if _, err := f.tryExport(filepath.Join(t.TempDir(), "x"), recipe.Recipe{Choice: recipe.Choice{AsOf: "<urn:uuid:01a22963-98d1-74e3-afbb-dbb4a35d6de4>"}}); err == nil {
		t.Error("a run that is not there was accepted")
	}
}

// An article whose record is damaged is left out, with its reason.
func TestUnreadable(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	f.article(article.Article{URL: "https://a.example/other", Title: "Other", Text: prose(0, 4)})
	segments, err := filepath.Glob(filepath.Join(f.Archive.Dir(), "segments", "*"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("got %v, %v", segments, err)
	}
	b, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(b), `\"subtitle\":\"Sub`)
	b[at+14] ^= 1
	if err := os.WriteFile(segments[0], b, 0o644); err != nil {
		t.Fatal(err)
	}
	dir, sum := f.export(recipe.Recipe{})
	if sum.Articles != 1 || sum.Left[dataset.LeftUnreadable] != 1 || !strings.Contains(read(t, dir, "left-out.csv"), full.URL+",unreadable") {
		t.Errorf("got %+v", sum)
	}
}

// The tables of runs, coverage and sites.
func TestSides(t *testing.T) {
	f := newFixture(t)
	run := archive.NewRecord("warcinfo", start)
	run.Set("Content-Type", "application/warc-fields")
	run.Payload = []byte("newsmorgue-site: a.example\r\n")
	end := archive.NewRecord("metadata", start.Add(time.Hour))
	end.Set("WARC-Refers-To", run.ID())
	end.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	end.Payload = []byte(`{"site":"a.example","status":"complete","mode":"new","asked":9,"pages":7,"coverage":[{"source":"feed","announced":5,"kept":4,"articles":3,"missing":[{"reason":"HTTP 404","count":1}]}]}`)
	f.Add(run)
	f.article(full, archive.Field{Name: "WARC-Warcinfo-ID", Value: run.ID()})
	f.Add(end)
	dir, _ := f.export(recipe.Recipe{Choice: recipe.Choice{AsOf: run.ID()}}, func(o *dataset.Options) {
		o.Labels = map[string]map[string]string{"a.example": {"country": "NG", "beat": "sea"}}
	})
	runs := lines(t, dir, "runs.jsonl")
	if len(runs) != 1 || runs[0]["status"] != "complete" || runs[0]["asked"] != 9.0 || runs[0]["failed"] != nil || runs[0]["end"] != "2026-11-23T19:00:00Z" {
		t.Errorf("runs: got %v", runs)
	}
	coverage := lines(t, dir, "coverage.jsonl")
	if len(coverage) != 1 || coverage[0]["kept"] != 4.0 || fmt.Sprint(coverage[0]["missing"]) != "[map[count:1 reason:HTTP 404]]" {
		t.Errorf("coverage: got %v", coverage)
	}
	sites := lines(t, dir, "sites.jsonl")
	if len(sites) != 1 || sites[0]["exported"] != 1.0 || fmt.Sprint(sites[0]["labels"]) != "map[beat:sea country:NG]" {
		t.Errorf("sites: got %v", sites)
	}
	if got := lines(t, dir, "articles.jsonl")[0]["run_id"]; got != run.ID() {
		t.Errorf("run of the article: got %v", got)
	}
}

func TestRedact(t *testing.T) {
	f := newFixture(t)
	a := full
	a.Text = "Write to desk@a.example or call +234 803 444 0000. Jane Doe of the Hidden Society asked."
	a.Body = []article.Block{{Type: "paragraph", Text: a.Text, Links: []article.Link{{Text: "desk@a.example", URL: "mailto:desk@a.example"}}}}
	f.article(a)
	dir, sum := f.export(recipe.Recipe{Tables: []string{"all"}, Fields: []string{"all"}, Rights: recipe.Rights{Redact: []string{"emails", "phones"}}}, func(o *dataset.Options) {
		o.RedactList = strings.NewReader("# names\njane doe\nHidden Society\n")
	})
	row := lines(t, dir, "articles.jsonl")[0]
	if got := row["text"]; got != "Write to <EMAIL_1> or call <PHONE_1>. <REDACTED_1> of the <REDACTED_2> asked." {
		t.Errorf("got %q", got)
	}
	for _, name := range sum.Files {
		for _, words := range []string{"desk@a.example", "jane@a.example", "803 444", "+2348034440000", "Jane Doe", "jane doe", "Hidden"} {
			if strings.Contains(read(t, dir, name), words) {
				t.Errorf("%s has %q", name, words)
			}
		}
	}
	again := read(t, dir, "recipe.toml")
	if !strings.Contains(again, "redact-list") {
		t.Errorf("recipe: got %s", again)
	}
}

func TestRelease(t *testing.T) {
	f := newFixture(t)
	story := func(name, title string) article.Article {
		return article.Article{URL: "https://a.example/" + name, Title: title, Text: prose(len(title), 5), Published: "2026-11-20"}
	}
	f.article(story("same", "Same"))
	f.article(story("edited", "Before"))
	f.article(story("hidden", "Hidden"))
	one, _ := f.export(recipe.Recipe{})
	f.article(story("same", "Same")) // seen again
	f.article(story("edited", "After all"))
	f.article(story("new", "New"))
	s := catalog.Suppression{Date: f.time, URL: "https://a.example/hidden", Reason: "asked"}
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
	two, sum := f.export(recipe.Recipe{}, func(o *dataset.Options) { o.Previous = one })
	if r := sum.Release; r == nil || r.Added != 1 || r.Changed != 1 || r.Withdrawn != 1 || r.Stayed != 1 {
		t.Errorf("got %+v", sum.Release)
	}
	changes := read(t, two, "changes.csv")
	for _, want := range []string{catalog.StoryID("https://a.example/new") + ",added,https://a.example/new", catalog.StoryID("https://a.example/edited") + ",changed,", catalog.StoryID("https://a.example/hidden") + ",withdrawn,\n"} {
		if !strings.Contains(changes, want) {
			t.Errorf("changes: got %s, which lacks %s", changes, want)
		}
	}
	if _, err := f.tryExport(filepath.Join(t.TempDir(), "x"), recipe.Recipe{}, func(o *dataset.Options) { o.Previous = f.Archive.Dir() }); err == nil {
		t.Error("a folder without digests was compared")
	}
}
