package main

import (
	"bytes"
	"fmt"
	"log"
	"math/rand/v2"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// Corpora hold few long reads, few stories of three lines and few pages whose class
// names mean nothing. An alteration makes such a page of one that is labelled. It
// changes the tree and gives the text of the story that is now in it; "" if the page
// does not lend itself to it.
type alteration struct {
	name   string
	every  int     // one page of so many is altered
	weight float32 // of such a page, relative to others
	change func(a *alter) string
}

var alterations = []alteration{
	{"long", 8, 0.5, (*alter).lengthen},
	{"short", 10, 0.3, (*alter).shorten},
	{"nameless", 7, 0.3, (*alter).rename},
}

// An alter is one page that is being altered.
type alter struct {
	sample *sample
	page   *doc.Page // read anew; its blocks are those of the sample's page
	rng    *rand.Rand
	pool   *pool
}

// A pool is text of the stories of one part of the cross-validation.
type pool struct {
	paragraphs, headings, items []string
}

// augment gives altered pages of samples that have been examined. A page gets text of
// its own part of the cross-validation only, so that no model is measured on text
// that it was trained on.
func augment(samples []*sample, folds int) []*sample {
	pools := make([]pool, folds)
	for _, s := range samples {
		if s.page == nil || s.blind() || s.Truth.Body == "" {
			continue
		}
		p := &pools[s.fold(folds)]
		for i, b := range s.page.Blocks {
			switch {
			case s.label[i] == 0 || s.weight[i] == 0 || b.Flags&(block.InTable|block.InQuote|block.InCaption) != 0:
			case b.Flags&block.InHeading != 0:
				p.headings = append(p.headings, b.Text)
			case b.Flags&block.InList != 0:
				p.items = append(p.items, b.Text)
			case b.Words >= 15:
				p.paragraphs = append(p.paragraphs, b.Text)
			}
		}
	}
	var all []*sample
	for kind, alteration := range alterations {
		made := make([]*sample, len(samples))
		each(len(samples), func(i int) {
			s := samples[i]
			p := &pools[s.fold(folds)]
			if i%alteration.every != kind || s.page == nil || s.blind() || s.Truth.Body == "" || len(p.paragraphs) < 100 || len(p.headings) == 0 || len(p.items) == 0 {
				return
			}
			var err error
			if made[i], err = alteration.of(s, p, uint64(i)); err != nil {
				log.Printf("%s, %s: %v", s.ID, alteration.name, err)
			}
		})
		made = slices.DeleteFunc(made, func(s *sample) bool { return s == nil })
		log.Printf("%d %s pages", len(made), alteration.name)
		all = append(all, made...)
	}
	return all
}

// of alters a page; nil if it does not lend itself to it.
func (c *alteration) of(s *sample, pool *pool, seed uint64) (*sample, error) {
	page, err := s.read()
	if err != nil {
		return nil, err
	}
	root, err := parsers.Document(page)
	if err != nil {
		return nil, err
	}
	a := &alter{s, doc.Read(page, root), rand.New(rand.NewPCG(7, seed)), pool}
	if len(a.page.Blocks) != len(s.page.Blocks) {
		return nil, fmt.Errorf("got %d blocks, then %d", len(s.page.Blocks), len(a.page.Blocks))
	}
	altered := *s
	altered.ID += "+" + c.name
	altered.factor *= c.weight
	altered.altered = c.name
	altered.page, altered.label, altered.weight = nil, nil, nil
	truth := c.change(a)
	if truth == "" {
		return nil, nil
	}
	altered.Truth.Body = truth
	for _, script := range a.page.JSONLD { // of another text
		if script.Parent != nil {
			script.Parent.RemoveChild(script)
		}
	}
	var b bytes.Buffer
	if err := html.Render(&b, root); err != nil {
		return nil, err
	}
	altered.source, altered.Charset = b.Bytes(), "utf-8"
	return &altered, nil
}

// paragraphs are the labelled blocks that stand alone in an element of the story's
// container, the element that has most words in such.
func (a *alter) paragraphs() []*block.Block {
	words := map[*html.Node]int{}
	var all []*block.Block
	for i, b := range a.page.Blocks {
		if a.sample.label[i] == 0 || b.Node.DataAtom != atom.P && b.Node.DataAtom != atom.Div || i > 0 && a.page.Blocks[i-1].Elem == b.Elem || i+1 < len(a.page.Blocks) && a.page.Blocks[i+1].Elem == b.Elem {
			continue
		}
		all = append(all, b)
		words[b.Node.Parent] += b.Words
	}
	var container *html.Node
	for _, b := range all { // in order, so that the map's does not matter
		if container == nil || words[b.Node.Parent] > words[container] {
			container = b.Node.Parent
		}
	}
	return slices.DeleteFunc(all, func(b *block.Block) bool { return b.Node.Parent != container })
}

// lengthen puts paragraphs, sections, headings and lists of other stories, and the
// story's own paragraphs again, in the middle of the story, until it is a long read.
func (a *alter) lengthen() string {
	own := a.paragraphs()
	if len(own) < 3 {
		return ""
	}
	at := own[a.rng.IntN(len(own)-1)+1].Node
	container := at.Parent
	var added strings.Builder
	least := 3_000 + a.rng.IntN(15_000)
	sections, repeat := a.rng.IntN(3) == 0, a.rng.IntN(3) == 0
	into := container
	insert := func(n *html.Node) {
		if into == container {
			container.InsertBefore(n, at)
			return
		}
		into.AppendChild(n)
	}
	pick := func(from []string) string {
		s := from[a.rng.IntN(len(from))]
		added.WriteString("\n\n" + s)
		return s
	}
	for words, k := 0, 0; words < least && k < 1_500; k++ {
		before := added.Len()
		switch {
		case sections && k%7 == 0:
			into = element(atom.Section, "")
			container.InsertBefore(into, at)
			insert(element(atom.H2, pick(a.pool.headings)))
		case k%11 == 5:
			insert(element(atom.H3, pick(a.pool.headings)))
		case k%17 == 9:
			list := element(atom.Ul, "")
			for range 2 + a.rng.IntN(5) {
				list.AppendChild(element(atom.Li, pick(a.pool.items)))
			}
			insert(list)
		default:
			like := own[a.rng.IntN(len(own))]
			text := like.Text
			if repeat && k%3 == 0 {
				added.WriteString("\n\n" + text)
			} else {
				text = pick(a.pool.paragraphs)
			}
			insert(a.paragraph(like.Node, text))
		}
		words += (added.Len() - before) / 6
	}
	return a.sample.Truth.Body + added.String()
}

// paragraph is an element like another one with a text, some of it now and then a
// link.
func (a *alter) paragraph(like *html.Node, s string) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: like.Data, DataAtom: like.DataAtom}
	for _, attr := range like.Attr {
		if attr.Key == "class" {
			n.Attr = append(n.Attr, attr)
		}
	}
	from := strings.IndexByte(s, ' ')
	if a.rng.IntN(4) > 0 || from < 0 {
		n.AppendChild(&html.Node{Type: html.TextNode, Data: s})
		return n
	}
	to := from + 1
	for range 1 + a.rng.IntN(5) {
		if k := strings.IndexByte(s[to:], ' '); k >= 0 {
			to += k + 1
		}
	}
	link := element(atom.A, s[from:to])
	link.Attr = []html.Attribute{{Key: "href", Val: "/other"}}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: s[:from]})
	n.AppendChild(link)
	n.AppendChild(&html.Node{Type: html.TextNode, Data: s[to:]})
	return n
}

func element(name atom.Atom, s string) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: name.String(), DataAtom: name}
	if s != "" {
		n.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	}
	return n
}

// shorten leaves one to three paragraphs of the story.
func (a *alter) shorten() string {
	own := a.paragraphs()
	if len(own) < 4 {
		return ""
	}
	container := own[0].Node.Parent
	stay := 1 + a.rng.IntN(3)
	last := own[stay].N
	var left []string
	for i, b := range a.page.Blocks {
		switch {
		case a.sample.label[i] == 0:
		case i < last:
			left = append(left, b.Text)
		case b.Node.Parent == nil: // it is out already
		case b.Node.DataAtom != atom.Body && b.Node.DataAtom != atom.Div, b.Node.Parent == container:
			b.Node.Parent.RemoveChild(b.Node)
		default:
			return "" // its element holds more than this block
		}
	}
	return strings.Join(left, "\n\n")
}

// rename replaces the names of all classes and ids.
func (a *alter) rename() string {
	names := map[string]string{}
	for n := range a.page.Doc.Descendants() {
		for i, attr := range n.Attr {
			if attr.Key != "class" && attr.Key != "id" {
				continue
			}
			var renamed []string
			for name := range strings.FieldsSeq(attr.Val) {
				if names[name] == "" {
					letters := make([]byte, 6)
					for k := range letters {
						letters[k] = 'a' + byte(a.rng.IntN(26))
					}
					names[name] = string(letters)
				}
				renamed = append(renamed, names[name])
			}
			n.Attr[i].Val = strings.Join(renamed, " ")
		}
	}
	return a.sample.Truth.Body
}
