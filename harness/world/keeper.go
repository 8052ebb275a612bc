package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
)

// A keeper is the kit's end of a holder.
type keeper struct {
	world *World
	line  *line
	proc  *os.Process
	log   *os.File // what the holder printed: nothing, unless it crashed

	mu        sync.Mutex
	next      uint64
	pending   map[uint64]chan<- answer
	starting  map[uint64]string   // names of the processes being started
	processes map[uint64]*Process // live, by the request that started them
	ending    bool                // on request

	gone chan struct{} // closed when the holder and its world have ended
	err  error         // why, unless on request; valid once gone is closed
}

// An answer is a reply, on its way to who asked.
type answer struct {
	reply
	fds     []int
	process *Process // to start
	err     error
}

// launch starts a holder. An error of the clone itself is what the host refused.
func launch(w *World, attr *syscall.SysProcAttr) (*keeper, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the socket of a holder: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "holder's socket")
	defer theirs.Close()
	line, err := newLine(os.NewFile(uintptr(pair[0]), "kit's socket"))
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("ipckit-holder", unix.MFD_CLOEXEC)
	if err != nil {
		line.close()
		return nil, fmt.Errorf("make the log of a holder: %w", err)
	}
	log := os.NewFile(uintptr(fd), "holder's log")
	null, err := os.Open(os.DevNull)
	if err != nil {
		line.close()
		log.Close()
		return nil, err
	}
	defer null.Close()
	path, args, env := reexec.Args(HolderRole)
	proc, err := os.StartProcess(path, args, &os.ProcAttr{
		Env:   environment(os.Environ(), append(env, CookieVariable+"="+w.id)...),
		Files: []*os.File{null, log, log, theirs},
		Sys:   attr,
	})
	if err != nil {
		line.close()
		log.Close()
		return nil, err
	}
	k := &keeper{world: w, line: line, proc: proc, log: log, pending: map[uint64]chan<- answer{}, starting: map[uint64]string{}, processes: map[uint64]*Process{}, gone: make(chan struct{})}
	go k.read()
	return k, nil
}

// environment is env with variables set, none of them twice. The last wins, as
// in os/exec: a process that finds two picks one as it likes.
func environment(env []string, set ...string) []string {
	all := append(slices.Clone(env), set...)
	last := map[string]int{}
	for i, v := range all {
		name, _, _ := strings.Cut(v, "=")
		last[name] = i
	}
	var once []string
	for i, v := range all {
		if name, _, _ := strings.Cut(v, "="); last[name] == i {
			once = append(once, v)
		}
	}
	return once
}

// call asks the holder and waits for its reply.
func (k *keeper) call(ctx context.Context, r request, fds ...int) (answer, error) {
	got := make(chan answer, 1)
	k.mu.Lock()
	k.next++
	r.ID = k.next
	k.pending[r.ID] = got
	if r.Op == opStart {
		k.starting[r.ID] = r.Start.Name
	}
	k.mu.Unlock()
	if err := k.line.send(r, fds); err != nil {
		k.forget(r.ID)
		<-k.gone // nothing but the holder's end breaks the socket
		return answer{}, k.failure(r.Op)
	}
	select {
	case a := <-got:
		if a.Failure != nil {
			return a, a.Failure
		}
		return a, a.err
	case <-k.gone:
		return answer{}, k.failure(r.Op)
	case <-ctx.Done():
		k.forget(r.ID)
		return answer{}, fmt.Errorf("the world's holder was asked to %s: %w", r.Op, context.Cause(ctx))
	}
}

// forget makes the reader drop a reply; what it would have started is killed.
func (k *keeper) forget(id uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.pending, id)
}

// failure is the error of a request to a holder that has gone.
func (k *keeper) failure(op operation) error {
	if k.err != nil {
		return k.err
	}
	return fmt.Errorf("%s: the world has been closed", op)
}

// read takes what the holder says, until it has gone.
func (k *keeper) read() {
	for {
		var r reply
		fds, err := k.line.receive(&r)
		if err != nil {
			closeAll(fds)
			break
		}
		k.mu.Lock()
		if r.Exit != nil {
			p := k.processes[r.ID]
			delete(k.processes, r.ID)
			k.mu.Unlock()
			if p != nil {
				p.finish(*r.Exit)
			}
			continue
		}
		a := answer{reply: r, fds: fds}
		if name, ok := k.starting[r.ID]; ok && r.Failure == nil {
			// Here, not by who asked: the exit may be the next message.
			pidfd := -1
			if len(fds) > 0 {
				pidfd = fds[0]
			}
			a.process = newProcess(k.world, r.ID, name, r.PID, pidfd)
			a.fds = nil
			k.processes[r.ID] = a.process
			if k.world.late.Load() { // the limit passed during the start: it was not among the live then
				a.process.blame(timeLimit(k.world.setup.Limits.Wall))
			}
		}
		delete(k.starting, r.ID)
		got := k.pending[r.ID]
		delete(k.pending, r.ID)
		k.mu.Unlock()
		switch {
		case got != nil:
			got <- a
		case a.process != nil:
			a.process.end("nobody waited for its start")
		default:
			closeAll(a.fds)
		}
	}
	k.bury()
}

// bury follows the end of the holder.
func (k *keeper) bury() {
	k.line.close()
	// A closed socket means the end; the namespace takes its time to go.
	state, err := k.await(patience)
	k.mu.Lock()
	if !k.ending {
		how := "ended in an unknown way"
		switch {
		case err != nil:
			how = err.Error()
		case state != nil:
			how = state.String()
		}
		k.err = fmt.Errorf("the holder of world %s (pid %d) died (%s), and with it every process of the world%s", k.world.id, k.proc.Pid, how, k.printed())
	}
	left, waiting := k.processes, k.pending
	k.processes, k.pending, k.starting = map[uint64]*Process{}, map[uint64]chan<- answer{}, map[uint64]string{}
	cause := k.err
	k.mu.Unlock()

	if !k.world.isolated {
		k.world.sweep()
	}
	deadline := time.Now().Add(patience)
	for _, p := range left {
		ended := p.awaitPidfd(deadline)
		e := Exit{Code: -1, Signal: unix.SIGKILL}
		if cause != nil {
			e.Cause = cause.Error()
		}
		if !ended {
			e = Exit{Code: -1, Cause: fmt.Sprintf("it is still there %v after SIGKILL: traced, or in an uninterruptible system call", patience)}
		}
		p.finish(e)
	}
	for _, got := range waiting {
		got <- answer{err: k.failure("ask")}
	}
	k.log.Close()
	close(k.gone)
}

// await waits for the holder's process; it is killed first, since one whose
// socket is broken is of no use.
func (k *keeper) await(limit time.Duration) (*os.ProcessState, error) {
	type end struct {
		state *os.ProcessState
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		state, err := k.proc.Wait()
		ended <- end{state, err}
	}()
	grace := time.NewTimer(limit)
	defer grace.Stop()
	select {
	case e := <-ended:
		return e.state, e.err
	case <-grace.C:
	}
	_ = k.proc.Kill()
	select {
	case e := <-ended:
		return e.state, e.err
	case <-time.After(limit):
		return nil, errors.New("it does not end although killed: a process of the world is traced, or in an uninterruptible system call")
	}
}

// printed is the end of what the holder printed.
func (k *keeper) printed() string {
	const most = 4096
	size, err := k.log.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return ""
	}
	text := make([]byte, min(size, most))
	if _, err := k.log.ReadAt(text, size-int64(len(text))); err != nil {
		return ""
	}
	return "; it printed:\n" + strings.TrimSpace(string(text))
}

// live are the processes that the kit started and that have not ended.
func (k *keeper) live() map[uint64]*Process {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make(map[uint64]*Process, len(k.processes))
	for id, p := range k.processes {
		all[id] = p
	}
	return all
}

// end ends the holder and with it the world, and returns when both have gone.
func (k *keeper) end(cause string) error {
	k.mu.Lock()
	k.ending = true
	k.mu.Unlock()
	for _, p := range k.live() {
		p.blame(cause)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	_, err := k.call(ctx, request{Op: opEnd})
	_ = k.proc.Kill() // also where it did not answer
	<-k.gone
	if k.err != nil {
		return k.err
	}
	var refused *failure
	if errors.As(err, &refused) {
		return refused // something could not be ended or removed
	}
	return nil
}
