//go:build unix

package dataset_test

import (
	"syscall"
	"time"
)

// cpuTime is the processor time of this process, which other processes on a busy machine
// change less than the time on the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
