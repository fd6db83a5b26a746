package neardup

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// maxCompared is how many texts of a bucket the others are compared with.
const maxCompared = 32

// finder finds the clusters. A document's rank is its place in the order of IDs.
type finder struct {
	x      *Index
	ids    []uint64 // by rank
	ranks  []uint32 // by the order of Add
	leader []uint32 // by rank: the smallest rank with the same text
	parent []uint32 // by rank: union-find; the root is the smallest rank
	docs   *output  // documents by rank
	line   []byte
	stats  Stats
}

// Clusters finds the clusters of all documents added. It may be called once; it stops
// with the context's error when that is cancelled.
func (x *Index) Clusters(ctx context.Context) (*Clusters, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err != nil {
		return nil, x.err
	}
	if x.done {
		return nil, errors.New("near duplicates: Clusters after Clusters or Close")
	}
	x.done = true
	for _, out := range append(x.keys[:], x.docs, x.grams) {
		if err := out.flush(); err != nil {
			return nil, err
		}
	}
	f := &finder{x: x, line: make([]byte, docSize)}
	f.stats.Documents = x.count
	if err := f.sortDocuments(ctx); err != nil {
		return nil, err
	}
	if err := f.joinBands(ctx); err != nil {
		return nil, err
	}
	f.ranks = nil
	return f.results(ctx)
}

var byID = record[document]{
	size: docSize + 4,
	append: func(b []byte, d *document) []byte {
		return binary.LittleEndian.AppendUint32(d.append(b), d.seq)
	},
	read: func(d *document, b []byte) {
		d.read(b)
		d.seq = binary.LittleEndian.Uint32(b[docSize:])
	},
	compare: func(a, b document) int { return cmp.Compare(a.id, b.id) },
}

// digested is a document's digest and rank.
type digested struct {
	digest [32]byte
	rank   uint32
}

var byDigest = record[digested]{
	size: 36,
	append: func(b []byte, d *digested) []byte {
		return binary.LittleEndian.AppendUint32(append(b, d.digest[:]...), d.rank)
	},
	read: func(d *digested, b []byte) {
		copy(d.digest[:], b)
		d.rank = binary.LittleEndian.Uint32(b[32:])
	},
	compare: func(a, b digested) int {
		if c := bytes.Compare(a.digest[:], b.digest[:]); c != 0 {
			return c
		}
		return cmp.Compare(a.rank, b.rank)
	},
}

// sortDocuments gives documents their ranks and joins exact duplicates.
func (f *finder) sortDocuments(ctx context.Context) (err error) {
	n := f.x.count
	f.ids, f.ranks = make([]uint64, 0, n), make([]uint32, n)
	f.leader, f.parent = make([]uint32, n), make([]uint32, n)
	if f.docs, err = f.x.output("sorted"); err != nil {
		return err
	}
	documents := newSorter(f.x, "sort-id", byID)
	var d document
	err = eachRecord(ctx, f.x.docs, docSize, func(i int, b []byte) error {
		d.read(b)
		d.seq = uint32(i)
		return documents.add(d)
	})
	if err != nil {
		return err
	}
	digests := newSorter(f.x, "sort-digest", byDigest)
	err = documents.each(ctx, func(d *document) error {
		rank := uint32(len(f.ids))
		if rank > 0 && f.ids[rank-1] == d.id {
			return fmt.Errorf("near duplicates: document %d was added twice", d.id)
		}
		f.ids = append(f.ids, d.id)
		f.ranks[d.seq], f.leader[rank], f.parent[rank] = rank, rank, rank
		f.line = d.append(f.line[:0])
		if err := f.docs.write(f.line); err != nil || d.blank {
			return err
		}
		return digests.add(digested{d.digest, rank})
	})
	if err != nil {
		return err
	}
	if err := f.docs.flush(); err != nil {
		return err
	}
	var first digested
	started := false
	return digests.each(ctx, func(d *digested) error {
		if !started || d.digest != first.digest {
			first, started = *d, true
			return nil
		}
		f.stats.ExactDuplicates++
		f.leader[d.rank], f.parent[d.rank] = first.rank, first.rank
		return nil
	})
}

func (f *finder) find(rank uint32) uint32 {
	for f.parent[rank] != rank {
		f.parent[rank] = f.parent[f.parent[rank]]
		rank = f.parent[rank]
	}
	return rank
}

func (f *finder) union(a, b uint32) {
	a, b = f.find(a), f.find(b)
	f.parent[max(a, b)] = min(a, b)
}

// document reads what is known of a document.
func (f *finder) document(rank uint32) (d document, err error) {
	err = f.docs.readAt(f.line[:docSize], int64(rank)*docSize)
	d.read(f.line[:docSize])
	return d, err
}

// text is a document with its n-grams.
type text struct {
	rank uint32
	gramSet
}

// load reads a document's n-grams into a set whose memory is reused.
func (f *finder) load(rank uint32, t *text) error {
	d, err := f.document(rank)
	if err != nil {
		return err
	}
	t.rank, t.distinct = rank, int(d.distinct)
	t.hashes = t.hashes[:0]
	buf := slices.Grow(f.line[:0], int(d.stored)*4)[:d.stored*4]
	f.line = buf[:max(docSize, len(buf))]
	if err := f.x.grams.readAt(buf, d.offset); err != nil {
		return err
	}
	for ; len(buf) > 0; buf = buf[4:] {
		t.hashes = append(t.hashes, binary.LittleEndian.Uint32(buf))
	}
	return nil
}

func (f *finder) compare(a, b *text) overlap {
	f.stats.Compared++
	return compare(a.gramSet, b.gramSet)
}

// threshold is the containment that two texts need.
func (f *finder) threshold(a, b *text) float64 {
	return threshold(f.x.opts.Threshold, min(a.distinct, b.distinct), f.x.opts.MinGrams)
}

// near reports whether two texts are near duplicates.
func (f *finder) near(o overlap, a, b *text) bool { return o.containment > f.threshold(a, b) }

// related reports whether a text may stay in one cluster with its representative,
// given that other texts link the two.
func (f *finder) related(o overlap, a, b *text) bool { return o.containment > f.threshold(a, b)/2 }

// banded is a document's key in a band.
type banded struct {
	key  uint64
	rank uint32
}

var byKey = record[banded]{
	size: 12,
	append: func(b []byte, k *banded) []byte {
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(b, k.key), k.rank)
	},
	read: func(k *banded, b []byte) {
		k.key, k.rank = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
	},
	compare: func(a, b banded) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.rank, b.rank))
	},
}

// joinBands joins near duplicates, one band after the other.
func (f *finder) joinBands(ctx context.Context) error {
	keys := newSorter(f.x, "sort-key", byKey)
	for _, band := range f.x.keys {
		err := eachRecord(ctx, band, 8, func(i int, b []byte) error {
			key, rank := binary.LittleEndian.Uint64(b), f.ranks[i]
			if key == 0 || f.leader[rank] != rank {
				return nil
			}
			return keys.add(banded{key, rank})
		})
		if err != nil {
			return err
		}
		if err := f.joinBuckets(ctx, keys); err != nil {
			return err
		}
	}
	return nil
}

// joinBuckets compares the texts that have a key in common.
func (f *finder) joinBuckets(ctx context.Context, keys *sorter[banded]) error {
	bucket := &bucket{f: f}
	started, key := false, uint64(0)
	return keys.each(ctx, func(k *banded) error {
		if !started || k.key != key {
			started, key = true, k.key
			bucket.n = 0
		}
		return bucket.add(k.rank)
	})
}

// bucket is the texts that agree in a band. It keeps the first of them; their n-grams
// are read when they are first needed, which for most buckets is never.
type bucket struct {
	f       *finder
	members [maxCompared]text
	n       int
	next    text
}

func (b *bucket) add(rank uint32) error {
	loaded := false
	for i := range b.n {
		m := &b.members[i]
		if b.f.find(m.rank) == b.f.find(rank) {
			continue
		}
		if !loaded {
			if err := b.f.load(rank, &b.next); err != nil {
				return err
			}
			loaded = true
		}
		if len(m.hashes) == 0 {
			if err := b.f.load(m.rank, m); err != nil {
				return err
			}
		}
		if b.f.near(b.f.compare(m, &b.next), m, &b.next) {
			b.f.union(m.rank, rank)
		}
	}
	if b.n == maxCompared {
		b.f.stats.Truncated++
		return nil
	}
	m := &b.members[b.n]
	m.rank, m.hashes = rank, m.hashes[:0]
	b.n++
	return nil
}
