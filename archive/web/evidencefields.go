package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/web/replay"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// An evidenceField is a field of an article of which the evidence can be shown.
type evidenceField struct {
	name, label string
	provenance  []string // its names in Article.Provenance, the best first
	decisions   []string // its names in Explanation.Fields
	blocks      bool     // it was chosen from the blocks of text
	values      func(a *article.Article) []string
	within      []string // elements in which it stands first of all
}

// evidenceFields are listed in the order of an article.
var evidenceFields = []evidenceField{
	{name: "title", label: "Title", provenance: []string{"title"}, decisions: []string{"title"}, within: []string{"h1", "h2", "h3"},
		values: func(a *article.Article) []string { return some(a.Title) }},
	{name: "subtitle", label: "Subtitle", provenance: []string{"subtitle"}, decisions: []string{"subtitle"},
		values: func(a *article.Article) []string { return some(a.Subtitle) }},
	{name: "byline", label: "Byline", provenance: []string{"authors", "byline"}, decisions: []string{"authors", "byline"}, values: bylineValues},
	{name: "published", label: "Date of publication", provenance: []string{"published"}, decisions: []string{"published", "time"},
		values: func(a *article.Article) []string { return some(a.Published) }},
	{name: "modified", label: "Date of change", provenance: []string{"modified"}, decisions: []string{"modified"},
		values: func(a *article.Article) []string { return some(a.Modified) }},
	{name: "section", label: "Section", provenance: []string{"section"}, decisions: []string{"section"},
		values: func(a *article.Article) []string { return some(a.Section) }},
	{name: "tags", label: "Tags", provenance: []string{"tags"}, decisions: []string{"tags"},
		values: func(a *article.Article) []string { return some(a.Tags...) }},
	{name: "summary", label: "Summary", provenance: []string{"summary"}, decisions: []string{"summary"},
		values: func(a *article.Article) []string { return some(a.Summary) }},
	{name: "language", label: "Language", provenance: []string{"language"}, decisions: []string{"language"},
		values: func(a *article.Article) []string { return some(a.Language) }},
	{name: "body", label: "Text", provenance: []string{"body"}, decisions: []string{"body"}, blocks: true, values: bodyValues},
	{name: "captions", label: "Captions and credits", provenance: []string{"captions"}, decisions: []string{"captions", "credits"}, values: captionValues},
	{name: "contacts", label: "Contacts", provenance: []string{"contacts"}, values: contactValues,
		decisions: []string{"contacts", "contact mails", "contact numbers", "contact addresses", "contact labels", "contact kinds", "contact blocks"}},
	{name: "kind", label: "Kind of page", provenance: []string{"kind"}, decisions: []string{"kind"},
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
	switch f.name {
	case "kind", "language": // these are read off the page as a whole
		return nil
	case "published", "modified":
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

// fromSources are what the first part of Provenance.From means.
var fromSources = map[string]string{
	"dom": "the page as it is shown", "text": "the text of the page", "meta": "a meta element in the page's head", "jsonld": "structured data in the page (JSON-LD)",
	"microdata": "structured data in the page (microdata)", "state": "data that the page has for its scripts", "html": "the page's html element", "title": "the page's title element",
	"attr": "an attribute in the page", "link": "a link element in the page's head", "page": "the page as a whole", "url": "the page's address", "feed": "the site's feed",
	"sitemap": "the site's sitemap", "news-sitemap": "the site's news sitemap", "wp-json": "the site's list of posts (WordPress)", "header": "the head of the response", "readability": "a second reader of pages",
}

// fromDetails are what the second part means, where that is not a name of the page's own.
var fromDetails = map[string]string{
	"dom:blocks": "chosen among its blocks of text", "dom:h1": "a heading of the first level", "dom:h2": "a heading of the second level", "dom:figcaption": "a picture's caption",
	"dom:time": "a time element", "dom:footer": "the foot of the page", "dom:link": "a link", "dom:breadcrumb": "the path of sections", "dom:kicker": "a line above the headline",
	"dom:menu": "the menu", "text:byline": "a line that names authors", "text:dateline": "the place at the beginning of the text", "html:lang": "the attribute lang",
}

// fromWords says where a value is from.
func fromWords(from string) string {
	source, detail, _ := strings.Cut(from, ":")
	words, ok := fromSources[source]
	switch {
	case !ok:
		return from
	case detail == "":
		return words
	}
	if d, ok := fromDetails[from]; ok {
		return words + ": " + d
	}
	return words + ": " + cutText(detail, 100)
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
	return fmt.Sprintf("%s (%.0f%%)", word, 100*p)
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
