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

// catFlags choose records.
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
			return usage("type is %q; it is %s", t, strings.Join(recordTypes, ", "))
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
		Short: "Print records as JSON lines: by URL, id, type and time",
		Long: `Prints the records of a URL, of all URLs that begin so (with a * at the end), or of one record id; without
any, all records. Each is one line of JSON as FORMAT.md describes it. Suppressed records are left out.

` + exitHelp,
		Example: `  newsmorgue cat https://example.org/story --type response | jq -r .text
  newsmorgue cat 'https://example.org/*' --since 2026-11-01 --type conversion
  newsmorgue cat --type metadata`,
		Args: args(0, -1, "URLs or ids"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if err := f.check(); err != nil {
				return err
			}
			ar, c, err := a.catalog()
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			return a.cat(cmd.Context(), ar, c, &f, argv)
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&f.types, "type", nil, "only these `types` of records, by their WARC names")
	fs.StringVar(&f.since, "since", "", "captured on or after this `date`")
	fs.StringVar(&f.until, "until", "", "captured on or before this `date`")
	fs.StringVar(&f.segment, "segment", "", "only records of the segment of this `name`")
	fs.BoolVar(&f.suppressed, "suppressed", false, "print suppressed records too")
	return cmd
}

func (a *app) cat(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, f *catFlags, refs []string) error {
	hidden, err := c.Hidden(ctx)
	if err != nil {
		return err
	}
	var whole, begin []string
	for _, r := range refs {
		if p, ok := strings.CutSuffix(r, "*"); ok {
			begin = append(begin, p)
		} else {
			whole = append(whole, recordRef(r))
		}
	}
	in, err := placesOf(ctx, c, f, whole, begin)
	if err != nil {
		return err
	}
	records := in.records(ctx, ar, func(c archive.Capture) bool {
		return f.match(c) && (len(refs) == 0 || slices.Contains(whole, c.URL) || slices.Contains(whole, c.ID) ||
			slices.ContainsFunc(begin, func(p string) bool { return strings.HasPrefix(c.URL, p) }))
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
		fmt.Fprintln(a.stderr, "no such records here")
	}
	if withheld > 0 && !a.quiet {
		fmt.Fprintf(a.stderr, "%s suppressed; --suppressed prints them\n", count(withheld, "record"))
	}
	if damaged > 0 {
		return fail(exitDamaged, "newsmorgue verify says more, newsmorgue repair mends", "%s could not be read", count(damaged, "record"))
	}
	return nil
}

// places are what the catalog says of where records lie: each one's place, or
// their segments, or nothing if both are nil.
type places struct {
	captures []archive.Capture
	segments map[string]bool
}

func placesOf(ctx context.Context, c *catalog.Catalog, f *catFlags, whole, begin []string) (places, error) {
	p := places{segments: map[string]bool{}}
	if len(whole) == 0 || len(begin) > 0 {
		return places{}, nil
	}
	for _, r := range whole {
		found, err := c.Lookup(ctx, r)
		if err != nil {
			return p, err
		}
		if len(found) == 0 {
			return places{}, nil // requests are in no row
		}
		p.captures = append(p.captures, found...)
	}
	if len(f.types) == 0 || slices.Contains(f.types, "request") {
		// The requests of a page lie where its responses do.
		for _, at := range p.captures {
			p.segments[at.Segment] = true
		}
		p.captures = nil
	}
	return p, nil
}

func (p places) records(ctx context.Context, ar *archive.Archive, match func(archive.Capture) bool) iter.Seq2[archive.Entry, error] {
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
				continue // erased or mended since
			}
			if !yield(archive.Entry{Capture: c, Record: rec}, err) {
				return
			}
		}
	}
}

// recordRef completes a record id that was given as a bare UUID or URN.
func recordRef(s string) string {
	if u, err := uuid.Parse(strings.Trim(strings.TrimPrefix(s, "<"), ">")); err == nil {
		return "<urn:uuid:" + u.String() + ">"
	}
	return s
}
