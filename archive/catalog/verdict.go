package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// verdictSchema names the format of a Verdict's JSON.
const verdictSchema = "newsmorgue.verdict/1"

// A Verdict says that a site showed one page in place of many of its articles, as
// during maintenance. Pages of that site with its fingerprint replace no version of
// an article, whenever they were captured. It does not apply to the URL whose own page
// it is, as when the front page is shown in place of others: one that began with this
// page before Since, or whose version before has the same title.
type Verdict struct {
	Schema      string      `json:"schema"`
	Site        string      `json:"site"` // as in the article
	Fingerprint Fingerprint `json:"fingerprint"`
	Title       string      `json:"title,omitempty"` // of the page
	Since       time.Time   `json:"since"`           // start of the run that found it
	Pages       int         `json:"pages"`           // URLs that answered with it in the run
	Of          int         `json:"of"`              // URLs of the site that answered with a page in the run
	Replaced    int         `json:"replaced"`        // of Pages, those that had another version before
	Examples    []string    `json:"examples,omitempty"`
}

// NewVerdict returns the metadata record of a verdict at the end of a run.
func NewVerdict(v Verdict, run string, now time.Time) (*archive.Record, error) {
	v.Schema = verdictSchema
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	rec := archive.NewRecord("metadata", now)
	rec.Set("WARC-Refers-To", run)
	rec.Set("WARC-Warcinfo-ID", run)
	rec.Set("Content-Type", "application/json; profile="+verdictSchema)
	rec.Payload = body
	return rec, nil
}

func addVerdict(ctx context.Context, tx *transaction, stale *staleStories, at archive.Capture, r *archive.Record) error {
	var v Verdict
	if err := json.Unmarshal(r.Payload, &v); err != nil || v.Site == "" || v.Fingerprint == 0 {
		return nil // not a valid verdict
	}
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO verdicts VALUES (?,?,?,?,?,?)", recordID(at.ID), v.Site, v.Fingerprint, instant(v.Since), instant(at.Time), v.Title)
	stale.verdicts = true
	return err
}

// Verdicts returns the titles of the pages that a site showed in place of its
// articles, by fingerprint.
func (c *Catalog) Verdicts(ctx context.Context, site string) (map[Fingerprint]string, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT fingerprint, title FROM verdicts WHERE site = ? ORDER BY date, id", site)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	all := map[Fingerprint]string{}
	for rows.Next() {
		var f Fingerprint
		var title string
		if err := rows.Scan(&f, &title); err != nil {
			return nil, err
		}
		all[f] = title
	}
	return all, rows.Err()
}

// Blocked lists URLs of a site, at most limit, that have answered with nothing but the
// page of a verdict, or a bot wall.
func (c *Catalog) Blocked(ctx context.Context, site string, f Fingerprint, limit int) (urls []string, err error) {
	rows, err := c.db.QueryContext(ctx, `SELECT r.url FROM stories s JOIN readings r ON r.id = s.reading
		WHERE s.site = ? AND s.kind = 'blocked' AND r.fingerprint = ? ORDER BY r.url LIMIT ?`, site, f, limit)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u string
		if err := rows.Scan(&u); err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, rows.Err()
}

// A Replacement is a page with other words than the version before it.
type Replacement struct {
	URL, Site, Title, Kind string
	Captured               time.Time
	Fingerprint            Fingerprint
	// Of the version before.
	Before                  Fingerprint
	BeforeKind, BeforeTitle string
}

// Replacements lists the pages of runs that have other words than the newest version
// before them that is not a page of a verdict. It reads the captures of the whole
// archive: it is for runs that were killed before their own end.
func (c *Catalog) Replacements(ctx context.Context, runs map[string]bool) ([]Replacement, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	var ids []any
	for id := range runs {
		ids = append(ids, recordID(id))
	}
	rows, err := c.db.QueryContext(ctx, `SELECT r.id, r.url, r.site, r.title, r.kind, r.captured, r.fingerprint, b.fingerprint, b.kind, b.title FROM captures c
		JOIN readings r ON r.story = c.story AND r.response = c.id AND r.kind != '' AND r.fingerprint != 0
		JOIN readings b ON b.story = r.story AND b.captured < r.captured AND b.kind NOT IN ('', 'blocked') AND b.fingerprint != r.fingerprint
		WHERE c.run IN (?`+strings.Repeat(",?", len(ids)-1)+`) AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.site = b.site AND v.fingerprint = b.fingerprint)
		ORDER BY r.id, b.captured DESC, b.id DESC`, ids...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var all []Replacement
	last := ""
	for rows.Next() {
		var p Replacement
		var id string
		if err := rows.Scan((*recordID)(&id), &p.URL, &p.Site, &p.Title, &p.Kind, (*instant)(&p.Captured), &p.Fingerprint, &p.Before, &p.BeforeKind, &p.BeforeTitle); err != nil {
			return nil, err
		}
		if id == last {
			continue // an older version
		}
		last = id
		all = append(all, p)
	}
	return all, rows.Err()
}
