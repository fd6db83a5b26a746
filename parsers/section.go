package parsers

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

func (x *index) findSection() (string, Provenance) {
	if o := x.article(); o != nil {
		if s := o.text("articleSection"); s != "" && len(s) < 80 && !x.isSite(s) {
			return s, Provenance{"jsonld:articleSection", 0.9}
		}
	}
	if s, name := x.first("article:section", "section", "parsely-section", "og:section", "cxenseparse:section"); s != "" && len(s) < 80 {
		return s, Provenance{"meta:" + name, 0.85}
	}
	for _, names := range x.breadcrumbs() {
		for i := len(names) - 1; i >= 0; i-- {
			if !foldEqual(names[i], "home") && !x.isSite(names[i]) && len(names[i]) < 40 && (i < len(names)-1 || len(names) == 2) {
				return names[i], Provenance{"jsonld:BreadcrumbList", 0.7}
			}
		}
	}
	// A short link directly above the title is the section, as themes print it.
	if b := x.titleBlock(x.h1Text()); b != nil {
		for i := b.N - 1; i >= max(0, b.N-2); i-- {
			c := x.Blocks[i]
			if c.Words >= 1 && c.Words <= 3 && c.Link*10 >= len(c.Text)*8 && c.Flags&(block.InNav|block.InHidden|block.InTable) == 0 && !strings.ContainsAny(c.Text, "0123456789") {
				return c.Text, Provenance{"dom:kicker", 0.6}
			}
		}
	}
	return "", Provenance{}
}

func (x *index) h1Text() string {
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			return b.Text
		}
	}
	return ""
}

// breadcrumbs are the paths to the page that its JSON-LD gives, each with the
// page itself as its last.
func (x *index) breadcrumbs() [][]string {
	var all [][]string
	for _, o := range x.ld {
		if !o.is("BreadcrumbList") {
			continue
		}
		var names []string
		for _, it := range x.objectsOf(o, "itemListElement") {
			name := it.text("name")
			if name == "" {
				name = it.text("item")
			}
			if name != "" && !strings.HasPrefix(name, "http") {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			all = append(all, names)
		}
	}
	return all
}
