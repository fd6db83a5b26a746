package catalog

import (
	"context"
	"fmt"
)

// A History is what is known of an article over time, the oldest first.
type History struct {
	Versions []Version // as Catalog.Versions lists them
	Changes  []Change  // new, edited, moved, paywalled, gone and restored
}

// HistoryOf returns the versions of an article and what happened to it, under all the
// URLs that it had: as Versions and Changes, with its captures read once.
func (c *Catalog) HistoryOf(ctx context.Context, url string) (h History, err error) {
	all, _, err := c.lifeline(ctx, newKinship(c.db), storyOf(url))
	if err != nil {
		return h, fmt.Errorf("catalog: %w", err)
	}
	return History{versionsIn(all), changesIn(all)}, nil
}
