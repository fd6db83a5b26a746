package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func (a *app) whyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "why URL",
		Short: "Show what happened to a URL, and why",
		Long: `Shows what happened to a URL: whether it is in the scope of a crawl, whether robots.txt allows it, when it
was fetched and with what result, and whether an article was extracted from it, and if not, why not. Of an archive
in a store, what the queue knows is that of its last snapshot there.

` + exitHelp,
		Example: `  newsmorgue why https://example.org/private/plan.html`,
		Args:    args(1, 1, "one URL"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			u, err := parseSeed(argv[0])
			if err != nil {
				return err
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			store := a.siteStore(ar)
			sites, err := store.load()
			if err != nil {
				return err
			}
			var crawls []keep.Crawl
			for _, name := range slices.Sorted(maps.Keys(sites)) {
				s := sites[name]
				settings, err := store.settings(name, s)
				if err != nil {
					return err
				}
				crawls = append(crawls, keep.Crawl{Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings})
			}
			front, at, err := a.readQueue(cmd.Context(), ar, u.Hostname())
			if err != nil {
				return err
			}
			defer front.Close()
			w, err := keep.Explain(cmd.Context(), front, c, crawls, u)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(struct {
					*keep.Why
					Queue time.Time `json:"queue_at,omitzero"`
				}{w, at})
			}
			a.printWhy(w)
			a.sayQueueOf(at)
			return nil
		},
	}
}

// sayQueueOf says of when the queue of an archive in a store is.
func (a *app) sayQueueOf(at time.Time) {
	switch {
	case a.stored == nil:
	case at.IsZero():
		a.hint("the store has no snapshot of the queue yet; what it knows is missing here")
	default:
		a.hint("the queue is that of its last snapshot in the store, of %s", at.Local().Format("2006-01-02 15:04"))
	}
}

func (a *app) printWhy(w *keep.Why) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(a.stdout, "  %-10s %s\n", what, plain(fmt.Sprintf(format, args...)))
	}
	when := func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
	fmt.Fprintln(a.stdout, plain(w.URL))
	if w.Asked != "" {
		line("fetched as", "%s", w.Asked)
	}
	for _, s := range w.Scopes {
		if s.In {
			line("scope", "in crawl %s", s.Crawl)
		} else {
			line("scope", "outside crawl %s: %s", s.Crawl, s.Reason)
		}
	}
	if w.Suppressed != "" {
		line("suppressed", "%s", w.Suppressed)
	}
	switch {
	case w.Robots == nil:
		line("robots", "no robots.txt of its host in the archive")
	case w.Robots.Allowed && w.Robots.Line == "":
		line("robots", "allowed: no rule matches (robots.txt of %s)", when(w.Robots.Date))
	case w.Robots.Allowed:
		line("robots", "allowed by %q (robots.txt of %s)", w.Robots.Line, when(w.Robots.Date))
	default:
		line("robots", "disallowed by %q (robots.txt of %s)", w.Robots.Line, when(w.Robots.Date))
	}
	for _, k := range w.Known {
		parts := []string{k.State}
		if k.Reason != "" {
			parts = append(parts, k.Reason)
		}
		if k.Status != 0 {
			parts = append(parts, fmt.Sprintf("HTTP %d", k.Status))
		}
		if !k.Visited.IsZero() {
			parts = append(parts, "last visited "+when(k.Visited))
		}
		if k.State == "queued" && k.Due.After(time.Now()) {
			parts = append(parts, "not before "+when(k.Due))
		}
		if k.State == "done" && !k.Next.IsZero() {
			parts = append(parts, "due again "+when(k.Next))
		}
		line("queue", "%s: %s", k.Site, strings.Join(parts, ", "))
		if k.Via != "" {
			line("found", "on %s (hops %s)", k.Via, k.Hops)
		}
		if k.Hints.Source != "" {
			line("announced", "by a %s", k.Hints.Source)
		}
	}
	if len(w.Known) == 0 {
		line("queue", "never discovered")
	}
	for _, c := range w.Captures[max(0, len(w.Captures)-5):] {
		line("archived", "%s, HTTP %d, %s", when(c.Date), c.Status, c.Type)
	}
	if n := len(w.Captures); n > 5 {
		line("archived", "and %d times before", n-5)
	}
	switch {
	case w.Reading != nil:
		line("extracted", "%s, %s: %s", w.Reading.Kind, count(w.Reading.Words, "word"), w.Reading.Title)
	case w.NoArticle != "":
		line("no article", "%s", w.NoArticle)
	}
	if w.LastAnswer != nil {
		line("current", "%s", lastAnswer(*w.LastAnswer))
	}
}
