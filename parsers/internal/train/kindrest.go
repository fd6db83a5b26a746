package main

import (
	"bytes"
	"cmp"
	"log"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// moreKinds gives the pages that the model of kinds is trained with besides the
// labelled ones: pages of our own words, what is left of labelled articles without
// their story, and pages of collections of articles that nobody labelled.
func moreKinds(all []*sample) []*sample {
	more := kindPages()
	rests := make([]*sample, len(all))
	each(len(all), func(i int) {
		if s := all[i]; !s.blind() && s.labels != nil && s.labels.Kind == "article" {
			rest, err := rest(s, i)
			if err != nil {
				log.Printf("%s: %v", s.ID, err)
			}
			rests[i] = rest
		}
	})
	for _, r := range rests {
		if r != nil {
			more = append(more, r)
		}
	}
	for _, s := range all {
		if (s.labels == nil || s.labels.Kind == "") && (s.Source == "wcxb" || s.Source == "fundus") && !mayShow.MatchString(s.URL+" "+s.Truth.Title) {
			article := *s
			article.extra, article.labels = true, &label{Kind: "article"}
			more = append(more, &article)
		}
	}
	return more
}

// mayShow matches addresses and titles of pages that may be another story than an
// article.
var mayShow = regexp.MustCompile(`(?i)live|direct|vivo|video|watch|galer|foto|photo|bilder|picture|slide`)

// kindWeight is how much a page weighs for the model of kinds. To hide an article is worse
// than to show a page that is none: articles weigh as much as the few others that are
// real. Kinds of story that are rare weigh more, made pages less; among these sections
// and other pages, which are the hardest to tell from stories, weigh the most.
func kindWeight(s *sample) float32 {
	k := s.labels.Kind
	switch made := s.made() && (s.Page != "" || s.source != nil); {
	case made && k == "section":
		return 0.3
	case made && k == "other":
		return 0.25
	case made:
		return 0.2
	case k == "live", k == "gallery", k == "video":
		return 8
	}
	return 2
}

// Bounds of what is left of a page.
const (
	cardsOfFront = 8
	cardsOfOther = 2
)

// rest is what is left of a page without its story: a front if it has many links to
// other stories, with the address of one; nil if it is neither one nor bare.
func rest(s *sample, number int) (*sample, error) {
	page, err := s.read()
	if err != nil {
		return nil, err
	}
	root, err := parsers.Document(page)
	if err != nil {
		return nil, err
	}
	p := doc.Read(page, root)
	title, _ := headline.Title(p)
	story := body.Choose(p, nil, title, nil)
	cards, kept := 0, 0
	const chrome = block.InNav | block.InFooter | block.InHidden
	var gone []*html.Node
	for _, b := range p.Blocks {
		switch {
		case story.Kept(b):
			kept++
			gone = append(gone, b.Node)
		case b.Flags&chrome == 0 && b.Words >= 4 && b.LinkBytes*10 >= len(b.Text)*8:
			cards++
		}
	}
	for _, b := range append(slices.Clone(p.H1), p.TitleBlock(title)) {
		if b != nil {
			gone = append(gone, b.Node)
		}
	}
	if kept == 0 || cards > cardsOfOther && cards < cardsOfFront {
		return nil, nil
	}
	for _, n := range gone {
		if n.Parent != nil && n != p.Body {
			n.Parent.RemoveChild(n)
		}
	}
	r := *s
	r.ID, r.extra, r.labels = s.ID+"+rest", true, &label{Kind: "other"}
	name, address := "", ""
	if u := page.URL; cards >= cardsOfFront {
		r.labels.Kind, name, address = frontOf(u, p, number)
		r.URL = u.Scheme + "://" + u.Host + address
	}
	asFront(p, name)
	var b bytes.Buffer
	if err := html.Render(&b, root); err != nil {
		return nil, err
	}
	r.source, r.Charset = b.Bytes(), "utf-8"
	return &r, nil
}

// frontOf gives the rest of a page the kind, title and address of a front, by its number.
func frontOf(u *url.URL, p *doc.Page, number int) (kind, title, address string) {
	part, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if part == "" || len(part) > 20 || strings.ContainsAny(part, ".0123456789") {
		part = []string{"news", "politik", "sport", "culture"}[number/8%4]
	}
	part = cmp.Or(part, "news")
	switch number % 8 {
	case 0, 1:
		return "home", u.Host, "/"
	case 2:
		return "author", "Ane Dahl", "/author/ane-dahl/"
	case 3:
		return "section", part, "/category/" + part + "/"
	case 4:
		return "section", part, "/tag/" + part
	case 5:
		return "section", part, "/" + part + "/page/2/"
	}
	return "section", part, "/" + part + "/"
}

// asFront takes from a page what says that it is a story, and gives it another title.
func asFront(p *doc.Page, title string) {
	var gone []*html.Node
	for n := range p.Doc.Descendants() {
		switch n.DataAtom {
		case atom.Meta, atom.Link, atom.Title:
			if n.DataAtom != atom.Meta || !strings.EqualFold(block.Attr(n, "http-equiv"), "content-type") && block.Attr(n, "property") != "og:site_name" {
				gone = append(gone, n)
			}
		case atom.Script:
			gone = append(gone, n)
		case atom.Body:
			n.Attr = nil
		}
	}
	var head *html.Node
	for _, n := range gone {
		if n.DataAtom == atom.Title && head == nil {
			head = n.Parent
		}
		n.Parent.RemoveChild(n)
	}
	if head == nil || title == "" {
		return
	}
	t := &html.Node{Type: html.ElementNode, DataAtom: atom.Title, Data: "title"}
	t.AppendChild(&html.Node{Type: html.TextNode, Data: title})
	head.AppendChild(t)
}
