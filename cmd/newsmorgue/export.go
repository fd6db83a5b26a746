package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/dataset"
)

func (a *app) exportCommand() *cobra.Command {
	var f filterFlags
	var format, dir string
	cmd := &cobra.Command{
		Use:   "export -o DIR",
		Short: "Export the articles as a dataset",
		Long: `Exports the articles as a dataset into a folder: the rows, a data card (README.md) that describes them and
their sources, and checksums. The same archive gives the same files, byte for byte.

` + exitHelp,
		Example: `  newsmorgue export --format csv -o articles-2026 --since 2026`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				return fail(exitUsage, "newsmorgue export -o articles", "export needs an output folder")
			}
			if format != "jsonl" && format != "csv" {
				return usage("--format is %q; it must be jsonl or csv", format)
			}
			filter, err := f.filter()
			if err != nil {
				return err
			}
			ar, c, err := a.catalog()
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			if err := a.checkSites(cmd.Context(), ar, c, filter); err != nil {
				return err
			}
			sum, err := dataset.Export(cmd.Context(), c, dataset.Options{Format: format, Dir: dir, Filter: filter})
			if errors.Is(err, dataset.ErrOtherFormat) {
				return fail(exitFailed, "choose another folder, or delete that one first", "%w", err)
			}
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(sum)
			}
			fmt.Fprintf(a.stdout, "%s in %s\n", count(sum.Articles, "article"), absolute(dir))
			if filter.Limit > 0 {
				return nil
			}
			return a.sayUnlisted(cmd.Context(), c, filter, "exported")
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&format, "format", "jsonl", "the format of the rows: `jsonl|csv`")
	cmd.Flags().StringVarP(&dir, "output", "o", "", "the output `folder`: a new or empty one, or that of an earlier export in the same format, which is replaced")
	return cmd
}
