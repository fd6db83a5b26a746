package byline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Provenance of claims that markup makes.
const (
	fromItemprop = "microdata:author"
	fromRel      = "dom:rel-author"
	fromLink     = "dom:author-link"
	fromClass    = "dom:byline"
)

// authorMarks are the attributes that say that an element names an author, the
// strongest first.
var authorMarks = []struct {
	elements *doc.Selector
	mark
}{
	{doc.Select(`[itemprop=author], [itemprop=creator]`), mark{itempropAuthor, fromItemprop}},
	{doc.Select(`[rel*=author]`), mark{relAuthor, fromRel}},
}

// A mark is what markup says of an element: a piece of evidence, and where from.
type mark struct {
	piece int
	from  string
}

// notBylines are elements that are more or less than a byline.
var notBylines = doc.Select(`body, html, article, main, img, form, input, time, meta, link, h1, figure, video, iframe`)

// profilePaths are parts of the addresses of pages about authors; those of
// memberPaths lead to other pages as well, and those of sharedPaths are links
// that share or license the story.
var (
	profileWords = "/author|/autor|/auteur|/autrice|/redakt|/redact|/redattor|/journalist|/writer|/reporter|/contributor|/columnist|/correspondent|/firmas/|/firma/|/newsteam/|/creator/|author=|/skribent|/yazar|/penulis/|/avtor|/blogger|/byline/|/giornalist|/periodista|/forfatter|/colaborador"
	memberWords  = "/profile|/profil|/staff/|/by/|/people/|/person/|/team/|/producers/|/members/|/member/|/users/|/user/|/about/|/u/|/@|/equipe/|/experts/|/expert/|/bio/|/blog/by|/editor"

	profilePaths = text.Literals(profileWords)
	memberPaths  = text.Literals(memberWords)
	eitherPaths  = text.Literals(profileWords + "|" + memberWords)
	sharedPaths  = text.Literals("/licenses/|share")
)

// linkMark is what the address of a link says: authorLink, memberLink or -1.
func linkMark(a *html.Node) int {
	href := block.Attr(a, "href")
	switch {
	case len(href) < 5 || len(href) > 500 || !eitherPaths.FoundIn(href):
	case profilePaths.FoundIn(href):
		if !sharedPaths.FoundIn(href) {
			return authorLink
		}
	case memberPaths.FoundIn(href) && !sharedPaths.FoundIn(href):
		return memberLink
	}
	return -1
}

// maxClaims bounds how many places are looked at.
const maxClaims = 80

// readMarkup looks for elements that their markup calls a byline.
func (x *reader) readMarkup() {
	x.readItemNames()
	marks := x.attributeMarks()
	n := 0
	for i := 1; i < len(x.Elems) && n < maxClaims; i++ {
		e := &x.Elems[i]
		if e.Flags&(block.InHidden|block.InNav|block.InDialog|block.InCaption) != 0 || block.Invisible[e.Node.DataAtom] {
			continue
		}
		hints := x.classHints(e)
		m, marked := marks[e.Node]
		if !marked {
			m = hints.mark()
			if e.Node.DataAtom == atom.A {
				m = stronger(m, mark{linkMark(e.Node), fromLink})
			}
		}
		if m.piece < 0 || notBylines.Matches(e.Node) {
			continue
		}
		v := values(m.piece)
		hints.add(v)
		if weights.Score(v) > 0 {
			n++
			x.claimElement(i, v, m.from)
		}
	}
}

// attributeMarks are the elements that authorMarks select, with the strongest
// mark of each. It is stronger than what classes and links say.
func (x *reader) attributeMarks() map[*html.Node]mark {
	marks := map[*html.Node]mark{}
	for _, row := range slices.Backward(authorMarks) {
		for _, n := range x.Select(row.elements).Nodes {
			marks[n] = row.mark
		}
	}
	return marks
}

// stronger is the mark of more weight; a piece below 0 is none.
func stronger(a, b mark) mark {
	if a.piece < 0 || b.piece >= 0 && weights[b.piece].Weight > weights[a.piece].Weight {
		return b
	}
	return a
}

// claimElement reads the names in an element that its markup calls a byline.
func (x *reader) claimElement(i int, v evidence.Values, from string) {
	n := x.Elems[i].Node
	line, long := x.bylineText(n, 400)
	if line == "" {
		return
	}
	_, words, _ := cutByWord(strings.TrimLeft(strings.ReplaceAll(line, string(inlineSep), " "), " "))
	by := words > 0
	if !by {
		before := x.textBefore(n)
		if endsWithOther(before) {
			return
		}
		by = endsWithBy(before)
	}
	names, account := x.namesOfElement(n, line, from, by, long)
	if len(names) == 0 {
		return
	}
	v.Set(longText, long && from == fromClass)
	v.Set(accountName, account)
	v.Set(elementAfterBy, by)
	place, _ := x.place(i)
	for _, p := range place {
		v[p]++
	}
	x.add(claim{names: names, from: from, own: v, node: n, pos: i, line: line, by: by, family: "dom"})
}

// namesOfElement reads the names in an element that is marked as a byline.
// Where there is none but little text, the text may be an account's name.
func (x *reader) namesOfElement(n *html.Node, line, from string, by, long bool) (names []authorName, account bool) {
	if name := x.itemNames[n]; name != "" {
		names = x.declaredNames(name)
	} else {
		names = x.bylineNames(line)
	}
	if len(names) > 0 {
		return names, false
	}
	length := utf8.RuneCountInString(line)
	isLink := n.DataAtom == atom.A
	switch from {
	case fromItemprop, fromRel:
		account = length < 50
	case fromLink:
		account = isLink && by && length < 50 && !strings.Contains(line, " ")
	case fromClass:
		account = !long && length < 36 && !strings.ContainsRune(line, blockSep) && (by || isLink || x.classHints(&block.Elem{Node: n}).has(classname.PersonName))
	}
	if account {
		names = x.declaredNames(line)
	}
	return names, account
}

// itemNames are names that microdata of an author gives in meta elements.
var itemNames = doc.Select(`[itemprop=author] meta[itemprop=name], [itemprop=creator] meta[itemprop=name]`)

// readItemNames notes these names by the author's element, the first of several.
func (x *reader) readItemNames() {
	x.itemNames = map[*html.Node]string{}
	for _, meta := range x.Select(itemNames).Nodes {
		author := meta.Parent
		for !authorMarks[0].elements.Matches(author) {
			author = author.Parent
		}
		if name := block.Clean(block.Attr(meta, "content")); x.itemNames[author] == "" && len(name) < 120 {
			x.itemNames[author] = name
		}
	}
}

// readAttributes looks at data attributes that name the author.
func (x *reader) readAttributes() {
	n := 0
	for i := 1; i < len(x.Elems) && n < 10; i++ {
		e := &x.Elems[i]
		for _, a := range e.Node.Attr {
			if !isAuthorAttribute(a.Key) || len(a.Val) < 3 || len(a.Val) > 120 {
				continue
			}
			n++
			if strings.ContainsAny(a.Val, "{}<>[]_=") || e.PathHints&block.HintComment != 0 {
				continue
			}
			if names := x.bylineNames(a.Val); len(names) > 0 {
				v := values(inDataAttribute)
				x.addBadPlace(v, i, 0)
				x.add(claim{names: names, from: "attr:" + a.Key, own: v, family: "attr"})
			}
		}
	}
}

// isAuthorAttribute reports whether an attribute is one of those that sites make
// up to name an author: "data-author", "data-post-author-name". CSS has no
// selector for the end of an attribute's name.
func isAuthorAttribute(key string) bool {
	return len(key) >= 9 && strings.HasPrefix(key, "data-") && (strings.HasSuffix(key, "author") || strings.HasSuffix(key, "authors") || strings.HasSuffix(key, "byline") || strings.HasSuffix(key, "author-name"))
}
