package formats

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// SQLiteFile is the name of the database with all tables.
const SQLiteFile = "dataset.sqlite"

// A sqliteSink writes all tables into one database. Splits and partitions are not apart
// there: the rows of all parts of a table are in one table.
//
// The database is written in one transaction without a journal: when that fails, the
// folder with it is discarded.
type sqliteSink struct {
	d        *folder.Folder
	fullText bool

	db      *sql.DB
	conn    *sql.Conn // the only one
	tables  []*sqliteTable
	byTable map[string]*sqliteTable
}

type sqliteTable struct {
	t      *table.Table
	insert *sql.Stmt
	rows   int64
}

// Open implements table.Sink.
func (s *sqliteSink) Open(t *table.Table, _ table.Part) (table.Writer, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	st := s.byTable[t.Name]
	if st == nil {
		if _, err := s.conn.ExecContext(context.Background(), createTable(t)); err != nil {
			return nil, err
		}
		insert, err := s.conn.PrepareContext(context.Background(), insertInto(t))
		if err != nil {
			return nil, err
		}
		st = &sqliteTable{t: t, insert: insert}
		s.byTable[t.Name] = st
		s.tables = append(s.tables, st)
	}
	return &sqliteWriter{st: st, args: make([]any, len(t.Columns))}, nil
}

// begin creates the database, once.
func (s *sqliteSink) begin() (err error) {
	if s.db != nil {
		return nil
	}
	path, err := s.d.Path(SQLiteFile)
	if err != nil {
		return err
	}
	// As a URI, because the driver takes what follows a "?" for settings.
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	if s.db, err = sql.Open("sqlite", uri); err != nil {
		return err
	}
	if s.conn, err = s.db.Conn(context.Background()); err != nil {
		return err
	}
	s.byTable = map[string]*sqliteTable{}
	return s.exec(
		"PRAGMA page_size = 8192",
		"PRAGMA encoding = 'UTF-8'",
		"PRAGMA journal_mode = OFF",
		"PRAGMA synchronous = OFF", // the folder waits for the disk
		"PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA temp_store = MEMORY",
		"PRAGMA cache_size = -32768", // KiB
		fmt.Sprintf("PRAGMA user_version = %d", sqliteVersion),
		fmt.Sprintf("PRAGMA application_id = %d", sqliteApplication),
		"BEGIN",
	)
}

func (s *sqliteSink) exec(statements ...string) error {
	for _, q := range statements {
		if _, err := s.conn.ExecContext(context.Background(), q); err != nil {
			return fmt.Errorf("%s: %w", SQLiteFile, err)
		}
	}
	return nil
}

// Close implements table.Sink. It makes the indexes, which is faster after the rows.
func (s *sqliteSink) Close() error {
	err := s.begin() // a dataset without rows has a database, too
	if err == nil {
		err = s.finish()
	}
	for _, st := range s.tables {
		err = errors.Join(err, st.insert.Close())
	}
	if s.conn != nil {
		err = errors.Join(err, s.conn.Close())
	}
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	if err != nil {
		return err
	}
	var rows int64
	for _, st := range s.tables {
		rows += st.rows
	}
	return s.d.Add(folder.File{Name: SQLiteFile, Rows: rows})
}

func (s *sqliteSink) finish() error {
	for _, st := range s.tables {
		if err := s.exec(createIndexes(st.t)...); err != nil {
			return err
		}
		if s.fullText {
			if err := s.exec(createFullText(st.t)...); err != nil {
				return err
			}
		}
	}
	return s.exec("COMMIT")
}

type sqliteWriter struct {
	st   *sqliteTable
	args []any
}

// Write implements table.Writer.
func (w *sqliteWriter) Write(row []table.Value) error {
	for i := range row {
		w.args[i] = sqliteValue(&row[i], w.st.t.Columns[i].Type)
	}
	if _, err := w.st.insert.ExecContext(context.Background(), w.args...); err != nil {
		return fmt.Errorf("%s: %w", SQLiteFile, err)
	}
	w.st.rows++
	return nil
}

// Close implements table.Writer.
func (w *sqliteWriter) Close() error { return nil }

func sqliteValue(v *table.Value, t table.Type) any {
	if !v.Set {
		return nil
	}
	switch t {
	case table.Int, table.Bool:
		return v.Int
	case table.Float:
		return v.Float
	case table.Time:
		return string(appendTime(nil, *v))
	case table.Strings:
		return noNUL(string(appendJSONList(nil, v.List)))
	default:
		// What SQLite's functions do with a text that has U+0000 is undefined.
		return noNUL(v.Text)
	}
}

// createTable returns the statement that creates a table.
func createTable(t *table.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n", quoteName(t.Name))
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "  %s %s", quoteName(c.Name), sqliteType(c.Type))
		if c.Required {
			b.WriteString(" NOT NULL")
		}
		b.WriteString(",\n")
	}
	fmt.Fprintf(&b, "  PRIMARY KEY (%s)\n) STRICT", quoteNames(t.Key))
	return b.String()
}

func sqliteType(t table.Type) string {
	switch t {
	case table.Int, table.Bool:
		return "INTEGER"
	case table.Float:
		return "REAL"
	}
	return "TEXT" // times as RFC 3339, lists as JSON arrays
}

func insertInto(t *table.Table) string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	places := strings.TrimSuffix(strings.Repeat("?,", len(names)), ",")
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", quoteName(t.Name), quoteNames(names), places)
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteNames(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quoteName(n)
	}
	return strings.Join(quoted, ", ")
}
