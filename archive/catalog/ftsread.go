package catalog

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
)

// The files fts*.go read and write the full-text index beneath FTS5, so that several can
// be merged without the texts, which no catalog has. The format is that of SQLite's
// fts5_index.c: the table fulltext_data has pages by number; a segment of the index is a
// row of leaf pages with terms in the order of their bytes, each with the numbers of its
// rows in ascending order, each with the places in that row. These do not depend on the
// row's number, so that they are copied as they are.
const (
	ftsAverages  = 1  // the page with the number of rows, and of words in each column
	ftsStructure = 10 // the page that lists the segments
	ftsColumns   = 7
	ftsPageSize  = 4050 // where FTS5 begins a new page
	// The number of a page is that of its segment, a bit for pages of a doclist index, the
	// height in that, and the number in the segment.
	ftsSegmentShift = 37
	ftsIndexBit     = 1 << 36
	ftsHeightShift  = 31
	// The bounds of what is believed of a file.
	ftsMaxLevels   = 64
	ftsMaxSegments = 2000
	ftsMaxPlaces   = 64 << 20 // bytes of the places of one word in one row
)

// ftsV2 marks a structure with counts of removed rows, which contentless_delete needs.
var ftsV2 = []byte{0xFF, 0x00, 0x00, 0x01}

var errFTS = errors.New("its full-text index is damaged")

// getVarint reads SQLite's variable-length integer: big-endian, seven bits a byte, the
// ninth has eight. n is 0 if there is none.
func getVarint(b []byte) (v uint64, n int) {
	for i := 0; i < len(b) && i < 8; i++ {
		v = v<<7 | uint64(b[i]&0x7F)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	if len(b) < 9 {
		return 0, 0
	}
	return v<<8 | uint64(b[8]), 9
}

func appendVarint(b []byte, v uint64) []byte {
	if v >= 1<<56 {
		for i := range 8 {
			b = append(b, byte(v>>(57-7*i))|0x80)
		}
		return append(b, byte(v))
	}
	n := 1
	for x := v >> 7; x > 0; x >>= 7 {
		n++
	}
	for i := n - 1; i > 0; i-- {
		b = append(b, byte(v>>(7*i))|0x80)
	}
	return append(b, byte(v&0x7F))
}

// An ftsSegment is a segment of a full-text index.
type ftsSegment struct{ id, first, last int64 }

// ftsSegments reads the structure of an index: its segments and the number of its levels.
func ftsSegments(ctx context.Context, db querier) (segs []ftsSegment, levels int, err error) {
	b, err := ftsPage(ctx, db, ftsStructure)
	if err != nil {
		return nil, 0, err
	}
	if len(b) < 8 || !bytes.Equal(b[4:8], ftsV2) {
		return nil, 0, errFTS
	}
	b = b[8:]
	next := func(most uint64) int64 {
		v, n := getVarint(b)
		if n == 0 || v > most {
			err = errFTS
			return 0
		}
		b = b[n:]
		return int64(v)
	}
	levels = int(next(ftsMaxLevels))
	total := next(ftsMaxSegments)
	next(1<<64 - 1)
	for range levels {
		next(1<<64 - 1)
		for range next(ftsMaxSegments) {
			segs = append(segs, ftsSegment{next(1<<16 - 1), next(1<<31 - 1), next(1<<31 - 1)})
			for range 5 {
				next(1<<64 - 1)
			}
			if err != nil {
				return nil, 0, err
			}
		}
	}
	if int64(len(segs)) != total {
		return nil, 0, errFTS
	}
	return segs, levels, err
}

func ftsPage(ctx context.Context, db querier, id int64) (b []byte, err error) {
	rows, err := db.QueryContext(ctx, "SELECT block FROM fulltext_data WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&b)
	}
	return b, errors.Join(err, rows.Err())
}

// An ftsReader reads a segment from its first term to its last.
type ftsReader struct {
	rows *sql.Rows
	want int64 // the number of the next page
	last int64 // of the last one

	page   []byte // without its index of terms
	at     int
	rowAt  int    // where the first row of a list is that began on a page before; 0 if there is none
	terms  []byte // the rest of the index of terms
	termAt int    // where the next term is; 0 if there is none
	fresh  bool   // no term was read on this page

	term   []byte
	row    int64 // the last row of the term
	isNew  bool  // no row of the term was read
	places []byte
}

func readFTS(ctx context.Context, db querier, seg ftsSegment) (*ftsReader, error) {
	from, to := seg.id<<ftsSegmentShift+seg.first, seg.id<<ftsSegmentShift+seg.last
	rows, err := db.QueryContext(ctx, "SELECT id, block FROM fulltext_data WHERE id BETWEEN ? AND ? ORDER BY id", from, to)
	if err != nil {
		return nil, err
	}
	return &ftsReader{rows: rows, want: from, last: to}, nil
}

func (r *ftsReader) close() { r.rows.Close() }

// nextPage reads the next page; false if there is none.
func (r *ftsReader) nextPage() (bool, error) {
	if r.want > r.last {
		return false, nil
	}
	if !r.rows.Next() {
		return false, cmpErr(r.rows.Err(), errFTS)
	}
	var id int64
	var block sql.RawBytes
	if err := r.rows.Scan(&id, &block); err != nil {
		return false, err
	}
	if id != r.want || len(block) < 4 {
		return false, errFTS
	}
	end := int(binary.BigEndian.Uint16(block[2:]))
	if end < 4 || end > len(block) {
		return false, errFTS
	}
	r.want++
	// The terms share one buffer with the page: what Scan gives is valid until the next row.
	r.page, r.terms = block[:end], block[end:]
	r.at, r.rowAt, r.termAt, r.fresh = 4, int(binary.BigEndian.Uint16(block)), 0, true
	return true, r.nextTermAt()
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// nextTermAt finds where the next term of the page is.
func (r *ftsReader) nextTermAt() error {
	if len(r.terms) == 0 {
		r.termAt = 0
		return nil
	}
	v, n := getVarint(r.terms)
	if n == 0 || v == 0 || v > uint64(len(r.page)) || r.termAt+int(v) >= len(r.page) || r.termAt+int(v) < r.at {
		return errFTS
	}
	r.termAt, r.terms = r.termAt+int(v), r.terms[n:]
	return nil
}

func (r *ftsReader) varint() (uint64, error) {
	v, n := getVarint(r.page[min(r.at, len(r.page)):])
	if n == 0 {
		return 0, errFTS
	}
	r.at += n
	return v, nil
}

// nextTerm goes to the next term; false at the end of the segment.
func (r *ftsReader) nextTerm() (bool, error) {
	for r.term != nil { // the rows of this one that were not read
		if ok, err := r.nextRow(); err != nil {
			return false, err
		} else if !ok {
			break
		}
	}
	if r.at >= len(r.page) {
		if ok, err := r.nextPage(); !ok || err != nil {
			return false, err
		}
	}
	if r.termAt == 0 || r.at != r.termAt {
		return false, errFTS
	}
	var prefix uint64
	var err error
	if !r.fresh {
		if prefix, err = r.varint(); err != nil {
			return false, err
		}
	}
	n, err := r.varint()
	if err != nil || n > uint64(len(r.page)-r.at) || prefix > uint64(len(r.term)) {
		return false, errFTS
	}
	term := append(bytes.Clone(r.term[:prefix]), r.page[r.at:r.at+int(n)]...)
	if r.term != nil && bytes.Compare(term, r.term) <= 0 || len(term) == 0 {
		return false, errFTS
	}
	r.term, r.at, r.fresh, r.isNew, r.row = term, r.at+int(n), false, true, 0
	return true, r.nextTermAt()
}

// nextRow goes to the next row of the term, with the word's places in it, which are valid
// until the next call; false if there is none.
func (r *ftsReader) nextRow() (bool, error) {
	crossed := false
	if r.at >= len(r.page) {
		if ok, err := r.nextPage(); !ok || err != nil {
			return false, err
		}
		crossed = true
	}
	if r.termAt != 0 && r.at == r.termAt {
		return false, nil
	}
	if crossed && r.at != r.rowAt {
		return false, errFTS
	}
	first := r.isNew || r.at == r.rowAt
	v, err := r.varint()
	if err != nil {
		return false, err
	}
	row := int64(v)
	if !first {
		row += r.row
	}
	if v > 1<<62 || row <= r.row {
		return false, errFTS
	}
	r.row, r.isNew = row, false
	size, err := r.varint()
	if err != nil || size&1 != 0 || size>>1 > ftsMaxPlaces { // the lowest bit is of removed rows, which contentless_delete has elsewhere
		return false, errFTS
	}
	return true, r.readPlaces(int(size >> 1))
}

// readPlaces reads the places of a word in a row, which may go on on further pages.
func (r *ftsReader) readPlaces(n int) error {
	if end := r.at + n; end <= len(r.page) {
		if r.termAt != 0 && end > r.termAt {
			return errFTS
		}
		r.places, r.at = r.page[r.at:end], end
		return nil
	}
	var all []byte
	for {
		end := min(r.at+n, len(r.page))
		if r.termAt != 0 && end > r.termAt {
			return errFTS
		}
		all = append(all, r.page[r.at:end]...)
		n -= end - r.at
		r.at = end
		if n == 0 {
			r.places = all
			return nil
		}
		if ok, err := r.nextPage(); err != nil || !ok {
			return cmpErr(err, fmt.Errorf("%w: it ends in the middle of a row", errFTS))
		}
	}
}
