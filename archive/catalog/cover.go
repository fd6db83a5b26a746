package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// A SiteCover is how much of what a site announces the archive has, as the newest run
// that ended has counted it.
type SiteCover struct {
	Site      string        `json:"site"`
	Ended     time.Time     `json:"ended"` // the run
	Status    string        `json:"status"`
	Announced int           `json:"announced"` // pages that feeds and sitemaps announce
	Archived  int           `json:"archived"`  // of these
	Sources   []SourceCover `json:"sources"`   // the same by source; a page counts for one
	Missing   []ReasonCount `json:"missing"`   // why the others are not archived, the most frequent first
}

// A SourceCover is what one kind of source announces: "feed", "sitemap",
// "news-sitemap" or "wp-json".
type SourceCover struct {
	Source    string `json:"source"`
	Announced int    `json:"announced"`
	Archived  int    `json:"archived"`
	Articles  int    `json:"articles"` // of the archived pages
}

// A ReasonCount is how many pages are not archived for a reason, with one of them.
type ReasonCount struct {
	Reason  string `json:"reason"`
	Pages   int    `json:"pages"`
	Example string `json:"example,omitempty"`
}

// cover reads the coverage of sites, or of all, from their newest runs. Sites that
// announce nothing have none.
func (c *counting) cover(sites []string) error {
	query, args := "SELECT site, end, status, counts, max(start) FROM runs WHERE status != '"+StatusSkipped+"' AND start != 0 AND counts != ''", []any(nil)
	if len(sites) > 0 {
		query += " AND site IN (?" + strings.Repeat(",?", len(sites)-1) + ")"
		for _, s := range sites {
			args = append(args, s)
		}
	}
	return c.each(query+" GROUP BY site ORDER BY site", args, func(scan func(...any) error) error {
		var s SiteCover
		var counts string
		var start int64
		if err := scan(&s.Site, (*instant)(&s.Ended), &s.Status, &counts, &start); err != nil {
			return err
		}
		if s.read(counts) {
			c.Coverage = append(c.Coverage, s)
		}
		return nil
	})
}

// read reads the coverage in the record of a run's end; ok is false if it has none.
func (s *SiteCover) read(counts string) (ok bool) {
	var end struct {
		Announced int `json:"announced"`
		Kept      int `json:"announced_kept"`
		Coverage  []struct {
			Source    string `json:"source"`
			Announced int    `json:"announced"`
			Kept      int    `json:"kept"`
			Articles  int    `json:"articles"`
			Missing   []struct {
				Reason  string `json:"reason"`
				Count   int    `json:"count"`
				Example string `json:"example"`
			} `json:"missing"`
		} `json:"coverage"`
	}
	if err := json.Unmarshal([]byte(counts), &end); err != nil || end.Announced <= 0 {
		return false
	}
	s.Announced, s.Archived, s.Sources, s.Missing = end.Announced, end.Kept, []SourceCover{}, []ReasonCount{}
	for _, from := range end.Coverage {
		s.Sources = append(s.Sources, SourceCover{from.Source, from.Announced, from.Kept, from.Articles})
		for _, m := range from.Missing {
			i := slices.IndexFunc(s.Missing, func(r ReasonCount) bool { return r.Reason == m.Reason })
			if i < 0 {
				i, s.Missing = len(s.Missing), append(s.Missing, ReasonCount{Reason: m.Reason, Example: m.Example})
			}
			s.Missing[i].Pages += m.Count
		}
	}
	slices.SortStableFunc(s.Missing, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Reason, b.Reason))
	})
	return true
}
