//go:build unix

package fetch

import "syscall"

// How the system says that there was no connection.
var (
	refused     = []error{syscall.ECONNREFUSED}
	unreachable = []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH}
	closed      = []error{syscall.ECONNRESET, syscall.EPIPE}
)
