package keep

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestProofsLeaveOutSuppressedRecords: neither the page that an article was read from nor
// what was recorded with it gets into a proof when it is suppressed, also where its URL is
// not that of the article.
func TestProofsLeaveOutSuppressedRecords(t *testing.T) {
	const shown, other, third = "https://a.example/shown", "https://a.example/other", "https://a.example/third"
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name     string
		suppress func(response, request *archive.Record) catalog.Suppression
		proved   []string // types of the records; none if the proof is refused
		hidden   int
	}{
		{"nothing", func(_, _ *archive.Record) catalog.Suppression {
			return catalog.Suppression{URL: "https://a.example/none"}
		},
			[]string{"conversion", "response", "request"}, 0},
		{"the URL of the page", func(_, _ *archive.Record) catalog.Suppression { return catalog.Suppression{URL: other} }, nil, 0},
		{"the record of the page", func(response, _ *archive.Record) catalog.Suppression {
			return catalog.Suppression{Record: response.ID()}
		}, nil, 0},
		{"the URL of the article", func(_, _ *archive.Record) catalog.Suppression { return catalog.Suppression{URL: shown} }, nil, 0},
		{"the URL of what was recorded with it", func(_, _ *archive.Record) catalog.Suppression { return catalog.Suppression{URL: third} },
			[]string{"conversion", "response"}, 1},
		{"the record of what was recorded with it", func(_, request *archive.Record) catalog.Suppression {
			return catalog.Suppression{Record: request.ID()}
		}, []string{"conversion", "response"}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, f := t.Context(), archivetest.New(t)
			response := archive.NewRecord("response", now)
			response.Set("WARC-Target-URI", other)
			response.Set("Content-Type", "application/http; msgtype=response")
			response.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
			response.Payload = []byte("<p>Ferries stay in port.")
			request := archive.NewRecord("request", now.Add(time.Second))
			request.Set("WARC-Target-URI", third)
			request.Set("Content-Type", "application/http; msgtype=request")
			request.HTTP = &archive.HTTPHead{Start: "GET /third HTTP/1.1"}
			response.Set("WARC-Concurrent-To", request.ID())
			conversion := archive.NewRecord("conversion", now)
			conversion.Set("WARC-Target-URI", shown)
			conversion.Set("WARC-Refers-To", response.ID())
			conversion.Set("Content-Type", "application/json; profile="+article.Schema)
			var err error
			if conversion.Payload, err = json.Marshal(article.Article{URL: shown, Kind: article.KindArticle, Title: "Ferries", Text: "Ferries stay in port."}); err != nil {
				t.Fatal(err)
			}
			f.Add(response, request, conversion)
			s := test.suppress(response, request)
			s.Date, s.Reason = now, "asked for"
			rec, err := catalog.NewSuppression(&s)
			if err != nil {
				t.Fatal(err)
			}
			f.Add(rec)
			if _, err := f.Writer.Seal(ctx); err != nil {
				t.Fatal(err)
			}
			check := func(p *archive.Proof, hidden []string, err error) {
				t.Helper()
				if len(test.proved) == 0 {
					if !errors.Is(err, ErrSuppressed) {
						t.Errorf("got %v, want that it is suppressed", err)
					}
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				var types []string
				for _, r := range p.Records {
					rec, err := r.Record()
					if err != nil {
						t.Fatal(err)
					}
					types = append(types, rec.Type())
				}
				if !slices.Equal(types, test.proved) || len(hidden) != test.hidden {
					t.Errorf("got %q, %q left out, want %q, %d", types, hidden, test.proved, test.hidden)
				}
			}
			check(ProveRecord(ctx, f.Archive, f.Catalog, conversion.ID()))
			check(ProveStory(ctx, f.Archive, f.Catalog, catalog.Story{RecordID: conversion.ID(), ResponseID: response.ID()}))
		})
	}
}
