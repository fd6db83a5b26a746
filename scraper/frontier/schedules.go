package frontier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Followed returns since when a site's schedule is followed: the time of the first call
// with this text of it that no call with another one came after; now, if the clock was
// set back to before that. An empty text forgets the schedule.
func (f *Frontier) Followed(ctx context.Context, site, plan string, now time.Time) (since time.Time, err error) {
	if plan == "" {
		if _, err := f.db.ExecContext(ctx, "DELETE FROM schedules WHERE site = ?", site); err != nil {
			return time.Time{}, fmt.Errorf("frontier: %w", err)
		}
		return now, nil
	}
	old, since, err := f.Following(ctx, site)
	if err != nil || old == plan && !since.After(now) {
		return since, err
	}
	if _, err := f.db.ExecContext(ctx, "INSERT INTO schedules VALUES (?, ?, ?) ON CONFLICT (site) DO UPDATE SET plan = excluded.plan, since = excluded.since", site, plan, now.UnixMilli()); err != nil {
		return time.Time{}, fmt.Errorf("frontier: %w", err)
	}
	return now, nil
}

// Following returns the schedule that is followed for a site, as the text that Followed
// was called with, and since when; "" for none.
func (f *Frontier) Following(ctx context.Context, site string) (plan string, since time.Time, err error) {
	var ms int64
	err = f.db.QueryRowContext(ctx, "SELECT plan, since FROM schedules WHERE site = ?", site).Scan(&plan, &ms)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	if err != nil {
		return "", time.Time{}, fmt.Errorf("frontier: %w", err)
	}
	return plan, time.UnixMilli(ms), nil
}
