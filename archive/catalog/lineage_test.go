package catalog

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

// What an article was before is found by indexes: a scan for each article would make
// lists of changes quadratic.
func TestPredecessorsAreIndexed(t *testing.T) {
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	c, err := Open(ar)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	rows, err := c.db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+predecessorsQuery, "https://a.example/", 1)
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
		if strings.HasPrefix(step, "SCAN") {
			t.Error(step)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
