package parsers

import (
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A kindReader decides what sort of page one is.
type kindReader struct {
	page  *doc.Page
	a     *article.Article
	story *body.Selection // of the visible page

	address       address
	ld            doc.Object // that describes the page; nil for none
	ogType        string
	declaredStory bool // JSON-LD says that it is a story
	words         int  // of the article
}

// storyOrFront is what the two candidates are for that decide between a page's own
// story and those that it leads to.
const storyOrFront = "story or front"

// findKind says what sort of page an article was read from, and how sure that is. All
// other fields are known.
func findKind(p *doc.Page, story *body.Selection, a *article.Article) (article.Kind, article.Provenance) {
	k := &kindReader{page: p, a: a, story: story, address: readAddress(p.Input.URL), ld: p.Article(), words: p.CountWords(a.Text)}
	ogType, _ := p.FirstMeta("og:type")
	k.ogType = strings.ToLower(ogType)
	k.declaredStory = k.ld != nil && k.ld.Is(doc.ArticleTypes...) && !k.ld.Is("VideoObject", "MediaGallery", "ImageGallery")
	values := k.evidence()
	asStory, asFront := storyEvidence.Score(values.story), frontEvidence.Score(values.front)
	kind := k.choose(values, asStory, asFront)
	v := k.amounts(kind, asStory, asFront)
	m := p.Model("kind", kindModel)
	score := m.Score(v)
	if p.Explaining() {
		p.AddCandidate(article.Candidate{Field: "kind", Value: string(kind), From: "page", Score: score, Won: true, Evidence: m.Explain(v)})
	}
	return kind, article.Provenance{From: "page", Confidence: m.Confidence(score)}
}

// choose decides by what speaks for a story and for a front.
func (k *kindReader) choose(values kindValues, asStory, asFront float64) article.Kind {
	switch {
	case k.blocked():
		return article.KindBlocked
	case k.notFound():
		return article.KindOther
	}
	p := k.page
	front := asFront > asStory && asFront >= 3
	if p.Explaining() {
		p.AddCandidate(article.Candidate{Field: "kind", Of: storyOrFront, Value: "a front of other stories", From: "page", Score: asFront, Won: front, Evidence: frontEvidence.Explain(values.front)})
		p.AddCandidate(article.Candidate{Field: "kind", Of: storyOrFront, Value: "a story", From: "page", Score: asStory, Won: !front, Evidence: storyEvidence.Explain(values.story)})
	}
	switch {
	case k.address.root && (front || asStory < 6):
		return article.KindHome
	case k.ofAuthor() && (front || asStory < 4.5):
		return article.KindAuthor
	case front:
		return article.KindSection
	}
	return k.storyKind(asStory, values.story[someProse] > 0 && asFront < 1)
}

// ofAuthor reports whether address, classes or metadata say that the page presents
// an author.
func (k *kindReader) ofAuthor() bool {
	if k.address.author || bodyClass(k.page, authorClasses) || k.ogType == "profile" || k.ogType == "author" {
		return true
	}
	return !k.declaredStory && slices.ContainsFunc(k.page.LD, func(o doc.Object) bool { return o.Is("ProfilePage") })
}

var liveTitle = text.MustCompile(`\bLIVE\b|(?i:\blive[ -]?(?:blog|ticker|updates?|coverage|report|text)\b|\blive:|\bliveblog|\bliveticker|newsblog|newsticker|as it happened|en direct\b|en vivo\b|ao vivo\b|\bin diretta\b|minuto a minuto|онлайн|canlı|実況|문자중계)`)

// storyKind is the kind of a page that is no front, by how much speaks for a story.
// undisputed says that it has prose and that next to nothing speaks for a front: neither
// cards nor an address of a word or two, as pages about the site have.
func (k *kindReader) storyKind(asStory float64, undisputed bool) article.Kind {
	a := k.a
	switch {
	case k.sendsOn():
		return article.KindOther
	case k.live():
		return article.KindLive
	case k.gallery():
		return article.KindGallery
	case k.video():
		return article.KindVideo
	case undisputed && k.words >= 40,
		asStory >= 3 && k.words > 0,
		k.words >= 40 && (asStory >= 2 || a.Published != ""),
		k.words >= 80 && (a.Published != "" || a.Byline != "" || len(a.Authors) > 0 || k.inArticleElement()),
		k.words >= 150:
		return article.KindArticle
	}
	return article.KindOther
}

// live reports whether the page is a live blog: by its own declaration, or by
// address or title and the times of its entries.
func (k *kindReader) live() bool {
	if slices.ContainsFunc(k.page.LD, func(o doc.Object) bool { return o.Is("LiveBlogPosting") }) {
		return true
	}
	return k.words > 100 && (k.address.live || liveTitle.MatchString(k.a.Title)) && k.stamps() >= 4
}

func (k *kindReader) gallery() bool {
	n := len(k.a.Captions)
	return k.ld != nil && k.ld.Is("ImageGallery", "MediaGallery") && k.words < 400 ||
		k.address.gallery && n >= 3 && k.words < 300 ||
		n >= 6 && k.words < 12*n
}

func (k *kindReader) video() bool {
	declared := k.ld != nil && k.ld.Is("VideoObject")
	return (declared || k.address.video || strings.HasPrefix(k.ogType, "video")) && k.words < 300 && (declared || hasPlayer(k.page))
}

// clockLine is a line that is a time of day, as entries of live blogs begin.
var clockLine = regexp.MustCompile(`(?i)^\W{0,3}(?:\p{L}{2,9}[.,]? )?(?:[01]?\d|2[0-3])[:.h](?:[0-5]\d)(?:[:.][0-5]\d)?\s*(?:[ap]\.?m\.?|uhr|h|hrs?|[a-z]{2,4})?(?:\W.{0,24})?$`)

// timed are elements with a time of day.
var timed = doc.Select("time[datetime*=T], time[datetime*=':']")

// stamps counts the times of day among the story's blocks, each above its entry.
func (k *kindReader) stamps() int {
	p := k.page
	first, last := k.story.Range()
	if first < 0 {
		return 0
	}
	n := 0
	for _, b := range p.Blocks[max(0, first-3) : last+1] {
		if len(b.Text) <= 40 && b.Flags&(block.InNav|block.InFooter|block.InHidden) == 0 && clockLine.MatchString(b.Text) {
			n++
		}
	}
	elems := 0
	from, to := max(1, p.Blocks[first].Elem-10), p.Blocks[last].Elem
	for _, t := range p.Select(timed).Nodes {
		if at := p.Order[t]; from <= at && at <= to {
			elems++
		}
	}
	return max(n, elems)
}

// hasPlayer reports whether the page shows a video.
func hasPlayer(p *doc.Page) bool {
	return p.Select(videoFrames).Length() > 0 || len(p.Metas["og:video"]) > 0 || len(p.Metas["og:video:url"]) > 0 || len(p.Metas["twitter:player"]) > 0
}

var videoFrames = doc.Select("video, iframe")

// inArticleElement reports whether a block of the story stands in an article
// element.
func (k *kindReader) inArticleElement() bool {
	return slices.ContainsFunc(k.page.Blocks, func(b *block.Block) bool { return k.story.Kept(b) && b.Flags&block.InArticle != 0 })
}
