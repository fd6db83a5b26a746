package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// machineFlags are the flags of a machine of a cluster.
type machineFlags struct {
	clusterFlags
	dir, name, shared string
}

func (m *machineFlags) register(cmd *cobra.Command) {
	m.clusterFlags.register(cmd)
	f := cmd.Flags()
	f.StringVar(&m.dir, "dir", "", "as a machine of a cluster, keep its shards in this `folder`")
	f.StringVar(&m.name, "machine", "", "the `name` of this machine in the cluster (default: the host name)")
	f.StringVar(&m.shared, "shared-addresses", "", "a `file` with the addresses of front ends behind which are many sites, one IP address or network (CIDR) per line: sites there count by their host alone")
}

// addresses reads the file of --shared-addresses.
func (m *machineFlags) addresses() ([]netip.Prefix, error) {
	if m.shared == "" {
		return nil, nil
	}
	f, err := os.Open(m.shared)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := pgclock.ReadAddresses(f)
	if err != nil {
		return nil, fail(exitUsage, "write one IP address or network per line, such as 192.0.2.0/24", "--shared-addresses %s: %w", m.shared, err)
	}
	return all, nil
}

// isCluster reports whether -a names the store of a cluster.
func (a *app) isCluster(ctx context.Context) (bool, error) {
	store, _, err := a.clusterStore(ctx)
	return store != nil, err
}

// watchCluster runs a machine of a cluster until it is stopped.
func (a *app) watchCluster(cmd *cobra.Command, f *machineFlags, atOnce int, t watchTells, s *storeFlags) error {
	ctx := cmd.Context()
	settings, err := s.check()
	if err != nil {
		return err
	}
	switch {
	case s.url != "":
		return usage("--store is for an archive of one machine; -a names the store of the cluster")
	case f.dir == "":
		return fail(exitUsage, "newsmorgue watch --help shows an example", "a machine of a cluster needs --dir, a folder for its shards")
	case t.listen != "":
		return usage("--listen is for an archive of one machine; newsmorgue cluster status shows the machines of a cluster")
	}
	shared, err := f.addresses()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	log := a.logger(slog.LevelInfo, true)
	f.times = a.tune.times
	machine := &clusterMachine{flags: f.clusterFlags, dir: f.dir, name: f.name, log: log, floor: shardFloor}
	name, err := machine.machineName()
	if err != nil {
		return err
	}
	// The cluster is checked before a clock is taken: the errors are about the whole.
	_, db, _, err := a.openCluster(ctx, &f.clusterFlags)
	if err != nil {
		return err
	}
	db.Close()
	clocks, err := pgclock.Open(ctx, f.url(), pgclock.Options{Machine: name, Lease: f.times.Lease, Silence: a.tune.silence, SharedAddresses: shared, Loopback: len(a.tune.dial) > 0})
	if err != nil {
		return clusterError(err)
	}
	defer clocks.Close()
	crawler := &shardCrawler{
		app: a, name: name, clocks: clocks, log: log, budget: keep.MemoryBudget(), cache: archive.NewCache(cacheOfShards),
		runs: make(chan struct{}, atOnce), shipEvery: settings.every, unstored: settings.maxUnstored, keepLocal: settings.keepLocal, lastWords: endOfShard, tells: t,
	}
	machine.work, machine.idle, machine.left = crawler.work, crawler.shards.idle, crawler.returnLeft
	machine.waits = []func() string{clocks.Waiting, crawler.unstoredFor}
	if !a.quiet {
		fmt.Fprintf(a.stderr, "machine %s: shards in %s; Ctrl-C stops cleanly\n", name, absolute(f.dir))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { // a newer program has changed the clocks: no host will be asked again
		for pause(ctx, time.Second) == nil {
			if err := clocks.Err(); err != nil {
				cancel(err)
			}
		}
	}()
	if err := machine.run(ctx, a); err != nil {
		return err
	}
	return clusterError(clocks.Err())
}

const (
	// cacheOfShards bounds what is kept in memory of the stored segments of all shards, in
	// bytes.
	cacheOfShards = 64 << 20
	// endOfShard bounds what is done for a shard after its work has ended.
	endOfShard = time.Minute
)

// unstoredFor says since when something is not stored, if that is longer than a pass
// should take.
func (m *shardCrawler) unstoredFor() string {
	u := m.shards.unstored()
	if u.Since.IsZero() || time.Since(u.Since) < 2*max(m.shipEvery, 5*time.Second) {
		return ""
	}
	return "the store: " + unstoredText(u, time.Now()) + " is not stored"
}

// url is the database's; "" leaves it to the variables of PostgreSQL's own programs.
func (f *clusterFlags) url() string { return cmp.Or(f.database, databaseFromEnvironment()) }
