package frontier_test

import (
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/frontiertest"
)

func TestConformance(t *testing.T) {
	frontiertest.Run(t, func(t *testing.T, dir string) (scraper.Frontier, func()) {
		f, err := frontier.Open(filepath.Join(dir, "frontier.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		return f, func() { f.Close() }
	})
}
