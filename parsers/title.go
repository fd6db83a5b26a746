package parsers

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

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
		text = x.cutSite(clean(text))
		if text != "" && len(text) < 1000 {
			cands = append(cands, candidate{text, from, weight})
		}
	}
	if o := x.article(); o != nil {
		add(o.text("headline"), "jsonld:headline", 3)
	}
	for _, v := range x.metas["og:title"] {
		add(v, "meta:og:title", 3)
		break
	}
	for _, v := range x.metas["twitter:title"] {
		add(v, "meta:twitter:title", 2)
		break
	}
	add(x.title, "title", 2)
	var declared []string
	for _, c := range cands {
		declared = append(declared, c.text)
	}
	visible := 0
	for _, b := range x.h1 {
		if b.flags&(inHidden|inNav|inFooter|inAside) == 0 && b.words > 0 {
			visible++
		}
	}
	for _, b := range x.h1 {
		if b.flags&(inHidden|inNav|inFooter|inAside) != 0 || b.words == 0 || x.isSite(b.text) {
			continue
		}
		weight := 3.5
		if len(declared) > 0 { // what nobody else calls the page is seldom its title
			near := 0.0
			for _, d := range declared {
				near = max(near, sharedWords(b.text, d))
			}
			weight = 1 + 2.5*near
		}
		if b.flags&inHeader != 0 && b.flags&(inArticle|inMain) == 0 && visible > 1 {
			weight = 1
		}
		add(b.text, "dom:h1", weight)
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
		for _, b := range x.blocks {
			if b.flags&inHeading != 0 && b.flags&(inHidden|inNav|inFooter|inAside) == 0 && b.words > 0 {
				return b.text, Provenance{"dom:heading", 0.4}
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
	for _, b := range x.h1 {
		if b.flags&(inHidden|inNav|inFooter|inAside|inDialog) != 0 || b.words == 0 || len(b.text) > 400 || x.isSite(b.text) || x.leadsHome(b.node) {
			continue
		}
		n++
		near := 0.0
		for _, d := range declared {
			near = max(near, sharedWords(b.text, d))
		}
		score := near
		if b.flags&(inArticle|inMain) != 0 {
			score += 0.15
		}
		if b.flags&inHeader != 0 && b.flags&(inArticle|inMain) == 0 {
			score -= 0.15
		}
		if score > bestScore {
			best, bestScore = b.text, score
		}
	}
	if n == 0 || bestScore < 0.4 {
		return "", 0
	}
	return x.cutSite(clean(best)), min(0.98, 0.6+bestScore/3)
}

// leadsHome reports whether a heading is a link to the front page, as logos are.
func (x *index) leadsHome(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "a" {
			u, err := url.Parse(x.resolve(attr(d, "href")))
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
func (x *index) findSubtitle(title string) (string, *block) {
	from := x.titleBlock(title)
	if from == nil {
		return "", nil
	}
	description, _ := x.first("og:description", "description")
	for i := from.n + 1; i < min(len(x.blocks), from.n+8); i++ {
		b := x.blocks[i]
		if b.flags&(inHidden|inNav|inForm|inCaption|inButton) != 0 || b.words < 4 || b.words > 90 || b.link*2 > len(b.text) {
			continue
		}
		m := x.hintsBelow(b.node, x.body)
		named := x.hint(b.node)&hintStandfirst != 0 || b.node.Parent != nil && x.hint(b.node.Parent)&hintStandfirst != 0
		heading := b.flags&inHeading != 0 && level(b) == 2 && i == from.n+1 && b.words >= 6 && m&(hintRelated|hintNav) == 0
		same := description != "" && len(description) > 40 && similar(b.text, description) && b.node.Data != "p"
		if named || heading || same {
			return b.text, b
		}
	}
	return "", nil
}

// titleBlock is where the title stands on the page.
func (x *index) titleBlock(title string) *block {
	for _, b := range x.h1 {
		if foldEqual(b.text, title) {
			return b
		}
	}
	for _, b := range x.h1 {
		if b.flags&(inHidden|inNav|inFooter|inAside) == 0 && similar(b.text, title) {
			return b
		}
	}
	for _, b := range x.blocks {
		if b.flags&(inHidden|inNav|inFooter) == 0 && foldEqual(b.text, title) {
			return b
		}
	}
	return nil
}
