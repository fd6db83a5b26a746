package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// A clusterMachine is one of the machines of a cluster, as newsmorgue watch runs it.
type clusterMachine struct {
	flags clusterFlags
	dir   string // for the shards that it holds
	name  string // "" for the host name
	log   *slog.Logger

	// floor is the token in the head of a shard in the store, 0 if it has none.
	floor func(ctx context.Context, shard archive.Store) (int64, error)
	// waits say what the machine waits for besides the cluster's database; "" for nothing.
	waits []func() string
	// idle reports whether a shard has no run now; nil for always.
	idle func(shard int) bool
	// left stores what the folder has of shards that others own, until ctx ends; nil for
	// nothing.
	left func(ctx context.Context, dir string, info cluster.Info, store func(shard int) archive.Store, every time.Duration)
	// work crawls the sites of a shard: until the context ends, or between two runs
	// after lease.GiveBack was closed.
	work func(ctx context.Context, o shardWork) error
}

// shardWork is what work on a shard needs.
type shardWork struct {
	lease *cluster.Lease
	info  cluster.Info
	dir   string        // of the shard's archive
	store archive.Store // of the shard
	sites *siteStore    // of all shards, followed

	borrowed bool // by a command
	queue    bool // which needs the crawl queue
}

// run keeps the machine in the cluster and works on its shards until ctx is done.
func (m *clusterMachine) run(ctx context.Context, a *app) error {
	store, db, info, err := a.openCluster(ctx, &m.flags)
	if err != nil {
		return err
	}
	defer db.Close()
	name, err := m.machineName()
	if err != nil {
		return err
	}
	instance, unlock, err := cluster.Instance(m.dir, info)
	if errors.Is(err, archive.ErrBusy) {
		return fail(exitBusy, "stop that process, or use another folder; a crashed process releases its lock", "another process uses %s: %w", m.dir, err)
	}
	if err != nil {
		return clusterError(err)
	}
	defer unlock()
	sites := &cluster.Sites{Store: store}
	follow, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		sites.Follow(follow, a.tune.poll, m.log)
	}()
	defer func() { stop(); <-followed }()
	shardStore := func(shard int) archive.Store { return archive.SubStore(store, cluster.ShardPrefix(shard)) }
	member := &cluster.Member{
		DB: db, Info: info, Times: m.flags.times, Name: name, Instance: instance, Version: version(), Logger: m.log, Idle: m.idle,
		Floor: func(ctx context.Context, shard int) (int64, error) { return m.floor(ctx, shardStore(shard)) },
		Local: func(shard int) bool { return cluster.LocalShard(m.dir, shard) },
	}
	defer m.returnLeft(ctx, info, shardStore, cmp.Or(a.tune.poll, leftEvery))()
	defer m.sayWaiting(ctx, member, cmp.Or(a.tune.poll, sayEvery))()
	worker := &cluster.Worker{Logger: m.log, Work: func(ctx context.Context, l *cluster.Lease) error {
		return m.work(ctx, shardWork{
			lease: l, info: info, dir: cluster.ShardDir(m.dir, l.Shard), store: shardStore(l.Shard),
			sites: &siteStore{path: sites.String(), text: followedSites{sitesObject{sites}}},
		})
	}}
	return clusterError(worker.Run(ctx, member))
}

// returnLeft calls left until stop is called, after the last shard was given back.
func (m *clusterMachine) returnLeft(ctx context.Context, info cluster.Info, store func(shard int) archive.Store, every time.Duration) (stop func()) {
	if m.left == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.left(ctx, m.dir, info, store, every)
	}()
	return func() { cancel(); <-done }
}

// waitingFile is where a machine says what it waits for, in its folder.
const waitingFile = "waiting.json"

// machineReport is what a machine says about itself, also while the database is gone.
type machineReport struct {
	Machine string    `json:"machine"`
	At      time.Time `json:"at"`
	Shards  []string  `json:"shards"`
	Waiting []string  `json:"waiting,omitempty"`
}

// sayWaiting says again and again what the machine waits for, in the log if that is
// something and in a file of its folder, until stop is called.
func (m *clusterMachine) sayWaiting(ctx context.Context, member *cluster.Member, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause(ctx, every) == nil {
			r := machineReport{Machine: member.Name, At: time.Now().UTC(), Shards: []string{}}
			if since, err := member.Waiting(); err != nil {
				r.Waiting = append(r.Waiting, fmt.Sprintf("the database, since %s: %v", since.Local().Format(time.TimeOnly), err))
			}
			for _, wait := range m.waits {
				if why := wait(); why != "" {
					r.Waiting = append(r.Waiting, why)
				}
			}
			for _, l := range member.Held() {
				r.Shards = append(r.Shards, cluster.ShardName(l.Shard))
			}
			slices.Sort(r.Shards)
			if len(r.Waiting) > 0 {
				m.log.Warn("waiting", "for", strings.Join(r.Waiting, "; "))
			}
			if err := writeJSONFile(filepath.Join(m.dir, waitingFile), r); err != nil {
				m.log.Error("what the machine waits for is not written", "error", err)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// sayEvery is how often a machine says what it waits for.
const sayEvery = 10 * time.Second

// machineName is the name of the machine in the cluster.
func (m *clusterMachine) machineName() (string, error) {
	name := m.name
	if name == "" {
		host, err := os.Hostname()
		if err != nil {
			return "", fail(exitUsage, "name the machine with --machine NAME", "the machine has no host name: %w", err)
		}
		name = strings.ToLower(host)
	}
	if err := cluster.CheckName(name); err != nil {
		return "", fail(exitUsage, "name the machine with --machine NAME", "%w", err)
	}
	return name, nil
}

// has reports whether a site belongs to the shard.
func (o shardWork) has(name string, s siteSettings) bool {
	return s.shardOf(name, o.info.Shards) == o.lease.Shard
}

// of is those of the sites that belong to the shard.
func (o shardWork) of(sites map[string]siteSettings) map[string]siteSettings {
	mine := map[string]siteSettings{}
	for name, s := range sites {
		if o.has(name, s) {
			mine[name] = s
		}
	}
	return mine
}
