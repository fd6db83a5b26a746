package parsers

import (
	"net/url"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func TestPages(t *testing.T) {
	pager := func(links string) string { return `<div class="pager">` + links + `</div>` }
	for _, test := range []struct{ name, at, head, links, want string }{
		{"rel in the head", "https://a.example/news/pier", `<link rel="next" href="/news/pier?page=2">`, "", "https://a.example/news/pier?page=2"},
		{"rel in the head, another story", "https://a.example/news/pier", `<link rel="next" href="/news/ferry">`, "", ""},
		{"rel in the head, another id", "https://a.example/index.php?id=5", `<link rel="next" href="/index.php?id=6">`, "", ""},
		{"rel of a link", "https://a.example/news/pier", "", `<a rel="next" href="/news/pier/2">on</a>`, "https://a.example/news/pier/2"},
		{"numbers", "https://a.example/2026/11/pier/", "", pager(`<span>1</span> <a href="https://a.example/2026/11/pier/2/">2</a> <a href="https://a.example/2026/11/pier/3/">3</a>`), "https://a.example/2026/11/pier/2/"},
		{"a number and an ending", "https://a.example/news/pier.html", "", pager(`Page 1 of 3 <a href="pier-2.html">Page 2</a>`), "https://a.example/news/pier-2.html"},
		{"in the middle", "https://a.example/news/pier,2.html", "", pager(`<a href="pier.html">1</a> 2 <a href="pier,3.html">3</a>`), "https://a.example/news/pier,3.html"},
		{"German", "https://a.example/wissen/pier-die-geschichte", "", `<a href="/wissen/pier-die-geschichte/seite-2">Nächste Seite</a>`, "https://a.example/wissen/pier-die-geschichte/seite-2"},
		{"a sign", "https://a.example/news/pier?page=2&utm_source=x", "", pager(`<a href="?page=1">«</a> <a href="?page=3">»</a>`), "https://a.example/news/pier?page=3"},
		{"a story that ends in a number", "https://a.example/top-10", "", pager(`<a href="/top-10/2">Next</a>`), "https://a.example/top-10/2"},
		{"last page", "https://a.example/news/pier/3", "", pager(`<a href="/news/pier">1</a> <a href="/news/pier/2">2</a> <span>3</span>`), ""},
		{"previous of the last page", "https://a.example/news/pier/3", "", `<a rel="prev" href="/news/pier/2">Back</a>`, ""},
		{"next story", "https://a.example/news/pier", "", `<a rel="next" href="/news/ferry-2">Next</a> <a href="/news/ferry">Next article</a>`, ""},
		{"next number of a series", "https://a.example/comic/41", "", `<a href="/comic/42">Next</a>`, ""},
		{"a page by a number in its name", "https://a.example/news/pier", "", pager(`<a href="/news/pier-2">2</a>`), "https://a.example/news/pier-2"},
		{"a story of the same name, read on", "https://a.example/news/pier", "", `<a href="/news/pier-2">Read more</a>`, ""},
		{"in the middle, by the head", "https://a.example/long/2.html", `<link rel="prev" href="/long/1.html"><link rel="next" href="/long/3.html">`, "", "https://a.example/long/3.html"},
		{"a story of the same name", "https://a.example/news/pier", "", `<a href="/news/pier-2">The pier will stand another winter</a>`, ""},
		{"pages of comments", "https://a.example/news/pier", "", `<div class="comments"><a href="/news/pier?page=2">2</a><a href="/news/pier/comment-page-2/">2</a></div>`, ""},
		{"another spelling", "https://a.example/~jane/caf%C3%A9/1", `<link rel="next" href="/%7ejane/caf%c3%a9/2">`, "", "https://a.example/%7ejane/caf%c3%a9/2"},
		{"another host", "https://a.example/news/pier", `<link rel="next" href="https://b.example/news/pier?page=2">`, "", ""},
		{"the day after", "https://a.example/2026/11/20", "", `<a href="/2026/11">Month</a> <a href="/2026/11/21">Next</a>`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, err := url.Parse(test.at)
			if err != nil {
				t.Fatal(err)
			}
			page := `<html><head><title>The pier</title>` + test.head + `</head><body><article><h1>The pier will stand, says the harbour master</h1>` + proseOf(6) + test.links + `</article></body></html>`
			a, err := new(Parser).Parse(&article.Page{URL: u, HTML: []byte(page)})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(a.Pages) > 0 {
				got = a.Pages[0].URL
			}
			if got != test.want || len(a.Pages) > 1 {
				t.Errorf("got %+v, want %q", a.Pages, test.want)
			}
		})
	}
}

// TestPagesOfSections: fronts have pages, and no article on them.
func TestPagesOfSections(t *testing.T) {
	u, _ := url.Parse("https://a.example/category/harbour/")
	a, err := new(Parser).Parse(&article.Page{URL: u, HTML: []byte(kindPage(`<title>Harbour</title><link rel="next" href="https://a.example/category/harbour/page/2/">`, "archive category", `<h1>Harbour</h1>`+cardList(10, 30)))})
	if err != nil || len(a.Pages) != 0 {
		t.Errorf("got %+v, %v", a, err)
	}
}

func FuzzPages(f *testing.F) {
	f.Add("https://a.example/news/pier-2.html?page=3", "pier,3.html?p=%zz", "2")
	f.Fuzz(func(t *testing.T, at, href, text string) {
		u, err := url.Parse(at)
		if err != nil {
			return
		}
		n := pageOfURL(u, true)
		n.near(href)
		leadsOn(text, n.n+1)
		readAddress(u)
	})
}
