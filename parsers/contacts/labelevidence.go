package contacts

import (
	_ "embed"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// Pieces of evidence that a text is the label of a block of contacts.
const (
	labelNone = iota
	labelOfLink
	labelLine
	labelLead
	labelSentence
	labelCredit
	labelBlock
	labelHeading
	labelColon
	labelBold
	labelTerm
	labelLinked
	labelFar
	labelLinesAway
	labelUp
	labelDown
	labelParts
	labelWords
	labelDigits
	labelCapitals
	labelDepartment
	labelContactWord
	labelTitle
	labelItemOnly
	labelSite
	labelCompany
	labelAuthor
	labelFooter
	labelStory
	labelByline
	labelItems
	labelMail
	labelNumber
	labelAddress
	labelGroupAddress
	labelNearest
	labelRivals
	labelRivalHeadings
	labelRivalLeads
	labelContactPage
	numLabelPieces
)

var labelPieces = []string{
	labelNone:          "no label",
	labelOfLink:        "the text of the item's link",
	labelLine:          "a line above in its passage",
	labelLead:          "ahead on its line",
	labelSentence:      "a sentence ahead in its passage",
	labelCredit:        "an author of the story whose mailbox it is",
	labelBlock:         "a block above",
	labelHeading:       "a heading element",
	labelColon:         "ends with a colon",
	labelBold:          "in bold",
	labelTerm:          "a term of a list",
	labelLinked:        "mostly a link",
	labelFar:           "blocks above the item",
	labelLinesAway:     "lines above the item",
	labelUp:            "elements up to a common one",
	labelDown:          "elements down from the common one",
	labelParts:         "in another part of the page",
	labelWords:         "words of the label",
	labelDigits:        "digits of the label",
	labelCapitals:      "share of its words with capitals",
	labelDepartment:    "names a department",
	labelContactWord:   "has a word for contacts",
	labelTitle:         "a title of contact pages",
	labelItemOnly:      "only says what an item is",
	labelSite:          "has a name of the site",
	labelCompany:       "ends like a company's name",
	labelAuthor:        "names an author of the story",
	labelFooter:        "the block is in a footer",
	labelStory:         "the block is within the story",
	labelByline:        "the block is in a byline or an author's box",
	labelItems:         "items of the block",
	labelMail:          "its first item is an e-mail address",
	labelNumber:        "its first item is a number",
	labelAddress:       "its first item is a postal address",
	labelGroupAddress:  "the block has a postal address",
	labelNearest:       "the nearest of the candidates",
	labelRivals:        "candidates",
	labelRivalHeadings: "candidates that are headings",
	labelRivalLeads:    "candidates on the item's line",
	labelContactPage:   "the page is about contacts",
}

//go:embed labels.model
var labelModelData []byte

var labelModel = evidence.Learned(labelModelData, labelPieces...)

// A labelCandidate is a text that may be the label of a block.
type labelCandidate struct {
	text  string
	from  int // piece that says where it stands
	block *block.Block
	far   int // blocks or lines above the item
}

// label is what a block is called: of the texts before its first item and in its link
// the one that the model says most for; "" if that is that it has none.
func (r *contactReader) label(g *contactGroup) (best string) {
	m := r.page.Model("contact labels", labelModel)
	all := r.labelCandidates(g)
	var weighed []article.Candidate
	top := 0
	for i := range all {
		v := r.labelValues(g, all, i)
		c := article.Candidate{Field: "contact labels", Value: all[i].text, Score: m.Score(v)}
		if r.page.Explaining() {
			c.From, c.Of, c.Evidence = g.items[0].p.from(g.items[0].linked), g.named(), m.Explain(v)
		}
		weighed = append(weighed, c)
		if c.Score > weighed[top].Score {
			top = i
		}
	}
	weighed[top].Won = true
	for _, c := range weighed {
		r.page.AddCandidate(c)
	}
	return all[top].text
}

// named are the items of a group, each with its kind.
func (g *contactGroup) named() string {
	const most = 8
	var names []string
	for i := range g.items[:min(len(g.items), most)] {
		names = append(names, g.items[i].named())
	}
	return strings.Join(names, " + ")
}

// labelCandidates are the texts that may be the label of a group, the nearest first,
// and at last that there is none.
func (r *contactReader) labelCandidates(g *contactGroup) (all []labelCandidate) {
	first := &g.items[0]
	add := func(c labelCandidate) {
		if c.text = cutLabel(c.text); c.text == "" {
			return
		}
		for i := range all {
			if all[i].text == c.text {
				return
			}
		}
		all = append(all, c)
	}
	if first.linked && len(g.items) == 1 && !genericLabel.MatchString(first.label) && len(first.label) < 100 {
		add(labelCandidate{text: first.label, from: labelOfLink})
	}
	for _, a := range r.authors[:min(len(r.authors), 4)] {
		if first.kind == itemMail && nameOfMail(localOf(first.email), a.Name) {
			add(labelCandidate{text: a.Name, from: labelCredit})
		}
	}
	if first.start > 0 && first.start <= len(first.p.text) {
		lines := strings.Split(first.p.text[max(0, first.start-400):first.start], "\n")
		own := lines[len(lines)-1]
		if eachNamed(g) {
			own = ""
		}
		sentences := strings.FieldsFunc(own, func(r rune) bool { return strings.ContainsRune(".!?©|•·", r) })
		for k := len(sentences) - 1; k >= max(0, len(sentences)-3); k-- {
			from := labelSentence
			if k == len(sentences)-1 {
				from = labelLead
			}
			add(labelCandidate{text: strings.TrimLeft(sentences[k], " 0123456789–-"), from: from, far: len(sentences) - 1 - k})
		}
		add(labelCandidate{text: own, from: labelLead})
		for i := len(lines) - 2; i >= max(0, len(lines)-5); i-- {
			add(labelCandidate{text: lines[i], from: labelLine, far: len(lines) - 1 - i})
		}
	}
	const blocks, headings = 6, 14 // how far above
	for i := first.p.n - 1; i >= max(0, first.p.n-headings); i-- {
		b := r.page.Blocks[i]
		if b.Words > 30 {
			break
		}
		if b.Words > 14 || i < first.p.n-blocks && b.Flags&block.InHeading == 0 && !isBold(b) {
			continue
		}
		if b.Flags&block.InHidden == 0 || first.p.flags&block.InHidden != 0 {
			add(labelCandidate{text: b.Text, from: labelBlock, block: b, far: first.p.n - i})
		}
	}
	return append(all, labelCandidate{from: labelNone})
}

// callWords are the calls on readers that stand ahead of an item and name nobody, folded.
var callWords = text.Set(`writeto write email emailus mailto mail call callus phoneus sendto sendmailto sendanemailto reachusat reachus contactusat or oroncall orcall oremail and to at
	schreibensiean schreiban schreibensieuns rufensiean mailensiean oder écrireà écrivezà écriveznousà appelez ou escribaa escríbenosa escribira llamea llamaral o scrivia scriverea chiamare escrevapara ligue
	schrijfnaar mailnaar bel skrivtil mejla ring napiszdo пишитена звоните или`)

// cutLabel is a text as a label; "" if it can be none: what only says of what kind an
// item is ("Phone"), a call on readers ("Write to") or a notice of rights name nobody.
func cutLabel(s string) string {
	s = strings.Trim(block.Clean(s), " :,|-–•·(")
	switch {
	case callWords[text.Fold(s)], strings.HasPrefix(s, "©"), strings.HasPrefix(s, "Copyright"):
		return ""
	case len(s) < 3, block.CountWords(s) > 12, text.DigitsIn(s) > 4, mailForm.MatchString(s):
		return ""
	case labelOnly(s) && !contactTitle.MatchString(s) && !isDepartment(s) && !contactWord.MatchString(s):
		return ""
	}
	return s
}

// eachNamed reports whether the items of a group are of one kind, and each behind the
// first has words ahead on its line that do not only say what it is: names, roles. Then
// such words name an item, not the block.
func eachNamed(g *contactGroup) bool {
	const most = 8
	for i := 1; i < min(len(g.items), most); i++ {
		it := &g.items[i]
		lead := strings.TrimSpace(ahead(it.p.text, min(it.start, len(it.p.text)), ""))
		if it.kind != g.items[0].kind || len(lead) <= 2 || labelOnly(lead) {
			return false
		}
	}
	return len(g.items) > 1
}

// labelValues says what speaks for candidate i of a group's labels.
func (r *contactReader) labelValues(g *contactGroup, all []labelCandidate, i int) evidence.Values {
	v := make(evidence.Values, numLabelPieces)
	c, first := &all[i], &g.items[0]
	v.Set(c.from, true)
	v.Set(labelNearest, i == 0)
	v[labelRivals] = float64(len(all) - 1)
	for k := range all {
		v.Set(labelRivalLeads, all[k].from == labelLead)
		if b := all[k].block; b != nil && b.Flags&block.InHeading != 0 {
			v[labelRivalHeadings]++
		}
	}
	v.Set(labelFooter, first.p.inFooter())
	v.Set(labelStory, first.p.story)
	v.Set(labelByline, first.p.hints&(block.HintByline|block.HintAuthor) != 0)
	v[labelItems] = float64(min(len(g.items), 12))
	v.Set(labelMail, first.kind == itemMail)
	v.Set(labelNumber, first.kind == itemPhone)
	v.Set(labelAddress, first.kind == itemAddress)
	v.Set(labelGroupAddress, g.has(itemAddress))
	v.Set(labelContactPage, r.all)
	if c.from == labelNone {
		return v
	}
	s := c.text
	v[labelWords], v[labelDigits], v[labelCapitals] = float64(block.CountWords(s)), float64(text.DigitsIn(s)), capitalShare(s)
	v.Set(labelDepartment, isDepartment(s))
	v.Set(labelContactWord, contactWord.MatchString(s))
	v.Set(labelTitle, contactTitle.MatchString(s))
	v.Set(labelItemOnly, labelOnly(s))
	v.Set(labelSite, r.names.in(s))
	v.Set(labelCompany, companyEnding.MatchString(s))
	for _, a := range r.authors {
		v.Set(labelAuthor, v[labelAuthor] == 0 && len(a.Name) > 4 && strings.Contains(s, a.Name))
	}
	b := c.block
	if b == nil {
		v[labelLinesAway] = float64(c.far)
		return v
	}
	v[labelFar] = float64(c.far)
	v.Set(labelHeading, b.Flags&block.InHeading != 0)
	v.Set(labelColon, strings.HasSuffix(b.Text, ":"))
	v.Set(labelBold, isBold(b))
	v.Set(labelTerm, b.Node.DataAtom == atom.Dt || b.Node.DataAtom == atom.Th)
	v.Set(labelLinked, b.LinkBytes*2 >= len(b.Text))
	v.Set(labelParts, (b.Flags^first.p.flags)&block.InFooter != 0)
	up, down := apart(b.Node, first.p.node)
	v[labelUp], v[labelDown] = float64(up), float64(down)
	return v
}
