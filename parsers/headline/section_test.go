package headline_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

func TestSection(t *testing.T) {
	for _, c := range []struct{ name, head, body, want, from string }{
		{"declared", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry","articleSection":["Traffic","News"]}</script>`, ``, "Traffic", "jsonld:articleSection"},
		{"meta", `<meta property="article:section" content="Home"><meta name="parsely-section" content="Traffic">`, ``, "Traffic", "meta:parsely-section"},
		{"path in JSON-LD", `<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"name":"Startseite"},{"name":"Verkehr"},{"name":"Ferry stays in port"}]}</script>`, ``, "Verkehr", "jsonld:BreadcrumbList"},
		{"path on the page", ``, `<div class="breadcrumbs"><a href="/">Home</a> › <a href="/traffic">Traffic</a> › Ferry stays in port</div>`, "Traffic", "dom:breadcrumb"},
		{"kicker that leads up", ``, `<div><a href="/traffic/">On the water</a></div>`, "On the water", "dom:kicker"},
		{"kicker by name", ``, `<p class="article-kicker">Shipping</p>`, "Shipping", "dom:kicker"},
		{"link to log in", ``, `<div><a href="/login">Login</a></div>`, "", ""},
		{"menu", `</head><body><nav><a href="/sport">Sport</a><a href="/traffic">Getting about</a></nav>`, ``, "Getting about", "dom:menu"},
		{"kicker that links to a category", ``, `<div><a rel="category" href="/c/12">On the water</a></div>`, "On the water", "dom:kicker"},
		{"menu rather than no category", `</head><body><nav><a rel="category" href="/moon">Moon</a><a href="/traffic">Getting about</a></nav>`, ``, "Getting about", "dom:menu"},
		{"category of the story's footer", ``, `<footer>Filed under <a rel="category tag" href="/c/12">On the water</a></footer>`, "On the water", "dom:category"},
		{"no category", ``, `<footer>Filed under <a rel="category tag" href="/c/1">Uncategorized</a></footer>`, "", ""},
		{"line that is a byline", ``, `<p class="kicker">By Ada Quay</p>`, "", ""},
		{"a list of them", `<meta property="article:section" content="Traffic, Ferries, Bay">`, ``, "Traffic", "meta:article:section"},
	} {
		p := doctest.PageAt(t, "https://example.org/traffic/ferry-stays-in-port", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article>"+c.body+"<h1>Ferry stays in port</h1>"+prose+"</article></body></html>")
		got, from := headline.Section(p, "Ferry stays in port")
		if got != c.want || from.From != c.from {
			t.Errorf("%s: got %q from %q, want %q from %q", c.name, got, from.From, c.want, c.from)
		}
	}
}

func TestNotSection(t *testing.T) {
	for value, want := range map[string]string{
		"https://example.org/traffic": "not a name", "Startseite": "the front page", "Bay Times": "the site's name", "Ferry stays in port": "the title", "Traffic": "the first by rank", "Bay": "a better candidate won",
	} {
		p := doctest.Page(t, `<meta property="og:site_name" content="Bay Times"><meta property="article:section" content="`+value+`"><body>x`)
		if want == "a better candidate won" {
			p.Metas["article:section"] = []string{"Traffic", value}
		}
		p.Explanation = &article.Explanation{}
		headline.Section(p, "Ferry stays in port")
		if !explained(p, value, want) {
			t.Errorf("%q: not %q, but %+v", value, want, p.Explanation.Fields)
		}
	}
}
