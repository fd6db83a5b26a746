package catalog

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// TestVarints: what is written is read, and takes the length that SQLite gives it.
func TestVarints(t *testing.T) {
	for _, v := range []uint64{0, 1, 127, 128, 16383, 16384, 1<<56 - 1, 1 << 56, 1<<63 + 5, 1<<64 - 1} {
		b := appendVarint(nil, v)
		got, n := getVarint(append(b, 7))
		if got != v || n != len(b) {
			t.Errorf("%d: got %d of %d bytes, wrote %x", v, got, n, b)
		}
		for i := range b {
			if _, n := getVarint(b[:i]); n != 0 {
				t.Errorf("%d: read from %d of %d bytes", v, i, len(b))
			}
		}
	}
}

// TestLongLists writes words that are in so many rows that the index of their pages has
// several heights, and reads them with FTS5 and with ftsReader.
func TestLongLists(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "db")
	db, err := connectScratch(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { db.Close() }()
	if _, err := db.Exec(fullText); err != nil {
		t.Fatal(err)
	}
	data := func(id int64, page []byte) error {
		_, err := db.Exec("INSERT OR REPLACE INTO fulltext_data VALUES (?, ?)", id, page)
		return err
	}
	w := newFTSWriter(1, data, func(term []byte, page int64) error {
		_, err := db.Exec("INSERT INTO fulltext_idx VALUES (1, ?, ?)", append([]byte{}, term...), page)
		return err
	})
	const rows = 4000
	var places []byte // of 6,000 words, each at the next place
	for range 6000 {
		places = append(places, 3)
	}
	terms := []string{"0a", "0common", "0rare", "0z"}
	of := func(term string, row int64) []byte {
		switch {
		case term == "0common":
			return places[:3000+row%3000] // most rows are longer than a page
		case term == "0rare" && row%1000 == 0, term == "0z", term == "0a" && row == 5:
			return places[:1]
		}
		return nil
	}
	for _, term := range terms {
		if err := w.addTerm([]byte(term)); err != nil {
			t.Fatal(err)
		}
		for row := int64(1); row <= rows; row++ {
			if p := of(term, row); p != nil {
				if err := w.addRow(row, p); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	pages, err := w.finish()
	if err != nil || len(w.heights) < 2 {
		t.Fatalf("%d pages, %d heights, %v", pages, len(w.heights), err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	target := &ftsTarget{levels: 3, kept: rows}
	if target.data, err = tx.Prepare("INSERT OR REPLACE INTO fulltext_data VALUES (?, ?)"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(target.finish(ctx, pages), tx.Commit()); err != nil {
		t.Fatal(err)
	}
	// FTS5 does not notice what its own connection writes beneath it.
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = connectScratch(path); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO fulltext (fulltext, rank) VALUES ('integrity-check', 0)"); err != nil {
		t.Errorf("FTS5: %v", err)
	}
	for query, want := range map[string]int{"common": rows, "rare": 4, "common rare": 4, "common z": rows, "a common": 1, "com*": rows, "b": 0} {
		var n int
		if err := db.QueryRow("SELECT count(*) FROM fulltext WHERE fulltext MATCH ?", query).Scan(&n); err != nil || n != want {
			t.Errorf("%q: got %d, %v, want %d", query, n, err, want)
		}
	}
	readLongLists(t, db, terms, rows, of)
}

// readLongLists reads what TestLongLists wrote.
func readLongLists(t *testing.T, db *sql.DB, terms []string, rows int64, of func(string, int64) []byte) {
	ctx := context.Background()
	segs, levels, err := ftsSegments(ctx, db)
	if err != nil || levels != 3 || len(segs) != 1 {
		t.Fatal(segs, levels, err)
	}
	r, err := readFTS(ctx, db, segs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for _, term := range terms {
		if ok, err := r.nextTerm(); !ok || err != nil || string(r.term) != term {
			t.Fatalf("got %q, %v, %v, want %q", r.term, ok, err, term)
		}
		for row := int64(1); row <= rows; row++ {
			p := of(term, row)
			if p == nil {
				continue
			}
			if ok, err := r.nextRow(); !ok || err != nil || r.row != row || !bytes.Equal(r.places, p) {
				t.Fatalf("%s: got row %d with %d bytes, %v, %v, want %d with %d", term, r.row, len(r.places), ok, err, row, len(p))
			}
		}
		if ok, err := r.nextRow(); ok || err != nil {
			t.Errorf("%s: %v, %v, want the end", term, ok, err)
		}
	}
	if ok, err := r.nextTerm(); ok || err != nil {
		t.Errorf("%v, %v, want the end", ok, err)
	}
}

// FuzzReadFTS reads pages of any content: it ends, without a panic.
func FuzzReadFTS(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x0c\x040abc\x01\x02\x03\x00\x00\x04"), []byte("\x00\x04\x00\x08\x03\x02\x02\x02"))
	f.Add([]byte("\x00\x00\x00\x0b\x020a\x01\x10\x03\x03\x04"), []byte("\x00\x00\x00\x06\x03\x03"))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE fulltext_data (id INTEGER PRIMARY KEY, block); INSERT INTO fulltext_data VALUES (?, ?), (?, ?), (10, ?)", 1<<ftsSegmentShift+1, one, 1<<ftsSegmentShift+2, two, one); err != nil {
			t.Fatal(err)
		}
		_, _, _ = ftsSegments(context.Background(), db)
		r, err := readFTS(context.Background(), db, ftsSegment{1, 1, 2})
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		w := newFTSWriter(1, func(int64, []byte) error { return nil }, func([]byte, int64) error { return nil })
		for n := 0; ; n++ {
			if n > len(one)+len(two) {
				t.Fatal("more terms than bytes")
			}
			ok, err := r.nextTerm()
			if !ok || err != nil {
				return
			}
			if err := w.addTerm(r.term); err != nil {
				t.Fatal(err)
			}
			for {
				if ok, err := r.nextRow(); err != nil {
					return
				} else if !ok {
					break
				}
				if err := w.addRow(r.row, r.places); err != nil && !errors.Is(err, errFTS) {
					t.Fatal(fmt.Errorf("row %d: %w", r.row, err))
				}
			}
		}
	})
}
