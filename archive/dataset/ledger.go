package dataset

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
)

// A leftReason says why a candidate is left out.
type leftReason = string

// The reasons besides those of the catalog.
const (
	leftOptout     leftReason = "opt-out"         // its publisher reserves such uses
	leftExact      leftReason = "duplicate-exact" // it has the text of an earlier one
	leftNear       leftReason = "duplicate-near"  // it is a near-duplicate of an earlier one
	leftSample     leftReason = "sample"          // it is not in the sample
	leftLimit      leftReason = "limit"           // it is behind the first so many
	leftLeak       leftReason = "leak"            // its story is in another split
	LeftUnreadable leftReason = "unreadable"      // its record is damaged or erased
)

// leftFile lists the articles that were left out, each with its reason.
const leftFile = "left-out.csv"

// leftColumns are the columns of leftFile.
var leftColumns = []table.Column{{Name: "id"}, {Name: "site"}, {Name: "url"}, {Name: "reason"}, {Name: "detail"}}

// A ledger collects what is left out, with the reason. It is safe for concurrent use.
type ledger struct {
	mu     sync.Mutex
	counts map[leftReason]int64
	sorter *extsort.Sorter // nil if the articles are only counted
	lines  *extsort.Writer
}

func (e *exporter) newLedger() (*ledger, error) {
	l := &ledger{counts: map[leftReason]int64{}}
	if e.DryRun {
		return l, nil
	}
	dir, err := e.temp("left")
	if err != nil {
		return nil, err
	}
	l.sorter = extsort.New(dir, 8<<20)
	l.lines = l.sorter.Writer()
	return l, nil
}

func (l *ledger) add(id, site, url string, reason leftReason, detail string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[reason]++
	if l.lines == nil {
		return nil
	}
	line := table.AppendRow(nil, leftColumns, []table.Value{table.Of(id), table.Of(site), table.Of(url), table.Of(reason), table.Of(detail)})
	return l.lines.Add([]byte(site+"\x00"+url), line)
}

// pick leaves out a version of a story.
func (l *ledger) pick(p catalog.Pick, reason leftReason) error {
	return l.add(p.ID, p.Site, p.URL, reason, "")
}

// sorted lists the counts, the largest first.
func (l *ledger) sorted() (all []docs.Count) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for reason, n := range l.counts {
		all = append(all, docs.Count{Name: reason, N: n})
	}
	sortCounts(all)
	return all
}

func sortCounts(all []docs.Count) {
	slices.SortFunc(all, func(a, b docs.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
}

// filtered adds what the filter leaves out, unless the picks have told it.
func (e *exporter) filtered(ctx context.Context) error {
	if e.picks.First == 0 {
		return nil
	}
	for s, err := range e.view.LeftOut(ctx, e.picks.Filter) {
		if err == nil {
			err = e.ledger.add(s.ID, s.Site, s.URL, s.Reason, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write writes leftFile, in the order of sites and URLs.
func (l *ledger) write(ctx context.Context, d *folder.Folder) (err error) {
	if err := l.lines.Close(); err != nil {
		return err
	}
	f, err := d.Create(folder.File{Name: leftFile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var buffer bytes.Buffer
	out := csv.NewWriter(&buffer)
	cells := make([]string, len(leftColumns))
	for i, c := range leftColumns {
		cells[i] = c.Name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	row := make([]table.Value, len(leftColumns))
	for e, err := range l.sorter.Merge(ctx) {
		if err != nil {
			return err
		}
		if _, err := table.ReadRow(string(e.Value), leftColumns, row); err != nil {
			return err
		}
		for i, v := range row {
			cells[i] = v.Text
		}
		if err := out.Write(cells); err != nil {
			return err
		}
		if buffer.Len() > 1<<16 {
			out.Flush()
			if _, err := f.Write(buffer.Bytes()); err != nil {
				return err
			}
			buffer.Reset()
		}
	}
	out.Flush()
	_, err = f.Write(buffer.Bytes())
	return errors.Join(err, out.Error())
}

// temp is a folder for temporary files: in that of the dataset, or of the system if
// nothing is to be written.
func (e *exporter) temp(name string) (string, error) {
	if e.folder != nil {
		return e.folder.Temp(name)
	}
	if e.scratch == "" {
		var err error
		if e.scratch, err = os.MkdirTemp("", "newsmorgue-export-"); err != nil {
			return "", err
		}
	}
	return e.scratch, nil
}

// unreadable leaves out an article whose record is damaged or erased.
func (l *ledger) unreadable(p catalog.Pick) error { return l.pick(p, LeftUnreadable) }
