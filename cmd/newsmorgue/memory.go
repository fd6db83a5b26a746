package main

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
)

// heapTarget is how far the heap may grow before it is collected, in bytes. A
// crawl or an extraction has 30 to 90 MB in use; with Go's default, which
// collects whenever the heap has doubled, a sixth of the processor time goes
// into collections.
const heapTarget = 256 << 20

// The bounds of GOGC. The least is Go's default: with more than half of the
// target in use, collections come as often as without this file and no oftener.
const (
	minPercent = 100
	maxPercent = 800
)

// fitCollector sets GOGC after every collection so that the next one begins
// when the heap reaches the target. It leaves GOGC alone if the user has set
// it. GOMEMLIMIT counts as ever, and a lower one lowers the target.
func fitCollector() {
	if gcPercentFromEnvironment() != "" {
		return
	}
	limit := min(debug.SetMemoryLimit(-1), containerLimit(os.DirFS("/")))
	(&collectorFit{target: targetUnder(limit)}).afterNextCollection()
}

// targetUnder is the target of a process that may take so many bytes in total.
// A quarter is left for what is not heap: stacks, mapped files, the program.
func targetUnder(limit int64) int64 { return min(heapTarget, limit/4*3) }

// percentFor is the GOGC with which a heap of live bytes grows to the target.
func percentFor(live, target int64) int {
	return int(min(max(target/max(live/100, 1)-100, minPercent), maxPercent))
}

// collectorFit adjusts GOGC from collection to collection.
type collectorFit struct {
	target  int64
	stopped atomic.Bool
}

// sentinel is garbage at once, so that its cleanup runs after the next
// collection. It has a pointer lest it share its memory with others.
type sentinel struct{ _ *sentinel }

func (c *collectorFit) afterNextCollection() {
	runtime.AddCleanup(&sentinel{}, func(c *collectorFit) {
		if c.stopped.Load() {
			return
		}
		live, percent := heapState()
		// A change stops the program for a moment; a small one is not worth it.
		if want := percentFor(live, c.target); want < percent || want > percent+percent/10 {
			debug.SetGCPercent(want)
		}
		c.afterNextCollection()
	}, c)
}

// heapState returns how many bytes the last collection found in use, and GOGC.
func heapState() (live int64, percent int) {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64()), int(s[1].Value.Uint64())
}

// containerLimit is the memory in bytes that the process's control groups allow
// it (cgroup versions 2 and 1), the largest number if there is no limit. root is
// the root of the file system.
func containerLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return limit // no Linux
	}
	for line := range strings.Lines(string(groups)) {
		// "0::/a/b" for version 2, "4:memory:/a/b" for version 1.
		_, line, _ = strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(line, ":")
		mount, file := "sys/fs/cgroup", "memory.max"
		if controllers != "" {
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		if !ok || controllers != "" && !strings.Contains(","+controllers+",", ",memory,") {
			continue
		}
		// A limit of any group above counts too. In a container the path may be
		// the one outside, which is not there inside; its root is.
		for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
			limit = min(limit, readLimit(root, path.Join(mount, dir, file)))
			if dir == "/" {
				break
			}
		}
	}
	return limit
}

// readLimit reads one number; "max" and a file that is not there are no limit.
func readLimit(root fs.FS, name string) int64 {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return math.MaxInt64
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n <= 0 {
		return math.MaxInt64
	}
	return n
}
