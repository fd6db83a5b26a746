package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/warc"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// revisit captures a page that is the same as before.
func (s *stand) revisit(of *archive.Record, url string) *archive.Record {
	s.t.Helper()
	s.time = s.time.Add(1)
	rec := archive.NewRecord("revisit", s.time)
	rec.Set("WARC-Target-URI", url)
	rec.Set("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")
	rec.Set("WARC-Refers-To", of.ID())
	rec.Set("WARC-Payload-Digest", of.Get("WARC-Payload-Digest"))
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	s.Add(rec)
	return rec
}

func TestRecord(t *testing.T) {
	s := newStand(t)
	id, rec := s.story(article.Article{URL: "https://paper.example/1", Title: "<b>One</b>", Body: []article.Block{paragraph("Text.")}})
	again := s.revisit(rec, "https://paper.example/1")
	doc := s.page(recordPath(rec.ID()), 200)
	main := text(doc.Find("main"))
	squeezed := strings.ReplaceAll(main, " ", "")
	for _, want := range []string{"<title><b>One</b></title>", "WARC-IP-Address 203.0.113.7", "HTTP/1.1 200 X", "press<b>", "WARC-Payload-Digest " + rec.Get("WARC-Payload-Digest") + " ✓ matches", "✓ matches, of the head and the payload",
		"of the open journal", "article that was read from it", "revisit with the same payload", "of the same exchange"} {
		if !strings.Contains(squeezed, strings.ReplaceAll(want, " ", "")) {
			t.Errorf("no %q in %s", want, main)
		}
	}
	var names []string
	doc.Find("#header ~ dl dt").Each(func(_ int, dt *goquery.Selection) { names = append(names, dt.Text()) })
	if want := []string{"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI"}; !slices.Equal(names[:4], want) {
		t.Errorf("got %q", names)
	}
	if got, _ := doc.Find(".files a").First().Attr("href"); got != "/article/"+id {
		t.Errorf("got %q", got)
	}
	if got, _ := doc.Find(`#related ~ div a`).First().Attr("href"); !strings.HasPrefix(got, recordPath(rec.Get("WARC-Concurrent-To"))+"?beside=") {
		t.Errorf("got %q", got)
	}
	doc = s.page(recordPath(again.ID()), 200)
	if main := text(doc.Find("main")); !strings.Contains(main, "of the payload of the record that it refers to") || !strings.Contains(main, "<b>One</b>") || strings.Contains(main, "differs") {
		t.Errorf("got %s", main)
	}
	var twin recordData
	if err := json.Unmarshal(get(t, s.http, recordPath(again.ID())+".json").Body.Bytes(), &twin); err != nil || twin.Payload.Of != rec.ID() || len(twin.Digests) != 2 || twin.Digests[0].Result != "matches" {
		t.Errorf("got %+v, %v", twin, err)
	}
	for target, want := range map[string]int{recordPath(rec.Get("WARC-Concurrent-To")): 200, recordPath(rec.Get("WARC-Concurrent-To")) + "?beside=../../etc": 200, recordPath(rec.Get("WARC-Concurrent-To")) + "?beside=" + strings.TrimPrefix(recordPath(rec.ID()), "/record/"): 200,
		"/record/x": 400, "/record/%3Cscript%3E": 400, "/record/" + strings.Repeat("x", 5000): 400, "/record/00000000-0000-4000-8000-000000000000": 404, "/record/00000000-0000-4000-8000-000000000000.warc.gz": 404} {
		s.page(target, want)
	}
}

// A record that is nowhere does not keep the machine busy: the search ends after a time,
// and is not made again at once.
func TestRecordSearchIsBounded(t *testing.T) {
	s := newStand(t)
	_, rec := s.story(article.Article{URL: "https://paper.example/1", Title: "One", Body: []article.Block{paragraph("Text.")}})
	const unknown = "/record/00000000-0000-4000-8000-00000000000"
	s.page(unknown+"1", 404)
	s.web.records.limit = 1 // nanosecond
	doc := s.page(unknown+"2", 404)
	if main := text(doc.Find("main")); !strings.Contains(main, "not all segments could be looked through") || !strings.Contains(main, `newsmorgue cat "<urn:uuid:00000000-0000-4000-8000-000000000002>"`) {
		t.Errorf("got %s", main)
	}
	if main := text(s.page(unknown+"1", 404).Find("main")); !strings.Contains(main, "is not in the archive") {
		t.Errorf("one that was looked for everywhere: %s", main)
	}
	s.page(recordPath(rec.ID()), 200)                      // is in the catalog
	s.page(recordPath(rec.Get("WARC-Concurrent-To")), 200) // is beside it, by its ID
	s.web.records.limit = 0
	if main := text(s.page(unknown+"2", 404).Find("main")); !strings.Contains(main, "not all segments") {
		t.Errorf("again: %s", main)
	}
	for i := range 2 * maxMissing {
		s.web.records.remember(fmt.Sprint(i), errMissing)
	}
	if n := len(s.web.records.missing); n > maxMissing {
		t.Errorf("%d are remembered", n)
	}
}

// The payload is shown as text only, and not for longer than 64 KiB.
func TestRecordPayload(t *testing.T) {
	s := newStand(t)
	for name, c := range map[string]struct{ body, want string }{
		"long":   {strings.Repeat("é", maxPayloadText), "The first 64 KiB, as text"},
		"latin1": {"caf\xe9 au lait", "café au lait"},
		"binary": {"\x89PNG\r\n\x1a\n\x00\x00", "is not text"},
		"script": {`<script>alert(1)</script>"><img onerror=x>`, `<script>alert(1)</script>"><img onerror=x>`},
		"empty":  {"", "0 bytes"},
	} {
		rec := s.answer("https://paper.example/"+name, "text/html", 200, c.body)
		w := get(t, s.http, recordPath(rec.ID()))
		if w.Body.Len() > 3*maxPayloadText {
			t.Errorf("%s: got %d bytes", name, w.Body.Len())
		}
		if got := text(s.page(recordPath(rec.ID()), 200).Find("main")); !strings.Contains(got, c.want) || strings.ContainsRune(got, '\uFFFD') {
			t.Errorf("%s: got %.500s", name, got)
		}
	}
}

// A digest that is not that of the bytes is shown as different.
func TestRecordDigest(t *testing.T) {
	rec := archive.NewRecord("response", time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC))
	rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	rec.Payload = []byte("one")
	rec.Finish()
	rec.Payload = []byte("two")
	for _, d := range digestsOf(rec, rec) {
		if d.Result != "differs" {
			t.Errorf("got %+v", d)
		}
	}
	if d := digestsOf(rec, nil); d[0].Result != "not checked" {
		t.Errorf("got %+v", d)
	}
}

// The payload of a suppressed page is not shown by way of its revisits.
func TestRecordOfSuppressed(t *testing.T) {
	s := newStand(t)
	rec := s.answer("https://paper.example/secret", "text/html", 200, "a secret")
	again := s.revisit(rec, "https://paper.example/copy")
	hidden := s.revisit(rec, "https://paper.example/secret")
	s.suppress(catalog.Suppression{URL: "https://paper.example/secret", Reason: "asked"})
	if got := text(s.page(recordPath(again.ID()), 200).Find("main")); strings.Contains(got, "a secret") || !strings.Contains(got, "The record that has the payload is suppressed") {
		t.Errorf("got %s", got)
	}
	s.page(recordPath(hidden.ID()), 404)
	if w := get(t, s.http, recordPath(again.ID())+".warc.gz"); w.Code == 200 || strings.Contains(w.Body.String(), "a secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// typesOf lists the types of the records of a WARC file.
func typesOf(t *testing.T, b []byte) (types []string) {
	t.Helper()
	for e, err := range warc.NewReader(bytes.NewReader(b), warc.ReaderOptions{}).Records(t.Context()) {
		if err != nil || len(e.Notes) > 0 {
			t.Fatalf("got %v, %v", e, err)
		}
		types = append(types, e.Record.Type())
	}
	return types
}

func TestRecordFiles(t *testing.T) {
	s := newStand(t)
	id, rec := s.story(article.Article{URL: "https://paper.example/1", Title: "One", Body: []article.Block{paragraph("Text.")}})
	if got, want := fmt.Sprint(typesOf(t, get(t, s.http, "/article/"+id+".warc.gz").Body.Bytes())), "[warcinfo response request conversion]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w := get(t, s.http, recordPath(rec.ID())+".warc.gz")
	if got, want := fmt.Sprint(typesOf(t, w.Body.Bytes())), "[warcinfo response]"; got != want || w.Header().Get("Content-Type") != "application/gzip" {
		t.Errorf("got %s, want %s; %v", got, want, w.Header())
	}
}

func TestLikelySegments(t *testing.T) {
	segments := []archive.SegmentInfo{{Name: "20261130T020841Z-3b49be19"}, {Name: "20261130T020907Z-51fff955"}, {Name: "20261130T021049Z-b7d9cb61"}}
	id := fmt.Sprintf("%012x", time.Date(2026, 11, 30, 2, 10, 0, 0, time.UTC).UnixMilli())
	id = "<urn:uuid:" + id[:8] + "-" + id[8:] + "-7148-9a28-a51dc3396844>"
	if got, want := likelySegments(segments, id), []string{segments[1].Name}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, id := range []string{"<urn:uuid:01a22a3a-3071-4148-9a28-a51dc3396844>", "<x:y>", "<urn:uuid:xxxxxxxx-xxxx-7xxx>", "<urn:uuid:00000000-0000-7148-9a28-a51dc3396844>"} {
		if got := likelySegments(segments, id); len(got) > 0 {
			t.Errorf("%s: got %q", id, got)
		}
	}
}

// TestOneRecordSearch: one request at a time looks through the segments; who waits for it
// ends with its context.
func TestOneRecordSearch(t *testing.T) {
	f := archivetest.New(t)
	r := &recordSearch{}
	const id = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
	if _, err := r.locate(t.Context(), f.Archive, nil, "<urn:uuid:00000000-0000-4000-8000-000000000001>"); !errors.Is(err, errMissing) {
		t.Errorf("got %v", err)
	}
	r.busy <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.locate(ctx, f.Archive, nil, id); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while another searches: got %v", err)
	}
	<-r.busy
	if _, err := r.locate(t.Context(), f.Archive, nil, id); !errors.Is(err, errMissing) {
		t.Errorf("got %v", err)
	}
}
