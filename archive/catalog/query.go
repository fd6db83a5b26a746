package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Story is an article as in lists: the current version of its URL. See Reason for
// what does not become one.
type Story struct {
	ID                  string // 12 hexadecimal digits, of the URL
	URL, CanonicalURL   string
	Site                string
	Kind                string // of the reading; "blocked" also if the site showed the same page in place of many
	Title, Byline       string
	Authors             []string
	Section, Language   string
	Published, Modified string // as in the article
	Captured            time.Time
	Words               int
	Segment, RecordID   string // of the conversion record
	ResponseID          string // of the response or revisit that was read
	Extractor           string
}

const storyColumns = `s.story, r.url, r.canonical, r.site, s.kind, r.title, r.byline, r.authors, r.section, r.language,
	r.published, r.modified, r.captured, r.words, r.segment, r.id, r.response, r.extractor
	FROM stories s JOIN readings r ON r.id = s.reading `

// scanStory reads a row of storyColumns, with other columns before it.
func scanStory(rows *sql.Rows, before ...any) (Story, error) {
	var s Story
	var authors string
	var story int64
	err := rows.Scan(append(before, &story, &s.URL, &s.CanonicalURL, &s.Site, &s.Kind, &s.Title, &s.Byline, &authors, &s.Section, &s.Language,
		&s.Published, &s.Modified, (*instant)(&s.Captured), &s.Words, &s.Segment, (*recordID)(&s.RecordID), (*recordID)(&s.ResponseID), &s.Extractor)...)
	if err != nil {
		return s, err
	}
	s.ID = storyKey(story).String()
	if s.CanonicalURL == "=" {
		s.CanonicalURL = s.URL
	}
	return s, json.Unmarshal([]byte(authors), &s.Authors)
}

// newestFirst is the order of lists.
const newestFirst = "s.sorted DESC, s.story"

// Stories lists stories, the newest first. The order is the same each time.
func (c *Catalog) Stories(ctx context.Context, f Filter) iter.Seq2[Story, error] {
	where, args := f.where()
	order := newestFirst
	if f.BySite {
		order = "r.site, r.url"
	}
	return func(yield func(Story, error) bool) {
		if err := c.CheckQuery(ctx, f); err != nil {
			yield(Story{}, err)
			return
		}
		if f.BySite {
			c.storiesBy(ctx, where+" ORDER BY "+order, f.Limit, args)(yield)
			return
		}
		// Where it knows a limit, SQLite goes through all stories and sorts them, instead of
		// beginning with the newest.
		n := 0
		for s, err := range c.storiesBy(ctx, where+" ORDER BY "+order, 0, args) {
			if !yield(s, err) {
				return
			}
			if n++; n == f.Limit {
				return
			}
		}
	}
}

// storiesBy lists the stories of a condition and order; all if limit is 0.
func (c *Catalog) storiesBy(ctx context.Context, where string, limit int, args []any) iter.Seq2[Story, error] {
	query := "SELECT " + storyColumns + where
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	return func(yield func(Story, error) bool) {
		rows, err := c.db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Story{}, fmt.Errorf("catalog: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			s, err := scanStory(rows)
			if !yield(s, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Story{}, fmt.Errorf("catalog: %w", err))
		}
	}
}

// The stories that Find looks for by what no index of stories has.
const (
	whereCanonical = "WHERE s.story IN (SELECT story FROM readings WHERE canonical = ?1 AND canonical NOT IN ('', '=')) AND r.canonical = ?1 LIMIT 50"
	whereBegins    = "WHERE s.story IN (SELECT DISTINCT story FROM readings WHERE url >= ?1 AND url < ?2 ORDER BY url LIMIT 50) ORDER BY r.url"
)

// Find lists the stories that match a reference: an ID or the beginning of one
// (at least four digits), a URL, with or without its scheme, "www." and a slash at
// the end, or else the beginning of a URL.
func (c *Catalog) Find(ctx context.Context, ref string) ([]Story, error) {
	if from, to, ok := storyRange(strings.ToLower(ref)); ok {
		found, err := c.find(ctx, "WHERE s.story BETWEEN ? AND ? ORDER BY s.story LIMIT 50", int64(from), int64(to))
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	for _, u := range urlVariants(ref) {
		found, err := c.find(ctx, "WHERE s.story = ?", int64(storyOf(u)))
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	if found, err := c.find(ctx, whereCanonical, ref); err != nil || len(found) > 0 {
		return found, err
	}
	for _, u := range urlVariants(ref) {
		found, err := c.find(ctx, whereBegins, u, u+"\U0010ffff")
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

func (c *Catalog) find(ctx context.Context, where string, args ...any) ([]Story, error) {
	var found []Story
	for s, err := range c.storiesBy(ctx, where, 0, args) {
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, nil
}

// urlVariants returns the URLs that a person may mean: with and without the scheme,
// "www." and a slash at the end.
func urlVariants(ref string) []string {
	schemes := []string{"https://", "http://"}
	rest := ref
	for _, s := range schemes {
		if r, ok := strings.CutPrefix(ref, s); ok {
			rest = r
			if s == "http://" {
				schemes = []string{"http://", "https://"}
			}
		}
	}
	if !strings.ContainsAny(rest, "./") {
		return nil
	}
	rest, _, _ = strings.Cut(rest, "#")
	hosts := []string{rest, "www." + rest}
	if bare, ok := strings.CutPrefix(rest, "www."); ok {
		hosts = []string{rest, bare}
	}
	var res []string
	for _, scheme := range schemes {
		for _, h := range hosts {
			u := scheme + h
			res = append(res, u)
			if strings.HasSuffix(u, "/") {
				res = append(res, strings.TrimSuffix(u, "/"))
			} else if p, err := url.Parse(u); err == nil && p.RawQuery == "" {
				res = append(res, u+"/")
			}
		}
	}
	return res
}

// Record reads a record by its ID: with one seek and one frame if the catalog
// knows its place.
func (c *Catalog) Record(ctx context.Context, id string) (*archive.Record, error) {
	at, err := c.located(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.a.RecordAt(ctx, at)
}

// located returns where a record is; without a location if the catalog does not have it.
func (c *Catalog) located(ctx context.Context, id string) (at archive.Capture, err error) {
	at.ID = id
	err = c.db.QueryRowContext(ctx, `SELECT segment, frame, packed, at, size FROM captures WHERE id = ?1
		UNION ALL SELECT segment, frame, packed, at, size FROM readings WHERE id = ?1`, recordID(id)).
		Scan(&at.Segment, &at.Frame, &at.FrameLength, &at.Offset, &at.Length)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return at, fmt.Errorf("catalog: %w", err)
	}
	return at, nil
}

// Article reads a story's article from its conversion record.
func (c *Catalog) Article(ctx context.Context, s Story) (*article.Article, error) {
	rec, err := c.Record(ctx, s.RecordID)
	if err != nil {
		return nil, err
	}
	return articleIn(rec, s)
}

// articleIn reads a story's article, which is in a conversion record.
func articleIn(rec *archive.Record, s Story) (*article.Article, error) {
	var a article.Article
	if err := json.Unmarshal(rec.Payload, &a); err != nil {
		return nil, fmt.Errorf("article of %s: %w: %w", s.URL, archive.ErrDamaged, err)
	}
	a.Kind = article.Kind(s.Kind)
	return &a, nil
}

// Response reads the response of a story; for a revisit, the response that has the
// payload.
func (c *Catalog) Response(ctx context.Context, s Story) (*archive.Record, error) {
	return c.Payload(ctx, s.ResponseID)
}

// Payload reads the record that has the payload of a record: the record itself, or
// for a revisit the one it refers to, or if that is erased or lost, another one with
// the same digest.
func (c *Catalog) Payload(ctx context.Context, id string) (*archive.Record, error) {
	var of *archive.Record
	for range 8 { // this program does not write longer chains
		rec, err := c.Record(ctx, id)
		if of != nil && (errors.Is(err, archive.ErrNotFound) || err == nil && rec.Type() == "metadata") {
			h, ok, herr := c.ByDigest(ctx, archive.Digest(of.Get("WARC-Payload-Digest")), of.TargetURI())
			if herr != nil || !ok || h.ResponseID == id {
				return rec, errors.Join(err, herr)
			}
			return c.Record(ctx, h.ResponseID)
		}
		if err != nil || rec.Type() != "revisit" {
			return rec, err
		}
		of, id = rec, rec.Get("WARC-Refers-To")
	}
	return nil, fmt.Errorf("%w: revisits of %s do not lead to a response", archive.ErrDamaged, id)
}

// Held is a response in the archive: what is needed for a conditional request and a
// revisit record, and with what was read from it.
type Held struct {
	URL                string // of the response; the same bytes may be those of another URL
	ResponseID         string
	Date               time.Time
	Segment            string
	Sealed             bool // as far as the catalog knows
	Status             int
	PayloadDigest      archive.Digest
	ETag, LastModified string // as the URL itself sent them
	Run                string // the run that captured it
	Truncated          bool

	// The capture of the URL itself: the response, or a revisit of another URL's.
	CaptureID string
	Captured  time.Time

	ArticleRecordID string // the reading that counts for it; "" if there is none
	ReadID          string // the capture that was read
	Extractor       string // of that reading, like all below
	Kind            string
	Site, Title     string
	Published       string
	Content         string // identifies what the article says
	Fingerprint     Fingerprint

	LastDigest archive.Digest // of the newest capture of the URL, which may be none of its versions
}

const heldColumns = "c.url, c.id, c.date, c.segment, c.frame >= 0, c.status, c.digest, c.etag, c.modified, c.run, c.truncated != ''"

func (h *Held) columns() []any {
	return []any{&h.URL, (*recordID)(&h.ResponseID), (*instant)(&h.Date), &h.Segment, &h.Sealed, &h.Status, (*digest)(&h.PayloadDigest), &h.ETag, &h.LastModified,
		(*recordID)(&h.Run), &h.Truncated}
}

func (c *Catalog) one(ctx context.Context, into []any, query string, args ...any) (ok bool, err error) {
	err = c.db.QueryRowContext(ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("catalog: %w", err)
	}
	return true, nil
}

// LastResponse finds the newest response of a URL, whatever it is; if the newest
// capture is a revisit, the response that it refers to, unless that is lost. Its
// reading is not looked up.
func (c *Catalog) LastResponse(ctx context.Context, url string) (h Held, ok bool, err error) {
	var etag, modified string
	ok, err = c.one(ctx, append(h.columns(), (*recordID)(&h.CaptureID), (*instant)(&h.Captured), (*recordID)(&h.Run), &etag, &modified), "SELECT "+heldColumns+`, n.id, n.date, n.run, n.etag, n.modified
		FROM captures n JOIN captures c ON c.id = CASE n.type WHEN 'revisit' THEN n.refers ELSE n.id END
		WHERE n.id = (SELECT id FROM captures v WHERE story = ? AND url = ? AND (type = 'response' OR type = 'revisit' AND EXISTS (SELECT 1 FROM captures WHERE id = v.refers))
			ORDER BY date DESC, id DESC LIMIT 1)`, int64(storyOf(url)), url)
	h.LastDigest = h.PayloadDigest
	if h.URL != url {
		h.ETag, h.LastModified = etag, modified // the other URL's mean nothing here
	}
	return h, ok, err
}

// Current finds the response with the current version of a URL, with its reading. If
// there is no version, it is the newest response, as LastResponse has it.
func (c *Catalog) Current(ctx context.Context, url string) (h Held, ok bool, err error) {
	last, ok, err := c.LastResponse(ctx, url)
	if err != nil || !ok {
		return last, ok, err
	}
	// The payload is that of o; c is what the URL itself answered.
	ok, err = c.one(ctx, []any{&h.URL, (*recordID)(&h.ResponseID), (*instant)(&h.Date), &h.Segment, &h.Sealed, &h.Status, (*digest)(&h.PayloadDigest), &h.ETag, &h.LastModified,
		(*recordID)(&h.Run), &h.Truncated, (*recordID)(&h.CaptureID), (*instant)(&h.Captured),
		(*recordID)(&h.ArticleRecordID), (*recordID)(&h.ReadID), &h.Extractor, &h.Kind, &h.Site, &h.Title, &h.Published, &h.Content, &h.Fingerprint},
		`SELECT o.url, o.id, o.date, o.segment, o.frame >= 0, c.status, o.digest, c.etag, c.modified, c.run, o.truncated != '', c.id, c.date,
		r.id, r.response, r.extractor, s.kind, r.site, r.title, r.published, r.content, r.fingerprint
		FROM stories s JOIN captures c ON c.id = s.capture JOIN captures o ON o.id = CASE c.type WHEN 'revisit' THEN c.refers ELSE c.id END
		JOIN readings r ON r.id = s.reading WHERE s.story = ? AND c.url = ?`, int64(storyOf(url)), url)
	if err != nil || !ok {
		return last, err == nil, err
	}
	h.LastDigest = last.PayloadDigest
	return h, true, nil
}

// ReadingOf finds the record ID of the reading that counts for a capture of a URL;
// "" if there is none.
func (c *Catalog) ReadingOf(ctx context.Context, url, capture string) (id string, err error) {
	all, err := (&history{}).timeline(ctx, c.db, storyOf(url))
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	for _, a := range all {
		if a.id == capture && len(a.readings) > 0 {
			return a.reading().id, nil
		}
	}
	return "", nil
}

// ByDigest finds a complete response with a payload digest: the oldest of the URL,
// else the oldest of any.
func (c *Catalog) ByDigest(ctx context.Context, d archive.Digest, url string) (h Held, ok bool, err error) {
	ok, err = c.one(ctx, h.columns(), "SELECT "+heldColumns+` FROM captures c WHERE substr(digest, 1, 8) = substr(?1, 1, 8) AND digest = ?1 AND type = 'response'
		AND truncated = '' AND length > 0 ORDER BY url != ?2, date, id LIMIT 1`, digest(d), url)
	return h, ok, err
}

// Reading reads the conversion record of a held response.
func (c *Catalog) Reading(ctx context.Context, h Held) (*archive.Record, error) {
	if h.ArticleRecordID == "" {
		return nil, fmt.Errorf("%w: no reading of %s", archive.ErrNotFound, h.URL)
	}
	return c.Record(ctx, h.ArticleRecordID)
}

const captureColumns = `SELECT id, segment, url, type, date, status, digest, mime, refers, frame, packed, at, size FROM captures `

func (c *Catalog) captures(ctx context.Context, where string, args ...any) ([]archive.Capture, error) {
	rows, err := c.db.QueryContext(ctx, captureColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var caps []archive.Capture
	for rows.Next() {
		var a archive.Capture
		err := rows.Scan((*recordID)(&a.ID), &a.Segment, &a.URL, &a.Type, (*instant)(&a.Time), &a.Status, (*digest)(&a.Digest), &a.ContentType,
			(*recordID)(&a.RefersTo), &a.Frame, &a.FrameLength, &a.Offset, &a.Length)
		if err != nil {
			return nil, err
		}
		caps = append(caps, a)
	}
	return caps, rows.Err()
}

// Captured lists the responses, revisits and resources of a URL that are not suppressed,
// the oldest first.
func (c *Catalog) Captured(ctx context.Context, url string) ([]archive.Capture, error) {
	return c.captures(ctx, whereCaptured+" ORDER BY date, id", int64(storyOf(url)), url)
}

// whereCaptured selects the captures of a URL that Captured lists.
var whereCaptured = `WHERE story = ?1 AND url = ?2 AND type IN ('response', 'revisit', 'resource')
	AND ` + shown("captures.url", "captures.id")

// NewestCaptured lists the newest of the captures that Captured has, at most limit, the
// newest first, and counts them all.
func (c *Catalog) NewestCaptured(ctx context.Context, url string, limit int) (newest []archive.Capture, total int, err error) {
	if _, err := c.one(ctx, []any{&total}, "SELECT count(*) FROM captures "+whereCaptured, int64(storyOf(url)), url); err != nil {
		return nil, 0, err
	}
	newest, err = c.captures(ctx, whereCaptured+" ORDER BY date DESC, id DESC LIMIT ?3", int64(storyOf(url)), url, limit)
	return newest, total, err
}

// Revisits lists the revisits that refer to a response, the oldest first.
func (c *Catalog) Revisits(ctx context.Context, response string) ([]archive.Capture, error) {
	return c.captures(ctx, "WHERE refers = ? AND type = 'revisit' ORDER BY date, id", recordID(response))
}

// Lookup lists the captures and readings with a URL or a record ID, sorted by
// segment and location, suppressed ones, too.
func (c *Catalog) Lookup(ctx context.Context, ref string) ([]archive.Capture, error) {
	caps, err := c.captures(ctx, `WHERE (story = ?1 AND url = ?2) OR id = ?3 ORDER BY segment, frame, at`, int64(storyOf(ref)), ref, recordID(ref))
	if err != nil {
		return nil, err
	}
	rows, err := c.db.QueryContext(ctx, `SELECT id, segment, url, captured, response, frame, packed, at, size FROM readings WHERE (story = ?1 AND url = ?2) OR id = ?3
		ORDER BY segment, frame, at`, int64(storyOf(ref)), ref, recordID(ref))
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		a := archive.Capture{Type: "conversion"}
		err := rows.Scan((*recordID)(&a.ID), &a.Segment, &a.URL, (*instant)(&a.Time), (*recordID)(&a.RefersTo), &a.Frame, &a.FrameLength, &a.Offset, &a.Length)
		if err != nil {
			return nil, err
		}
		caps = append(caps, a)
	}
	return caps, rows.Err()
}

// Rows counts the rows of each table.
func (c *Catalog) Rows(ctx context.Context) (map[string]int, error) {
	n := map[string]int{}
	for _, t := range tables {
		var rows int
		if err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM "+t).Scan(&rows); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		n[t] = rows
	}
	return n, nil
}
