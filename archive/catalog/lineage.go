package catalog

import (
	"context"
	"slices"
)

// maxLineage is how many URLs of one article are followed. More are a sign that a site
// sends many pages to one.
const maxLineage = 8

// predecessorsQuery lists the stories that became a story: those that redirect to its
// URL, and those whose own reading names it as canonical and has the same title. Each
// has readings of its own.
const predecessorsQuery = `SELECT DISTINCT c.story FROM captures c WHERE c.target = ?1 AND c.url != ?1
		AND EXISTS (SELECT 1 FROM readings r WHERE r.story = c.story AND r.kind IN ('article', 'live', 'gallery', 'video'))
	UNION SELECT DISTINCT o.story FROM readings o WHERE o.canonical = ?1 AND o.url != ?1 AND o.kind IN ('article', 'live', 'gallery', 'video')
		AND EXISTS (SELECT 1 FROM readings r WHERE r.story = ?2 AND r.title = o.title)
	LIMIT ` + "9" // maxLineage + 1

// lineage lists the stories that one article has been: a story, and those that it was
// before under other URLs.
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
// or what its reading names as canonical with the same title; itself if there is none.
func successor(ctx context.Context, q querier, story storyKey) (storyKey, error) {
	for range maxLineage {
		urls, err := texts(ctx, q, `SELECT target FROM captures WHERE story = ?1 AND type = 'response' AND target != ''
				AND date = (SELECT max(date) FROM captures WHERE story = ?1)
			UNION ALL SELECT r.canonical FROM stories s JOIN readings r ON r.id = s.reading WHERE s.story = ?1 AND r.canonical NOT IN ('', '=')`, int64(story))
		if err != nil {
			return story, err
		}
		next := story
		for _, u := range urls {
			to := storyOf(u)
			members, err := lineage(ctx, q, to)
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

// lifeline returns all captures of an article, also under the URLs that it had before,
// the oldest first, and its stories, the newest first.
func (c *Catalog) lifeline(ctx context.Context, story storyKey) (all []*answer, stories []storyKey, err error) {
	if stories, err = lineage(ctx, c.db, story); err != nil {
		return nil, nil, err
	}
	for _, s := range stories {
		one, err := (&history{}).timeline(ctx, c.db, s)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, one...)
	}
	slices.SortStableFunc(all, func(a, b *answer) int { return a.date.Compare(b.date) })
	return all, stories, nil
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
