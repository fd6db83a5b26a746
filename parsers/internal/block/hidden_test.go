package block

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// How elements are hidden: not at all, until a script shows them, or for good.
func TestHiding(t *testing.T) {
	for attrs, want := range map[string]Flags{
		`class="story"`:        0,
		`hidden`:               InHidden,
		`hidden="until-found"`: 0,
		`hidden id="S:3"`:      0,
		`aria-hidden="true"`:   InHidden,
		`aria-hidden="false" style="display:none"`:        InHidden,
		`style="Display: None !important"`:                InHidden,
		`style="visibility: hidden"`:                      InHidden | InUnseen,
		`style="color:red;VISIBILITY:HIDDEN;"`:            InHidden | InUnseen,
		`style="visibility:visible"`:                      0,
		`style="opacity: 0"`:                              InUnseen,
		`style="opacity:0.5"`:                             0,
		`style="opacity:0;transition:opacity 1s"`:         0,
		`style="position:absolute;left:-9999px"`:          InHidden | InUnseen,
		`style="clip: rect(0, 0, 0, 0)"`:                  InHidden | InUnseen,
		`style="clip:rect(1px,1px,1px,1px)"`:              InHidden | InUnseen,
		`style="text-indent:-9999px"`:                     InHidden | InUnseen,
		`style="height:1px;width:1px;overflow:hidden"`:    InHidden | InUnseen,
		`style="max-height:0px;overflow:hidden"`:          InHidden,
		`style="height:100px;overflow:hidden"`:            0,
		`class="sr-only"`:                                 InHidden | InUnseen,
		`class="d-none"`:                                  InHidden,
		`class="d-none d-md-block"`:                       0,
		`class="d-none d-md-none"`:                        InHidden,
		`class="hidden-xs"`:                               0,
		`class="hidden-xs hidden-sm hidden-md hidden-lg"`: InHidden | InUnseen,
		`class="elementor-hidden-mobile"`:                 0,
		`class="elementor-element elementor-hidden-desktop elementor-hidden-tablet elementor-hidden-mobile"`: InHidden | InUnseen,
		`class="elementor-invisible"`:              0, // it fades in
		`class="w-richtext w-condition-invisible"`: InHidden | InUnseen,
		`class="w-dyn-bind-empty"`:                 InHidden | InUnseen,
	} {
		doc, err := html.Parse(strings.NewReader("<body><div " + attrs + "><b>The boat</b></div>"))
		if err != nil {
			t.Fatal(err)
		}
		b := Read(doc, nil).Blocks[0]
		if got := b.Flags & (InHidden | InUnseen); got != want {
			t.Errorf("%s: got %b, want %b", attrs, got, want)
		}
		if got := Hidden(b.Node); got != (want&InHidden != 0) {
			t.Errorf("%s: Hidden: got %v", attrs, got)
		}
	}
}

// What stands in a text and is not read with it, and words that are.
func TestTextOfBlocks(t *testing.T) {
	for _, test := range []struct{ name, page, want string }{
		{"edit link", `<h2>The quay<span class="mw-editsection">[<a href="/e">edit</a>]</span></h2>`, "The quay"},
		{"link to a heading", `<h2>The quay <a class="headerlink" href="#quay">¶</a></h2>`, "The quay"},
		{"link to a heading, in words", `<h2><a class="anchor" href="#quay">Permalink</a>The quay</h2>`, "The quay"},
		{"heading that is a link", `<h2><a class="header-anchor" href="#quay">The quay</a></h2>`, "The quay"},
		{"glossary", `<p>They want <span><span class="term">dredging</span><span class="glossary-definition">Taking mud out. <a href="/g">More</a></span></span> at once.</p>`, "They want dredging at once."},
		{"glossary of block elements", `<p>They want <span>dredging<span class="tooltip-content"><span>Taking mud out.</span></span></span> at once.</p>`, "They want dredging at once."},
		{"abbreviation", `<p>The <abbr title="Harbour Board">HB</abbr> met.</p>`, "The HB met."},
		{"box that is called a tooltip", `<div class="tooltip-content">The quay is gone.</div>`, "The quay is gone."},
		{"line numbers", `<table><tr><td class="gutter"><pre class="lineno">1 2 3</pre></td><td class="code"><pre>a = b</pre></td></tr></table>`, "a = b"},
		{"number in a sentence", `<p>There are <span class="number">5</span> boats.</p>`, "There are 5 boats."},

		{"word in a button", `<p>The old <button type="button">breakwater</button> was built of stone.</p>`, "The old breakwater was built of stone."},
		{"word in a button before a point", `<p>He saw the <button>breakwater</button>.</p>`, "He saw the breakwater."},
		{"share button", `<p>It was built of stone. <button>Share</button></p>`, "It was built of stone.|Share"},
		{"share button between sentences", `<p>It was built of stone. <button>Share</button> The boat is gone.</p>`, "It was built of stone.|Share|The boat is gone."},

		{"line breaks between Chinese characters", "<p>港口疏浚\n  工程</p>", "港口疏浚工程"},
		{"line breaks between texts", "<p>港口疏浚\n<b>工程</b>\n再次</p>", "港口疏浚工程再次"},
		{"spaces between Japanese words", "<p>嶋田 健司</p>", "嶋田 健司"},
		{"line breaks beside Latin letters", "<p>港口\nIBM\n工程</p>", "港口 IBM 工程"},
		{"line breaks between Korean words", "<p>항구\n준설</p>", "항구 준설"},
		{"br between Chinese lines", "<p>港口<br>工程</p>", "港口 工程"},
	} {
		doc, err := html.Parse(strings.NewReader(test.page))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range Read(doc, nil).Blocks {
			got = append(got, b.Text)
		}
		if s := strings.Join(got, "|"); s != test.want {
			t.Errorf("%s: got %q, want %q", test.name, s, test.want)
		}
	}
}
