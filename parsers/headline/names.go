package headline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Words of class names and ids, in the languages of the themes that use them.
var (
	// titleNames name a story's headline, logoNames the site's.
	titleNames = text.Set("headline title entrytitle posttitle articletitle pagetitle titel titre titulo titolo tytul otsikko rubrik nadpis cim")
	logoNames  = text.Set("logo brand branding masthead sitename sitetitle")

	// sideLineNames name lines that themes print within a headline, above or below it.
	sideLineNames = text.Set(`kicker overline roofline topline eyebrow supertitle pretitle pretitel suptitle dachzeile spitzmarke oberzeile obertitel
		surtitre occhiello antetitulo antetítulo volanta cintillo label date topic topics category rubric flag descriptor overtitle supheadline vignette
		subtitle subtitel subline subheadline subheading subhead sub unterzeile untertitel soustitre sottotitolo subtitulo bajada undertitle dek standfirst badge`)

	standfirstNames = text.Set(`standfirst subtitle subtitles subhead subheadline subheading subline subdeck dek deck lede leadtext leadparagraph teasertext
		chapo chapeau soustitre entradilla bajada copete volada sumario subtitulo subtítulo resumen resumo lidtext anons perex podtitul podtytul zajawka podnadpis
		sottotitolo sommario catenaccio ingress preamble manchet underrubrik undertitel undertittel brodlead vorspann anreisser untertitel unterzeile einleitung
		subtitel intro inleiding ingressi alaotsikko ozet sapo articlesubtitle articlelead articleintro articlesummary articledek postsubtitle entrysubtitle
		entrysummary excerpt blurb strapline`)
	// leadNames name a standfirst, but other things as well: they count where the
	// page's description, or the place in the story's header, agrees.
	leadNames = text.Set("lead introduction summary description desc abstract teaser shortdescription highlight synopsis spot")
	// otherLineNames name other lines in the place of a standfirst.
	otherLineNames = text.Set(`byline author authors authorname meta date datetime time timestamp published updated credit credits caption figcaption share social tags breadcrumb breadcrumbs
		related newsletter comments comment ad ads advert sponsor disclaimer disclosure affiliate toc readtime reading kicker overline category label listen audio player rating bio
		cta reviewed sidebar promo media photo image gallery`)

	// crumbNames name paths, kickerNames lines above a headline that give its section.
	crumbNames  = text.Set("breadcrumb breadcrumbs breadcrumbnav crumb crumbs brotkrumen brotkrume ariane filariane migas migaspan kruimelpad navtrail trail")
	kickerNames = text.Set(`kicker overline roofline topline eyebrow supertitle pretitle dachzeile spitzmarke oberzeile ressort rubrik rubric rubrique section category categories cat channel
		topic topics surtitre occhiello sezione categoria seccion sección vignette kategori kategoria kategorie emne osio rubryka subject`)

	// tagNames name rows of tags.
	tagNames = text.Set("tag tags taglist tagged articletags posttags entrytags keywords topics topic themen schlagworte schlagwörter stichworte etiquetas temas etiquettes motscles argomenti emner ämnen aiheet tagi tegi etiketler label labels")
)

// named reports whether an element's class or id has one of some words, or two
// parts side by side that make one: "sub-title" is "subtitle".
func named(n *html.Node, words map[string]bool) bool {
	if n == nil {
		return false
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "data-testid", "data-test-id", "data-qa":
			if namedIn(a.Val[:min(len(a.Val), 400)], words) {
				return true
			}
		}
	}
	return false
}

// namedAbove is named for an element and the next ones above it, levels in all,
// within what sets a story apart.
func namedAbove(n *html.Node, words map[string]bool, levels int) bool {
	for ; levels > 0 && n != nil; levels-- {
		switch n.DataAtom {
		case atom.Article, atom.Main, atom.Body, atom.Header:
			return false
		}
		if named(n, words) {
			return true
		}
		n = n.Parent
	}
	return false
}

// namedIn reports whether names, as a class attribute lists them, have one of
// some words.
func namedIn(names string, words map[string]bool) bool {
	var s nameScanner
	for i := range len(names) {
		c := names[i]
		upper := c >= 'A' && c <= 'Z'
		letter := upper || isLower(c) || c >= 0x80
		camel := upper && i > 0 && isLower(names[i-1])
		if !letter || camel {
			if s.endPart(words) {
				return true
			}
			if !letter && c != '-' && c != '_' {
				s.reset()
			}
		}
		if letter {
			s.add(c, upper)
		}
	}
	return s.endPart(words)
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// A nameScanner holds the last two parts of a name, in lower case: "sub" and "title"
// of "article__sub-title". It allocates nothing.
type nameScanner struct {
	buf           [48]byte
	before, start int // where the last part but one and the last part begin in buf
	end           int
}

// add puts a letter to the last part. Those of overlong parts are left out.
func (s *nameScanner) add(c byte, upper bool) {
	if s.end == len(s.buf)-1 {
		return
	}
	if upper {
		c |= 0x20
	}
	s.buf[s.end] = c
	s.end++
}

// endPart ends the last part. It reports whether the part is one of some words,
// alone or with the part before it.
func (s *nameScanner) endPart(words map[string]bool) bool {
	if s.end == s.start {
		return false
	}
	two := s.before < s.start
	if words[string(s.buf[s.start:s.end])] || two && words[string(s.buf[s.before:s.end])] {
		return true
	}
	if two { // only the last part may still make a word with the next
		s.end = copy(s.buf[:], s.buf[s.start:s.end])
	}
	s.before, s.start = 0, s.end
	return false
}

// reset begins another name.
func (s *nameScanner) reset() { s.before, s.start, s.end = 0, 0, 0 }
