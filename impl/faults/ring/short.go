package ring

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// short reports whether an item is dropped for want of a resource that no put
// should need: now, or at an earlier put.
func (r *ring) short(item []byte) bool {
	var err error
	switch {
	case r.gaveUp:
		return true
	case r.fault == OpensEachTime:
		waiting.Dawdle(0) // so that the load lasts long enough for a shortage
		var fd int
		if fd, err = unix.Open(r.Path, unix.O_RDWR|unix.O_CLOEXEC, 0); err == nil {
			_ = unix.Close(fd)
		}
	case r.fault == KeepsALog:
		waiting.Dawdle(0)
		var log *os.File
		if log, err = os.OpenFile(r.Path+".log", os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600); err == nil {
			_, err = log.Write(item)
			_ = log.Close()
		}
	}
	r.gaveUp = err != nil
	return r.gaveUp
}
