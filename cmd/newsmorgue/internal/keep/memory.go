package keep

import (
	"os"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// MemoryBudget bounds the memory of all bodies in flight in a process: a quarter of
// the machine's memory, at most 512 MiB.
func MemoryBudget() *scraper.Budget {
	const most = 512 << 20
	quarter := int64(most)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if _, rest, ok := strings.Cut(string(text), "MemTotal:"); ok {
			if fields := strings.Fields(rest); len(fields) > 0 {
				if kib, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
					quarter = kib << 10 / 4
				}
			}
		}
	}
	return scraper.NewBudget(min(quarter, most))
}
