package catalog

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestSuppressionsAreIndexed: no statement goes through all suppressions for each article,
// capture or suppression. The plans are those of the statements that were run.
func TestSuppressionsAreIndexed(t *testing.T) {
	ctx := context.Background()
	a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := Open(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const url = "https://a.example/story"
	add := func(rec *archive.Record) {
		t.Helper()
		caps, err := w.Append(ctx, rec)
		if err == nil {
			err = c.Index(ctx, caps, []*archive.Record{rec})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	rec, err := NewSuppression(&Suppression{Date: now, URL: "https://a.example/other", Reason: "asked for"})
	if err != nil {
		t.Fatal(err)
	}
	add(rec)
	// A reading without its response, so that readings whose captures are lost are looked up, too.
	body, err := json.Marshal(article.Article{URL: url, Site: "a.example", Kind: article.KindArticle, Title: "Ferry strike", Text: "Ferries stay in port.", Extractor: article.Extractor})
	if err != nil {
		t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", now)
	conv.Set("WARC-Target-URI", url)
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	add(conv)

	n := 0
	for s, err := range c.Stories(ctx, Filter{Query: "ferries"}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if s.URL != url {
			t.Errorf("got %s", s.URL)
		}
	}
	if n != 1 {
		t.Errorf("got %d stories, want 1: a reading without a response is not what a URL's suppression hides", n)
	}
	if _, err := c.Captured(ctx, url); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Media(ctx, url); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Contacts(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Hidden(ctx); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Suppressed(ctx, "https://a.example/other"); err != nil || !ok {
		t.Fatal(ok, err)
	}

	seen := 0
	parameter := regexp.MustCompile(`\?\d*`)
	for _, query := range slices.Collect(maps.Keys(c.db.stmts)) {
		if !strings.Contains(query, "hidden") && !strings.Contains(query, "ledger") || strings.HasPrefix(query, "INSERT") {
			continue
		}
		seen++
		for _, step := range plan(t, c, parameter.ReplaceAllString(query, "NULL")) {
			all := step == "SCAN l" || step == "SCAN n" || step == "SCAN ledger" || step == "SCAN h"
			if all && !(query == hiddenQuery && step == "SCAN l") { // which lists them
				t.Errorf("%s\n\t%s", query, step)
			}
			if strings.Contains(step, "AUTOMATIC") {
				t.Errorf("%s\n\t%s: an index is made for each run", query, step)
			}
		}
	}
	if seen < 6 {
		t.Errorf("only %d statements look up suppressions", seen)
	}
}
