// Package holder is the process that a world lives in. It makes the world's mounts
// and hosts, starts and reaps its processes, lists what they left, and ends with it.
// It is the running binary in another role, and is asked by package world, in
// messages of package message.
package holder

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/temporary"
	"github.com/ipckit/ipckit/harness/world/message"
)

// Role is the role in which [Main] must be called.
const Role = "holder"

// holderSocket is the descriptor on which a holder talks with the kit.
const holderSocket = 3

// A holder is the process that a world lives in: the first of its PID namespace,
// or without namespaces the subreaper of its processes, so that each of them
// becomes a child of the holder before it can be lost. When it ends, the world
// does: the kernel kills a PID namespace with its first process. It ends by
// request, or when the socket closes because the kit has died. It does not ask
// to be killed with the kit (PR_SET_PDEATHSIG): it must outlive the kit for as
// long as it takes to tidy up.
type holder struct {
	conn  *message.Conn
	setup message.Setup
	exe   string // how it starts itself
	tmp   overlays
	hosts *hosts // nil where there is one host

	mu       sync.Mutex     // held while a child is started or reaped
	children map[int]*child // by id
	known    map[int]bool   // every id that ever was a child's or an orphan's
	started  chan struct{}  // has an element when there is a child to wait for

	scan    sync.Mutex      // held while looking at or removing what the world created
	before  map[string]bool // keys of what the host had before the world
	excused map[string]bool // keys of what a baseline has excused
}

// Main is the main of the process that holds a world. It never returns.
func Main() {
	if os.Getenv(starterVariable) != "" {
		becomeStarted()
	}
	// Commands are forked from this thread, which lives as long as the holder:
	// PR_SET_PDEATHSIG, used without namespaces, means the thread, not the process.
	runtime.LockOSThread()
	h, err := newHolder()
	if err != nil {
		fmt.Fprintln(os.Stderr, "holder:", err)
		os.Exit(1)
	}
	h.serve()
	h.end()
	os.Exit(0)
}

func newHolder() (*holder, error) {
	if err := survive(); err != nil {
		return nil, fmt.Errorf("take all signals: %w", err)
	}
	// What this process inherited by accident is not for the world's processes.
	_ = unix.CloseRange(holderSocket, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	_ = os.WriteFile("/proc/self/comm", []byte("ipckit-holder"), 0)
	unix.CloseOnExec(holderSocket)
	conn, err := message.NewConn(os.NewFile(holderSocket, "holder's socket"))
	if err != nil {
		return nil, fmt.Errorf("descriptor %d is no socket (%w): a holder is started by world.New only", holderSocket, err)
	}
	h := &holder{conn: conn, children: map[int]*child{}, known: map[int]bool{}, started: make(chan struct{}, 1)}
	var first message.Request
	if _, err := conn.Receive(&first); err != nil {
		return nil, fmt.Errorf("waiting for the first request: %w", err)
	}
	if first.Op != message.OpSetup || first.Setup == nil {
		return nil, fmt.Errorf("the first request is %q, want %q", first.Op, message.OpSetup)
	}
	h.setup = *first.Setup
	items, failure := h.prepare()
	if err := conn.Send(message.Reply{ID: first.ID, Items: items, Failure: failure}, nil); err != nil {
		return nil, err
	}
	if failure != nil {
		os.Exit(0) // the kit knows why
	}
	if err := h.renounce(); err != nil {
		return nil, fmt.Errorf("keep capabilities from the world's processes: %w", err)
	}
	go h.reap()
	return h, nil
}

// prepare makes the world around the holder.
func (h *holder) prepare() (items []message.Capability, _ *message.Failure) {
	if h.setup.Isolated {
		if failure := verifyNamespaces(h.setup.Host, h.setup.Network); failure != nil {
			return nil, failure
		}
		h.tmp = overlays{shared: h.setup.Dir, size: h.setup.Limits.ShmSize}
		furnished, failure := furnish(&h.tmp)
		if failure != nil {
			return nil, failure
		}
		items = furnished
		if h.setup.Network {
			items = append(items, message.Try(message.Loopback, raiseLoopback()))
		}
		if h.setup.TwoHosts && h.setup.Network {
			var err error
			h.hosts, err = joinHosts(h.setup.Limits)
			items = append(items, message.Try(message.TwoHosts, err))
			if err != nil {
				h.hosts = nil
			}
		}
	} else if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, message.Failed("become the subreaper of the world's processes", err)
	}
	exe, err := reexec.Reachable(h.setup.Drop)
	if err != nil {
		return nil, message.Failed("make the kit's binary executable for the world's user", err)
	}
	h.exe = exe
	h.before, h.excused = map[string]bool{}, map[string]bool{}
	objects, _ := h.objects()
	for _, o := range objects {
		h.before[o.key()] = true
	}
	return items, nil
}

// serve answers requests until the kit is gone or says end.
func (h *holder) serve() {
	for {
		var r message.Request
		fds, err := h.conn.Receive(&r)
		if err != nil {
			message.CloseAll(fds)
			return
		}
		switch r.Op {
		case message.OpStart:
			h.start(r, fds) // on this thread; answers by itself
			continue
		case message.OpEnd:
			failure := h.clean()
			h.answer(message.Reply{ID: r.ID, Failure: failure}, nil)
			os.Exit(0)
		}
		message.CloseAll(fds)
		go h.handle(r)
	}
}

func (h *holder) handle(r message.Request) {
	a := message.Reply{ID: r.ID}
	var fds []int
	switch r.Op {
	case message.OpSignal:
		a.Failure = message.Failed("send a signal", h.signal(r.Target, r.Signal))
	case message.OpThread:
		fd, err := h.thread(r.Target, r.Thread)
		if a.Failure = message.Failed("look for a thread", err); fd >= 0 {
			fds = []int{fd}
		}
	case message.OpList:
		a.Live, fds = h.list()
	case message.OpBaseline:
		h.rebase()
	case message.OpLeftovers:
		a.Found, a.Unseen = h.leftovers()
	case message.OpCut, message.OpHeal:
		a.Failure = message.Failed(string(r.Op)+" the connection of the two hosts", h.hosts.cut(r.Op == message.OpCut))
	case message.OpFill, message.OpEmpty:
		a.Failure = message.Failed(string(r.Op)+" /dev/shm", h.resizeShm(r.Op == message.OpFill))
	case message.OpKill:
		a.Failure = h.killAll()
	case message.OpClean:
		a.Failure = h.clean()
	default:
		a.Failure = &message.Failure{Doing: "request", Text: fmt.Sprintf("operation %q is not known", r.Op)}
	}
	h.answer(a, fds)
	message.CloseAll(fds)
}

// answer sends a reply. Where it cannot be sent the kit is gone, which serve
// notices.
func (h *holder) answer(a message.Reply, fds []int) { _ = h.conn.Send(a, fds) }

// end tidies up when the kit has died: nothing else will remove the directory.
func (h *holder) end() {
	_ = h.clean()
	h.scan.Lock()
	h.tmp.uncover() // a mount point cannot be removed
	h.scan.Unlock()
	_ = temporary.RemoveTree(h.setup.Dir)
}

// Patience is how long killed processes are given to disappear. Only a process
// in an uninterruptible sleep, or traced by another, takes that long.
const Patience = 10 * time.Second

// killAll kills every process of the world but the holder and waits until none
// is left.
func (h *holder) killAll() *message.Failure {
	for deadline := time.Now().Add(Patience); ; time.Sleep(time.Millisecond) {
		// Everything in the world descends from the holder's children, and what
		// loses its parent becomes one: no child left means nothing left.
		if h.childless() {
			return nil
		}
		if time.Now().After(deadline) {
			return &message.Failure{Doing: "end the world's processes", Text: fmt.Sprintf(
				"still there %v after SIGKILL: %s (a process is kept by a tracer that does not wait for it, or by a system call that cannot be interrupted)",
				Patience, names(h.live()))}
		}
		if h.setup.Isolated && os.Getpid() == 1 { // otherwise it would mean the whole host
			_ = unix.Kill(-1, unix.SIGKILL) // all of the PID namespace but its first
			continue
		}
		for _, p := range h.live() {
			kill(p.PID)
		}
	}
}

// kill kills one process. It never takes an id that means more than one, or the
// host's first.
func kill(pid int) {
	if pid > 1 {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

func (h *holder) childless() bool {
	h.mu.Lock() // not while one is being started
	defer h.mu.Unlock()
	return unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil) == unix.ECHILD
}

func (h *holder) clean() *message.Failure {
	failure := h.killAll()
	if err := h.remove(); err != nil && failure == nil {
		failure = message.Failed("give the world an empty view of the directories for temporary files", err)
	}
	return failure
}
