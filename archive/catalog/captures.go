package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A CaptureQuery selects captures of one URL that are not suppressed.
type CaptureQuery struct {
	URL          string
	Types        []string  // responses, revisits and resources if empty
	Since, Until time.Time // both inclusive; not bounded if zero
	NewestFirst  bool
	After        archive.Capture // the one before the first of the list; none if it has no ID
	Skip         int             // how many to leave out
	Limit        int             // all if 0
}

const isShown = `NOT EXISTS (SELECT 1 FROM hidden h WHERE h.url = captures.url AND h.record = x'' OR h.record = captures.id)`

func (q CaptureQuery) where() (string, []any) {
	types := q.Types
	if len(types) == 0 {
		types = []string{"response", "revisit", "resource"}
	}
	where, args := "WHERE story = ? AND url = ? AND type IN (?"+strings.Repeat(",?", len(types)-1)+") AND "+isShown, []any{int64(storyOf(q.URL)), q.URL}
	for _, t := range types {
		args = append(args, t)
	}
	if !q.Since.IsZero() {
		where, args = where+" AND date >= ?", append(args, instant(q.Since))
	}
	if !q.Until.IsZero() {
		where, args = where+" AND date <= ?", append(args, instant(q.Until))
	}
	return where, args
}

// CapturesOf lists captures of a URL, in the order of their times.
func (c *Catalog) CapturesOf(ctx context.Context, q CaptureQuery) ([]archive.Capture, error) {
	where, args := q.where()
	after, order := ">", "date, id"
	if q.NewestFirst {
		after, order = "<", "date DESC, id DESC"
	}
	if q.After.ID != "" {
		where, args = where+" AND (date, id) "+after+" (?, ?)", append(args, instant(q.After.Time), recordID(q.After.ID))
	}
	where += " ORDER BY " + order
	if q.Limit > 0 || q.Skip > 0 {
		limit := q.Limit
		if limit == 0 {
			limit = -1 // SQLite has no OFFSET without LIMIT
		}
		where, args = where+" LIMIT ? OFFSET ?", append(args, limit, q.Skip)
	}
	return c.captures(ctx, where, args...)
}

// CountCaptures counts captures of a URL, whatever After, Skip and Limit are.
func (c *Catalog) CountCaptures(ctx context.Context, q CaptureQuery) (n int, err error) {
	where, args := q.where()
	_, err = c.one(ctx, []any{&n}, "SELECT count(*) FROM captures "+where, args...)
	return n, err
}

// NearestCapture finds the capture of a URL that is nearest to a time; of two, the earlier.
func (c *Catalog) NearestCapture(ctx context.Context, q CaptureQuery, at time.Time) (n archive.Capture, ok bool, err error) {
	before, after := q, q
	before.Until, before.NewestFirst, before.Limit = at, true, 1
	after.Since, after.NewestFirst, after.Limit = at, false, 1
	for _, side := range []CaptureQuery{before, after} {
		found, err := c.CapturesOf(ctx, side)
		if err != nil {
			return n, false, err
		}
		if len(found) > 0 && (!ok || found[0].Time.Sub(at) < at.Sub(n.Time)) {
			n, ok = found[0], true
		}
	}
	return n, ok, nil
}

// indexURLs makes the index of captures by URL, if it is not there. It is no part of the
// schema, as it takes a tenth of the catalog and few archives are asked for all URLs of a
// host: the first question makes it, in some seconds for a million captures. SQLite keeps
// it up to date from then on, also for programs that do not know it.
func (c *Catalog) indexURLs(ctx context.Context) error {
	var n int
	if err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'captures_url'").Scan(&n); err != nil || n > 0 {
		return err
	}
	c.db.writing.Lock()
	defer c.db.writing.Unlock()
	// Who asked may not wait for it: the next one has it then.
	_, err := c.db.ExecContext(context.WithoutCancel(ctx), "CREATE INDEX IF NOT EXISTS captures_url ON captures (url) WHERE "+isAnswerType)
	return err
}

// isAnswerType is the condition of the index, which SQLite does not use without it.
const isAnswerType = "type IN ('response', 'revisit', 'resource')"

// A CountedURL is a URL with the number of its captures, suppressed ones, too.
type CountedURL struct {
	URL      string
	Captures int
}

// CapturedURLs calls visit with each URL from one text to before another, in the order of
// bytes, that has responses, revisits or resources. Suppressed ones are among them. The
// catalog must not be used within visit.
func (c *Catalog) CapturedURLs(ctx context.Context, from, to string, visit func(CountedURL)) error {
	if err := c.indexURLs(ctx); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	rows, err := c.db.QueryContext(ctx, "SELECT url, count(*) FROM captures INDEXED BY captures_url WHERE "+isAnswerType+" AND url >= ? AND url < ? GROUP BY url", from, to)
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u CountedURL
		if err := rows.Scan(&u.URL, &u.Captures); err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		visit(u)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return nil
}

// maxOrigins bounds the list of CapturedOrigins.
const maxOrigins = 100_000

// CapturedOrigins lists schemes and hosts of the URLs that have captures, such as
// "https://a.example:8080", in the order of bytes. It looks at one URL of each.
func (c *Catalog) CapturedOrigins(ctx context.Context) (all []string, err error) {
	if err := c.indexURLs(ctx); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	next := ""
	for len(all) < maxOrigins {
		var url string
		ok, err := c.one(ctx, []any{&url}, "SELECT url FROM captures INDEXED BY captures_url WHERE "+isAnswerType+" AND url >= ? ORDER BY url LIMIT 1", next)
		if err != nil || !ok {
			return all, err
		}
		origin := url
		if n := strings.Index(url, "://"); n >= 0 {
			if end := strings.IndexAny(url[n+3:], "/?#"); end >= 0 {
				origin = url[:n+3+end]
			}
		}
		if len(all) == 0 || all[len(all)-1] != origin {
			all = append(all, origin)
		}
		// Behind the URLs with a path: one with a query alone, or another host, may follow.
		if next = origin + "0"; next <= url {
			next = url + "\x00"
		}
	}
	return all, nil
}
