package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive"
)

// The kinds of damage that Check finds, in addition to those of the archive.
const (
	DamageCatalog = "catalog" // the catalog does not match the segments, or is inconsistent
	DamageLost    = "lost"    // a record of the catalog is no longer in any segment
)

// Check compares the catalog with the segments, record by record, and lists
// the differences. A crawl may continue meanwhile. Rebuild corrects them. progress, if it is
// not nil, is called with how many of the segments were compared, and with 0 before the
// file itself is checked, which takes a part of the time.
func (c *Catalog) Check(ctx context.Context, progress func(done, segments int)) ([]archive.Damage, error) {
	states, err := c.segmentStates(ctx)
	switch {
	case notDatabase(err): // the check of the file says more
	case err != nil:
		return nil, err
	}
	if progress == nil {
		progress = func(_, _ int) {}
	}
	progress(0, len(states))
	var found []archive.Damage
	rows, err := c.db.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if notDatabase(err) {
		return []archive.Damage{{Kind: DamageCatalog, What: "catalog.sqlite is damaged: " + err.Error()}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		if what != "ok" {
			found = append(found, archive.Damage{Kind: DamageCatalog, What: "catalog.sqlite is damaged: " + what})
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(found) > 0 {
		return found, err
	}
	// The catalog may lag behind the journals but never lead, so it is read first.
	if states, err = c.segmentStates(ctx); err != nil {
		return nil, err
	}
	done := 0
	ids := map[string]map[recordID]bool{}
	for name := range states {
		if ids[name], err = c.idsOf(ctx, name); err != nil {
			return nil, err
		}
		more, err := c.checkSegment(ctx, name, states[name], ids[name])
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
		delete(ids, name)
		done++
		progress(done, len(states))
	}
	return found, nil
}

func (c *Catalog) checkSegment(ctx context.Context, name string, k segmentState, ids map[recordID]bool) ([]archive.Damage, error) {
	var absent []recordID
	for at, err := range c.a.Captures(ctx, name) {
		if errors.Is(err, archive.ErrNotFound) {
			break // repaired meanwhile; its records are checked below
		}
		if err != nil {
			return nil, err
		}
		if !hasRow(at) {
			continue
		}
		if !ids[recordID(at.ID)] {
			absent = append(absent, recordID(at.ID))
		}
		delete(ids, recordID(at.ID))
	}
	var found []archive.Damage
	if len(absent) > 0 && k.sealed {
		n := 0
		for _, id := range absent {
			known, err := c.hasRowOf(ctx, id)
			if err != nil {
				return nil, err
			}
			if !known {
				n++
			}
		}
		if n > 0 {
			found = append(found, archive.Damage{Kind: DamageCatalog, Segment: name, What: fmt.Sprintf("%d records are missing from the catalog", n)})
		}
	}
	for id := range ids {
		d := archive.Damage{Kind: DamageLost, Segment: name, ID: string(id), What: "is in the catalog but not in any segment"}
		err := c.db.QueryRowContext(ctx, "SELECT type, url FROM captures WHERE id = ?1 UNION ALL SELECT 'conversion', url FROM readings WHERE id = ?1", id).Scan(&d.Type, &d.URL)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		found = append(found, d)
	}
	return found, nil
}

// hasRowOf reports whether a record has a row. Of a record in two segments, as after the
// return of a former owner, the row is that of one of them.
func (c *Catalog) hasRowOf(ctx context.Context, id recordID) (has bool, err error) {
	const query = "SELECT EXISTS (SELECT 1 FROM captures WHERE id = ?1) OR EXISTS (SELECT 1 FROM readings WHERE id = ?1)"
	if err := c.db.QueryRowContext(ctx, query, id).Scan(&has); err != nil {
		return false, fmt.Errorf("catalog: %w", err)
	}
	return has, nil
}
