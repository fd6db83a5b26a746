package frontier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// noticesSchema has what people were told and are to be told. These tables are made
// where they are missing, in files of any version.
const noticesSchema = `
-- told has the start of the newest run of a site whose changes were told.
CREATE TABLE IF NOT EXISTS told (site TEXT PRIMARY KEY, run INTEGER NOT NULL) WITHOUT ROWID;
-- warnings are those that were told and have not ended; site is '' for the archive.
CREATE TABLE IF NOT EXISTS warnings (site TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (site, kind)) WITHOUT ROWID;
-- outbox are messages to send, by receiver, whose address is not kept here.
CREATE TABLE IF NOT EXISTS outbox (
	receiver TEXT NOT NULL, id TEXT NOT NULL, site TEXT NOT NULL, body BLOB NOT NULL, created INTEGER NOT NULL, tried INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (receiver, id)
);
CREATE INDEX IF NOT EXISTS outbox_next ON outbox (receiver, tried, created);
-- receivers are those that failed last: how often in a row, and when to try again.
CREATE TABLE IF NOT EXISTS receivers (receiver TEXT PRIMARY KEY, failed INTEGER NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID;
`

// A Warning is a condition that people were told of and that has not ended.
type Warning struct {
	Site  string // "" for the archive
	Kind  string
	Text  string
	Since time.Time
}

// A Message waits in the outbox until its receiver has it.
type Message struct {
	Receiver string // a name that stands for its address
	ID       string // the same each time the message is sent
	Site     string
	Body     []byte
	Created  time.Time
}

// The outbox has at most so many messages and bytes; the oldest are dropped first.
const (
	MaxMessages    = 1000
	maxOutboxBytes = 64 << 20
)

// A Telling is what becomes true when people are told something: all of it or nothing.
type Telling struct {
	Site  string
	Run   time.Time // the start of the newest run that is told; zero for none
	Begin []Warning
	End   []Warning // their Site and Kind
	Send  []Message
}

// Tell records that people are told something, and puts messages into the outbox.
// It returns how many messages were dropped because the outbox was full.
func (f *Frontier) Tell(ctx context.Context, t Telling) (dropped int, err error) {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	defer tx.Rollback()
	exec := func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(ctx, query, args...)
		}
	}
	if !t.Run.IsZero() {
		exec("INSERT INTO told VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET run = max(run, excluded.run)", t.Site, t.Run.UnixMicro())
	}
	for _, w := range t.Begin {
		exec("INSERT OR REPLACE INTO warnings VALUES (?, ?, ?, ?)", w.Site, w.Kind, w.Text, w.Since.UnixMilli())
	}
	for _, w := range t.End {
		exec("DELETE FROM warnings WHERE site = ? AND kind = ?", w.Site, w.Kind)
	}
	for _, m := range t.Send {
		exec("INSERT INTO outbox (receiver, id, site, body, created) VALUES (?, ?, ?, ?, ?) ON CONFLICT (receiver, id) DO NOTHING", m.Receiver, m.ID, m.Site, m.Body, m.Created.UnixMilli())
	}
	if err == nil && len(t.Send) > 0 {
		dropped, err = shrink(ctx, tx)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	return dropped, nil
}

// shrink drops the oldest messages while the outbox is too large.
func shrink(ctx context.Context, tx *sql.Tx) (dropped int, err error) {
	var n, bytes int64
	if err := tx.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(length(body)), 0) FROM outbox").Scan(&n, &bytes); err != nil {
		return 0, err
	}
	for n > MaxMessages || bytes > maxOutboxBytes && n > 1 {
		var id, size int64
		if err := tx.QueryRowContext(ctx, "SELECT rowid, length(body) FROM outbox ORDER BY created, rowid LIMIT 1").Scan(&id, &size); err != nil {
			return dropped, err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE rowid = ?", id); err != nil {
			return dropped, err
		}
		n, bytes, dropped = n-1, bytes-size, dropped+1
	}
	return dropped, nil
}

// Told returns the start of the newest run of a site whose changes were told; zero if
// none were.
func (f *Frontier) Told(ctx context.Context, site string) (time.Time, error) {
	var us int64
	err := f.db.QueryRowContext(ctx, "SELECT run FROM told WHERE site = ?", site).Scan(&us)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("frontier: %w", err)
	}
	return time.UnixMicro(us).UTC(), nil
}

// Warnings lists the warnings that have not ended, of all sites and of the archive.
func (f *Frontier) Warnings(ctx context.Context) ([]Warning, error) {
	rows, err := f.db.QueryContext(ctx, "SELECT site, kind, text, since FROM warnings ORDER BY site, kind")
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var all []Warning
	for rows.Next() {
		var w Warning
		var ms int64
		if err := rows.Scan(&w.Site, &w.Kind, &w.Text, &ms); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		w.Since = time.UnixMilli(ms).UTC()
		all = append(all, w)
	}
	return all, rows.Err()
}

// NextMessage returns the message to send to a receiver now: the one that was not tried
// for longest, so that one that is never accepted does not hold up the others. Without
// one, due is when to ask again; zero if there is nothing to send.
func (f *Frontier) NextMessage(ctx context.Context, receiver string, now time.Time) (m Message, due time.Time, ok bool, err error) {
	var created, at int64
	m.Receiver = receiver
	err = f.db.QueryRowContext(ctx, `SELECT id, site, body, created, coalesce((SELECT due FROM receivers r WHERE r.receiver = o.receiver), 0)
		FROM outbox o WHERE receiver = ? ORDER BY tried, created, rowid LIMIT 1`, receiver).Scan(&m.ID, &m.Site, &m.Body, &created, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Message{}, time.Time{}, false, nil
	case err != nil:
		return Message{}, time.Time{}, false, fmt.Errorf("frontier: %w", err)
	case at > now.UnixMilli():
		return Message{}, time.UnixMilli(at), false, nil
	}
	m.Created = time.UnixMilli(created).UTC()
	return m, time.Time{}, true, nil
}

// Sent removes a message that its receiver has.
func (f *Frontier) Sent(ctx context.Context, m Message) error {
	// The message goes first: if the second step fails, the others only wait longer.
	if _, err := f.db.ExecContext(ctx, "DELETE FROM outbox WHERE receiver = ? AND id = ?", m.Receiver, m.ID); err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	if _, err := f.db.ExecContext(ctx, "DELETE FROM receivers WHERE receiver = ?", m.Receiver); err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	return nil
}

// NotSent records that a receiver did not take a message. The receiver gets no other
// one for some time, which wait says by the number of failures in a row.
func (f *Frontier) NotSent(ctx context.Context, m Message, now time.Time, wait func(failed int) time.Duration) (due time.Time, err error) {
	failed := 0
	err = f.db.QueryRowContext(ctx, "SELECT failed FROM receivers WHERE receiver = ?", m.Receiver).Scan(&failed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return due, fmt.Errorf("frontier: %w", err)
	}
	failed++
	due = now.Add(wait(failed))
	if _, err = f.db.ExecContext(ctx, "INSERT OR REPLACE INTO receivers VALUES (?, ?, ?)", m.Receiver, failed, due.UnixMilli()); err == nil {
		_, err = f.db.ExecContext(ctx, "UPDATE outbox SET tried = ? WHERE receiver = ? AND id = ?", now.UnixMilli(), m.Receiver, m.ID)
	}
	if err != nil {
		return due, fmt.Errorf("frontier: %w", err)
	}
	return due, nil
}

// Expire removes the messages that were created before a time, and returns them without
// their bodies.
func (f *Frontier) Expire(ctx context.Context, before time.Time) ([]Message, error) {
	rows, err := f.db.QueryContext(ctx, "DELETE FROM outbox WHERE created < ? RETURNING receiver, id, site, created", before.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var gone []Message
	for rows.Next() {
		var m Message
		var ms int64
		if err := rows.Scan(&m.Receiver, &m.ID, &m.Site, &ms); err != nil {
			return gone, fmt.Errorf("frontier: %w", err)
		}
		m.Created = time.UnixMilli(ms).UTC()
		gone = append(gone, m)
	}
	return gone, rows.Err()
}

// Waiting counts the messages in the outbox.
func (f *Frontier) Waiting(ctx context.Context) (n int, err error) {
	if err := f.db.QueryRowContext(ctx, "SELECT count(*) FROM outbox").Scan(&n); err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	return n, nil
}
