package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Merge makes the catalog of an archive from snapshots of several catalogs, each of some
// of its segments, as of the shards of a cluster: no record is read for what they have.
// Its rows and words are those that a rebuild from these segments gives. CatchUp then adds
// the other segments, and what journals have got since. If the archive has a catalog that
// others may have open, its rows are replaced in one transaction.
//
// The archive must have the segments of all snapshots, those of attached stores among
// them. Snapshots that cannot be used are left out; refused says why, for each of them one
// error that wraps ErrSnapshot. If none can be used, the catalog stays as it is.
func Merge(ctx context.Context, a *archive.Archive, paths []string) (refused []error, err error) {
	unlock, err := a.LockDerived(ctx)
	if err != nil {
		return nil, fmt.Errorf("merge catalogs: %w", err)
	}
	defer unlock()
	if err := removeUnfinished(filepath.Join(a.Dir(), "catalog.sqlite")); err != nil {
		return nil, fmt.Errorf("merge catalogs: %w", err)
	}
	u := &union{a: a}
	defer u.close()
	for _, path := range paths {
		if err := u.add(ctx, path); errors.Is(err, ErrSnapshot) {
			refused = append(refused, fmt.Errorf("%s: %w", path, err))
		} else if err != nil {
			return refused, fmt.Errorf("merge catalogs: %w", err)
		}
	}
	for len(u.of) > 0 {
		err := u.merge(ctx)
		var bad *badSnapshot
		if !errors.As(err, &bad) {
			if err != nil {
				err = fmt.Errorf("merge catalogs: %w", err)
			}
			return refused, err
		}
		refused = append(refused, fmt.Errorf("%s: %w", bad.of.path, err))
		u.of = slices.DeleteFunc(u.of, func(s *snapshotFile) bool { return s == bad.of })
		bad.of.close()
	}
	return refused, nil
}

// A badSnapshot is an error that another try without that snapshot does not have.
type badSnapshot struct {
	of  *snapshotFile
	err error
}

func (b *badSnapshot) Error() string   { return ErrSnapshot.Error() + ": " + b.err.Error() }
func (b *badSnapshot) Unwrap() []error { return []error{ErrSnapshot, b.err} }

// A union is the snapshots that are merged.
type union struct {
	a    *archive.Archive
	of   []*snapshotFile
	path string // of the new catalog
}

func (u *union) close() {
	for _, s := range u.of {
		s.close()
	}
}

// add opens and checks a snapshot.
func (u *union) add(ctx context.Context, path string) error {
	s, err := openSnapshot(ctx, u.a, path)
	if err == nil {
		err = s.readDocs(ctx)
	}
	if err != nil {
		return err
	}
	for _, other := range u.of {
		for name := range s.segments {
			if _, ok := other.segments[name]; ok {
				s.close()
				return fmt.Errorf("%w: it has segment %s, as %s has", ErrSnapshot, name, other.path)
			}
		}
	}
	u.of = append(u.of, s)
	return nil
}

// While catalogs are merged, stories.doc has the number of the snapshot above the row's
// number in that.
const (
	docBits = 40
	docMask = 1<<docBits - 1
)

// readDocs finds the highest number of a row of the full text. Each version of an article
// took one, so that there are not many more than readings.
func (s *snapshotFile) readDocs(ctx context.Context) error {
	var readings int64
	err := s.db.QueryRowContext(ctx, "SELECT coalesce(max(doc), 0), (SELECT count(*) FROM readings) FROM stories").Scan(&s.lastDoc, &readings)
	if err == nil && s.lastDoc > 4*readings+1_000_000 {
		err = fmt.Errorf("%w: a row of the full text has the number %d", ErrSnapshot, s.lastDoc)
	}
	if err != nil {
		s.close()
	}
	return err
}

// merge makes the catalog.
func (u *union) merge(ctx context.Context) error {
	own := filepath.Join(u.a.Dir(), "catalog.sqlite")
	dir, err := os.MkdirTemp(u.a.Dir(), unfinished)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	u.path = filepath.Join(dir, "catalog.sqlite")
	late, err := u.copyRows(ctx)
	if err != nil {
		return err
	}
	if err := u.updateStories(ctx); err != nil {
		return err
	}
	if err := u.mergeTexts(ctx, late); err != nil {
		return err
	}
	return putInPlace(ctx, u.a, u.path, own)
}

// copyRows copies the rows of all snapshots. It returns the statements for the indexes of
// stories, which are made when that table is complete.
func (u *union) copyRows(ctx context.Context) (late []string, err error) {
	db, err := connectScratch(u.path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d;", schemaVersion)); err != nil {
		return nil, err
	}
	early, late, err := dropIndexes(ctx, db)
	if err != nil {
		return nil, err
	}
	for i, s := range u.of {
		if err := copySnapshot(ctx, db, s.path, int64(i+1)<<docBits); err != nil {
			return nil, fmt.Errorf("%s: %w", s.path, err)
		}
	}
	// A record may be in two segments, and has one row.
	early = append(early, `UPDATE segments SET records = coalesce((SELECT n FROM (SELECT segment, sum(n) AS n FROM (SELECT segment, count(*) AS n FROM captures GROUP BY segment
		UNION ALL SELECT segment, count(*) FROM readings GROUP BY segment) GROUP BY segment) c WHERE c.segment = segments.name), 0)`)
	for _, statement := range early {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	return late, nil
}

// dropIndexes drops all indexes: made again when their table is complete, they take a
// fraction of the time. It returns the statements that do so.
func dropIndexes(ctx context.Context, db *sql.DB) (early, late []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for rows.Next() {
		var name, table, statement string
		if err := rows.Scan(&name, &table, &statement); err != nil {
			return nil, nil, errors.Join(err, rows.Close())
		}
		if names = append(names, name); table == "stories" {
			late = append(late, statement)
		} else {
			early = append(early, statement)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, nil, err
		}
	}
	return early, late, nil
}

// copySnapshot copies the rows of one snapshot.
func copySnapshot(ctx context.Context, db *sql.DB, path string, docs int64) (err error) {
	if _, err := db.ExecContext(ctx, "ATTACH ? AS snap", snapshotURI(path)); err != nil {
		return err
	}
	defer func() {
		_, derr := db.ExecContext(context.WithoutCancel(ctx), "DETACH snap")
		err = errors.Join(err, derr)
	}()
	for _, t := range tables {
		columns, err := columnsOfTable(ctx, db, t)
		if err != nil {
			return err
		}
		onConflict := "DO NOTHING"
		switch t {
		case "captures", "readings":
			// Of a record in two segments, the row is that of the first one.
			var set []string
			for _, c := range columns {
				set = append(set, c+" = excluded."+c)
			}
			onConflict = "(id) DO UPDATE SET " + strings.Join(set, ", ") + " WHERE excluded.segment < segment"
		case "runs":
			// Its start and its end are records of their own.
			onConflict = `(id) DO UPDATE SET site = iif(excluded.start != 0, excluded.site, site), start = iif(excluded.start != 0, excluded.start, start),
				end = iif(excluded.end != 0, excluded.end, end), status = iif(excluded.end != 0, excluded.status, status), counts = iif(excluded.end != 0, excluded.counts, counts)`
		case "stories":
			columns[len(columns)-1] = fmt.Sprintf("iif(doc > 0, doc + %d, doc)", docs)
		}
		if _, err := db.ExecContext(ctx, "INSERT INTO main."+t+" SELECT "+strings.Join(columns, ", ")+" FROM snap."+t+" WHERE true ON CONFLICT "+onConflict); err != nil {
			return err
		}
	}
	return nil
}

func columnsOfTable(ctx context.Context, db *sql.DB, table string) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, `"`+name+`"`)
	}
	return names, rows.Err()
}

// mergeTexts merges the full-text indexes, and numbers their rows anew.
func (u *union) mergeTexts(ctx context.Context, late []string) (err error) {
	db, err := connectScratch(u.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	docs, err := u.readTexts(ctx, db)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the file is thrown away
		}
	}()
	sources := make([]ftsSource, len(u.of))
	for i, s := range u.of {
		sources[i] = ftsSource{of: s, rows: make([]uint32, s.lastDoc+1)}
	}
	update, err := tx.PrepareContext(ctx, "UPDATE stories SET doc = ? WHERE story = ?")
	if err != nil {
		return err
	}
	defer update.Close()
	for number := uint32(1); ; number++ {
		i := oldest(docs)
		if i < 0 {
			break
		}
		d := docs[i][0]
		docs[i] = docs[i][1:]
		sources[i].rows[d.doc] = number
		if _, err := update.ExecContext(ctx, number, d.story); err != nil {
			return err
		}
	}
	if err := mergeFTS(ctx, tx, sources); err != nil {
		return err
	}
	for _, statement := range late {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// A numberedText is a row of a snapshot's full text.
type numberedText struct{ doc, captured, story int64 }

// readTexts lists the rows of the full text that stories have, by snapshot and number.
func (u *union) readTexts(ctx context.Context, db *sql.DB) ([][]numberedText, error) {
	docs := make([][]numberedText, len(u.of))
	rows, err := db.QueryContext(ctx, "SELECT s.doc, r.captured, s.story FROM stories s JOIN readings r ON r.id = s.reading WHERE s.doc > 0 ORDER BY s.doc")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d numberedText
		if err := rows.Scan(&d.doc, &d.captured, &d.story); err != nil {
			return nil, err
		}
		i := d.doc>>docBits - 1
		d.doc &= docMask
		if n := len(docs[i]); n > 0 && docs[i][n-1].doc == d.doc {
			return nil, &badSnapshot{u.of[i], fmt.Errorf("%w: two stories have one row", errFTS)}
		}
		docs[i] = append(docs[i], d)
	}
	return docs, rows.Err()
}

// oldest is the snapshot whose next row is of the oldest capture; -1 if none has any. So
// the rows are about in the order of time, which searches count on.
func oldest(docs [][]numberedText) int {
	best := -1
	for i, d := range docs {
		if len(d) > 0 && (best < 0 || d[0].captured < docs[best][0].captured) {
			best = i
		}
	}
	return best
}
