package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// pickLook are the columns that tell what is unusual about a story: the first and the last
// capture of the URL and whether one failed, with spaces between them; and whether the
// story has several versions. The time of PickOptions.AsOf is parameter 1.
const pickLook = `CASE WHEN c.story = s.story AND (SELECT count(*) FROM captures v WHERE v.story = s.story) = 1
		THEN c.date || ' ' || c.date || ' ' || (c.status NOT IN (200, 304))
		ELSE (SELECT min(v.date) || ' ' || coalesce(max(CASE WHEN ?1 = 0 OR v.date <= ?1 THEN v.date END), max(v.date)) || ' ' || max(v.status NOT IN (200, 304)) FROM captures v WHERE v.story = s.story AND v.type IN ('response', 'revisit', 'resource')) END,
	CASE WHEN (SELECT count(*) FROM readings v WHERE v.story = s.story) = 1 THEN 0 ELSE (SELECT count(DISTINCT content) FROM readings v WHERE v.story = s.story) > 1 END
		OR EXISTS (SELECT 1 FROM captures v WHERE v.target = r.url AND v.target != '' AND v.story != s.story)
		OR EXISTS (SELECT 1 FROM readings v WHERE v.canonical = r.url AND v.canonical NOT IN ('', '=') AND v.story != s.story)
		OR substr(r.url, 1, 8) = 'https://' AND EXISTS (SELECT 1 FROM readings v WHERE v.url = 'http' || substr(r.url, 6))`

// pickLooked is what pickLook says of a story.
type pickLooked struct {
	missing  bool // it was not asked yet
	captures sql.NullString
	varied   bool // it may have several versions
	failed   bool // a capture failed
}

// look asks for what is unusual about a story.
func (c *Catalog) look(ctx context.Context, p *Pick, l *pickLooked, asOf time.Time) error {
	_, err := c.one(ctx, []any{&l.captures, &l.varied}, "SELECT "+pickLook+
		" FROM stories s CROSS JOIN readings r ON r.id = s.reading LEFT JOIN captures c ON c.id = r.response WHERE s.story = ?2", instant(asOf), int64(p.Key))
	if err != nil {
		return err
	}
	return l.apply(p)
}

// apply sets the times of a pick.
func (l *pickLooked) apply(p *Pick) (err error) {
	if !l.captures.Valid {
		return nil
	}
	var first, seen int64
	if first, seen, l.failed, err = parseCaptures(l.captures.String); err == nil {
		p.First, p.Seen = time.UnixMicro(first).UTC(), time.UnixMicro(seen).UTC()
	}
	return err
}

// parseCaptures reads the first time, the last, and whether a capture failed.
func parseCaptures(s string) (first, seen int64, failed bool, err error) {
	from, rest, _ := strings.Cut(s, " ")
	until, flag, _ := strings.Cut(rest, " ")
	first, err1 := strconv.ParseInt(from, 10, 64)
	seen, err2 := strconv.ParseInt(until, 10, 64)
	return first, seen, flag == "1", errors.Join(err1, err2)
}

// unusualQueries list the stories about which pickLook may say something: those with several
// captures or readings, and the URLs of those that another one may have become. Indexes
// answer all of them without the rows.
var unusualQueries = []string{
	"SELECT story FROM captures INDEXED BY captures_story GROUP BY story HAVING count(*) > 1",
	"SELECT story FROM readings INDEXED BY readings_story GROUP BY story HAVING count(*) > 1",
	"SELECT target FROM captures INDEXED BY captures_target WHERE target != ''",
	"SELECT canonical FROM readings INDEXED BY readings_canonical WHERE canonical NOT IN ('', '=')",
	"SELECT 'https' || substr(url, 5) FROM readings INDEXED BY readings_url WHERE url >= 'http://' AND url < 'http:0'",
}

// unusualStories returns a filter of the stories that pickLook is to be asked about; nil if
// the options select so few that asking about each is less work. Of most archives, it is
// a small part: all others have one capture and one reading.
func (c *Catalog) unusualStories(ctx context.Context, o PickOptions) (*URLFilter, error) {
	few, err := c.selectsFew(ctx, o)
	if err != nil || few {
		return nil, err
	}
	f := newURLFilter()
	for _, query := range unusualQueries {
		if err := c.addStories(ctx, f, query); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
	}
	return f, nil
}

// selectsFew reports whether options select less than an eighth of all stories.
func (c *Catalog) selectsFew(ctx context.Context, o PickOptions) (bool, error) {
	all, err := c.CountScope(ctx, Filter{All: true})
	if err != nil {
		return false, err
	}
	some, err := c.CountScope(ctx, o.Filter)
	if o.First > 0 {
		some = min(some, int64(o.First))
	}
	return some < all/8, err
}

// addStories adds the stories that a query lists by their keys or URLs.
func (c *Catalog) addStories(ctx context.Context, f *URLFilter, query string) error {
	rows, err := c.db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	var found any
	into := []any{&found}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		switch v := found.(type) {
		case int64:
			f.add(storyKey(v))
		case string:
			f.add(storyOf(v))
		default:
			return fmt.Errorf("a story is a %T", v)
		}
	}
	return rows.Err()
}

// A life is the captures of one article under all its URLs, read when they are needed.
type life struct {
	c     *Catalog
	kin   *kinship
	story storyKey
	all   []*answer
	known bool
}

func (l *life) captures(ctx context.Context) ([]*answer, error) {
	if l.known {
		return l.all, nil
	}
	all, _, err := l.c.lifeline(ctx, l.kin, l.story)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	l.all, l.known = all, true
	return all, nil
}
