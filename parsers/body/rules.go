package body

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// aboutPage matches lines that tell readers where the story goes on below an
// advertisement, or that a machine reads it aloud.
var aboutPage = text.MustCompileOpening(`(?i)` +
	`(?:the )?(?:story|article|text|content|post|report) (?:continues|continued|resumes) (?:below|after|beneath|under)\b|scroll (?:down )?to continue|(?:continue|keep) (?:reading|scrolling) (?:below|after)|` +
	`(?:this )?(?:audio|voice|narration) (?:is|was) (?:auto|automatically|ai|machine)[- ]?generated|this (?:article|story|page) (?:was|is) (?:read|voiced) by (?:an? )?(?:ai|automated|computer)|` +
	`(?:der |dieser )?(?:artikel|text|beitrag|bericht) (?:geht|wird) (?:unter|nach|hinter)\b.{0,40}(?:weiter|fortgesetzt)|(?:weiterlesen|weiter geht.s) (?:nach|unter) der (?:werbung|anzeige)|` +
	`(?:la suite|l.article continue|suite de l.article) (?:après|apres|ci-dessous|sous)\b|(?:el artículo|la noticia|la nota|el texto) (?:continúa|sigue) (?:después|debajo|abajo|tras)|` +
	`(?:l.articolo|il testo|la notizia) (?:continua|prosegue) (?:dopo|sotto)|continua (?:a leggere )?(?:dopo|após|depois d)|(?:o artigo|a notícia|o texto|a matéria) continua (?:após|depois|abaixo)|` +
	`(?:het )?(?:artikel|tekst|verhaal) (?:gaat|loopt) (?:verder|door) (?:onder|na)\b|lees verder onder (?:de|deze) (?:advertentie|foto|video)|` +
	`(?:dalsza część|dalszy ciąg|ciąg dalszy) (?:artykułu|tekstu)?\s*(?:pod|poniżej)|artikeln fortsätter (?:efter|under)|(?:artikkelen|saken) fortsetter (?:under|etter)|artiklen fortsætter (?:efter|under)|(?:juttu|artikkeli) jatkuu mainoksen|` +
	`haberin devamı (?:reklam|aşağıda)|продолжение (?:после|под) реклам|(?:記事は|続きは).{0,6}(?:広告の|下に)|広告の(?:後|あと|下)に続|기사는? 광고`)

// storyBefore reports whether prose of the story stands before a block.
func (s *Selection) storyBefore(b *block.Block) bool {
	return s.opening >= 0 && s.opening < b.N
}

// keepBetween keeps what stands between two kept blocks in their container, where
// nothing but its score speaks against it and that not much: code, short lines.
func (s *Selection) keepBetween() {
	blocks := s.page.Blocks
	for i := 1; i+1 < len(blocks); i++ {
		b := blocks[i]
		if s.Kept(b) || s.Why(b) != "" || b.Flags&(block.InHidden|block.InCaption) != 0 || !s.Kept(blocks[i-1]) || !s.Kept(blocks[i+1]) {
			continue
		}
		code := b.Flags&block.InPre != 0
		if (code || b.Probability >= betweenMin) && s.page.SameContainer(blocks[i-1], b) && s.page.SameContainer(b, blocks[i+1]) {
			s.keep(b, "within the story")
		}
	}
}

// betweenMin is how likely a block must be for keepBetween.
const betweenMin = 0.2

// dropRepetitions drops copies of text, as for small screens and in pull quotes: what
// was there before in another sort of place. What a story says again in the same
// place, or more than once again, as a song its refrain, stays.
func (s *Selection) dropRepetitions() {
	type place struct {
		path   uint64
		aside  bool
		parent int32
	}
	const aside = block.InHidden | block.InAside | block.InQuote | block.InCaption | block.InFigure
	seen := map[string]place{}
	twins := map[[2]int32]int{} // words that one element has of another of the same path
	type twin struct {
		pair [2]int32
		text string
	}
	counted := map[twin]bool{}
	times := map[string]int{}
	for _, b := range s.page.Blocks {
		if s.Kept(b) && b.Words >= 8 {
			times[b.Text]++
		}
	}
	total := 0
	var again []*block.Block
	for _, b := range s.page.Blocks {
		if !s.Kept(b) {
			continue
		}
		total += b.Words
		if b.Words < 8 {
			continue
		}
		here := place{s.page.PathOf(b), b.Flags&aside != 0 || s.page.Elems[b.Elem].PathHints&block.Chrome != 0, s.page.Elems[b.Elem].Parent}
		before, known := seen[b.Text]
		switch {
		case !known:
			seen[b.Text] = here
		case before.parent == here.parent && !here.aside:
		case here.aside != before.aside, before.path != here.path && times[b.Text] == 2:
			s.drop(b, "repeated text")
		case before.parent != here.parent:
			pair := [2]int32{before.parent, here.parent}
			if once := (twin{pair, b.Text}); !counted[once] { // what comes a third time is no copy of the whole
				counted[once] = true
				twins[pair] += b.Words
			}
			again = append(again, b)
		}
	}
	for _, b := range again { // the whole story twice, or for three widths of screen
		before := seen[b.Text]
		if twins[[2]int32{before.parent, s.page.Elems[b.Elem].Parent}]*10 >= total*3 {
			s.drop(b, "repeated text")
		}
	}
}

// dropEmptySections drops headings that nothing of the story follows: no text, and no
// picture, player, formula or frame beside the heading.
func (s *Selection) dropEmptySections() {
	var after *block.Block
	for _, b := range slices.Backward(s.page.Blocks) {
		if !s.Kept(b) {
			continue
		}
		if b.Flags&block.InHeading != 0 && (after == nil || after.Flags&block.InHeading != 0 && level(after) <= level(b)) && !s.showsBelow(b) {
			s.drop(b, "empty section")
			continue
		}
		after = b
	}
}

// showsBelow reports whether a heading stands above something to look at, in its own
// container, before any other text.
func (s *Selection) showsBelow(b *block.Block) bool {
	if s.page.Elems[b.Elem].Flags&(block.InNav|block.InFooter|block.InAside|block.InHidden) != 0 || mostlyLinks(b) {
		return false
	}
	const most = 6 // nodes beside it
	n := b.Node
	for n.Parent != nil && n.DataAtom != atom.Body && n.NextSibling == nil && onlyChild(n) {
		n = n.Parent
	}
	for k := 0; n.NextSibling != nil && k < most; k++ {
		n = n.NextSibling
		shown, words := lookAt(n)
		if shown {
			return true
		}
		if words {
			return false
		}
	}
	return false
}

// onlyChild reports whether an element is the only one of its parent.
func onlyChild(n *html.Node) bool {
	for c := n.Parent.FirstChild; c != nil; c = c.NextSibling {
		if c != n && c.Type == html.ElementNode {
			return false
		}
	}
	return true
}

// lookAt reports whether a node is or holds something to look at that is no link to
// elsewhere, and whether text or a link comes before that.
func lookAt(n *html.Node) (shown, words bool) {
	for c, k := n, 0; c != nil && k < 60; c, k = block.Following(n, c), k+1 {
		switch c.DataAtom {
		case atom.Img, atom.Video, atom.Audio, atom.Iframe, atom.Picture, atom.Object, atom.Embed, atom.Canvas, atom.Svg, atom.Math:
			return true, false
		case atom.A:
			if u := block.Attr(c, "href"); !isPicture(u) {
				return false, true
			}
		}
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style && c.Parent.DataAtom != atom.Noscript {
			return false, true
		}
	}
	return false, false
}

// isPicture reports whether an address is that of a picture file.
func isPicture(address string) bool {
	address, _, _ = strings.Cut(strings.ToLower(address), "?")
	return slices.ContainsFunc([]string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"}, func(end string) bool { return strings.HasSuffix(address, end) })
}

// dropNextStory ends the story where another one begins, as on pages that load the
// next when readers come to the end: a second headline like the page's own, with a
// byline and a date below it.
func (s *Selection) dropNextStory(title string) {
	head := s.page.TitleBlock(title)
	if head == nil || head.Flags&block.InHeading == 0 {
		return
	}
	const least = 60 // words of the story before
	words := 0
	for i, b := range s.page.Blocks[min(len(s.page.Blocks), head.N+1):] {
		n := head.N + 1 + i
		if words >= least && b.Node.DataAtom == head.Node.DataAtom && b.Flags&block.InHeading != 0 && b.Words >= 2 && !text.EqualFold(b.Text, title) && s.beginsStory(n) {
			s.page.NextStory = b.Elem
			for _, o := range s.page.Blocks[n:] {
				if s.Kept(o) {
					s.drop(o, "the next story")
				}
			}
			return
		}
		if s.Kept(b) {
			words += b.Words
		}
	}
}

// beginsStory reports whether a byline and a date stand below a heading, before any
// prose.
func (s *Selection) beginsStory(heading int) bool {
	const far = 8
	signed, dated := false, false
	blocks := s.page.Blocks
	for _, b := range blocks[heading+1 : min(len(blocks), heading+1+far)] {
		if b.Words <= 14 && byline.IsLine(b.Text) {
			if text.HasDigit(b.Text) {
				dated = true
			} else {
				signed = true
			}
		}
		hints := s.page.Elems[b.Elem].Hints
		signed = signed || hints&block.HintAuthor != 0 && b.Words <= 14
		if signed && (dated || b.Node.DataAtom == atom.Time) {
			return true
		}
		if block.IsProse(b) && b.Words >= 25 {
			break
		}
	}
	return false
}

// dropGalleries drops slides of other stories within this one: three or more headings
// with a number of so many, "3/20", in a container that has paragraphs of the story
// before it and after it. A story that is itself told in slides ends with them.
func (s *Selection) dropGalleries() {
	var counters []*block.Block
	for _, b := range s.page.Blocks {
		if b.Words <= 30 && b.Flags&(block.InTable|block.InPre|block.InHidden) == 0 && isCounter(b.Text) {
			counters = append(counters, b)
		}
	}
	if len(counters) < 3 {
		return
	}
	top := s.page.Common(counters[0], counters[len(counters)-1])
	if top == 0 {
		return
	}
	var slides []*block.Block
	before, after := 0, 0 // paragraphs of the story
	for _, b := range s.page.Blocks {
		switch {
		case !s.Kept(b):
		case !s.page.Below(b, top):
			if block.IsProse(b) && b.N < counters[0].N {
				before++
			} else if block.IsProse(b) {
				after++
			}
		case b.N >= counters[0].N:
			slides = append(slides, b)
		}
	}
	if before < 2 || after < 2 {
		return
	}
	for i := counters[0].N - 1; i >= 0 && s.page.Below(s.page.Blocks[i], top); i-- { // the gallery's own heading
		if b := s.page.Blocks[i]; s.Kept(b) {
			if b.Flags&block.InHeading == 0 && b.Words > 12 {
				return // the container is the story's
			}
			slides = append(slides, b)
		}
	}
	for _, b := range slides {
		s.drop(b, "gallery of other stories")
	}
}

// isCounter reports whether a text begins with a number of so many: "3/20", "3 of
// 20".
func isCounter(t string) bool {
	first := digits(t)
	rest := strings.TrimLeft(t[first:], " ")
	if first == 0 || first > 3 {
		return false
	}
	switch {
	case strings.HasPrefix(rest, "/"):
		rest = rest[1:]
	case strings.HasPrefix(rest, "of "), strings.HasPrefix(rest, "de "):
		rest = rest[3:]
	case strings.HasPrefix(rest, "von "), strings.HasPrefix(rest, "sur "):
		rest = rest[4:]
	default:
		return false
	}
	rest = strings.TrimLeft(rest, " ")
	second := digits(rest)
	// A third number makes a date of it.
	return second > 0 && second <= 3 && len(t[:first]) <= second && !strings.HasPrefix(rest[second:], "/") && !strings.HasPrefix(rest[second:], ".")
}

func digits(t string) int {
	n := 0
	for n < len(t) && t[n] >= '0' && t[n] <= '9' {
		n++
	}
	return n
}

// dropLabels drops the labels of a drawing that is laid out in HTML: six or more
// lines of up to three words in a row, among them three numbers, in a container of
// their own.
func (s *Selection) dropLabels() {
	blocks := s.page.Blocks
	for from := 0; from < len(blocks); {
		to, numbers := from, 0
		for to < len(blocks) && isLabel(blocks[to]) && (to == from || s.page.PathOf(blocks[to]) == s.page.PathOf(blocks[from])) {
			if isNumber(blocks[to].Text) {
				numbers++
			}
			to++
		}
		if to-from >= 6 && numbers >= 3 {
			for _, b := range blocks[from:to] {
				if s.Kept(b) {
					s.drop(b, "labels of a drawing")
				}
			}
		}
		from = max(to, from+1)
	}
}

// isLabel reports whether a block is as short as labels are.
func isLabel(b *block.Block) bool {
	const other = block.InTable | block.InList | block.InPre | block.InHeading | block.InQuote
	return b.Words <= 3 && len(b.Text) <= 40 && b.Flags&other == 0 && !isSentence(b.Text)
}

// isNumber reports whether a text is a number with its sign or unit.
func isNumber(t string) bool {
	digit, letters := false, 0
	for _, r := range t {
		digit = digit || unicode.IsDigit(r)
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return digit && letters <= 2 && utf8.RuneCountInString(t) <= 12
}

// dropConsent drops a notice about cookies that stands apart from the story, if
// the page has some text besides: it may be longer than a short story.
func (s *Selection) dropConsent(title string) {
	head := s.page.TitleBlock(title)
	if head == nil || namesCookies(title) {
		return
	}
	var notices []*block.Block
	for _, b := range s.page.Blocks {
		if len(notices) < 8 && b.Words <= 150 && b.Words >= 4 && namesCookies(b.Text) {
			notices = append(notices, b)
		}
	}
	for _, notice := range notices {
		top := s.page.Beside(notice, head)
		if top == 0 || s.page.Below(head, top) {
			continue
		}
		var all []*block.Block
		words, about := 0, 0
		for _, b := range s.page.Blocks {
			if s.page.Below(b, top) {
				all = append(all, b)
				words += b.Words
				if namesCookies(b.Text) {
					about += b.Words
				}
			}
		}
		if words > 400 || about*2 < words {
			continue
		}
		for _, b := range all {
			if s.Kept(b) {
				s.drop(b, "notice about cookies")
			}
		}
	}
}

// cookieNames are what a browser's cookies are called, in lower case; cookieCores are
// parts of them in either case that spare most texts being folded.
var (
	cookieNames = text.FoldedLiterals("cookie|クッキー|쿠키|файлы куки|ملفات تعريف الارتباط|çerez")
	cookieCores = text.FoldedLiterals("coo|クッキー|쿠키| ку| Ку| кУ| КУ|ملفات تعريف|erez")
)

// namesCookies reports whether a text speaks of a browser's cookies.
func namesCookies(t string) bool { return cookieCores.FoundIn(t) && cookieNames.FoundIn(lower(t)) }
