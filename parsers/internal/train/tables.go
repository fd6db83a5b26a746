package main

import (
	"maps"
	"math"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// A name or term gets a weight if pages of at least so many sites have it. With
// fewer it may be the habit of one site.
const (
	minNameSites = 4
	minTermSites = 5
	termBlock    = 40 // words: single words of longer blocks say little
)

// A tally is how often something was in blocks of articles and in others. Each site
// counts as one, whatever the number of its pages.
type tally struct {
	in, out float32
	sites   int
}

// tables count the parts of names and the terms of short blocks.
type tables struct {
	names, terms         map[uint32]tally
	namePrior, termPrior float64
	ofSite               map[string]*tables // the same by site
}

func count(samples []*sample) *tables {
	all := &tables{names: map[uint32]tally{}, terms: map[uint32]tally{}, ofSite: map[string]*tables{}}
	for _, s := range samples {
		if s.page == nil || s.altered != "" {
			continue
		}
		own := all.ofSite[s.site]
		if own == nil {
			own = &tables{names: map[uint32]tally{}, terms: map[uint32]tally{}}
			all.ofSite[s.site] = own
		}
		own.add(s)
	}
	for _, name := range slices.Sorted(maps.Keys(all.ofSite)) {
		own := all.ofSite[name]
		own.normalize()
		sum(all.names, own.names)
		sum(all.terms, own.terms)
	}
	all.namePrior, all.termPrior = prior(all.names, minNameSites), prior(all.terms, minTermSites)
	return all
}

func (t *tables) add(s *sample) {
	bump := func(m map[uint32]tally, h uint32, in bool, w float32) {
		c := m[h]
		if in {
			c.in += w
		} else {
			c.out += w
		}
		m[h] = c
	}
	for i, b := range s.page.Blocks {
		if s.weight[i] == 0 {
			continue
		}
		in := s.label[i] > 0
		w := float32(min(b.Words, 40) + 2)
		for k, e := 0, b.Elem; e > 0 && k < 12; k, e = k+1, int(s.page.Elems[e].Parent) {
			for _, value := range s.page.ClassAndID(e) {
				block.NameHashes(value, func(h uint32) { bump(t.names, h, in, w) })
			}
		}
		if b.Words <= termBlock {
			block.TermHashes(b.Text, func(h uint32, _ bool) { bump(t.terms, h, in, 1) })
		}
	}
}

// normalize makes a site's counts shares, so that each site counts as one.
func (t *tables) normalize() {
	for _, m := range []map[uint32]tally{t.names, t.terms} {
		for h, c := range m {
			total := c.in + c.out
			m[h] = tally{in: c.in / total, out: c.out / total, sites: 1}
		}
	}
}

func sum(to, from map[uint32]tally) {
	for h, c := range from {
		o := to[h]
		to[h] = tally{o.in + c.in, o.out + c.out, o.sites + c.sites}
	}
}

// weights are the tables of a model before block.NewTable.
type weights struct{ names, terms map[uint32]float32 }

// model makes a model without forests.
func (w weights) model() *block.Model {
	return &block.Model{NameWeights: block.NewTable(w.names), TermWeights: block.NewTable(w.terms)}
}

// whole gives the weights from all sites.
func (t *tables) whole() weights {
	w := weights{map[uint32]float32{}, map[uint32]float32{}}
	for _, p := range t.pairs(w, &tables{}) {
		for h, c := range p.all {
			if c.sites >= p.least {
				p.set(h, c)
			}
		}
	}
	return w
}

// without gives the weights from all sites but a sample's, most of which are those
// of whole.
func (t *tables) without(whole weights, s *sample) weights {
	w := weights{maps.Clone(whole.names), maps.Clone(whole.terms)}
	own := t.ofSite[s.site]
	if own == nil {
		return w
	}
	for _, p := range t.pairs(w, own) {
		for h, o := range p.own {
			c := p.all[h]
			if c.sites < p.least {
				continue
			}
			delete(p.to, h)
			if c.sites > p.least { // else too few are left
				p.set(h, tally{c.in - o.in, c.out - o.out, c.sites - 1})
			}
		}
	}
	return w
}

// A pair is a table of counts and the weights that are made of it.
type pair struct {
	to       map[uint32]float32
	all, own map[uint32]tally
	least    int
	prior    float64
}

func (t *tables) pairs(w weights, own *tables) []pair {
	return []pair{{w.names, t.names, own.names, minNameSites, t.namePrior}, {w.terms, t.terms, own.terms, minTermSites, t.termPrior}}
}

// set gives a name or term its weight: the logarithm of the odds that it belongs to
// an article, relative to all others, as precise as a model file keeps it.
func (p *pair) set(h uint32, c tally) {
	const smooth = 2
	share := (float64(c.in) + smooth*p.prior) / (float64(c.in+c.out) + smooth)
	w := math.Log(share/(1-share)) - math.Log(p.prior/(1-p.prior))
	if w = math.Round(max(-3.9, min(w, 3.9))*32) / 32; w != 0 {
		p.to[h] = float32(w)
	}
}

// prior is the share that belongs to articles, of everything on enough sites.
func prior(all map[uint32]tally, least int) float64 {
	// Summed up in integers, so that the order of the map does not matter.
	var in, out int64
	for _, c := range all {
		if c.sites >= least {
			in += int64(math.Round(float64(c.in) * 1000))
			out += int64(math.Round(float64(c.out) * 1000))
		}
	}
	return float64(in) / float64(max(in+out, 1))
}
