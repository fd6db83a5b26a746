package classname

import "strings"

// A Mask is a set of groups of words.
type Mask uint64

// The groups, by what an element is whose name has one of their words.
const (
	Byline Mask = 1 << iota
	Author
	PersonName
	Portrait
	Biography
	Role    // people who did not write the story
	Caption // of a picture
	Credit  // of a picture
	Source  // an agency or a publication
	Media   // a picture, or a box for one
	Gallery
	Headline   // of a story
	Headlines  // of several stories
	Logo       // the site's
	SiteName   // the site's name and the box for it
	TitlePart  // small things within a headline
	Kicker     // the line above a headline
	Section    // the site's section that a story is in
	Category   // what content systems call a section
	Topic      // a section or a tag
	Label      // a tag, or any small line
	Standfirst // the line below a headline
	Lead       // a standfirst, or a summary for other purposes
	Tag        // a tag, or an element of HTML
	Tags       // a row of tags
	Breadcrumb
	Date
	DateWord // a date, by words too special to be a part of others
	Metadata
	Rating
	ReadingTime
	Player
	Contents // a table of contents
	Share
	Follow
	Related // other stories
	Latest  // other stories in the order of time
	Teaser
	Card
	Newsletter
	Comments
	Ad
	Promotion
	Legal
	Consent
	Navigation
	Sidebar
	numGroups = iota
)

// table has the words of each group in lower case, in the languages of the themes
// that use them. A word of two parts has a hyphen where they are usually apart.
var table = []struct {
	group Mask
	words string
}{
	{Byline, "byline bylines authorline signature firma attribution"},
	{Author, `author authors autor autorin autoren autores auteur auteurs autore autori writer writers reporter reporters contributor contributors
		journalist journalists journaliste verfasser redakteur redacteur redactor redaktor skribent forfatter forfattare schrijver penulis yazar
		kirjoittaja giornalista periodista escritor tekijä creator vcard authorname authorbox authorinfo authored columnist
		postauthor articleauthor storyauthor entryauthor`},
	{PersonName, "name names fullname displayname authorname fn username"},
	{Portrait, "avatar"},
	{Biography, "bio biography"},
	{Role, "reviewer editor publisher translator illustrator"},

	{Caption, `caption captions figcaption cutline bildunterschrift bildtext bildetekst billedtekst billedtext bijschrift onderschrift didascalia
		piefoto pie-foto pie_foto pie-de-foto leyenda legenda legende kuvateksti popisek képaláírás kepalairas подпись`},
	{Credit, `credit credits copyright photographer fotograf bildautor bildnachweis bildquelle bildrechte photoby photo-by photo-author image-author
		img-author foto-autor rightsholder`},
	{Source, "source quelle fonte fuente kilde agency"},
	{Media, "img image photo foto picture media bild figure"},
	{Gallery, "gallery"},

	{Headline, "headline title entrytitle posttitle articletitle pagetitle titel titre titulo titolo tytul otsikko rubrik nadpis cim"},
	{Headlines, "headlines"},
	{Logo, "logo"},
	{SiteName, "brand branding masthead sitename sitetitle"},
	{TitlePart, "sub flag descriptor badge"},
	{Kicker, `kicker overline roofline topline eyebrow supertitle pretitle pretitel suptitle overtitle supheadline dachzeile spitzmarke oberzeile obertitel
		surtitre occhiello antetitulo antetítulo volanta cintillo vignette`},
	{Section, "section seccion sección sezione ressort rubrik rubric rubrique rubryka channel osio emne subject"},
	{Category, "category categories cat categoria kategori kategoria kategorie"},
	{Topic, "topic topics"},
	{Label, "label labels"},
	{Standfirst, `standfirst subtitle subtitles subhead subheadline subheading subline subdeck dek deck lede leadtext leadparagraph teasertext
		chapo chapeau soustitre entradilla bajada copete volada sumario subtitulo subtítulo resumen resumo lidtext anons perex podtitul podtytul zajawka
		podnadpis sottotitolo sommario catenaccio ingress preamble manchet underrubrik undertitel undertitle undertittel brodlead vorspann anreisser untertitel
		unterzeile einleitung subtitel intro inleiding ingressi alaotsikko ozet sapo articlesubtitle articlelead articleintro articlesummary articledek
		postsubtitle entrysubtitle entrysummary excerpt blurb strapline`},
	{Lead, "lead introduction summary description desc abstract shortdescription highlight synopsis spot"},
	{Tag, "tag tagged"},
	{Tags, `tags taglist articletags posttags entrytags keywords themen schlagworte schlagwörter stichworte etiquetas temas etiquettes motscles
		argomenti emner ämnen aiheet tagi tegi etiketler`},
	{Breadcrumb, `breadcrumb breadcrumbs breadcrumbnav crumb crumbs brotkrumen brotkrume ariane filariane migas migaspan kruimelpad navtrail trail`},

	{Date, "date time published updated"},
	{DateWord, "datetime timestamp dateline datum fecha tarih dato"},
	{Metadata, "meta"},
	{Rating, "rating reviewed"},
	{ReadingTime, "readtime reading"},
	{Player, "listen audio player"},
	{Contents, "toc"},

	{Share, "share social"},
	{Follow, "follow"},
	{Related, "related recommended recommendations recirc popular trending mostread mostviewed readmore alsoread seealso"},
	{Latest, "latest more"},
	{Teaser, "teaser teasers"},
	{Card, "card cards carousel slider"},
	{Newsletter, "newsletter"},
	{Comments, "comment comments commenter"},
	{Ad, "ad ads advert advertisement sponsor affiliate"},
	{Promotion, "promo promos cta"},
	{Legal, "disclaimer disclosure legal"},
	{Consent, "cookie cookies consent"},
	{Navigation, "nav navigation menu header footer"},
	{Sidebar, "sidebar"},
}

// Words lists the words of some groups as the table writes them, in its order, for
// fields that look for them within words or elsewhere than in class names.
func Words(groups Mask) []string {
	var words []string
	for _, row := range table {
		if row.group&groups != 0 {
			words = append(words, strings.Fields(row.words)...)
		}
	}
	return words
}
