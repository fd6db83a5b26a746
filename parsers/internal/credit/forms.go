package credit

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// A Form is a part of a caption that has the form of a credit. Most are none: a
// caption has several, and what is a credit is for others to choose.
type Form struct {
	From, To int    // bytes of the caption, with the label and the signs around the credit
	Owner    string // the credit as Clean gives it, never empty
	Media    string // that its label names; "image" if none does
	Set      Setting
	Label    LabelUse
}

// A Setting says what sets a Form off from the caption.
type Setting int

const (
	ByLabel Setting = iota
	ByBrackets
	ByBar
	BySlash
	ByDash
	ByDot
	ByEquals
	BySentence
	Wholly // nothing: it is all there is
)

// A LabelUse says how a credit is labelled.
type LabelUse uint8

const (
	Labels      LabelUse = 1 << iota // a label stands before it
	Weak                             // and is a word of other texts too
	Colon                            // with a colon or another sign
	By                               // with a word as "by"
	WithinLine                       // within a sentence
	LabelBehind                      // a label stands behind it
	Strict                           // the forms of package credit take it for the credit
)

// settings are the signs that set a credit off.
var settings = []struct {
	sign string
	set  Setting
}{
	{"|", ByBar}, {" / ", BySlash}, {" — ", ByDash}, {" – ", ByDash}, {" - ", ByDash}, {"—", ByDash}, {" · ", ByDot}, {" • ", ByDot}, {"＝", ByEquals}, {"=", ByEquals},
}

// maxForms bounds what is found in one caption.
const maxForms = 24

// Forms lists the parts at the end of a caption that have the form of a credit, and
// all of it if it is short. What is longer than 4,000 bytes has none.
func Forms(s string) []Form {
	if len(s) > 4000 || strings.TrimSpace(s) == "" {
		return nil
	}
	var f forms
	f.text = s
	if len(s) <= 160 && readsAsCredit(s) { // its parts are none
		f.add(0, s, Wholly)
		f.strict()
		return f.list
	}
	end := len(strings.TrimRight(s, " ."))
	if end == 0 {
		return nil
	}
	if head, inner, ok := BracketTail(s[:end]); ok {
		f.add(len(head), inner, ByBrackets)
	}
	f.labels()
	for _, sep := range settings {
		f.signs(sep.sign, sep.set)
	}
	f.sentences()
	if len(s) <= 160 {
		f.add(0, s, Wholly)
	}
	f.strict()
	return f.list
}

// strict marks the part that Line or Split takes for the credit, and adds it if it
// is not there.
func (f *forms) strict() {
	from, media := 0, ""
	owner, media, ok := Line(f.text)
	if !ok {
		var head string
		if head, owner, media = Split(f.text, true); owner == "" {
			return
		}
		from = len(strings.TrimRight(head, " "))
	}
	for i := range f.list {
		form := &f.list[i]
		if form.Owner == owner && form.From >= from && strings.Trim(f.text[from:form.From], " |/–—-·•([（,;＝") == "" {
			form.Label |= Strict
			return
		}
	}
	f.push(Form{From: from, To: len(f.text), Owner: owner, Media: media, Set: ByLabel, Label: Strict})
}

type forms struct {
	text string
	list []Form
}

// add adds what stands behind a place as a credit.
func (f *forms) add(from int, owner string, set Setting) {
	if len(owner) > 200 || len(f.list) >= maxForms {
		return
	}
	form := Form{From: from, To: len(f.text), Set: set, Media: "image"}
	form.readLabel(strings.Trim(owner, " |/–—-·•([（"))
	form.Owner = Clean(owner)
	f.push(form)
}

func (f *forms) push(form Form) {
	if form.Owner == "" || IsLabel(form.Owner) || len(f.list) >= maxForms {
		return
	}
	last := strings.ToLower(strings.TrimRight(form.Owner[strings.LastIndexByte(form.Owner, ' ')+1:], "."))
	if labelsAfter[last] || readsAsCredit(form.Owner) && strings.IndexFunc(last, func(r rune) bool { return r >= 0x3040 }) >= 0 {
		form.Label |= LabelBehind
	}
	f.list = append(f.list, form)
}

// readLabel notes the label that a credit begins with.
func (f *Form) readLabel(owner string) {
	var store [4]wordSpan
	words := lastWords(owner[:min(len(owner), 60)], 60, store[:0])
	if len(words) > 0 && words[0].start <= 1 {
		if l, ok := labelAt(owner, words, 0); ok {
			f.use(l, false)
		}
	}
}

func (f *Form) use(l foundLabel, mid bool) {
	f.Label |= Labels
	f.Media = l.media
	for _, k := range []struct {
		is  bool
		use LabelUse
	}{{l.weak, Weak}, {l.colon, Colon}, {l.by, By}, {mid, WithinLine}} {
		if k.is {
			f.Label |= k.use
		}
	}
}

// labels adds what stands behind each label in the last bytes.
func (f *forms) labels() {
	s := f.text
	var store [48]wordSpan
	words := lastWords(s, 180, store[:0])
	end, bracket := 0, -1
	for i := range words {
		if words[i].start < end {
			continue
		}
		l, ok := labelAt(s, words, i)
		if !ok {
			continue
		}
		end = l.rest
		fresh, mid := mayStartLabel(s, l.start)
		if !fresh && !mid {
			continue
		}
		from := l.start
		if open := strings.LastIndexAny(s[:from], "(["); open >= 0 && !strings.ContainsAny(s[open:from], ")]") {
			if open == bracket {
				continue // "(Photo: J. Doe. Courtesy of …)" is one credit
			}
			if from-open <= 2 {
				bracket = open
			}
			if from-open < 60 {
				from = open
			}
		}
		form := Form{From: from, To: len(s), Set: ByLabel, Owner: Clean(strings.Trim(s[l.rest:], " .,;"))}
		form.use(l, mid)
		f.push(form)
	}
	if head, owner, media, ok := wideLabelled(s, true); ok {
		f.push(Form{From: len(head), To: len(s), Set: ByLabel, Owner: Clean(owner), Media: media, Label: Labels | Colon})
	}
}

// signs adds what stands behind the last signs of a kind, up to three.
func (f *forms) signs(sign string, set Setting) {
	at := len(f.text)
	for range 3 {
		if at = lastSign(f.text, at, sign); at < 0 {
			return
		}
		f.add(at, f.text[at+len(sign):], set)
	}
}

// lastSign is where the last sign of a kind stands before a place, among the last
// bytes of a text; negative if none does. Most texts have not one of the sign's bytes.
func lastSign(s string, before int, sign string) int {
	rare := sign[0]
	if rare == ' ' {
		rare = sign[1]
	}
	from := max(0, len(s)-maxTail)
	if from >= before || strings.IndexByte(s[from:before], rare) < 0 {
		return -1
	}
	if i := strings.LastIndex(s[from:before], sign); i >= 0 {
		return from + i
	}
	return -1
}

// sentences adds the last sentence, and the one before, if they are short.
func (f *forms) sentences() {
	s, found := f.text, 0
	end := len(s) - 2
	if head, _, ok := BracketTail(strings.TrimRight(s, " .")); ok && head != "" {
		end = min(end, len(head)) // sentences within brackets are one credit
	}
	for i := end; i > max(0, len(s)-130) && found < 3; i-- {
		if strings.HasSuffix(s[:i], "。") && s[i] != ' ' { // no space follows
			f.add(i, s[i:], BySentence)
			found++
			continue
		}
		if s[i] != ' ' || !sentenceEnds(s[:i]) {
			continue
		}
		if isAbbreviation(s[strings.LastIndexByte(s[:i], ' ')+1:i]) || numbersPicture(s[:i]) {
			continue
		}
		f.add(i, s[i+1:], BySentence)
		found++
	}
}

// Strange counts the words of a line that could not be of names and firms, up to 6.
func Strange(s string) int {
	if n, ok := strangeWords(s, 5); ok {
		return n
	}
	return 6
}

// Reads reports whether a text reads as a credit without a label.
func Reads(s string) bool { return readsAsCredit(s) }

// Agencies counts the parts of a credit that are agencies or other words of credits.
func Agencies(parts []string) int {
	n := 0
	for _, p := range parts {
		if AgencySigned(p) {
			n++
		}
	}
	return n
}

// IsLabel reports whether a text is a label of credits and no more: "Credit…".
func IsLabel(s string) bool {
	s = strings.TrimRight(s, " .…:：=＝|,،")
	if strings.Count(s, " ") > 3 || len(s) > 160 { // no label is as long
		return false
	}
	s = strings.ToLower(s)
	_, known := creditLabels[strings.TrimSuffix(s, " by")]
	if !known {
		_, known = wideLabels[s]
	}
	return known && block.CountWords(s) <= 3
}
