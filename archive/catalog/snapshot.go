package catalog

import (
	"context"
	"database/sql"
	"fmt"
)

// Snapshot returns a catalog that stays as it is now, for reading, while crawls write.
// It must be closed, and before c is; as long as it is open, the file of the database
// grows with each change.
func (c *Catalog) Snapshot(ctx context.Context) (*Catalog, error) {
	tx, err := c.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	s := &Catalog{a: c.a, path: c.path, db: &database{DB: c.db.DB, stmts: map[string]*sql.Stmt{}, view: tx}}
	// Stories are looked up in the order of their hashes: with the usual 2 MB, each page
	// of a large catalog would be read from its file again and again.
	if _, err := tx.ExecContext(ctx, "PRAGMA cache_size = -65536"); err != nil { // 64 MiB
		_ = tx.Rollback()
		return nil, fmt.Errorf("catalog: %w", err)
	}
	var inode int64
	if err := s.db.QueryRowContext(ctx, "SELECT inode FROM home").Scan(&inode); err != nil { // the first read decides what is seen
		_ = tx.Rollback()
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return s, nil
}
