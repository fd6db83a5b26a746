package parsers

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxPages bounds the pages of one article.
const maxPages = 50

// pageNumber is what tells the pages of one article apart in their paths.
var pageNumber = regexp.MustCompile(`(?i)[/_,-](?:page|p|seite|pagina)?[/_-]?\d{1,3}(\.\w{2,5})?/?$`)

// pages are the further pages of the same article, as its head announces them.
func (x *index) pages() []PageRef {
	next := x.Rels["next"]
	if len(next) == 0 || x.page.URL == nil {
		return nil
	}
	u, err := url.Parse(x.resolve(next[0]))
	if err != nil || u.Host != x.page.URL.Host || u.String() == x.page.URL.String() || placeOf(x.page.URL).section {
		return nil
	}
	if pathOfPages(u.Path) != pathOfPages(x.page.URL.Path) {
		return nil
	}
	return []PageRef{{URL: u.String()}}
}

var numbered = regexp.MustCompile(`(?i)(?:[?&](?:page|p|seite|pagina|pg)=\d{1,3}(?:&|$)|/\d{1,3}(?:\.\w{2,5})?/?$|[/_,-](?:page|seite|pagina|p)[/_-]?\d{1,3}(?:\.\w{2,5})?/?$)`)

// further reports whether this looks like the second or a later page of something.
func (x *index) further() bool {
	return x.page.URL != nil && (len(x.Rels["prev"]) > 0 || numbered.MatchString(x.page.URL.RequestURI()))
}

// pathOfPages is a path without the number of its page.
func pathOfPages(path string) string {
	base := pageNumber.ReplaceAllString(path, "$1")
	return strings.TrimSuffix(base, "/")
}

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
	a.Text = plainText(a.Body)
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
