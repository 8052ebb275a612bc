package mechanism

import (
	"cmp"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// syscallStop looks at a thread that stands at the entry or the exit of a
// system call.
func (t *tracer) syscallStop(tid int, th *thread) {
	info, err := ptrace.SyscallInfo(tid)
	if err != nil {
		if err != unix.ESRCH { // killed meanwhile
			t.see(fmt.Sprintf("system calls: PTRACE_GET_SYSCALL_INFO: %v (Linux 5.3 or newer is needed)", err))
		}
		return
	}
	if info.Arch != nativeArch {
		t.see(fmt.Sprintf("system calls of a program for another architecture (audit number %#x)", info.Arch))
		return
	}
	switch info.Op {
	case ptrace.Entry:
		th.call = nil
		if r, ok := recognised[info.Number()]; ok {
			c := &call{pid: th.pid, number: info.Number(), args: info.Args()}
			if r.path >= 0 {
				c.object = ptrace.ReadString(th.pid, c.args[r.path], unix.PathMax)
			}
			th.call = c
		}
	case ptrace.Exit:
		c := th.call
		th.call = nil
		if c == nil {
			return
		}
		c.result = info.Result()
		r := recognised[c.number]
		switch {
		case info.Failed() && !usual(unix.Errno(-c.result)):
			t.failed(r, c, unix.Errno(-c.result))
		case !r.only && (r.attempt || !info.Failed()):
			r.seen(t, c)
		}
	}
}

// fileBehind is what an open descriptor of a process leads to, as the link in
// /proc shows it: a path, "pipe:[7]", "socket:[8]".
func fileBehind(pid int, fd uint64) string { return link(pid, fmt.Sprintf("fd/%d", int32(fd))) }

func link(pid int, name string) string {
	target, err := os.Readlink(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		return ""
	}
	return target
}

// isFIFO reports whether a descriptor of a process is a named pipe.
func isFIFO(pid int, fd int64) bool {
	var st unix.Stat_t
	return unix.Stat(fmt.Sprintf("/proc/%d/fd/%d", pid, fd), &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

// threadGroup is the process that a thread belongs to; the thread itself where
// /proc does not say.
func threadGroup(tid int) int { return cmp.Or(proc.ReadStatus(tid).Group, tid) }
