// Package doctest makes pages for the tests of the field packages.
package doctest

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
)

// Page reads HTML as the page at https://example.org/2024/05/01/ferry, fetched a
// month after the day that its address names.
func Page(t testing.TB, source string) *doc.Page {
	t.Helper()
	return PageAt(t, "https://example.org/2024/05/01/ferry", source)
}

// PageAt is Page for another address.
func PageAt(t testing.TB, address, source string) *doc.Page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Read(&article.Page{URL: u, Fetched: time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)}, root)
}
