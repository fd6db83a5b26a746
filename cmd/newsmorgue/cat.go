package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

var recordTypes = []string{"warcinfo", "request", "response", "resource", "metadata", "revisit", "conversion", "continuation"}

// catFlags select records.
type catFlags struct {
	types        []string
	since, until string
	segment      string
	suppressed   bool

	from, to time.Time
}

func (f *catFlags) check() (err error) {
	for _, t := range f.types {
		if !slices.Contains(recordTypes, t) {
			return usage("--type is %q; it must be one of %s", t, strings.Join(recordTypes, ", "))
		}
	}
	if f.from, err = parseDay(f.since, false); err != nil {
		return err
	}
	f.to, err = parseDay(f.until, true)
	return err
}

func (f *catFlags) match(c archive.Capture) bool {
	return (len(f.types) == 0 || slices.Contains(f.types, c.Type)) && (f.segment == "" || f.segment == c.Segment) &&
		(f.from.IsZero() || !c.Time.Before(f.from)) && (f.to.IsZero() || !c.Time.After(f.to))
}

func (a *app) catCommand() *cobra.Command {
	var f catFlags
	cmd := &cobra.Command{
		Use:   "cat [URL|URL*|ID]...",
		Short: "Print records as JSON Lines: by URL, ID, type and time",
		Long: `Prints the records of a URL, of all URLs with a prefix (written with a * at the end), or of one record ID;
without arguments, all records. Each is one line of JSON as described in FORMAT.md. Suppressed records are
left out.

` + exitHelp,
		Example: `  newsmorgue cat https://example.org/story --type response | jq -r .text
  newsmorgue cat 'https://example.org/*' --since 2026-11-01 --type conversion
  newsmorgue cat --type metadata`,
		Args: args(0, -1, "URLs or IDs"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if err := f.check(); err != nil {
				return err
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			return a.cat(cmd.Context(), ar, c, &f, argv)
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&f.types, "type", nil, "only records of these WARC `types`")
	fs.StringVar(&f.since, "since", "", "captured on or after this `date`")
	fs.StringVar(&f.until, "until", "", "captured on or before this `date`")
	fs.StringVar(&f.segment, "segment", "", "only records of the segment with this `name`")
	fs.BoolVar(&f.suppressed, "suppressed", false, "print suppressed records too")
	return cmd
}

func (a *app) cat(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, f *catFlags, refs []string) error {
	hidden, err := c.Hidden(ctx)
	if err != nil {
		return err
	}
	exact, prefixes, err := named(ctx, c, refs)
	if err != nil {
		return err
	}
	where, err := locate(ctx, c, f, exact, prefixes)
	if err != nil {
		return err
	}
	records := where.records(ctx, ar, func(c archive.Capture) bool {
		return f.match(c) && (len(refs) == 0 || slices.Contains(exact, c.URL) || slices.Contains(exact, c.ID) ||
			slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(c.URL, p) }))
	})
	out := bufio.NewWriterSize(a.stdout, 1<<16)
	defer out.Flush()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	printed, withheld, damaged := 0, 0, 0
	for e, err := range records {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			damaged++
			fmt.Fprintf(a.stderr, "newsmorgue: %s\n", plain(err.Error()))
			continue
		case !f.suppressed && hidden.Hides(e.Capture):
			withheld++
			continue
		}
		if err := enc.Encode(e.Record); err != nil {
			return err
		}
		printed++
	}
	if printed == 0 && !a.quiet {
		fmt.Fprintln(a.stderr, "no matching records in this archive")
	}
	if withheld > 0 && !a.quiet {
		fmt.Fprintf(a.stderr, "%s suppressed; --suppressed prints them\n", count(withheld, "record"))
	}
	if damaged > 0 {
		return fail(exitDamaged, "newsmorgue verify lists all damage, newsmorgue repair repairs the archive", "%s could not be read", count(damaged, "record"))
	}
	return nil
}

// named sorts references into URLs and IDs, and beginnings of URLs. What the archive
// does not know as it is written has the spelling of crawls.
func named(ctx context.Context, c *catalog.Catalog, refs []string) (exact, prefixes []string, err error) {
	for _, r := range refs {
		if p, ok := strings.CutSuffix(r, "*"); ok {
			prefixes = append(prefixes, p, usualPrefix(p))
			continue
		}
		r = fullRecordID(r)
		if usual := spelling(r); usual != r {
			found, err := c.Lookup(ctx, r)
			if err != nil {
				return nil, nil, err
			}
			if len(found) == 0 {
				r = usual
			}
		}
		exact = append(exact, r)
	}
	return exact, prefixes, nil
}

// usualPrefix is the beginning of URLs in the spelling of crawls. One that ends in the
// host or in a query, of which a part may mean something else, stays as it is.
func usualPrefix(p string) string {
	_, rest, ok := strings.Cut(p, "://")
	if !ok || !strings.Contains(rest, "/") || strings.Contains(rest, "?") || strings.Contains(rest, "/.") {
		return p
	}
	return spelling(p)
}

// locations is where the catalog finds records: the location of each, or else
// their segments. If both are nil, all segments must be searched.
type locations struct {
	captures []archive.Capture
	segments map[string]bool
}

func locate(ctx context.Context, c *catalog.Catalog, f *catFlags, exact, prefixes []string) (locations, error) {
	p := locations{segments: map[string]bool{}}
	if len(exact) == 0 || len(prefixes) > 0 {
		return locations{}, nil
	}
	for _, r := range exact {
		found, err := c.Lookup(ctx, r)
		if err != nil {
			return p, err
		}
		if len(found) == 0 {
			return locations{}, nil // may be a request, which the catalog does not list
		}
		p.captures = append(p.captures, found...)
	}
	if len(f.types) == 0 || slices.Contains(f.types, "request") {
		// The catalog does not list requests, but they are in the segments of their responses.
		for _, at := range p.captures {
			p.segments[at.Segment] = true
		}
		p.captures = nil
	}
	return p, nil
}

func (p locations) records(ctx context.Context, ar *archive.Archive, match func(archive.Capture) bool) iter.Seq2[archive.Entry, error] {
	if p.captures == nil {
		return ar.Select(ctx, func(c archive.Capture) bool { return (p.segments == nil || p.segments[c.Segment]) && match(c) })
	}
	return func(yield func(archive.Entry, error) bool) {
		for _, c := range p.captures {
			if !match(c) {
				continue
			}
			rec, err := ar.RecordAt(ctx, c)
			if errors.Is(err, archive.ErrNotFound) {
				continue // erased or repaired since
			}
			if !yield(archive.Entry{Capture: c, Record: rec}, err) {
				return
			}
		}
	}
}

// fullRecordID completes a record ID that was given as a UUID or a URN without
// angle brackets. Anything else is returned as it is.
func fullRecordID(s string) string {
	if u, err := uuid.Parse(strings.Trim(strings.TrimPrefix(s, "<"), ">")); err == nil {
		return "<urn:uuid:" + u.String() + ">"
	}
	return s
}
