package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
)

// write writes the rows of all tables.
func (e *exporter) write(ctx context.Context) error {
	e.facts = newFacts()
	if err := e.filtered(ctx); err != nil {
		return err
	}
	// The summary of sites goes through the whole catalog: meanwhile, the rows are written.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sites := make(chan summedSites, 1)
	go func() {
		all, err := e.summedSites(ctx)
		sites <- summedSites{all, err}
	}()
	m := newMerger(e)
	err := m.articles(ctx)
	if err = errors.Join(err, m.close()); err != nil {
		cancel()
		<-sites // it reads from the snapshot
		return err
	}
	all := <-sites
	if all.err != nil {
		return all.err
	}
	if err := e.writeSides(ctx, all.sites); err != nil {
		return err
	}
	return e.sink.Close()
}

// A merger writes the rows of articles and their children in the order of the table.
type merger struct {
	*exporter
	meta, row []table.Value
	children  [][]table.Value
	at        map[string]int // the columns that are known only now
	digests   *extsort.Writer
	digest    []byte
	parts     map[string]*writers // by split
	dirs      []string            // of the partition that is being written
	table     *table.Table        // of the articles
	pictures  *archive.Reader

	written int64
}

// writers are the open writers of one part of the dataset.
type writers struct {
	articles table.Writer
	children []table.Writer
}

func newMerger(e *exporter) *merger {
	m := &merger{exporter: e, meta: make([]table.Value, len(meta)), row: make([]table.Value, len(e.plan.articles.Columns)), at: map[string]int{},
		digests: e.digests.Writer(), parts: map[string]*writers{}, table: e.plan.articles, pictures: e.archive.NewReader()}
	for _, c := range e.plan.children {
		m.children = append(m.children, make([]table.Value, len(c.table.Columns)))
	}
	for i, c := range e.plan.articles.Columns {
		m.at[c.Name] = i
	}
	return m
}

// A batch of encoded rows, decompressed and merged while the last one is written.
type encodedRows []string

const rowsBatch = 256

// articles merges all rows and writes those that are chosen.
func (m *merger) articles(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := make(chan encodedRows, 4)
	go func() {
		defer close(batches)
		var batch encodedRows
		for entry, err := range m.sorter.Merge(ctx) {
			if err != nil {
				cancel(err)
				return
			}
			if batch = append(batch, string(entry.Value)); len(batch) == rowsBatch {
				select {
				case batches <- batch:
				case <-ctx.Done():
					return
				}
				batch = nil
			}
		}
		if len(batch) > 0 {
			select {
			case batches <- batch:
			case <-ctx.Done():
			}
		}
	}()
	done, total := int64(0), int64(len(m.chosen.candidates))
	var failed error
	for batch := range batches {
		for _, row := range batch {
			if failed == nil {
				if failed = m.article(ctx, row); failed != nil {
					cancel(failed)
				}
			}
		}
		done += int64(len(batch))
		m.tell("writing", done, max(total, done))
	}
	return errors.Join(failed, context.Cause(ctx))
}

// Places of columns in meta.
const (
	metaKey = iota
	metaVersion
	metaID
	metaSite
	metaURL
	metaKind
	metaLanguage
	metaExtractor
	metaPublished
	metaCaptured
	metaOptouts
	metaRun
	metaRedacted
)

// article writes the rows of one version of an article, if it is chosen. Versions of one
// article may be apart: their sites and months may differ.
func (m *merger) article(ctx context.Context, encoded string) error {
	rest, err := table.ReadRow(encoded, meta, m.meta)
	if err != nil {
		return err
	}
	key := uint64(m.meta[metaKey].Int)
	at := m.chosen.find(key)
	if at == nil {
		return nil
	}
	if !at.seen {
		at.seen = true
		if err := m.decide(at); err != nil {
			return err
		}
	}
	if at.drop != notDropped {
		return nil
	}
	if len(rest) < sha256.Size {
		return errRow
	}
	sum := rest[:sha256.Size]
	if rest, err = table.ReadRow(rest[sha256.Size:], m.table.Columns, m.row); err != nil {
		return err
	}
	m.fill(at)
	w, err := m.part(at.split.String())
	if err != nil {
		return err
	}
	if err := w.articles.Write(m.row); err != nil {
		return err
	}
	m.facts.article(m.meta, m.meta[metaVersion].Int == int64(at.last), at.split.String())
	m.facts.row(m.table, m.row)
	if err := m.addDigest(key, sum); err != nil {
		return err
	}
	return m.writeChildren(ctx, w, rest)
}

// decide leaves out what is behind the limit, and enters what is left out in the ledger.
func (m *merger) decide(at *candidate) error {
	if at.drop == notDropped {
		if limit := int64(m.recipe.Choice.Limit); limit == 0 || m.written < limit {
			m.written++
			return nil
		}
		at.drop = dropLimit
	}
	detail := ""
	switch at.drop {
	case dropExact:
		detail = idOf(at.duplicate)
	case dropNear, dropLeak:
		detail = idOf(at.first)
	}
	return m.ledger.add(m.meta[metaID].Text, m.meta[metaSite].Text, m.meta[metaURL].Text, at.drop.reason(), detail)
}

func idOf(key uint64) string { return fmt.Sprintf("%012x", key) }

// fill sets the columns that depend on other articles.
func (m *merger) fill(at *candidate) {
	set := func(column string, v table.Value) {
		if i, ok := m.at[column]; ok {
			m.row[i] = v
		}
	}
	set("split", table.Of(at.split.String()))
	if at.size == 0 {
		return // clusters were not computed
	}
	set("cluster", table.Of(idOf(at.cluster)))
	set("cluster_size", table.OfInt(int64(at.size)))
	set("cluster_first", table.Of(idOf(at.first)))
	if at.duplicate != 0 {
		set("duplicate_of", table.Of(idOf(at.duplicate)))
	}
}

// writeChildren writes the rows that belong to an article.
func (m *merger) writeChildren(ctx context.Context, w *writers, rest string) error {
	for c, t := range m.exporter.children {
		n, rest2, err := count(rest)
		if err != nil {
			return err
		}
		for rest = rest2; n > 0; n-- {
			if rest, err = table.ReadRow(rest, t.table.Columns, m.children[c]); err != nil {
				return err
			}
			if err := m.keepMedia(ctx, t.table, m.children[c]); err != nil {
				return err
			}
			if err := w.children[c].Write(m.children[c]); err != nil {
				return err
			}
			m.facts.row(t.table, m.children[c])
		}
	}
	return nil
}

var errRow = errors.New("a row in a temporary file is damaged")

// count reads the number of rows that follow.
func count(s string) (n uint64, rest string, err error) {
	n, size := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
	if size <= 0 {
		return 0, "", errRow
	}
	return n, s[size:], nil
}

// part returns the writers of a split, in the partition of the article at hand.
func (m *merger) part(split string) (*writers, error) {
	if m.recipe.Partition {
		dirs := m.partitionOf(m.meta)
		if !slices.Equal(dirs, m.dirs) {
			if err := m.closeParts(); err != nil {
				return nil, err
			}
			m.dirs = dirs
		}
	}
	if w := m.parts[split]; w != nil {
		return w, nil
	}
	w := &writers{}
	m.parts[split] = w
	var err error
	p := table.Part{Split: split, Dirs: m.dirs}
	if w.articles, err = m.sink.Open(m.table, p); err != nil {
		return nil, err
	}
	for _, c := range m.exporter.children {
		child, err := m.sink.Open(c.table, p)
		if err != nil {
			return nil, err
		}
		w.children = append(w.children, child)
	}
	return w, nil
}

// partitionOf are the folders of an article.
func (e *exporter) partitionOf(row []table.Value) []string {
	month := monthOf(row[metaPublished].Text)
	if month == "" {
		month = "__HIVE_DEFAULT_PARTITION__" // how Hive writes that a value is missing
	}
	return []string{"month=" + month, fmt.Sprintf("shard=%02d", e.shardOf(row[metaSite].Text))}
}

// closeParts completes the open files, in a fixed order.
func (m *merger) closeParts() (err error) {
	for _, split := range slices.Sorted(maps.Keys(m.parts)) {
		w := m.parts[split]
		if w.articles != nil {
			err = errors.Join(err, w.articles.Close())
		}
		for _, c := range w.children {
			err = errors.Join(err, c.Close())
		}
	}
	clear(m.parts)
	return err
}

func (m *merger) close() error {
	m.pictures.Close()
	var err error
	if len(m.parts) == 0 && m.dirs == nil {
		_, err = m.part("") // a dataset without articles has its files, too
	}
	return errors.Join(err, m.closeParts(), m.digests.Close())
}
