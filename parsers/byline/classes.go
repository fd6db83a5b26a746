package byline

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// What names beside those of authors say of an element.
const (
	// otherNames are of other stories or people.
	otherNames = classname.Comments | classname.Related | classname.Latest | classname.Teaser | classname.Card | classname.Newsletter | classname.Share | classname.Follow |
		classname.Media | classname.Caption | classname.Credit | classname.Portrait | classname.Role | classname.Source
)

// classHints are what the class names of one element say of authors.
type classHints struct {
	any classname.Mask
	// Attributes that speak of an author and, besides, of a name, or of other people
	// and stories.
	named, others int
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
	}
	if c.any&classname.Author != 0 && isCardOfOther(e.Node) {
		c.any &^= classname.Author
	}
	return c
}

// otherCard are parts of an hCard that is not an author's.
var otherCard = text.Set("org adr street-address locality postal-code tel geo")

// isCardOfOther reports whether an element is the hCard of a place or a company:
// nothing calls it an author's, and it has an address or an organization's name.
func isCardOfOther(n *html.Node) bool {
	classes := strings.Fields(strings.ToLower(block.Attr(n, "class")))
	if !slices.Contains(classes, "vcard") || len(classes) > 1 && slices.ContainsFunc(classes, func(c string) bool {
		return strings.Contains(c, "author") || strings.Contains(c, "byline") || strings.Contains(c, "writer") || strings.Contains(c, "reporter")
	}) {
		return false
	}
	count := 0
	for d := range n.Descendants() {
		if count++; count > 60 {
			break
		}
		for c := range strings.FieldsSeq(strings.ToLower(block.Attr(d, "class"))) {
			if otherCard[c] {
				return true
			}
		}
	}
	return false
}

func (c classHints) has(groups classname.Mask) bool { return c.any&groups != 0 }

// add adds the evidence of the class names.
func (c classHints) add(v evidence.Values) {
	v.Set(bylineClass, c.has(classname.Byline))
	v.Set(authorClass, c.has(classname.Author))
	v.Set(nameClass, c.named > 0)
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
		x.numbered[number] = 0
		if classname.Of(a.Val)&(classname.Byline|classname.Author) != 0 {
			x.numbered[number] = x.authorNames(a.Val)
		}
	}
	return x.numbered[number]
}

// authorNames is what the names in a value that speak of an author say.
func (x *reader) authorNames(value string) classname.Mask {
	if x.ClassName(value)&(classname.Byline|classname.Author) == 0 {
		return 0
	}
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
