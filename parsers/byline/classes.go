package byline

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// An authorHint is what a class name says of authors.
type authorHint uint8

const (
	hintByline authorHint = 1 << iota // the line that signs a story
	hintAuthor                        // something about authors
	hintName                          // a name
	hintOthers                        // other stories' or people's
	hintText                          // prose about somebody
)

// authorTokens are the words in class names that speak of authors.
var authorTokens = func() map[string]authorHint {
	tokens := map[string]authorHint{}
	for _, row := range []struct {
		hint  authorHint
		words string
	}{
		{hintByline, "byline bylines authorline signature firma postauthor articleauthor storyauthor entryauthor attribution"},
		{hintAuthor, "author authors autor autorin autoren autores auteur auteurs autore autori writer writers reporter reporters contributor contributors journalist journalists journaliste verfasser redakteur redacteur redactor redaktor skribent forfatter forfattare schrijver penulis yazar kirjoittaja giornalista periodista escritor tekijä creator vcard authorname authorbox authorinfo authored columnist"},
		{hintName, "name names fullname displayname authorname fn username"},
		{hintOthers, "comment comments commenter related recommended teaser teasers card cards recirc popular trending newsletter latest more carousel slider photographer photo caption credit copyright share social follow avatar reviewer editor source publisher translator illustrator"},
		{hintText, "bio biography description desc about excerpt summary text intro details"},
	} {
		for w := range text.Set(row.words) {
			tokens[w] |= row.hint
		}
	}
	return tokens
}()

// authorStems are parts of the words above, to look for before splitting.
var authorStems = text.Literals("uthor|yline|riter|eporter|utor|uteur|ontribut|ournalis|irma|ignature|vcard|erfasser|edakt|edact|kribent|orfatt|chrijver|enulis|azar|irjoittaja|iornalista|eriodista|ttribution|reator|olumnist")

// isClassAttribute reports whether the value of an attribute is read as class
// names.
func isClassAttribute(key string) bool {
	switch key {
	case "class", "id", "data-testid", "data-component", "data-qa", "data-test", "data-type", "data-element", "property", "name":
		return true
	}
	return false
}

// classHints are what the class names of one element say of authors.
type classHints struct {
	any authorHint
	// Attributes that speak of an author and, besides, of a name, of prose, or of
	// other people and stories.
	named, prose, others int
}

// classHints reads the class names of an element.
func (x *reader) classHints(n *html.Node) classHints {
	var c classHints
	for _, a := range n.Attr {
		if !isClassAttribute(a.Key) {
			continue
		}
		h := x.authorHintOf(a.Val)
		if h&(hintByline|hintAuthor) == 0 {
			continue
		}
		c.any |= h
		if h&hintOthers != 0 {
			c.others++
		}
		if h&hintByline != 0 {
			continue
		}
		if h&hintName != 0 {
			c.named++
		}
		if h&hintText != 0 {
			c.prose++
		}
	}
	return c
}

func (c classHints) has(h authorHint) bool { return c.any&h != 0 }

// mark is the stronger evidence of the class names.
func (c classHints) mark() mark {
	switch {
	case c.has(hintByline):
		return mark{bylineClass, fromClass}
	case c.has(hintAuthor):
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

// authorHintOf is what a class name says of authors.
func (x *reader) authorHintOf(value string) authorHint {
	if h, ok := x.words[value]; ok {
		return h
	}
	var h authorHint
	if len(value) < 400 && authorStems.FoundIn(value) {
		for tok := range strings.FieldsSeq(value) {
			h |= hintOfToken(tok)
		}
	}
	x.words[value] = h
	return h
}

func hintOfToken(tok string) authorHint {
	var h, all authorHint
	parts := splitWords(tok)
	for i, p := range parts {
		t := authorTokens[p]
		if t == 0 && i > 0 {
			t = authorTokens[parts[i-1]+p]
		}
		all |= t
	}
	if all&(hintByline|hintAuthor) != 0 {
		h = all
	}
	return h
}

// splitWords splits a class name at signs and capitals, in lower case.
func splitWords(s string) []string {
	var parts []string
	start := 0
	take := func(end int) {
		if end > start {
			parts = append(parts, strings.ToLower(s[start:end]))
		}
	}
	for i := range len(s) {
		switch c := s[i]; {
		case !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf):
			take(i)
			start = i + 1
		case c >= 'A' && c <= 'Z' && i > start && s[i-1] >= 'a' && s[i-1] <= 'z':
			take(i)
			start = i
		}
	}
	take(len(s))
	return parts
}
