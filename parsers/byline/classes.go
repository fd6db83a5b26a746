package byline

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
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
func (x *reader) classHints(e *block.Elem) classHints {
	var c classHints
	for i := range e.Node.Attr {
		a := &e.Node.Attr[i]
		if !classname.IsAttribute(a.Key) && a.Key != "property" && a.Key != "name" {
			continue
		}
		h := x.namesOf(e, a)
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

// unread marks values of namesOf that have not been looked up.
const unread = classname.Mask(1) << 63

// namesOf is authorNames of an attribute. The values of class and id have numbers.
func (x *reader) namesOf(e *block.Elem, a *html.Attribute) classname.Mask {
	var number int32
	switch a.Key {
	case "class":
		number = e.Names[0]
	case "id":
		number = e.Names[1]
	}
	if number == 0 || x.Name(number) != a.Val { // an attribute may be there twice
		return x.authorNames(a.Val)
	}
	if x.numbered == nil {
		x.numbered = slices.Repeat([]classname.Mask{unread}, x.NameCount())
	}
	if x.numbered[number] == unread {
		x.numbered[number] = x.authorNames(a.Val)
	}
	return x.numbered[number]
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
