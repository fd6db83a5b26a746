package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// each does something with shards, one after the other, and says which. What is damaged in
// one, or held by another process, does not keep it from the others; the error is the
// worst.
func (b *borrower) each(ctx context.Context, shards []int, queue bool, do func(ctx context.Context, s *heldShard) error) error {
	var worst error
	for i, shard := range shards {
		if !b.app.quiet && !b.app.json {
			fmt.Fprintf(b.app.stderr, "shard %s (%d of %d)\n", cluster.ShardName(shard), i+1, len(shards))
		}
		err := b.borrow(ctx, shard, queue, do)
		code, hint := exitDone, ""
		if err != nil {
			code, hint = exitCode(err)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return err
		case code != exitDamaged && code != exitBusy && code != exitPartly:
			return fail(code, hint, "shard %s: %w", cluster.ShardName(shard), err)
		case worst == nil || rank(code) > rank(codeOf(worst)):
			worst = fail(code, hint, "shard %s: %w", cluster.ShardName(shard), err)
		}
	}
	return worst
}

func codeOf(err error) int {
	code, _ := exitCode(err)
	return code
}

// rank orders the exit codes of shards, the worst last.
func rank(code int) int {
	return slices.Index([]int{exitDone, exitPartly, exitBusy, exitDamaged}, code)
}

// of lists those of the shards that have an archive in which sites are crawled.
func (b *borrower) of(ctx context.Context, sites []string) ([]int, error) {
	shards, err := b.stored(ctx)
	if err != nil || len(sites) == 0 {
		return shards, err
	}
	store, _, err := b.app.clusterSites(ctx)
	if err != nil {
		return nil, clusterError(err)
	}
	settings, err := store.load()
	if err != nil {
		return nil, err
	}
	want := map[int]bool{}
	for _, site := range sites {
		want[settings[site].shardOf(site, b.info.Shards)] = true
	}
	return slices.DeleteFunc(shards, func(shard int) bool { return !want[shard] }), nil
}

// reextract reads the stored pages of all shards again, or of those of some sites.
func (b *borrower) reextract(ctx context.Context, sites []string, dryRun bool) error {
	shards, err := b.of(ctx, sites)
	if err != nil {
		return err
	}
	if len(shards) == 0 {
		return fail(exitFailed, "newsmorgue schedule list shows the sites", "nothing is stored of these sites in the cluster")
	}
	return b.each(ctx, shards, false, func(ctx context.Context, s *heldShard) error {
		r := &keep.Reextract{Archive: s.ar, Sites: sites, DryRun: dryRun, Software: software()}
		written, err := b.app.reextract(ctx, r, s.store.String())
		if written == 0 || s.lease.Err() != nil {
			return err
		}
		return errors.Join(err, s.saveAfter(ctx))
	})
}

// saveAfter stores what a command wrote, and the catalog with it.
func (s *heldShard) saveAfter(ctx context.Context) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := s.mirror.Ship(ctx); err != nil {
		return err
	}
	return s.saveCatalog(ctx, false)
}

// repair repairs all shards.
func (b *borrower) repair(ctx context.Context) error {
	shards, err := b.stored(ctx)
	if err != nil {
		return err
	}
	return b.each(ctx, shards, true, func(ctx context.Context, s *heldShard) error {
		m, err := b.app.repairIn(ctx, s.ar)
		switch {
		case m == nil || len(m.Losses) == 0 && len(m.URLs) == 0 || s.lease.Err() != nil:
			return err
		case len(m.URLs) == 0:
			return errors.Join(err, s.saveAfter(ctx))
		}
		// The queue has lost pages that are due again, which the owner's own has not: it
		// takes this one, and follows what it lacks from the records.
		s.lent = nil
		return errors.Join(err, s.finish(ctx, true))
	})
}

// requestUpdates asks the machines of a cluster for runs of sites, of all if none is named.
func (a *app) requestUpdates(cmd *cobra.Command, sites *siteStore, info cluster.Info, c *crawlFlags, refs []string) error {
	all, err := sites.load()
	if err != nil {
		return err
	}
	var names []string
	for _, ref := range refs {
		name, err := pickSite(all, ref)
		if err != nil {
			return err
		}
		names = append(names, name)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if len(refs) == 0 && !all[name].Paused {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return fail(exitFailed, "newsmorgue archive URL adds a site", "this cluster has no sites to update")
	}
	values := c.given(cmd)
	if c.maxPerDay < 0 {
		return usage("%s is %d; it cannot be negative", maxPerDayFlag, c.maxPerDay)
	}
	requested := time.Now().UTC().Format(time.RFC3339)
	values["requested"] = requested
	err = sites.edit(func(text string) (string, error) {
		for _, name := range names {
			var err error
			if text, err = setKeys(text, name, values); err != nil {
				return "", err
			}
		}
		return text, nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		shard := all[name].shardOf(name, info.Shards)
		if a.json {
			if err := a.printJSON(map[string]any{"site": name, "status": "requested", "requested": requested, "shard": shard}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.stdout, "%s: requested; the machine that owns shard %s updates it\n", plain(name), cluster.ShardName(shard))
	}
	return nil
}
