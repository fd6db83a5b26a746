package catalog

import (
	"context"
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Metadata lists the metadata records of a profile, such as "newsmorgue.audit/1", that
// have no target URI, the oldest first.
func (c *Catalog) Metadata(ctx context.Context, profile string) ([]archive.Capture, error) {
	// The index by story has the records without a URL together.
	return c.captures(ctx, "WHERE story = ? AND url = '' AND type = 'metadata' AND instr(mime, 'profile=' || ?) > 0 ORDER BY date, id", int64(storyOf("")), profile)
}

// Warcinfos lists the newest warcinfo records, at most limit, the newest first.
func (c *Catalog) Warcinfos(ctx context.Context, limit int) ([]archive.Capture, error) {
	return c.captures(ctx, "WHERE story = ? AND url = '' AND type = 'warcinfo' ORDER BY date DESC, id DESC LIMIT ?", int64(storyOf("")), limit)
}

// Select returns the current version of a URL as lists have it, if a filter selects it;
// ok is false if it does not, or if the URL has none or is suppressed.
func (c *Catalog) Select(ctx context.Context, f Filter, url string) (s Story, ok bool, err error) {
	where, args := f.where()
	if where == "" {
		where = "WHERE s.story = ?"
	} else {
		where += " AND s.story = ?"
	}
	found, err := c.find(ctx, where, append(args, int64(storyOf(url)))...)
	if err != nil || len(found) == 0 {
		return Story{}, false, err
	}
	return found[0], true, nil
}

// ReadingsOf lists the record IDs of all readings of a response.
func (c *Catalog) ReadingsOf(ctx context.Context, response string) (ids []string, err error) {
	story := "(SELECT story FROM captures WHERE id = ?1)" // the index by story finds them
	rows, err := c.db.QueryContext(ctx, "SELECT id FROM readings WHERE story = "+story+" AND response = ?1 ORDER BY id", recordID(response))
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id recordID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, string(id))
	}
	return ids, rows.Err()
}
