package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Status is what the database says of a cluster. Times are the database's.
type Status struct {
	Now      time.Time
	Machines []Machine
	Shards   []Shard
}

// A Machine is one that is in the list of machines, alive or not.
type Machine struct {
	Name     string
	Version  string
	Began    time.Time
	Seen     time.Time // its last sign of life
	Alive    bool
	Draining bool // it gives back all shards and takes none
	Stopped  bool // it ended as it should
	Shards   int  // that it holds
}

// A Shard is the state of a shard.
type Shard struct {
	Shard  int
	Holder string // "" if nobody holds it
	Token  int64
	Until  time.Time // when the lease ends or has ended
	Wanted string    // who asks for it, "" if nobody does
}

// Held reports whether somebody has a valid lease.
func (s Shard) Held(now time.Time) bool { return s.Holder != "" && s.Until.After(now) }

// ReadStatus reads the state of a cluster.
func ReadStatus(ctx context.Context, db *DB, info Info, times Times) (st Status, err error) {
	times = times.withDefaults()
	err = db.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		st = Status{}
		var row clusterRow
		if err := scanCluster(ctx, c, &row); err != nil {
			return err
		}
		if err := row.check(info); err != nil {
			return err
		}
		if err := c.QueryRow(ctx, "select clock_timestamp()").Scan(&st.Now); err != nil {
			return err
		}
		rows, err := c.Query(ctx, `select shard, holder, token, until, case when wanted_until > clock_timestamp() then wanted else '' end
			from newsmorgue_shard where shard < $1::int order by shard`, info.Shards)
		if err != nil {
			return err
		}
		st.Shards, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Shard, err error) {
			err = row.Scan(&s.Shard, &s.Holder, &s.Token, &s.Until, &s.Wanted)
			return s, err
		})
		if err != nil {
			return err
		}
		rows, err = c.Query(ctx, "select name, version, began, seen, draining, stopped from newsmorgue_machine order by name limit 10000")
		if err != nil {
			return err
		}
		st.Machines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Machine, err error) {
			err = row.Scan(&m.Name, &m.Version, &m.Began, &m.Seen, &m.Draining, &m.Stopped)
			return m, err
		})
		return err
	})
	if code(err) == codeNoTable {
		err = errNotSetUp
	}
	if err != nil {
		return Status{}, err
	}
	for i := range st.Machines {
		m := &st.Machines[i]
		m.Alive = !m.Stopped && st.Now.Sub(m.Seen) < times.Lease
		for _, s := range st.Shards {
			if s.Holder == m.Name && s.Held(st.Now) {
				m.Shards++
			}
		}
	}
	return st, nil
}

// Machine finds a machine by its name.
func (st Status) Machine(name string) (Machine, bool) {
	i := slices.IndexFunc(st.Machines, func(m Machine) bool { return m.Name == name })
	if i < 0 {
		return Machine{}, false
	}
	return st.Machines[i], true
}

// Drain tells a machine to give back all shards and to take none, or with false that it
// shall take its share again. The machine heeds it at its next Poll, and after a restart.
func Drain(ctx context.Context, db *DB, name string, drain bool) error {
	var found string
	err := db.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "update newsmorgue_machine set draining = $2::boolean where name = $1::text returning name", name, drain).Scan(&found)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%.100q: %w", name, ErrNoMachine)
	case code(err) == codeNoTable:
		return errNotSetUp
	}
	return err
}

// Forget removes a machine that is dead from the list and frees its shards now. One that
// is alive, or was within the last lease, is refused with ErrAlive but for force: then
// somebody has made sure that it is off. If it runs nevertheless, it loses its leases at
// its next look at the database and joins again.
func Forget(ctx context.Context, db *DB, name string, times Times, force bool) (freed int, err error) {
	times = times.withDefaults()
	err = db.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			var alive bool
			err := tx.QueryRow(ctx, `select not stopped and seen > clock_timestamp() - $2::float8 * interval '1 second'
				from newsmorgue_machine where name = $1::text for update`, name, times.Lease.Seconds()).Scan(&alive)
			if errors.Is(err, pgx.ErrNoRows) {
				return fmt.Errorf("%.100q: %w", name, ErrNoMachine)
			}
			if err != nil {
				return err
			}
			if alive && !force {
				return fmt.Errorf("%.100q: %w", name, ErrAlive)
			}
			if _, err := tx.Exec(ctx, "delete from newsmorgue_machine where name = $1::text", name); err != nil {
				return err
			}
			tag, err := tx.Exec(ctx, "update newsmorgue_shard set holder = '', until = clock_timestamp() where holder = $1::text", name)
			freed = int(tag.RowsAffected())
			return err
		})
	})
	if code(err) == codeNoTable {
		err = errNotSetUp
	}
	return freed, err
}
