package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
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
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return s, fmt.Errorf("catalog: %w", err)
	}
	defer conn.Close()
	// A transaction that only reads, other than those of BeginTx: crawls can go on.
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return s, fmt.Errorf("catalog: %w", err)
	}
	defer func() { // removes the temporary table
		if _, rerr := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err == nil && rerr != nil {
			err = fmt.Errorf("catalog: %w", rerr)
		}
	}()
	none := Top{Values: []ValueCount{}}
	s = Stats{Sites: none, Sections: none, Languages: none, Kinds: none, Gaps: Gaps{Longest: []Gap{}}, Coverage: []SiteCover{}}
	if err := (&counting{ctx, conn, &s, max(top, 1)}).count(f); err != nil {
		return s, fmt.Errorf("catalog: %w", cmp.Or(ctx.Err(), err)) // SQLite says "interrupted"
	}
	return s, nil
}

// counting is the work of one call of Stats.
type counting struct {
	ctx  context.Context
	conn *sql.Conn
	*Stats
	top int
}

func (c *counting) count(f Filter) error {
	if err := c.selectArticles(f); err != nil {
		return err
	}
	err := c.conn.QueryRowContext(c.ctx, "SELECT count(*), coalesce(min(nullif(captured, 0)), 0), coalesce(max(captured), 0) FROM temp.selected").
		Scan(&c.Articles, (*instant)(&c.Captured.First), (*instant)(&c.Captured.Last))
	if err != nil {
		return err
	}
	for _, step := range []func() error{c.countDays, c.countValues, c.countWords, c.countFields} {
		if err := step(); err != nil {
			return err
		}
	}
	return c.cover(f.Sites)
}

// selectArticles writes what is counted of the selected articles into a temporary table.
// For each query to find the articles by itself would take several times as long. They
// are read in the order in which their readings are stored, which is faster than any
// other; the limit keeps SQLite from dropping that order.
func (c *counting) selectArticles(f Filter) error {
	_, err := c.conn.ExecContext(c.ctx, "CREATE TEMP TABLE selected (site TEXT, kind TEXT, section TEXT, language TEXT, day TEXT, words INTEGER, fields INTEGER, captured INTEGER)")
	if err != nil {
		return err
	}
	where, args := f.whereNot(movedIf(redirects))
	query := `INSERT INTO temp.selected SELECT s.site, s.kind, r.section, r.language, substr(r.published, 1, 10), r.words, r.fields, r.captured
		FROM (SELECT story, reading, site, kind, sorted, doc FROM stories ORDER BY reading LIMIT -1) s CROSS JOIN readings r ON r.id = s.reading ` + where
	if f.Limit > 0 {
		query += fmt.Sprintf(" ORDER BY s.sorted DESC, s.story LIMIT %d", f.Limit)
	}
	_, err = c.conn.ExecContext(c.ctx, query, args...)
	return err
}

// each runs a query and calls a function for each of its rows.
func (c *counting) each(query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := c.conn.QueryContext(c.ctx, query, args...)
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
func (c *counting) countDays() error {
	days := map[time.Time]int{}
	var sites []ValueCount
	g := gapFinder{Gaps: &c.Gaps, longest: c.top}
	err := c.each("SELECT site, day, count(*) FROM temp.selected GROUP BY site, day ORDER BY site, day", nil, func(scan func(...any) error) error {
		var site, text string
		var n int
		if err := scan(&site, &text, &n); err != nil {
			return err
		}
		if k := len(sites); k == 0 || sites[k-1].Value != site {
			sites = append(sites, ValueCount{Value: site})
		}
		sites[len(sites)-1].Articles += n
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			c.Published.Unknown += n
			return nil
		}
		days[day] += n
		g.add(site, day)
		return nil
	})
	if err != nil {
		return err
	}
	g.end()
	for day, n := range days {
		c.Days = append(c.Days, DayCount{day, n})
	}
	slices.SortFunc(c.Days, func(a, b DayCount) int { return a.Day.Compare(b.Day) })
	if n := len(c.Days); n > 0 {
		c.Published.Days, c.Published.First, c.Published.Last = n, c.Days[0].Day.Format(time.DateOnly), c.Days[n-1].Day.Format(time.DateOnly)
	}
	c.Sites.addAll(sites, c.Articles, c.top)
	return nil
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

// countValues counts by section, language and kind.
func (c *counting) countValues() error {
	values := func(top *Top, column string) error {
		return c.each("SELECT "+column+" AS value, count(*) AS n FROM temp.selected GROUP BY value ORDER BY n DESC, value", nil, func(scan func(...any) error) error {
			var value string
			var n int
			err := scan(&value, &n)
			top.add(value, n, c.Articles, c.top)
			return err
		})
	}
	if err := c.countSections(); err != nil {
		return err
	}
	if err := values(&c.Languages, "language"); err != nil {
		return err
	}
	return values(&c.Kinds, "kind")
}

// countSections counts by section. Of spellings that differ in case, it shows the most
// frequent.
func (c *counting) countSections() error {
	var sections []ValueCount
	place := map[string]int{} // in sections, by lower case
	err := c.each("SELECT section, count(*) AS n FROM temp.selected GROUP BY section ORDER BY n DESC, section DESC", nil, func(scan func(...any) error) error {
		var section string
		var n int
		err := scan(&section, &n)
		i, ok := place[lower(section)]
		if !ok {
			i, sections = len(sections), append(sections, ValueCount{Value: section})
			place[lower(section)] = i
		}
		sections[i].Articles += n
		return err
	})
	c.Sections.addAll(sections, c.Articles, c.top)
	return err
}

func (c *counting) countWords() error {
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
	return c.each("SELECT words, count(*) FROM temp.selected GROUP BY words ORDER BY words", nil, func(scan func(...any) error) error {
		var words, n int
		if err := scan(&words, &n); err != nil {
			return err
		}
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
		return nil
	})
}

func (c *counting) countFields() error {
	for _, name := range FieldNames() {
		c.Fields = append(c.Fields, FieldCount{Field: name})
	}
	err := c.each("SELECT fields, count(*) FROM temp.selected GROUP BY fields", nil, func(scan func(...any) error) error {
		var filled int64
		var n int
		if err := scan(&filled, &n); err != nil {
			return err
		}
		for i := range c.Fields {
			if filled&(1<<i) != 0 {
				c.Fields[i].Articles += n
			}
		}
		return nil
	})
	for i := range c.Fields {
		c.Fields[i].Share = share(c.Fields[i].Articles, c.Articles)
	}
	return err
}
