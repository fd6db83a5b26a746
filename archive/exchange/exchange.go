// Package exchange exports the records of an archive as WARC files with a CDXJ index, or
// as a WACZ package, for other tools: pages as they were sent, the articles that were
// read from them, and the runs that fetched them. What is suppressed is in no export,
// and no revisit refers to a record outside of it. It does not read such files: packages
// warc and wacz do.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// Options say what to export, and where.
type Options struct {
	Sites []string // of the URLs, or of the runs that fetched them; all if empty
	// SiteOf is the name of a URL's site, as in Sites; needed if there are any.
	SiteOf       func(url string) string
	Since, Until time.Time // of the captures; zero for no limit

	// Previous is an earlier export, a folder of WARC files or a WACZ package: records
	// that it has are left out. "" for none.
	Previous string

	// Key makes the keys of the index, such as cdxj.SURT, the default, or cdxj.WabacSURT.
	Key func(url string) string

	Software string // "newsmorgue/0.1.0"
	Title    string // of a WACZ package
	MaxFile  int64  // size at which a WARC file is complete, in bytes; 1 GiB if 0
	Workers  int    // that compress; one for each processor if 0
	// Progress is told how many bytes of the archive's segments were read, of how many;
	// may be nil.
	Progress func(done, total int64)
}

// A Summary says what an export wrote.
type Summary struct {
	Records   int64            `json:"records"`
	Types     map[string]int64 `json:"types"`                       // records by type
	Originals int64            `json:"originals,omitempty"`         // responses of other sites or times that revisits refer to
	Had       int64            `json:"had,omitempty"`               // records that the earlier export has
	Hidden    int64            `json:"-"`                           // suppressed ones
	Invalid   int64            `json:"invalid,omitempty"`           // records that a WARC file cannot have
	Damaged   int64            `json:"damaged,omitempty"`           // records that could not be read
	Outside   int64            `json:"revisits_left_out,omitempty"` // revisits whose originals cannot be exported
	LeftOut   []LeftRevisit    `json:"left_out,omitempty"`          // the first of these
	Files     []string         `json:"files"`
	Bytes     int64            `json:"bytes"`
	Newest    time.Time        `json:"newest,omitzero"`
}

// ErrNothing means that no record is selected.
var ErrNothing = errors.New("there is nothing to export: no record is selected")

// An exporter makes one export.
type exporter struct {
	Options
	archive *archive.Archive
	catalog *catalog.Catalog // as it was at the start
	hidden  *catalog.Hidden
	had     idSet
	fetched map[uint64]bool // captures of the sites' runs at URLs of other sites
	sites   map[string]bool
	runs    map[string]bool // IDs of the sites' runs
	sum     Summary
	added   map[string]bool // originals that were written though they are not selected
	unread  map[string]bool // selected records that could not be read

	at   archive.Capture // the record that is exported
	done map[string]bool // segments before its
}

func newExporter(ctx context.Context, a *archive.Archive, c *catalog.Catalog, o Options) (*exporter, error) {
	e := &exporter{Options: o, archive: a, catalog: c, sites: map[string]bool{}, runs: map[string]bool{}, added: map[string]bool{}, unread: map[string]bool{}, done: map[string]bool{}}
	e.sum.Types = map[string]int64{}
	var err error
	if e.hidden, err = c.Hidden(ctx); err != nil {
		return nil, err
	}
	if o.Previous != "" {
		if e.had, err = readPrevious(ctx, o.Previous); err != nil {
			return nil, err
		}
	}
	for _, s := range o.Sites {
		e.sites[s] = true
	}
	if len(o.Sites) > 0 {
		for r, err := range c.EachRun(ctx, o.Sites, time.Time{}) {
			if err != nil {
				return nil, err
			}
			e.runs[r.ID] = true
		}
		e.fetched = map[uint64]bool{}
		for cap, err := range c.FetchedBy(ctx, o.Sites) {
			if err != nil {
				return nil, err
			}
			e.fetched[placeOf(cap.URL, cap.Time)] = true
		}
	}
	return e, nil
}

// infoNamespace is that of the IDs of warcinfo records of files (UUID version 5).
var infoNamespace = uuid.MustParse("0b8b1c7e-8f0a-5d0e-9c56-2f6f6a1b7d42")

// info are the lines of the warcinfo record of a file: what wrote it, and what the
// newest run says of its operator, User-Agent and robots policy.
func (e *exporter) info(ctx context.Context) ([]archive.Field, error) {
	lines := []archive.Field{
		{Name: "software", Value: e.Software},
		{Name: "format", Value: "WARC File Format 1.1"},
		{Name: "conformsTo", Value: "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{Name: "isPartOf", Value: "urn:uuid:" + e.archive.Info().ID},
	}
	fields, err := e.newestRun(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"operator", "robots", "http-header-user-agent", "http-header-from"} {
		if v := fields[name]; v != "" {
			lines = append(lines, archive.Field{Name: name, Value: v})
		}
	}
	return lines, nil
}

// newestRun are the lines of the warcinfo record of the newest run of the sites.
func (e *exporter) newestRun(ctx context.Context) (map[string]string, error) {
	fields := map[string]string{}
	for _, site := range append(e.Sites, "") {
		if site == "" && len(e.Sites) > 0 {
			break
		}
		runs, err := e.catalog.Runs(ctx, site, 1)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			rec, err := e.catalog.Record(ctx, r.ID)
			if isLost(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			for name, value := range warcFields(rec.Payload) {
				if fields[name] == "" {
					fields[name] = value
				}
			}
		}
	}
	return fields, nil
}

func (e *exporter) count(rec *archive.Record) {
	e.sum.Records++
	e.sum.Types[rec.Type()]++
	if d := rec.Date(); d.After(e.sum.Newest) {
		e.sum.Newest = d
	}
}

// uncount takes back a record that was counted and is not written.
func (e *exporter) uncount(rec *archive.Record) {
	e.sum.Records--
	if e.sum.Types[rec.Type()]--; e.sum.Types[rec.Type()] == 0 {
		delete(e.sum.Types, rec.Type())
	}
}

func (e *exporter) tell(done, total int64) {
	if e.Progress != nil {
		e.Progress(done, total)
	}
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("export: %w", err)
}
