package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// schemaVersion is that of the tables below. A program that finds a newer one stops.
const schemaVersion = 1

// schema makes the tables. Rows are few: one for each machine and shard.
var schema = []string{
	`create table if not exists newsmorgue_machine (
		name text primary key,
		instance text not null,                   -- of its disk
		process text not null,                    -- new at each start
		version text not null,                    -- of the program
		began timestamptz not null,
		seen timestamptz not null,                -- its last sign of life
		draining boolean not null default false,  -- it shall give back all shards
		stopped boolean not null default false)   -- it ended as it should`,
	`create table if not exists newsmorgue_shard (
		shard int primary key,
		holder text not null default '',          -- a machine or command; '' if given back
		token bigint not null default 0,          -- grows whenever the shard is taken
		until timestamptz not null,               -- the end of the lease
		wanted text not null default '',          -- who asks the holder to give it back
		wanted_until timestamptz not null default '1970-01-01T00:00:00Z')`,
	`create table if not exists newsmorgue_cluster (
		one int primary key check (one = 1),
		id text not null,
		schema_version int not null,
		shards int not null,
		created timestamptz not null)`,
}

// A clusterRow is what a database says of the cluster that it belongs to.
type clusterRow struct {
	id             string
	schema, shards int
}

// errNotSetUp is a database without tables, or with tables that lack rows.
var errNotSetUp = errors.New("the database is not set up")

// readCluster reads which cluster a database belongs to. Of one that is empty it returns
// errNotSetUp.
func (d *DB) readCluster(ctx context.Context) (row clusterRow, err error) {
	err = d.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return scanCluster(ctx, c, &row)
	})
	return row, err
}

func scanCluster(ctx context.Context, c *pgx.Conn, row *clusterRow) error {
	err := c.QueryRow(ctx, "select id, schema_version, shards from newsmorgue_cluster where one = 1").Scan(&row.id, &row.schema, &row.shards)
	switch {
	case code(err) == codeNoTable, errors.Is(err, pgx.ErrNoRows):
		return errNotSetUp
	case err != nil && code(err) != codeNoColumn:
		return err
	case err != nil || row.schema > schemaVersion:
		return fmt.Errorf("tables of the database: %w", ErrNewerSchema)
	}
	return nil
}

// check compares the database with what cluster.json says.
func (r clusterRow) check(info Info) error {
	switch {
	case r.id != info.ID:
		return fmt.Errorf("the database %w (%.36q)", ErrOtherCluster, r.id)
	case r.shards != info.Shards:
		return fmt.Errorf("the database has %d shards, cluster.json %d: %w", r.shards, info.Shards, ErrOtherShards)
	}
	return nil
}

// setUp makes what is missing of the tables. New shards are free after a silence: as long
// as a lease may last that was given before the database was emptied. The row of the
// cluster is the last one, so that where it is, the others were.
func (d *DB) setUp(ctx context.Context, info Info, silence time.Duration) error {
	for _, statement := range schema {
		err := d.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, statement)
			switch code(err) {
			case codeUnique, codeTableExists, codeTypeExists: // another machine does the same
				return nil
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("set up the database: %w", err)
		}
	}
	err := d.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `insert into newsmorgue_shard (shard, until)
			select s, clock_timestamp() + $2::float8 * interval '1 second' from generate_series(0, $1::int - 1) as s
			on conflict (shard) do nothing`, info.Shards, silence.Seconds())
		if err != nil {
			return err
		}
		_, err = c.Exec(ctx, `insert into newsmorgue_cluster (one, id, schema_version, shards, created)
			values (1, $1::text, $2::int, $3::int, $4::timestamptz) on conflict (one) do nothing`,
			info.ID, schemaVersion, info.Shards, info.Created)
		return err
	})
	if err != nil {
		return fmt.Errorf("set up the database: %w", err)
	}
	row, err := d.readCluster(ctx)
	if err != nil {
		return err
	}
	return row.check(info)
}
