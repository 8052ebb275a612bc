package world

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// SyscallName is the name of a system call by its number on this machine:
// "futex"; "syscall 999" for those in which no process under test is expected to
// wait.
func SyscallName(number int) string {
	if name, ok := syscallNames[number]; ok {
		return name
	}
	if name, ok := olderSyscallNames[number]; ok {
		return name
	}
	return "syscall " + strconv.Itoa(number)
}

// syscallNames are the calls that wait, or that are often seen, which every
// architecture has.
var syscallNames = map[int]string{
	unix.SYS_ACCEPT:            "accept",
	unix.SYS_ACCEPT4:           "accept4",
	unix.SYS_CLOCK_NANOSLEEP:   "clock_nanosleep",
	unix.SYS_CLONE:             "clone",
	unix.SYS_CLONE3:            "clone3",
	unix.SYS_CLOSE:             "close",
	unix.SYS_CONNECT:           "connect",
	unix.SYS_EPOLL_PWAIT:       "epoll_pwait",
	unix.SYS_EPOLL_PWAIT2:      "epoll_pwait2",
	unix.SYS_EXECVE:            "execve",
	unix.SYS_EXIT_GROUP:        "exit_group",
	unix.SYS_FALLOCATE:         "fallocate",
	unix.SYS_FCNTL:             "fcntl",
	unix.SYS_FLOCK:             "flock",
	unix.SYS_FSYNC:             "fsync",
	unix.SYS_FTRUNCATE:         "ftruncate",
	unix.SYS_FUTEX:             "futex",
	unix.SYS_FUTEX_WAITV:       "futex_waitv",
	unix.SYS_GETRANDOM:         "getrandom",
	unix.SYS_IO_GETEVENTS:      "io_getevents",
	unix.SYS_IO_URING_ENTER:    "io_uring_enter",
	unix.SYS_MADVISE:           "madvise",
	unix.SYS_MEMBARRIER:        "membarrier",
	unix.SYS_MMAP:              "mmap",
	unix.SYS_MQ_TIMEDRECEIVE:   "mq_timedreceive",
	unix.SYS_MQ_TIMEDSEND:      "mq_timedsend",
	unix.SYS_MSGRCV:            "msgrcv",
	unix.SYS_MSGSND:            "msgsnd",
	unix.SYS_MSYNC:             "msync",
	unix.SYS_MUNMAP:            "munmap",
	unix.SYS_NANOSLEEP:         "nanosleep",
	unix.SYS_OPENAT:            "openat",
	unix.SYS_PPOLL:             "ppoll",
	unix.SYS_PREAD64:           "pread64",
	unix.SYS_PROCESS_VM_READV:  "process_vm_readv",
	unix.SYS_PROCESS_VM_WRITEV: "process_vm_writev",
	unix.SYS_PSELECT6:          "pselect6",
	unix.SYS_PTRACE:            "ptrace",
	unix.SYS_PWRITE64:          "pwrite64",
	unix.SYS_READ:              "read",
	unix.SYS_READV:             "readv",
	unix.SYS_RECVFROM:          "recvfrom",
	unix.SYS_RECVMMSG:          "recvmmsg",
	unix.SYS_RECVMSG:           "recvmsg",
	unix.SYS_RESTART_SYSCALL:   "restart_syscall",
	unix.SYS_RT_SIGSUSPEND:     "rt_sigsuspend",
	unix.SYS_RT_SIGTIMEDWAIT:   "rt_sigtimedwait",
	unix.SYS_SCHED_YIELD:       "sched_yield",
	unix.SYS_SEMOP:             "semop",
	unix.SYS_SEMTIMEDOP:        "semtimedop",
	unix.SYS_SENDMMSG:          "sendmmsg",
	unix.SYS_SENDMSG:           "sendmsg",
	unix.SYS_SENDTO:            "sendto",
	unix.SYS_SPLICE:            "splice",
	unix.SYS_TEE:               "tee",
	unix.SYS_VMSPLICE:          "vmsplice",
	unix.SYS_WAIT4:             "wait4",
	unix.SYS_WAITID:            "waitid",
	unix.SYS_WRITE:             "write",
	unix.SYS_WRITEV:            "writev",
}
