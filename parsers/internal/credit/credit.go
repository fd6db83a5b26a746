// Package credit separates the credit of a picture from its caption, and owns
// the table of news agencies. It reads one line of text at a time and no page.
package credit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Split splits a text into a caption and the credit at its end, and says which
// medium the credit names: "image" where it names none. credit is empty, and text
// is s, if there is no credit. known says that the text is a caption for sure:
// then forms count that would be prose in a story.
func Split(s string, known bool) (text, credit, media string) {
	text, credit, media = creditTail(s, known)
	if credit = Clean(credit); credit == "" {
		return s, "", "image"
	}
	return text, credit, media
}

// creditTail is Split with the credit as it stands.
func creditTail(s string, known bool) (text, credit, media string) {
	if !known && !strings.HasSuffix(s, ")") && !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, "]") {
		return s, "", "image" // within a story, only brackets hold credits
	}
	if len(s) > 4000 {
		return s, "", "image"
	}
	if known {
		s = strings.TrimSpace(s)
	}
	head, inner, brackets := BracketTail(strings.TrimRight(s, " ."))
	if brackets {
		if c, m, ok := labelledBrackets(inner, known); ok {
			return TrimHead(head), c, m
		}
	}
	if !known {
		if c, m, ok := bracketed(inner, head, false); ok && brackets {
			return TrimHead(head), c, m
		}
		return s, "", "image"
	}
	if h, c, m, ok := Labelled(s, true); ok {
		// Brackets that open before the label close after the credit.
		if i := strings.LastIndexAny(h, "(["); i >= 0 && !strings.ContainsAny(h[i:], ")]") {
			h = h[:i]
		}
		return TrimHead(h), c, m
	}
	if brackets {
		if c, m, ok := bracketed(inner, head, true); ok {
			return TrimHead(head), c, m
		}
	}
	for _, sep := range creditSeparators {
		if h, c, ok := SignTail(s, sep); ok {
			return TrimHead(h), c, "image"
		}
	}
	if h, c, ok := sentenceTail(s); ok {
		return h, c, "image"
	}
	return s, "", "image"
}

// creditSeparators set a credit off from its caption.
var creditSeparators = []string{"|", " / ", " — ", " – ", " - ", "—", " · ", " • ", "＝"}

// Line reads a line that is a credit and nothing else: the credit as Clean gives
// it and its medium.
func Line(s string) (credit, media string, ok bool) {
	credit, media, ok = wholeCredit(s)
	credit = Clean(credit)
	return credit, media, ok && credit != ""
}

// wholeCredit is Line with the credit as it stands.
func wholeCredit(s string) (credit, media string, ok bool) {
	if len(s) < 2 || len(s) > 160 {
		return "", "", false
	}
	s = strings.Trim(s, " |/–—-·•")
	if head, inner, brackets := BracketTail(s); brackets && head == "" {
		s = inner
	}
	var store [4]wordSpan
	if words := lastWords(s[:min(len(s), 60)], 60, store[:0]); len(words) > 0 && words[0].start <= 1 {
		if _, c, m, found := labelledAt(s, words, 0, true, 2); found {
			return c, m, true
		}
	}
	if h, c, m, found := wideLabelled(s, true); found && strings.TrimSpace(h) == "" {
		return c, m, true
	}
	if readsAsCredit(s) {
		return s, "image", true
	}
	return "", "", false
}

// Clean is a credit as printed, without the label before it and the signs
// around it.
func Clean(s string) string {
	for range 4 {
		before := s
		s = cutLabel(cutBrackets(cutSigns(cutAddress(cutRights(cutLicence(s))))))
		if year, rest, ok := strings.Cut(s, " "); ok && isYear(year) && NameLike(rest, 2) {
			s = rest // "© 2012 Agency"
		}
		if s == before {
			break
		}
	}
	return s
}

// rights are what follows the owner of a picture, and names nobody.
var rights = []string{"all rights reserved", "tous droits réservés", "alle rechte vorbehalten", "todos los derechos reservados", "tutti i diritti riservati", "todos os direitos reservados"}

// cutRights removes a reservation of rights from the end of a credit.
func cutRights(s string) string {
	trimmed := strings.TrimRight(s, " .")
	for _, r := range rights {
		if at := len(trimmed) - len(r); at > 0 && strings.EqualFold(trimmed[at:], r) {
			return trimmed[:at]
		}
	}
	return s
}

// licences are what the owner of a picture allows, behind the name.
var licences = []string{" licensed under", " lizenziert unter", " under a Creative Commons", " under Creative Commons", " under CC", " (CC", " [CC", ", CC", " / CC", " – CC", " | CC", " CC BY", " CC0"}

// cutLicence removes a licence of Creative Commons from the end of a credit.
func cutLicence(s string) string {
	for _, l := range licences {
		at := strings.Index(s, l)
		if at < 2 || strings.HasSuffix(l, "CC") && startsWithLetter(s[at+len(l):]) { // "CCTV" is an agency
			continue
		}
		if rest := s[at:]; strings.Contains(rest, "CC") || strings.Contains(rest, "reative") {
			return strings.TrimRight(s[:at], " ,/|–")
		}
	}
	return s
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// cutAddress removes an e-mail address behind the name that it is of.
func cutAddress(s string) string {
	at := strings.LastIndexByte(s, '@')
	from := strings.LastIndexAny(s[:max(at, 0)], " /|,")
	if at < 0 || from <= 0 || strings.ContainsAny(s[at:], " /") || !strings.Contains(s[at:], ".") || at-from < 2 {
		return s
	}
	return strings.TrimRight(s[:from], " /|,(")
}

// cutSigns removes signs from both ends of a credit, and the full stop of a
// sentence.
func cutSigns(s string) string {
	s = strings.Trim(s, " |,;:/–—·•")
	if abbreviations[s[strings.LastIndexByte(s, ' ')+1:]] {
		return s // "Acme Corp."
	}
	if !strings.HasSuffix(s, "..") && block.CountWords(s) > 1 || strings.Count(s, ".") == 1 {
		s = strings.TrimSuffix(s, ".")
	}
	return s
}

// cutBrackets removes brackets around a credit, and those without a partner.
func cutBrackets(s string) string {
	if head, inner, ok := BracketTail(s); ok && head == "" {
		s = inner
	}
	switch open, closed := strings.Count(s, "("), strings.Count(s, ")"); {
	case open < closed:
		return strings.TrimSuffix(s, ")")
	case open > closed:
		return strings.TrimPrefix(s, "(")
	}
	return s
}

// cutLabel removes a label from the start of a credit.
func cutLabel(s string) string {
	var store [4]wordSpan
	words := lastWords(s[:min(len(s), 40)], 40, store[:0])
	if len(words) == 0 || words[0].start != 0 {
		return s
	}
	f, ok := labelAt(s, words, 0)
	if !ok {
		return s
	}
	rest := strings.TrimSpace(s[f.rest:])
	if rest == "" || !f.colon && !f.by && !(f.weak && PersonLike(rest)) {
		return s
	}
	return s[f.rest:]
}

// isYear reports whether a text is a year of this century or the last.
func isYear(s string) bool {
	return len(s) == 4 && (s[:2] == "20" || s[:2] == "19") && text.IsDigit(s[2]) && text.IsDigit(s[3])
}

var creditSigns = strings.NewReplacer(" via ", "/", " | ", "/", "|", "/", " – ", "/", " — ", "/", "; ", "/", " · ", "/", " • ", "/", "／", "/", " © ", "/", "c/o", "c⁄o", "(", "/", ")", "/")

// hasCreditSign reports whether a credit may have one of creditSigns, which are rare:
// all but a few have a byte that is no letter of English.
func hasCreditSign(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80, c == '|', c == ';', c == '(', c == ')':
			return true
		}
	}
	return strings.Contains(s, " via ") || strings.Contains(s, "c/o")
}

// Parts lists the parts of a credit: photographers, agencies, qualifiers.
func Parts(credit string) []string {
	var parts []string
	add := func(p string) {
		p = strings.Trim(strings.ReplaceAll(p, "⁄", "/"), " ,.:")
		if rest, ok := strings.CutPrefix(p, "via "); ok {
			p = rest
		}
		if p == "" || len(parts) >= 30 {
			return
		}
		for _, o := range parts {
			if strings.EqualFold(o, p) {
				return
			}
		}
		parts = append(parts, p)
	}
	if hasCreditSign(credit) {
		credit = creditSigns.Replace(credit)
	}
	for p := range strings.SplitSeq(credit, "/") {
		for _, and := range []string{" and ", " und ", " et ", " og ", " och ", " & ", " e ", " y ", " i ", " en ", " ve ", " и "} {
			// Two persons, not "Barnes & Noble".
			if a, b, ok := strings.Cut(p, and); ok && PersonLike(strings.TrimSpace(a)) && PersonLike(strings.TrimSpace(b)) {
				add(a)
				p = b
				break
			}
		}
		if a, b, ok := strings.Cut(p, ", "); ok && (AgencySigned(b) || AgencySigned(a) || PersonLike(a) && PersonLike(b)) {
			add(a)
			p = b
		}
		add(p)
	}
	return parts
}
