package frontier

import (
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"net/url"
	"os"
)

// Open opens a frontier, or creates it if the file is missing. A damaged file, such
// as a copy made during a crawl, is renamed with the ending .damaged, and an empty
// one replaces it: its URLs are discovered again.
func Open(path string) (*Frontier, error) {
	f, err := open(path)
	if damaged(err) {
		if err = setAside(path); err == nil {
			f, err = open(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	return f, nil
}

// OpenReadOnly opens a frontier for reading. A missing or damaged file counts as an
// empty one. It works on read-only media. Coverage needs a file of this version's
// schema, such as Open makes.
func OpenReadOnly(path string) (*Frontier, error) {
	for _, mode := range []string{"?mode=ro", "?mode=ro&immutable=1"} {
		db, err := sql.Open("sqlite", uri(path)+mode)
		if err != nil {
			return nil, err
		}
		var version int
		if err := db.QueryRow("SELECT user_version FROM pragma_user_version, (SELECT count(*) FROM urls)").Scan(&version); err == nil && 0 < version && version <= schemaVersion {
			f := newFrontier(db)
			f.path = path
			return f, nil
		}
		db.Close()
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	f := newFrontier(db)
	return f, f.init(0)
}

func newFrontier(db *sql.DB) *Frontier {
	db.SetMaxOpenConns(1)
	return &Frontier{db: db, stmts: map[string]*sql.Stmt{}, sites: map[string]*site{}, hosts: map[string]*host{}, groups: map[string]*group{}, reserved: map[string]int{},
		wake: make(chan struct{}), seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
}

func uri(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

func open(path string) (*Frontier, error) {
	v := url.Values{"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", uri(path)+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	f := newFrontier(db)
	f.path = path
	if err = db.Ping(); err == nil { // the file is there now
		var inode int64
		if inode, err = inodeOf(path); err == nil {
			err = f.init(inode)
		}
		if err == nil {
			_, err = db.Exec(noticesSchema)
		}
		if err == nil {
			err = db.QueryRow("SELECT last_insert_rowid()").Scan(&f.lastID)
		}
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return f, nil
}

// errTorn means a copy made while the file was written.
var errTorn = errors.New("frontier.sqlite is a torn copy")

// upgrades has the statements that make each version of the schema from the one
// before.
var upgrades = map[int]string{
	2: "CREATE TABLE home (inode INTEGER NOT NULL)",
	// Earlier versions knew pages by the kind that was read.
	3: `ALTER TABLE urls ADD COLUMN article INTEGER NOT NULL DEFAULT 0;
		ALTER TABLE urls ADD COLUMN front INTEGER NOT NULL DEFAULT 0;
		UPDATE urls SET article = read IN ('article', 'live', 'gallery', 'video'), front = read IN ('home', 'section') WHERE read != '';`,
	4: "CREATE TABLE schedules (site TEXT PRIMARY KEY, plan TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID",
	// Earlier versions visited fronts near the seed in each run, and no other page that is
	// not an article: those are due within a day of their last visit, the rest and the
	// feeds of single pages within a month, in turn. No article waits for longer.
	5: `ALTER TABLE urls ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
		ALTER TABLE urls ADD COLUMN edited INTEGER NOT NULL DEFAULT 0;
		ALTER TABLE urls ADD COLUMN interval INTEGER NOT NULL DEFAULT 0;
		ALTER TABLE urls ADD COLUMN ifnew INTEGER NOT NULL DEFAULT 0;
		UPDATE urls SET interval = CASE WHEN front = 1 AND depth <= 1 AND announced = 0 THEN 86400000 ELSE 86400000 * (3 + id % 27) END
			WHERE state = 1 AND visited > 0 AND next = 0 AND article = 0 AND (kind = '' AND (status BETWEEN 200 AND 299 OR status = 304) OR kind = 'feed' AND depth > 1);
		UPDATE urls SET next = visited + interval WHERE interval > 0;
		UPDATE urls SET next = visited + 86400000 * (21 + id % 9) WHERE article = 1 AND next > visited + 86400000 * 30;
		ALTER TABLE urls DROP COLUMN front;` + listSchema + spentSchema,
	// Earlier versions did not note which runs they know.
	6: runsSchema + "INSERT INTO known_since VALUES ('', unixepoch() * 1000)",
	7: countSchema,
}

// init makes the tables, or upgrades those of an earlier version.
func (f *Frontier) init(inode int64) error {
	tx, err := f.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version < 0 || version > schemaVersion {
		return fmt.Errorf("frontier.sqlite has schema %d, this program knows %d; if you remove it, URLs are discovered again", version, schemaVersion)
	}
	statements := []string{schema}
	if version > 0 {
		statements = nil
		for v := version + 1; v <= schemaVersion; v++ {
			statements = append(statements, upgrades[v])
		}
	}
	if version >= 2 {
		home, err := isHome(tx, inode)
		if err != nil || home && version == schemaVersion {
			return err
		}
	}
	statements = append(statements, fmt.Sprintf("DELETE FROM home; INSERT INTO home VALUES (%d); PRAGMA user_version = %d;", inode, schemaVersion))
	for _, s := range statements {
		if _, err := tx.Exec(s); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// isHome reports whether the file is the one that was written last, not a copy of
// it. A copy must be consistent.
func isHome(tx *sql.Tx, inode int64) (bool, error) {
	var home int64
	if err := tx.QueryRow("SELECT inode FROM home").Scan(&home); err != nil || home == inode {
		return err == nil, err
	}
	if home == snapshotHome {
		return false, nil
	}
	var verdict string
	if err := tx.QueryRow("PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return false, err
	}
	if verdict != "ok" {
		return false, errTorn
	}
	return false, nil
}

func damaged(err error) bool {
	if errors.Is(err, errTorn) || errors.Is(err, sql.ErrNoRows) {
		return true
	}
	var coded interface{ Code() int }
	// SQLITE_CORRUPT and SQLITE_NOTADB.
	return errors.As(err, &coded) && (coded.Code()&0xff == 11 || coded.Code()&0xff == 26)
}

func setAside(path string) error {
	err := os.Rename(path, path+".damaged")
	for _, end := range []string{"-wal", "-shm"} {
		if rerr := os.Remove(path + end); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	return err
}
