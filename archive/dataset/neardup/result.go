package neardup

import (
	"cmp"
	"context"
	"encoding/binary"
	"iter"
	"math"
	"slices"
)

// maxStars is how many representatives of its component a text is compared with.
const maxStars = 64

// Member says what a document belongs to.
type Member struct {
	ID      uint64
	Cluster uint64 // smallest ID of the cluster; ID itself if it is alone
	// Representative is the ID of the cluster's earliest document: smallest Time, then
	// smallest ID.
	Representative uint64
	Exact          uint64 // smallest ID among the documents with the same text
	// Component is the smallest ID of the connected component, which is the cluster
	// and those that pairs of near duplicates link to it, and First the ID of its
	// earliest document. Splits into training and test go by Component: two clusters
	// of one component can share half of a text.
	Component, First uint64
	Size             uint32 // documents in the cluster
	ComponentSize    uint32 // documents in the component
	// Similarity is |A∩B|/|A∪B| and Containment |A∩B|/min(|A|,|B|) of the sets of
	// 5-grams A of this text and B of the representative's; 1 for the same text.
	// Containment is below the threshold, but above half of it, when a text belongs
	// to the cluster by way of others.
	Similarity, Containment float32
}

// Stats counts what Clusters did.
type Stats struct {
	Documents       int
	Clusters        int    // clusters of more than one document
	Clustered       int    // documents in them
	Largest         int    // documents in the largest
	ExactDuplicates int    // documents with the text of one of smaller ID
	Cut             int    // connected components that became several clusters
	Compared        uint64 // pairs of texts compared
	Truncated       uint64 // times a text was not compared with all of its bucket
}

// Clusters is the result. Its methods may be called from several goroutines at once
// until the Index is closed.
type Clusters struct {
	ids   []uint64
	out   *output // memberSize bytes per document, by ID
	stats Stats
}

const memberSize = 5*8 + 4*4

func (m *Member) append(b []byte) []byte {
	for _, id := range [...]uint64{m.Cluster, m.Representative, m.Exact, m.Component, m.First} {
		b = binary.LittleEndian.AppendUint64(b, id)
	}
	b = binary.LittleEndian.AppendUint32(b, m.Size)
	b = binary.LittleEndian.AppendUint32(b, m.ComponentSize)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.Similarity))
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(m.Containment))
}

func (m *Member) read(b []byte) {
	for i, id := range [...]*uint64{&m.Cluster, &m.Representative, &m.Exact, &m.Component, &m.First} {
		*id = binary.LittleEndian.Uint64(b[i*8:])
	}
	m.Size = binary.LittleEndian.Uint32(b[40:])
	m.ComponentSize = binary.LittleEndian.Uint32(b[44:])
	m.Similarity = math.Float32frombits(binary.LittleEndian.Uint32(b[48:]))
	m.Containment = math.Float32frombits(binary.LittleEndian.Uint32(b[52:]))
}

// aloneMember is the Member of a document like no other.
func aloneMember(id uint64) Member {
	return Member{
		ID: id, Cluster: id, Representative: id, Exact: id, Component: id, First: id,
		Size: 1, ComponentSize: 1, Similarity: 1, Containment: 1,
	}
}

// Stats returns counts.
func (c *Clusters) Stats() Stats { return c.stats }

// Lookup returns the member with an ID and whether there is one.
func (c *Clusters) Lookup(id uint64) (Member, bool, error) {
	rank, found := slices.BinarySearch(c.ids, id)
	if !found {
		return Member{}, false, nil
	}
	var b [memberSize]byte
	if err := c.out.readAt(b[:], int64(rank)*memberSize); err != nil {
		return Member{}, false, err
	}
	m := Member{ID: id}
	m.read(b[:])
	return m, true, nil
}

// All yields every document in the order of IDs. After an error it stops.
func (c *Clusters) All() iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		b := make([]byte, 1024*memberSize)
		for i := 0; i < len(c.ids); i += 1024 {
			ids := c.ids[i:min(len(c.ids), i+1024)]
			if err := c.out.readAt(b[:len(ids)*memberSize], int64(i)*memberSize); err != nil {
				yield(Member{}, err)
				return
			}
			for j, id := range ids {
				m := Member{ID: id}
				m.read(b[j*memberSize:])
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// grouped is a document of a connected component.
type grouped struct{ root, leader, rank uint32 }

var byRoot = record[grouped]{
	size: 12,
	append: func(b []byte, g *grouped) []byte {
		b = binary.LittleEndian.AppendUint32(b, g.root)
		b = binary.LittleEndian.AppendUint32(b, g.leader)
		return binary.LittleEndian.AppendUint32(b, g.rank)
	},
	read: func(g *grouped, b []byte) {
		g.root = binary.LittleEndian.Uint32(b)
		g.leader = binary.LittleEndian.Uint32(b[4:])
		g.rank = binary.LittleEndian.Uint32(b[8:])
	},
	compare: func(a, b grouped) int {
		return cmp.Or(cmp.Compare(a.root, b.root), cmp.Compare(a.leader, b.leader), cmp.Compare(a.rank, b.rank))
	},
}

var byMember = record[Member]{
	size: 8 + memberSize,
	append: func(b []byte, m *Member) []byte {
		return m.append(binary.LittleEndian.AppendUint64(b, m.ID))
	},
	read: func(m *Member, b []byte) {
		m.ID = binary.LittleEndian.Uint64(b)
		m.read(b[8:])
	},
	compare: func(a, b Member) int { return cmp.Compare(a.ID, b.ID) },
}

// results writes a Member for each document.
func (f *finder) results(ctx context.Context) (*Clusters, error) {
	members := newSorter(f.x, "sort-member", byMember)
	if err := f.components(ctx, members); err != nil {
		return nil, err
	}
	f.parent, f.leader = nil, nil
	out, err := f.x.output("members")
	if err != nil {
		return nil, err
	}
	c := &Clusters{ids: f.ids, out: out, stats: f.stats}
	next := 0
	write := func(m Member) error {
		next++
		f.line = m.append(f.line[:0])
		return out.write(f.line)
	}
	alone := func(end uint64, all bool) error {
		for next < len(f.ids) && (all || f.ids[next] < end) {
			if err := cancelled(ctx, next); err != nil {
				return err
			}
			if err := write(aloneMember(f.ids[next])); err != nil {
				return err
			}
		}
		return nil
	}
	err = members.each(ctx, func(m *Member) error {
		if err := alone(m.ID, false); err != nil {
			return err
		}
		return write(*m)
	})
	if err != nil {
		return nil, err
	}
	if err := alone(0, true); err != nil {
		return nil, err
	}
	if err := out.flush(); err != nil {
		return nil, err
	}
	return c, nil
}

// components collects the documents of each connected component of more than one
// document and describes them.
func (f *finder) components(ctx context.Context, members *sorter[Member]) error {
	several := make([]uint64, len(f.ids)/64+1) // a bit for each root with others
	for i := range f.parent {
		if root := f.find(uint32(i)); root != uint32(i) {
			several[root/64] |= 1 << (root % 64)
		}
	}
	groups := newSorter(f.x, "sort-root", byRoot)
	for i, leader := range f.leader {
		root := f.find(uint32(i))
		if several[root/64]>>(root%64)&1 == 0 {
			continue
		}
		if err := groups.add(grouped{root, leader, uint32(i)}); err != nil {
			return err
		}
	}
	var component []grouped
	err := groups.each(ctx, func(g *grouped) error {
		if len(component) > 0 && component[0].root != g.root {
			if err := f.describe(ctx, component, members); err != nil {
				return err
			}
			component = component[:0]
		}
		component = append(component, *g)
		return nil
	})
	if err != nil || len(component) == 0 {
		return err
	}
	return f.describe(ctx, component, members)
}

// distinctText is the documents of a component that have one text.
type distinctText struct {
	members []grouped // by rank
	first   uint32    // rank of the earliest
	time    int64     // and its time
	overlap           // with the representative
}

func (t *distinctText) leader() uint32 { return t.members[0].leader }

// describe makes a Member of each document of a component.
func (f *finder) describe(ctx context.Context, component []grouped, members *sorter[Member]) error {
	texts, err := f.distinctTexts(ctx, component)
	if err != nil {
		return err
	}
	// The first of a star is its representative.
	slices.SortFunc(texts, func(a, b distinctText) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.first, b.first))
	})
	stars, err := f.stars(ctx, texts)
	if err != nil {
		return err
	}
	if len(stars) > 1 {
		f.stats.Cut++
	}
	for _, star := range stars {
		size, cluster := 0, star[0].leader()
		for _, t := range star {
			size += len(t.members)
			cluster = min(cluster, t.leader())
		}
		if size > 1 {
			f.stats.Clusters++
			f.stats.Clustered += size
			f.stats.Largest = max(f.stats.Largest, size)
		}
		for _, t := range star {
			for _, g := range t.members {
				err := members.add(Member{
					ID: f.ids[g.rank], Cluster: f.ids[cluster], Representative: f.ids[star[0].first],
					Exact: f.ids[t.leader()], Component: f.ids[g.root], First: f.ids[texts[0].first],
					Size: uint32(size), ComponentSize: uint32(len(component)),
					Similarity: float32(t.jaccard), Containment: float32(t.containment),
				})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// distinctTexts groups a component, which is sorted by text, and finds who was first.
func (f *finder) distinctTexts(ctx context.Context, component []grouped) ([]distinctText, error) {
	var texts []distinctText
	for start := 0; start < len(component); {
		end := start + 1
		for end < len(component) && component[end].leader == component[start].leader {
			end++
		}
		t := distinctText{members: component[start:end], time: math.MaxInt64}
		for i, g := range t.members {
			if err := cancelled(ctx, i); err != nil {
				return nil, err
			}
			d, err := f.document(g.rank)
			if err != nil {
				return nil, err
			}
			if i == 0 || d.time < t.time {
				t.first, t.time = g.rank, d.time
			}
		}
		texts = append(texts, t)
		start = end
	}
	return texts, nil
}

// stars divides the texts of a component, which are in order of time, into clusters
// around representatives; most components become one.
func (f *finder) stars(ctx context.Context, texts []distinctText) ([][]distinctText, error) {
	if len(texts) == 1 { // exact duplicates only, perhaps without n-grams
		texts[0].overlap = overlap{1, 1}
		return [][]distinctText{texts}, nil
	}
	var stars [][]distinctText
	var centres []text // representatives of the last stars
	var next text
	for i := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := f.load(texts[i].leader(), &next); err != nil {
			return nil, err
		}
		star := len(stars)
		texts[i].overlap = overlap{1, 1}
		for c := range centres {
			if o := f.compare(&centres[c], &next); f.related(o, &centres[c], &next) {
				star, texts[i].overlap = len(stars)-len(centres)+c, o
				break
			}
		}
		if star < len(stars) {
			stars[star] = append(stars[star], texts[i])
			continue
		}
		stars = append(stars, texts[i:i+1:i+1])
		if len(centres) == maxStars {
			centres = slices.Delete(centres, 0, 1)
		}
		centres = append(centres, next)
		next = text{}
	}
	return stars, nil
}
