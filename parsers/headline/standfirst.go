package headline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// noticeWords mark notices that stand where a standfirst would.
var noticeWords = text.Literals("affiliate|disclosure|commission|getty images|fact-checked|fact checked|table of contents|estimated reading|min read|summarize this|cookies|javascript")

// Bounds of a standfirst.
const (
	maxStandfirst      = 24 // blocks after the title that are looked at
	maxStandfirstWords = 110
)

// A Standfirst is what stands between title and story. The zero value is none.
type Standfirst struct {
	Text  string       // of all its paragraphs
	First *block.Block // where it begins; it may be a part of the body
	From  article.Provenance
}

// Subtitle is the page's standfirst: what stands below the title and is called so,
// or is set apart from the story and agrees with the page's own description.
func Subtitle(p *doc.Page, title string) Standfirst {
	r := newStandfirstReader(p, title)
	if r.titleBlock == nil || r.titleFolded == "" {
		return Standfirst{}
	}
	var best *standfirst
	for _, b := range p.Blocks[r.titleBlock.N+1 : min(len(p.Blocks), r.titleBlock.N+1+maxStandfirst)] {
		if !mayBeStandfirst(b) {
			continue
		}
		c := r.weigh(b)
		if c.score > 0 && (best == nil || c.score > best.score) {
			best = c
		}
		if c.score <= 0 {
			p.AddCandidate(c.candidate())
		}
		if b.Words >= 20 && b.Flags&(block.InList|block.InAside|block.InHeading) == 0 {
			break // here the story begins
		}
	}
	if best == nil {
		return Standfirst{}
	}
	c := best.candidate()
	c.Won = true
	p.AddCandidate(c)
	return Standfirst{r.withSiblings(best.block), best.block, article.Provenance{From: c.From, Confidence: standfirstRight.Confidence(best.score)}}
}

// standfirstRight says how often subtitles with a score were right, on the 87 labelled
// pages outside the blind fold where both the page's truth and this reading have one.
// Pages whose truth has none are not among them: that says little.
var standfirstRight = evidence.Model{Curve: []evidence.Point{{Score: 0.7, Right: 0.5}, {Score: 0.87, Right: 0.92}, {Score: 1.7, Right: 0.96}}}

// A standfirstReader knows what the candidates for a page's standfirst are compared with.
type standfirstReader struct {
	page        *doc.Page
	titleBlock  *block.Block // nil if the title is nowhere on the page
	titleFolded string
	titleWords  []uint32
	described   []uint32 // words of the page's description
}

func newStandfirstReader(p *doc.Page, title string) *standfirstReader {
	r := &standfirstReader{page: p, titleBlock: p.TitleBlock(title), titleFolded: text.Fold(title)}
	for _, b := range p.H1 {
		if r.titleBlock == nil && b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside|block.InDialog) == 0 && !p.IsSite(b.Text) {
			r.titleBlock = b
		}
	}
	description, _ := p.FirstMeta("og:description", "description", "twitter:description")
	r.titleWords, r.described = wordsOf(title), wordsOf(description)
	return r
}

// mayBeStandfirst reports whether a block is a line of text, not a part of some frame.
func mayBeStandfirst(b *block.Block) bool {
	const outside = block.InHidden | block.InNav | block.InForm | block.InCaption | block.InButton | block.InFooter | block.InDialog | block.InTable | block.InAddress
	return b.Flags&outside == 0 && b.Words >= 4 && b.LinkBytes*2 <= len(b.Text) && (b.Flags&block.InFigure == 0 || b.Words >= 30)
}

// A standfirst is a block that may be the standfirst.
type standfirst struct {
	block    *block.Block
	words    []uint32
	heading  *html.Node // that it stands in, or nil
	named    bool       // as a standfirst
	describe bool       // it says what the page's description says
	inHeader bool       // of the story

	evidence evidence.Values // nil if it is excluded
	score    float64
	why      string // why it is none
}

func (c *standfirst) candidate() article.Candidate {
	return article.Candidate{Field: "subtitle", Value: c.block.Text, From: "dom:" + c.block.Node.Data, Score: c.score, Why: c.why, Evidence: standfirstEvidence.Explain(c.evidence)}
}

// listItem reports whether the candidate is an item of a list, which no heading is.
func (c *standfirst) listItem() bool { return c.block.Flags&block.InList != 0 && c.heading == nil }

// Pieces of evidence that a block is the standfirst.
const (
	standfirstClass = iota
	describedApart
	describedHeading
	describedPoint
	leadClass
	headerHeading
	headingBelowTitle
	boldAboveStory
	numStandfirstPieces
)

// standfirstEvidence is what speaks for a standfirst that is not excluded. Each
// piece alone is enough.
var standfirstEvidence = evidence.Table{
	standfirstClass:   {Name: "class name of a standfirst", Weight: 0.9},
	describedApart:    {Name: "the page's description, set apart from the story", Weight: 0.85},
	describedHeading:  {Name: "the page's description, as a heading", Weight: 0.85},
	describedPoint:    {Name: "first of some points, with which the page's description begins", Weight: 0.75},
	leadClass:         {Name: "class name of a lead, in the story's header or as the description", Weight: 0.75},
	headerHeading:     {Name: "heading in the story's header", Weight: 0.7},
	headingBelowTitle: {Name: "heading below the title, and none like it follows", Weight: 0.7},
	boldAboveStory:    {Name: "bold, above a story that is not", Weight: 0.6},
}

// excludedStandfirsts are blocks that are no standfirst, whatever speaks for them.
// The first rule that holds excludes a block.
var excludedStandfirsts = []struct {
	why   string
	holds func(r *standfirstReader, c *standfirst) bool
}{
	{"too long", func(_ *standfirstReader, c *standfirst) bool { return c.block.Words > maxStandfirstWords }},
	{"the title again", (*standfirstReader).repeatsTitle},
	{"a byline or a date", func(_ *standfirstReader, c *standfirst) bool {
		s := c.block.Text
		return byline.IsLine(s) || c.block.Words <= 14 && (dates.IsDateRow(s) || dates.Parse(s, true) != "")
	}},
	{"class name of another line", func(_ *standfirstReader, c *standfirst) bool {
		n := c.block.Node
		return named(n, otherLineNames) || !c.describe && named(n.Parent, otherLineNames)
	}},
	{"an item of a list", func(_ *standfirstReader, c *standfirst) bool { return c.listItem() && !c.isDescribedPoint() }},
	{"a notice", func(_ *standfirstReader, c *standfirst) bool {
		return c.block.Words < 60 && !c.listItem() && noticeWords.FoundIn(strings.ToLower(c.block.Text))
	}},
	{"a heading of the story", func(_ *standfirstReader, c *standfirst) bool {
		return c.heading != nil && !c.named && (c.block.Words < 6 || c.heading.DataAtom == atom.H1 || named(c.heading, titleNames))
	}},
}

// weigh collects what speaks for and against a block.
func (r *standfirstReader) weigh(b *block.Block) *standfirst {
	c := &standfirst{block: b, words: wordsOf(b.Text), heading: headingOf(b.Node)}
	c.describe = describes(c.words, r.described)
	c.named = (nameReader{r.page}).above(b.Node, standfirstNames, 2) && !crowded(b.Node)
	c.inHeader = b.Flags&block.InHeader != 0 && b.Flags&(block.InArticle|block.InMain) != 0 || inHgroup.Matches(b.Node)
	for _, rule := range excludedStandfirsts {
		if rule.holds(r, c) {
			c.why = rule.why
			return c
		}
	}
	c.evidence = r.evidenceOf(c)
	c.score = standfirstEvidence.Score(c.evidence)
	if c.score <= 0 {
		c.why = "neither named nor set apart"
	}
	return c
}

var inHgroup = doc.Select("hgroup, hgroup > *, hgroup > * > *, hgroup > * > * > *")

func (r *standfirstReader) evidenceOf(c *standfirst) evidence.Values {
	v := make(evidence.Values, numStandfirstPieces)
	next := r.nextProse(c.block)
	v.Set(standfirstClass, c.named)
	switch {
	case c.listItem():
		v.Set(describedPoint, true) // others are excluded
	case c.heading != nil:
		last := !hasLater(c.heading)
		v.Set(describedHeading, c.describe && last)
		v.Set(headerHeading, c.inHeader)
		v.Set(headingBelowTitle, r.belowTitle(c) && (last || next == nil || next.Node.Parent != c.heading.Parent))
	default:
		apart := next == nil || !sameKind(c.block.Node, next.Node)
		v.Set(describedApart, c.describe && apart)
		v.Set(leadClass, apart && (c.inHeader || c.describe) && r.namedLead(c.block))
		v.Set(boldAboveStory, next != nil && boldAbove(c.block, next))
	}
	return v
}

// belowTitle reports whether a heading, h3 at the lowest, is the block next to the title.
func (r *standfirstReader) belowTitle(c *standfirst) bool {
	return c.block.N == r.titleBlock.N+1 && c.heading.Data <= "h3"
}

func (r *standfirstReader) namedLead(b *block.Block) bool {
	return b.Words >= 6 && (nameReader{r.page}).above(b.Node, leadNames, 2) && !crowded(b.Node)
}

// boldAbove reports whether a block is set in bold type and the next paragraph is not.
func boldAbove(b, next *block.Block) bool {
	return b.Words >= 8 && b.BoldBytes*10 >= len(b.Text)*9 && next.BoldBytes*2 < len(next.Text) && b.Flags&block.InAside == 0
}

// isDescribedPoint reports whether an item of a list in the story says what the
// page's description says.
func (c *standfirst) isDescribedPoint() bool {
	return c.describe && c.block.Node.DataAtom == atom.Li && c.block.Flags&(block.InHeader|block.InArticle|block.InMain) != 0
}

func (r *standfirstReader) repeatsTitle(c *standfirst) bool {
	f := text.Fold(c.block.Text)
	return strings.HasSuffix(f, r.titleFolded) || strings.HasSuffix(r.titleFolded, f) ||
		text.EqualFold(c.block.Text, r.titleBlock.Text) || alike(c.words, r.titleWords) > 0.7
}

// withSiblings is the text of a standfirst of several paragraphs or points.
func (r *standfirstReader) withSiblings(b *block.Block) string {
	n := b.Node
	several := n.DataAtom == atom.Li || n.DataAtom == atom.P && (named(n.Parent, standfirstNames) || named(n.Parent, leadNames))
	if !several {
		return b.Text
	}
	s, words := b.Text, b.Words
	for _, o := range r.page.Blocks[b.N+1 : min(len(r.page.Blocks), b.N+5)] {
		words += o.Words
		sibling := o.Node.Parent == n.Parent && o.Node.DataAtom == n.DataAtom
		if !sibling || words > maxStandfirstWords || byline.IsLine(o.Text) || o.LinkBytes*2 > len(o.Text) {
			break
		}
		s += " " + o.Text
	}
	return s
}

// describes reports whether a text says what the page's description says, which
// is often cut; both as sets of words.
func describes(words, described []uint32) bool {
	if len(described) < 5 {
		return false
	}
	n := sharedWords(words, described)
	return n*10 >= min(len(words), len(described))*7 && n >= 4 || n*2 >= len(words) && n >= 8
}

// crowded reports whether the element above a paragraph holds more than three: then
// its name is that of a whole text.
func crowded(n *html.Node) bool {
	if n.Parent == nil || n.DataAtom != atom.P {
		return false
	}
	paragraphs := 0
	for c := n.Parent.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.P {
			if paragraphs++; paragraphs > 3 {
				return true
			}
		}
	}
	return false
}

// nextProse is the first paragraph of a story after a block; nil if none follows.
func (r *standfirstReader) nextProse(b *block.Block) *block.Block {
	const outside = block.InNav | block.InHidden | block.InCaption | block.InForm | block.InFooter | block.InFigure | block.InHeading | block.InAside | block.InButton
	for _, o := range r.page.Blocks[b.N+1 : min(len(r.page.Blocks), b.N+30)] {
		if o.Words >= 12 && o.LinkBytes*3 < len(o.Text) && o.Flags&outside == 0 {
			return o
		}
	}
	return nil
}

// sameKind reports whether two paragraphs are set alike: by tag and class of
// both and of what holds them.
func sameKind(a, b *html.Node) bool {
	for range 2 {
		if a == b {
			return true
		}
		if a == nil || b == nil || a.Data != b.Data || block.Attr(a, "class") != block.Attr(b, "class") {
			return false
		}
		a, b = a.Parent, b.Parent
	}
	return true
}

// hasLater reports whether a heading of the same level follows among the same
// elements.
func hasLater(heading *html.Node) bool {
	i := 0
	for c := heading.NextSibling; c != nil && i < 300; c = c.NextSibling {
		i++
		if c.DataAtom == heading.DataAtom {
			return true
		}
	}
	return false
}
