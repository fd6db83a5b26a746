package catalog

import (
	"context"
	"database/sql"
	"sync"
)

// maxStatements bounds the prepared statements, as each filter makes a new one.
const maxStatements = 100

// A database is a sql.DB that prepares each statement once: SQLite takes longer
// to parse most of them than to run them.
type database struct {
	*sql.DB

	// writing is held during a write transaction. Otherwise transactions that wait
	// for SQLite's lock could take all connections, and the one that holds the lock
	// would find none to prepare a statement with.
	writing sync.Mutex

	view *sql.Tx // of a snapshot: all that it reads is of this transaction

	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

// prepared returns a prepared statement. It returns nil if there are too many, or if
// it cannot be prepared: then running it unprepared gives the error.
func (d *database) prepared(ctx context.Context, query string) *sql.Stmt {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, ok := d.stmts[query]; ok {
		return s
	}
	if len(d.stmts) >= maxStatements {
		return nil
	}
	s, err := d.prepare(ctx, query)
	if err != nil {
		return nil
	}
	d.stmts[query] = s
	return s
}

func (d *database) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if d.view != nil {
		return d.view.PrepareContext(ctx, query)
	}
	return d.PrepareContext(ctx, query)
}

func (d *database) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := d.prepared(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	if d.view != nil {
		return d.view.QueryContext(ctx, query, args...)
	}
	return d.DB.QueryContext(ctx, query, args...)
}

func (d *database) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := d.prepared(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	if d.view != nil {
		return d.view.QueryRowContext(ctx, query, args...)
	}
	return d.DB.QueryRowContext(ctx, query, args...)
}

// A transaction uses prepared statements, too.
type transaction struct {
	*sql.Tx
	db *database
}

func (d *database) begin(ctx context.Context) (*transaction, error) {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &transaction{tx, d}, nil
}

func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.db.prepared(ctx, query); s != nil {
		return t.StmtContext(ctx, s).ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.db.prepared(ctx, query); s != nil {
		return t.StmtContext(ctx, s).QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}
