package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Install makes a snapshot, as SaveSnapshot writes it, the catalog of an archive, and
// removes the file. CatchUp then adds what the snapshot lacks. If the archive has a
// catalog that others may have open, its rows are replaced in one transaction.
//
// The archive must have all segments that the snapshot is of, those of attached stores
// among them. A file that cannot be used is left where it is, and so is the catalog; the
// error wraps ErrSnapshot. Open then makes the catalog from the segments.
func Install(ctx context.Context, a *archive.Archive, path string) error {
	if err := install(ctx, a, path); err != nil {
		return fmt.Errorf("install a snapshot of the catalog: %w", err)
	}
	return nil
}

func install(ctx context.Context, a *archive.Archive, path string) error {
	unlock, err := a.LockDerived(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	own := filepath.Join(a.Dir(), "catalog.sqlite")
	if err := removeUnfinished(own); err != nil {
		return err
	}
	s, err := openSnapshot(ctx, a, path)
	if err != nil {
		return err
	}
	s.close()
	dir, err := os.MkdirTemp(a.Dir(), unfinished)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tmp := filepath.Join(dir, "catalog.sqlite")
	if err := move(ctx, path, tmp); err != nil {
		return err
	}
	return putInPlace(ctx, a, tmp, own)
}

// putInPlace makes a complete catalog the one of an archive. The lock for derived files
// must be held. A file that others have open must not be replaced by another one: they
// would mix the two, as each has its log under the same name.
func putInPlace(ctx context.Context, a *archive.Archive, tmp, path string) error {
	c, err := open(ctx, a, path)
	if errors.Is(err, errStale) {
		return adopt(ctx, tmp, path)
	}
	if err != nil {
		return err
	}
	return errors.Join(c.swap(ctx, tmp), c.Close())
}

// adopt gives a complete catalog the inode of its file and renames it to path.
func adopt(ctx context.Context, tmp, path string) error {
	db, err := connect(tmp)
	if err != nil {
		return err
	}
	inode, err := inodeOf(tmp)
	if err == nil {
		_, err = db.ExecContext(ctx, "DELETE FROM home")
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "INSERT INTO home VALUES (?)", inode)
	}
	if err == nil {
		// The file must be complete without its WAL before it is renamed.
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := syncFile(tmp); err != nil {
		return err
	}
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(tmp, path)
}

// move renames a file, or copies it to another file system and removes it.
func move(ctx context.Context, from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, &contextReader{ctx, in})
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Remove(from)
}

// A contextReader reads until a context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
