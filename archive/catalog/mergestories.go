package catalog

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
)

// updateStep is how many stories are updated in one transaction.
const updateStep = 500

// updateStories updates the current versions that rows of different snapshots decide.
func (u *union) updateStories(ctx context.Context) (err error) {
	if len(u.of) == 1 {
		return nil
	}
	keys, err := u.sharedStories(ctx)
	if err != nil {
		return err
	}
	db, err := connect(u.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c := &Catalog{a: u.a, path: u.path, db: db}
	if err := u.hiddenStories(ctx, c, keys); err != nil {
		return err
	}
	err = c.inTx(ctx, func(tx *transaction) error { return (&staleStories{verdicts: true}).update(ctx, tx) })
	if err != nil {
		return err
	}
	for step := range slices.Chunk(slices.Sorted(maps.Keys(keys)), updateStep) {
		err := c.inTx(ctx, func(tx *transaction) error {
			stale := &staleStories{}
			stale.add(step...)
			return stale.update(ctx, tx)
		})
		if err != nil {
			return err
		}
	}
	return u.findTexts(ctx, c)
}

// sharedStories finds the stories of which several snapshots have records, and those of
// which one has a reading without its capture, which another may have.
func (u *union) sharedStories(ctx context.Context) (map[storyKey]bool, error) {
	shared := map[storyKey]bool{}
	type stream struct {
		rows *sql.Rows
		next int64
	}
	var streams []*stream
	defer func() {
		for _, s := range streams {
			s.rows.Close()
		}
	}()
	advance := func(s *stream) (bool, error) {
		if !s.rows.Next() {
			return false, errors.Join(s.rows.Err(), s.rows.Close())
		}
		return true, s.rows.Scan(&s.next)
	}
	for _, s := range u.of {
		orphans, err := storiesWhere(ctx, s.db, "SELECT DISTINCT story FROM readings r WHERE NOT EXISTS (SELECT 1 FROM captures c WHERE c.id = r.response)")
		if err != nil {
			return nil, err
		}
		for _, k := range orphans {
			shared[k] = true
		}
		rows, err := s.db.QueryContext(ctx, "SELECT story FROM captures UNION SELECT story FROM readings ORDER BY story")
		if err != nil {
			return nil, err
		}
		streams = append(streams, &stream{rows: rows})
	}
	var running []*stream
	for _, s := range streams {
		if ok, err := advance(s); err != nil {
			return nil, err
		} else if ok {
			running = append(running, s)
		}
	}
	for len(running) > 1 {
		least := slices.MinFunc(running, func(a, b *stream) int { return int(min(max(a.next-b.next, -1), 1)) }).next
		n := 0
		rest := running[:0]
		for _, s := range running {
			if s.next == least {
				n++
				if ok, err := advance(s); err != nil {
					return nil, err
				} else if !ok {
					continue
				}
			}
			rest = append(rest, s)
		}
		if running = rest; n > 1 {
			shared[storyKey(least)] = true
		}
	}
	return shared, nil
}

// hiddenStories adds the stories that suppressions of any snapshot are about.
func (u *union) hiddenStories(ctx context.Context, c *Catalog, keys map[storyKey]bool) error {
	ledger, err := c.Ledger(ctx)
	if err != nil {
		return err
	}
	for _, s := range ledger {
		if s.Record == "" {
			keys[storyOf(s.URL)] = true
			continue
		}
		of, err := storiesWhere(ctx, c.db, "SELECT story FROM captures WHERE id = ?1 UNION SELECT story FROM readings WHERE id = ?1", recordID(s.Record))
		if err != nil {
			return err
		}
		for _, k := range of {
			keys[k] = true
		}
	}
	return nil
}

// findTexts finds the words of versions that are current now in the snapshots in which
// they were. CatchUp reads the others from their records.
func (u *union) findTexts(ctx context.Context, c *Catalog) error {
	return c.inTx(ctx, func(tx *transaction) error {
		rows, err := tx.QueryContext(ctx, "SELECT story, reading FROM stories WHERE doc = ?", docWaiting)
		if err != nil {
			return err
		}
		type waits struct {
			story   int64
			reading recordID
		}
		var all []waits
		for rows.Next() {
			var w waits
			if err := rows.Scan(&w.story, &w.reading); err != nil {
				return errors.Join(err, rows.Close())
			}
			all = append(all, w)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for i, s := range u.of {
			find, err := s.db.PrepareContext(ctx, "SELECT doc FROM stories WHERE story = ? AND reading = ? AND doc > 0")
			if err != nil {
				return err
			}
			for _, w := range all {
				var doc int64
				err := find.QueryRowContext(ctx, w.story, w.reading).Scan(&doc)
				if err == nil {
					_, err = tx.ExecContext(ctx, "UPDATE stories SET doc = ? WHERE story = ?", int64(i+1)<<docBits+doc, w.story)
				}
				if err != nil && !errors.Is(err, sql.ErrNoRows) {
					return errors.Join(err, find.Close())
				}
			}
			if err := find.Close(); err != nil {
				return err
			}
		}
		return nil
	})
}
