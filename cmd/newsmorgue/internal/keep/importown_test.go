package keep

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// file writes records as the WARC file of an export.
func file(t *testing.T, recs []*archive.Record) *ImportSource {
	t.Helper()
	var b bytes.Buffer
	w := warc.NewWriter(&b, warc.Options{})
	info := (&foreign{}).add("software: newsmorgue/test\r\n", "WARC-Type: warcinfo", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-0000000000ff>",
		"WARC-Date: 2024-01-01T00:00:00Z", "Content-Type: application/warc-fields", "WARC-Filename: own.warc.gz")
	b.Write(info.zipped(t))
	for _, rec := range recs {
		if _, err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	return WARCReader("own.warc.gz", &b)
}

// idsOf are the IDs of an archive's records of a type, sorted.
func idsOf(t *testing.T, dir, typ string) (ids []string) {
	t.Helper()
	for _, rec := range recordsIn(t, dir, typ) {
		ids = append(ids, rec.ID())
	}
	slices.Sort(ids)
	return ids
}

// own is an archive with articles, further pages, revisits, and pages that are none.
func own(t *testing.T) string {
	t.Helper()
	f := dialects()
	for n := range 8 { // enough to learn what repeats on the site
		f.response(40+n, fmt.Sprintf("https://m.example/%d", n), fmt.Sprintf("2024-02-%02dT00:00:00Z", n+1), okHTML, newsStory(fmt.Sprint("Mill burns ", n), ""))
	}
	f.add("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "WARC-Type: revisit", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000060>", "WARC-Date: 2024-03-01T00:00:00Z",
		"WARC-Target-URI: https://copy.example/0", "WARC-Refers-To: <urn:uuid:00000000-0000-4000-8000-000000000040>", "Content-Type: application/http; msgtype=response",
		"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest")
	dir := filepath.Join(t.TempDir(), "own")
	importInto(t, dir, nil, fromBytes(f.plain()))
	return dir
}

// An export that is imported has the records of the archive that it is from, by the same
// IDs, and no page is read again; however often it goes around, and whatever the order.
func TestImportOwnExport(t *testing.T) {
	for name, order := range map[string]func([]*archive.Record){
		"as stored": func([]*archive.Record) {},
		"articles at the end": func(recs []*archive.Record) {
			slices.SortStableFunc(recs, func(a, b *archive.Record) int {
				return strings.Compare(strings.TrimPrefix(a.Type(), "re"), strings.TrimPrefix(b.Type(), "re"))
			})
			slices.Reverse(recs) // warcinfo, visit, sponse, …, conversion
		},
	} {
		t.Run(name, func(t *testing.T) {
			first := own(t)
			stories := storiesIn(t, first)
			from := first
			for round := range 3 {
				recs := exportedFrom(t, from)
				order(recs)
				to := filepath.Join(t.TempDir(), fmt.Sprint("round", round))
				r := importInto(t, to, nil, file(t, recs))
				for _, typ := range []string{"response", "request", "revisit", "resource", "conversion"} {
					got, want := idsOf(t, to, typ), idsOf(t, first, typ)
					if !slices.Equal(got, want) {
						t.Errorf("round %d: %s: got %d records, want %d", round, typ, len(got), len(want))
					}
				}
				if got := storiesIn(t, to); !slices.Equal(got, stories) || r.Articles != len(stories) {
					t.Errorf("round %d: got %d articles, %q, want %q", round, r.Articles, got, stories)
				}
				undamaged(t, to)
				from = to
			}
			if r := importInto(t, first, nil, file(t, exportedFrom(t, first))); r.Records["conversion"] != 0 || r.Records["response"] != 0 {
				t.Errorf("into the archive itself: %+v", r.Records)
			}
		})
	}
}

// A page of an export that came without an article is read, and so is one whose article is
// from another version of the extractor.
func TestImportOwnUnread(t *testing.T) {
	dir := own(t)
	all := exportedFrom(t, dir)
	pages := slices.DeleteFunc(slices.Clone(all), func(r *archive.Record) bool { return r.Type() == "conversion" })
	to := filepath.Join(t.TempDir(), "unread")
	r := importInto(t, to, nil, file(t, pages))
	if got, want := storiesIn(t, to), storiesIn(t, dir); !slices.Equal(got, want) || r.Articles != len(want) {
		t.Errorf("got %d articles, %q, want %q", r.Articles, got, want)
	}
	if got, want := idsOf(t, to, "conversion"), idsOf(t, dir, "conversion"); !slices.Equal(got, want) {
		t.Errorf("got %d readings, want %d: their IDs are derived", len(got), len(want))
	}
	undamaged(t, to)

	one := filepath.Join(t.TempDir(), "limited")
	if r := importInto(t, one, func(im *Import) { im.Filter.MaxArticles = 2 }, file(t, pages)); r.Articles != 2 {
		t.Errorf("at most 2: got %d", r.Articles)
	}

	earlier := slices.Clone(all)
	for i, rec := range earlier {
		if rec.Type() == "conversion" {
			old := *rec
			old.Fields = slices.Clone(rec.Fields)
			old.Head = nil
			old.Set("Newsmorgue-Extractor", article.Extractor+"0")
			old.Set("WARC-Record-ID", strings.Replace(rec.ID(), "-8", "-9", 1))
			old.Payload = bytes.ReplaceAll(rec.Payload, []byte(article.Extractor), []byte(article.Extractor+"0"))
			old.Finish()
			earlier[i] = &old
		}
	}
	to = filepath.Join(t.TempDir(), "earlier")
	importInto(t, to, nil, file(t, earlier))
	now := 0
	for _, rec := range recordsIn(t, to, "conversion") {
		if isOfThisExtractor(rec.Get("Newsmorgue-Extractor")) {
			now++
		}
	}
	if want := len(idsOf(t, dir, "conversion")) - 1; now < want { // a revisit keeps the one that it has
		t.Errorf("%d pages were read again, want %d", now, want)
	}
	undamaged(t, to)
}
