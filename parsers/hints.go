package parsers

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// A mask says what an element's class and id call it.
type mask uint32

const (
	hintShare mask = 1 << iota
	hintRelated
	hintNewsletter
	hintAd
	hintComment
	hintConsent
	hintNav
	hintFooter
	hintSidebar
	hintMeta   // byline, date and tag rows
	hintAuthor // boxes about the author
	hintCaption
	hintCredit
	hintCaptionBox // a picture with its caption, as WordPress makes them
	hintBody       // the story itself
	hintStandfirst
	hintByline
	hintPromo
	hintPaywall
	hintWidget
	hintHidden
)

// chrome are the hints of what is no part of a story.
const chrome = hintShare | hintRelated | hintNewsletter | hintAd | hintComment | hintConsent | hintNav | hintFooter | hintSidebar | hintPromo | hintWidget

// lexicon gives the words of names: parts between signs and capitals.
var lexicon = map[string]mask{}

// phrases are names whose parts mean something else alone.
var phrases = map[string]mask{}

func init() {
	add := func(m map[string]mask, hint mask, words string) {
		for w := range strings.FieldsSeq(words) {
			m[w] |= hint
		}
	}
	add(lexicon, hintShare, "share sharing shares social socials sharedaddy addthis addtoany heateor sharethis followus sharebar shariff socialshare")
	add(lexicon, hintRelated, "related recommended recommendations recirc readmore morefrom trending popular mostread taboola outbrain jp-relatedposts yarpp verwandt readnext alsoread teasers")
	add(lexicon, hintNewsletter, "newsletter newsletters subscribe subscription signup mailchimp mailing")
	add(lexicon, hintAd, "ad ads advert adverts advertisement advertising advertorial adslot adunit adsense adsbygoogle banner banners sponsor sponsored anzeige werbung publicidad pub dfp gpt")
	add(lexicon, hintComment, "comment comments disqus commentlist respond kommentare comentarios commentaires")
	add(lexicon, hintConsent, "cookie cookies consent gdpr onetrust didomi usercentrics cmp cookiebanner")
	add(lexicon, hintNav, "nav navbar navigation menu breadcrumb breadcrumbs pagination pager skip toolbar sitenav tabs toc")
	add(lexicon, hintFooter, "footer colophon copyright siteinfo")
	add(lexicon, hintSidebar, "sidebar rail rightcol leftcol")
	add(lexicon, hintMeta, "meta byline dateline timestamp postdate pubdate published tags taglist tagcloud categories readtime reading kicker entry-meta postmeta")
	add(lexicon, hintAuthor, "authorbox authorbio bio aboutauthor")
	add(lexicon, hintCaption, "caption captions cutline bildunterschrift legende figcaption imagecaption")
	add(lexicon, hintCredit, "credit credits copyright source photographer photocredit imagecredit fotograf bildquelle")
	add(lexicon, hintStandfirst, "standfirst subtitle subheadline subhead dek deck lede teaser-text chapo entradilla sottotitolo ingress vorspann articlelead")
	add(lexicon, hintByline, "byline bylines author authors writer reporter autor autorin auteur firma journalist")
	add(lexicon, hintPromo, "promo promotion popup modal overlay cta donate donation app-promo quicklinks quicklink")
	add(lexicon, hintPaywall, "paywall regwall premium-wall subscribe-wall")
	add(lexicon, hintWidget, "widget widgets")
	add(phrases, hintCaptionBox, "wp-caption image-with-caption img-caption photo-caption-box media-with-caption imagebox captioned-image")
	add(phrases, hintCaption, "wp-caption-text gallery-caption image-caption img-caption photo-caption caption-text")
	add(phrases, hintAd, "code-block ai-viewport ad-container google-auto-placed")
	add(phrases, hintBody, `entry-content post-content article-body articlebody article-content story-body storybody post-body td-post-content article__body
		article-text articletext content-body main-content news-content single-content body-copy mvp-content-main article__content story-content content__article-body rich-text`)
	add(phrases, hintAuthor, "author-box author-bio about-author author-info post-author-box mvp-author-info author-card")
	add(phrases, hintRelated, "read-more more-stories more-from also-read related-posts related-articles you-may-like see-also inline-related story-related post-navigation mvp-related-posts")
	add(phrases, hintShare, "mvp-soc-mob share-buttons social-links social-icons a2a_kit")
	add(phrases, hintNav, "site-header main-nav skip-link")
}

// hint is what an element's own class and id say; each element is read once.
func (x *index) hint(n *html.Node) mask {
	if m, ok := x.hints[n]; ok {
		return m
	}
	var m mask
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id":
			m |= x.maskOf(a.Val)
		case "itemprop":
			if a.Val == "articleBody" {
				m |= hintBody
			}
		case "data-component", "data-testid", "data-qa":
			m |= x.maskOf(a.Val) &^ hintMeta
		}
	}
	x.hints[n] = m
	return m
}

// maskOf is namesMask, which most elements of a page ask with the same words.
func (x *index) maskOf(value string) mask {
	m, ok := x.masks[value]
	if !ok {
		m = namesMask(value)
		x.masks[value] = m
	}
	return m
}

func namesMask(names string) mask {
	if len(names) > 500 {
		names = names[:500]
	}
	var m mask
	for tok := range strings.FieldsSeq(names) {
		lower := strings.ToLower(tok)
		m |= phrases[lower] | lexicon[lower]
		parts := splitName(tok)
		for i, p := range parts {
			h := lexicon[p]
			// Words that many layouts and page types have in other places: they
			// mean what they say only at the start of a name.
			if i > 0 && h&(hintAd|hintNav|hintFooter|hintSidebar|hintWidget) != 0 && len(parts) > 2 {
				h &^= hintAd | hintNav | hintFooter | hintSidebar | hintWidget
			}
			if p == "elementor" {
				return m &^ chrome
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

// hintsBelow joins the hints of a node and its ancestors, up to but without top.
func (x *index) hintsBelow(n, top *html.Node) mask {
	var m mask
	for depth := 0; n != nil && n != top && depth < maxDepth; n, depth = n.Parent, depth+1 {
		m |= x.hint(n)
	}
	return m
}
