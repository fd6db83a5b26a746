package parsers

import (
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// fillFromHints fills what the page does not say with what feeds and sitemaps say.
func fillFromHints(a *article.Article, h article.Hints) {
	fill := func(field string, to *string, value string) {
		if *to == "" && value != "" {
			*to = value
			a.Provenance[field] = article.Provenance{From: h.Source + ":" + field, Confidence: 0.6}
		}
	}
	fill("title", &a.Title, h.Title)
	fill("language", &a.Language, h.Language)
	if !h.Published.IsZero() {
		fill("published", &a.Published, h.Published.Format(time.RFC3339))
	}
	if !h.Modified.IsZero() && h.Modified.After(h.Published) {
		fill("modified", &a.Modified, h.Modified.Format(time.RFC3339))
	}
	if len(a.Authors) == 0 {
		for _, n := range h.Authors {
			if n = block.Clean(n); n != "" && !byline.IsPlaceholder(n) {
				a.Authors = append(a.Authors, article.Author{Name: n, Kind: "person"})
				a.Provenance["authors"] = article.Provenance{From: h.Source + ":authors", Confidence: 0.6}
			}
		}
	}
}
