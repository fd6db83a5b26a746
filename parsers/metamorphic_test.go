package parsers_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/blind"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// Metamorphic tests: a page is changed in a way that leaves its story as it was, and what
// is read of it must not change by more than it should. They need no truth: the page as it
// was gives it. They read the golden pages, and every tenth page of a labelled collection
// where one is there, without the sites of the blind fold.

var corpus = flag.String("corpus", "../../shared/eval/corpus.jsonl", "a `file` that lists labelled pages, for the metamorphic tests; they pass over one that is missing")

// A change is one way to change a page.
type change struct {
	name string

	// apply changes the page, whose story stands in container; it reports false if the
	// page is not one that can be changed so.
	apply func(p *changedPage) bool

	// What must hold: see bounds.
	golden, collection bounds
}

// Bounds are what a change may do to a set of pages.
type bounds struct {
	mean     float64 // share of the words of a story that are kept, on average
	worst    float64 // on any page
	whole    float64 // share of the pages that keep 0.95 of the words
	inserted float64 // sentences of what was inserted that are in the text, per page, at most
}

// A changedPage is a page that is about to be changed.
type changedPage struct {
	doc       *html.Node
	story     []*html.Node // the paragraphs of the story
	container *html.Node   // the innermost element around them
	inserted  []string     // sentences that are not the story's
	header    map[string][]string
	want      string // the text that must come out, if it is not that of the unchanged page
}

// The bounds are what is measured, and a little room for the next model.
var changes = []change{
	{"class names replaced by hashes", hashClasses, bounds{mean: 0.98, worst: 0.85, whole: 0.85}, bounds{mean: 0.985, whole: 0.96}},
	{"a cookie banner", insert(cookieBanner, top), bounds{mean: 0.99, worst: 0.85, whole: 0.95}, bounds{mean: 0.995, whole: 0.98, inserted: 0.02}},
	{"a cookie banner at the end", insert(cookieBanner, bottom), bounds{mean: 0.99, worst: 0.85, whole: 0.95}, bounds{mean: 0.995, whole: 0.98, inserted: 0.02}},
	{"a list of teasers", insert(teaserList, afterStory), bounds{mean: 0.985, worst: 0.85, whole: 0.9, inserted: 0.5}, bounds{mean: 0.995, whole: 0.97, inserted: 0.2}},
	{"a thread of comments", insert(commentThread, afterStory), bounds{mean: 0.985, worst: 0.85, whole: 0.9}, bounds{mean: 0.995, whole: 0.98, inserted: 0.02}},
	{"div for section and article", divs, bounds{mean: 0.99, worst: 0.9, whole: 0.95}, bounds{mean: 0.995, whole: 0.98}},
	{"wrong lang", wrongLanguage, bounds{mean: 0.999, worst: 0.99, whole: 1}, bounds{mean: 0.999, whole: 0.99}},
	{"wrong charset in the headers", wrongHeader, bounds{mean: 0.999, worst: 0.99, whole: 1}, bounds{mean: 0.999, whole: 0.99}},
	{"20,000 words, word for word", lengthen(false), bounds{mean: 0.98, worst: 0.9, whole: 0.95}, bounds{mean: 0.98, whole: 0.95}},
	{"20,000 words", lengthen(true), bounds{mean: 0.98, worst: 0.9, whole: 0.95}, bounds{mean: 0.98, whole: 0.95}},
	{"the next story below", insert(nextStory, afterStory), bounds{mean: 0.98, worst: 0.85, whole: 0.9, inserted: 0.5}, bounds{mean: 0.99, whole: 0.96, inserted: 0.5}},
}

func TestMetamorphicGolden(t *testing.T) {
	var pages []*article.Page
	for _, path := range goldenPages(t) {
		pages = append(pages, pageOf(t, path))
	}
	holds(t, pages, func(c *change) bounds { return c.golden })
}

func TestMetamorphicCorpus(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("reads a hundred pages many times")
	}
	pages := corpusPages(t)
	if len(pages) == 0 {
		t.Skip("no collection")
	}
	holds(t, pages, func(c *change) bounds { return c.collection })
}

// holds applies each change to each page and fails where its bounds do not hold.
func holds(t *testing.T, pages []*article.Page, of func(*change) bounds) {
	t.Helper()
	type sums struct {
		pages, whole, inserted, kept, worst float64
		worstPage                           string
	}
	all := make([]sums, len(changes))
	for _, p := range pages {
		for i, r := range metamorphose(t, p, changes) {
			s := &all[i]
			if r.skipped {
				continue
			}
			if s.pages == 0 || r.kept < s.worst {
				s.worst, s.worstPage = r.kept, p.URL.String()
			}
			s.pages++
			s.kept += r.kept
			s.inserted += float64(r.inserted)
			if r.kept >= 0.95 {
				s.whole++
			}
		}
	}
	for i, s := range all {
		want := of(&changes[i])
		if s.pages == 0 {
			t.Errorf("%s: no page", changes[i].name)
			continue
		}
		got := bounds{s.kept / s.pages, s.worst, s.whole / s.pages, s.inserted / s.pages}
		t.Logf("%-32s %3.0f pages, kept %.4f of the words, %.3f on the worst (%s), 0.95 on %.3f of the pages; %.3f sentences inserted per page",
			changes[i].name, s.pages, got.mean, got.worst, s.worstPage, got.whole, got.inserted)
		if got.mean < want.mean || got.worst < want.worst || got.whole < want.whole || got.inserted > want.inserted {
			t.Errorf("%s: got %+v, want %+v", changes[i].name, got, want)
		}
	}
}

// A result is what became of a page's text by a change.
type result struct {
	skipped  bool
	kept     float64 // share of the words
	inserted int     // sentences
}

// metamorphose applies each change to a page and compares what is read of it.
func metamorphose(t *testing.T, p *article.Page, changes []change) []result {
	t.Helper()
	results := make([]result, len(changes))
	before := textOf(t, p, rendered(t, p), nil)
	for i := range changes {
		r := &results[i]
		doc, err := parsers.Document(&article.Page{URL: p.URL, HTML: p.HTML, Charset: p.Charset})
		if err != nil || before == nil || block.CountWords(before.Text) < 80 {
			r.skipped = true
			continue
		}
		c := &changedPage{doc: doc, want: before.Text}
		if !c.findStory(before) || !changes[i].apply(c) {
			r.skipped = true
			continue
		}
		var b bytes.Buffer
		if err := html.Render(&b, c.doc); err != nil {
			t.Fatal(err)
		}
		after := textOf(t, p, b.Bytes(), c.header)
		if after == nil {
			continue
		}
		r.kept = wordsKept(c.want, after.Text)
		for _, s := range c.inserted {
			if strings.Contains(after.Text, s) {
				r.inserted++
			}
		}
	}
	return results
}

// rendered is a page as it is written after parsing, so that a change is all that
// differs.
func rendered(t *testing.T, p *article.Page) []byte {
	t.Helper()
	doc, err := parsers.Document(&article.Page{URL: p.URL, HTML: p.HTML, Charset: p.Charset})
	if err != nil {
		return nil
	}
	var b bytes.Buffer
	if err := html.Render(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// textOf reads a page of UTF-8; nil if it is no article.
func textOf(t *testing.T, p *article.Page, source []byte, header map[string][]string) *article.Article {
	t.Helper()
	if source == nil {
		return nil
	}
	q := &article.Page{URL: p.URL, HTML: source, Header: header, Fetched: p.Fetched}
	if header == nil {
		q.Charset = "utf-8"
	}
	a, err := new(parsers.Parser).Parse(q)
	if errors.Is(err, parsers.ErrNotArticle) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// wordsKept is the share of the words of a text that another one has, too.
func wordsKept(before, after string) float64 {
	have := map[string]int{}
	for w := range strings.FieldsSeq(after) {
		have[w]++
	}
	all, kept := 0, 0
	for w := range strings.FieldsSeq(before) {
		all++
		if have[w] > 0 {
			have[w]--
			kept++
		}
	}
	return float64(kept) / float64(max(all, 1))
}

// findStory finds the paragraphs of the story in the tree, and what is around them.
func (c *changedPage) findStory(a *article.Article) bool {
	texts := map[string]bool{}
	for _, b := range a.Body {
		if b.Type == article.Paragraph && block.CountWords(b.Text) >= 8 {
			texts[b.Text] = true
		}
	}
	for n := range c.doc.Descendants() {
		if n.DataAtom == atom.P && texts[block.VisibleText(n)] {
			c.story = append(c.story, n)
		}
	}
	if len(c.story) < 3 {
		return false
	}
	c.container = c.story[0].Parent
	for _, n := range c.story {
		for c.container != nil && !block.Within(n, c.container) {
			c.container = c.container.Parent
		}
	}
	return c.container != nil && c.container.Type == html.ElementNode && c.container.DataAtom != atom.Body && c.container.DataAtom != atom.Html
}

func body(doc *html.Node) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Body {
			return n
		}
	}
	return nil
}

// Places to insert a piece at.
func top(c *changedPage, n *html.Node)    { b := body(c.doc); b.InsertBefore(n, b.FirstChild) }
func bottom(c *changedPage, n *html.Node) { body(c.doc).AppendChild(n) }
func afterStory(c *changedPage, n *html.Node) {
	c.container.Parent.InsertBefore(n, c.container.NextSibling)
}

// A piece is what is inserted: markup with a %s for each of its sentences.
type piece struct {
	markup    string
	sentences []string
}

func insert(p piece, place func(*changedPage, *html.Node)) func(*changedPage) bool {
	return func(c *changedPage) bool {
		var args []any
		for _, s := range p.sentences {
			args = append(args, s)
		}
		nodes, err := html.ParseFragment(strings.NewReader(fmt.Sprintf(p.markup, args...)), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
		if err != nil || len(nodes) != 1 {
			panic("a piece is one element")
		}
		c.inserted = p.sentences
		place(c, nodes[0])
		return true
	}
}

var cookieBanner = piece{`<div id="cookie-banner" class="cookie-banner" role="dialog" aria-label="Cookies"><div><h2>Your privacy</h2><p>%s</p><p>%s</p><div><button>Accept all</button><button>Settings</button></div></div></div>`, []string{
	"We and our partners use cookies and similar techniques to store information on your device and to read it there.",
	"You can withdraw your consent at any time in the settings at the foot of every page of this site.",
}}

var teaserList = piece{`<section class="more-stories"><h2>More stories</h2><ul>
	<li><a href="/a"><h3>%s</h3></a><p>%s</p></li><li><a href="/b"><h3>%s</h3></a><p>%s</p></li><li><a href="/c"><h3>%s</h3></a><p>%s</p></li><li><a href="/d"><h3>%s</h3></a><p>%s</p></li></ul></section>`, []string{
	"Otters return to the mill pond", "A family of four has moved into the old wheel house and is not afraid of the ducks.",
	"Bakers strike over the price of rye", "Two of the five ovens in town stayed cold on Monday, and the queues were long at the others.",
	"Choir of the north ward turns ninety", "Its oldest tenor has not missed a rehearsal since the year of the long winter.",
	"Why the tram bell rings twice", "A driver of thirty years explains a habit that no rule book has ever asked for.",
}}

var commentThread = piece{`<section id="comments" class="comments"><h2>5 comments</h2><ol class="comment-list">
	<li class="comment"><div><cite>reader77</cite> <time>2 hours ago</time></div><p>%s</p><a href="#r1">Reply</a></li><li class="comment"><div><cite>old_tar</cite> <time>3 hours ago</time></div><p>%s</p><a href="#r2">Reply</a></li>
	<li class="comment"><div><cite>Mira</cite> <time>4 hours ago</time></div><p>%s</p><a href="#r3">Reply</a></li><li class="comment"><div><cite>K. Lund</cite> <time>yesterday</time></div><p>%s</p><a href="#r4">Reply</a></li></ol>
	<form><label>Your comment</label><textarea></textarea><button>Post</button></form></section>`, []string{
	"I have lived here all my life and I can tell you that nobody asked us about any of this.",
	"Great piece, but you forgot to mention what my uncle always said about the whole affair.",
	"Does anyone know whether the meeting is open to people from the other side of the river?",
	"The paper used to have better headlines in my day, and the crossword was harder, too.",
}}

func hashClasses(c *changedPage) bool {
	for n := range c.doc.Descendants() {
		if n.DataAtom == atom.Blockquote {
			continue // by their class, networks' scripts know the posts to embed
		}
		for i := range n.Attr {
			if a := &n.Attr[i]; a.Key == "class" {
				var names []string
				for name := range strings.FieldsSeq(a.Val) {
					h := fnv.New32a()
					h.Write([]byte(name))
					names = append(names, fmt.Sprintf("x%08x", h.Sum32()))
				}
				a.Val = strings.Join(names, " ")
			}
		}
	}
	return true
}

func divs(c *changedPage) bool {
	some := false
	for n := range c.doc.Descendants() {
		if n.DataAtom == atom.Section || n.DataAtom == atom.Article {
			n.Data, n.DataAtom = "div", atom.Div
			some = true
		}
	}
	return some
}

func wrongLanguage(c *changedPage) bool {
	for n := range c.doc.Descendants() {
		if n.DataAtom != atom.Html {
			continue
		}
		for i := range n.Attr {
			if n.Attr[i].Key == "lang" {
				n.Attr[i].Val = "sw-TZ"
				return true
			}
		}
		n.Attr = append(n.Attr, html.Attribute{Key: "lang", Val: "sw-TZ"})
		return true
	}
	return false
}

// wrongHeader declares Latin-1 in the headers of a page of UTF-8, which says itself that
// it is.
func wrongHeader(c *changedPage) bool {
	for n := range c.doc.Descendants() {
		if n.DataAtom == atom.Head {
			n.InsertBefore(&html.Node{Type: html.ElementNode, Data: "meta", DataAtom: atom.Meta, Attr: []html.Attribute{{Key: "charset", Val: "utf-8"}}}, n.FirstChild)
			break
		}
	}
	c.header = map[string][]string{"Content-Type": {"text/html; charset=iso-8859-1"}, "Content-Language": {"sw"}}
	return true
}

// corpusPages are every tenth page of the collection, without the sites of the blind
// fold: those are not opened.
func corpusPages(t *testing.T) []*article.Page {
	t.Helper()
	f, err := os.Open(*corpus)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var pages []*article.Page
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 0; lines.Scan(); {
		var s struct{ URL, HTML, Charset string }
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		if blind.Has(blind.Site(s.URL)) {
			continue
		}
		if n++; n%10 != 0 {
			continue
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, &article.Page{URL: u, HTML: unpacked(t, filepath.Join(filepath.Dir(*corpus), s.HTML)), Charset: s.Charset})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return pages
}

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
