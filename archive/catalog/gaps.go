package catalog

import (
	"cmp"
	"slices"
	"time"
)

// Gaps are days without articles between the first and the last of sites that publish
// daily: of those with articles on 14 days or more whose next day, nine times of ten,
// has some, too. So the days off of a paper that has some each week are none.
type Gaps struct {
	Sites   int   `json:"sites"`   // that publish daily
	Days    int   `json:"days"`    // of these, without articles; a day counts for each site
	Longest []Gap `json:"longest"` // the longest first
}

// A Gap is a time without articles of one site.
type Gap struct {
	Site  string `json:"site"`
	From  string `json:"from"`  // the first day without an article: 2006-01-02
	Until string `json:"until"` // the last
	Days  int    `json:"days"`
}

// The least number of days with articles of a site that publishes daily, and the least
// share, of ten, of those that are the days after.
const (
	leastDaily = 14
	dailyOfTen = 9
)

// A gapFinder finds gaps in the days with articles of one site after another.
type gapFinder struct {
	*Gaps
	longest int // how many are listed

	site      string
	last      time.Time
	days      int // with articles
	next      int // of these, days after another
	without   int
	gapOfSite []Gap
}

// add takes the next day with articles of a site. Days are in order.
func (g *gapFinder) add(site string, day time.Time) {
	if g.days > 0 && site != g.site {
		g.end()
	}
	if g.site = site; g.days > 0 {
		between := int(day.Sub(g.last).Hours()/24) - 1
		if between == 0 {
			g.next++
		} else {
			g.without += between
			g.gapOfSite = g.shortlist(append(g.gapOfSite, Gap{site, g.last.AddDate(0, 0, 1).Format(time.DateOnly), day.AddDate(0, 0, -1).Format(time.DateOnly), between}))
		}
	}
	g.last = day
	g.days++
}

// end ends the days of a site.
func (g *gapFinder) end() {
	if g.days >= leastDaily && g.next*10 >= (g.days-1)*dailyOfTen {
		g.Sites++
		g.Days += g.without
		g.Longest = g.shortlist(append(g.Longest, g.gapOfSite...))
	}
	g.days, g.next, g.without, g.gapOfSite = 0, 0, 0, nil
}

// shortlist keeps the longest gaps.
func (g *gapFinder) shortlist(all []Gap) []Gap {
	slices.SortStableFunc(all, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(b.Days, a.Days), cmp.Compare(a.Site, b.Site), cmp.Compare(a.From, b.From))
	})
	return all[:min(len(all), g.longest)]
}
