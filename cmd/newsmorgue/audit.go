package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// auditFlags are the flags of audit besides the filter.
type auditFlags struct {
	filter  filterFlags
	sample  audit.Sample
	auditor string
	fields  []string
	results bool
	lines   bool
}

func (a *app) auditCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Judge a sample of articles, and print how often each field is right",
		Long: `Draws a random sample of articles and asks, for each field of each article, whether it is right, with the
archived page beside it. Every filled field is asked for; of title, authors and date of publication also
whether an empty one is really not on the page. At the end, or with --results alone, prints the precision of
each field on this archive with its 95 % confidence interval.

Keys: y yes, n no, N no with a note, u unsure, b back, o open (prints the URL, and a copy of the page for a
browser), s skip the article, q quit; space and arrow keys scroll, tab goes to the next marked place, ? helps.
If standard input or output is not a terminal, or with --lines (for screen readers), questions are written to
stderr and answers read from standard input, one per line: the same letters, p for the page, and after y, n or
u a note.

Answers are saved after each article, in the archive. The same command continues where the last one stopped,
with the same sample. An answer counts only for the value that was judged: where the page was edited, or a
newer version of the program reads another value, the field is asked for again. Suppressed articles are
neither shown nor counted. A filter restricts the sample and the results; answers from a sample of some
articles do not count as a sample of all.

` + exitHelp,
		Example: `  newsmorgue audit --sample 200
  newsmorgue audit --sample 100 --site example.org --fields title,authors,published
  newsmorgue audit --results`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			if err := a.refuseCluster(cmd.Context(), "audit"); err != nil {
				return err
			}
			return a.audit(cmd, &f)
		},
	}
	f.filter.register(cmd)
	f.filter.registerQuery(cmd)
	fs := cmd.Flags()
	fs.IntVar(&f.sample.Size, "sample", 200, "how many `articles` to judge, chosen at random")
	fs.IntVar(&f.sample.BySite, "by-site", 0, "judge so many `articles` of each site instead; results are then by site")
	fs.Int64Var(&f.sample.Seed, "seed", 0, "another `number` chooses another sample")
	fs.StringVar(&f.auditor, "auditor", "", "your `name`, kept with the answers")
	fs.StringSliceVar(&f.fields, "fields", nil, "ask for these `fields` only: "+strings.Join(audit.Fields(), ", "))
	fs.BoolVar(&f.results, "results", false, "ask nothing, print the results so far")
	fs.BoolVar(&f.lines, "lines", false, "ask line by line, also on a terminal")
	return cmd
}

// check completes the flags.
func (f *auditFlags) check(cmd *cobra.Command) error {
	for _, name := range f.fields {
		if slices.Contains(audit.Fields(), name) {
			continue
		}
		hint := "the fields are " + strings.Join(audit.Fields(), ", ")
		if best := nearest(name, audit.Fields()); best != "" {
			hint = "did you mean " + best + "? " + hint
		}
		return fail(exitUsage, hint, "--fields has no field %q", name)
	}
	bySite := cmd.Flags().Changed("by-site")
	switch {
	case f.filter.limit != 0:
		return fail(exitUsage, "--sample says how many articles are judged", "audit takes no --limit: the first articles are not a random sample")
	case bySite && cmd.Flags().Changed("sample"):
		return usage("--sample and --by-site cannot be combined")
	case f.sample.Size < 1 || f.sample.Size > audit.MaxSample:
		return usage("--sample is %d; it must be 1 to %d", f.sample.Size, audit.MaxSample)
	case bySite && (f.sample.BySite < 1 || f.sample.BySite > audit.MaxSample):
		return usage("--by-site is %d; it must be 1 to %d", f.sample.BySite, audit.MaxSample)
	}
	if bySite {
		f.sample.Size = 0
	}
	return nil
}

func (a *app) audit(cmd *cobra.Command, f *auditFlags) error {
	filter, err := f.filter.filter()
	if err != nil {
		return err
	}
	f.sample.Frame = audit.FrameOf(filter)
	ctx := cmd.Context()
	if !f.results {
		if err := a.refuseStored(); err != nil {
			return err
		}
	}
	ar, c, err := a.catalog(ctx)
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	if err := a.checkSites(ctx, ar, c, filter); err != nil {
		return err
	}
	if f.results {
		return a.printAudit(ctx, c, filter, f.sample.BySite > 0)
	}
	if err := keep.CanSave(ar); err != nil {
		return fail(exitFailed, "audit keeps its answers in the archive; audit a copy of it", "%w", err)
	}
	s, err := newAuditSession(ctx, ar, c, f)
	if err != nil {
		return err
	}
	if len(s.stories) == 0 {
		if a.json || a.quiet {
			return nil
		}
		return a.explainEmptyList(cmd, c)
	}
	defer s.close()
	if err := a.ask(cmd, s, f.lines); err != nil {
		return err
	}
	if !a.quiet {
		fmt.Fprintln(a.stderr, s.summary())
	}
	return a.printAudit(ctx, c, filter, f.sample.BySite > 0)
}

// ask asks the questions of a session: on the whole terminal, or line by line.
func (a *app) ask(cmd *cobra.Command, s *auditSession, lines bool) error {
	ctx := cmd.Context()
	more, err := s.next(ctx)
	if err != nil || !more {
		return err
	}
	in, inTerm := terminal(a.stdin)
	out, outTerm := terminal(a.stdout)
	if inTerm && outTerm && !lines && !a.json {
		err = (&auditScreen{session: s, in: in, out: out, mono: noColor()}).run(ctx)
	} else {
		err = s.askLines(ctx, a.stdin, a.stderr)
	}
	// What was answered so far is kept, however the session ends.
	if serr := s.save(ctx); serr != nil {
		return serr
	}
	return err
}

// terminal returns the file of a reader or writer, if it is a terminal.
func terminal(stream any) (f *os.File, ok bool) {
	f, ok = stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}
