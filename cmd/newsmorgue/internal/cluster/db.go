package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A DB is a connection to a cluster's database. It connects again by itself when the
// connection is lost. It is safe for many goroutines, whose statements take turns.
type DB struct {
	config  *pgx.ConnConfig
	timeout time.Duration // of a statement, connecting included

	turn chan struct{} // holds one value while nobody uses conn
	conn *pgx.Conn     // nil if there is no connection

	once sync.Once
}

// Connect connects to a database and checks that it can be written. The URL is a
// postgres:// URL or "key=value" pairs; what it leaves out, all of it if it is empty, is
// taken from the variables of PostgreSQL's own programs (PGHOST, PGUSER, …) and
// ~/.pgpass. No error has the password in it.
func Connect(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The library's own error may repeat a password.
		return nil, errors.New("the settings of the database are not valid; its URL is postgres://user@host:port/name")
	}
	// Statements are not prepared on the server: a pooler in between may give each one
	// another connection, and tables may be dropped and made anew.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "newsmorgue"
	}
	d := &DB{config: config, timeout: 10 * time.Second, turn: make(chan struct{}, 1)}
	d.turn <- struct{}{}
	var readOnly string
	err = d.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "show transaction_read_only").Scan(&readOnly)
	})
	if err == nil && readOnly == "on" {
		err = ErrReadOnly
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("database %s: %w", d, err)
	}
	return d, nil
}

// String says which database it is, without credentials.
func (d *DB) String() string {
	return fmt.Sprintf("%s:%d/%s", d.config.Host, d.config.Port, d.config.Database)
}

// Close ends the connection. Statements that follow fail.
func (d *DB) Close() {
	d.once.Do(func() {
		<-d.turn // for good
		d.drop()
	})
}

func (d *DB) drop() {
	if d.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	d.conn.Close(ctx)
	d.conn = nil
}

// tries is how often do repeats what may succeed at the next try.
const tries = 5

// do runs statements. It repeats them after a serialization failure or on a new
// connection, so that they must bear to be repeated.
func (d *DB) do(ctx context.Context, f func(ctx context.Context, c *pgx.Conn) error) error {
	var err error
	for try := range tries {
		if err = d.try(ctx, f); err == nil || ctx.Err() != nil || !mayPass(err) {
			break
		}
		pause := time.Duration(1+rand.IntN(20<<try)) * time.Millisecond
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return explained(err)
}

func (d *DB) try(ctx context.Context, f func(ctx context.Context, c *pgx.Conn) error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-d.turn:
	}
	defer func() { d.turn <- struct{}{} }()
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	if d.conn == nil || d.conn.IsClosed() {
		conn, err := pgx.ConnectConfig(ctx, d.config)
		if err != nil {
			return err
		}
		d.conn = conn
	}
	err := f(ctx, d.conn)
	if err != nil && (code(err) == "" && mayPass(err) || code(err) == codeReadOnly) {
		// Also after a server has become a standby: its successor may have its address.
		d.drop()
	}
	return err
}

// Codes of PostgreSQL's errors.
const (
	codeReadOnly     = "25006"
	codeNoTable      = "42P01"
	codeNoColumn     = "42703"
	codeSerialize    = "40001"
	codeDeadlock     = "40P01"
	codeUnique       = "23505" // also of two that make the same table at a time
	codeTableExists  = "42P07"
	codeTypeExists   = "42710"
	codeWrongLogin   = "28P01"
	codeLoginInvalid = "28000"
	codeNoRights     = "42501"
)

func code(err error) string {
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}

// answers are errors that say what the database has answered.
var answers = []error{pgx.ErrNoRows, errNotSetUp, ErrNewerSchema, ErrOtherCluster, ErrOtherShards, ErrNoMachine, ErrAlive}

// mayPass reports whether an error may be gone at the next try.
func mayPass(err error) bool {
	switch c := code(err); {
	case slices.ContainsFunc(answers, func(a error) bool { return errors.Is(err, a) }):
		return false
	case c == "": // no answer
		return true
	case c == codeSerialize, c == codeDeadlock:
		return true
	default: // no connection, no resources, shutting down, a system error
		return strings.HasPrefix(c, "08") || strings.HasPrefix(c, "53") || strings.HasPrefix(c, "57P") || strings.HasPrefix(c, "58")
	}
}

// explained adds what a caller decides by.
func explained(err error) error {
	switch code(err) {
	case codeReadOnly:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case codeWrongLogin, codeLoginInvalid:
		return fmt.Errorf("%w: %w", ErrLogin, err)
	case codeNoRights:
		return fmt.Errorf("%w: %w", ErrRights, err)
	}
	return err
}
