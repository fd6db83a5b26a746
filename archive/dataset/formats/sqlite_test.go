package formats

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

// openSQLite opens the database of a dataset by another name, which needs no URI.
func openSQLite(t *testing.T, dir string) *sql.DB {
	t.Helper()
	plain := filepath.Join(t.TempDir(), "d.sqlite")
	if err := os.Link(filepath.Join(dir, SQLiteFile), plain); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", plain)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSQLite(t *testing.T) {
	db := openSQLite(t, write(t, "sqlite", Options{FullText: true}))
	for _, tt := range tables {
		rows, err := db.Query("SELECT * FROM " + tt.t.Name + " ORDER BY rowid")
		if err != nil {
			t.Fatal(err)
		}
		want := tabletest.Rows(tt.t, tt.rows)
		n := 0
		for rows.Next() {
			got, err := readRow(rows, tt.t)
			if err != nil {
				t.Fatal(err)
			}
			truth := tabletest.Truth(tt.t, want[n])
			for name, v := range truth {
				if s, ok := v.(string); ok {
					truth[name] = noNUL(s)
				}
			}
			same(t, fmt.Sprint(tt.t.Name, " ", n), got, truth)
			n++
		}
		if rows.Err() != nil || n != tt.rows {
			t.Errorf("%s: got %d rows, want %d, %v", tt.t.Name, n, tt.rows, rows.Err())
		}
		rows.Close()
	}
	for query, want := range map[string]string{
		"PRAGMA integrity_check":   "ok",
		"PRAGMA journal_mode":      "delete",
		"PRAGMA user_version":      "1",
		"PRAGMA foreign_key_check": "",
		"SELECT count(*) > 0 FROM articles_fts WHERE articles_fts MATCH 'megabyte'":                                                        "1",
		"SELECT count(*) FROM pragma_index_list('articles')":                                                                               "7",
		"SELECT group_concat(strict) FROM pragma_table_list WHERE type = 'table' AND name IN ('articles', 'captions', 'coverage', 'runs')": "1,1,1,1",
	} {
		var got sql.NullString
		if err := db.QueryRow(query).Scan(&got); err != nil && err != sql.ErrNoRows || got.String != want {
			t.Errorf("%s: got %q, want %q, %v", query, got.String, want, err)
		}
	}
}

func readRow(rows *sql.Rows, t *table.Table) (map[string]any, error) {
	cells := make([]any, len(t.Columns))
	places := make([]any, len(cells))
	for i := range cells {
		places[i] = &cells[i]
	}
	if err := rows.Scan(places...); err != nil {
		return nil, err
	}
	got := map[string]any{}
	for i, c := range t.Columns {
		switch v := cells[i].(type) {
		case nil:
		case int64:
			got[c.Name] = json.Number(fmt.Sprint(v))
			if c.Type == table.Bool {
				got[c.Name] = v != 0
			}
		case string:
			got[c.Name] = v
			if c.Type == table.Strings || c.Type == table.JSON {
				got[c.Name] = json.RawMessage(v)
			}
		default:
			got[c.Name] = v
		}
	}
	return got, nil
}

func TestSQLiteFindsWordsWithoutDiacritics(t *testing.T) {
	d, err := folder.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sink, _ := Open(d, "sqlite", Options{FullText: true})
	articles := tabletest.Articles{}
	row := articles.Next()
	row[table.Articles.Column("title")] = table.Of("Évènement à São Paulo")
	row[table.Articles.Column("authors")] = table.OfList([]string{"Søren Ångström", "Ada Obi"})
	writePart(t, sink, table.Articles, table.Part{Split: "train"}, [][]table.Value{row})
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	files := d.Files()
	if len(files) != 2 || files[1].Name != SQLiteFile {
		t.Errorf("got %v", files)
	}
	p, _ := d.Path("")
	db := openSQLite(t, filepath.Dir(filepath.Clean(p)))
	for _, words := range []string{"evenement", "SAO", "authors: angstrom", "title: paulo"} {
		var id string
		if err := db.QueryRow("SELECT id FROM articles JOIN articles_fts ON articles_fts.rowid = articles.rowid WHERE articles_fts MATCH ?", words).Scan(&id); err != nil || id != row[0].Text {
			t.Errorf("%s: got %q, %v", words, id, err)
		}
	}
	var plan string
	var n any
	if err := db.QueryRow("EXPLAIN QUERY PLAN SELECT id FROM articles WHERE site = 'x'").Scan(&n, &n, &n, &plan); err != nil || !strings.Contains(plan, "articles_site") {
		t.Errorf("got %s, %v", plan, err)
	}
}
