package warn

import (
	"fmt"
	"slices"
	"time"
)

const (
	// enoughRead articles tell how extraction stands; leastRead are the fewest that do.
	enoughRead, leastRead = 30, 10
	// leastReadDay is how many articles of a day give it a share.
	leastReadDay = 5
	// readDays is how many days with a share tell what is usual.
	readDays = 10
	// readWithin is how far back articles count as the last ones.
	readWithin = 7 * day
)

// filledFields are the fields that nearly all articles of a site have, or nearly none.
var filledFields = []struct {
	name string
	of   func(Filled) int
}{
	{"a title", func(f Filled) int { return f.Title }},
	{"a text", func(f Filled) int { return f.Text }},
	{"a date", func(f Filled) int { return f.Published }},
}

func (f *Filled) add(g Filled) {
	f.Read, f.Title, f.Text, f.Published = f.Read+g.Read, f.Title+g.Title, f.Text+g.Text, f.Published+g.Published
}

// Extraction compares how many of the articles that were read last have a title, a text
// and a date with the days before. A share that drops means that the site has a new
// design, which the parser reads badly, or that it sends something else than articles.
func Extraction(runs []Run, now, began time.Time) Finding {
	none := Finding{Kind: KindExtraction}
	var last Filled
	from := now
	for _, r := range slices.Backward(runs) {
		if last.Read >= enoughRead || now.Sub(r.Start) > readWithin {
			break
		}
		if r.Filled.Read > 0 {
			last.add(r.Filled)
			from = r.Start
		}
	}
	if last.Read < leastRead {
		return none
	}
	end := from
	if !began.IsZero() {
		end = earlier(end, later(began.Add(-day), now.Add(-adapt)))
	}
	days := map[string]*Filled{}
	var first time.Time
	for _, r := range runs {
		if r.Filled.Read == 0 || !r.Start.Before(end) || r.Start.Before(end.Add(-window)) {
			continue
		}
		if first.IsZero() {
			first = r.Start
		}
		key := r.Start.UTC().Format(time.DateOnly)
		if days[key] == nil {
			days[key] = &Filled{}
		}
		days[key].add(r.Filled)
	}
	if first.IsZero() || end.Sub(first) < leastHistory-day {
		return none
	}
	var low, fine []string
	for _, field := range filledFields {
		var shares []float64
		for _, f := range days {
			if f.Read >= leastReadDay {
				shares = append(shares, float64(field.of(*f))/float64(f.Read))
			}
		}
		if len(shares) < readDays {
			return none
		}
		share := float64(field.of(last)) / float64(last.Read)
		usual, bound := rareShare(shares, last.Read)
		if text := fmt.Sprintf("%.0f %% have %s (usually %.0f %%)", 100*share, field.name, 100*usual); share < bound {
			low = append(low, text)
		} else {
			fine = append(fine, text)
		}
	}
	if len(low) > 0 {
		return Finding{KindExtraction, Bad, fmt.Sprintf("of the last %d articles, %s", last.Read, join(low))}
	}
	return Finding{KindExtraction, Fine, fmt.Sprintf("of the last %d articles, %s", last.Read, join(fine))}
}
