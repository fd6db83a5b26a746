package byline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// A zone is where lines are looked for: near the title, within the story, at its
// end.
type zone int

const (
	zoneHead zone = iota
	zoneBody
	zoneTail
)

// values makes evidence of some pieces for a line of this zone.
func (z zone) values(holds ...int) evidence.Values {
	v := values(holds...)
	v.Set(lineAtTop, z == zoneHead)
	v.Set(lineAtEnd, z == zoneTail)
	return v
}

// readLines looks for lines that sign without markup that says so: near the title
// and at the end of the story.
func (x *reader) readLines() {
	from, to := 0, min(len(x.Blocks), 40)
	switch {
	case x.titleN >= 0:
		from, to = max(0, x.titleN-4), min(len(x.Blocks), max(x.titleN+14, min(x.firstN+2, x.titleN+40)))
	case x.firstN >= 0:
		from, to = max(0, x.firstN-12), min(len(x.Blocks), x.firstN+4)
	}
	tail := len(x.Blocks)
	if x.lastN > x.firstN {
		tail = max(from, x.firstN+1, x.lastN-3)
		if x.lastN-x.firstN < 12 {
			tail = x.lastN
		}
	}
	for n := from; n < min(to, tail); n++ {
		x.readLine(n, zoneHead)
	}
	for n := max(to, x.firstN+1); n < tail; n++ {
		x.readLineWithin(n)
	}
	for n := tail; n < min(len(x.Blocks), x.lastN+9); n++ {
		x.readLine(n, zoneTail)
	}
}

// readLineWithin looks at a block within the story, where only what is labelled
// or aligned to the right signs.
func (x *reader) readLineWithin(n int) {
	switch b := x.Blocks[n]; {
	case b.Words <= 14 && strings.Contains(b.Text, ":"):
		if _, words, colon := cutByWord(b.Text); words > 0 && colon && b.Words > words {
			x.readLine(n, zoneBody)
		}
	case b.Words >= 2 && b.Words <= 4 && toTheRight(b.Node) && givenName(b.Text):
		x.readLine(n, zoneTail)
	}
}

// notLines are the parts of a page where no line signs the story.
const notLines = block.InHidden | block.InNav | block.InCaption | block.InFigure | block.InDialog | block.InForm

// readLine looks at one block of text.
func (x *reader) readLine(n int, z zone) {
	b := x.Blocks[n]
	if b.Words == 0 || b.Words > 30 || len(b.Text) > 250 || b.Flags&notLines != 0 {
		if z == zoneTail && x.kept.Has(b) && n >= x.lastN-1 {
			x.readEnding(n)
		}
		return
	}
	above := x.Elems[b.Elem].PathHints &^ x.wrap
	if inOtherText(b, above) {
		return
	}
	bordered, line := x.lineText(b)
	if dashed := strings.TrimLeft(line, "-–— "); dashed != line && beginsWithBy(dashed) {
		line = dashed
	}
	rest, words, _ := cutByWord(line)
	if above&block.HintCaption != 0 && (words == 0 || z != zoneHead) {
		return
	}
	switch {
	case words > 0 && byWordOnly(line) && n+1 < len(x.Blocks):
		x.readLineBelow(n, line, z.values(byLineAbove))
	case words > 0 && rest != "" && text.StartsUpper(rest) && !strings.HasSuffix(rest, "?"):
		v := z.values(byLine)
		v[longLine] = float64(b.Words)
		x.claimLine(b, bordered, line, v)
	default:
		i := byInside(line)
		if i < 0 {
			x.readBare(n, bordered, z)
			return
		}
		x.claimLine(b, line[i:], line[i:], z.values(byWithin))
	}
}

// inOtherText reports whether a block belongs to a quotation, the page's footer,
// comments, related stories or a menu. above are the hints of its elements.
func inOtherText(b *block.Block, above block.Hints) bool {
	return b.Flags&block.InQuote != 0 || b.Flags&block.InFooter != 0 && b.Flags&block.InArticle == 0 || above&(block.HintComment|block.HintRelated|block.HintNav) != 0
}

// readLineBelow reads the names in the block below a line that is a by-word.
func (x *reader) readLineBelow(n int, line string, v evidence.Values) {
	b := x.Blocks[n+1]
	if b.Words == 0 || b.Words > 12 || b.Flags&block.InHidden != 0 {
		return
	}
	bordered, _ := x.bylineText(b.Node, 200)
	if bordered == "" {
		bordered = b.Text
	}
	x.claimLine(b, bordered, line+" "+b.Text, v)
}

// claimLine reads the names in a line that a by-word introduces.
func (x *reader) claimLine(b *block.Block, bordered, line string, v evidence.Values) {
	names := x.bylineNames(bordered)
	if len(names) == 0 {
		return
	}
	x.addPlace(v, b.Elem)
	x.add(claim{names: names, from: "text:byline", own: v, node: b.Node, pos: b.Elem, line: line, by: true, family: inBylines})
}

// lineText is the text of a block, and with the borders within it where it is
// known.
func (x *reader) lineText(b *block.Block) (bordered, line string) {
	if c := b.Node.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return b.Text, b.Text
	}
	t, _ := x.bylineText(b.Node, 300)
	if !text.SameButSpaces(block.Clean(gaps.Replace(t)), b.Text) {
		// The element may have blocks within, or have its text twice.
		first, _, _ := strings.Cut(t, string(blockSep))
		if first == "" || !text.SameButSpaces(block.Clean(gaps.Replace(first)), b.Text) && !(len(first) < len(b.Text) && strings.ContainsRune(first, inlineSep)) {
			return b.Text, b.Text
		}
		return first, printed(first)
	}
	if strings.ContainsRune(t, inlineSep) { // "By" and the name in elements of their own, without a space
		return t, printed(t)
	}
	return t, b.Text
}

// insideWords introduce a name within a line that begins with something else;
// the first of them only after a date.
var (
	afterDates  = []string{" by ", " By ", " von ", " Von ", " par ", " Par ", " por ", " Por ", " door ", " di ", " av ", " af "}
	insideWords = []string{"Autor: ", "Autorin: ", "Autoren: ", "Author: ", "Auteur : ", "Auteur: ", "Autore: ", "Автор: ", "Posted by ", "Written by ", "posted by ", "written by ", "Verfasst von ", "verfasst von ", "Geschrieben von ", "geschrieben von ", "Veröffentlicht von ",
		"veröffentlicht von ", "Publicado por ", "Escrito por ", "Publié par ", "Rédigé par ", "Scritto da ", "Skrevet av ", "Reporter: ", "Penulis: "}
)

// wideInside are those of scripts without spaces, behind a date or source.
var wideInside = []string{"作者：", "作者:", "作者 ：", "撰文：", "撰文:", "记者：", "记者:", "記者：", "文/", "文／"}

var insideHints = text.NewLiteralSet(slices.Concat(afterDates, insideWords, wideInside))

// byInside is where a by-word stands in a line that begins with something else; -1
// if none does: "3 May 2024 by Jane Doe".
func byInside(line string) int {
	if !insideHints.FoundIn(line) {
		return -1
	}
	for _, w := range insideWords {
		if i := strings.Index(line, w); i > 0 && i < 80 && text.StartsUpper(line[i+len(w):]) {
			return i
		}
	}
	for _, w := range wideInside {
		if i := strings.Index(line, w); i > 0 && i < 160 {
			if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(line[i+len(w):], " \u3000")); first >= 0x2e80 {
				return i
			}
		}
	}
	for _, w := range afterDates {
		if i := strings.Index(line, w); i > 0 && i < 60 && text.StartsUpper(line[i+len(w):]) && dateNear(line[:i]) {
			return i + 1
		}
	}
	return -1
}

// readBare looks at a line that may be a name and no more: beside a date, or
// alone at the end.
func (x *reader) readBare(n int, s string, z zone) {
	b := x.Blocks[n]
	switch {
	case b.Words > 16 || text.EqualFold(b.Text, x.Title):
	case z != zoneHead:
		x.readSignature(n)
	case b.Flags&(block.InHeading|block.InTable) == 0 && !x.readAgencyLine(b):
		x.readBesideDate(n, s)
	}
}

// readAgencyLine takes a line near the title that names an agency and nothing
// else. It reports whether it is one.
func (x *reader) readAgencyLine(b *block.Block) bool {
	lead, _, _ := strings.Cut(b.Text, ",")
	if b.Words > 5 || len(lead) < 3 || lead == strings.ToLower(lead) || !signsBylines(lead) {
		return false
	}
	v := values(agencyLine)
	x.addPlace(v, b.Elem)
	name := authorName{Author: article.Author{Name: strings.TrimSpace(lead), Kind: "organization"}, form: formOrg}
	x.add(claim{names: []authorName{name}, from: "text:agency", own: v, node: b.Node, pos: b.Elem, line: b.Text, family: inBareLines})
	return true
}

// readBesideDate takes the first part of a line that is full names, if a date
// stands on the line or near it, or if the line follows the title.
func (x *reader) readBesideDate(n int, s string) {
	b := x.Blocks[n]
	dated := dateNear(b.Text)
	nearest := x.dateAround(n)
	if dated {
		nearest = 4
	}
	if strings.HasPrefix(b.Text, "-") || strings.HasPrefix(b.Text, "–") || strings.HasPrefix(b.Text, "—") {
		return // who said what is quoted above
	}
	if nearest == 0 && (b.Words > 4 || n < x.titleN || n > x.titleN+10 || shape(b.Text) != formPerson) {
		return
	}
	for p := range strings.FieldsFuncSeq(strings.ReplaceAll(s, " - ", "|"), isPartSign) {
		p = strings.TrimSpace(p)
		if utf8.RuneCountInString(p) > 60 || shape(strings.TrimRight(p, ",")) != formPerson && !strings.ContainsAny(p, ",&") {
			continue
		}
		names := x.bylineNames(p)
		if len(names) == 0 || !x.fullNames(names) {
			continue
		}
		v := values(besideDate)
		v[dateNearness] = nearest
		x.addPlace(v, b.Elem)
		x.add(claim{names: names, from: "text:beside-date", own: v, node: b.Node, pos: b.Elem, line: printed(p), family: inBareLines})
		return
	}
}

// isPartSign reports whether a sign separates the parts of a line of name and date.
func isPartSign(r rune) bool {
	return r == blockSep || r == inlineSep || r == '|' || r == '·' || r == '•' || r == '–' || r == '—'
}

// dateAround is how near the nearest line is that has a date: 3 for a neighbour in the
// same element, 2 for another neighbour, 1 for the line after that, 0 for none.
func (x *reader) dateAround(n int) float64 {
	nearest := 0.0
	for k := max(0, n-2); k <= min(n+2, len(x.Blocks)-1); k++ {
		o := x.Blocks[k]
		if k == n || o.Words > 14 || !dateNear(o.Text) {
			continue
		}
		switch {
		case k < n-1 || k > n+1:
			nearest = max(nearest, 1)
		case o.Node.Parent == x.Blocks[n].Node.Parent:
			nearest = 3
		default:
			nearest = max(nearest, 2)
		}
	}
	return nearest
}

// fullNames reports whether all names are a person's of two to four words, or an
// agency's.
func (x *reader) fullNames(names []authorName) bool {
	for _, a := range names {
		words := len(strings.Fields(a.Name))
		person := a.form == formPerson && words >= 2 && words <= 4 && !x.isOwn(a.Name)
		if !person && !(a.form == formOrg && credit.IsAgency(a.Name)) {
			return false
		}
	}
	return true
}

// readSignature looks at a short line at the end: in italics, bold or to the right.
func (x *reader) readSignature(n int) {
	b := x.Blocks[n]
	if b.Words > 8 || b.LinkBytes > 0 && b.LinkBytes == len(b.Text) && b.Flags&block.InList != 0 {
		return
	}
	trimmed := strings.Trim(b.Text, " ()[]—–-/")
	styled := b.BoldBytes*10 >= len(b.Text)*9
	right := toTheRight(b.Node)
	if !styled && !right && trimmed == b.Text && !(b.Words <= 4 && givenName(b.Text)) {
		return
	}
	names := x.bylineNames(trimmed)
	if len(names) == 0 {
		return
	}
	v := values(signature)
	v.Set(styledLine, styled)
	v.Set(styledLine, right)
	v.Set(lastLine, n >= x.lastN-1 && n <= x.lastN+1)
	v[lineAtEnd]++
	x.addPlace(v, b.Elem)
	x.add(claim{names: names, from: "text:signature", own: v, node: b.Node, pos: b.Elem, line: trimmed, family: inSignatures})
}

// toTheRight reports whether an element says that its text stands to the right.
func toTheRight(n *html.Node) bool {
	return block.Attr(n, "align") == "right" || strings.Contains(strings.ReplaceAll(block.Attr(n, "style"), " ", ""), "text-align:right")
}

// readEnding looks at brackets at the very end of a story: "… said. (Jane Doe)",
// "… sagte er. (dpa)".
func (x *reader) readEnding(n int) {
	t := strings.TrimRight(x.Blocks[n].Text, " ")
	if !strings.HasSuffix(t, ")") {
		return
	}
	i := strings.LastIndexByte(t, '(')
	if i < 0 || len(t)-i > 120 || len(t)-i < 5 {
		return
	}
	inner := t[i+1 : len(t)-1]
	names := x.bylineNames(inner)
	if len(names) == 0 || slices.ContainsFunc(names, func(a authorName) bool { return a.form != formPerson && !signsBylines(a.Name) }) {
		return
	}
	v := zoneTail.values()
	x.addPlace(v, x.Blocks[n].Elem)
	x.add(claim{names: names, from: "text:ending", own: v, node: x.Blocks[n].Node, pos: x.Blocks[n].Elem, line: inner, family: inSignatures})
}

// dateNear reports whether a short text holds what looks like a date: a year, or
// a day and a month.
func dateNear(s string) bool {
	if len(s) > 160 || !text.HasDigit(s) {
		return false
	}
	if hasYear(s) {
		return true
	}
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		w = strings.Trim(w, ".,")
		if w == "ago" || w == "uhr" || w != "may" && w != "mai" && dates.IsMonth(w) {
			return true
		}
	}
	return false
}

// hasYear reports whether a text has a number from 1900 to 2099.
func hasYear(s string) bool {
	digits := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && text.IsDigit(s[i]) {
			digits++
			continue
		}
		if digits == 4 && (s[i-4:i-2] == "19" || s[i-4:i-2] == "20") {
			return true
		}
		digits = 0
	}
	return false
}
