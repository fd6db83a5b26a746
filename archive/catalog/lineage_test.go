package catalog

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// What an article was before, whether it has become another, and what happened since a
// time are found by indexes: a scan for each article would make lists quadratic.
func TestMovesAreIndexed(t *testing.T) {
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	c, err := Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	where, args := Filter{}.where()
	since, sinceArgs := ChangeFilter{Since: time.Now()}.candidates()
	for _, q := range []struct {
		query string
		args  []any
	}{
		{predecessorsQuery, []any{"https://a.example/", 1}},
		{"SELECT " + storyColumns + where + " ORDER BY s.sorted DESC, s.story", args},
		{sitesQuery, nil},
		{since, sinceArgs},
		{"SELECT " + storyColumns + whereCanonical, []any{"https://a.example/"}},
		{"SELECT " + storyColumns + whereBegins, []any{"https://a.example/", "https://a.example0"}},
	} {
		for _, step := range plan(t, c, q.query, q.args...) {
			// These lists go through all stories, and through what a subquery gives; that of
			// sites also through all redirects, once.
			if q.query == sitesQuery && (step == "SCAN captures USING INDEX captures_target" || step == "SCAN stories" || step == "SCAN s") {
				continue
			}
			if strings.HasPrefix(step, "SCAN") && !strings.HasPrefix(step, "SCAN (") && step != "SCAN s USING INDEX stories_sorted" {
				t.Errorf("%s: %s", q.query, step)
			}
		}
	}
}

// The stories that are unusual are found without the rows of the others.
func TestUnusualAreIndexed(t *testing.T) {
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	c, err := Open(t.Context(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, query := range unusualQueries {
		for _, step := range plan(t, c, query) {
			if !strings.Contains(step, "USING COVERING INDEX") {
				t.Errorf("%s: %s", query, step)
			}
		}
	}
}

func plan(t *testing.T, c *Catalog, query string, args ...any) (steps []string) {
	t.Helper()
	rows, err := c.db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
