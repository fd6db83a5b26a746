package frontier

import (
	"context"
	"fmt"
	"time"
)

// spentSchema is how many requests a crawl made on a day, in days since 1970 (UTC).
const spentSchema = `
CREATE TABLE spent (site TEXT PRIMARY KEY, day INTEGER NOT NULL, requests INTEGER NOT NULL) WITHOUT ROWID;
`

// spendQuery counts a request unless the day has had as many as it may.
const spendQuery = `INSERT INTO spent VALUES (?1, ?2, 1) ON CONFLICT (site) DO UPDATE SET requests = CASE WHEN day = ?2 THEN requests + 1 ELSE 1 END, day = ?2
	WHERE day != ?2 OR ?3 = 0 OR requests < ?3`

// Spend counts a request of a crawl, in whatever run, and reports whether it may be
// made: at most so many on one day (UTC), if most is not 0.
func (f *Frontier) Spend(ctx context.Context, site string, most int) (ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	spend, err := f.prepared(ctx, spendQuery)
	if err != nil {
		return false, err
	}
	res, err := spend.ExecContext(ctx, site, day(time.Now()), most)
	if err != nil {
		return false, fmt.Errorf("frontier: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }
