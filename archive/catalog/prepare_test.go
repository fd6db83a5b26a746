package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestIndexReads: records that were prepared, in any order and not all of them, give the
// rows and the words that they give without.
func TestIndexReads(t *testing.T) {
	s, ctx := newFixture(t), context.Background()
	var recs []*archive.Record
	for i, payload := range []string{
		`{"title":"Plain","kind":"article","site":"a.example","text":"Quicksilver words  of\na text","published":"2026-11-20"}`,
		"{\"title\":\"Not \xff UTF-8\",\"kind\":\"article\",\"site\":\"a.example\",\"text\":\"quicksilver caf\xe9\"}",
		`{"title":"Not JSON`,
		`{}`,
		`{"title":"Not prepared","kind":"article","site":"a.example","text":"quicksilver"}`,
	} {
		conv := archive.NewRecord("conversion", day)
		conv.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/%d", i))
		conv.Set("Content-Type", "application/json; profile="+article.Schema)
		conv.Payload = []byte(payload)
		recs = append(recs, conv)
	}
	for i := range 300 { // so many that the connection is set up for them
		request := archive.NewRecord("request", day)
		request.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/%d", i))
		if catalog.Prepare(request) != nil {
			t.Fatal("a request was prepared")
		}
		recs = append(recs, request)
	}
	stray := catalog.Prepare(recs[0])
	stray.Record = archive.NewRecord("conversion", day) // of no record that is added
	reads := []*catalog.Read{catalog.Prepare(recs[3]), nil, catalog.Prepare(recs[1]), stray, catalog.Prepare(recs[0]), catalog.Prepare(recs[2])}
	caps, err := s.w.Append(ctx, recs...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.c.IndexReads(ctx, caps, recs, reads); err != nil {
		t.Fatal(err)
	}
	if err := s.c.IndexReads(ctx, caps[1:], recs, reads); err == nil {
		t.Error("records without their captures: no error")
	}
	rows := func() (rows []string) {
		for _, row := range s.dump() {
			if strings.Contains(row, "a.example") {
				rows = append(rows, row)
			}
		}
		return rows
	}
	before := rows()
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if after := rows(); len(before) < 5 || !slices.Equal(before, after) {
		t.Errorf("prepared:\n%s\nrebuilt:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}
