package facets

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

func fill(t testing.TB, f *archivetest.Fixture, o archivetest.Options) {
	t.Helper()
	o.Text, o.Markup = 600, 200
	if err := archivetest.Fill(t.Context(), f.Writer, f.Catalog, o); err != nil {
		t.Fatal(err)
	}
}

// filled is an archive of some articles, with its index.
func filled(t testing.TB) (*archivetest.Fixture, *Live) {
	t.Helper()
	f := archivetest.New(t)
	fill(t, f, archivetest.Options{Articles: 300, Sites: 4})
	return f, live(t, f)
}

func live(t testing.TB, f *archivetest.Fixture) *Live {
	t.Helper()
	l := NewLive(f.Catalog)
	t.Cleanup(func() { l.Close() })
	return l
}

// view waits for an index.
func view(t testing.TB, l *Live) *View {
	t.Helper()
	for range 100 {
		v, err := l.Index(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v != nil {
			return v
		}
	}
	t.Fatal("no index")
	return nil
}

func keysOf(v *View, rows []int32) (keys []int64) {
	for _, row := range rows {
		keys = append(keys, v.Key(row))
	}
	return keys
}

func keyOf(t testing.TB, s catalog.Story) int64 {
	t.Helper()
	key, err := strconv.ParseInt(s.ID, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// filters select by each dimension, alone and together.
func filters(t testing.TB, c *catalog.Catalog) (all []catalog.Filter) {
	t.Helper()
	s, err := c.Stats(t.Context(), catalog.Filter{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	site, section, language := s.Sites.Values[0].Value, s.Sections.Values[0].Value, s.Languages.Values[0].Value
	author := ""
	for story := range c.Stories(t.Context(), catalog.Filter{}) {
		if len(story.Authors) > 0 {
			author = story.Authors[0]
		}
	}
	first, err := time.Parse(time.DateOnly, s.Published.First)
	if err != nil {
		t.Fatal(err)
	}
	later := first.AddDate(0, 0, 40)
	return []catalog.Filter{
		{}, {All: true}, {Kinds: []string{"article"}}, {Kinds: []string{"live", "home"}}, {Sites: []string{site}}, {Sites: []string{site, "none.example"}}, {Sites: []string{"none.example"}},
		{Sections: []string{strings.ToUpper(section)}}, {Languages: []string{language}}, {Languages: []string{strings.ToUpper(language)[:2]}}, {Authors: []string{author}},
		{Authors: []string{strings.ToUpper(author[:3])}}, {Since: later}, {Until: later}, {Since: first, Until: later.Add(-time.Microsecond)},
		{Sites: []string{site}, Languages: []string{language}, Until: later}, {Sites: []string{site}, Sections: []string{section}, All: true},
	}
}

func selection(f catalog.Filter) Selection {
	return Selection{Sites: f.Sites, Sections: f.Sections, Authors: f.Authors, Languages: f.Languages, Kinds: f.Kinds, AllKinds: f.All, Since: f.Since, Until: f.Until}
}

// TestSelect: the index selects what the catalog selects, in the same order, also by words.
func TestSelect(t *testing.T) {
	f, l := filled(t)
	v := view(t, l)
	ctx := t.Context()
	some := 0
	for _, filter := range filters(t, f.Catalog) {
		var want []int64
		for s, err := range f.Catalog.Stories(ctx, filter) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, keyOf(t, s))
		}
		res := v.Select(selection(filter))
		if got := keysOf(v, res.Rows); !slices.Equal(got, want) {
			t.Errorf("%+v: got %d stories, want %d", filter, len(got), len(want))
		}
		if len(want) > 0 {
			some++
		}
		filter.Query = queryOf(t, f.Catalog)
		want = nil
		var scores []float64
		for h, err := range f.Catalog.Search(ctx, filter, catalog.ByRelevance) {
			if err != nil {
				t.Fatal(err)
			}
			want, scores = append(want, keyOf(t, h.Story)), append(scores, h.Score)
		}
		m, err := v.Match(ctx, filter)
		if err != nil {
			t.Fatal(err)
		}
		s := selection(filter)
		s.Match = m
		best, err := v.Best(ctx, m, v.Select(s).Rows, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		var gotScores []float64
		for _, b := range best {
			got, gotScores = append(got, v.Key(b.Row)), append(gotScores, b.Score)
		}
		if !slices.Equal(got, want) || !slices.Equal(gotScores, scores) {
			t.Errorf("%+v: got %d hits, want %d", filter, len(got), len(want))
		}
	}
	if some < 12 {
		t.Errorf("only %d filters select anything", some)
	}
}

// queryOf is a word that many articles have.
func queryOf(t testing.TB, c *catalog.Catalog) string {
	t.Helper()
	for s := range c.Stories(t.Context(), catalog.Filter{Languages: []string{"en"}}) {
		a, err := c.Article(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for _, w := range strings.Fields(a.Text) {
			if counts[w]++; counts[w] == 3 {
				return w
			}
		}
	}
	t.Fatal("no word")
	return ""
}

// TestCounts: the count of a value is how many stories one gets with it, whatever else is
// chosen of the same dimension.
func TestCounts(t *testing.T) {
	_, l := filled(t)
	v := view(t, l)
	base := Selection{Since: v.timeOf(int32(v.Len() / 2))}
	res := v.Select(base)
	for _, dimension := range []struct {
		name   string
		counts []Count
		with   func(string) Selection
	}{
		{"site", res.Sites, func(s string) Selection { b := base; b.Sites = []string{s}; return b }},
		{"section", res.Sections, func(s string) Selection { b := base; b.Sections = []string{s}; return b }},
		{"language", res.Languages, func(s string) Selection { b := base; b.Languages = []string{s}; return b }},
		{"kind", res.Kinds, func(s string) Selection { b := base; b.Kinds = []string{s}; return b }},
	} {
		if len(dimension.counts) == 0 {
			t.Errorf("no values of %s", dimension.name)
		}
		for i, c := range dimension.counts {
			got := v.Select(dimension.with(c.Value))
			if len(got.Rows) != c.Count {
				t.Errorf("%s %q: got %d, want %d", dimension.name, c.Value, c.Count, len(got.Rows))
			}
			if dimension.name == "site" && !slices.Equal(got.Sites, res.Sites) {
				t.Errorf("%s %d: the others count %v, before %v", dimension.name, i, got.Sites, res.Sites)
			}
		}
	}
}

// TestRanksInParts: deep pages are those of the whole list, and rank only what they need.
func TestRanksInParts(t *testing.T) {
	x := &Index{}
	b := newBuilder()
	const n = 95
	docs := make([]int64, n)
	for i := range n { // the newest has the last words
		b.add(x, catalog.Entry{Key: int64(i), Doc: int64(3 * (n - i)), Sorted: int64(n - i), Kind: "article"})
		docs[n-1-i] = int64(3 * (n - i))
	}
	x = b.done(x)
	score := func(doc int64) float64 { return float64(doc * 7919 % 101) }
	ranks := 0
	rank := func(_ context.Context, _ catalog.Filter, below int64) (all []catalog.Ranked, _ error) {
		ranks++
		for _, d := range slices.Backward(docs) {
			if d < below && len(all) < 10 {
				all = append(all, catalog.Ranked{Doc: d, Score: score(d)})
			}
		}
		slices.SortFunc(all, func(a, b catalog.Ranked) int { return int(b.Score - a.Score) })
		return all, nil
	}
	m := &Match{docs: docs, rows: make([]int32, n), set: NewSet(n)}
	var rows []int32
	for i, d := range docs {
		m.rows[i] = x.rowOf(d)
		if d%2 == 0 { // a filter
			rows = append(rows, m.rows[i])
		}
	}
	all, err := x.best(t.Context(), m, rows, 0, math.MaxInt, rank, 10)
	if err != nil || len(all) != len(rows) {
		t.Fatal(len(all), err)
	}
	for offset := range len(all) {
		ranks = 0
		page, err := x.best(t.Context(), m, rows, offset, 4, rank, 10)
		if err != nil || !slices.Equal(page, all[offset:min(offset+4, len(all))]) {
			t.Errorf("from %d: got %v %v", offset, page, err)
		}
		if ranks > 2 {
			t.Errorf("from %d: ranked %d times", offset, ranks)
		}
	}
}

// TestPeriods: the shortest unit of which few are needed; wrong dates at the ends do not
// make it longer.
func TestPeriods(t *testing.T) {
	at := func(dates ...string) Periods {
		b, x := newBuilder(), &Index{}
		slices.Sort(dates)
		for i, d := range slices.Backward(dates) {
			day, err := time.Parse(time.DateOnly, d)
			if err != nil {
				t.Fatal(err)
			}
			b.add(x, catalog.Entry{Key: int64(i), Sorted: day.UnixMicro(), Kind: "article"})
		}
		x = b.done(x)
		return x.Periods(x.Select(Selection{}).Rows)
	}
	if p := at(); len(p.All) != 0 {
		t.Errorf("got %v", p)
	}
	if p := at("2026-01-30", "2026-02-02", "2026-02-02"); p.Unit != "day" || len(p.All) != 4 || p.All[0] != (Period{"2026-01-30", 1}) || p.All[3] != (Period{"2026-02-02", 2}) {
		t.Errorf("got %v", p)
	}
	if p := at("2025-12-31", "2026-11-02"); p.Unit != "month" || len(p.All) != 12 || p.All[11] != (Period{"2026-11", 1}) {
		t.Errorf("got %v", p)
	}
	if p := at("0001-01-01", "2010-01-01", "2026-11-02", "9999-12-31"); p.Unit != "year" || len(p.All) != 60 {
		t.Errorf("got %v", p)
	}
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("2026-03-%02d", 1+i%28))
	}
	p := at(append(many, "0001-01-01", "1970-01-01", "9999-12-31")...)
	sum := p.Before + p.After
	for _, period := range p.All {
		sum += period.Count
	}
	if p.Unit != "day" || len(p.All) != 28 || p.Before != 2 || p.After != 1 || sum != 1003 {
		t.Errorf("got %v", p)
	}
}

// TestHostileNames: names of pages can be anything.
func TestHostileNames(t *testing.T) {
	b, x := newBuilder(), &Index{}
	for i, authors := range []string{"", "null", "[]", "[", `["a",1]`, `["` + strings.Repeat("x", 10_000) + `"]`, `["","<b>","\u202e"]`, `[` + strings.Repeat(`"n",`, 5000) + `"n"]`} {
		b.add(x, catalog.Entry{Key: int64(i), Sorted: int64(-i), Kind: strings.Repeat("k", i), Section: strings.Repeat("ſ", i*40), Language: "\xff-", Authors: authors, Doc: math.MaxInt64 - int64(i)})
	}
	x = b.done(x)
	res := x.Select(Selection{AllKinds: true})
	if len(res.Rows) != 8 || len(res.Authors) != 3 {
		t.Errorf("got %d rows, authors %v", len(res.Rows), res.Authors)
	}
	if got := x.Select(Selection{AllKinds: true, Authors: []string{"<B>"}}); len(got.Rows) != 1 {
		t.Errorf("got %d rows", len(got.Rows))
	}
}

// BenchmarkSelect selects and counts all of 100,000 and of 1,000,000 stories, and reports
// the memory of the index.
func BenchmarkSelect(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		bu := newBuilder()
		x, err := bu.build(func(yield func(catalog.Entry, error) bool) {
			for i := range n {
				e := catalog.Entry{Key: int64(i), Doc: int64(n - i), Sorted: int64(n-i) * 3e8, Site: fmt.Sprintf("site%d.example", i%200), Kind: "article", Section: fmt.Sprint("section ", i%3000),
					Language: []string{"en", "en-GB", "fr", "ha"}[i%4], Authors: fmt.Sprintf(`["Author %d"]`, i%(n/20))}
				if !yield(e, nil) {
					return
				}
			}
		}, n)
		if err != nil {
			b.Fatal(err)
		}
		for name, s := range map[string]Selection{"all": {}, "filtered": {Sites: []string{"site7.example"}, Authors: []string{"author 1"}, Until: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)}} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					x.Periods(x.Select(s).Rows)
				}
			})
		}
	}
}
