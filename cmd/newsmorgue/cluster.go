package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// clusterFlags are the flags of all commands that need the database.
type clusterFlags struct {
	database string
	times    cluster.Times // other than the usual ones in tests
}

func (f *clusterFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.database, "database", "", "the PostgreSQL `URL`, without the password (default: $NEWSMORGUE_DATABASE, else PGHOST, PGUSER, …)")
}

func (f *clusterFlags) connect(ctx context.Context) (*cluster.DB, error) {
	db, err := cluster.Connect(ctx, f.url())
	return db, clusterError(err)
}

func (a *app) clusterCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "Share one archive among many machines",
		Long: `Shares one archive among many machines. The archive is cut into shards by the registrable domains of its
sites; each shard is an ordinary archive, and one machine at a time owns it. PostgreSQL holds who owns which
shard and when each host may be asked; the store (-a), a bucket or a folder that all machines share, holds what
is kept. newsmorgue watch on each machine does the work.

The password of the database belongs into ~/.pgpass or $PGPASSWORD: the list of processes shows --database to
everybody.

` + exitHelp,
		Args: args(0, 0, "a command: init, status, drain or forget"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.clusterInit(), a.clusterStatus(), a.clusterDrain(), a.clusterForget())
	return cmd
}

func (a *app) clusterInit() *cobra.Command {
	var f clusterFlags
	var shards int
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a cluster of an empty store and an empty database",
		Long: `Makes a cluster of an empty store and an empty database. Running it again is safe. The number of shards is
fixed for the life of the cluster; a machine holds 64 of them at most.

` + exitHelp,
		Example: `  newsmorgue cluster init -a s3://news/morgue --database postgres://newsmorgue@db.example.org/newsmorgue --shards 64`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("shards") && (shards < 1 || shards > cluster.MaxShards) {
				return usage("--shards is %d; 1 to %d are possible", shards, cluster.MaxShards)
			}
			if a.dir == "" && archiveFromEnvironment() == "" {
				return fail(exitUsage, "newsmorgue cluster init --help shows an example", "cluster init needs -a with the URL of a bucket, or a folder that all machines share")
			}
			ctx := cmd.Context()
			db, err := f.connect(ctx)
			if err != nil {
				return err
			}
			defer db.Close()
			store, err := openStore(a.folder())
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("shards") {
				shards = 0
			}
			info, created, err := cluster.Init(ctx, store, db, shards, a.tune.times)
			if err == nil {
				err = pgclock.Setup(ctx, f.url())
			}
			if err != nil {
				return clusterError(err)
			}
			status := "exists already"
			if created {
				status = "created"
			}
			if a.json {
				return a.printJSON(map[string]any{"id": info.ID, "store": store.String(), "database": db.String(), "shards": info.Shards, "created": info.Created.Format(time.RFC3339), "status": status})
			}
			fmt.Fprintf(a.stdout, "cluster %s %s: %s in %s, database %s\n", info.ID, status, count(info.Shards, "shard"), store, db)
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().IntVar(&shards, "shards", 64, "cut the archive into this many shards")
	return cmd
}

// openCluster opens the cluster that -a names, and its database.
func (a *app) openCluster(ctx context.Context, f *clusterFlags) (archive.Store, *cluster.DB, cluster.Info, error) {
	store, info, err := a.clusterStore(ctx)
	if err == nil && store == nil {
		err = fail(exitNoArchive, "newsmorgue cluster init makes one", "%s is not a cluster", a.folder())
	}
	if err != nil {
		return nil, nil, info, clusterError(err)
	}
	db, err := f.connect(ctx)
	if err != nil {
		return nil, nil, info, err
	}
	if info, err = cluster.Open(ctx, store, db); err != nil {
		db.Close()
		return nil, nil, info, clusterError(err)
	}
	return store, db, info, nil
}

func (a *app) clusterStatus() *cobra.Command {
	var f clusterFlags
	var dir string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the machines and who holds which shard",
		Long: `Shows the machines of the cluster and who holds which shard, as the database says. With --dir, shows what the
machine of that folder says of itself: its shards, and what it waits for. That needs neither the database nor the
store.

` + exitHelp,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir != "" {
				return a.printMachine(dir)
			}
			_, db, info, err := a.openCluster(cmd.Context(), &f)
			if err != nil {
				return err
			}
			defer db.Close()
			st, err := cluster.ReadStatus(cmd.Context(), db, info, a.tune.times)
			if err != nil {
				return clusterError(err)
			}
			return a.printCluster(info, st)
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&dir, "dir", "", "show what the machine of this `folder` says of itself")
	return cmd
}

func (a *app) printCluster(info cluster.Info, st cluster.Status) error {
	if a.json {
		return a.printJSON(clusterJSON(info, st))
	}
	held := 0
	for _, s := range st.Shards {
		if s.Held(st.Now) {
			held++
		}
	}
	fmt.Fprintf(a.stdout, "cluster %s: %d of %s held\n", info.ID, held, count(info.Shards, "shard"))
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MACHINE\tSTATE\tSHARDS\tSEEN\tVERSION")
	for _, m := range st.Machines {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s ago\t%s\n", plain(m.Name), machineState(m), m.Shards, formatDuration(max(0, st.Now.Sub(m.Seen))), plain(m.Version))
	}
	fmt.Fprintln(w, "\nSHARD\tHOLDER\tLEASE\tTOKEN\tWANTED BY")
	for _, s := range st.Shards {
		holder, lease := "-", "free"
		switch left := s.Until.Sub(st.Now); {
		case s.Held(st.Now):
			holder, lease = plain(s.Holder), formatDuration(left)+" left"
		case s.Holder != "":
			holder, lease = plain(s.Holder), "ended "+formatDuration(-left)+" ago"
		case left > 0:
			lease = "free in " + formatDuration(left)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", cluster.ShardName(s.Shard), holder, lease, s.Token, plain(s.Wanted))
	}
	return w.Flush()
}

func machineState(m cluster.Machine) string {
	switch {
	case m.Stopped:
		return "stopped"
	case !m.Alive:
		return "silent"
	case m.Draining:
		return "draining"
	}
	return "alive"
}

// clusterJSON is the status as --json prints it.
func clusterJSON(info cluster.Info, st cluster.Status) map[string]any {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	machines, shards := []map[string]any{}, []map[string]any{}
	for _, m := range st.Machines {
		machines = append(machines, map[string]any{"machine": m.Name, "state": machineState(m), "draining": m.Draining, "shards": m.Shards, "seen": at(m.Seen), "began": at(m.Began), "version": m.Version})
	}
	for _, s := range st.Shards {
		line := map[string]any{"shard": s.Shard, "held": s.Held(st.Now), "token": s.Token, "until": at(s.Until)}
		if s.Holder != "" {
			line["holder"] = s.Holder
		}
		if s.Wanted != "" {
			line["wanted_by"] = s.Wanted
		}
		shards = append(shards, line)
	}
	return map[string]any{"cluster": info.ID, "now": at(st.Now), "machines": machines, "shards": shards}
}

func (a *app) clusterDrain() *cobra.Command {
	var f clusterFlags
	var undo bool
	cmd := &cobra.Command{
		Use:   "drain MACHINE",
		Short: "Let a machine give back all its shards, and take none",
		Long: `Lets a machine give back all its shards and take none, and waits until it has; its runs are stopped and continue
on the other machines. It stays so until drain --undo, also after a restart.

` + exitHelp,
		Example: `  newsmorgue cluster drain crawler-3 -a s3://news/morgue`,
		Args:    args(1, 1, "one machine"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			ctx, name := cmd.Context(), argv[0]
			_, db, info, err := a.openCluster(ctx, &f)
			if err != nil {
				return err
			}
			defer db.Close()
			if err := cluster.Drain(ctx, db, name, !undo); err != nil {
				return clusterError(err)
			}
			status := "takes its share again"
			if !undo {
				status = "drained"
				if err := a.waitDrained(ctx, db, info, name, a.tune.times); err != nil {
					return err
				}
			}
			if a.json {
				return a.printJSON(map[string]any{"machine": name, "status": status})
			}
			fmt.Fprintf(a.stdout, "%s: %s\n", plain(name), status)
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&undo, "undo", false, "let the machine take its share again")
	return cmd
}

// waitDrained waits until a machine holds no shard.
func (a *app) waitDrained(ctx context.Context, db *cluster.DB, info cluster.Info, name string, times cluster.Times) error {
	said := time.Time{}
	for {
		st, err := cluster.ReadStatus(ctx, db, info, times)
		if err != nil {
			return clusterError(err)
		}
		m, ok := st.Machine(name)
		if !ok || m.Shards == 0 {
			return nil
		}
		if time.Since(said) >= 10*time.Second && !a.quiet {
			fmt.Fprintf(a.stderr, "%s: waiting for it to give back %s\n", plain(name), count(m.Shards, "shard"))
			said = time.Now()
		}
		select {
		case <-ctx.Done():
			return fail(exitInterrupted, "the machine goes on giving back its shards", "%w", errInterrupted)
		case <-time.After(time.Second):
		}
	}
}

func (a *app) clusterForget() *cobra.Command {
	var f clusterFlags
	var force bool
	cmd := &cobra.Command{
		Use:   "forget MACHINE",
		Short: "Remove a dead machine from the list",
		Long: `Removes a dead machine from the list of machines, and frees its shards. A machine that was alive within the last
minute is refused. With --force it is removed, too, and others may take its shards at once: make sure that it is
switched off.

` + exitHelp,
		Example: `  newsmorgue cluster forget crawler-3 -a s3://news/morgue`,
		Args:    args(1, 1, "one machine"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			_, db, _, err := a.openCluster(cmd.Context(), &f)
			if err != nil {
				return err
			}
			defer db.Close()
			freed, err := cluster.Forget(cmd.Context(), db, argv[0], f.times, force)
			if err != nil {
				return clusterError(err)
			}
			if a.json {
				return a.printJSON(map[string]any{"machine": argv[0], "status": "forgotten", "freed": freed})
			}
			fmt.Fprintf(a.stdout, "%s: forgotten; %s freed\n", plain(argv[0]), count(freed, "shard"))
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "also if it seems to be alive; make sure that it is switched off")
	return cmd
}

// clusterError gives errors of a cluster their exit code and hint.
func clusterError(err error) error {
	var newer *pgclock.NewerError
	if errors.As(err, &newer) {
		return &exitError{code: exitNewer, err: err, hint: "use the version of newsmorgue that the other machines have, or a newer one"}
	}
	var told *exitError
	if err == nil || errors.As(err, &told) {
		return err
	}
	for _, e := range []struct {
		is   error
		code int
		hint string
	}{
		{cluster.ErrNewerSchema, exitNewer, "use the version of newsmorgue that the other machines have, or a newer one"},
		{cluster.ErrNotCluster, exitNoArchive, "newsmorgue cluster init makes one"},
		{cluster.ErrOtherCluster, exitDamaged, "each cluster has a store and a database of its own; check -a and --database"},
		{cluster.ErrOtherShards, exitFailed, "leave out --shards, or make a new cluster with another store and database"},
		{archive.ErrUnsafeStore, exitFailed, "two machines would overwrite each other's changes; use a store that supports If-None-Match and If-Match, such as Amazon S3, MinIO, Ceph or versitygw"},
		{archive.ErrForeign, exitFailed, "a cluster needs a bucket, a prefix or a folder of its own"},
		{cluster.ErrReadOnly, exitFailed, "name the primary server: a replica and a read-only login cannot hold leases"},
		{cluster.ErrLogin, exitFailed, "check the user, and the password in ~/.pgpass or $PGPASSWORD"},
		{cluster.ErrRights, exitFailed, "cluster init needs the owner of the tables; what all else needs is in cmd/newsmorgue/deploy/postgres/grants.sql"},
		{cluster.ErrNameTaken, exitBusy, "each machine needs a name of its own: --machine NAME"},
		{cluster.ErrHeld, exitBusy, "its owner did not give it back in time; try again, or see newsmorgue cluster status"},
		{cluster.ErrNoMachine, exitFailed, "newsmorgue cluster status lists the machines"},
		{cluster.ErrAlive, exitBusy, "stop it, or drain it first: newsmorgue cluster drain MACHINE; if it is certainly switched off, use --force"},
	} {
		if errors.Is(err, e.is) {
			return &exitError{code: e.code, err: err, hint: e.hint}
		}
	}
	return err
}
