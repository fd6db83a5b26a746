package keep

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// A diskGate pauses a crawl while the disk of its archive is nearly full.
type diskGate struct {
	dir     string
	bytes   int64
	percent float64
	watch   func(scraper.Event)

	mu      sync.Mutex
	checked time.Time
	low     string // why the crawl waits; empty if it does not
}

// How often the disk is checked: between pages, and while the crawl waits.
const (
	diskEvery = 2 * time.Second
	diskWait  = 10 * time.Second
)

// wait returns when there is room on the disk, or when ctx is done.
func (g *diskGate) wait(ctx context.Context) error {
	for {
		low := g.check()
		if low == "" {
			return nil
		}
		g.say(low)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(diskWait):
		}
	}
}

// say says why the crawl is paused.
func (g *diskGate) say(reason string) {
	if g.watch != nil {
		g.watch(scraper.Event{Kind: scraper.EventPaused, Reason: reason})
	}
}

func (g *diskGate) check() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.checked) < diskEvery {
		return g.low
	}
	g.checked = time.Now()
	free, total, err := DiskSpace(g.dir)
	if err != nil {
		g.low = "" // if the disk is unknown, the crawl goes on; writing reports a full one
		return ""
	}
	need := g.bytes
	if g.percent > 0 {
		need = int64(float64(total) * g.percent / 100)
	} else if g.bytes == 0 {
		need = Reserve(total)
	}
	g.low = ""
	if free < need {
		g.low = fmt.Sprintf("%d MiB free on the disk, under --min-free of %d MiB", free>>20, need>>20)
	}
	return g.low
}

// Reserve is how much of a disk stays free, unless a site's settings say otherwise.
func Reserve(total int64) int64 { return max(1<<30, total/20) }
