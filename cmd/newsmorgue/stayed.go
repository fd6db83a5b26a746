package main

import (
	"context"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// answeredWith says what a page was that does not replace the last version of an
// article, by reason.
var answeredWith = map[string]string{
	keep.StayedMaintenance:            "a maintenance page",
	string(catalog.ReasonPlaceholder): "the same page as others",
	string(catalog.ReasonWall):        "a bot wall or a question about cookies",
	string(catalog.ReasonKind):        "a page that is no longer an article",
	string(catalog.ReasonPaywall):     "a shorter page behind a paywall",
	string(catalog.ReasonTruncated):   "an incomplete page",
	string(catalog.ReasonUnread):      "a page without text",
}

// answeredStatus says what an answer was by its status.
func answeredStatus(status int) string {
	if status/100 == 3 {
		return fmt.Sprintf("a redirect (HTTP %d)", status)
	}
	return fmt.Sprintf("HTTP %d", status)
}

// printStayed prints which articles of a run answered with something else.
func (a *app) printStayed(stayed []keep.Stayed) {
	for _, s := range stayed {
		stays := "their last versions stay"
		if s.Count == 1 {
			stays = "its last version stays"
		}
		with, instead := answeredWith[s.Reason], ""
		if s.Status != 0 {
			with = answeredStatus(s.Status)
		}
		if s.Title != "" {
			instead = fmt.Sprintf("no longer the article but %q, ", clip(s.Title, 60))
		}
		fmt.Fprintf(a.stdout, "  %s\n", plain(fmt.Sprintf("%s answered with %s; %s (%sfor example %s)", count(s.Count, "article"), with, stays, instead, clip(s.Example, 120))))
	}
}

// lastAnswer says in words that the last answer of a URL is not its current version;
// "" if it is.
func lastAnswer(s catalog.State) string {
	if s.Why == "" {
		return ""
	}
	with := answeredWith[string(s.Why)]
	switch {
	case s.Why == catalog.ReasonStatus:
		with = answeredStatus(s.Status)
	case s.Why == catalog.ReasonPlaceholder && keep.IsMaintenance(s.Title):
		with = answeredWith[keep.StayedMaintenance]
	}
	if s.Why == catalog.ReasonPlaceholder && s.Title != "" {
		with += fmt.Sprintf(" (%q)", clip(s.Title, 60))
	}
	when := func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
	if s.Current.IsZero() || s.Current.Equal(s.Last) {
		return fmt.Sprintf("its last answer, of %s, is %s; there is no other version", when(s.Last), with)
	}
	return fmt.Sprintf("its last answer, of %s, is %s; the version of %s stays", when(s.Last), with, when(s.Current))
}

// noteLastAnswer prints a note to stderr if the last answer of an article's URL is
// not the version that is shown.
func (a *app) noteLastAnswer(ctx context.Context, c *catalog.Catalog, url string) error {
	if a.quiet || a.json {
		return nil
	}
	s, _, err := c.State(ctx, url)
	if note := lastAnswer(s); err == nil && note != "" {
		fmt.Fprintln(a.stderr, "newsmorgue: note: "+plain(note))
	}
	return err
}
