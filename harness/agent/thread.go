package agent

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world"
)

// thread finds the operation thread: hello tells its id as the agent sees it,
// /proc maps it.
func (a *Agent) thread() (t world.Thread, known bool) {
	state, err := a.process.State()
	if err != nil || a.hello.Thread == nil {
		return t, false
	}
	for _, t := range state.Threads {
		if t.Inner == *a.hello.Thread {
			return t, true
		}
	}
	return t, false
}

// threadless reports whether the thread that hello told is certainly not one of
// the process's: /proc shows all of them, and it is not there.
func (a *Agent) threadless() bool {
	state, err := a.process.State()
	if err != nil || len(state.Threads) == 0 {
		return false
	}
	for _, t := range state.Threads {
		if t.Inner == *a.hello.Thread || t.Inner == 0 {
			return false
		}
	}
	return a.process.Alive()
}

// A trap is the system call that a thread is in, as /proc/PID/task/TID/syscall
// tells it (proc_pid_syscall(5)). It can be read only by those who may trace
// the process.
type trap struct {
	tid  int
	name string
	args [6]uint64
}

func (a *Agent) trap(t world.Thread) (trap, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/syscall", a.process.PID(), t.TID))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 7 || t.Syscall == "" {
		return trap{}, false
	}
	if number, err := strconv.Atoi(fields[0]); err != nil || number != t.Number {
		return trap{}, false // it went on in between
	}
	call := trap{tid: t.TID, name: t.Syscall}
	for i := range call.args {
		if call.args[i], err = strconv.ParseUint(strings.TrimPrefix(fields[i+1], "0x"), 16, 64); err != nil {
			return trap{}, false
		}
	}
	return call, true
}

// sysmonLimit is a time limit that is as good as none. Go's idle monitor
// thread sleeps for at most a minute unless a timer is due before.
const sysmonLimit = 30 * time.Second

// unlimited reports whether the call waits without a time limit, for something
// that another process has to do. What is not known has one.
func (c trap) unlimited(pid int) bool {
	null := func(i int) bool { return c.args[i] == 0 }
	switch c.name {
	case "futex":
		if null(3) {
			return true
		}
		// Only FUTEX_WAIT's limit is relative, as a struct timespec.
		limit, ok := readDuration(c.tid, c.args[3])
		return ok && c.args[1]&0x7f == 0 && limit > sysmonLimit
	case "epoll_wait", "epoll_pwait":
		return int32(c.args[3]) < 0
	case "epoll_pwait2", "futex_waitv", "semtimedop":
		return null(3)
	case "poll":
		return int32(c.args[2]) < 0
	case "ppoll", "rt_sigtimedwait":
		return null(2)
	case "select", "pselect6", "mq_timedreceive", "mq_timedsend":
		return null(4)
	case "read", "write", "readv", "writev":
		// A socket may have a limit of its own, a timer's descriptor is one.
		file, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, c.args[0]))
		return err == nil && !strings.HasPrefix(file, "socket:") && !strings.HasPrefix(file, "anon_inode:")
	case "semop", "msgrcv", "msgsnd", "pause", "rt_sigsuspend", "wait4", "waitid", "flock":
		return true
	}
	return false
}

// readDuration reads a struct timespec from a process.
func readDuration(pid int, address uint64) (time.Duration, bool) {
	var b [16]byte
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	remote := []unix.RemoteIovec{{Base: uintptr(address), Len: len(b)}}
	if n, err := unix.ProcessVMReadv(pid, local, remote, 0); err != nil || n != len(b) {
		return 0, false
	}
	seconds, rest := binary.NativeEndian.Uint64(b[:8]), binary.NativeEndian.Uint64(b[8:])
	if seconds > 1<<32 {
		seconds = 1 << 32
	}
	return time.Duration(seconds)*time.Second + time.Duration(rest), true
}

// describe reads "futex(/dev/shm/ring+168)", "read(pipe:[4711])".
func (c trap) describe(pid int) string {
	switch c.name {
	case "futex":
		return "futex(" + place(pid, c.args[0]) + ")"
	case "read", "write", "readv", "writev", "recvfrom", "recvmsg", "sendto", "sendmsg", "accept", "accept4",
		"connect", "flock", "fcntl", "mq_timedreceive", "mq_timedsend", "epoll_wait", "epoll_pwait":
		if file, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, int32(c.args[0]))); err == nil {
			return c.name + "(" + file + ")"
		}
	}
	return c.name
}

// place names an address of a process by the mapping that it lies in.
func place(pid int, address uint64) string {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return fmt.Sprintf("%#x", address)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		// 7f00-7f01 rw-s 00001000 00:1a 77   /dev/shm/ring
		fields := strings.Fields(s.Text())
		if len(fields) < 5 {
			continue
		}
		var low, high, offset uint64
		if _, err := fmt.Sscanf(fields[0], "%x-%x", &low, &high); err != nil || address < low || address >= high {
			continue
		}
		if len(fields[1]) < 4 || fields[1][3] != 's' {
			return "private memory"
		}
		_, _ = fmt.Sscanf(fields[2], "%x", &offset)
		name := "shared memory"
		if len(fields) > 5 {
			name = strings.Join(fields[5:], " ")
		}
		return fmt.Sprintf("%s+%d", name, address-low+offset)
	}
	return fmt.Sprintf("%#x", address)
}
