package sharedmemory

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// allocateChunk, in bytes, is small enough to make progress under many signals,
// which interrupt fallocate(2) and undo its work.
const allocateChunk = 16 << 20

// allocate extends an empty file to length bytes and reserves all its memory.
// Otherwise a full file system would show when a page is first accessed, as
// SIGBUS.
func allocate(fd int, length int64) error {
	if err := fits(fd, length); err != nil {
		return err
	}
	for at := int64(0); at < length; at += allocateChunk {
		n := min(allocateChunk, length-at)
		if err := ignoringEINTR(func() error { return unix.Fallocate(fd, 0, at, n) }); err != nil {
			return systemError(fmt.Sprintf("fallocate of %d bytes", length), err)
		}
	}
	return nil
}

// fits refuses early what cannot succeed. fallocate would find out as well, but
// only after it has displaced the memory of other processes, and beyond
// RLIMIT_FSIZE it raises SIGXFSZ.
func fits(fd int, length int64) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err == nil && uint64(length) > limit.Cur {
		return fmt.Errorf("%w: %d bytes, the limit on file sizes (RLIMIT_FSIZE) is %d", ErrNoSpace, length, limit.Cur)
	}
	var fs unix.Statfs_t
	if err := ignoringEINTR(func() error { return unix.Fstatfs(fd, &fs) }); err != nil {
		return systemError("fstatfs", err)
	}
	free := fs.Bavail * uint64(fs.Bsize)
	if fs.Blocks == 0 { // a tmpfs without a limit
		var err error
		if free, err = physical(); err != nil {
			return err
		}
	}
	if uint64(length) > free {
		return fmt.Errorf("%w: %d bytes wanted in %s, %d free: %w", ErrNoSpace, length, directory, free, unix.ENOSPC)
	}
	return nil
}

// physical is the machine's memory and swap in bytes.
func physical() (uint64, error) {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0, systemError("sysinfo", err)
	}
	//nolint:unconvert // the fields are 32 bits wide elsewhere
	return (uint64(info.Totalram) + uint64(info.Totalswap)) * uint64(info.Unit), nil
}
