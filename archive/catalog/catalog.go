// Package catalog indexes the articles, captures, runs and suppressions of an
// archive in one SQLite file. It is derived from the records alone and can be
// rebuilt at any time. It does not store pages: bodies are read from the segments.
//
// The current version of an article is that of the newest capture that is a page of
// its kind: a maintenance page, a bot wall or an error page replaces nothing, and a
// revisit counts for what it refers to. See Reason, and FORMAT.md for the rules.
//
// The words of current versions are in a full-text index, SQLite's FTS5, folded by
// package words. It changes in the transaction that changes the current version, so that
// an edit or a suppression removes the old words from every search at once. The index has
// words and places only; what is printed around them is read from the records.
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
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/newsmorgue/newsmorgue/archive"
)

// schemaVersion is PRAGMA user_version. A catalog of another version is rebuilt.
const schemaVersion = 8

// Record IDs and SHA-256 digests are blobs of 16 and 32 bytes, times are
// microseconds since 1970, stories the first six bytes of their URL's SHA-256,
// content the first eight bytes of the article's content digest, fingerprints a
// Fingerprint, fields the Fields that are filled.
// edit is the capture of a further page whose edit gave a reading: see PageEdit.
// target is where a redirect leads to, as an absolute URL.
// frame, packed, at and size are the location of a record's line: offset and length
// of its zstd frame in the sealed file (frame is -1 in a journal), offset and
// length in the decoded frame.
const schema = `
-- home has the inode of this file: a copy, which may be inconsistent, has another.
CREATE TABLE home (inode INTEGER NOT NULL);
-- state is the size of the segment's file when all its records were in the catalog, but for
-- the unreadable ones.
CREATE TABLE segments (name TEXT PRIMARY KEY, records INTEGER NOT NULL, sealed INTEGER NOT NULL, state INTEGER NOT NULL, unreadable INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE captures (
	id BLOB PRIMARY KEY, segment TEXT NOT NULL, story INTEGER NOT NULL, url TEXT NOT NULL, type TEXT NOT NULL, date INTEGER NOT NULL,
	status INTEGER NOT NULL, digest BLOB NOT NULL, mime TEXT NOT NULL, refers BLOB NOT NULL, same BLOB NOT NULL, run BLOB NOT NULL,
	etag TEXT NOT NULL, modified TEXT NOT NULL, truncated TEXT NOT NULL, target TEXT NOT NULL, length INTEGER NOT NULL,
	frame INTEGER NOT NULL, packed INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX captures_story ON captures (story, date);
CREATE INDEX captures_date ON captures (date);
CREATE INDEX captures_target ON captures (target) WHERE target != '';
CREATE INDEX captures_digest ON captures (substr(digest, 1, 8)) WHERE type = 'response';
CREATE INDEX captures_refers ON captures (refers) WHERE type = 'revisit';
CREATE TABLE readings (
	id BLOB PRIMARY KEY, segment TEXT NOT NULL, response BLOB NOT NULL, extractor TEXT NOT NULL, content BLOB NOT NULL,
	story INTEGER NOT NULL, url TEXT NOT NULL, canonical TEXT NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL,
	title TEXT NOT NULL, byline TEXT NOT NULL, authors TEXT NOT NULL, section TEXT NOT NULL, language TEXT NOT NULL,
	published TEXT NOT NULL, modified TEXT NOT NULL, captured INTEGER NOT NULL, sorted INTEGER NOT NULL, words INTEGER NOT NULL,
	paywalled INTEGER NOT NULL, fields INTEGER NOT NULL, fingerprint INTEGER NOT NULL, edit BLOB NOT NULL,
	frame INTEGER NOT NULL, packed INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX readings_story ON readings (story, response, id, kind);
CREATE INDEX readings_url ON readings (url);
CREATE INDEX readings_canonical ON readings (canonical) WHERE canonical NOT IN ('', '=');
-- stories has the current version of each URL: its reading, and the capture with that
-- version; lists are ordered by sorted. doc is the row of its words: see fullText.
CREATE TABLE stories (
	story INTEGER PRIMARY KEY, reading BLOB NOT NULL, capture BLOB NOT NULL, site TEXT NOT NULL, kind TEXT NOT NULL, sorted INTEGER NOT NULL, doc INTEGER NOT NULL
);
CREATE INDEX stories_sorted ON stories (sorted, story);
CREATE INDEX stories_doc ON stories (doc);
CREATE TABLE runs (
	id BLOB PRIMARY KEY, site TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, status TEXT NOT NULL, counts TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_site ON runs (site, start);
-- profiles are the template profiles of sites; for each site, the newest applies.
CREATE TABLE profiles (id BLOB PRIMARY KEY, site TEXT NOT NULL, date INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX profiles_site ON profiles (site, date);
-- verdicts are the pages that a site showed in place of many of its articles.
CREATE TABLE verdicts (id BLOB PRIMARY KEY, site TEXT NOT NULL, fingerprint INTEGER NOT NULL, since INTEGER NOT NULL, date INTEGER NOT NULL, title TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX verdicts_page ON verdicts (site, fingerprint, since);
-- ledger has all suppressions, lifted ones, too; for each target, the newest applies.
CREATE TABLE ledger (
	id BLOB PRIMARY KEY, date INTEGER NOT NULL, url TEXT NOT NULL, record BLOB NOT NULL, reason TEXT NOT NULL, erase INTEGER NOT NULL, lift INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ledger_target ON ledger (record, url, date, id);
CREATE VIEW hidden AS SELECT url, record FROM ledger l WHERE NOT lift AND NOT EXISTS
	(SELECT 1 FROM ledger n WHERE n.url = l.url AND n.record = l.record AND (n.date, n.id) > (l.date, l.id));
` + fullText

// tables are the tables that are derived from records.
var tables = []string{"segments", "captures", "readings", "stories", "runs", "profiles", "verdicts", "ledger"}

// A Catalog is an open catalog. It is safe for concurrent use, also by several
// processes.
type Catalog struct {
	a    *archive.Archive
	path string
	db   *database
	temp string // a folder to remove at Close

	batches batches // of records to index
}

// Open opens an archive's catalog for writing. It rebuilds the catalog from the
// segments if it is missing, damaged, of another version, or a copy, which may have
// been made in the middle of a change. A rebuild that ctx ends leaves nothing behind:
// the next Open begins it again.
func Open(ctx context.Context, a *archive.Archive) (*Catalog, error) {
	path := filepath.Join(a.Dir(), "catalog.sqlite")
	c, err := open(ctx, a, path)
	if errors.Is(err, errStale) {
		c, err = rebuildStale(ctx, a, path)
	}
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return c, nil
}

// rebuildStale replaces a stale catalog, unless another process just did.
func rebuildStale(ctx context.Context, a *archive.Archive, path string) (*Catalog, error) {
	unlock, err := a.LockDerived(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if c, err := open(ctx, a, path); !errors.Is(err, errStale) {
		return c, err
	}
	if err := removeUnfinished(path); err != nil {
		return nil, err
	}
	if err := build(ctx, a, path); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	return open(ctx, a, path)
}

// unfinished is how the names of folders begin in which catalogs are built.
const unfinished = ".catalog-"

// removeUnfinished removes what builds left behind that were killed: it has the words of
// pages that may be erased later. The lock for derived files must be held.
func removeUnfinished(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(filepath.Dir(path), e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// OpenReadOnly opens a catalog for reading, after bringing it up to date. If the
// archive is on a read-only medium and its catalog cannot be used, it builds a
// temporary one elsewhere. When ctx ends, it stops, and what is in the catalog by then
// remains: the next one continues.
func OpenReadOnly(ctx context.Context, a *archive.Archive) (*Catalog, error) {
	c, err := Open(ctx, a)
	if err == nil {
		if _, err = c.CatchUp(ctx); err == nil {
			return c, nil
		}
		c.Close()
	}
	if ctx.Err() != nil || writable(a.Dir()) {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "newsmorgue-catalog-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "catalog.sqlite")
	err = build(ctx, a, path)
	if err == nil {
		c, err = open(ctx, a, path)
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

// errStale says that a catalog must be rebuilt.
var errStale = errors.New("catalog is missing, damaged, a copy, or of another version")

func open(ctx context.Context, a *archive.Archive, path string) (*Catalog, error) {
	inode, err := inodeOf(path)
	if err != nil {
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
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	if err == nil && version != schemaVersion {
		err = errStale
	}
	if err == nil {
		var home int64
		err = db.QueryRowContext(ctx, "SELECT inode FROM home").Scan(&home)
		if err == nil && home != inode {
			err = errStale
		}
	}
	if notDatabase(err) || errors.Is(err, sql.ErrNoRows) {
		err = errStale
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return &Catalog{a: a, path: path, db: db}, nil
}

// connect opens a database file. One connection writes at a time; waiting for
// it is done by SQLite (busy_timeout), also between processes. A rebuild of a large
// catalog may take a minute.
func connect(path string) (*database, error) {
	v := url.Values{"_pragma": {"busy_timeout(300000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	return &database{DB: db, stmts: map[string]*sql.Stmt{}}, nil
}

func notDatabase(err error) bool {
	var coded interface{ Code() int }
	// SQLITE_CORRUPT and SQLITE_NOTADB.
	return errors.As(err, &coded) && (coded.Code()&0xff == 11 || coded.Code()&0xff == 26)
}

// Close closes the catalog; the archive stays open.
func (c *Catalog) Close() error {
	if c.db.view != nil { // a snapshot
		return c.db.view.Rollback()
	}
	err := c.db.Close()
	if c.temp != "" {
		err = errors.Join(err, os.RemoveAll(c.temp))
	}
	return err
}

// Rebuild rebuilds the catalog from the segments alone. It builds a new one and
// replaces the old one in one transaction, so that readers and crawls can continue
// meanwhile.
func (c *Catalog) Rebuild(ctx context.Context) error {
	if err := c.rebuild(ctx); err != nil {
		return fmt.Errorf("rebuild catalog: %w", err)
	}
	return nil
}

func (c *Catalog) rebuild(ctx context.Context) error {
	if err := c.replace(ctx); err != nil {
		return err
	}
	// Add the records that were appended meanwhile.
	_, err := c.catchUp(ctx)
	return err
}

// replace builds a new catalog and replaces the rows of the old one, or if that cannot be
// written, its file.
func (c *Catalog) replace(ctx context.Context) error {
	if c.temp == "" { // no other process knows a temporary one, and its archive may be read-only
		unlock, err := c.a.LockDerived(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if err := removeUnfinished(c.path); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(c.path), unfinished)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fresh := filepath.Join(dir, "catalog.sqlite")
	if err := build(ctx, c.a, fresh); err != nil {
		return err
	}
	err = c.swap(ctx, fresh)
	if !notDatabase(err) {
		return err
	}
	if err := c.db.Close(); err != nil {
		return err
	}
	if err := build(ctx, c.a, c.path); err != nil {
		return err
	}
	c.db, err = connect(c.path)
	return err
}

// build writes a new catalog under a temporary name and renames it to path.
func build(ctx context.Context, a *archive.Archive, path string) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), unfinished)
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
		_, err = c.catchUp(ctx)
	}
	if err == nil {
		err = c.mergeWords(ctx)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	return adopt(ctx, tmp, path)
}
