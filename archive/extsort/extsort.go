// Package extsort sorts more entries than fit in memory: by a bounded buffer for each
// goroutine that adds, sorted runs on disk, and a merge. The order is that of the keys'
// bytes; the keys must be unique for it to be the same each time.
package extsort

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"
)

const (
	defaultMemory = 32 << 20
	maxRuns       = 128 // that are merged at a time, each with an open file and 0.2 MB of buffers
	runBlock      = 64 << 10
	maxEntry      = 1 << 30 // a larger one is damaged
)

// A Sorter sorts entries. Its zero value is not usable: New makes one.
type Sorter struct {
	dir    string
	memory int

	mu    sync.Mutex
	runs  []string
	next  int
	small []*Writer // what is left in memory
	added int64     // entries
}

// New returns a Sorter with temporary files in a folder, which the caller removes.
// memory is the size of each Writer's buffer in bytes; 0 for 32 MiB.
func New(dir string, memory int) *Sorter {
	return &Sorter{dir: dir, memory: cmp.Or(memory, defaultMemory)}
}

// An entry is a key and a value, one after the other in a block.
type entry struct {
	data []byte
	key  int // length
}

// blockSize is how many bytes of entries are allocated at a time: a growing buffer would
// be copied, and take twice its size meanwhile.
const blockSize = 1 << 20

// A Writer adds entries; it is for one goroutine.
type Writer struct {
	s       *Sorter
	blocks  [][]byte
	block   int // the one that is being filled
	size    int // of the entries
	entries []entry
	spilled bool // at least once
}

// Writer returns a Writer. All must be closed before Merge.
func (s *Sorter) Writer() *Writer { return &Writer{s: s} }

// Add adds an entry. It copies key and value.
func (w *Writer) Add(key, value []byte) error {
	n := len(key) + len(value)
	if len(w.entries) > 0 && w.size+n+entrySize > w.s.memory {
		if err := w.spill(); err != nil {
			return err
		}
	}
	w.size += n + entrySize
	b := append(append(w.room(n), key...), value...)
	w.entries = append(w.entries, entry{b, len(key)})
	return nil
}

// entrySize is how many bytes an entry takes besides its key and value.
const entrySize = 32

// room returns an empty slice with room for n bytes in a block.
func (w *Writer) room(n int) []byte {
	if n > blockSize/4 { // its own, which is not kept after a spill
		return make([]byte, 0, n)
	}
	for ; w.block < len(w.blocks); w.block++ {
		b := w.blocks[w.block]
		if start := len(b); cap(b)-start >= n {
			w.blocks[w.block] = b[:start+n]
			return b[start : start : start+n]
		}
	}
	w.blocks = append(w.blocks, make([]byte, n, min(blockSize, max(w.s.memory, n))))
	return w.blocks[w.block][:0:n]
}

func (w *Writer) key(e entry) []byte   { return e.data[:e.key] }
func (w *Writer) value(e entry) []byte { return e.data[e.key:] }

func (w *Writer) sort() {
	slices.SortFunc(w.entries, func(a, b entry) int { return bytes.Compare(w.key(a), w.key(b)) })
}

// spill writes the buffer as a sorted run.
func (w *Writer) spill() error {
	w.sort()
	run, err := w.s.create()
	if err != nil {
		return err
	}
	for _, e := range w.entries {
		if err = run.add(w.key(e), w.value(e)); err != nil {
			break
		}
	}
	if err = errors.Join(err, run.close()); err != nil {
		return err
	}
	w.s.mu.Lock()
	w.s.runs = append(w.s.runs, run.name)
	w.s.added += int64(len(w.entries))
	w.s.mu.Unlock()
	for i := range w.blocks {
		w.blocks[i] = w.blocks[i][:0]
	}
	clear(w.entries)
	w.block, w.size, w.entries, w.spilled = 0, 0, w.entries[:0], true
	return nil
}

// Close completes the entries of the writer. What is left stays in memory for Merge if
// nothing was spilled: else there are too many entries for memory, and what is left of
// each writer would stay there until all are merged.
func (w *Writer) Close() error {
	if w.spilled {
		err := w.spill()
		w.blocks, w.entries = nil, nil
		return err
	}
	w.sort()
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	w.s.small = append(w.s.small, w)
	w.s.added += int64(len(w.entries))
	return nil
}

// A run is a sorted file that is being written.
type run struct {
	name string
	f    *os.File
	z    *s2.Writer
	head [2 * binary.MaxVarintLen64]byte
}

func (s *Sorter) create() (*run, error) {
	s.mu.Lock()
	s.next++
	name := filepath.Join(s.dir, fmt.Sprintf("run-%06d", s.next))
	s.mu.Unlock()
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &run{name: name, f: f, z: s2.NewWriter(f, s2.WriterConcurrency(1), s2.WriterBlockSize(runBlock))}, nil
}

func (r *run) add(key, value []byte) error {
	head := binary.AppendUvarint(binary.AppendUvarint(r.head[:0], uint64(len(key))), uint64(len(value)))
	for _, b := range [][]byte{head, key, value} {
		if _, err := r.z.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) close() error { return errors.Join(r.z.Close(), r.f.Close()) }

// An Entry is valid until the next one.
type Entry struct{ Key, Value []byte }

// Merge yields all entries in order. It may be called once.
func (s *Sorter) Merge(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if err := s.reduce(ctx); err != nil {
			yield(Entry{}, err)
			return
		}
		merged := int64(0)
		for e, err := range mergeOf(ctx, s.runs, s.small) {
			if !yield(e, err) || err != nil {
				return
			}
			merged++
		}
		if merged != s.added { // a file that was cut between two blocks
			yield(Entry{}, fmt.Errorf("temporary files in %s are damaged: they have %d of %d entries", s.dir, merged, s.added))
		}
	}
}

// reduce merges runs into larger ones until few enough are left, and no more of them than
// that takes.
func (s *Sorter) reduce(ctx context.Context) error {
	for len(s.runs) > maxRuns {
		some := s.runs[:min(maxRuns, len(s.runs)-maxRuns+1)]
		r, err := s.create()
		if err != nil {
			return err
		}
		for e, err := range mergeOf(ctx, some, nil) {
			if err == nil {
				err = r.add(e.Key, e.Value)
			}
			if err != nil {
				return errors.Join(err, r.close())
			}
		}
		if err := r.close(); err != nil {
			return err
		}
		for _, name := range some {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
		s.runs = append(slices.Clone(s.runs[len(some):]), r.name)
	}
	return nil
}

func mergeOf(ctx context.Context, runs []string, small []*Writer) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var h cursors
		defer func() {
			for _, c := range h {
				c.close()
			}
		}()
		for _, name := range runs {
			c, err := openRun(name)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			h = append(h, c)
		}
		for _, w := range small {
			h = append(h, &cursor{w: w})
		}
		live := h[:0:0]
		for _, c := range h {
			more, err := c.next()
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if more {
				live = append(live, c)
			} else {
				c.close()
			}
		}
		h = live
		heap.Init(&h)
		for n := 0; len(h) > 0; n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				yield(Entry{}, ctx.Err())
				return
			}
			c := h[0]
			if !yield(c.Entry, nil) {
				return
			}
			more, err := c.next()
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if more {
				heap.Fix(&h, 0)
			} else {
				c.close()
				heap.Pop(&h)
			}
		}
	}
}

// A cursor is at one entry of a run or of a writer's memory.
type cursor struct {
	Entry
	w *Writer
	n int

	f   *os.File
	r   *bufio.Reader
	buf []byte
}

func openRun(name string) (*cursor, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return &cursor{f: f, r: bufio.NewReaderSize(s2.NewReader(f, s2.ReaderMaxBlockSize(runBlock), s2.ReaderAllocBlock(runBlock)), 16<<10)}, nil
}

func (c *cursor) close() {
	if c.f != nil {
		c.f.Close()
		c.f = nil
	}
}

func (c *cursor) next() (bool, error) {
	if c.w != nil {
		if c.n == len(c.w.entries) {
			return false, nil
		}
		e := c.w.entries[c.n]
		c.Key, c.Value = c.w.key(e), c.w.value(e)
		c.n++
		return true, nil
	}
	key, err := binary.ReadUvarint(c.r)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	value, verr := binary.ReadUvarint(c.r)
	if err = errors.Join(err, verr); err != nil {
		return false, fmt.Errorf("temporary file %s: %w", c.f.Name(), err)
	}
	if key > maxEntry || value > maxEntry {
		return false, fmt.Errorf("temporary file %s is damaged", c.f.Name())
	}
	c.buf = slices.Grow(c.buf[:0], int(key+value))[:key+value]
	if _, err := io.ReadFull(c.r, c.buf); err != nil {
		return false, fmt.Errorf("temporary file %s: %w", c.f.Name(), err)
	}
	c.Key, c.Value = c.buf[:key], c.buf[key:]
	return true, nil
}

type cursors []*cursor

func (h cursors) Len() int           { return len(h) }
func (h cursors) Less(i, j int) bool { return bytes.Compare(h[i].Key, h[j].Key) < 0 }
func (h cursors) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *cursors) Push(x any)        { *h = append(*h, x.(*cursor)) }
func (h *cursors) Pop() any {
	old := *h
	c := old[len(old)-1]
	*h = old[:len(old)-1]
	return c
}
