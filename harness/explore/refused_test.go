package explore_test

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
)

// filterVariable makes the explorer's process one that may not use ptrace, as in
// some containers.
const filterVariable = "IPCKIT_TEST_WITHOUT_PTRACE"

// forbidPtrace makes ptrace give EPERM in this thread, and in what it starts.
func forbidPtrace() {
	// BPF: load the number of the call; ptrace gives EPERM, all others pass.
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_PTRACE, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0); err != nil {
		panic(err)
	}
}

func TestHostThatRefusesPtrace(t *testing.T) {
	t.Setenv(filterVariable, "1")
	w := newWorld(t)
	_, err := explore.Start(within(t), w, agent.Self("right: event"))
	var refused *explore.Refused
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "ptrace") {
		t.Errorf("%v, want a refusal that names ptrace", err)
	}
	for _, p := range w.Processes() {
		t.Errorf("%s (pid %d) is left behind", p.Name(), p.PID())
	}
}

// becomeExplorer is the explorer's main.
func becomeExplorer() {
	if os.Getenv(filterVariable) != "" {
		runtime.LockOSThread() // the filter is the thread's
		forbidPtrace()
	}
	explore.Main()
}
