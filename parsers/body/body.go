// Package body chooses the blocks of a page that are its story and makes typed
// blocks of them. A model judges each block, with votes of go-readability and of
// JSON-LD; rules correct it; where the markup holds no story, it is taken from
// the page's script data.
//
// [Choose] gives a [Selection], which alone says which blocks are kept and why;
// [Selection.Assemble] makes the article's body of it; [FromData] looks for a
// better story in script data.
package body

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// threshold is how likely a block must belong to the story to be kept: a paragraph
// lost is worse than a line too much.
const threshold = 0.42

// Choose decides which blocks of a page are its story: those that the model, the
// program's own if m is nil, takes for it, corrected by rules. title and
// standfirst are what package headline found, "" and nil for none.
func Choose(p *doc.Page, m *block.Model, title string, standfirst *block.Block) *Selection {
	ctx := Examine(p, title, standfirst)
	if m == nil {
		m = block.Embedded()
	}
	m.Score(p.Page, ctx)
	s := newSelection(p)
	s.smoothGroups()
	s.opening = slices.IndexFunc(p.Blocks, func(b *block.Block) bool { return b.Probability >= threshold && block.IsProse(b) })
	for _, b := range p.Blocks {
		why := ""
		if b.Probability >= threshold/4 {
			why = s.exclusion(b, title)
		}
		if why == "" && b.Probability >= threshold {
			s.keep(b, "")
		} else {
			s.drop(b, why)
		}
	}
	s.dropOtherStories()
	s.dropSignUps()
	s.keepPosts()
	s.keepBetween()
	s.keepTables()
	s.dropHidden()
	s.dropNextStory(title)
	s.dropGalleries()
	s.dropLabels()
	s.dropConsent(title)
	s.dropRepetitions()
	s.dropEmptySections()
	if first, _ := s.Range(); first < 0 {
		s.fallBack(title)
	}
	return s
}

// Explain lists the decisions about a page's blocks.
func (s *Selection) Explain() []article.BlockDecision {
	list := make([]article.BlockDecision, len(s.page.Blocks))
	for i, b := range s.page.Blocks {
		why := s.Why(b)
		switch {
		case s.Kept(b) || why != "":
		case b.Flags&block.InHidden != 0:
			why = "hidden"
		default:
			why = "low score"
		}
		list[i] = article.BlockDecision{Text: b.Text, Path: s.page.Path(b), P: thousandths(b.Probability), Kept: s.Kept(b), Why: why}
	}
	return list
}

func thousandths(p float32) float64 { return math.Round(float64(p)*1000) / 1000 }

// An exclusion is a rule by which a block is no part of a story, whatever the
// model says. Its name is what --explain prints.
type exclusion struct {
	name    string
	applies func(s *Selection, b *block.Block, title string) bool
}

// exclusions are tried in this order.
var exclusions = []exclusion{
	{"caption", func(_ *Selection, b *block.Block, _ string) bool { return b.Flags&block.InCaption != 0 }},
	{"no words", func(_ *Selection, b *block.Block, _ string) bool { return b.Words == 0 && b.Flags&block.InPre == 0 }},
	{"number of a picture", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words <= 3 && len(b.Text) <= maxCounter && b.Flags&(block.InTable|block.InList|block.InPre|block.InHeading) == 0 && counter.MatchString(b.Text)
	}},
	{"title", func(s *Selection, b *block.Block, title string) bool {
		if b.Flags&block.InHeading != 0 && !s.storyBefore(b) && level(b) == 1 && endsWith(b.Text, title) {
			return true // behind a kicker
		}
		return text.EqualFold(b.Text, title) && (b.Flags&block.InHeading != 0 || !s.storyBefore(b))
	}},
	{"only links", func(s *Selection, b *block.Block, _ string) bool { return s.onlyLinks(b) }},
	{"copyright notice", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words <= 15 && strings.HasPrefix(b.Text, "©")
	}},
	{"byline or date", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words <= 14 && b.Flags&block.InHeading == 0 && byline.IsLine(b.Text)
	}},
	{"row over an entry", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words <= 9 && b.Text[0] >= '0' && b.Text[0] <= '9' && b.Flags&(block.InTable|block.InList|block.InPre) == 0 && entryRow.MatchString(b.Text)
	}},
	{"row under a post", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words <= 60 && dates.IsPostRow(b.Text)
	}},
	{"promotion", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Flags&block.InTable == 0 && (b.Flags&block.InList == 0 || mostlyLinks(b)) && promotes(b.Text, b.Words)
	}},
	{"line about the page", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words <= 24 && b.Flags&(block.InHeading|block.InTable|block.InPre) == 0 && aboutPage.MatchString(b.Text)
	}},
	{"offer to subscribe", func(s *Selection, b *block.Block, _ string) bool {
		return b.Words <= 40 && b.Flags&(block.InTable|block.InPre|block.InQuote) == 0 && doc.IsOffer(b.Text)
	}},
	{"embed placeholder", func(_ *Selection, b *block.Block, _ string) bool {
		return b.Words >= 4 && b.Words <= 60 && embedPlaceholder(b.Text)
	}},
}

// entryRow is the line over an entry of a live blog: a time and the author, or a label,
// which stand in elements of their own beside each other.
var entryRow = regexp.MustCompile(`^(?:\d{1,2}:\d{2}(?:\p{Lu}\p{Ll}|\p{Lu}{3})[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*){0,3}|\d{1,3} (?:hours?|minutes?|mins?|days?) ago ?\d{1,2}[:.]\d{2}(?: \p{Lu}[\p{L}.'’-]*){0,4})$`)

// endsWith reports whether a text is longer than another one, by a few words, and ends
// with it, whatever the case.
func endsWith(t, end string) bool {
	at := len(t) - len(end)
	return end != "" && at > 0 && at <= maxKicker && utf8.RuneStart(t[at]) && strings.EqualFold(t[at:], end)
}

const maxKicker = 60 // bytes

// counter is a line that says which picture of how many one is.
var counter = regexp.MustCompile(`^(?i:\(?\d{1,3} ?(?:/|of|von|de|di|sur|van|из|av|af) ?\d{1,3}\)?)$`)

const maxCounter = 16 // bytes

// exclusion names the first rule that excludes a block; "" if none does.
func (s *Selection) exclusion(b *block.Block, title string) string {
	for i := range exclusions {
		if exclusions[i].applies(s, b, title) {
			return exclusions[i].name
		}
	}
	return ""
}

// mostlyLinks reports whether at least four fifths of a block's text are in links.
func mostlyLinks(b *block.Block) bool { return b.LinkBytes*10 >= len(b.Text)*8 }

func (s *Selection) onlyLinks(b *block.Block) bool {
	const fine = block.InList | block.InHeading | block.InQuote // where stories link whole lines
	const teaser = 25                                           // words; longer lines are a story's, as verses with notes are
	if !mostlyLinks(b) || b.Words > teaser || b.Flags&fine != 0 || strings.HasPrefix(b.Text, "http") || isSentence(b.Text) {
		return false
	}
	return b.Flags&block.InTable == 0 || !s.dataTable(nearest(b.Node, atom.Table))
}

// isSentence reports whether a text ends as sentences do.
func isSentence(s string) bool {
	s = strings.TrimRight(s, `"'”’»)] `)
	return slices.ContainsFunc([]string{".", "!", "?", "。", "…"}, func(end string) bool { return strings.HasSuffix(s, end) })
}

// placeholders are parts of the texts that stand in for an embed that the reader
// has not yet allowed, in lower case.
var placeholders = text.FoldedLiterals("externen inhalt|externer inhalt|externe inhalte|redaktioneller inhalt|inhalte angezeigt werden|" +
	"daten an dritt|daten können an dritt|können personenbezogene daten|" +
	"this content is not available due to your|content may be blocked by your|to view this content, you need to|to view this content you need to|by clicking on the content, you accept|allow content from|" +
	"we need your consent to load|we need your permission to load|please accept cookies to|please enable cookies to|" +
	"pour afficher ce contenu|ce contenu est bloqué|per visualizzare questo contenuto|para ver este contenido|contenido bloqueado|om deze inhoud te")

// placeholderCores are parts of all placeholders, in ASCII, without the letters k and i:
// signs beyond ASCII become these two in lower case, and no others.
var placeholderCores = text.FoldedLiterals("externe|oneller|gt werden|daten an dr|nnen an dr|personenbezogene daten|" +
	" due to your|content may be b| content, you need to| content you need to|ng on the content, you|allow content from|" +
	"we need your consent to load|we need your per|please accept coo|please enable coo|" +
	"cher ce contenu|ce contenu est bloqu|zzare questo contenuto|para ver este conten|do bloqueado|om deze ")

func isPlaceholder(s string) bool {
	return placeholderCores.FoundIn(s) && placeholders.FoundIn(lower(s))
}

func embedPlaceholder(s string) bool {
	return isPlaceholder(s) || len(s) <= maxPlaceholder && postPlaceholders.FoundIn(lower(s))
}

// lower is a text in lower case; literals fold that of ASCII themselves.
func lower(s string) string {
	if text.IsASCII(s) {
		return s
	}
	return strings.ToLower(s)
}

// dropOtherStories drops what stands in article elements beside the story's, as
// teasers do: their heading is a link, each holds little, and all of them less
// than what stands outside.
func (s *Selection) dropOtherStories() {
	of := s.outermostArticles()
	total := 0
	in := map[int32]int{}     // kept words, by article
	cards := map[int32]bool{} // articles whose heading is a link
	seen := map[string]bool{}
	for _, b := range s.page.Blocks {
		if s.Kept(b) && (of[b.Elem] == 0 || !seen[b.Text]) { // a card that is there again weighs nothing
			seen[b.Text] = true
			total += b.Words
			in[of[b.Elem]] += b.Words
		}
		if b.Flags&block.InHeading != 0 && mostlyLinks(b) {
			cards[of[b.Elem]] = true
		}
	}
	outside := total
	other := func(a int32) bool { return a > 0 && cards[a] && in[a]*10 < total*3 }
	for a, n := range in {
		if other(a) {
			outside -= n
		}
	}
	if outside*2 <= total {
		return // entries of a list, whose articles are the story
	}
	for _, b := range s.page.Blocks {
		if s.Kept(b) && other(of[b.Elem]) {
			s.drop(b, "part of another article")
		}
	}
}

// outermostArticles gives for each element the outermost article element that it
// stands in; 0 for none.
func (s *Selection) outermostArticles() []int32 {
	of := make([]int32, len(s.page.Elems))
	for i := 1; i < len(of); i++ {
		e := &s.page.Elems[i]
		of[i] = of[e.Parent]
		if of[i] == 0 && e.Node.DataAtom == atom.Article {
			of[i] = int32(i)
		}
	}
	return of
}

// dropSignUps drops short texts in boxes that are called newsletters. A box that
// holds most of the story has the name only.
func (s *Selection) dropSignUps() {
	total := 0
	held := map[int32]int{} // kept words, by box
	boxes := func(b *block.Block, do func(box int32)) {
		elems := s.page.Elems
		for e := int32(b.Elem); e > 0 && elems[e].PathHints&block.HintNewsletter != 0; e = elems[e].Parent {
			if elems[e].Hints&block.HintNewsletter != 0 {
				do(e)
			}
		}
	}
	for _, b := range s.page.Blocks {
		if s.Kept(b) {
			total += b.Words
			boxes(b, func(box int32) { held[box] += b.Words })
		}
	}
	for _, b := range s.page.Blocks {
		if s.Kept(b) && b.Words <= 40 {
			boxes(b, func(box int32) {
				if held[box]*2 <= total {
					s.drop(b, "newsletter")
				}
			})
		}
	}
}

// keepPosts keeps the posts of social networks within the story: readers read
// them with it.
func (s *Selection) keepPosts() {
	first, last := s.Range()
	for i := first + 1; i < last; i++ {
		b := s.page.Blocks[i]
		if !s.Kept(b) && b.Flags&block.InQuote != 0 && b.Flags&block.InHidden == 0 && b.Words > 0 && s.post(nearest(b.Node, atom.Blockquote)) != "" {
			s.keep(b, "embedded post")
		}
	}
}

// fallBack keeps what text there is on a page that has no story by any rule, by
// the first of these looser ones that finds any: no page of visible text is
// without a body.
func (s *Selection) fallBack(title string) {
	const chrome = block.InNav | block.InFooter | block.InForm | block.InHidden | block.InDialog | block.InButton
	for _, fits := range []func(*block.Block) bool{
		func(b *block.Block) bool { return s.Why(b) == "" && b.Probability >= threshold/4 },
		func(b *block.Block) bool { return b.Flags&chrome == 0 && b.Words >= 12 && b.LinkBytes*2 < len(b.Text) },
		func(b *block.Block) bool {
			return b.Flags&chrome == 0 && b.Words > 0 && !text.EqualFold(b.Text, title)
		},
		func(b *block.Block) bool { return b.Flags&block.InHidden == 0 && b.Words > 0 },
		func(b *block.Block) bool { return b.Words > 0 },
	} {
		found := false
		for _, b := range s.page.Blocks {
			if fits(b) {
				s.keep(b, "")
				found = true
			}
		}
		if found {
			return
		}
	}
}

// level is that of the heading that a block stands in; 2 if it stands in none.
func level(b *block.Block) int {
	for n := b.Node; n != nil; n = n.Parent {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			return int(n.Data[1] - '0')
		}
	}
	return 2
}
