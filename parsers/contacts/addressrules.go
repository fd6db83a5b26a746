package contacts

import (
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An addressDraft is what the pieces of an address show, as its rules ask for it.
type addressDraft struct {
	ps       []addressPart
	all      pieceKind
	place    addressPlace
	labelled bool
	words    int  // pieces that are words alone
	houses   int  // pieces with a floor or a building
	digits   bool // a piece has a digit
	floors   bool // a floor or a building has one
	called   bool // a phone number follows
}

func newAddressDraft(ps []addressPart, all pieceKind, place addressPlace, labelled bool) *addressDraft {
	d := &addressDraft{ps: ps, all: all, place: place, labelled: labelled, called: ps[len(ps)-1].after}
	for i, p := range ps {
		if houseAlone.MatchString(p.text()) && (i > 0 && ps[i-1].is(pieceStreet) || i+1 < len(ps) && ps[i+1].is(pieceStreet)) {
			d.all |= pieceNumber
		}
		digits := text.HasDigit(p.text())
		d.digits = d.digits || digits
		if p.kind == pieceWords {
			d.words++
		}
		if p.is(pieceHouse) {
			d.houses++
			d.floors = d.floors || digits
		}
	}
	return d
}

// has reports whether some piece is of one of these kinds.
func (d *addressDraft) has(k pieceKind) bool { return d.all&k != 0 }

func (d *addressDraft) first() addressPart { return d.ps[0] }
func (d *addressDraft) last() addressPart  { return d.ps[len(d.ps)-1] }

// An addressRule is one form of address. The first whose test holds decides.
type addressRule struct {
	name   string
	test   func(d *addressDraft) bool
	accept func(d *addressDraft) bool
}

func always(*addressDraft) bool               { return true }
func never(*addressDraft) bool                { return false }
func whereContactsStand(d *addressDraft) bool { return d.place.framed }
func whereExpected(d *addressDraft) bool      { return d.place.framed || d.labelled }

// addressRules go from what is an address almost anywhere to what is one only
// beside another item.
var addressRules = []addressRule{
	{"begins within a sentence", (*addressDraft).startsInSentence, never},
	{"East Asian address", func(d *addressDraft) bool { return d.has(pieceWhole) }, whereExpected},
	{"numbered street with a code or box", func(d *addressDraft) bool { return d.has(pieceNumber) && d.has(pieceCode|pieceBox) }, whereExpected},
	{"first part too long", func(d *addressDraft) bool { return d.first().end-d.first().start > 100 }, never},
	{"labelled, with a street, code or box",
		func(d *addressDraft) bool {
			return d.labelled && d.has(pieceStreet|pieceWeak|pieceBox|pieceCode|pieceNumber)
		},
		func(d *addressDraft) bool { return len(d.ps) > 1 || d.has(pieceNumber|pieceBox) }},
	{"labelled, with a building or country", func(d *addressDraft) bool {
		return d.labelled && d.has(pieceCountry|pieceHouse) && len(d.ps) > 1 && (d.digits || d.has(pieceCountry) && len(d.ps) > 2)
	}, whereContactsStand},
	{"not where contacts stand", func(d *addressDraft) bool { return !d.place.framed }, never},
	{"box with a place", func(d *addressDraft) bool { return d.has(pieceBox) && (d.has(pieceCode|pieceCountry) || d.words > 0) }, always},
	{"numbered street with a place", func(d *addressDraft) bool {
		return d.has(pieceNumber) && (d.has(pieceCountry|pieceHouse) || d.words > 0)
	}, always},
	{"street with a code", func(d *addressDraft) bool { return d.has(pieceStreet|pieceWeak) && d.has(pieceCode) }, always},
	{"street with a short code", (*addressDraft).shortCode, always},
	{"words with a number, a country, an item beside", func(d *addressDraft) bool {
		return d.has(pieceWeak) && d.has(pieceCountry) && len(d.ps) > 1 && (d.called || d.place.close) && !d.first().is(pieceNoise)
	}, always},
	{"street with a country", func(d *addressDraft) bool {
		return d.has(pieceStreet) && d.has(pieceCountry) && len(d.ps) > 1 && (d.first().is(pieceStreet|pieceHouse|pieceNumber) || d.place.close)
	}, always},
	{"building with a country, an item beside", func(d *addressDraft) bool {
		return d.has(pieceHouse) && d.has(pieceCountry) && len(d.ps) > 2 && d.place.close
	}, always},
	{"building with a short code, an item beside", func(d *addressDraft) bool {
		return d.has(pieceHouse) && len(d.ps) > 2 && d.last().is(pieceShort) && d.place.close
	}, always},
	{"street with a building, an item beside", func(d *addressDraft) bool {
		return d.has(pieceStreet) && d.houses > 0 && (d.has(pieceBox) || d.words > 0) && d.place.close
	}, always},
	{"words with a number before a phone number", func(d *addressDraft) bool { return d.has(pieceWeak) && d.words > 0 && d.called }, always},
	{"numbered floors", func(d *addressDraft) bool {
		return d.houses >= 2 && d.has(pieceHouse) && len(d.ps) >= 3 && d.floors && block.CountWords(d.last().text()) <= 3
	}, always},
	{"places up to a country", (*addressDraft).listOfPlaces, func(d *addressDraft) bool { return d.labelled || d.called }},
}

// startsInSentence reports whether the first piece begins in lower case, with no
// word that an address may begin with.
func (d *addressDraft) startsInSentence() bool {
	s := d.first().text()
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r) && !lowerStart.MatchString(s)
}

// shortCode reports whether a piece that may be a short code follows a street.
func (d *addressDraft) shortCode() bool {
	if len(d.ps) < 2 || !d.ps[1].is(pieceShort) {
		return false
	}
	return d.first().is(pieceNumber) || d.first().is(pieceWeak) && text.IsDigit(d.ps[1].text()[0])
}

// listOfPlaces reports whether the pieces are parts of a town and a country,
// without numbers.
func (d *addressDraft) listOfPlaces() bool {
	return len(d.ps) >= 3 && d.last().is(pieceCountry) && d.first().is(pieceStreet|pieceHouse|pieceWords)
}

// accept weighs what an address is made of against where it stands, by the first
// rule that applies. why is the rule's name.
func accept(ps []addressPart, all pieceKind, place addressPlace, labelled bool) (ok bool, why string) {
	d := newAddressDraft(ps, all, place, labelled)
	for _, rule := range addressRules {
		if rule.test(d) {
			return rule.accept(d), rule.name
		}
	}
	return false, "not enough parts of an address"
}
