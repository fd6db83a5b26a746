package frontier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// listSchema is what documents announce, so that what they no longer announce is known.
const listSchema = `
-- documents are the feeds, sitemaps and first pages of lists that were read, by the id of
-- their URL. root is that of the index from which a sitemap is reached, or its own.
CREATE TABLE documents (
	id INTEGER PRIMARY KEY, site TEXT NOT NULL, root INTEGER NOT NULL,
	generation INTEGER NOT NULL DEFAULT 0, -- the reading that is under way, or the last one
	page INTEGER NOT NULL DEFAULT 0,       -- of the list, up to which it has come; -1 if one is missing
	complete INTEGER NOT NULL DEFAULT 0,   -- all entries were read once
	excess INTEGER NOT NULL DEFAULT 0,     -- how many entries more the list says it has than it has
	hits INTEGER NOT NULL DEFAULT 0, misses INTEGER NOT NULL DEFAULT 0, -- pages called modified that were found changed, or not
	wrong INTEGER NOT NULL DEFAULT 0,      -- of a root, how often in a row most of what it no longer named was still there
	rules TEXT NOT NULL DEFAULT ''
);
-- entries are by a hash of their URL. page is its id in urls; 0 if it is not there.
CREATE TABLE entries (
	document INTEGER NOT NULL, url INTEGER NOT NULL, page INTEGER NOT NULL, modified INTEGER NOT NULL, generation INTEGER NOT NULL,
	missing INTEGER NOT NULL DEFAULT 0, -- since when it is not announced any more
	PRIMARY KEY (document, url)
) WITHOUT ROWID;
CREATE INDEX entries_page ON entries (page);
CREATE INDEX entries_missing ON entries (document) WHERE missing > 0;
CREATE INDEX documents_root ON documents (root);
`

const (
	// judgeQuery takes that a page that a document called modified after the visit before
	// was found changed, or not. Old verdicts count less and less.
	judgeQuery = `UPDATE documents SET hits = (hits + ?3) / (1 + (hits + misses >= 64)), misses = (misses + NOT ?3) / (1 + (hits + misses >= 64))
		WHERE id IN (SELECT document FROM entries WHERE page = ?1 AND missing = 0 AND modified > ?2)`
	entryQuery = `INSERT INTO entries (document, url, page, modified, generation) VALUES (?1, ?2, coalesce((SELECT id FROM urls WHERE site = ?3 AND url = ?4), 0), ?5, ?6)
		ON CONFLICT (document, url) DO UPDATE SET page = excluded.page, modified = excluded.modified, generation = excluded.generation, missing = 0`
)

// A document is believed until so many of the pages that it called modified were
// found unchanged, and then only if it was right about a quarter of them.
const (
	maxMisses = 8
	hitShare  = 4
)

// believed is true for such a document.
var believed = fmt.Sprintf("(d.misses < %d OR d.hits * %d >= d.hits + d.misses)", maxMisses, hitShare)

// Listed is what is known of a document: see scraper.Frontier.
func (f *Frontier) Listed(ctx context.Context, doc *scraper.Request) (l scraper.Listed, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hits, misses int
	err = f.db.QueryRowContext(ctx, "SELECT d.rules, d.hits, d.misses FROM urls u JOIN documents d ON d.id = u.id WHERE u.site = ? AND u.url = ?", doc.Site, doc.URL.String()).
		Scan(&l.Rules, &hits, &misses)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("frontier: %w", err)
	}
	l.Untrusted = misses >= maxMisses && hits*hitShare < hits+misses
	l.Proven = hits >= maxMisses && hits*hitShare >= hits+misses
	return l, nil
}

// List takes what a document announces: see scraper.Frontier.
func (f *Frontier) List(ctx context.Context, doc *scraper.Request, l scraper.Listing) (complete bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	entry, err := f.prepared(ctx, entryQuery)
	if err != nil {
		return false, err
	}
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("frontier: %w", err)
	}
	defer tx.Rollback()
	at := l.At
	if at.IsZero() {
		at = time.Now()
	}
	r := reading{ctx: ctx, tx: tx, now: at.UnixMilli(), listing: l}
	if err := r.begin(doc); errors.Is(err, sql.ErrNoRows) {
		return false, nil // the site was removed meanwhile, or an earlier version knows the document by another spelling
	} else if err != nil {
		return false, fmt.Errorf("frontier: list %s: %w", doc.URL, err)
	}
	gone, err := r.gone()
	if err != nil {
		return false, fmt.Errorf("frontier: list %s: %w", doc.URL, err)
	}
	var back []int64
	stmt := tx.StmtContext(ctx, entry)
	for _, e := range l.Entries {
		text := e.URL.String()
		h := fnv.New64a()
		h.Write([]byte(text))
		if page, ok := gone[int64(h.Sum64())]; ok {
			back = append(back, page)
		}
		if _, err := stmt.ExecContext(ctx, r.id, int64(h.Sum64()), doc.Site, text, millis(e.Modified), r.generation); err != nil {
			return false, fmt.Errorf("frontier: list %s: %w", doc.URL, err)
		}
	}
	if complete, err = r.end(); err != nil {
		return false, fmt.Errorf("frontier: list %s: %w", doc.URL, err)
	}
	for _, page := range back {
		if _, err := tx.ExecContext(ctx, "UPDATE urls SET state = 0, due = ?, attempt = 0, priority = ? WHERE id = ? AND state = 1", byDate, priorityLost, page); err != nil {
			return false, fmt.Errorf("frontier: list %s: %w", doc.URL, err)
		}
	}
	if err := tx.Commit(); err != nil || len(back) == 0 {
		return complete, err
	}
	if s := f.sites[doc.Site]; s != nil {
		s.loaded = false // what is in memory is loaded again
	}
	f.notify()
	return complete, nil
}

// gone are the pages that the document no longer announced and that were gone, by the
// hash of their URL: if it announces one again, that may have been restored.
func (r *reading) gone() (map[int64]int64, error) {
	rows, err := r.tx.QueryContext(r.ctx, "SELECT e.url, e.page FROM entries e JOIN urls p ON p.id = e.page WHERE e.document = ? AND e.missing > 0 AND p.gone = 1", r.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	pages := map[int64]int64{}
	for rows.Next() {
		var url, page int64
		if err := rows.Scan(&url, &page); err != nil {
			return nil, err
		}
		pages[url] = page
	}
	return pages, rows.Err()
}

// A reading is one reading of a document.
type reading struct {
	ctx              context.Context
	tx               *sql.Tx
	now              int64
	listing          scraper.Listing
	id               int64 // of the document
	generation, page int64
	excess           int64
	complete         bool
	rules            string // of the last full reading
}

// begin finds the row of the document and the generation of its entries: a new one on
// the first page, which the pages after it belong to.
func (r *reading) begin(doc *scraper.Request) error {
	first := doc.URL
	if r.listing.First != nil {
		first = r.listing.First
	}
	var via string
	if err := r.tx.QueryRowContext(r.ctx, "SELECT id, via FROM urls WHERE site = ? AND url = ?", doc.Site, first.String()).Scan(&r.id, &via); err != nil {
		return err
	}
	root := r.id
	err := r.tx.QueryRowContext(r.ctx, "SELECT d.root FROM urls u JOIN documents d ON d.id = u.id WHERE u.site = ? AND u.url = ? AND u.kind = 'sitemap'", doc.Site, via).Scan(&root)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = r.tx.ExecContext(r.ctx, "INSERT INTO documents (id, site, root) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET root = excluded.root", r.id, doc.Site, root)
	if err != nil {
		return err
	}
	err = r.tx.QueryRowContext(r.ctx, "SELECT generation, page, excess, complete, rules FROM documents WHERE id = ?", r.id).Scan(&r.generation, &r.page, &r.excess, &r.complete, &r.rules)
	switch {
	case err != nil:
		return err
	case r.listing.Page <= 1:
		r.generation, r.page = max(r.now, r.generation+1), 1
	case int64(r.listing.Page) == r.page+1 && r.page > 0:
		r.page++
	default:
		r.page = -1
	}
	return nil
}

// end notes which entries are not announced any more, if all are known that are.
func (r *reading) end() (complete bool, err error) {
	l := r.listing
	all := l.Whole && r.page > 0 && int(r.page) >= l.Pages
	otherRules := r.rules != "" && r.rules != l.Rules
	switch {
	case !l.Whole && l.First == nil: // what a feed no longer names is just older
		if err := r.forget(); err != nil {
			return false, err
		}
		r.complete = false
	case !l.Whole:
		r.page = -1
	case all:
		forget := r.drop
		if otherRules { // what is not named any more may just be left out now
			forget = r.forget
		}
		if err := forget(); err != nil {
			return false, err
		}
		r.complete = true
	}
	var known int64
	if l.Total > 0 {
		if err := r.tx.QueryRowContext(r.ctx, "SELECT count(*) FROM entries WHERE document = ? AND missing = 0", r.id).Scan(&known); err != nil {
			return false, err
		}
		if all {
			r.excess = int64(l.Total) - known
		}
	}
	if all || l.First == nil {
		r.rules = l.Rules
	}
	_, err = r.tx.ExecContext(r.ctx, "UPDATE documents SET generation = ?, page = ?, complete = ?, excess = ?, rules = ? WHERE id = ?", r.generation, r.page, r.complete, r.excess, r.rules, r.id)
	return r.complete && (all || !otherRules) && (l.Total == 0 || known+r.excess == int64(l.Total)), err
}

// forget removes the entries that were not named in this reading.
func (r *reading) forget() error {
	_, err := r.tx.ExecContext(r.ctx, "DELETE FROM entries WHERE document = ? AND generation < ?", r.id, r.generation)
	return err
}

// drop notes the entries that were not named in this reading. A sitemap that its index
// no longer names takes its own entries with it; should it come back, it is read anew.
func (r *reading) drop() error {
	for _, q := range []string{
		"UPDATE entries SET missing = ?2 WHERE document = ?1 AND generation < ?3 AND missing = 0",
		"UPDATE entries SET missing = ?2 WHERE missing = 0 AND document IN (SELECT page FROM entries WHERE document = ?1 AND missing = ?2)",
		"UPDATE documents SET rules = '' WHERE id IN (SELECT page FROM entries WHERE document = ?1 AND missing = ?2)",
	} {
		if _, err := r.tx.ExecContext(r.ctx, q, r.id, r.now, r.generation); err != nil {
			return err
		}
	}
	return nil
}
