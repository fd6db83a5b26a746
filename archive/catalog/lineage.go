package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// maxLineage is how many URLs of one article are followed. More are a sign that a site
// sends many pages to one.
const maxLineage = 8

// movedTo is whether the capture c, which redirects, says that its story has become the
// story %[1]s: for good, and one of few that do, or with the same title. Sites also send
// many of their articles to one page, as during maintenance: no more of those are counted
// than must be.
const movedTo = `(c.status IN (301, 308) AND (SELECT count(*) FROM (SELECT DISTINCT o.story FROM captures o WHERE o.target = c.target AND o.target != '' LIMIT 3)) <= 2
	OR EXISTS (SELECT 1 FROM readings b WHERE b.story = c.story AND b.title != '' AND b.title IN (SELECT n.title FROM readings n WHERE n.story = %[1]s)))`

// predecessorsQuery lists the stories that became a story: those that redirect to its
// URL, those whose own reading names it as canonical and has the same title, and that of
// the same URL with http and the same title, unless https redirects to it. Each has
// readings of its own. The conditions on empty texts are those of the indexes, which
// SQLite does not use without them.
var predecessorsQuery = fmt.Sprintf(`SELECT DISTINCT c.story FROM captures c WHERE c.target = ?1 AND c.target != '' AND c.url != ?1 AND `+movedTo+`
		AND EXISTS (SELECT 1 FROM readings r WHERE r.story = c.story AND r.kind IN ('article', 'live', 'gallery', 'video'))
	UNION SELECT DISTINCT o.story FROM readings o WHERE o.canonical = ?1 AND o.canonical NOT IN ('', '=') AND o.url != ?1 AND o.kind IN ('article', 'live', 'gallery', 'video')
		AND EXISTS (SELECT 1 FROM readings r WHERE r.story = ?2 AND r.title = o.title)
	UNION SELECT DISTINCT o.story FROM readings o WHERE substr(?1, 1, 8) = 'https://' AND o.url = 'http' || substr(?1, 6) AND o.kind IN ('article', 'live', 'gallery', 'video')
		AND EXISTS (SELECT 1 FROM readings r WHERE r.story = ?2 AND r.title = o.title)
		AND NOT EXISTS (SELECT 1 FROM captures b INDEXED BY captures_target WHERE b.target = o.url AND b.target != '' AND b.story = ?2)
	LIMIT %[2]d`, "?2", maxLineage+1)

// maxLineages bounds the memory of a kinship: it forgets all when it has as many.
const maxLineages = 10_000

// A kinship finds out which stories are one article. It remembers lineages: where a site
// sends many pages to one, that of the one is asked for as often.
type kinship struct {
	q        querier
	lineages map[storyKey][]storyKey
}

func newKinship(q querier) *kinship { return &kinship{q, map[storyKey][]storyKey{}} }

// lineage lists the stories that one article has been: a story, and those that it was
// before under other URLs.
func (k *kinship) lineage(ctx context.Context, story storyKey) (all []storyKey, err error) {
	if all, ok := k.lineages[story]; ok {
		return all, nil
	}
	if all, err = lineage(ctx, k.q, story); err == nil {
		if len(k.lineages) >= maxLineages {
			clear(k.lineages)
		}
		k.lineages[story] = all
	}
	return all, err
}

func lineage(ctx context.Context, q querier, story storyKey) (all []storyKey, err error) {
	all = []storyKey{story}
	for i := 0; i < len(all) && len(all) < maxLineage; i++ {
		urls, err := texts(ctx, q, "SELECT url FROM readings WHERE story = ? AND kind IN ('article', 'live', 'gallery', 'video') LIMIT 1", int64(all[i]))
		if err != nil || len(urls) == 0 {
			return all, err
		}
		before, err := storiesWhere(ctx, q, predecessorsQuery, urls[0], int64(all[i]))
		if err != nil {
			return nil, err
		}
		if len(before) > maxLineage {
			continue // the site sends many pages there
		}
		for _, b := range before {
			if !slices.Contains(all, b) && len(all) < maxLineage {
				all = append(all, b)
			}
		}
	}
	return all, nil
}

// successor is the story that a story has become: where its newest capture redirects,
// what its reading names as canonical with the same title, or its URL with https; itself
// if there is none.
func (k *kinship) successor(ctx context.Context, story storyKey) (storyKey, error) {
	for range maxLineage {
		urls, err := texts(ctx, k.q, `SELECT target FROM captures WHERE story = ?1 AND type = 'response' AND target != ''
				AND date = (SELECT max(date) FROM captures WHERE story = ?1)
			UNION ALL SELECT r.canonical FROM stories s JOIN readings r ON r.id = s.reading WHERE s.story = ?1 AND r.canonical NOT IN ('', '=')
			UNION ALL SELECT 'https' || substr(r.url, 5) FROM stories s JOIN readings r ON r.id = s.reading WHERE s.story = ?1 AND substr(r.url, 1, 7) = 'http://'`, int64(story))
		if err != nil {
			return story, err
		}
		next := story
		for _, u := range urls {
			to := storyOf(u)
			members, err := k.lineage(ctx, to)
			if err != nil {
				return story, err
			}
			if to != story && slices.Contains(members, story) {
				next = to
				break
			}
		}
		if next == story {
			return story, nil
		}
		story = next
	}
	return story, nil
}

// OtherURLs lists the URLs that an article has or had besides one of them, without
// suppressed ones.
func (c *Catalog) OtherURLs(ctx context.Context, url string) (urls []string, err error) {
	k, own := newKinship(c.db), storyOf(url)
	last, err := k.successor(ctx, own)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	all, err := k.lineage(ctx, last)
	for _, s := range all {
		if s == own || err != nil {
			continue
		}
		var of []string
		of, err = texts(ctx, c.db, "SELECT r.url FROM stories s JOIN readings r ON r.id = s.reading WHERE s.story = ?", int64(s))
		urls = append(urls, of...)
	}
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return urls, nil
}

// lifeline returns all captures of an article, under all the URLs that it had, the
// oldest first, and its stories, the newest first.
func (c *Catalog) lifeline(ctx context.Context, k *kinship, story storyKey) (all []*answer, stories []storyKey, err error) {
	if story, err = k.successor(ctx, story); err != nil {
		return nil, nil, err
	}
	if stories, err = k.lineage(ctx, story); err != nil {
		return nil, nil, err
	}
	for _, s := range stories {
		one, err := (&history{}).timeline(ctx, c.db, s)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, one...)
	}
	if all, err = c.unfold(ctx, all); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(all, func(a, b *answer) int { return a.date.Compare(b.date) })
	return all, stories, nil
}

// unfold gives the edits of further pages captures of their own: they are readings of
// the article's last capture, but were made when the further page was captured.
func (c *Catalog) unfold(ctx context.Context, all []*answer) ([]*answer, error) {
	edits := map[string]*answer{} // by the capture of the further page
	for _, a := range all {
		for _, r := range a.readings {
			if r.edit == "" || edits[r.edit] != nil {
				continue
			}
			e := &answer{id: r.edit, typ: "response", status: 200, url: a.url, date: a.date, run: a.run}
			err := c.db.QueryRowContext(ctx, "SELECT date, run FROM captures WHERE id = ?", recordID(r.edit)).Scan((*instant)(&e.date), (*recordID)(&e.run))
			if err != nil && !errors.Is(err, sql.ErrNoRows) { // lost: the time of the article's capture stands for it
				return nil, err
			}
			edits[r.edit] = e
		}
	}
	if len(edits) == 0 {
		return all, nil
	}
	var whole []*answer
	for _, a := range all {
		own := *a
		own.readings = nil
		for _, r := range a.readings {
			switch e := edits[r.edit]; {
			case r.edit == "" || e.date.Before(a.date):
				own.readings = append(own.readings, r)
			case r.response == a.id:
				e.readings = append(e.readings, r)
			}
		}
		if len(own.readings) > 0 || len(a.readings) == 0 {
			whole = append(whole, &own)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(edits)) {
		if len(edits[id].readings) > 0 {
			whole = append(whole, edits[id])
		}
	}
	return whole, nil
}

func texts(ctx context.Context, q querier, query string, args ...any) (all []string, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
