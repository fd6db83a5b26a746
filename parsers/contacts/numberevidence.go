package contacts

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Pieces of evidence about a phone or fax number.
const (
	labelledNumber = numPlacePieces + iota
	labelledFax
	calledByLink
	labelOfNumberBefore
	validNumber
	validAtHome
	countryCode
	trunkZero
	numberDigits
	numberSigns
	writtenAsDialled
	mailInPassage
	helplineWords
	numbersInPassage
	helplineLead
	helplineHeading
	numNumberPieces
)

var numberPieces = append(slices.Clone(placePieces),
	"labelled as a number",
	"labelled as a fax",
	"a link calls it",
	"labelled with the number before",
	"valid in some country that the page may be of",
	"valid in the likeliest country",
	"begins with a country code",
	"begins with a zero or bracket",
	"digits",
	"groups of digits",
	"written as its country dials",
	"an e-mail address of its passage counts",
	"words of helplines beside it",
	"numbers of its passage",
	"words of helplines or authorities ahead on its line",
	"words of helplines or authorities in the heading above",
)

//go:embed numbers.model
var numberModelData []byte

var numberModel = evidence.Learned(numberModelData, numberPieces...)

// findNumbers finds the phone and fax numbers that count.
func (r *contactReader) findNumbers() {
	mailed := map[*passage]bool{}
	for _, it := range r.items {
		mailed[it.p] = true
	}
	model := r.page.Model("contact numbers", numberModel)
	seen := 0
	for _, p := range r.sortedPassages() {
		before := r.before(p)
		phones := p.phones(before)
		if len(phones) == 0 {
			continue
		}
		near := before + "\n" + p.text[:min(len(p.text), 600)]
		help := helpline.MatchString(near)
		for _, f := range phones {
			if seen++; seen > maxItems {
				return
			}
			v := make(evidence.Values, numNumberPieces)
			r.placeValues(v, p, f.start, f.linked)
			numberForm(v, f)
			v.Set(mailInPassage, mailed[p])
			v.Set(helplineWords, help)
			v[numbersInPassage] = logCount(len(phones))
			v.Set(helplineLead, help && helpline.MatchString(clauseBefore(p.text, f.start)))
			v.Set(helplineHeading, r.headingAbove(p).help)
			if !r.page.Explaining() && atMost(model, v, validNumber, validAtHome, writtenAsDialled) < model.Least {
				continue // whatever the plans of numbers say, for which it takes long to ask
			}
			region, ok := r.numberPlans(v, f)
			if !r.counts(candidate{field: "contact numbers", value: f.raw, p: p, linked: f.linked}, model, v) {
				continue
			}
			if v[countryCode] > 0 && ok && region != "" && !slices.Contains(r.regs, region) {
				r.regs = append(r.regs, region) // numbers without a code may be of the same country
			}
			r.addItem(contactItem{p: p, start: f.start, end: f.end, last: p.n, kind: itemPhone, phone: f, linked: f.linked, label: f.label, sure: model.Confidence(model.Score(v))})
		}
	}
}

// dialled is what a number is read from.
func (f *foundPhone) dialled() string {
	if f.number != "" {
		return f.number
	}
	return f.raw
}

// numberForm says what a number looks like.
func numberForm(v evidence.Values, f foundPhone) {
	number := f.dialled()
	v.Set(labelledNumber, f.sure)
	v.Set(labelledFax, f.fax)
	v.Set(calledByLink, f.number != "")
	v.Set(labelOfNumberBefore, f.inherited)
	v.Set(countryCode, strings.HasPrefix(strings.TrimLeft(number, "( "), "+") || strings.HasPrefix(number, "00"))
	v.Set(trunkZero, strings.HasPrefix(number, "0") || strings.HasPrefix(number, "("))
	v[numberDigits] = float64(text.DigitsIn(number))
	v[numberSigns] = float64(digitGroups(f.raw))
}

// digitGroups counts the runs of digits.
func digitGroups(s string) (n int) {
	for i := range len(s) {
		if text.IsDigit(s[i]) && (i == 0 || !text.IsDigit(s[i-1])) {
			n++
		}
	}
	return n
}

// numberPlans says whether and where a number is valid by the numbering plans of
// countries.
func (r *contactReader) numberPlans(v evidence.Values, f foundPhone) (region string, ok bool) {
	_, region, ok = r.numbers.read(f.dialled(), r.regs)
	v.Set(validNumber, ok)
	v.Set(validAtHome, ok && len(r.regs) > 0 && region == r.regs[0])
	v.Set(writtenAsDialled, !f.sure && ok && r.numbers.asDialled(f.raw, r.regs))
	return region, ok
}

// clauseBefore is what stands before a place since the number before or the sentence's
// beginning.
func clauseBefore(s string, at int) string {
	s = s[max(0, at-80):at]
	for i := len(s) - 1; i > 0; i-- {
		if text.IsDigit(s[i]) || s[i] == '\n' || s[i] == '.' && i+1 < len(s) && s[i+1] == ' ' && i > 4 && s[i-4] != ' ' {
			return s[i:]
		}
	}
	return s
}

// helpline are words of those whose numbers papers print for their readers.
var helpline = text.MustCompile(`(?i)\b(?:police|polizei\w*|polis|policía|polizia|policja|notruf\w*|notdienst\w*|feuerwehr|rettungsdienst|giftnotruf|apotheken\w*|bereitschaftsdienst|krankenhaus|klinikum|telefonseelsorge|emergency|emergencias|emergenze|ambulance|fire (?:brigade|service|department)|hospital|help ?lines?|crisis|suicide|samaritans|lifeline|childline|crimestoppers|crime stoppers|weißer ring|kummertelefon|sorgentelefon|sheriff\w*|coast ?guard|gardaí|garda|gendarmerie|carabinieri|guardia civil|protección civil|civil protection|bomberos|pompiers|samu|vigili del fuoco|pronto soccorso|embassy|botschaft|konsulat|consulate|ministry|ministerium|polisen|politiet|poliisi|räddningstjänsten|policie|polícia|samaritans|nödnummer)\b|полици[яию]|скорая|警察|경찰|الشرطة|112\b.*\b110\b`)
