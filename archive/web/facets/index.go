// Package facets selects, counts and orders the stories of a catalog in memory: which
// stories have some site, section, author, language, kind and date, and how many there are
// of each value. It takes about a millisecond for a hundred thousand stories, where the
// catalog takes seconds. A story takes 42 bytes, besides the names of sites, sections and
// authors.
//
// An index may be older than the catalog; Live keeps it up to date. It never counts a story
// that is suppressed.
package facets

import (
	"cmp"
	"encoding/json"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

const (
	// maxName is the longest site, section, language or author's name that is a value, in
	// bytes. What is longer is no name, and counts as missing.
	maxName = 200
	// maxAuthors is how many authors of a story are told apart.
	maxAuthors = 20
)

// An Index has the stories of a catalog, the newest first. It does not change, and is safe
// for concurrent use.
type Index struct {
	keys     []int64
	sorted   []int64 // microseconds since 1970, in descending order
	docs     []uint32
	sites    []uint32 // numbers of names
	sections []uint32
	tongues  []uint32
	credits  []uint32 // numbers of lists of authors
	kinds    []uint8
	moved    []bool

	byDoc []int32 // the rows that have words, by their docs
	gone  Set     // rows that are not in the catalog any more

	names names
}

// names are what the numbers in an index stand for.
type names struct {
	site, section, tongue, kind, author dictionary
	credit                              [][]uint32 // numbers of authors
}

// A dictionary has names by their numbers, and how they are compared. Number 0 is that of
// the missing name.
type dictionary struct{ shown, folded []string }

// Len is how many stories the index has, those that are gone, too.
func (x *Index) Len() int { return len(x.keys) }

// Key returns the key of the story in a row, as catalog.Entry has it.
func (x *Index) Key(row int32) int64 { return x.keys[row] }

// lastDoc is the last row of words that a story of the index has; 0 if there is none.
func (x *Index) lastDoc() int64 {
	if len(x.byDoc) == 0 {
		return 0
	}
	return int64(x.docs[x.byDoc[len(x.byDoc)-1]])
}

// rowOf returns the row whose words are in a row of the catalog's; -1 if there is none.
func (x *Index) rowOf(doc int64) int32 {
	i, ok := slices.BinarySearchFunc(x.byDoc, doc, func(row int32, doc int64) int { return cmp.Compare(int64(x.docs[row]), doc) })
	if !ok {
		return -1
	}
	return x.byDoc[i]
}

// A builder numbers names and collects rows. Numbers that were given stay: indexes that it
// made before remain valid.
type builder struct {
	seed                                maphash.Seed
	site, section, tongue, kind, author numbers
	credit                              map[uint64]uint32 // by the hash of the list in JSON
	credits                             [][]uint32
}

// numbers gives numbers to names. Names that differ in case only are one, and shown as the
// first of them is written. They are known by their hashes, which takes less memory; pages
// cannot choose names of the same hash, as its seed is random.
type numbers struct {
	seed maphash.Seed
	of   map[uint64]uint32
	dictionary
}

func newBuilder() *builder {
	seed := maphash.MakeSeed()
	n := func() numbers { return numbers{seed, map[uint64]uint32{}, dictionary{[]string{""}, []string{""}}} }
	return &builder{seed, n(), n(), n(), n(), n(), map[uint64]uint32{}, [][]uint32{nil}}
}

// fold returns a name without case, as filters of the catalog compare it.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }

func (n *numbers) number(name string) uint32 {
	if name == "" || len(name) > maxName {
		return 0
	}
	hash := maphash.String(n.seed, name)
	if i, ok := n.of[hash]; ok {
		return i
	}
	folded := fold(name)
	foldedHash := maphash.String(n.seed, folded)
	i, ok := n.of[foldedHash]
	if !ok {
		i = uint32(len(n.shown)) // fewer than authors, of whom a story has few
		shown := strings.Clone(name)
		if folded == name {
			folded = shown
		}
		n.shown, n.folded = append(n.shown, shown), append(n.folded, folded)
		n.of[foldedHash] = i
	}
	n.of[hash] = i
	return i
}

// creditOf returns the number of a list of authors, in JSON.
func (b *builder) creditOf(list string) uint32 {
	if list == "" || list == "[]" || list == "null" {
		return 0
	}
	hash := maphash.String(b.seed, list)
	if i, ok := b.credit[hash]; ok {
		return i
	}
	var all []string
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		return 0
	}
	var authors []uint32
	for _, name := range all[:min(len(all), maxAuthors)] {
		if n := b.author.number(strings.TrimSpace(name)); n != 0 && !slices.Contains(authors, n) {
			authors = append(authors, n)
		}
	}
	i := uint32(len(b.credits)) // fewer than stories
	b.credits = append(b.credits, authors)
	b.credit[hash] = i
	return i
}

// add appends a row.
func (b *builder) add(x *Index, e catalog.Entry) {
	doc := uint32(0)
	if 0 < e.Doc && e.Doc <= math.MaxUint32 {
		doc = uint32(e.Doc)
	}
	kind := b.kind.number(e.Kind)
	if kind > math.MaxUint8 { // the parser knows nine
		kind = 0
	}
	x.keys, x.sorted, x.docs = append(x.keys, e.Key), append(x.sorted, e.Sorted), append(x.docs, doc)
	x.sites, x.sections = append(x.sites, b.site.number(e.Site)), append(x.sections, b.section.number(e.Section))
	x.tongues, x.credits = append(x.tongues, b.tongue.number(e.Language)), append(x.credits, b.creditOf(e.Authors))
	x.kinds, x.moved = append(x.kinds, uint8(kind)), append(x.moved, e.Moved)
}

// copyRow appends a row of another index of the same builder.
func (x *Index) copyRow(from *Index, i int) {
	x.keys, x.sorted, x.docs = append(x.keys, from.keys[i]), append(x.sorted, from.sorted[i]), append(x.docs, from.docs[i])
	x.sites, x.sections = append(x.sites, from.sites[i]), append(x.sections, from.sections[i])
	x.tongues, x.credits = append(x.tongues, from.tongues[i]), append(x.credits, from.credits[i])
	x.kinds, x.moved = append(x.kinds, from.kinds[i]), append(x.moved, from.moved[i])
}

// done completes an index whose rows are in order.
func (b *builder) done(x *Index) *Index {
	x.byDoc = make([]int32, 0, len(x.docs))
	for row, doc := range x.docs {
		if doc > 0 {
			x.byDoc = append(x.byDoc, int32(row))
		}
	}
	slices.SortFunc(x.byDoc, func(i, j int32) int { return cmp.Compare(x.docs[i], x.docs[j]) })
	x.names = names{b.site.dictionary, b.section.dictionary, b.tongue.dictionary, b.kind.dictionary, b.author.dictionary, b.credits}
	return x
}

// build makes an index of about n entries, the newest first.
func (b *builder) build(entries iter.Seq2[catalog.Entry, error], n int) (*Index, error) {
	x := &Index{}
	x.grow(n)
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		if len(x.keys) == math.MaxInt32 {
			break
		}
		b.add(x, e)
	}
	return b.done(x), nil
}

// update makes an index of another one of the same builder, with entries that are new or
// have changed; nil if there are more than most of these.
func (b *builder) update(old *Index, entries iter.Seq2[catalog.Entry, error], most int) (*Index, error) {
	var changed []catalog.Entry
	keys := map[int64]bool{}
	for e, err := range entries {
		if err != nil || len(changed) == most {
			return nil, err
		}
		changed = append(changed, e)
		keys[e.Key] = true
	}
	if len(changed) == 0 {
		return old, nil
	}
	slices.SortFunc(changed, func(a, b catalog.Entry) int {
		return cmp.Or(cmp.Compare(b.Sorted, a.Sorted), cmp.Compare(a.Key, b.Key))
	})
	x := &Index{}
	x.grow(len(old.keys) + len(changed))
	for i, key := range old.keys {
		for len(changed) > 0 && (changed[0].Sorted > old.sorted[i] || changed[0].Sorted == old.sorted[i] && changed[0].Key < key) {
			b.add(x, changed[0])
			changed = changed[1:]
		}
		if !keys[key] && !old.gone.Has(int32(i)) {
			x.copyRow(old, i)
		}
	}
	for _, e := range changed {
		b.add(x, e)
	}
	return b.done(x), nil
}

func (x *Index) grow(n int) {
	x.keys, x.sorted, x.docs = make([]int64, 0, n), make([]int64, 0, n), make([]uint32, 0, n)
	x.sites, x.sections, x.tongues, x.credits = make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n)
	x.kinds, x.moved = make([]uint8, 0, n), make([]bool, 0, n)
}

// without returns the index without the stories whose keys are not in a list in ascending
// order.
func (x *Index) without(keys []int64) *Index {
	y := *x
	y.gone = NewSet(len(x.keys))
	for row, key := range x.keys {
		if _, ok := slices.BinarySearch(keys, key); !ok {
			y.gone.Add(int32(row))
		}
	}
	return &y
}

// A Set is a set of rows. The zero Set is empty.
type Set []uint64

// NewSet returns an empty set for the rows of an index of a length.
func NewSet(length int) Set { return make(Set, (length+63)/64) }

// Add adds a row.
func (s Set) Add(row int32) { s[row>>6] |= 1 << (row & 63) }

// Has reports whether a row is in the set.
func (s Set) Has(row int32) bool { return int(row>>6) < len(s) && s[row>>6]&(1<<(row&63)) != 0 }
