package captions

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// TestEvidence has a candidate for each piece that a rule of the page says: the
// piece is what --explain prints.
func TestEvidence(t *testing.T) {
	cases := []struct {
		piece int
		in    string
	}{
		{isFigcaption, `<figure>` + img + caption + `</figure>`},
		{inFigureOfMedium, `<figure>` + img + `<span>The ferry at the quay.</span></figure>`},
		{namedCaption, `<div>` + img + `<div class="caption">The ferry at the quay.</div></div>`},
		{inNamedCaption, `<div>` + img + `<div class="caption"><p>The ferry</p><p>at the quay.</p></div></div>`},
		{namedCredit, `<div>` + img + `<div class="credit">Ada Obi</div></div>`},
		{isLine, `<div>` + img + `<div>The ferry at the quay.</div></div>`},
		{inItalics, `<p>` + img + `<br><em>The ferry at the quay.</em></p>`},
		{isCentred, img + `<p align="center">The ferry at the quay.</p>`},
		{leadsAsCaption, `<div>` + img + `<div>图为码头边的渡轮</div></div>`},
		{unspaced, `<div>` + img + `<div>图为码头边的渡轮</div></div>`},
		{likeAlt, `<div><img src="/f.jpg" alt="The ferry at the quay"><div>The ferry at the quay.</div></div>`},
		{mediumBehind, `<div><div>The ferry at the quay.</div>` + img + `</div>`},
		{mediumLinked, `<div><a href="/old">` + img + `</a><div>The ferry at the quay.</div></div>`},
		{creditOnly, `<div>` + img + `<div>Photo: Ada Obi/Reuters</div></div>`},
		{isName, `<figure>` + img + `<figcaption>Ada Obi Fields</figcaption></figure>`},
		{likeTitle, `<div>` + img + `<div>The ferry comes home</div></div>`},

		{leadsAway, `<figure>` + img + `<figcaption><a href="/old">The old ferry is for sale</a></figcaption></figure>`},
	}
	for _, c := range cases {
		t.Run(pieces[c.piece], func(t *testing.T) {
			p, kept := storyPage(t, c.in)
			p.Explanation = &article.Explanation{}
			Find(p, kept)
			for _, k := range p.Explanation.Fields {
				sum := 0.0
				for _, e := range k.Evidence {
					sum += e.Part
				}
				if len(k.Evidence) > 0 && math.Abs(sum-k.Score) > 0.01 {
					t.Errorf("%q: its evidence adds up to %v, want %v", k.Value, sum, k.Score)
				}
			}
			if !slices.ContainsFunc(p.Explanation.Fields, func(k article.Candidate) bool {
				return slices.ContainsFunc(k.Evidence, func(e article.Evidence) bool { return e.Name == pieces[c.piece] && e.Value != 0 })
			}) {
				t.Errorf("no candidate has it: %+v", p.Explanation.Fields)
			}
		})
	}
}

// TestForeign: what stands in another part of the page is no caption.
func TestForeign(t *testing.T) {
	tested := map[string]bool{"dialog": true, "hidden": true} // these are evidence
	for _, c := range []struct{ rule, in string }{
		{"navigation", `<nav><figure>` + img + caption + `</figure></nav>`},
		{"footer", `<footer><figure>` + img + caption + `</figure></footer>`},
		{"aside", `<aside><h3>More</h3><figure>` + img + caption + `</figure></aside>`},
		{"a card of another story", `<article><figure>` + img + caption + `</figure><h3><a href="/old">The old ferry</a></h3></article>`},
		{"a link with a heading", `<a href="/old"><img src="/o.jpg" data-caption="The old ferry"><h3>The old ferry</h3></a>`},
		{"named as another part of the page", `<div class="related"><a href="/old">The old ferry</a><figure>` + img + caption + `</figure></div>`},
		{"an author's address", `<figure>` + img + `<figcaption><address>By Ada Obi</address></figcaption></figure>`},
	} {
		tested[c.rule] = true
		p, kept := storyPage(t, c.in)
		p.Explanation = &article.Explanation{}
		found := Find(p, kept)
		if len(found.Captions) > 0 || !slices.ContainsFunc(p.Explanation.Fields, func(k article.Candidate) bool { return k.Why == c.rule }) {
			t.Errorf("%s: got %+v, %+v", c.rule, found.Captions, p.Explanation.Fields)
		}
	}
	for _, r := range outsideRules {
		if !tested[r.name] {
			t.Errorf("no case for the rule %q", r.name)
		}
	}
}

// TestStoryBrackets has a paragraph for each reason why its brackets are the story's.
func TestStoryBrackets(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range []struct{ rule, in string }{
		{"no caption before the credit", `<p>(Photo: Ada Obi of the Courier/Reuters)</p>`},
		{"the source of a quotation", `<p>“We shall not leave before the spring.” (Ada Obi/Reuters)</p>`},
		{"within a sentence of a long paragraph", `<p>` + strings.Repeat("the ferry and the quay and ", 8) + `the tide (Ada Obi/Reuters)</p>`},
		{"an agency that signs the story", `<p>The ferry was built by the yard at the islands. (Reuters)</p>`},
	} {
		tested[c.rule] = true
		p, kept := storyPage(t, c.in)
		b := p.Blocks[slices.IndexFunc(p.Blocks, func(b *block.Block) bool { return kept.Has(b) })+1]
		line := gluedLine{Block: b}
		line.caption, line.credit, _ = credit.Split(b.Text, false)
		f := newFinder(p, kept)
		for _, r := range storyBrackets {
			if r.applies(f, line) != (r.name == c.rule) {
				t.Errorf("%s: %q applies, or does not", c.rule, r.name)
			}
		}
		if found := Find(p, kept); len(found.Captions)+len(found.Taken) > 0 {
			t.Errorf("%s: got captions %+v", c.rule, found.Captions)
		}
	}
	for _, r := range storyBrackets {
		if !tested[r.name] {
			t.Errorf("no case for %q", r.name)
		}
	}
}

// TestChosen: what is a caption, with its credit, and what is none.
func TestChosen(t *testing.T) {
	const text, whole, owner = "The ferry at the quay. | ", "The ferry at the quay. | Ada Obi/Reuters", " | Ada Obi/Reuters"
	for _, c := range []struct{ name, in, want string }{
		{"a figcaption", `<figure>` + img + caption + `</figure>`, text},
		{"named a caption", `<div>` + img + `<div class="caption">The ferry at the quay.</div></div>`, text},
		{"a line that ends in a credit", `<div>` + img + `<div>The ferry at the quay. (Ada Obi/Reuters)</div></div>`, whole},
		{"a line that is a credit", `<div>` + img + `<div>Photo: Ada Obi/Reuters</div></div>`, owner},
		{"a paragraph that ends in a labelled credit", `<p>The ferry at the quay. Foto: Ada Obi</p>`, "The ferry at the quay. | Ada Obi"},
		{"a paragraph that ends in a credit in brackets", `<p>The ferry at the quay. (Ada Obi/Reuters)</p>`, whole},
		{"a caption before its paragraph", `<p>The ferry lies at the quay. (Video: The Courier) Its hull had been painted green in the yard at the islands.</p>`, "The ferry lies at the quay. | The Courier"},
		{"an attribute for a lightbox", `<div><img src="/f.jpg" data-caption="The ferry at the quay."></div>`, text},
		{"a repetition", strings.Repeat(`<figure>`+img+caption+`</figure>`, 2), text},
		{"in a named caption", `<div>` + img + `<div class="caption"><div>The ferry at the quay. (Ada Obi/Reuters)</div></div></div>`, whole},
		{"a named caption has this medium", `<div>` + img + `<div class="caption">The ferry at the quay.</div><div>Photo: Ada Obi/Reuters</div></div>`, whole},

		{"a link to another story", `<figure>` + img + `<figcaption><a href="/old">The old ferry is for sale</a></figcaption></figure>`, ""},
		{"a date or byline", `<div>` + img + `<div class="caption">By Ada Obi</div></div>`, ""},
		{"a control", `<figure>` + img + `<figcaption>Click to enlarge</figcaption></figure>`, ""},
		{"the source of a quotation", `<figure><blockquote>We shall not leave.</blockquote><figcaption>Ada Obi, captain</figcaption></figure>`, ""},
		{"too long", `<figure>` + img + `<figcaption>` + strings.Repeat("The ferry lies there. ", 120) + `</figcaption></figure>`, ""},
		{"far from the medium", `<div class="x">The ferry at the quay. (Ada Obi/Reuters)</div><hr>` + strings.Repeat("<hr>", 8) + `<i><b>` + img + `</b></i>`, ""},
		{"a paragraph of the story apart from the medium", img + `<p>The ferry at the quay. (Ada Obi/Reuters)</p>`, ""},
		{"a source's name beside its logo", `<div>` + img + `<div>Reuters</div></div>`, ""},
		{"an author's address in a figure", `<figure>` + img + `<address>By Ada Obi of the Courier</address></figure>`, ""},
		{"has a heading", `<figure>` + img + `<h3>The ferry</h3><span>The ferry at the quay.</span></figure>`, ""},
		{"of two media", `<figure>` + img + img + `<span>The ferry at the quay.</span></figure>`, ""},
		{"a figure with a part of the story", `<figure>` + img + strings.Repeat(`<p class="story">`+strings.Repeat("The ferry lies there. ", 6)+`</p>`, 5) + `</figure>`, ""},
	} {
		p, kept := storyPage(t, c.in)
		var got []string
		for _, k := range Find(p, kept).Captions {
			got = append(got, k.Text+" | "+k.Credit)
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

// TestModelsKnowPieces: the models and the code know the same pieces, but for those
// that no labelled page has.
func TestModelsKnowPieces(t *testing.T) {
	for _, m := range []struct {
		data   []byte
		pieces []string
		unseen []string
	}{
		{captionsData, pieces[:], nil},
		{creditsData, creditPieces[:], []string{creditPieces[setByDot], creditPieces[setByEquals]}},
	} {
		unknown, vain, err := evidence.Missing(m.data, m.pieces...)
		if err != nil || len(vain) > 0 || !slices.Equal(unknown, m.unseen) {
			t.Errorf("pieces in vain %q, unknown %q, want %q, error %v", vain, unknown, m.unseen, err)
		}
	}
}

// TestContainers: an element that holds more than a caption is none itself.
func TestContainers(t *testing.T) {
	for _, c := range []struct{ rule, in string }{
		{"holds a part of the story", `<figcaption>` + strings.Repeat(StoryOne, 6) + `</figcaption>`},
		{"holds much text", `<div class="caption">` + strings.Repeat("The ferry lies there. ", 120) + `</div>`},
		{"a gallery", `<div class="captions">` + strings.Repeat(`<figure>`+img+caption+`</figure>`, 2) + `</div>`},
		{"", `<div class="caption">The ferry at the quay.</div>`},
	} {
		p, kept := storyPage(t, c.in)
		f := newFinder(p, kept)
		for i := range p.Elems[1:] {
			if from := f.sourceOf(i + 1); from != "" {
				if got := firstRule(containerRules, f, namedElement{i + 1, from}); got != c.rule {
					t.Errorf("%.60s: got %q, want %q", c.in, got, c.rule)
				}
				break
			}
		}
	}
}

func TestMediaKind(t *testing.T) {
	for in, want := range map[string]string{
		`<img src=/a.jpg>`: "image", `<img src=/a.jpg width=1 height=1>`: "image", `<img src=/a.jpg width="9%">`: "image", `<video></video>`: "video", `<audio></audio>`: "audio", `<object></object>`: "image",
		`<iframe src="https://www.YouTube.com/embed/1"></iframe>`: "video", `<iframe data-src="//w.soundcloud.com/p"></iframe>`: "audio", `<iframe src="//maps.example/"></iframe>`: "other",
		`<amp-img src=/a.jpg></amp-img>`: "image", `<amp-video></amp-video>`: "video", `<x-player></x-player>`: "video",
	} {
		p, kept := storyPage(t, in)
		f := newFinder(p, kept)
		if len(f.media) != 1 {
			t.Errorf("%s: got %d media, want 1", in, len(f.media))
			continue
		}
		if got := mediaKind(p.Elems[f.media[0]].Node); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// TestNoMedium: icons, portraits and frames without an address show nothing that a
// caption is of.
func TestNoMedium(t *testing.T) {
	for _, in := range []string{
		`<img src=/a.png width=32>`, `<img src=/a.png height=8>`, `<img class="user-avatar" src=/a.jpg>`, `<iframe></iframe>`, `<iframe src=""></iframe>`,
		`<noscript><p>Switch on scripts</p></noscript>`, `<div style="color:red"></div>`, `<x-button></x-button>`,
	} {
		p, kept := storyPage(t, in)
		if f := newFinder(p, kept); len(f.media) > 0 {
			t.Errorf("%s: got %d media", in, len(f.media))
		}
	}
}

func TestMediaURL(t *testing.T) {
	for in, want := range map[string]string{
		`<img src="/a.jpg" srcset="/b.jpg 300w, /c.jpg 900w">`:                                      "/c.jpg",
		`<picture><source srcset="/d.webp 1200w"><img src="/a.jpg" srcset="/b.jpg 300w"></picture>`: "/d.webp",
		`<div><source srcset="/d.webp 1200w"><img src="/a.jpg"></div>`:                              "/a.jpg",
		`<img src="/placeholder.png" data-lazy-src="/a.jpg">`:                                       "/a.jpg",
		`<video><source src="/v.mp4"></video>`:                                                      "/v.mp4",
		`<a href="/full.jpg?x=1"><span><img src="data:image/gif;base64,AA"></span></a>`:             "/full.jpg?x=1",
		`<a href="/page"><img src="about:blank"></a>`:                                               "",
		`<div><img src="/spacer.gif"><noscript><img src="/a.jpg"></noscript></div>`:                 "/a.jpg",
		`<noscript><img src="data:x"><img src="/b.jpg"></noscript>`:                                 "/b.jpg",
		`<div style="background-image: url(/a.jpg)"></div>`:                                         "",
	} {
		p, kept := storyPage(t, in)
		f := newFinder(p, kept)
		if len(f.media) == 0 {
			t.Errorf("%s: no medium", in)
			continue
		}
		if want != "" {
			want = "https://example.org" + want
		}
		if got := f.mediaURL(p.Elems[f.media[0]].Node); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestTrimCaption(t *testing.T) {
	for in, want := range map[string]string{
		"The ferry.": "The ferry.", "| The ferry. |": "The ferry.", "Bild: The ferry.": "The ferry.", "Image caption The ferry.": "The ferry.",
		"Image 1 of 12 The ferry.": "The ferry.", "4 of 12 | The ferry.": "The ferry.", "4/12: The ferry.": "The ferry.", "1of4 The ferry.": "The ferry.", "3 von 9": "",
		"4 of 12 ferries were lost.": "4 of 12 ferries were lost.", "2 de 3 | El ferry": "El ferry", "1/2 of the ferries": "1/2 of the ferries",
		"2020/21 was a year.": "2020/21 was a year.", "1 of 2000 | The ferry": "1 of 2000 | The ferry", "Photo 5": "Photo 5", "12": "12", "": "", "The ferry/": "The ferry",
	} {
		if got := trimCaption(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestDateOrByline(t *testing.T) {
	for in, want := range map[string]bool{
		"By Ada Obi": true, "12 May 2024": true, "May 12, 2024 · 10:15": true, "4 min read": true,
		"The ferry of 2024": false, "The ferry at the quay": false, "": false,
	} {
		if got := dateOrByline(in); got != want {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
}

// TestSplitRuns has cases for each step by which a caption's runs are split into
// text and credit.
func TestSplitRuns(t *testing.T) {
	for in, want := range map[string]string{
		`The ferry.`:                                                                         "The ferry. | ",
		`The ferry. <cite>Ada Obi</cite>`:                                                    "The ferry. | Ada Obi",
		`<small>The ferry at the quay</small>`:                                               "The ferry at the quay | ",
		`<small>Photo: Ada Obi</small>`:                                                      " | Ada Obi",
		`The ferry. <small>Ada Obi</small>`:                                                  "The ferry. | Ada Obi",
		`The ferry. <span>Photo: Ada Obi</span>`:                                             "The ferry. | Ada Obi",
		`The ferry. <span>(Ada Obi)</span>`:                                                  "The ferry. | Ada Obi",
		`<span>Photo: Ada Obi</span> The ferry.`:                                             "The ferry. | Ada Obi",
		`The ferry came home, nine years after it had left. <span>Ada Obi</span>`:            "The ferry came home, nine years after it had left. | Ada Obi",
		`The ferry came home, nine years after it had left.<span>Ada Obi</span>`:             "The ferry came home, nine years after it had left. | Ada Obi",
		`The ferry <span>Ada Obi</span>`:                                                     "The ferry | Ada Obi",
		`The ferry at the quay / Ada Obi / Reuters`:                                          "The ferry at the quay | Ada Obi / Reuters",
		`The ferry. <span class="credit">Ada Obi</span> <span class="credit">Reuters</span>`: "The ferry. | Ada Obi/Reuters",
		`The ferry. (Reuters) <span class="credit">Ada Obi/Reuters</span>`:                   "The ferry. | Ada Obi/Reuters",
		`Photo: Ada Obi`: " | Ada Obi",
		`The <b>fer</b>ry<br>at the quay <button>Enlarge</button><script>x</script>`: "The ferry at the quay | ",
	} {
		p, kept := storyPage(t, `<figure>`+img+`<figcaption>`+in+`</figcaption></figure>`)
		got := ""
		for _, c := range Find(p, kept).Captions {
			got += c.Text + " | " + c.Credit
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}
