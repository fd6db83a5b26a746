package contacts

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// kindReach is how many parts away from an address the kind of a part may matter
// to it: an address has maxAddressParts, a label before them, and is continued by
// what the two parts after a line are.
const kindReach = maxAddressParts + 4

// findKinds finds out the kinds of those parts of a row that may belong to an
// address; the others keep none. What a part is takes long expressions to say, and
// most rows have nothing that an address is known by.
func findKinds(ps []addressPart, place addressPlace) {
	next := 0 // the first part whose kind is open
	for i := range ps {
		if !ps[i].isSign(place) {
			continue
		}
		for next = max(next, i-kindReach); next < min(len(ps), i+kindReach+1); next++ {
			ps[next].findKind()
		}
	}
}

func (p *addressPart) findKind() {
	if !p.known {
		p.kind, p.known = kindOfPiece(p.text()), true
	}
}

// isSign reports whether a part may be what no address is without: each rule that
// accepts one (addressRules) asks for a number, a label, a country, an address in
// one piece, or a building where another item is beside it.
func (p *addressPart) isSign(place addressPlace) bool {
	s := p.text()
	switch {
	case place.marked:
		return true
	case text.HasDigit(s):
		p.findKind()
		return !p.is(pieceNoise) || houseAlone.MatchString(s)
	case p.known: // another item
		return false
	case mayEastAsian(s), addressLabel.MatchString(s):
		return true
	}
	lower := strings.ToLower(s)
	return namesCountry(lower) || place.close && classesOf(lower)&mayHouse != 0
}
