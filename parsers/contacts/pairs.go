package contacts

import (
	_ "embed"
	"math"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Pieces of evidence that an item belongs to the block of the items before it.
const (
	pairSamePassage = iota
	pairBlocksApart
	pairWordsBetween
	pairLinksBetween
	pairHeadingTag
	pairHeadingLike
	pairLineHeading
	pairLabelAhead
	pairContactWord
	pairDepartment
	pairLinesBetween
	pairUp
	pairDown
	pairSameParent
	pairCards
	pairSameRow
	pairNextRow
	pairFooterParts
	pairHiddenParts
	pairStoryParts
	pairBylines
	pairMail
	pairNumber
	pairFax
	pairAddress
	pairAfterMail
	pairAfterNumber
	pairAfterAddress
	pairItems
	pairKindAgain
	pairHasAddress
	pairOnlyAddresses
	pairSameHouse
	pairBothLinked
	pairLinked
	pairSameHost
	pairSameCode
	pairNamed
	pairPageItems
	pairFirstKind
	pairContactPage
	pairLikeStep
	pairRow
	pairPersons
	pairDepartments
	numPairPieces
)

var pairPieces = []string{
	pairSamePassage:   "in the passage of the item before",
	pairBlocksApart:   "blocks from the item before",
	pairWordsBetween:  "words between",
	pairLinksBetween:  "links between",
	pairHeadingTag:    "a heading element between",
	pairHeadingLike:   "a line in bold or with a colon between",
	pairLineHeading:   "a line with a colon within the passage",
	pairLabelAhead:    "what is between is only an item's label",
	pairContactWord:   "a word for contacts between",
	pairDepartment:    "a word for a department between",
	pairLinesBetween:  "lines between in the passage",
	pairUp:            "elements up to a common one",
	pairDown:          "elements down from the common one",
	pairSameParent:    "elements with one parent",
	pairCards:         "boxes of one kind side by side",
	pairSameRow:       "in one row of a table",
	pairNextRow:       "in different rows of a table",
	pairFooterParts:   "only one is in a footer",
	pairHiddenParts:   "only one is hidden",
	pairStoryParts:    "only one is within the story",
	pairBylines:       "both are in bylines",
	pairMail:          "an e-mail address",
	pairNumber:        "a phone number",
	pairFax:           "a fax number",
	pairAddress:       "a postal address",
	pairAfterMail:     "after an e-mail address",
	pairAfterNumber:   "after a number",
	pairAfterAddress:  "after a postal address",
	pairItems:         "items of the block so far",
	pairKindAgain:     "items of its kind in the block",
	pairHasAddress:    "the block has a postal address",
	pairOnlyAddresses: "the block has postal addresses alone",
	pairSameHouse:     "a box or the other kind of address",
	pairBothLinked:    "both are only in links",
	pairLinked:        "it is only in a link",
	pairSameHost:      "an e-mail address of a host in the block",
	pairSameCode:      "a number that begins as one in the block",
	pairNamed:         "a name or title between",
	pairPageItems:     "items on the page",
	pairFirstKind:     "of the kind that the block begins with",
	pairContactPage:   "the page is about contacts",
	pairLikeStep:      "it follows as the item before followed its own",
	pairRow:           "items in a row that follow each other so",
	pairPersons:       "both mailboxes are of persons",
	pairDepartments:   "both mailboxes are of departments",
}

//go:embed blocks.model
var pairModelData []byte

var pairModel = evidence.Learned(pairModelData, pairPieces...)

// joins reports whether item i belongs to a group, by what stands between it and
// the group's last item.
func (r *contactReader) joins(g *contactGroup, i int) bool {
	it := &r.items[i]
	v := r.pairValues(g, it)
	r.rowValues(v, i)
	m := r.page.Model("contact blocks", pairModel)
	score := m.Score(v)
	won := score >= m.Least
	if r.page.Explaining() {
		r.page.AddCandidate(article.Candidate{Field: "contact blocks", Value: g.last().named() + " ⟷ " + it.named(), From: it.p.from(it.linked), Score: score, Won: won, Evidence: m.Explain(v)})
	}
	return won
}

// named is an item with its kind.
func (it *contactItem) named() string {
	switch it.kind {
	case itemMail:
		return "mail:" + it.email
	case itemPhone:
		return "phone:" + it.phone.raw
	}
	return "address:" + it.address.raw
}

func (r *contactReader) pairValues(g *contactGroup, it *contactItem) evidence.Values {
	v := make(evidence.Values, numPairPieces)
	prev := g.last()
	v.Set(pairSamePassage, prev.p == it.p)
	v[pairBlocksApart] = float64(min(it.p.n-prev.last, 40))
	between := r.textBetween(v, prev, it)
	v.Set(pairLabelAhead, labelOnly(between))
	v.Set(pairContactWord, contactWord.MatchString(between))
	v.Set(pairDepartment, isDepartment(between))
	placesOf(v, prev, it)
	kindsOf(v, g, it)
	v.Set(pairSameHouse, it.kind == itemAddress && g.has(itemAddress) && sameHouse(between, it))
	v.Set(pairBothLinked, it.linked && prev.linked)
	v.Set(pairLinked, it.linked)
	v[pairPageItems] = math.Round(10*math.Log2(float64(len(r.items)))) / 10
	v.Set(pairContactPage, r.all)
	return v
}

// textBetween says what stands between two items, and gives the text.
func (r *contactReader) textBetween(v evidence.Values, prev, it *contactItem) string {
	const most = 600
	if prev.p == it.p {
		if it.start < prev.end {
			return ""
		}
		s := it.p.text[prev.end:it.start]
		v[pairLinesBetween] = float64(strings.Count(s, "\n"))
		v[pairWordsBetween] = float64(min(block.CountWords(s), 60))
		v.Set(pairLineHeading, headingLine(s))
		v.Set(pairNamed, namedLine(s))
		return s[:min(len(s), most)]
	}
	ahead, behind := it.p.text[:it.start], prev.p.text[min(prev.end, len(prev.p.text)):]
	v.Set(pairLineHeading, headingLine("\n"+ahead) || headingLine(behind+"\n"))
	v[pairLinesBetween] = float64(strings.Count(ahead, "\n") + strings.Count(behind, "\n"))
	text := behind
	words := block.CountWords(behind)
	for _, b := range r.between(prev, it) {
		if b.Flags&block.InHidden != 0 && it.p.flags&block.InHidden == 0 {
			continue
		}
		words += b.Words
		v.Set(pairHeadingTag, b.Flags&block.InHeading != 0)
		v.Set(pairHeadingLike, b.Words <= 8 && (strings.HasSuffix(b.Text, ":") || isBold(b)) && !labelOnly(b.Text))
		v.Set(pairNamed, namedLine(b.Text))
		v.Set(pairLinksBetween, b.LinkBytes*10 >= len(b.Text)*9 && b.Words <= 6)
		if len(text) < most {
			text += "\n" + b.Text
		}
	}
	v.Set(pairNamed, namedLine(ahead))
	v[pairWordsBetween] = float64(min(words+block.CountWords(ahead), 60))
	text += "\n" + ahead
	return text[:min(len(text), most)]
}

// namedLine reports whether one of the lines of a text is a few words with capitals,
// no label of an item: a name or a title.
func namedLine(s string) bool {
	for n, line := range strings.Split(s[:min(len(s), 400)], "\n") {
		line = strings.TrimSpace(line)
		if w := block.CountWords(line); n < 20 && w >= 2 && w <= 6 && !labelOnly(line) && capitalShare(line) > 0.6 {
			return true
		}
	}
	return false
}

// placesOf says how two items stand to each other in the page's elements.
func placesOf(v evidence.Values, prev, it *contactItem) {
	up, down := apart(prev.p.node, it.p.node)
	v[pairUp], v[pairDown] = float64(up), float64(down)
	v.Set(pairSameParent, prev.p.node.Parent == it.p.node.Parent)
	v.Set(pairCards, cards(prev.p.node, it.p.node))
	if a, b := rowOf(prev.p.node), rowOf(it.p.node); a != nil && b != nil {
		v.Set(pairSameRow, a == b)
		v.Set(pairNextRow, a != b && a.Parent == b.Parent)
	}
	differ := it.p.flags ^ prev.p.flags
	v.Set(pairFooterParts, differ&block.InFooter != 0)
	v.Set(pairHiddenParts, differ&block.InHidden != 0)
	v.Set(pairStoryParts, it.p.story != prev.p.story)
	v.Set(pairBylines, it.p.hints&prev.p.hints&(block.HintByline|block.HintAuthor) != 0)
}

// kindsOf says what an item is, and what of it a group has.
func kindsOf(v evidence.Values, g *contactGroup, it *contactItem) {
	prev := g.last()
	v.Set(pairMail, it.kind == itemMail)
	v.Set(pairNumber, it.kind == itemPhone && !it.phone.fax)
	v.Set(pairFax, it.kind == itemPhone && it.phone.fax)
	v.Set(pairAddress, it.kind == itemAddress)
	v.Set(pairAfterMail, prev.kind == itemMail)
	v.Set(pairAfterNumber, prev.kind == itemPhone)
	v.Set(pairAfterAddress, prev.kind == itemAddress)
	v[pairItems] = float64(min(len(g.items), 20))
	v.Set(pairHasAddress, g.has(itemAddress))
	v.Set(pairOnlyAddresses, g.only(itemAddress))
	v.Set(pairFirstKind, g.items[0].kind == it.kind)
	for k := range g.items[:min(len(g.items), 20)] {
		o := &g.items[k]
		if o.kind != it.kind || o.kind == itemPhone && o.phone.fax != it.phone.fax {
			continue
		}
		v[pairKindAgain]++
		switch it.kind {
		case itemMail:
			v.Set(pairSameHost, hostOf(o.email) == hostOf(it.email))
		case itemPhone:
			a, b := o.phone.raw, it.phone.raw
			v.Set(pairSameCode, len(a) > 6 && len(b) > 6 && a[:6] == b[:6])
		}
	}
}

// A pairStep is how an item follows the one before it: where lists are regular, each
// does so in the same way.
type pairStep struct {
	kind      itemKind
	fax, link bool
	up, down  int
}

// stepTo is the step to item i, which is not the first.
func (r *contactReader) stepTo(i int) pairStep {
	it, prev := &r.items[i], &r.items[i-1]
	up, down := apart(prev.p.node, it.p.node)
	if prev.p == it.p {
		up, down = -1, -1
	}
	return pairStep{it.kind, it.phone.fax, it.linked, up, down}
}

// rowValues says how regular the items about item i follow each other.
func (r *contactReader) rowValues(v evidence.Values, i int) {
	const most = 12
	if r.steps == nil {
		r.steps = make([]pairStep, len(r.items))
		for k := 1; k < len(r.items); k++ {
			r.steps[k] = r.stepTo(k)
		}
	}
	step := r.steps[i]
	v.Set(pairLikeStep, i > 1 && r.steps[i-1] == step)
	n := 1
	for k := i + 1; k < len(r.items) && n < most && r.steps[k] == step; k++ {
		n++
	}
	for k := i - 1; k > 0 && n < most && r.steps[k] == step; k-- {
		n++
	}
	v[pairRow] = float64(n)
	if it, prev := &r.items[i], &r.items[i-1]; it.kind == itemMail && prev.kind == itemMail {
		a, b := isDepartmentMail(prev.email), isDepartmentMail(it.email)
		v.Set(pairPersons, !a && !b)
		v.Set(pairDepartments, a && b)
	}
}

// apart is how far two elements are from a common one above both, at most maxApart.
func apart(a, b *html.Node) (up, down int) {
	const maxApart = 12
	depth := map[*html.Node]int{}
	for n, i := a, 0; n != nil && i <= maxApart; n, i = n.Parent, i+1 {
		depth[n] = i
	}
	for n, i := b, 0; n != nil && i <= maxApart; n, i = n.Parent, i+1 {
		if d, ok := depth[n]; ok {
			return d, i
		}
	}
	return maxApart + 1, maxApart + 1
}

// rowOf is the row of a table that an element is in.
func rowOf(n *html.Node) *html.Node {
	for i := 0; n != nil && i < 12; n, i = n.Parent, i+1 {
		if n.DataAtom == atom.Tr {
			return n
		}
	}
	return nil
}
