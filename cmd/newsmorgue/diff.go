package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

func (a *app) diffCommand() *cobra.Command {
	var from, to, color string
	var asHTML, list bool
	cmd := &cobra.Command{
		Use:   "diff ID|URL",
		Short: "Show how an article changed from one version to another",
		Long: `Shows how an article changed: fields, paragraphs, sentences and words, and what kind of edit it is. A version
is what the article was from one capture until it differed; only readings by the same extractor are compared.
An article that was moved keeps its versions. --from and --to name versions by their numbers, as --list prints
them, or by a date: the version of that time. By default, the last two are compared.

` + exitHelp,
		Example: `  newsmorgue diff 3f9a
  newsmorgue diff https://example.org/story --from 1
  newsmorgue diff 3f9a --from 2026-11-20 --to 2026-11-23 --html > edit.html`,
		Args: args(1, 1, "the ID or URL of an article"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			ctx := cmd.Context()
			useColor, err := a.useColor(color)
			if err != nil {
				return err
			}
			ar, c, err := a.catalog(ctx)
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			story, err := a.findStory(cmd, c, argv[0])
			if err != nil {
				return err
			}
			all, err := c.Versions(ctx, story.URL)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return fail(exitFailed, "newsmorgue why "+story.URL+" says what happened to it", "no version of %s is in this archive", plain(story.URL))
			}
			if list {
				return a.listVersions(ctx, c, story, all)
			}
			if len(all) == 1 && from == "" && to == "" {
				if a.json {
					return a.printJSON(diffReport{URL: story.URL, Versions: 1, Diff: nil})
				}
				fmt.Fprintf(a.stdout, "%s has one version, of %s\n", plain(story.URL), formatTime(all[0].Captured, "-"))
				return nil
			}
			i, j, err := pickVersions(all, from, to)
			if err != nil {
				return err
			}
			edit, err := keep.EditBetween(ctx, c, all[i], all[j])
			if err != nil {
				return err
			}
			if edit.Reread && !a.quiet {
				fmt.Fprintln(a.stderr, "no extractor has read both versions: both pages were read again; newsmorgue reextract does this for the whole archive")
			}
			d := versions.Compare(edit.Before, edit.After)
			switch {
			case a.json:
				return a.printJSON(diffReport{URL: story.URL, Versions: len(all), From: versionOf(all, i), To: versionOf(all, j), Diff: d})
			case asHTML:
				return d.WriteHTML(a.stdout)
			}
			fmt.Fprintf(a.stdout, "version %d of %s and %d of %s, of %s\n",
				i+1, formatTime(all[i].Captured, "-"), j+1, formatTime(all[j].Captured, "-"), count(len(all), "version"))
			if edit.Before.URL != edit.After.URL {
				fmt.Fprintf(a.stdout, "moved from %s\n", plain(edit.Before.URL))
			}
			return d.WriteText(a.stdout, useColor)
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "the earlier version: its `number` or a date (default: the one before --to)")
	f.StringVar(&to, "to", "", "the later version: its `number` or a date (default: the last one)")
	f.BoolVar(&asHTML, "html", false, "print an HTML page")
	f.BoolVar(&list, "list", false, "list the versions instead")
	f.StringVar(&color, "color", "auto", "color the text: `auto|always|never`")
	return cmd
}

// A diffReport is a comparison of two versions in JSON.
type diffReport struct {
	URL      string         `json:"url"`
	Versions int            `json:"versions"`
	From     *diffVersion   `json:"from,omitempty"`
	To       *diffVersion   `json:"to,omitempty"`
	Diff     *versions.Diff `json:"diff"`
}

// A diffVersion is a version of an article in JSON.
type diffVersion struct {
	Number    int    `json:"number"`
	Captured  string `json:"captured"`
	Response  string `json:"response"`
	Reading   string `json:"reading"`
	Extractor string `json:"extractor"`
}

func versionOf(all []catalog.Version, i int) *diffVersion {
	v := all[i]
	return &diffVersion{i + 1, v.Captured.UTC().Format(time.RFC3339), v.ResponseID, v.RecordID, v.Extractor}
}

// listVersions prints the versions of an article, and what became of each.
func (a *app) listVersions(ctx context.Context, c *catalog.Catalog, story catalog.Story, all []catalog.Version) error {
	for i := range all {
		if a.json {
			if err := a.printJSON(versionOf(all, i)); err != nil {
				return err
			}
			continue
		}
		what := "first version"
		if i > 0 {
			edit, err := keep.EditBetween(ctx, c, all[i-1], all[i])
			if err != nil {
				return err
			}
			d := versions.Compare(edit.Before, edit.After)
			if what = d.Summary; edit.Before.URL != edit.After.URL {
				if what = "moved to " + edit.After.URL; d.Changed() {
					what += ": " + d.Summary
				}
			}
		}
		fmt.Fprintf(a.stdout, "%3d  %s  %s\n", i+1, formatTime(all[i].Captured, "-"), plain(what))
	}
	return nil
}

// pickVersions finds two versions, as places in the list of all of them.
func pickVersions(all []catalog.Version, from, to string) (i, j int, err error) {
	j = len(all) - 1
	if to != "" {
		if j, err = pickVersion(all, "--to", to); err != nil {
			return 0, 0, err
		}
	}
	i = j - 1
	if from != "" {
		if i, err = pickVersion(all, "--from", from); err != nil {
			return 0, 0, err
		}
	}
	if i < 0 {
		return 0, 0, usage("version %d has none before it", j+1)
	}
	return i, j, nil
}

var errNoVersion = errors.New("no such version")

func pickVersion(all []catalog.Version, flag, text string) (int, error) {
	if n, err := strconv.Atoi(text); err == nil && (n < 1000 || n <= len(all)) { // else a year
		if n < 1 || n > len(all) {
			return 0, fail(exitUsage, "newsmorgue diff --list lists them", "%s is %d, but there are %s: %w", flag, n, count(len(all), "version"), errNoVersion)
		}
		return n - 1, nil
	}
	at, err := parseDay(text, true)
	if err != nil {
		return 0, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Captured.After(at) {
			return i, nil
		}
	}
	return 0, fail(exitUsage, "newsmorgue diff --list lists them", "%s is %s, before the first version of %s: %w", flag, text, formatTime(all[0].Captured, "-"), errNoVersion)
}

// useColor decides whether to color what is printed: on a terminal, unless $NO_COLOR
// is set (no-color.org).
func (a *app) useColor(when string) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		f, ok := a.stdout.(*os.File)
		return ok && term.IsTerminal(int(f.Fd())) && !noColor(), nil
	}
	return false, usage("--color is %q; it must be auto, always or never", when)
}
