package pagetext

import (
	"slices"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	page := Read([]byte(`<!doctype html><html lang="en"><head><title> The  quay </title>
<meta property="og:title" content="The quay is finished"><meta name="viewport" content="x">
<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"The quay","author":[{"name":"Lena Rudd"}],"datePublished":"2026-11-12"}]}</script>
<style>p{}</style></head><body><nav><ul><li><a href=/>Home</a><li><p>Harbour</p></ul></nav>
<h1>The <em>quay</em></h1><p>By Lena&nbsp;Rudd, <time datetime="2026-11-12T08:00">Thursday</time></p>
<img alt="A crane"><p>One<br>two <script>var x</script>three <span hidden>secret</span></p>
<div style="display: none">gone</div><table><tr><td>a<td>b</table>bare</body>`))
	var got []string
	for _, b := range page.Blocks {
		s := b.Text
		if b.Level > 0 {
			s = strings.Repeat("#", b.Level) + s
		}
		if b.Item {
			s = "*" + s
		}
		if b.Image {
			s = "!" + s
		}
		got = append(got, s)
	}
	want := []string{"*Home", "*Harbour", "#The quay", "By Lena Rudd, Thursday [2026-11-12T08:00]", "!A crane", "One", "two three", "a | b", "bare"}
	if !slices.Equal(got, want) {
		t.Errorf("blocks: got %q, want %q", got, want)
	}
	head := []string{"lang: en", "title: The quay", "og:title: The quay is finished", "ld+json headline: The quay", "ld+json datePublished: 2026-11-12", "ld+json author: Lena Rudd"}
	if !slices.Equal(page.Head, head) {
		t.Errorf("head: got %q, want %q", page.Head, head)
	}
}

func TestReadIsBounded(t *testing.T) {
	page := Read([]byte(strings.Repeat("<p>word", maxBlocks+10)))
	if len(page.Blocks) != maxBlocks || !page.Truncated {
		t.Errorf("got %d blocks, truncated %t", len(page.Blocks), page.Truncated)
	}
	page = Read([]byte("<p>" + strings.Repeat("word ", maxText/4)))
	if n := len(page.Blocks); !page.Truncated || n > 1 {
		t.Errorf("got %d blocks, truncated %t", n, page.Truncated)
	}
	if page := Read([]byte(strings.Repeat("<div>", 100_000) + "bottom")); len(page.Blocks) != 1 {
		t.Errorf("nested page: got %d blocks", len(page.Blocks))
	}
	if page := Read(nil); len(page.Blocks) != 0 {
		t.Errorf("empty page: got %v", page.Blocks)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("<p>a<li><b>c</p><time datetime=x>"))
	f.Add([]byte(`<script type=application/ld+json>[{"headline":["x",{"name":1}]}]</script>`))
	f.Fuzz(func(t *testing.T, page []byte) {
		p := Read(page)
		for _, b := range p.Blocks {
			if b.Text == "" || strings.ContainsAny(b.Text, "\n\r\t") {
				t.Errorf("block %q", b.Text)
			}
		}
	})
}
