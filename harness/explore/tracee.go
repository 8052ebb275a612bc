package explore

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/ptrace"
	"github.com/ipckit/ipckit/harness/ptrace/source"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// state is what the operation thread of an agent does, as its tracer knows.
type state int

const (
	idle    state = iota // no operation is under way; it runs untraced
	running              // resumed, its next stop has not been seen
	stopped
	dead
)

// A tracee is one of the two agents, as its tracer has it.
type tracee struct {
	name     string
	pid, tid int
	commands int // descriptors
	replies  int
	memory   int
	state    state
	end      unix.WaitStatus // once dead
	late     []unix.Signal   // to be delivered when the operation is over
	ending   bool            // it has itself done what may end it, in this run

	base      []proc.Mapping // shared mappings that are none of the subject's objects
	regions   []proc.Mapping
	private   []proc.Mapping // private ones that show a file
	protected bool
	callAt    uint64 // address of an instruction that makes a system call

	client *protocol.Client
	asked  string // the last operation

	// The run under way.
	script   []protocol.Request
	pos      int            // the operation that it is in, or before
	within   bool           // inside that operation
	count    int            // its points so far
	answers  []string       // to the operations done
	call     *call          // the system call that it is in, if it was resumed there
	entered  []proc.Mapping // its regions when the operation began
	remapped bool           // it has changed what is mapped in this operation
	rewound  bool           // it stands before a system call that was counted already
	held     []stored       // taken back, to be done when it goes on

	// What is known of its code.
	program string // path of its executable
	text    []proc.Mapping
	decoded map[uint64]instruction
	orders  map[uint64]order
	sources map[string]*source.File
	objects *[]proc.Object
}

// spawn starts an agent and takes its operation thread under control.
func spawn(name string, c command) (_ *tracee, err error) {
	p := &tracee{name: name, memory: -1, client: protocol.NewClient(c.Stdio)}
	defer func() {
		if err != nil && p.pid != 0 {
			p.kill()
		}
	}()
	if err := p.start(c); err != nil {
		return nil, err
	}
	hello, err := p.do(protocol.Hello(c.World, true), helloLimit)
	switch {
	case errors.Is(err, errSilent):
		return nil, fmt.Errorf("%s has not answered hello after %v", name, helloLimit)
	case errors.Is(err, errGone):
		return nil, fmt.Errorf("%s ended without an answer to hello", name)
	case err != nil:
		return nil, err
	case hello.Err() != nil:
		return nil, fmt.Errorf("%s refused hello: %w", name, hello.Err())
	}
	if p.tid = p.pid; hello.Thread != nil {
		p.tid = *hello.Thread
	} else if n := p.threads(); n != 1 {
		return nil, &Refused{fmt.Sprintf("an agent with %d threads must say in hello which of them does the operations", n)}
	}
	if err := ptrace.Request(unix.PTRACE_SEIZE, p.tid, 0, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_EXITKILL|unix.PTRACE_O_TRACEEXEC); err != nil {
		if refused := refusal(err); refused != nil {
			return nil, refused
		}
		return nil, fmt.Errorf("seize thread %d of %s: %w", p.tid, name, err)
	}
	if p.memory, err = unix.Open(fmt.Sprintf("/proc/%d/mem", p.pid), unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
		if refused := refusal(err); refused != nil {
			return nil, refused
		}
		return nil, fmt.Errorf("the memory of %s: %w", name, err)
	}
	p.base, _, err = p.mappings()
	return p, err
}

const helloLimit = 20 * time.Second

// start makes the pipes and the process.
func (p *tracee) start(c command) error {
	var to, from [2]int
	if err := unix.Pipe2(to[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	if err := unix.Pipe2(from[:], unix.O_CLOEXEC); err != nil {
		return errors.Join(err, unix.Close(to[0]), unix.Close(to[1]))
	}
	p.commands, p.replies = to[1], from[0]
	_ = unix.SetNonblock(p.replies, true)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	theirs := []uintptr{null.Fd(), 2, 2, uintptr(to[0]), uintptr(from[1])}
	if c.Stdio {
		theirs = []uintptr{uintptr(to[0]), uintptr(from[1]), 2}
	}
	p.pid, err = syscall.ForkExec(c.Path, c.Args, &syscall.ProcAttr{
		Dir: c.Dir, Env: c.Env, Files: theirs,
		Sys: &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL},
	})
	_, _ = unix.Close(to[0]), unix.Close(from[1])
	if err != nil {
		p.pid = 0
		_, _ = unix.Close(p.commands), unix.Close(p.replies)
		return fmt.Errorf("start %s: %w", c.Path, err)
	}
	return nil
}

func (p *tracee) threads() int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.pid))
	return len(entries)
}

// kill ends the agent and waits until nothing of it is left.
func (p *tracee) kill() {
	_ = unix.Kill(p.pid, unix.SIGKILL)
	for p.tid != 0 && p.tid != p.pid && p.state != dead {
		if s, err := p.take(0); err != nil || s.kind == stopGone {
			break
		}
	}
	for {
		_, status, err := ptrace.Wait(p.pid, 0)
		if err != nil || !status.Stopped() {
			break
		}
	}
	p.state = dead
	for _, fd := range []int{p.commands, p.replies, p.memory} {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}

// exited says in words how a dead agent ended.
func (p *tracee) exited() string {
	switch {
	case p.end.Signaled():
		return "killed by " + unix.SignalName(p.end.Signal())
	case p.end.Exited():
		return fmt.Sprintf("exited with status %d", p.end.ExitStatus())
	}
	return "ended"
}
