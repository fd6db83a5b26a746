package robots_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/newsmorgue/newsmorgue/scraper/robots"
)

func Example() {
	f, _ := robots.Parse(strings.NewReader("User-agent: *\nDisallow: /private/\nAllow: /private/open\nSitemap: https://a.example/map.xml\n"))
	u, _ := url.Parse("https://a.example/private/x")
	fmt.Println(f.Rule("newsmorgue", u))
	fmt.Println(f.Sitemaps)
	// Output:
	// Disallow: /private/ false
	// [https://a.example/map.xml]
}

func TestRule(t *testing.T) {
	tests := []struct {
		name, file, path string
		want             bool
	}{
		{"no file", "", "/x", true},
		{"everything", "User-agent: *\nDisallow: /", "/x", false},
		{"nothing", "User-agent: *\nDisallow:", "/x", true},
		{"our own group wins over *", "User-agent: *\nDisallow: /\nUser-agent: NewsMorgue\nDisallow: /a", "/x", true},
		{"a version after the token", "User-agent: newsmorgue/2.0\nDisallow: /x", "/x", false},
		{"another token that begins alike", "User-agent: newsmorgues\nDisallow: /x", "/x", true},
		{"groups of one agent are merged", "User-agent: newsmorgue\nDisallow: /a\n\nUser-agent: newsmorgue\nDisallow: /b", "/a", false},
		{"several agents share rules", "User-agent: x\nUser-agent: newsmorgue\nDisallow: /b", "/b", false},
		{"the longest match wins", "User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"Allow wins a tie", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
		{"star", "User-agent: *\nDisallow: /*.pdf", "/x/y.pdf?z", false},
		{"end", "User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", true},
		{"end matched", "User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", false},
		{"query as written", "User-agent: *\nDisallow: /x?b=1&a=2", "/x?b=1&a=2", false},
		{"escapes compare by octet", "User-agent: *\nDisallow: /caf%c3%a9", "/café", false},
		{"unreserved escapes are undone", "User-agent: *\nDisallow: /%7Ejoe/", "/~joe/x", false},
		{"reserved escapes stay", "User-agent: *\nDisallow: /a%2Fb", "/a/b", true},
		{"byte order mark, CR lines, comment", "\ufeffUser-agent: * # all\rDisallow: /x # no\r", "/x", false},
		{"rules before any agent are nobody's", "Disallow: /\nUser-agent: other\nDisallow: /x", "/x", true},
		{"sitemap lines end no group", "User-agent: *\nSitemap: /s.xml\nDisallow: /x", "/x", false},
		{"robots.txt itself is always allowed", "User-agent: *\nDisallow: /", "/robots.txt", true},
		{"case of paths matters", "User-agent: *\nDisallow: /X", "/x", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := robots.Parse(strings.NewReader(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse("https://a.example" + tt.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Allowed("newsmorgue", u); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// The example of RFC 9309, section 5.1; its groups are for all crawlers, foobot, barbot
// and bazbot, and quxbot.
const simpleExample = `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
`

// TestExamplesOfTheRFC has a row for each example of RFC 9309 that is about rules.
func TestExamplesOfTheRFC(t *testing.T) {
	tests := []struct {
		section, file, agent, path string
		want                       bool
	}{
		{"2.2.1, the name in a longer one", "user-agent: ExampleBot/0.1\ndisallow: /foo", "examplebot", "/foo", false},
		{"2.2.1, groups are combined", "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: ExampleBot\ndisallow: /baz", "ExampleBot", "/baz", false},
		{"2.2.1, and the first of them", "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: ExampleBot\ndisallow: /baz", "ExampleBot", "/bar", false},
		{"2.2.1, the group of all is not", "user-agent: ExampleBot\ndisallow: /foo\n\nuser-agent: *\ndisallow: /bar\ndisallow: /baz", "ExampleBot", "/baz", true},
		{"2.2.1, the group of all", "user-agent: ExampleBot\ndisallow: /foo\n\nuser-agent: *\ndisallow: /bar\ndisallow: /baz", "OtherBot", "/baz", false},
		{"2.2.1, the example of a sitemap in between", "user-agent: ExampleBot\ndisallow: /foo\nsitemap: /s.xml\ndisallow: /bar", "ExampleBot", "/bar", false},

		{"2.2.2, row 1", "user-agent: *\ndisallow: /foo/bar?baz=quz", "x", "/foo/bar?baz=quz", false},
		{"2.2.2, row 2", "user-agent: *\ndisallow: /foo/bar?baz=https://foo.bar", "x", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", false},
		{"2.2.2, row 2 in reverse", "user-agent: *\ndisallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar", "x", "/foo/bar?baz=https://foo.bar", false},
		{"2.2.2, row 2 with *", "user-agent: *\ndisallow: /*https://foo.bar", "x", "/foo/bar?baz=https%3a%2f%2ffoo.bar", false},
		{"2.2.2, row 3", "user-agent: *\ndisallow: /foo/bar/\u30c4", "x", "/foo/bar/%E3%83%84", false},
		{"2.2.2, row 4", "user-agent: *\ndisallow: /foo/bar/%E3%83%84", "x", "/foo/bar/%E3%83%84", false},
		{"2.2.2, row 5", "user-agent: *\ndisallow: /foo/bar/%62%61%7A", "x", "/foo/bar/baz", false},
		{"2.2.2, row 5 in reverse", "user-agent: *\ndisallow: /foo/bar/baz", "x", "/foo/bar/%62%61%7A", false},
		{"2.2.2, the longest match", "user-agent: *\ndisallow: /a\nallow: /a/b", "x", "/a/b", true},
		{"2.2.2, equal rules", "user-agent: *\ndisallow: /a\nallow: /a", "x", "/a", true},
		{"2.2.2, no match", "user-agent: *\ndisallow: /a", "x", "/b", true},
		{"2.2.2, the file itself", "user-agent: *\ndisallow: /", "x", "/robots.txt", true},

		{"2.2.3, a comment", "user-agent: *\nallow: / # comment in line\n# comment on its own line\ndisallow: /a", "x", "/a", false},
		{"2.2.3, $", "user-agent: *\ndisallow: /this/path/exactly$", "x", "/this/path/exactly", false},
		{"2.2.3, $ and more", "user-agent: *\ndisallow: /this/path/exactly$", "x", "/this/path/exactly/not", true},
		{"2.2.3, *", "user-agent: *\ndisallow: /this/*/exactly", "x", "/this/path/or/that/exactly", false},
		{"2.2.3, an escaped *", "user-agent: *\ndisallow: /path/file-with-a-%2A.html", "x", "/path/file-with-a-*.html", false},
		{"2.2.3, in lower case", "user-agent: *\ndisallow: /path/file-with-a-%2a.html", "x", "/path/file-with-a-%2A.html", false},
		{"2.2.3, is no wildcard", "user-agent: *\ndisallow: /path/file-with-a-%2A.html", "x", "/path/file-with-a-b.html", true},
		{"2.2.3, an escaped $", "user-agent: *\ndisallow: /path/foo-%24", "x", "/path/foo-$", false},
		{"2.2.3, both escaped", "user-agent: *\ndisallow: /path/foo-%24", "x", "/path/foo-%24", false},
		{"2.2.3, does not end the pattern", "user-agent: *\ndisallow: /path/foo-%24", "x", "/path/foo-$bar", false},
		{"2.2.3, is not the end", "user-agent: *\ndisallow: /path/foo-%24", "x", "/path/foo-", true},
		{"2.2.3, unescaped it is", "user-agent: *\ndisallow: /path/foo-$", "x", "/path/foo-", false},
		{"2.2.3, and nothing else", "user-agent: *\ndisallow: /path/foo-$", "x", "/path/foo-$", true},
		{"2.2.3, $ and the end", "user-agent: *\ndisallow: /path/foo-%24$", "x", "/path/foo-$/bar", true},
		{"2.2.3, $ before the end is itself", "user-agent: *\ndisallow: /price$list", "x", "/price%24list/1", false},

		{"5.1, all, a picture", simpleExample, "otherbot", "/x/y.gif", false},
		{"5.1, all, a picture with more", simpleExample, "otherbot", "/x/y.gif?z", true},
		{"5.1, all, the folder", simpleExample, "otherbot", "/example/page.html", false},
		{"5.1, all, publications", simpleExample, "otherbot", "/publications/x", true},
		{"5.1, all, the rest", simpleExample, "otherbot", "/x", true},
		{"5.1, foobot, the page", simpleExample, "foobot", "/example/page.html", true},
		{"5.1, foobot, the picture", simpleExample, "foobot", "/example/allowed.gif", true},
		{"5.1, foobot, the rest", simpleExample, "foobot", "/publications/", false},
		{"5.1, barbot", simpleExample, "barbot", "/example/page.html", false},
		{"5.1, bazbot", simpleExample, "bazbot", "/example/page.html", false},
		{"5.1, barbot, the rest", simpleExample, "barbot", "/example/x.gif", true},
		{"5.1, quxbot", simpleExample, "quxbot", "/example/x.gif", true},
		{"5.2, the longest match", "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "foobot", "/example/page/disallowed.gif", false},
		{"5.2, the other", "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "foobot", "/example/page/", true},
	}
	for _, tt := range tests {
		f, err := robots.Parse(strings.NewReader(tt.file))
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse("https://www.example.com" + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		if line, got := f.Rule(tt.agent, u); got != tt.want {
			t.Errorf("section %s: %s allowed %v by %q, want %v", tt.section, tt.path, got, line, tt.want)
		}
	}
}

// TestRulesAsTheyAreSent: rules and URLs are compared as URLs are sent, with what a URI
// does not allow in escapes.
func TestRulesAsTheyAreSent(t *testing.T) {
	tests := []struct {
		rule, path string
		want       bool // matched
	}{
		{"/90%+of", "/90%25+of", true},
		{"/*?f[tag]=", "/list?f%5Btag%5D=x", true},
		{"/*?f%5btag%5d=", "/list?f%5Btag%5D=x", true},
		{"/*?q='x'", "/list?q=%27x%27", true},
		{"/it's", "/it's", true},
		{"/a|b", "/a%7Cb", true},
		{"/a b", "/a%20b", true},
		{"/~jane", "/%7Ejane", true},
		{"/a%2Fb", "/a/b", false}, // in a path they differ
		{"/a?b=c%26d", "/a?b=c&d", false},
		{"/*%2F*x", "/a?u=%2Fx", true}, // a rule without ? is also for the query as it is
	}
	for _, tt := range tests {
		f, err := robots.Parse(strings.NewReader("User-agent: *\nDisallow: " + tt.rule))
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse("https://a.example" + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := !f.Allowed("newsmorgue", u); got != tt.want {
			t.Errorf("rule %s, %s: got %v, want %v", tt.rule, tt.path, got, tt.want)
		}
	}
}

// TestOtherEncodings: a file that is not in UTF-8, or is packed, says what it says.
func TestOtherEncodings(t *testing.T) {
	const text = "User-agent: *\nDisallow: /caf\u00e9/\nCrawl-delay: 3\n"
	utf16Of := func(text string, order binary.AppendByteOrder) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(text)) {
			b = order.AppendUint16(b, u)
		}
		return string(b)
	}
	gzipped := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	whole := gzipped(text)
	for name, file := range map[string]string{
		"UTF-16LE with a mark": utf16Of("\ufeff"+text, binary.LittleEndian), "UTF-16BE with a mark": utf16Of("\ufeff"+text, binary.BigEndian),
		"UTF-16LE": utf16Of(text, binary.LittleEndian), "UTF-16BE": utf16Of(text, binary.BigEndian),
		"gzip": whole, "gzip without its trailer": whole[:len(whole)-8], "gzip of UTF-16": gzipped(utf16Of(text, binary.LittleEndian)),
	} {
		f, err := robots.Parse(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		closed, open := &url.URL{Path: "/caf\u00e9/x"}, &url.URL{Path: "/x"}
		if f.Allowed("newsmorgue", closed) || !f.Allowed("newsmorgue", open) || f.CrawlDelay("newsmorgue") != 3*time.Second {
			t.Errorf("%s: got %+v", name, f)
		}
	}
	for _, file := range []string{"\x1f\x8b\x08", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03xxxx", "\xff\xfe", "\xff\xfea\x00b"} {
		if f, err := robots.Parse(strings.NewReader(file)); err != nil || !f.Allowed("newsmorgue", &url.URL{Path: "/x"}) {
			t.Errorf("%q: got %+v, %v", file, f, err)
		}
	}
	// What is packed very well is bounded, too, and its last line may be half a rule.
	big := gzipped("User-agent: *\n" + strings.Repeat("Disallow: /long-path\n", 1<<20))
	if f, err := robots.Parse(strings.NewReader(big)); err != nil || !f.Allowed("newsmorgue", &url.URL{Path: "/long"}) || f.Allowed("newsmorgue", &url.URL{Path: "/long-path"}) {
		t.Errorf("a large file: %v", err)
	}
}

func TestCrawlDelay(t *testing.T) {
	f, err := robots.Parse(strings.NewReader("User-agent: *\nCrawl-delay: 1.5\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.CrawlDelay("newsmorgue"); got != 1500*time.Millisecond {
		t.Errorf("got %v, want 1.5s", got)
	}
}

func TestCutAtMaxSize(t *testing.T) {
	long := "User-agent: *\n" + strings.Repeat("# "+strings.Repeat("x", 98)+"\n", robots.MaxSize/100) + "Disallow: /\n"
	f, err := robots.Parse(strings.NewReader(long))
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse("https://a.example/x")
	if !f.Allowed("newsmorgue", u) {
		t.Error("a rule after 500 KiB was obeyed")
	}
}

func FuzzRule(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b*c$", "/aaabbbccc")
	f.Fuzz(func(t *testing.T, file, path string) {
		r, err := robots.Parse(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		r.Rule("newsmorgue", &url.URL{Path: path})
		r.CrawlDelay("newsmorgue")
	})
}

// TestRealFiles: none of 250 files of real sites breaks anything, and what they
// say to everybody of their front page is found.
func TestRealFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "interop", "robots", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the files are not here")
	}
	sitemaps, closed := 0, 0
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := robots.Parse(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sitemaps += len(f.Sitemaps)
		u, err := url.Parse("https://a.example/")
		if err != nil {
			t.Fatal(err)
		}
		if line, ok := f.Rule("newsmorgue", u); !ok {
			closed++
			if !strings.HasPrefix(line, "Disallow: ") {
				t.Errorf("%s: closed by %q", name, line)
			}
		}
		if bytes.Contains(bytes.ToLower(b), []byte("\nsitemap:")) && len(f.Sitemaps) == 0 {
			t.Errorf("%s: its sitemaps are not found", name)
		}
	}
	t.Logf("%d files, %d sitemap lines, %d close their front page", len(files), sitemaps, closed)
}
