package robots_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
