// Package catalog knows the articles, captures and runs of an archive: one
// SQLite file derived from the records alone, to be rebuilt at any time. It
// keeps no page: bodies are read from the segments.
package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/newsmorgue/newsmorgue/archive"
)

// schemaVersion is PRAGMA user_version. A catalog of another version is rebuilt.
const schemaVersion = 1

const schema = `
CREATE TABLE segments (name TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE captures (
	id TEXT PRIMARY KEY, segment TEXT NOT NULL, url TEXT NOT NULL, type TEXT NOT NULL, date TEXT NOT NULL,
	status INTEGER NOT NULL, digest TEXT NOT NULL, mime TEXT NOT NULL, refers TEXT NOT NULL, run TEXT NOT NULL,
	etag TEXT NOT NULL, modified TEXT NOT NULL, truncated TEXT NOT NULL, length INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX captures_url ON captures (url, date);
CREATE TABLE readings (
	id TEXT PRIMARY KEY, segment TEXT NOT NULL, response TEXT NOT NULL, extractor TEXT NOT NULL, digest TEXT NOT NULL,
	story TEXT NOT NULL, url TEXT NOT NULL, canonical TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL,
	title TEXT NOT NULL, byline TEXT NOT NULL, authors TEXT NOT NULL, section TEXT NOT NULL, language TEXT NOT NULL,
	published TEXT NOT NULL, modified TEXT NOT NULL, captured TEXT NOT NULL, words INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX readings_story ON readings (story, captured, id);
CREATE INDEX readings_url ON readings (url);
-- stories names the newest reading of each URL; sorted is the instant that lists are ordered by.
CREATE TABLE stories (story TEXT PRIMARY KEY, reading TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL, sorted TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX stories_sorted ON stories (sorted, story);
CREATE TABLE runs (
	id TEXT PRIMARY KEY, site TEXT NOT NULL, start TEXT NOT NULL, end TEXT NOT NULL, status TEXT NOT NULL, counts TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_site ON runs (site, start);
`

// A Catalog is an open catalog. It is safe for many goroutines, and many
// processes may have the same one open.
type Catalog struct {
	a    *archive.Archive
	path string
	db   *sql.DB
	temp string // a folder to remove at Close
}

// Open opens an archive's catalog to be written, and makes it anew from the
// segments where it is missing, damaged or of another version.
func Open(a *archive.Archive) (*Catalog, error) {
	path := filepath.Join(a.Dir(), "catalog.sqlite")
	c, err := open(a, path)
	if err == nil {
		return c, nil
	}
	if !errors.Is(err, errStale) {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	if err := build(context.Background(), a, path); err != nil {
		return nil, fmt.Errorf("build catalog: %w", err)
	}
	c, err = open(a, path)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return c, nil
}

// OpenReadOnly opens a catalog for commands that read. It is brought up to date
// first; on a medium that cannot be written, a catalog of its own is built
// outside the archive where the one that is there lags behind.
func OpenReadOnly(a *archive.Archive) (*Catalog, error) {
	c, err := Open(a)
	if err == nil {
		if _, err = c.CatchUp(context.Background()); err == nil {
			return c, nil
		}
		c.Close()
	}
	if writable(a.Dir()) {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "newsmorgue-catalog-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "catalog.sqlite")
	err = build(context.Background(), a, path)
	if err == nil {
		c, err = open(a, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("catalog: %w", err), os.RemoveAll(dir))
	}
	c.temp = dir
	return c, nil
}

func writable(dir string) bool {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}

// errStale is a catalog that has to be built.
var errStale = errors.New("catalog is missing, damaged or of another version")

func open(a *archive.Archive, path string) (*Catalog, error) {
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errStale
		}
		return nil, err
	}
	db, err := connect(path)
	if err != nil {
		return nil, err
	}
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		db.Close()
		if _, serr := os.Stat(path); serr == nil && notDatabase(err) {
			return nil, errStale
		}
		return nil, err
	}
	if version != schemaVersion {
		db.Close()
		return nil, errStale
	}
	return &Catalog{a: a, path: path, db: db}, nil
}

// connect opens a database file. One connection writes at a time; waiting for
// it is SQLite's (busy_timeout), between processes too.
func connect(path string) (*sql.DB, error) {
	v := url.Values{"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	return db, nil
}

func notDatabase(err error) bool {
	var coded interface{ Code() int }
	// SQLITE_CORRUPT and SQLITE_NOTADB.
	return errors.As(err, &coded) && (coded.Code()&0xff == 11 || coded.Code()&0xff == 26)
}

// Close closes the catalog, not the archive.
func (c *Catalog) Close() error {
	err := c.db.Close()
	if c.temp != "" {
		err = errors.Join(err, os.RemoveAll(c.temp))
	}
	return err
}

// Rebuild makes the catalog anew from the segments alone. Readers go on with
// the old one until the new one takes its place.
func (c *Catalog) Rebuild(ctx context.Context) error {
	if err := build(ctx, c.a, c.path); err != nil {
		return fmt.Errorf("rebuild catalog: %w", err)
	}
	db, err := connect(c.path)
	if err != nil {
		return err
	}
	old := c.db
	c.db = db
	return old.Close()
}

// build writes a whole catalog beside path and puts it in place.
func build(ctx context.Context, a *archive.Archive, path string) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".catalog-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tmp := filepath.Join(dir, "catalog.sqlite")
	db, err := connect(tmp)
	if err != nil {
		return err
	}
	c := &Catalog{a: a, path: tmp, db: db}
	_, err = db.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d;", schemaVersion))
	if err == nil {
		_, err = c.CatchUp(ctx)
	}
	if err == nil {
		// The file alone must be whole before it is moved.
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(tmp, path)
}
