package main

import (
	"bufio"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A changeLine is something that happened to an article, in JSON.
type changeLine struct {
	What     string `json:"what"`
	ID       string `json:"id"`
	URL      string `json:"url"`
	From     string `json:"from,omitempty"`
	Site     string `json:"site"`
	Kind     string `json:"kind"`
	Title    string `json:"title,omitempty"`
	Captured string `json:"captured"`
	Last     string `json:"last_seen,omitempty"` // the last capture before it
	Status   int    `json:"status,omitempty"`
	How      string `json:"how,omitempty"`
	// The records that show an edit.
	Reading string `json:"reading,omitempty"`
	Before  string `json:"before,omitempty"`
}

// listChanges lists what happened to articles, or with goneOnly those that are gone
// and have not come back.
func (a *app) listChanges(cmd *cobra.Command, c *catalog.Catalog, filter catalog.Filter, goneOnly bool) error {
	changes, err := c.Changes(cmd.Context(), catalog.ChangeFilter{Sites: filter.Sites, Since: filter.Since, Until: filter.Until})
	if err != nil {
		return err
	}
	if goneOnly {
		changes = stillGone(changes)
	}
	if filter.Limit > 0 {
		changes = changes[:min(len(changes), filter.Limit)]
	}
	out := bufio.NewWriter(a.stdout)
	b := *a
	b.stdout = out
	for _, ch := range changes {
		if a.json {
			line := changeLine{ch.What, ch.ID, ch.URL, ch.From, ch.Site, ch.Kind, ch.Title, ch.Captured.UTC().Format(time.RFC3339), "", ch.Status, ch.How, "", ""}
			if !ch.Last.IsZero() {
				line.Last = ch.Last.UTC().Format(time.RFC3339)
			}
			if ch.Before != "" {
				line.Reading, line.Before = ch.Reading, ch.Before
			}
			if err := b.printJSON(line); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(out, "%s  %s  %-24s  %s  %s\n", ch.ID, formatTime(ch.Captured, "-"), clip(plain(ch.Site), 24), changeText(ch), clip(plain(titleOr(ch.Title, ch.URL)), 100))
	}
	if len(changes) == 0 && !a.json && !a.quiet {
		what := "no article has changed"
		if goneOnly {
			what = "no article is gone"
		}
		fmt.Fprintf(a.stderr, "%s, as far as this archive has captures of it at two times\n", what)
	}
	return out.Flush()
}

// stillGone keeps of changes, the newest first, those of articles that are gone and
// have not come back.
func stillGone(changes []catalog.Change) []catalog.Change {
	seen := map[string]bool{}
	return slices.DeleteFunc(changes, func(ch catalog.Change) bool {
		last := !seen[ch.ID]
		seen[ch.ID] = true
		return !last || ch.What != catalog.ChangeGone
	})
}

// changeText says what happened: "gone (HTTP 404)".
func changeText(ch catalog.Change) string {
	switch {
	case ch.How != "":
		return ch.What + " (" + plain(ch.How) + ")"
	case ch.What == catalog.ChangeRestored && ch.Before != "":
		return "restored, edited"
	}
	return ch.What
}

func titleOr(title, url string) string {
	if title == "" {
		return url
	}
	return title
}
