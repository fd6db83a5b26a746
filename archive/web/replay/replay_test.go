package replay

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var captured = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func source(t testing.TB, raw string) Source {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return Source{URL: u, Time: captured, Key: "k"}
}

// body is what a page becomes, between the body's tags.
func body(t *testing.T, page string) string {
	t.Helper()
	out, _ := HTML([]byte(page), source(t, "https://paper.example/a/story?n=1"), Options{})
	checkPage(t, out)
	_, after, _ := strings.Cut(string(out), "<body>")
	before, _, _ := strings.Cut(after, "</body>")
	return before
}

func TestHTML(t *testing.T) {
	const im, page = "/raw/20260102030405im_~k/https://paper.example", "/raw/20260102030405/https://paper.example"
	for _, test := range []struct{ name, in, want string }{
		{"link", `<a href="../b?x=1&amp;y#part" target="_top" ping="https://spy.example/">b</a>`, `<a href="` + page + `/b?x=1&amp;y#part">b</a>`},
		{"fragment", `<a href="#part">b</a>`, `<a href="#part">b</a>`},
		{"fragment of the same page", `<a href="https://paper.example/a/story?n=1#part">b</a>`, `<a href="#part">b</a>`},
		{"script in a link", "<a href=\" java\tscript:alert(1)\">b</a>", `<a>b</a>`},
		{"data in a link", `<a href="data:text/html,x">b</a>`, `<a>b</a>`},
		{"mail", `<a href="mailto:desk@paper.example">b</a>`, `<a>b</a>`},
		{"picture", `<img src=/p.png onerror=alert(1) alt="http://x">`, `<img src="` + im + `/p.png" alt="http://x"/>`},
		{"srcset", `<img srcset="/a,b.png 1x, //cdn.example/c.png 2x,d.png">`, `<img srcset="` + im + `/a,b.png 1x, /raw/20260102030405im_~k/https://cdn.example/c.png 2x, ` + im + `/a/d.png"/>`},
		{"lazy", `<img src="data:image/gif;base64,R0" data-src="/p.png" class="lazyload wide">`, `<img src="` + im + `/p.png" class="wide"/>`},
		{"lazy and noscript", `<img data-src="/p.png"><noscript><img src="/p.png"><img src="/q.png"></noscript>`, `<img src="` + im + `/p.png"/><img src="` + im + `/q.png"/>`},
		{"not lazy", `<img src="/small.png" data-src="https://x.example/p.png">`, `<img src="` + im + `/small.png"/>`},
		{"lazy film", `<video><source data-src=v.mp4></video>`, `<video><source src="` + im + `/a/v.mp4"/></video>`},
		{"lazy background", `<p data-bg="/p.png" style="color: red">x</p>`, `<p style="background-image: url(&#34;` + im + `/p.png&#34;); color: red">x</p>`},
		{"poster", `<video poster=/p.png autoplay><source src=v.mp4></video>`, `<video poster="` + im + `/p.png"><source src="` + im + `/a/v.mp4"/></video>`},
		{"style", `<p style="background: URL(/p.png); color: red">x</p>`, `<p style="background: url(&#34;` + im + `/p.png&#34;); color: red">x</p>`},
		{"script", `<script src=x></script><p onclick="x()">x</p>`, `<p>x</p>`},
		{"noscript", `<noscript>&lt;a href=http://live.example/></noscript>`, `&lt;a href=http://live.example/&gt;`},
		{"form", `<form action="https://live.example/" target=_top><button formaction="//x.example">b</button></form>`, `<form><button>b</button></form>`},
		{"frame", `<iframe src="/f" srcdoc="<script>"></iframe>`, `<span class="newsmorgue-frame"><a href="` + page + `/f">[frame: paper.example]</a></span>`},
		{"object", `<object data="/d.swf"><param name=x value=y><img src=/p.png></object>`, `<span class="newsmorgue-frame"><a href="` + page + `/d.swf">[frame: paper.example]</a><img src="` + im + `/p.png"/></span>`},
		{"object with a picture", `<object data="/d.svg" type="image/svg+xml">x</object>`, `<img src="` + im + `/d.svg" alt=""/>`},
		{"embed", `<embed src="javascript:x">`, `<span class="newsmorgue-frame"></span>`},
		{"drawing", `<svg><script>x</script><use href="/s.svg#a"/><use xlink:href="#b"/><use href="data:image/svg+xml,x"/><image href="/p.png"/><a xlink:href="javascript:x"><path d="M0 0" fill="url(//x.example/#a)"/><animate attributeName=href to="javascript:x"/></a></svg>`,
			`<svg><use href="` + im + `/s.svg#a"></use><use xlink:href="#b"></use><use></use><image href="` + im + `/p.png"></image><a><path d="M0 0" fill="url(&#34;/raw/20260102030405im_~k/https://x.example/#a&#34;)"></path></a></svg>`},
		{"comment", `<!--[if IE]><script src=x></script><![endif]--><p>x</p>`, `<p>x</p>`},
		{"data", `<p data-a="https://x.example/" data-b="1" data-c="//x">x</p>`, `<p data-b="1">x</p>`},
		{"plaintext", `<plaintext></plaintext><a href="//x">`, `<pre>&lt;/plaintext&gt;&lt;a href=&#34;//x&#34;&gt;</pre>`},
		{"xmp", `<xmp><a href="//x"></xmp>`, `<pre>&lt;a href=&#34;//x&#34;&gt;</pre>`},
		{"template", `<template shadowrootmode=open><a href="//x.example/">x</a></template>`, `<template shadowrootmode="open"><a href="/raw/20260102030405/https://x.example/">x</a></template>`},
		{"style element", `<style>p{background:url(/p.png)}/*</style>*/`, `<style>p{background:url("` + im + `/p.png")}/**/</style>*/`},
		{"a frame's end", `<p title="</iframe><script>x</script>">x</p>`, `<p title="&lt;/iframe&gt;&lt;script&gt;x&lt;/script&gt;">x</p>`},
	} {
		if got := body(t, "<body>"+test.in); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestHead(t *testing.T) {
	out, r := HTML([]byte(`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html manifest=x><head>
		<meta charset=iso-8859-1><meta http-equiv=Content-Security-Policy content="img-src 'none'"><meta http-equiv=refresh content="0; URL='/next'">
		<meta name=viewport content="width=device-width"><meta property=og:image content=https://x.example/p.png>
		<base href="https://cdn.example/x/"><base href="https://evil.example/"><title> A
		story </title><link rel=preconnect href=https://cdn.example><link rel="dns-prefetch" href="//x"><link rel=prefetch href=/y><link rel=preload as=font href=f.woff>
		<link rel="stylesheet" href=a.css integrity=x><link rel=preload as=style href=b.css onload="this.rel='stylesheet'"><link rel="shortcut icon" href=i.ico>
		<link rel=manifest href=m><link rel=alternate href=/feed><link rel=canonical href=/c></head><body><img src=p.png>`), source(t, "https://paper.example/a/story"), Options{})
	checkPage(t, out)
	want := `<head><meta charset="utf-8"/>|<meta name="viewport" content="width=device-width"/>|<title> A
		story </title>|<link rel="stylesheet" href="/raw/20260102030405cs_~k/https://cdn.example/x/a.css"/><link rel="stylesheet" href="/raw/20260102030405cs_~k/https://cdn.example/x/b.css"/>` +
		`<link rel="icon" href="/raw/20260102030405im_~k/https://cdn.example/x/i.ico"/>|</head><body>` +
		`<p class="newsmorgue-refresh"><a href="/raw/20260102030405/https://cdn.example/next">This page leads to https://cdn.example/next</a></p><img src="/raw/20260102030405im_~k/https://cdn.example/x/p.png"/></body></html>`
	_, got, _ := strings.Cut(string(out), "<html>")
	if squeeze(got) != squeeze(strings.ReplaceAll(want, "|", "")) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if r.Title != "A story" || r.Refresh != "https://cdn.example/next" || len(r.Embedded) != 4 {
		t.Errorf("got %+v", r)
	}
}

func squeeze(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "> <", "><")
}

func TestFrameset(t *testing.T) {
	out, r := HTML([]byte(`<frameset cols=2><frame src=/a><frame src=/b><noframes><a href=//x></a></noframes></frameset>`), source(t, "https://paper.example/"), Options{})
	checkPage(t, out)
	if strings.Count(string(out), "/raw/20260102030405/https://paper.example/") != 2 || r.Frames != 2 {
		t.Errorf("got %s", out)
	}
}

// TestDeep: pages nested deeper than html.Parse goes are shown, and rewritten.
func TestDeep(t *testing.T) {
	page := strings.Repeat("<div>", 10_000) + `<p>The end <img src="/p.png" onerror="x()"><a href="//live.example/">x</a><script>x()</script><style>p{color:red}</style>` +
		strings.Repeat("</div>", 10_000) + "<p>After it"
	start := time.Now()
	out, _ := HTML([]byte(page), source(t, "https://paper.example/"), Options{})
	checkPage(t, out)
	for _, want := range []string{"The end", "After it", "/raw/20260102030405im_~k/https://paper.example/p.png", "color:red"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("without %q: …%s", want, out[max(0, len(out)-500):])
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestLinear: a page of several megabytes of what is costly takes a few seconds at most.
func TestLinear(t *testing.T) {
	for name, part := range map[string]string{
		"pictures":   `<img srcset="a 1x, b 2x" style="background:url(c)">`,
		"noscript":   `<noscript><img src=a>`,
		"unclosed":   `<style>@import "a`,
		"urls":       `<style>p{background:url(</style>`,
		"formatting": `<b><i><p>`,
		"entities":   `<p title="&amp;&lt;">&copy;`,
		"attributes": `<p a b c d e f onclick=x style="` + strings.Repeat("(", 100) + `">`,
		"links":      `<a href="/x?` + strings.Repeat("y", 30) + `">`,
	} {
		page := []byte(strings.Repeat(part, (1<<20)/len(part)))
		start := time.Now()
		out, _ := HTML(page, source(t, "https://paper.example/"), Options{Marks: []Mark{{Text: "absent"}}})
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(out) > 64<<20 {
			t.Errorf("%s: %d bytes became %d", name, len(page), len(out))
		}
	}
}

func TestLong(t *testing.T) {
	page := "<p>x" + strings.Repeat(" ", MaxPage) + "<p>more"
	out, r := HTML([]byte(page), source(t, "https://paper.example/"), Options{})
	if !r.Cut || strings.Contains(string(out), "more") {
		t.Errorf("got cut %v", r.Cut)
	}
}

func TestMarks(t *testing.T) {
	const page = `<head><title>Ferry late</title></head><body><nav>Ferry late</nav><h1>Ferry <i>la</i>te</h1><p>Ferry later on. By <a href=/>Ann
		Doe</a>, <time datetime="2026-01-02T10:00Z">yesterday</time></p><p>One.</p><p>One.</p><textarea>Two</textarea>`
	out, r := HTML([]byte(page), source(t, "https://paper.example/"), Options{Marks: []Mark{
		{Text: "Ferry late", Within: []string{"h1"}}, {Text: "By Ann Doe"}, {Text: "Ann Doe"}, {Text: "2026-01-02", Value: "2026-01-02T10:00:00Z"}, {Text: "Two"}, {Text: "One.", Next: true}, {Text: "One.", Next: true},
	}})
	checkPage(t, out)
	_, got, _ := strings.Cut(string(out), "<body>")
	got = strings.ReplaceAll(strings.ReplaceAll(got, `<mark class="newsmorgue-evidence"`, "<mark"), `"newsmorgue-mark-`, `"`)
	want := `<nav>Ferry late</nav><h1><mark id="1">Ferry </mark><i><mark>la</mark></i><mark>te</mark></h1><p>Ferry later on. <mark id="2">By </mark>` +
		`<a href="/raw/20260102030405/https://paper.example/"><mark>Ann
		Doe</mark></a>, <time datetime="2026-01-02T10:00Z"><mark id="3">yesterday</mark></time></p><p><mark id="4">One.</mark></p><p><mark id="5">One.</mark></p><textarea>Two</textarea></body></html>`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if r.Marked[0] != 1 || r.Marked[2] != 0 || r.Marked[4] != 0 || !strings.Contains(string(out), "scroll-margin-block") {
		t.Errorf("got %v", r.Marked)
	}
}

func TestResolve(t *testing.T) {
	src := source(t, "https://paper.example/")
	src.Resolve = func(_ *url.URL, ref string) (*url.URL, error) { return url.Parse("https://other.example/" + ref) }
	if out, _ := HTML([]byte(`<img src=x>`), src, Options{}); !strings.Contains(string(out), "/https://other.example/x\"") {
		t.Errorf("got %s", out)
	}
}

// checkPage fails if a page could ask anything but the archive, whether scripts run or not.
func checkPage(t testing.TB, out []byte) {
	t.Helper()
	for _, scripting := range []bool{false, true} {
		doc, err := html.ParseWithOptions(strings.NewReader(string(out)), html.ParseOptionEnableScripting(scripting))
		if err != nil {
			t.Errorf("cannot be parsed again: %v", err)
			continue
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch strings.ToLower(n.Data) {
			case "script", "base", "iframe", "frame", "object", "embed", "applet", "noscript":
				t.Errorf("there is an element %s", n.Data)
			case "style":
				if n.FirstChild != nil {
					checkCSS(t, n.FirstChild.Data)
				}
			case "meta":
				if v, ok := attribute(n, "http-equiv"); ok {
					t.Errorf("there is a meta element with %s", v)
				}
			}
			for _, a := range n.Attr {
				checkAttribute(t, n, a)
			}
		}
	}
}

func checkAttribute(t testing.TB, n *html.Node, a html.Attribute) {
	t.Helper()
	inside := func(v string) bool {
		return strings.HasPrefix(v, "/raw/2") || strings.HasPrefix(v, "#") || strings.HasPrefix(v, "data:") && n.Data != "a" && n.Data != "area" && n.Data != "use"
	}
	switch {
	case texts[a.Key]:
	case a.Key == "href", a.Key == "src", a.Key == "poster", a.Key == "background":
		if !inside(a.Val) {
			t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
		}
	case a.Key == "srcset", a.Key == "imagesrcset":
		for v := range strings.SplitSeq(a.Val, ", ") {
			if !inside(v) {
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	case a.Key == "style":
		checkCSS(t, a.Val)
	case n.Namespace != "" && strings.Contains(a.Val, "("):
		checkCSS(t, a.Val)
	case strings.HasPrefix(strings.ToLower(a.Key), "on"), strings.Contains(a.Val, "//"), scripted(a.Val):
		t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
	}
	if uses[a.Key] == aDrop {
		t.Errorf("%s has %s", n.Data, a.Key)
	}
}
