package captions

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// A captionRole is what an element's names say of it within a caption.
type captionRole uint8

const (
	saysCaption captionRole = 1 << iota
	saysCredit
	maybeCredit // "author", "source": within a caption
	smallMedia  // portraits, icons and logos
	namesMedia  // pictures and boxes for them
)

// A nameKind is what a piece of a name is about.
type nameKind int

const (
	ofCaption nameKind = iota
	ofCredit
	ofMaybe // an author or source: of a picture, if within a caption
	ofMedia
	ofText
	ofSmall // portraits, icons and logos
	nameKinds
)

// namePieces are pieces of classes, ids and test ids, in lower case, by their
// first two bytes. They are looked for within words ("imgcaption"), and the last
// one decides: a name of several is "image-caption__credit".
var namePieces [1 << 10][]namePiece

type namePiece struct {
	text string
	kind nameKind
}

func init() {
	for kind, pieces := range [nameKinds][]string{
		ofCaption: classname.Words(classname.Caption),
		ofCredit:  classname.Words(classname.Credit),
		ofMaybe:   classname.Words(classname.Author | classname.Byline | classname.Source),
		ofMedia:   classname.Words(classname.Media),
		ofText:    strings.Fields("descri -desc _desc imgdesc photodesc legend"),
		ofSmall:   append(classname.Words(classname.Portrait|classname.Logo), "icon"),
	} {
		for _, p := range pieces {
			k := text.PairKey(p[0], p[1])
			namePieces[k] = append(namePieces[k], namePiece{p, nameKind(kind)})
		}
	}
}

// typographic names say what a text looks like, or that something has a caption,
// by their start: "text-caption".
var typographic = strings.Fields(`text- typo font- muitypography fs- vjs jw- jwp plyr has no- with hide- show-`)

// roleOfNames reads the value of a class, id or test id.
func roleOfNames(names string) captionRole {
	if len(names) > 500 {
		names = names[:500]
	}
	var role captionRole
	for name := range strings.FieldsSeq(names) {
		var at [nameKinds]int // one behind the last start of a piece
		for i := range len(name) - 1 {
			for _, p := range namePieces[text.PairKey(name[i], name[i+1])] {
				if len(name)-i >= len(p.text) && strings.EqualFold(name[i:i+len(p.text)], p.text) {
					at[p.kind] = i + 1
				}
			}
		}
		if at == [nameKinds]int{} || looksOnly(name) {
			continue
		}
		switch {
		case at[ofCredit] > at[ofCaption]:
			role |= saysCredit
		case at[ofCaption] > 0:
			if at[ofMaybe] > at[ofCaption] {
				role |= maybeCredit
			} else {
				role |= saysCaption
			}
		case at[ofMedia] > 0 && at[ofText] > at[ofMedia]:
			role |= saysCaption
		case at[ofMaybe] > 0:
			role |= maybeCredit
		}
		if at[ofMedia] > 0 {
			role |= namesMedia
		}
		if at[ofSmall] > 0 {
			role |= smallMedia
		}
	}
	return role
}

func looksOnly(name string) bool {
	for _, p := range typographic {
		if _, ok := text.CutFold(name, p); ok {
			return true
		}
	}
	return false
}

// roleOfItemprop is what properties of schema.org say.
var roleOfItemprop = map[string]captionRole{
	"caption":    saysCaption,
	"creditText": saysCredit, "copyrightHolder": saysCredit, "copyrightNotice": saysCredit,
	"author": maybeCredit, "creator": maybeCredit, "contributor": maybeCredit,
}

// role is what an element's names say.
func (f *finder) role(n *html.Node) captionRole {
	var role captionRole
	for _, a := range n.Attr {
		if a.Val == "" {
			continue
		}
		if a.Key == "itemprop" {
			role |= roleOfItemprop[a.Val]
		}
		if !classname.IsAttribute(a.Key) {
			continue
		}
		m, ok := f.roles[a.Val]
		if !ok {
			m = roleOfNames(a.Val)
			f.roles[a.Val] = m
		}
		role |= m
	}
	return role
}
