package crash

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// A Watch follows a process until it ends. A process that is watched stops at its
// signals alone: it is hardly slower.
type Watch struct {
	pid    int
	others func() []Neighbour

	mu   sync.Mutex
	last *Crash // at the last deadly signal; nil: there was none
	done chan struct{}
}

// Follow begins to watch a process, by its id as this process sees it; others are
// the processes in whose memory an address is looked for, once there is one. It fails
// where the host does not allow it, and where the process is traced already.
func Follow(pid int, others func() []Neighbour) (*Watch, error) {
	w := &Watch{pid: pid, others: others, done: make(chan struct{})}
	began := make(chan error)
	go alone(func(err error) {
		if err == nil {
			err = w.seize()
		}
		began <- err
		if err == nil {
			w.trace()
		}
		close(w.done)
	})
	return w, <-began
}

// Crash waits until the watch has ended, as it does with the process, and gives what
// the process died of; nil where it was no deadly signal.
func (w *Watch) Crash() *Crash {
	<-w.done
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// alone runs f on a thread that has no children: there wait4 gives its tracees alone,
// and takes the end of no process from its parent.
func alone(f func(err error)) {
	runtime.LockOSThread() // unless it is unlocked, the thread ends with its goroutine
	children, err := os.ReadFile("/proc/thread-self/children")
	if err != nil || len(children) == 0 {
		f(err)
		return
	}
	other := make(chan struct{})
	go alone(func(err error) {
		close(other)
		f(err)
	})
	<-other // on another thread than this one
	runtime.UnlockOSThread()
}

// trace follows all threads until none is left.
func (w *Watch) trace() {
	for {
		var status unix.WaitStatus
		tid, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return // ECHILD: nothing is left
		}
		request, signal := unix.PTRACE_CONT, syscall.Signal(0)
		switch stop := ptrace.StopOf(status); stop.Kind {
		case ptrace.Ended:
			continue
		case ptrace.GroupStop:
			request = unix.PTRACE_LISTEN // it stays stopped until SIGCONT
		case ptrace.SignalStop:
			if signal = stop.Signal; Deadly(signal) {
				c := At(w.pid, tid, signal, w.others())
				w.mu.Lock()
				w.last = &c
				w.mu.Unlock()
			}
		}
		_ = ptrace.Resume(request, tid, signal)
	}
}

// seize makes this thread the tracer of all threads of the process, and of those
// that they make.
func (w *Watch) seize() error {
	for seized := map[int]bool{}; ; {
		dir, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", w.pid))
		if err != nil {
			return err
		}
		before := len(seized)
		for _, e := range dir {
			tid, err := strconv.Atoi(e.Name())
			if err != nil || seized[tid] {
				continue
			}
			err = ptrace.Request(unix.PTRACE_SEIZE, tid, 0, unix.PTRACE_O_TRACECLONE)
			if err != nil && err != unix.ESRCH && (err != unix.EPERM || before == 0 && len(seized) == 0) {
				return fmt.Errorf("trace thread %d of process %d: %w", tid, w.pid, err)
			}
			seized[tid] = true // or it is traced since it was made, or has ended
		}
		if len(seized) == before {
			return nil
		}
	}
}
