package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
)

// ErrSnapshot says that a file is not a snapshot that an archive's catalog can be made
// of. Without it the catalog is made from the segments.
var ErrSnapshot = errors.New("unusable snapshot of a catalog")

// A snapshotFile is a file that is said to be a snapshot. Nothing writes to it, and
// nothing in it is believed before check.
type snapshotFile struct {
	path     string
	db       *sql.DB
	segments map[string]segmentState
	lastDoc  int64 // the highest number of a row of the full text, after readDocs
}

// snapshotURI opens a file as one that nobody changes: without locks, a log or a journal
// beside it, which would be read otherwise.
func snapshotURI(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&immutable=1"
}

// openSnapshot opens a snapshot and checks it against an archive. It wraps ErrSnapshot if
// it cannot be used.
func openSnapshot(ctx context.Context, a *archive.Archive, path string) (*snapshotFile, error) {
	if st, err := os.Stat(path); err != nil {
		return nil, err
	} else if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", ErrSnapshot, path)
	}
	v := url.Values{"_pragma": {"query_only(1)", "trusted_schema(0)", "cell_size_check(1)", "mmap_size(0)"}}
	db, err := sql.Open("sqlite", snapshotURI(path)+"&"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	s := &snapshotFile{path: path, db: db}
	if err := s.check(ctx, a); err != nil {
		db.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	return s, nil
}

func (s *snapshotFile) close() { s.db.Close() }

// check checks a snapshot. The order matters: the schema is read without running any of
// it, then the file's structure is checked, so that what follows ends.
func (s *snapshotFile) check(ctx context.Context, a *archive.Archive) error {
	var version int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != schemaVersion {
		return fmt.Errorf("its schema has version %d, not %d", version, schemaVersion)
	}
	for _, step := range []func(context.Context) error{s.checkSchema, s.checkFile, s.checkValues} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.checkSegments(ctx, a)
}

// checkSchema compares the schema, statement by statement, with that of a new catalog: a
// trigger, view or table more or less would be another program's.
func (s *snapshotFile) checkSchema(ctx context.Context) error {
	own, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer own.Close()
	own.SetMaxOpenConns(1)
	if _, err := own.ExecContext(ctx, schema); err != nil {
		return err
	}
	want, err := schemaOf(ctx, own)
	if err != nil {
		return err
	}
	got, err := schemaOf(ctx, s.db)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return errors.New("its schema is not that of a catalog")
	}
	return nil
}

// maxSchema bounds how many rows of a schema are read.
const maxSchema = 200

func schemaOf(ctx context.Context, db *sql.DB) (all []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT coalesce(type, ''), coalesce(name, ''), coalesce(tbl_name, ''), coalesce(sql, '') FROM sqlite_schema ORDER BY type, name LIMIT ?", maxSchema)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r [4]string
		if err := rows.Scan(&r[0], &r[1], &r[2], &r[3]); err != nil {
			return nil, err
		}
		all = append(all, strings.Join(r[:], "\x00"))
	}
	return all, rows.Err()
}

func (s *snapshotFile) checkFile(ctx context.Context) error {
	for _, t := range slices.Concat([]string{"home"}, tables, fullTextTables) {
		// By table: otherwise the full text would be checked word by word, too.
		var what string
		if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check('"+t+"')").Scan(&what); err != nil {
			return err
		}
		if what != "ok" {
			return errors.New("is damaged: " + what)
		}
	}
	return nil
}

// maxValue bounds one value of a snapshot, in bytes.
const maxValue = 16 << 20

// checkValues finds values that have another type than their column, as SQLite allows, or
// are larger than any that a record gives.
func (s *snapshotFile) checkValues(ctx context.Context) error {
	for _, t := range tables {
		rows, err := s.db.QueryContext(ctx, "SELECT name, type FROM pragma_table_info(?)", t)
		if err != nil {
			return err
		}
		var wrong []string
		for rows.Next() {
			var name, typ string
			if err := rows.Scan(&name, &typ); err != nil {
				return errors.Join(err, rows.Close())
			}
			wrong = append(wrong, fmt.Sprintf("typeof(%s) != '%s'", name, strings.ToLower(typ)))
			if typ != "INTEGER" {
				wrong = append(wrong, fmt.Sprintf("octet_length(%s) > %d", name, maxValue))
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		var found bool
		if err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+t+" WHERE "+strings.Join(wrong, " OR ")+")").Scan(&found); err != nil {
			return err
		}
		if found {
			return fmt.Errorf("table %s has a value that no record gives", t)
		}
	}
	return nil
}

// checkSegments compares the segments that a snapshot is of with those of the archive.
// Journals may have grown or been sealed since; a sealed segment that has changed is one
// that records were erased from, or another archive's.
func (s *snapshotFile) checkSegments(ctx context.Context, a *archive.Archive) error {
	segs, err := a.Segments()
	if err != nil {
		return err
	}
	have := map[string]archive.SegmentInfo{}
	for _, seg := range segs {
		have[seg.Name] = seg
	}
	if s.segments, err = segmentStatesOf(ctx, s.db); err != nil {
		return err
	}
	for name, k := range s.segments {
		seg, ok := have[name]
		switch {
		case !ok:
			return fmt.Errorf("segment %q is not in the archive", name)
		case k.sealed && (!seg.Sealed || seg.Bytes != k.state):
			return fmt.Errorf("segment %s has changed since", name)
		}
	}
	return nil
}
