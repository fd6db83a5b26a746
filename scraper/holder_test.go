package scraper_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// losing is a Frontier whose first leases are lost while the request is under way, or
// before it is written.
type losing struct {
	*frontier.Frontier
	under, before atomic.Int32
}

func (l *losing) Hold(ctx context.Context, lease *scraper.Lease) (context.Context, context.CancelFunc) {
	held, cancel := context.WithCancel(ctx)
	switch {
	case lease.URL.Path == "/slow" && l.under.Add(1) == 1:
		time.AfterFunc(300*time.Millisecond, cancel)
	case lease.URL.Path == "/" && l.before.Add(1) == 1:
		return scraper.WithCheck(held, func(string) error { cancel(); return errors.New("lost") }), cancel
	}
	return held, cancel
}

// TestLostLease: a request whose lease was lost counts as never made, and everything else
// goes on.
func TestLostLease(t *testing.T) {
	var slow atomic.Int32
	w := watch(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(rw, r)
		case "/":
			page(rw, "/slow", "/story")
		case "/slow":
			if slow.Add(1) == 1 {
				<-r.Context().Done()
				return
			}
			page(rw)
		default:
			page(rw)
		}
	})
	var front *losing
	_, counts, err := crawl(t, t.Context(), w.URL, filepath.Join(t.TempDir(), "f"), func(c *scraper.Crawler) {
		front = &losing{Frontier: c.Frontier.(*frontier.Frontier)}
		c.Frontier = front
	})
	if err != nil {
		t.Fatal(err)
	}
	if counts.Pages != 3 || counts.Failed != 0 || slow.Load() != 2 || front.before.Load() != 2 {
		t.Errorf("got %d pages, %d failed, /slow asked %d times, / leased %d times; want 3, 0, 2, 2", counts.Pages, counts.Failed, slow.Load(), front.before.Load())
	}
}
