package parsers

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Words of paths, by the kind of page that they lead to.
var (
	liveWords    = text.Set("live liveblog liveticker live-blog live-ticker live-updates liveupdates newsticker newsblog direct endirect en-direct envivo en-vivo diretta aovivo ao-vivo canli")
	galleryWords = text.Set("gallery galleries photo photos pictures picture-gallery photo-gallery photogallery image-gallery in-pictures slideshow slideshows fotostrecke fotostrecken bildergalerie bildergalerien bilder fotos fotogaleria galeria galerias galerie galeries diaporama fotogallery foto fotogalerie photostory")
	videoWords   = text.Set("video videos watch tv clip clips vidéo vídeo mediathek")
	authorWords  = text.Set(`author authors autor autoren autoren-profil autores autore autori auteur auteurs profile profiles people staff by byline journalist journalists journalistes contributor contributors columnist columnists
		writer writers reporter reporters team redakteur redaktion-autor penulis yazar yazarlar skribent`)
	sectionWords = text.Set(`section sections category categories cat topic topics tag tags thema themen rubrik rubriken ressort archive archives archiv search suche recherche buscar busca busqueda ricerca zoeken cerca label labels keyword keywords
		hashtag hashtags etiqueta etiquetas etichetta mot-cle mots-cles categoria categorias categorie kategorie kategoria kategorier rubrique rubriques sezione sezioni seccion seccao temas tema tematy dossier dossiers collections listing browse latest latest-news ultimas-noticias neueste`)
	// Of pages about a site, whose last part says so.
	serviceWords = text.Set(`about about-us aboutus ueber-uns uber-uns wir-ueber-uns who-we-are a-propos qui-sommes-nous quienes-somos chi-siamo over-ons contact contacts contact-us kontakt contacto contatti impressum imprint privacy privacy-policy
		datenschutz datenschutzerklaerung datenschutzerklärung mentions-legales aviso-legal politique-de-confidentialite politica-de-privacidad terms terms-of-use terms-of-service terms-and-conditions agb disclaimer cookies cookie-policy login signin register account my-account
		subscribe subscription subscriptions abo abonnement newsletter newsletters cart warenkorb checkout jobs job careers stellenangebote faq faqs help hilfe support advertise advertising mediadaten media-kit sitemap termine events veranstaltungen kalender calendar agenda downloads services leistungen angebote`)
	// Of shops and forums, whose folders say so.
	shopWords = text.Set(`shop store product products produkt produkte produits productos prodotti item items forum forums foren board boards thread threads viewtopic.php showthread.php discussion comments community questions wiki ferienhaus hotel hotels`)
	// Before "items", which shops have too.
	newsFolders = text.Set("news aktuelles nachrichten meldungen presse blog artikel articles actualites noticias")
	frontNames  = text.Set("index.html index.htm index.php index.asp index.aspx default.aspx default.asp home home.html startseite accueil inicio")
)

var (
	datePath = regexp.MustCompile(`/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]|$)|/(?:19|20)\d{6}(?:/|$)`)
	idPath   = regexp.MustCompile(`\d{5,}`)
	// replayed is how the path of an archived copy begins, before the address of what it
	// is a copy of.
	replayed = regexp.MustCompile(`^(?:[a-z0-9_-]+/)?\d{14}(?:[a-z]{2}_)?/https?:/{1,2}`)
	pagePath = regexp.MustCompile(`(?i)/(?:page|seite|pagina|p)[/-]\d{1,4}/?$`)
	// storyFile and pageFile are files by number, of stories and of further pages of a list.
	storyFile = regexp.MustCompile(`^[a-z_]+-?\d{2,}\.s?html?$`)
	pageFile  = regexp.MustCompile(`^(?:page|seite|pagina|p|index|archives?|archiv|list|liste|category|cat|tag|topic)[-_]?\d`)
	liveSlug  = regexp.MustCompile(`(?:^|-)(?:liveblog|liveticker|live-(?:updates?|blog|ticker|coverage|news)|newsblog|newsticker|en-direct|en-vivo|minuto-a-minuto|ao-vivo|as-it-happened)(?:-|\.|$)|^live-|-live(?:-|\.|$)`)
)

// An address is what a URL says of the kind of its page.
type address struct {
	root, author, section, search, paged bool // fronts
	short                                bool // a word or two, as sections have
	slug, dated                          bool // a title, a date or number, as stories have
	live, gallery, video                 bool
	service                              bool // a part of a site beside its stories: about it, a shop, a forum
	depth                                int  // how many parts its path has
}

// searchParams are query parameters that hold what was searched for.
var searchParams = []string{"s", "q", "query", "search", "keyword", "keywords", "suche"}

// maxPath bounds how much of a path is read, in bytes.
const maxPath = 500

// readAddress reads a URL; of nil, or one without a host, it says nothing.
func readAddress(u *url.URL) (a address) {
	if u == nil || u.Host == "" {
		return a
	}
	path := strings.ToLower(strings.Trim(u.Path, "/"))
	if at := replayed.FindStringIndex(path); at != nil {
		_, path, _ = strings.Cut(path[at[1]:], "/") // without the host
	}
	query := u.Query()
	a.search = slices.ContainsFunc(searchParams, func(k string) bool { return query.Get(k) != "" })
	path = path[:min(len(path), maxPath)]
	if isFront(path) {
		a.root = u.RawQuery == ""
		return a
	}
	a.paged = pagePath.MatchString(u.Path)
	segments := strings.Split(path, "/")
	a.depth = len(segments)
	a.readSegments(segments)
	a.search = a.search && (len(segments) <= 1 || a.section)
	last := segments[len(segments)-1]
	a.slug = hyphens(last) >= 3 || strings.Count(last, "_") >= 3 || idPath.MatchString(last)
	a.dated = datePath.MatchString("/" + path)
	a.short = len(segments) <= 2 && len(last) <= 25 && hyphens(last) <= 2 && !strings.ContainsAny(last, "0123456789.") && !a.dated
	return a
}

// isFront reports whether a path is that of a front page: none, a name of one, or
// a language.
func isFront(path string) bool {
	if len(path) > 3 && path[2] == '/' {
		path = path[3:] // of a language
		return frontNames[path]
	}
	return path == "" || frontNames[path] || len(path) == 2 || len(path) == 5 && path[2] == '-'
}

// readSegments compares the segments of a path with the words of kinds.
func (a *address) readSegments(segments []string) {
	last := segments[len(segments)-1]
	titled := 4 // hyphens of a title; of a file's, as stories of an archive are, fewer
	switch {
	case storyFile.MatchString(last) && !pageFile.MatchString(last):
		titled = 0
	case strings.HasSuffix(last, ".html"):
		titled = 2
	}
	for i, s := range segments {
		rest := len(segments) - 1 - i // segments after it, without "page/2"
		if a.paged {
			rest = max(0, rest-2)
		}
		a.author = a.author || authorWords[s] && rest == 1 && i <= 2 && !strings.HasSuffix(last, ".html")
		a.section = a.section || sectionWords[s] && rest <= 2 && i <= 2 && hyphens(last) < titled
		a.live = a.live || liveWords[s] || rest == 0 && liveSlug.MatchString(s)
		a.gallery = a.gallery || galleryWords[s]
		a.video = a.video || videoWords[s]
		if s == "items" && i > 0 && newsFolders[segments[i-1]] {
			continue // of a list that the segment before names: "news/items/the-ferry.html"
		}
		a.service = a.service || rest == 0 && serviceWords[strings.TrimSuffix(strings.TrimSuffix(s, ".html"), ".php")] || shopWords[s] && (rest == 0 || i <= 2)
	}
}

func hyphens(s string) int { return strings.Count(s, "-") }
