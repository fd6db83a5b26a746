package captions_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/captions"
)

const (
	storyTop = captions.StoryTop
	storyOne = captions.StoryOne
	storyTwo = captions.StoryTwo
	storyEnd = captions.StoryEnd
)

// parseBytes reads a whole page; nil if it is no article.
func parseBytes(t testing.TB, body []byte) *article.Article {
	t.Helper()
	a, err := (&parsers.Parser{}).Parse(&article.Page{URL: &url.URL{Scheme: "https", Host: "a.example", Path: "/2026/11/story.html"}, HTML: body, Header: map[string][]string{"Content-Type": {"text/html"}}})
	if err != nil {
		return nil
	}
	return a
}

// show is a caption as the tests write it: text | credit | medium | address.
func show(caps []article.Caption) string {
	var all []string
	for _, c := range caps {
		all = append(all, fmt.Sprintf("%s | %s | %s | %s", c.Text, c.Credit, c.Media, strings.TrimPrefix(c.MediaURL, "https://a.example")))
	}
	return strings.Join(all, "\n")
}

func TestCaptions(t *testing.T) {
	const img = `<img src="/f.jpg" alt="a ferry" width="800" height="600">`
	const want = "The ferry at the quay. | Ada Obi/Reuters | image | /f.jpg"
	for _, c := range []struct{ name, in, want string }{
		{"figcaption", `<figure>` + img + `<figcaption>The ferry at the quay. Photo: Ada Obi/Reuters</figcaption></figure>`, want},
		{"credit in a span by its name", `<figure>` + img + `<figcaption><span>The ferry at the quay.</span><span class="Img_credit__x1">Ada Obi/Reuters</span></figcaption></figure>`, want},
		{"credit in a span without a name", `<figure>` + img + `<figcaption><span class="a1">The ferry at the quay.</span><span class="b2">Ada Obi/Reuters</span></figcaption></figure>`, want},
		{"credit before the caption", `<figure>` + img + `<figcaption><div class="photographer">Photo: Ada Obi/Reuters</div>The ferry at the quay.</figcaption></figure>`, want},
		{"credit in the figure's footer", `<figure>` + img + `<figcaption>The ferry at the quay.</figcaption><footer>Ada Obi/Reuters</footer></figure>`, want},
		{"credit on the picture", `<figure><div>` + img + `<span>Ada Obi/Reuters</span></div><figcaption>The ferry at the quay.</figcaption></figure>`, want},
		{"credit hidden from those who hear", `<figure>` + img + `<figcaption aria-hidden="true">The ferry at the quay. <span class="credit" aria-hidden="true">Ada Obi/Reuters</span></figcaption></figure>`, want},
		{"two figcaptions", `<div class="pic"><figure>` + img + `</figure><div class="caption"><figcaption itemprop="caption">The ferry at the quay.</figcaption><figcaption itemprop="author">Ada Obi/Reuters</figcaption></div></div>`, want},
		{"figcaption beside its figure", `<div><figure>` + img + `</figure><figcaption>The ferry at the quay. (Ada Obi/Reuters)</figcaption></div>`, want},
		{"WordPress", `<div class="wp-caption alignnone">` + img + `<p class="wp-caption-text">The ferry at the quay. © Ada Obi/Reuters</p></div>`, want},
		{"caption and credit beside each other", `<div class="pic">` + img + `<div class="info"><span class="caption">The ferry at the quay.</span> <span class="source">Ada Obi/Reuters</span></div></div>`, want},
		{"description of a medium", `<div class="media-block">` + img + `<div class="media-block__description">The ferry at the quay. / Ada Obi/Reuters</div></div>`, want},
		{"credit line alone has a name", `<div class="x7">` + img + `<div>The ferry at the quay.</div><p>Photo: Ada Obi/Reuters</p></div>`, want},
		{"no names at all", `<div class="x7"><span>Photo: Ada Obi/Reuters</span>` + img + `<div>The ferry at the quay.</div></div>`, want},
		{"line that ends in a credit", `<div class="slide"><div>` + img + `</div><div><p>The ferry at the quay. (Ada Obi/Reuters)</p></div></div>`, want},
		{"attributes of a lightbox", `<div><img src="/f.jpg" data-caption="The ferry at &lt;b&gt;the quay.&lt;/b&gt;" data-credit="Ada Obi/Reuters"></div>`, want},
		{"AMP", `<div class="image-container"><figure><amp-img src="/f.jpg" layout="responsive"></amp-img></figure><figcaption><span class="caption">The ferry at the quay.</span><span class="credit">(<div>Image: </div>Ada Obi/Reuters)</span></figcaption></div>`, want},
		{"lazy picture with sizes", `<figure><img src="data:image/gif;base64,R0lGOD" data-srcset="/f-300.jpg 300w, /f-1200.jpg 1200w, /f-600.jpg 600w"><figcaption>The ferry at the quay. Photo: Ada Obi/Reuters</figcaption></figure>`, strings.Replace(want, "/f.jpg", "/f-1200.jpg", 1)},
		{"picture for readers without scripts", `<figure><div class="lazy"></div><noscript><img alt="" src="/f.jpg"></noscript><figcaption>The ferry at the quay. Photo: Ada Obi/Reuters</figcaption></figure>`, want},
		{"said for two sizes", `<figure class="mobile">` + img + `<figcaption>The ferry at the quay.</figcaption></figure><figure class="desktop">` + img + `<figcaption>The ferry at the quay. Photo: Ada Obi/Reuters</figcaption></figure>`, want},
		{"glued", `<p>The ferry at the quay. (Ada Obi/Reuters)<br>Its hull had been painted green in the yard at the islands, where it lay for all of the winter and the spring.</p>`, "The ferry at the quay. | Ada Obi/Reuters | image | "},
		{"glued without a line break", `<p>The ferry lies at the quay. (Video: The Courier) Its hull had been painted green in the yard at the islands, where it lay for all of the winter.</p>`, "The ferry lies at the quay. | The Courier | video | "},
		{"glued without brackets", `<p>The ferry at the quay. Foto: Ada Obi</p>`, "The ferry at the quay. | Ada Obi | image | "},
		{"a name that says what is near", `<div class="hasCaption banners">` + `<figure>` + img + `<figcaption>The ferry at the quay. Photo: Ada Obi/Reuters</figcaption></figure></div>`, want},
		{"a video", `<figure><video src="/v.mp4"></video><figcaption>The ferry at the quay. (Video: The Courier)</figcaption></figure>`, "The ferry at the quay. | The Courier | video | /v.mp4"},
		{"a counter and a control", `<figure>` + img + `<button>Enlarge</button><figcaption>Image 1 of 12 The ferry at the quay. Photo: Ada Obi/Reuters</figcaption></figure>`, want},
		{"a credit alone", `<figure>` + img + `<figcaption>Foto: Ada Obi/Reuters</figcaption></figure>`, " | Ada Obi/Reuters | image | /f.jpg"},

		{"quotes", `<figure><blockquote>We shall not leave before the spring tides.</blockquote><figcaption>Ada Obi, captain</figcaption></figure>`, ""},
		{"a card of another story", `<article class="x1"><a href="/other"><figure>` + img + `<figcaption>The old ferry is for sale</figcaption></figure><h3>The old ferry is for sale at last</h3></a></article>`, ""},
		{"related", `<div class="related-articles"><a href="/other">More</a><figure>` + img + `<figcaption>The old ferry is for sale</figcaption></figure></div>`, ""},
		{"a typographic class", `<div class="card"><img src="/a.jpg"><a href="/other">The old ferry</a> <span class="text-caption">By Ada Obi</span></div>`, ""},
		{"an author's portrait", `<figure>` + img + `<figcaption><address>By <a rel="author" href="/ada">Ada Obi</a></address></figcaption></figure>`, ""},
		{"hidden", `<figure style="display:none">` + img + `<figcaption>Please switch on scripts to read on</figcaption></figure>`, ""},
		{"a control", `<figure>` + img + `<figcaption>Click to enlarge</figcaption></figure>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := parseBytes(t, []byte(storyTop+storyOne+c.in+storyTwo+storyEnd))
			if a == nil {
				t.Fatal("no article")
			}
			if got := show(a.Captions); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			for _, want := range []string{storyOne, storyTwo} {
				if !strings.Contains(a.Text, strings.TrimSuffix(strings.TrimPrefix(want, "<p>"), "</p>")) {
					t.Errorf("a paragraph is lost:\n%s", a.Text)
				}
			}
			captionsApart(t, a)
		})
	}
}

// captionsApart: what is a caption or a credit is in no block of the body.
func captionsApart(t *testing.T, a *article.Article) {
	t.Helper()
	for _, c := range a.Captions {
		for _, b := range a.Body {
			text := strings.Join(append([]string{b.Text}, b.Items...), "\n")
			if len(c.Text) > 10 && strings.Contains(text, c.Text) || len(c.Credit) > 5 && strings.Contains(text, c.Credit) {
				t.Errorf("the body holds of the caption %q, %q: %q", c.Text, c.Credit, text)
			}
		}
	}
}

// TestCoverAboveTitle: a picture above the title is the story's; one in the page's
// frame is not.
func TestCoverAboveTitle(t *testing.T) {
	a := parseBytes(t, []byte(`<html><body><header><figure><img src="/ad.jpg"><figcaption>Read the Courier on paper</figcaption></figure></header><nav><figure><img src="/n.jpg"><figcaption>The weather today</figcaption></figure></nav>
		<article><figure><img src="/f.jpg"><figcaption>The ferry at the quay.</figcaption></figure><h1>The ferry comes home</h1>`+storyOne+storyTwo+storyEnd))
	if got := show(a.Captions); !strings.Contains(got, "The ferry at the quay. |  | image | /f.jpg") || strings.Contains(got, "weather") {
		t.Errorf("got\n%s", got)
	}
}

// TestBracketsStay: a story's own brackets are no captions, and an agency that
// signs the story is none.
func TestBracketsStay(t *testing.T) {
	lines := []string{
		"Villages on the eastern bank lost houses in that year (the figure is the eastern government's own).",
		"The treaty was signed by all of the three parties in the council (Labour, the Greens and the Centre)",
		"The council met in the old customs house, as the paper had said. Source: the ministry",
		"The ferry was built by the yard at the islands in the year of the flood. (Reuters)",
	}
	a := parseBytes(t, []byte(storyTop+storyOne+"<p>"+strings.Join(lines, "</p><p>")+"</p>"+storyTwo+`</article></main></body></html>`))
	if len(a.Captions) > 0 {
		t.Errorf("got captions:\n%s", show(a.Captions))
	}
	for _, l := range lines {
		if !strings.Contains(a.Text, l) {
			t.Errorf("lost: %q", l)
		}
	}
}

// TestGallery: a gallery's pictures each keep their own caption, in order.
func TestGallery(t *testing.T) {
	var in, want []string
	for i := range 12 {
		in = append(in, fmt.Sprintf(`<li><figure><img src="/g%d.jpg"><figcaption>Picture number %d of the ferry<cite>Ada Obi</cite></figcaption></figure></li>`, i, i))
		want = append(want, fmt.Sprintf("Picture number %d of the ferry | Ada Obi | image | /g%d.jpg", i, i))
	}
	a := parseBytes(t, []byte(storyTop+storyOne+`<figure class="gallery"><ul>`+strings.Join(in, "")+`</ul></figure>`+storyTwo+storyEnd))
	if got := show(a.Captions); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
	media := 0
	for _, b := range a.Body {
		if b.Type == article.Media {
			if *b.Caption != media {
				t.Errorf("medium %d: got caption %d", media, *b.Caption)
			}
			media++
		}
	}
	if media != 12 {
		t.Errorf("the body has %d media, want 12", media)
	}
}

// TestStructuredCredit: a credit that only JSON-LD has, for a picture that the
// page shows with a caption.
func TestStructuredCredit(t *testing.T) {
	a := parseBytes(t, []byte(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry comes home","image":[{"@type":"ImageObject","url":"https://cdn.example/ferry-at-quay.jpg","creditText":"Ada Obi/Reuters"}]}</script>`+
		storyTop+storyOne+`<figure><img src="/w800/ferry-at-quay.jpg"><figcaption>The ferry at the quay.</figcaption></figure>`+storyTwo+storyEnd))
	if got := show(a.Captions); got != "The ferry at the quay. | Ada Obi/Reuters | image | /w800/ferry-at-quay.jpg" {
		t.Errorf("got\n%s", got)
	}
}

// TestHostileCaptions: whatever captions a page is made of, reading them takes
// bounded time, and their number is bounded.
func TestHostileCaptions(t *testing.T) {
	for name, in := range map[string]string{
		"many figures":     strings.Repeat(`<figure><img src="/x.jpg"><figcaption>A ferry (AP)</figcaption></figure>`, 20_000),
		"many cards":       strings.Repeat(`<article><a href="/x"><figure><img src="/x.jpg"><figcaption>A ferry (AP)</figcaption></figure><h3>A ferry</h3></a></article>`, 10_000),
		"many attributes":  strings.Repeat(`<img src="/x.jpg" data-caption="A ferry &lt;b&gt;(AP)">`, 30_000),
		"nested captions":  strings.Repeat(`<div class="caption"><img src="/x.jpg">`, 400) + strings.Repeat("A ferry. ", 20_000),
		"nested related":   strings.Repeat(`<div class="related">`, 400) + strings.Repeat(`<figcaption>A ferry (AP)</figcaption>`, 10_000),
		"many credits":     strings.Repeat(`<div><img src="/x.jpg">Foto: Ada Obi/Reuters</div>`, 20_000),
		"many glued":       strings.Repeat(`<p>The ferry lies at the quay. (Photo: Ada Obi) Its hull is green, as it has been for all of the years before.</p>`, 10_000),
		"credits in a row": `<figure><img src="/x.jpg"><figcaption>` + strings.Repeat("Foto: ", 20_000) + `</figcaption></figure>`,
		"large srcset":     `<figure><img srcset="` + strings.Repeat("/x.jpg 1w, ", 300_000) + `"><figcaption>A ferry</figcaption></figure>`,
		"long names":       strings.Repeat(`<div class="`+strings.Repeat("caption credit author ", 200)+`">A ferry</div>`, 1_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			a := parseBytes(t, []byte(storyTop+storyOne+in+storyTwo+storyEnd))
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			if a == nil || len(a.Captions) > 200 {
				t.Fatalf("no article, or too many captions")
			}
			t.Log(time.Since(start), len(a.Captions))
		})
	}
}

// FuzzCaptions: nothing within a story makes the reader panic; each caption has a
// medium in the body, in order, and says something.
func FuzzCaptions(f *testing.F) {
	for _, s := range []string{
		`<figure><img srcset="/a 1w,/b 2w"><figcaption>A <span class=credit>B/C</span><cite>D</cite></figcaption><footer>E</footer></figure>`,
		`<div class="wp-caption"><img src=x data-caption="&lt;b>A" data-credit=B><p class="wp-caption-text">A (AP)</p></div>`,
		`<p>A ferry lies there. (Photo: B) And it was C. D e f g h i j k.</p><p>Foto: B</p>`,
		`<figure><figcaption><figcaption aria-hidden=true>1 of 2 | A</figcaption><table><caption class=caption>B</caption></table>`,
		`<div><span>© A/AFP</span><noscript><img src="x"></noscript><h2>B c d</h2></div><aside><figure><video src=v></video><figcaption>A</figcaption></figure></aside>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		a := parseBytes(t, []byte(storyTop+storyOne+in+storyTwo+storyEnd))
		if a == nil {
			return
		}
		for _, c := range a.Captions {
			if c.Text == "" && c.Credit == "" || c.Media == "" || len(c.Credits) == 0 != (c.Credit == "") {
				t.Errorf("%q: got %+v", in, c)
			}
		}
		next := 0
		for _, b := range a.Body {
			if b.Type == article.Media {
				if *b.Caption != next {
					t.Errorf("%q: caption %d stands where %d should", in, *b.Caption, next)
				}
				next++
			}
		}
		if next != len(a.Captions) {
			t.Errorf("%q: %d media in the body for %d captions", in, next, len(a.Captions))
		}
	})
}
