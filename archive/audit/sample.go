package audit

import (
	"cmp"
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// MaxSample is the largest sample: more than a person can judge.
const MaxSample = 100_000

// A Sample says which articles are judged.
type Sample struct {
	Seed   int64 `json:"seed"`
	Size   int   `json:"sample"`            // articles in all
	BySite int   `json:"by_site,omitempty"` // if not 0: so many articles of each site, instead of Size in all
	Frame  Frame `json:"filter"`
}

// A Frame is what a sample is drawn from: a catalog.Filter, as audit records have it.
type Frame struct {
	Sites     []string  `json:"sites,omitempty"`
	Kinds     []string  `json:"kinds,omitempty"`
	All       bool      `json:"all,omitempty"`
	Since     time.Time `json:"since,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	Sections  []string  `json:"sections,omitempty"`
	Authors   []string  `json:"authors,omitempty"`
	Languages []string  `json:"languages,omitempty"`
	MinWords  int       `json:"min_words,omitempty"`
	Query     string    `json:"query,omitempty"`
	FTS       bool      `json:"fts,omitempty"`
}

// FrameOf returns the frame of a filter: what it selects, without order and limit.
func FrameOf(f catalog.Filter) Frame {
	sorted := func(s []string) []string { return slices.Compact(slices.Sorted(slices.Values(s))) }
	return Frame{sorted(f.Sites), sorted(f.Kinds), f.All, f.Since, f.Until, sorted(f.Sections), sorted(f.Authors), sorted(f.Languages), f.MinWords, f.Query, f.FTS}
}

// filter is the filter that selects a frame, in an order that stays.
func (f Frame) filter() catalog.Filter {
	return catalog.Filter{Sites: f.Sites, Kinds: f.Kinds, All: f.All, Since: f.Since, Until: f.Until,
		Sections: f.Sections, Authors: f.Authors, Languages: f.Languages, MinWords: f.MinWords, Query: f.Query, FTS: f.FTS, BySite: true}
}

// covers reports whether a random sample of f is also one of what other selects: other
// restricts at least as f does.
func (f Frame) covers(other Frame) bool {
	return sameOrAny(f.Sites, other.Sites) && f.coversKinds(other) &&
		(f.Since.IsZero() || f.Since.Equal(other.Since)) && (f.Until.IsZero() || f.Until.Equal(other.Until)) &&
		sameOrAny(f.Sections, other.Sections) && sameOrAny(f.Authors, other.Authors) && sameOrAny(f.Languages, other.Languages) && f.MinWords <= other.MinWords &&
		(f.Query == "" || f.Query == other.Query && f.FTS == other.FTS)
}

func sameOrAny(a, b []string) bool { return len(a) == 0 || slices.Equal(a, b) }

func (f Frame) coversKinds(other Frame) bool {
	isStory := func(k string) bool { return article.Kind(k).Story() }
	switch {
	case len(f.Kinds) > 0:
		return slices.Equal(f.Kinds, other.Kinds)
	case f.All:
		return true
	case len(other.Kinds) > 0:
		return !slices.ContainsFunc(other.Kinds, func(k string) bool { return !isStory(k) })
	}
	return !other.All
}

// key orders the articles of a sample: the smallest are in it.
func (s Sample) key(id string) uint64 {
	sum := sha256.Sum256([]byte(strconv.FormatInt(s.Seed, 10) + "\n" + id))
	return binary.BigEndian.Uint64(sum[:8])
}

// Draw draws a sample: a simple random one, or with BySite one of each site. The same
// articles and seed give the same sample in the same order, and a larger one begins with
// the smaller. Articles that are suppressed are not in it. It also returns how many
// articles it was drawn from.
func (s Sample) Draw(ctx context.Context, c *catalog.Catalog) (drawn []catalog.Story, from int, err error) {
	size := cmp.Or(s.BySite, s.Size)
	if size < 1 || size > MaxSample {
		return nil, 0, fmt.Errorf("audit: the sample has %d articles; it must have 1 to %d", size, MaxSample)
	}
	least := map[string]*keyed{} // by site, or all under ""
	for story, err := range c.Stories(ctx, s.Frame.filter()) {
		if err != nil {
			return nil, 0, err
		}
		from++
		group := ""
		if s.BySite > 0 {
			group = story.Site
		}
		if least[group] == nil {
			least[group] = &keyed{}
		}
		least[group].offer(s.key(story.ID), story, size)
	}
	var all keyed
	for _, group := range slices.Sorted(maps.Keys(least)) {
		all = append(all, *least[group]...)
	}
	slices.SortFunc(all, func(a, b keyedStory) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.ID, b.ID)) })
	for _, k := range all {
		drawn = append(drawn, k.Story)
	}
	return drawn, from, nil
}

// keyed is a heap of the stories with the smallest keys, the greatest first, so that a
// sample of an archive of any size is drawn in little memory.
type keyed []keyedStory

type keyedStory struct {
	key uint64
	catalog.Story
}

func (k keyed) Len() int           { return len(k) }
func (k keyed) Less(i, j int) bool { return k[i].key > k[j].key }
func (k keyed) Swap(i, j int)      { k[i], k[j] = k[j], k[i] }

// Push implements heap.Interface.
func (k *keyed) Push(x any) {
	if s, ok := x.(keyedStory); ok {
		*k = append(*k, s)
	}
}

// Pop implements heap.Interface.
func (k *keyed) Pop() any {
	last := (*k)[len(*k)-1]
	*k = (*k)[:len(*k)-1]
	return last
}

// offer adds a story if its key is among the smallest.
func (k *keyed) offer(key uint64, s catalog.Story, size int) {
	switch {
	case len(*k) < size:
		heap.Push(k, keyedStory{key, s})
	case key < (*k)[0].key:
		(*k)[0] = keyedStory{key, s}
		heap.Fix(k, 0)
	}
}
