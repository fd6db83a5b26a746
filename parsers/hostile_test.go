package parsers

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"golang.org/x/net/html"
)

func parseBytes(t testing.TB, body []byte) *article.Article {
	t.Helper()
	u, err := url.Parse("https://a.example/2026/11/story.html")
	if err != nil {
		t.Fatal(err)
	}
	a, err := (&Parser{}).Parse(&article.Page{URL: u, HTML: body, Header: map[string][]string{"Content-Type": {"text/html"}}})
	if fault := (*FaultError)(nil); errors.As(err, &fault) {
		t.Fatalf("%v\n%s", fault, fault.Stack)
	}
	if err != nil {
		return nil
	}
	return a
}

// TestFault: a parser that fails says so, and where; it does not end the program.
func TestFault(t *testing.T) {
	err := func() (err error) {
		defer catch(&err)
		return fmt.Errorf("line %s", strings.Split("one", ",")[1])
	}()
	if fault := (*FaultError)(nil); !errors.As(err, &fault) || !strings.Contains(fault.Error(), "index out of range") || !bytes.Contains(fault.Stack, []byte("TestFault")) {
		t.Errorf("got %v, want a FaultError", err)
	}
	err = func() (err error) {
		defer catch(&err)
		return ErrNotArticle
	}()
	if err != ErrNotArticle {
		t.Errorf("got %v, want the error itself", err)
	}
}

// TestHostilePages: whatever a page is made of, reading it takes bounded time.
func TestHostilePages(t *testing.T) {
	story := "<article><h1>A story</h1><p>" + strings.Repeat("Words of a story that is read. ", 30) + "</p></article>"
	const sentence = "Words of a story that is read, as they said, by all of them."
	within := func(s string) string {
		return strings.Replace(story, "</article>", s+"<p>The end of the story, as they said, came soon, and nobody was sorry.</p></article>", 1)
	}
	for name, body := range map[string]string{
		"code in code":    within("<pre>" + strings.Repeat(sentence+"<pre>"+sentence+"</pre>", 3000) + "</pre>"),
		"code of buttons": within("<pre><button>" + strings.Repeat("<p>"+sentence+"</p>", 45_000) + "</button></pre>"),
		"a class of code": within(`<table><tr><td class="` + strings.Repeat("a ", 800_000) + `">` + strings.Repeat("<p>"+sentence+"</p>", 20_000) + "</table>"),
		"lists in a post": within(`<blockquote class="reddit-card"><a href=https://a.example/c>x</a>` + strings.Repeat("<p>"+sentence+"</p><ul><li>"+sentence+"</ul>", 20_000) + "</blockquote>"),
		"an empty grid":   within("<table><tr><th>" + sentence + strings.Repeat("<td>", 300_000) + strings.Repeat("<tr>", 300_000) + "<tr><td>x</table>"),
		"shadow roots":    story + "<div>" + strings.Repeat("<template shadowrootmode=open>x</template>", 200_000) + "</div>",
		"formulas":        story + `<div class="` + strings.Repeat("a ", 800_000) + `">` + strings.Repeat("<math><mi>x</mi></math>", 50_000) + "</div>",
		"line numbers":    story + "<div>" + strings.Repeat("<i class=ln>1</i>", 200_000) + "</div>" + strings.Repeat("<br>", 400_000),
		"its title again": "<title>A line of it</title>" + strings.Repeat("<p>A line of it</p>", 49_000) + story,
		"nested":          strings.Repeat("<div>", 100_000) + story,
		"nested inline":   strings.Repeat("<b><i>", 50_000) + story,
		"many attributes": "<div " + strings.Repeat("a=1 ", 1_000_000) + ">" + story,
		"long class":      `<div class="` + strings.Repeat("related share ", 100_000) + `">` + story,
		"many blocks":     strings.Repeat("<p>A line.</p>", 200_000) + story,
		"many links":      strings.Repeat("<a href=/x>a link</a> ", 100_000) + story,
		"many images":     strings.Repeat("<div><img src=/x.jpg></div>", 50_000) + story,
		"unclosed":        strings.Repeat("<figure><figcaption>", 20_000) + story,
		"sixteen MiB":     story + strings.Repeat("<div class=a><p>Some words of a page that nobody has ended.</p></div>", 16<<20/70),
		"a wide table":    story + "<article><table>" + strings.Repeat("<tr><td>The crew of the boat</td><td>was not there, they said.</td></tr>", 20_000) + "</table></article>",
		"a long item":     "<article><h1>A story</h1><ul><li>" + strings.Repeat("<p>Words of a story that is read. Nobody knows, they said, how long it goes on.</p>", 40_000) + "</li></ul></article>",
		"a long post":     strings.Replace(story, "</article>", `<blockquote class="twitter-tweet">`+strings.Repeat("<p>Words of a post that nobody wrote on their own.</p>", 40_000)+"</blockquote><p>The end of the story, as they said, came soon, and nobody was sorry.</p></article>", 1),
		"a link of many":  "<article><h1>A story</h1><div><a href=/x>" + strings.Repeat("word ", 100_000) + "<br><br>" + "</a>" + strings.Repeat("Words of a story that is read, as they said, <a href=/y>by all</a> of them.<br><br>", 20_000) + "</div></article>",
		"one text":        "<p>" + strings.Repeat("word ", 2_000_000) + "</p>",
		"broken json":     `<script type="application/ld+json">` + strings.Repeat(`{"@graph":[`, 100_000) + "</script>" + story,
		"large json":      `<script type="application/ld+json">{"@type":"NewsArticle","headline":"` + strings.Repeat("x", 8<<20) + `"}</script>` + story,
		"nested dates":    story + strings.Repeat("<div itemprop=datePublished>", 300) + "<p>" + strings.Repeat("word ", 3_000_000) + "</p>",
		"long number":     "<p>Tel: " + strings.Repeat("0123456789", 40) + "</p>" + story,
		"described":       within(strings.Repeat(`<img src=/a.jpg aria-describedby="`+strings.Repeat("c d ", 40)+`">`, 15_000) + `<p id=c>The ferry at the quay.</p>`),
		"captions side by side": within(func() string {
			var b strings.Builder
			for i := range 20_000 {
				fmt.Fprintf(&b, `<img src=/%d.jpg aria-describedby=c%d><p id=c%d>Ferry %d at the quay. Photo: Jane Doe</p>`, i, i, i, i)
			}
			return b.String()
		}()),
		"contacts": within("<p>" + strings.Repeat("Tel: +44 20 7946 0301<br>desk@ledger.example<br>14 Quay Street, Saltmere SM4 7QT<br>", 15_000) + "</p>"),
		"odd date": `<meta property="article:published_time" content="99999-12-31T25:61:00Z">` + story,
		"empty":    "",
		"NULs":     strings.Repeat("\x00", 100_000) + story,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			a := parseBytes(t, []byte(body))
			if took := time.Since(start); took > 20*time.Second { // the slowest takes one
				t.Errorf("took %s", took)
			}
			if a != nil && len(a.Text) > 2*len(body)+1000 {
				t.Errorf("%d bytes of text of a page of %d", len(a.Text), len(body))
			}
			if strings.Contains(body, story) && name != "many blocks" && (a == nil || !strings.Contains(a.Text, "Words of a story")) {
				t.Error("the story is lost")
			}
		})
	}
}

// TestStreamedSegment: React's streaming leaves parts of a page in hidden
// elements, from where a script of the page moves them; other hidden ones stay so.
func TestStreamedSegment(t *testing.T) {
	words := strings.Repeat("The ferry came in at noon and left again. ", 20)
	a := parseBytes(t, []byte(`<title>Ferry</title><main><template id="B:0"></template></main><div hidden id="menu"><p>`+strings.Repeat("Not for readers here. ", 20)+`</p></div>
		<div hidden id="S:0"><article><h1>The ferry</h1><p>`+words+`</p></article></div><script>$RC("B:0","S:0")</script>`))
	if a == nil || !strings.Contains(a.Text, "The ferry came in at noon") || strings.Contains(a.Text, "Not for readers") {
		t.Errorf("got %+v", a)
	}
}

// FuzzParse: no input panics, and the same bytes give the same article.
func FuzzParse(f *testing.F) {
	pages, err := filepath.Glob(filepath.Join("..", "testdata", "pages", "*", "*.html"))
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range pages {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`<html><script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":["x",{}]}],"datePublished":5}</script><time datetime="2026-13-40">x</time><figure><figcaption>A (B/C/Reuters)</figcaption></figure>`))
	f.Add([]byte("<p>Contact</p><p>〒100-0004 東京都，港<br>.–</p>"))
	f.Add([]byte("<a href='mailto:%zz'>x</a><a href=tel:+1>y</a><span data-cfemail=zz></span><p>By A and B in C, Reuters</p>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, b := parseBytes(t, body), parseBytes(t, body)
		ja, err1 := json.Marshal(a)
		jb, err2 := json.Marshal(b)
		if err1 != nil || err2 != nil || !bytes.Equal(ja, jb) {
			t.Errorf("two readings differ: %v, %v\n%s\n%s", err1, err2, ja, jb)
		}
	})
}

// BenchmarkParse reads the golden page with all its fields, beside a bare
// html.Parse of the same bytes, which is the floor.
func BenchmarkParse(b *testing.B) {
	pages, err := filepath.Glob(filepath.Join("..", "testdata", "pages", "*", "*.html"))
	if err != nil || len(pages) == 0 {
		b.Fatal("no pages", err)
	}
	body, err := os.ReadFile(pages[0])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("html.Parse", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("article", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if parseBytes(b, body) == nil {
				b.Fatal("no article")
			}
		}
	})
}

// BenchmarkCorpus reads the evaluation pages, where they are beside the project:
// how many times the bare parse a whole extraction takes.
func BenchmarkCorpus(b *testing.B) {
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "eval", "html", "*.html.gz"))
	if err != nil {
		b.Fatal(err)
	}
	if len(files) == 0 {
		b.Skip("the evaluation pages are not here")
	}
	var pages [][]byte
	for i, name := range files {
		if i%4 != 0 {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		r, err := gzip.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
		pages = append(pages, body)
	}
	var floor, whole time.Duration
	for b.Loop() {
		for _, p := range pages {
			start := time.Now()
			_, _ = html.Parse(bytes.NewReader(p)) // too deep for it is too deep for both
			floor += time.Since(start)
			start = time.Now()
			parseBytes(b, p)
			whole += time.Since(start)
		}
	}
	b.ReportMetric(float64(whole)/float64(floor), "article/html.Parse")
	b.ReportMetric(float64(whole.Microseconds())/float64(b.N*len(pages))/1000, "ms/page")
}
