package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
)

// TestCancelledExport is cancelled at one record after another, while others are read ahead of
// those that are written. The folder is as it was, and the next export has everything.
func TestCancelledExport(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	for i := range 60 {
		f.page(fmt.Sprintf("https://a.example/%d", i), run, strings.Repeat(fmt.Sprintf("<p>Page %d.", i), 50))
	}
	if _, err := f.Writer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	var want exchange.Summary
	cancelled := 0
	for at := 1; ; at++ {
		ctx, cancel := context.WithCancel(t.Context())
		written := 0
		key := func(url string) string {
			if written++; written == at {
				cancel()
			}
			return cdxj.SURT(url)
		}
		sum, err := exchange.WARC(ctx, f.Archive, f.Catalog, dir, exchange.Options{MaxFile: 20_000, Workers: 2, Software: "newsmorgue/test", Key: key})
		cancel()
		if err == nil && written < at {
			want = sum
			break
		}
		if err == nil {
			// The last moments are too late; then everything is there.
			if sum.Records < 62 {
				t.Fatalf("cancelled at %d: %d records, and no error", at, sum.Records)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			continue
		}
		cancelled++
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %d: got %v", at, err)
		}
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("cancelled at %d: it left %v, %v", at, entries, err)
		}
	}
	if cancelled < 10 {
		t.Errorf("it was cancelled %d times only", cancelled)
	}
	if want.Records != 62 || len(want.Files) < 4 {
		t.Errorf("got %d records in %d files", want.Records, len(want.Files))
	}
}
