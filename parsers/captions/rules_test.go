package captions

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestRules has a case for each row of the tables that decide what is a caption:
// the rule is what --explain prints.
func TestRules(t *testing.T) {
	cases := []struct {
		rule, in string
		won      bool
	}{
		{"a figcaption", `<figure>` + img + caption + `</figure>`, true},
		{"named a caption", `<div>` + img + `<div class="caption">The ferry at the quay.</div></div>`, true},
		{"a figure's text", `<figure>` + img + `<span>The ferry at the quay.</span></figure>`, true},
		{"a line that ends in a credit", `<div>` + img + `<div>The ferry at the quay. (Ada Obi/Reuters)</div></div>`, true},
		{"a line that is a credit", `<div>` + img + `<div>Photo: Ada Obi/Reuters</div></div>`, true},
		{"a caption in JSON-LD", `<script type="application/ld+json">{"@type":"ImageObject","caption":"The ferry at the quay."}</script><div>` + img + `<div>The ferry at the quay.</div></div>`, true},
		{"a medium's alt or title", `<div><img src="/f.jpg" alt="The ferry at the quay"><div>The ferry at the quay.</div></div>`, true},
		{"a paragraph that ends in a labelled credit", `<p>The ferry at the quay. Foto: Ada Obi</p>`, true},
		{"a paragraph that ends in a credit in brackets", `<p>The ferry at the quay. (Ada Obi/Reuters)</p>`, true},
		{"a caption before its paragraph", `<p>The ferry lies at the quay. (Video: The Courier) Its hull had been painted green in the yard at the islands.</p>`, true},
		{"an attribute for a lightbox", `<div><img src="/f.jpg" data-caption="The ferry at the quay."></div>`, true},

		{"navigation", `<nav><figure>` + img + caption + `</figure></nav>`, false},
		{"footer", `<footer><figure>` + img + caption + `</figure></footer>`, false},
		{"aside", `<aside><h3>More</h3><figure>` + img + caption + `</figure></aside>`, false},
		{"a card of another story", `<article><figure>` + img + caption + `</figure><h3><a href="/old">The old ferry</a></h3></article>`, false},
		{"a card of another story", `<a href="/old"><img src="/o.jpg" data-caption="The old ferry"><h3>The old ferry</h3></a>`, false},
		{"dialog", `<dialog><figure>` + img + caption + `</figure></dialog>`, false},
		{"hidden", `<div style="display:none"><figure>` + img + caption + `</figure></div>`, false},
		{"named as another part of the page", `<div class="related"><a href="/old">The old ferry</a><figure>` + img + caption + `</figure></div>`, false},

		{"an author's address", `<figure>` + img + `<figcaption><address>By Ada Obi</address></figcaption></figure>`, false},
		{"a link to another story", `<figure>` + img + `<figcaption><a href="/old">The old ferry is for sale</a></figcaption></figure>`, false},
		{"a date or byline", `<div>` + img + `<div class="caption">By Ada Obi</div></div>`, false},
		{"a control", `<figure>` + img + `<figcaption>Click to enlarge</figcaption></figure>`, false},
		{"no medium", `<figure><blockquote>We shall not leave.</blockquote><figcaption>Ada Obi, captain</figcaption></figure>`, false},
		{"too long", `<figure>` + img + `<figcaption>` + strings.Repeat("The ferry lies there. ", 120) + `</figcaption></figure>`, false},
		{"a repetition", strings.Repeat(`<figure>`+img+caption+`</figure>`, 2), false},

		{"no medium", `<div class="x">The ferry at the quay. (Ada Obi/Reuters)</div><hr>` + strings.Repeat("<hr>", 8) + `<i><b>` + img + `</b></i>`, false},
		{"in a named caption", `<div>` + img + `<div class="caption"><div>The ferry at the quay. (Ada Obi/Reuters)</div></div></div>`, false},
		{"a paragraph of the story, or a credit, apart from the medium", img + `<p>The ferry at the quay. (Ada Obi/Reuters)</p>`, false},
		{"a source's name beside its logo", `<div>` + img + `<div>Reuters</div></div>`, false},
		{"among the story's text", `<p>` + img + `The ferry at the quay. (Ada Obi/Reuters)<br><br>` + strings.Repeat("The ferry lies there. ", 30) + `</p>`, false},
		{"a named caption has this medium", `<div>` + img + `<div class="caption">The ferry at the quay.</div><div>Photo: Ada Obi/Reuters</div></div>`, false},

		{"an author's address", `<figure>` + img + `<address>By Ada Obi of the Courier</address></figure>`, false},
		{"has a heading", `<figure>` + img + `<h3>The ferry</h3><span>The ferry at the quay.</span></figure>`, false},
		{"not one medium", `<figure>` + img + img + `<span>The ferry at the quay.</span></figure>`, false},

		{"holds a part of the story", `<figure>` + img + strings.Repeat(`<p class="story">`+strings.Repeat("The ferry lies there. ", 6)+`</p>`, 5) + `</figure>`, false},

		{"no caption before the credit", `<p>(Photo: Ada Obi of the Courier/Reuters)</p>`, false},
		{"the source of a quotation", `<p>“We shall not leave before the spring.” (Ada Obi/Reuters)</p>`, false},
		{"within a sentence of a long paragraph", `<p>` + strings.Repeat("the ferry and the quay and ", 8) + `the tide (Ada Obi/Reuters)</p>`, false},
		{"an agency that signs the story", `<p>The ferry was built by the yard at the islands. (Reuters)</p>`, false},
	}
	tested := map[string]bool{}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			p, kept := storyPage(t, c.in)
			p.Explanation = &article.Explanation{}
			found := Find(p, kept)
			if !slices.ContainsFunc(p.Explanation.Fields, func(k article.Candidate) bool { return k.Why == c.rule && k.Won == c.won }) {
				t.Errorf("got %+v\nand captions %+v", p.Explanation.Fields, found.Captions)
			}
			for _, k := range p.Explanation.Fields {
				sum := 0.0
				for _, e := range k.Evidence {
					sum += e.Value * e.Weight
				}
				if sum != k.Score || k.Won != (sum > 0) || len(k.Evidence) == 0 {
					t.Errorf("%q: score %v, evidence %+v, won %v", k.Value, k.Score, k.Evidence, k.Won)
				}
			}
		})
		tested[c.rule] = true
	}
	for _, name := range ruleNames() {
		if !tested[name] {
			t.Errorf("no case for the rule %q", name)
		}
	}
}

// ruleNames are the names of all rows that --explain prints.
func ruleNames() []string {
	var names []string
	for _, r := range outsideRules {
		names = append(names, r.name)
	}
	for _, r := range foreignRules {
		names = append(names, r.name)
	}
	for _, r := range lineRules {
		names = append(names, r.name)
	}
	for _, r := range lineExclusions {
		names = append(names, r.name)
	}
	for _, r := range figureRules {
		names = append(names, r.name)
	}
	for _, r := range storyBrackets {
		names = append(names, r.name)
	}
	for _, name := range ruleOfSource {
		names = append(names, name)
	}
	return names
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
				if got := firstRule(containerRules, f, candidate{i + 1, from}); got != c.rule {
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
		`The ferry <span>Ada Obi</span>`:                                                     "The ferry Ada Obi | ",
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
