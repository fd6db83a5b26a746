package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
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
	// Of an edit: its classes, whether the page says nothing of it, what changed in a
	// sentence, and the records that show it.
	Classes []versions.Class `json:"classes,omitempty"`
	Silent  bool             `json:"silent,omitempty"`
	Summary string           `json:"summary,omitempty"`
	Reading string           `json:"reading,omitempty"`
	Before  string           `json:"before,omitempty"`
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
		d, err := diffOf(cmd.Context(), c, ch)
		if err != nil {
			return err
		}
		if a.json {
			if err := b.printJSON(jsonOf(ch, d)); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(out, "%s  %s  %-24s  %s  %s\n", ch.ID, formatTime(ch.Captured, "-"), clip(plain(ch.Site), 24), changeText(ch, d), clip(plain(titleOr(ch.Title, ch.URL)), 100))
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
		if ch.From != "" { // it is known by another URL now
			seen[catalog.StoryID(ch.From)] = true
		}
		return !last || ch.What != catalog.ChangeGone
	})
}

// diffOf compares the two readings that show a change; nil if nothing was edited, or if
// one of them cannot be read any more.
func diffOf(ctx context.Context, c *catalog.Catalog, ch catalog.Change) (*versions.Diff, error) {
	if ch.Before == "" {
		return nil, nil
	}
	edit, err := keep.EditOf(ctx, c, ch)
	if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return versions.Compare(edit.Before, edit.After), nil
}

func jsonOf(ch catalog.Change, d *versions.Diff) changeLine {
	line := changeLine{What: ch.What, ID: ch.ID, URL: ch.URL, From: ch.From, Site: ch.Site, Kind: ch.Kind, Title: ch.Title,
		Captured: ch.Captured.UTC().Format(time.RFC3339), Status: ch.Status, How: ch.How}
	if !ch.Last.IsZero() {
		line.Last = ch.Last.UTC().Format(time.RFC3339)
	}
	if ch.Before != "" {
		line.Reading, line.Before = ch.Reading, ch.Before
	}
	if d != nil {
		line.Classes, line.Silent, line.Summary = d.Classes, d.Silent, d.Summary
	}
	return line
}

// changeText says what happened: "gone (HTTP 404)", "edited (2 sentences edited)".
func changeText(ch catalog.Change, d *versions.Diff) string {
	switch {
	case ch.How != "":
		return ch.What + " (" + plain(ch.How) + ")"
	case d != nil && d.Changed():
		return ch.What + " (" + plain(d.Summary) + ")"
	}
	return ch.What
}

func titleOr(title, url string) string {
	if title == "" {
		return url
	}
	return title
}
