package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/words"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// ErrQuery says that a query with operators is not valid; the error says why.
var ErrQuery = errors.New("query is not valid")

// A Hit is a story that a search found.
type Hit struct {
	Story
	Score   float64       // by bm25, the greater the better; 0 in a search by date
	Snippet words.Snippet // of its text, else of its captions or summary
	Title   words.Snippet // with marks; empty if it has no title
}

// An Order is one of the orders of hits.
type Order int

// The orders. Of equal scores, the story whose current version came last is first.
const (
	ByRelevance Order = iota
	ByDate            // the newest first, as Stories lists them
)

const (
	docsQuery = "SELECT rowid FROM fulltext WHERE fulltext MATCH ?"

	// maxRanked is how many stories are ranked at once. If more match a query, those whose
	// current version came last are first, then as many that came before them: so memory
	// and the time to the first hit are bounded. Ranking takes 2 µs for each.
	maxRanked = 10_000
	// maxCounted is up to how many matches Count tells exactly.
	maxCounted = 2000
)

// parsed reads the query of a filter.
func (f Filter) parsed() (words.Query, error) {
	if !f.FTS {
		return words.Parse(f.Query), nil
	}
	q, err := words.ParseOperators(f.Query)
	if err != nil {
		return q, fmt.Errorf("%w: %w", ErrQuery, err)
	}
	return q, nil
}

// expression is the query of a filter as FTS5 reads it. One that is not valid, or has no
// words, finds nothing: so does an empty phrase.
func (f Filter) expression() string {
	q, err := f.parsed()
	if err != nil || q.Expression() == "" {
		return `""`
	}
	return q.Expression()
}

// CheckQuery returns an error that wraps ErrQuery if the query of a filter is not valid.
// Only queries with operators can be invalid.
func (c *Catalog) CheckQuery(ctx context.Context, f Filter) error {
	if f.Query == "" || !f.FTS {
		return nil
	}
	if _, err := f.parsed(); err != nil {
		return err
	}
	var n int
	err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM ("+docsQuery+" LIMIT 1)", f.expression()).Scan(&n)
	var coded interface{ Code() int }
	if errors.As(err, &coded) && coded.Code()&0xff == 1 { // SQLITE_ERROR
		text := err.Error()
		if i := strings.Index(text, "fts5: "); i >= 0 {
			text = text[i+len("fts5: "):]
		}
		text, _, _ = strings.Cut(text, " (1)")
		if text == `syntax error near ""` {
			text = "something is missing at its end"
		}
		return fmt.Errorf("%w: %s", ErrQuery, text)
	}
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return nil
}

// Search reads articles in groups, in the order of their records and by readers in
// parallel: most of the time is spent on decompression, and records that lie together are
// decompressed together. The first group is small, so that the first hits come soon.
const (
	firstGroup   = 20
	largestGroup = 5000
	readers      = 4
)

// Search lists the stories that a filter with a query selects, f.Limit of them at most.
// Articles are read ahead: for n hits that are taken, those of no more than 20 + 4n
// stories. A story whose article cannot be
// read has no snippet.
func (c *Catalog) Search(ctx context.Context, f Filter, order Order) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		q, err := f.parsed()
		if err == nil {
			err = c.CheckQuery(ctx, f)
		}
		if err != nil {
			yield(Hit{}, err)
			return
		}
		if q.Expression() == "" {
			return
		}
		ordered := c.byRelevance
		if order == ByDate {
			ordered = c.byDate
		}
		var group []Hit
		n, size := 0, firstGroup
		for h, err := range ordered(ctx, f) {
			if err != nil {
				yield(h, err)
				return
			}
			group = append(group, h)
			if n++; n != f.Limit && len(group) < size {
				continue
			}
			if !c.yieldDescribed(ctx, q, group, yield) || n == f.Limit {
				return
			}
			group, size = group[:0], min(4*size, largestGroup)
		}
		c.yieldDescribed(ctx, q, group, yield)
	}
}

// yieldDescribed reads the articles of hits and yields them; false to stop.
func (c *Catalog) yieldDescribed(ctx context.Context, q words.Query, group []Hit, yield func(Hit, error) bool) bool {
	c.describeAll(ctx, q, group)
	for _, h := range group {
		if err := ctx.Err(); err != nil {
			yield(h, err)
			return false
		}
		if !yield(h, nil) {
			return false
		}
	}
	return true
}

// A locatedHit is a hit with the place of its article's record.
type locatedHit struct {
	*Hit
	at archive.Capture
}

// describeAll adds what the articles of hits themselves show.
func (c *Catalog) describeAll(ctx context.Context, q words.Query, group []Hit) {
	all := make([]locatedHit, 0, len(group))
	for i := range group {
		h := &group[i]
		h.Title = words.Snippet{Text: h.Story.Title, Marks: q.Marks(h.Story.Title)}
		if at, err := c.located(ctx, h.RecordID); err == nil {
			all = append(all, locatedHit{h, at})
		}
	}
	slices.SortFunc(all, func(a, b locatedHit) int {
		return cmp.Or(cmp.Compare(a.at.Segment, b.at.Segment), cmp.Compare(a.at.Frame, b.at.Frame), cmp.Compare(a.at.Offset, b.at.Offset))
	})
	var wg sync.WaitGroup
	for part := range slices.Chunk(all, (len(all)+readers-1)/readers+1) {
		wg.Go(func() {
			r := c.a.NewReader()
			defer r.Close()
			for _, h := range part {
				if ctx.Err() != nil {
					return
				}
				rec, err := r.Record(ctx, h.at)
				if err != nil {
					continue
				}
				if a, err := articleIn(rec, h.Story); err == nil {
					h.Snippet = snippetOf(q, a)
				}
			}
		})
	}
	wg.Wait()
}

// snippetOf returns the snippet of the first part of an article that has what is looked
// for; else the beginning of its text.
func snippetOf(q words.Query, a *article.Article) words.Snippet {
	var captions []string
	for _, cap := range a.Captions {
		captions = append(captions, strings.TrimSpace(cap.Text+" "+cap.Credit))
	}
	var first words.Snippet
	for _, part := range []string{a.Text, strings.Join(captions, "\n"), a.Summary, a.Subtitle} {
		s := q.Snippet(part)
		if len(s.Marks) > 0 {
			return s
		}
		if first.Text == "" {
			first = s
		}
	}
	return first
}

// A ranked is a row of fulltext with its score, the smaller the better.
type ranked struct {
	doc   int64
	score float64
}

// byRelevance lists stories by bm25. Filters may exclude any of them, and are slow
// compared with ranking: so stories are ranked first, and looked up until there are
// enough.
func (c *Catalog) byRelevance(ctx context.Context, f Filter) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		for below, more := int64(math.MaxInt64), true; more; {
			all, err := c.rank(ctx, f, below)
			if err != nil {
				yield(Hit{}, fmt.Errorf("catalog: %w", err))
				return
			}
			more = len(all) == maxRanked
			for _, r := range all {
				below = min(below, r.doc)
			}
			if !c.yieldRanked(ctx, f, all, yield) {
				return
			}
		}
	}
}

// yieldRanked yields the stories of ranked rows that a filter selects; false to stop.
func (c *Catalog) yieldRanked(ctx context.Context, f Filter, all []ranked, yield func(Hit, error) bool) bool {
	for size := max(20, min(f.Limit, 500)); len(all) > 0; size = min(2*size, 500) {
		part := all[:min(size, len(all))]
		all = all[len(part):]
		found, err := c.selected(ctx, f, part)
		if err != nil {
			yield(Hit{}, fmt.Errorf("catalog: %w", err))
			return false
		}
		for _, r := range part {
			if s, ok := found[r.doc]; ok && !yield(Hit{Story: s, Score: -r.score}, nil) {
				return false
			}
		}
	}
	return true
}

// rank returns the last maxRanked rows below a row that match the query of a filter, the
// best first.
func (c *Catalog) rank(ctx context.Context, f Filter, below int64) (all []ranked, err error) {
	rows, err := c.db.QueryContext(ctx, "SELECT rowid, bm25(fulltext, "+columnWeights+") FROM fulltext WHERE fulltext MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
		f.expression(), below, maxRanked)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r ranked
		if err := rows.Scan(&r.doc, &r.score); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(b.doc, a.doc)) })
	return all, rows.Err()
}

// selected returns the stories of some rows that a filter selects, by row.
func (c *Catalog) selected(ctx context.Context, f Filter, part []ranked) (map[int64]Story, error) {
	f.Query = ""
	where, args := f.where()
	var docs strings.Builder
	for i, r := range part {
		fmt.Fprintf(&docs, "%s%d", []string{"[", ","}[min(i, 1)], r.doc)
	}
	docs.WriteByte(']')
	if where == "" {
		where = "WHERE TRUE"
	}
	rows, err := c.db.QueryContext(ctx, "SELECT s.doc, "+storyColumns+where+" AND s.doc IN (SELECT value FROM json_each(?))", append(args, docs.String())...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int64]Story{}
	for rows.Next() {
		var doc int64
		s, err := scanStory(rows, &doc)
		if err != nil {
			return nil, err
		}
		found[doc] = s
	}
	return found, rows.Err()
}

// byDate lists stories by date, the newest first. If many match, it goes through all
// stories from the newest on, rather than look up each that matches. It holds no
// connection while others read the articles: they may need it.
func (c *Catalog) byDate(ctx context.Context, f Filter) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		n, err := c.countDocs(ctx, f, maxCounted+1)
		if err != nil {
			yield(Hit{}, err)
			return
		}
		where, args := f.where()
		size := cmp.Or(min(f.Limit, 500), 500)
		query := dateQuery(where, n > maxCounted, size)
		last := [2]int64{math.MaxInt64, 0} // sorted and story of the last one
		for more := true; more; {
			page, err := c.pageByDate(ctx, query, append(slices.Clip(args), last[0], last[0], last[1]), &last)
			if err != nil {
				yield(Hit{}, fmt.Errorf("catalog: %w", err))
				return
			}
			for _, s := range page {
				if !yield(Hit{Story: s}, nil) {
					return
				}
			}
			more = len(page) == size
		}
	}
}

// dateQuery lists the stories of a condition from a date and story on; if many have the
// words, by way of all stories.
func dateQuery(where string, many bool, limit int) string {
	if many {
		where = strings.Replace(where, "s.doc IN", "+s.doc IN", 1)
	}
	return fmt.Sprint("SELECT s.sorted, s.story, ", storyColumns, where, " AND s.sorted <= ? AND (s.sorted < ? OR s.story > ?) ORDER BY ", newestFirst, " LIMIT ", limit)
}

func (c *Catalog) pageByDate(ctx context.Context, query string, args []any, last *[2]int64) (page []Story, err error) {
	rows, err := c.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := scanStory(rows, &last[0], &last[1])
		if err != nil {
			return nil, err
		}
		page = append(page, s)
	}
	return page, rows.Err()
}

// countDocs counts the rows that match the query of a filter, up to a limit; all if it is
// negative.
func (c *Catalog) countDocs(ctx context.Context, f Filter, limit int) (n int, err error) {
	err = c.db.QueryRowContext(ctx, "SELECT count(*) FROM ("+docsQuery+" LIMIT ?)", f.expression(), limit).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("catalog: %w", err)
	}
	return n, nil
}

// Count counts the stories that a filter with a query selects. If more than 2,000 match
// the query, exact is false: those are counted, too, that have become other stories, and,
// unless the filter says more than kinds, those of all kinds.
func (c *Catalog) Count(ctx context.Context, f Filter) (n int, exact bool, err error) {
	if err := c.CheckQuery(ctx, f); err != nil {
		return 0, false, err
	}
	if n, err = c.countDocs(ctx, f, maxCounted+1); err != nil || n == 0 {
		return 0, err == nil, err
	}
	if n <= maxCounted {
		where, args := f.where()
		return c.countStories(ctx, "stories s JOIN readings r ON r.id = s.reading "+where, args, true)
	}
	scope, rest := f.conditions(isMoved)
	rest = slices.DeleteFunc(rest, func(c condition) bool { return c.reason == LeftMoved })
	if len(f.Sites) == 0 && len(f.Kinds) == 0 && len(rest) == 1 { // the query
		n, err = c.countDocs(ctx, f, -1)
		return n, false, err
	}
	sql, args := all(append(scope, rest...))
	from := "stories s "
	if strings.Contains(sql, "r.") {
		from = "stories s JOIN readings r ON r.id = s.reading "
	}
	return c.countStories(ctx, from+"WHERE "+sql, args, false)
}

func (c *Catalog) countStories(ctx context.Context, from string, args []any, exact bool) (int, bool, error) {
	n := 0
	if err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM "+from, args...).Scan(&n); err != nil {
		return 0, false, fmt.Errorf("catalog: %w", err)
	}
	return n, exact, nil
}
