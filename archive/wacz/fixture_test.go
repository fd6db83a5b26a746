package wacz_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

var start = time.Date(2026, 11, 23, 18, 0, 0, 123456000, time.UTC)

func id(name string) string {
	return "<urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String() + ">"
}

func record(typ, name, url string, at time.Time, more ...archive.Field) *archive.Record {
	r := &archive.Record{Fields: append([]archive.Field{
		{Name: "WARC-Type", Value: typ}, {Name: "WARC-Record-ID", Value: id(name)},
		{Name: "WARC-Date", Value: archive.FormatDate(at)}, {Name: "WARC-Target-URI", Value: url},
	}, more...)}
	return r
}

func httpHead(start string, headers ...archive.Field) *archive.HTTPHead {
	return &archive.HTTPHead{Start: start, Headers: headers}
}

// page returns the records of a captured page: request, response, article.
func page(n int, kind string) []*archive.Record {
	url := fmt.Sprintf("https://www.gazette.example/%s-%d/", kind, n)
	at := start.Add(time.Duration(n) * time.Second)
	key := fmt.Sprintf("%s %d", kind, n)
	response := record("response", "response "+key, url, at, archive.Field{Name: "Content-Type", Value: "application/http; msgtype=response"})
	response.HTTP = httpHead("HTTP/1.1 200 OK", archive.Field{Name: "Content-Type", Value: "text/html; charset=utf-8"})
	response.Payload = fmt.Appendf(nil, "<!doctype html><title>Story %d</title><p>The council met on day %d.", n, n)
	request := record("request", "request "+key, url, at, archive.Field{Name: "WARC-Concurrent-To", Value: response.ID()}, archive.Field{Name: "Content-Type", Value: "application/http; msgtype=request"})
	request.HTTP = httpHead("GET / HTTP/1.1", archive.Field{Name: "Host", Value: "www.gazette.example"})
	text, err := json.Marshal(map[string]any{"schema": "newsmorgue.article/1", "url": url, "kind": kind, "title": fmt.Sprintf("Story %d", n), "text": fmt.Sprintf("The council met on day %d & left.", n)})
	if err != nil {
		panic(err)
	}
	article := record("conversion", "article "+key, url, at, archive.Field{Name: "WARC-Refers-To", Value: response.ID()}, archive.Field{Name: "Content-Type", Value: "application/json; profile=newsmorgue.article/1"})
	article.Payload = text
	recs := []*archive.Record{request, response, article}
	for _, r := range recs {
		r.Finish()
	}
	return recs
}

// revisit returns a revisit of a response, at a later time.
func revisit(of *archive.Record, after time.Duration) *archive.Record {
	r := record("revisit", "revisit of "+of.ID()+after.String(), of.TargetURI(), of.Date().Add(after),
		archive.Field{Name: "WARC-Profile", Value: "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"},
		archive.Field{Name: "WARC-Refers-To", Value: of.ID()}, archive.Field{Name: "WARC-Refers-To-Target-URI", Value: of.TargetURI()},
		archive.Field{Name: "WARC-Refers-To-Date", Value: of.Get("WARC-Date")}, archive.Field{Name: "WARC-Truncated", Value: "length"},
		archive.Field{Name: "WARC-Payload-Digest", Value: of.Get("WARC-Payload-Digest")}, archive.Field{Name: "Content-Type", Value: "application/http; msgtype=response"})
	r.HTTP = httpHead("HTTP/1.1 200 OK", archive.Field{Name: "Content-Type", Value: "text/html"})
	r.Finish()
	return r
}

func stories(n int) []*archive.Record {
	recs := page(0, "home")
	for i := range n {
		recs = append(recs, page(i+1, "article")...)
	}
	return recs
}

func seq(recs []*archive.Record) iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// written makes a package.
func written(t testing.TB, recs []*archive.Record, o wacz.WriterOptions) ([]byte, *wacz.Summary) {
	t.Helper()
	b, s, err := write(t.TempDir(), recs, o)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

func write(temp string, recs []*archive.Record, o wacz.WriterOptions) ([]byte, *wacz.Summary, error) {
	o.Temp = temp
	o.Software = "newsmorgue/test"
	var b bytes.Buffer
	w, err := wacz.NewWriter(&b, o)
	if err != nil {
		return nil, nil, err
	}
	if err := w.WriteAll(context.Background(), seq(recs)); err != nil {
		return nil, nil, err
	}
	s, err := w.Close(context.Background())
	return b.Bytes(), s, err
}

func saved(t testing.TB, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.wacz")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func opened(t testing.TB, b []byte) *wacz.Package {
	t.Helper()
	p, err := wacz.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func verified(t testing.TB, b []byte) *wacz.Report {
	t.Helper()
	r, err := wacz.Verify(t.Context(), saved(t, b), wacz.VerifyOptions{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
