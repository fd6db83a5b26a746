package byline

import (
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

// authorMarks are the attributes that say that an element names an author.
var authorMarks = []struct {
	elements *doc.Selector
	piece    int
}{
	{doc.Select(`[itemprop=author], [itemprop=creator]`), itempropAuthor},
	{doc.Select(`[rel*=author]`), relAuthor},
}

// markSources are the pieces that markup gives, the strongest first, and the
// provenance of each.
var markSources = []struct {
	piece int
	from  string
}{{itempropAuthor, fromItemprop}, {relAuthor, fromRel}, {bylineClass, fromClass}, {authorLink, fromLink}, {authorClass, fromClass}, {memberLink, fromLink}}

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
	marked := x.attributeMarks()
	n := 0
	for i := 1; i < len(x.Elems) && n < maxClaims; i++ {
		e := &x.Elems[i]
		if e.Flags&(block.InHidden|block.InNav|block.InDialog|block.InCaption) != 0 || block.Invisible[e.Node.DataAtom] {
			continue
		}
		hints, pieces, link := x.classHints(e), marked[e.Node], -1
		if e.Node.DataAtom == atom.A {
			link = linkMark(e.Node)
		}
		if len(pieces) == 0 && link < 0 && !hints.has(classname.Byline|classname.Author) || notBylines.Matches(e.Node) {
			continue
		}
		v := values(pieces...)
		hints.add(v)
		if link >= 0 {
			v[link]++
		}
		if sort, from := markSource(v); from != "" {
			n++
			x.claimElement(i, v, sort, from)
		}
	}
}

// markSource is the strongest mark and its provenance of an element; "" if what it says
// of an author is outweighed by what it says of other people and stories.
func markSource(v evidence.Values) (piece int, from string) {
	for _, s := range markSources {
		if v[s.piece] > 0 {
			if v[othersClass] > 1 && s.piece != itempropAuthor && s.piece != relAuthor || s.piece == memberLink && v[othersClass] > 0 {
				return 0, ""
			}
			return s.piece, s.from
		}
	}
	return 0, ""
}

// attributeMarks are the elements that authorMarks select, with what they say.
func (x *reader) attributeMarks() map[*html.Node][]int {
	marks := map[*html.Node][]int{}
	for _, row := range authorMarks {
		for _, n := range x.Select(row.elements).Nodes {
			marks[n] = append(marks[n], row.piece)
		}
	}
	return marks
}

// claimElement reads the names in an element that its markup calls a byline.
func (x *reader) claimElement(i int, v evidence.Values, sort int, from string) {
	n := x.Elems[i].Node
	if partOf(n) == roleNames {
		return
	}
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
	names := x.namesOfElement(n, line, from, by, long)
	if len(names) == 0 {
		return
	}
	v.Set(elementAfterBy, by)
	x.addPlace(v, i)
	x.add(claim{names: names, from: from, own: v, node: n, pos: i, line: line, by: by, family: inMarkup, sort: sort})
}

// namesOfElement reads the names in an element that is marked as a byline.
// Where there is none but little text, the text may be an account's name.
func (x *reader) namesOfElement(n *html.Node, line, from string, by, long bool) []authorName {
	var names []authorName
	if name := x.itemNames[n]; name != "" {
		names = x.declaredNames(name)
	} else {
		names = x.bylineNames(line)
	}
	if len(names) > 0 {
		return names
	}
	account := false
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
	return names
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
				v := values()
				x.addPlace(v, i)
				x.add(claim{names: names, from: "attr:" + a.Key, own: v, family: inAttributes})
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
