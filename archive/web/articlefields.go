package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// maxFieldText is how much of a field's value the panel of fields shows, in bytes.
const maxFieldText = 240

// A fieldData is one field of an article: its value and where it is from.
type fieldData struct {
	Name       string // as in the article's JSON
	Label      string
	Value      string
	From       string // in words
	Source     string // as in the article
	Confidence string // in percent; "" if there is none
	Path       string // of its evidence
}

// articleFields are the fields in the order of the panel, with their labels and values.
var articleFields = []struct {
	name, label string
	value       func(a *article.Article) string
}{
	{"title", "Title", func(a *article.Article) string { return a.Title }},
	{"subtitle", "Subtitle", func(a *article.Article) string { return a.Subtitle }},
	{"summary", "Summary", func(a *article.Article) string { return a.Summary }},
	{"section", "Section", func(a *article.Article) string { return a.Section }},
	{"tags", "Tags", func(a *article.Article) string { return strings.Join(a.Tags, ", ") }},
	{"language", "Language", func(a *article.Article) string { return a.Language }},
	{"byline", "Byline", func(a *article.Article) string { return a.Byline }},
	{"authors", "Authors", authorNames},
	{"source", "Source", func(a *article.Article) string { return a.Source }},
	{"dateline", "Dateline", func(a *article.Article) string { return a.Dateline }},
	{"published", "Published", func(a *article.Article) string { return a.Published }},
	{"modified", "Modified", func(a *article.Article) string { return a.Modified }},
	{"body", "Text", bodyLength},
	{"captions", "Captions", func(a *article.Article) string { return countOf(len(a.Captions), "caption") }},
	{"contacts", "Contacts", func(a *article.Article) string { return countOf(len(a.Contacts), "contact") }},
	{"kind", "Kind", func(a *article.Article) string { return string(a.Kind) }},
	{"canonical_url", "Canonical URL", func(a *article.Article) string { return a.CanonicalURL }},
	{"paywalled", "Paywall", func(a *article.Article) string {
		if a.Paywalled {
			return "yes"
		}
		return ""
	}},
	{"pages", "Further pages", func(a *article.Article) string { return countOf(len(a.Pages), "page") }},
}

// fieldLabel is the name of a field for people.
func fieldLabel(name string) string {
	for _, f := range articleFields {
		if f.name == name {
			return f.label
		}
	}
	return capital(strings.ReplaceAll(name, "_", " "))
}

// confidence is a confidence in percent.
func confidence(p float64) string { return fmt.Sprintf("%.0f %%", 100*min(max(p, 0), 1)) }

func authorNames(a *article.Article) string {
	var names []string
	for _, author := range a.Authors {
		names = append(names, author.Name)
	}
	return strings.Join(names, ", ")
}

func bodyLength(a *article.Article) string {
	if len(a.Body) == 0 && a.Text == "" {
		return ""
	}
	words := 0
	for range strings.FieldsSeq(a.Text) {
		words++
	}
	return plural(len(a.Body), "block") + ", " + plural(words, "word")
}

func countOf(n int, noun string) string {
	if n == 0 {
		return ""
	}
	return plural(n, noun)
}

// fieldsOf lists the fields that an article has.
func fieldsOf(a *article.Article, id, query string) (fields []fieldData) {
	for _, f := range articleFields {
		value := f.value(a)
		if value == "" {
			continue
		}
		d := fieldData{Name: f.name, Label: f.label, Value: cutText(value, maxFieldText), Path: "/article/" + id + "/evidence?field=" + f.name}
		if query != "" {
			d.Path += "&" + strings.TrimPrefix(query, "?")
		}
		p, ok := a.Provenance[f.name]
		if !ok && f.name == "body" {
			p, ok = a.Provenance["text"]
		}
		if ok {
			d.From, d.Source = sourceInWords(p.From), p.From
			d.Confidence = confidence(p.Confidence)
		}
		fields = append(fields, d)
	}
	return fields
}

// wholeSources are the sources of fields that have no parts.
var wholeSources = map[string]string{
	"page": "the page as a whole", "url": "the address of the page", "title": "the title of the window", "h1": "the main heading",
	"html": "the markup of the page", "html:lang": "the language that the page declares", "dom:blocks": "the blocks of text on the page",
	"dom:h1": "the main heading", "dom:figcaption": "the captions on the page", "dom:caption": "the captions on the page",
	"dom:footer": "the foot of the page", "dom:byline": "the byline on the page", "dom:tag": "the tags on the page", "dom:breadcrumb": "the path of links above the title",
	"dom:kicker": "the line above the title", "dom:time": "the time on the page", "dom:menu": "the menu of the page", "dom:link": "a link on the page",
	"dom:h2": "a heading of the second level", "dom:address": "the addresses on the page", "dom:p": "a paragraph of the page", "dom:line": "a line of the page",
	"text:dateline": "the dateline in the text", "text:byline": "the byline in the text", "text:words": "the words of the text", "text:script": "the letters of the text",
	"feed": "the site's feed", "sitemap": "the site's sitemap", "news-sitemap": "the site's news sitemap", "wp-json": "the site's list of posts (WordPress)",
	"link:next": "the links to further pages", "readability": "the main part of the page (Readability)", "jsonld": "structured data (JSON-LD)",
}

// partSources are the sources of fields that name a part: what stands before the colon.
var partSources = map[string]string{
	"jsonld": "structured data (JSON-LD): %s", "meta": "metadata of the page: %s", "dom": "an element of the page: %s", "text": "a line of the page, in <%s>",
	"state": "script data of the page: %s", "html": "the markup of the page: %s", "link": "links of the page: %s", "attr": "an attribute in the page: %s", "title": "the title of the window: %s",
	"header": "the head of the response: %s", "microdata": "structured data (microdata): %s",
	"feed": "the site's feed: %s", "sitemap": "the site's sitemap: %s", "news-sitemap": "the site's news sitemap: %s", "wp-json": "the site's list of posts (WordPress): %s",
}

// sourceInWords says where a field is from.
func sourceInWords(from string) string {
	if words, ok := wholeSources[from]; ok {
		return words
	}
	kind, part, ok := strings.Cut(from, ":")
	if form := partSources[kind]; ok && form != "" {
		return fmt.Sprintf(form, cutText(part, 80))
	}
	return cutText(from, 100)
}

// articlesPath is the address of the list of articles that have a value in a field.
func articlesPath(name, value string) string {
	return "/articles?" + url.Values{name: {value}}.Encode()
}
