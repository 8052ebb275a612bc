package agent_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// A tracer sees one pair of markers around an operation, and none in a
// workload.
func TestMarkers(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	l := agent.Self("toy")
	l.Markers = true
	a := start(t, w, l, "traced")
	must(t, a, protocol.Request{Op: protocol.OpBufferCreate, Object: "q", Name: name(w, "q"), Capacity: new(int64(4)), ItemMax: new(int64(8))})

	runtime.LockOSThread() // the tracer is a thread
	defer runtime.UnlockOSThread()
	tid := operationThread(t, a)
	const seize, interrupt = 0x4206, 0x4207
	if _, _, e := unix.Syscall6(unix.SYS_PTRACE, seize, uintptr(tid), 0, unix.PTRACE_O_TRACESYSGOOD, 0, 0); e != 0 {
		t.Skip("ptrace is refused: ", e)
	}
	defer release(t, a, tid)
	if _, _, e := unix.Syscall6(unix.SYS_PTRACE, interrupt, uintptr(tid), 0, 0, 0, 0); e != 0 {
		t.Fatal("interrupt: ", e)
	}
	awaitStop(t, tid, func() {})
	resume(t, tid, 0)

	count, size := new(int64(3)), new(int64(8))
	workload := a.Begin(protocol.Request{Op: protocol.OpWorkload, Object: "q", Role: "put", Count: count, SizeMin: size, SizeMax: size, Seed: new(uint64(1))})
	var second *agent.Call
	follow := func() { // the thread may be asleep by now
		select {
		case <-workload.Done():
			if second == nil {
				second = a.Begin(protocol.Request{Op: protocol.OpBufferGet, Object: "q"})
			}
		default:
		}
	}
	var marks []uint64
	for len(marks) < 4 {
		status := awaitStop(t, tid, follow)
		if status.StopSignal() != unix.SIGTRAP|0x80 {
			signal := 0
			if status.TrapCause() < 0 {
				signal = int(status.StopSignal())
			}
			resume(t, tid, signal)
			continue
		}
		var regs unix.PtraceRegs
		if err := unix.PtraceGetRegs(tid, &regs); err != nil {
			t.Fatal(err)
		}
		if regs.Orig_rax == protocol.MarkBegin || regs.Orig_rax == protocol.MarkEnd {
			marks = append(marks, regs.Orig_rax) // at its entry and at its exit
		}
		resume(t, tid, 0)
	}
	if second == nil || !slices.Equal(marks, []uint64{protocol.MarkBegin, protocol.MarkBegin, protocol.MarkEnd, protocol.MarkEnd}) {
		t.Errorf("%v, want one pair, after the workload", marks)
	}
}

// release ends a traced agent: its process is not gone before the tracer has
// seen the end of the thread.
func release(t *testing.T, a *agent.Agent, tid int) {
	t.Helper()
	if err := a.Process().Kill(); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); time.Sleep(100 * time.Microsecond) {
		var status unix.WaitStatus
		pid, err := unix.Wait4(tid, &status, unix.WALL|unix.WNOHANG, nil)
		if errors.Is(err, unix.ECHILD) || pid == tid && !status.Stopped() {
			return
		}
	}
	t.Error("the traced thread does not end")
}

// operationThread is the thread that hello names, as this process sees it.
func operationThread(t *testing.T, a *agent.Agent) int {
	t.Helper()
	state, err := a.Process().State()
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range state.Threads {
		if thread.Inner == *a.Hello().Thread {
			return thread.TID
		}
	}
	t.Fatal("hello's thread is not there")
	return 0
}

// awaitStop waits until the thread stops; meanwhile is called again and again.
func awaitStop(t *testing.T, tid int, meanwhile func()) unix.WaitStatus {
	t.Helper()
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); time.Sleep(100 * time.Microsecond) {
		meanwhile()
		var status unix.WaitStatus
		switch pid, err := unix.Wait4(tid, &status, unix.WALL|unix.WNOHANG, nil); {
		case err != nil && !errors.Is(err, unix.EINTR):
			t.Fatal("wait: ", err)
		case pid == tid && status.Stopped():
			return status
		case pid == tid:
			t.Fatalf("the thread ended: %#x", status)
		}
	}
	t.Fatal("the thread makes no system call any more")
	return 0
}

func resume(t *testing.T, tid, signal int) {
	t.Helper()
	if err := unix.PtraceSyscall(tid, signal); err != nil {
		t.Fatal("resume: ", err)
	}
}
