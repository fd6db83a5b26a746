package main

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// explainPage prints the candidates and blocks from which a page's article was made.
func (a *app) explainPage(page *article.Page, name, format string) error {
	read, why, err := new(parsers.Parser).Explain(page)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if format == "json" {
		return a.printJSON(struct {
			Article     *article.Article     `json:"article"`
			Explanation *article.Explanation `json:"explanation"`
		}{read, why})
	}
	w := bufio.NewWriter(a.stdout)
	slices.SortStableFunc(why.Fields, func(c, d article.Candidate) int { return cmp.Compare(c.Field, d.Field) })
	field := ""
	for _, c := range why.Fields {
		if c.Field != field {
			field = c.Field
			fmt.Fprintf(w, "%s\n", field)
		}
		mark := " "
		if c.Won {
			mark = "*"
		}
		fmt.Fprintf(w, "  %s %s  from %s", mark, clip(plain(c.Value), 100), c.From)
		if c.Score != 0 {
			fmt.Fprintf(w, ", %.2f", c.Score)
		}
		if c.Why != "" {
			fmt.Fprintf(w, " (%s)", c.Why)
		}
		fmt.Fprintln(w)
		for _, e := range c.Evidence {
			if math.Abs(e.Part) < 0.005 {
				continue // it would read ±0.00; --json has all
			}
			fmt.Fprintf(w, "      %+.2f  %s", e.Part, e.Name)
			switch {
			case e.Weight != 0 && e.Value != 1:
				fmt.Fprintf(w, " (%.2f × %.2f)", e.Value, e.Weight)
			case e.Value != 1:
				fmt.Fprintf(w, " (%.4g)", e.Value)
			}
			fmt.Fprintln(w)
		}
	}
	kept := 0
	for _, b := range why.Blocks {
		if b.Kept {
			kept++
		}
	}
	fmt.Fprintf(w, "body: %d of %d blocks; kind: %s\n", kept, len(why.Blocks), read.Kind)
	for _, b := range why.Blocks {
		mark := "-"
		if b.Kept {
			mark = "+"
		}
		fmt.Fprintf(w, "%s %.2f  %s", mark, b.P, clip(plain(b.Text), 100))
		if b.Why != "" {
			fmt.Fprintf(w, "  (%s)", b.Why)
		}
		fmt.Fprintf(w, "  [%s]\n", b.Path)
	}
	return w.Flush()
}
