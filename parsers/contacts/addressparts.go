package contacts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A pieceKind says what a part of an address may be; of several kinds at once.
type pieceKind uint16

const (
	pieceStreet  pieceKind = 1 << iota // a street, square or the like, by its words
	pieceWeak                          // words and a number, as streets are written
	pieceNumber                        // a street that has its number
	pieceCode                          // a postal code, with its place or alone
	pieceCountry                       // a country or a known city
	pieceHouse                         // floor, suite, building
	pieceBox                           // a post office box
	pieceLabel                         // "Address"
	pieceNoise                         // no part of an address
	pieceWords                         // a few capitalised words
	pieceWhole                         // an address in one piece, as in East Asia
	pieceShort                         // what may be a short code with its place, or a place with its district

	// pieceCore are the kinds that an address is found by.
	pieceCore = pieceStreet | pieceCode | pieceBox | pieceWeak | pieceWhole
)

// maxParts bounds the parts of one passage.
const maxParts = 80

// An addressPart is one piece where it stands.
type addressPart struct {
	p          *passage
	start, end int
	kind       pieceKind
	known      bool // its kind has been found out
	newline    bool // it begins a line
	soft       bool // a comma was before it
	after      bool // what follows is a phone number, an address for mail or their labels
}

func (p addressPart) text() string { return p.p.text[p.start:p.end] }

func (p addressPart) is(k pieceKind) bool { return p.kind&k != 0 }

// A partCutter cuts a passage into parts.
type partCutter struct {
	p       *passage
	parts   []addressPart
	before  int // how many of them are of other passages
	start   int // of the open part
	newline bool
	soft    bool
}

// appendParts cuts a passage into pieces and appends them. Its numbers and mail
// addresses, which are given in order, end pieces. The kinds of the others are left
// open.
func (p *passage) appendParts(parts []addressPart, taken [][2]int) []addressPart {
	c := partCutter{p: p, parts: parts, before: len(parts), newline: true}
	k := 0
	for i := 0; i < len(p.text) && len(c.parts)-c.before < maxParts; {
		for k < len(taken) && taken[k][1] <= i {
			k++
		}
		if k < len(taken) && i >= taken[k][0] {
			c.skip(taken[k])
			i = max(i+1, taken[k][1])
			continue
		}
		if !maySeparate[p.text[i]] {
			i++
			continue
		}
		s := separatorAt(p.text, c.start, i)
		if s.parts {
			c.cut(i, i+s.size, s)
		}
		i += s.size
	}
	c.cut(len(p.text), len(p.text), separator{newline: true})
	return c.parts
}

// skip ends the open part before another item, which is no part of an address.
func (c *partCutter) skip(item [2]int) {
	c.cut(item[0], item[1], separator{})
	if n := len(c.parts); n > c.before {
		c.parts[n-1].after = true
	}
	c.parts = append(c.parts, addressPart{p: c.p, start: item[0], end: item[1], kind: pieceNoise, known: true})
}

// cut ends the open part at a separator, after which the next part begins.
func (c *partCutter) cut(at, next int, s separator) {
	str, start, end := c.p.text, c.start, at
	for start < end && strings.IndexByte(" ,.;:|-\n\t", str[start]) >= 0 {
		start++
	}
	for start < end && strings.IndexByte(" ,;:|-\n\t", str[end-1]) >= 0 {
		end--
	}
	if start < end {
		c.parts = append(c.parts, addressPart{p: c.p, start: start, end: end, newline: c.newline, soft: c.soft})
		c.newline, c.soft = s.newline, s.comma
	} else {
		c.newline, c.soft = c.newline || s.newline, c.soft && s.comma
	}
	c.start = next
}

// A separator is the character at a place of a text, which may part two pieces.
type separator struct {
	size    int // in bytes
	parts   bool
	newline bool
	comma   bool
}

// maySeparate are the bytes at which separatorAt may find a separator.
var maySeparate = func() (t [256]bool) {
	for _, c := range []byte("\n,:;|-/. ") {
		t[c] = true
	}
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = true
	}
	return t
}()

// separatorAt reads the character at i of a text whose open part begins at start.
func separatorAt(s string, start, i int) separator {
	switch c := s[i]; c {
	case '\n':
		return separator{size: 1, parts: true, newline: true}
	case ',', ':', ';', '|':
		return separator{size: 1, parts: !withinNumber(s, i) && !numberColon(s, i), comma: c == ',' || c == ';'}
	case ' ':
		return separator{size: 1, parts: i+1 < len(s) && s[i+1] >= 0xe3 && wholeTail.MatchString(s[i+1:min(len(s), i+20)])}
	case '-', '/':
		return separator{size: 1, parts: isSpaced(s, i)}
	case '.':
		return separator{size: 1, parts: isSpaced(s, i) || strings.HasPrefix(s[i:], ". ") && (sentenceEnd(s[start:i]) || labelFollows(s[i+2:]))}
	default:
		if c < utf8.RuneSelf {
			return separator{size: 1}
		}
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '，', '،', '、':
		return separator{size: size, parts: true, comma: true}
	case '•', '·', '—', '∙', '●', '：', '｜':
		return separator{size: size, parts: true}
	case '–':
		return separator{size: size, parts: i > 0 && s[i-1] == ' '}
	}
	return separator{size: size}
}

// wholeTail are labels that follow an address of East Asia on its line.
var wholeTail = text.MustCompile(`^(?:邮编|邮政编码|郵遞區號|郵便番号|电话|電話|联系电话|传真|傳真|邮箱|电子邮箱|信箱|우편번호|전화|대표전화|팩스|이메일)`)

// isSpaced reports whether a character stands between two spaces.
func isSpaced(s string, i int) bool {
	return i > 0 && s[i-1] == ' ' && i+1 < len(s) && s[i+1] == ' '
}

// withinNumber reports whether a comma or colon is one of a number of thousands
// or of a time of day.
func withinNumber(s string, i int) bool {
	return (s[i] == ',' || s[i] == ':') && i > 0 && i+2 < len(s) && text.IsDigit(s[i-1]) && text.IsDigit(s[i+1]) && text.IsDigit(s[i+2])
}

// numberColon reports whether a colon stands between a sign and its number: "No:153".
func numberColon(s string, i int) bool {
	return s[i] == ':' && i > 0 && i+2 < len(s) && (text.IsDigit(s[i+1]) || text.IsDigit(s[i+2])) && numberSign.MatchString(s[max(0, i-6):i])
}

// labelFollows reports whether a text begins with a label: "Besøksadresse: ".
func labelFollows(s string) bool {
	colon := strings.IndexByte(s[:min(len(s), 40)], ':')
	return colon > 2 && (addressLabel.MatchString(s[:colon]) || labelOnly(s[:colon]))
}

// sentenceEnd reports whether a full stop after a text ends a sentence and no
// abbreviation.
func sentenceEnd(s string) bool {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	if strings.HasSuffix(last, "»") || strings.HasSuffix(last, ")") || len(last) > 2 && text.HasDigit(last) {
		return true
	}
	return utf8.RuneCountInString(last) >= 6
}

// isEastAsian reports whether a text has an address without commas.
func isEastAsian(s string) bool { return mayEastAsian(s) && eastAsian.MatchString(s) }

// mayEastAsian is the cheap question whether a text may have one.
func mayEastAsian(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xe3 && s[i] <= 0xef { // begins a character of East Asia
			return true
		}
	}
	return false
}

// mayNameCountry is the cheap question whether a piece names a country: in ASCII the
// length of the name and its first letter say most.
func mayNameCountry(s string) bool {
	if !text.IsASCII(s) {
		return true
	}
	name := strings.Trim(s[strings.LastIndexByte(s, '/')+1:], " .")
	if name == "" || len(name) > 63 {
		return false
	}
	first := name[0] | 0x20 // a sign becomes another one; none begins a name
	return strings.IndexByte(townLeads, first) >= 0 || countryLengths[first]>>len(name)&1 != 0
}

// namesCountry reports whether a piece, in lower case, is a country or a known
// city, or has one behind its last slash.
func namesCountry(lower string) bool {
	town := townIn(lower[strings.LastIndexByte(lower, '/')+1:])
	return town != "" && len(town) < 64 && countryLengths[town[0]]>>len(town)&1 != 0 && countryNames[town] != ""
}

// A piece is the text of a part as its kind is read from it.
type piece struct {
	text    string
	classes wordClass
	digits  bool
	longest int  // of its runs of digits
	coded   bool // a capital stands directly before a digit: "SM4"
}

// kindOfPiece says what a piece may be.
func kindOfPiece(s string) pieceKind {
	if len(s) > 100 && utf8.RuneCountInString(s) > 100 && !isEastAsian(s) {
		return pieceNoise
	}
	switch {
	case addressLabel.MatchString(s):
		return pieceLabel
	case boxPart.MatchString(s):
		return pieceHouse
	}
	lower := strings.ToLower(s)
	kind := pieceKind(0)
	if namesCountry(lower) {
		kind = pieceCountry
	}
	p := piece{text: s, classes: classesOf(lower), digits: text.HasDigit(s)}
	p.dropCompany()
	switch {
	case p.noise():
		return kind | pieceNoise
	case isEastAsian(p.text):
		return pieceWhole
	}
	return p.kind(kind)
}

// kind adds to the kinds of a piece those that its words and figures give.
func (p *piece) kind(kind pieceKind) pieceKind {
	p.countFigures()
	kind |= p.code()
	sentence := p.classes&mayStreet != 0 && isSentence(p.text)
	if sentence && kind&pieceCode == 0 {
		return kind & pieceCountry
	}
	kind |= p.street()
	if kind&pieceCode != 0 && kind&pieceStreet != 0 && p.codeIsHouse() {
		kind &^= pieceCode
	}
	if sentence && kind&(pieceStreet|pieceWeak) != 0 {
		return kind & (pieceCode | pieceCountry)
	}
	if p.shortCode() {
		if kind |= pieceShort; countryByName(townOfCode(p.text)) != "" {
			kind |= pieceCode // of a town that everybody knows
		}
	}
	if p.classes&isHouse != 0 || (p.classes&mayHouse != 0 || p.digits && p.classes&mayRoom != 0) && house.MatchString(p.text) {
		kind |= pieceHouse
	}
	if kind == 0 && p.fewWords() {
		return pieceWords
	}
	return kind
}

// isSentence reports whether a text has four words in lower case, of three letters or
// more: then its words for a street are words of a sentence.
func isSentence(s string) bool {
	words, letters := 0, 0 // of the word in lower case that is open; -1: of another
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			letters = 0
		case letters >= 0 && c >= 'a' && c <= 'z':
			if letters++; letters == 3 {
				words++
			}
		default:
			letters = -1
		}
	}
	return words >= 4
}

// dropCompany drops the name of a company before an address: its words would make
// noise of the piece.
func (p *piece) dropCompany() {
	if p.classes&mayNoise == 0 || !p.digits {
		return
	}
	if n := companyEnd(p.text); n > 0 {
		p.text = p.text[n:]
		p.classes = classesOf(strings.ToLower(p.text))
	}
}

// noise reports whether the piece has what stands in no address; a street with a
// number makes up for it.
func (p *piece) noise() bool {
	if county.MatchString(p.text) {
		return false // "Co. Mayo" is no month
	}
	noisy := p.classes&isNoise != 0 || p.classes&mayNoise != 0 && noise.MatchString(p.text) || p.digits && numberNoise.MatchString(p.text)
	return noisy && !(p.digits && p.classes&mayStreet != 0 && streetLead.MatchString(p.text))
}

// countFigures finds what all postal codes have: a run of three digits, or a
// capital before one.
func (p *piece) countFigures() {
	run := 0
	for i := range len(p.text) {
		if !text.IsDigit(p.text[i]) {
			run = 0
			continue
		}
		run++
		p.longest = max(p.longest, run)
		p.coded = p.coded || i > 0 && p.text[i-1] >= 'A' && p.text[i-1] <= 'Z'
	}
}

// code reports whether the piece has a box or a postal code.
func (p *piece) code() pieceKind {
	s := p.text
	switch {
	case !p.digits:
	case p.classes&mayBox != 0 && box.MatchString(s):
		return pieceBox
	case p.longest >= 5 && codeUS.MatchString(s), p.coded && codeCA.MatchString(s), p.coded && codeGB.MatchString(s), (p.longest >= 3 || p.coded) && codePlace.MatchString(s):
		if yearFirst.MatchString(s) || codeLast4.MatchString(s) && countryNames[strings.ToLower(strings.TrimRight(s, " 0123456789"))] == "" {
			return pieceShort
		}
		return pieceCode
	}
	return 0
}

// shortCode reports whether the piece may be a short code with its place.
func (p *piece) shortCode() bool {
	n := len(p.text)
	return p.digits && n > 3 && (text.IsDigit(p.text[n-1]) || p.longest >= 3) && codeShort.MatchString(p.text)
}

// townOfCode is the town of a short code, in lower case: "FO-100 Tórshavn", "Dublin 2".
func townOfCode(s string) string {
	if len(s) > 3 && s[2] == '-' {
		s = s[3:]
	}
	return strings.ToLower(strings.Trim(s, "0123456789 "))
}

// street reports whether the piece has a street, by its words or by its form.
func (p *piece) street() pieceKind {
	switch {
	case p.classes&mayStreet != 0 && street.MatchString(p.text):
		if p.digits && houseNumbered.MatchString(p.text) {
			return pieceStreet | pieceNumber
		}
		return pieceStreet
	case p.digits && weakStreet.MatchString(p.text) && !yearIn.MatchString(p.text):
		return pieceWeak
	}
	return 0
}

// codeIsHouse reports whether what codePlace takes for a code is the number of a
// house: it stands first, and no other code follows.
func (p *piece) codeIsHouse() bool {
	s := p.text
	if !text.IsDigit(s[0]) {
		return false
	}
	at := codePlace.FindStringIndex(s)
	return at != nil && at[0] == 0 && !codeUS.MatchString(s) && !codeCA.MatchString(s) && !codeGB.MatchString(s) && !codePlace.MatchString(s[at[1]:])
}

// fewWords reports whether the piece is a few capitalised words.
func (p *piece) fewWords() bool {
	if block.CountWords(p.text) > 5 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(p.text)
	return unicode.IsUpper(r) || unicode.Is(unicode.Lo, r) || r == '(' || r >= '0' && r <= '9' && len(p.text) < 12
}

// companyEnd is where an address begins after a company's name; 0 if none is before it.
func companyEnd(s string) int {
	m := companyLead.FindStringIndex(s)
	if m == nil || !text.HasDigit(s[m[1]:]) {
		return 0
	}
	if r, _ := utf8.DecodeRuneInString(s[m[1]:]); !unicode.IsUpper(r) && !unicode.IsDigit(r) {
		return 0
	}
	return m[1]
}
