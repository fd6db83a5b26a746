package parsers

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
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
		case x.isSite(title[last[1]:]) || x.isSection(title[last[1]:]):
			title = strings.TrimSpace(title[:last[0]])
		case x.isSite(title[:first[0]]):
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
		if b.flags&inHeader != 0 && b.flags&(inArticle|inMain) == 0 && visible > 1 {
			weight = 1
		}
		add(b.text, "dom:h1", weight)
		if len(cands) > 12 {
			break
		}
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
