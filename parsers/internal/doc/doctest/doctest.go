// Package doctest makes pages for the tests of the field packages.
package doctest

import (
	"net/url"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
)

// Page reads HTML as the page at https://example.org/2024/05/01/ferry, fetched a
// month after the day that its address names.
func Page(t testing.TB, source string) *doc.Page {
	t.Helper()
	return PageAt(t, "https://example.org/2024/05/01/ferry", source)
}

// Kept says that the blocks for which is holds are the page's story.
func Kept(p *doc.Page, is func(*block.Block) bool) block.Kept {
	kept := make(block.Kept, len(p.Blocks))
	for i, b := range p.Blocks {
		kept[i] = is(b)
	}
	return kept
}

// PageAt is Page for another address.
func PageAt(t testing.TB, address, source string) *doc.Page {
	t.Helper()
	root := tree.Parse([]byte(source))
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Read(&article.Page{URL: u, Fetched: time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)}, root)
}
