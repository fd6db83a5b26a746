package parsers

import (
	"net/url"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// titledPage reads a page from its source.
func titledPage(t testing.TB, address, source string) *article.Article {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	a, err := new(Parser).Parse(&article.Page{URL: u, HTML: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const prose = `<p>The ferry that crosses the bay was out of service for the third day in a row, and those who had to go to work on the other side went around by bus.</p>
<p>The company said that a part for the engine had been ordered in May and had not been sent. It did not say when the ferry would be back in service.</p>`

func TestTitle(t *testing.T) {
	for _, c := range []struct{ name, head, body, want, from string }{
		{"seen and declared", `<title>Ferry stays in port | The Bay Times</title><meta property="og:title" content="Ferry stays in port, again">`,
			`<article><h1>Ferry stays in port</h1>` + prose + `</article>`, "Ferry stays in port", "dom:h1"},
		{"declared for search engines", `<title>Bay ferry: timetable, tickets, delays</title><meta property="og:title" content="Bay ferry news">`,
			`<main><h1>Third day without the ferry across the bay</h1>` + prose + `</main>`, "Third day without the ferry across the bay", "dom:h1"},
		{"site's name as h1", `<title>Ferry stays in port | Bay Notes</title>`,
			`<h1>Bay Notes</h1><h2>Ferry stays in port</h2>` + prose, "Ferry stays in port", "dom:h2"},
		{"logo as h1", `<title>Ferry stays in port</title>`,
			`<header><h1 class="logo"><a href="/">The paper of the bay</a></h1></header><div><h2>Ferry stays in port</h2>` + prose + `</div>`, "Ferry stays in port", "dom:h2"},
		{"kicker without colon", `<title>Traffic - Ferry stays in port</title><meta property="og:title" content="Traffic - Ferry stays in port">`,
			`<article><h1><span class="overline">Traffic</span>Ferry stays in port</h1>` + prose + `</article>`, "Ferry stays in port", "dom:h1"},
		{"kicker of the title", `<title>Traffic: Ferry stays in port - Bay Times</title><meta property="og:title" content="Traffic: Ferry stays in port">`,
			`<article><h1><span class="kicker">Traffic</span><span class="visually-hidden">:</span> <span>Ferry stays in port</span></h1>` + prose + `</article>`, "Traffic: Ferry stays in port", "dom:h1"},
		{"date in the h1", `<title>Ferry stays in port</title>`,
			`<main><h1><time datetime="2024-06-03">3 June 2024</time> Ferry stays in port</h1>` + prose + `</main>`, "Ferry stays in port", "dom:h1"},
		{"subtitle in the h1", `<title>Ferry stays in port - Bay Times</title>`,
			`<main><h1><span class="t">Ferry stays in port</span><small>Third day without a crossing</small></h1>` + prose + `</main>`, "Ferry stays in port", "dom:h1"},
		{"h1 in a path", `<title>Ferry delays</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry stays in port"}</script>`,
			`<nav><ul><li><a href="/traffic">Traffic</a></li><li><h1>Ferry delays</h1></li></ul></nav><article><h2>Ferry stays in port</h2>` + prose + `</article>`, "Ferry stays in port", "dom:h2"},
		{"part that stands alone", `<title>Ferry stays in port | Services | Harbour Office</title>`,
			`<div class="hd">Ferry stays in port</div>` + prose, "Ferry stays in port", "title"},
		{"nothing but the head", `<title>Ferry stays in port – The Bay Times</title>`, prose, "Ferry stays in port", "title"},
		{"a dash of its own", `<title>Ferry stays in port – for now</title>`, prose, "Ferry stays in port – for now", "title"},
		{"a colon of its own", `<title>Ferry: stays in port</title>`, prose, "Ferry: stays in port", "title"},
		{"site and slogan", `<title>Ferry stays in port | Bay Times - News from the shore</title><meta property="og:site_name" content="Bay Times">`, prose, "Ferry stays in port", "title"},
		{"site first", `<title>Bay Times: Ferry stays in port</title><meta property="og:title" content="Bay Times | Ferry stays in port">`, prose, "Ferry stays in port", "meta:og:title"},
		{"initials of the site", `<title>Ferry stays in port | TBT</title><meta property="og:site_name" content="The Bay Times">`, prose, "Ferry stays in port", "title"},
		{"teasers as h1", `<title>Ferry stays in port - Bay Times</title>`,
			`<article><h1>Ferry stays in port</h1>` + prose + `</article><h1><a href="/other">Ferry port stays shut</a></h1><h1><a href="/third">In port</a></h1>`, "Ferry stays in port", "dom:h1"},
		{"escaped twice", `<title>Ferry &amp;amp; bus stay in port | Bay Times</title>`, prose, "Ferry & bus stay in port", "title"},
		{"lines that a style breaks", `<title>Bay ferry stays in port</title>`,
			`<article><h1>Ferry stays in port<span class="block">Third day without a crossing</span></h1>` + prose + `</article>`, "Ferry stays in port Third day without a crossing", "dom:h1"},
		{"Korean bar", `<title>항구가 다시 열렸다-사회ㅣ만신문</title><meta property="og:site_name" content="만신문"><script type="application/ld+json">{"@type":"NewsArticle","headline":"항구가 다시 열렸다"}</script>`,
			prose, "항구가 다시 열렸다", "jsonld:headline"},
	} {
		a := titledPage(t, "https://www.baytimes.example/traffic/2024/ferry-stays-in-port/", "<html><head>"+c.head+"</head><body>"+c.body+"</body></html>")
		if a.Title != c.want || a.Provenance["title"].From != c.from {
			t.Errorf("%s: got %q from %q, want %q from %q", c.name, a.Title, a.Provenance["title"].From, c.want, c.from)
		}
	}
}

func FuzzTitle(f *testing.F) {
	f.Add("Ferry | Bay", `<span class="kicker">A</span><span hidden>:</span> <b>Ferry</b>`, `{"@type":"NewsArticle","headline":"Ferry"}`)
	f.Add(" - | - ", `<h2><small>`, `[`)
	f.Fuzz(func(t *testing.T, title, h1, ld string) {
		u, _ := url.Parse("https://example.org/a/b")
		_, _ = new(Parser).Parse(&article.Page{URL: u, HTML: []byte(`<title>` + title + `</title><script type="application/ld+json">` + ld + `</script><h1>` + h1 + `</h1>` + prose)})
	})
}
