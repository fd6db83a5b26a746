package catalog

import (
	"context"
	"fmt"
)

// CheckWritable reports why the catalog cannot be written now; nil if it can. It waits
// for other writers until ctx is done, and changes nothing.
func (c *Catalog) CheckWritable(ctx context.Context) error {
	c.db.writing.Lock()
	defer c.db.writing.Unlock()
	tx, err := c.db.begin(ctx)
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	// The lock alone is given for a file that cannot be written, too.
	_, err = tx.ExecContext(ctx, "UPDATE home SET inode = inode")
	if rerr := tx.Rollback(); err == nil {
		err = rerr
	}
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return nil
}
