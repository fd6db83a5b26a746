package tree_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
)

// textOf is the visible text of a page, one block per line.
func textOf(source string) string {
	var lines []string
	for _, b := range block.Read(tree.Parse([]byte(source)), nil).Blocks {
		if b.Flags&block.InHidden == 0 {
			lines = append(lines, b.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func TestShown(t *testing.T) {
	for _, test := range []struct{ name, page, want string }{
		{"MathML", `<p>The rise is <math><mi>h</mi><mo>=</mo><mfrac><mrow><mi>v</mi><mi>t</mi></mrow><mn>2</mn></mfrac></math> feet.</p>`, "The rise is h = vt/2 feet."},
		{"MathML with signs", `<p>If <math><mo>−</mo><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msqrt><mrow><mi>y</mi><mo>+</mo><mn>1</mn></mrow></msqrt><mo>≤</mo><mfrac><mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow><mi>c</mi></mfrac></math> then</p>`, "If −x^2 + √(y + 1) ≤ (a − b)/c then"},
		{"fraction without its parts", `<p>Half <math><mfrac><mn>1</mn></mfrac></math> of it</p>`, "Half 1 of it"},
		{"annotation", `<p>As <math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow><annotation encoding="application/x-tex">{\displaystyle E=m}</annotation></semantics></math> says</p>`, "As E=m says"},
		{"alttext", `<p>As <math alttext="E=m"><mi>E</mi></math> says</p>`, "As E=m says"},
		{"script", `<p>It is <script type="math/tex">a+b</script> deep</p>`, "It is a+b deep"},
		{"MathJax 2", `<p>It is <span class="MathJax_Preview">a b</span><span class="MathJax" id="m1"><nobr>a+b</nobr></span><script type="math/tex; mode=inline">a+b</script> deep</p>`, "It is a+b deep"},
		{"MathJax 2, MathML", `<p>It is <span class="MathJax"><nobr aria-hidden="true">a+b</nobr><span class="MJX_Assistive_MathML"><math><mi>a</mi><mo>+</mo><mi>b</mi></math></span></span> deep</p>`, "It is a + b deep"},
		{"MathJax 3", `<p>It is <mjx-container class="MathJax" jax="SVG"><svg></svg><mjx-assistive-mml><math><mi>a</mi><mo>+</mo><mi>b</mi></math></mjx-assistive-mml></mjx-container> deep</p>`, "It is a + b deep"},
		{"MathJax 3, label", `<p>It is <mjx-container><svg data-latex="a+b"></svg></mjx-container> deep</p>`, "It is a+b deep"},
		{"KaTeX", `<p>It is <span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>a</mi></mrow><annotation encoding="application/x-tex">a+b</annotation></semantics></math></span><span class="katex-html" aria-hidden="true"><span>a</span><span>+b</span></span></span> deep</p>`, "It is a+b deep"},
		{"KaTeX without MathML", `<p>It is <span class="katex"><span class="katex-html" aria-hidden="true"><span>a</span><span>+b</span></span></span> deep</p>`, "It is a+b deep"},
		{"story called KaTeX", `<div class="markdown katex"><p>The rise is slow.</p><p>It is <math><mi>x</mi></math> deep.</p></div>`, "The rise is slow.\nIt is x deep."},
		{"story called KaTeX, without elements", `<div class="katex">` + strings.Repeat("The boat came in. ", 20) + `<math><mi>x</mi></math></div>`, strings.Repeat("The boat came in. ", 20) + "x"},
		{"story called KaTeX, without MathML", `<div class="katex"><p>The rise is slow.</p><p>It is deep.</p></div>`, "The rise is slow.\nIt is deep."},
		{"page called MathJax", `<body class="MathJax">It is <math><mi>x</mi></math> deep.</body>`, "It is x deep."},
		{"encyclopedia", `<p>It is <span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;"><math alttext="{\displaystyle a+b}"><mi>a</mi></math></span><img src="https://pictures.example/media/math/render/svg/1" class="mwe-math-fallback-image-inline" alt="{\displaystyle a+b}"></span> deep</p>`, "It is a+b deep"},
		{"picture of a formula", `<p>It is <img src="https://maths.example/latex.php?latex=a%2Bb" alt="a+b" class="latex"> deep</p>`, "It is a+b deep"},
		{"picture of a boat", `<p>It is <img src="/boat.jpg" alt="The boat"> deep</p>`, "It is deep"},

		{"protected address", `<p>Write to <a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="5a3e3f29311a363f3e3d3f2874342d">[email&#160;protected]</a> today.</p>`, "Write to desk@ledger.nw today."},
		{"protected link", `<p>Write to <a href="/cdn-cgi/l/email-protection#5a3e3f29311a363f3e3d3f2874342d">[email&#160;protected]</a> today.</p>`, "Write to desk@ledger.nw today."},
		{"protected link with a text", `<p>Write to <a href="/cdn-cgi/l/email-protection#5a3e3f29311a363f3e3d3f2874342d">the desk</a> today.</p>`, "Write to the desk today."},
		{"damaged protection", `<p>Write to <span data-cfemail="5z">[email protected]</span> today.</p>`, "Write to [email protected] today."},
		{"entities", `<p>Write to &#100;esk&#64;ledger&#46;nw today.</p>`, "Write to desk@ledger.nw today."},
		{"reversed", `<p>Write to <span style="unicode-bidi:bidi-override; direction: rtl;">wn.regdel@ksed</span> today.</p>`, "Write to desk@ledger.nw today."},
		{"decoy", `<p>Write to desk<span style="display:none">.no</span>@ledger.nw today.</p>`, "Write to desk@ledger.nw today."},

		{"mention", `<p>As <span class="mention-wrap" data-attrs="{&quot;name&quot;:&quot;Ada Quill&quot;}"></span> wrote</p>`, "As Ada Quill wrote"},
		{"mention by attribute", `<p>As <a class="user-mention" data-username="adaquill" href="/u/1"></a> wrote</p>`, "As adaquill wrote"},
		{"mention with a text", `<p>As <a class="mention" data-id="7x" href="/u/1">@ada</a> wrote</p>`, "As @ada wrote"},

		{"shadow root", `<my-story><template shadowrootmode="open"><h1>The quay</h1><p>It is gone.</p></template></my-story><p>End.</p>`, "The quay\nIt is gone.\nEnd."},
		{"shadow root by its first name", `<my-story><template shadowroot="closed"><p>It is gone.</p></template></my-story>`, "It is gone."},
		{"slots", `<my-story><p slot="lead">The lead.</p><p>The rest.</p><template shadowrootmode="open"><header>Ledger</header><slot name="lead">No lead.</slot><hr><slot>Nothing.</slot><slot name="end">The end.</slot></template></my-story>`, "Ledger\nThe lead.\nThe rest.\nThe end."},
		{"no slot", `<my-story><p>Not shown.</p><template shadowrootmode="open"><p>Shown.</p></template></my-story>`, "Shown."},
		{"nested roots", `<my-page><template shadowrootmode="open"><my-story><template shadowrootmode="open"><p>Within: <math><mi>a</mi></math></p><slot></slot></template><slot></slot></my-story></template><p>Light.</p></my-page>`, "Within: a\nLight."},
		{"one root of two", `<my-story><template shadowrootmode="open"><p>Shown.</p><slot></slot></template><template shadowrootmode="open"><p>Not shown.</p></template></my-story>`, "Shown."},
		{"other template", `<div><template><p>Not shown.</p></template><p>Shown.</p></div>`, "Shown."},

		{"noscript story", `<div><noscript><p>` + strings.Repeat("The boat came in and went out again. ", 8) + `</p></noscript></div>`, strings.TrimSpace(strings.Repeat("The boat came in and went out again. ", 8))},
		{"noscript notice", `<p>Text.</p><noscript><p>` + strings.Repeat("Please turn JavaScript on to read this page. ", 8) + `</p></noscript>`, "Text."},
		{"noscript copy", `<p>` + strings.Repeat("The boat came in. ", 12) + `</p><noscript><p>` + strings.Repeat("The boat came in. ", 12) + `</p></noscript>`, strings.TrimSpace(strings.Repeat("The boat came in. ", 12))},

		{"second body", `<body><p>One.</p></body><body class="x"><p>Two.</p></body></html><p>Three.</p>`, "One.\nTwo.\nThree."},
		{"second document", `<html><head><title>A</title></head><body><p>One.</p></body></html><html><head><title>B</title></head><body><p>Two.</p></body></html>`, "One.\nTwo."},
	} {
		if got := textOf(test.page); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestShownBounds: what a hostile page nests costs no more than its size.
func TestShownBounds(t *testing.T) {
	deep := strings.Repeat("<math><msup><mi>a</mi>", 300)
	for _, page := range []string{
		deep,
		strings.Repeat("<x-y><p>a</p><template shadowrootmode=open><slot></slot>", 400),
		strings.Repeat(`<span class="katex">`, 400) + "x",
		strings.Repeat(`<noscript><p>`+strings.Repeat("word ", 60)+`</noscript>`, 400),
	} {
		tree.Parse([]byte(page))
	}
}
