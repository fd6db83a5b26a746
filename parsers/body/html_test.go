package body_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

// assembled are the typed blocks between the second and the last paragraph of a page:
// all of its text there is said to be the story's, whatever a model makes of it.
func assembled(t *testing.T, between string) []article.Block {
	t.Helper()
	p := doctest.Page(t, story(between))
	s := body.SelectionOf(p, func(b *block.Block) bool { return b.Flags&(block.InNav|block.InFooter|block.InHidden) == 0 })
	blocks := s.Assemble(nil)
	return blocks[3 : len(blocks)-1]
}

// The columns of tables: of empty cells, of those that span several, and of cells with
// other markup.
func TestTables(t *testing.T) {
	for _, test := range []struct {
		name, table string
		want        []string // rows
	}{
		{"empty cells", `<tr><th>Pier</th><th>2022</th><th>2023</th></tr><tr><td>North</td><td></td><td>4.1</td></tr><tr><td>South</td><td>3.9</td><td> </td></tr>`,
			[]string{"Pier|2022|2023", "North||4.1", "South|3.9|"}},
		{"columns spanned", `<tr><th>Pier</th><th colspan="2">Depth</th><th>Year</th></tr><tr><td>North</td><td>1</td><td>2</td><td>2022</td></tr>`,
			[]string{"Pier|Depth||Year", "North|1|2|2022"}},
		{"rows spanned", `<tr><th>Pier</th><th>Month</th><th>Depth</th></tr><tr><td rowspan="2">North</td><td>May</td><td>1</td></tr><tr><td>June</td><td>2</td></tr><tr><td>South</td><td>May</td><td>3</td></tr>`,
			[]string{"Pier|Month|Depth", "North|May|1", "|June|2", "South|May|3"}},
		{"rows spanned in the middle", `<tr><th>A</th><td rowspan="3">B</td><td>C</td></tr><tr><td>D</td><td>E</td></tr><tr><td>F</td><td>G</td></tr>`,
			[]string{"A|B|C", "D||E", "F||G"}},
		{"spans end with their group", `<thead><tr><th rowspan="9">A</th><th>B</th></tr></thead><tbody><tr><td>C</td><td>D</td></tr></tbody>`,
			[]string{"A|B", "C|D"}},
		{"lists in cells", `<tr><td>Mon</td><td><ul><li>8 to 10</li><li>12 to 14</li></ul></td></tr><tr><td>Tue</td><td><ul><li>closed</li></ul></td></tr>`,
			[]string{"Mon|8 to 10 12 to 14", "Tue|closed"}},
		{"headings and quotes in cells", `<tr><th><h3>Pier</h3></th><th>Said</th></tr><tr><td>North</td><td><blockquote>Too deep.</blockquote></td></tr>`,
			[]string{"Pier|Said", "North|Too deep."}},
		{"spans out of bounds", `<tr><th colspan="100000">Piers</th></tr><tr><td>North</td><td>1</td></tr>`,
			[]string{"Piers", "North|1"}},
	} {
		blocks := assembled(t, "<table>"+test.table+"</table>")
		if len(blocks) != 1 || blocks[0].Type != article.Table {
			t.Errorf("%s: got %+v", test.name, blocks)
			continue
		}
		var got []string
		for _, r := range blocks[0].Rows {
			got = append(got, strings.Join(r, "|"))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// Code keeps its lines, whatever they are marked up as, and loses their numbers.
func TestCode(t *testing.T) {
	const want = "if (tide) {\n  go();\n\n}"
	for name, page := range map[string]string{
		"text":              "<pre><code>if (tide) {\n  go();\n\n}\n</code></pre>",
		"br":                "<pre>if (tide) {<br>  go();<br><br>}</pre>",
		"divs":              `<pre class="prism-code"><div class="token-line"><span>if (tide) {</span></div><div class="token-line">  <span>go</span>();</div><div class="token-line"></div><div class="token-line">}</div></pre>`,
		"divs on lines":     "<pre><div>if (tide) {</div>\n<div>  go();</div>\n<div><br></div>\n<div>}</div></pre>",
		"list":              "<pre><ol><li>if (tide) {</li><li>  go();</li><li></li><li>}</li></ol></pre>",
		"spans":             `<pre><code><span class="line">if (tide) {</span><span class="line">  go();</span><span class="line"></span><span class="line">}</span></code></pre>`,
		"spans on lines":    "<pre><code><span class=\"line\">if (tide) {</span>\n<span class=\"line\">  go();</span>\n<span class=\"line\"></span>\n<span class=\"line\">}</span></code></pre>",
		"code elements":     "<pre><code>if (tide) {</code><code>  go();</code><code></code><code>}</code></pre>",
		"numbers in spans":  "<pre><span class=\"lineno\">1 </span>if (tide) {\n<span class=\"lineno\">2 </span>  go();\n<span class=\"lineno\">3 </span>\n<span class=\"lineno\">4 </span>}</pre>",
		"numbers in a cell": "<table class=\"highlighttable\"><tr><td class=\"linenos\"><div class=\"linenodiv\"><pre>1\n2\n3\n4</pre></div></td><td class=\"code\"><div><pre>if (tide) {\n  go();\n\n}</pre></div></td></tr></table>",
		"numbers in rows":   `<pre><table class="hljs-ln"><tr><td class="hljs-ln-numbers" data-line-number="1"></td><td class="hljs-ln-code">if (tide) {</td></tr><tr><td class="hljs-ln-numbers"></td><td class="hljs-ln-code">  go();</td></tr><tr><td class="hljs-ln-numbers"></td><td class="hljs-ln-code"></td></tr><tr><td class="hljs-ln-numbers"></td><td class="hljs-ln-code">}</td></tr></table></pre>`,
		"table without pre": "<table class=\"highlight\"><tr><td class=\"blob-num\" data-line-number=\"1\"></td><td class=\"blob-code\">if (tide) {</td></tr>\n<tr><td class=\"blob-num\"></td><td class=\"blob-code\">  go();</td></tr>\n<tr><td class=\"blob-num\"></td><td class=\"blob-code\"></td></tr>\n<tr><td class=\"blob-num\"></td><td class=\"blob-code\">}</td></tr></table>",
		"button to copy it": "<pre><button>Copy</button><code>if (tide) {\n  go();\n\n}</code></pre>",
	} {
		blocks := assembled(t, page)
		if len(blocks) != 1 || blocks[0].Type != article.Code || blocks[0].Text != want {
			t.Errorf("%s: got %+v", name, blocks)
		}
	}
}

// Posts that a page embeds: their address and what they say, without what stands in for
// them.
func TestPosts(t *testing.T) {
	for name, test := range map[string]struct{ page, url, text string }{
		"X":                     {`<blockquote class="twitter-tweet"><p>The boat is in.</p>— Ada (@ada) <a href="https://twitter.com/ada/status/1">May 1</a></blockquote>`, "https://twitter.com/ada/status/1", "The boat is in. — Ada (@ada) May 1"},
		"X, with a list":        {`<blockquote class="twitter-tweet"><p>The boat is in:</p><ul><li>with Ada</li><li>with oil</li></ul><p>Come and see.</p><a href="https://twitter.com/ada/status/1">May 1</a></blockquote>`, "https://twitter.com/ada/status/1", "The boat is in: with Ada with oil Come and see. May 1"},
		"Instagram":             {`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/"><a href="https://www.instagram.com/p/1/"><div>View this post on Instagram</div></a><p>A post shared by Ada (@ada)</p></blockquote>`, "https://www.instagram.com/p/1/", ""},
		"Instagram, German":     {`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/"><div>Sieh dir diesen Beitrag auf Instagram an</div><p>Ein Beitrag geteilt von Ada (@ada)</p></blockquote>`, "https://www.instagram.com/p/1/", ""},
		"Instagram, Spanish":    {`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/"><div>Ver esta publicación en Instagram</div><p>Una publicación compartida por Ada (@ada)</p></blockquote>`, "https://www.instagram.com/p/1/", ""},
		"Instagram, Japanese":   {`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/"><div>この投稿をInstagramで見る</div><p>Ada(@ada)がシェアした投稿</p></blockquote>`, "https://www.instagram.com/p/1/", ""},
		"Instagram with a text": {`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/"><div>View this post on Instagram</div><p>Home at last.</p><p>A post shared by Ada (@ada)</p></blockquote>`, "https://www.instagram.com/p/1/", "Home at last."},
		"Facebook":              {`<div class="fb-post"><blockquote class="fb-xfbml-parse-ignore" cite="https://www.facebook.com/ada/posts/1"><p>Home at last.</p>Posted by <a href="https://www.facebook.com/ada/">Ada</a> on <a href="https://www.facebook.com/ada/posts/1">May 1</a></blockquote></div>`, "https://www.facebook.com/ada/posts/1", "Home at last."},
		"TikTok":                {`<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@ada/video/1"><section><p>Home at last</p><a href="https://www.tiktok.com/music/1">♬ original sound - Ada</a></section></blockquote>`, "https://www.tiktok.com/@ada/video/1", "Home at last"},
		"Reddit":                {`<blockquote class="reddit-embed-bq"><a href="https://www.reddit.com/r/boats/comments/1/">The boat is in</a><br> by<a href="https://www.reddit.com/user/ada/">u/ada</a> in<a href="https://www.reddit.com/r/boats/">boats</a></blockquote>`, "https://www.reddit.com/r/boats/comments/1/", "The boat is in"},
	} {
		blocks := assembled(t, test.page)
		if len(blocks) != 1 || blocks[0].Type != article.Embed || blocks[0].URL != test.url || blocks[0].Text != test.text {
			t.Errorf("%s: got %+v", name, blocks)
		}
	}
}

// TestKeepTables: a small table between paragraphs of the story is part of it.
func TestKeepTables(t *testing.T) {
	s := body.Choose(doctest.Page(t, story(`<table><tr><td>Mon</td><td><ul><li>10:00 - 20:00</li></ul></td></tr><tr><td>Tue</td><td><ul><li>closed</li></ul></td></tr></table>`)), nil, title, nil)
	for _, text := range []string{"Mon", "10:00", "Tue", "closed"} {
		if d := decision(t, s, text); !d.Kept {
			t.Errorf("%s: %s, %.2f", text, d.Why, d.P)
		}
	}
}

// Text that is hidden for good is no part of the story, unless most of it is.
func TestHidden(t *testing.T) {
	const line = "Readers who sign up today get the weekly table of the tides at no cost at all, says a line that nobody sees."
	for name, hidden := range map[string]bool{
		`<p style="visibility: hidden">` + line + `</p>`:                          true,
		`<div class="w-richtext w-condition-invisible"><p>` + line + `</p></div>`: true,
		`<p style="opacity:0">` + line + `</p>`:                                   true,
		`<p class="elementor-hidden-mobile">` + line + `</p>`:                     false,
		`<p>` + line + `</p>`:                                                     false,
	} {
		s := body.Choose(doctest.Page(t, story(name)), nil, title, nil)
		if d := decision(t, s, line[:40]); d.Kept == hidden {
			t.Errorf("%.40s: kept: %v (%s, %.2f)", name, d.Kept, d.Why, d.P)
		}
	}
	page := strings.NewReplacer("<article>", `<article style="visibility:hidden">`).Replace(story(""))
	if d := decision(t, body.Choose(doctest.Page(t, page), nil, title, nil), next[:40]); !d.Kept {
		t.Errorf("a story that a script shows: %s, %.2f", d.Why, d.P)
	}
}
