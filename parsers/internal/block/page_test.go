package block

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func read(t *testing.T, page string) *Page {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return Read(doc, func(line string) bool { return strings.HasSuffix(line, "(Reuters)") })
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"paragraphs", "<p>One  two\nthree.</p><p>Four.</p>", "p:One two three.|p:Four."},
		{"text beside elements", "<div>Before <p>Within.</p> after</div>", "div:Before|p:Within.|div:after"},
		{"one line break is a space", "<p>One<br>two</p>", "p:One two"},
		{"two end a block", "<p>One<br> <br>two</p>", "p:One|p:two"},
		{"a line that stands alone", "<p>One<br>A boat. (Reuters)<br>two<br>three</p>", "p:One|p:A boat. (Reuters)|p:two three"},
		{"soft hyphens", "<p>Har\u00adbour</p>", "p:Harbour"},
		{"readings of characters", "<p><ruby>港<rt>みなと</rt></ruby>の話</p>", "p:港の話"},
		{"no reader sees these", "<p>One<script>two</script><style>three</style><noscript>four</noscript></p>", "p:One"},
		{"labels for machines within a line", `<p>One <span class="sr-only">opens in a new window</span>two</p>`, "p:One two"},
		{"lists and tables", "<ul><li>a</li><li>b</li></ul><table><tr><td>c</td><td>d</td></tr></table>", "li:a|li:b|td:c|td:d"},
		{"unclosed", "<p>One<p>Two<div>Three", "p:One|p:Two|div:Three"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, b := range read(t, c.page).Blocks {
				got = append(got, b.Node.Data+":"+b.Text)
			}
			if g := strings.Join(got, "|"); g != c.want {
				t.Errorf("got %q, want %q", g, c.want)
			}
		})
	}
}

func TestElems(t *testing.T) {
	p := read(t, `<body class="comments"><div class="related"><p>See <a href="/x">this and that</a> <b>too</b></p></div><div style="display: none"><p>Not seen</p></div></body>`)
	if len(p.Blocks) != 2 {
		t.Fatalf("got %d blocks, want 2", len(p.Blocks))
	}
	b := p.Blocks[0]
	if b.LinkBytes != len("this and that")+1 && b.LinkBytes != len("this and that") || b.LinkCount != 1 || b.BoldBytes < 3 {
		t.Errorf("got %d bytes in %d links, %d in bold type", b.LinkBytes, b.LinkCount, b.BoldBytes)
	}
	if got := p.HintsBelow(b.Node, p.Body); got != HintRelated {
		t.Errorf("hints: got %b, want %b; what body is called says nothing", got, HintRelated)
	}
	if p.Blocks[1].Flags&InHidden == 0 {
		t.Error("what is not displayed is not hidden")
	}
	for i := 1; i < len(p.Elems); i++ {
		if int(p.Elems[i].Parent) >= i || p.Order[p.Elems[i].Node] != i {
			t.Fatalf("element %d: parent %d, order %d", i, p.Elems[i].Parent, p.Order[p.Elems[i].Node])
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]Hints{
		"entry-content":       HintBody,
		"relatedPosts":        HintRelated,
		"Site__Share-Bar":     HintShare,
		"wp-caption":          HintCaptionBox | HintCaption,
		"l-header-wide-nav":   0, // far from the start, a layout's word
		"elementor-share-btn": 0,
		"plain":               0,
	} {
		if got := hintsOf(name); got != want {
			t.Errorf("%s: got %b, want %b", name, got, want)
		}
	}
}

func TestNameParts(t *testing.T) {
	var got []uint32
	NameHashes("storyBody-2 plain", func(h uint32) { got = append(got, h) })
	want := []uint32{hashName("story"), hashName("body"), hashName("storybody-"), hashName("plain")}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTerms(t *testing.T) {
	count := func(s string) (n int) {
		WordHashes(s, 100, func(uint32) { n++ })
		return n
	}
	for text, want := range map[string]int{"": 0, "One two, THREE.": 3, "don't": 1, "12 of 345": 3, "© 2024 A": 3, "港の話": 3, "naïve": 1, "a@b.example": 4} {
		if got := count(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	hash := func(s string) (h uint32) {
		WordHashes(s, 1, func(x uint32) { h = x })
		return h
	}
	if hash("Straße") != hash("STRAßE") || hash("12") != hash("98") || hash("12") == hash("123") {
		t.Error("case or the value of a number matters")
	}
}

func TestCountWords(t *testing.T) {
	for text, want := range map[string]int{"": 0, "One two": 2, "don’t-do 5": 2, "港の話です。": 3, "한국어": 2, "Ünïcode — words": 2} {
		if got := CountWords(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

// TestFeatures: rows are finite, and the same page gives the same ones.
func TestFeatures(t *testing.T) {
	page := "<title>A tale</title><nav><a href=/>Home</a></nav><article><h1>A tale</h1>" + strings.Repeat("<p>It was, as they say, a dark night at sea and nobody slept.</p>", 5) + "</article><footer>© 2024</footer>"
	p, q := read(t, page), read(t, page)
	m := Embedded()
	ctx := func(p *Page) Context { return Context{Title: "A tale", TitleBlock: p.H1[0]} }
	a, b := p.Features(ctx(p), m), q.Features(ctx(q), m)
	if !slices.Equal(a, b) {
		t.Error("two readings of a page differ")
	}
	for i, v := range a {
		if v != v || v > 1e6 || v < -1e6 {
			t.Errorf("block %d, feature %d: %v", i/FeatureCount, i%FeatureCount, v)
		}
	}
	m.Score(p, ctx(p))
	for _, b := range p.Blocks {
		if story := b.Flags&InParagraph != 0; b.Flags&InHeading == 0 && story != (b.Probability >= 0.5) {
			t.Errorf("%q: got %.2f", b.Text, b.Probability)
		}
	}
}

// TestDeepAndWide: the work of Read and Score is about proportional to the page.
func TestDeepAndWide(t *testing.T) {
	for name, page := range map[string]string{
		"wide": strings.Repeat("<div class=a><p>some words that nobody reads, as ever</p></div>", 20_000),
		"deep": strings.Repeat("<div class=a>x", 400) + "<p>some words</p>",
		"many names": func() string {
			var b strings.Builder
			for i := range 20_000 {
				fmt.Fprintf(&b, "<p class='n%d story-body'>words of a story</p>", i)
			}
			return b.String()
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			p := read(t, page)
			Embedded().Score(p, Context{})
			if len(p.Blocks) == 0 {
				t.Error("no blocks")
			}
		})
	}
}
