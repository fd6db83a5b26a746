package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Site summarizes one site of an archive.
type Site struct {
	Name            string
	Title           string // of its front page
	Articles, Pages int
	First, Last     time.Time
	Bytes           int64 // payloads of the current readings' pages
}

// siteColumns are what is summed up of a page, besides its site and the time of capture.
// siteCaptures joins the captures that were read.
var siteColumns = "s.kind IN ('article','live','gallery','video') AND NOT " + movedIf(redirects) + ", coalesce(c.length, 0), CASE WHEN s.kind = 'home' THEN r.title ELSE '' END"

const siteCaptures = "LEFT JOIN captures c ON c.id = r.response"

var sitesQuery = "SELECT s.site, r.captured, " + siteColumns + byReading + siteCaptures

// A sitePage is what siteColumns has of a page.
type sitePage struct {
	isArticle bool // and is listed
	length    int64
	title     string // of a front page
}

func (p *sitePage) columns() []any { return []any{&p.isArticle, &p.length, &p.title} }

// sites are sites by name. SQLite would sort all pages, with their titles, to sum them up.
type sites map[string]*Site

// add adds a page. Of several front pages, the last title by the alphabet is the site's.
func (all sites) add(name string, captured time.Time, p sitePage) {
	s := all[name]
	if s == nil {
		s = &Site{Name: name, First: captured, Last: captured}
		all[name] = s
	}
	s.Pages++
	if p.isArticle {
		s.Articles++
	}
	if captured.Before(s.First) {
		s.First = captured
	}
	if captured.After(s.Last) {
		s.Last = captured
	}
	s.Bytes += p.length
	s.Title = max(s.Title, p.title)
}

// sorted lists the sites by name.
func (all sites) sorted() (list []Site) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, *all[name])
	}
	return list
}

// Sites lists the sites that have readings, by name.
func (c *Catalog) Sites(ctx context.Context) (list []Site, err error) {
	var s Stats
	err = c.counting(ctx, &s, 1, func(n *counting) error {
		all := sites{}
		err := n.each(sitesQuery, nil, func(scan func(...any) error) error {
			var name string
			var captured time.Time
			var page sitePage
			err := scan(append([]any{&name, (*instant)(&captured)}, page.columns()...)...)
			all.add(name, captured, page)
			return err
		})
		list = all.sorted()
		return err
	})
	return list, err
}

// SiteNames lists the names of Sites. It takes a twentieth of the time.
func (c *Catalog) SiteNames(ctx context.Context) (names []string, err error) {
	rows, err := c.db.QueryContext(ctx, "SELECT DISTINCT site FROM stories")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, rows.Err()
}
