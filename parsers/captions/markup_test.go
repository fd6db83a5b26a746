package captions

import (
	"strings"
	"testing"
)

// TestMarkup has ways to lay out pictures with captions, and what is near pictures and
// no caption.
func TestMarkup(t *testing.T) {
	const text, line, two = "The ferry at the quay. | ", "The ferry at the quay.", "The ferry at the quay. | \nThe band on the quay. | "
	for _, c := range []struct{ name, in, want string }{
		{"a hidden figure", `<div style="display:none"><figure>` + img + caption + `</figure></div>`, ""},
		{"a hidden figure, by its attribute", `<figure hidden>` + img + caption + `</figure>`, ""},
		{"a dialog", `<dialog><figure>` + img + caption + `</figure></dialog>`, ""},
		{"a dialog by its role", `<div role="dialog" aria-modal="true"><figure>` + img + caption + `</figure></div>`, ""},
		{"a figcaption that is hidden from screen readers", `<figure>` + img + `<figcaption><span aria-hidden="true">The ferry at the quay.</span> <span class="credit">Ada Obi</span></figcaption></figure>`, "The ferry at the quay. | Ada Obi"},
		{"text of a figure", `<figure>` + img + `<span>The ferry at the quay.</span></figure>`, text},
		{"text of a figure in a paragraph", `<figure><p>` + img + `</p><p>The ferry at the quay</p></figure>`, "The ferry at the quay | "},
		{"an alternative text", `<div><img src="/f.jpg" alt="The ferry at the quay"><div>The ferry at the quay.</div></div>`, text},
		{"an alternative text in a paragraph", `<p><img src="/f.jpg" alt="The ferry at the quay"></p><p class="x">The ferry at the quay.</p>`, text},
		{"JSON-LD", `<script type="application/ld+json">{"@type":"ImageObject","url":"/f.jpg","caption":"The ferry at the old quay."}</script><div>` + img + `</div><p class="x">The ferry at the old quay.</p>`, "The ferry at the old quay. | "},
		{"a heading between a picture and its credit", `<div class="slide">` + img + `<h2>The old ferry</h2><div class="credit">Ada Obi/Reuters</div></div>`, "The old ferry | Ada Obi/Reuters"},
		{"labels of players", `<figure><video src="/v.mp4"></video><figcaption>Now Playing</figcaption></figure>`, ""},
		{"labels of players, live", `<div class="video-caption"><video src="/v.mp4"></video><span class="caption">Live Watch the Courier</span></div>`, ""},
		{"labels of players, play", `<figure><img src="/f.jpg"><figcaption>Play video</figcaption></figure>`, ""},
		{"a name that the picture's file has", `<figure><a href="/Ada-Obi-3.jpg" data-caption="Ada Obi"><img src="/Ada-Obi-3.jpg" alt=""></a><figcaption>Ada Obi</figcaption></figure>`, "Ada Obi | "},

		{"a lazy picture", `<figure><img src="data:image/gif;base64,R0" data-src="/f.jpg"><noscript><img src="/f.jpg"></noscript>` + caption + `</figure>`, text},
		{"a background", `<div class="hero" style="background:url(/f.jpg)"></div><div class="hero-caption">` + line + `</div>`, text},
		{"a background that a script sets", `<div class="slide"><div data-bg="/f.jpg"></div><div>` + line + `</div></div>`, text},
		{"slides", `<div class="gallery"><div class="swiper-slide"><img src="/a.jpg"><div>` + line + `</div></div><div class="swiper-slide"><img src="/b.jpg"><div>The band on the quay.</div></div></div>`, two},
		{"slides that are linked", `<div class="gallery"><div class="swiper-slide"><a href="/old"><img src="/a.jpg"></a><div>` + line + `</div></div></div>`, ""},
		{"captions apart from their pictures", `<div class="gallery"><img src="/a.jpg"><img src="/b.jpg"><div class="captions"><div class="caption">` + line + `</div><div class="caption">The band on the quay.</div></div></div>`, two},
		{"a paragraph behind", `<p>` + img + `</p><p class="x">` + line + ` (Photo: Ada Obi)</p>`, text + "Ada Obi"},
		{"a paragraph that begins as captions do", `<p>` + img + `</p><p class="x">图为渡轮停靠在码头</p>`, "图为渡轮停靠在码头 | "},
		{"an attribute of the link around", `<a href="/big.jpg" data-fancybox data-caption="` + line + `"><img src="/f.jpg"></a>`, text},
		{"a title of a lightbox", `<a href="/big.jpg" data-lightbox="x" data-title="` + line + `"><img src="/f.jpg"></a>`, text},
		{"a title of something else", `<a href="/old" data-title="` + line + `"><img src="/f.jpg"></a>`, ""},
		{"a reference of a figure", `<figure aria-labelledby="c">` + img + `</figure><div id="c">` + line + `</div>`, text},
		{"a reference of a picture", `<div><img src="/f.jpg" aria-describedby="c"></div><p id="c" class="x">` + line + `</p>`, text},
		{"references of a picture", `<div><img src="/f.jpg" aria-describedby="x  c"></div><p id="c" class="x">` + line + `</p>`, text},
		{"the name of a file beside the caption", `<figure>` + img + `<figcaption><span>` + line + `</span><span>2026/01/ferry-at-quay.jpeg</span></figcaption></figure>`, text},
		{"the name of the site", `<a href="/big.jpg" data-lightbox="x" data-title="www.ledger.example"><img src="/f.jpg"></a>`, ""},
		{"a credit and again in an attribute", `<figure><img src="/f.jpg" data-credit="Obi Works/Quay Pictures"><figcaption>Obi Works/Quay Pictures</figcaption></figure>`, " | Obi Works/Quay Pictures"},
		{"a label before what is no plain name", `<figure>` + img + `<figcaption>` + line + ` <span class="credit">Photo QP /Ada Obi</span></figcaption></figure>`, text + "QP /Ada Obi"},
		{"the end of a list", `<figure>` + img + `<figcaption>Ferries: "Gull", "Tern" &amp; "Auk", "Heron" und "Plover"</figcaption></figure>`, `Ferries: "Gull", "Tern" & "Auk", "Heron" und "Plover" | `},
		{"a button", `<div>` + img + `<ul><li>No Credit Card Required</li></ul></div>`, ""},
		{"a line of code", `<div class="code">` + img + `<div>Ferry.Whistle("Home, at last!");</div></div>`, ""},
		{"a credit behind a sentence in Chinese", `<p style="text-align:center">` + img + `</p><p style="text-align:center">图为渡轮停靠在码头。陆鸣 摄</p>`, "图为渡轮停靠在码头。 | 陆鸣 摄"},
		{"a property of a picture", `<div itemscope itemtype="https://schema.org/ImageObject">` + img + `<div itemprop="description">` + line + `</div></div>`, text},
		{"a microformat", `<p>` + StoryTwo[3:40] + `<span class="hmedia">` + img + `<a class="fn" href="/buy">` + line + `</a></span></p>`, text},
		{"a figure with a credit", `<figure>` + img + `<div><p>` + line + `</p><p>Foto: Ada Obi</p></div></figure>`, text + "Ada Obi"},
		{"a table around the picture", `<figure><table><tr><td>` + img + `</td></tr></table>` + caption + `</figure>`, text},
		{"a footer of the picture", `<div class="media">` + img + `<div class="media__footer"><span class="media__title_caption">` + line + `</span></div></div>`, text},
		{"the name of a file", `<div>` + img + `<div class="caption">ferry-3.jpg</div></div>`, ""},
		{"a caption that tells of a newsletter", `<figure>` + img + `<figcaption>Ada Obi reads the newsletter of the port.</figcaption></figure>`, "Ada Obi reads the newsletter of the port. | "},
		{"the title of a player", `<figure><video src="/v.mp4"></video><span>The ferry comes home at last</span></figure>`, ""},
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
