package region

import (
	"golang.org/x/sys/unix"
)

// claim takes a lock on the file that lasts as long as the creator's process.
func claim(fd int) error {
	keep, err := unix.Dup(fd)
	if err != nil {
		return err
	}
	return unix.FcntlFlock(uintptr(keep), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
}

// creatorGone reports whether the file exists and its creator has died.
func creatorGone(path string) bool {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	return unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &lock) == nil && lock.Type == unix.F_UNLCK
}

// takeOver opens a region whose creator has died in place of a new one, and clears
// its first bytes.
func (rs *Regions) takeOver(name string, cleared int) (*Region, error) {
	r, err := rs.OpenMapping(name, false)
	if err == nil {
		clear(r.Memory[:min(cleared, len(r.Memory))])
	}
	return r, err
}
