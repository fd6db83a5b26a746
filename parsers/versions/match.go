package versions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A unit is what is aligned: a block, a sentence, an item of a list.
type unit struct {
	kind  string   // units of different kinds are never similar
	typ   string   // the type of a block; several may be of one kind
	texts []string // its lines
	key   string   // equal keys: the same but for cosmetic differences; set by match
	bag   []uint32 // sorted hashes of its words; made when needed
	known bool     // bag is made
}

// A group is units that belong together: one of each side, one of one side only, or
// one of one side and several of the other.
type group struct {
	a, b  []int
	moved bool
}

// How similar units must be to be versions of one another: at the same place, and
// anywhere. NewsEdits and the newsroom diffs before it use .5 to .6 on words.
const (
	similarHere = .5
	similarFar  = .6
)

// matchMode says what matching may do beyond equal keys in the same order.
type matchMode struct {
	far        bool // similar units may have moved
	rearrange  bool // a unit may have become several, or several one
	movedEqual bool // equal units may have moved
}

// match groups the units of two lists, in the order of b; units of a alone stand
// where they were.
func match(a, b []unit, mode matchMode) []group {
	setKeys(a, b)
	m := &matcher{a: a, b: b, mode: mode, toB: filled(len(a)), toA: filled(len(b))}
	m.equalKeys()
	m.similarInGaps()
	if mode.far {
		m.similarAnywhere()
	}
	return m.groups()
}

// setKeys gives units their keys. Text that both sides have as often is its own key:
// most of an article is, and folding takes longer than all else.
func setKeys(a, b []unit) {
	type content struct{ kind, text string }
	balance := make(map[content]int, len(a))
	exact := func(u *unit) string {
		if len(u.texts) == 1 {
			return u.texts[0]
		}
		return lengths(u.texts) + strings.Join(u.texts, "\n")
	}
	set := func(units []unit, by int) {
		for i := range units {
			units[i].key = exact(&units[i])
			balance[content{units[i].kind, units[i].key}] += by
		}
	}
	set(a, 1)
	set(b, -1)
	for _, units := range [][]unit{a, b} {
		for i := range units {
			u := &units[i]
			if balance[content{u.kind, u.key}] == 0 {
				u.key = "=" + u.key
				continue
			}
			var folded strings.Builder
			for _, s := range u.texts {
				folded.WriteByte('~')
				folded.WriteString(foldUnit(u.kind, s))
			}
			u.key = folded.String()
		}
	}
}

// lengths keeps lists apart whose items differ in where they end.
func lengths(lines []string) string {
	var b strings.Builder
	for _, s := range lines {
		fmt.Fprintf(&b, "%d,", len(s))
	}
	return b.String()
}

func foldUnit(kind, s string) string {
	if kind == article.Media || kind == article.Embed {
		return labelKey(s)
	}
	return fold(s)
}

type matcher struct {
	a, b     []unit
	mode     matchMode
	toB, toA []int       // the other side's unit, or -1
	extraA   map[int]int // by a further unit of a: the unit of b it was joined into
	extraB   map[int]int
}

func filled(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = -1
	}
	return s
}

func (m *matcher) join(p pair) { m.toB[p.a], m.toA[p.b] = p.b, p.a }

func (m *matcher) equalKeys() {
	ids := make(map[string]int, len(m.a)+len(m.b))
	number := func(units []unit) []int {
		list := make([]int, len(units))
		for i, u := range units {
			key := u.kind + "\x00" + u.key
			id, known := ids[key]
			if !known {
				id = len(ids)
				ids[key] = id
			}
			list[i] = id
		}
		return list
	}
	a, b := number(m.a), number(m.b)
	for _, p := range align(a, b, len(ids)) {
		m.join(p)
	}
	if !m.mode.movedEqual {
		return
	}
	// What is left on both sides has moved.
	for i := range a {
		if m.toB[i] >= 0 {
			a[i] = -1
		}
	}
	for j := range b {
		if m.toA[j] >= 0 {
			b[j] = -2
		}
	}
	for _, p := range occurrences(a, b, 0, 0) {
		m.join(p)
	}
}

// similarInGaps pairs similar units between units that are paired already.
func (m *matcher) similarInGaps() {
	i, j := 0, 0
	for _, p := range append(m.stable(), pair{len(m.a), len(m.b)}) {
		restA, restB := free(m.toB, i, p.a), free(m.toA, j, p.b)
		i, j = p.a+1, p.b+1
		if len(restA) == 0 || len(restB) == 0 {
			continue
		}
		if len(restA)*len(restB) > smallGap {
			m.similarByPlace(restA, restB)
			continue
		}
		for _, q := range gapDP(len(restA), len(restB), func(x, y int) float64 {
			if s := similarity(&m.a[restA[x]], &m.b[restB[y]]); s >= similarHere {
				return s
			}
			return 0
		}) {
			m.join(pair{restA[q.a], restB[q.b]})
		}
	}
}

// similarByPlace is for gaps too large for every pair: it tries the same place from
// the beginning, and then what is left from the end.
func (m *matcher) similarByPlace(restA, restB []int) {
	n := min(len(restA), len(restB))
	from := 0
	for from < n && m.tryJoin(restA[from], restB[from]) {
		from++
	}
	for k := 1; k <= n-from; k++ {
		m.tryJoin(restA[len(restA)-k], restB[len(restB)-k])
	}
}

func (m *matcher) tryJoin(i, j int) bool {
	if similarity(&m.a[i], &m.b[j]) < similarHere {
		return false
	}
	m.join(pair{i, j})
	return true
}

// stable are the pairs that are in the same order on both sides.
func (m *matcher) stable() []pair {
	var pairs []pair
	for i, j := range m.toB {
		if j >= 0 {
			pairs = append(pairs, pair{i, j})
		}
	}
	return increasing(pairs)
}

// free are the units from lo to hi without a partner.
func free(to []int, lo, hi int) []int {
	var rest []int
	for i := lo; i < hi; i++ {
		if to[i] < 0 {
			rest = append(rest, i)
		}
	}
	return rest
}

// Limits of the search for similar units anywhere: words that are in more units than
// maxPostings are ignored, and only the maxCandidates units with most words in
// common are compared.
const (
	maxPostings   = 8
	maxCandidates = 3
	minRareWords  = 2 // in common, to be compared at all
	minFarWords   = 6
)

// similarAnywhere pairs what is left with similar units wherever they are, the most
// similar first.
func (m *matcher) similarAnywhere() {
	restA, restB := free(m.toB, 0, len(m.a)), free(m.toA, 0, len(m.b))
	if len(restA) == 0 || len(restB) == 0 {
		return
	}
	postings := map[uint32][]int{}
	for _, j := range restB {
		for w := range distinct(m.b[j].words()) {
			if at := postings[w]; len(at) <= maxPostings {
				postings[w] = append(at, j)
			}
		}
	}
	type found struct {
		pair
		score float64
	}
	var all []found
	hits := make([]int, len(m.b))
	var touched, likely []int
	for _, i := range restA {
		if len(m.a[i].words()) < minFarWords {
			continue
		}
		touched = touched[:0]
		for w := range distinct(m.a[i].words()) {
			at := postings[w]
			if len(at) > maxPostings {
				continue
			}
			for _, j := range at {
				if hits[j] == 0 {
					touched = append(touched, j)
				}
				hits[j]++
			}
		}
		likely = likely[:0]
		for _, j := range touched {
			if hits[j] >= minRareWords {
				likely = append(likely, j)
			}
		}
		slices.SortFunc(likely, func(x, y int) int { return cmp.Or(hits[y]-hits[x], x-y) })
		for _, j := range likely[:min(len(likely), maxCandidates)] {
			if s := similarity(&m.a[i], &m.b[j]); s >= similarFar && len(m.b[j].words()) >= minFarWords {
				all = append(all, found{pair{i, j}, s})
			}
		}
		for _, j := range touched {
			hits[j] = 0
		}
	}
	slices.SortStableFunc(all, func(x, y found) int { return cmp.Compare(y.score, x.score) })
	for _, f := range all {
		if m.toB[f.a] < 0 && m.toA[f.b] < 0 {
			m.join(f.pair)
		}
	}
}

// distinct yields the different values of a sorted list.
func distinct(sorted []uint32) func(yield func(uint32) bool) {
	return func(yield func(uint32) bool) {
		for i, w := range sorted {
			if (i == 0 || sorted[i-1] != w) && !yield(w) {
				return
			}
		}
	}
}

// groups puts the result in order.
func (m *matcher) groups() []group {
	stable := m.stable()
	isStable := make([]bool, len(m.b))
	for _, p := range stable {
		isStable[p.b] = true
	}
	if m.mode.rearrange {
		m.rearranged()
	}
	var out []group
	i := 0
	// removed emits the units of a without partner up to the next stable pair.
	removed := func() {
		for ; i < len(m.a) && (m.toB[i] < 0 || !isStable[m.toB[i]]); i++ {
			if _, extra := m.extraA[i]; m.toB[i] < 0 && !extra {
				out = append(out, group{a: []int{i}})
			}
		}
	}
	removed()
	for j := range m.b {
		if _, extra := m.extraB[j]; extra {
			continue
		}
		k := m.toA[j]
		if k < 0 {
			out = append(out, group{b: []int{j}})
			continue
		}
		out = append(out, group{a: m.run(k, j, m.extraA, len(m.a)), b: m.run(j, k, m.extraB, len(m.b)), moved: !isStable[j]})
		if isStable[j] {
			i = k + 1
			removed()
		}
	}
	return out
}

// run is a unit and the further ones next to it that belong to the same partner.
func (m *matcher) run(i, partner int, extra map[int]int, n int) []int {
	lo, hi := i, i
	for lo > 0 && belongs(extra, lo-1, partner) {
		lo--
	}
	for hi+1 < n && belongs(extra, hi+1, partner) {
		hi++
	}
	all := make([]int, 0, hi-lo+1)
	for k := lo; k <= hi; k++ {
		all = append(all, k)
	}
	return all
}

func belongs(extra map[int]int, i, partner int) bool {
	p, ok := extra[i]
	return ok && p == partner
}

// rearranged looks for paragraphs that were split or joined: a neighbour without
// partner whose words the partner's text has besides.
func (m *matcher) rearranged() {
	m.extraA, m.extraB = map[int]int{}, map[int]int{}
	for i, j := range m.toB {
		if j < 0 || m.a[i].key == m.b[j].key || !isProse(m.a[i].kind) {
			continue
		}
		switch wordsA, wordsB := len(m.a[i].words()), len(m.b[j].words()); {
		case wordsA > wordsB:
			m.extend(&m.a[i], m.b, j, m.toA, m.extraB, i)
		case wordsB > wordsA:
			m.extend(&m.b[j], m.a, i, m.toB, m.extraA, j)
		}
	}
}

// inPieces is the share of a neighbour's words that the longer text must have besides.
const inPieces = .7

// extend gives the unit whole, whose partner is units[at], the neighbours of its
// partner that are parts of it too.
func (m *matcher) extend(whole *unit, units []unit, at int, to []int, extra map[int]int, partner int) {
	rest := map[uint32]int{}
	for _, w := range whole.words() {
		rest[w]++
	}
	left := len(whole.words())
	for _, w := range units[at].words() {
		if rest[w] > 0 {
			rest[w]--
			left--
		}
	}
	try := func(k int) bool {
		if k < 0 || k >= len(units) || to[k] >= 0 || units[k].typ != units[at].typ || !isProse(units[k].kind) {
			return false
		}
		words := units[k].words()
		if _, taken := extra[k]; taken || len(words) == 0 || len(words) > 2*left+2 {
			return false
		}
		shared := 0
		for _, w := range words {
			if rest[w] > 0 {
				rest[w]--
				shared++
			}
		}
		left -= shared
		if float64(shared) < inPieces*float64(len(words)) || len(words) < 4 && shared < len(words) {
			return false
		}
		extra[k] = partner
		return true
	}
	for k := at + 1; try(k); k++ {
	}
	for k := at - 1; try(k); k-- {
	}
}
