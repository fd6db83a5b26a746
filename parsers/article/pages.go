package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxPages bounds the pages of one article.
const maxPages = 50

// Continue appends the next page of the same article: its body, without paragraphs
// that the article has already, its captions, and the pages that it names. It
// reports whether next is such a page; if not, the article is unchanged. a.Pages
// lists the pages from the second on; the last one may be announced only. next is
// not written to, and neither are slices that a shares with others.
func (a *Article) Continue(next *Article) bool {
	if !a.continuedBy(next) {
		return false
	}
	a.appendBody(next)
	a.Text = PlainText(a.Body)
	if n := len(a.Pages); n == 0 || a.Pages[n-1].URL != next.URL {
		a.Pages = append(slices.Clip(a.Pages), PageRef{URL: next.URL})
	}
	a.Pages = append(slices.Clip(a.Pages), next.Pages...)
	if a.Provenance == nil {
		a.Provenance = map[string]Provenance{}
	}
	a.Provenance["pages"] = Provenance{"link:next", 0.9}
	return true
}

// continuedBy reports whether a page is the next one of the article: it is one of an
// article, has the same title or none, and was not appended before.
func (a *Article) continuedBy(next *Article) bool {
	switch next.Kind {
	case KindHome, KindSection, KindAuthor, KindBlocked:
		return false
	}
	if next.Title != "" && titleOfPages(next.Title) != titleOfPages(a.Title) {
		return false
	}
	at := slices.IndexFunc(a.Pages, func(p PageRef) bool { return p.URL == next.URL })
	appended := at >= 0 && a.Pages[len(a.Pages)-1].URL != next.URL // pages that link in a circle
	return !appended && len(a.Pages) < maxPages
}

// appendBody appends the captions of the next page, and its blocks but those that
// each page repeats.
func (a *Article) appendBody(next *Article) {
	repeated := map[string]bool{a.Subtitle: true, a.Title: true}
	for _, b := range a.Body {
		repeated[b.Text] = true
	}
	delete(repeated, "")
	offset := len(a.Captions)
	a.Captions = append(slices.Clip(a.Captions), next.Captions...)
	a.Body = slices.Clip(a.Body)
	for _, b := range next.Body {
		if repeated[b.Text] {
			continue
		}
		if b.Caption != nil {
			i := *b.Caption + offset
			b.Caption = &i
		}
		a.Body = append(a.Body, b)
	}
}

// titleOfPages is a title without what differs from page to page: the letters of
// what stands beside "page 2 of 3".
func titleOfPages(title string) string {
	title = pageWords.ReplaceAllString(strings.ToLower(title), "")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, title)
}

var pageWords = regexp.MustCompile(`(?i)[\s\-–|(,]*(?:page|seite|pagina|página|part|teil)\s*\d+(?:\s*(?:of|von|/)\s*\d+)?\)?`)

// hintSources are the values of Hints.Source.
var hintSources = map[string]bool{"feed": true, "sitemap": true, "news-sitemap": true, "wp-json": true}

// Inherit takes over the fields that an earlier reading of the same page has from
// Hints and this one lacks, with their provenance. a.Provenance must not be nil if
// there are such fields.
func (a *Article) Inherit(before *Article) {
	for field, provenance := range before.Provenance {
		source, _, _ := strings.Cut(provenance.From, ":")
		if _, has := a.Provenance[field]; has || !hintSources[source] {
			continue
		}
		if a.takeOver(field, before) {
			a.Provenance[field] = provenance
		}
	}
}

// takeOver copies a field that Hints can fill. It reports whether there is one of
// that name.
func (a *Article) takeOver(field string, from *Article) bool {
	switch field {
	case "title":
		a.Title = from.Title
	case "language":
		a.Language = from.Language
	case "published":
		a.Published = from.Published
	case "modified":
		a.Modified = from.Modified
	case "authors":
		a.Authors = from.Authors
	default:
		return false
	}
	return true
}
