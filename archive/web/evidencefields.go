package web

import (
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/web/replay"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// An evidenceField is a field of an article of which the evidence can be shown.
type evidenceField struct {
	name       string
	provenance []string // its names in Article.Provenance, the best first
	decisions  []string // its names in Explanation.Fields
	blocks     bool     // it was chosen from the blocks of text
	unseen     bool     // it was read off the page as a whole: no part of the page shows it
	values     func(a *article.Article) []string
	within     []string // elements in which it stands first of all
}

// evidenceFields are listed in the order of an article.
var evidenceFields = []evidenceField{
	{name: "title", provenance: []string{"title"}, decisions: []string{"title"}, within: []string{"h1", "h2", "h3"},
		values: func(a *article.Article) []string { return some(a.Title) }},
	{name: "subtitle", provenance: []string{"subtitle"}, decisions: []string{"subtitle"},
		values: func(a *article.Article) []string { return some(a.Subtitle) }},
	{name: "byline", provenance: []string{"authors", "byline"}, decisions: []string{"authors", "byline"}, values: bylineValues},
	{name: "published", provenance: []string{"published"}, decisions: []string{"published", "time"},
		values: func(a *article.Article) []string { return some(a.Published) }},
	{name: "modified", provenance: []string{"modified"}, decisions: []string{"modified"},
		values: func(a *article.Article) []string { return some(a.Modified) }},
	{name: "section", provenance: []string{"section"}, decisions: []string{"section"},
		values: func(a *article.Article) []string { return some(a.Section) }},
	{name: "tags", provenance: []string{"tags"}, decisions: []string{"tags"},
		values: func(a *article.Article) []string { return some(a.Tags...) }},
	{name: "summary", provenance: []string{"summary"}, decisions: []string{"summary"},
		values: func(a *article.Article) []string { return some(a.Summary) }},
	{name: "language", unseen: true, provenance: []string{"language"}, decisions: []string{"language"},
		values: func(a *article.Article) []string { return some(a.Language) }},
	{name: "body", provenance: []string{"body"}, decisions: []string{"body"}, blocks: true, values: bodyValues},
	{name: "captions", provenance: []string{"captions"}, decisions: []string{"captions", "credits"}, values: captionValues},
	{name: "contacts", provenance: []string{"contacts"}, values: contactValues,
		decisions: []string{"contacts", "contact mails", "contact numbers", "contact addresses", "contact labels", "contact kinds", "contact blocks"}},
	{name: "source", provenance: []string{"source"}, decisions: []string{"source"},
		values: func(a *article.Article) []string { return some(a.Source) }},
	{name: "dateline", provenance: []string{"dateline"}, decisions: []string{"dateline"},
		values: func(a *article.Article) []string { return some(a.Dateline) }},
	{name: "canonical_url", provenance: []string{"canonical_url"}, decisions: []string{"canonical_url"}, unseen: true,
		values: func(a *article.Article) []string { return some(a.CanonicalURL) }},
	{name: "paywalled", provenance: []string{"paywalled"}, decisions: []string{"paywalled"}, unseen: true, values: paywallValues},
	{name: "pages", provenance: []string{"pages"}, decisions: []string{"pages"}, unseen: true, values: pageValues},
	{name: "kind", unseen: true, provenance: []string{"kind"}, decisions: []string{"kind"},
		values: func(a *article.Article) []string { return some(string(a.Kind)) }},
}

// some are the texts that are not empty.
func some(all ...string) (values []string) {
	for _, v := range all {
		if strings.TrimSpace(v) != "" {
			values = append(values, v)
		}
	}
	return values
}

func bylineValues(a *article.Article) []string {
	values := some(a.Byline)
	for _, author := range a.Authors {
		if author.Name != a.Byline {
			values = append(values, some(author.Name)...)
		}
	}
	return values
}

func bodyValues(a *article.Article) (values []string) {
	for _, b := range a.Body {
		values = append(values, some(b.Text)...)
		values = append(values, some(b.Items...)...)
		for _, row := range b.Rows {
			values = append(values, some(row...)...)
		}
	}
	return values
}

func paywallValues(a *article.Article) []string {
	if a.Paywalled {
		return []string{"yes"}
	}
	return nil
}

func pageValues(a *article.Article) (values []string) {
	for _, p := range a.Pages {
		values = append(values, some(p.URL)...)
	}
	return values
}

func captionValues(a *article.Article) (values []string) {
	for _, c := range a.Captions {
		values = append(values, some(c.Text, c.Credit)...)
	}
	return values
}

func contactValues(a *article.Article) (values []string) {
	for _, c := range a.Contacts {
		values = append(values, some(c.Label)...)
		values = append(values, some(c.Emails...)...)
		for _, p := range c.Phones {
			values = append(values, some(p.Raw)...)
		}
		for _, p := range c.Faxes {
			values = append(values, some(p.Raw)...)
		}
		for _, p := range c.Addresses {
			values = append(values, some(p.Raw)...)
		}
		values = append(values, some(c.Social...)...)
	}
	return values
}

// provenanceOf is where a field is from.
func provenanceOf(a *article.Article, f *evidenceField) (article.Provenance, bool) {
	for _, name := range f.provenance {
		if p, ok := a.Provenance[name]; ok {
			return p, true
		}
	}
	return article.Provenance{}, false
}

// marks are the texts that show a field's values.
func (f *evidenceField) marks(a *article.Article) (marks []replay.Mark) {
	if f.unseen {
		return nil
	}
	if f.name == "published" || f.name == "modified" {
		for _, v := range f.values(a) {
			marks = append(marks, dayMarks(v)...)
		}
		return marks
	}
	for _, v := range f.values(a) {
		marks = append(marks, replay.Mark{Text: v, Within: f.within, Next: f.blocks})
	}
	return marks
}

// dayForms are ways in which pages write a day.
var dayForms = []string{
	"2 January 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006", "Jan. 2, 2006", "02 January 2006", "02 Jan 2006", "2. January 2006",
	"02.01.2006", "2.1.2006", "02/01/2006", "01/02/2006", "2006-01-02", "2006/01/02",
}

// dayMarks are what shows a time: an element that says it, else a day as pages write it.
func dayMarks(value string) (marks []replay.Mark) {
	day, err := time.Parse(time.DateOnly, value[:min(len(value), 10)])
	marks = append(marks, replay.Mark{Value: value})
	if err != nil {
		return append(marks, replay.Mark{Text: value})
	}
	for _, form := range dayForms {
		marks = append(marks, replay.Mark{Text: day.Format(form)})
	}
	return marks
}

// certainty is a confidence in words.
func certainty(p float64) string {
	word := "uncertain"
	switch {
	case p >= 0.95:
		word = "nearly certain"
	case p >= 0.8:
		word = "likely"
	case p >= 0.6:
		word = "rather likely"
	}
	return confidence(p) + ", " + word
}

// readerWords says by what an article was read: the program's parser, and what it knew of
// the site.
func readerWords(extractor string) string {
	reader, profile, found := strings.Cut(extractor, "; profile=")
	if !found {
		return extractor
	}
	if _, hex, ok := strings.Cut(profile, ":"); ok {
		profile = hex
	}
	return reader + " with a template profile of the site, " + cutText(profile, 12)
}
