package parsers

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// kinds are what the model chooses among. Of equal ones the first wins, so that a page
// is an article unless something speaks against it.
var kinds = [...]article.Kind{article.KindArticle, article.KindLive, article.KindGallery, article.KindVideo, article.KindSection, article.KindHome, article.KindAuthor, article.KindOther}

// Their numbers.
const (
	anArticle = iota
	aLiveBlog
	aGallery
	aVideo
	aSection
	aHome
	anAuthor
	another
	numKinds
)

// A kindSet has a bit for each kind, by its number.
type kindSet uint16

func (s kindSet) has(kind int) bool { return s&(1<<kind) != 0 }

// setOf is the set of a kind if a condition holds; else it is empty.
func setOf(kind int, holds bool) kindSet {
	if holds {
		return 1 << kind
	}
	return 0
}

// Classes of the body element by which content systems say what a page is.
var (
	kindClasses = kindWords(map[int]string{
		anArticle: "single single-post postid single-format-standard page-node-type-article node-type-article node-type-story page-node-type-story page-node-type-news type-article article-page articlepage page-article template-article post-template",
		aGallery:  "single-format-gallery",
		aVideo:    "single-format-video",
		aSection: "archive search-results path-taxonomy page-taxonomy path-search page-search tax-category page-taxonomy-term page-type-section section-page sectionpage post-type-archive template-section" +
			" tag-template category date paged",
		aHome:    "home blog front page-front path-frontpage homepage frontpage home-template is-front",
		anAuthor: "author author-page page-user path-user author-template",
		another: "page-template-default page-template single-product woocommerce-page product-template-default single-tribe_events single-event forum topic bbpress" +
			" page-node-type-page node-type-page page-node-type-product path-contact path-forum privacy-policy page-contact contact-page error404",
	})
	missingClasses = text.Set("error404 error-404 page-404 not-found page-not-found")
)

// Types of schema.org by which JSON-LD says what a page is. Those of stories are in
// package doc.
var kindTypes = kindWords(map[int]string{
	aLiveBlog: "LiveBlogPosting",
	aSection:  "CollectionPage SearchResultsPage ItemList Blog",
	anAuthor:  "ProfilePage",
	another: `AboutPage ContactPage FAQPage QAPage DiscussionForumPosting CheckoutPage ItemPage Product Offer Event Festival MusicEvent TheaterEvent SportsEvent JobPosting Course Hotel LodgingBusiness
		VacationRental Apartment House LocalBusiness Restaurant Store Dataset SoftwareApplication MobileApplication Book Movie TVSeries MusicAlbum PodcastSeries RadioSeries Person`,
})

// Values of og:type by which pages say what they are.
var kindOG = kindWords(map[int]string{
	anArticle: "article news newsarticle",
	aVideo:    "video video.other video.movie video.episode video.tv_show",
	aSection:  "website object",
	aHome:     "website",
	anAuthor:  "profile author",
	another:   "website object product og:product product.item product.group event place business.business book books.book music.album music.song company restaurant hotel",
})

// kindWords is a table of words by the kinds that they name.
func kindWords(of map[int]string) map[string]kindSet {
	all := map[string]kindSet{}
	for kind, words := range of {
		for w := range strings.FieldsSeq(words) {
			all[w] |= 1 << kind
		}
	}
	return all
}

// bodyClasses calls yield with the classes of the body element, in lower case; of
// very many with the first.
func (k *kindReader) bodyClasses(yield func(class string)) {
	if k.page.Body == nil {
		return
	}
	n := 0
	for c := range strings.FieldsSeq(block.Attr(k.page.Body, "class")) {
		if n++; n > 200 {
			return
		}
		yield(strings.ToLower(c))
	}
}

// missing reports whether the body element has a class of pages that do not exist.
func (k *kindReader) missing() (found bool) {
	k.bodyClasses(func(c string) { found = found || missingClasses[c] })
	return found
}

// classKinds are the kinds that the classes of the body element name. A page of
// WordPress is one that its makers wrote beside their posts.
func (k *kindReader) classKinds() (s kindSet) {
	k.bodyClasses(func(c string) { s |= kindClasses[c] | setOf(another, strings.HasPrefix(c, "page-id-")) })
	if s.has(anArticle) { // its other classes are those of its category
		s &^= 1<<aSection | 1<<aHome | 1<<anAuthor
	}
	return s
}

// declaredKinds are the kinds that JSON-LD names.
func (k *kindReader) declaredKinds() (s kindSet) {
	const most = 200
	for _, o := range k.page.LD[:min(len(k.page.LD), most)] {
		for _, t := range o.Types() {
			s |= kindTypes[t[strings.LastIndexAny(t, "/#:")+1:]]
		}
	}
	if k.ld != nil {
		gallery, video := k.ld.Is("ImageGallery", "MediaGallery"), k.ld.Is("VideoObject")
		s |= setOf(aGallery, gallery) | setOf(aVideo, video) | setOf(anArticle, !gallery && !video && !s.has(aLiveBlog))
	}
	return s
}

// Titles by which pages say what they are. Those of authors and sections are read in
// the title element, where content systems write them.
var (
	authorTitle  = text.MustCompile(`(?i)\b(?:author at|author archives?|posts by|articles by|stories by|written by|all (?:articles|stories) (?:by|from)|artikel von|beiträge von|autor bei|articles de|auteur (?:à|chez|sur)|artículos de|autor en|articoli di|autore presso|artigos de|artikelen van|artikler af)\b`)
	sectionTitle = text.MustCompile(`(?i)^(?:category|tag|archives?|search results?|you searched for|results for|kategorie|schlagwort|suchergebnisse|catégorie|étiquette|archives?|résultats|categoría|etiqueta|resultados|categoria|risultati|categorie|zoekresultaten)\b|\barchives?\b\s*(?:$|[-–|•])|\b(?:page|seite|página|pagina) \d+\b|\bsearch results\b`)
	otherTitle   = text.MustCompile(`(?i)^\W*(?:about(?: us| me)?|contacts?(?: us)?|privacy(?: policy| notice| statement)?|terms(?: (?:of|and) .{0,30})?|cookie policy|disclaimer|imprint|legal notice|subscriptions?|subscribe|newsletters?|careers?|jobs|faqs?|frequently asked questions|help|advertis(?:e|ing)(?: with us)?|media kit|sitemap|impressum|kontakt|datenschutz(?:erklärung|hinweise)?|agb|über uns|wir über uns|mediadaten|hilfe|mentions légales|qui sommes[- ]nous.{0,3}|à propos|nous contacter|politique de confidentialité|aviso legal|quiénes somos|contacto|política de privacidad|chi siamo|contatti|informativa .{0,30}|over ons|privacyverklaring)\b.{0,3}(?:$|[-–|•:])|\b(?:privacy policy|terms (?:of (?:use|service)|and conditions)|datenschutzerklärung)\b`)
)

// titleKinds are the kinds that the title names.
func (k *kindReader) titleKinds() kindSet {
	title, line := k.a.Title, k.page.Title
	line = strings.ToValidUTF8(line[:min(len(line), 200)], "")
	return setOf(aLiveBlog, liveTitle.MatchString(title)) | setOf(anAuthor, authorTitle.MatchString(line)) | setOf(aSection, sectionTitle.MatchString(line)) |
		setOf(another, len(title) < 100 && otherTitle.MatchString(title)) | setOf(aHome, k.page.IsSite(title))
}

// addressKinds are the kinds that the address names.
func (k *kindReader) addressKinds() kindSet {
	a := &k.address
	return setOf(aLiveBlog, a.live) | setOf(aGallery, a.gallery) | setOf(aVideo, a.video) |
		setOf(aSection, a.section || a.search || a.paged) | setOf(aHome, a.root) | setOf(anAuthor, a.author) | setOf(another, a.service)
}

// anyStory are the kinds of pages that have a story.
const anyStory kindSet = 1<<anArticle | 1<<aLiveBlog | 1<<aGallery | 1<<aVideo

// storyAddress reports whether the address is one of a story that names no kind of it.
func (a *address) storyAddress() bool {
	return (a.dated || a.slug && a.section) && !a.live && !a.gallery && !a.video
}
