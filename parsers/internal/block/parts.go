package block

import "strings"

// parts are short texts, each of two bytes or more, that are looked for all at once in
// one walk over a text: attributes of every element are asked for them.
type parts struct {
	all   []string
	pairs [64]uint64 // by the key of a part's first byte: one bit for that of its second
}

func newParts(all ...string) *parts {
	p := &parts{all: all}
	for _, part := range all {
		p.pairs[pairKey(part[0])] |= 1 << pairKey(part[1])
	}
	return p
}

// pairKey is below 64. A letter has a value of its own, whatever its case.
func pairKey(c byte) byte { return c&31 | c>>1&32 }

// in reports whether a text has one of the parts.
func (p *parts) in(text string) bool {
	if text == "" {
		return false
	}
	key := pairKey(text[0])
	for i := 1; i < len(text); i++ {
		first := key
		key = pairKey(text[i])
		if p.pairs[first&63]>>(key&63)&1 == 0 {
			continue
		}
		for _, part := range p.all {
			if strings.HasPrefix(text[i-1:], part) {
				return true
			}
		}
	}
	return false
}
