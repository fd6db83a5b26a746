package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// borrowHelp is in the help of each command that writes, and can do so in a cluster.
const borrowHelp = `Of a cluster (-a with the URL of its store), the command asks the owner of each shard for it, which takes up to
30 seconds: the runs of its sites are stopped, and continue afterwards. What the command writes, it stores.

`

// borrowFlags are the flags of commands that write, for when -a names a cluster.
type borrowFlags struct {
	clusterFlags
	dir string
}

func (f *borrowFlags) register(cmd *cobra.Command) {
	f.clusterFlags.register(cmd)
	cmd.Flags().StringVar(&f.dir, "dir", "", "for a cluster: work in this `folder` (default: one in the user's cache folder)")
}

// A borrower is a command that borrows the shards of a cluster, one after the other.
type borrower struct {
	app   *app
	store archive.Store
	db    *cluster.DB
	info  cluster.Info
	dir   string // where it works
	name  string // unlike that of all machines and other commands
	cache *archive.Cache
	log   *slog.Logger

	unlock func()
}

// borrower returns nil if -a does not name a cluster. It must be closed.
func (a *app) borrower(ctx context.Context, f *borrowFlags) (*borrower, error) {
	if shared, err := a.isCluster(ctx); err != nil || !shared {
		return nil, clusterError(err)
	}
	store, db, info, err := a.openCluster(ctx, &f.clusterFlags)
	if err != nil {
		return nil, err
	}
	b := &borrower{app: a, store: store, db: db, info: info, dir: f.dir, cache: archive.NewCache(cacheOfShards), log: a.logger(slog.LevelWarn, false), unlock: func() {}}
	if err := b.open(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// open prepares the work folder. Two commands take turns in one.
func (b *borrower) open(ctx context.Context) error {
	if b.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fail(exitUsage, "name a folder with --dir", "no folder to work in: %w", err)
		}
		b.dir = filepath.Join(cache, "newsmorgue", b.info.ID, "work")
	}
	if _, err := os.Stat(filepath.Join(b.dir, waitingFile)); err == nil {
		return fail(exitUsage, "leave out --dir, or name another folder", "%s is the folder of a machine of the cluster", b.dir)
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil || cluster.CheckName(strings.ToLower(host)) != nil {
		host = "command"
	}
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return err
	}
	b.name = fmt.Sprintf("%.30s-%d-%s", strings.ToLower(host), os.Getpid(), hex.EncodeToString(random[:]))
	wait, cancel := context.WithTimeout(ctx, b.patience())
	defer cancel()
	for {
		_, unlock, err := cluster.Instance(b.dir, b.info)
		if err == nil {
			b.unlock = unlock
			return nil
		}
		if !errors.Is(err, archive.ErrBusy) {
			return clusterError(err)
		}
		if pause(wait, 200*time.Millisecond) != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fail(exitBusy, "wait for it, or use another folder: --dir DIR", "another command works in %s", b.dir)
		}
	}
}

func (b *borrower) close() {
	b.unlock()
	b.db.Close()
}

// patience is how long the command waits for a shard: its owner may have died a moment
// ago, and its lease ends by itself.
func (b *borrower) patience() time.Duration {
	return 2*cmp.Or(b.app.tune.times.Lease, time.Minute) + 10*time.Second
}

func (b *borrower) shardStore(shard int) archive.Store {
	return archive.SubStore(b.store, cluster.ShardPrefix(shard))
}

// stored lists the shards that have an archive.
func (b *borrower) stored(ctx context.Context) (shards []int, err error) {
	for shard := range b.info.Shards {
		r, _, err := b.shardStore(shard).ReadRange(ctx, "archive.json", 0, 1)
		switch {
		case err == nil:
			r.Close()
			shards = append(shards, shard)
		case !errors.Is(err, archive.ErrNoObject):
			return nil, err
		}
	}
	return shards, nil
}

// sayLater is how long a command waits for a shard before it says so.
const sayLater = 3 * time.Second

// borrow does something with a shard while the command owns it, and stores what that
// wrote; queue says whether it needs the crawl queue.
func (b *borrower) borrow(ctx context.Context, shard int, queue bool, do func(ctx context.Context, s *heldShard) error) error {
	member := &cluster.Member{
		DB: b.db, Info: b.info, Times: b.app.tune.times, Name: b.name, Version: version(), Logger: b.log,
		Floor: func(ctx context.Context, shard int) (int64, error) { return shardFloor(ctx, b.shardStore(shard)) },
	}
	wait, cancel := context.WithTimeout(ctx, b.patience())
	defer cancel()
	say := time.AfterFunc(sayLater, func() {
		if !b.app.quiet {
			fmt.Fprintf(b.app.stderr, "waiting for shard %s: its owner stops the runs of its sites…\n", cluster.ShardName(shard))
		}
	})
	defer say.Stop()
	err := cluster.Borrow(ctx, wait, member, shard, func(held context.Context, l *cluster.Lease) error {
		say.Stop()
		err := b.with(held, l, queue, do)
		if gone := l.Err(); gone != nil && ctx.Err() == nil {
			return fail(exitFailed, "run the same command again: it continues", "%w", gone)
		}
		return err
	})
	return clusterError(err)
}

// shipEvery is how often a command stores what it has written, while it works.
const shipEvery = time.Minute

// with makes the folder of a shard the newest, does something in it, and stores the result
// also if that failed or was interrupted.
func (b *borrower) with(ctx context.Context, l *cluster.Lease, queue bool, do func(context.Context, *heldShard) error) error {
	s, err := takeShard(ctx, shardWork{lease: l, info: b.info, dir: cluster.ShardDir(b.dir, l.Shard), store: b.shardStore(l.Shard), borrowed: true, queue: queue}, b.name, b.cache, b.log)
	if err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	shipped := make(chan struct{})
	go func() {
		defer close(shipped)
		s.mirror.Run(working, shipEvery)
	}()
	err = do(ctx, s)
	stop()
	<-shipped
	if l.Err() == nil {
		end, cancel := afterwards(ctx)
		defer cancel()
		err = errors.Join(err, s.mirror.Ship(end))
	}
	return errors.Join(err, s.ar.Close())
}

// afterwards is for what is stored at the end: it has a minute if the command was
// interrupted, else as long as it takes.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), endOfShard)
}

// look reads the stored archive of a shard, without asking its owner: what was not stored
// yet is missing.
func (b *borrower) look(ctx context.Context, shard int, do func(ar *archive.Archive, c *catalog.Catalog) error) error {
	dir, store := filepath.Join(b.dir, "read", cluster.ShardName(shard)), b.shardStore(shard)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	head, _, err := mirror.ReadHead(ctx, store)
	if err != nil {
		return err
	}
	if _, err := mirror.Fetch(ctx, store, dir); err != nil {
		return err
	}
	ar, err := archive.Open(dir)
	if err != nil {
		return err
	}
	defer ar.Close()
	ar.UseCache(b.cache)
	if err := ar.Attach(ctx, store); err != nil {
		return err
	}
	if err := fetchCatalog(ctx, ar, store, head, b.log); err != nil {
		return err
	}
	c, err := catalog.OpenReadOnly(ctx, ar)
	if err != nil {
		return err
	}
	defer c.Close()
	return do(ar, c)
}

// dropLook removes what look keeps of a shard, because of what was erased.
func (b *borrower) dropLook(shard int) error {
	return os.RemoveAll(filepath.Join(b.dir, "read", cluster.ShardName(shard)))
}

// refuseCluster returns an error if -a names a cluster, for commands that cannot work on
// one.
func (a *app) refuseCluster(ctx context.Context, command string) error {
	if shared, err := a.isCluster(ctx); err != nil || !shared {
		return clusterError(err)
	}
	return fail(exitUsage, "on the machine that owns a shard, use -a DIR/shards/NN while newsmorgue watch is stopped",
		"newsmorgue %s works on the archive of one machine, and %s is a cluster", command, a.folder())
}
