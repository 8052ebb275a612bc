package proc

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"
)

// ThreadState is the state letter of a thread, 'X' when it is gone. Unlike
// [ReadState] it takes one short read: it is for tracers, which look often.
func ThreadState(pid, tid int) byte {
	var text [512]byte
	n := readShort(fmt.Sprintf("/proc/%d/task/%d/stat", pid, tid), text[:])
	if i := bytes.LastIndexByte(text[:n], ')'); i > 0 && i+2 < n {
		return text[i+2]
	}
	return 'X'
}

// ThreadTime is the processor time that a thread has used, nanoseconds; 0 where
// the kernel does not say it.
func ThreadTime(pid, tid int) (ns int64) {
	var text [128]byte
	for _, c := range text[:readShort(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, tid), text[:])] {
		if c < '0' || c > '9' {
			break
		}
		ns = ns*10 + int64(c-'0')
	}
	return ns
}

// readShort reads the beginning of a file without the run-time's poller.
func readShort(path string, into []byte) int {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	n, _ := unix.Read(fd, into)
	_ = unix.Close(fd)
	return max(n, 0)
}
