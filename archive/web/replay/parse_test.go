package replay

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// reopened is a page whose paragraphs open the elements anew that the first has left open.
func reopened(paragraphs int) []byte {
	var b bytes.Buffer
	b.WriteString("<p>")
	for i := range 490 {
		fmt.Fprintf(&b, "<b a=%d>", i)
	}
	b.WriteString("</p>")
	b.WriteString(strings.Repeat("<p>x</p>", paragraphs))
	b.WriteString("<p>The end")
	return b.Bytes()
}

// TestLargeTree: a page of which a tree would be made that is a thousand times as large
// is read otherwise, with little memory.
func TestLargeTree(t *testing.T) {
	page := reopened(20_000) // 160 KB, which would take 1.5 GB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc, cut := parseWithin(page, 32<<20, time.Minute)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 400 {
		t.Errorf("took %d MB", used)
	}
	var out bytes.Buffer
	if err := html.Render(&out, doc); err != nil || cut || !strings.Contains(out.String(), "The end") || out.Len() > 1<<20 {
		t.Errorf("got %v, cut %v, %d bytes", err, cut, out.Len())
	}
}

func TestLongParse(t *testing.T) {
	doc, cut := parseWithin([]byte("<p>x<svg></svg><p>The end"), maxTree, -time.Second)
	var out bytes.Buffer
	if err := html.Render(&out, doc); err != nil || cut || !strings.Contains(out.String(), "The end") || strings.Contains(out.String(), "svg") {
		t.Errorf("got %v, cut %v: %s", err, cut, out.Bytes())
	}
}

// TestShallowBounds: a tree of a page's tokens has bounds, too.
func TestShallowBounds(t *testing.T) {
	for name, c := range map[string]struct {
		page string
		cut  bool
	}{
		"nodes":      {strings.Repeat("<br>", maxNodes+10) + "<p>The end", true},
		"a token":    {"<p title='" + strings.Repeat("x", maxToken+10) + "'>The end", true},
		"attributes": {"<p " + strings.Repeat("a ", 10*maxAttributes) + ">The end", false},
	} {
		doc, cut := shallow([]byte(c.page))
		nodes, attributes := 0, 0
		for n := range doc.Descendants() {
			nodes++
			attributes += len(n.Attr)
		}
		if cut != c.cut || nodes > maxNodes+10 || attributes > maxAttributes {
			t.Errorf("%s: cut %v, %d nodes, %d attributes", name, cut, nodes, attributes)
		}
	}
}

// TestLongAddresses: a reference of a few bytes can mean an address of thousands, and many
// of them are not written.
func TestLongAddresses(t *testing.T) {
	base := `<base href="https://x.example/` + strings.Repeat("a", 8000) + `/">`
	for name, page := range map[string]string{
		"pictures": base + strings.Repeat("<img src=a>", 100_000),
		"links":    base + strings.Repeat("<a href=a>x</a>", 100_000),
		"styles":   base + "<style>" + strings.Repeat("url(a)", 100_000) + "</style>",
		"lists":    base + strings.Repeat(`<img srcset="a 1x, a 2x">`, 50_000),
	} {
		out, r := HTML([]byte(page), source(t, "https://paper.example/"), Options{})
		if len(out) > maxWritten+4<<20 || !r.Cut || !strings.Contains(string(out), "https://x.example/aaa") {
			t.Errorf("%s: %d bytes became %d, cut %v", name, len(page), len(out), r.Cut)
		}
		if strings.Contains(string(out), `src="a"`) || strings.Contains(string(out), `href="a"`) || strings.Contains(string(out), "url(a)") {
			t.Errorf("%s: references are left as they were", name)
		}
	}
	sheet := CSS([]byte(strings.Repeat("url(a)", 100_000)), source(t, "https://x.example/"+strings.Repeat("a", 8000)+"/"))
	if len(sheet) > maxWritten+4<<20 {
		t.Errorf("a style sheet became %d bytes", len(sheet))
	}
}
