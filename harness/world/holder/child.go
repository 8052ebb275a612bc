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

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A child is a command that the holder started.
type child struct {
	id     uint64 // of the request
	pid    int
	told   chan struct{} // closed when the request has been answered
	failed bool          // it never became the command; valid once told is closed
}

// start starts a command. It returns as soon as the process exists and answers
// when it has become the command, or why it could not.
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
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		refuse("make a socket for the new process", err)
		return
	}
	var files []uintptr
	for fd, index := range r.Start.Files {
		switch {
		case index >= len(fds):
			message.CloseAll(pair[:])
			refuse("pass descriptors", fmt.Errorf("%d were announced, %d arrived", index+1, len(fds)))
			return
		case index >= 0:
			files = append(files, uintptr(fds[index]))
		case fd <= 2:
			files = append(files, uintptr(null))
		default:
			files = append(files, ^uintptr(0)) // closed
		}
	}
	files = append(files, uintptr(pair[1]))

	pidfd := -1
	attr := &syscall.ProcAttr{
		Env:   h.starterEnv(len(files) - 1),
		Files: files,
		Sys:   &syscall.SysProcAttr{Setsid: true, PidFD: &pidfd},
	}
	if h.setup.Drop && r.Start.User >= 0 {
		user := uint32(r.Start.User)
		attr.Sys.Credential = &syscall.Credential{Uid: user, Gid: user}
	}
	c := &child{id: r.ID, told: make(chan struct{})}
	h.mu.Lock()
	if one := h.hosts.on(r.Start.Far, func() { c.pid, err = syscall.ForkExec(h.exe, os.Args, attr) }); one != nil {
		err = one
	}
	if err == nil {
		h.children[c.pid], h.known[c.pid] = c, true
	}
	h.mu.Unlock()
	unix.Close(pair[1])
	if err != nil {
		unix.Close(pair[0])
		refuse("start a process", err)
		return
	}
	message.CloseAll(fds)
	select {
	case h.started <- struct{}{}:
	default:
	}
	go h.introduce(c, r.Start, os.NewFile(uintptr(pair[0]), "starter"), pidfd)
}

// starterEnv is the holder's own environment with what tells a starter its socket.
func (h *holder) starterEnv(socket int) []string {
	return reexec.Environment(os.Environ(), starterVariable+"="+strconv.Itoa(socket))
}

// introduce tells the new process what to become and the kit what became of it.
func (h *holder) introduce(c *child, s *message.Start, socket *os.File, pidfd int) {
	defer close(c.told)
	defer socket.Close()
	answer, fds := message.Reply{ID: c.id, PID: c.pid}, []int(nil)
	if pidfd >= 0 {
		defer unix.Close(pidfd)
		fds = []int{pidfd}
	}
	e := starter{Command: *s, Resources: resources(h.setup.Limits, s.Others), Orphan: !h.setup.Isolated, Holder: os.Getpid()}
	if err := json.NewEncoder(socket).Encode(e); err == nil {
		_ = unix.Shutdown(int(socket.Fd()), unix.SHUT_WR)
		// The process closes its end by becoming the command. A word before that
		// says why it could not.
		if text, _ := io.ReadAll(socket); len(text) > 0 {
			answer.Failure = &message.Failure{Doing: "start", Text: string(text)}
			_ = json.Unmarshal(text, answer.Failure)
		}
	}
	c.failed = answer.Failure != nil
	h.answer(answer, fds)
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
// leaves the reaping to those who hold the lock, so that no id is free, and
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
			<-c.told // the kit hears of the beginning first
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
// that it has no such thread.
func (h *holder) thread(target uint64, tid int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.children {
		if c.id != target {
			continue
		}
		if err := unix.Tgkill(c.pid, tid, 0); err != unix.EPERM { // which one gets of a thread that is there
			return err
		}
		return nil
	}
	return os.ErrProcessDone
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
