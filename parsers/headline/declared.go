package headline

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// Where a page declares its title.
const (
	ldHeadline = iota
	ogTitle
	twitterTitle
	titleElement
	numTitleSources
)

// titleSources are the names of these places, as Provenance has them.
var titleSources = [numTitleSources]string{"jsonld:headline", "meta:og:title", "meta:twitter:title", "title"}

// declaredEvidence is what speaks for a declared title: the places that declare it,
// with value 1, and those where it is a part of the title or the title a part of
// it, with 0.5. A title cut off with an ellipsis counts for a third.
var declaredEvidence = evidence.Table{
	ldHeadline:   {Name: "agrees with JSON-LD headline", Weight: 3},
	ogTitle:      {Name: "agrees with og:title", Weight: 3},
	twitterTitle: {Name: "agrees with twitter:title", Weight: 2},
	titleElement: {Name: "agrees with the title element", Weight: 2},
}

// ellipsisShare is what a title counts that was cut to the length that a network asks for.
const ellipsisShare = 1.0 / 3

// A declaredTitle is a title that the page's head gives, without the site's name.
type declaredTitle struct {
	text   string
	source int
	share  float64 // 1, or ellipsisShare
	weight float64 // of its source, times share
	folded string
	starts []string        // folded: what stands before each separator
	words  map[string]bool // see wordSet

	evidence evidence.Values // see chooseDeclared
	score    float64
}

func (d *declaredTitle) from() string { return titleSources[d.source] }

func (d *declaredTitle) isJSONLD() bool { return d.source == ldHeadline }

// readDeclared lists the declared titles, one of each source at most.
func (r *titleReader) readDeclared() []*declaredTitle {
	var values [numTitleSources]string
	if o := r.page.Article(); o != nil {
		values[ldHeadline] = o.Text("headline")
	}
	values[ogTitle] = firstOf(r.page.Metas["og:title"])
	values[twitterTitle] = firstOf(r.page.Metas["twitter:title"])
	values[titleElement] = pageTitle(r.page)
	var all []*declaredTitle
	for source, s := range values {
		if d := r.declare(source, s); d != nil {
			all = append(all, d)
		}
	}
	return all
}

func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// declare is a declared title; nil if only the site's name is in it.
func (r *titleReader) declare(source int, s string) *declaredTitle {
	if len(s) > 1000 {
		return nil
	}
	s = r.cutAffixes(block.Clean(unescapeTwice(s)))
	if s == "" || r.page.IsSite(s) {
		return nil
	}
	d := &declaredTitle{text: s, source: source, share: 1, folded: text.Fold(s), words: wordSet(s)}
	if strings.HasSuffix(s, "…") || strings.HasSuffix(s, "...") {
		d.share = ellipsisShare
	}
	d.weight = declaredEvidence[source].Weight * d.share
	for _, at := range separator.FindAllStringIndex(s, 6) {
		d.starts = append(d.starts, text.Fold(s[:at[0]]))
	}
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

// unescapeTwice undoes the escaping of a value that was escaped once more than HTML asks for.
func unescapeTwice(s string) string {
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		return html.UnescapeString(s)
	}
	return s
}

// chooseDeclared is the declared title that most of them agree with, the first of
// equals; nil if there is none.
func chooseDeclared(declared []*declaredTitle) *declaredTitle {
	var best *declaredTitle
	for _, d := range declared {
		d.evidence = make(evidence.Values, numTitleSources)
		for _, o := range declared {
			switch {
			case d.folded == o.folded:
				d.evidence[o.source] = o.share
			case strings.Contains(o.folded, d.folded) || strings.Contains(d.folded, o.folded):
				d.evidence[o.source] = o.share / 2
			}
		}
		d.score = declaredEvidence.Score(d.evidence)
		if best == nil || d.score > best.score {
			best = d
		}
	}
	return best
}

// support says how well the declared titles support a heading, from 0 to 1, and
// whether one of them is just that heading, or begins with it and goes on after a
// separator: that of the JSON-LD, where there is some. For a heading of a level
// below 1 only such a title counts.
func support(heading string, level int, declared []*declaredTitle) (share float64, exact bool) {
	f := text.Fold(heading)
	if f == "" {
		return 0, false
	}
	var words map[string]bool
	most, sum, weights := 0.0, 0.0, 0.0
	for i, d := range declared {
		n := 0.0
		switch {
		case d.folded == f:
			n = 1
		case slices.Contains(d.starts, f):
			n = 0.9
		case level == 1:
			if words == nil {
				words = wordSet(heading)
			}
			n = overlap(words, d.words)
			if strings.HasPrefix(d.folded, f) && len(f) >= 8 {
				n = max(n, 0.5)
			}
		}
		if d.folded == f || slices.Contains(d.starts, f) {
			exact = exact || i == 0 || !declared[0].isJSONLD()
		}
		most = max(most, n)
		sum += n * d.weight
		weights += d.weight
	}
	if weights == 0 {
		return 0, false
	}
	return max(0.7*most+0.3*sum/weights, most*0.85), exact
}
