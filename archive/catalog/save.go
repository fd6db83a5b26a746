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

	"modernc.org/sqlite"
)

// SaveSnapshot writes a copy of the catalog as it is now to a new file, while crawls and
// readers continue. The copy has no free pages, and its full-text index has the words of
// current versions only: nothing of what was suppressed or erased from the archive
// before. It belongs to no archive until Install or Merge puts it into one.
//
// The copy has the records that are in the catalog, also those of journals that may be on
// no other disk yet: who stores snapshots elsewhere must store the journals first, as
// they are after the snapshot.
func (c *Catalog) SaveSnapshot(ctx context.Context, path string) error {
	if err := c.saveSnapshot(ctx, path); err != nil {
		return fmt.Errorf("snapshot of the catalog: %w", err)
	}
	return nil
}

func (c *Catalog) saveSnapshot(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%s: %w", path, fs.ErrExist))
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), unfinished)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	raw, compact := filepath.Join(dir, "raw.sqlite"), filepath.Join(dir, "catalog.sqlite")
	if err := c.copyPages(ctx, raw); err != nil {
		return err
	}
	if err := compactInto(ctx, raw, compact); err != nil {
		return err
	}
	if err := syncFile(compact); err != nil {
		return err
	}
	return os.Rename(compact, path)
}

// backupStep is how many pages are copied before the context is asked again: 16 MiB.
const backupStep = 4096

// copyPages copies the file page by page, within one read transaction, so that what
// others write meanwhile does not make it begin again.
func (c *Catalog) copyPages(ctx context.Context, to string) (err error) {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	var inode int64
	if err := tx.QueryRowContext(ctx, "SELECT inode FROM home").Scan(&inode); err != nil { // the first read decides what is seen
		return err
	}
	return conn.Raw(func(driver any) error {
		src, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the SQLite driver makes no backups")
		}
		b, err := src.NewBackup((&url.URL{Scheme: "file", Opaque: (&url.URL{Path: to}).EscapedPath()}).String())
		if err != nil {
			return err
		}
		more := true
		for more && err == nil {
			if err = ctx.Err(); err == nil {
				more, err = b.Step(backupStep)
			}
		}
		return errors.Join(err, b.Finish())
	})
}

// compactInto writes a copy of a catalog's file, which is used up, with the words of
// current versions only and no free pages.
func compactInto(ctx context.Context, raw, compact string) error {
	db, err := connectScratch(raw)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "INSERT INTO fulltext (fulltext) VALUES ('optimize')")
	if err == nil {
		// No file has the inode of a row that is missing: only Install gives it one.
		_, err = db.ExecContext(ctx, "DELETE FROM home")
	}
	if err == nil {
		// Crawls add records of journals without their size: CatchUp compares these anew.
		_, err = db.ExecContext(ctx, "UPDATE segments SET state = 0 WHERE NOT sealed")
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "VACUUM INTO ?", compact)
	}
	return errors.Join(err, db.Close())
}

// connectScratch opens a database that is thrown away if anything fails: nothing is
// written twice. It has one connection.
func connectScratch(path string) (*sql.DB, error) {
	v := url.Values{"_pragma": {"locking_mode(EXCLUSIVE)", "journal_mode(OFF)", "synchronous(OFF)", "cache_size(-65536)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
