package block

import (
	"strings"

	"golang.org/x/net/html"
)

// Hints are a set of bits: what an element's class and id suggest that it is. They
// are hints, not facts: sites name things as they like.
type Hints uint32

// The order of these bits belongs to the model.
const (
	HintShare Hints = 1 << iota
	HintRelated
	HintNewsletter
	HintAd
	HintComment
	HintConsent
	HintNav
	HintFooter
	HintSidebar
	HintMeta   // byline, date and tag rows
	HintAuthor // boxes about the author
	HintCaption
	HintCredit
	HintCaptionBox // a picture with its caption, as WordPress makes them
	HintBody       // the story itself
	HintStandfirst
	HintByline
	HintPromo
	HintPaywall
	HintWidget
	HintHidden
)

// Chrome are the hints of elements that are no part of a story: the page around it.
const Chrome = HintShare | HintRelated | HintNewsletter | HintAd | HintComment | HintConsent | HintNav | HintFooter | HintSidebar | HintPromo | HintWidget

// vocabulary gives by hash what words say: parts of a name between signs and capitals,
// and phrases: two parts in a row, and whole names, whose parts mean something else
// alone. Some whole names have traits, too: see apartTraits.
//
// The words do not come from the table of package classname, which the fields
// share: what they say is among the features that the model was trained with, so a
// word may change here only when the model is trained again.
var vocabulary = makeVocabulary()

// elementor is the name of a page builder, whose names say what its widgets can do
// and not what they hold.
var elementor = hashName("elementor")

func hashName(s string) uint32 {
	h := uint32(fnvStart)
	for i := range len(s) {
		h = fnv(h, s[i])
	}
	return h
}

func makeVocabulary() *wordTable {
	all := map[uint32]word{}
	lexicon := func(w *word, hint Hints) { w.part |= hint }
	phrases := func(w *word, hint Hints) { w.phrase |= hint }
	add := func(as func(*word, Hints), hint Hints, words string) {
		for name := range strings.FieldsSeq(words) {
			w := all[hashName(name)]
			as(&w, hint)
			all[hashName(name)] = w
		}
	}
	add(lexicon, HintShare, "share sharing shares social socials sharedaddy addthis addtoany heateor sharethis followus sharebar shariff socialshare")
	add(lexicon, HintRelated, "related recommended recommendations recirc readmore morefrom trending popular mostread taboola outbrain jp-relatedposts yarpp verwandt readnext alsoread teasers")
	add(lexicon, HintNewsletter, "newsletter newsletters subscribe subscription signup mailchimp mailing")
	add(lexicon, HintAd, "ad ads advert adverts advertisement advertising advertorial adslot adunit adsense adsbygoogle banner banners sponsor sponsored anzeige werbung publicidad pub dfp gpt")
	add(lexicon, HintComment, "comment comments disqus commentlist respond kommentare comentarios commentaires")
	add(lexicon, HintConsent, "cookie cookies consent gdpr onetrust didomi usercentrics cmp cookiebanner")
	add(lexicon, HintNav, "nav navbar navigation menu breadcrumb breadcrumbs pagination pager skip toolbar sitenav tabs toc")
	add(lexicon, HintFooter, "footer colophon copyright siteinfo")
	add(lexicon, HintSidebar, "sidebar rail rightcol leftcol")
	add(lexicon, HintMeta, "meta byline dateline timestamp postdate pubdate published tags taglist tagcloud categories readtime reading kicker entry-meta postmeta")
	add(lexicon, HintAuthor, "authorbox authorbio bio aboutauthor")
	add(lexicon, HintCaption, "caption captions cutline bildunterschrift legende figcaption imagecaption")
	add(lexicon, HintCredit, "credit credits copyright source photographer photocredit imagecredit fotograf bildquelle")
	add(lexicon, HintStandfirst, "standfirst subtitle subheadline subhead dek deck lede teaser-text chapo entradilla sottotitolo ingress vorspann articlelead")
	add(lexicon, HintByline, "byline bylines author authors writer reporter autor autorin auteur firma journalist")
	add(lexicon, HintPromo, "promo promotion popup modal overlay cta donate donation app-promo quicklinks quicklink")
	add(lexicon, HintPaywall, "paywall regwall premium-wall subscribe-wall")
	add(lexicon, HintWidget, "widget widgets")
	add(phrases, HintCaptionBox, "wp-caption image-with-caption img-caption photo-caption-box media-with-caption imagebox captioned-image")
	add(phrases, HintCaption, "wp-caption-text gallery-caption image-caption img-caption photo-caption caption-text")
	add(phrases, HintAd, "code-block ai-viewport ad-container google-auto-placed")
	add(phrases, HintBody, `entry-content post-content article-body articlebody article-content story-body storybody post-body td-post-content article__body
		article-text articletext content-body main-content news-content single-content body-copy mvp-content-main article__content story-content content__article-body rich-text`)
	add(phrases, HintAuthor, "author-box author-bio about-author author-info post-author-box mvp-author-info author-card")
	add(phrases, HintRelated, "read-more more-stories more-from also-read related-posts related-articles you-may-like see-also inline-related story-related post-navigation mvp-related-posts")
	add(phrases, HintShare, "mvp-soc-mob share-buttons social-links social-icons a2a_kit")
	add(phrases, HintNav, "site-header main-nav skip-link")
	for name, traits := range apartTraits {
		w := all[hashName(name)]
		w.traits |= traits
		all[hashName(name)] = w
	}
	return newWordTable(all)
}

// attributes are what is read of an element's attributes in one walk over them.
type attributes struct {
	hints Hints    // of its own class, id and test ids
	names [2]int32 // the numbers of its class and id
	role  string
	hides bool // it has an attribute other than its class that may hide it: see hiding
}

func (p *Page) readAttributes(n *html.Node) (r attributes) {
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "class":
			r.names[0] = p.nameNumber(a.Val)
			r.hints |= p.nameHints[r.names[0]]
		case "id":
			r.names[1] = p.nameNumber(a.Val)
			r.hints |= p.nameHints[r.names[1]]
		case "itemprop":
			if a.Val == "articleBody" {
				r.hints |= HintBody
			}
		case "data-component", "data-testid", "data-qa":
			r.hints |= p.nameHints[p.nameNumber(a.Val)] &^ HintMeta
		case "role":
			if a.Namespace == "" {
				r.role = a.Val
			}
		case "hidden", "aria-hidden", "style":
			r.hides = true
		}
	}
	return r
}

// nameNumber is the number of a value of class or id, most of which many elements
// of a page share.
func (p *Page) nameNumber(value string) int32 {
	if value == "" {
		return 0
	}
	k, ok := p.nameNumbers[value]
	if !ok {
		k = int32(len(p.names))
		p.nameNumbers[value] = k
		p.names = append(p.names, value)
		hints, traits := readName(value)
		p.nameHints = append(p.nameHints, hints)
		p.nameTraits = append(p.nameTraits, traits)
	}
	return k
}

// maxHinting bounds what is read of a value for its hints, in bytes.
const maxHinting = 500

// readName gives the hints and the traits of a value of class or id, which most
// pages have hundreds of.
func readName(value string) (hints Hints, traits trait) {
	if len(value) > maxHinting {
		return hintsOf(value[:maxHinting]), traitsOf(value)
	}
	built := false
	for name := range strings.FieldsSeq(value) {
		h, t, builder := readOneName(name)
		traits |= t
		if built = built || builder; !built {
			hints |= h
		}
	}
	if built {
		hints &^= Chrome
	}
	return hints, traits | hidingTraits(value)
}

// hintsOf gives the hints of a value of class or id.
func hintsOf(names string) Hints {
	hints, _ := readName(names[:min(len(names), maxHinting)])
	return hints
}

// positional are the hints of words that many layouts and page types have
// elsewhere in a name: they mean what they say only at its start.
const positional = HintAd | HintNav | HintFooter | HintSidebar | HintWidget

// A nameReader splits a name into parts, at signs and capitals, and looks each up.
type nameReader struct {
	whole   uint32 // hash of the name so far
	part    uint32 // of the open part; fnvStart if there is none
	pair    uint32 // of the part before and the open one
	parts   int
	hints   Hints
	later   Hints // positional hints of all parts but the first
	builder bool  // a page builder made the name
}

// readOneName gives the hints and the traits of one name; builder reports whether a
// page builder made it.
func readOneName(name string) (hints Hints, traits trait, builder bool) {
	r := nameReader{whole: fnvStart, part: fnvStart, pair: fnvStart}
	lower := false
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			if lower {
				r.endPart()
			}
			c |= 0x20
			lower = false
		case c >= 'a' && c <= 'z' || c >= 0x80:
			lower = true
		case c >= '0' && c <= '9':
			lower = false
		default:
			r.endPart()
			r.whole = fnv(r.whole, c)
			lower = false
			continue
		}
		r.part, r.whole, r.pair = fnv(r.part, c), fnv(r.whole, c), fnv(r.pair, c)
	}
	r.endPart()
	if r.parts <= 2 {
		r.hints |= r.later
	}
	whole := vocabulary.find(r.whole)
	return r.hints | whole.phrase | whole.part, whole.traits, r.builder
}

// endPart looks up the open part, if there is one.
func (r *nameReader) endPart() {
	if r.part == fnvStart {
		return
	}
	hints := vocabulary.find(r.part).part
	r.builder = r.builder || r.part == elementor
	if r.parts > 0 {
		r.later |= hints & positional
		hints = hints&^positional | vocabulary.find(r.pair).phrase
	}
	r.hints |= hints
	r.pair = fnv(r.part, '-')
	r.part = fnvStart
	r.parts++
}
