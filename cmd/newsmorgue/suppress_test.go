package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestErasedWordsInCatalog: the words of an erased page are overwritten in the files of the
// catalog. As long as somebody reads an earlier state of it they are not, and a warning
// says what to do.
func TestErasedWordsInCatalog(t *testing.T) {
	t.Parallel()
	const url, title, word = "https://a.example/story", "Qvixwombat resigns", "zyxqvuth"
	for _, test := range []struct {
		name string
		args []string
		read bool // somebody reads the catalog
	}{
		{"nobody reads", nil, false},
		{"somebody reads", nil, true},
		{"somebody reads, quiet", []string{"--quiet"}, true},
		{"somebody reads, JSON", []string{"--json"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, f := t.Context(), archivetest.New(t)
			now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
			response := archive.NewRecord("response", now)
			response.Set("WARC-Target-URI", url)
			response.Set("Content-Type", "application/http; msgtype=response")
			response.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
			response.Payload = []byte("<h1>" + title)
			conversion := archive.NewRecord("conversion", now)
			conversion.Set("WARC-Target-URI", url)
			conversion.Set("WARC-Refers-To", response.ID())
			conversion.Set("Content-Type", "application/json; profile="+article.Schema)
			var err error
			if conversion.Payload, err = json.Marshal(article.Article{URL: url, Site: "a.example", Kind: article.KindArticle, Title: title, Text: "The office has no " + word + " any more."}); err != nil {
				t.Fatal(err)
			}
			f.Add(response, conversion)
			if err := f.Writer.Close(); err != nil {
				t.Fatal(err)
			}
			dir := f.Archive.Dir()
			has := func() (found []string) {
				for _, name := range []string{"catalog.sqlite", "catalog.sqlite-wal"} {
					body, err := os.ReadFile(filepath.Join(dir, name))
					if err != nil && !errors.Is(err, fs.ErrNotExist) {
						t.Fatal(err)
					}
					for _, w := range []string{title, word} {
						if bytes.Contains(body, []byte(w)) {
							found = append(found, name+": "+w)
						}
					}
				}
				return found
			}
			if len(has()) < 2 {
				t.Fatalf("the catalog has only %q", has())
			}
			end := func() {}
			if test.read {
				reader, err := f.Catalog.Snapshot(ctx)
				if err != nil {
					t.Fatal(err)
				}
				end = func() {
					if err := reader.Close(); err != nil {
						t.Fatal(err)
					}
				}
			}
			const warning = "erased words may remain in catalog.sqlite"
			var out, errs bytes.Buffer
			args := append([]string{"suppress", url, "--erase", "--reason", "asked for", "-a", dir}, test.args...)
			if code := run(ctx, args, nil, &out, &errs); code != exitDone {
				t.Fatalf("got %d, %s", code, errs.String())
			}
			if got := strings.Contains(errs.String(), warning) && strings.Contains(errs.String(), "newsmorgue reindex"); got != test.read {
				t.Errorf("got %q, want a warning: %t", errs.String(), test.read)
			}
			if got := strings.Contains(out.String(), `"catalog_in_use":true`); got != (len(test.args) > 0 && test.args[0] == "--json") {
				t.Errorf("got %q", out.String())
			}
			if found := has(); (len(found) > 0) != test.read {
				t.Errorf("it has %q", found)
			}
			end()
			errs.Reset()
			if code := run(ctx, []string{"reindex", "-a", dir}, nil, &out, &errs); code != exitDone || strings.Contains(errs.String(), warning) {
				t.Fatalf("reindex: got %d, %s", code, errs.String())
			}
			if found := has(); len(found) > 0 {
				t.Errorf("after reindex, it has %q", found)
			}
		})
	}
}
