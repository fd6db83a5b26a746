package frontier

import (
	"os"
	"syscall"
)

// inodeOf is a file's number in its file system. It stays when a file is
// renamed or its folder moved, and no copy has it.
func inodeOf(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var info syscall.ByHandleFileInformation
	if err := syscall.GetFileInformationByHandle(syscall.Handle(f.Fd()), &info); err != nil {
		return 0, os.NewSyscallError("GetFileInformationByHandle", err)
	}
	return int64(info.FileIndexHigh)<<32 | int64(info.FileIndexLow), nil
}
