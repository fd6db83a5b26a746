package replay

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestCSS(t *testing.T) {
	const im = `url("/raw/20260102030405im_~k/https://paper.example`
	for _, test := range []struct{ name, in, want string }{
		{"plain", `a>b{color:#fff;margin:-1.5em}`, `a>b{color:#fff;margin:-1.5em}`},
		{"url", `p{background:url( /a.png )}`, `p{background:` + im + `/a.png")}`},
		{"quoted", `p{background:url('b c.png')}`, `p{background:` + im + `/css/b%20c.png")}`},
		{"query", `p{background:url(a?b=1&c=2#d)}`, `p{background:` + im + `/css/a?b=1&c=2#d")}`},
		{"escaped name", `p{background:u\72 l(/a)}`, `p{background:` + im + `/a")}`},
		{"escaped address", `p{background:url(\2f a)}`, `p{background:` + im + `/a")}`},
		{"upper case", `p{background:URL("/a")}`, `p{background:` + im + `/a")}`},
		{"import", `@import "b.css" screen;p{background:url(/a)}`, `@import url("/raw/20260102030405cs_~k/https://paper.example/css/b.css") screen;p{background:` + im + `/a")}`},
		{"import of a url", `@IMPORT url(b.css) layer(x);`, `@IMPORT url("/raw/20260102030405cs_~k/https://paper.example/css/b.css") layer(x);`},
		{"escaped import", `@\69mport "b.css";`, `@\69mport url("/raw/20260102030405cs_~k/https://paper.example/css/b.css");`},
		{"import of data", `@import "data:text/css,p{}";`, `@import url("");`},
		{"image-set", `p{background:image-set("a.png" 1x, "b.png" type("image/png") 2x)}`, `p{background:image-set(` + im + `/css/a.png") 1x, ` + im + `/css/b.png") type("image/png") 2x)}`},
		{"font", `@font-face{src:url(f.woff2) format("woff2")}`, `@font-face{src:` + im + `/css/f.woff2") format("woff2")}`},
		{"data", `p{background:url(data:image/gif;base64,R0l=)}`, `p{background:url("data:image/gif;base64,R0l=")}`},
		{"fragment", `p{filter:url(#f)}`, `p{filter:url("#f")}`},
		{"script", `p{background:url(javascript:x)}`, `p{background:url("")}`},
		{"comment", `a/* url(http://x) */b`, `a/**/b`},
		{"unclosed comment", `a/* b`, `a/**/`},
		{"string", `p:after{content:"\201C x"}`, `p:after{content:"“x"}`},
		{"string across lines", "p:after{content:\"a\\\nb\"}", `p:after{content:"ab"}`},
		{"variable", `:root{--a:"https://x.example/p"}`, `:root{--a:"/raw/20260102030405im_~k/https://x.example/p"}`},
		{"attribute", `a[href^="https://x.example"]{color:red}`, `a[href^="https://x.example"]{color:red}`},
		{"charset", `@charset "iso-8859-1";p{}`, ` p{}`},
		{"charset that parts a comment", `/@charset "";* url(//x)`, `/ * url("/raw/20260102030405im_~k/https://x")`},
		{"end of the element", `p:after{content:"</style><script>"}`, `p:after{content:"\3C /style>\3C script>"}`},
		{"a tag", `p{}</style><script>`, `p{}< /style>< script>`},
		{"range", `@media (400px<=width<900px){}`, `@media (400px<=width<900px){}`},
		{"bad address", `p{background:url(a b"c) url(/d)}`, `p{background:` + im + `/css/a")`},
		{"after a hash", `#url(/a)`, `#` + im + `/a")`},
		{"end", `p{background:url(`, `p{background:url("")`},
		{"backslash", `\`, ` `},
	} {
		got := string(CSS([]byte(test.in), source(t, "https://paper.example/css/a.css")))
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
		checkCSS(t, got)
	}
}

var (
	cssEscape  = regexp.MustCompile(`\\([0-9a-fA-F]{1,6})\s?|\\(.)`)
	cssData    = regexp.MustCompile(`url\("data:[^"]*"\)`)
	cssAddress = regexp.MustCompile(`(?i)url\(\s*["']?([^"')]{0,12})|@import\s*([^;]{0,12})`)
)

// checkCSS fails if a style sheet could ask anything but the archive. It reads CSS in
// another way than the rewriting does.
func checkCSS(t testing.TB, sheet string) {
	t.Helper()
	sheet = cssData.ReplaceAllString(strings.ReplaceAll(sheet, "/**/", ""), "")
	plain := cssEscape.ReplaceAllStringFunc(sheet, func(e string) string {
		if n, err := strconv.ParseInt(strings.TrimSpace(e[1:]), 16, 32); err == nil {
			return string(rune(n))
		}
		return e[1:]
	})
	for _, text := range []string{sheet, plain} {
		for _, m := range cssAddress.FindAllStringSubmatch(text, -1) {
			to := strings.TrimPrefix(m[1]+m[2], `url("`)
			if to != "" && to != `")` && !strings.HasPrefix(to, "/raw/2") && !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "data:") {
				t.Errorf("%q is in %.300s", m[0], sheet)
			}
		}
	}
	if strings.Contains(strings.ToLower(sheet), "</style") || strings.Contains(sheet, "<!--") {
		t.Errorf("the end of an element is in %.300s", sheet)
	}
}

func FuzzCSS(f *testing.F) {
	f.Add(`@import "x"; p{background:image-set("a" 1x) url(b) u\72l('c')}`)
	f.Add("/*\\*/url(//x)\"\n'url(//y)")
	f.Fuzz(func(t *testing.T, sheet string) {
		out := CSS([]byte(sheet), source(t, "https://paper.example/"))
		if again := CSS(out, source(t, "https://paper.example/")); len(again) > 2*len(out)+100 {
			t.Errorf("%q became %q, then %q", sheet, out, again)
		}
		if strings.Contains(strings.ToLower(string(out)), "</style") {
			t.Errorf("%q became %q", sheet, out)
		}
	})
}

func FuzzHTML(f *testing.F) {
	f.Add(`<svg><style><img src=x onerror=x></style><a xlink:href="//x">`)
	f.Add(`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x&gt;">`)
	f.Add(`<noscript><p title="</noscript><img src=x onerror=x>">`)
	f.Add(`<form><math><mtext></form><form><mglyph><style></math><img src onerror=x>`)
	f.Add(`<select><style><a href="//x"></style></select><plaintext>`)
	f.Fuzz(func(t *testing.T, page string) {
		out, _ := HTML([]byte(page), source(t, "https://paper.example/"), Options{Marks: []Mark{{Text: "x"}}})
		checkPage(t, out)
	})
}
