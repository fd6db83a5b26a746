package headline_test

import (
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

const prose = `<p>The ferry that crosses the bay was out of service for the third day in a row, and those who had to go to work on the other side went around by bus.</p>
<p>The company said that a part for the engine had been ordered in May and had not been sent. It did not say when the ferry would be back in service.</p>`

func page(t testing.TB, path, head, body string) *doc.Page {
	return doctest.PageAt(t, "https://www.baytimes.example"+path, "<html><head>"+head+"</head><body>"+body+"</body></html>")
}

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
		{"subtitle after a hidden dash", `<title>Ferry stays in port</title>`,
			`<article><h1>Ferry stays in port<span hidden> - </span><small>Third day without a crossing</small></h1>` + prose + `</article>`, "Ferry stays in port", "dom:h1"},
		{"two lines, a hidden dash", `<title>Ferry stays in port</title>`,
			`<article><h1>Traffic<span hidden> - </span><span>Ferry stays in port</span></h1>` + prose + `</article>`, "Ferry stays in port", "dom:h1"},
		{"title element in the body", ``, `<div><title>Ferry stays in port</title></div>` + prose, "Ferry stays in port", "title"},
		{"title of a drawing", ``, `<svg><title>Menu</title></svg><h2>Ferry stays in port</h2>` + prose, "Ferry stays in port", "dom:heading"},
		{"section after the title", `<title>Ferry stays in port | Traffic</title>`, prose, "Ferry stays in port", "title"},
		{"nothing", ``, prose, "", ""},
	} {
		got, from := headline.Title(page(t, "/traffic/2024/ferry-stays-in-port/", c.head, c.body))
		if got != c.want || from.From != c.from {
			t.Errorf("%s: got %q from %q, want %q from %q", c.name, got, from.From, c.want, c.from)
		}
	}
}

// Each row shows one piece of evidence, or the rule that excludes a heading.
func TestTitleEvidence(t *testing.T) {
	const head = `<title>Ferry stays in port</title>`
	for _, c := range []struct{ name, head, body, heading string }{
		{"words shared with the declared titles", head, `<h1>Ferry back in port</h1>`, "Ferry back in port"},
		{"in an aside", head, `<aside><h1>Ferry stays in port</h1></aside>`, "Ferry stays in port"},
		{"links to another page", head, `<h1><a href="/other">Ferry stays in port</a></h1>`, "Ferry stays in port"},
		{"in article or main", head, `<main><h1>Ferry stays in port</h1></main>`, "Ferry stays in port"},
		{"in a header outside of article and main", head, `<header><h1>Ferry stays in port</h1></header>`, "Ferry stays in port"},
		{"itemprop headline", head, `<h1 itemprop="name headline">Ferry stays in port</h1>`, "Ferry stays in port"},
		{"class name of a title", head, `<h1 class="entry-title">Ferry stays in port</h1>`, "Ferry stays in port"},
		{"h2 to h6", head, `<h3>Ferry stays in port</h3>`, "Ferry stays in port"},
		{"is a declared title", head, `<h1>Ferry stays in port</h1>`, "Ferry stays in port"},

		{"agrees with JSON-LD headline", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry stays in port"}</script>`, ``, "Ferry stays in port"},
		{"agrees with og:title", `<meta property="og:title" content="Ferry stays in port">`, ``, "Ferry stays in port"},
		{"agrees with twitter:title", `<meta name="twitter:title" content="Ferry stays in port">`, ``, "Ferry stays in port"},
		{"agrees with the title element", head, ``, "Ferry stays in port"},

		{"lower-level heading that is not a declared title", head, `<h2>Ferry in port</h2>`, "Ferry in port"},
		{"the site's name", head, `<h1>Bay Times</h1>`, "Bay Times"},
		{"the site's name", head, `<h1><a href="/">Ferry stays in port</a></h1>`, "Ferry stays in port"},
		{"a logo", head, `<h1 class="site-logo">Ferry of the bay</h1>`, "Ferry of the bay"},
		{"too long for a headline", head, `<h1>` + long + `</h1>`, long},
		{"the site's name, as it ends the title element", `<title>Ferry stays in port / The Shore</title>`, `<h1>The Shore</h1><h2>Ferry stays in port</h2>`, "The Shore"},
		{"shares few words with the declared titles", head, `<h1>Crossing cancelled once more</h1>`, "Crossing cancelled once more"},
		{"low score", head, `<aside><h1>Ferry stays</h1></aside>`, "Ferry stays"},
		{"a better candidate won", head, `<h1>Ferry stays in port</h1><h1>Ferry stays in port, again</h1>`, "Ferry stays in port, again"},
	} {
		p := page(t, "/ferry", c.head, c.body+prose)
		p.Explanation = &article.Explanation{}
		headline.Title(p)
		if !explained(p, c.heading, c.name) {
			t.Errorf("%q: not among %+v", c.name, p.Explanation.Fields)
		}
	}
}

const long = `The ferry that crosses the bay stays in port for a third day and all those who have to go to work on the other side of it have to go around by bus as the part of the engine that was ordered in May has not been sent and nobody says when it will be sent at all`

// explained reports whether a candidate has a piece of evidence, or lost by it.
func explained(p *doc.Page, value, why string) bool {
	return slices.ContainsFunc(p.Explanation.Fields, func(c article.Candidate) bool {
		return c.Value == value && (c.Why == why || slices.ContainsFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == why }))
	})
}

func TestH1Text(t *testing.T) {
	for body, want := range map[string]string{
		`<nav><h1>Menu</h1></nav><h1>Ferry</h1><h1>Bus</h1>`: "Ferry",
		`<h2>Ferry</h2>`: "",
	} {
		if got := headline.H1Text(page(t, "/", "", body)); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

func FuzzTitle(f *testing.F) {
	f.Add("Ferry | Bay", `<span class="kicker">A</span><span hidden>:</span> <b>Ferry</b>`, `{"@type":"NewsArticle","headline":"Ferry"}`)
	f.Add(" - | - ", `<h2><small>`, `[`)
	f.Add("Ferry", `Ferry<span hidden> - </span><small>A</small>`, ``)
	f.Fuzz(func(t *testing.T, title, h1, ld string) {
		p := doctest.Page(t, `<title>`+title+`</title><script type="application/ld+json">`+ld+`</script><h1>`+h1+`</h1>`+prose)
		got, from := headline.Title(p)
		if (got == "") != (from.From == "") {
			t.Errorf("got %q from %q", got, from.From)
		}
		if s := headline.Subtitle(p, got); (s.Text == "") != (s.First == nil) {
			t.Errorf("got the standfirst %+v", s)
		}
	})
}
