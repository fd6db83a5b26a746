package contacts

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An address is found piece by piece: lines, and what commas and bars separate,
// are pieces, each of which may be a street with a number, a postal code with its
// place, a country, a part of a building. What lies between the first and the
// last of these is the address.

// A foundAddress is one address; of several passages if lines are elements.
type foundAddress struct {
	raw        string
	first      *passage
	start, end int // in the first passage
	last       *passage
	country    string
}

// An addressPlace is what the place of a row of pieces says of them.
type addressPlace struct {
	framed bool // it is one for contacts
	close  bool // another item is beside it
	marked bool // the page itself says that it is an address
}

// Bounds of an address, in words and in pieces.
const (
	minAddressWords = 3
	maxAddressWords = 40
	maxAddressParts = 14
)

// settleCode decides by the next pieces what a number of the first one is.
func settleCode(ps []addressPart) {
	first := &ps[0]
	if first.kind&(pieceCode|pieceWeak) == pieceCode|pieceWeak && text.IsDigit(first.text()[0]) {
		// The number may be the house's: a street's words or another code say so.
		house := houseFirst.MatchString(first.text())
		for j := 1; j < min(len(ps), 5) && !house; j++ {
			house = codeUS.MatchString(ps[j].text())
		}
		if house {
			first.kind &^= pieceCode
		}
	}
	if !first.is(pieceCore) && len(ps) > 1 && ps[1].is(pieceCode) && text.IsDigit(ps[1].text()[0]) && looseStreet.MatchString(first.text()) {
		first.kind |= pieceWeak
	}
}

// addressStart is where the address that piece i belongs to begins, and whether a
// label or the page says that it is one; ok is false if no address begins there.
func addressStart(ps []addressPart, i int, marked bool) (from int, labelled, ok bool) {
	if !ps[i].is(pieceCore|pieceHouse|pieceLabel) || ps[i].is(pieceNoise) || !marked && endsAddress(ps[i:]) {
		return 0, false, false
	}
	from = i
	if ps[i].kind == pieceLabel {
		if from++; from >= len(ps) || ps[from].is(pieceNoise) || ps[from].kind == pieceLabel {
			return 0, false, false
		}
	}
	labelled = marked || from > 0 && ps[from-1].kind == pieceLabel
	if from > 0 && ps[from].soft && !ps[from].newline && houseAlone.MatchString(ps[from-1].text()) {
		from-- // "8, rue des Lilas"
	}
	return from, labelled, true
}

// endsAddress reports whether the first piece is a code that ends an address, as
// all do unless a comma follows.
func endsAddress(ps []addressPart) bool {
	return ps[0].is(pieceCode) && !ps[0].is(pieceStreet|pieceBox) && len(ps) > 1 && ps[1].newline
}

// An addressRun is the address so far, as pieces are added to it.
type addressRun struct {
	ps       []addressPart
	from, to int
	all      pieceKind // of its pieces
	loose    int       // pieces of words alone
	complete bool      // it has a street or the like, and a code
	labelled bool
}

// A step is what a piece does to the address before it.
type step byte

const (
	stop   step = iota // the address ends before it
	take               // it belongs to the address
	bridge             // words: they belong to it
	hold               // words on a line of their own: they belong to it only with what follows
)

// extend goes on from a piece as far as the address may reach.
func extend(ps []addressPart, from int, labelled bool) (to int) {
	first := ps[from]
	r := addressRun{ps: ps, from: from, to: from + 1, all: first.kind, labelled: labelled, complete: first.is(pieceCode) && first.is(pieceStreet|pieceWeak)}
	for j := r.to; j < len(ps) && j-from < maxAddressParts; j++ {
		k := ps[j].kind
		switch r.step(j) {
		case stop:
			return r.to
		case take:
			r.to, r.all = j+1, r.all|k
			if k&(pieceCode|pieceShort) != 0 && r.all&(pieceStreet|pieceWeak|pieceBox|pieceHouse) != 0 {
				r.complete = true
			}
		case bridge:
			r.loose++
			r.to, r.all = j+1, r.all|k
		case hold:
			r.loose++
			r.all |= k
		}
	}
	return r.to
}

// step says what piece j does.
func (r *addressRun) step(j int) step {
	p := r.ps[j]
	switch {
	case p.is(pieceNoise), p.kind == pieceLabel:
		return stop
	case r.complete && p.is(pieceCountry):
		return take
	case r.complete && p.newline:
		return stop // an address that has its code ends with the line
	case p.is(pieceCode|pieceCountry|pieceBox|pieceHouse|pieceShort) && !(r.complete && p.is(pieceShort)):
		return take
	case p.is(pieceNumber) && r.all&pieceNumber != 0 && r.ps[j-1].is(pieceWords):
		return stop // the next address
	case p.is(pieceStreet|pieceWeak) && !(p.newline && r.hasStreetAndCode()):
		return take
	}
	return r.stepOfWords(j)
}

func (r *addressRun) hasStreetAndCode() bool {
	return r.all&(pieceStreet|pieceWeak) != 0 && r.all&pieceCode != 0
}

// stepOfWords is step for a piece that is no more than words.
func (r *addressRun) stepOfWords(j int) step {
	p := r.ps[j]
	switch {
	case !p.is(pieceWords):
		return stop
	case !p.newline && r.loose < 3:
		if r.complete && !p.soft && !p.is(pieceCountry) {
			return stop
		}
		return bridge
	case p.newline && r.loose < 2 && (soon(r.ps[j+1:]) || r.labelled && j == r.from+1):
		return hold
	}
	return stop
}

// soon reports whether a code, a country or the like comes after at most one
// other piece.
func soon(ps []addressPart) bool {
	for i, p := range ps {
		switch {
		case i > 1 || p.is(pieceNoise):
			return false
		case p.is(pieceCode | pieceCountry), i == 0 && p.is(pieceStreet|pieceHouse):
			return true
		}
	}
	return false
}

// joinParts is an address on one line; its country is left open.
func joinParts(ps []addressPart) foundAddress {
	first := ps[0]
	a := foundAddress{first: first.p, start: first.start, end: first.end}
	var b strings.Builder
	for i := 0; i < len(ps); {
		p, start, end := ps[i].p, ps[i].start, ps[i].end
		for i++; i < len(ps) && ps[i].p == p; i++ {
			end = ps[i].end
		}
		if b.Len() == 0 {
			if first.is(pieceWhole) {
				from, to := wholeIn(p.text[start:end])
				start, end = start+from, start+to
			}
			start += nameEnd(p.text[start:end])
			a.start, a.end = start, end
		} else {
			b.WriteString(", ")
		}
		b.WriteString(strings.ReplaceAll(p.text[start:end], "\n", ", "))
		a.last = p
	}
	a.raw = tidyAddress(b.String())
	return a
}

// wholeIn is where an address of East Asia stands in a text: behind its label or the
// company's name, and before what is in brackets of another kind.
func wholeIn(s string) (from, to int) {
	at := eastAsian.FindStringIndex(s)
	if at == nil {
		return 0, len(s)
	}
	if i := strings.IndexAny(s[at[1]:], "[]【】"); i >= 0 {
		return at[0], at[1] + i
	}
	return at[0], len(s)
}

// companyForm is a company's legal form that a comma parted from its name.
var companyForm = text.MustCompile(`^(?:s\.\s?r\.\s?o\.|a\.s\.|S\.L\.|S\.A\.|Ltd\.?|Inc\.?|LLC|GmbH|d\.o\.o\.)[\s,]+`)

// nameEnd is where an address begins after the name of the company that is there.
func nameEnd(s string) int {
	lead := 0
	if m := streetLead.FindStringIndex(s); m != nil && m[0] > 0 && m[0] < 60 && !strings.ContainsAny(s[:m[0]], "0123456789,") && m[1] < len(s) && !text.IsDigit(s[m[1]]) {
		lead = m[0]
	}
	if m := companyForm.FindString(s[lead:]); m != "" {
		return lead + len(m)
	}
	return lead + companyEnd(s[lead:])
}

// tidyCommas puts one space behind commas, and none before them; of several in a row
// it leaves one.
func tidyCommas(s string) string {
	if !strings.Contains(s, ",") {
		return s
	}
	var parts []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.Trim(part, " "); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func tidyAddress(s string) string {
	s = strings.Trim(tidyCommas(block.Clean(s)), " ,;|-–")
	if t := strings.TrimSuffix(s, "."); t != s {
		last := t[strings.LastIndexAny(t, " ,")+1:]
		if last == "" || !strings.Contains(last, ".") && (len(last) > 3 || text.IsDigit(last[0])) {
			return strings.TrimRight(t, " ,;|-–") // it is the sentence's, or stands alone
		}
	}
	return s
}
