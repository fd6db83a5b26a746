package parsers

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
)

// fold reduces a text to letters and digits in lower case, for comparison.
func fold(s string) string {
	var small [64]byte
	folded := small[:0]
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return foldAny(s)
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			folded = append(folded, c)
		case c >= 'A' && c <= 'Z':
			folded = append(folded, c|0x20)
		}
	}
	return string(folded)
}

func foldAny(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func foldEqual(a, b string) bool {
	// Texts of very different lengths are not worth folding.
	if len(a) > 2*len(b)+64 || len(b) > 2*len(a)+64 {
		return false
	}
	fa := fold(a)
	return fa != "" && fa == fold(b)
}

// similar reports whether one text holds the other, or most of its words.
func similar(a, b string) bool {
	fa, fb := fold(a), fold(b)
	if fa == "" || fb == "" {
		return false
	}
	if strings.Contains(fa, fb) || strings.Contains(fb, fa) {
		return true
	}
	words := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ToLower(a)) {
		words[w] = true
	}
	n, hit := 0, 0
	for w := range strings.FieldsSeq(strings.ToLower(b)) {
		n++
		if words[w] {
			hit++
		}
	}
	return n > 0 && hit*10 >= n*7
}

var separator = regexp.MustCompile(`\s+(?:[|–—•·»›⁄:]|-|::|~)\s+|\s*\|\s*`)

// cutSite takes the publication's name off a title, but only what is known to be it.
func (x *index) cutSite(title string) string {
	for range 3 {
		spots := separator.FindAllStringIndex(title, -1)
		if len(spots) == 0 {
			return title
		}
		last, first := spots[len(spots)-1], spots[0]
		switch {
		case x.isSiteAffix(title[last[1]:]) || x.isSection(title[last[1]:]):
			title = strings.TrimSpace(title[:last[0]])
		case x.isSiteAffix(title[:first[0]]):
			title = strings.TrimSpace(title[first[1]:])
		default:
			return title
		}
	}
	return title
}

func (x *index) isSection(s string) bool {
	if sec, _ := x.first("article:section"); sec != "" && foldEqual(sec, s) {
		return true
	}
	return false
}

// findTitle weighs the titles that a page has against each other: the one that
// most others agree with, and of these what a reader sees.
func (x *index) findTitle() (string, Provenance) {
	type candidate struct {
		text, from string
		weight     float64
	}
	var cands []candidate
	add := func(text, from string, weight float64) {
		text = x.cutSite(block.Clean(text))
		if text != "" && len(text) < 1000 {
			cands = append(cands, candidate{text, from, weight})
		}
	}
	if o := x.article(); o != nil {
		add(o.text("headline"), "jsonld:headline", 3)
	}
	for _, v := range x.Metas["og:title"] {
		add(v, "meta:og:title", 3)
		break
	}
	for _, v := range x.Metas["twitter:title"] {
		add(v, "meta:twitter:title", 2)
		break
	}
	add(x.Title, "title", 2)
	var declared []string
	for _, c := range cands {
		declared = append(declared, c.text)
	}
	visible := 0
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && b.Words > 0 {
			visible++
		}
	}
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) != 0 || b.Words == 0 || x.isSite(b.Text) {
			continue
		}
		weight := 3.5
		if len(declared) > 0 { // what nobody else calls the page is seldom its title
			near := 0.0
			for _, d := range declared {
				near = max(near, sharedWords(b.Text, d))
			}
			weight = 1 + 2.5*near
		}
		if b.Flags&block.InHeader != 0 && b.Flags&(block.InArticle|block.InMain) == 0 && visible > 1 {
			weight = 1
		}
		add(b.Text, "dom:h1", weight)
		if len(cands) > 12 {
			break
		}
	}
	if h, sure := x.headline(declared); h != "" {
		return h, Provenance{"dom:h1", sure}
	}
	best, bestScore := -1, 0.0
	for i, c := range cands {
		score := c.weight
		for j, o := range cands {
			if i == j {
				continue
			}
			switch fc, fo := fold(c.text), fold(o.text); {
			case fc == fo:
				score += o.weight
			case strings.Contains(fo, fc) || strings.Contains(fc, fo):
				score += o.weight * 0.5
			}
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		// A page without any: its first heading.
		for _, b := range x.Blocks {
			if b.Flags&block.InHeading != 0 && b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && b.Words > 0 {
				return b.Text, Provenance{"dom:heading", 0.4}
			}
		}
		return "", Provenance{}
	}
	return cands[best].text, Provenance{cands[best].from, min(0.99, 0.4+bestScore/20)}
}

// headline is the h1 that a reader takes for the title: what the head of the page
// declares is often written for search engines and networks. An h1 that names
// the site, leads home, or shares no word with what is declared is none.
func (x *index) headline(declared []string) (text string, sure float64) {
	best, bestScore := "", 0.0
	n := 0
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside|block.InDialog) != 0 || b.Words == 0 || len(b.Text) > 400 || x.isSite(b.Text) || x.leadsHome(b.Node) {
			continue
		}
		n++
		near := 0.0
		for _, d := range declared {
			near = max(near, sharedWords(b.Text, d))
		}
		score := near
		if b.Flags&(block.InArticle|block.InMain) != 0 {
			score += 0.15
		}
		if b.Flags&block.InHeader != 0 && b.Flags&(block.InArticle|block.InMain) == 0 {
			score -= 0.15
		}
		if score > bestScore {
			best, bestScore = b.Text, score
		}
	}
	if n == 0 || bestScore < 0.4 {
		return "", 0
	}
	return x.cutSite(block.Clean(best)), min(0.98, 0.6+bestScore/3)
}

// leadsHome reports whether a heading is a link to the front page, as logos are.
func (x *index) leadsHome(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "a" {
			u, err := url.Parse(x.resolve(block.Attr(d, "href")))
			return err == nil && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
		}
	}
	return false
}

// sharedWords is the share of words that two texts have in common, of the longer
// one; for scripts without spaces, of two-letter pieces.
func sharedWords(a, b string) float64 {
	wa, wb := wordSet(a), wordSet(b)
	if len(wa) == 0 || len(wb) == 0 {
		return 0
	}
	hit := 0
	for w := range wa {
		if wb[w] {
			hit++
		}
	}
	return float64(hit) / float64(max(len(wa), len(wb)))
}

func wordSet(s string) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(w)
		if len(runes) > 0 && runes[0] >= 0x2e80 { // Chinese, Japanese, Korean
			for i := 0; i+1 < len(runes); i++ {
				words[string(runes[i:i+2])] = true
			}
			continue
		}
		words[w] = true
	}
	return words
}

// findSubtitle is the standfirst: what stands between title and story and is
// called so, or is the page's own description.
func (x *index) findSubtitle(title string) (string, *block.Block) {
	from := x.titleBlock(title)
	if from == nil {
		return "", nil
	}
	description, _ := x.first("og:description", "description")
	for i := from.N + 1; i < min(len(x.Blocks), from.N+8); i++ {
		b := x.Blocks[i]
		if b.Flags&(block.InHidden|block.InNav|block.InForm|block.InCaption|block.InButton) != 0 || b.Words < 4 || b.Words > 90 || b.Link*2 > len(b.Text) {
			continue
		}
		m := x.HintsBelow(b.Node, x.Body)
		named := x.Hint(b.Node)&block.HintStandfirst != 0 || b.Node.Parent != nil && x.Hint(b.Node.Parent)&block.HintStandfirst != 0
		heading := b.Flags&block.InHeading != 0 && level(b) == 2 && i == from.N+1 && b.Words >= 6 && m&(block.HintRelated|block.HintNav) == 0
		same := description != "" && len(description) > 40 && similar(b.Text, description) && b.Node.Data != "p"
		if named || heading || same {
			return b.Text, b
		}
	}
	return "", nil
}

// titleBlock is where the title stands on the page.
func (x *index) titleBlock(title string) *block.Block {
	for _, b := range x.H1 {
		if foldEqual(b.Text, title) {
			return b
		}
	}
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && similar(b.Text, title) {
			return b
		}
	}
	for _, b := range x.Blocks {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 && foldEqual(b.Text, title) {
			return b
		}
	}
	return nil
}
