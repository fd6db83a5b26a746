package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

// An Entry is what an index in memory needs of a story, to select, count and order
// stories without the catalog.
type Entry struct {
	Key     int64 // of the story; Story.ID is the same number in hexadecimal
	Doc     int64 // the row of its words; 0 or less if it has none
	Sorted  int64 // when it was published, or captured if that is unknown: microseconds since 1970
	Site    string
	Kind    string
	Section string
	// Language is as the article has it, such as "en-GB".
	Language string
	Authors  string // a JSON list of names
	Moved    bool   // it is listed under another URL, unless a filter says which kinds
}

const entryColumns = "SELECT s.story, s.doc, s.sorted, s.site, s.kind, r.section, r.language, r.authors, "

// Entries lists all stories as entries, the newest first. With after, it lists only those
// whose words came after that row: the new and changed ones, in no order.
func (c *Catalog) Entries(ctx context.Context, after int64) iter.Seq2[Entry, error] {
	query, args := entryColumns+movedIf(redirects)+" FROM stories s JOIN readings r ON r.id = s.reading ORDER BY "+newestFirst, []any(nil)
	if after > 0 {
		query, args = entryColumns+isMoved+" FROM stories s JOIN readings r ON r.id = s.reading WHERE s.doc > ?", []any{after}
	}
	return func(yield func(Entry, error) bool) {
		rows, err := c.db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Entry{}, fmt.Errorf("catalog: %w", err))
			return
		}
		defer rows.Close()
		var e Entry
		into := []any{&e.Key, &e.Doc, &e.Sorted, &e.Site, &e.Kind, &e.Section, &e.Language, &e.Authors, &e.Moved}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				yield(Entry{}, fmt.Errorf("catalog: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Entry{}, fmt.Errorf("catalog: %w", err))
		}
	}
}

// Keys lists the keys of all stories, in ascending order. Suppressed ones are not among
// them.
func (c *Catalog) Keys(ctx context.Context) ([]int64, error) {
	return c.numbers(ctx, "SELECT group_concat(story) FROM (SELECT story FROM stories ORDER BY story)")
}

// Matching lists the rows that have the words of a filter's query, in ascending order; its
// other conditions do not count. An error wraps ErrQuery if the query is not valid.
func (c *Catalog) Matching(ctx context.Context, f Filter) ([]int64, error) {
	if err := c.CheckQuery(ctx, f); err != nil {
		return nil, err
	}
	docs, err := c.numbers(ctx, "SELECT group_concat(rowid) FROM fulltext WHERE fulltext MATCH ?", f.expression())
	slices.Sort(docs)
	return docs, err
}

// numbers reads the numbers that a query joins with commas: one long row is read in a
// fraction of the time that many short ones take.
func (c *Catalog) numbers(ctx context.Context, query string, args ...any) (all []int64, err error) {
	var joined sql.RawBytes
	rows, err := c.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(&joined); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
	}
	if len(joined) > 0 {
		for part := range strings.SplitSeq(string(joined), ",") {
			n, err := strconv.ParseInt(part, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("catalog: %w", err)
			}
			all = append(all, n)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return all, nil
}

// MaxRanked is how many rows Ranked ranks at once.
const MaxRanked = maxRanked

// A Ranked is a row that has the words of a query, with its score by bm25: the greater the
// better.
type Ranked struct {
	Doc   int64
	Score float64
}

// Ranked lists those of the last MaxRanked rows below a row that have the words of a
// filter's query, the best first, as Search orders them. Its other conditions do not
// count.
func (c *Catalog) Ranked(ctx context.Context, f Filter, below int64) ([]Ranked, error) {
	if err := c.CheckQuery(ctx, f); err != nil {
		return nil, err
	}
	all, err := c.rank(ctx, f, below)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	found := make([]Ranked, len(all))
	for i, r := range all {
		found[i] = Ranked{r.doc, -r.score}
	}
	return found, nil
}

// StoriesByKey returns the stories with some keys, by key. One that is suppressed, or has
// no current version, is not among them.
func (c *Catalog) StoriesByKey(ctx context.Context, keys []int64) (map[int64]Story, error) {
	var list strings.Builder
	for i, k := range keys {
		fmt.Fprintf(&list, "%s%d", []string{"[", ","}[min(i, 1)], k)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := c.db.QueryContext(ctx, "SELECT s.story, "+storyColumns+"WHERE s.story IN (SELECT value FROM json_each(?))", list.String()+"]")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	found := map[int64]Story{}
	for rows.Next() {
		var key int64
		s, err := scanStory(rows, &key)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		found[key] = s
	}
	return found, rows.Err()
}

// Describe adds the title and snippet to hits, which come from elsewhere than Search:
// with marks where the words of a filter's query are. Without a query, the snippet is the
// beginning of the text.
func (c *Catalog) Describe(ctx context.Context, f Filter, hits []Hit) error {
	var q words.Query
	if f.Query != "" {
		var err error
		if q, err = f.parsed(); err != nil {
			return err
		}
	}
	c.describeAll(ctx, q, hits)
	return ctx.Err()
}

// A Watch tells whether a catalog has changed. It is safe for concurrent use.
type Watch struct{ db *database }

// A Revision is what a catalog was at some time. If two revisions are equal, so is what
// the catalog had.
type Revision struct {
	Version      int64 // of the file; it means nothing but to compare it with others of the same Watch
	Suppressions int64 // in the ledger, lifted ones, too: they are never removed
}

// Watch begins to watch a catalog. It must be closed.
func (c *Catalog) Watch() (*Watch, error) {
	db, err := connect(c.path)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	// PRAGMA data_version says whether others have written since the connection last
	// asked: so there is only one.
	db.SetMaxOpenConns(1)
	return &Watch{db}, nil
}

// Revision returns what the catalog is now. It takes some microseconds.
func (w *Watch) Revision(ctx context.Context) (r Revision, err error) {
	err = w.db.QueryRowContext(ctx, "PRAGMA data_version").Scan(&r.Version)
	if err == nil {
		err = w.db.QueryRowContext(ctx, "SELECT count(*) FROM ledger").Scan(&r.Suppressions)
	}
	if err != nil {
		return r, fmt.Errorf("catalog: %w", err)
	}
	return r, nil
}

// Close ends the watch.
func (w *Watch) Close() error { return w.db.Close() }
