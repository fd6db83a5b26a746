//go:build unix

package frontier

import (
	"os"
	"syscall"
)

// inodeOf is a file's number in its file system. It stays when a file is
// renamed or its folder moved, and no copy has it.
func inodeOf(path string) (int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		return int64(sys.Ino), nil
	}
	return 0, nil
}
