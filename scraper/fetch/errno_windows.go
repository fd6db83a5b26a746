package fetch

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// How the system says that there was no connection: as Winsock numbers. The
// names of package syscall are for the errors that Go itself makes.
var (
	refused     = []error{windows.WSAECONNREFUSED, syscall.ECONNREFUSED}
	unreachable = []error{windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH}
	closed      = []error{windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.ERROR_BROKEN_PIPE}
)
