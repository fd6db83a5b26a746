package facets

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Selection says which stories are looked for, as a catalog.Filter does: of each
// dimension, a story must have one of the values.
type Selection struct {
	Sites     []string
	Sections  []string  // case does not matter
	Authors   []string  // parts of names, case does not matter
	Languages []string  // "en" is also "en-GB"
	Kinds     []string  // without any, stories of all kinds of articles that have not moved
	AllKinds  bool      // pages of all kinds
	Since     time.Time // of publication, or of capture if that is unknown
	Until     time.Time // inclusive

	Match *Match // stories with some words; nil for all
}

// A Count is how many stories have a value.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// A Result is what a selection selects. The counts of a dimension are those of the stories
// that all other dimensions select: so they say what one gets by choosing a value, also
// where another is chosen already.
type Result struct {
	Rows []int32 // the stories, the newest first

	// Values with their numbers of stories, the most frequent first.
	Sites, Sections, Authors, Languages, Kinds []Count
}

// The dimensions of a selection.
const (
	bySite = iota
	bySection
	byAuthor
	byLanguage
	byKind
	byDate
	dimensions
)

// allowed has, for each number of a name, whether it is selected; nil if all are.
type allowed [dimensions - 1][]bool

// Select finds the stories of a selection, and counts. A row that no value of one
// dimension only excludes counts for the values of this dimension.
func (x *Index) Select(s Selection) *Result {
	ok := x.allowed(s)
	from, to := x.between(s.Since, s.Until)
	only := len(s.Kinds) == 0 && !s.AllKinds
	res := &Result{}
	n := tally{x: x, sites: make([]int32, len(x.names.site.shown)), sections: make([]int32, len(x.names.section.shown)), tongues: make([]int32, len(x.names.tongue.shown)),
		credits: make([]int32, len(x.names.credit)), kinds: make([]int32, len(x.names.kind.shown))}
	for i := range x.keys {
		row := int32(i)
		if s.Match != nil && !s.Match.set.Has(row) || x.gone.Has(row) {
			continue
		}
		fails, which := 0, 0
		fail := func(dimension int) { fails, which = fails+1, dimension }
		if ok[bySite] != nil && !ok[bySite][x.sites[i]] {
			fail(bySite)
		}
		if ok[bySection] != nil && !ok[bySection][x.sections[i]] {
			fail(bySection)
		}
		if ok[byAuthor] != nil && !ok[byAuthor][x.credits[i]] {
			fail(byAuthor)
		}
		if ok[byLanguage] != nil && !ok[byLanguage][x.tongues[i]] {
			fail(byLanguage)
		}
		if ok[byKind] != nil && !ok[byKind][x.kinds[i]] || only && x.moved[i] {
			fail(byKind)
		}
		if i < from || i >= to {
			fail(byDate)
		}
		switch fails {
		case 0:
			res.Rows = append(res.Rows, row)
			n.all(i)
		case 1:
			n.one(i, which)
		}
	}
	n.list(res)
	return res
}

// between returns the first row of a time, and the first one after it: rows are in order.
func (x *Index) between(since, until time.Time) (from, to int) {
	from, to = 0, len(x.sorted)
	if !until.IsZero() {
		from = sort.Search(len(x.sorted), func(i int) bool { return x.sorted[i] <= until.UnixMicro() })
	}
	if !since.IsZero() {
		to = sort.Search(len(x.sorted), func(i int) bool { return x.sorted[i] < since.UnixMicro() })
	}
	return from, to
}

func (x *Index) allowed(s Selection) (ok allowed) {
	equal := func(name, want string) bool { return name == want }
	ok[bySite] = which(x.names.site, s.Sites, equal)
	ok[bySection] = which(x.names.section, s.Sections, equal)
	ok[byLanguage] = which(x.names.tongue, s.Languages, func(name, want string) bool {
		rest, ok := strings.CutPrefix(name, want)
		return ok && (rest == "" || rest[0] == '-')
	})
	if authors := which(x.names.author, s.Authors, strings.Contains); authors != nil {
		ok[byAuthor] = make([]bool, len(x.names.credit))
		for i, credit := range x.names.credit {
			ok[byAuthor][i] = slices.ContainsFunc(credit, func(a uint32) bool { return authors[a] })
		}
	}
	switch {
	case len(s.Kinds) > 0:
		ok[byKind] = which(x.names.kind, s.Kinds, equal)
	case !s.AllKinds:
		ok[byKind] = make([]bool, len(x.names.kind.shown))
		for i, name := range x.names.kind.folded {
			ok[byKind][i] = article.Kind(name).Story()
		}
	}
	return ok
}

// which says of each name whether it is one of those that are wanted, without regard to
// case; nil if none are.
func which(d dictionary, wanted []string, is func(name, want string) bool) []bool {
	if len(wanted) == 0 {
		return nil
	}
	all := make([]bool, len(d.folded))
	for _, want := range wanted {
		want = fold(want)
		for i, name := range d.folded {
			all[i] = all[i] || i > 0 && is(name, want)
		}
	}
	return all
}

// A tally counts values by their numbers.
type tally struct {
	x                                        *Index
	sites, sections, tongues, credits, kinds []int32
}

// all counts a row in all dimensions.
func (t *tally) all(i int) {
	t.sites[t.x.sites[i]]++
	t.sections[t.x.sections[i]]++
	t.tongues[t.x.tongues[i]]++
	t.credits[t.x.credits[i]]++
	t.kinds[t.x.kinds[i]]++
}

// one counts a row in one dimension.
func (t *tally) one(i, dimension int) {
	switch dimension {
	case bySite:
		t.sites[t.x.sites[i]]++
	case bySection:
		t.sections[t.x.sections[i]]++
	case byLanguage:
		t.tongues[t.x.tongues[i]]++
	case byAuthor:
		t.credits[t.x.credits[i]]++
	case byKind:
		t.kinds[t.x.kinds[i]]++
	}
}

// list lists the values that were counted.
func (t *tally) list(res *Result) {
	res.Sites, res.Sections, res.Kinds = listed(t.x.names.site.shown, t.sites), listed(t.x.names.section.shown, t.sections), listed(t.x.names.kind.shown, t.kinds)
	authors := make([]int32, len(t.x.names.author.shown))
	for i, n := range t.credits {
		if n == 0 {
			continue
		}
		for _, a := range t.x.names.credit[i] {
			authors[a] += n
		}
	}
	res.Authors = listed(t.x.names.author.shown, authors)
	// Languages are counted without regions and scripts.
	byLanguage := map[string]int{}
	for i, n := range t.tongues {
		if n > 0 && i > 0 {
			language, _, _ := strings.Cut(t.x.names.tongue.folded[i], "-")
			byLanguage[language] += int(n)
		}
	}
	for language, n := range byLanguage {
		res.Languages = append(res.Languages, Count{language, n})
	}
	slices.SortFunc(res.Languages, compare)
}

// maxListed is how many values of a dimension are listed.
const maxListed = 200

// listed lists the values that were counted, the most frequent first.
func listed(names []string, counts []int32) []Count {
	var at []int32
	first := func(a, b int32) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) }
	least := int32(0) // what is not more frequent is not listed
	for i, n := range counts {
		if n <= least || i == 0 {
			continue
		}
		// There may be a hundred thousand names, most of them rare: not all are sorted.
		if at = append(at, int32(i)); len(at) == 2*maxListed {
			slices.SortFunc(at, first)
			at = at[:maxListed]
			least = counts[at[maxListed-1]]
		}
	}
	slices.SortFunc(at, first)
	at = at[:min(len(at), maxListed)]
	all := make([]Count, 0, len(at))
	for _, i := range at {
		all = append(all, Count{names[i], int(counts[i])})
	}
	slices.SortFunc(all, compare)
	return all
}

func compare(a, b Count) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
}
