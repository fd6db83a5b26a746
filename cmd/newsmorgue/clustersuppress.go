package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// suppress suppresses a page or a record in every shard that has it.
func (b *borrower) suppress(ctx context.Context, s catalog.Suppression, ref string) error {
	shards, err := b.havers(ctx, ref)
	if err != nil {
		return err
	}
	erased := false
	for _, shard := range shards {
		err := b.borrow(ctx, shard, false, func(ctx context.Context, h *heldShard) error {
			return b.suppressIn(ctx, h, s, ref)
		})
		if errors.Is(err, errNoPage) && len(shards) > 1 {
			continue // its captures are in the other shards
		}
		if err != nil {
			return err
		}
		erased = erased || s.Erase
		if erased {
			if err := b.dropLook(shard); err != nil {
				return err
			}
		}
	}
	if erased && !b.app.json {
		fmt.Fprintln(b.app.stdout, "  copies may remain in the caches of readers until they read the archive again, on disks of machines that have left the\n"+
			"  cluster, in exports, and in the store itself if it keeps earlier versions of objects")
	}
	return nil
}

// havers lists the shards in which a suppression has to be: that of the URL's site, so
// that no crawl fetches it, and those with captures, readings or a ledger that name it.
func (b *borrower) havers(ctx context.Context, ref string) ([]int, error) {
	stored, err := b.stored(ctx)
	if err != nil {
		return nil, err
	}
	found := map[int]bool{}
	if u, err := url.Parse(spelling(ref)); err == nil && u.Hostname() != "" {
		found[cluster.ShardOf(u.Hostname(), b.info.Shards)] = true
	}
	var missing error
	for _, shard := range stored {
		err := b.look(ctx, shard, func(_ *archive.Archive, c *catalog.Catalog) error {
			page, _, err := b.app.target(ctx, c, ref)
			if err != nil {
				return err
			}
			found[shard] = true
			if u, err := url.Parse(page); err == nil && u.Hostname() != "" {
				found[cluster.ShardOf(u.Hostname(), b.info.Shards)] = true
			}
			return nil
		})
		if errors.Is(err, errNoPage) {
			missing = err
		} else if err != nil {
			return nil, err
		}
	}
	if len(found) == 0 && missing == nil {
		missing = fail(exitFailed, "newsmorgue archive URL adds a site", "nothing is in this cluster yet")
	}
	if len(found) == 0 {
		return nil, missing
	}
	var shards []int
	for shard := range found {
		shards = append(shards, shard)
	}
	slices.Sort(shards)
	return shards, nil
}

// suppressIn suppresses in one shard, and stores that before it returns.
func (b *borrower) suppressIn(ctx context.Context, h *heldShard, s catalog.Suppression, ref string) error {
	c, err := b.app.catalogOf(ctx, h.ar)
	if err != nil {
		return err
	}
	err = b.app.suppressIn(ctx, h.ar, c, s, ref)
	if err = errors.Join(err, c.Close()); err != nil {
		return err
	}
	if err := h.mirror.Ship(ctx); err != nil {
		return fmt.Errorf("what is suppressed is not stored yet; run the same command again: %w", err)
	}
	return h.saveCatalog(ctx, s.Erase)
}

// ledger prints the ledgers of all shards.
func (b *borrower) ledger(ctx context.Context) error {
	shards, err := b.stored(ctx)
	if err != nil {
		return err
	}
	var all []catalog.Suppression
	for _, shard := range shards {
		err := b.look(ctx, shard, func(_ *archive.Archive, c *catalog.Catalog) error {
			ledger, err := c.Ledger(ctx)
			all = append(all, ledger...)
			return err
		})
		if errors.Is(err, mirror.ErrOtherArchive) {
			err = errors.Join(err, b.dropLook(shard))
		}
		if err != nil {
			return err
		}
	}
	slices.SortStableFunc(all, func(a, b catalog.Suppression) int { return a.Date.Compare(b.Date) })
	return b.app.printLedger(all)
}
