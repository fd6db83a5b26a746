package keep

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// info adds a warcinfo record; n makes its ID.
func (f *foreign) info(n int) *foreign {
	return f.add(fmt.Sprintf("software: a crawler/%d.0\r\n", n), "WARC-Type: warcinfo", fmt.Sprintf("WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>", n),
		"WARC-Date: 2024-01-01T00:00:00Z", "Content-Type: application/warc-fields")
}

// exportedFrom exports an archive as WARC files, and returns the records that are not of
// the export itself.
func exportedFrom(t *testing.T, dir string) (recs []*archive.Record) {
	t.Helper()
	ar := openArchive(t, dir)
	cat, err := catalog.OpenReadOnly(t.Context(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	out := filepath.Join(t.TempDir(), "out")
	if _, err := exchange.WARC(t.Context(), ar, cat, out, exchange.Options{Software: "newsmorgue/test"}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(out, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		s, err := WARCFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first := true
		for e, err := range s.entries(t.Context()) {
			if err != nil || len(e.Notes) > 0 && e.Record == nil {
				t.Fatal(err, e.Notes)
			}
			if !first {
				recs = append(recs, e.Record)
			}
			first = false
		}
	}
	return recs
}

// A file that is imported and exported again has all its records, byte for byte: also
// several warcinfo records, wherever they are.
func TestImportLosesNothing(t *testing.T) {
	f := dialects() // begins with 1
	f.records = slices.Insert(f.records, 0, (&foreign{}).info(91).info(92).records...)
	f.info(93).info(94).response(30, "https://d.example/last", "2024-01-09T00:00:00Z", okHTML, newsStory("Last boat leaves", "")).info(95).info(96)
	dir := filepath.Join(t.TempDir(), "news")
	r := importInto(t, dir, nil, fromBytes(f.plain()))
	if r.Records["warcinfo"] != 7 || r.Written() != len(f.records) {
		t.Errorf("got %v, want %d records", r.Records, len(f.records))
	}
	undamaged(t, dir)
	var want, got []string
	for _, rec := range f.records {
		want = append(want, string(rec))
	}
	for _, rec := range exportedFrom(t, dir) {
		if text, err := warc.Append(nil, rec); err != nil {
			t.Error(err)
		} else if slices.Contains(want, string(text)) {
			got = append(got, string(text))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %d records back, want %d", len(got), len(want))
	}
	if r := importInto(t, dir, nil, fromBytes(f.plain())); r.Written() != 0 || r.Known != len(f.records) {
		t.Errorf("again: %+v", r)
	}
}

// A filter selects the warcinfo records before what it selects, and counts the others.
func TestImportFiltersInfos(t *testing.T) {
	f := (&foreign{}).info(91).info(92).response(30, "https://a.example/1", "2024-01-09T00:00:00Z", okHTML, "one").
		info(93).response(31, "https://b.example/2", "2024-01-09T00:00:00Z", okHTML, "two").info(94)
	dir := filepath.Join(t.TempDir(), "news")
	r := importInto(t, dir, func(im *Import) { im.Filter.Sites = []string{"a.example"} }, fromBytes(f.plain()))
	if r.Records["warcinfo"] != 2 || r.Records["response"] != 1 || r.Filtered != 3 {
		t.Errorf("got %v, %d filtered", r.Records, r.Filtered)
	}
	if r := importInto(t, dir, nil, fromBytes(f.plain())); r.Records["warcinfo"] != 2 || r.Records["response"] != 1 || r.Known != 3 {
		t.Errorf("the rest: %+v", r)
	}
	// A file of nothing else does not stay in memory.
	var many foreign
	for n := range 3 * maxHeld {
		many.info(1000 + n)
	}
	dir = filepath.Join(t.TempDir(), "many")
	r = importInto(t, dir, func(im *Import) { im.Filter.Sites = []string{"a.example"} }, WARCReader("many.warc", bytes.NewReader(many.plain())))
	if r.Records["warcinfo"]+r.Filtered != 3*maxHeld {
		t.Errorf("got %v, %d filtered", r.Records, r.Filtered)
	}
}
