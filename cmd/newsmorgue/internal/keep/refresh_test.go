package keep

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// A bench is a site in memory and an archive of it. Time passes as the test says.
type refreshBench struct {
	*testing.T
	site  *sitetest.Site
	ar    *archive.Archive
	run   Run
	asked int // requests of all runs so far
}

// newRefreshBench must be called in a bubble of synctest. The site is at http://a.example/.
func newRefreshBench(t *testing.T, site *sitetest.Site) *refreshBench {
	t.Helper()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ar.Close(); site.Close() })
	return &refreshBench{T: t, site: site, ar: ar, run: Run{Archive: ar, Name: "a.example", Scope: "site", Seeds: []string{"http://a.example/"}, Connect: site.Dial,
		Settings: Settings{DelaySet: true, MaxDepth: 20, Assets: "style", Software: "newsmorgue/test"}}}
}

// crawl runs once and returns the summary and what was asked for.
func (b *refreshBench) crawl() (*Summary, []string) {
	b.Helper()
	run := b.run
	sum, err := run.Do(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	synctest.Wait()
	var paths []string
	hits := b.site.Hits()
	for _, h := range hits[b.asked:] {
		paths = append(paths, h.Path)
	}
	b.asked = len(hits)
	return sum, paths
}

// TestRefreshOfWordPress: a refresh costs what changed.
func TestRefreshOfWordPress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 256)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		sum, asked := b.crawl()
		t.Logf("first crawl: %d requests, %d pages, %d articles", len(asked), sum.Pages, sum.New)
		time.Sleep(time.Hour)
		sum, asked = b.crawl()
		t.Logf("nothing changed: %d requests, %d kB: %s", len(asked), sum.WireBytes/1000, strings.Join(asked[:min(60, len(asked))], " "))
		time.Sleep(time.Hour)
		for _, i := range []int{3, 99, 250} {
			wp.Edit(i)
		}
		for range 3 {
			wp.Publish()
		}
		wp.Trash(7, true)
		wp.Trash(200, true)
		time.Sleep(5 * time.Hour)
		sum, asked = b.crawl()
		t.Logf("3 edits, 3 new, 2 trashed: %d requests, %d new, %d changed, stayed %v, missed %v", len(asked), sum.New, sum.Changed, sum.Stayed, sum.Missed)
	})
}
