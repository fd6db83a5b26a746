package contacts

import (
	_ "embed"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Pieces of evidence about a postal address: about what it is made of, what its ends
// are, what stands beside them, and where it is.
const (
	addressStreet = numPlacePieces + iota
	addressNumber
	addressWeak
	addressCode
	addressCountry
	addressHouses
	addressBox
	addressWhole
	addressShort
	addressWordParts
	addressParts
	addressLines
	addressDigits
	addressWordCount
	addressLetters
	addressNoise
	addressLabelled
	addressMarked
	addressFollowed
	addressClose
	addressAsRead
	firstStreet
	firstHouse
	firstWords
	firstCompany
	secondNumber
	firstLower
	firstLong
	lastCode
	lastCountry
	lastWords
	lastShort
	beforeOnLine
	beforeFits
	afterOnLine
	afterFits
	afterWords
	onlyTail
	addressCounted
	numAddressPieces
)

var addressPieces = append(slices.Clone(placePieces),
	"parts with a street's word",
	"a street with its number",
	"parts of words with a number",
	"parts with a postal code",
	"parts that are a country or known city",
	"parts of a building",
	"a post office box",
	"an address in one part, as in East Asia",
	"a part that may be a short code",
	"parts of words alone",
	"parts",
	"lines",
	"a digit",
	"words of the address",
	"share of words with capitals",
	"a part that is no address's",
	"labelled as an address",
	"marked as an address in the markup",
	"a number or e-mail address follows",
	"another item is beside it",
	"as far as its parts go on",
	"begins with a street",
	"begins with a building",
	"begins with words",
	"begins with a company's name",
	"streets with a number",
	"begins in lower case",
	"begins with a long part",
	"ends with a code",
	"ends with a country or known city",
	"ends with words",
	"ends with a short code",
	"words before it on its line",
	"an address's part before it",
	"words after it on its line",
	"an address's part after it",
	"words alone after it",
	"only its place below the story speaks for it",
	"parts with a word that is counted",
)

//go:embed addresses.model
var addressModelData []byte

var addressModel = evidence.Learned(addressModelData, addressPieces...)

// An addressRange is a row's pieces from one up to another that may be an address.
type addressRange struct {
	from, to int
	labelled bool
	asRead   bool // as far as extend goes
	address  foundAddress
	score    float64
	sure     bool // it counts whatever the model says
}

// Bounds of the ranges of one page and one row, and of how long one is in bytes.
const (
	maxPageRanges  = 1000
	maxRanges      = 120
	maxAddressSize = 400
)

// addressRanges are the ranges of a row that may be an address: from each piece that
// may begin one as far as its pieces go on, and one piece more or less.
func addressRanges(ps []addressPart, place addressPlace) (all []addressRange) {
	seen := map[[2]int]bool{}
	for i := 0; i < len(ps) && len(all) < maxRanges; i++ {
		settleCode(ps[i:])
		from, labelled, ok := addressStart(ps, i, place.marked)
		if !ok {
			continue
		}
		to := extend(ps, from, labelled)
		for _, end := range []int{to, to - 1, to + 1, to + 2} {
			for _, start := range []int{from, from - 1} {
				if start < 0 || end <= start || end > len(ps) || endsShort(ps, end) || seen[[2]int{start, end}] || !mayBeRange(ps[start:end]) {
					continue
				}
				seen[[2]int{start, end}] = true
				a := joinParts(ps[start:end])
				if n := block.CountWords(a.raw); (n < minAddressWords && !(labelled && n > 1) || n > maxAddressWords) && !hasKind(ps[start:end], pieceWhole) || len(a.raw) > maxAddressSize {
					continue
				}
				all = append(all, addressRange{start, end, labelled, start == from && end == to, a, 0, false})
			}
		}
	}
	return all
}

// endsShort reports whether a comma and a country follow on the line, which are of the
// address too.
func endsShort(ps []addressPart, end int) bool {
	return end < len(ps) && ps[end].soft && !ps[end].newline && ps[end].known && ps[end].kind == pieceCountry
}

// mayBeRange reports whether pieces have what each address has, and neither a label
// nor another item.
func mayBeRange(ps []addressPart) bool {
	return hasKind(ps, pieceCore|pieceHouse|pieceCountry) && !slices.ContainsFunc(ps, func(p addressPart) bool {
		return !p.known || p.kind == pieceLabel || p.kind == pieceNoise
	})
}

func hasKind(ps []addressPart, kind pieceKind) bool {
	return slices.ContainsFunc(ps, func(p addressPart) bool { return p.is(kind) })
}

// addressValues says what a range of a row's pieces is made of.
func addressValues(v evidence.Values, ps []addressPart, a *addressRange, place addressPlace) {
	d := newAddressDraft(ps[a.from:a.to])
	for _, p := range d.ps {
		for piece, kind := range countedKinds {
			if p.is(kind) {
				v[piece]++
			}
		}
		if p.newline {
			v[addressLines]++
		}
		v.Set(addressCounted, p.is(pieceWeak|pieceCode) && counted.MatchString(p.text()))
	}
	v.Set(addressNumber, d.numbered)
	v[addressHouses], v[addressWordParts], v[addressParts] = float64(d.houses), float64(d.words), float64(len(d.ps))
	v.Set(addressDigits, d.digits)
	v[addressWordCount] = float64(block.CountWords(a.address.raw))
	v[addressLetters] = capitalShare(a.address.raw)
	v.Set(addressLabelled, a.labelled)
	v.Set(addressMarked, place.marked)
	v.Set(addressFollowed, d.called)
	v.Set(addressClose, place.close)
	v.Set(addressAsRead, a.asRead)
	first, last := &d.ps[0], &d.ps[len(d.ps)-1]
	v.Set(firstStreet, first.is(pieceStreet|pieceWeak|pieceNumber|pieceBox|pieceWhole))
	v.Set(firstHouse, first.is(pieceHouse))
	v.Set(firstWords, first.kind == pieceWords)
	v.Set(firstCompany, first.kind == pieceWords && companyEnding.MatchString(first.text()))
	r, _ := utf8.DecodeRuneInString(first.text())
	v.Set(firstLower, unicode.IsLower(r) && !lowerStart.MatchString(first.text()))
	v.Set(firstLong, first.end-first.start > 100)
	v.Set(lastCode, last.is(pieceCode))
	v.Set(lastCountry, last.is(pieceCountry))
	v.Set(lastWords, last.kind == pieceWords)
	v.Set(lastShort, last.is(pieceShort))
	if a.from > 0 && !first.newline {
		v.Set(beforeOnLine, ps[a.from-1].p == first.p)
	}
	v.Set(beforeFits, a.from > 0 && ps[a.from-1].is(pieceCore|pieceHouse) && !ps[a.from-1].is(pieceNoise))
	if a.to < len(ps) {
		next := ps[a.to]
		v.Set(afterOnLine, !next.newline)
		v.Set(afterFits, next.is(pieceCore|pieceHouse|pieceCountry|pieceShort) && !next.is(pieceNoise))
		v.Set(afterWords, next.kind == pieceWords)
	}
}

// An addressDraft is what the pieces of an address show together.
type addressDraft struct {
	ps       []addressPart
	numbered bool // a street has its number
	words    int  // pieces that are words alone
	houses   int  // pieces with a floor or a building
	digits   bool // a piece has a digit
	called   bool // a phone number or the like follows
}

func newAddressDraft(ps []addressPart) *addressDraft {
	d := &addressDraft{ps: ps, called: ps[len(ps)-1].after}
	for i, p := range ps {
		beside := i > 0 && ps[i-1].is(pieceStreet) || i+1 < len(ps) && ps[i+1].is(pieceStreet)
		d.numbered = d.numbered || p.is(pieceNumber) || beside && houseAlone.MatchString(p.text())
		d.digits = d.digits || text.HasDigit(p.text())
		if p.kind == pieceWords {
			d.words++
		}
		if p.is(pieceHouse) {
			d.houses++
		}
	}
	return d
}

// countedKinds are the kinds of pieces that are counted.
var countedKinds = map[int]pieceKind{addressStreet: pieceStreet, addressWeak: pieceWeak, addressCode: pieceCode, addressCountry: pieceCountry,
	addressBox: pieceBox, addressWhole: pieceWhole, addressShort: pieceShort, addressNoise: pieceNoise, secondNumber: pieceNumber}

// capitalShare is the share of a text's words, in letters with capitals, that begin
// with one or with a figure.
func capitalShare(s string) float64 {
	all, capital := 0, 0
	start := true
	for _, r := range s {
		letter := unicode.IsLetter(r) || text.IsDigit(byte(min(r, 255)))
		if letter && start {
			all++
			if !unicode.IsLower(r) {
				capital++
			}
		}
		start = !letter
	}
	return float64(capital) / float64(max(1, all))
}
