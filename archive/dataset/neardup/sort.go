package neardup

import (
	"bufio"
	"container/heap"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
)

// record is how a sorter writes, reads and orders a type of fixed size. The order
// must be total, so that the result does not depend on the order of input.
type record[R any] struct {
	size    int
	append  func(b []byte, r *R) []byte
	read    func(r *R, b []byte)
	compare func(a, b R) int
}

// sorter sorts records that need not fit into memory: full buffers are sorted and
// written as runs, and runs are merged.
type sorter[R any] struct {
	record[R]
	open func() (*output, error)
	buf  []R
	out  *output // nil while everything fits into the buffer
	path string
	runs []int64 // where each run ends in out
	line []byte
}

// newSorter returns a sorter that holds about memory bytes.
func newSorter[R any](x *Index, name string, rec record[R]) *sorter[R] {
	path := x.path(name)
	return &sorter[R]{
		record: rec, path: path,
		open: func() (*output, error) { return x.output(name) },
		// Records in memory are at most about a quarter larger than on disk.
		buf: make([]R, 0, max(16, min(x.count, x.opts.SortMemory*4/5/rec.size))),
	}
}

func (s *sorter[R]) add(r R) error {
	if len(s.buf) == cap(s.buf) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.buf = append(s.buf, r)
	return nil
}

func (s *sorter[R]) sortBuffer() {
	slices.SortFunc(s.buf, s.compare)
}

func (s *sorter[R]) spill() (err error) {
	if s.out == nil {
		if s.out, err = s.open(); err != nil {
			return err
		}
	}
	s.sortBuffer()
	for i := range s.buf {
		s.line = s.append(s.line[:0], &s.buf[i])
		if err := s.out.write(s.line); err != nil {
			return err
		}
	}
	s.runs = append(s.runs, s.out.size)
	s.buf = s.buf[:0]
	return nil
}

// each calls f with the records in order, then empties the sorter for the next use.
func (s *sorter[R]) each(ctx context.Context, f func(r *R) error) error {
	if s.out == nil {
		s.sortBuffer()
		for i := range s.buf {
			if err := cancelled(ctx, i); err != nil {
				return err
			}
			if err := f(&s.buf[i]); err != nil {
				return err
			}
		}
		s.buf = s.buf[:0]
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	if err := s.out.flush(); err != nil {
		return err
	}
	if err := s.merge(ctx, f); err != nil {
		return err
	}
	return s.close()
}

// close removes the file of runs.
func (s *sorter[R]) close() error {
	if s.out == nil {
		return nil
	}
	s.out.f.Close() // the file is about to be removed
	s.out, s.runs = nil, nil
	if err := os.Remove(s.path); err != nil {
		return fmt.Errorf("near duplicates: %w", err)
	}
	return nil
}

// run is the rest of a sorted run.
type run[R any] struct {
	in   *bufio.Reader
	head R
}

// runHeap has the run with the smallest head first.
type runHeap[R any] struct {
	runs    []*run[R]
	compare func(a, b R) int
}

func (h *runHeap[R]) Len() int           { return len(h.runs) }
func (h *runHeap[R]) Less(i, j int) bool { return h.compare(h.runs[i].head, h.runs[j].head) < 0 }
func (h *runHeap[R]) Swap(i, j int)      { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *runHeap[R]) Push(x any)         { h.runs = append(h.runs, x.(*run[R])) }
func (h *runHeap[R]) Pop() any {
	last := h.runs[len(h.runs)-1]
	h.runs = h.runs[:len(h.runs)-1]
	return last
}

func (s *sorter[R]) merge(ctx context.Context, f func(r *R) error) error {
	h := &runHeap[R]{compare: s.compare}
	start := int64(0)
	for _, end := range s.runs {
		r := &run[R]{in: bufio.NewReaderSize(io.NewSectionReader(s.out.f, start, end-start), 1<<16)}
		start = end
		more, err := s.next(r)
		if err != nil {
			return err
		}
		if more {
			h.runs = append(h.runs, r)
		}
	}
	heap.Init(h)
	for i := 0; len(h.runs) > 0; i++ {
		if err := cancelled(ctx, i); err != nil {
			return err
		}
		r := h.runs[0]
		if err := f(&r.head); err != nil {
			return err
		}
		more, err := s.next(r)
		if err != nil {
			return err
		}
		if more {
			heap.Fix(h, 0)
		} else {
			heap.Pop(h)
		}
	}
	return nil
}

// next reads the head of a run and reports whether there was one.
func (s *sorter[R]) next(r *run[R]) (bool, error) {
	s.line = slices.Grow(s.line[:0], s.size)[:s.size]
	switch _, err := io.ReadFull(r.in, s.line); err {
	case nil:
		s.read(&r.head, s.line)
		return true, nil
	case io.EOF:
		return false, nil
	default:
		return false, fmt.Errorf("near duplicates: reading a temporary file: %w", err)
	}
}

// cancelled asks the context once in a thousand steps.
func cancelled(ctx context.Context, step int) error {
	if step%1024 != 0 {
		return nil
	}
	return ctx.Err()
}

// eachRecord reads a finished output record by record.
func eachRecord(ctx context.Context, o *output, size int, f func(i int, b []byte) error) error {
	in := bufio.NewReaderSize(io.NewSectionReader(o.f, 0, o.size), 1<<18)
	b := make([]byte, size)
	for i := range int(o.size / int64(size)) {
		if err := cancelled(ctx, i); err != nil {
			return err
		}
		if _, err := io.ReadFull(in, b); err != nil {
			return fmt.Errorf("near duplicates: reading a temporary file: %w", err)
		}
		if err := f(i, b); err != nil {
			return err
		}
	}
	return nil
}
