package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxPages bounds the pages of one article.
const maxPages = 50

// Continue appends the next page of the same article and reports whether it was
// one: a page with the same title, or none, that is no front. a.Pages lists the
// pages from the second on; the last one may still be to come.
func (a *Article) Continue(next *Article) bool {
	switch {
	case next.Kind == KindHome || next.Kind == KindSection || next.Kind == KindAuthor || next.Kind == KindBlocked:
		return false
	case next.Title != "" && titleOfPages(next.Title) != titleOfPages(a.Title):
		return false
	case slices.ContainsFunc(a.Pages, func(p PageRef) bool { return p.URL == next.URL }) && a.Pages[len(a.Pages)-1].URL != next.URL:
		return false // in a circle
	case len(a.Pages) >= maxPages:
		return false
	}
	had := map[string]bool{a.Subtitle: true, a.Title: true}
	for _, b := range a.Body {
		if b.Text != "" {
			had[b.Text] = true
		}
	}
	offset := len(a.Captions)
	a.Captions = append(slices.Clip(a.Captions), next.Captions...)
	a.Body = slices.Clip(a.Body)
	for _, b := range next.Body {
		if had[b.Text] && b.Text != "" {
			continue // what each page repeats
		}
		if b.Caption != nil {
			i := *b.Caption + offset
			b.Caption = &i
		}
		a.Body = append(a.Body, b)
	}
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

// titleOfPages is a title without what differs from page to page.
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
