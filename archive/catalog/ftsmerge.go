package catalog

import (
	"bytes"
	"container/heap"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
)

// An ftsSource is a full-text index to merge.
type ftsSource struct {
	of *snapshotFile
	// rows has the number that each of its rows gets, by its number in the source; 0 if it
	// is left out. The numbers ascend as those in the source do.
	rows []uint32
}

// blame says which snapshot is damaged, if that is the error.
func (s ftsSource) blame(err error) error {
	if errors.Is(err, errFTS) || notDatabase(err) {
		return &badSnapshot{s.of, err}
	}
	return err
}

// An ftsTarget is a new and empty full-text index, to which a merge writes.
type ftsTarget struct {
	tx                 *sql.Tx
	data, idx, docsize *sql.Stmt
	kept               int64
	words              [ftsColumns]uint64
	levels             int
}

// mergeFTS writes the rows of several full-text indexes to an empty one, as one segment.
func mergeFTS(ctx context.Context, tx *sql.Tx, sources []ftsSource) (err error) {
	t := &ftsTarget{tx: tx, levels: 1}
	for _, s := range []struct {
		stmt  **sql.Stmt
		query string
	}{
		{&t.data, "INSERT OR REPLACE INTO fulltext_data (id, block) VALUES (?, ?)"},
		{&t.idx, "INSERT INTO fulltext_idx (segid, term, pgno) VALUES (?, ?, ?)"},
		{&t.docsize, "INSERT INTO fulltext_docsize (id, sz, origin) VALUES (?, ?, 1)"},
	} {
		if *s.stmt, err = tx.PrepareContext(ctx, s.query); err != nil {
			return err
		}
		defer (*s.stmt).Close()
	}
	for _, s := range sources {
		if err := t.copySizes(ctx, s); err != nil {
			return s.blame(err)
		}
	}
	if t.kept == 0 {
		return nil
	}
	pages, err := t.mergeTerms(ctx, sources)
	if err != nil {
		return err
	}
	return t.finish(ctx, pages)
}

// copySizes copies how many words each column of each row has.
func (t *ftsTarget) copySizes(ctx context.Context, s ftsSource) error {
	want := 0
	for _, to := range s.rows {
		if to > 0 {
			want++
		}
	}
	rows, err := s.of.db.QueryContext(ctx, "SELECT id, sz FROM fulltext_docsize ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var sizes sql.RawBytes
		if err := rows.Scan(&id, &sizes); err != nil {
			return err
		}
		if id < 0 || id >= int64(len(s.rows)) || s.rows[id] == 0 {
			continue
		}
		rest := []byte(sizes)
		for i := range t.words {
			v, n := getVarint(rest)
			if n == 0 || v > 1<<31 {
				return errFTS
			}
			t.words[i] += v
			rest = rest[n:]
		}
		if _, err := t.docsize.ExecContext(ctx, int64(s.rows[id]), []byte(sizes)); err != nil {
			return err
		}
		t.kept++
		want--
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if want != 0 {
		return fmt.Errorf("%w: it lacks rows of articles", errFTS)
	}
	return nil
}

// An ftsInput is a segment of a source at one of its terms.
type ftsInput struct {
	*ftsReader
	source ftsSource
	to     uint32 // the number that the row gets
}

// next goes to the next row that is kept; false at the end of the term.
func (in *ftsInput) next() (bool, error) {
	for {
		ok, err := in.nextRow()
		if !ok || err != nil {
			return false, in.source.blame(err)
		}
		if rows := in.source.rows; in.row < int64(len(rows)) && rows[in.row] > 0 {
			in.to = rows[in.row]
			return true, nil
		}
	}
}

// nextTerm goes to the next term; false at the end of the segment.
func (in *ftsInput) nextTerm() (bool, error) {
	ok, err := in.ftsReader.nextTerm()
	return ok, in.source.blame(err)
}

// byTerm and byRow are heaps of inputs.
type byTerm []*ftsInput

func (h byTerm) Len() int           { return len(h) }
func (h byTerm) Less(i, j int) bool { return bytes.Compare(h[i].term, h[j].term) < 0 }
func (h byTerm) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byTerm) Push(x any)        { *h = append(*h, x.(*ftsInput)) }
func (h *byTerm) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

type byRow struct{ byTerm }

func (h byRow) Less(i, j int) bool { return h.byTerm[i].to < h.byTerm[j].to }

// mergeTerms merges the terms of all segments, and of each term the rows.
func (t *ftsTarget) mergeTerms(ctx context.Context, sources []ftsSource) (pages int64, err error) {
	var inputs byTerm
	defer func() {
		for _, in := range inputs {
			in.close()
		}
	}()
	for _, s := range sources {
		segs, levels, err := ftsSegments(ctx, s.of.db)
		if err != nil {
			return 0, s.blame(err)
		}
		t.levels = max(t.levels, levels)
		for _, seg := range segs {
			if seg.first == 0 {
				continue // it is being merged into another, and nothing of it is left
			}
			r, err := readFTS(ctx, s.of.db, seg)
			if err != nil {
				return 0, err
			}
			inputs = append(inputs, &ftsInput{ftsReader: r, source: s})
		}
	}
	w := newFTSWriter(1, func(id int64, page []byte) error {
		_, err := t.data.ExecContext(ctx, id, page)
		return err
	}, func(term []byte, page int64) error {
		_, err := t.idx.ExecContext(ctx, 1, append([]byte{}, term...), page)
		return err
	})
	waiting := make(byTerm, 0, len(inputs))
	for _, in := range inputs {
		if ok, err := in.nextTerm(); err != nil {
			return 0, err
		} else if ok {
			waiting = append(waiting, in)
		}
	}
	heap.Init(&waiting)
	var same byTerm
	for len(waiting) > 0 {
		same = append(same[:0], heap.Pop(&waiting).(*ftsInput))
		for len(waiting) > 0 && bytes.Equal(waiting[0].term, same[0].term) {
			same = append(same, heap.Pop(&waiting).(*ftsInput))
		}
		if err := mergeTerm(w, same); err != nil {
			return 0, err
		}
		for _, in := range same {
			if ok, err := in.nextTerm(); err != nil {
				return 0, err
			} else if ok {
				heap.Push(&waiting, in)
			}
		}
	}
	return w.finish()
}

// mergeTerm writes the rows of a term. A term without any is left out.
func mergeTerm(w *ftsWriter, same []*ftsInput) error {
	var rows byRow
	for _, in := range same {
		if ok, err := in.next(); err != nil {
			return err
		} else if ok {
			rows.byTerm = append(rows.byTerm, in)
		}
	}
	if len(rows.byTerm) == 0 {
		return nil
	}
	if err := w.addTerm(same[0].term); err != nil {
		return err
	}
	heap.Init(&rows)
	last := uint32(0)
	for len(rows.byTerm) > 0 {
		in := rows.byTerm[0]
		if in.to <= last {
			return in.source.blame(errFTS)
		}
		last = in.to
		if err := w.addRow(int64(in.to), in.places); err != nil {
			return in.source.blame(err)
		}
		if ok, err := in.next(); err != nil {
			return err
		} else if ok {
			heap.Fix(&rows, 0)
		} else {
			heap.Pop(&rows)
		}
	}
	return nil
}

// finish writes the pages that describe the index.
func (t *ftsTarget) finish(ctx context.Context, pages int64) error {
	averages := appendVarint(nil, uint64(t.kept))
	for _, n := range t.words {
		averages = appendVarint(averages, n)
	}
	_, err := t.data.ExecContext(ctx, ftsAverages, averages)
	if pages == 0 || err != nil {
		return err
	}
	// The segment is on the highest level, so that FTS5 does not merge it with the next
	// few articles.
	s := append(binary.BigEndian.AppendUint32(nil, 0), ftsV2...)
	s = appendVarint(s, uint64(t.levels))
	s = appendVarint(s, 1)
	s = appendVarint(s, uint64(pages))
	for range t.levels - 1 {
		s = append(s, 0, 0)
	}
	s = append(s, 0, 1)
	// Its number, its pages, its first and last origin, no pages and rows that were
	// removed, and its rows.
	for _, v := range []int64{1, 1, pages, 1, 1, 0, 0, t.kept} {
		s = appendVarint(s, uint64(v))
	}
	_, err = t.data.ExecContext(ctx, ftsStructure, s)
	return err
}
