package main

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/warc"
	"github.com/newsmorgue/newsmorgue/archive/web"
)

func TestServeRecords(t *testing.T) {
	f := archivetest.New(t)
	rec := archive.NewRecord("response", time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC))
	rec.Set("WARC-Target-URI", "https://paper.example/1")
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	rec.Payload = []byte("one")
	f.Add(rec)
	write := warcOf(f.Archive, f.Catalog)
	var out bytes.Buffer
	if err := write(t.Context(), &out, []string{rec.ID()}); err != nil {
		t.Fatal(err)
	}
	var types []string
	for e, err := range warc.NewReader(&out, warc.ReaderOptions{}).Records(t.Context()) {
		if err != nil || len(e.Notes) > 0 {
			t.Fatalf("got %v, %v", e, err)
		}
		types = append(types, e.Record.Type())
	}
	if len(types) != 2 || types[0] != "warcinfo" || types[1] != "response" {
		t.Errorf("got %q", types)
	}
	out.Reset()
	err := write(t.Context(), &out, []string{"<urn:uuid:00000000-0000-4000-8000-000000000000>"})
	if !errors.Is(err, web.ErrRefused) || out.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
}
