package doc

import (
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// MaxWithin bounds how many nodes below a heading, or a short line, are looked at.
const MaxWithin = 200

// SharedWords is the share of words that two texts have in common, of the longer
// one; for scripts without spaces, of two-letter pieces.
func SharedWords(a, b string) float64 {
	return SharedSets(WordSet(a), WordSet(b))
}

func SharedSets(wa, wb map[string]bool) float64 {
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

func WordSet(s string) map[string]bool {
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

// TitleBlock is where the title stands on the page.
func (p *Page) TitleBlock(title string) *block.Block {
	for _, b := range p.H1 {
		if text.EqualFold(b.Text, title) {
			return b
		}
	}
	for _, b := range p.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && text.Similar(b.Text, title) {
			return b
		}
	}
	for _, b := range p.Blocks {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 && text.EqualFold(b.Text, title) {
			return b
		}
	}
	return nil
}
