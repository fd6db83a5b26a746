package parsers

import (
	"math"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/captions"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/language"
)

// A reading is one article in the making. Its methods are the stages of Parse:
// each asks the readers of some fields and notes what they found and where. Later
// stages need what earlier ones found.
type reading struct {
	page *doc.Page
	a    *article.Article
}

func newReading(p *doc.Page, extractor string) *reading {
	return &reading{p, &article.Article{Schema: article.Schema, Extractor: extractor, Provenance: map[string]article.Provenance{}}}
}

// note records where the value of a field is from; a zero Provenance says that
// there is none. Confidence is rounded: more digits would claim more than is known.
func (r *reading) note(field string, from article.Provenance) {
	if from.From == "" {
		return
	}
	from.Confidence = math.Round(from.Confidence*1000) / 1000
	r.a.Provenance[field] = from
}

// empty reports whether there is nothing on the page that an article could be read
// from.
func (r *reading) empty() bool {
	return len(r.page.Blocks) == 0 && len(r.page.LD) == 0 && !body.MayHoldBody(r.page, 0)
}

// identity notes which page this is, by its address and its canonical link.
func (r *reading) identity() {
	if u := r.page.Input.URL; u != nil && u.Host != "" {
		r.a.URL, r.a.Site = u.String(), doc.SiteOf(u)
	}
	if c := r.page.Rels["canonical"]; len(c) > 0 {
		r.a.CanonicalURL = r.page.Resolve(c[0])
	}
	r.a.Further = further(r.page)
}

// headline reads title, standfirst and summary. It returns the standfirst's first
// block, nil for none.
func (r *reading) headline() *block.Block {
	var from article.Provenance
	r.a.Title, from = headline.Title(r.page)
	r.note("title", from)
	standfirst := headline.Subtitle(r.page, r.a.Title)
	r.a.Subtitle = standfirst.Text
	r.note("subtitle", standfirst.From)
	summary, name := r.page.FirstMeta("og:description", "description", "twitter:description")
	if r.a.Summary = summary; summary != "" {
		r.note("summary", article.Provenance{From: "meta:" + name, Confidence: 0.9})
	}
	return standfirst.First
}

// captions reads the captions of the visible page's story, or of one made of the
// page's data, takes their blocks out of that story, and returns where their media
// stand.
func (r *reading) captions(story *body.Selection) (places []int) {
	found := captions.Find(story.Page(), story.Blocks())
	r.a.Captions = found.Captions
	for _, t := range found.Taken {
		story.TakeOut(t.Block, t.Rest)
	}
	if story.Page() == r.page {
		r.note("captions", found.Provenance)
	}
	return found.Places
}

func (r *reading) authors(story *body.Selection) {
	var from article.Provenance
	r.a.Authors, r.a.Byline, from = byline.Find(r.page, r.a.Title, story.Blocks())
	r.note("authors", from)
}

// body sets the article's body and text.
func (r *reading) body(blocks []article.Block, from article.Provenance) {
	r.a.Body, r.a.Text = blocks, article.PlainText(blocks)
	if len(blocks) > 0 {
		r.note("body", from)
	}
}

// fromData takes the story from the page's script data where the visible page has
// no proper one, and reports whether it did. It returns the selection of the
// visible page, which the data may have corrected.
func (r *reading) fromData(story *body.Selection) (visible *body.Selection, found bool) {
	a := r.a
	d := body.FromData(story, body.Visible{Title: a.Title, Subtitle: a.Subtitle, Summary: a.Summary, Text: a.Text, Paywalled: a.Paywalled})
	a.Paywalled = a.Paywalled || d.Paywalled
	switch {
	case d.Selection == nil:
	case d.Rendered:
		r.rendered(d)
	default:
		story = d.Selection
		r.body(story.Assemble(r.captions(story)), a.Provenance["body"])
	}
	r.explain(story, d)
	return story, d.Selection != nil
}

// rendered sets the body to that of a page made of script data, with captions from
// it if the visible page has none.
func (r *reading) rendered(d body.Data) {
	a := r.a
	var places []int
	if len(a.Captions) == 0 {
		places = r.captions(d.Selection)
	}
	blocks := d.Selection.Assemble(places)
	if d.Subtitle != "" && !strings.Contains(article.PlainText(blocks), d.Subtitle) {
		a.Subtitle = d.Subtitle
		blocks = append([]article.Block{{Type: article.Paragraph, Text: d.Subtitle}}, blocks...)
	}
	r.body(blocks, d.Provenance)
}

// explain lists the decisions about the visible page's blocks and, if the story is
// rendered from script data, about those.
func (r *reading) explain(visible *body.Selection, d body.Data) {
	if !r.page.Explaining() {
		return
	}
	r.page.Explanation.Blocks = visible.Explain()
	if d.Rendered {
		r.page.Explanation.Blocks = append(r.page.Explanation.Blocks, d.Selection.Explain()...)
	}
}

// explainBody says how sure the body is, if it is that of the visible page.
func (r *reading) explainBody(sure body.Certainty, m *block.Model) {
	if r.page.Explaining() {
		c := sure.Candidate(m)
		c.Won = r.a.Provenance["body"].From == c.From
		r.page.AddCandidate(c)
	}
}

func (r *reading) dates(story *body.Selection) {
	found := dates.Find(r.page, r.a.Title, story.Blocks())
	r.a.Published, r.a.Modified = found.Published.Value, found.Modified.Value
	r.note("published", found.Published.From)
	r.note("modified", found.Modified.From)
}

// labels reads section, tags and language.
func (r *reading) labels() {
	var from article.Provenance
	r.a.Section, from = headline.Section(r.page, r.a.Title)
	r.note("section", from)
	r.a.Tags, from = headline.Tags(r.page, r.a)
	r.note("tags", from)
	r.a.Language, from = language.Find(r.page, r.a.Text)
	r.note("language", from)
}

// origin reads where and by whom a story was first written: dateline and source.
func (r *reading) origin(story *body.Selection) {
	var from article.Provenance
	var agency string
	r.a.Dateline, from, agency = byline.Dateline(r.page, r.a.Body)
	r.note("dateline", from)
	r.a.Source, from = byline.Source(r.page, r.a, agency, story.Blocks())
	r.note("source", from)
}

func (r *reading) contacts(story *body.Selection, numbers *contacts.Numbers) {
	r.a.Contacts = contacts.Find(r.page, numbers, r.a.Authors, story.Blocks())
}

// kind decides what sort of page this is, and what that means for other fields: a
// story may have further pages, a front has no dates of its own but those by its
// title. story is the selection of the visible page.
func (r *reading) kind(story *body.Selection) {
	a := r.a
	var from article.Provenance
	a.Kind, from = findKind(r.page, story, a)
	r.note("kind", from)
	switch a.Kind {
	case article.KindHome, article.KindSection, article.KindAuthor:
		dropListed(a, "published", &a.Published)
		dropListed(a, "modified", &a.Modified)
	}
	if a.Kind.Story() {
		a.Pages = pages(r.page)
	}
}

// dropListed takes back a date that was seen on a front: there, it is that of a
// story which the front lists, unless it stands by the front's own title.
func dropListed(a *article.Article, field string, value *string) {
	pr := a.Provenance[field]
	if (strings.HasPrefix(pr.From, "dom:") || strings.HasPrefix(pr.From, "text:")) && (a.Kind == article.KindHome || pr.Confidence < 0.75) {
		*value = ""
		delete(a.Provenance, field)
	}
}

// paywall notes whether the page keeps readers from the whole story: by its own
// word and what is really there. Some sites declare every page as not free, and
// show it all the same.
func (r *reading) paywall() {
	p := r.page
	words, declared := p.CountWords(r.a.Text), p.DeclaredPaid()
	if words >= doc.MaxStub && !declared {
		return
	}
	r.a.Paywalled = r.a.Paywalled || p.Wall(words) || declared && (words < doc.MaxStub || p.Announced() > 2*words)
}
