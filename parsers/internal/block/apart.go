package block

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What stands in a text and is not read with it: links to edit a section or to link to
// it, line numbers of code, pop-up definitions of a word. The class only says what it
// may be; the content has to fit.

// A trait is what the class of an element says of how it is shown.
type trait uint8

const (
	traitHides trait = 1 << iota // see hidingTraits
	traitUnseen
	traitMark   // a sign that links to the heading that it stands in
	traitEdit   // a link to edit a section
	traitNumber // the number of a line of code
	traitPopup  // the definition of a word, shown on demand
)

// apartTraits gives the traits of classes, in lower case.
var apartTraits = func() map[string]trait {
	all := map[string]trait{}
	for t, names := range map[trait]string{
		traitMark: `headerlink header-link header-anchor heading-anchor heading-link anchor anchor-link anchorlink anchorjs-link permalink permalink-icon hash-link hashlink deep-link
			direct-link section-link headline-anchor toc-anchor octicon-link sl-anchor-link copy-link heading-permalink`,
		traitEdit: "mw-editsection mw-editsection-like editsection edit-section section-edit edit-link edit_section btn-edit-section",
		traitNumber: `lineno linenos linenodiv linenumber linenumbers gutter line-number line-numbers line-numbers-rows line-numbers-sizer blob-num rouge-gutter gl hljs-ln-numbers hljs-ln-n
			react-syntax-highlighter-line-number code-line-number lnt lntd ln num number ln-num crayon-nums crayon-num urvanov-syntax-highlighter-nums`,
		traitPopup: `glossary-info glossary-definition glossary-tooltip glossary-popup glossary-content glossary-description glossarydefinition tooltip tooltip-content tooltip-text tooltiptext tooltip-inner tooltip-body
			tooltip__content tooltip__text tippy-content definition-popup definition-tooltip popover popover-content popover-body popup-definition term-definition term-tooltip hovercard hover-card infobubble def-popup`,
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] |= t
		}
	}
	return all
}()

// traitsOf gives the traits of a class.
func traitsOf(class string) trait {
	var all trait
	if len(class) > maxClass {
		return 0
	}
	for name := range strings.FieldsSeq(class) {
		all |= apartTraits[strings.ToLower(name)]
	}
	return all | hidingTraits(class)
}

// maxClass bounds a class whose names are looked at, in bytes: an element's may be asked
// for once for each of many nodes in it.
const maxClass = 1_000

// ClassNames are the names of an element's class; none if it is longer than maxClass.
func ClassNames(n *html.Node) iter.Seq[string] {
	class := Attr(n, "class")
	if len(class) > maxClass {
		class = ""
	}
	return strings.FieldsSeq(class)
}

// Apart reports whether an element stands in a text and is not read with it.
func Apart(n *html.Node) bool {
	class := Attr(n, "class")
	return class != "" && isApart(n, traitsOf(class))
}

// Bounds of what is apart, in bytes.
const (
	maxMark  = 20
	maxEdit  = 40
	maxPopup = 800
)

// isApart reports whether an element with the traits of its class stands in a text
// and is not read with it.
func isApart(n *html.Node, t trait) bool {
	if t&(traitMark|traitEdit|traitNumber|traitPopup) == 0 {
		return false
	}
	text, whole := shortText(n, maxPopup)
	if !whole {
		return t&traitNumber != 0 && allNumbers(n) && ofCode(n)
	}
	switch text = Clean(text); {
	case text == "":
		return false
	case t&traitNumber != 0 && isNumbers(text) && ofCode(n):
		return true
	case t&traitMark != 0 && len(text) <= maxMark && isMark(text):
		return true
	case t&traitEdit != 0 && len(text) <= maxEdit:
		return true
	}
	return t&traitPopup != 0 && besideText(n)
}

// shortText is the text below a node, and whether that is all of it.
func shortText(n *html.Node, most int) (text string, whole bool) {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			if b.WriteString(c.Data); b.Len() > most {
				return "", false
			}
		}
	}
	return b.String(), true
}

// allNumbers reports whether a long text is numbers only.
func allNumbers(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" && !isNumbers(c.Data) {
			return false
		}
	}
	return true
}

// maxAside is how far from its numbers code may stand, in nodes beside one another.
const maxAside = 30

// ofCode reports whether an element stands in code, or is a cell beside some.
func ofCode(n *html.Node) bool {
	for up := 0; n != nil && up < 8; n, up = n.Parent, up+1 {
		if n.DataAtom == atom.Pre || n.DataAtom == atom.Code {
			return true
		}
		if n.DataAtom != atom.Td && n.DataAtom != atom.Div {
			continue
		}
		for c, k := n.NextSibling, 0; c != nil && k < maxAside; c, k = c.NextSibling, k+1 {
			if c.DataAtom == n.DataAtom {
				return strings.Contains(Attr(c, "class"), "code") || holdsPre(c)
			}
		}
	}
	return false
}

func holdsPre(n *html.Node) bool {
	seen := 0
	for c := range n.Descendants() {
		if c.DataAtom == atom.Pre || c.DataAtom == atom.Code {
			return true
		}
		if seen++; seen > 20 {
			break
		}
	}
	return false
}

func isNumbers(s string) bool {
	for i := range len(s) {
		if c := s[i]; c > ' ' && (c < '0' || c > '9') && c != '.' && c != ':' && c != '|' {
			return false
		}
	}
	return true
}

// markWords are the words by which pages name links to a heading.
var markWords = map[string]bool{"permalink": true, "link": true, "anchor": true, "direct link": true, "copy link": true, "link to heading": true, "lien": true, "enlace": true}

// isMark reports whether a text is a sign such as # and ¶, or the word for one.
func isMark(text string) bool {
	if utf8.RuneCountInString(text) <= 3 && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return true
	}
	return markWords[strings.ToLower(text)]
}

// besideText reports whether a text stands before a node in one of the two elements
// around it: the word that is defined.
func besideText(n *html.Node) bool {
	for up := 0; up < 2 && n != nil; up++ {
		if p := n.PrevSibling; p != nil {
			for ; p != nil; p = p.PrevSibling {
				if p.Type == html.TextNode && strings.TrimSpace(p.Data) != "" {
					return true
				}
				if p.Type == html.ElementNode {
					if BlockLevel(p) {
						return false
					}
					text, whole := shortText(p, 200)
					if !whole || strings.TrimSpace(text) != "" {
						return true
					}
				}
			}
		}
		if n = n.Parent; n != nil && BlockLevel(n) {
			return false
		}
	}
	return false
}

// inSentence reports whether a button holds words of the sentence that it stands in:
// text without an end of a sentence is before it, or text that goes on behind it.
func inSentence(n *html.Node) bool {
	text, whole := shortText(n, 200)
	if text = strings.TrimSpace(text); !whole || text == "" || !inlineOnly(n) || n.Parent == nil || n.Parent.DataAtom == 0 {
		return false
	}
	after := ""
	if n.NextSibling != nil && n.NextSibling.Type == html.TextNode {
		after = strings.TrimSpace(n.NextSibling.Data)
	}
	before := ""
	if n.PrevSibling != nil && n.PrevSibling.Type == html.TextNode {
		before = strings.TrimSpace(n.PrevSibling.Data)
	}
	if before == "" || strings.ContainsRune(".!?:;…。！？|•", lastRune(before)) {
		return false
	}
	if after == "" {
		return false
	}
	next, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLower(next) || unicode.IsDigit(next) || strings.ContainsRune(",.;:!?)’'”\"、。，", next) || unicode.Is(unicode.Han, next) || unicode.Is(unicode.Hiragana, next) || unicode.Is(unicode.Katakana, next) ||
		unicode.IsLetter(next) && !unicode.IsUpper(next)
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// joinsLines reports whether a line break of the source between two texts stands between
// characters of a script without spaces: it is no space there (CSS Text 3, section 4.1.3).
func joinsLines(before, after string) bool {
	if r, _ := utf8.DecodeRuneInString(after); !withoutSpaces(r) {
		return false
	}
	return withoutSpaces(lastRune(before))
}

// withoutSpaces reports whether a character is Chinese or Japanese, or a sign of these.
func withoutSpaces(r rune) bool {
	return r >= 0x3000 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0xff01 && r <= 0xff60
}
