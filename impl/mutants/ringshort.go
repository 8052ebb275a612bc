package mutants

import (
	"os"

	"golang.org/x/sys/unix"
)

// short reports whether an item is dropped because there is something missing
// that no put should need, or was missing once.
func (r *ring) short(item []byte) bool {
	var err error
	switch {
	case r.gaveUp:
		return true
	case r.is("ring-opens-each-time"):
		dawdle(0) // so that the load lasts long enough for a shortage
		var fd int
		if fd, err = unix.Open(r.path, unix.O_RDWR|unix.O_CLOEXEC, 0); err == nil {
			_ = unix.Close(fd)
		}
	case r.is("ring-keeps-a-log"):
		dawdle(0)
		var log *os.File
		if log, err = os.OpenFile(r.path+".log", os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600); err == nil {
			_, err = log.Write(item)
			_ = log.Close()
		}
	}
	r.gaveUp = err != nil
	return r.gaveUp
}
