package dataset

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// maxCounted bounds the different values that are counted, such as profiles of sites
// in extractors. What is beyond it is counted together.
const maxCounted = 10_000

// facts collect what the documents say of the rows.
type facts struct {
	articles            int64
	tables              map[string]*docs.Table
	sites, kinds        map[string]int64
	languages           map[string]int64
	extractors          map[string]int64
	splits              map[string]int64
	optouts, redacted   map[string]int64
	runs                map[string]int64
	days                map[string]int64 // of publication
	published, captured [2]time.Time
}

func newFacts() *facts {
	f := &facts{tables: map[string]*docs.Table{}}
	for _, m := range []*map[string]int64{&f.sites, &f.kinds, &f.languages, &f.extractors, &f.splits, &f.optouts, &f.redacted, &f.runs, &f.days} {
		*m = map[string]int64{}
	}
	return f
}

const others = "(others)"

func count1(m map[string]int64, name string) {
	if _, ok := m[name]; !ok && len(m) >= maxCounted {
		name = others
	}
	m[name]++
}

// article counts a version of an article; most is counted once for each article, of its
// last version.
func (f *facts) article(row []table.Value, isLast bool, split string) {
	captured := row[metaCaptured].Time()
	f.captured = spanned(f.captured, captured)
	count1(f.runs, row[metaRun].Text)
	for _, kind := range row[metaRedacted].List {
		count1(f.redacted, kind)
	}
	if !isLast {
		return
	}
	f.articles++
	count1(f.sites, row[metaSite].Text)
	count1(f.kinds, row[metaKind].Text)
	count1(f.languages, row[metaLanguage].Text)
	program, _, _ := strings.Cut(row[metaExtractor].Text, ";")
	count1(f.extractors, program)
	if split != "" {
		count1(f.splits, split)
	}
	for _, o := range row[metaOptouts].List {
		count1(f.optouts, o)
	}
	if day := row[metaPublished].Text; len(day) >= 10 {
		if t, err := time.Parse(time.DateOnly, day[:10]); err == nil {
			f.published = spanned(f.published, t)
			f.days[day[:10]]++
		}
	}
}

func spanned(span [2]time.Time, t time.Time) [2]time.Time {
	if span[0].IsZero() || t.Before(span[0]) {
		span[0] = t
	}
	if t.After(span[1]) {
		span[1] = t
	}
	return span
}

// row counts the values of a row.
func (f *facts) row(t *table.Table, row []table.Value) {
	of := f.tables[t.Name]
	if of == nil {
		of = &docs.Table{Table: t, Filled: make([]int64, len(t.Columns)), First: make([]string, len(t.Columns))}
		f.tables[t.Name] = of
	}
	of.Rows++
	for i, v := range row {
		if !v.Set {
			continue
		}
		if of.Filled[i]++; of.Filled[i] == 1 && !t.Columns[i].Text && !t.Columns[i].Personal {
			of.First[i] = example(t.Columns[i].Type, v)
		}
	}
}

// maxExample is how many bytes of a value are an example.
const maxExample = 80

// example is a value as the codebook shows it.
func example(typ table.Type, v table.Value) string {
	s := table.Format(typ, v)
	if len(s) <= maxExample {
		return s
	}
	n := maxExample
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// counts lists counts, the largest first.
func counts(m map[string]int64) (all []docs.Count) {
	for name, n := range m {
		all = append(all, docs.Count{Name: name, N: n})
	}
	sortCounts(all)
	return all
}
