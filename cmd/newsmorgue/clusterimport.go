package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// importFiles imports files into the shards of a cluster: each record into the shard of
// its URL's host. The files are read once to find the shards, and once for each of these.
func (b *borrower) importFiles(ctx context.Context, f importFlags, argv []string) error {
	filter, err := f.filter()
	if err != nil {
		return err
	}
	argv, remove, err := b.spool(argv)
	if err != nil {
		return err
	}
	defer remove()
	shards, err := b.shardsIn(ctx, &f, argv)
	if err != nil {
		return err
	}
	sum := &keep.Imported{}
	run := func(ctx context.Context, s *heldShard) error {
		sources, err := b.app.importSources(&f, argv)
		if err != nil {
			return err
		}
		here := filter
		here.Hosts = func(host string) bool { return cluster.ShardOf(host, b.info.Shards) == s.lease.Shard }
		if filter.MaxArticles > 0 {
			if here.MaxArticles = filter.MaxArticles - sum.Articles; here.MaxArticles <= 0 {
				return nil
			}
		}
		report, err := b.app.importInto(ctx, s.ar, f, here, sources)
		if report == nil {
			return err
		}
		sum.Add(report)
		if report.Written()+report.Erased == 0 || s.lease.Err() != nil {
			return err
		}
		if report.Erased > 0 {
			end := context.WithoutCancel(ctx)
			return errors.Join(err, s.mirror.Ship(end), s.saveCatalog(end, true))
		}
		return errors.Join(err, s.saveAfter(ctx))
	}
	err = b.each(ctx, shards, false, run)
	sum.Archive = b.store.String()
	if b.app.json {
		if perr := b.app.printJSON(sum); perr != nil {
			return errors.Join(err, perr)
		}
	} else {
		b.app.printImported(sum)
		fmt.Fprintf(b.app.stdout, "  in %s\n", count(len(shards), "shard"))
	}
	return b.app.importResult(ctx, sum, err)
}

// shardsIn reads the files and finds the shards that they have records of.
func (b *borrower) shardsIn(ctx context.Context, f *importFlags, argv []string) ([]int, error) {
	sources, err := b.app.importSources(f, argv)
	if err != nil {
		return nil, err
	}
	show := b.app.newJob()
	defer show.end()
	found := map[int]bool{}
	known := map[string]bool{} // hosts, so that each is hashed once
	err = keep.ImportHosts(ctx, sources, func(done, total int64, what string) {
		show.read(done, total, "looking for sites in "+filepath.Base(what))
	}, func(host string) {
		if !known[host] {
			if len(known) >= maxKnownHosts {
				clear(known)
			}
			known[host] = true
			found[cluster.ShardOf(host, b.info.Shards)] = true
		}
	})
	if err != nil && ctx.Err() != nil {
		return nil, fail(exitInterrupted, "run the same command to resume", "%w", errInterrupted)
	}
	if err != nil {
		return nil, err
	}
	var shards []int
	for shard := range found {
		shards = append(shards, shard)
	}
	slices.Sort(shards)
	return shards, nil
}

// maxKnownHosts bounds the hosts that are remembered while files are read.
const maxKnownHosts = 100_000

// spool writes standard input to a file, as files are read several times.
func (b *borrower) spool(argv []string) (files []string, remove func(), err error) {
	remove = func() {}
	i := slices.Index(argv, "-")
	if i < 0 {
		return argv, remove, nil
	}
	dir, err := os.MkdirTemp(b.dir, "stdin-")
	if err != nil {
		return nil, remove, err
	}
	remove = func() { os.RemoveAll(dir) }
	path := filepath.Join(dir, "standard-input.warc")
	f, err := os.Create(path)
	if err == nil {
		_, err = io.Copy(f, b.app.stdin)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		remove()
		return nil, func() {}, fmt.Errorf("keep standard input in %s: %w", dir, err)
	}
	files = slices.Clone(argv)
	files[i] = path
	return files, remove, nil
}
