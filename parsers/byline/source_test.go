package byline_test

import (
	"net/url"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func TestSource(t *testing.T) {
	for _, c := range []struct{ name, head, first, last, want string }{
		{"dateline", ``, `<p>PORT LUND (Reuters) - The ferry stays where it is, the company said.</p>`, ``, "Reuters"},
		{"declared", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"F","sourceOrganization":{"@type":"Organization","name":"Shore Wire"}}</script>`, ``, ``, "Shore Wire"},
		{"the site itself", `<meta property="og:site_name" content="Bay Times"><script type="application/ld+json">{"@type":"NewsArticle","headline":"F","sourceOrganization":{"name":"Bay Times"}}</script>`, ``, ``, ""},
		{"republished", ``, ``, `<p><em>This article was originally published on <a href="https://shore.example/f">The Shore Review</a>. Read the original.</em></p>`, "The Shore Review"},
		{"republished, article before the link", ``, ``, `<p>This article was originally published on the <a href="https://shore.example/f">Shore Review</a>.</p>`, "Shore Review"},
		{"republished, another link", ``, ``, `<p>This article first appeared in Thetford Herald. Subscribe <a href="/x">ford Herald</a>.</p>`, "Thetford Herald"},
		{"agency signs", ``, `<p class="byline">By Reuters</p>`, ``, "Reuters"},
		{"meta", `<meta name="dc.source" content="Shore Wire">`, ``, ``, "Shore Wire"},
		{"the author", `<meta name="dc.source" content="Jane Doe">`, `<p class="byline">By Jane Doe</p>`, ``, ""},
		{"original", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"F","isBasedOn":{"@type":"CreativeWork","publisher":{"name":"Shore Wire"}}}</script>`, ``, ``, "Shore Wire"},
		{"republished in German", ``, ``, `<p>Dieser Artikel ist zuerst erschienen in der Uferpost.</p>`, ""},
		{"republished, a date", ``, ``, `<p>This article was originally published in March 2022.</p>`, ""},
		{"end", ``, ``, `<p>The harbour master was not to be reached. (dpa)</p>`, "dpa"},
		{"label", ``, `<p class="meta">Quelle: Uferdienst</p>`, ``, "Uferdienst"},
		{"label in Chinese", ``, `<p>来源：新华社</p>`, ``, "新华社"},
		{"none", ``, ``, ``, ""},
	} {
		source := "<html><head><title>The ferry is back</title>" + c.head + "</head><body><article><h1>The ferry is back</h1>" + c.first + ferry + c.last + "</article></body></html>"
		u, _ := url.Parse("https://example.org/ferry")
		a, err := (&parsers.Parser{}).Parse(&article.Page{URL: u, HTML: []byte(source)})
		if err != nil {
			t.Fatal(err)
		}
		if _, has := a.Provenance["source"]; a.Source != c.want || has != (c.want != "") {
			t.Errorf("%s: got %q, want %q", c.name, a.Source, c.want)
		}
	}
}
