package holder

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A child is a command that the holder started.
type child struct {
	id       uint64 // of the request
	pid      int
	reported chan struct{} // closed when the request has been answered
	failed   bool          // it never became the command; valid once reported is closed
}

// start starts a command, and answers when the new process has become it, or why
// it could not.
func (h *holder) start(r message.Request, fds []int) {
	refuse := func(doing string, err error) {
		message.CloseAll(fds)
		h.answer(message.Reply{ID: r.ID, Failure: message.Failed(doing, err)}, nil)
	}
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		refuse("open /dev/null", err)
		return
	}
	defer unix.Close(null)
	files, err := descriptors(r.Start, fds, null)
	if err != nil {
		refuse("pass descriptors", err)
		return
	}
	pidfd := -1
	sys := &syscall.SysProcAttr{Setsid: true, PidFD: &pidfd}
	if h.setup.Drop && r.Start.User >= 0 {
		user := uint32(r.Start.User)
		sys.Credential = &syscall.Credential{Uid: user, Gid: user}
	}
	c := &child{id: r.ID, reported: make(chan struct{})}
	if h.direct() {
		attr := &syscall.ProcAttr{Dir: r.Start.Dir, Env: r.Start.Env, Files: files, Sys: sys}
		path := r.Start.Path
		if path == reexec.Self {
			path = h.exe
		}
		if h.fork(c, r.Start, path, r.Start.Args, attr) == nil {
			message.CloseAll(fds)
			go h.introduce(c, nil, pidfd)
			return
		}
		// The error does not say which step failed. A starter does; it fails, too.
		pidfd = -1
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		refuse("make a socket for the new process", err)
		return
	}
	env := reexec.Environment(os.Environ(), starterVariable+"="+strconv.Itoa(len(files)))
	attr := &syscall.ProcAttr{Env: env, Files: append(files, uintptr(pair[1])), Sys: sys}
	err = h.fork(c, r.Start, h.exe, os.Args, attr)
	unix.Close(pair[1])
	if err != nil {
		unix.Close(pair[0])
		refuse("start a process", err)
		return
	}
	message.CloseAll(fds)
	instruct := func() *message.Failure { return h.instruct(r.Start, os.NewFile(uintptr(pair[0]), "starter")) }
	go h.introduce(c, instruct, pidfd)
}

// descriptors are those of a new process, by their number there.
func descriptors(s *message.Start, fds []int, null int) (files []uintptr, err error) {
	for fd, index := range s.Files {
		switch {
		case index >= len(fds):
			return nil, fmt.Errorf("%d were announced, %d arrived", index+1, len(fds))
		case index >= 0:
			files = append(files, uintptr(fds[index]))
		case fd <= 2:
			files = append(files, uintptr(null))
		default:
			files = append(files, ^uintptr(0)) // closed
		}
	}
	return files, nil
}

// direct reports whether a command can be executed without a starter: there is
// nothing to be done beyond what the Go runtime does between fork and exec.
func (h *holder) direct() bool {
	return h.setup.Isolated && len(resources(h.setup.Limits, 0)) == 0
}

// fork starts a child, which is known before it can be reaped.
func (h *holder) fork(c *child, s *message.Start, path string, args []string, attr *syscall.ProcAttr) (err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.hosts.on(s.Far, func() {
		// A process has the slack of the thread that forks it.
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(s.Slack), 0, 0, 0)
		c.pid, err = syscall.ForkExec(path, args, attr)
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0)
	})
	if one != nil {
		err = one
	}
	if err != nil {
		return err
	}
	h.children[c.pid], h.known[c.pid] = c, true
	select {
	case h.started <- struct{}{}:
	default:
	}
	return nil
}

// introduce reports a new process to the kit. A starter is instructed before.
func (h *holder) introduce(c *child, instruct func() *message.Failure, pidfd int) {
	defer close(c.reported)
	answer, fds := message.Reply{ID: c.id, PID: c.pid}, []int(nil)
	if pidfd >= 0 {
		defer unix.Close(pidfd)
		fds = []int{pidfd}
	}
	if instruct != nil {
		answer.Failure = instruct()
	}
	c.failed = answer.Failure != nil
	h.answer(answer, fds)
}

// instruct says to a starter what to become. The starter closes its end by
// becoming the command; what it writes before says why it could not.
func (h *holder) instruct(s *message.Start, socket *os.File) *message.Failure {
	defer socket.Close()
	what := starter{Command: *s, Resources: resources(h.setup.Limits, s.Others), Orphan: !h.setup.Isolated, Holder: os.Getpid()}
	if err := json.NewEncoder(socket).Encode(what); err != nil {
		return nil // it was killed, as its exit says
	}
	_ = unix.Shutdown(int(socket.Fd()), unix.SHUT_WR)
	text, _ := io.ReadAll(socket)
	if len(text) == 0 {
		return nil
	}
	failure := &message.Failure{Doing: "start", Text: string(text)}
	_ = json.Unmarshal(text, failure)
	return failure
}

// reap waits for children and orphans and reports the ends of children.
func (h *holder) reap() {
	for range h.started {
		for h.awaitEnd() {
			h.mu.Lock()
			for h.reapOne() {
			}
			h.mu.Unlock()
		}
	}
}

// awaitEnd waits until a child has ended; false means that there is none. It
// leaves the reaping to a caller that holds the lock, so that no id is free, and
// taken by a new child, before the map of children knows.
func (h *holder) awaitEnd() bool {
	for {
		err := unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

func (h *holder) reapOne() bool {
	var ws unix.WaitStatus
	var usage unix.Rusage
	pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, &usage)
	if err == unix.EINTR {
		return true
	}
	if err != nil || pid <= 0 {
		return false
	}
	h.known[pid] = true
	if c := h.children[pid]; c != nil {
		delete(h.children, pid)
		go func() {
			<-c.reported // the start is reported first
			if !c.failed {
				h.answer(message.Reply{ID: c.id, Exit: newExit(ws, usage)}, nil)
			}
		}()
	}
	return true
}

func newExit(ws unix.WaitStatus, usage unix.Rusage) *message.Exit {
	e := &message.Exit{
		Code:     ws.ExitStatus(),
		Core:     ws.CoreDump(),
		MaxRSS:   usage.Maxrss << 10,
		UserTime: time.Duration(usage.Utime.Nano()),
		SysTime:  time.Duration(usage.Stime.Nano()),
	}
	if ws.Signaled() {
		e.Code, e.Signal = -1, ws.Signal()
	}
	return e
}

// signal sends a signal to a child that has not been reaped.
func (h *holder) signal(target uint64, s unix.Signal) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.children {
		if c.id == target {
			return unix.Kill(c.pid, s)
		}
	}
	return unix.ESRCH
}

// thread looks for a thread of a child that has not been reaped: ESRCH means
// that it has no such thread. The descriptor that comes with it is owned by the
// thread (F_SETOWN_EX), so that the kit, in another PID namespace, can ask the
// kernel for its id there; -1 where there is none.
func (h *holder) thread(target uint64, tid int) (fd int, _ error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.children {
		if c.id != target {
			continue
		}
		if err := unix.Tgkill(c.pid, tid, 0); err != nil && err != unix.EPERM { // which one gets of a thread that is there
			return -1, err
		}
		return ownedBy(tid), nil
	}
	return -1, os.ErrProcessDone
}

// ownedBy makes a descriptor that is owned by a thread; -1 where that fails.
func ownedBy(tid int) int {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return -1
	}
	owner := message.Owner{Thread: int32(tid)}
	if _, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(fd), unix.F_SETOWN_EX, uintptr(unsafe.Pointer(&owner))); errno != 0 {
		unix.Close(fd)
		return -1
	}
	return fd
}

// live lists the processes of the world but the holder.
func (h *holder) live() []message.Live {
	self, depth := ownPlace()
	var found []message.Live
	for _, pid := range proc.Descendants(self) {
		s := proc.ReadStatus(pid)
		if s.Gone() || len(s.IDs) <= depth {
			continue
		}
		p := message.Live{PID: s.IDs[depth], Name: s.Name}
		h.mu.Lock()
		if c := h.children[p.PID]; c != nil {
			p.Started = c.id
		}
		h.mu.Unlock()
		found = append(found, p)
	}
	return found
}

// ownPlace is this process's id in /proc, and how many PID namespaces lie
// between that of /proc and its own: none, unless a /proc of its own was refused.
func ownPlace() (pid, depth int) {
	target, _ := os.Readlink("/proc/self")
	pid, _ = strconv.Atoi(target)
	return pid, max(0, len(proc.ReadStatus(pid).IDs)-1)
}

// list is live with a pidfd for each, which may be closed by the time of reading.
func (h *holder) list() (found []message.Live, fds []int) {
	for _, p := range h.live() {
		if len(fds) == message.MaxFiles {
			break
		}
		if fd, err := unix.PidfdOpen(p.PID, 0); err == nil {
			found, fds = append(found, p), append(fds, fd)
		}
	}
	return found, fds
}

func names(processes []message.Live) string {
	var all []string
	for _, p := range processes {
		all = append(all, fmt.Sprintf("%d (%s)", p.PID, p.Name))
	}
	return strings.Join(all, ", ")
}
