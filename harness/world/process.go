package world

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A Process is a process of a world.
type Process struct {
	world  *World
	serial uint64 // of the request that started it; 0 where others did
	name   string
	pid    int
	inner  int
	done   chan struct{}

	mu    sync.Mutex
	pidfd *os.File // nil where the kernel gives none, and after the end
	cause string
	ended bool
	exit  Exit

	threads map[int]int // ids as this process sees them, by those in the world
}

// newProcess takes over the pidfd; -1 means none.
func newProcess(w *World, serial uint64, name string, inner, pidfd int) *Process {
	p := &Process{world: w, serial: serial, name: name, inner: inner, done: make(chan struct{})}
	if pidfd >= 0 {
		p.pid = pidOf(pidfd)
		_ = unix.SetNonblock(pidfd, true) // so that the Go runtime polls it
		p.pidfd = os.NewFile(uintptr(pidfd), "pidfd")
	}
	return p
}

// pidOf is the process that a pidfd means, in the PID namespace of /proc; 0 when
// it has been reaped or does not show there.
func pidOf(pidfd int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", pidfd))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "Pid:"); ok {
			pid, _ := strconv.Atoi(strings.TrimSpace(value))
			return max(pid, 0)
		}
	}
	return 0
}

// PID is the process's id as this process sees it; 0 when it is not known: the
// process had ended before it could be looked up.
func (p *Process) PID() int { return p.pid }

// InnerPID is the process's id as the world's processes see it.
func (p *Process) InnerPID() int { return p.inner }

// Name is the role it was started in, or the command's name of a process that
// others started.
func (p *Process) Name() string { return p.name }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit is how the process ended; valid once Done is closed. Of a process that
// others started only the end is known: its Code is -1.
func (p *Process) Exit() Exit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.exit
}

// Wait waits for the end of the process, or of the context.
func (p *Process) Wait(ctx context.Context) (Exit, error) {
	select {
	case <-p.done:
		return p.Exit(), nil
	case <-ctx.Done():
		return Exit{}, fmt.Errorf("%s (pid %d) has not ended: %w", p.name, p.pid, context.Cause(ctx))
	}
}

// Alive reports whether the process has not ended yet.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Signal sends a signal. A process that has ended gives os.ErrProcessDone.
func (p *Process) Signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return os.ErrProcessDone
	}
	if p.pidfd == nil {
		return p.signalByHolder(s)
	}
	var err error
	if cerr := control(p.pidfd, func(fd int) { err = unix.PidfdSendSignal(fd, s, nil, 0) }); cerr != nil {
		return cerr
	}
	if err == unix.ESRCH {
		return os.ErrProcessDone
	}
	if err != nil {
		return fmt.Errorf("send %v to %s (pid %d): %w", s, p.name, p.pid, err)
	}
	return nil
}

// control calls f with the descriptor of an open file, without making it block.
func control(file *os.File, f func(fd int)) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(func(fd uintptr) { f(int(fd)) })
}

// signalByHolder serves where there is no pidfd: the holder knows that the id
// has not been reaped.
func (p *Process) signalByHolder(s syscall.Signal) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := p.world.holder.call(ctx, message.Request{Op: message.OpSignal, Target: p.serial, Signal: s})
	if errors.Is(err, unix.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// Lacks reports whether a thread, by its id in the world, is certainly none of
// the process's. The holder looks for it, which leaves nothing in the caches of
// /proc: see [proc.ReadThread].
func (p *Process) Lacks(ctx context.Context, thread int) bool {
	if p.serial == 0 || thread <= 0 {
		return thread <= 0
	}
	_, err := p.outer(ctx, thread)
	return errors.Is(err, unix.ESRCH) && p.Alive()
}

// outer is the id, as this process sees it, of a thread that has one in the
// world; 0 where the kernel does not say.
func (p *Process) outer(ctx context.Context, thread int) (int, error) {
	p.mu.Lock()
	tid, known := p.threads[thread]
	p.mu.Unlock()
	if known {
		return tid, nil
	}
	a, err := p.world.holder.call(ctx, message.Request{Op: message.OpThread, Target: p.serial, Thread: thread})
	defer message.CloseAll(a.fds)
	if err != nil || len(a.fds) == 0 {
		return 0, err
	}
	var owner message.Owner
	if _, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(a.fds[0]), unix.F_GETOWN_EX, uintptr(unsafe.Pointer(&owner))); errno != 0 {
		return 0, nil
	}
	if owner.Thread > 0 {
		p.mu.Lock()
		if p.threads == nil {
			p.threads = map[int]int{}
		}
		p.threads[thread] = int(owner.Thread)
		p.mu.Unlock()
	}
	return int(owner.Thread), nil
}

// Thread is what one thread of the process, by its id in the world, is doing. It
// costs the host less than State. A thread that has ended, or that is none of the
// process's, gives an error.
func (p *Process) Thread(ctx context.Context, thread int) (proc.Thread, error) {
	if p.serial != 0 && p.Alive() {
		tid, err := p.outer(ctx, thread)
		if err != nil {
			return proc.Thread{}, err
		}
		if t, ok := proc.ReadThread(p.pid, tid, p.world.depth()); ok && t.Inner == thread && p.Alive() {
			return t, nil
		}
	}
	state, err := p.State()
	for _, t := range state.Threads {
		if t.Inner == thread {
			return t, nil
		}
	}
	return proc.Thread{}, cmp.Or(err, error(unix.ESRCH))
}

// Kill sends SIGKILL.
func (p *Process) Kill() error { return p.Signal(syscall.SIGKILL) }

// end kills the process, for a reason that its Exit will name.
func (p *Process) end(cause string) {
	p.blame(cause)
	_ = p.Kill()
}

// blame makes the first cause given the one that Exit names, unless the process
// has ended before.
func (p *Process) blame(cause string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause == "" {
		p.cause = cause
	}
}

func (p *Process) finish(e Exit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if e.Code != 0 && e.Cause == "" { // a process that ended well was not killed in time
		e.Cause = p.cause
	}
	p.ended, p.exit = true, e
	if p.pidfd != nil {
		p.pidfd.Close()
		p.pidfd = nil
	}
	close(p.done)
}

// awaitPidfd waits until the process has ended, as its pidfd shows. False means
// that it has not, by the deadline.
func (p *Process) awaitPidfd(deadline time.Time) bool {
	p.mu.Lock()
	pidfd := p.pidfd
	p.mu.Unlock()
	if pidfd == nil {
		return true // there is nothing to wait for
	}
	_ = pidfd.SetReadDeadline(deadline)
	raw, err := pidfd.SyscallConn()
	if err != nil {
		return true
	}
	return raw.Read(func(fd uintptr) bool {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, _ := unix.Poll(poll, 0)
		return n > 0
	}) == nil
}

// watchOutput holds a process to its output limit.
func (p *Process) watchOutput(limit int64, outputs []*os.File) {
	size := func() (total int64) {
		for _, f := range outputs {
			if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
				total += info.Size()
			}
		}
		return total
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for running := true; running; {
		select {
		case <-p.done:
			running = false
		case <-tick.C:
			if size() > limit {
				p.end(fmt.Sprintf("output limit of %d bytes", limit))
				<-p.done
				running = false
			}
		}
	}
	for _, f := range outputs {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > limit {
			_ = f.Truncate(limit)
		}
	}
}

// watchEnd follows a process that others started.
func (p *Process) watchEnd() {
	if p.awaitPidfd(time.Time{}) {
		p.finish(Exit{Code: -1})
	}
}
