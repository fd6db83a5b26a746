package block

import (
	"strings"

	"golang.org/x/net/html"
)

// A Mask says what an element's class and id call it.
type Hints uint32

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

// Chrome are the hints of what is no part of a story.
const Chrome = HintShare | HintRelated | HintNewsletter | HintAd | HintComment | HintConsent | HintNav | HintFooter | HintSidebar | HintPromo | HintWidget

// lexicon gives the words of names: parts between signs and capitals, by hash.
var lexicon = map[uint32]Hints{}

// phrases are names whose parts mean something else alone.
var phrases = map[uint32]Hints{}

// elementor is the name of a page builder, whose names say what its parts can do
// and not what they hold.
var elementor = hashName("elementor")

func hashName(s string) uint32 {
	h := uint32(fnvStart)
	for i := range len(s) {
		h = fnv(h, s[i])
	}
	return h
}

func init() {
	add := func(m map[uint32]Hints, hint Hints, words string) {
		for w := range strings.FieldsSeq(words) {
			m[hashName(w)] |= hint
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
}

// read is what an element's own class and id say; names are the numbers of
// their values.
func (p *Page) read(n *html.Node) (m Hints, names [2]int32) {
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			names[0] = p.name(a.Val)
			m |= p.masks[names[0]]
		case "id":
			names[1] = p.name(a.Val)
			m |= p.masks[names[1]]
		case "itemprop":
			if a.Val == "articleBody" {
				m |= HintBody
			}
		case "data-component", "data-testid", "data-qa":
			m |= p.masks[p.name(a.Val)] &^ HintMeta
		}
	}
	return m, names
}

// name is the number of a value of class or id, most of which many elements of
// a page share.
func (p *Page) name(value string) int32 {
	if value == "" {
		return 0
	}
	k, ok := p.nameOf[value]
	if !ok {
		k = int32(len(p.names))
		p.nameOf[value] = k
		p.names = append(p.names, value)
		p.masks = append(p.masks, namesMask(value))
	}
	return k
}

// Hint is what an element's own class and id say.
func (p *Page) Hint(n *html.Node) Hints { return p.Elems[p.Order[n]].Hints }

// namesMask reads a value of class or id.
func namesMask(names string) Hints {
	var m Hints
	for tok := range strings.FieldsSeq(names[:min(len(names), 500)]) {
		h, builder := readName(tok)
		if builder {
			return m &^ Chrome
		}
		m |= h
	}
	return m
}

// readName splits a name at signs and capitals; builder says that a page builder
// made it.
func readName(tok string) (m Hints, builder bool) {
	const none = fnvStart
	whole, part, before := uint32(none), uint32(none), uint32(none)
	pair := uint32(none) // the part before and this one
	parts := 0
	var frame Hints // what the parts but the first say of the page's frame
	end := func() {
		if part == none {
			return
		}
		h := lexicon[part]
		builder = builder || part == elementor
		if parts > 0 {
			// Words that many layouts and page types have in other places: they
			// mean what they say only at the start of a name.
			const frames = HintAd | HintNav | HintFooter | HintSidebar | HintWidget
			frame |= h & frames
			m |= h&^frames | phrases[pair]
		} else {
			m |= h
		}
		before, part = part, none
		pair = fnv(before, '-')
		parts++
	}
	lower := false
	for i := range len(tok) {
		c := tok[i]
		switch {
		case c >= 'A' && c <= 'Z':
			if lower {
				end()
			}
			c |= 0x20
			lower = false
		case c >= 'a' && c <= 'z' || c >= 0x80:
			lower = true
		case c >= '0' && c <= '9':
			lower = false
		default:
			end()
			whole = fnv(whole, c)
			lower = false
			continue
		}
		part, whole, pair = fnv(part, c), fnv(whole, c), fnv(pair, c)
	}
	end()
	if parts <= 2 {
		m |= frame
	}
	return m | phrases[whole] | lexicon[whole], builder
}

// HintsBelow joins the hints of a node and its ancestors, up to but without top.
func (p *Page) HintsBelow(n, top *html.Node) Hints {
	if top == p.Body {
		return p.Elems[p.Order[n]].PathHints
	}
	var m Hints
	for i := p.Order[n]; i > 0 && p.Elems[i].Node != top; i = int(p.Elems[i].Parent) {
		m |= p.Elems[i].Hints
	}
	return m
}

// ElemNames are the values of an element's class and id; empty where it has none.
func (p *Page) ClassAndID(elem int) [2]string {
	n := p.Elems[elem].Names
	return [2]string{p.names[n[0]], p.names[n[1]]}
}
