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
		Short: "Say what became of a URL, and why",
		Long: `Says what became of a URL: whether it belongs to a crawl, what robots.txt says of it, when it was asked for
and with what result, whether an article was read from it, and if not, why not.

` + exitHelp,
		Example: `  newsmorgue why https://example.org/private/plan.html`,
		Args:    args(1, 1, "one URL"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			u, err := parseSeed(argv[0])
			if err != nil {
				return err
			}
			ar, c, err := a.catalog()
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			sites, err := a.siteBook(ar).load()
			if err != nil {
				return err
			}
			var crawls []keep.Crawl
			for _, name := range slices.Sorted(maps.Keys(sites)) {
				s := sites[name]
				settings, err := s.settings()
				if err != nil {
					return err
				}
				crawls = append(crawls, keep.Crawl{Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings})
			}
			w, err := keep.Explain(cmd.Context(), ar, c, crawls, u)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(w)
			}
			a.printWhy(w)
			return nil
		},
	}
}

func (a *app) printWhy(w *keep.Why) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(a.stdout, "  %-10s %s\n", what, plain(fmt.Sprintf(format, args...)))
	}
	when := func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
	fmt.Fprintln(a.stdout, plain(w.URL))
	if w.Asked != "" {
		line("asked as", "%s", w.Asked)
	}
	for _, s := range w.Scopes {
		if s.In {
			line("scope", "belongs to the crawl %s", s.Crawl)
		} else {
			line("scope", "not of the crawl %s: %s", s.Crawl, s.Reason)
		}
	}
	if w.Suppressed != "" {
		line("suppressed", "%s", w.Suppressed)
	}
	switch {
	case w.Robots == nil:
		line("robots", "no robots.txt of its host is kept")
	case w.Robots.Allowed && w.Robots.Line == "":
		line("robots", "allowed: no rule of %s is about it", when(w.Robots.Date))
	case w.Robots.Allowed:
		line("robots", "allowed by %q of %s", w.Robots.Line, when(w.Robots.Date))
	default:
		line("robots", "disallowed by %q of %s", w.Robots.Line, when(w.Robots.Date))
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
			parts = append(parts, "last at "+when(k.Visited))
		}
		if k.State == "queued" && k.Due.After(time.Now()) {
			parts = append(parts, "not before "+when(k.Due))
		}
		if k.State == "done" && !k.Next.IsZero() {
			parts = append(parts, "due again at "+when(k.Next))
		}
		line("queue", "%s: %s", k.Site, strings.Join(parts, ", "))
		if k.Via != "" {
			line("found", "on %s, by hops %s", k.Via, k.Hops)
		}
		if k.Hints.Source != "" {
			line("announced", "by its %s", k.Hints.Source)
		}
	}
	if len(w.Known) == 0 {
		line("queue", "nobody ever led to it")
	}
	for _, c := range w.Captures[max(0, len(w.Captures)-5):] {
		line("kept", "%s, HTTP %d, %s", when(c.Date), c.Status, c.Type)
	}
	if n := len(w.Captures); n > 5 {
		line("kept", "and %d times before", n-5)
	}
	switch {
	case w.Reading != nil:
		line("read as", "%s, %s: %s", w.Reading.Kind, count(w.Reading.Words, "word"), w.Reading.Title)
	case w.Unread != "":
		line("not read", "%s", w.Unread)
	}
}
