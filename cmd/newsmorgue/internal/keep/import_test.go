package keep

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// foreign is a WARC file as another program writes it, record by record.
type foreign struct{ records [][]byte }

func (f *foreign) add(block string, fields ...string) *foreign {
	var b bytes.Buffer
	b.WriteString("WARC/1.0\r\n")
	for _, line := range fields {
		b.WriteString(line + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
	f.records = append(f.records, b.Bytes())
	return f
}

// response adds a response; n makes its ID.
func (f *foreign) response(n int, url, date, head, body string, more ...string) *foreign {
	fields := append([]string{"warc-type: response", fmt.Sprintf("WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>", n), "WARC-Date: " + date, "WARC-Target-URI: <" + url + ">",
		"Content-Type: application/http; msgtype=response"}, more...)
	return f.add(head+"\r\n\r\n"+body, fields...)
}

func (f *foreign) plain() []byte { return bytes.Join(f.records, nil) }

// zipped compresses each record by itself.
func (f *foreign) zipped(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, r := range f.records {
		z := gzip.NewWriter(&b)
		if _, err := z.Write(r); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

const okHTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8"

// newsStory is a page that is read as an article.
func newsStory(title, more string) string {
	return `<!doctype html><html lang="en"><head><title>` + title + ` | The Post</title><meta property="og:type" content="article">` + more + `</head><body><article><h1>` + title + `</h1>` +
		strings.Repeat("<p>The harbour office said on Monday that the ferry crosses the strait in October for the last time, and the islanders asked for a smaller boat.</p>", 3) +
		"<p>The story is called " + title + ", the mayor said.</p></article></body></html>"
}

func importInto(t *testing.T, dir string, change func(*Import), sources ...*ImportSource) *Imported {
	t.Helper()
	ar, err := archive.Create(dir, "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	im := &Import{Archive: ar, Sources: sources, Software: "newsmorgue/test"}
	if change != nil {
		change(im)
	}
	r, err := im.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fromBytes(b []byte) *ImportSource { return WARCReader("a.warc", bytes.NewReader(b)) }

// recordsIn lists the records of an archive of some types.
func recordsIn(t *testing.T, dir string, types ...string) (recs []*archive.Record) {
	t.Helper()
	for e, err := range openArchive(t, dir).Select(t.Context(), func(c archive.Capture) bool { return slices.Contains(types, c.Type) }) {
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, e.Record)
	}
	return recs
}

func storiesIn(t *testing.T, dir string, kinds ...string) (titles []string) {
	t.Helper()
	cat, err := catalog.OpenReadOnly(context.Background(), openArchive(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	for s, err := range cat.Stories(t.Context(), catalog.Filter{Kinds: kinds, BySite: true}) {
		if err != nil {
			t.Fatal(err)
		}
		titles = append(titles, s.Title)
	}
	return titles
}

func undamaged(t *testing.T, dir string) {
	t.Helper()
	v, err := openArchive(t, dir).Verify(t.Context(), archive.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range v.Damage {
		t.Errorf("damage: %s", d)
	}
}

// dialects is a file with what other programs do.
func dialects() *foreign {
	f := (&foreign{}).add("software: a crawler/1.0\r\nformat: WARC File Format 1.0\r\n", "WARC-Type: warcinfo", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
		"WARC-Date: 2024-01-01T00:00:00Z", "Content-Type: application/warc-fields", "WARC-Filename: a.warc")
	f.add("GET /one HTTP/1.1\r\nHost: a.example\r\n\r\n", "WARC-Type: request", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000002>",
		"WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000003>", "WARC-Date: 2024-01-02T00:00:00Z", "WARC-Target-URI: https://a.example/one", "Content-Type: application/http; msgtype=request")
	// A decoded body whose coding has another name, as in news crawls of Common Crawl.
	f.response(3, "https://a.example/one", "2024-01-02T00:00:00Z", okHTML+"\r\nX-Crawler-Content-Encoding: gzip\r\nX-Crawler-Transfer-Encoding: chunked", newsStory("Ferry is late", ""),
		"WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-00000000ffff>")
	// A body in chunks, and coded.
	var coded bytes.Buffer
	z := gzip.NewWriter(&coded)
	_, _ = z.Write([]byte(newsStory("Library lends ladders", "")))
	z.Close()
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", coded.Len(), coded.Bytes())
	f.response(4, "https://b.example/two", "2024-01-03T00:00:00Z", okHTML+"\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked", chunks)
	f.response(5, "https://c.example/missing", "2024-01-03T00:00:00Z", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html", "<h1>There is no such page</h1>")
	f.add("fetchTimeMs: 12\r\n", "WARC-Type: metadata", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000006>", "WARC-Date: 2024-01-02T00:00:00Z",
		"WARC-Refers-To: <urn:uuid:00000000-0000-4000-8000-000000000003>", "Content-Type: application/warc-fields")
	f.add("\x89PNG", "WARC-Type: resource", "WARC-Record-ID: <urn:x-other:image-7>", "WARC-Date: 2024-01-03T00:00:00Z", "WARC-Target-URI: https://c.example/i.png", "Content-Type: image/png")
	return f
}

func TestImportKeepsBytes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	f := dialects()
	r := importInto(t, dir, nil, fromBytes(f.zipped(t)))
	if r.Articles != 2 || r.New != 0 && r.New != 2 || r.Written() != 7 || r.Damaged != 0 {
		t.Errorf("got %+v", r)
	}
	if got := storiesIn(t, dir); !slices.Equal(got, []string{"Ferry is late", "Library lends ladders"}) {
		t.Errorf("got stories %q", got)
	}
	var want, got []string
	for _, rec := range f.records {
		want = append(want, string(rec))
	}
	for _, rec := range recordsIn(t, dir, "warcinfo", "request", "response", "metadata", "resource") {
		if rec.Get(archive.ImportID) == "" {
			continue // of this program
		}
		text, err := warc.Append(nil, rec)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the records came back changed:\n%q\nwant\n%q", got, want)
	}
	undamaged(t, dir)
}

func TestImportTwiceAddsNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	f := dialects()
	f.add("no ID", "WARC-Type: metadata", "WARC-Date: 2024-01-03T00:00:00Z", "Content-Type: text/plain")
	// Another record with the same ID, as some programs write by mistake.
	f.add("again", "WARC-Type: metadata", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000006>", "WARC-Date: 2024-02-02T00:00:00Z", "Content-Type: text/plain")
	first := importInto(t, dir, nil, fromBytes(f.plain()))
	if first.Written() != 9 || first.Notes["record-id"] != 1 {
		t.Errorf("got %+v", first)
	}
	before := len(recordsIn(t, dir, "warcinfo", "request", "response", "metadata", "resource", "conversion"))
	other := bytes.ReplaceAll(f.plain(), []byte("<urn:uuid:00000000-0000-4000-8000-000000000003>"), []byte("<URN:UUID:00000000-0000-4000-8000-000000000003>"))
	for _, file := range [][]byte{f.zipped(t), f.plain(), other} {
		again := importInto(t, dir, nil, fromBytes(file))
		if again.Written() != 0 || again.Known != 9 {
			t.Errorf("again: %+v", again)
		}
	}
	// The same captures under other IDs.
	renamed := bytes.ReplaceAll(f.plain(), []byte("-4000-8000-"), []byte("-4000-9000-"))
	again := importInto(t, dir, nil, fromBytes(renamed))
	if again.Records["response"] != 0 || again.Duplicates < 3 || again.Articles != 0 {
		t.Errorf("renamed: %+v", again)
	}
	if n := len(recordsIn(t, dir, "response", "conversion")); n != 5 {
		t.Errorf("%d responses and articles after importing again (%d records before)", n, before)
	}
	undamaged(t, dir)
}

func TestImportDamaged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	f := (&foreign{}).response(1, "https://a.example/1", "2024-01-01T00:00:00Z", okHTML, newsStory("First of three", ""))
	at := len(f.zipped(t))
	f.response(2, "https://a.example/2", "2024-01-01T00:00:01Z", okHTML, newsStory("Second of three", ""))
	end := len(f.zipped(t))
	f.response(3, "https://a.example/3", "2024-01-01T00:00:02Z", okHTML, newsStory("Third of three", ""))
	file := f.zipped(t)
	for i := at + 30; i < end-30; i++ {
		file[i] ^= 0x55
	}
	var said []ImportProblem
	r := importInto(t, dir, func(im *Import) { im.Problem = func(p ImportProblem) { said = append(said, p) } }, fromBytes(file))
	if r.Articles != 2 || r.Damaged == 0 || len(said) == 0 || said[0].Offset != int64(at) {
		t.Errorf("got %+v, said %+v", r, said)
	}
	if got := storiesIn(t, dir); !slices.Equal(got, []string{"First of three", "Third of three"}) {
		t.Errorf("got %q", got)
	}
	undamaged(t, dir)
}

func TestImportFilters(t *testing.T) {
	f := dialects()
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name    string
		filter  ImportFilter
		records map[string]int
	}{
		{"site", ImportFilter{Sites: []string{"a.example"}}, map[string]int{"warcinfo": 1, "request": 1, "response": 1, "metadata": 1}},
		{"since", ImportFilter{Since: day(3)}, map[string]int{"warcinfo": 1, "response": 2, "resource": 1}},
		{"until", ImportFilter{Until: day(2)}, map[string]int{"warcinfo": 1, "request": 1, "response": 1, "metadata": 1}},
		{"prefix", ImportFilter{URLPrefix: "https://b.example/t"}, map[string]int{"warcinfo": 1, "response": 1}},
		{"nothing", ImportFilter{Sites: []string{"x.example"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "news")
			r := importInto(t, dir, func(im *Import) { im.Filter = c.filter }, fromBytes(f.plain()))
			if fmt.Sprint(r.Records) != fmt.Sprint(c.records) {
				t.Errorf("got %v, want %v", r.Records, c.records)
			}
			undamaged(t, dir)
		})
	}
	dir := filepath.Join(t.TempDir(), "news")
	limit := func(im *Import) { im.Filter.MaxArticles = 1 }
	if r := importInto(t, dir, limit, fromBytes(f.plain())); r.Articles != 1 || r.Records["response"] != 1 {
		t.Errorf("one article at most: %+v", r)
	}
	// The rest comes later.
	if r := importInto(t, dir, nil, fromBytes(f.plain())); r.Articles != 1 || r.Records["response"] != 2 {
		t.Errorf("the rest: %+v", r)
	}
}

func TestImportVersions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	url := "https://a.example/story"
	late := (&foreign{}).response(2, url, "2024-03-01T00:00:00Z", okHTML, newsStory("Bridge opens", "")+"<!-- late -->")
	early := (&foreign{}).response(1, url, "2024-01-01T00:00:00Z", okHTML, strings.Replace(newsStory("Bridge opens", ""), "smaller boat", "larger boat", 1)).
		// The same bytes as the first, by a reference without an ID, before the original of another file.
		add("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "WARC-Type: revisit", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000009>", "WARC-Date: 2024-02-01T00:00:00Z",
			"WARC-Target-URI: https://b.example/copy", "WARC-Refers-To-Target-URI: https://c.example/later", "WARC-Refers-To-Date: 2023-01-01T00:00:00Z",
			"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest", "Content-Type: application/http; msgtype=response")
	original := (&foreign{}).response(3, "https://c.example/later", "2023-01-01T00:00:00Z", okHTML, newsStory("Copied story", ""))
	importInto(t, dir, nil, fromBytes(late.plain()))
	importInto(t, dir, nil, fromBytes(early.plain()), fromBytes(original.plain()))
	if got := storiesIn(t, dir); !slices.Equal(got, []string{"Bridge opens", "Copied story", "Copied story"}) {
		t.Errorf("got %q", got)
	}
	cat, err := catalog.OpenReadOnly(context.Background(), openArchive(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	versions, err := cat.Versions(t.Context(), url)
	if err != nil || len(versions) != 2 || versions[0].Captured.Month() != time.January {
		t.Errorf("versions %+v, %v", versions, err)
	}
	undamaged(t, dir)
}

func TestImportPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	f := (&foreign{}).
		response(2, "https://a.example/ferry-2.html", "2024-01-01T00:00:01Z", okHTML, strings.ReplaceAll(newsStory("Ferry is late", `<link rel="prev" href="/ferry.html">`), "islanders", "sailors")).
		response(1, "https://a.example/ferry.html", "2024-01-01T00:00:00Z", okHTML, newsStory("Ferry is late", `<link rel="next" href="/ferry-2.html">`))
	r := importInto(t, dir, nil, fromBytes(f.plain()))
	if got := storiesIn(t, dir, "article"); len(got) != 1 || r.Articles != 1 {
		t.Errorf("got stories %q, %+v", got, r)
	}
	ar := openArchive(t, dir)
	cat, err := catalog.OpenReadOnly(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	a, _, err := (&Keeper{Catalog: cat}).reading(t.Context(), "https://a.example/ferry.html")
	if err != nil || !strings.Contains(a.Text, "sailors") {
		t.Errorf("the second page is missing: %v, %v", a, err)
	}
	if r := importInto(t, dir, nil, fromBytes(f.plain())); r.Written() != 0 {
		t.Errorf("again: %+v", r)
	}
	undamaged(t, dir)
}

func TestImportSuppressed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	f := dialects()
	importInto(t, dir, func(im *Import) { im.Filter.Sites = []string{"a.example"} }, fromBytes(f.plain()))
	ar := openArchive(t, dir)
	suppress(t, ar, catalog.Suppression{URL: "https://b.example/two", Reason: "asked for"})
	suppress(t, ar, catalog.Suppression{URL: "https://a.example/one", Reason: "asked for", Erase: true})
	r := importInto(t, dir, nil, fromBytes(f.plain()))
	if r.Suppressed != 3 || r.Records["response"] != 1 || r.Articles != 0 {
		t.Errorf("got %+v", r)
	}
	undamaged(t, dir)
}

func suppress(t *testing.T, ar *archive.Archive, s catalog.Suppression) {
	t.Helper()
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	if _, err := Suppress(t.Context(), ar, cat, s); err != nil {
		t.Fatal(err)
	}
}

// TestImportHostile: what a file says of the archive itself is kept and not believed.
func TestImportHostile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	importInto(t, dir, nil, fromBytes(dialects().plain()))
	meta := func(n int, profile, body string) []string {
		return []string{"WARC-Type: metadata", fmt.Sprintf("WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>", n), "WARC-Date: 2030-01-01T00:00:00Z",
			"Content-Type: application/json; profile=newsmorgue." + profile}
	}
	f := (&foreign{}).
		add(`{"date":"2030-01-01T00:00:00Z","url":"https://a.example/one","reason":"x","erase":true}`, meta(100, "suppression/1", "")...).
		add(`{"type":"response"}`, meta(101, "tombstone/1", "")...).
		add(`{"lost":[{"id":"<urn:uuid:x>"}]}`, meta(102, "loss/1", "")...).
		add(`{"url":"https://a.example/one","title":"Nothing happened","kind":"article"}`, "WARC-Type: conversion", "WARC-Record-ID: <urn:uuid:ffffffff-0000-4000-8000-000000000103>", "WARC-Date: 2030-01-01T00:00:00Z",
			"WARC-Target-URI: https://a.example/one", "WARC-Refers-To: <urn:uuid:00000000-0000-4000-8000-000000000003>", "Content-Type: application/json; profile=newsmorgue.article/1").
		add("newsmorgue-site: a.example\r\n", "WARC-Type: warcinfo", "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000104>", "WARC-Date: 2030-01-01T00:00:00Z", "Content-Type: application/warc-fields").
		response(105, "https://d.example/", "2030-01-01T00:00:00Z", okHTML, "<p>x")
	r := importInto(t, dir, nil, fromBytes(f.plain()))
	if r.LeftOutCount() != 3 || r.Records["metadata"] != 1 || r.Records["conversion"] != 0 {
		t.Errorf("got %+v", r)
	}
	if got := storiesIn(t, dir); !slices.Contains(got, "Ferry is late") {
		t.Errorf("got %q", got)
	}
	cat, err := catalog.OpenReadOnly(context.Background(), openArchive(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	if runs, err := cat.Runs(t.Context(), "", 0); err != nil || len(runs) != 0 {
		t.Errorf("runs %+v, %v", runs, err)
	}
	undamaged(t, dir)
}

// TestImportArchive joins two archives that have some pages in common.
func TestImportArchive(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	f := dialects()
	importInto(t, one, nil, fromBytes(f.plain()))
	importInto(t, two, func(im *Import) { im.Filter.Sites = []string{"a.example"} }, fromBytes(f.plain()))
	g := (&foreign{}).response(20, "https://e.example/five", "2024-05-05T00:00:00Z", okHTML, newsStory("Mill burns", "")).
		response(21, "https://e.example/six", "2024-05-06T00:00:00Z", okHTML, newsStory("Mill is rebuilt", ""))
	importInto(t, two, nil, fromBytes(g.plain()))
	other := openArchive(t, two)
	suppress(t, other, catalog.Suppression{URL: "https://e.example/six", Reason: "asked for"})
	suppress(t, other, catalog.Suppression{URL: "https://a.example/one", Reason: "court order", Erase: true})
	source := func() *ImportSource {
		s, err := ArchiveFolder(openArchive(t, two))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	r := importInto(t, one, nil, source())
	if r.Erased == 0 || r.Damaged != 0 {
		t.Errorf("got %+v", r)
	}
	if got := storiesIn(t, one); !slices.Equal(got, []string{"Library lends ladders", "Mill burns"}) {
		t.Errorf("got %q", got)
	}
	undamaged(t, one)
	if r := importInto(t, one, nil, source()); r.Written() != 0 {
		t.Errorf("again: %+v", r)
	}
	// Into an empty archive, erased records and all.
	three := filepath.Join(t.TempDir(), "three")
	if r := importInto(t, three, nil, source()); r.Pages != 2 || r.Articles != 2 || r.Kinds["article"] != 2 {
		t.Errorf("%d pages, %d articles, kinds %v; want 2 articles", r.Pages, r.Articles, r.Kinds)
	}
	ar := openArchive(t, three)
	w, err := ar.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Close()
	undamaged(t, three)
	if got := storiesIn(t, three); !slices.Equal(got, []string{"Mill burns"}) {
		t.Errorf("got %q", got)
	}
	if r := importInto(t, three, nil, source()); r.Written() != 0 {
		t.Errorf("again: %+v", r)
	}
}

// TestImportStopped stops an import and goes on, as after an interrupt; what it left for
// its end is done then.
func TestImportStopped(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	f := &foreign{}
	for i := range 60 {
		f.response(i, fmt.Sprintf("https://s%d.example/story", i%3), fmt.Sprintf("2024-01-01T00:00:%02dZ", i), okHTML, newsStory(fmt.Sprintf("Story number %d", i), ""))
	}
	ar, err := archive.Create(dir, "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file := filepath.Join(t.TempDir(), "a.warc.gz")
	if err := os.WriteFile(file, f.zipped(t), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := WARCFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := (&Import{Archive: ar, Sources: []*ImportSource{s}, Watch: func(int64, int64, string) { cancel() }}).Do(ctx)
	if err == nil || r == nil || r.Status != StatusInterrupted {
		t.Fatalf("got %+v, %v", r, err)
	}
	undamaged(t, dir)
	before := len(recordsIn(t, dir, "response"))
	r = importInto(t, dir, nil, s)
	if before+r.Records["response"] != 60 || len(recordsIn(t, dir, "response")) != 60 || len(recordsIn(t, dir, "conversion")) != 60 {
		t.Errorf("%d before, then %+v", before, r)
	}
	undamaged(t, dir)
}

// TestImportJoinsLater: an import that was killed before its end has not joined the
// pages of an article; the next one does.
func TestImportJoinsLater(t *testing.T) {
	f := (&foreign{}).
		response(1, "https://a.example/ferry.html", "2024-01-01T00:00:00Z", okHTML, newsStory("Ferry is late", `<link rel="next" href="/ferry-2.html">`)).
		response(2, "https://a.example/ferry-2.html", "2024-01-01T00:00:01Z", okHTML, strings.ReplaceAll(newsStory("Ferry is late", `<link rel="prev" href="/ferry.html">`), "islanders", "sailors"))
	for _, status := range []string{"", StatusInterrupted} {
		dir := filepath.Join(t.TempDir(), "news")
		ar, err := archive.Create(dir, "newsmorgue/test")
		if err != nil {
			t.Fatal(err)
		}
		defer ar.Close()
		// What a killed import leaves: all but its end.
		cat, err := catalog.Open(context.Background(), ar)
		if err != nil {
			t.Fatal(err)
		}
		w, err := ar.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		run := archive.NewRecord("warcinfo", time.Now())
		x := &importing{Import: &Import{Archive: ar, Sources: []*ImportSource{fromBytes(f.plain())}}, run: run, memory: newByteBudget(importMemory), hidden: &catalog.Hidden{},
			keeper: &Keeper{Writer: w, Catalog: cat, RunID: run.ID(), imported: map[string]int{}}, report: &Imported{Extractor: "newsmorgue/x"}}
		if x.ids, err = knownRecords(t.Context(), ar); err != nil {
			t.Fatal(err)
		}
		if err := x.do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if status != "" {
			x.report.Status, x.report.Ended = status, time.Now()
			if err := x.recordEnd(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		cat.Close()
		w.Close()
		if got := storiesIn(t, dir, "article"); len(got) != 2 {
			t.Fatalf("got %q before the end", got)
		}
		importInto(t, dir, nil, fromBytes(f.plain()))
		if got := storiesIn(t, dir, "article"); len(got) != 1 {
			t.Errorf("got %q", got)
		}
	}
}

// TestImportLongLine: a block whose JSON does not fit into a line of a journal is left
// out, and does not end the import.
func TestImportLongLine(t *testing.T) {
	rec := &archive.Record{Payload: bytes.Repeat([]byte{1}, 41<<20)}
	if !tooLong(rec) {
		t.Error("41 MiB of control characters fit into a line")
	}
	rec.Payload = bytes.Repeat([]byte("é"), MaxImportedBlock/2)
	if tooLong(rec) {
		t.Error("64 MiB of text do not fit into a line")
	}
}
