package body

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Where a page's script renders the story, the markup holds none: it is in the
// data of the scripts, beside everything else that the page may show.

// Bounds of what is taken from data: a body much like the visible one is no gain.
const (
	minData   = 40  // words
	properDOM = 250 // words of a visible body that needs no other
	longDOM   = 500 // words of a visible body that is not doubted, so that most pages' data need not be read
)

// Visible is what was read of the story on the visible page.
type Visible struct {
	Title     string
	Subtitle  string
	Summary   string
	Text      string
	Paywalled bool
}

// Data is what script data says of a story.
type Data struct {
	// Selection is the better choice of the story's blocks: of the same page, or,
	// if Rendered, of a page made of the data. It is nil if the visible page's
	// choice stays.
	Selection  *Selection
	Rendered   bool
	Subtitle   string // the standfirst that only the data has; "" for none
	Paywalled  bool   // the data says that the story is for subscribers
	Provenance article.Provenance
}

// FromData looks for the story in the page's data, JSON-LD or what scripts render
// from, where the visible page has no proper one. s is the choice made of the
// visible page and is not changed. What a page keeps behind a paywall is left
// there.
func FromData(s *Selection, seen Visible) Data {
	p := s.page
	dom := p.CountWords(seen.Text)
	story := p.ArticleBody()
	ldWords, from := block.CountWords(story), article.Provenance{From: "jsonld:articleBody", Confidence: 0.75}
	updates, updateWords := liveUpdates(p)
	live := updateWords > ldWords && dom < properDOM // else the visible page shows its beginning
	if live {
		ldWords, from = updateWords, article.Provenance{From: "jsonld:liveBlogUpdate", Confidence: 0.75}
	}
	if dom >= longDOM && ldWords < 3*dom {
		return Data{}
	}
	if ldWords < minData {
		ldWords = 0
	}
	if ldWords == 0 && !MayHoldBody(p, len(seen.Text)) {
		return Data{}
	}
	best := findScriptBody(p, seen, minData)
	root := emptyDocument()
	switch {
	case best != nil && best.words*10 >= ldWords*8:
		draw(best.datum, bodyOf(root), false, 0)
		from = article.Provenance{From: best.from, Confidence: 0.7}
	case ldWords == 0:
		return Data{}
	case live:
		drawUpdates(updates, bodyOf(root))
	default:
		drawText(story, bodyOf(root))
	}
	rendered, words := chooseRendered(p, root, seen.Title)
	if words < minData {
		return Data{}
	}
	d := Data{Provenance: from}
	if shows(p, rendered) {
		if d.Selection = s.corrected(rendered, best, seen, words >= 2*dom); d.Selection != nil {
			p.AddCandidate(article.Candidate{Field: "body", Value: from.From, From: from.From, Won: true, Why: "the data has the visible blocks of the story"})
		}
		return d
	}
	if dom >= properDOM && ldWords < 3*dom || words < 2*dom {
		return Data{}
	}
	d.Paywalled = best != nil && best.paid()
	if d.Paywalled || seen.Paywalled || p.Walled(seen.Text) {
		return d
	}
	d.Selection, d.Rendered = rendered, true
	if best != nil && best.own && seen.Subtitle == "" {
		d.Subtitle = best.standfirst()
	}
	p.AddCandidate(article.Candidate{Field: "body", Value: from.From, From: from.From, Won: true, Why: "the visible page has no proper body"})
	return d
}

// chooseRendered selects the story's blocks of a document made of a page's data,
// and counts their words.
func chooseRendered(p *doc.Page, root *html.Node, title string) (s *Selection, words int) {
	s = newSelection(doc.Read(&article.Page{URL: p.Input.URL, Fetched: p.Input.Fetched}, root))
	s.page.Base = p.Base
	for _, b := range s.page.Blocks {
		why := renderedExclusion(b, title)
		if why == "" && b.Words < 30 && s.page.HintsBelow(b.Node, s.page.Body)&block.Chrome != 0 {
			why = "related or widget"
		}
		if why != "" {
			s.drop(b, why)
			continue
		}
		s.keep(b, "")
		words += b.Words
	}
	return s, words
}

// renderedExclusion says why a block of rendered data is no part of the story; ""
// if it is one.
func renderedExclusion(b *block.Block, title string) string {
	switch {
	case b.Flags&(block.InCaption|block.InFigure) != 0:
		return "caption"
	case b.Flags&(block.InNav|block.InForm|block.InButton|block.InDialog|block.InHidden) != 0:
		return "navigation"
	case b.Words == 0 && b.Flags&block.InPre == 0:
		return "no words"
	case b.LinkBytes*10 >= len(b.Text)*9 && b.Words > 3 && b.Flags&block.InHeading == 0:
		return "only links"
	case text.EqualFold(b.Text, title):
		return "title"
	}
	return ""
}

// corrected is a choice of the visible page's blocks by what its data says is the
// story; nil if the choice made of them holds. best is the script data that the
// rendered story is from, nil for JSON-LD.
func (s *Selection) corrected(rendered *Selection, best *scriptBody, seen Visible, much bool) *Selection {
	own := best == nil || best.own
	switch {
	case own && share(rendered, text.Fold(seen.Text)) < 0.4:
		return s.keepMatchingBlocks(rendered, seen.Title, true)
	case much:
		return s.keepMatchingBlocks(rendered, seen.Title, false)
	}
	return nil
}

// keepMatchingBlocks keeps the blocks of the visible page that are in the rendered
// story too. If alone, those are the whole story; else what was kept stays. It
// returns nil if they were all kept before.
func (s *Selection) keepMatchingBlocks(rendered *Selection, title string, alone bool) *Selection {
	const inData, notInData = "in the page's data", "not in the page's data"
	var folded strings.Builder
	for _, b := range rendered.page.Blocks {
		if rendered.Kept(b) {
			folded.WriteString(text.Fold(b.Text))
		}
	}
	story := folded.String()
	s = s.clone()
	kept := map[string]bool{}
	found := false
	first, last := len(s.page.Blocks), -1
	var short []*block.Block
	for _, b := range s.page.Blocks {
		f := text.Fold(b.Text)
		switch {
		case len(f) < 30:
			short = append(short, b)
		case b.Flags&block.InHidden == 0 && !kept[f] && strings.Contains(story, f):
			found = found || !s.Kept(b)
			kept[f] = true
			s.keep(b, inData)
			first, last = min(first, b.N), b.N
		case alone && s.Kept(b):
			s.drop(b, notInData)
		}
	}
	if !found {
		return nil
	}
	const chrome = block.InHidden | block.InNav | block.InFooter | block.InForm | block.InButton | block.InCaption | block.InFigure
	for _, b := range short { // a word may be anywhere in the story: its block has to stand among the others
		within := b.N > first && b.N < last && b.Flags&chrome == 0 && !text.EqualFold(b.Text, title)
		if f := text.Fold(b.Text); within && len(f) >= 4 && strings.Contains(story, f) {
			s.keep(b, inData)
		} else if alone && !within && s.Kept(b) {
			s.drop(b, notInData)
		}
	}
	return s
}

// shows reports whether the visible page has most of a rendered story.
func shows(p *doc.Page, rendered *Selection) bool {
	var page strings.Builder
	for _, b := range p.Blocks {
		if b.Flags&block.InHidden == 0 {
			page.WriteString(text.Fold(b.Text))
		}
	}
	return share(rendered, page.String()) > 0.5
}

// share is how much of a rendered story a folded text has, by words.
func share(rendered *Selection, folded string) float64 {
	all, there := 0, 0
	for _, b := range rendered.page.Blocks {
		if f := text.Fold(b.Text); rendered.Kept(b) && len(f) >= 30 {
			all += b.Words
			if strings.Contains(folded, f[:min(len(f), 120)]) {
				there += b.Words
			}
		}
	}
	return float64(there) / float64(max(all, 1))
}

// liveUpdates are the entries of a live blog as JSON-LD has them (schema.org
// liveBlogUpdate), and their words.
func liveUpdates(p *doc.Page) (entries []doc.Object, words int) {
	for _, o := range p.LD {
		if o["liveBlogUpdate"] == nil {
			continue
		}
		for _, e := range p.ObjectsOf(o, "liveBlogUpdate") {
			if s := doc.Said(e); s != "" {
				entries = append(entries, e)
				words += block.CountWords(s)
			}
		}
		if len(entries) > 0 {
			break
		}
	}
	return entries, words
}

// drawUpdates appends the entries of a live blog, in their order on the page.
func drawUpdates(entries []doc.Object, to *html.Node) {
	for _, e := range entries {
		if h := e.Text("headline"); h != "" && !strings.HasPrefix(text.Fold(doc.Said(e)), text.Fold(h)) {
			el := newElement(atom.H2)
			to.AppendChild(el)
			drawInline(h, el)
		}
		drawText(doc.Said(e), to)
	}
}
