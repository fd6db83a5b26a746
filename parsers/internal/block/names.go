package block

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// A Mask says what an element's class and id call it.
type Mask uint32

const (
	HintShare Mask = 1 << iota
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

// lexicon gives the words of names: parts between signs and capitals.
var lexicon = map[string]Mask{}

// phrases are names whose parts mean something else alone.
var phrases = map[string]Mask{}

func init() {
	add := func(m map[string]Mask, hint Mask, words string) {
		for w := range strings.FieldsSeq(words) {
			m[w] |= hint
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

// read is what an element's own class and id say.
func (p *Page) read(n *html.Node) Mask {
	var m Mask
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id":
			m |= p.maskOf(a.Val)
		case "itemprop":
			if a.Val == "articleBody" {
				m |= HintBody
			}
		case "data-component", "data-testid", "data-qa":
			m |= p.maskOf(a.Val) &^ HintMeta
		}
	}
	return m
}

// Hint is what an element's own class and id say.
func (p *Page) Hint(n *html.Node) Mask { return p.Elems[p.Order[n]].Hint }

// maskOf is namesMask, which most elements of a page ask with the same words.
func (p *Page) maskOf(value string) Mask {
	m, ok := p.masks[value]
	if !ok {
		m = namesMask(value)
		p.masks[value] = m
	}
	return m
}

func namesMask(names string) Mask {
	if len(names) > 500 {
		names = names[:500]
	}
	var m Mask
	for tok := range strings.FieldsSeq(names) {
		lower := strings.ToLower(tok)
		m |= phrases[lower] | lexicon[lower]
		parts := splitName(tok)
		for i, p := range parts {
			h := lexicon[p]
			// Words that many layouts and page types have in other places: they
			// mean what they say only at the start of a name.
			if i > 0 && h&(HintAd|HintNav|HintFooter|HintSidebar|HintWidget) != 0 && len(parts) > 2 {
				h &^= HintAd | HintNav | HintFooter | HintSidebar | HintWidget
			}
			if p == "elementor" {
				return m &^ Chrome
			}
			m |= h
			if i > 0 {
				m |= phrases[parts[i-1]+"-"+p]
			}
		}
	}
	return m
}

// splitName splits a class or id at signs and capitals, lower case.
func splitName(s string) []string {
	var parts []string
	start := 0
	runes := []rune(s)
	cut := func(end int) {
		if end > start {
			parts = append(parts, strings.ToLower(string(runes[start:end])))
		}
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + 1
		case unicode.IsUpper(r) && i > start && unicode.IsLower(runes[i-1]):
			cut(i)
			start = i
		}
	}
	cut(len(runes))
	return parts
}

// HintsBelow joins the hints of a node and its ancestors, up to but without top.
func (p *Page) HintsBelow(n, top *html.Node) Mask {
	if top == p.Body {
		return p.Elems[p.Order[n]].Above
	}
	var m Mask
	for i := p.Order[n]; i > 0 && p.Elems[i].Node != top; i = int(p.Elems[i].Parent) {
		m |= p.Elems[i].Hint
	}
	return m
}
