package keep

import "golang.org/x/sys/windows"

// DiskSpace returns how many bytes the disk of a folder has left for this
// process's user, and in total.
func DiskSpace(dir string) (free, total int64, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0, err
	}
	var left, all, unused uint64
	if err := windows.GetDiskFreeSpaceEx(name, &left, &all, &unused); err != nil {
		return 0, 0, err
	}
	return int64(left), int64(all), nil
}
