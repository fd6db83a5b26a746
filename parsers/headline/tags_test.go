package headline_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

func TestTags(t *testing.T) {
	for _, c := range []struct{ name, head, tail, want string }{
		{"declared twice", `<meta property="article:tag" content="Ferry"><meta property="article:tag" content="ferry"><meta property="article:tag" content="Bay">`, ``, "Ferry|Bay"},
		{"JSON-LD, one text", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"F","keywords":"Ferry, Bay ,Engines"}</script>`, ``, "Ferry|Bay|Engines"},
		{"JSON-LD, a list", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"F","keywords":["Ferry","_internal","x@y.z"]}</script>`, ``, "Ferry"},
		{"codes", `<meta name="news_keywords" content="CYCS08,POL,DIP,WAR,IL,MTPIX,MTVID,GEN,SEA">`, ``, ""},
		{"the site's own keywords", `<meta name="keywords" content="newspaper, online, ferry, bay, jobs">`, ``, "ferry|bay"},
		{"links", ``, `<p class="tags"><a href="/tag/ferry">Ferry</a> <a href="/tag/bay">#Bay</a></p>`, "Ferry|Bay"},
		{"links by rel", ``, `<p><a rel="tag" href="/f">Ferry</a> <a rel="category tag" href="/t">Traffic</a></p>`, "Ferry"},
		{"a column of topics", ``, `<aside class="tags"><a href="/tag/moon">Moon</a></aside>`, ""},
		{"links in the story's footer", ``, `<footer class="entry-footer">Tagged <a rel="tag" href="/f">Ferry</a></footer></article><footer><a rel="tag" href="/m">Moon</a></footer>`, "Ferry"},
		{"a list under a heading", ``, `<div class="topics"><h2>Topics</h2><ul><li><a href="/topic/ferry">Ferry</a></li></ul></div>`, "Ferry"},
		{"tags of the content before those of the footer", ``, `<p><a rel="tag" href="/f">Ferry</a></p><footer><a rel="tag" href="/b">Bay</a></footer>`, "Ferry"},
		{"a cloud", ``, `<p class="tags">` + strings.Repeat(`<a href="/tag/ferry">Ferry</a> `, 30) + `</p>`, ""},
		{"about", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"F","about":[{"name":"Ferries"}]}</script>`, ``, "Ferries"},
		{"three commas", `<meta property="article:tag" content="Ferry, Bay, Bus, Port">`, ``, "Ferry|Bay|Bus|Port"},
	} {
		p := doctest.PageAt(t, "https://example.org/ferry", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article><h1>Ferry stays in port</h1>"+prose+c.tail+"</article></body></html>")
		tags, _ := headline.Tags(p, &article.Article{Title: "Ferry stays in port", Text: "The ferry that crosses the bay was out of service."})
		if got := strings.Join(tags, "|"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNotTags(t *testing.T) {
	for value, want := range map[string]string{
		"ferry": "already listed, or in another field", "Ada Quay": "already listed, or in another field", "_internal": "not a word for readers", "undefined": "not a word for readers", "Bay Times": "the site's name",
	} {
		p := doctest.Page(t, `<meta property="og:site_name" content="Bay Times"><body>x`)
		p.Metas["article:tag"] = []string{"Ferry", value}
		p.Explanation = &article.Explanation{}
		headline.Tags(p, &article.Article{Authors: []article.Author{{Name: "Ada Quay"}}})
		if !explained(p, value, want) {
			t.Errorf("%q: not %q, but %+v", value, want, p.Explanation.Fields)
		}
	}
}
