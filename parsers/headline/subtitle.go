package headline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// standfirstNames are words of class names that say standfirst, in the words of
// the newsrooms of many languages.
var standfirstNames = text.Set(`standfirst subtitle subtitles subhead subheadline subheading subline subdeck dek deck lede leadtext leadparagraph teasertext
	chapo chapeau soustitre entradilla bajada copete volada sumario subtitulo subtítulo resumen resumo lidtext anons perex podtitul podtytul zajawka podnadpis
	sottotitolo sommario catenaccio ingress preamble manchet underrubrik undertitel undertittel brodlead vorspann anreisser untertitel unterzeile einleitung
	subtitel intro inleiding ingressi alaotsikko ozet sapo articlesubtitle articlelead articleintro articlesummary articledek postsubtitle entrysubtitle
	entrysummary excerpt blurb strapline`)

// leadNames are words that say it too, but other things as well: they count
// where the page's own description, or the place in its header, agrees.
var leadNames = text.Set("lead introduction summary description desc abstract teaser shortdescription highlight synopsis spot")

// notStandfirst are words of names of lines that stand in the same place.
var notStandfirst = text.Set(`byline author authors authorname meta date datetime time timestamp published updated credit credits caption figcaption share social tags breadcrumb breadcrumbs
	related newsletter comments comment ad ads advert sponsor disclaimer disclosure affiliate toc readtime reading kicker overline category label listen audio player rating bio
	cta reviewed sidebar promo media photo image gallery`)

// noticeWords mark notices that stand where a standfirst would.
var noticeWords = []string{"affiliate", "disclosure", "commission", "getty images", "fact-checked", "fact checked", "table of contents", "estimated reading", "min read", "summarize this", "cookies", "javascript"}

// maxStandfirst is how many blocks after the title are looked at.
const maxStandfirst = 24

const maxStandfirstWords = 110

// Subtitle is the standfirst: what stands between title and story and is
// called so, or is set apart from the story and agrees with the page's own
// description. The block is what a reader sees; it may be a part of the body.
func Subtitle(p *doc.Page, title string) (string, *block.Block) {
	from := p.TitleBlock(title)
	for _, b := range p.H1 {
		if from == nil && b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside|block.InDialog) == 0 && !p.IsSite(b.Text) {
			from = b
		}
	}
	if from == nil {
		return "", nil
	}
	description, _ := p.FirstMeta("og:description", "description", "twitter:description")
	words := doc.WordSet(description)
	var best *block.Block
	bestSure, bestWhy := 0.0, ""
	for i := from.N + 1; i < min(len(p.Blocks), from.N+1+maxStandfirst); i++ {
		b := p.Blocks[i]
		const frame = block.InHidden | block.InNav | block.InForm | block.InCaption | block.InButton | block.InFooter | block.InDialog | block.InTable | block.InAddress
		if b.Flags&frame != 0 || b.Words < 4 || b.LinkBytes*2 > len(b.Text) || b.Flags&block.InFigure != 0 && b.Words < 30 {
			continue
		}
		why, sure := standfirst(p, b, from, title, words)
		if sure == 0 {
			p.AddCandidate(article.Candidate{Field: "subtitle", Value: b.Text, From: "dom:" + b.Node.Data, Why: why})
		}
		if sure > bestSure {
			best, bestSure, bestWhy = b, sure, why
		}
		if b.Words >= 20 && b.Flags&(block.InList|block.InAside|block.InHeading) == 0 {
			break // here the story begins
		}
	}
	if best == nil {
		return "", nil
	}
	p.AddCandidate(article.Candidate{Field: "subtitle", Value: best.Text, From: "dom:" + best.Node.Data, Score: bestSure, Won: true, Why: bestWhy})
	return withSiblings(p, best), best
}

// standfirst says how sure a block is one, 0 if it is none, and why.
func standfirst(p *doc.Page, b, title *block.Block, s string, described map[string]bool) (why string, sure float64) {
	n := b.Node
	switch {
	case b.Words > maxStandfirstWords:
		return "too long", 0
	case text.EqualFold(b.Text, s) || text.EqualFold(b.Text, title.Text) || strings.HasSuffix(text.Fold(b.Text), text.Fold(s)) || strings.HasSuffix(text.Fold(s), text.Fold(b.Text)) || doc.SharedWords(b.Text, s) > 0.7:
		return "the title again", 0
	case byline.IsLine(b.Text) || b.Words <= 14 && (dates.IsDateRow(b.Text) || dates.Parse(b.Text, true) != ""):
		return "a byline or a date", 0
	case named(n, notStandfirst), named(n.Parent, notStandfirst) && !describes(b.Text, described):
		return "named as something else", 0
	case b.Flags&block.InList != 0 && b.Flags&block.InHeading == 0:
		if describes(b.Text, described) && b.Node.DataAtom == atom.Li && b.Flags&(block.InHeader|block.InArticle|block.InMain) != 0 {
			return "the first of some points that the page's description begins with", 0.75
		}
		return "an item of a list", 0
	case b.Words < 60 && notice(b.Text):
		return "a notice", 0
	}
	next := nextProse(p, b)
	alike := next != nil && sameKind(b.Node, next.Node)
	header := b.Flags&block.InHeader != 0 && b.Flags&(block.InArticle|block.InMain) != 0 || within(n, "hgroup", 4)
	same := describes(b.Text, described)
	heading := headingOf(n)
	switch {
	case namedAbove(n, standfirstNames, 2) && !crowded(n):
		return "named so", 0.9
	case heading != nil:
		switch level := heading.Data[1] - '0'; {
		case b.Words < 6 || level == 1 || named(heading, titleNames):
			return "a heading of the story", 0
		case same && !hasLater(heading):
			return "the page's description, as a heading", 0.85
		case header:
			return "a heading in the story's header", 0.7
		case b.N == title.N+1 && level <= 3 && (next == nil || next.Node.Parent != heading.Parent || !hasLater(heading)):
			return "the heading below the title, and none like it follows", 0.7
		}
		return "a heading of the story", 0
	case same && !alike:
		return "the page's description, set apart from the story", 0.85
	case namedAbove(n, leadNames, 2) && !alike && !crowded(n) && b.Words >= 6 && (header || same):
		return "named as a lead in the story's header, or as the description", 0.75
	case b.Words >= 8 && b.BoldBytes*10 >= len(b.Text)*9 && next != nil && next.BoldBytes*2 < len(next.Text) && b.Flags&block.InAside == 0:
		return "bold, above a story that is not", 0.6
	}
	return "neither named nor set apart", 0
}

// withSiblings is the text of a standfirst of several paragraphs.
func withSiblings(p *doc.Page, b *block.Block) string {
	text, words := b.Text, b.Words
	if b.Node.DataAtom != atom.Li && (b.Node.DataAtom != atom.P || !named(b.Node.Parent, standfirstNames) && !named(b.Node.Parent, leadNames)) {
		return text
	}
	for _, o := range p.Blocks[b.N+1 : min(len(p.Blocks), b.N+5)] {
		if words += o.Words; o.Node.Parent != b.Node.Parent || o.Node.DataAtom != b.Node.DataAtom || words > maxStandfirstWords || byline.IsLine(o.Text) || o.LinkBytes*2 > len(o.Text) {
			break
		}
		text += " " + o.Text
	}
	return text
}

func notice(text string) bool {
	text = strings.ToLower(text)
	for _, w := range noticeWords {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// describes reports whether a text says what the page's description says, which
// is often cut.
func describes(text string, described map[string]bool) bool {
	if len(described) < 5 {
		return false
	}
	hit, n := 0, 0
	for w := range doc.WordSet(text) {
		n++
		if described[w] {
			hit++
		}
	}
	return hit*10 >= min(n, len(described))*7 && hit >= 4 || hit*2 >= n && hit >= 8
}

// namedAbove is named for an element and its next ones above.
func namedAbove(n *html.Node, words map[string]bool, up int) bool {
	for i := 0; i < up && n != nil && n.DataAtom != atom.Article && n.DataAtom != atom.Main && n.DataAtom != atom.Body && n.DataAtom != atom.Header; i++ {
		if named(n, words) {
			return true
		}
		n = n.Parent
	}
	return false
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
func nextProse(p *doc.Page, b *block.Block) *block.Block {
	for i := b.N + 1; i < min(len(p.Blocks), b.N+30); i++ {
		o := p.Blocks[i]
		if o.Words >= 12 && o.LinkBytes*3 < len(o.Text) && o.Flags&(block.InNav|block.InHidden|block.InCaption|block.InForm|block.InFooter|block.InFigure|block.InHeading|block.InAside|block.InButton) == 0 {
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

// within reports whether an element stands in one of a tag, not far above.
func within(n *html.Node, tag string, up int) bool {
	for i := 0; i < up && n != nil; i++ {
		if n.Data == tag {
			return true
		}
		n = n.Parent
	}
	return false
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
