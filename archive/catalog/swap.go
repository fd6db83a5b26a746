package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// swap replaces the rows of this catalog with those of another.
//
// The rows of the full text are copied beneath FTS5, which notices in other connections
// but not in this one: so it is not used again. What is replaced is overwritten with
// zeros, as records may have been erased.
func (c *Catalog) swap(ctx context.Context, fresh string) (err error) {
	db, err := connect(c.path)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "ATTACH ? AS fresh", fresh); err != nil {
		return err
	}
	defer func() {
		_, derr := conn.ExecContext(context.WithoutCancel(ctx), "DETACH fresh")
		err = errors.Join(err, derr)
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, t := range slices.Concat(tables, fullTextTables) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM main."+t); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO main."+t+" SELECT * FROM fresh."+t); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := overwriteFree(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = truncateLog(ctx, conn)
	return err
}

// EmptyLog moves what is in the write-ahead log to the catalog's file, and empties the log.
// It returns false if it could not, as somebody reads an earlier state of the catalog:
// until they end, the words of erased records may remain in both files after Rebuild.
func (c *Catalog) EmptyLog(ctx context.Context) (done bool, err error) {
	db, err := connect(c.path)
	if err != nil {
		return false, fmt.Errorf("catalog: %w", err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, fmt.Errorf("catalog: %w", err)
	}
	defer conn.Close()
	if done, err = truncateLog(ctx, conn); err != nil {
		return false, fmt.Errorf("catalog: %w", err)
	}
	return done, nil
}

// overwriteFree overwrites the free pages of the file with zeros: what was in them may
// have been erased from the archive since.
func overwriteFree(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "CREATE TABLE main.zeros (z BLOB)"); err != nil {
		return err
	}
	const pages, usable = 4096, 4000 // at most 16 MB at once; a page has a little less than 4096 bytes
	for free := 1; free > 0; {
		if err := tx.QueryRowContext(ctx, "PRAGMA main.freelist_count").Scan(&free); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO main.zeros VALUES (zeroblob(?))", min(free, pages)*usable); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DROP TABLE main.zeros")
	return err
}

// truncateLog moves what is in the write-ahead log to the file, and empties the log,
// unless a reader still needs it: then it returns false, after a second.
func truncateLog(ctx context.Context, conn *sql.Conn) (done bool, err error) {
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 1000"); err != nil {
		return false, err
	}
	var busy, frames, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA main.wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	return err == nil && busy == 0, err
}
