package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers"
)

// explainPage prints the candidates and blocks from which a page's article was made.
func (a *app) explainPage(page *parsers.Page, name, format string) error {
	article, why, err := new(parsers.Parser).Explain(page)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if format == "json" {
		return a.printJSON(struct {
			Article     *parsers.Article     `json:"article"`
			Explanation *parsers.Explanation `json:"explanation"`
		}{article, why})
	}
	w := bufio.NewWriter(a.stdout)
	slices.SortStableFunc(why.Fields, func(c, d parsers.Candidate) int { return cmp.Compare(c.Field, d.Field) })
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
	}
	kept := 0
	for _, b := range why.Blocks {
		if b.Kept {
			kept++
		}
	}
	fmt.Fprintf(w, "body: %d of %d blocks; kind: %s\n", kept, len(why.Blocks), article.Kind)
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
