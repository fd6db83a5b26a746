package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/charset"
)

// viewPages writes pages as those see them who label them: one line for each element
// with text of its own, a picture or a player, under its number.
func viewPages(name string, args []string) error {
	flag := flag.NewFlagSet(name, flag.ExitOnError)
	corpus := flag.String("corpus", "", "the pages, `files` of JSON lines, separated by commas")
	ids := flag.String("ids", "", "`file` with the pages to show, an id a line")
	dir := flag.String("o", "", "`folder` for the views")
	perFile := flag.Int("per-file", 10, "`pages` in a view")
	lines := flag.Int("lines", 700, "`number` of a page's lines that are shown")
	flag.Parse(args)
	if *corpus == "" || *ids == "" || *dir == "" {
		flag.Usage()
		os.Exit(64)
	}
	samples, err := readCorpora(*corpus)
	if err != nil {
		return err
	}
	wanted, err := os.ReadFile(*ids)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		return err
	}
	part := 0
	for ids := range slices.Chunk(strings.Fields(string(wanted)), *perFile) {
		part++
		f, err := os.Create(filepath.Join(*dir, fmt.Sprintf("view-%02d.txt", part)))
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		for _, id := range ids {
			i := slices.IndexFunc(samples, func(s *sample) bool { return s.ID == id })
			if i < 0 {
				return fmt.Errorf("no page %s", id)
			}
			page, err := samples[i].read()
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "\n===== %s  %s\n", id, samples[i].URL)
			if err := viewPage(w, page, *lines); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// elements gives the elements of a page, as html.Parse makes them, in document order.
// The place of an element in this list is its number, by which labels name it.
func elements(page *article.Page) ([]*html.Node, error) {
	text, err := charset.Decode(page.HTML, "text/html; charset="+page.Charset, page.URL.Hostname())
	if err != nil {
		return nil, err
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all, nil
}

// What a view shows of a page.
const (
	maxViewText  = 220 // bytes of a line's text
	maxViewLinks = 3   // lines of nothing but links, in a row
)

var (
	// unseen elements have no text that readers see.
	unseen = atoms(atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Head, atom.Select, atom.Iframe, atom.Textarea)
	// inline elements stand within a line, unless their class says what they are.
	inline = atoms(atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data, atom.Em, atom.Font, atom.I, atom.Ins, atom.Kbd,
		atom.Label, atom.Mark, atom.Q, atom.S, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr)
	// telling are parts of classes that make an inline element a line of its own.
	telling = []string{"caption", "credit", "author", "byline", "copyright", "source", "legend", "photo", "date", "role"}
	// told are the meta elements that a view shows.
	told = []string{"author", "article:author", "byl", "dc.creator", "og:type", "og:site_name", "og:title", "parsely-author", "sailthru.author"}
)

func atoms(all ...atom.Atom) map[atom.Atom]bool {
	set := map[atom.Atom]bool{}
	for _, a := range all {
		set[a] = true
	}
	return set
}

// A viewer prints a page line by line.
type viewer struct {
	w      io.Writer
	number map[*html.Node]int
	lines  int // printed, and at most
	most   int
	linked int // lines of nothing but links, in a row

	at         *html.Node // whose text the line is
	text, link strings.Builder
}

func viewPage(w io.Writer, page *article.Page, lines int) error {
	all, err := elements(page)
	if err != nil {
		return err
	}
	v := &viewer{w: w, most: lines, number: map[*html.Node]int{}}
	for i, n := range all {
		v.number[n] = i
	}
	for _, n := range all {
		v.head(n)
	}
	if len(all) > 0 {
		v.walk(all[0], all[0], false)
	}
	v.flush()
	return nil
}

// head prints what the page's head says of authors and kind.
func (v *viewer) head(n *html.Node) {
	switch n.DataAtom {
	case atom.Title:
		if n.Parent != nil && n.Parent.DataAtom == atom.Head {
			v.print(n, "<title>", textOf(n))
		}
	case atom.Meta:
		name := strings.ToLower(attribute(n, "name") + attribute(n, "property"))
		if slices.Contains(told, name) {
			v.print(n, "meta "+name, attribute(n, "content"))
		}
	case atom.Script:
		if attribute(n, "type") == "application/ld+json" {
			s := textOf(n)
			if i := strings.Index(s, `"author"`); i >= 0 {
				v.print(n, "JSON-LD", s[i:])
			}
		}
	}
}

func (v *viewer) walk(n, line *html.Node, linked bool) {
	switch {
	case n.Type == html.TextNode:
		if v.at != line {
			v.flush()
			v.at = line
		}
		v.text.WriteString(n.Data)
		if linked {
			v.link.WriteString(n.Data)
		}
		return
	case n.Type != html.ElementNode || unseen[n.DataAtom]:
		return
	case n.DataAtom == atom.Img || n.DataAtom == atom.Video || n.DataAtom == atom.Audio:
		v.flush()
		v.print(n, n.Data, fmt.Sprintf("%s alt=%q", path.Base(attribute(n, "src")), attribute(n, "alt")))
		return
	case n.DataAtom == atom.Br:
		v.text.WriteString(" ⏎ ")
		return
	}
	if !inline[n.DataAtom] || tells(n) {
		line = n
	}
	for c := range n.ChildNodes() {
		v.walk(c, line, linked || n.DataAtom == atom.A)
	}
	if line == n {
		v.flush()
	}
}

// tells reports whether the class of an inline element says what it is.
func tells(n *html.Node) bool {
	class := strings.ToLower(attribute(n, "class"))
	return slices.ContainsFunc(telling, func(part string) bool { return strings.Contains(class, part) })
}

// flush prints the line that was gathered.
func (v *viewer) flush() {
	text, link := strings.Join(strings.Fields(v.text.String()), " "), strings.Join(strings.Fields(v.link.String()), " ")
	v.text.Reset()
	v.link.Reset()
	if strings.Trim(text, " ⏎") == "" {
		return
	}
	what := v.at.Data
	if class := strings.Join(strings.Fields(attribute(v.at, "class")), "."); class != "" {
		what += "." + class[:min(len(class), 40)]
	}
	if len(link) > 0 && len(link) >= len(text)-2 {
		if v.linked++; v.linked > maxViewLinks {
			return
		}
		what += " link"
	} else {
		if v.linked > maxViewLinks {
			fmt.Fprintf(v.w, "      … %d more lines of links\n", v.linked-maxViewLinks)
		}
		v.linked = 0
	}
	v.print(v.at, what, text)
}

func (v *viewer) print(n *html.Node, what, text string) {
	if v.lines++; v.lines > v.most {
		return
	}
	text = strings.Join(strings.Fields(text), " ")
	if words := len(strings.Fields(text)); len(text) > maxViewText {
		text = fmt.Sprintf("%s… (%d words)", strings.ToValidUTF8(text[:maxViewText], ""), words)
	}
	fmt.Fprintf(v.w, "e%d %s | %s\n", v.number[n], what, text)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
