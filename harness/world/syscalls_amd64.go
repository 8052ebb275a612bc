package world

import "golang.org/x/sys/unix"

// olderSyscallNames are calls that later architectures left out.
var olderSyscallNames = map[int]string{
	unix.SYS_EPOLL_WAIT: "epoll_wait",
	unix.SYS_OPEN:       "open",
	unix.SYS_PAUSE:      "pause",
	unix.SYS_POLL:       "poll",
	unix.SYS_SELECT:     "select",
	unix.SYS_VFORK:      "vfork",
}
