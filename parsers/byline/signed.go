package byline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A claim is what one place of a page says of who wrote it.
type claim struct {
	names  []authorName
	from   string  // as in Provenance
	score  float64 // how much it is worth by itself
	line   string  // the byline as printed, if a reader sees it
	node   *html.Node
	pos    int // element; 0 for what no reader sees
	family string
	by     bool // a by-word introduces it
	news   bool // the object that says it is of a news article
}

// bylines reads the byline of one page.
type bylines struct {
	*doc.Page
	sites   map[string]bool // what the page calls its publication, folded
	words   map[string]authorHint
	title   int // elements where title, first and last block of the body stand
	firstAt int
	lastAt  int
	titleN  int // block of the title, -1 if none
	firstN  int
	lastN   int
	shown   map[string]int // see seen
	wrap    block.Mask     // what is said of the title too, and so says nothing
	claims  []claim
}

// isOwn reports whether a name is the publication's own.
func (x *bylines) isOwn(name string) bool {
	f := text.Fold(name)
	if x.sites[f] {
		return true
	}
	return strings.HasPrefix(f, "the") && x.sites[f[3:]] || x.sites["the"+f]
}

// An authorHint is what an element's names say of authors.
type authorHint uint8

const (
	hintByline authorHint = 1 << iota // the line that signs a story
	hintAuthor                        // something about authors
	hintName                          // a name
	hintOthers                        // other stories' or people's
	hintText                          // prose about somebody
)

// authorTokens are the words of class names that speak of authors, by what they say.
var authorTokens = map[string]authorHint{}

func init() {
	add := func(h authorHint, words string) {
		for w := range strings.FieldsSeq(words) {
			authorTokens[w] |= h
		}
	}
	add(hintByline, "byline bylines authorline signature firma postauthor articleauthor storyauthor entryauthor attribution")
	add(hintAuthor, "author authors autor autorin autoren autores auteur auteurs autore autori writer writers reporter reporters contributor contributors journalist journalists journaliste verfasser redakteur redacteur redactor redaktor skribent forfatter forfattare schrijver penulis yazar kirjoittaja giornalista periodista escritor tekijä creator vcard authorname authorbox authorinfo authored columnist")
	add(hintName, "name names fullname displayname authorname fn username")
	add(hintOthers, "comment comments commenter related recommended teaser teasers card cards recirc popular trending newsletter latest more carousel slider photographer photo caption credit copyright share social follow avatar reviewer editor source publisher translator illustrator")
	add(hintText, "bio biography description desc about excerpt summary text intro details")
}

// stemsOfAuthors are parts of the words above, to look for before splitting.
var stemsOfAuthors = text.Literals("uthor|yline|riter|eporter|utor|uteur|ontribut|ournalis|irma|ignature|vcard|erfasser|edakt|edact|kribent|orfatt|chrijver|enulis|azar|irjoittaja|iornalista|eriodista|ttribution|reator|olumnist")

// authorHintOf is what a class name says of authors.
func (x *bylines) authorHintOf(value string) authorHint {
	if h, ok := x.words[value]; ok {
		return h
	}
	var h authorHint
	if len(value) < 400 && stemsOfAuthors.In(value) {
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
	for i := 0; i <= len(s); i++ {
		cut := i == len(s)
		if !cut {
			c := s[i]
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
			switch {
			case !letter:
				if i > start {
					parts = append(parts, strings.ToLower(s[start:i]))
				}
				start = i + 1
			case c >= 'A' && c <= 'Z' && i > start && s[i-1] >= 'a' && s[i-1] <= 'z':
				parts = append(parts, strings.ToLower(s[start:i]))
				start = i
			}
			continue
		}
		if i > start {
			parts = append(parts, strings.ToLower(s[start:i]))
		}
	}
	return parts
}

// profilePaths are parts of the addresses of pages about authors; those of
// memberPaths lead to others as well.
var (
	profilePaths = []string{"/author", "/autor", "/auteur", "/autrice", "/redakt", "/redact", "/redattor", "/journalist", "/writer", "/reporter", "/contributor", "/columnist", "/correspondent", "/firmas/", "/firma/", "/newsteam/", "/creator/", "author=", "/skribent", "/yazar", "/penulis/", "/avtor", "/blogger", "/byline/", "/giornalist", "/periodista", "/forfatter", "/colaborador"}
	memberPaths  = []string{"/profile", "/profil", "/staff/", "/by/", "/people/", "/person/", "/team/", "/producers/", "/members/", "/member/", "/users/", "/user/", "/about/", "/u/", "/@", "/equipe/", "/experts/", "/expert/", "/bio/", "/blog/by", "/editor"}
)

// pathsBy lists both by their second letter, so that most steps of an address need
// not be compared; sure says which list a path is of. All begin with "/" or "a".
var pathsBy = func() (by [256][]authorPath) {
	for k, list := range [][]string{profilePaths, memberPaths} {
		for _, p := range list {
			by[p[1]] = append(by[p[1]], authorPath{p, k == 0})
		}
	}
	return by
}()

type authorPath struct {
	path string
	sure bool
}

// leadsToAuthor reports whether a link is to a page about somebody, and whether
// such pages are of authors only.
func leadsToAuthor(n *html.Node) (leads, sure bool) {
	href := block.Attr(n, "href")
	if len(href) < 5 || len(href) > 500 {
		return false, false
	}
	for i := 0; i+1 < len(href); i++ {
		if href[i] != '/' && href[i] != 'a' {
			continue
		}
		for _, p := range pathsBy[href[i+1]] {
			if strings.HasPrefix(href[i:], p.path) {
				leads, sure = true, sure || p.sure
			}
		}
	}
	if leads && (strings.Contains(href, "/licenses/") || strings.Contains(href, "share")) {
		return false, false
	}
	return leads, sure
}

// The worth of places that sign.
const (
	worthItemprop = 3.0
	worthRel      = 2.8
	worthLink     = 1.8
	worthMember   = 0.4
	worthByline   = 2.4
	worthAuthor   = 1.8
	worthName     = 0.6
	worthBy       = 1.6
	worthHead     = 1.0
	worthTail     = 0.3
	worthInBody   = -0.4
	worthOut      = -1.9
)

// maxClaims bounds how many places are looked at.
const maxClaims = 80

// readMarkup looks for elements that their markup calls a byline.
func (x *bylines) readMarkup() {
	n := 0
	for i := 1; i < len(x.Elems) && n < maxClaims; i++ {
		e := &x.Elems[i]
		if e.Flags&(block.InHidden|block.InNav|block.InDialog|block.InCaption) != 0 || block.Unread[e.Node.DataAtom] {
			continue
		}
		worth, from := x.markupWorth(e)
		if worth <= 0 {
			continue
		}
		n++
		x.claimElement(i, worth, from)
	}
}

// markupWorth is what an element's own markup says of being a byline.
func (x *bylines) markupWorth(e *block.Elem) (worth float64, from string) {
	n := e.Node
	switch n.DataAtom {
	case atom.Body, atom.Html, atom.Article, atom.Main, atom.Img, atom.Form, atom.Input, atom.Time, atom.Meta, atom.Link, atom.H1, atom.Figure, atom.Video, atom.Iframe:
		return 0, ""
	}
	take := func(w float64, f string) {
		if w > worth {
			worth, from = w, f
		}
	}
	bonus := 0.0
	for _, a := range n.Attr {
		switch a.Key {
		case "rel":
			if strings.Contains(a.Val, "author") {
				take(worthRel, "dom:rel-author")
			}
		case "itemprop":
			if a.Val == "author" || a.Val == "creator" {
				take(worthItemprop, "microdata:author")
			}
		case "href":
			if n.DataAtom == atom.A {
				if leads, sure := leadsToAuthor(n); sure {
					take(worthLink, "dom:author-link")
				} else if leads {
					take(worthMember, "dom:author-link")
				}
			}
		case "class", "id", "data-testid", "data-component", "data-qa", "data-test", "data-type", "data-element", "property", "name":
			h := x.authorHintOf(a.Val)
			if h&hintOthers != 0 {
				if h&(hintByline|hintAuthor) != 0 {
					bonus -= 0.9
				}
			}
			switch {
			case h&hintByline != 0:
				take(worthByline, "dom:byline")
			case h&hintAuthor != 0:
				take(worthAuthor, "dom:byline")
				if h&hintName != 0 {
					bonus = max(bonus, worthName)
				}
				if h&hintText != 0 {
					bonus -= 0.4
				}
			}
		}
	}
	if worth == 0 {
		return 0, ""
	}
	return worth + bonus, from
}

// claimElement reads the names in an element and what its place is worth.
func (x *bylines) claimElement(i int, worth float64, from string) {
	e := &x.Elems[i]
	text, prose := x.bylineText(e.Node, 400)
	if text == "" {
		return
	}
	if prose && from == "dom:byline" {
		worth -= 0.5
	}
	names := x.names(text, false)
	if from == "microdata:author" {
		if name := itemName(e.Node); name != "" {
			names = x.names(name, true)
		}
	}
	by := false
	_, words, _ := cutByWord(strings.TrimLeft(strings.ReplaceAll(text, string(inlineSep), " "), " "))
	before := ""
	if words > 0 {
		by = true
	} else {
		before = x.textBefore(e.Node)
		by = endsWithBy(before)
		if other, _ := cutNonAuthorCredits(before + " "); other != before && len(before) > 3 && before != "" && endsWithOther(before) {
			return
		}
	}
	if from == "microdata:author" || from == "dom:rel-author" || from == "dom:author-link" && e.Node.DataAtom == atom.A && by {
		if len(names) == 0 && utf8.RuneCountInString(text) < 50 {
			names = x.names(text, true)
			worth -= 0.3
			if from == "dom:author-link" && strings.Contains(text, " ") {
				names = nil
			}
		}
	}
	if len(names) == 0 && from == "dom:byline" && !prose && utf8.RuneCountInString(text) < 36 && !strings.ContainsRune(text, blockSep) && (by || e.Node.DataAtom == atom.A || x.hintOf(e.Node)&hintName != 0) {
		names = x.names(text, true) // an account
		worth -= 0.3
	}
	if len(names) == 0 {
		return
	}
	if by {
		worth += worthBy
	}
	worth += x.place(i)
	x.add(claim{names: names, from: from, score: worth, node: e.Node, pos: i, line: text, by: by, family: familyOf(from)})
}

// itemName is the name that microdata gives below an element in a meta element.
func itemName(n *html.Node) string {
	count := 0
	for c := range n.Descendants() {
		if count++; count > 60 {
			break
		}
		if c.DataAtom == atom.Meta && block.Attr(c, "itemprop") == "name" {
			if v := block.Clean(block.Attr(c, "content")); len(v) < 120 {
				return v
			}
		}
	}
	return ""
}

func familyOf(from string) string {
	family, _, _ := strings.Cut(from, ":")
	if family == "microdata" {
		return "dom"
	}
	return family
}

// hintOf is what an element's class says of authors.
func (x *bylines) hintOf(n *html.Node) authorHint {
	return x.authorHintOf(block.Attr(n, "class")) | x.authorHintOf(block.Attr(n, "id"))
}

// place is what it is worth to stand where an element stands.
func (x *bylines) place(i int) float64 {
	e := &x.Elems[i]
	worth := 0.0
	switch {
	case x.title > 0 && i >= x.title-60 && i <= max(x.firstAt, x.title+60) && (x.firstAt == 0 || i <= x.firstAt+2 || i <= x.title+60):
		worth = worthHead
	case x.title == 0 && x.firstAt > 0 && i <= x.firstAt+2:
		worth = worthHead / 2
	case x.firstAt > 0 && i > x.firstAt && i < x.lastAt-20:
		worth = worthInBody
	case x.lastAt > 0 && i >= x.lastAt-20 && i <= x.lastAt+150:
		worth = worthTail
	default:
		worth = worthOut
	}
	switch m := e.Above &^ x.wrap; {
	case m&block.HintComment != 0:
		worth -= 2.5
	case m&block.HintRelated != 0:
		worth = min(worth, 0) - 2.5
	case m&(block.HintSidebar|block.HintNav|block.HintNewsletter|block.HintPromo) != 0:
		worth -= 1
	case m&(block.HintFooter|block.HintCaption) != 0:
		worth -= 1
	}
	if e.Flags&(block.InFooter|block.InAside) != 0 && e.Flags&block.InArticle == 0 {
		worth -= 1
	}
	if worth < 0 && e.Flags&block.InLink != 0 && x.inCard(i) {
		worth -= 1
	}
	return worth
}

// inCard reports whether an element stands in a link around a heading: the card
// of another story.
func (x *bylines) inCard(i int) bool {
	for p := int(x.Elems[i].Parent); p > 0; p = int(x.Elems[p].Parent) {
		if x.Elems[p].Node.DataAtom == atom.A {
			for c := range x.Elems[p].Node.Descendants() {
				switch c.DataAtom {
				case atom.H2, atom.H3, atom.H4, atom.H5:
					return true
				}
			}
			return false
		}
	}
	return false
}

// bylineText is the text of an element with the borders within it; prose reports
// whether there is more of it than belongs to a byline. Times, buttons and
// pictures are left out.
func (x *bylines) bylineText(n *html.Node, limit int) (text string, prose bool) {
	var b strings.Builder
	count := 0
	var walk func(*html.Node, int) bool
	walk = func(n *html.Node, depth int) bool {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if count++; count > 300 || b.Len() > limit || depth > 40 {
				prose = true
				return false
			}
			switch c.Type {
			case html.TextNode:
				if t := block.Clean(c.Data); t != "" {
					if r := c.Data[0]; r == ' ' || r == '\n' || r == '\t' {
						b.WriteByte(' ')
					}
					if b.Len()+len(t) > limit {
						prose = true
						return false
					}
					b.WriteString(t)
					if r := c.Data[len(c.Data)-1]; r == ' ' || r == '\n' || r == '\t' {
						b.WriteByte(' ')
					}
				} else if c.Data != "" {
					b.WriteByte(' ')
				}
			case html.ElementNode:
				if block.Unread[c.DataAtom] || block.Hidden(c) {
					continue
				}
				border := byte(inlineSep)
				switch c.DataAtom {
				case atom.Time, atom.Button, atom.Img, atom.Picture, atom.Figure, atom.Video, atom.Input, atom.Form:
					b.WriteByte(blockSep)
					continue
				case atom.Br:
					b.WriteByte(blockSep)
					continue
				case atom.B, atom.Strong, atom.Em, atom.I, atom.Wbr, atom.Font:
					border = 0
				}
				if block.Border(c) {
					border = blockSep
				}
				if border != 0 {
					b.WriteByte(border)
				}
				if !walk(c, depth+1) {
					return false
				}
				if border != 0 {
					b.WriteByte(border)
				}
			}
		}
		return true
	}
	walk(n, 0)
	return tidyBorders(b.String()), prose
}

// tidyBorders joins runs of borders and spaces to the strongest of them.
func tidyBorders(s string) string {
	var b strings.Builder
	gap := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case blockSep:
			gap = blockSep
		case inlineSep:
			if gap != blockSep {
				gap = inlineSep
			}
		case ' ':
			if gap == 0 {
				gap = ' '
			}
		default:
			if gap != 0 && b.Len() > 0 {
				b.WriteByte(gap)
			}
			gap = 0
			b.WriteByte(c)
		}
	}
	return b.String()
}

// printed is a byline's text as a reader sees it.
func printed(s string) string {
	return tight.Replace(block.Clean(gaps.Replace(s)))
}

var (
	gaps  = strings.NewReplacer(string(blockSep), " ", string(inlineSep), " ")
	tight = strings.NewReplacer("( ", "(", " )", ")", " ,", ",", " ;", ";")
)

// textBefore is the end of the text that stands directly before an element, on
// its line or the one above.
func (x *bylines) textBefore(n *html.Node) string {
	for range 4 {
		for p := n.PrevSibling; p != nil; p = p.PrevSibling {
			var t string
			switch p.Type {
			case html.TextNode:
				t = block.Clean(p.Data)
			case html.ElementNode:
				if block.Unread[p.DataAtom] || p.DataAtom == atom.Img {
					continue
				}
				t, _ = x.bylineText(p, 80)
			}
			if t != "" {
				return printed(t)
			}
		}
		if n.Parent == nil || n.Parent.DataAtom == atom.Body {
			return ""
		}
		n = n.Parent
	}
	return ""
}

// endsWithBy reports whether a text ends with a by-word that stands alone.
func endsWithBy(s string) bool {
	if s == "" || len(s) > 80 {
		return false
	}
	words := strings.Fields(s)
	for k := 1; k <= min(4, len(words)); k++ {
		phrase := strings.ToLower(strings.TrimRight(strings.Join(words[len(words)-k:], " "), " :：-–—"))
		if lonePhrases[phrase] && (k == len(words) || len(words)-k < 6) {
			return true
		}
	}
	return false
}

func endsWithOther(s string) bool {
	lower := strings.ToLower(strings.TrimRight(s, " :"))
	for _, p := range nonAuthorCredits {
		if strings.HasSuffix(lower, strings.TrimRight(p, ":")) {
			return true
		}
	}
	return false
}

// readAttributes looks at data attributes that name the author.
func (x *bylines) readAttributes() {
	n := 0
	for i := 1; i < len(x.Elems) && n < 10; i++ {
		e := &x.Elems[i]
		for _, a := range e.Node.Attr {
			if len(a.Key) < 9 || len(a.Val) < 3 || len(a.Val) > 120 || !strings.HasPrefix(a.Key, "data-") || !strings.HasSuffix(a.Key, "author") && !strings.HasSuffix(a.Key, "authors") && !strings.HasSuffix(a.Key, "byline") && !strings.HasSuffix(a.Key, "author-name") {
				continue
			}
			n++
			if strings.ContainsAny(a.Val, "{}<>[]_=") || e.Above&block.HintComment != 0 {
				continue
			}
			if names := x.names(a.Val, false); len(names) > 0 {
				x.add(claim{names: names, from: "attr:" + a.Key, score: 1.4 + min(0, x.place(i)), family: "attr"})
			}
		}
	}
}

func (x *bylines) add(c claim) {
	if len(x.claims) >= 2*maxClaims {
		return
	}
	for i := range c.names {
		c.names[i].key = text.Fold(c.names[i].Name)
	}
	x.claims = append(x.claims, c)
}

// readLines looks for lines that sign without markup that says so: near the title
// and at the end of the story.
func (x *bylines) readLines() {
	from, to := 0, min(len(x.Blocks), 40)
	switch {
	case x.titleN >= 0:
		from, to = max(0, x.titleN-4), min(len(x.Blocks), max(x.titleN+14, min(x.firstN+2, x.titleN+40)))
	case x.firstN >= 0:
		from, to = max(0, x.firstN-12), min(len(x.Blocks), x.firstN+4)
	}
	tail := len(x.Blocks)
	if x.lastN > x.firstN {
		tail = max(from, x.firstN+1, x.lastN-3)
		if x.lastN-x.firstN < 12 {
			tail = x.lastN
		}
	}
	for n := from; n < min(to, tail); n++ {
		x.readLine(n, worthHead, "head")
	}
	for n := max(to, x.firstN+1); n < tail; n++ { // within the story only what is labelled
		switch b := x.Blocks[n]; {
		case b.Words <= 14 && strings.Contains(b.Text, ":"):
			if _, words, colon := cutByWord(b.Text); words > 0 && colon && b.Words > words {
				x.readLine(n, 0, "body")
			}
		case b.Words >= 2 && b.Words <= 4 && toTheRight(b.Node) && givenName(b.Text):
			x.readLine(n, worthTail, "tail")
		}
	}
	for n := tail; n < min(len(x.Blocks), x.lastN+9); n++ {
		x.readLine(n, worthTail, "tail")
	}
}

// readLine looks at one block of text.
func (x *bylines) readLine(n int, zone float64, where string) {
	b := x.Blocks[n]
	if b.Words == 0 || b.Words > 30 || len(b.Text) > 250 || b.Flags&(block.InHidden|block.InNav|block.InCaption|block.InFigure|block.InDialog|block.InForm) != 0 {
		if where == "tail" && b.Keep && n >= x.lastN-1 {
			x.readEnding(n)
		}
		return
	}
	if b.Flags&block.InQuote != 0 || b.Flags&block.InFooter != 0 && b.Flags&block.InArticle == 0 {
		return
	}
	above := x.Elems[b.Elem].Above &^ x.wrap
	if above&(block.HintComment|block.HintRelated|block.HintNav) != 0 {
		return
	}
	s, line := b.Text, b.Text
	if text2, _ := x.bylineText(b.Node, 300); text.SameButSpaces(block.Clean(gaps.Replace(text2)), b.Text) {
		s = text2
		if strings.ContainsRune(s, inlineSep) { // "By" and the name in elements of their own, without a space
			line = printed(s)
		}
	}
	rest, words, colon := cutByWord(line)
	if above&block.HintCaption != 0 {
		if words == 0 || where != "head" {
			return
		}
		zone -= 0.8
	}
	score, from := 0.0, "text:byline"
	switch {
	case words > 0 && byWordOnly(line) && n+1 < len(x.Blocks):
		next := x.Blocks[n+1]
		if next.Words == 0 || next.Words > 12 || next.Flags&block.InHidden != 0 {
			return
		}
		s, line = next.Text, line+" "+next.Text
		if text2, _ := x.bylineText(next.Node, 200); text2 != "" {
			s = text2
		}
		score = 2.6
		b = next
	case words > 0 && rest != "" && text.StartsUpper(rest) && !strings.HasSuffix(rest, "?"):
		first := strings.ToLower(firstWord(line))
		score = 2.4
		if words == 1 && !colon && smallBy[strings.TrimRight(first, ":")] && first != "von" && first != "par" && first != "por" && first != "door" {
			score = 0.9
		}
		if b.Flags&block.InHeading != 0 && !colon {
			score -= 0.8
		}
		if strings.HasSuffix(rest, ".") && b.Words > 8 && !colon {
			score -= 1
		}
		if b.Words > 14 {
			score -= 0.5
		}
		if where == "tail" && !colon && words == 1 && first != "von" && first != "by" {
			score -= 0.8
		}
		if b.Flags&block.InList != 0 && b.Link*2 > len(b.Text) && where == "tail" {
			score -= 1.5
		}
	default:
		i := byInside(line)
		if i < 0 {
			x.readBare(n, s, zone, where)
			return
		}
		line = line[i:]
		s, score = line, 2.0
	}
	names := x.names(s, false)
	if len(names) == 0 {
		return
	}
	for _, a := range names {
		if a.form != formPerson && a.form != formOrg {
			score -= 0.5
			break
		}
	}
	x.add(claim{names: names, from: from, score: score + zone + min(0, x.place(b.Elem)), node: b.Node, pos: b.Elem, line: line, by: true, family: "text"})
}

// insideWords introduce a name within a line that begins with something else;
// the first of them only after a date.
var (
	afterDates  = []string{" by ", " By ", " von ", " Von ", " par ", " Par ", " por ", " Por ", " door ", " di ", " av ", " af "}
	insideWords = []string{"Autor: ", "Autorin: ", "Autoren: ", "Author: ", "Auteur : ", "Auteur: ", "Autore: ", "Автор: ", "Posted by ", "Written by ", "posted by ", "written by ", "Verfasst von ", "verfasst von ", "Geschrieben von ", "geschrieben von ", "Veröffentlicht von ",
		"veröffentlicht von ", "Publicado por ", "Escrito por ", "Publié par ", "Rédigé par ", "Scritto da ", "Skrevet av ", "Reporter: ", "Penulis: "}
)

var insideHints = text.NewLiteralSet(slices.Concat(afterDates, insideWords))

// byInside is where a by-word stands in a line that begins with something else; -1
// if none does: "3 May 2024 by Jane Doe".
func byInside(line string) int {
	if !insideHints.In(line) {
		return -1
	}
	for _, w := range insideWords {
		if i := strings.Index(line, w); i > 0 && i < 80 && text.StartsUpper(line[i+len(w):]) {
			return i
		}
	}
	for _, w := range afterDates {
		if i := strings.Index(line, w); i > 0 && i < 60 && dateNear(line[:i]) && text.StartsUpper(line[i+len(w):]) {
			return i + 1
		}
	}
	return -1
}

// readBare looks at a line that may be a name and no more: beside a date, or
// alone at the end.
func (x *bylines) readBare(n int, s string, zone float64, where string) {
	b := x.Blocks[n]
	if b.Words > 16 || b.Flags&(block.InHeading|block.InTable) != 0 && where == "head" || text.EqualFold(b.Text, x.Title) {
		return
	}
	dated := dateNear(b.Text)
	near := false
	for k := n - 2; k <= n+2 && !dated; k++ {
		if k >= 0 && k < len(x.Blocks) && k != n && x.Blocks[k].Words <= 14 && dateNear(x.Blocks[k].Text) {
			near = true
		}
	}
	if where == "head" {
		if lead, _, _ := strings.Cut(b.Text, ","); b.Words <= 5 && b.Flags&block.InHeading == 0 && (signsBylines(lead)) && len(lead) > 2 && lead != strings.ToLower(lead) {
			x.add(claim{names: []authorName{{Author: article.Author{Name: strings.TrimSpace(lead), Kind: "organization"}, form: formOrg}}, from: "text:agency", score: 1.7 + min(0, x.place(b.Elem)), node: b.Node, pos: b.Elem, line: b.Text, family: "bare"})
			return
		}
		if !dated && !near && !(n == x.titleN+1 && givenName(b.Text)) {
			return
		}
		for p := range strings.FieldsFuncSeq(strings.ReplaceAll(s, " - ", "|"), func(r rune) bool {
			return r == blockSep || r == inlineSep || r == '|' || r == '·' || r == '•' || r == '–' || r == '—'
		}) {
			p = strings.TrimSpace(p)
			if utf8.RuneCountInString(p) > 60 || shape(strings.TrimRight(p, ",")) != formPerson && !strings.Contains(p, ",") && !strings.Contains(p, "&") {
				continue
			}
			names := x.names(p, false)
			ok := len(names) > 0
			for _, a := range names {
				words := len(strings.Fields(a.Name))
				ok = ok && (a.form == formPerson && words >= 2 && words <= 4 && !x.isOwn(a.Name) || a.form == formOrg && credit.IsAgency(a.Name))
			}
			if ok {
				score := 0.8
				if dated {
					score = 1.0
				}
				if givenName(names[0].Name) {
					score += 0.6
				}
				x.add(claim{names: names, from: "text:beside-date", score: score + 0.3 + min(0, x.place(b.Elem)), node: b.Node, pos: b.Elem, line: printed(p), family: "bare"})
				return
			}
		}
		return
	}
	// At the end: in italics, bold or to the right.
	if b.Words > 8 || b.Link > 0 && b.Link == len(b.Text) && b.Flags&block.InList != 0 {
		return
	}
	trimmed := strings.Trim(b.Text, " ()[]—–-/")
	styled := b.Bold*10 >= len(b.Text)*9
	right := toTheRight(b.Node)
	marked := trimmed != b.Text
	if !styled && !right && !marked {
		return
	}
	names := x.names(trimmed, false)
	if len(names) == 0 {
		return
	}
	score := 1.3
	if right {
		score += 0.8
	}
	for _, a := range names {
		if a.form != formPerson && !credit.IsAgency(a.Name) && a.form != formOrg {
			score -= 0.8
		}
	}
	if !givenName(names[0].Name) && names[0].form == formPerson {
		score -= 0.6
	}
	if b.Flags&block.InHeading != 0 {
		score -= 0.7
	}
	switch {
	case n < x.lastN-1:
		score -= 0.5
	case givenName(names[0].Name) && n <= x.lastN+1:
		score += 0.4 // the very last line
	}
	x.add(claim{names: names, from: "text:signature", score: score + min(0, x.place(b.Elem)+worthTail), node: b.Node, pos: b.Elem, line: trimmed, family: "tail"})
}

// toTheRight reports whether an element says that its text stands to the right.
func toTheRight(n *html.Node) bool {
	return block.Attr(n, "align") == "right" || strings.Contains(strings.ReplaceAll(block.Attr(n, "style"), " ", ""), "text-align:right")
}

// readEnding looks at brackets at the very end of a story: "… said. (Jane Doe)",
// "… sagte er. (dpa)".
func (x *bylines) readEnding(n int) {
	t := strings.TrimRight(x.Blocks[n].Text, " ")
	if !strings.HasSuffix(t, ")") {
		return
	}
	i := strings.LastIndexByte(t, '(')
	if i < 0 || len(t)-i > 120 || len(t)-i < 5 {
		return
	}
	names := x.names(t[i+1:len(t)-1], false)
	if len(names) == 0 {
		return
	}
	score := 1.2
	for _, a := range names {
		if a.form != formPerson && !signsBylines(a.Name) {
			return
		}
	}
	x.add(claim{names: names, from: "text:ending", score: score, node: x.Blocks[n].Node, pos: x.Blocks[n].Elem, line: t[i+1 : len(t)-1], family: "tail"})
}

// dateNear reports whether a short text holds what looks like a date: a year, or
// a day and a month.
func dateNear(s string) bool {
	if len(s) > 160 || !text.HasDigit(s) {
		return false
	}
	run := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			run++
			continue
		}
		if run == 4 && (s[i-4] == '1' && s[i-3] == '9' || s[i-4] == '2' && s[i-3] == '0') {
			return true
		}
		run = 0
	}
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		w = strings.Trim(w, ".,")
		if monthWords[w] && w != "may" && w != "mai" || w == "ago" || w == "uhr" {
			return true
		}
	}
	return false
}
