package headline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// A source is where a page declares its title without showing it.
type source int

const (
	ldHeadline source = iota
	ldName
	ogTitle
	twitterTitle
	titleMeta
	titleElement
	lastCrumb
	numSources
)

// sourceNames are the names of these places, as Provenance has them.
var sourceNames = [numSources]string{"jsonld:headline", "jsonld:name", "meta:og:title", "meta:twitter:title", "meta:title", "title", "jsonld:BreadcrumbList"}

// titleMetas are further meta elements that give the title.
var titleMetas = []string{"title", "headline", "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "citation_title", "hdl", "cxenseparse:title"}

// maxDeclared bounds a declared title, in bytes.
const maxDeclared = 1000

// A declaredTitle is a title that the page's head gives.
type declaredTitle struct {
	source source
	text   string // whole
	core   string // without what is the publication's name or a section's
	folded string // of core
	words  []uint32
	runs   []run
}

// readDeclared lists the declared titles, one of each source at most.
func readDeclared(p *doc.Page, affixes *affixes) []*declaredTitle {
	var values [numSources]string
	if o := p.Article(); o != nil {
		values[ldHeadline], values[ldName] = o.Text("headline"), o.Text("name")
	}
	if values[ldName] == "" {
		values[ldName] = nameOfPage(p)
	}
	values[ogTitle] = firstOf(p.Metas["og:title"])
	values[twitterTitle] = firstOf(p.Metas["twitter:title"])
	values[titleMeta], _ = p.FirstMeta(titleMetas...)
	values[titleElement] = pageTitle(p)
	for _, path := range declaredPaths(p) {
		values[lastCrumb] = path[len(path)-1]
	}
	var all []*declaredTitle
	for i, s := range values {
		if d := declare(s, affixes); d != nil {
			d.source = source(i)
			all = append(all, d)
		}
	}
	return all
}

// nameOfPage is the name that the JSON-LD gives the page itself, as a WebPage.
func nameOfPage(p *doc.Page) string {
	for _, o := range p.LD {
		if o.Is("WebPage", "ItemPage", "Product", "Recipe", "Event", "MusicRecording", "Movie", "Book") {
			if s := o.Text("headline"); s != "" {
				return s
			}
			if s := o.Text("name"); s != "" {
				return s
			}
		}
	}
	return ""
}

func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// declare is a declared title; nil without one.
func declare(s string, affixes *affixes) *declaredTitle {
	if len(s) > maxDeclared {
		return nil
	}
	if s = block.Clean(unescapeTwice(s)); text.Fold(s) == "" || strings.Contains(s, "://") && !strings.Contains(s, " ") {
		return nil
	}
	d := &declaredTitle{text: s, core: s, runs: runsOf(s)}
	for _, r := range d.runs {
		if len(r.text) < len(d.core) && affixes.of(r.text) != ofSite && affixes.around(r) >= ofSection && (d.core == s || affixes.around(r) >= shownAsSite) {
			d.core = r.text
		}
	}
	d.folded, d.words = text.Fold(d.core), wordsOf(d.core)
	return d
}

// titleElements are title elements but those of drawings.
var titleElements = doc.Select("title:not(svg title)")

// pageTitle is the title element, also one that a broken head left near the top of
// the body.
func pageTitle(p *doc.Page) string {
	if p.Title != "" {
		return p.Title
	}
	n := p.Select(titleElements)
	if n.Length() == 0 || p.Order[n.Nodes[0]] >= 400 {
		return ""
	}
	return block.Clean(block.TextOf(n.Nodes[0]))
}

// unescapeTwice undoes the escaping of a value that was escaped once more than HTML
// asks for, or twice.
func unescapeTwice(s string) string {
	for range 2 {
		if !strings.Contains(s, "&") || !strings.Contains(s, ";") {
			break
		}
		s = html.UnescapeString(s)
	}
	return s
}
