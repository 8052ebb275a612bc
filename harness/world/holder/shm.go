package holder

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

var errHostsShm = errors.New("without namespaces it is the host's")

// resizeShm makes the file system on /dev/shm as small as what is in it, or as large
// as it was. One that grows meanwhile is an error.
func (h *holder) resizeShm(full bool) error {
	if !h.setup.Isolated {
		return errHostsShm
	}
	size := "size=50%" // of the memory, the default of the kernel
	if limit := h.setup.Limits.ShmSize; limit > 0 {
		size = fmt.Sprintf("size=%d", limit)
	}
	if full {
		var now unix.Statfs_t
		if err := unix.Statfs("/dev/shm", &now); err != nil {
			return err
		}
		size = fmt.Sprintf("size=%d", max(int64(now.Blocks-now.Bfree), 1)*now.Bsize) // 0 would be no limit
	}
	return unix.Mount("", "/dev/shm", "", unix.MS_REMOUNT|unix.MS_NOSUID|unix.MS_NODEV, size)
}
