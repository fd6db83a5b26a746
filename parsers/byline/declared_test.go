package byline

import (
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
)

// FuzzDeclared: authors read from any JSON-LD have a name, a kind and bounds.
func FuzzDeclared(f *testing.F) {
	for _, s := range []string{
		`{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","@id":"#a","headline":"A ferry","author":[{"@id":"#p"},"Roe, Richard"]},{"@id":"#p","name":"Jane Doe","url":["/jane"]}]}`,
		`<!-- [{"@type":"WebPage","author":{"@type":"Organization","name":"The "Ledger""},},] -->;`,
		`{&quot;author&quot;:&quot;Jane Doe&quot;}`, `{"a":"\u12"}`, "{\"a\":undefined/*", `{"mainEntity":{"mainEntity":{}}}`,
	} {
		f.Add(s)
	}
	u, _ := url.Parse("https://a.example/x")
	root, err := html.Parse(strings.NewReader("<h1>A ferry</h1><p>It came in at noon.</p>"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := doc.Read(&article.Page{URL: u}, root)
		p.LD = doc.ParseLD(s)
		authors, _, _ := Find(p, "A ferry", nil)
		if len(authors) > 40 {
			t.Errorf("%d authors", len(authors))
		}
		for _, a := range authors {
			if a.Name == "" || len(a.Name) > 400 || a.Kind != "person" && a.Kind != "organization" {
				t.Errorf("odd author %+v", a)
			}
		}
	})
}
