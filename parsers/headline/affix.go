package headline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// separator stands between a headline and what sites put before and after it in
// the head of a page. A sign without spaces around it is one only if nobody
// writes it within a sentence.
var separator = text.MustCompile(`\s+(?:(?:[|–—―•·»›«‹⁄:/]|-|--|::|~|//)\s+)+|\s*[|｜ㅣ]\s*`)

// cutAffixes takes the publication's name, and that of a section, off a title, but
// only what is known to be one.
func (r *titleReader) cutAffixes(title string) string {
	for range 4 {
		cut := strings.TrimSpace(r.cutAffix(title))
		if cut == "" || r.page.IsSite(cut) {
			return title
		}
		title = cut
	}
	return title
}

// cutAffix takes one affix off a title; "" if there is none.
func (r *titleReader) cutAffix(title string) string {
	spots := separator.FindAllStringIndex(title, 12)
	if len(spots) == 0 {
		return ""
	}
	for _, s := range spots { // "Headline | Site - what the site says of itself"
		rest := title[s[1]:]
		if next := separator.FindStringIndex(rest); next != nil && r.page.IsSite(rest[:next[0]]) {
			return title[:s[0]]
		}
	}
	last, first := spots[len(spots)-1], spots[0]
	switch after, before := title[last[1]:], title[:first[0]]; {
	case r.page.IsSiteAffix(after) || r.isSection(after):
		return title[:last[0]]
	case r.page.IsSite(before):
		return title[first[1]:]
	}
	return ""
}

// isSection reports whether the page calls a section, of its own or above it, so.
func (r *titleReader) isSection(s string) bool {
	f := text.Fold(s)
	if f == "" || len(f) > 60 {
		return false
	}
	if r.sections == nil {
		r.sections = map[string]bool{}
		for _, name := range sectionNames(r.page) {
			r.sections[text.Fold(name)] = true
		}
	}
	return r.sections[f]
}

// sectionNames are what page and address call the sections above the page.
func sectionNames(p *doc.Page) []string {
	var names []string
	names = append(names, p.Metas["article:section"]...)
	if o := p.Article(); o != nil {
		names = append(names, doc.Texts(o["articleSection"])...)
	}
	for _, path := range declaredPaths(p) {
		names = append(names, path[:len(path)-1]...)
	}
	if p.Input.URL != nil {
		parts := strings.Split(strings.TrimRight(p.Input.URL.Path, "/"), "/")
		names = append(names, parts[:len(parts)-1]...)
	}
	return names
}
