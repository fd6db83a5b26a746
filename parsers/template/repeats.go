package template

import (
	"cmp"
	"slices"
)

// A tally counts the stories that have something. Stories are counted one after
// another.
type tally struct {
	pages, last int
	kept        bool // a reading of some page takes it into the article
}

// on counts a story.
func (t *tally) on(story int) {
	if t.pages == 0 || t.last != story {
		t.pages++
	}
	t.last = story
}

// A place counts the texts in one place.
type place struct {
	tally
	owned      tally // the stories that have texts of their own there
	texts, own int   // of all stories
}

// A repetition is on how many stories texts and places of a sample stand.
type repetition struct {
	sample []*sampled
	story  []int // of each page of the sample
	pages  float64
	texts  map[uint64]*tally
	places map[uint64]*place
}

// repeats gives the texts and the places that repeat, with the stories that each
// stands on.
func repeats(sample []*sampled, story []int, pages float64) (texts, paths map[uint64]int) {
	r := &repetition{sample: sample, story: story, pages: pages, texts: map[uint64]*tally{}, places: map[uint64]*place{}}
	// Story by story, so that twins are counted once.
	order := make([]int, len(sample))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(story[a], story[b]) })
	r.countTexts(order)
	r.countPlaces(order)
	return largest(r.repeatedTexts(), MaxTexts), largest(r.repeatedPlaces(), MaxPaths)
}

// least is on how many stories a text must stand to repeat.
func (r *repetition) least() float64 { return max(leastPages, leastShare*r.pages) }

func (r *repetition) countTexts(order []int) {
	for _, i := range order {
		for _, m := range r.sample[i].blocks {
			t := r.texts[m.text]
			if t == nil {
				t = &tally{}
				r.texts[m.text] = t
			}
			t.on(r.story[i])
			t.kept = t.kept || m.kept
		}
	}
}

// countPlaces counts what stands in each place; countTexts must be done.
func (r *repetition) countPlaces(order []int) {
	for _, i := range order {
		for _, m := range r.sample[i].blocks {
			if m.words < pathWords {
				continue
			}
			p := r.places[m.path]
			if p == nil {
				p = &place{}
				r.places[m.path] = p
			}
			p.on(r.story[i])
			p.kept = p.kept || m.kept
			p.texts++
			if float64(r.texts[m.text].pages) < r.least() {
				p.own++
				p.owned.on(r.story[i])
			}
		}
	}
}

func (r *repetition) repeatedPlaces() map[uint64]int {
	paths := map[uint64]int{}
	for h, p := range r.places {
		if p.kept && float64(p.pages) >= max(pathPages, leastShare*r.pages) && p.recurs() {
			paths[h] = p.pages
		}
	}
	return paths
}

func (r *repetition) repeatedTexts() map[uint64]int {
	texts := map[uint64]int{}
	for _, page := range r.sample {
		for _, m := range page.blocks {
			t := r.texts[m.text]
			if !t.kept && m.words < pathWords {
				continue // menus: no reading takes them for a story
			}
			least := r.least()
			if p := r.places[m.path]; p != nil && m.words >= proseWords && !m.linked && p.ofStories() {
				least = max(prosePages, proseShare*r.pages)
			}
			if float64(t.pages) >= least {
				texts[m.text] = t.pages
			}
		}
	}
	return texts
}

// recurs reports whether few texts of a place are a page's own, on few pages.
func (p *place) recurs() bool {
	return float64(p.own) <= pathOwn*float64(p.texts) && float64(p.owned.pages) <= pathOwned*float64(p.pages)
}

// ofStories reports whether most pages have texts of their own in a place.
func (p *place) ofStories() bool { return float64(p.owned.pages) >= storyOwns*float64(p.pages) }
