package dataset

import (
	"cmp"
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/neardup"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/split"
)

// A candidate is an article that may be in the dataset, with what is needed to decide.
type candidate struct {
	key  uint64
	time int64 // of publication, Unix milliseconds; math.MaxInt64 if unknown
	sort int64 // its place in the table: of publication or capture, Unix microseconds
	site uint32
	last uint32 // the number of its last version, by which it is counted
	// What is decided.
	size      uint32
	alike     uint32 // articles in its component
	cluster   uint64
	first     uint64     // of the cluster
	component uint64     // of the articles that are alike by way of others: splits keep it together
	duplicate uint64     // the earliest article with the same text; 0 if this is it
	drop      dropReason // notDropped if it is exported
	seen      bool       // it was decided about: its versions need not follow each other
	split     split.Split
}

// A dropReason is a leftReason of a candidate, as a number: there is a candidate for each
// article.
type dropReason uint8

const (
	notDropped dropReason = iota
	dropExact
	dropNear
	dropSample
	dropLimit
	dropLeak
	dropUndated
)

var dropReasons = [...]leftReason{notDropped: "", dropExact: leftExact, dropNear: leftNear, dropSample: leftSample, dropLimit: leftLimit, dropLeak: leftLeak,
	dropUndated: leftReason(split.Undated)}

func (r dropReason) reason() leftReason { return dropReasons[r] }

// An arrival is a candidate before anything is decided.
type arrival struct {
	key        uint64
	time, sort int64
	site, last uint32
}

// A choice decides which articles are exported, and what depends on others.
type choice struct {
	e    *exporter
	near *neardup.Index

	mu         sync.Mutex
	arrived    [][]arrival // of each worker
	candidates []candidate // by key
	sites      map[string]uint32
	siteNames  []string
	clusters   docs.Duplicates
	tally      split.Tally
}

func (e *exporter) newChoice() (*choice, error) {
	c := &choice{e: e, sites: map[string]uint32{}}
	if !e.clusters() {
		return c, nil
	}
	dir, err := e.temp("near")
	if err == nil {
		c.near, err = neardup.New(dir, neardup.Options{})
	}
	return c, err
}

func (c *choice) close() error {
	if c == nil || c.near == nil {
		return nil
	}
	return c.near.Close()
}

// A chooser collects the candidates of one worker.
type chooser struct {
	c      *choice
	all    []arrival
	sketch *neardup.Sketch
}

func (c *choice) chooser() *chooser { return &chooser{c: c, sketch: new(neardup.Sketch)} }

// add adds an article by its last version: the others go where it goes.
func (w *chooser) add(s *story) error {
	if !s.pick.Last {
		return nil
	}
	at := arrival{s.pick.Key, publishedTime(s), s.pick.Sorted.UnixMicro(), w.c.site(s.pick.Site), uint32(s.pick.Version)}
	w.all = append(w.all, at)
	if w.c.near == nil {
		return nil
	}
	w.sketch.Reset(s.article.Text)
	if s.article.Text != "" {
		digest := w.sketch.Digest()
		s.textSHA = hex.EncodeToString(digest[:])
	}
	return w.c.near.AddSketch(at.key, at.time, w.sketch)
}

func (w *chooser) close() error {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	w.c.arrived = append(w.c.arrived, w.all)
	return nil
}

// gathered makes the candidates, once all have arrived.
func (c *choice) gathered() {
	n := 0
	for _, some := range c.arrived {
		n += len(some)
	}
	c.candidates = make([]candidate, 0, n)
	for i, some := range c.arrived {
		for _, at := range some {
			c.candidates = append(c.candidates, candidate{key: at.key, time: at.time, sort: at.sort, site: at.site, last: at.last})
		}
		c.arrived[i] = nil
	}
	slices.SortFunc(c.candidates, func(a, b candidate) int { return cmp.Compare(a.key, b.key) })
}

// publishedTime orders articles by who published first: by the instant if the page has
// one, else by the last moment of the day, for one that has only a day may be the later.
// That moment is still of the day, as splits by time begin at midnight. A time without
// an offset counts as one in UTC, as in the catalog.
func publishedTime(s *story) int64 {
	published := s.pick.Published
	if s.article != nil {
		published = s.article.Published
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, published); err == nil {
			return t.UnixMilli()
		}
	}
	if _, until, err := recipe.Span(published); err == nil {
		return until.Add(-time.Millisecond).UnixMilli()
	}
	return math.MaxInt64
}

func (c *choice) site(name string) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.sites[name]
	if !ok {
		n = uint32(len(c.siteNames))
		c.sites[name] = n
		c.siteNames = append(c.siteNames, name)
	}
	return n
}

// choose decides, when all candidates are known.
func (e *exporter) choose(ctx context.Context) error {
	c := e.chosen
	c.gathered()
	if c.near != nil {
		e.tell("comparing", 0, int64(len(c.candidates)))
		if err := c.compare(ctx); err != nil {
			return err
		}
	}
	if n := e.recipe.Choice.Sample; n > 0 {
		c.sample(n, e.recipe.Choice.Seed)
	}
	if e.recipe.Choice.Split != "" {
		return c.assign()
	}
	return nil
}

// compare computes clusters, and leaves out duplicates where the recipe asks for it.
func (c *choice) compare(ctx context.Context) error {
	clusters, err := c.near.Clusters(ctx)
	if err != nil {
		return err
	}
	stats := clusters.Stats()
	c.clusters = docs.Duplicates{Computed: true, Clusters: int64(stats.Clusters), Articles: int64(stats.Clustered), Exact: int64(stats.ExactDuplicates)}
	i := 0
	for m, err := range clusters.All() {
		if err != nil {
			return err
		}
		for i < len(c.candidates) && c.candidates[i].key < m.ID {
			i++
		}
		if i == len(c.candidates) || c.candidates[i].key != m.ID {
			return fmt.Errorf("article %012x has a cluster and is no candidate", m.ID)
		}
		at := &c.candidates[i]
		at.cluster, at.first, at.size = m.Cluster, m.Representative, m.Size
		at.duplicate, at.component, at.alike = m.Exact, m.Component, m.ComponentSize
	}
	c.firstOfExact()
	c.countAcross()
	for i := range c.candidates {
		at := &c.candidates[i]
		switch dedupe := c.e.recipe.Choice.Dedupe; {
		case dedupe == "exact" && at.duplicate != 0:
			at.drop = dropExact
		case dedupe == "near" && at.first != at.key:
			at.drop = dropNear
		}
	}
	return nil
}

// firstOfExact makes duplicate the earliest article with the same text, where it is the
// one with the smallest key; 0 for the earliest itself.
func (c *choice) firstOfExact() {
	earliest := map[uint64]int{} // of groups with more than one article
	for i, at := range c.candidates {
		if at.size < 2 && at.duplicate == at.key {
			continue
		}
		if j, ok := earliest[at.duplicate]; !ok || c.before(i, j) {
			earliest[at.duplicate] = i
		}
	}
	for i := range c.candidates {
		at := &c.candidates[i]
		if j, ok := earliest[at.duplicate]; ok && j != i {
			at.duplicate = c.candidates[j].key
		} else {
			at.duplicate = 0
		}
	}
}

// before reports whether one candidate was published before another.
func (c *choice) before(i, j int) bool {
	a, b := &c.candidates[i], &c.candidates[j]
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.key, b.key)) < 0
}

// countAcross counts the clusters with articles of several sites.
func (c *choice) countAcross() {
	type sites struct {
		first uint32
		many  bool
	}
	of := map[uint64]sites{}
	for _, at := range c.candidates {
		if at.size < 2 {
			continue
		}
		s, ok := of[at.cluster]
		switch {
		case !ok:
			s.first = at.site
		case s.first != at.site && !s.many:
			s.many = true
			c.clusters.AcrossSites++
		}
		of[at.cluster] = s
	}
}

// find finds the candidate of an article; nil if its last version was left out, and with
// it the others.
func (c *choice) find(key uint64) *candidate {
	i, ok := slices.BinarySearchFunc(c.candidates, key, func(a candidate, key uint64) int { return cmp.Compare(a.key, key) })
	if !ok {
		return nil
	}
	return &c.candidates[i]
}

// sample leaves out all but n articles: those whose keys hash lowest with the seed, so
// that a larger sample contains a smaller one.
func (c *choice) sample(n int, seed uint64) {
	var lowest lottery
	for i := range c.candidates {
		if c.candidates[i].drop == notDropped {
			lowest.offer(ticket{draw(c.candidates[i].key, seed), i}, n)
		}
	}
	keep := make(map[int]bool, len(lowest))
	for _, t := range lowest {
		keep[t.at] = true
	}
	for i := range c.candidates {
		if at := &c.candidates[i]; at.drop == notDropped && !keep[i] {
			at.drop = dropSample
		}
	}
}

// draw is the place of an article in a random order.
func draw(key, seed uint64) uint64 {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte("sample"), seed), key)
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:])
}

type ticket struct {
	draw uint64
	at   int
}

// A lottery keeps the lowest tickets; its first is the highest of them.
type lottery []ticket

func (l *lottery) offer(t ticket, n int) {
	if len(*l) < n {
		heap.Push(l, t)
	} else if t.draw < (*l)[0].draw {
		(*l)[0] = t
		heap.Fix(l, 0)
	}
}

func (l lottery) Len() int           { return len(l) }
func (l lottery) Less(i, j int) bool { return l[i].draw > l[j].draw }
func (l lottery) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *lottery) Push(x any)        { *l = append(*l, x.(ticket)) }
func (l *lottery) Pop() any {
	t := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return t
}

// presample chooses the sample before anything is read, if that does not depend on what
// the articles say; nil if all are to be read.
func (e *exporter) presample(ctx context.Context) (map[uint64]bool, error) {
	n := e.recipe.Choice.Sample
	if e.needsText() {
		return nil, nil
	}
	if n == 0 {
		return e.firsts(ctx)
	}
	e.tell("selecting", 0, 0)
	keys, options := []uint64(nil), e.picks
	options.Changes = false
	var lowest lottery
	for p, err := range e.view.Picks(ctx, options, nil) {
		if err != nil {
			return nil, err
		}
		if p.Last {
			keys = append(keys, p.Key)
			lowest.offer(ticket{draw(p.Key, e.recipe.Choice.Seed), len(keys) - 1}, n)
		}
	}
	wanted := make(map[uint64]bool, n)
	for _, t := range lowest {
		wanted[keys[t.at]] = true
	}
	return wanted, nil
}

// firsts are the first articles in the order of the table, if the recipe has a limit and
// that order is known before anything is read; else nil.
func (e *exporter) firsts(ctx context.Context) (map[uint64]bool, error) {
	o := e.picks
	if o.First = e.recipe.Choice.Limit; o.First == 0 || !o.AsOf.IsZero() || !o.CapturedSince.IsZero() || !o.CapturedUntil.IsZero() || e.recipe.Partition {
		return nil, nil
	}
	o.Changes = false
	wanted := map[uint64]bool{}
	for p, err := range e.view.Picks(ctx, o, nil) {
		if err != nil {
			return nil, err
		}
		wanted[p.Key] = true
	}
	return wanted, nil
}
