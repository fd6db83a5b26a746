package catalog

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

// TestSearchPlans: stories with a rare word are looked up one by one; for a frequent one,
// stories are read in order until there are enough.
func TestSearchPlans(t *testing.T) {
	a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, err := Open(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	where, args := Filter{Query: "word"}.where()
	query := "SELECT " + storyColumns + where + " ORDER BY " + newestFirst + " LIMIT 20"
	if steps := strings.Join(plan(t, c, query, args...), "\n"); !strings.Contains(steps, "stories_doc (doc=?)") {
		t.Errorf("a rare word:\n%s", steps)
	}
	query = dateQuery(where, true, 20)
	if steps := strings.Join(plan(t, c, query, append(args, 1, 1, 1)...), "\n"); !strings.Contains(steps, "stories_sorted (sorted<?)") || strings.Contains(steps, "TEMP B-TREE FOR ORDER BY") {
		t.Errorf("a frequent word:\n%s", steps)
	}
}
