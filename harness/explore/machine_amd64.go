package explore

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// supported says that this package knows the machine's registers and
// instructions.
const supported = true

const callLength = 2 // bytes of the instruction syscall

// registers are those of a stopped thread.
type registers struct{ unix.PtraceRegs }

func (p *tracee) registers() (r registers, err error) {
	err = ptrace.Request(unix.PTRACE_GETREGS, p.tid, 0, uintptr(unsafe.Pointer(&r.PtraceRegs)))
	return r, err
}

func (p *tracee) setRegisters(r registers) error {
	return ptrace.Request(unix.PTRACE_SETREGS, p.tid, 0, uintptr(unsafe.Pointer(&r.PtraceRegs)))
}

func (r *registers) pc() uint64 { return r.Rip }
func (r *registers) sp() uint64 { return r.Rsp }

// noCall in orig_rax keeps the kernel from doing, or doing again, a system call.
const noCall = ^uint64(0)

// call makes the thread execute one system call, whose instruction lies at pc.
func (r *registers) call(pc, number uint64, args [3]uint64) {
	r.Rip, r.Rax, r.Orig_rax = pc, number, noCall
	r.Rdi, r.Rsi, r.Rdx = args[0], args[1], args[2]
}

func (r *registers) result() int64 { return int64(r.Rax) }

// cancel, at the entry of a system call, keeps it from being done.
func (r *registers) cancel() { r.Orig_rax = noCall }

// again makes the thread execute once more the system call of that number, at
// whose entry the registers were read.
func (r *registers) again(number uint64) {
	r.Rip -= callLength
	r.Rax, r.Orig_rax = number, noCall
}

// Numbers of system calls that only this architecture has.
var olderForks = []uint64{unix.SYS_FORK, unix.SYS_VFORK}

// count is how many elements a repeated string instruction has still to do.
func (r *registers) count() uint64 { return r.Rcx }

// olderQuiet are system calls that only this architecture has and that have no
// effect that another agent could see.
var olderQuiet = []uint64{unix.SYS_EPOLL_WAIT, unix.SYS_TIME, unix.SYS_ARCH_PRCTL}
