package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
)

func (a *app) verifyCommand() *cobra.Command {
	var workers int
	cmd := &cobra.Command{
		Use:   "verify [FOLDER]",
		Short: "Check the integrity of an archive or of an export",
		Long: `Checks the archive: all checksums and digests of all records, all references between records, all indexes
and Merkle roots, the chain of segments, and the catalog. Damage is listed by segment, record and URL.
verify changes nothing and may run during a crawl. Given the folder of an export, it checks the files
against their checksums.

` + exitHelp,
		Example: `  newsmorgue verify -a /srv/news
  newsmorgue verify --json | jq '.damage[].url'
  newsmorgue verify articles-2026`,
		Args: args(0, 1, "at most one folder"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if len(argv) == 1 {
				if _, err := os.Stat(filepath.Join(argv[0], "SHA256SUMS")); err == nil {
					return a.verifyDataset(argv[0])
				}
				if _, err := os.Stat(argv[0]); errors.Is(err, fs.ErrNotExist) {
					return fail(exitFailed, "name the folder of an archive or of an export", "%s does not exist", argv[0])
				}
				a.dir = argv[0]
			}
			return a.verifyArchive(cmd, workers)
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 0, "parallel checks (0: one per processor)")
	return cmd
}

func (a *app) verifyDataset(dir string) error {
	files, wrong, err := dataset.Verify(dir)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(map[string]any{"files": files, "damage": wrong})
	} else {
		for _, w := range wrong {
			fmt.Fprintln(a.stdout, plain(w))
		}
		fmt.Fprintf(a.stdout, "%s checked, %s found\n", count(files, "file"), count(len(wrong), "error"))
	}
	if err == nil && len(wrong) > 0 {
		return &exitError{code: exitDamaged, err: errReported}
	}
	return err
}

// A verifyReport is the result of verify in JSON.
type verifyReport struct {
	*archive.Verification
	Seconds float64 `json:"seconds"`
	MBs     float64 `json:"mb_per_s"` // decoded
}

func (a *app) verifyArchive(cmd *cobra.Command, workers int) error {
	ar, err := a.open()
	if err != nil {
		return err
	}
	defer ar.Close()
	show := a.newJob()
	v, err := ar.Verify(cmd.Context(), archive.VerifyOptions{Workers: workers, Progress: func(done, total int64, segment string) {
		show.bytes(done, total, "verifying "+segment)
	}})
	show.end()
	if err != nil {
		return err
	}
	seconds := show.seconds()
	cat, err := catalog.OpenReadOnly(ar)
	if err == nil {
		var more []archive.Damage
		more, err = cat.Check(cmd.Context())
		v.Damage = append(v.Damage, newDamage(v.Damage, more)...)
		err = errors.Join(err, cat.Close())
	}
	if err != nil {
		v.Damage = append(v.Damage, archive.Damage{Kind: catalog.DamageCatalog, What: err.Error()})
	}
	if a.json {
		err = a.printJSON(verifyReport{v, seconds, float64(v.Raw) / 1e6 / max(seconds, 1e-6)})
	} else {
		a.printVerified(v, seconds)
	}
	if err == nil && len(v.Damage) > 0 {
		if !a.quiet {
			fmt.Fprintln(a.stderr, "newsmorgue: hint: newsmorgue repair saves the intact records and queues lost pages again")
		}
		return &exitError{code: exitDamaged, err: errReported}
	}
	return err
}

// newDamage returns the damage in more whose record is not in known.
func newDamage(known, more []archive.Damage) []archive.Damage {
	ids := map[string]bool{}
	for _, d := range known {
		ids[d.ID] = true
	}
	var rest []archive.Damage
	for _, d := range more {
		if d.ID == "" || !ids[d.ID] {
			rest = append(rest, d)
		}
	}
	return rest
}

func (a *app) printVerified(v *archive.Verification, seconds float64) {
	for _, d := range v.Damage {
		fmt.Fprintln(a.stdout, plain(d.String()))
	}
	verdict := "no damage"
	if n := len(v.Damage); n > 0 {
		verdict = fmt.Sprintf("%d damaged or missing", n)
	}
	fmt.Fprintf(a.stdout, "%s in %s and %s: %s\n", count(v.Records, "record"), count(v.Segments, "segment"), count(v.Journals, "journal"), verdict)
	if v.Erased > 0 {
		fmt.Fprintf(a.stdout, "  %s erased by newsmorgue suppress --erase\n", count(v.Erased, "record"))
	}
	if v.Lost > 0 {
		fmt.Fprintf(a.stdout, "  %s lost in the past, as recorded by earlier repairs\n", count(v.Lost, "record"))
	}
	fmt.Fprintf(a.stdout, "  %s on disk, %s of records, %s, %.0f MB/s\n", size(v.Bytes), size(v.Raw), formatDuration(durationOf(seconds)), float64(v.Raw)/1e6/max(seconds, 1e-6))
}
