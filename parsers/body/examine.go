package body

import (
	"html"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// Examine asks the readers that vote on blocks, go-readability and JSON-LD, and
// gives what the model's features compare blocks with. title and standfirst are
// what package headline found.
func Examine(p *doc.Page, title string, standfirst *block.Block) block.Context {
	if err := vote(p); err != nil {
		p.AddCandidate(article.Candidate{Field: "body", From: "readability", Why: err.Error()})
	}
	markArticleBody(p)
	ctx := block.Context{Title: title, TitleBlock: p.TitleBlock(title), Standfirst: standfirst}
	ctx.Description, _ = p.FirstMeta("og:description", "description")
	switch o := p.Article(); {
	case o == nil:
	case slices.ContainsFunc(o.Types(), func(t string) bool { return strings.HasSuffix(t, "NewsArticle") }):
		ctx.News = 2
	default:
		ctx.News = 1
	}
	return ctx
}

// markArticleBody notes how much of each block is in JSON-LD's articleBody, by
// runs of three words.
func markArticleBody(p *doc.Page) {
	o := p.Article()
	if o == nil {
		return
	}
	body := o.Text("articleBody")
	if len(body) < 200 {
		return
	}
	runs := map[uint64]bool{}
	for h := range wordRuns(html.UnescapeString(body)) {
		runs[h] = true
	}
	for _, b := range p.Blocks {
		n, hit := 0, 0
		for h := range wordRuns(b.Text) {
			n++
			if runs[h] {
				hit++
			}
		}
		if n > 0 {
			b.ArticleBodyShare = float32(hit) / float32(n)
		}
	}
}

// wordRuns are the hashes of each three words in a row of a text, of two or one
// where it has no more.
func wordRuns(s string) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		var last [2]uint64
		n := 0
		done := false
		block.WordHashes(s, 1<<30, func(h uint32) {
			if done {
				return
			}
			w := uint64(h) * 0x9e3779b97f4a7c15
			if n >= 2 {
				done = !yield(last[0]*31 ^ last[1]*17 ^ w)
			}
			last[0], last[1] = last[1], w
			n++
		})
		if n > 0 && n < 3 && !done {
			yield(last[0]*31 ^ last[1]*17)
		}
	}
}
