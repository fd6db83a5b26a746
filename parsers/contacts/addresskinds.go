package contacts

import (
	"strings"
	"unicode/utf8"

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

// isSign reports whether a part may be what an address is known by: a number, a
// label, a country, an address in one piece, or, where another item is beside it, a
// street or a building. How much each says is the model's business; here only those
// parts are passed over that no address could be made of.
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
	case mayEastAsian(s), mayBeLabel(s) && addressLabel.MatchString(s):
		return true
	}
	return mayNameCountry(s) && namesCountry(strings.ToLower(s)) || place.close && mayHaveHouse(s) && classesOf(strings.ToLower(s))&(mayStreet|mayHouse|mayRoom) != 0
}

// labelStarts are the first three letters of all words of addressLabel, among them
// those that a label in ASCII begins with.
var labelStarts = func() map[[3]byte]bool {
	starts := map[[3]byte]bool{}
	for word := range strings.FieldsFuncSeq(addressLabel.String(), func(r rune) bool { return !isWordRune(r) }) {
		if len(word) >= 3 {
			starts[[3]byte([]byte(word))] = true
		}
	}
	return starts
}()

// mayBeLabel is the cheap question whether a piece is a label: in ASCII its first
// letters say most.
func mayBeLabel(s string) bool {
	if s == "" || text.Lower(s[0]) < 'a' || text.Lower(s[0]) > 'z' || !text.IsASCII(s) {
		return true
	}
	return len(s) >= 3 && labelStarts[[3]byte{text.Lower(s[0]), text.Lower(s[1]), text.Lower(s[2])}]
}

// houseLengths has by first letter a bit for each length of the words in ASCII that
// streets and parts of buildings are called by.
var houseLengths = func() (t [256]uint64) {
	for word, class := range addressWordClasses {
		if class&(mayStreet|mayHouse|mayRoom) != 0 && text.IsASCII(word) {
			t[word[0]] |= 1 << len(word)
		}
	}
	return t
}()

// mayHaveHouse is the cheap question whether a piece has a word for a street or for a
// part of a building.
func mayHaveHouse(s string) bool {
	for i := 0; i < len(s); {
		c := text.Lower(s[i])
		switch {
		case c >= utf8.RuneSelf || c == '#':
			return true
		case c < 'a' || c > 'z':
			i++
			continue
		}
		start := i
		for i < len(s) && text.Lower(s[i]) >= 'a' && text.Lower(s[i]) <= 'z' {
			i++
		}
		if n := i - start; n < 64 && houseLengths[c]>>n&1 != 0 {
			return true
		}
	}
	return false
}
