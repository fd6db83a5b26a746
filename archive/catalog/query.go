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
	"github.com/newsmorgue/newsmorgue/parsers"
)

// A Story is an article as lists show it: the newest reading of its URL.
type Story struct {
	ID                  string // 12 hexadecimal digits, of the URL
	URL, CanonicalURL   string
	Site, Kind          string
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

// A Filter chooses stories. The zero value is every article, live page, gallery and video.
type Filter struct {
	Sites, Kinds []string
	All          bool      // every kind
	Since, Until time.Time // of publication, of capture where that is unknown
	Section      string    // case does not matter
	Author       string    // part of a name, case does not matter
	Limit        int       // 0: no limit
	BySite       bool      // order by site and URL instead of by date
}

const storyColumns = `s.story, r.url, r.canonical, r.site, r.kind, r.title, r.byline, r.authors, r.section, r.language,
	r.published, r.modified, r.captured, r.words, r.segment, r.id, r.response, r.extractor
	FROM stories s JOIN readings r ON r.id = s.reading `

func scanStory(rows *sql.Rows) (Story, error) {
	var s Story
	var authors, captured string
	err := rows.Scan(&s.ID, &s.URL, &s.CanonicalURL, &s.Site, &s.Kind, &s.Title, &s.Byline, &authors, &s.Section, &s.Language,
		&s.Published, &s.Modified, &captured, &s.Words, &s.Segment, &s.RecordID, &s.ResponseID, &s.Extractor)
	if err != nil {
		return s, err
	}
	s.Captured, err = time.Parse(timeLayout, captured)
	return s, errors.Join(err, json.Unmarshal([]byte(authors), &s.Authors))
}

// Stories lists stories, the newest first. The order is the same each time.
func (c *Catalog) Stories(ctx context.Context, f Filter) iter.Seq2[Story, error] {
	where, args := f.where()
	order := "s.sorted DESC, s.story"
	if f.BySite {
		order = "r.site, r.url"
	}
	query := "SELECT " + storyColumns + where + " ORDER BY " + order
	if f.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", f.Limit)
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

func (f Filter) where() (string, []any) {
	var conds []string
	var args []any
	in := func(column string, values []string) {
		conds = append(conds, column+" IN (?"+strings.Repeat(",?", len(values)-1)+")")
		for _, v := range values {
			args = append(args, v)
		}
	}
	if len(f.Sites) > 0 {
		in("s.site", f.Sites)
	}
	if len(f.Kinds) > 0 {
		in("s.kind", f.Kinds)
	} else if !f.All {
		in("s.kind", []string{string(parsers.KindArticle), string(parsers.KindLive), string(parsers.KindGallery), string(parsers.KindVideo)})
	}
	if !f.Since.IsZero() {
		conds, args = append(conds, "s.sorted >= ?"), append(args, f.Since.UTC().Format(timeLayout))
	}
	if !f.Until.IsZero() {
		conds, args = append(conds, "s.sorted <= ?"), append(args, f.Until.UTC().Format(timeLayout))
	}
	if f.Section != "" {
		conds, args = append(conds, "lower(r.section) = lower(?)"), append(args, f.Section)
	}
	if f.Author != "" {
		conds, args = append(conds, "instr(lower(r.authors), lower(?)) > 0"), append(args, f.Author)
	}
	if len(conds) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(conds, " AND "), args
}

// Find lists the stories that a reference means: an ID or the beginning of one
// (four digits or more), a URL in any of its usual spellings, or else the
// beginning of a URL.
func (c *Catalog) Find(ctx context.Context, ref string) ([]Story, error) {
	if len(ref) >= 4 && len(ref) <= 12 && strings.Trim(strings.ToLower(ref), "0123456789abcdef") == "" {
		found, err := c.find(ctx, "WHERE s.story >= ? AND s.story < ? ORDER BY s.story LIMIT 50", strings.ToLower(ref), strings.ToLower(ref)+"g")
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	for _, u := range spellings(ref) {
		found, err := c.find(ctx, "WHERE s.story = ?", storyID(u))
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	if found, err := c.find(ctx, "WHERE r.canonical = ? LIMIT 50", ref); err != nil || len(found) > 0 {
		return found, err
	}
	for _, u := range spellings(ref) {
		found, err := c.find(ctx, "WHERE r.url >= ? AND r.url < ? ORDER BY r.url LIMIT 50", u, u+"\U0010ffff")
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

func (c *Catalog) find(ctx context.Context, where string, args ...any) ([]Story, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT "+storyColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var found []Story
	for rows.Next() {
		s, err := scanStory(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, rows.Err()
}

// spellings are the URLs that a person may mean: with and without the scheme,
// www. and a slash at the end.
func spellings(ref string) []string {
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

// Article reads a story's article from its conversion record.
func (c *Catalog) Article(ctx context.Context, s Story) (*parsers.Article, error) {
	rec, err := c.a.Record(ctx, s.Segment, s.RecordID)
	if err != nil {
		return nil, err
	}
	var a parsers.Article
	if err := json.Unmarshal(rec.Payload, &a); err != nil {
		return nil, fmt.Errorf("article of %s: %w: %w", s.URL, archive.ErrDamaged, err)
	}
	return &a, nil
}

// Response reads what the server sent for a story; a revisit leads to the
// record that holds the bytes.
func (c *Catalog) Response(ctx context.Context, s Story) (*archive.Record, error) {
	id := s.ResponseID
	for range 8 { // a chain longer than that is no chain of ours
		rec, err := c.a.Record(ctx, s.Segment, id)
		if err != nil {
			return nil, err
		}
		if rec.Type() != "revisit" {
			return rec, nil
		}
		id = rec.Get("WARC-Refers-To")
	}
	return nil, fmt.Errorf("%w: revisits of %s lead nowhere", archive.ErrDamaged, s.URL)
}

// Held is the newest whole response of a URL, and how it was read: what a
// conditional request and a revisit record need.
type Held struct {
	URL                string
	ResponseID         string
	Date               string // WARC-Date
	Segment            string
	Status             int
	PayloadDigest      archive.Digest
	ETag, LastModified string
	ArticleRecordID    string // its newest reading by the current extractor; "" if there is none
	ArticleSegment     string
	Kind               string // of that reading
}

// LastResponse finds the newest whole response of a URL.
func (c *Catalog) LastResponse(ctx context.Context, url string) (h Held, ok bool, err error) {
	err = c.db.QueryRowContext(ctx, `SELECT url, id, date, segment, status, digest, etag, modified FROM captures
		WHERE url = ? AND type = 'response' AND truncated = '' ORDER BY date DESC, id DESC LIMIT 1`, url).
		Scan(&h.URL, &h.ResponseID, &h.Date, &h.Segment, &h.Status, &h.PayloadDigest, &h.ETag, &h.LastModified)
	if errors.Is(err, sql.ErrNoRows) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("catalog: %w", err)
	}
	err = c.db.QueryRowContext(ctx, `SELECT id, segment, kind FROM readings WHERE story = ? AND extractor = ? ORDER BY captured DESC, id DESC LIMIT 1`,
		storyID(url), parsers.Extractor).Scan(&h.ArticleRecordID, &h.ArticleSegment, &h.Kind)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, false, fmt.Errorf("catalog: %w", err)
	}
	return h, true, nil
}

// Reading reads the conversion record of what is held.
func (c *Catalog) Reading(ctx context.Context, h Held) (*archive.Record, error) {
	if h.ArticleRecordID == "" {
		return nil, fmt.Errorf("%w: no reading of %s", archive.ErrNotFound, h.URL)
	}
	return c.a.Record(ctx, h.ArticleSegment, h.ArticleRecordID)
}

// Captured lists the responses and revisits of a URL, the oldest first.
func (c *Catalog) Captured(ctx context.Context, url string) ([]archive.Capture, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT id, segment, url, type, date, status, digest, mime, refers FROM captures
		WHERE url = ? AND type IN ('response', 'revisit') ORDER BY date, id`, url)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var caps []archive.Capture
	for rows.Next() {
		var a archive.Capture
		var date string
		if err := rows.Scan(&a.ID, &a.Segment, &a.URL, &a.Type, &date, &a.Status, &a.Digest, &a.ContentType, &a.RefersTo); err != nil {
			return nil, err
		}
		if a.Time, err = time.Parse(timeLayout, date); err != nil {
			return nil, err
		}
		caps = append(caps, a)
	}
	return caps, rows.Err()
}

// A Site is what an archive holds of one site.
type Site struct {
	Name            string
	Title           string // of its front page
	Articles, Pages int
	First, Last     time.Time
	Bytes           int64 // payloads of the pages read, newest readings only
}

// Sites lists the sites that have readings, by name.
func (c *Catalog) Sites(ctx context.Context) ([]Site, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT s.site, count(*) FILTER (WHERE s.kind IN ('article','live','gallery','video')), count(*),
		min(r.captured), max(r.captured), coalesce(sum(c.length), 0), coalesce(max(r.title) FILTER (WHERE s.kind = 'home'), '')
		FROM stories s JOIN readings r ON r.id = s.reading LEFT JOIN captures c ON c.id = r.response GROUP BY s.site ORDER BY s.site`)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var sites []Site
	for rows.Next() {
		var s Site
		var first, last string
		if err := rows.Scan(&s.Name, &s.Articles, &s.Pages, &first, &last, &s.Bytes, &s.Title); err != nil {
			return nil, err
		}
		var err1, err2 error
		s.First, err1 = time.Parse(timeLayout, first)
		s.Last, err2 = time.Parse(timeLayout, last)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		sites = append(sites, s)
	}
	return sites, rows.Err()
}

// A Run is one crawl of one site. End is zero where it never said how it ended.
type Run struct {
	ID, Site   string
	Start, End time.Time
	Status     string
	Counts     json.RawMessage // the payload of its metadata record
}

// Runs lists the runs of a site ("" for all), the newest first.
func (c *Catalog) Runs(ctx context.Context, site string, limit int) ([]Run, error) {
	if limit <= 0 {
		limit = -1
	}
	rows, err := c.db.QueryContext(ctx, `SELECT id, site, start, end, status, counts FROM runs WHERE (? = '' OR site = ?) AND start != ''
		ORDER BY start DESC, id LIMIT ?`, site, site, limit)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var runs []Run
	for rows.Next() {
		var r Run
		var start, end, counts string
		if err := rows.Scan(&r.ID, &r.Site, &start, &end, &r.Status, &counts); err != nil {
			return nil, err
		}
		if r.Start, err = time.Parse(timeLayout, start); err != nil {
			return nil, err
		}
		if end != "" {
			if r.End, err = time.Parse(timeLayout, end); err != nil {
				return nil, err
			}
		}
		if counts != "" {
			r.Counts = json.RawMessage(counts)
		}
		runs = append(runs, r)
	}
	return runs, rows.Err()
}
