package catalog

import (
	"context"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Around are the captures of a URL at a time. The ID of one that there is not is empty.
type Around struct {
	At            archive.Capture // the nearest
	Before, After archive.Capture // those next to it
}

// CapturedAround finds the response, revisit or resource of a URL that was captured
// nearest to a time, and those before and after it, without the suppressed ones. Times
// are told apart by the second; of captures in one second, the last is found. It takes
// the same time for a URL with many captures as for one with few.
func (c *Catalog) CapturedAround(ctx context.Context, url string, t time.Time) (a Around, err error) {
	const of = `WHERE story = ? AND url = ? AND type IN ('response', 'revisit', 'resource')
		AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.url = captures.url AND h.record = x'' OR h.record = captures.id) `
	t = t.Truncate(time.Second)
	next := t.Add(time.Second)
	older, err := c.captures(ctx, of+"AND date < ? ORDER BY date DESC, id DESC LIMIT 2", int64(storyOf(url)), url, instant(next))
	if err != nil {
		return a, err
	}
	newer, err := c.captures(ctx, of+"AND date >= ? ORDER BY date, id LIMIT 2", int64(storyOf(url)), url, instant(next))
	if err != nil {
		return a, err
	}
	var none archive.Capture
	older, newer = append(older, none, none), append(newer, none, none)
	if newer[0].ID == "" || older[0].ID != "" && t.Sub(older[0].Time) <= newer[0].Time.Sub(t) {
		return Around{older[0], older[1], newer[0]}, nil
	}
	return Around{newer[0], older[0], newer[1]}, nil
}
