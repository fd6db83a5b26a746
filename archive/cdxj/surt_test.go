package cdxj_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// The keys are those that the published rules of the Internet Archive's canonicalizer
// (SURT) and warcio.js (WabacSURT) give.
var surtTests = []struct{ in, ia, wabac string }{
	{"", "-", ""},
	{"http://example.com", "com,example)/", "com,example)/"},
	{"https://www.Example.com/Path/?b=2&a=1", "com,example)/path?a=1&b=2", "com,example)/path/?a=1&b=2"},
	{"http://www2.example.co.uk:80//a//b/", "uk,co,example)/a/b", "uk,co,example)//a//b/"},
	{"https://example.com:8443/x", "com,example:8443)/x", "com,example:8443)/x"},
	{"https://example.com:80/x", "com,example:80)/x", "com,example:80)/x"},
	{"http://example.com:443/x", "com,example:443)/x", "com,example:443)/x"},
	{"https://example.com:443/x", "com,example)/x", "com,example)/x"},
	{"http://example.com:/x", "com,example)/x", "com,example)/x"},
	{"http://wwwx.example.com/", "com,example,wwwx)/", "com,example,wwwx)/"},
	{"http://www.www.example.com/", "com,example,www)/", "com,example,www)/"},
	{"http://user:pw@example.com/#top", "com,example)/", "com,example)/"},
	{"http://user@www.example.com/", "com,example)/", "com,example,www)/"},
	{"  http://example.com/a\tb\n ", "com,example)/ab", "  http://example.com/a\tb\n "},
	{"example.com/a", "com,example)/a", "example.com/a"},
	{"http:////example.com/a", "com,example)/a", "com,example)/a"},
	{"http://https://example.com/a", "com,example)/a", ""},
	// Paths.
	{"http://example.com/a/./b/../c", "com,example)/a/c", "com,example)/a/c"},
	{"http://example.com/a/..", "com,example)/", "com,example)/"},
	{"http://example.com/../a", "com,example)/../a", "com,example)/a"},
	{"http://example.com/%2541%2561/%7Euser", "com,example)/aa/~user", "com,example)/%2541%2561/%7euser"},
	{"http://example.com/100%25", "com,example)/100%25", "com,example)/100%25"},
	{"http://example.com/%%32%35", "com,example)/%25", ""},
	{"http://example.com/a%20b", "com,example)/a%20b", "com,example)/a%20b"},
	{"http://example.com/a b", "com,example)/a%20b", "com,example)/a%20b"},
	{"http://example.com/a%23b", "com,example)/a%23b", "com,example)/a%23b"},
	{"http://example.com/%C3%84", "com,example)/%c3%84", "com,example)/%c3%84"},
	{"http://example.com/(S(0a1b2c3d4e5f6g7h8i9j0k1l))/news.aspx", "com,example)/news.aspx", ""},
	{"http://example.com/(0a1b2c3d4e5f6g7h8i9j0k1l)/news.aspx", "com,example)/news.aspx", ""},
	{"http://example.com/(0a1b2c3d4e5f6g7h8i9j0k1l)/news.html", "com,example)/(0a1b2c3d4e5f6g7h8i9j0k1l)/news.html", ""},
	{"http://example.com/photos/1234@N05/", "com,example)/photos/1234@n05", "com,example)/photos/1234@n05/"},
	// Queries.
	{"http://example.com/x?", "com,example)/x", "com,example)/x"},
	{"http://example.com/x?b&a", "com,example)/x?a&b", "com,example)/x?a&b"},
	{"http://example.com/x?a=2&b&a=1&a&a=", "com,example)/x?a&a=&a=1&a=2&b", "com,example)/x?a&a=&a=1&a=2&b"},
	{"http://example.com/x?a-b=1&a=2", "com,example)/x?a=2&a-b=1", "com,example)/x?a-b=1&a=2"},
	{"http://example.com/x?a=1&", "com,example)/x?&a=1", "com,example)/x?&a=1"},
	{"http://example.com/x?u=http%3A//other.example/", "com,example)/x?u=http://other.example/", "com,example)/x?u=http%3a//other.example/"},
	{"http://example.com/x?r?s", "com,example)/x?r?s", "com,example)/x?r?s"},
	{"http://example.com/x?PHPSESSID=0123456789ABCDEF0123456789abcdef&Y", "com,example)/x?y", ""},
	{"http://example.com/x?y&jsessionid=0123456789abcdef0123456789abcdef", "com,example)/x?&y", ""},
	{"http://example.com/x?jsessionid=0123456789abcdef0123456789abcdef0", "com,example)/x?jsessionid=0123456789abcdef0123456789abcdef0", ""},
	{"http://example.com/x?sid=0123456789abcdef0123456789abcdef&a=1", "com,example)/x?a=1", ""},
	{"http://example.com/x?ASPSESSIONIDABCDEFGH=ABCDEFGHIJKLMNOPQRSTUVWX&a=1", "com,example)/x?a=1", ""},
	{"http://example.com/x?CFID=12&CFTOKEN=ab-12&dt=2", "com,example)/x?dt=2", ""},
	// Hosts.
	{"http://203.0.113.7/x", "7,113,0,203)/x", "7,113,0,203)/x"},
	{"http://3405803783/x", "7,113,0,203)/x", "7,113,0,203)/x"},
	{"http://0313.0.0161.07/x", "7,113,0,203)/x", "7,113,0,203)/x"},
	{"http://1.2.3.256/x", "256,3,2,1)/x", ""},
	{"http://example.com./x", "com,example)/x", ""},
	{"http://www.Münchner_Post.example/x", "example,xn--mnchner_post-dlb)/x", "example,xn--mnchner_post-dlb)/x"},
	{"http://m%C3%BCnchner_post.example:8080/x", "example,xn--mnchner_post-dlb:8080)/x", "example,xn--mnchner_post-dlb:8080)/x"},
	{"http://xn--mnchner_post-dlb.example/x", "example,xn--mnchner_post-dlb)/x", "example,xn--mnchner_post-dlb)/x"},
	{"http://a\u200cb.example/", "example,a%E2%80%8Cb)/", ""}, // not a valid name
	{"http://[2001:db8::1]:81/x", "2001:db8::1:81)/x", "[2001:db8::1]:81)/x"},
	// Other schemes.
	{"ftp://www.example.com/x/", "com,example)/x", "ftp://www.example.com/x/"},
	{"dns:example.com", "dns:example.com", "dns:example.com"},
	{"mailto:A@example.com", "mailto:a@example.com", "mailto:A@example.com"},
	{"urn:text:X", "urn:text:x", "urn:text:X"},
	{"warcinfo:a.warc.gz", "warcinfo:a.warc.gz", "warcinfo:a.warc.gz"},
	{"filedesc://a.arc", "filedesc://a.arc", "filedesc://a.arc"},
	{"whois://whois.example.org/example.com", "org,example,whois)/example.com", "whois://whois.example.org/example.com"},
}

func TestSURT(t *testing.T) {
	for _, tt := range surtTests {
		if got := cdxj.SURT(tt.in); got != tt.ia {
			t.Errorf("SURT(%q): got %s, want %s", tt.in, got, tt.ia)
		}
		want := strings.NewReplacer(" ", "%20", "\t", "%09", "\n", "%0A").Replace(tt.wabac)
		if got := cdxj.WabacSURT(tt.in); tt.wabac != "" && got != want {
			t.Errorf("WabacSURT(%q): got %s, want %s", tt.in, got, want)
		}
	}
}

// TestInterop compares keys with those in the indexes of other tools, where they are.
func TestInterop(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(os.Getenv("NEWSMORGUE_INTEROP"), "cdxj", "*.cdxj"))
	if err != nil || len(files) == 0 {
		t.Skip("NEWSMORGUE_INTEROP does not name a folder with indexes of other tools")
	}
	n := 0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for l, err := range cdxj.Lines(bufio.NewReader(f)) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if strings.Contains(l.Key, "__wb_method=") { // of a posted form, which is not in the URL
				continue
			}
			n++
			if got := cdxj.SURT(l.Fields["url"]); got != l.Key {
				t.Errorf("%s: %s: got %s, want %s", filepath.Base(name), l.Fields["url"], got, l.Key)
			}
		}
	}
	t.Logf("%d keys", n)
}

func FuzzSURT(f *testing.F) {
	for _, tt := range surtTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, key := range []string{cdxj.SURT(s), cdxj.WabacSURT(s)} {
			if strings.ContainsAny(key, " \n\r\t") {
				t.Errorf("the key of %q has white space: %q", s, key)
			}
		}
	})
}

func BenchmarkSURT(b *testing.B) {
	urls := []string{"https://www.capitalpost.example/news/2024/06/19/president-signs-new-budget-law/", "https://capitalpost.example/?p=1234&utm_source=rss"}
	for name, f := range map[string]func(string) string{"ia": cdxj.SURT, "wabac": cdxj.WabacSURT} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, u := range urls {
					f(u)
				}
			}
		})
	}
}
