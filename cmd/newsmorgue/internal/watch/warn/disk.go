package warn

import (
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

const (
	// fullSoon and fullLate are in how many days a full disk is worth a warning, and
	// from how many on it no longer is.
	fullSoon, fullLate = 14, 21
	// growthWeeks is how many weeks tell how an archive grows; leastGrowth are the
	// fewest that do.
	growthWeeks, leastGrowth = 4, 2
)

// Growth says by how many bytes a day an archive grows: the median of its last four
// weeks, so that the first crawl of a site among them does not count. It is not known
// of an archive younger than two weeks.
func Growth(segments []archive.SegmentInfo, now time.Time) (perDay float64, ok bool) {
	const layout = "20060102T150405Z"
	var oldest time.Time
	weeks := make([]float64, growthWeeks)
	for _, s := range segments {
		if len(s.Name) < len(layout) || !s.Local {
			continue
		}
		start, err := time.Parse(layout, s.Name[:len(layout)])
		if err != nil || start.After(now) {
			continue
		}
		if oldest.IsZero() || start.Before(oldest) {
			oldest = start
		}
		if week := int(now.Sub(start) / (7 * day)); week < growthWeeks {
			weeks[week] += float64(s.Bytes)
		}
	}
	if oldest.IsZero() {
		return 0, false
	}
	whole := min(growthWeeks, int(now.Sub(oldest)/(7*day)))
	if whole < leastGrowth {
		return 0, false
	}
	return median(weeks[:whole]) / 7, true
}

// Disk says whether a disk will soon be full: when crawls will pause, as less than the
// reserve is free. The growth is in bytes a day; isKnown is false if there is none.
func Disk(free, reserve int64, growth float64, isKnown bool) Finding {
	left := free - reserve
	switch {
	case left <= 0:
		return Finding{KindDisk, Bad, fmt.Sprintf("%d MB are free on the disk, and crawls pause under %d MB", free/1e6, reserve/1e6)}
	case !isKnown || growth <= 0:
		return Finding{KindDisk, Fine, fmt.Sprintf("%d MB are free on the disk", free/1e6)}
	}
	days := float64(left) / growth
	f := Finding{Kind: KindDisk}
	switch {
	case days < fullSoon:
		f.Level = Bad
		f.Text = fmt.Sprintf("the disk will be full in %.0f days: %d MB are left until crawls pause, and the archive grows by %.0f MB a day", days, left/1e6, growth/1e6)
	case days > fullLate:
		f.Level = Fine
		f.Text = fmt.Sprintf("%d MB are free on the disk, and the archive grows by %.0f MB a day", free/1e6, growth/1e6)
	}
	return f
}
