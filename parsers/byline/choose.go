package byline

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// choose takes the names that are likely authors'.
func (x *reader) choose() (authors []article.Author, byline string, prov article.Provenance) {
	all := x.join()
	if len(all) == 0 {
		return nil, "", article.Provenance{}
	}
	x.readProse(all)
	m := x.Model("authors", authorModel)
	sure := 0.0
	var won []*candidate
	for _, d := range all {
		v := x.weigh(d, all)
		d.score = m.Score(v)
		if d.score >= m.Least && len(won) < maxNames {
			won = append(won, d)
			sure += m.Confidence(d.score)
		}
		if x.Explaining() {
			x.explain(d, m, v)
		}
	}
	if len(won) == 0 {
		return nil, "", article.Provenance{}
	}
	lead := x.leadingClaim(won)
	sortByClaim(won, lead)
	for _, d := range won {
		authors = append(authors, x.complete(d))
	}
	return authors, x.printedByline(won), article.Provenance{From: x.claims[lead].from, Confidence: sure / float64(len(won))}
}

// explain adds a candidate to the page's explanation.
func (x *reader) explain(d *candidate, m *evidence.Model, v evidence.Values) {
	won, why := d.score >= m.Least, "likely an author"
	if !won {
		why = "not likely an author"
	}
	x.AddCandidate(article.Candidate{Field: "authors", Of: d.name.Name, Value: d.name.Name, From: x.claims[d.mentions[0].claim].from, Score: d.score, Won: won, Why: why, Evidence: m.Explain(v)})
}

// leadingClaim is the claim that has most of the authors and fewest others, the first
// of several.
func (x *reader) leadingClaim(won []*candidate) int {
	lead, most := won[0].mentions[0].claim, 0.0
	for i := range x.claims {
		if s := float64(named(won, i)) - float64(len(x.claims[i].names))/100; s > most+0.5 || s > most && s > 0.5 && most == 0 {
			lead, most = i, s
		}
	}
	return lead
}

// named counts the candidates that a claim names.
func named(won []*candidate, claim int) int {
	n := 0
	for _, d := range won {
		if nameIn(d, claim) >= 0 {
			n++
		}
	}
	return n
}

// nameIn is the number of a candidate's name in a claim; -1 if it has none.
func nameIn(d *candidate, claim int) int {
	for _, m := range d.mentions {
		if m.claim == claim {
			return m.name
		}
	}
	return -1
}

// sortByClaim puts authors in the order in which a claim names them; the others
// follow in theirs.
func sortByClaim(won []*candidate, claim int) {
	place := func(d *candidate) int {
		if k := nameIn(d, claim); k >= 0 {
			return k
		}
		return maxNames
	}
	slices.SortStableFunc(won, func(a, b *candidate) int { return place(a) - place(b) })
}
