package catalog

import (
	"cmp"
	"slices"
	"time"
)

// A tally counts articles, row by row: in SQLite, each count would sort all of them again.
type tally struct {
	articles         int
	captured         Captured
	dayless          int           // articles without a day of publication
	days             map[int32]int // articles by day: see dayAt
	sites            map[string]*perSite
	sections         map[string]int // by spelling
	languages, kinds map[string]int
	words            map[int]int   // articles by length
	fields           map[int64]int // articles by the set of their fields

	// The last row's: most follow one of the same site, and of the same day.
	site  *perSite
	name  string
	text  string
	day   int32
	isDay bool
}

// A perSite is what is counted of one site.
type perSite struct {
	articles int
	days     daySet
}

func newTally() *tally {
	return &tally{days: map[int32]int{}, sites: map[string]*perSite{}, sections: map[string]int{}, languages: map[string]int{}, kinds: map[string]int{},
		words: map[int]int{}, fields: map[int64]int{}}
}

// A tallyRow is what is counted of one article.
type tallyRow struct {
	site, kind, section, language, day string
	words                              int
	fields                             int64
	captured                           time.Time
}

// columns are for tallyColumns.
func (r *tallyRow) columns() []any {
	r.captured = time.Time{} // which an instant that is not known leaves as it is
	return []any{&r.site, &r.kind, &r.section, &r.language, &r.day, &r.words, &r.fields, (*instant)(&r.captured)}
}

// add counts an article.
func (t *tally) add(r *tallyRow) {
	t.articles++
	if !r.captured.IsZero() && (t.captured.First.IsZero() || r.captured.Before(t.captured.First)) {
		t.captured.First = r.captured
	}
	if r.captured.After(t.captured.Last) {
		t.captured.Last = r.captured
	}
	if t.site == nil || r.site != t.name {
		if t.site = t.sites[r.site]; t.site == nil {
			t.site = &perSite{}
			t.sites[r.site] = t.site
		}
		t.name = r.site
	}
	t.site.articles++
	t.sections[r.section]++
	t.languages[r.language]++
	t.kinds[r.kind]++
	t.words[r.words]++
	t.fields[r.fields]++
	if r.day != t.text {
		at, err := time.Parse(time.DateOnly, r.day)
		t.text, t.day, t.isDay = r.day, int32(at.Unix()/secondsPerDay), err == nil
	}
	if !t.isDay {
		t.dayless++
		return
	}
	t.days[t.day]++
	t.site.days.add(t.day)
}

const secondsPerDay = 24 * 60 * 60

// dayAt is the midnight, in UTC, that begins a day of a tally: days since 1970.
func dayAt(day int32) time.Time { return time.Unix(int64(day)*secondsPerDay, 0).UTC() }

// countsOf lists the values that were counted, in any order.
func countsOf(counts map[string]int) []ValueCount {
	all := make([]ValueCount, 0, len(counts))
	for v, n := range counts {
		all = append(all, ValueCount{Value: v, Articles: n})
	}
	return all
}

// sectionCounts counts the sections. Of spellings that differ in case, it has the most
// frequent.
func (t *tally) sectionCounts() (sections []ValueCount) {
	spellings := countsOf(t.sections)
	slices.SortFunc(spellings, func(a, b ValueCount) int {
		return cmp.Or(cmp.Compare(b.Articles, a.Articles), cmp.Compare(b.Value, a.Value))
	})
	place := map[string]int{} // in sections, by lower case
	for _, s := range spellings {
		key := lower(s.Value)
		i, ok := place[key]
		if !ok {
			i, sections = len(sections), append(sections, ValueCount{Value: s.Value})
			place[key] = i
		}
		sections[i].Articles += s.Articles
	}
	return sections
}

// A daySet is a set of days, in about four bytes each.
type daySet struct {
	days  []int32
	until int // how long days may get before those that are there twice are removed
}

func (s *daySet) add(day int32) {
	if n := len(s.days); n > 0 && s.days[n-1] == day {
		return
	}
	if s.days = append(s.days, day); len(s.days) >= max(s.until, 1024) {
		s.until = 2 * len(s.all())
	}
}

// all lists the days in order.
func (s *daySet) all() []int32 {
	slices.Sort(s.days)
	s.days = slices.Compact(s.days)
	return s.days
}
