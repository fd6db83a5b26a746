package frontier_test

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// BenchmarkFrontier fills a frontier with 300,000 URLs of a thousand hosts, a
// hundred at a time and three quarters of them known, as links are, and then
// leases and ends some. It reports microseconds a URL and what stays in memory.
func BenchmarkFrontier(b *testing.B) {
	const hosts, urls, batch = 1000, 300_000, 100
	ctx := context.Background()
	for b.Loop() {
		f, err := frontier.Open(filepath.Join(b.TempDir(), "frontier.sqlite"))
		if err != nil {
			b.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		n := 0
		for n < urls {
			var reqs []*scraper.Request
			for i := range batch {
				k := n + i
				if i >= batch/4 { // known already
					k = max(0, n-i*13)
				}
				reqs = append(reqs, &scraper.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("h%d.example", k%hosts), Path: fmt.Sprintf("/2026/11/story-%d.html", k)},
					Site: "s", Priority: 30, Depth: k % 20})
			}
			if err := f.Add(ctx, reqs...); err != nil {
				b.Fatal(err)
			}
			n += batch / 4
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/float64(urls)*0.25, "µs/link")
		start = time.Now()
		const leases = 20_000
		for range leases {
			l, err := f.Next(ctx, "s")
			if err != nil {
				b.Fatal(err)
			}
			if err := f.Done(ctx, l, kept); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/leases, "µs/lease")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
