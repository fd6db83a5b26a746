package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
)

func (a *app) verifyCommand() *cobra.Command {
	var workers int
	var proof, certs string
	cmd := &cobra.Command{
		Use:   "verify [FOLDER | FILE.wacz | --proof FILE]",
		Short: "Check the integrity of an archive, an export or a WACZ package",
		Long: `Checks the archive: all checksums and digests of all records, all references between records, all indexes
and Merkle roots, the chain of segments, and the catalog. Damage is listed by segment, record and URL.
verify changes nothing and may run during a crawl. Of an archive in a store, everything there is read.
 Given the folder of an export, it checks the files
against their checksums. Given a WACZ package, made here or by another program, it checks the members that
the format requires, all checksums and digests, each line of the index against its record, and whether
each revisit has its original in the package.

--proof checks a file that newsmorgue show --proof wrote, without an archive, and prints what it proves. With
--certificates, its time stamps must be those of an authority whose root certificate is in that file. No list of
roots is trusted by itself: without it, the exit code is 3 if there is a time stamp, since its issuer is not
verified, and with it, 3 if a segment has no time stamp. It is 4 if anything in the file was altered, or if none
of the certificates is that of the authority. Whether a certificate was revoked is not checked.

` + exitHelp,
		Example: `  newsmorgue verify -a /srv/news
  newsmorgue verify --json | jq '.damage[].url'
  newsmorgue verify articles-2026
  newsmorgue verify --proof story.proof.json --certificates tsa-root.pem
  newsmorgue verify gazette.wacz`,
		Args: args(0, 1, "at most one folder or file"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			switch {
			case proof != "" && len(argv) > 0:
				return usage("--proof names the file to check; no other file or folder can be named with it")
			case proof != "":
				return a.verifyProof(proof, certs)
			case certs != "":
				return usage("--certificates needs --proof; newsmorgue stamp --verify checks the time stamps of an archive")
			}
			if len(argv) == 1 && isRemote(argv[0]) {
				a.dir = argv[0]
				return a.verifyArchive(cmd, workers)
			}
			if len(argv) == 1 {
				if _, err := os.Stat(filepath.Join(argv[0], "SHA256SUMS")); err == nil {
					return a.verifyDataset(argv[0])
				}
				switch info, err := os.Stat(argv[0]); {
				case errors.Is(err, fs.ErrNotExist):
					return fail(exitFailed, "name the folder of an archive or of an export, or a WACZ file", "%s does not exist", argv[0])
				case err == nil && info.Mode().IsRegular():
					return a.verifyWACZ(cmd, argv[0])
				case err == nil && info.IsDir():
					if _, err := os.Stat(filepath.Join(argv[0], "archive.json")); errors.Is(err, fs.ErrNotExist) {
						return fail(exitNoArchive, "name the folder of an archive or of an export, or a WACZ file", "%s is neither an archive nor an export", argv[0])
					}
				}
				a.dir = argv[0]
			}
			return a.verifyArchive(cmd, workers)
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 0, "parallel checks (0: one per processor)")
	cmd.Flags().StringVar(&proof, "proof", "", "check the proof in this `file` (- for stdin)")
	cmd.Flags().StringVar(&certs, "certificates", "", "trust the authorities with these root certificates: a `file` in PEM")
	return cmd
}

func (a *app) verifyDataset(dir string) error {
	files, wrong, err := folder.Verify(dir)
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
	ar, unreadable, err := a.openToVerify(cmd.Context())
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
	v.Damage = append(v.Damage, unreadable...)
	seconds := show.seconds()
	more, err := a.checkCatalog(cmd.Context(), ar, show)
	v.Damage = append(v.Damage, newDamage(v.Damage, more)...)
	if ctx := cmd.Context(); ctx.Err() != nil {
		return ctx.Err() // what was not checked is not damaged
	}
	if errors.As(err, new(*archive.StoreError)) {
		return err
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
			a.hint("%s", a.mending(v.Damage))
		}
		return &exitError{code: exitDamaged, err: errReported}
	}
	return err
}

// checkCatalog opens the catalog and compares it with the segments.
func (a *app) checkCatalog(ctx context.Context, ar *archive.Archive, show *job) (found []archive.Damage, err error) {
	cat, err := a.catalogOf(ctx, ar)
	if err != nil {
		return nil, err
	}
	var done, total atomic.Int64
	// The check of the file is one statement of SQLite, which may take a minute.
	stop := show.repeat(func() { show.done(done.Load(), total.Load(), "checking the catalog", "segment") })
	found, err = cat.Check(ctx, func(n, segments int) {
		done.Store(int64(n))
		total.Store(int64(segments))
		show.done(int64(n), int64(segments), "checking the catalog", "segment")
	})
	stop()
	show.end()
	return found, errors.Join(err, cat.Close())
}

// mending says what to try against damage.
func (a *app) mending(all []archive.Damage) string {
	if !slices.ContainsFunc(all, func(d archive.Damage) bool { return d.Kind != catalog.DamageCatalog }) {
		return "newsmorgue reindex rebuilds the catalog from the records; nothing is lost"
	}
	if a.stored != nil {
		return "a machine that still has the segment on its disk can store it again; objects of the store can be restored from its own versions or a copy"
	}
	return "newsmorgue repair saves the intact records and queues lost pages again"
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
	where := "on disk"
	if a.stored != nil || a.evicted != nil {
		where = "read from disk and store"
	}
	if v.Erased > 0 {
		fmt.Fprintf(a.stdout, "  %s erased by newsmorgue suppress --erase\n", count(v.Erased, "record"))
	}
	if v.Lost > 0 {
		fmt.Fprintf(a.stdout, "  %s lost in the past, as recorded by earlier repairs\n", count(v.Lost, "record"))
	}
	fmt.Fprintf(a.stdout, "  %s %s, %s of records, %s, %.0f MB/s\n", size(v.Bytes), where, size(v.Raw), formatDuration(durationOf(seconds)), float64(v.Raw)/1e6/max(seconds, 1e-6))
}
