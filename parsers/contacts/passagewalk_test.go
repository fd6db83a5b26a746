package contacts

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// TestLongPassage: a passage has as many characters as may be, to the last one.
func TestLongPassage(t *testing.T) {
	for _, word := range []string{"seven77", "é", "x"} {
		w := &passageWalker{}
		for range 2 {
			w.add(strings.Repeat(word+" \n", maxPassage/2/len(word)) + "tail-of-many-letters ")
		}
		w.flush()
		got := strings.Join(strings.Fields(w.done[0].text), "")
		all := strings.Repeat(strings.Repeat(word, maxPassage/2/len(word))+"tail-of-many-letters", 2)
		if got != all[:len(got)] || len(got) > maxPassage || len(got) < maxPassage-1 {
			t.Errorf("%q: got %d characters, want the first %d", word, len(got), maxPassage)
		}
	}
}

// TestPlainPassage: an element without others has the passage that a walk finds.
func TestPlainPassage(t *testing.T) {
	root, err := html.Parse(strings.NewReader("<p> 14 Quay\n Street,\u00a0 Salt\u00admere <!-- x --> SM4\u200b 7QT </p><p>a<br>b</p><p>x <b>y</b></p><div>z<p>in it</p>after</div><h2>Address</h2>"))
	if err != nil {
		t.Fatal(err)
	}
	p := doc.Read(&article.Page{Doc: root}, root)
	r := &contactReader{page: p, chain: newBlockChain(p)}
	plain := 0
	for _, b := range p.Blocks {
		got := plainPassage(b.Node, r.blocksOf(b.Node))
		if got == nil {
			continue
		}
		plain++
		want := passagesOf(p, b.Node)
		if len(want) != 1 || got[0].text != want[0].text || got[0].n != want[0].n || got[0].node != want[0].node || !slices.Equal(got[0].links, want[0].links) {
			t.Errorf("%q: got %+v, want %+v", b.Text, got[0], want)
		}
	}
	if plain != 3 {
		t.Errorf("%d plain passages, want 3", plain)
	}
}
