package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Pick is one version of a story with the locations of its records, for reading many
// articles in the order in which they are stored.
type Pick struct {
	Key                 uint64 // of the story; ID is the same in hexadecimal digits
	ID, URL, Site, Kind string
	Published           string    // as in the article
	Sorted              time.Time // of publication of the current version, or of capture if that is unknown
	Words               int
	Version, Versions   int  // the number of this version, 1 being the first, and how many there are
	Last                bool // of the story's versions that are picked

	Reading     archive.Capture // the conversion record
	Response    archive.Capture // the response or revisit that was read; zero if it is lost
	Captured    time.Time       // of that
	Truncated   string          // its WARC-Truncated
	Run         string          // in which it was captured
	First, Seen time.Time       // when the URL was captured first, and last (of what the options allow)

	Changes []Change // what happened to the story, the oldest first; only of the last version, if asked for
}

// PickOptions choose versions of the stories that a filter selects.
type PickOptions struct {
	Filter  Filter    // of the current versions
	Version string    // "latest", "first" or "all"
	AsOf    time.Time // only what was captured until then; everything if it is zero
	// The capture of the version, from and until.
	CapturedSince, CapturedUntil time.Time
	Changes                      bool // with what happened to the stories
	First                        int  // only so many, the first by site, time of publication and ID; 0 for all
}

// Reasons for which Picks leaves out stories that the filter selects.
const (
	LeftAsOf     = "as-of"    // it was captured later
	LeftCaptured = "captured" // the version was captured at another time
)

// pickColumns end with the capture's time if it is one of the story's own URL, or with
// pickLook, and with the reason for which the filter leaves the story out.
const pickColumns = `s.story, s.kind, s.sorted, ` + pickReading

const pickReading = `r.url, r.site, r.kind, r.published, r.words, r.captured, r.id, r.segment, r.frame, r.packed, r.at, r.size,
	coalesce(c.id, x''), coalesce(c.segment, ''), coalesce(c.type, ''), coalesce(c.status, 0), coalesce(c.digest, x''), coalesce(c.frame, 0), coalesce(c.packed, 0),
	coalesce(c.at, 0), coalesce(c.size, 0), coalesce(c.truncated, ''), coalesce(c.run, x'')`

func (p *Pick) readingColumns(kind *string) []any {
	return []any{&p.URL, &p.Site, kind, &p.Published, &p.Words, (*instant)(&p.Captured),
		(*recordID)(&p.Reading.ID), &p.Reading.Segment, &p.Reading.Frame, &p.Reading.FrameLength, &p.Reading.Offset, &p.Reading.Length,
		(*recordID)(&p.Response.ID), &p.Response.Segment, &p.Response.Type, &p.Response.Status, (*digest)(&p.Response.Digest), &p.Response.Frame, &p.Response.FrameLength,
		&p.Response.Offset, &p.Response.Length, &p.Truncated, (*recordID)(&p.Run)}
}

// Picks lists versions of stories in the order in which the current ones are stored. left
// is told of each story of the filter's sites and kinds that the filter or the options
// leave out; it may be nil. With First, it is not told of those that the filter leaves out.
func (c *Catalog) Picks(ctx context.Context, o PickOptions, left func(p Pick, reason string) error) iter.Seq2[Pick, error] {
	return func(yield func(Pick, error) bool) {
		if err := c.CheckQuery(ctx, o.Filter); err != nil {
			yield(Pick{}, err)
			return
		}
		unusual, err := c.unusualStories(ctx, o)
		if err != nil {
			yield(Pick{}, err)
			return
		}
		query, args := o.query(left != nil, unusual != nil)
		rows, err := c.db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Pick{}, fmt.Errorf("catalog: %w", err))
			return
		}
		defer rows.Close()
		kin := newKinship(c.db)
		for rows.Next() {
			p, reason, look, err := scanPick(rows, unusual)
			if err == nil && look.missing && reason == "" {
				err = c.look(ctx, &p, &look, o.AsOf)
			}
			if err != nil {
				yield(Pick{}, fmt.Errorf("catalog: %w", err))
				return
			}
			if reason != "" {
				if err := left(p, reason); err != nil {
					yield(Pick{}, err)
					return
				}
				continue
			}
			life := &life{c: c, kin: kin, story: storyKey(p.Key)}
			picks, err := life.versionsOf(ctx, p, look.varied, o)
			if err == nil {
				picks, err = o.within(p, picks, left)
			}
			if err == nil && o.Changes && len(picks) > 0 {
				picks[len(picks)-1].Changes, err = life.changesUntil(ctx, p, look.varied || look.failed, o.AsOf)
			}
			if err != nil {
				yield(Pick{}, err)
				return
			}
			for _, p := range picks {
				if !yield(p, nil) {
					return
				}
			}
		}
		if err := rows.Err(); err != nil {
			yield(Pick{}, fmt.Errorf("catalog: %w", err))
		}
	}
}

// query selects the stories. With reasons, it also has those that the filter leaves out,
// each with the reason. If it selects most stories, it is made for that, and leaves out
// what pickLook tells.
func (o PickOptions) query(withReasons, most bool) (string, []any) {
	moved, last := isMoved, pickLook
	if most {
		moved, last = movedIf(redirects), "CASE WHEN c.story = s.story THEN c.date END"
	}
	where, args := o.Filter.whereNot(moved)
	reason := "NULL"
	switch {
	case o.First > 0:
		where = "WHERE s.story IN (SELECT s.story FROM stories s JOIN readings r ON r.id = s.reading " + where + " ORDER BY s.site, s.sorted, s.story LIMIT ?)"
		args = append(args, o.First)
	case withReasons:
		scope, rest := o.Filter.conditions(moved)
		reason, args = reasons(rest)
		in, more := all(scope)
		if args, where = append(args, more...), ""; in != "" {
			where = "WHERE " + in
		}
	}
	if !most { // its parameter is the first
		args = append([]any{instant(o.AsOf)}, args...)
	}
	// Only the keys are sorted: the other columns are computed row by row while the
	// articles before are read. The limit keeps SQLite from joining the two queries.
	return "SELECT " + pickColumns + ", " + last + ", coalesce(s.reason, '') FROM (SELECT s.story AS story, s.kind AS kind, s.sorted AS sorted, s.reading AS reading, " + reason +
		" AS reason FROM stories s JOIN readings r ON r.id = s.reading " + where +
		" ORDER BY r.segment, r.frame, r.at LIMIT -1) s CROSS JOIN readings r ON r.id = s.reading LEFT JOIN captures c ON c.id = r.response", args
}

func scanPick(rows *sql.Rows, unusual *URLFilter) (p Pick, reason string, look pickLooked, err error) {
	var story int64
	var kind string
	var date sql.NullInt64
	into := append([]any{&story, &p.Kind, (*instant)(&p.Sorted)}, p.readingColumns(&kind)...)
	if unusual != nil {
		into = append(into, &date)
	} else {
		into = append(into, &look.captures, &look.varied)
	}
	if err = rows.Scan(append(into, &reason)...); err != nil {
		return p, "", look, err
	}
	p.Key, p.ID, p.Version, p.Versions, p.Last = uint64(story), storyKey(story).String(), 1, 1, true
	p.First, p.Seen = p.Captured, p.Captured
	p.Reading.Type, p.Reading.URL, p.Response.URL = "conversion", p.URL, p.URL
	switch {
	case unusual == nil:
		err = look.apply(&p)
	case !date.Valid || unusual.mayHave(storyKey(story)):
		look.missing = true
	default: // the only capture
		p.First = time.UnixMicro(date.Int64).UTC()
		p.Seen, look.failed = p.First, p.Response.Status != 200 && p.Response.Status != 304
	}
	return p, reason, look, err
}

// within keeps the versions that were captured in the time of the options.
func (o PickOptions) within(current Pick, picks []Pick, left func(p Pick, reason string) error) (some []Pick, err error) {
	reason := LeftAsOf
	for _, p := range picks {
		if !o.CapturedSince.IsZero() && p.Captured.Before(o.CapturedSince) || !o.CapturedUntil.IsZero() && p.Captured.After(o.CapturedUntil) {
			reason = LeftCaptured
			continue
		}
		some = append(some, p)
	}
	switch {
	case len(some) > 0:
		some[len(some)-1].Last = true
	case left != nil:
		err = left(current, reason)
	}
	return some, err
}

// versionsOf lists the versions of a story that the options choose, the oldest first.
func (l *life) versionsOf(ctx context.Context, current Pick, varied bool, o PickOptions) ([]Pick, error) {
	c := l.c
	late := !o.AsOf.IsZero() && current.Captured.After(o.AsOf)
	switch {
	case varied: // an article that has moved since may have been at another URL
	case !late:
		return []Pick{current}, nil
	case current.First.After(o.AsOf):
		return nil, nil
	}
	captures, err := l.captures(ctx)
	if err != nil {
		return nil, err
	}
	versions := versionsIn(captures)
	whole := len(versions)
	for n, v := range versions {
		if !o.AsOf.IsZero() && v.Captured.After(o.AsOf) {
			versions = versions[:n]
			break
		}
	}
	current.Version, current.Versions = max(len(versions), 1), max(len(versions), 1)
	switch {
	case len(versions) == 0 && whole > 0:
		return nil, nil
	case whole == 0:
		return []Pick{current}, nil
	case o.Version == "first":
		p, err := c.pickOf(ctx, current, versions[0], 1, o.AsOf)
		return []Pick{p}, err
	case o.Version != "all" && len(versions) == whole:
		return []Pick{current}, nil // its newest capture, where the version is the first one with the same content
	case o.Version != "all":
		p, err := c.pickOf(ctx, current, versions[len(versions)-1], len(versions), o.AsOf)
		return []Pick{p}, err
	}
	var picks []Pick
	for n, v := range versions {
		p := current
		if n < whole-1 {
			if p, err = c.pickOf(ctx, current, v, n+1, o.AsOf); err != nil {
				return nil, err
			}
		}
		p.Version, p.Last = n+1, n == len(versions)-1
		picks = append(picks, p)
	}
	return picks, nil
}

// pickOf is a version of a story as a pick.
func (c *Catalog) pickOf(ctx context.Context, p Pick, v Version, number int, asOf time.Time) (Pick, error) {
	captured, now := v.Captured, p.URL
	ok, err := c.one(ctx, p.readingColumns(&p.Kind), "SELECT "+pickReading+" FROM readings r LEFT JOIN captures c ON c.id = ?2 WHERE r.id = ?1", recordID(v.RecordID), recordID(v.ResponseID))
	if err == nil && !ok {
		err = fmt.Errorf("%w: reading %s of %s", archive.ErrNotFound, v.RecordID, p.URL)
	}
	p.Version, p.Captured = number, captured
	p.Reading.URL, p.Response.URL = p.URL, p.URL
	if err == nil && p.URL != now { // the article has moved since
		p.First, p.Seen, err = c.fetchedBetween(ctx, p.URL, captured, asOf)
	}
	return p, err
}

// fetchedBetween is when a URL was fetched first, and last until asOf if that is not zero;
// captured if no record says.
func (c *Catalog) fetchedBetween(ctx context.Context, url string, captured, asOf time.Time) (first, last time.Time, err error) {
	var from, to sql.NullInt64
	_, err = c.one(ctx, []any{&from, &to}, `SELECT min(date), max(date) FROM captures
		WHERE story = ?1 AND type IN ('response', 'revisit', 'resource') AND (?2 = 0 OR date <= ?2)`, int64(storyOf(url)), instant(asOf))
	if err != nil || !from.Valid {
		return captured, captured, err
	}
	return time.UnixMicro(from.Int64).UTC(), time.UnixMicro(to.Int64).UTC(), nil
}

// changesUntil lists what happened to a story until a time; everything if it is zero.
func (l *life) changesUntil(ctx context.Context, p Pick, varied bool, until time.Time) ([]Change, error) {
	if !varied {
		return []Change{{What: ChangeNew, ID: p.ID, URL: p.URL, Site: p.Site, Kind: p.Kind, Captured: p.First, ResponseID: p.Response.ID, Run: p.Run, Status: p.Response.Status, Reading: p.Reading.ID}}, nil
	}
	captures, err := l.captures(ctx)
	if err != nil {
		return nil, err
	}
	all := changesIn(captures)
	for n, ch := range all {
		if !until.IsZero() && ch.Captured.After(until) {
			return all[:n], nil
		}
	}
	return all, nil
}

// Locate finds the location of a record by its ID.
func (c *Catalog) Locate(ctx context.Context, id string) (at archive.Capture, ok bool, err error) {
	at.ID = id
	ok, err = c.one(ctx, []any{&at.Segment, &at.Frame, &at.FrameLength, &at.Offset, &at.Length}, `SELECT segment, frame, packed, at, size FROM readings WHERE id = ?1
		UNION ALL SELECT segment, frame, packed, at, size FROM captures WHERE id = ?1 LIMIT 1`, recordID(id))
	return at, ok, err
}

// Media finds the newest complete response of a URL with status 200 that is not
// suppressed, as of a picture in an article; the response that a newer revisit refers
// to has the same payload.
func (c *Catalog) Media(ctx context.Context, url string) (found archive.Capture, ok bool, err error) {
	all, err := c.captures(ctx, `WHERE story = ? AND url = ? AND type = 'response' AND status = 200 AND truncated = '' AND length > 0
		AND `+shown("captures.url", "captures.id")+` ORDER BY date DESC, id DESC LIMIT 1`, int64(storyOf(url)), url)
	if err != nil || len(all) == 0 {
		return found, false, err
	}
	return all[0], true, nil
}

// Beside finds the captures whose IDs are next to an ID, which the catalog need not have. IDs
// begin with a time, so that these are of the same exchange, or stored near it.
func (c *Catalog) Beside(ctx context.Context, id string) (near []archive.Capture, err error) {
	for _, where := range []string{"WHERE id <= ? ORDER BY id DESC LIMIT 1", "WHERE id > ? ORDER BY id LIMIT 1"} {
		found, err := c.captures(ctx, where, recordID(id))
		if err != nil {
			return nil, err
		}
		near = append(near, found...)
	}
	return near, nil
}

// Head identifies the state of the archive: the SHA-256 of the names of its segments
// and the numbers of their records.
func (c *Catalog) Head(ctx context.Context) (string, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT name, records FROM segments ORDER BY name")
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	h := sha256.New()
	for rows.Next() {
		var name string
		var records int64
		if err := rows.Scan(&name, &records); err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n", name, records)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), rows.Err()
}

// Newest is the time of the newest capture; zero if there is none.
func (c *Catalog) Newest(ctx context.Context) (t time.Time, err error) {
	err = c.db.QueryRowContext(ctx, "SELECT coalesce(max(date), 0) FROM captures").Scan((*instant)(&t))
	if err != nil {
		return t, fmt.Errorf("catalog: %w", err)
	}
	return t, nil
}
