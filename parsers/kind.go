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

// A kindReader decides what sort of page one is: a rule where the page says so
// beyond doubt, else a model that weighs each kind that the page may be of.
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

// byRule is what a candidate is for that a rule decided on, without the model.
const byRule = "certain"

// ruleConfidence is how sure a kind is that a rule decided on. No labelled page has
// one: it is an estimate.
const ruleConfidence = 0.95

// findKind says what sort of page an article was read from, and how sure that is. All
// other fields are known.
func findKind(p *doc.Page, story *body.Selection, a *article.Article) (article.Kind, article.Provenance) {
	k := &kindReader{page: p, a: a, story: story, address: readAddress(p.Input.URL), ld: p.Article(), words: p.CountWords(a.Text)}
	ogType, _ := p.FirstMeta("og:type")
	k.ogType = strings.ToLower(ogType)
	k.declaredStory = k.ld != nil && k.ld.Is(doc.ArticleTypes...) && !k.ld.Is("VideoObject", "MediaGallery", "ImageGallery")
	if kind, why := k.certain(); kind != "" {
		if p.Explaining() {
			p.AddCandidate(article.Candidate{Field: "kind", Of: byRule, Value: string(kind), From: "page", Won: true, Evidence: []article.Evidence{{Name: why, Value: 1}}})
		}
		return kind, article.Provenance{From: "page", Confidence: ruleConfidence}
	}
	return k.choose()
}

// certain is the kind of a page that says beyond doubt what it is, as those do that show
// something else than what was asked for, and the rule that says so; empty for others.
func (k *kindReader) certain() (kind article.Kind, why string) {
	switch {
	case k.blocked():
		return article.KindBlocked, "a wall stands in place of the page"
	case k.notFound():
		return article.KindOther, "it says that there is no such page"
	case k.sendsOn() && !k.address.root:
		return article.KindOther, "it only sends on to another page"
	case k.declaredLive():
		return article.KindLive, "JSON-LD describes this page as a live blog"
	}
	return "", ""
}

// declaredLive reports whether JSON-LD says that the page is a live blog: not one that
// a front leads to.
func (k *kindReader) declaredLive() bool {
	return k.words > 0 && !k.address.root && slices.ContainsFunc(k.page.LD, func(o doc.Object) bool {
		return o.Is("LiveBlogPosting") && (text.Similar(o.Text("headline"), k.a.Title) || doc.SameURL(o.Text("url"), k.page.Input.URL))
	})
}

// choose takes the kind that the model gives the best odds; of equal ones the first.
func (k *kindReader) choose() (article.Kind, article.Provenance) {
	p := k.page
	m := p.Model("kind", kindModel)
	pieces := k.evidence()
	best, score := article.KindOther, 0.0
	var offered []article.Candidate
	for i := range kinds {
		if !pieces.open[i] {
			continue
		}
		v := pieces.of(i)
		s := m.Score(v)
		if p.Explaining() {
			offered = append(offered, article.Candidate{Field: "kind", Value: string(kinds[i]), From: "page", Score: s, Evidence: m.Explain(v)})
		}
		if i == 0 || s > score {
			best, score = kinds[i], s
		}
	}
	for _, c := range offered {
		c.Won = c.Value == string(best)
		p.AddCandidate(c)
	}
	return best, article.Provenance{From: "page", Confidence: m.Confidence(score)}
}

var liveTitle = text.MustCompile(`\bLIVE\b|(?i:\blive[ -]?(?:blog|ticker|updates?|coverage|report|text)\b|\blive:|\bliveblog|\bliveticker|newsblog|newsticker|as it happened|en direct\b|en vivo\b|ao vivo\b|\bin diretta\b|minuto a minuto|онлайн|canlı|実況|문자중계)`)

// pictures counts the pictures and players that stand in the story, or right above or
// below it.
func (k *kindReader) pictures() int {
	p := k.page
	first, last := k.story.Range()
	if first < 0 {
		return len(p.Media)
	}
	from, to := p.Blocks[first].Elem-20, p.Blocks[last].Elem+20
	n := 0
	for _, m := range p.Media {
		if at := p.Order[m]; from <= at && at <= to {
			n++
		}
	}
	return n
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
