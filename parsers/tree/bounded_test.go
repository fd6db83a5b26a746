package tree

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestLargeTree: a page of which a tree would be made that is a thousand times as large
// ends before that.
func TestLargeTree(t *testing.T) {
	var page bytes.Buffer
	page.WriteString("<p>")
	for i := range 490 {
		fmt.Fprintf(&page, "<b a=%d>", i)
	}
	page.WriteString("</p>" + strings.Repeat("<p>x</p>", 20_000)) // 160 KB, which would take 1.5 GB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc, err := parseWithin(page.Bytes(), 32<<20)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; !errors.Is(err, errTooLarge) || doc != nil || used > 400 {
		t.Errorf("got %v, %d MB", err, used)
	}
	if doc, err := parseWithin([]byte("<p>x"), 32<<20); err != nil || doc.FirstChild.Type != html.ElementNode {
		t.Errorf("got %v, %v", doc, err)
	}
}
