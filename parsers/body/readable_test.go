package body

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-shiori/go-readability"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// stamp is the attribute by which elements of go-readability's tree are found again.
const stamp = "data-newsmorgue"

// library gives the blocks that go-readability takes for the article, of the same tree.
func library(t testing.TB, p *doc.Page) []*block.Block {
	t.Helper()
	s := &skeleton{page: p, made: map[int]*part{}}
	root := emptyDocument()
	body, head := bodyOf(root), newElement(atom.Head)
	body.Parent.InsertBefore(head, body)
	if p.Title != "" {
		title := newElement(atom.Title)
		title.AppendChild(&html.Node{Type: html.TextNode, Data: p.Title})
		head.AppendChild(title)
	}
	var stamped []*block.Block
	var copyTo func(from *part, to *html.Node)
	copyTo = func(from *part, to *html.Node) {
		for c := from.first; c != nil; c = c.next {
			if c.tag == "" {
				to.AppendChild(&html.Node{Type: html.TextNode, Data: c.text})
				continue
			}
			n := &html.Node{Type: html.ElementNode, Data: c.tag, DataAtom: atom.Lookup([]byte(c.tag))}
			for _, a := range []html.Attribute{{Key: "class", Val: c.class}, {Key: "id", Val: c.id}, {Key: "role", Val: c.role}} {
				if a.Val != "" {
					n.Attr = append(n.Attr, a)
				}
			}
			if c.block != nil {
				n.Attr = append(n.Attr, html.Attribute{Key: stamp, Val: strconv.Itoa(len(stamped))})
				stamped = append(stamped, c.block)
			}
			to.AppendChild(n)
			copyTo(c, n)
		}
	}
	copyTo(s.build(), body)
	if s.voters == 0 || s.voters > maxVoters {
		return nil
	}
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	parser.CharThresholds = leastReadable
	found, err := parser.ParseDocument(root, &url.URL{})
	if err != nil {
		t.Fatal(err)
	}
	var all []*block.Block
	if found.Node != nil {
		for n := range found.Node.Descendants() {
			if k, err := strconv.Atoi(block.Attr(n, stamp)); err == nil {
				all = append(all, stamped[k])
			}
		}
	}
	return all
}

// What is found readable is what go-readability finds, on the pages of the tests.
func TestReadable(t *testing.T) {
	pages := 0
	err := filepath.WalkDir(filepath.Join("..", "..", "testdata", "pages"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".html") {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		p := pageOf(t, string(source))
		if got, want := readable(p), library(t, p); !slices.Equal(got, want) {
			t.Errorf("%s: got %d blocks, want %d", name, len(got), len(want))
		}
		pages++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 20 {
		t.Errorf("got %d pages, too few", pages)
	}
}

// Names, lists, tables and titles that take a part out, or not.
func TestReadableRules(t *testing.T) {
	text := func(n int) string {
		return fmt.Sprintf("<p>The boat number %d came in at noon, three weeks after the storm, and it left again an hour later with no one aboard but the captain, who waved.</p>", n)
	}
	story := text(1) + text(2) + text(3)
	cells := strings.Repeat("<tr><td>Pier</td><td>12</td><td>14</td></tr>", 12)
	for name, page := range map[string]string{
		"plain":                 "<div>" + story + "</div>",
		"a title":               "<title>The boat is back | Ledger</title><div><h1>The boat is back</h1>" + story + "</div>",
		"a title with a colon":  "<title>Harbour: The boat is back at last</title><div><h2>The boat is back at last</h2>" + story + "</div>",
		"a short title":         "<title>Ledger</title><div><h1>The boat is back</h1>" + story + "</div>",
		"a byline":              "<div><div class=byline>Jane Doe</div><div class=author>John Roe</div>" + story + "</div>",
		"unlikely names":        "<div>" + story + "<div class=sidebar>" + text(4) + "</div><div class='sidebar main'>" + text(5) + "</div></div>",
		"bad names":             "<div class=story>" + story + "<div class=promo>" + text(4) + "</div><div id=hid>" + text(5) + "</div></div>",
		"roles":                 "<div>" + story + "<div role=alert>" + text(4) + "</div></div>",
		"links":                 "<div>" + story + "<ul><li><a href=/a>The storm</a></li><li><a href=/b>The quay</a></li></ul><div><p><a href=/c>The captain of the boat and what he said</a> on Tuesday</p></div></div>",
		"lists":                 "<div>" + story + "<div><ul><li>Ropes of hemp and of wire</li><li>Tar, oil and paint</li></ul></div></div>",
		"a data table":          "<div>" + story + "<table>" + cells + "</table></div>",
		"a layout table":        "<table><tr><td>" + story + "</td><td><a href=/a>News</a></td></tr></table>",
		"headings":              "<div>" + story + "<div><h3>Tar</h3></div><h2 class=related>More</h2>" + text(4) + "</div>",
		"beside":                "<section><div class=a>" + story + "</div><div class=a>" + text(4) + "</div><p>It is back. </p><p>Not a sentence</p></section>",
		"text in divs":          "<div>One line of the story, which is long enough to count as one.<div>" + story + "</div>And the last one of them, which is as long.</div>",
		"too little":            "<div class=comment><p>The boat came in at noon.</p></div>",
		"a share of names":      "<div><div>" + story + "<p class=share>Share it</p><p class=a_share_b>Do</p></div></div>",
		"text of many bytes":    "<div>" + strings.Repeat("<p>"+strings.Repeat("a", 158)+"日</p>", 4) + "</div>",
		"signs, cut in a sign":  "<div>" + strings.Repeat("<p>"+strings.Repeat("é", 79)+"a日b</p>", 4) + "</div>",
		"many candidates":       "<div>" + strings.Repeat("<div><section>"+text(4)+"</section></div>", 6) + "</div>",
		"font and inline boxes": "<div><font>" + story + "</font><span><p>" + text(4) + "</p></span></div>",
		"code":                  "<div>" + story + "<code><div>x = <a href=/a>y</a></div></code><form>" + text(4) + "</form></div>",
	} {
		p := pageOf(t, page)
		if got, want := readable(p), library(t, p); len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, textsOf(got), textsOf(want))
		}
	}
}

func pageOf(t *testing.T, source string) *doc.Page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Read(&article.Page{}, root)
}

func textsOf(blocks []*block.Block) (all []string) {
	for _, b := range blocks {
		all = append(all, b.Text[:min(len(b.Text), 30)])
	}
	return all
}

// Elements in each other, of each kind that is looked into, take time by the page's size.
func TestReadableDeep(t *testing.T) {
	const deep = 90 // html.Parse gives up on more
	p := pageOf(t, strings.Repeat("<div class=author><ul><li><a>The boat came in, it left again, and no one was aboard<h2>Tar</h2>", deep))
	start := time.Now()
	readable(p)
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}
