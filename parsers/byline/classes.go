package byline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"golang.org/x/net/html"
)

// What names beside those of authors say of an element.
const (
	// otherNames are of other stories or people.
	otherNames = classname.Comments | classname.Related | classname.Latest | classname.Teaser | classname.Card | classname.Newsletter | classname.Share | classname.Follow |
		classname.Media | classname.Caption | classname.Credit | classname.Portrait | classname.Role | classname.Source
	// proseNames are of prose about somebody.
	proseNames = classname.Biography | classname.Prose | classname.Lead | classname.Standfirst
)

// classHints are what the class names of one element say of authors.
type classHints struct {
	any classname.Mask
	// Attributes that speak of an author and, besides, of a name, of prose, or of
	// other people and stories.
	named, prose, others int
}

// classHints reads the class names of an element.
func (x *reader) classHints(n *html.Node) classHints {
	var c classHints
	for _, a := range n.Attr {
		if !classname.IsAttribute(a.Key) && a.Key != "property" && a.Key != "name" {
			continue
		}
		h := x.authorNames(a.Val)
		if h == 0 {
			continue
		}
		c.any |= h
		if h&otherNames != 0 {
			c.others++
		}
		if h&classname.Byline != 0 {
			continue
		}
		if h&classname.PersonName != 0 {
			c.named++
		}
		if h&proseNames != 0 {
			c.prose++
		}
	}
	return c
}

func (c classHints) has(groups classname.Mask) bool { return c.any&groups != 0 }

// mark is the stronger evidence of the class names.
func (c classHints) mark() mark {
	switch {
	case c.has(classname.Byline):
		return mark{bylineClass, fromClass}
	case c.has(classname.Author):
		return mark{authorClass, fromClass}
	}
	return mark{piece: -1}
}

// add adds the other evidence of the class names.
func (c classHints) add(v evidence.Values) {
	v.Set(nameClass, c.named > 0)
	v[proseClass] += float64(c.prose)
	v[othersClass] += float64(c.others)
}

// authorNames is what the names in a value that speak of an author say.
func (x *reader) authorNames(value string) classname.Mask {
	m, ok := x.names[value]
	if !ok {
		for name := range classname.Names(value) {
			if name&(classname.Byline|classname.Author) != 0 {
				m |= name
			}
		}
		x.names[value] = m
	}
	return m
}
