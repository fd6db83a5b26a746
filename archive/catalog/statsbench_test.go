package catalog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// fill writes rows of generated articles into a catalog, as Index would, one capture and
// one reading each: of 20 sites in a year, one page in twenty a section.
func fill(tb testing.TB, n int) *Catalog {
	tb.Helper()
	ctx := context.Background()
	a, err := archive.Create(filepath.Join(tb.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		tb.Fatal(err)
	}
	c, err := Open(context.Background(), a)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	r := rand.New(rand.NewPCG(20, 26))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	err = c.inTx(ctx, func(tx *transaction) error {
		for i := range n {
			site := fmt.Sprintf("site%d.example", i%20)
			published := start.Add(time.Duration(r.IntN(365*24*60)) * time.Minute)
			captured := start.Add(time.Duration(i) * time.Second)
			kind, url := "article", fmt.Sprintf("https://%s/2026/%06d-a-story-with-a-usual-headline", site, i)
			if i%20 == 19 {
				kind = "section"
			}
			id, conv := fmt.Sprintf("<urn:uuid:%08x-0000-7000-8000-%012x>", i, r.Uint32()), fmt.Sprintf("<urn:uuid:%08x-0000-7000-8000-%012x>", i, r.Uint32())
			story := storyOf(url)
			var target string
			if i%50 == 7 {
				target = fmt.Sprintf("https://%s/", site)
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO captures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", recordID(id), "s1", int64(story), url, "response",
				instant(captured), 200, digest(archive.SHA256([]byte(url))), "text/html", []byte{}, []byte{}, []byte("run"), `"etag"`, "", "", target, 80000, 0, 100, i, 9000)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO readings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", recordID(conv), "s1", recordID(id), "newsmorgue/4", []byte("12345678"),
				int64(story), url, "=", site, kind, fmt.Sprintf("A story with a usual headline of some length %d", i), "By Ann Lee", `["Ann Lee"]`, fmt.Sprintf("Section %d", r.IntN(30)), []string{"en", "de", "ha", ""}[r.IntN(4)],
				published.Format(time.RFC3339), "", instant(captured), instant(published), r.IntN(1500), r.IntN(10) == 0, int64(0x1ff<<r.IntN(10)|r.IntN(16)), i, []byte{}, 0, 100, i, 3000)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO stories VALUES (?,?,?,?,?,?,?)", int64(story), recordID(conv), recordID(id), site, kind, instant(published), docNone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// The rows of fill follow the schema: benchmarks alone would not say so in time.
func TestFilledCatalog(t *testing.T) {
	if s, err := fill(t, 40).Stats(context.Background(), Filter{}, 10); err != nil || s.Articles != 38 {
		t.Fatal(s.Articles, err)
	}
}

// BenchmarkStats counts 100,000 generated articles.
func BenchmarkStats(b *testing.B) {
	c := fill(b, 100_000)
	for b.Loop() {
		if s, err := c.Stats(context.Background(), Filter{}, 10); err != nil || s.Articles != 95_000 {
			b.Fatal(s.Articles, err)
		}
	}
}
