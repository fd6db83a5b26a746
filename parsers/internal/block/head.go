package block

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of what is kept of a head.
const (
	maxScripts     = 50
	minDataScript  = 500 // bytes: shorter scripts hold no data of an article
	maxMetas       = 50  // of one name; links of one rel, too
	maxMetaNames   = 500
	maxMetaContent = 20_000 // bytes
)

// head reads metas, links, title and scripts.
func (w *walker) head(n *html.Node, depth int, s state) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Title:
			if w.page.Title == "" {
				w.page.Title = Clean(TextOf(c))
			}
		case atom.Meta, atom.Link, atom.Script, atom.Base:
			w.element(c, depth+1, s)
		}
	}
}

// addScript keeps a script that may hold data.
func (p *Page) addScript(n *html.Node) {
	switch t := strings.ToLower(Attr(n, "type")); {
	case strings.Contains(t, "ld+json"):
		if len(p.JSONLD) < maxScripts {
			p.JSONLD = append(p.JSONLD, n)
		}
	case n.FirstChild != nil && len(n.FirstChild.Data) > minDataScript && len(p.DataScripts) < 4*maxScripts:
		p.DataScripts = append(p.DataScripts, n)
	}
}

// addBase keeps the base address of the page: that of the first base element that has
// one (HTML Standard, section 4.2.3).
func (p *Page) addBase(n *html.Node) {
	if href := strings.TrimSpace(Attr(n, "href")); p.Base == "" {
		p.Base = href
	}
}

func (p *Page) addMeta(n *html.Node) {
	content := Attr(n, "content")
	if strings.TrimSpace(content) == "" || len(content) > maxMetaContent {
		return
	}
	for _, key := range []string{"name", "property", "itemprop", "http-equiv"} {
		if name := strings.ToLower(strings.TrimSpace(Attr(n, key))); name != "" && len(p.Metas[name]) < maxMetas && len(p.Metas) < maxMetaNames {
			p.Metas[name] = append(p.Metas[name], Clean(html.UnescapeString(content)))
		}
	}
}

func (p *Page) addLink(n *html.Node) {
	href := strings.TrimSpace(Attr(n, "href"))
	if href == "" {
		return
	}
	for rel := range strings.FieldsSeq(strings.ToLower(Attr(n, "rel"))) {
		if len(p.Rels[rel]) < maxMetas {
			p.Rels[rel] = append(p.Rels[rel], href)
		}
	}
}
