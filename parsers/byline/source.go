package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// The pieces of evidence that name the source of a story.
const (
	sourceInDateline = iota
	sourceDeclared
	sourceBasedOn
	sourceRepublished
	sourceSigns
	sourceAtEnd
	sourceMeta
	sourceLine
)

// sourceWeights is the table that sources are chosen by. The weight of the one
// that is chosen is its confidence.
var sourceWeights = evidence.Table{
	sourceInDateline:  {Name: "agency in the dateline", Weight: 0.9},
	sourceDeclared:    {Name: "declared in JSON-LD", Weight: 0.85},
	sourceBasedOn:     {Name: "declared as the original in JSON-LD", Weight: 0.8},
	sourceRepublished: {Name: "notice of republication", Weight: 0.8},
	sourceSigns:       {Name: "agency signs the story", Weight: 0.75},
	sourceAtEnd:       {Name: "agency at the end of the story", Weight: 0.75},
	sourceMeta:        {Name: "meta element", Weight: 0.6},
	sourceLine:        {Name: "labelled line beside the story", Weight: 0.6},
}

// sourceMetas are the meta elements that name a source.
var sourceMetas = []string{"article:source", "news_source", "source", "dc.source", "dcterms.source", "og:source"}

// Source is the agency or other publication that a story was taken from; "" where
// it is the page's own. a has the story's title, body and authors; agency is the
// one of its dateline, kept are the blocks of its body. The provenance names the
// place that it is from.
func Source(p *doc.Page, a *article.Article, agency string, kept block.Kept) (string, article.Provenance) {
	r := &sourceReader{page: p, article: a}
	r.add(agency, "text:dateline", sourceInDateline)
	r.readData()
	if name := republishedFrom(p); name != "" {
		r.add(name, "text:republished", sourceRepublished)
	}
	for _, author := range a.Authors {
		if author.Kind == "organization" && wireName(author.Name) != "" {
			r.add(author.Name, "byline", sourceSigns)
		}
	}
	r.add(lastWire(a.Body), "text:end", sourceAtEnd)
	for _, meta := range sourceMetas {
		if v := p.Metas[meta]; len(v) > 0 && !strings.ContainsAny(v[0], "0123456789") {
			r.add(v[0], "meta:"+meta, sourceMeta)
		}
	}
	if !slices.ContainsFunc(r.candidates, valid) {
		r.add(labelledSource(p, a.Title, kept), "dom:source", sourceLine)
	}
	return r.choose()
}

// A sourceReader collects candidates for the source of one story.
type sourceReader struct {
	page       *doc.Page
	article    *article.Article
	candidates []article.Candidate
}

// readData reads what the JSON-LD object of the story says.
func (r *sourceReader) readData() {
	story := r.page.Article()
	if story == nil {
		return
	}
	for _, key := range []string{"sourceOrganization", "creditText"} {
		for _, name := range doc.Texts(story[key]) {
			r.add(name, "jsonld:"+key, sourceDeclared)
		}
	}
	for _, original := range r.page.ObjectsOf(story, "isBasedOn") {
		for _, key := range []string{"publisher", "provider", "name"} {
			r.add(original.Text(key), "jsonld:isBasedOn", sourceBasedOn)
		}
	}
}

// add makes a candidate. Why is set if it cannot be the source.
func (r *sourceReader) add(name, from string, piece int) {
	name = strings.Trim(block.Clean(name), ` .,;:"“”„«»'’()[]`)
	if name == "" || len(name) > 80 || text.Fold(name) == "" {
		return
	}
	v := make(evidence.Values, len(sourceWeights))
	v[piece]++
	c := article.Candidate{Field: "source", Value: name, From: from, Score: sourceWeights.Score(v), Evidence: sourceWeights.Explain(v)}
	switch {
	case r.page.IsSite(name) || r.page.IsSiteAffix(name):
		c.Why = "the page's own publication"
	case r.isAuthor(name):
		c.Why = "the author"
	case name[0] == '#' || strings.Contains(name, "://") || strings.ContainsAny(name, "<>{}|@"):
		c.Why = "not a name"
	}
	r.candidates = append(r.candidates, c)
}

// valid reports whether nothing excludes a candidate.
func valid(c article.Candidate) bool { return c.Why == "" }

func (r *sourceReader) isAuthor(name string) bool {
	return slices.ContainsFunc(r.article.Authors, func(a article.Author) bool {
		return a.Kind != "organization" && text.EqualFold(a.Name, name)
	})
}

// choose takes the valid candidate of the most weight, the first of several.
func (r *sourceReader) choose() (string, article.Provenance) {
	best := -1
	for i, c := range r.candidates {
		if valid(c) && (best < 0 || c.Score > r.candidates[best].Score) {
			best = i
		}
	}
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.Won = i == best; !c.Won && valid(*c) {
			c.Why = "a better candidate won"
		}
		r.page.AddCandidate(*c)
	}
	if best < 0 {
		return "", article.Provenance{}
	}
	won := r.candidates[best]
	return won.Value, article.Provenance{From: won.From, Confidence: won.Score}
}

// isWireName reports whether a text is the name of an agency that stories are from.
func isWireName(name string) bool { return credit.Agency(name)&credit.InDatelines != 0 }

// wireName is an agency's name as printed, the first of several that signs join;
// "" if the text names none.
func wireName(s string) string {
	if len(s) > 60 {
		return ""
	}
	s = strings.TrimSpace(s)
	if isWireName(s) {
		return s
	}
	if i := strings.IndexAny(s, "/,|–-·、"); i > 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		if first := strings.TrimSpace(s[:i]); isWireName(first) {
			return first
		}
		if last := strings.TrimSpace(s[i+size:]); isWireName(last) {
			return last
		}
	}
	return ""
}

// republished matches notices such as "This article first appeared in X". What
// follows is group 1: it begins with X, as a link or to the end of the sentence.
var republished = text.MustCompile(`(?i)\b(?:this (?:article|story|post|piece|report|essay|column|interview) (?:was |has been |is )?(?:originally |first )?(?:published|appeared|republished|reprinted|produced)(?: here)? (?:on|in|by|at|from|for|with permission (?:of|from))|` +
	`(?:originally|first) (?:published|appeared) (?:on|in|by|at)|(?:republished|reprinted|reproduced) (?:with permission )?(?:from|of)|the post .{3,150} (?:appeared|was published) first on|` +
	`dieser (?:artikel|beitrag|text) (?:ist|erschien|wurde) (?:zuerst|zunächst|ursprünglich) (?:erschienen |veröffentlicht )?(?:bei|in|auf|im)|(?:zuerst|ursprünglich) (?:erschienen|veröffentlicht) (?:bei|in|auf|im)|` +
	`cet article (?:a été |est )?(?:initialement |d'abord |d’abord )?(?:publié|paru) (?:sur|dans|par)|este artículo (?:fue |se )?(?:publicado |publicó )(?:originalmente )?(?:en|por)|este artigo foi (?:originalmente )?publicado (?:em|no|na|por)|` +
	`questo articolo è (?:stato pubblicato|apparso|uscito) (?:originariamente |originalmente )?(?:su|in|da)|dit artikel (?:verscheen|is) (?:eerder|oorspronkelijk) (?:verschenen |gepubliceerd )?(?:in|op|bij))\s+(?:the website of\s+)?[:"“„«]?\s*(.{2,80})`)

// sourceLabel matches lines that name the source of a story: "Source: X". Group 1
// is X.
var sourceLabel = text.MustCompile(`(?i)^\W{0,2}(?:source|news source|quelle|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|forrás|sursa|izvor|vir|kaynak|sumber|nguồn|pinagmulan|источник|джерело|крыніца|източник|извор|πηγή|المصدر|منبع|ماخذ|מקור|स्रोत|সূত্র|来源|來源|信息来源|文章来源|出典|출처)\s*[:：|｜]\s*(.{2,60})$`)

// outsideText are the parts of a page that say nothing about its story.
const outsideText = block.InNav | block.InHidden | block.InForm | block.InCaption

// republishedFrom reads the notice that says where a story first appeared.
func republishedFrom(p *doc.Page) string {
	matches := 0
	for _, b := range p.Blocks {
		if b.Flags&(outsideText|block.InDialog) != 0 || b.Words < 4 || b.Words > 60 {
			continue
		}
		m := republished.FindStringSubmatch(b.Text)
		if m == nil {
			continue
		}
		if matches++; matches > 10 {
			break
		}
		if name := linkedName(b, m[1]); name != "" {
			return name
		}
		if name := firstName(m[1]); name != "" {
			return name
		}
	}
	return ""
}

// linkedName is the text of a block's link that a text begins with: most notices
// link to the original.
func linkedName(b *block.Block, begins string) string {
	seen := 0
	for n := range b.Node.Descendants() {
		if seen++; seen > doc.MaxWithin {
			break
		}
		if n.Data != "a" {
			continue
		}
		if t := block.Clean(block.TextOf(n)); t != "" && len(t) <= 60 && strings.HasPrefix(withoutThe(begins), withoutThe(t)) {
			return t
		}
	}
	return ""
}

// withoutThe is a name without its article.
func withoutThe(name string) string {
	rest, _ := text.CutFold(name, "the ")
	return rest
}

// nameEnders follow the name of a publication in a notice.
var nameEnders = []string{". ", ", ", " on ", " under ", " and ", " as ", " (", " – ", " — ", " | ", " am ", " le ", " el ", "; ", " with ", " in ", " at "}

// firstName is the name that a text begins with; "" if it begins with a date or
// in small letters.
func firstName(s string) string {
	for _, end := range nameEnders {
		s, _, _ = strings.Cut(s, end)
	}
	s = strings.TrimRight(s, ". ")
	r, _ := utf8.DecodeRuneInString(s)
	if len(strings.Fields(s)) > 6 || !unicode.IsUpper(r) || isDateStart(s) {
		return ""
	}
	return s
}

// dated reports whether what follows "published in" is a date.
func isDateStart(s string) bool {
	first, _, _ := strings.Cut(s, " ")
	return strings.ContainsAny(s, "0123456789") || isMonth(first) || strings.HasSuffix(strings.ToLower(first), "day")
}

// lastWire is an agency that the last line of a story names in brackets, or
// alone.
func lastWire(body []article.Block) string {
	for i := len(body) - 1; i >= 0 && i >= len(body)-2; i-- {
		text := strings.TrimSpace(body[i].Text)
		if body[i].Type != article.Paragraph || text == "" {
			continue
		}
		if w := wireName(strings.Trim(text, "()[]/.©– —-*")); w != "" {
			return w
		}
		text = strings.TrimRight(text, ". ")
		if strings.HasSuffix(text, ")") {
			if open := strings.LastIndexByte(text, '('); open >= 0 && len(text)-open < 60 {
				return wireName(text[open+1 : len(text)-1])
			}
		}
		return ""
	}
	return ""
}

// labelledSource reads "Source: …" in the rows below a title and after the
// story; below a chart or picture it says where that is from.
func labelledSource(p *doc.Page, title string, kept block.Kept) string {
	if b := p.TitleBlock(title); b != nil {
		if s := sourceOfLines(p.Blocks[b.N:min(len(p.Blocks), b.N+12)]); s != "" {
			return s
		}
	}
	_, last := kept.Range()
	if last < 0 {
		return ""
	}
	return sourceOfLines(p.Blocks[max(0, last-1):min(len(p.Blocks), last+4)])
}

// sourceOfLines is the name that the first of some lines with a label has.
func sourceOfLines(blocks []*block.Block) string {
	for _, b := range blocks {
		if b.Words > 12 || b.Words < 1 || len(b.Text) > 120 || b.Flags&(outsideText|block.InFigure|block.InTable|block.InAside|block.InFooter) != 0 {
			continue
		}
		if m := sourceLabel.FindStringSubmatch(b.Text); m != nil {
			name, _, _ := strings.Cut(m[1], " | ")
			if len(strings.Fields(name)) <= 6 && !strings.ContainsAny(name, "0123456789/,") {
				return name
			}
		}
	}
	return ""
}
