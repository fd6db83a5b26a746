package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// SuppressionType is the media type of suppression records.
const SuppressionType = "application/json; profile=newsmorgue.suppression/1"

// A Suppression hides a page or one record from lists, searches, views and exports,
// or lifts an earlier suppression. For each target, the newest applies.
type Suppression struct {
	ID     string    `json:"id,omitempty"` // of its record
	Date   time.Time `json:"date"`
	URL    string    `json:"url,omitempty"`    // hides all captures of a page, now and later; or
	Record string    `json:"record,omitempty"` // hides one record and its readings
	Reason string    `json:"reason"`
	Erase  bool      `json:"erase,omitempty"` // the records are erased from the segments
	Lift   bool      `json:"lift,omitempty"`
}

// NewSuppression returns the metadata record of a suppression and sets s.ID.
func NewSuppression(s *Suppression) (*archive.Record, error) {
	rec := archive.NewRecord("metadata", s.Date)
	s.ID = ""
	body, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	s.ID = rec.ID()
	rec.Set("Content-Type", SuppressionType)
	rec.Payload = body
	return rec, nil
}

func addSuppression(ctx context.Context, tx *transaction, stale *staleStories, at archive.Capture, r *archive.Record) error {
	var s Suppression
	if err := json.Unmarshal(r.Payload, &s); err != nil {
		return nil // not a valid suppression
	}
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO ledger VALUES (?,?,?,?,?,?,?)",
		recordID(at.ID), instant(at.Time), s.URL, recordID(s.Record), s.Reason, s.Erase, s.Lift)
	if err != nil {
		return err
	}
	if s.Record == "" {
		stale.add(storyOf(s.URL))
		return nil
	}
	// The record may be a page or a reading.
	stories, err := storiesWhere(ctx, tx, "SELECT story FROM captures WHERE id = ?1 UNION SELECT story FROM readings WHERE id = ?1", recordID(s.Record))
	stale.add(stories...)
	return err
}

// storiesWhere returns the stories that a query finds.
func storiesWhere(ctx context.Context, tx querier, query string, args ...any) ([]storyKey, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var stories []storyKey
	for rows.Next() {
		var s int64
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		stories = append(stories, storyKey(s))
	}
	return stories, rows.Err()
}

// Ledger lists all suppressions, lifted ones, too, the oldest first.
func (c *Catalog) Ledger(ctx context.Context) ([]Suppression, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT id, date, url, record, reason, erase, lift FROM ledger ORDER BY date, id")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var all []Suppression
	for rows.Next() {
		var s Suppression
		if err := rows.Scan((*recordID)(&s.ID), (*instant)(&s.Date), &s.URL, (*recordID)(&s.Record), &s.Reason, &s.Erase, &s.Lift); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// A Hidden is the set of suppressed URLs and records.
type Hidden struct {
	URLs     map[string]bool
	records  map[string]bool
	requests map[urlAtTime]bool // the requests of hidden records, which have the same URL and time
}

type urlAtTime struct {
	url  string
	date int64 // microseconds since 1970
}

// Hides reports whether a record, or the record it was made from, is suppressed.
// Runs and suppressions are never hidden.
func (h *Hidden) Hides(c archive.Capture) bool {
	if c.Type == "metadata" || c.Type == "warcinfo" {
		return false
	}
	return c.URL != "" && h.URLs[c.URL] || h.records[c.ID] || c.Type == "conversion" && h.records[c.RefersTo] ||
		c.Type == "request" && h.requests[urlAtTime{c.URL, c.Time.UnixMicro()}]
}

// Len returns how many suppressions are in force.
func (h *Hidden) Len() int { return len(h.URLs) + len(h.records) }

const hiddenQuery = "SELECT h.url, h.record, coalesce(c.url, ''), coalesce(c.date, 0) FROM hidden h LEFT JOIN captures c ON c.id = h.record"

// Hidden returns what is suppressed now.
func (c *Catalog) Hidden(ctx context.Context) (*Hidden, error) {
	rows, err := c.db.QueryContext(ctx, hiddenQuery)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	h := &Hidden{map[string]bool{}, map[string]bool{}, map[urlAtTime]bool{}}
	for rows.Next() {
		var url string
		var id recordID
		var at urlAtTime
		if err := rows.Scan(&url, &id, &at.url, &at.date); err != nil {
			return nil, err
		}
		switch {
		case id == "":
			h.URLs[url] = true
		case at.url != "":
			h.requests[at] = true
			fallthrough
		default:
			h.records[string(id)] = true
		}
	}
	return h, rows.Err()
}

const suppressedQuery = "SELECT id, date, url, record, reason, erase, lift FROM ledger WHERE record = ? AND url = ? ORDER BY date DESC, id DESC LIMIT 1"

// Suppressed returns the suppression that hides a URL, if there is one.
func (c *Catalog) Suppressed(ctx context.Context, url string) (s Suppression, ok bool, err error) {
	return c.newestOf(ctx, url, "")
}

// SuppressedRecord returns the suppression of a record by its ID, if there is one. One
// that hides all captures of its URL is not among them.
func (c *Catalog) SuppressedRecord(ctx context.Context, id string) (s Suppression, ok bool, err error) {
	return c.newestOf(ctx, "", id)
}

// newestOf returns the newest suppression of a target, and whether it is in force.
func (c *Catalog) newestOf(ctx context.Context, url, record string) (s Suppression, ok bool, err error) {
	rows, err := c.db.QueryContext(ctx, suppressedQuery, recordID(record), url)
	if err != nil {
		return s, false, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan((*recordID)(&s.ID), (*instant)(&s.Date), &s.URL, (*recordID)(&s.Record), &s.Reason, &s.Erase, &s.Lift)
		ok = !s.Lift
	}
	return s, ok && err == nil, errors.Join(err, rows.Err())
}
