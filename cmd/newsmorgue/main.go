// Command newsmorgue archives news sites: it crawls them politely, keeps what
// the servers sent, extracts the article from every page, and exports datasets.
// Each command is one file with its flags, help and exit codes; the work is done
// by the packages it calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

func main() {
	fitCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the command cleanly. Restore the default handling, so
	// that a second one ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes. Every command's help lists them (exitHelp).
const (
	exitDone        = 0
	exitFailed      = 1
	exitPartly      = 3
	exitDamaged     = 4
	exitNoArchive   = 10
	exitBusy        = 11
	exitNewer       = 12
	exitUsage       = 64
	exitInterrupted = 130
)

const exitHelp = `Exit codes: 0 done; 1 failed before the first request; 3 done in part (a seed failed, nothing was
archived, a host of pages was blocked or unreachable, or over 5 % of the requests for pages had no
response); 4 damage or mismatch found; 10 no archive found; 11 locked by another process; 12 the
archive has a newer format; 64 wrong usage; 130 interrupted, can be resumed.`

// app is what all commands share: where to read and write, and the global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	dir     string // -a
	json    bool
	quiet   bool
	verbose bool

	tune          tuning
	stored        *storedArchive // that was opened, if -a names a store
	evicted       archive.Store  // that has segments of the archive which are not on the disk
	evictedTo     string         // its address
	hints         *hintSet       // of the command, if it collects them
	created       bool           // this command made the archive
	createdFolder bool           // and its folder
}

// tuning is what tests of many machines scale down or redirect. The zero value is what
// everybody uses.
type tuning struct {
	times   cluster.Times
	silence time.Duration     // of clocks after the database was found empty
	daily   time.Duration     // between two snapshots of a shard
	poll    time.Duration     // between two looks at sites.toml, and at what the machine waits for
	dial    map[string]string // host → address
}

// An exitError is an error with an exit code and a hint about what to try.
type exitError struct {
	code int
	err  error
	hint string
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// errReported ends a command with an exit code whose reason was already printed.
var errReported = errors.New("reported")

// errInterrupted is what the user reads instead of "context canceled".
var errInterrupted = errors.New("interrupted")

func fail(code int, hint, format string, args ...any) error {
	return &exitError{code: code, err: fmt.Errorf(format, args...), hint: hint}
}

func usage(format string, args ...any) error {
	return fail(exitUsage, "", format, args...)
}

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return (&app{stdin: stdin, stdout: stdout, stderr: stderr}).run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = &exitError{code: exitInterrupted, err: errInterrupted}
	}
	code, hint := exitCode(err)
	if !errors.Is(err, errReported) {
		fmt.Fprintf(a.stderr, "newsmorgue: %v\n", err)
		if hint != "" {
			fmt.Fprintf(a.stderr, "newsmorgue: hint: %s\n", hint)
		}
	}
	return code
}

// exitCode returns the exit code of an error and a hint about what to try.
func exitCode(err error) (code int, hint string) {
	var e *exitError
	switch {
	case errors.As(err, &e):
		return e.code, e.hint
	case errors.Is(err, archive.ErrBusy): // a BusyError, too
		return exitBusy, "wait, or stop that process; a crashed process releases its lock"
	case errors.Is(err, folder.ErrBusy):
		return exitBusy, "wait for it, or choose another folder"
	case errors.Is(err, archive.ErrNotArchive):
		return exitNoArchive, "name the archive with -a DIR, or create one: newsmorgue archive URL"
	case errors.Is(err, archive.ErrNewerFormat):
		return exitNewer, "use the version of newsmorgue that created the archive, or a newer one"
	case errors.Is(err, archive.ErrForeign):
		return exitFailed, "choose another folder with -a DIR; an archive needs a folder of its own"
	case errors.As(err, new(*archive.StoreError)):
		return exitFailed, storeHint(err)
	case errors.Is(err, archive.ErrDamaged):
		return exitDamaged, "newsmorgue verify lists all damage; newsmorgue repair saves the rest and queues lost pages again"
	case errors.Is(err, os.ErrPermission):
		return exitFailed, "check the owner of the folder and its permissions"
	case catalogDamaged(err):
		return exitDamaged, "newsmorgue reindex rebuilds the catalog from the records; nothing is lost"
	case diskFull(err):
		return exitFailed, "free some disk space and run the same command again; nothing that was archived is lost"
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "unknown flag"):
		return exitUsage, "newsmorgue --help lists the commands"
	}
	return exitFailed, ""
}

// storeHint is what to try when a request to a store failed. Some errors say it themselves.
func storeHint(err error) string {
	switch {
	case strings.Contains(err.Error(), "hint: "):
		return ""
	case errors.Is(err, archive.ErrDenied):
		return "check the credentials: $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws; of a folder, its permissions"
	}
	return "check the network and the store's address, and run the command again"
}

// catalogDamaged reports whether an error says that the catalog's file is damaged.
func catalogDamaged(err error) bool {
	const corrupt, notDatabase = 11, 26 // of SQLite
	var coded interface{ Code() int }
	if !errors.As(err, &coded) || !strings.Contains(err.Error(), "catalog: ") {
		return false
	}
	code := coded.Code() & 0xff
	return code == corrupt || code == notDatabase
}

// diskFull reports whether an error says that the disk is full, as the system or
// as SQLite says it.
func diskFull(err error) bool {
	const sqliteFull = 13
	var coded interface{ Code() int }
	return errors.Is(err, syscall.ENOSPC) || errors.As(err, &coded) && coded.Code()&0xff == sqliteFull
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "newsmorgue",
		Short: "Archive news sites, watch how articles change, export datasets",
		Long: `newsmorgue archives news sites: it crawls them politely, keeps what the servers sent, extracts the
article from every page, and exports datasets. An archive is one folder on disk; commands that read take one in
a store, too: -a s3://BUCKET/PREFIX.

Try it without a network:   newsmorgue demo
Archive a site:             newsmorgue archive https://example.org/

` + exitHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "newsmorgue --help lists the commands"
			if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
				hint = "did you mean newsmorgue " + strings.Join(s, ", newsmorgue ") + "?"
			}
			return fail(exitUsage, hint, "unknown command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "archive", "a", "", "the archive `folder`, or to read one in a store, s3://BUCKET/PREFIX or file:///FOLDER (default: $NEWSMORGUE_ARCHIVE, else the nearest parent folder with an archive.json, else ./news)")
	f.BoolVar(&a.json, "json", false, "print JSON; lists as JSON Lines")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print results and errors only")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "log every request")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		hint := cmd.CommandPath() + " --help lists the flags"
		if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
			var flags []string
			cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
			if best := nearest(name, flags); best != "" {
				hint = "did you mean --" + best + "? " + hint
			}
		}
		return fail(exitUsage, hint, "%v", err)
	})
	root.AddCommand(
		a.archiveCommand(), a.updateCommand(), a.watchCommand(), a.scheduleCommand(),
		a.listCommand(), a.showCommand(), a.searchCommand(), a.diffCommand(), a.extractCommand(), a.exportCommand(), a.importCommand(), a.statsCommand(),
		a.serveCommand(), a.statusCommand(), a.whyCommand(), a.catCommand(), a.verifyCommand(), a.repairCommand(), a.reindexCommand(), a.reextractCommand(), a.suppressCommand(), a.auditCommand(), a.stampCommand(), a.clusterCommand(),
		a.demoCommand(), a.versionCommand(),
	)
	return root
}

// args checks the number of arguments; max < 0 means no limit.
func args(min, max int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		path := cmd.CommandPath()
		name, hint := strings.TrimPrefix(path, "newsmorgue "), path+" --help shows an example"
		switch {
		case len(args) < min:
			return fail(exitUsage, hint, "%s needs %s", name, what)
		case max >= 0 && len(args) > max:
			return fail(exitUsage, hint, "%s takes %s, not %q", name, what, args[max])
		}
		return nil
	}
}

// release is the version of a released binary; .ci/release sets it.
var release string

// version is the program's version, from the build information if it has one.
func version() string {
	if release != "" {
		return release
	}
	if bi, ok := debug.ReadBuildInfo(); ok && bi.Main.Version != "" && bi.Main.Version != "(devel)" {
		return strings.TrimPrefix(bi.Main.Version, "v")
	}
	return "0.1.0-dev"
}

func software() string { return "newsmorgue/" + version() }

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of the archive format it writes",
		Long:  "Prints the version of the program and of the archive format it writes.\n\n" + exitHelp,
		Args:  args(0, 0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printJSON(map[string]any{"version": version(), "format": archive.FormatVersion})
			}
			fmt.Fprintf(a.stdout, "newsmorgue %s, archive format %d\n", version(), archive.FormatVersion)
			return nil
		},
	}
}
