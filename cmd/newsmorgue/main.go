// Command newsmorgue archives news sites: it crawls them politely, keeps what
// the servers sent, reads the article out of every page, and turns the archive
// into datasets. It decides nothing itself: every command is one file of
// flags, help and exit codes over the packages that do the work.
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

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
)

func main() {
	fitCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the next one has its default effect, so that a
	// person who asks twice is obeyed at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes, as every command's help lists them.
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

const exitHelp = `Exit codes: 0 done; 1 failed, nothing done; 3 done in part (a seed failed, a host blocked or
unreachable, or over 5 % of attempts had no answer); 4 damage or mismatch found; 10 no archive
there; 11 busy; 12 made by a newer format; 64 wrong usage; 130 interrupted, can continue.`

// app is what all commands share: where to read and write, and the global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	dir     string // -a
	json    bool
	quiet   bool
	verbose bool
}

// An exitError is an error that knows its exit code and what to try.
type exitError struct {
	code int
	err  error
	hint string
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// errReported ends a command with a code whose reason is on the screen already.
var errReported = errors.New("reported")

func fail(code int, hint, format string, args ...any) error {
	return &exitError{code: code, err: fmt.Errorf(format, args...), hint: hint}
}

func usage(format string, args ...any) error {
	return fail(exitUsage, "", format, args...)
}

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code, hint := a.explain(ctx, err)
	if !errors.Is(err, errReported) {
		fmt.Fprintf(stderr, "newsmorgue: %v\n", err)
		if hint != "" {
			fmt.Fprintf(stderr, "newsmorgue: hint: %s\n", hint)
		}
	}
	return code
}

// explain finds the exit code of an error and what may help.
func (a *app) explain(ctx context.Context, err error) (code int, hint string) {
	var e *exitError
	var busy *archive.BusyError
	switch {
	case errors.As(err, &e):
		return e.code, e.hint
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted, "the same command goes on where this one stopped"
	case errors.As(err, &busy), errors.Is(err, archive.ErrBusy):
		return exitBusy, "wait, or stop that process; a dead one's lock frees itself"
	case errors.Is(err, archive.ErrNotArchive):
		return exitNoArchive, "name the archive with -a DIR, or make one: newsmorgue archive URL"
	case errors.Is(err, archive.ErrNewerFormat):
		return exitNewer, "use the newsmorgue that made it, or a newer one"
	case errors.Is(err, archive.ErrForeign):
		return exitFailed, "name another folder with -a DIR; an archive shares its folder with nothing else"
	case errors.Is(err, archive.ErrDamaged):
		return exitDamaged, "newsmorgue verify names all damage, newsmorgue repair saves the rest and makes lost pages due again"
	case errors.Is(err, os.ErrPermission):
		return exitFailed, "check who owns the folder and its rights"
	case errors.Is(err, syscall.ENOSPC):
		return exitFailed, "make room on the disk and run the same command again; nothing kept is lost"
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "unknown flag"):
		return exitUsage, "newsmorgue --help lists the commands"
	}
	return exitFailed, ""
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "newsmorgue",
		Short: "Archive news sites, watch how articles change, export datasets",
		Long: `newsmorgue archives news sites: it crawls them politely, keeps what the servers sent, reads the
article out of every page, and turns the archive into datasets. One folder on disk holds it all.

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
				hint = "did you mean: newsmorgue " + strings.Join(s, ", newsmorgue ")
			}
			return fail(exitUsage, hint, "unknown command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "archive", "a", "", "the archive `folder` (else $NEWSMORGUE_ARCHIVE, the nearest parent folder with an archive.json, ./news)")
	f.BoolVar(&a.json, "json", false, "print the machine's form: one object for one thing, JSON lines for lists")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print results and errors only")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "log every request")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fail(exitUsage, cmd.CommandPath()+" --help lists the flags", "%v", err)
	})
	root.AddCommand(
		a.archiveCommand(), a.updateCommand(), a.watchCommand(), a.scheduleCommand(),
		a.listCommand(), a.showCommand(), a.extractCommand(), a.exportCommand(),
		a.statusCommand(), a.whyCommand(), a.catCommand(), a.verifyCommand(), a.repairCommand(), a.reindexCommand(), a.suppressCommand(),
		a.demoCommand(), a.versionCommand(),
	)
	return root
}

// args checks the number of arguments; max < 0 is any number.
func args(min, max int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < min:
			return fail(exitUsage, cmd.CommandPath()+" --help shows an example", "%s needs %s", cmd.CommandPath(), what)
		case max >= 0 && len(args) > max:
			return fail(exitUsage, cmd.CommandPath()+" --help shows an example", "%s takes %s, not %q", cmd.CommandPath(), what, args[max])
		}
		return nil
	}
}

// release is the version of a released binary; .ci/release sets it.
var release string

// version is the program's version as the build knows it.
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
