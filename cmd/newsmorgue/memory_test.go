package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/fstest"
	"time"
)

func TestPercentFor(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		live, target int64
		want         int
	}{
		{0, 256 * mb, 800},
		{4 * mb, 256 * mb, 800},
		{64 * mb, 256 * mb, 300},
		{128 * mb, 256 * mb, 100},
		{200 * mb, 256 * mb, 100},
		{4000 * mb, 256 * mb, 100}, // over the target: Go's default, never a collection after the other
		{10 * mb, 0, 100},
	} {
		if got := percentFor(c.live, c.target); got < c.want-1 || got > c.want+1 {
			t.Errorf("percentFor(%d MB, %d MB): got %d, want %d", c.live/mb, c.target/mb, got, c.want)
		}
	}
}

func TestTargetUnder(t *testing.T) {
	for limit, want := range map[int64]int64{math.MaxInt64: heapTarget, 1 << 30: heapTarget, 128 << 20: 96 << 20} {
		if got := targetUnder(limit); got != want {
			t.Errorf("targetUnder(%d): got %d, want %d", limit, got, want)
		}
	}
}

func TestContainerLimit(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no Linux": {nil, math.MaxInt64},
		"no limit": {map[string]string{"proc/self/cgroup": "0::/user.slice\n", "sys/fs/cgroup/user.slice/memory.max": "max\n"}, math.MaxInt64},
		"version 2": {map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n",
			"sys/fs/cgroup/a/memory.max": "500\n"}, 500},
		"version 2 in a container": {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "300\n"}, 300},
		"version 1": {map[string]string{"proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/1\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n", "sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": "400\n",
			"sys/fs/cgroup/memory/x/memory.limit_in_bytes": "1\n"}, 400},
		"version 1 in a container": {map[string]string{"proc/self/cgroup": "4:memory:/docker/1\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "200\n"}, 200},
		"both": {map[string]string{"proc/self/cgroup": "4:memory:/\n0::/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "200\n",
			"sys/fs/cgroup/memory.max": "100\n"}, 100},
		"nonsense": {map[string]string{"proc/self/cgroup": "\nx\n0::/../..\n", "sys/fs/cgroup/memory.max": "much\n"}, math.MaxInt64},
	} {
		root := fstest.MapFS{}
		for file, text := range c.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := containerLimit(root); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// TestCollectorFit lets GOGC rise while little is in use, and fall to Go's
// default when more is in use than the target.
func TestCollectorFit(t *testing.T) {
	before := debug.SetGCPercent(100)
	fit := &collectorFit{target: 1 << 30}
	defer func() {
		fit.stopped.Store(true)
		debug.SetGCPercent(before)
	}()
	fit.afterNextCollection()
	collectUntil(t, func(percent int) bool { return percent > 2*minPercent })

	fit.stopped.Store(true)
	fit = &collectorFit{target: 8 << 20}
	fit.afterNextCollection()
	live := make([]byte, 16<<20)
	collectUntil(t, func(percent int) bool { return percent == minPercent })
	runtime.KeepAlive(live)
}

// collectUntil collects garbage until GOGC is as wanted. Cleanups run beside the
// collections, so it may take some.
func collectUntil(t *testing.T, done func(percent int) bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		runtime.GC()
		if _, percent := heapState(); done(percent) {
			return
		}
	}
	_, percent := heapState()
	t.Errorf("GOGC stays at %d", percent)
}
