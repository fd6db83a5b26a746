package pgclock

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Version is the version of the tables that this program makes and reads.
const Version = 1

//go:embed schema.sql
var schema string

// Grants is the SQL that gives a user of the database the least rights that the clocks need.
//
//go:embed grants.sql
var Grants string

// Every statement has the time as its first parameter: null for the database's own clock,
// which alone counts; tests give another.
const (
	// The keys come in order, so that two that want the same clocks do not wait for each
	// other. A row with our own name that we know nothing of is left from an answer of the
	// database that did not reach us. excluded.next is the time of the statement. The
	// first token is the time, so that tokens grow also when the database was emptied.
	takeQuery = `INSERT INTO newsmorgue_clock AS c (key, holder, token, until, next)
		SELECT k.key, $3::text, (extract(epoch FROM coalesce($1::timestamptz, clock_timestamp())) * 1000000)::bigint,
			coalesce($1::timestamptz, clock_timestamp()) + $4::float8 * interval '1 second', coalesce($1::timestamptz, clock_timestamp())
		FROM unnest($2::text[]) AS k(key)
		WHERE EXISTS (SELECT 1 FROM newsmorgue_clock AS t WHERE t.key = '' AND t.token = $5::bigint AND t.next <= coalesce($1::timestamptz, clock_timestamp()))
		ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, token = c.token + 1, until = excluded.until
		WHERE (c.until <= excluded.next OR c.holder = excluded.holder) AND c.next <= excluded.next
		RETURNING c.key, c.token`
	// Seconds from now until the clocks are free and rested.
	stateQuery = `SELECT key, token, extract(epoch FROM until - coalesce($1::timestamptz, clock_timestamp()))::float8,
			extract(epoch FROM next - coalesce($1::timestamptz, clock_timestamp()))::float8
		FROM newsmorgue_clock WHERE key = '' OR key = ANY ($2::text[])`
	// A clock is freed only under the token it was taken with ($5 false: it is kept, and only
	// its rest is noted); its rest counts in any case.
	giveQuery = `INSERT INTO newsmorgue_clock AS c (key, holder, token, until, next)
		SELECT g.key, '', g.token, coalesce($1::timestamptz, clock_timestamp()), coalesce($1::timestamptz, clock_timestamp()) + g.rest * interval '1 second'
		FROM unnest($2::text[], $3::bigint[], $4::float8[]) AS g(key, token, rest)
		ON CONFLICT (key) DO UPDATE SET next = greatest(c.next, excluded.next),
			until = CASE WHEN $5::bool AND c.token = excluded.token THEN least(c.until, excluded.until) ELSE c.until END,
			holder = CASE WHEN $5::bool AND c.token = excluded.token THEN '' ELSE c.holder END`
	renewQuery = `UPDATE newsmorgue_clock AS c SET until = coalesce($1::timestamptz, clock_timestamp()) + $5::float8 * interval '1 second'
		FROM unnest($2::text[], $3::bigint[]) AS h(key, token)
		WHERE c.key = h.key AND c.token = h.token AND c.holder = $4::text
		RETURNING c.key`
	// silence is 0 for a database that never had clocks.
	firstQuery = `INSERT INTO newsmorgue_clock (key, holder, token, until, next)
		VALUES ('', '', $2::bigint, coalesce($1::timestamptz, clock_timestamp()), coalesce($1::timestamptz, clock_timestamp()) + $3::float8 * interval '1 second')
		ON CONFLICT (key) DO NOTHING`
)

// NewerError says that a newer program has changed the tables.
type NewerError struct{ Version int64 }

func (e *NewerError) Error() string {
	return fmt.Sprintf("the database's host clocks have version %d; this program knows version %d (hint: use the newer program on all machines)", e.Version, Version)
}

// setup makes the table if it is missing; nobody asks any host for the time of silence then.
func (c *Clocks) setup(ctx context.Context, silence time.Duration) error {
	now := c.now()
	return c.try(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
			var there bool
			if err := tx.QueryRow(ctx, "SELECT to_regclass('newsmorgue_clock') IS NOT NULL").Scan(&there); err != nil {
				return err
			}
			if !there { // a user without the right to make tables may use one
				if _, err := tx.Exec(ctx, schema); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, firstQuery, now, Version, silence.Seconds())
			return err
		})
	})
}

// A state is what a clock's row says, by durations from now.
type state struct {
	token       int64
	until, next time.Duration
}

func (c *Clocks) states(ctx context.Context, keys []string) (map[string]state, error) {
	now, found := c.now(), map[string]state{}
	err := c.try(ctx, func(ctx context.Context) error {
		clear(found)
		rows, err := c.pool.Query(ctx, stateQuery, now, keys)
		if err != nil {
			return err
		}
		var key string
		var s state
		var until, next float64
		_, err = pgx.ForEachRow(rows, []any{&key, &s.token, &until, &next}, func() error {
			s.until, s.next = seconds(until), seconds(next)
			found[key] = s
			return nil
		})
		return err
	})
	return found, err
}

// seconds is bounded: a row may say anything.
func seconds(s float64) time.Duration {
	const year = 365 * 24 * 3600
	return time.Duration(min(max(s, -year), year) * float64(time.Second))
}

func (c *Clocks) takeRows(ctx context.Context, keys []string) (map[string]int64, error) {
	now, taken := c.now(), map[string]int64{}
	err := c.try(ctx, func(ctx context.Context) error {
		clear(taken)
		rows, err := c.pool.Query(ctx, takeQuery, now, keys, c.holder, c.Lease.Seconds(), Version)
		if err != nil {
			return err
		}
		var key string
		var token int64
		_, err = pgx.ForEachRow(rows, []any{&key, &token}, func() error {
			taken[key] = token
			return nil
		})
		return err
	})
	return taken, err
}

// A giving is a clock that goes back: it rests until a time after a moment.
type giving struct {
	key   string
	token int64 // 0 if it was not taken
	rest  time.Duration
	from  time.Time
}

func (c *Clocks) giveRows(ctx context.Context, free bool, gs []giving) error {
	now := c.now()
	keys, tokens, rests := make([]string, len(gs)), make([]int64, len(gs)), make([]float64, len(gs))
	for i, g := range gs {
		keys[i], tokens[i] = g.key, g.token
		rests[i] = max(0, min(g.rest, maxRest)-time.Since(g.from)).Seconds()
	}
	return c.try(ctx, func(ctx context.Context) error {
		_, err := c.pool.Exec(ctx, giveQuery, now, keys, tokens, rests, free)
		return err
	})
}

func (c *Clocks) renewRows(ctx context.Context, keys []string, tokens []int64) (map[string]bool, error) {
	now, renewed := c.now(), map[string]bool{}
	err := c.try(ctx, func(ctx context.Context) error {
		clear(renewed)
		rows, err := c.pool.Query(ctx, renewQuery, now, keys, tokens, c.holder, c.Lease.Seconds())
		if err != nil {
			return err
		}
		var key string
		_, err = pgx.ForEachRow(rows, []any{&key}, func() error {
			renewed[key] = true
			return nil
		})
		return err
	})
	return renewed, err
}

// tries is how often a statement is tried that others disturbed, or whose connection was
// lost. The pool may have several dead ones after a restart of the database.
const tries = 8

// try runs a statement, which may be run twice, within the time for statements.
func (c *Clocks) try(ctx context.Context, do func(context.Context) error) error {
	var err error
	for i := range tries {
		err = c.call(ctx, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, c.Timeout)
			defer cancel()
			return do(ctx)
		})
		if err == nil || ctx.Err() != nil || !again(err) {
			return err
		}
		pause := time.NewTimer(time.Duration(rand.Int64N(int64(time.Millisecond) << i)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		}
	}
	return err
}

// again reports whether a statement is worth another try at once.
func again(err error) bool {
	switch code := sqlState(err); code {
	case "":
		var connect *pgconn.ConnectError
		return !errors.As(err, &connect) && !errors.Is(err, context.DeadlineExceeded) // a connection that was lost
	case "40001", "40P01", "57P01", "57P02", "42P07", "23505": // serialization, deadlock, shutdown; both made the table
		return true
	default:
		return false
	}
}

// sqlState is the code of an error that the database itself returned, or "".
func sqlState(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// describe says what is wrong in words without the user's name or password.
func (c *Clocks) describe(err error) error {
	var newer *NewerError
	var e *pgconn.PgError
	at := "the database at " + c.host
	switch code := sqlState(err); {
	case errors.As(err, &newer), errors.Is(err, context.Canceled):
		return err
	case code == "28P01" || code == "28000":
		return errors.New(at + " refuses the user or the password (hint: see the URL of --database, PGPASSWORD and ~/.pgpass)")
	case code == "3D000":
		return errors.New(at + " has no database of this name (hint: make it with createdb)")
	case code == "25006":
		return errors.New(at + " is read-only (hint: name the primary server, or add target_session_attrs=read-write)")
	case code == "42501":
		return errors.New(at + " does not give its user the rights that are needed (hint: see grants.sql)")
	case code == "53300":
		return errors.New(at + " has no connection left (hint: raise max_connections)")
	case errors.As(err, &e):
		return fmt.Errorf("%s: %s (SQLSTATE %s)", at, e.Message, e.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New(at + " does not answer in time")
	}
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return fmt.Errorf("%s cannot be found: %s", at, dns.Err)
	}
	if errors.As(err, &op) {
		return fmt.Errorf("%s does not answer: %w", at, op.Err)
	}
	return errors.New(at + " does not answer")
}
