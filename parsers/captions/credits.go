package captions

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// Pieces of evidence that a part of a caption is its credit.
const (
	setByLabel = iota // as credit.Setting
	setByBrackets
	setByBar
	setBySlash
	setByDash
	setByDot
	setByEquals
	setBySentence
	isWhole
	isRun
	isMarked
	isMarkedByTag
	isMaybeMarked
	othersMarked
	afterLabelRun
	firstRun
	lastRun
	gluedRun
	runsWithin
	labels
	weakLabel
	labelColon
	labelBy
	labelWithin
	labelBehind
	strictForm
	strangeWords
	ownerWords
	ownerParts
	agencyParts
	personParts
	readsAsCredit
	ownerDigits
	ownerUpper
	ownerUnspaced
	ownerIsSite
	ownerIsAddress
	ownerEndsSentence
	ownerInStory
	onlyAgencies
	headWords
	headEndsSentence
	ofFigcaption
	ofNamedCaption
	ofStory
	likeMedium
	numCreditPieces
)

var creditPieces = [numCreditPieces]string{
	setByLabel:        "behind a label",
	setByBrackets:     "in brackets at the end",
	setByBar:          "behind a bar",
	setBySlash:        "behind a slash",
	setByDash:         "behind a dash",
	setByDot:          "behind a dot",
	setByEquals:       "behind an equals sign",
	setBySentence:     "behind a sentence",
	isWhole:           "all of the text",
	isRun:             "in an element of its own",
	isMarked:          "in an element that is named a credit",
	isMarkedByTag:     "in small print or a cite element",
	isMaybeMarked:     "in an element that is named an author or source",
	othersMarked:      "other elements are named credits",
	afterLabelRun:     "behind an element that is a label",
	firstRun:          "the first part",
	lastRun:           "the last part",
	gluedRun:          "no space before it",
	runsWithin:        "elements in it",
	labels:            "has a label",
	weakLabel:         "has a label that other texts have too",
	labelColon:        "a sign behind the label",
	labelBy:           "a word as \"by\" behind the label",
	labelWithin:       "the label is within a sentence",
	labelBehind:       "a label behind it",
	strictForm:        "has the form of a credit and no other",
	strangeWords:      "words that names do not have",
	ownerWords:        "words",
	ownerParts:        "parts",
	agencyParts:       "parts that are agencies",
	personParts:       "parts that could be persons",
	readsAsCredit:     "reads like a credit without a label",
	ownerDigits:       "digits",
	ownerUpper:        "share of capitals",
	ownerUnspaced:     "in a script without spaces",
	ownerIsSite:       "the name of the site",
	ownerIsAddress:    "has an address",
	ownerEndsSentence: "ends as sentences do",
	ownerInStory:      "the story has it",
	onlyAgencies:      "agencies and no more",
	likeMedium:        "share of it that its medium's name or alternative text has",
	headWords:         "words before it",
	headEndsSentence:  "the text before it ends as sentences do",
	ofFigcaption:      "of a figcaption",
	ofNamedCaption:    "of an element that is named a caption",
	ofStory:           "of a line that the body has",
}

//go:embed credits.model
var creditsData []byte

var creditsModel = evidence.Learned(creditsData, creditPieces[:]...)

// A span is a part of a caption that may be its credit.
type span struct {
	credit.Form
	values evidence.Values
	score  float64
	won    bool
}

// A splitting is a caption's text with the parts of it that may be credits.
type splitting struct {
	text  string
	runs  []textRun
	at    []int // where each run starts
	spans []span
}

// maxCredits bounds the credits of one caption.
const maxCredits = 6

// splitCredits separates the credits of a caption from its text: of the parts that
// may be credits the most likely ones that do not overlap.
func (f *finder) splitCredits(of *candidate, runs []textRun) (c article.Caption, s splitting, score float64) {
	s = splitting{runs: runs}
	s.join()
	f.fromRuns(&s)
	for _, form := range f.creditForms(s.text) {
		s.add(form)
	}
	if k := s.markedTail(); k > 0 { // there may be another before it
		for _, form := range f.creditForms(strings.TrimRight(s.text[:s.at[k]], " ")) {
			s.add(form)
		}
	}
	s.spans = slices.DeleteFunc(s.spans, s.ofSeveral)
	for i := range s.spans {
		f.weighSpan(of, &s, &s.spans[i])
		s.spans[i].score = f.creditModel.Score(s.spans[i].values)
	}
	order := make([]int, len(s.spans))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.spans[b].score, s.spans[a].score) })
	var won []*span
	for _, i := range order {
		p := &s.spans[i]
		if p.values[afterLabelRun] > 0 { // the label is the credit's
			p.From = s.at[slices.Index(s.at, p.From)-1]
		}
		// One of several elements that are named credits is one if another is.
		marked := len(won) > 0 && p.values[isMarked] > 0 && p.values[isRun] > 0 && p.values[strangeWords] == 0
		if p.score < f.leastCredit(p) && !marked || len(won) >= maxCredits || p.goesOn() {
			continue
		}
		if !slices.ContainsFunc(won, func(o *span) bool { return p.From < o.To && o.From < p.To }) {
			p.won = true
			won = append(won, p)
		}
	}
	if len(won) > 0 {
		score = f.creditModel.Confidence(won[0].score)
	}
	for _, p := range won {
		s.cutLabel(p)
	}
	slices.SortFunc(won, func(a, b *span) int { return a.From - b.From })
	c.Text, c.Credit, c.Media = s.without(won)
	return c, s, score
}

// cutLabel takes a label off a credit where what stands behind it is a part by itself:
// package credit leaves it before names that it cannot be sure of. What names a drawing
// or film stays.
func (s *splitting) cutLabel(p *span) {
	for i := range s.spans {
		o := &s.spans[i]
		label, is := strings.CutSuffix(p.Owner, o.Owner)
		if is && label != "" && o.Media == "image" && credit.IsLabel(label) && !text.StartsLower(o.Owner) && !fromWords[strings.ToLower(o.Owner[:max(0, strings.IndexByte(o.Owner, ' '))])] {
			p.Owner = o.Owner
			return
		}
	}
}

// surerCredit is by how much the odds of a credit must be better that nothing marks as
// one, where the text would have no caption without it, or where it stands behind a dash,
// which captions have within them too.
const surerCredit = 0.7

// fromWords join a label to an owner: "Picture from the police" is one phrase.
var fromWords = text.Set("from från fra fran aus vom")

// joinWords begin the rest of a sentence, and no owner of a picture.
var joinWords = text.Set("& + and or but und oder aber et ou mais y o pero e ma og men och eller en maar и или но")

// goesOn reports whether a part is the end of the caption's own sentence.
func (p *span) goesOn() bool {
	first, _, more := strings.Cut(p.Owner, " ")
	return more && joinWords[first] && p.values[isMarked] == 0
}

// leastCredit is the score that a part needs.
func (f *finder) leastCredit(p *span) float64 {
	v := p.values
	if (v[isWhole] > 0 || v[setByDash] > 0) && v[labels] == 0 && v[isMarked] == 0 && v[isMaybeMarked] == 0 && v[onlyAgencies] == 0 {
		return f.creditModel.Least + surerCredit
	}
	return f.creditModel.Least
}

// creditForms is credit.Forms, asked once for each text: a caption is often an element,
// a line in it and the text of a run all at once, and pages repeat credits.
func (f *finder) creditForms(s string) []credit.Form {
	forms, known := f.forms[s]
	if !known {
		forms = credit.Forms(s)
		f.forms[s] = forms
	}
	return forms
}

// join makes one text of the runs.
func (s *splitting) join() {
	var b strings.Builder
	for _, r := range s.runs {
		if glued := r.glued && !credit.IsLabel(r.text) && !endsSentence(b.String()); b.Len() > 0 && !glued {
			b.WriteByte(' ')
		}
		s.at = append(s.at, b.Len())
		b.WriteString(r.text)
	}
	s.text = b.String()
}

// markedTail is the first of the runs at the end that are marked as credits; 0 for
// none, and if all are.
func (s *splitting) markedTail() int {
	k := len(s.runs)
	for k > 0 && s.runs[k-1].credit != nil {
		k--
	}
	if k == len(s.runs) {
		return 0
	}
	return k
}

// ofSeveral reports whether a part holds several elements that are named credits:
// each is one by itself.
func (s *splitting) ofSeveral(p span) bool {
	n, last := 0, (*html.Node)(nil)
	for i, r := range s.runs {
		if r.credit != nil && r.credit != last && !r.weak && s.at[i] >= p.From && s.end(i) <= p.To {
			n, last = n+1, r.credit
		}
	}
	return n > 1
}

// end is where a run ends.
func (s *splitting) end(run int) int { return s.at[run] + len(s.runs[run].text) }

// fromRuns adds runs that may be credits: those in one element that is named a
// credit, and those in elements of their own, with a run before that is a label.
func (f *finder) fromRuns(s *splitting) {
	for i := 0; i < len(s.runs); {
		k := i + 1
		for k < len(s.runs) && s.runs[i].credit != nil && s.runs[k].credit == s.runs[i].credit {
			k++
		}
		f.addRuns(s, i, k)
		if k > i+1 {
			for j := i; j < k; j++ {
				f.addRuns(s, j, j+1)
			}
		}
		i = k
	}
	for i := 0; i+1 < len(s.runs); i++ {
		if credit.IsLabel(s.runs[i].text) {
			f.addRuns(s, i, i+2)
		}
	}
}

func (f *finder) addRuns(s *splitting, from, to int) {
	if len(s.runs) > 1 || s.runs[from].credit != nil {
		if str := s.text[s.at[from]:s.end(to-1)]; len(str) <= 200 {
			for _, form := range f.creditForms(str) {
				if form.Set == credit.Wholly || form.Set == credit.ByLabel && form.From == 0 {
					form.From, form.To = s.at[from], s.end(to-1)
					s.add(form)
					return
				}
			}
		}
	}
}

// add adds a part, unless it is there.
func (s *splitting) add(form credit.Form) {
	for _, o := range s.spans {
		if o.From == form.From && o.To == form.To && o.Set <= form.Set {
			return
		}
	}
	if len(s.spans) < 60 {
		s.spans = append(s.spans, span{Form: form})
	}
}

// weighSpan collects what speaks for and against a part of a caption as its credit.
func (f *finder) weighSpan(c *candidate, s *splitting, p *span) {
	v := make(evidence.Values, numCreditPieces)
	p.values = v
	if p.From == 0 && p.To == len(s.text) {
		v[isWhole] = 1
	} else if p.Set < credit.Wholly {
		v[int(p.Set)] = 1
	}
	for i, r := range s.runs {
		from, to := s.at[i], s.end(i)
		if from >= p.From && to <= p.To {
			v[runsWithin]++
		}
		inside := r.credit != nil && from >= p.From && to <= p.To
		if from == p.From || inside {
			v.Set(isRun, from == p.From && len(s.runs) > 1)
			if r.credit != nil {
				v[isMarked], v[isMarkedByTag], v[isMaybeMarked] = 1, 0, 0
				if r.weak {
					v[isMarked], v[isMarkedByTag] = 0, 1
				} else if f.role(r.credit)&saysCredit == 0 {
					v[isMarked], v[isMaybeMarked] = 0, 1
				}
			}
			v.Set(gluedRun, from == p.From && r.glued)
			v.Set(firstRun, from == p.From && i == 0)
			v.Set(lastRun, to == p.To && i == len(s.runs)-1)
			v.Set(afterLabelRun, from == p.From && i > 0 && credit.IsLabel(s.runs[i-1].text))
		} else if r.credit != nil && !r.weak && f.role(r.credit)&saysCredit != 0 {
			v[othersMarked] = 1
		}
	}
	for k, use := range []credit.LabelUse{credit.Labels, credit.Weak, credit.Colon, credit.By, credit.WithinLine, credit.LabelBehind, credit.Strict} {
		v.Set(labels+k, p.Label&use != 0)
	}
	f.weighOwner(p.Owner, v)
	head := strings.TrimRight(s.text[:p.From], " |/–—-·•([（")
	v[headWords] = float64(min(block.CountWords(head), 60))
	v.Set(headEndsSentence, endsSentence(head) || strings.HasSuffix(head, "”") || strings.HasSuffix(head, `"`))
	v.Set(ofFigcaption, c.from == fromFigcaption)
	v.Set(ofNamedCaption, c.from == fromNames)
	v.Set(ofStory, c.block != nil && f.inStory(c.block))
	v[likeMedium] = f.shownBy(c.medium, p.Owner)
}

// without is the text without the credits, these, and the medium that they name.
func (s *splitting) without(won []*span) (caption, owner, media string) {
	media = "image"
	var parts []string
	at := 0
	for _, p := range won {
		if before := credit.TrimHead(s.text[at:p.From]); strings.TrimSpace(before) != "" {
			parts = append(parts, strings.TrimSpace(before))
		}
		at = p.To
		if p.Media != "image" {
			media = p.Media
		}
		switch fold, so := text.Fold(p.Owner), text.Fold(owner); {
		case owner == "" || strings.Contains(fold, so):
			owner = p.Owner
		case !strings.Contains(so, fold):
			owner += "/" + p.Owner
		}
	}
	if at < len(s.text) {
		parts = append(parts, strings.TrimLeft(s.text[at:], " |/–—·•,;"))
	}
	caption = trimCaption(strings.TrimSpace(strings.Join(parts, " ")))
	if head, inner, ok := credit.BracketTail(caption); ok && owner != "" && strings.Contains(text.Fold(owner), text.Fold(inner)) {
		caption = credit.TrimHead(head) // it says the credit again
	}
	if credit.IsLabel(caption) && owner != "" {
		caption = ""
	}
	return caption, owner, media
}

// addSpans notes the parts of a caption that may be credits, for --explain.
func (f *finder) addSpans(s *splitting) {
	for i := range s.spans {
		if p := &s.spans[i]; f.spansNoted < maxNoted {
			f.spansNoted++
			f.AddCandidate(article.Candidate{Field: "credits", Of: s.text, Value: p.Owner, From: "text", Score: p.score, Won: p.won, Evidence: f.creditModel.Explain(p.values)})
		}
	}
}

// endsSentence reports whether a text ends as sentences do.
func endsSentence(s string) bool {
	end, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。", end)
}
