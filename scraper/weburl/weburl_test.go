package weburl_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

func Example() {
	page, _ := url.Parse("https://a.example/news/today")
	b := weburl.NewBase(page, nil)
	for _, ref := range []string{"story?id=1", `\sport\`, "//MÜNCHNER-post.example:443/90%+off", "http:\n//0x7f.1/", "mailto:desk@a.example"} {
		fmt.Println(b.Parse(ref))
	}
	// Output:
	// https://a.example/news/story?id=1 <nil>
	// https://a.example/sport/ <nil>
	// https://xn--mnchner-post-dlb.example/90%25+off <nil>
	// http://127.0.0.1/ <nil>
	// <nil> the scheme is neither http nor https
}

const testBase = "https://a.example/dir/page?old=1"

// TestParse has the rules of the URL Standard as far as http and https need them; an
// empty result with an error.
func TestParse(t *testing.T) {
	tests := []struct {
		ref, want string
		err       error
	}{
		// Relative references.
		{"", "https://a.example/dir/page?old=1", nil},
		{"#top", "https://a.example/dir/page?old=1", nil},
		{"?", "https://a.example/dir/page", nil},
		{"?a=1#x", "https://a.example/dir/page?a=1", nil},
		{"story", "https://a.example/dir/story", nil},
		{"./story", "https://a.example/dir/story", nil},
		{"../story", "https://a.example/story", nil},
		{"../../../story", "https://a.example/story", nil},
		{"..", "https://a.example/", nil},
		{".", "https://a.example/dir/", nil},
		{"/story#x?y", "https://a.example/story", nil},
		{"/story?x#y#z", "https://a.example/story?x", nil},
		{"//b.example", "https://b.example/", nil},
		{"//b.example/x", "https://b.example/x", nil},
		{"///b.example/x", "https://b.example/x", nil},
		{"2026:11:story", "https://a.example/dir/2026:11:story", nil}, // a scheme begins with a letter
		{"über:uns", "https://a.example/dir/%C3%BCber:uns", nil},
		{"/a//b", "https://a.example/a//b", nil},
		{"/a//../b", "https://a.example/a/b", nil},
		{"/a/b;x=1,2", "https://a.example/a/b;x=1,2", nil},
		{"/a/(b)!*'", "https://a.example/a/(b)!*'", nil},

		// What is around and in a reference.
		{"  /story \n", "https://a.example/story", nil},
		{"\x00\x1f/story\x07", "https://a.example/story", nil},
		{"/sto\nry/\t2026\r\n/x", "https://a.example/story/2026/x", nil},
		{"ht\ntps:\t//b.exa\rmple/x", "https://b.example/x", nil},
		{"/a b", "https://a.example/a%20b", nil},
		{"/a\u00a0b", "https://a.example/a%C2%A0b", nil},
		{"\u00a0/a", "https://a.example/dir/%C2%A0/a", nil}, // is not stripped

		// Schemes and slashes.
		{"HTTPS://b.example/X", "https://b.example/X", nil},
		{"http://b.example", "http://b.example/", nil},
		{"http:b.example/x", "http://b.example/x", nil}, // not the scheme of the base
		{"http:/b.example/x", "http://b.example/x", nil},
		{"http:///b.example/x", "http://b.example/x", nil},
		{`http:\\b.example\x\y?q=\`, "http://b.example/x/y?q=%5C", nil},
		{"https:story", "https://a.example/dir/story", nil}, // the scheme of the base
		{"https:/story", "https://a.example/story", nil},
		{`https:\\b.example/x`, "https://b.example/x", nil},
		{`\story`, "https://a.example/story", nil},
		{`\\b.example\x`, "https://b.example/x", nil},
		{`/\b.example/x`, "https://b.example/x", nil},
		{`..\up\x`, "https://a.example/up/x", nil},
		{"mailto:a@b.example", "", weburl.ErrScheme},
		{"java\nscript:x()", "", weburl.ErrScheme},
		{"data:text/html,x", "", weburl.ErrScheme},
		{"localhost:8080/x", "", weburl.ErrScheme},
		{"ftp://b.example/", "", weburl.ErrScheme},

		// Dot segments, also in escapes.
		{"/a/%2e%2E/b/%2e/c", "https://a.example/b/c", nil},
		{"/a/.%2e", "https://a.example/", nil},
		{"/a/%2e", "https://a.example/a/", nil},
		{"/a/.../b/..c", "https://a.example/a/.../b/..c", nil},
		{"/a/..?x=../y", "https://a.example/?x=../y", nil},

		// Escapes.
		{"/90%+of+My", "https://a.example/90%25+of+My", nil},
		{"/100%", "https://a.example/100%25", nil},
		{"/a%2", "https://a.example/a%252", nil},
		{"/a%zz?b=%&c=%u0416", "https://a.example/a%25zz?b=%25&c=%25u0416", nil},
		{"/%e4%2F%41", "https://a.example/%e4%2F%41", nil}, // normalized by Normalize
		{"/straße/日本?q=日本#日本", "https://a.example/stra%C3%9Fe/%E6%97%A5%E6%9C%AC?q=%E6%97%A5%E6%9C%AC", nil},
		{"/a\xfcb?c=\xfc", "https://a.example/a%FCb?c=%FC", nil},
		{"/a\"<>[]^`{|}b", "https://a.example/a%22%3C%3E%5B%5D%5E%60%7B%7C%7Db", nil},
		{"?a=\"<>[]^`{|}'b", "https://a.example/dir/page?a=%22%3C%3E%5B%5D%5E%60%7B%7C%7D%27b", nil},
		{"?a=b&amp;c=d", "https://a.example/dir/page?a=b&amp;c=d", nil}, // escaped once too often: as browsers
		{"?q=a+b c", "https://a.example/dir/page?q=a+b%20c", nil},

		// Hosts.
		{"http://B.Example./x", "http://b.example./x", nil},
		{"http://münchner-post.example/", "http://xn--mnchner-post-dlb.example/", nil},
		{"http://MÜNCHNER-POST.example/", "http://xn--mnchner-post-dlb.example/", nil},
		{"http://m%C3%BCnchner-post.example/", "http://xn--mnchner-post-dlb.example/", nil},
		{"http://M%c3%9cNCHNER%2Dpost.example/", "http://xn--mnchner-post-dlb.example/", nil},
		{"http://XN--MNCHNER-POST-DLB.example/", "http://xn--mnchner-post-dlb.example/", nil},
		{"http://m\xfcnchner-post.example/", "http://xn--mnchner-post-dlb.example/", nil}, // ISO 8859-1
		{"http://mu\u0308nchner-post.example/", "http://xn--mnchner-post-dlb.example/", nil},
		{"http://straße.example/", "http://xn--strae-oqa.example/", nil}, // not strasse: non-transitional
		{"http://新闻。example/", "http://xn--efvy88h.example/", nil},
		{"http://ａ.ｅxample/", "http://a.example/", nil},
		{"http://so\u00adft.zero\u200bwidth.example/", "http://soft.zerowidth.example/", nil},
		{"http://under_score.b.example/", "http://under_score.b.example/", nil},
		{"http://a--b.-c-.example/", "http://a--b.-c-.example/", nil},
		{"http://%41.example/", "http://a.example/", nil},
		{"http://a\u200cb.example/", "", weburl.ErrHost}, // a joiner between letters that do not join
		{"http://xn--a/", "", weburl.ErrHost},
		{"http://xn--/", "", weburl.ErrHost},
		{"http://\u00ad/", "", weburl.ErrHost},
		{"http://a b.example/", "", weburl.ErrHost},
		{"http://a%20b.example/", "", weburl.ErrHost},
		{"http://a%00b/", "", weburl.ErrHost},
		{"http://a%2Fb/", "", weburl.ErrHost},
		{"http://a%zzb/", "", weburl.ErrHost},
		{"http://a%FCb/", "", weburl.ErrHost},
		{"http://{{host}}/", "", weburl.ErrHost},
		{"http://a|b/", "", weburl.ErrHost},
		{"http://a!b/", "", weburl.ErrHost},
		{"http://" + strings.Repeat("ü.", 1000), "", weburl.ErrHost},
		{"http://≠/", "http://xn--1ch/", nil},
		{"http://", "", weburl.ErrNoHost},
		{"http:///", "", weburl.ErrNoHost},
		{"http://?x", "", weburl.ErrNoHost},
		{"http://:80/", "", weburl.ErrNoHost},
		{"http://user@/x", "", weburl.ErrNoHost},

		// IPv4 and IPv6.
		{"http://127.1/", "http://127.0.0.1/", nil},
		{"http://0x7f.1/", "http://127.0.0.1/", nil},
		{"http://0X7F000001/", "http://127.0.0.1/", nil},
		{"http://2130706433/", "http://127.0.0.1/", nil},
		{"http://017700000001/", "http://127.0.0.1/", nil},
		{"http://192.168.0.1./", "http://192.168.0.1/", nil},
		{"http://192.168.257/", "http://192.168.1.1/", nil},
		{"http://%30x%37f.1/", "http://127.0.0.1/", nil},
		{"http://０Ｘ７ｆ．１/", "http://127.0.0.1/", nil},
		{"http://0x/", "http://0.0.0.0/", nil},
		{"http://256.0.0.1/", "", weburl.ErrHost},
		{"http://1.2.3.4.5/", "", weburl.ErrHost},
		{"http://4294967296/", "", weburl.ErrHost},
		{"http://0xffffffffffffffffffff/", "", weburl.ErrHost},
		{"http://a.08/", "", weburl.ErrHost},
		{"http://1..2/", "", weburl.ErrHost},
		{"http://1.2.b/", "http://1.2.b/", nil},
		{"http://a.0xg/", "http://a.0xg/", nil},
		{"http://[::1]/", "http://[::1]/", nil},
		{"http://[2001:DB8:0:0::1]:8080/", "http://[2001:db8::1]:8080/", nil},
		{"http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", nil},
		{"http://[::1/", "", weburl.ErrHost},
		{"http://[::1]x/", "", weburl.ErrHost},
		{"http://[fe80::1%25en0]/", "", weburl.ErrHost},
		{"http://[1.2.3.4]/", "", weburl.ErrHost},

		// Ports and credentials.
		{"http://b.example:80/", "http://b.example/", nil},
		{"https://b.example:443/", "https://b.example/", nil},
		{"https://b.example:80/", "https://b.example:80/", nil},
		{"http://b.example:/", "http://b.example/", nil},
		{"http://b.example:00080/", "http://b.example/", nil},
		{"http://b.example:65535/", "http://b.example:65535/", nil},
		{"http://b.example:65536/", "", weburl.ErrPort},
		{"http://b.example:8a/", "", weburl.ErrPort},
		{"http://b.example:-1/", "", weburl.ErrPort},
		{"http://user:pass@b.example/", "http://user:pass@b.example/", nil},
		{"http://a@b:c%zz@b.example/", "http://a%40b:c%25zz@b.example/", nil},
		{"http://@b.example/", "http://b.example/", nil},
		{`http://b.example\@c.example/`, "http://b.example/@c.example/", nil},
	}
	base := weburl.NewBase(parse(t, testBase), nil)
	for _, tt := range tests {
		got, err := base.Parse(tt.ref)
		switch {
		case tt.err != nil:
			if !errors.Is(err, tt.err) || got != nil {
				t.Errorf("%q: got %v, %v, want %v", tt.ref, got, err, tt.err)
			}
		case err != nil || got.String() != tt.want:
			t.Errorf("%q: got %v, %v, want %s", tt.ref, got, err, tt.want)
		default:
			checkURL(t, tt.ref, got)
		}
	}
}

func parse(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// validURI are the characters of a URI, without those of a fragment.
const validURI = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?[]@!$&'()*+,;=%"

// checkURL checks what is true of every result: it is a valid URI, net/url and Parse
// read it back to the same text, and it has one normal form.
func checkURL(t *testing.T, ref string, u *url.URL) {
	t.Helper()
	text := u.String()
	if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(validURI, r) }); i >= 0 {
		t.Errorf("%q: %q has %q", ref, text, text[i:])
	}
	if strings.ContainsAny(u.EscapedPath()+u.RawQuery, "[]") || u.Host != strings.ToLower(u.Host) || !strings.HasPrefix(u.EscapedPath(), "/") || u.Fragment != "" {
		t.Errorf("%q: %q is not a valid URI without a fragment", ref, text)
	}
	if again, err := url.Parse(text); err != nil || again.String() != text || *withoutUser(again) != *withoutUser(u) {
		t.Errorf("%q: net/url reads %q as %#v, %v, not %#v", ref, text, again, err, u)
	}
	if again, err := weburl.Parse(text); err != nil || again.String() != text {
		t.Errorf("%q: reading %q again gives %v, %v", ref, text, again, err)
	}
	n, err := weburl.Normalize(u)
	if err != nil {
		if strings.Trim(u.Host, ".") != "" && !strings.HasSuffix(u.Hostname(), ".") {
			t.Errorf("%q: normalizing %q: %v", ref, text, err)
		}
		return
	}
	if again, err := weburl.Normalize(parse(t, n.String())); err != nil || again.String() != n.String() {
		t.Errorf("%q: normalizing %q twice gives %v, %v", ref, n, again, err)
	}
	if again, err := weburl.Parse(n.String()); err != nil || again.String() != n.String() {
		t.Errorf("%q: reading %q again gives %v, %v", ref, n, again, err)
	}
}

func withoutUser(u *url.URL) *url.URL {
	c := *u
	c.User = nil
	return &c
}

func TestNormalize(t *testing.T) {
	tests := []struct{ in, want string }{
		{"HTTP://A.Example:80", "http://a.example/"},
		{"https://a.example./x", "https://a.example/x"},
		{"https://a.example..:8443/x", "https://a.example:8443/x"},
		{"https://例え。テスト。/", "https://xn--r8jz45g.xn--zckzah/"},
		{"https://u:p@a.example/x#y", "https://a.example/x"},
		{"https://m%C3%BCnchner-post.example/", "https://xn--mnchner-post-dlb.example/"},
		{"https://a.example/%7Ejane/%7ejoe/~jim", "https://a.example/~jane/~joe/~jim"},
		{"https://a.example/caf%c3%a9/%41%2d%5F", "https://a.example/caf%C3%A9/A-_"},
		{"https://a.example/a%2fb%3Fc%23d", "https://a.example/a%2Fb%3Fc%23d"},
		{"https://a.example/a%2e%2e/%2e%2e/b", "https://a.example/b"},
		{"https://a.example/a//b/../c/", "https://a.example/a//c/"},
		{"https://a.example/a+b%20c%2Bd", "https://a.example/a+b%20c%2Bd"},
		{"https://a.example/x?b=%7e&a=%e4+%26&a=1", "https://a.example/x?b=~&a=%E4+%26&a=1"},
		{"https://a.example/x?a[]=1&q='y'", "https://a.example/x?a%5B%5D=1&q=%27y%27"},
		{"https://a.example/%25%34%31", "https://a.example/%2541"},
		{"https://a.example/x?", "https://a.example/x"},
		{"ftp://a.example/", ""},
		{"https:///x", ""},
		{"https://./", ""},
		{"https://a$b/", ""},
		{"https:x", ""},
	}
	for _, tt := range tests {
		u := parse(t, tt.in)
		before := *u
		got, err := weburl.Normalize(u)
		switch {
		case *u != before:
			t.Errorf("%s was changed", tt.in)
		case tt.want == "":
			if err == nil {
				t.Errorf("%s: got %s, want an error", tt.in, got)
			}
		case err != nil || got.String() != tt.want:
			t.Errorf("%s: got %v, %v, want %s", tt.in, got, err, tt.want)
		default:
			checkURL(t, tt.in, got)
		}
	}
}

// TestBase: what a document's references are relative to may be spelled in any way.
func TestBase(t *testing.T) {
	tests := []struct{ base, ref, want string }{
		{"http://m%C3%BCnchner-post.example/a/b", "c", "http://xn--mnchner-post-dlb.example/a/c"},
		{"http://a.example", "c", "http://a.example/c"},
		{"http://a.example/d%41/(x)/y", "c!", "http://a.example/d%41/(x)/c!"},
		{"http://u:p@a.example:80/d/", "c", "http://a.example/d/c"},
		{"http://a.example/a/../d/", "c", "http://a.example/d/c"},
		{"http://a.example/d?x#y", "", "http://a.example/d?x"},
		{"mailto:x@a.example", "c", ""},
		{"mailto:x@a.example", "http://a.example/c", "http://a.example/c"},
		{"mailto:x@a.example", "//a.example/c", ""},
		{"", "c", ""},
	}
	for _, tt := range tests {
		got, err := weburl.NewBase(parse(t, tt.base), nil).Parse(tt.ref)
		if tt.want == "" {
			if !errors.Is(err, weburl.ErrRelative) {
				t.Errorf("%s on %s: got %v, %v", tt.ref, tt.base, got, err)
			}
		} else if err != nil || got.String() != tt.want {
			t.Errorf("%s on %s: got %v, %v, want %s", tt.ref, tt.base, got, err, tt.want)
		}
	}
	if _, err := weburl.NewBase(nil, nil).Parse("x"); !errors.Is(err, weburl.ErrRelative) {
		t.Errorf("without a base: got %v", err)
	}
}

// TestQueryEncoding: the query is in the document's encoding, the path is not; a query
// in ASCII does not ask for it.
func TestQueryEncoding(t *testing.T) {
	asked := 0
	b := weburl.NewBase(parse(t, testBase), func(q string) string {
		asked++
		return strings.NewReplacer("ü", "\xfc", "表", "\x95\\", "新", "%26%2326032%3B").Replace(q)
	})
	tests := []struct{ ref, want string }{
		{"/ü?q=ü&p=%zz", "https://a.example/%C3%BC?q=%FC&p=%25zz"},
		{"?表", "https://a.example/dir/page?%95%5C"},
		{"?新", "https://a.example/dir/page?%26%2326032%3B"},
		{"http://ü.example/?ü#ü", "http://xn--tda.example/?%FC"},
	}
	for i, tt := range tests {
		if got, err := b.Parse(tt.ref); err != nil || got.String() != tt.want || asked != i+1 {
			t.Errorf("%s: got %v, %v, want %s; asked %d times", tt.ref, got, err, tt.want, asked)
		}
	}
	for _, ref := range []string{"/ü?q=x", "/x?q=%FC", "?#ü"} {
		if _, err := b.Parse(ref); err != nil || asked != len(tests) {
			t.Errorf("%s: %v; asked %d times", ref, err, asked)
		}
	}
}

func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for ref, want := range map[string]error{"/" + long: weburl.ErrTooLong, "http://" + long: weburl.ErrTooLong, "data:," + long: weburl.ErrScheme, " javascript:" + long: weburl.ErrScheme, long: weburl.ErrTooLong, "/" + strings.Repeat("\xff", 3000): weburl.ErrTooLong} {
		if _, err := weburl.NewBase(parse(t, testBase), nil).Parse(ref); !errors.Is(err, want) {
			t.Errorf("%.20s: got %v, want %v", ref, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, ref := range []string{"/x?y#z", "http://a.example:80/%7e", `\\b\..\%2e`, "http://xn--tda.ü/", "//0x7f.1", "http://a@b@[::1]:1/", "?\xff%", "http://%e3%80%82x", "(a)!'*"} {
		f.Add(testBase, ref)
	}
	f.Add("http://h/(d)/%2e", "x")
	f.Fuzz(func(t *testing.T, base, ref string) {
		b := weburl.NewBase(nil, nil)
		if u, err := weburl.Parse(base); err == nil {
			checkURL(t, base, u)
			b = weburl.NewBase(u, nil)
		}
		u, err := b.Parse(ref)
		if (u == nil) != (err != nil) {
			t.Fatalf("%q: got %v, %v", ref, u, err)
		}
		if err == nil {
			checkURL(t, ref, u)
		}
	})
}

func FuzzNormalize(f *testing.F) {
	f.Add("http", "a.example.", "/%7e/%2e./x", "/~", "a=%e4&b='")
	f.Add("https", "ü.example:443", "a", "", "%")
	f.Fuzz(func(t *testing.T, scheme, host, path, rawPath, query string) {
		if len(host+path+rawPath+query) > 2000 {
			return
		}
		n, err := weburl.Normalize(&url.URL{Scheme: scheme, Host: host, Path: path, RawPath: rawPath, RawQuery: query})
		if err == nil {
			checkURL(t, host+path, n)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	base := weburl.NewBase(parse(b, testBase), nil)
	for _, ref := range []string{"/2026/11/a-story-of-the-day/", "story.html", "https://b.example/2026/x?y=1", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/", "/новости/", "https://münchner-post.example/"} {
		b.Run(ref, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = base.Parse(ref)
			}
		})
	}
}
