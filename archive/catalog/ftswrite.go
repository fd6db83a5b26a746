package catalog

import (
	"bytes"
	"encoding/binary"
)

// An ftsWriter writes one segment of a full-text index as SQLite's fts5_index.c does.
// Terms come in the order of their bytes, and the rows of each in ascending order.
type ftsWriter struct {
	// data takes a page, and idx the first term of a page, or enough of it to tell it from
	// the last one of the page before.
	data func(id int64, page []byte) error
	idx  func(term []byte, page int64) error

	segment int64
	pages   int64 // those that were written
	page    []byte
	terms   []byte // the index of the page's terms
	termAt  int    // where the last term of the page is

	term        []byte
	row         int64
	firstTerm   bool // no term is on the page
	firstRow    bool // no row is on the page, before its first term
	firstOfTerm bool // no row of the term was written
	group       []byte
	groupPage   int64 // of the first page of those for which the next idx is; 0 if there is none
	empty       int   // pages without a term after that
	heights     []ftsHeight
}

// An ftsHeight is a page of a doclist index, which has the first row of each page of a
// long list of rows. Where it gets longer than a page, the first rows of its own pages
// are in one above.
type ftsHeight struct {
	page int64
	buf  []byte
	some bool
	last int64
}

func newFTSWriter(segment int64, data func(int64, []byte) error, idx func([]byte, int64) error) *ftsWriter {
	return &ftsWriter{data: data, idx: idx, segment: segment, page: make([]byte, 4, 2*ftsPageSize), firstTerm: true, firstRow: true, groupPage: 1, heights: make([]ftsHeight, 1)}
}

// ftsLongList is over how many pages without a term a list has a doclist index.
const ftsLongList = 4

func (w *ftsWriter) full(more int) bool { return len(w.page)+len(w.terms)+more >= ftsPageSize }

// addTerm begins the next term.
func (w *ftsWriter) addTerm(term []byte) error {
	if w.full(len(term)+2) && len(w.page) > 4 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	shared := 0
	for shared < min(len(term), len(w.term)) && term[shared] == w.term[shared] {
		shared++
	}
	w.terms = appendVarint(w.terms, uint64(len(w.page)-w.termAt))
	w.termAt = len(w.page)
	if w.firstTerm {
		if w.pages > 0 {
			if err := w.flushGroup(); err != nil {
				return err
			}
			w.group, w.groupPage = bytes.Clone(term[:min(shared+1, len(term))]), w.pages+1
		}
		shared = 0
	} else {
		w.page = appendVarint(w.page, uint64(shared))
	}
	w.page = append(appendVarint(w.page, uint64(len(term)-shared)), term[shared:]...)
	w.term = append(w.term[:0], term...)
	w.firstTerm, w.firstRow, w.firstOfTerm = false, false, true
	w.heights[0].page = w.pages + 1
	return nil
}

// addRow adds a row of the term with the places of the word in it.
func (w *ftsWriter) addRow(row int64, places []byte) error {
	if w.full(0) {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if w.firstRow {
		binary.BigEndian.PutUint16(w.page, uint16(len(w.page)))
		if err := w.indexRow(row); err != nil {
			return err
		}
	}
	if delta := row - w.row; w.firstOfTerm || w.firstRow {
		w.page = appendVarint(w.page, uint64(row))
	} else {
		w.page = appendVarint(w.page, uint64(delta))
	}
	w.row, w.firstOfTerm, w.firstRow = row, false, false
	w.page = appendVarint(w.page, uint64(2*len(places)))
	for w.full(len(places)) {
		n, least := 0, ftsPageSize-len(w.page)-len(w.terms)
		for n < least { // whole numbers only
			_, size := getVarint(places[min(n, len(places)):])
			if size == 0 {
				return errFTS
			}
			n += size
		}
		w.page = append(w.page, places[:n]...)
		places = places[n:]
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.page = append(w.page, places...)
	return nil
}

// flush writes the page.
func (w *ftsWriter) flush() error {
	binary.BigEndian.PutUint16(w.page[2:], uint16(len(w.page)))
	if w.firstTerm {
		if w.firstRow && len(w.heights[0].buf) > 0 {
			w.heights[0].buf = append(w.heights[0].buf, 0)
		}
		w.empty++
	}
	w.page = append(w.page, w.terms...)
	w.pages++
	if err := w.data(w.segment<<ftsSegmentShift+w.pages, w.page); err != nil {
		return err
	}
	w.page = append(w.page[:0], 0, 0, 0, 0)
	w.terms, w.termAt, w.firstTerm, w.firstRow = w.terms[:0], 0, true, true
	return nil
}

// flushGroup writes the first term of a page and of those without a term after it.
func (w *ftsWriter) flushGroup() error {
	long := int64(0)
	if len(w.heights[0].buf) > 0 && w.empty >= ftsLongList {
		long = 1
	}
	for i := range w.heights {
		h := &w.heights[i]
		if len(h.buf) == 0 {
			break
		}
		if long > 0 {
			if err := w.data(w.indexPage(i, h.page), h.buf); err != nil {
				return err
			}
		}
		h.buf, h.some = h.buf[:0], false
	}
	w.empty = 0
	if w.groupPage == 0 {
		return nil
	}
	err := w.idx(w.group, long+w.groupPage<<1)
	w.groupPage = 0
	return err
}

func (w *ftsWriter) indexPage(height int, page int64) int64 {
	return w.segment<<ftsSegmentShift + ftsIndexBit + int64(height)<<ftsHeightShift + page
}

// indexRow adds the first row of a page to the doclist index.
func (w *ftsWriter) indexRow(row int64) error {
	for i, done := 0, false; !done; i++ {
		done = len(w.heights[i].buf) < ftsPageSize
		if !done {
			// The page is full: the next one begins with the row, which goes into the one
			// above, too.
			h := &w.heights[i]
			h.buf[0] = 1 // not the highest
			if err := w.data(w.indexPage(i, h.page), h.buf); err != nil {
				return err
			}
			if len(w.heights) < i+2 {
				w.heights = append(w.heights, ftsHeight{})
			}
			h = &w.heights[i]
			if above := &w.heights[i+1]; len(above.buf) == 0 {
				first := firstIndexed(h.buf)
				above.page = h.page
				above.buf = appendVarint(appendVarint(append(above.buf[:0], 0), uint64(h.page)), uint64(first))
				above.some, above.last = true, first
			}
			h.buf, h.some = h.buf[:0], false
			h.page++
		}
		h := &w.heights[i]
		value := row
		if h.some {
			value -= h.last
		} else {
			page, notHighest := w.pages+1, byte(0)
			if i > 0 {
				page = w.heights[i-1].page
			}
			if !done {
				notHighest = 1
			}
			h.buf = appendVarint(append(h.buf, notHighest), uint64(page))
		}
		h.buf = appendVarint(h.buf, uint64(value))
		h.some, h.last = true, row
	}
	return nil
}

// firstIndexed is the first row in a page of a doclist index.
func firstIndexed(page []byte) int64 {
	_, n := getVarint(page[1:])
	v, _ := getVarint(page[1+n:])
	return int64(v)
}

// finish writes what is left. It returns the number of pages.
func (w *ftsWriter) finish() (pages int64, err error) {
	if len(w.page) > 4 {
		if err := w.flush(); err != nil {
			return 0, err
		}
	}
	if w.pages > 0 {
		err = w.flushGroup()
	}
	return w.pages, err
}
