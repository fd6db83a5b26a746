package audit

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Question is what a person is asked about one field of an article.
type Question struct {
	Field  string
	Value  string // as in FORMAT.md; "" if the field is empty
	Ask    string // the question, to be answered with yes, no or unsure
	Digest string // of Value
}

// Absent reports whether the field is empty: the question is then whether the page does
// not have it, and the answers count separately.
func (q Question) Absent() bool { return q.Value == "" }

// fields are the fields that are asked for, in this order. Empty ones are asked for only
// if there is a question for that.
var fields = []struct {
	name   string
	value  func(*article.Article) string
	filled string // the question about a value
	empty  string // the question about a missing value
}{
	{"title", func(a *article.Article) string { return a.Title },
		"Is this the headline of the article, complete and with nothing added?", "No title was found. Is there really none on the page?"},
	{"subtitle", func(a *article.Article) string { return a.Subtitle },
		"Is this the subtitle or standfirst of the article, complete?", ""},
	{"byline", func(a *article.Article) string { return a.Byline },
		"Is this the byline as the page has it, complete?", ""},
	{"authors", authors,
		"Are these the authors: all of them, and nobody else?", "No author was found. Is there really none on the page?"},
	{"published", func(a *article.Article) string { return a.Published },
		"Is this the date (and time, if any) of publication?", "No date of publication was found. Is there really none on the page?"},
	{"section", func(a *article.Article) string { return a.Section },
		"Is this the section of the site that the article belongs to?", ""},
	{"language", func(a *article.Article) string { return a.Language },
		"Is this the language of the text?", ""},
	{"kind", func(a *article.Article) string { return string(a.Kind) },
		"Is the page of this kind?", ""},
	{"text", func(a *article.Article) string { return a.Text },
		"Does the text begin and end right, with nothing foreign in it and nothing missing?", ""},
	{"captions", captions,
		"Are these the captions and credits of the article's pictures and videos, all of them and nothing else?", ""},
	{"contacts", contacts,
		"Are these contact details right, complete and of whom they are said to be?", ""},
}

// Fields returns the names of the fields that are asked for, in order.
func Fields() []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// Questions returns what to ask about an article: whether its filled fields are right,
// and whether an empty title, author or date is really not on the page.
func Questions(a *article.Article) []Question {
	var all []Question
	for _, f := range fields {
		switch v := f.value(a); {
		case v != "":
			all = append(all, Question{f.name, v, f.filled, string(archive.SHA256([]byte(v)))})
		case f.empty != "":
			all = append(all, Question{Field: f.name, Ask: f.empty})
		}
	}
	return all
}

// joined joins values by line feeds, without empty ones.
func joined(values ...string) string {
	var b strings.Builder
	for _, v := range values {
		if v == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(v)
	}
	return b.String()
}

func authors(a *article.Article) string {
	var names []string
	for _, au := range a.Authors {
		names = append(names, au.Name)
	}
	return joined(names...)
}

func captions(a *article.Article) string {
	var lines []string
	for _, c := range a.Captions {
		lines = append(lines, c.Text, c.Credit)
	}
	return joined(lines...)
}

func contacts(a *article.Article) string {
	var lines []string
	for _, c := range a.Contacts {
		lines = append(append(lines, c.Kind, c.Label), c.Emails...)
		for _, p := range c.Phones {
			lines = append(lines, p.Raw)
		}
		for _, p := range c.Faxes {
			lines = append(lines, p.Raw)
		}
		for _, p := range c.Addresses {
			lines = append(lines, p.Raw)
		}
		lines = append(lines, c.Social...)
	}
	return joined(lines...)
}
