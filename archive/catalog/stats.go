package catalog

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// Stats are figures about the articles that a filter selects. Its JSON is what
// newsmorgue stats --json prints. Shares are from 0 to 1,
// with four digits.
type Stats struct {
	Articles  int          `json:"articles"`
	Published Published    `json:"published"`
	Captured  Captured     `json:"captured"`
	Days      []DayCount   `json:"-"` // the articles of each day that has some, in order
	Sites     Top          `json:"sites"`
	Sections  Top          `json:"sections"` // case does not matter
	Languages Top          `json:"languages"`
	Kinds     Top          `json:"kinds"`
	Words     WordStats    `json:"words"`
	Fields    []FieldCount `json:"fields"` // all of FieldNames, in their order
	Gaps      Gaps         `json:"gaps"`
	Coverage  []SiteCover  `json:"coverage"` // by site, whatever else the filter selects
}

// Published says when articles were published: days as the pages have them, each in its
// own time zone.
type Published struct {
	First   string `json:"first,omitempty"` // 2006-01-02
	Last    string `json:"last,omitempty"`
	Days    int    `json:"days"`    // with articles
	Unknown int    `json:"unknown"` // articles without a day of publication
}

// Captured says when the pages of articles were captured, in UTC.
type Captured struct {
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// A DayCount is how many articles were published on a day.
type DayCount struct {
	Day      time.Time // midnight, UTC
	Articles int
}

// A Top has the most frequent values of a field.
type Top struct {
	Values        []ValueCount `json:"values"`         // the most frequent first
	OtherValues   int          `json:"other_values"`   // how many values are not listed
	OtherArticles int          `json:"other_articles"` // articles with these
	Missing       int          `json:"missing"`        // articles without a value
}

// A ValueCount is how many articles have a value.
type ValueCount struct {
	Value    string  `json:"value"`
	Articles int     `json:"articles"`
	Share    float64 `json:"share"`
}

// A FieldCount is how many articles have a field.
type FieldCount struct {
	Field    string  `json:"field"`
	Articles int     `json:"articles"`
	Share    float64 `json:"share"`
}

// WordStats are figures of the texts' lengths. A quartile is the length that at least
// a quarter, half, or three quarters of the articles do not exceed. Words are what white
// space parts, so texts in Chinese, Japanese and Thai have few.
type WordStats struct {
	Total         int         `json:"total"`
	Min           int         `json:"min"`
	LowerQuartile int         `json:"lower_quartile"`
	Median        int         `json:"median"`
	UpperQuartile int         `json:"upper_quartile"`
	Max           int         `json:"max"`
	Histogram     []WordRange `json:"histogram"`
}

// A WordRange is how many articles have at least From words and less than Below; Below
// is 0 in the last range.
type WordRange struct {
	From     int `json:"from"`
	Below    int `json:"below,omitempty"`
	Articles int `json:"articles"`
}

// wordBounds are where the ranges of WordStats.Histogram begin.
var wordBounds = []int{0, LeastText, 100, 200, 400, 800, 1600, 3200}

// Stats returns figures about the articles that a filter selects, all of one moment. Of
// sites, sections, languages and kinds it lists the most frequent, at most top (at
// least 1). It takes about as long as listing the articles; its memory does not depend
// on their number, only on those of sites, of sections and of days.
func (c *Catalog) Stats(ctx context.Context, f Filter, top int) (s Stats, err error) {
	if err := c.CheckQuery(ctx, f); err != nil {
		return s, err
	}
	err = c.counting(ctx, &s, top, func(n *counting) error { return n.count(f) })
	return s, err
}

// StatsOfAll returns what Stats returns for the zero filter, and what Sites returns, in
// little more time than one of them takes.
func (c *Catalog) StatsOfAll(ctx context.Context, top int) (s Stats, sites []Site, err error) {
	err = c.counting(ctx, &s, top, func(n *counting) (err error) {
		sites, err = n.countAll()
		return err
	})
	return s, sites, err
}

// countingCache is how much of the catalog a connection that counts keeps in memory, in
// KiB, and usualCache what SQLite keeps otherwise. With that, each sort goes to a file.
const (
	countingCache = 16 << 10
	usualCache    = 2000
)

// counting calls a function that counts in one state of the catalog.
func (c *Catalog) counting(ctx context.Context, s *Stats, top int, count func(*counting) error) (err error) {
	none := Top{Values: []ValueCount{}}
	*s = Stats{Sites: none, Sections: none, Languages: none, Kinds: none, Gaps: Gaps{Longest: []Gap{}}, Coverage: []SiteCover{}}
	n := &counting{ctx, c.db, s, max(top, 1)}
	if c.db.view == nil { // a snapshot is one state as it is
		conn, err := c.db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		defer conn.Close()
		// A transaction that only reads, other than those of BeginTx: crawls can go on.
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA cache_size = -%d; BEGIN", countingCache)); err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		n.q = conn
		defer func() {
			_, rerr := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("ROLLBACK; PRAGMA cache_size = -%d", usualCache))
			if err == nil && rerr != nil {
				err = fmt.Errorf("catalog: %w", rerr)
			}
		}()
	}
	if err := count(n); err != nil {
		return fmt.Errorf("catalog: %w", cmp.Or(ctx.Err(), err)) // SQLite says "interrupted"
	}
	return nil
}

// counting is the work of one call of Stats.
type counting struct {
	ctx context.Context
	q   querier
	*Stats
	top int
}

// The stories with their readings are read in the order in which their readings are
// stored, which is faster than any other; the limit keeps SQLite from dropping that order.
const (
	tallyColumns = "s.site, s.kind, r.section, r.language, substr(r.published, 1, 10), r.words, r.fields, r.captured"
	byReading    = ` FROM (SELECT story, reading, site, kind, sorted, doc FROM stories ORDER BY reading LIMIT -1) s CROSS JOIN readings r ON r.id = s.reading `
)

// count counts the articles that a filter selects.
func (c *counting) count(f Filter) error {
	where, args := f.whereNot(movedIf(redirects))
	query := "SELECT " + tallyColumns + byReading + where
	if f.Limit > 0 {
		query += fmt.Sprintf(" ORDER BY s.sorted DESC, s.story LIMIT %d", f.Limit)
	}
	t, row := newTally(), tallyRow{}
	err := c.each(query, args, func(scan func(...any) error) error {
		err := scan(row.columns()...)
		t.add(&row)
		return err
	})
	if err != nil {
		return err
	}
	return c.figures(t, f.Sites)
}

// countAll counts all articles, and sums up all pages by site.
func (c *counting) countAll() ([]Site, error) {
	t, row, all := newTally(), tallyRow{}, sites{}
	err := c.each("SELECT "+tallyColumns+", "+siteColumns+byReading+siteCaptures, nil, func(scan func(...any) error) error {
		var page sitePage
		err := scan(append(row.columns(), page.columns()...)...)
		if page.isArticle {
			t.add(&row)
		}
		all.add(row.site, row.captured, page)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all.sorted(), c.figures(t, nil)
}

// figures takes the figures from a tally, and the coverage of sites.
func (c *counting) figures(t *tally, sites []string) error {
	c.Articles, c.Captured = t.articles, t.captured
	c.countDays(t)
	c.Sections.addAll(t.sectionCounts(), c.Articles, c.top)
	c.Languages.addAll(countsOf(t.languages), c.Articles, c.top)
	c.Kinds.addAll(countsOf(t.kinds), c.Articles, c.top)
	c.countWords(t.words)
	c.countFields(t.fields)
	return c.cover(sites)
}

// each runs a query and calls a function for each of its rows.
func (c *counting) each(query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := c.q.QueryContext(c.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// countDays counts by day and by site, and finds the gaps.
func (c *counting) countDays(t *tally) {
	g := gapFinder{Gaps: &c.Gaps, longest: c.top}
	var sites []ValueCount
	for _, name := range slices.Sorted(maps.Keys(t.sites)) {
		site := t.sites[name]
		sites = append(sites, ValueCount{Value: name, Articles: site.articles})
		for _, day := range site.days.all() {
			g.add(name, dayAt(day))
		}
	}
	g.end()
	c.Published.Unknown = t.dayless
	for _, day := range slices.Sorted(maps.Keys(t.days)) {
		c.Days = append(c.Days, DayCount{dayAt(day), t.days[day]})
	}
	if n := len(c.Days); n > 0 {
		c.Published.Days, c.Published.First, c.Published.Last = n, c.Days[0].Day.Format(time.DateOnly), c.Days[n-1].Day.Format(time.DateOnly)
	}
	c.Sites.addAll(sites, c.Articles, c.top)
}

// addAll adds values in any order.
func (t *Top) addAll(values []ValueCount, of, top int) {
	slices.SortFunc(values, func(a, b ValueCount) int {
		return cmp.Or(cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.Value, b.Value))
	})
	for _, v := range values {
		t.add(v.Value, v.Articles, of, top)
	}
}

// add adds the next most frequent value.
func (t *Top) add(value string, n, of, top int) {
	switch {
	case value == "":
		t.Missing += n
	case len(t.Values) < top:
		t.Values = append(t.Values, ValueCount{value, n, share(n, of)})
	default:
		t.OtherValues++
		t.OtherArticles += n
	}
}

// share is a part of a whole, from 0 to 1, with four digits.
func share(n, of int) float64 {
	return math.Round(float64(n)/float64(max(of, 1))*1e4) / 1e4
}

// countWords counts the articles of each length.
func (c *counting) countWords(lengths map[int]int) {
	w := &c.Words
	for i, from := range wordBounds {
		r := WordRange{From: from}
		if i+1 < len(wordBounds) {
			r.Below = wordBounds[i+1]
		}
		w.Histogram = append(w.Histogram, r)
	}
	quartiles := []*int{&w.LowerQuartile, &w.Median, &w.UpperQuartile}
	seen, quarter, in := 0, 0, 0
	for _, words := range slices.Sorted(maps.Keys(lengths)) {
		n := lengths[words]
		if seen == 0 {
			w.Min = words
		}
		seen += n
		w.Total += words * n
		w.Max = words
		for quarter < 3 && 4*seen >= (quarter+1)*c.Articles {
			*quartiles[quarter] = words
			quarter++
		}
		for in+1 < len(wordBounds) && words >= wordBounds[in+1] {
			in++
		}
		w.Histogram[in].Articles += n
	}
}

func (c *counting) countFields(filled map[int64]int) {
	for i, name := range FieldNames() {
		f := FieldCount{Field: name}
		for set, n := range filled {
			if set&(1<<i) != 0 {
				f.Articles += n
			}
		}
		f.Share = share(f.Articles, c.Articles)
		c.Fields = append(c.Fields, f)
	}
}
