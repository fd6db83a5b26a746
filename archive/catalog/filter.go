package catalog

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Filter selects stories. The zero value selects all articles, live pages, galleries and videos.
type Filter struct {
	Sites, Kinds []string
	All          bool      // every kind
	Since, Until time.Time // of publication, or of capture if that is unknown
	Sections     []string  // case does not matter
	Authors      []string  // parts of names, case does not matter
	Languages    []string  // "en" is also "en-GB"
	MinWords     int       // of the text
	Limit        int       // 0: no limit
	BySite       bool      // order by site and URL instead of by date

	// Query selects the stories with some words, as package words reads them; with FTS,
	// a query with operators. Its words must be in the current version.
	Query string
	FTS   bool
}

// isMoved is whether the story s, with its reading r, has become another one, ts with its
// reading t, which is listed in its place: lineage. Of two that name each other, one is
// listed. That story is looked up first, by one of its readings, for each of those to be
// compared would make lists quadratic. What is quick to see comes before each EXISTS, which
// takes time even where it finds nothing.
var isMoved = movedIf("")

// movedIf is isMoved with a further condition, such as redirects, on what redirected.
func movedIf(condition string) string {
	return fmt.Sprintf(`(r.canonical NOT IN ('', '=', r.url) AND EXISTS (SELECT 1 FROM stories ts CROSS JOIN readings t ON t.id = ts.reading
		WHERE ts.story = (SELECT story FROM readings WHERE url = r.canonical LIMIT 1)
		AND t.title = r.title AND ts.kind IN ('article', 'live', 'gallery', 'video') AND NOT (t.canonical = r.url AND t.url > r.url))
	OR substr(r.url, 1, 7) = 'http://' AND EXISTS (SELECT 1 FROM stories ts WHERE ts.story = (SELECT story FROM readings WHERE url = 'https' || substr(r.url, 5) LIMIT 1)
		AND ts.kind IN ('article', 'live', 'gallery', 'video') AND EXISTS (SELECT 1 FROM readings t WHERE t.story = ts.story AND t.title = r.title)
		AND NOT EXISTS (SELECT 1 FROM captures b INDEXED BY captures_target WHERE b.target = r.url AND b.target != '' AND b.story = ts.story))
	OR `+condition+` EXISTS (SELECT 1 FROM captures c CROSS JOIN stories ts ON ts.story = (SELECT story FROM readings WHERE url = c.target LIMIT 1)
		WHERE c.story = s.story AND c.target NOT IN ('', r.url) AND ts.kind IN ('article', 'live', 'gallery', 'video')
		AND c.date = (SELECT max(n.date) FROM captures n WHERE n.story = s.story)
		AND NOT EXISTS (SELECT 1 FROM captures b INDEXED BY captures_target WHERE b.target = r.url AND b.target != '' AND b.story = ts.story) AND `+movedTo+`))`, "ts.story")
}

// redirects is whether a story has ever redirected. To find all that have is worth it for
// queries of most stories: few have, and the captures of the others need no look.
const redirects = "s.story IN (SELECT story FROM captures WHERE target != '') AND"

// Unlisted counts the stories of other kinds that a filter without kinds leaves out, by
// kind; none if it has kinds.
func (c *Catalog) Unlisted(ctx context.Context, f Filter) (map[string]int, error) {
	if f.All || len(f.Kinds) > 0 {
		return nil, nil
	}
	if err := c.CheckQuery(ctx, f); err != nil {
		return nil, err
	}
	if f.Query != "" { // one that finds nothing is often asked, and would go through all stories
		if docs, err := c.countDocs(ctx, f, 1); err != nil || docs == 0 {
			return nil, err
		}
	}
	f.All = true
	where, args := f.where()
	rows, err := c.db.QueryContext(ctx, "SELECT s.kind, count(*) FROM stories s JOIN readings r ON r.id = s.reading "+where+" GROUP BY s.kind", args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	n := map[string]int{}
	for rows.Next() {
		var kind string
		var count int
		if err := rows.Scan(&kind, &count); err != nil {
			return nil, err
		}
		if !article.Kind(kind).Story() {
			n[kind] = count
		}
	}
	return n, rows.Err()
}

// A condition is a part of a filter, with the name of its reason for leaving a story out.
type condition struct {
	reason, sql string
	args        []any
}

// The reasons for which a filter leaves out a story of its sites and kinds.
const (
	LeftMoved    = "moved"     // it is listed under another URL
	LeftSince    = "since"     // published before
	LeftUntil    = "until"     // published after
	LeftSection  = "section"   // of another section, or of none
	LeftAuthor   = "author"    // by others
	LeftLanguage = "language"  // in another language
	LeftWords    = "min-words" // too short
	LeftQuery    = "query"     // without the words
)

// conditions returns the conditions on the stories s with their readings r: those of
// the sites and kinds, and the others, in the order in which they are given as reasons.
func (f Filter) conditions(isMoved string) (scope, rest []condition) {
	if len(f.Sites) > 0 {
		scope = append(scope, condition{"site", in("s.site", len(f.Sites)), anys(f.Sites)})
	}
	switch {
	case len(f.Kinds) > 0:
		scope = append(scope, condition{"kind", in("s.kind", len(f.Kinds)), anys(f.Kinds)})
	case !f.All:
		stories := []string{string(article.KindArticle), string(article.KindLive), string(article.KindGallery), string(article.KindVideo)}
		scope = append(scope, condition{"kind", in("s.kind", len(stories)), anys(stories)})
		rest = append(rest, condition{LeftMoved, "NOT " + isMoved, nil})
	}
	if !f.Since.IsZero() {
		rest = append(rest, condition{LeftSince, "s.sorted >= ?", []any{instant(f.Since)}})
	}
	if !f.Until.IsZero() {
		rest = append(rest, condition{LeftUntil, "s.sorted <= ?", []any{instant(f.Until)}})
	}
	if len(f.Sections) > 0 {
		rest = append(rest, condition{LeftSection, eitherOf(lowerCase+"(r.section) = ?", len(f.Sections)), lowered(f.Sections)})
	}
	if len(f.Authors) > 0 {
		rest = append(rest, condition{LeftAuthor, eitherOf("instr("+lowerCase+"(r.authors), ?) > 0", len(f.Authors)), lowered(f.Authors)})
	}
	if len(f.Languages) > 0 {
		rest = append(rest, condition{LeftLanguage, eitherOf("(lower(r.language) = lower(?) OR lower(substr(r.language, 1, 1 + length(?))) = lower(?) || '-')", len(f.Languages)), thrice(f.Languages)})
	}
	if f.MinWords > 0 {
		rest = append(rest, condition{LeftWords, "r.words >= ?", []any{f.MinWords}})
	}
	if f.Query != "" {
		rest = append(rest, condition{LeftQuery, "s.doc IN (" + docsQuery + ")", []any{f.expression()}})
	}
	return scope, rest
}

func in(column string, n int) string { return column + " IN (?" + strings.Repeat(",?", n-1) + ")" }

func eitherOf(cond string, n int) string {
	return "(" + cond + strings.Repeat(" OR "+cond, n-1) + ")"
}

func anys(list []string) (args []any) {
	for _, s := range list {
		args = append(args, s)
	}
	return args
}

func thrice(list []string) (args []any) {
	for _, s := range list {
		args = append(args, s, s, s)
	}
	return args
}

func (f Filter) where() (string, []any) { return f.whereNot(isMoved) }

// whereNot is where with isMoved, or what is equal to it.
func (f Filter) whereNot(isMoved string) (string, []any) {
	scope, rest := f.conditions(isMoved)
	sql, args := all(append(scope, rest...))
	if sql == "" {
		return "", nil
	}
	return "WHERE " + sql, args
}

// all joins conditions.
func all(conds []condition) (string, []any) {
	var parts []string
	var args []any
	for _, c := range conds {
		parts, args = append(parts, c.sql), append(args, c.args...)
	}
	return strings.Join(parts, " AND "), args
}

// A LeftOut is a story that a filter leaves out, though it is of its sites and kinds.
type LeftOut struct {
	ID, URL, Site string
	Reason        string // the first of the conditions that it does not meet
}

// reasons is the first of the conditions that a story does not meet, as an expression;
// NULL if it meets all.
func reasons(conds []condition) (sql string, args []any) {
	if len(conds) == 0 {
		return "NULL", nil
	}
	sql = "CASE"
	for _, c := range conds {
		sql += fmt.Sprintf(" WHEN NOT (%s) THEN '%s'", c.sql, c.reason)
		args = append(args, c.args...)
	}
	return sql + " END", args
}

// LeftOut lists what a filter leaves out, in the order of sites and URLs. Suppressed
// stories are in no list.
func (c *Catalog) LeftOut(ctx context.Context, f Filter) iter.Seq2[LeftOut, error] {
	scope, rest := f.conditions(movedIf(redirects))
	return func(yield func(LeftOut, error) bool) {
		if err := c.CheckQuery(ctx, f); err != nil {
			yield(LeftOut{}, err)
			return
		}
		if len(rest) == 0 {
			return
		}
		reason, args := reasons(rest)
		where, more := all(scope)
		if where != "" {
			where = "WHERE " + where
		}
		rows, err := c.db.QueryContext(ctx, "SELECT story, url, site, reason FROM (SELECT s.story AS story, r.url AS url, s.site AS site, "+reason+" AS reason FROM stories s JOIN readings r ON r.id = s.reading "+where+
			") WHERE reason IS NOT NULL ORDER BY site, url", append(args, more...)...)
		if err != nil {
			yield(LeftOut{}, fmt.Errorf("catalog: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var l LeftOut
			var story int64
			err := rows.Scan(&story, &l.URL, &l.Site, &l.Reason)
			l.ID = storyKey(story).String()
			if !yield(l, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(LeftOut{}, fmt.Errorf("catalog: %w", err))
		}
	}
}

// CountScope counts the stories of a filter's sites and kinds, whatever else it asks.
func (c *Catalog) CountScope(ctx context.Context, f Filter) (n int64, err error) {
	scope, _ := f.conditions(movedIf(redirects))
	where, args := all(scope)
	if where != "" {
		where = " WHERE " + where
	}
	if err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM stories s"+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("catalog: %w", err)
	}
	return n, nil
}
