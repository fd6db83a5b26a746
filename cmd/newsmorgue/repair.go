package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func durationOf(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

func (a *app) repairCommand() *cobra.Command {
	var shared borrowFlags
	cmd := &cobra.Command{
		Use:   "repair",
		Short: "Repair a damaged archive: save intact records, queue lost pages again",
		Long: `Repairs the archive. The intact records of a damaged segment are copied into a new segment that names the
damaged one; the damaged file is moved to the folder quarantine; pages with lost records are fetched again
by the next update; and the catalog is rebuilt. Nothing is deleted.

` + borrowHelp + `There, one shard is checked after the other. A damaged object of the store is named; it can be replaced by the file
of that name from a machine's disk, if that is intact.

` + exitHelp,
		Example: `  newsmorgue repair -a /srv/news && newsmorgue update -a /srv/news`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := a.borrower(cmd.Context(), &shared)
			if err != nil {
				return err
			}
			if b != nil {
				defer b.close()
				return b.repair(cmd.Context())
			}
			ar, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			_, err = a.repairIn(cmd.Context(), ar)
			return err
		},
	}
	shared.register(cmd)
	return cmd
}

// repairIn repairs an open archive, and prints what that did.
func (a *app) repairIn(ctx context.Context, ar *archive.Archive) (*keep.Repaired, error) {
	show := a.newJob()
	m, err := keep.Repair(ctx, ar, archive.VerifyOptions{Progress: func(done, total int64, segment string) {
		show.bytes(done, total, "checking "+segment)
	}})
	show.end()
	if m != nil {
		if perr := a.printRepaired(m); perr != nil {
			return m, perr
		}
	}
	return m, err
}

type lossLine struct {
	Segment    string   `json:"segment"`
	Saved      string   `json:"saved_in"`
	Survivors  int      `json:"survivors"`
	Lost       int      `json:"lost"`
	Quarantine string   `json:"quarantine"`
	URLs       []string `json:"urls,omitempty"`
}

func (a *app) printRepaired(m *keep.Repaired) error {
	var lines []lossLine
	for _, l := range m.Losses {
		lines = append(lines, lossLine{Segment: l.Segment, Saved: l.Saved, Survivors: l.Survivors, Lost: len(l.Lost), Quarantine: l.Quarantine})
	}
	if a.json {
		return a.printJSON(map[string]any{"segments": lines, "urls": m.URLs, "due": m.Due, "unknown": m.Unknown})
	}
	for _, l := range lines {
		fmt.Fprintf(a.stdout, "segment %s: %s saved in %s, %d lost; damaged data moved to %s\n", l.Segment, count(l.Survivors, "record"), l.Saved, l.Lost, l.Quarantine)
	}
	for _, u := range m.URLs {
		fmt.Fprintf(a.stdout, "  lost: %s\n", plain(u))
	}
	switch {
	case len(lines) == 0 && len(m.URLs) == 0:
		fmt.Fprintln(a.stdout, "no damage found")
	case m.Due > 0:
		fmt.Fprintf(a.stdout, "%s queued again: newsmorgue update\n", count(m.Due, "page"))
	}
	if len(m.Unknown) > 0 {
		fmt.Fprintf(a.stdout, "%s in no site's queue: archive them with newsmorgue archive URL\n", count(len(m.Unknown), "page"))
	}
	return nil
}

func (a *app) reindexCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Rebuild the catalog from the segments",
		Long: `Rebuilds catalog.sqlite from the segments. Other commands and crawls keep running meanwhile. Of an archive in a
store, it rebuilds the catalog in the user's cache, and reads all segments for it.

` + exitHelp,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, err := a.openToReindex(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			show := a.newJob()
			_, none, err := catalog.Lacking(cmd.Context(), ar)
			if err != nil {
				return err
			}
			cat, err := catalog.Open(cmd.Context(), ar)
			if err != nil {
				return err
			}
			defer cat.Close()
			if !none { // else Open has built it
				if err := cat.Rebuild(cmd.Context()); err != nil {
					return err
				}
			}
			emptied, err := cat.EmptyLog(cmd.Context())
			if err != nil {
				return err
			}
			show.end()
			if !emptied {
				a.noteCatalogInUse()
			}
			n, err := cat.Rows(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"rows": n, "seconds": show.seconds()})
			}
			fmt.Fprintf(a.stdout, "catalog rebuilt: %s, %s, %s, in %s\n", count(n["captures"], "capture"), count(n["readings"], "extraction"), count(n["runs"], "run"), formatDuration(durationOf(show.seconds())))
			return nil
		},
	}
}
