package ptrace

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// address is where a byte lies.
func address(b *byte) uint64 { return uint64(uintptr(unsafe.Pointer(b))) }

func TestMemoryIsRead(t *testing.T) {
	text := []byte(strings.Repeat("x", 3*os.Getpagesize()) + "\x00after")
	got := make([]byte, 5)
	if !Read(os.Getpid(), address(&text[len(text)-5]), got) || string(got) != "after" {
		t.Errorf("read %q, want %q", got, "after")
	}
	if s := ReadString(os.Getpid(), address(&text[0]), len(text)); s != strings.Repeat("x", 3*os.Getpagesize()) {
		t.Errorf("a string of three pages is read as %d bytes", len(s))
	}
	if s := ReadString(os.Getpid(), address(&text[0]), 10); s != "xxxxxxxxxx" {
		t.Errorf("ten bytes of a string are read as %q", s)
	}
	runtime.KeepAlive(text)
}

func TestMemoryEndsWithItsMapping(t *testing.T) {
	page := os.Getpagesize()
	mapped, err := unix.Mmap(-1, 0, 2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mapped)
	if err := unix.Mprotect(mapped[page:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	copy(mapped[page-3:page], "end")
	at := address(&mapped[page-3])
	if s := ReadString(os.Getpid(), at, 100); s != "end" {
		t.Errorf("a string before unreadable memory is read as %q", s)
	}
	if Read(os.Getpid(), at, make([]byte, 4)) {
		t.Error("a read into unreadable memory succeeds")
	}
}

func TestStopsAreToldApart(t *testing.T) {
	stopped := func(signal unix.Signal, event int) unix.WaitStatus {
		return unix.WaitStatus(0x7f | int(signal)<<8 | event<<16)
	}
	for _, c := range []struct {
		status unix.WaitStatus
		want   Stop
	}{
		{0, Stop{}},
		{unix.WaitStatus(unix.SIGKILL), Stop{}},
		{stopped(unix.SIGTRAP|0x80, 0), Stop{Kind: SyscallStop, Signal: unix.SIGTRAP | 0x80}},
		{stopped(unix.SIGTRAP, unix.PTRACE_EVENT_EXEC), Stop{EventStop, unix.SIGTRAP, unix.PTRACE_EVENT_EXEC}},
		{stopped(unix.SIGTRAP, unix.PTRACE_EVENT_STOP), Stop{EventStop, unix.SIGTRAP, unix.PTRACE_EVENT_STOP}},
		{stopped(unix.SIGTSTP, unix.PTRACE_EVENT_STOP), Stop{GroupStop, unix.SIGTSTP, unix.PTRACE_EVENT_STOP}},
		{stopped(unix.SIGSTOP, 0), Stop{Kind: SignalStop, Signal: unix.SIGSTOP}},
		{stopped(unix.SIGSEGV, 0), Stop{Kind: SignalStop, Signal: unix.SIGSEGV}},
	} {
		if got := StopOf(c.status); got != c.want {
			t.Errorf("status %#x: %+v, want %+v", uint32(c.status), got, c.want)
		}
	}
}
