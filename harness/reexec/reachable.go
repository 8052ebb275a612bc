package reexec

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Reachable is a path that starts the running binary, also for a user who
// may not enter its directory. Where its mode keeps others from executing it
// (a test built under umask 077), that is an executable copy in memory.
func Reachable(others bool) (string, error) {
	info, err := os.Stat(Self)
	if err != nil {
		return "", err
	}
	if !others || info.Mode()&0o005 == 0o005 {
		return Self, nil
	}
	binary, err := os.Open(Self)
	if err != nil {
		return "", err
	}
	defer binary.Close()
	fd, err := unix.MemfdCreate("ipckit", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if err == unix.EINVAL { // before Linux 6.3, where every memfd is executable
		fd, err = unix.MemfdCreate("ipckit", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return "", err
	}
	// It stays open for writing here, so it is executed through a second,
	// read-only descriptor: a file open for writing is busy (ETXTBSY).
	writer := os.NewFile(uintptr(fd), "copy of the kit's binary")
	defer writer.Close()
	if _, err := io.Copy(writer, binary); err != nil {
		return "", err
	}
	if err := writer.Chmod(0o755); err != nil {
		return "", err
	}
	copied, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("/proc/self/fd/%d", copied), nil
}
