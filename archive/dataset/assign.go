package dataset

import (
	"math"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/split"
)

// assign puts the articles into splits, so that no story is in two of them, and checks it.
func (c *choice) assign() error {
	rule, err := split.Parse(c.e.recipe.Choice.Split)
	if err != nil {
		return err
	}
	rule.Seed = c.e.recipe.Choice.Seed
	earliest := map[uint64]int{} // of the components with several articles in the dataset
	for i, at := range c.candidates {
		if at.drop != notDropped || at.alike < 2 {
			continue
		}
		if j, ok := earliest[at.component]; !ok || c.before(i, j) {
			earliest[at.component] = i
		}
	}
	for i := range c.candidates {
		at := &c.candidates[i]
		if at.drop != notDropped {
			continue
		}
		first := i
		if j, ok := earliest[at.component]; ok {
			first = j
		}
		s, why := rule.Assign(c.splitRow(i), c.splitRow(first))
		at.split = s
		c.tally.Add(at.component, int(at.alike), s, why)
		if s == split.None {
			at.drop = dropUndated
			if why == split.Leaking {
				at.drop = dropLeak
				at.first = c.candidates[first].key
			}
		}
	}
	return nil
}

func (c *choice) splitRow(i int) split.Row {
	at := &c.candidates[i]
	row := split.Row{Story: at.component, Site: c.siteNames[at.site]}
	if at.time != math.MaxInt64 {
		row.Published = time.UnixMilli(at.time).UTC()
	}
	return row
}
