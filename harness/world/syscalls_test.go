package world

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestSyscallName(t *testing.T) {
	for number, want := range map[int]string{
		unix.SYS_FUTEX: "futex", unix.SYS_PTRACE: "ptrace",
		unix.SYS_PIDFD_SEND_SIGNAL: "pidfd_send_signal", unix.SYS_FUTEX_WAITV: "futex_waitv", 9999: "syscall 9999",
	} {
		if got := SyscallName(number); got != want {
			t.Errorf("%d: got %s, want %s", number, got, want)
		}
	}
	for number, name := range syscallNames {
		if other, ok := newSyscallNames[number]; ok {
			t.Errorf("%d is both %s and %s", number, name, other)
		}
	}
}
