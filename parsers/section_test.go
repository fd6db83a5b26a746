package parsers

import "testing"

func TestSource(t *testing.T) {
	for _, c := range []struct{ name, head, first, last, want string }{
		{"dateline", ``, `<p>PORT LUND (Reuters) - The ferry stays where it is, the company said.</p>`, ``, "Reuters"},
		{"declared", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"F","sourceOrganization":{"@type":"Organization","name":"Shore Wire"}}</script>`, ``, ``, "Shore Wire"},
		{"the site itself", `<meta property="og:site_name" content="Bay Times"><script type="application/ld+json">{"@type":"NewsArticle","headline":"F","sourceOrganization":{"name":"Bay Times"}}</script>`, ``, ``, ""},
		{"republished", ``, ``, `<p><em>This article was originally published on <a href="https://shore.example/f">The Shore Review</a>. Read the original.</em></p>`, "The Shore Review"},
		{"republished in German", ``, ``, `<p>Dieser Artikel ist zuerst erschienen in der Uferpost.</p>`, ""},
		{"republished, a date", ``, ``, `<p>This article was originally published in March 2022.</p>`, ""},
		{"end", ``, ``, `<p>The harbour master was not to be reached. (dpa)</p>`, "dpa"},
		{"label", ``, `<p class="meta">Quelle: Uferdienst</p>`, ``, "Uferdienst"},
		{"label in Chinese", ``, `<p>来源：新华社</p>`, ``, "新华社"},
		{"none", ``, ``, ``, ""},
	} {
		a := titledPage(t, "https://example.org/ferry", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article><h1>Ferry stays in port</h1>"+c.first+prose+c.last+"</article></body></html>")
		if a.Source != c.want {
			t.Errorf("%s: got %q, want %q", c.name, a.Source, c.want)
		}
	}
}
