package explore

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// call is a system call that an agent is in, resumed from its entry.
type call struct {
	number  uint64
	args    [6]uint64
	shared  bool // an argument points into shared memory
	quiet   bool // see quietCalls
	futex   bool // waits in a futex
	limited bool // waits with a time limit
}

// quietCalls have no effect that another process could see, unless an argument
// points into shared memory: what a language's runtime does by the way.
var quietCalls = slices.Concat([]uint64{
	unix.SYS_FUTEX, unix.SYS_SCHED_YIELD, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_MEMBARRIER,
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MADVISE, unix.SYS_MREMAP, unix.SYS_BRK, unix.SYS_MINCORE,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_TGKILL,
	unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETPPID, unix.SYS_CLOCK_GETTIME, unix.SYS_GETTIMEOFDAY,
	unix.SYS_GETRANDOM, unix.SYS_EPOLL_PWAIT, unix.SYS_SET_ROBUST_LIST, unix.SYS_PRCTL, unix.SYS_RSEQ,
	unix.SYS_SCHED_GETAFFINITY, unix.SYS_SCHED_SETAFFINITY, unix.SYS_GETCPU, unix.SYS_RESTART_SYSCALL,
	unix.SYS_CLONE, unix.SYS_CLONE3,
}, olderQuiet)

// mappingCalls change what is mapped.
var mappingCalls = []uint64{unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_SHMAT, unix.SYS_SHMDT}

// Commands of futex(2), with neither the private nor the clock flag.
var futexNames = map[uint64]string{
	0: "futex_wait", 1: "futex_wake", 3: "futex_requeue", 4: "futex_cmp_requeue", 5: "futex_wake_op",
	6: "futex_lock_pi", 7: "futex_unlock_pi", 8: "futex_trylock_pi", 9: "futex_wait_bitset", 10: "futex_wake_bitset",
	11: "futex_wait_requeue_pi", 12: "futex_cmp_requeue_pi", 13: "futex_lock_pi2",
}

var futexWaits = []uint64{0, 6, 9, 11, 13}

// newCall looks at a system call that an agent is about to make.
func (p *tracee) newCall(s stop) *call {
	c := &call{number: s.call.Number(), args: s.call.Args()}
	c.quiet = slices.Contains(quietCalls, c.number)
	for _, a := range c.args {
		c.shared = c.shared || p.region(a) != nil
	}
	switch c.number {
	case unix.SYS_WRITE: // what an agent prints is no communication
		c.quiet = c.args[0] == 1 || c.args[0] == 2
	case unix.SYS_FUTEX:
		c.futex = slices.Contains(futexWaits, c.args[1]&0x7f)
		c.limited = c.args[3] != 0
	case unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP:
		c.limited = true
	case unix.SYS_SEMTIMEDOP:
		c.limited = c.args[3] != 0
	case unix.SYS_MQ_TIMEDRECEIVE, unix.SYS_MQ_TIMEDSEND:
		c.limited = c.args[4] != 0
	case unix.SYS_PPOLL, unix.SYS_RT_SIGTIMEDWAIT:
		c.limited = c.args[2] != 0
	case unix.SYS_PSELECT6:
		c.limited = c.args[4] != 0
	}
	return c
}

// visible reports whether another process could notice when the call is made: it
// is a point to switch at, like an access.
func (c *call) visible() bool { return c.shared || !c.quiet }

// patience is how long the agent must be asleep in the call before it counts as
// waiting. In a futex of the shared memory only the other agent can wake
// it. A language's run-time sleeps too, for its own reasons; and a wait with a time
// limit ends when it has passed.
func (c *call) patience(timed bool) time.Duration {
	switch {
	case timed && c.limited:
		return timedPatience
	case c.futex && c.shared:
		return 0
	case !c.quiet:
		return 2 * time.Millisecond
	case c.futex:
		return 50 * time.Millisecond
	}
	return 20 * time.Millisecond
}

// timedPatience is longer than TimeLimit: an agent that sleeps on has another
// limit, such as one after which it looks again whether the other is alive. (One
// that is woken by
// the clock and waits for a processor does not sleep.)
const timedPatience = 2 * TimeLimit

// certain reports whether an agent that is asleep in the call stays so until another
// process does something.
func (c *call) certain() bool { return !c.limited && (!c.quiet || c.futex && c.shared) }

// leaves says why an operation that makes the call cannot be followed; "" where
// it can.
func (p *tracee) leaves(c *call) string {
	switch {
	case slices.Contains(olderForks, c.number):
		return "the operation forks"
	case c.number == unix.SYS_CLONE && c.args[0]&unix.CLONE_THREAD == 0:
		return "the operation forks"
	case c.number == unix.SYS_CLONE3:
		var flags [8]byte
		p.read(c.args[0], flags[:])
		if binary.NativeEndian.Uint64(flags[:])&unix.CLONE_THREAD == 0 {
			return "the operation forks"
		}
	case c.number == unix.SYS_EXECVE || c.number == unix.SYS_EXECVEAT:
		return "the operation executes another program"
	case c.stops():
		return "the operation stops a process"
	}
	return ""
}

// stops reports whether the call sends a signal that stops a process.
func (c *call) stops() bool {
	switch c.number {
	case unix.SYS_KILL, unix.SYS_TKILL:
		return ptrace.Stops(unix.Signal(c.args[1]))
	case unix.SYS_TGKILL:
		return ptrace.Stops(unix.Signal(c.args[2]))
	}
	return false
}

// ends reports whether the call ends the process.
func (c *call) ends() bool { return c.number == unix.SYS_EXIT_GROUP || c.number == unix.SYS_EXIT }

// describe reads "futex_wait(shm+168, 1)", "semop".
func (p *tracee) describe(c *call) string {
	place := func(a uint64) string {
		if m := p.region(a); m != nil {
			return fmt.Sprintf("%s+%d", p.regionName(m), a-m.Low+m.Offset)
		}
		return "private memory"
	}
	if c.number == unix.SYS_FUTEX {
		name := futexNames[c.args[1]&0x7f]
		if name == "" {
			name = fmt.Sprintf("futex operation %d", c.args[1]&0x7f)
		}
		switch name {
		case "futex_wait", "futex_wait_bitset":
			return fmt.Sprintf("%s(%s, %d)", name, place(c.args[0]), uint32(c.args[2]))
		}
		return fmt.Sprintf("%s(%s)", name, place(c.args[0]))
	}
	name := ptrace.SyscallName(int(c.number))
	for _, a := range c.args {
		if p.region(a) != nil {
			return name + "(" + place(a) + ")"
		}
	}
	return name
}

// maps reports whether the call changes what is mapped, or how.
func (c *call) maps() bool {
	return slices.Contains(mappingCalls, c.number) || c.number == unix.SYS_MPROTECT && c.shared
}
