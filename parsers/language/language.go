// Package language finds the language of an article. What the page declares
// counts, unless the script or the function words of the text contradict it; where
// nothing valid is declared, the text alone decides.
package language

import (
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// Find gives the language of an article, whose text is body, as a BCP 47 tag, with
// where the tag is from: a declaration ("html:lang", "jsonld:inLanguage",
// "meta:og:locale", …) or the text itself ("text:script", "text:words"). Both are
// empty if the page declares no valid language and the text is too short or its
// language is not known.
func Find(p *doc.Page, body string) (tag string, from article.Provenance) {
	all := declarations(p)
	text := readText(body)
	for i, d := range all {
		if !text.allows(baseOf(d.tag)) {
			p.AddCandidate(article.Candidate{Field: "language", Value: d.tag, From: d.from, Why: "the text is in another language"})
			continue
		}
		for _, o := range all[i+1:] {
			p.AddCandidate(article.Candidate{Field: "language", Value: o.tag, From: o.from, Why: "lower-priority declaration"})
		}
		p.AddCandidate(article.Candidate{Field: "language", Value: d.tag, From: d.from, Won: true, Why: "declared, and consistent with the text"})
		return d.tag, article.Provenance{From: d.from, Confidence: 0.9}
	}
	if text.language == "" {
		return "", article.Provenance{}
	}
	p.AddCandidate(article.Candidate{Field: "language", Value: text.language, From: text.from, Score: text.confidence, Won: true, Why: "detected in the text"})
	return text.language, article.Provenance{From: text.from, Confidence: text.confidence}
}
