package tree

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// rawPages have script and style elements, and what looks like some. LONG stands for a
// text that is worth a mark.
var rawPages = []struct {
	name, page string
	marked     int  // raw texts that are found
	kept       bool // whether the tree with marks is the page's
}{
	{"plain", `<html><head><style type="a">LONG</style><script>LONG</script></head><body><p>One</p><SCRIPT src=x>LONG</Script ></body>`, 3, true},
	{"short", `<script>a</script>`, 0, false},
	{"line ends", "<script>\r\nLONG\rx\n</script>\r\n<p>x", 1, true},
	{"NUL", "<script>\x00LONG</script>", 0, false},
	{"comment", `<!-- <script>LONG</script> --><p>x</p><!--><script>LONG</script>`, 1, true},
	{"comment that ends oddly", `<!-- x --!><script>LONG</script><p>x</p> -->`, 0, false},
	{"escaped", `<script><!-- <script>LONG</script> LONG --></script><p>x`, 0, false},
	{"noscript", `<head><noscript><style>LONG</style></noscript></head><body><noscript><script>LONG</script></noscript>`, 0, false},
	{"drawing", `<svg><style>LONG &amp; <b>x</b></style></svg><style>LONG</style>`, 1, true},
	{"formula", `<math><style>LONG &amp; x</style></math>`, 1, false},
	{"attribute", `<p title="<script>LONG</script>">x</p>`, 1, false},
	{"attribute of the tag", `<script data-a="x>LONG">LONG</script>`, 1, false},
	{"title", `<title><style>LONG</style></title><p>x`, 1, false},
	{"choice", `<select><style>LONG</style><option>x</select>`, 1, true},
	{"table", `<table><script>LONG</script><tr><td><style>LONG</style>x</table>`, 2, true},
	{"template", `<template><style>LONG</style><p>x</p></template><script>LONG</script>`, 2, true},
	{"never ends", `<p>x</p><script>LONG`, 0, false},
	{"tag never ends", `<p>x</p><script `, 0, false},
	{"longer name", `<script>LONG</scripts>LONG</script><scripts>LONG</scripts>`, 1, true},
	{"mark in the page", "<p>\x1anewsmorgue-raw-text-000000</p><script>LONG</script>", 1, false},
	{"plaintext", `<plaintext><script>LONG</script>`, 1, false},
}

func TestRawTexts(t *testing.T) {
	for _, test := range rawPages {
		text := []byte(strings.ReplaceAll(test.page, "LONG", strings.Repeat("a < b; </p> ", 20)))
		raw := rawTexts(text)
		if len(raw) != test.marked {
			t.Errorf("%s: %d raw texts, want %d", test.name, len(raw), test.marked)
		}
		doc, err := html.Parse(&rawReader{text: text, raw: raw})
		if err != nil {
			t.Fatal(err)
		}
		if kept := len(raw) > 0 && !bytes.Contains(text, []byte(rawMark)) && putBack(doc, text, raw); kept != test.kept {
			t.Errorf("%s: tree kept: %t, want %t", test.name, kept, test.kept)
		}
		sameTree(t, test.name, text)
	}
}

// sameTree checks that parseHTML gives the tree of html.Parse.
func sameTree(t *testing.T, name string, text []byte) {
	t.Helper()
	want, wantErr := html.Parse(bytes.NewReader(text))
	got, err := parseHTML(text)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s: error %v, want %v", name, err, wantErr)
	}
	if err == nil && outline(got) != outline(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, outline(got), outline(want))
	}
}

// outline lists the nodes below one. Unlike rendered HTML it tells texts that stand side
// by side from one text, and raw text from other.
func outline(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		b.WriteString(strings.Repeat(" ", depth) + string(rune('0'+n.Type)) + n.Namespace + ":" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Namespace + ":" + a.Key + "=" + a.Val)
		}
		b.WriteString("\n")
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

func FuzzParseHTML(f *testing.F) {
	for _, test := range rawPages {
		f.Add([]byte(strings.ReplaceAll(test.page, "LONG", strings.Repeat("a < b; </p> ", 20))))
	}
	f.Fuzz(func(t *testing.T, text []byte) { sameTree(t, "page", text) })
}
