package parsers

import (
	"strings"
	"testing"
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
	} {
		a := titledPage(t, "https://example.org/traffic/ferry-stays-in-port", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article>"+c.body+"<h1>Ferry stays in port</h1>"+prose+"</article></body></html>")
		if a.Section != c.want || a.Provenance["section"].From != c.from {
			t.Errorf("%s: got %q from %q, want %q from %q", c.name, a.Section, a.Provenance["section"].From, c.want, c.from)
		}
	}
}

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
	} {
		a := titledPage(t, "https://example.org/ferry", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article><h1>Ferry stays in port</h1>"+prose+c.tail+"</article></body></html>")
		if got := strings.Join(a.Tags, "|"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
