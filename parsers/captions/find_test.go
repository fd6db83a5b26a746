package captions

import (
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
	"golang.org/x/net/html/atom"
)

// The page that all tests put something into.
const (
	StoryTop = `<html lang="en"><body><header><nav><a href="/">Home</a></nav></header><main><article><h1>The ferry comes home</h1>`
	StoryOne = `<p>After nine years of quarrels the ferry came in at noon on Tuesday, and half of the town stood on the quay to see it moor where it had always moored.</p>`
	StoryTwo = `<p>Its captain said that the engine had run without a cough since the islands, and that she would not leave port again before the spring tides were over.</p>`
	StoryEnd = `<p>Nobody on the quay believed her, but the band played, the mayor spoke for eleven minutes, and the baker sold every roll he had made for the day.</p></article></main><footer>The Courier</footer></body></html>`

	img     = `<img src="/f.jpg" alt="a ferry" width="800" height="600">`
	caption = `<figcaption>The ferry at the quay.</figcaption>`
)

// storyPage is a page with something in its story. The story's blocks are its
// paragraphs outside figures that have no class, and what has the class "story".
func storyPage(t testing.TB, in string) (*doc.Page, block.Kept) {
	p := doctest.Page(t, StoryTop+StoryOne+in+StoryTwo+StoryEnd)
	kept := make(block.Kept, len(p.Blocks))
	for i, b := range p.Blocks {
		class := block.Attr(b.Node, "class")
		kept[i] = class == "story" || class == "" && b.Node.DataAtom == atom.P && b.Flags&block.InFigure == 0
	}
	return p, kept
}

// TestTaken: blocks that are captions leave the story, wholly or but for a rest.
func TestTaken(t *testing.T) {
	const hull = "Its hull had been painted green in the yard at the islands."
	for _, c := range []struct {
		name, in string
		want     []string // text of each block, and its rest
	}{
		{"no caption", `<p>` + hull + `</p>`, nil},
		{"a caption that is none of the story", `<figure>` + img + caption + `</figure>`, nil},
		{"a paragraph", `<p>The ferry at the quay. Foto: Ada Obi</p>`, []string{"The ferry at the quay. Foto: Ada Obi", ""}},
		{"a caption in a figure", `<figure>` + img + `<figcaption><p class="story">The ferry at the quay.</p></figcaption></figure>`, []string{"The ferry at the quay.", ""}},
		{"a caption before its paragraph", `<p>The ferry lies at the quay. (Video: The Courier) ` + hull + `</p>`, []string{"The ferry lies at the quay. (Video: The Courier) " + hull, hull}},
		{"an element of a line", `<p>` + img + ` <span class="caption">The ferry (Ada Obi/Reuters)</span> ` + hull + `</p>`, []string{"The ferry (Ada Obi/Reuters) " + hull, hull}},
		{"a copy", `<figure>` + img + caption + `</figure>` + StoryOne + `<div class="story">The ferry at the quay</div>`, []string{"The ferry at the quay", ""}},
		{"a paragraph that says the same", `<figure>` + img + caption + `</figure>` + StoryOne + `<p>The ferry at the quay</p>`, nil},
	} {
		p, kept := storyPage(t, c.in)
		var got []string
		for _, k := range Find(p, kept).Taken {
			got = append(got, k.Block.Text, k.Rest)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestNothing: a page without text, and one that no choice was made for.
func TestNothing(t *testing.T) {
	if got := Find(doctest.Page(t, ""), nil); got.Captions != nil || got.Taken != nil || got.Provenance.From != "" {
		t.Errorf("got %+v", got)
	}
	p, _ := storyPage(t, `<figure>`+img+caption+`</figure>`)
	if got := Find(p, nil); len(got.Captions) != 1 || got.Provenance.From != "dom:figcaption" {
		t.Errorf("a page without a story: got %+v", got)
	}
}

// FuzzFind: whatever a page holds, Find writes to no block, takes out only blocks
// of the story, each once and in order, and gives a place for each caption.
func FuzzFind(f *testing.F) {
	for _, s := range []string{
		`<figure><img srcset="/a 1w,/b 2w"><figcaption>A <span class=credit>B/C</span><cite>D</cite></figcaption><footer>E</footer></figure>`,
		`<p>A ferry lies there. (Photo: B) And it was C. D e f g h i j k.</p><p>Foto: B</p>`,
		`<p><img src=x> <span class=caption>A (B/AFP)</span> c d e</p>`,
		`<div><span>© A/AFP</span><noscript><img src="x"></noscript><h2>B c d</h2></div><dialog><figure><video src=v></video><figcaption>A</figcaption></figure></dialog>`,
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, in string, skip uint8) {
		p, kept := storyPage(t, in)
		if skip > 0 {
			for i := range kept {
				kept[i] = i%(int(skip)+1) != 0
			}
		}
		before := make([]block.Block, len(p.Blocks))
		for i, b := range p.Blocks {
			before[i] = *b
		}
		asked := slices.Clone(kept)
		found := Find(p, kept)
		if !slices.Equal(kept, asked) {
			t.Error("kept was written to")
		}
		for i, b := range p.Blocks {
			if *b != before[i] {
				t.Errorf("block %d was written to", i)
			}
		}
		last := -1
		for _, k := range found.Taken {
			if !kept.Has(k.Block) || k.Block.N <= last || k.Rest == k.Block.Text {
				t.Errorf("took block %d out after %d, with the rest %q", k.Block.N, last, k.Rest)
			}
			last = k.Block.N
		}
		if len(found.Places) != len(found.Captions) || !slices.IsSorted(found.Places) {
			t.Errorf("%d captions at %v", len(found.Captions), found.Places)
		}
	})
}
