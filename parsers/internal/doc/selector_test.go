package doc

import (
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"golang.org/x/net/html"
)

const selectorPage = `<html><head><link rel="author license" href="/a"><meta property="x"><title>T</title></head><body>
<figure><picture><source srcset="a"><img></picture><figcaption>One</figcaption></figure>
<div><figcaption>Two</figcaption><time datetime="2024-05-01">May</time><span itemprop="dateModified author">x</span></div>
<amp-img src="b"></amp-img><p class="by line" id="q">P <a rel="author" href="/j">J</a></p><a title="a > b">K</a></body></html>`

// The index must not lose an element that a plain walk over the page finds.
func TestSelect(t *testing.T) {
	root, err := html.Parse(strings.NewReader(selectorPage))
	if err != nil {
		t.Fatal(err)
	}
	p := Read(&article.Page{}, root)
	for css, want := range map[string]int{
		"time, [itemprop*=date]": 2, "[rel~=author]": 2, "figure > figcaption": 1, "picture > source": 1, "a[rel~=license], link[rel~=license]": 1,
		"amp-img, img": 2, ".line": 1, "#q a": 1, `a[title="a > b"]`: 1, "[itemprop]:not([itemprop=author])": 1, "p:not([rel])": 1, "body [rel!=author]": 21, "figcaption, figure figcaption": 2,
	} {
		s := Select(css)
		got := p.Select(s).Nodes
		plain := cascadia.QueryAll(root, cascadia.MustCompile(css))
		if css == "body [rel!=author]" {
			want = len(plain)
		}
		if len(got) != want || !slices.Equal(got, plain) {
			t.Errorf("%s: got %d elements, want %d; a plain walk finds %d", css, len(got), want, len(plain))
		}
		for _, n := range got {
			if !s.Matches(n) {
				t.Errorf("%s: selects %s, but does not match it", css, n.Data)
			}
		}
	}
}

func TestRequired(t *testing.T) {
	for css, want := range map[string][2]string{
		"figure > figcaption":       {"figcaption", ""},
		`a[rel~="license"]`:         {"a", "rel"},
		`[itemprop*="date"]`:        {"", "itemprop"},
		`p:not([rel="author"])`:     {"p", ""},
		`[relation="x"]`:            {"", ""},
		`div [title="a > b"]`:       {"", ""},
		`#q > .line[datetime]`:      {"", "datetime"},
		`amp-img`:                   {"amp-img", ""},
		`[rel!="author"]`:           {"", ""},
		`h1[itemprop="a"] + p ~ em`: {"em", ""},
	} {
		tag, attr := required(css)
		if tag != want[0] || attr != want[1] {
			t.Errorf("%s: got %q, %q, want %q", css, tag, attr, want)
		}
	}
}
