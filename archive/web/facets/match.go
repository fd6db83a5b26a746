package facets

import (
	"context"
	"math"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A Match is the stories that have some words. It belongs to one index.
type Match struct {
	filter catalog.Filter // its query
	docs   []int64        // in ascending order
	rows   []int32        // of these docs; -1 if the index does not have it
	set    Set
}

// match reads the stories that have the words of a filter's query.
func (x *Index) match(ctx context.Context, c *catalog.Catalog, f catalog.Filter) (*Match, error) {
	f = catalog.Filter{Query: f.Query, FTS: f.FTS}
	docs, err := c.Matching(ctx, f)
	if err != nil {
		return nil, err
	}
	m := &Match{f, docs, make([]int32, len(docs)), NewSet(x.Len())}
	at := 0
	for i, doc := range docs { // both are in ascending order
		for at < len(x.byDoc) && int64(x.docs[x.byDoc[at]]) < doc {
			at++
		}
		m.rows[i] = -1
		if at < len(x.byDoc) && int64(x.docs[x.byDoc[at]]) == doc {
			m.rows[i] = x.byDoc[at]
			m.set.Add(x.byDoc[at])
		}
	}
	return m, nil
}

// A Scored is a row with its score, the greater the better.
type Scored struct {
	Row   int32
	Score float64
}

// A ranker ranks as catalog.Ranked does.
type ranker func(ctx context.Context, f catalog.Filter, below int64) ([]catalog.Ranked, error)

// best returns the n best of some rows, from an offset on, in the order of catalog.Search:
// the last MaxRanked stories with the words are ranked first, then as many before them.
// Only those are ranked that are needed for the answer. atOnce is MaxRanked.
func (x *Index) best(ctx context.Context, m *Match, rows []int32, offset, n int, rank ranker, atOnce int) (found []Scored, err error) {
	selected := NewSet(x.Len())
	for _, row := range rows {
		selected.Add(row)
	}
	below := int64(math.MaxInt64)
	for to := len(m.docs); to > 0 && len(found) < n; to -= atOnce {
		from := max(0, to-atOnce)
		here := 0
		for _, row := range m.rows[from:to] {
			if row >= 0 && selected.Has(row) {
				here++
			}
		}
		if offset >= here {
			offset, below = offset-here, m.docs[from]
			continue
		}
		ranked, err := rank(ctx, m.filter, below)
		if err != nil {
			return nil, err
		}
		for _, r := range ranked {
			row := x.rowOf(r.Doc)
			if row < 0 || !selected.Has(row) {
				continue
			}
			if offset > 0 {
				offset--
				continue
			}
			if found = append(found, Scored{row, r.Score}); len(found) == n {
				break
			}
		}
		offset, below = 0, m.docs[from]
	}
	return found, nil
}

// Len is how many stories have the words, also those that the index does not have.
func (m *Match) Len() int { return len(m.docs) }
