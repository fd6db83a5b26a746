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
	x.readPage(all)
	m := x.Model("authors", authorModel)
	for _, d := range all {
		d.values = x.weigh(d, all)
		d.score = m.Score(d.values)
	}
	x.pool(all)
	sure := 0.0
	var won []*candidate
	for _, d := range all {
		if d.score >= m.Least && len(won) < maxNames {
			won = append(won, d)
			sure += m.Confidence(d.score)
		}
		if x.Explaining() {
			x.explain(d, m)
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

// pool lets the persons of one list share what is known of them: the list is of
// authors or it is not. A name gets half of what the surest other has more.
func (x *reader) pool(all []*candidate) {
	scores := make([]float64, len(all))
	for i, d := range all {
		scores[i] = d.score
		if d.values[personShape] == 0 || d.values[looseInList] > 0 || d.values[ownName] > 0 {
			continue
		}
		for _, o := range all {
			if o != d && o.score > 2*scores[i]-d.score && o.values[personShape] > 0 && x.shareClaim(d, o) {
				scores[i] = (d.score + o.score) / 2
			}
		}
	}
	for i, d := range all {
		d.score = scores[i]
	}
}

// explain adds a candidate to the page's explanation.
func (x *reader) explain(d *candidate, m *evidence.Model) {
	won, why := d.score >= m.Least, "likely an author"
	if !won {
		why = "not likely an author"
	}
	parts := m.Explain(d.values)
	if more := d.score - m.Score(d.values); more != 0 {
		parts = append(parts, article.Evidence{Name: "from another of the same list", Part: more})
	}
	x.AddCandidate(article.Candidate{Field: "authors", Of: d.name.Name, Value: d.name.Name, From: x.claims[d.mentions[0].claim].from, Score: d.score, Won: won, Why: why, Evidence: parts})
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
