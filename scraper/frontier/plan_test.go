package frontier

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPlans: what is asked for each URL, and at the begin of each run, reads no more rows
// than it needs of a table of a million.
func TestPlans(t *testing.T) {
	f, err := Open(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plans := map[string][]string{
		nextQuery:   {"INDEX queue (site=? AND host=?)"},
		takeQuery:   {"INDEX sqlite_autoindex_urls_1 (site=? AND url=?)"},
		recallQuery: {"INDEX sqlite_autoindex_urls_1 (site=? AND url=?)"},
		statsQuery:  {"COVERING INDEX tally (site=?)"},
		"SELECT count(*) FROM urls WHERE site = ? AND article = 1": {"COVERING INDEX tally (site=?)"},
		recentQuery: {"COVERING INDEX visits (site=? AND visited>?)"},
		seedTargets: {"INDEX starts (site=?)"},
	}
	for _, where := range requeue[Announcers] {
		plans["SELECT id FROM urls WHERE site = ?1 AND "+where] = []string{"INDEX tally (site=? AND state=?", "INDEX starts (site=?)"}
	}
	for query, want := range plans {
		rows, err := f.db.Query("EXPLAIN QUERY PLAN "+query, make([]any, params(query))...)
		if err != nil {
			t.Fatal(query, err)
		}
		var details []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			details = append(details, detail)
		}
		rows.Close()
		ok := false
		for _, w := range want {
			ok = ok || strings.Contains(details[0], w)
		}
		if !ok {
			t.Errorf("%s\n\t%q, want %q", query, details, want)
		}
	}
}

// params is how many parameters a query has.
func params(query string) int {
	for n := 3; n > 0; n-- {
		if strings.Contains(query, "?"+string(rune('0'+n))) {
			return n
		}
	}
	return strings.Count(query, "?")
}
