package keep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// SaveAudit writes what a person said about an article into the archive. It is durable
// on return. It sets the date of a.
func SaveAudit(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, a *audit.Audit) error {
	a.Date = time.Now()
	rec, err := a.Record()
	if err != nil {
		return err
	}
	w, err := ar.NewWriter()
	if err != nil {
		return err
	}
	return errors.Join(keepRecord(ctx, cat, w, rec), w.Close())
}

// CanSave returns an error if records cannot be added to an archive, such as one on a
// read-only medium: better before a person has answered questions than after.
func CanSave(ar *archive.Archive) error {
	f, err := os.CreateTemp(ar.Dir(), ".probe-*")
	if err != nil {
		return fmt.Errorf("the archive cannot be written to: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// isAudit reports whether a record is an audit. It is erased with the reading it is of:
// the digest of a short value, such as a name, can be guessed.
func isAudit(c archive.Capture) bool {
	return c.Type == "metadata" && strings.Contains(c.ContentType, "profile="+audit.Schema)
}
