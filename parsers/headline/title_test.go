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
		{"site's name as h1, a link home", `<title>Ferry stays in port | Bay Notes</title>`,
			`<h1><a href="/">Bay Notes</a></h1><h2>Ferry stays in port</h2>` + prose, "Ferry stays in port", "dom:h2"},
		{"logo as h1", `<title>Ferry stays in port</title>`,
			`<header><h1 class="logo"><a href="/">The paper of the bay</a></h1></header><div><h2>Ferry stays in port</h2>` + prose + `</div>`, "Ferry stays in port", "dom:h2"},
		{"kicker without colon", `<title>Traffic - Ferry stays in port</title><meta property="og:title" content="Traffic - Ferry stays in port">`,
			`<article><h1><span class="overline">Traffic</span>Ferry stays in port</h1>` + prose + `</article>`, "Ferry stays in port", "dom:h1"},
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
		{"title of a drawing", ``, `<svg><title>Menu</title></svg><h2>Ferry stays in port</h2>` + prose, "Ferry stays in port", "dom:h2"},
		{"site's name as h1, that nothing calls so", `<title>Ferry stays in port - The Daily Gull</title>`,
			`<h1>The Daily Gull</h1><h2>Ferry stays in port</h2>` + prose, "Ferry stays in port", "dom:h2"},
		{"site's name first, with a colon", `<title>The Daily Gull: Ferry stays in port</title>`,
			`<h1>The Daily Gull</h1><h2>Ferry stays in port</h2>` + prose + `<h2>The second week</h2>` + prose, "Ferry stays in port", "dom:h2"},
		{"paragraph as h1", `<title>Best harbour works of 2024 | Gull</title><meta property="og:title" content="Best harbour works of 2024">`,
			`<h1>Learn which of the harbour works bring the best return to the town, and get the tips of people who built them on how to reckon it. We show what the piers cost.</h1>` + prose, "Best harbour works of 2024", "meta:og:title"},
		{"kicker in a span, declared by all", `<title>Traffic: Ferry stays in port | Gull</title><meta property="og:title" content="Traffic: Ferry stays in port">`,
			`<h1><span class="kicker">Traffic</span><span class="hide">: </span><span>Ferry stays in port</span></h1>` + prose, "Traffic: Ferry stays in port", "dom:h1"},
		{"kicker in a span, not declared", `<title>Ferry stays in port | Gull</title><meta property="og:title" content="Ferry stays in port">`,
			`<h1><span>Traffic: </span><span>Ferry stays in port</span></h1>` + prose, "Ferry stays in port", "dom:h1"},
		{"section after the title", `<title>Ferry stays in port | Traffic</title>`, prose, "Ferry stays in port", "title"},
		{"nothing", ``, prose, "", ""},
	} {
		got, from := headline.Title(page(t, "/traffic/2024/ferry-stays-in-port/", c.head, c.body))
		if got != c.want || from.From != c.from {
			t.Errorf("%s: got %q from %q, want %q from %q", c.name, got, from.From, c.want, c.from)
		}
	}
}

// What a page says of itself beside its headline must not become the title, whatever
// script and markup it is in.
func TestTitleKinds(t *testing.T) {
	const han = `<p>港口的疏浚工程又推迟了，镇书记没有说明理由，渔民们只好在码头上等待消息。船长说他们已经等了三个星期，没有人告诉他们什么时候可以出海。</p>`
	for _, c := range []struct{ name, head, body, want string }{
		{"pilcrow", `<title>Ferry stays in port — bay manual 4.2</title>`, `<h1>Ferry stays in port<a class="headerlink" href="#x" title="Permalink">¶</a></h1>` + prose, "Ferry stays in port"},
		{"hash before", `<title>Ferry stays in port</title>`, `<h1><a class="anchor" href="#x">#</a> Ferry stays in port</h1>` + prose, "Ferry stays in port"},
		{"footnote star", `<title>Ferry stays in port - Bay Times</title>`, `<h1><span>Ferry stays in port</span><a href="#fn1" class="label">☆</a></h1>` + prose, "Ferry stays in port"},
		{"footnote number", `<title>Ferry stays in port - Bay Times</title>`, `<h1>Ferry stays in port<sup><a href="#fn1">[1]</a></sup></h1>` + prose, "Ferry stays in port"},
		{"edit link", `<title>Ferry stays in port</title>`, `<h1>Ferry stays in port<span class="mw-editsection">[<a href="/e?s=1">edit</a>]</span></h1>` + prose, "Ferry stays in port"},
		{"edit link in German", `<title>Ferry stays in port</title>`, `<h1>Ferry stays in port <span class="x">[<a href="/e?s=1">Bearbeiten</a>]</span></h1>` + prose, "Ferry stays in port"},
		{"button that copies", `<title>Ferry stays in port</title>`, `<h1>Ferry stays in port<button>Copy link</button></h1>` + prose, "Ferry stays in port"},
		{"for screen readers", `<title>Ferry stays in port</title>`, `<h1><span class="screen-reader-text">Article: </span>Ferry stays in port</h1>` + prose, "Ferry stays in port"},
		{"once for each screen", `<title>Ferry stays in port</title>`, `<h1><span class="desktop">Ferry stays in port</span><span class="mobile">Ferry stays in port</span></h1>` + prose, "Ferry stays in port"},
		{"line break", `<title>Ferry stays in port for a third day</title>`, `<h1>Ferry stays in port<br>for a third day</h1>` + prose, "Ferry stays in port for a third day"},
		{"name of an application", `<title>Ferry stays in port</title><meta property="og:title" content="Ferry stays in port"><meta property="og:site_name" content="QBN"><meta name="application-name" content="Ferry stays in port">`,
			`<header><h1><a href="/en">qbn <span>back to qbn home</span></a> <a href="/en/news">news</a></h1></header><main><h1>Ferry stays in port</h1>` + prose + `</main>`, "Ferry stays in port"},
		{"blog first", `<title>Quay Blog &raquo; Ferry stays in port</title>`,
			`<div id="header"><h1><a href="/">Quay Blog</a></h1></div><div class="post"><h2>Ferry stays in port</h2>` + prose + `</div>`, "Ferry stays in port"},
		{"underscores", `<title>港口疏浚工程再次推迟_智能_好港日报</title>`, `<header><h1><a href="/">好港日报</a></h1></header><article><h2>港口疏浚工程再次推迟</h2>` + han + han + `</article>`, "港口疏浚工程再次推迟"},
		{"full-width bar", `<title>港口疏浚工程再次推迟｜好港日报</title>`, `<header><a href="/">好港日报</a></header><article><h2>港口疏浚工程再次推迟</h2>` + han + han + `</article>`, "港口疏浚工程再次推迟"},
		{"dash without spaces", `<title>港口疏浚工程再次推迟－好港日报</title>`, `<div class="logo"><a href="/">好港日报</a></div><div><h1>港口疏浚工程再次推迟</h1>` + han + han + `</div>`, "港口疏浚工程再次推迟"},
		{"colon and corner brackets", `<title>潮位表を描ける「Shiohyo」:港の開発日誌</title>`, `<div class="logo"><a href="/">港の開発日誌</a></div><div class="entry"><h3>潮位表を描ける「Shiohyo」</h3>` + han + han + `</div>`, "潮位表を描ける「Shiohyo」"},
		{"song", `<title>The Quay Band – Silver Tide Lyrics - Harbour Review</title>`,
			`<main><article><h1>Silver Tide</h1><h2><a href="/artists/quay-band">The Quay Band</a></h2>` + prose + `</article></main>`, "Silver Tide"},
		{"right to left", `<title>العبارة باقية في الميناء | صحيفة الخليج</title><meta property="og:site_name" content="صحيفة الخليج">`,
			`<main><h1>العبارة باقية في الميناء</h1>` + prose + `</main>`, "العبارة باقية في الميناء"},
	} {
		if got, _ := headline.Title(page(t, "/n/7", c.head, c.body)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Each row shows a piece of evidence, by a candidate that has it.
func TestTitleEvidence(t *testing.T) {
	const head = `<title>Ferry stays in port</title>`
	const ferry = "Ferry stays in port"
	for _, c := range []struct{ piece, head, body, candidate string }{
		{"words shared with declared titles, most", head, `<h1>Ferry back in port</h1>`, "Ferry back in port"},
		{"in article or main", head, `<main><h1>Ferry stays in port</h1></main>`, ferry},
		{"class name of a title", head, `<h1 class="entry-title">Ferry stays in port</h1>`, ferry},
		{"level of its heading", head, `<h3>Ferry stays in port</h3>`, ferry},
		{"declared titles that agree", head, `<h1>Ferry stays in port</h1>`, ferry},
		{"JSON-LD headline", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry stays in port"}</script>`, ``, ferry},
		{"og:title", `<meta property="og:title" content="Ferry stays in port">`, ``, ferry},
		{"twitter:title", `<meta name="twitter:title" content="Ferry stays in port">`, ``, ferry},
		{"title element", head, ``, ferry},
		{"is the publication's or a section's name", head, `<h1>Bay Times</h1>`, "Bay Times"},
		{"what is cut off stands on the page by itself", `<title>Ferry stays in port / The Shore</title>`, `<h1>The Shore</h1><h2>Ferry stays in port</h2>`, ferry},
		{"words shared with the h1 of the content", head, `<h1>Crossing of the ferry is off</h1>`, ferry},
	} {
		p := page(t, "/ferry", c.head, c.body+prose)
		p.Explanation = &article.Explanation{}
		headline.Title(p)
		if !explained(p, c.candidate, c.piece) {
			t.Errorf("%q: not among %+v", c.piece, p.Explanation.Fields)
		}
	}
}

// A heading that is no headline must not become the title.
func TestNoTitle(t *testing.T) {
	for name, body := range map[string]string{
		"lower-level heading that is not a declared title": `<h2>Ferry in port</h2>`,
		"site's name":   `<h1>Bay Times</h1>`,
		"logo":          `<h1 class="site-logo">Ferry of the bay</h1>`,
		"aside":         `<aside><h1>Ferry stays</h1></aside>`,
		"second of two": `<h1>Ferry stays in port</h1><h1>Ferry stays in port, again</h1>`,
	} {
		if got, from := headline.Title(page(t, "/ferry", `<title>Ferry stays in port</title>`, body+prose)); got != "Ferry stays in port" {
			t.Errorf("%s: got %q from %q", name, got, from.From)
		}
	}
}

// explained reports whether a candidate has a piece of evidence, or lost by it.
func explained(p *doc.Page, value, why string) bool {
	return slices.ContainsFunc(p.Explanation.Fields, func(c article.Candidate) bool {
		return c.Value == value && (c.Why == why || slices.ContainsFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == why && e.Value != 0 }))
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
