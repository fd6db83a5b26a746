package headline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What elements are called, by the groups of their names.
const (
	titleNames = classname.Headline
	siteNames  = classname.Logo | classname.SiteName

	// sideLineNames name lines that themes print within a headline, above or below it.
	sideLineNames = classname.Kicker | classname.Section | classname.Category | classname.Topic | classname.Label | classname.TitlePart | classname.Standfirst | classname.Date

	standfirstNames = classname.Standfirst
	// leadNames name a standfirst, but other things as well: they count where the
	// page's description, or the place in the story's header, agrees.
	leadNames = classname.Lead | classname.Teaser
	// otherLineNames name other lines in the place of a standfirst.
	otherLineNames = classname.Byline | classname.Author | classname.Biography | classname.Metadata | classname.Date | classname.DateWord | classname.Credit | classname.Caption | classname.Media | classname.Gallery |
		classname.Share | classname.Tags | classname.Breadcrumb | classname.Kicker | classname.Category | classname.Label | classname.Related | classname.Newsletter | classname.Comments |
		classname.Ad | classname.Promotion | classname.Legal | classname.Contents | classname.ReadingTime | classname.Player | classname.Rating | classname.Sidebar

	crumbNames = classname.Breadcrumb
	// kickerNames name lines above a headline that give its section.
	kickerNames = classname.Kicker | classname.Section | classname.Category | classname.Topic
	tagNames    = classname.Tag | classname.Tags | classname.Topic | classname.Label
)

// named reports whether an element has a name of one of some groups.
func named(n *html.Node, groups classname.Mask) bool {
	if n == nil {
		return false
	}
	for _, a := range n.Attr {
		if classname.IsAttribute(a.Key) && classname.Of(a.Val)&groups != 0 {
			return true
		}
	}
	return false
}

// A nameReader reads what the names of a page's elements say.
type nameReader struct{ page *doc.Page }

func (r nameReader) of(n *html.Node) classname.Mask {
	var all classname.Mask
	for i := range n.Attr {
		if a := &n.Attr[i]; a.Val != "" && classname.IsAttribute(a.Key) {
			all |= r.page.ClassName(a.Val)
		}
	}
	return all
}

// above reports whether an element, or one of the next ones above it, levels in all,
// within what sets a story apart, has a name of one of some groups.
func (r nameReader) above(n *html.Node, groups classname.Mask, levels int) bool {
	return anyAbove(n, levels, func(n *html.Node) bool { return r.of(n)&groups != 0 })
}

func anyAbove(n *html.Node, levels int, is func(*html.Node) bool) bool {
	for ; levels > 0 && n != nil; levels-- {
		switch n.DataAtom {
		case atom.Article, atom.Main, atom.Body, atom.Header:
			return false
		}
		if is(n) {
			return true
		}
		n = n.Parent
	}
	return false
}
