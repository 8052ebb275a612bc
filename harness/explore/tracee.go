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
	sources map[string]*source
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
	if err != nil {
		return nil, fmt.Errorf("%s does not answer hello: %w", name, err)
	}
	if err := hello.Err(); err != nil {
		return nil, fmt.Errorf("%s refuses hello: %w", name, err)
	}
	if p.tid = p.pid; hello.Thread != nil {
		p.tid = *hello.Thread
	} else if n := p.threads(); n != 1 {
		return nil, &Refused{fmt.Sprintf("an agent with %d threads must tell in hello which of them does the operations", n)}
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

// send sends a request. The pipe is empty, so that it does not block, unless
// the request is larger than a pipe and the agent does not read.
func (p *tracee) send(r protocol.Request) error {
	_, line, err := p.client.Encode(r)
	if err != nil {
		return err
	}
	for p.asked = r.Op; len(line) > 0; {
		n, err := unix.Write(p.commands, line)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errGone, err)
		}
		line = line[n:]
	}
	return nil
}

var errSilent = errors.New("no answer")

// reply waits for the answer to the last request while the agent runs freely.
// Errors: errGone, errSilent after the limit, *protocol.Broken.
func (p *tracee) reply(limit time.Duration) (protocol.Reply, error) {
	for deadline := time.Now().Add(limit); ; {
		r, whole, v := p.client.Next()
		switch {
		case v != nil:
			return r, &protocol.Broken{Agent: p.name, During: p.asked, Violation: *v}
		case whole:
			return r, nil
		case p.receive(time.Millisecond):
			continue
		}
		if err := p.attend(); err != nil {
			return protocol.Reply{}, err
		}
		if time.Now().After(deadline) {
			return protocol.Reply{}, errSilent
		}
	}
}

// attend deals with what happens to a thread that runs freely.
func (p *tracee) attend() error {
	if p.tid == 0 {
		return nil // not seized yet
	}
	s, err := p.take(unix.WNOHANG)
	switch s.kind {
	case stopNone:
		return err
	case stopGone:
		return errGone
	case stopEvent:
		if s.group() {
			return errStops
		}
		err = p.release(0)
	case stopOther, stopFault:
		err = p.release(s.signal)
	default:
		err = p.release(0)
	}
	p.state = idle
	return err
}

// receive waits for more of what the agent writes, and reports whether it came.
func (p *tracee) receive(limit time.Duration) bool {
	if !p.readable(limit) {
		return false
	}
	var piece [16 << 10]byte
	n, err := unix.Read(p.replies, piece[:])
	if err != nil || n <= 0 {
		return false
	}
	p.client.Feed(piece[:n])
	return true
}

// readable reports whether there is something to read from the agent, or its end
// of the pipe is closed.
func (p *tracee) readable(limit time.Duration) bool {
	poll := []unix.PollFd{{Fd: int32(p.replies), Events: unix.POLLIN}}
	timeout := unix.NsecToTimespec(int64(limit))
	n, err := unix.Ppoll(poll, &timeout, nil)
	return err == nil && n > 0
}

// do does an operation freely.
func (p *tracee) do(r protocol.Request, limit time.Duration) (protocol.Reply, error) {
	if err := p.send(r); err != nil {
		return protocol.Reply{}, err
	}
	return p.reply(limit)
}

// begin sends a request and stops the agent at its begin marker.
func (p *tracee) begin(r protocol.Request) error {
	if p.state == dead {
		return errGone
	}
	s, err := p.interrupt()
	if err != nil {
		return err
	}
	if s.kind == stopGone {
		return errGone
	}
	if err := p.send(r); err != nil {
		return err
	}
	return p.toMarker(s)
}

// toMarker runs from a stop to the exit of the begin marker.
func (p *tracee) toMarker(s stop) error {
	marked := false
	deadline := time.Now().Add(helloLimit)
	for {
		signal := unix.Signal(0)
		switch s.kind {
		case stopGone:
			return errGone
		case stopCall:
			marked = s.call.Number() == protocol.MarkBegin
		case stopExit:
			if marked {
				p.callAt = s.call.IP - callLength
				return nil
			}
		case stopOther, stopFault:
			signal = s.signal
		}
		if err := p.resume(signal); err != nil {
			return err
		}
		var w patience
		for {
			next, err := p.take(unix.WNOHANG)
			if err != nil {
				return err
			}
			if s = next; s.kind != stopNone {
				break
			}
			w.pause()
			if w.looks > eagerLooks && p.answered() {
				return &Refused{"the agent does operations without the marker calls around them"}
			}
			if time.Now().After(deadline) {
				return errSilent
			}
		}
	}
}

// answered reports whether the agent has written something that was not looked
// at.
func (p *tracee) answered() bool { return p.client.Pending() || p.receive(0) }

// finish, at the exit of the end marker, lets the agent go and takes its reply.
func (p *tracee) finish() (protocol.Reply, error) {
	if err := p.protect(false); err != nil {
		return protocol.Reply{}, err
	}
	for _, s := range p.late {
		_ = unix.Tgkill(p.pid, p.tid, s)
	}
	p.late = nil
	if err := p.release(0); err != nil {
		return protocol.Reply{}, err
	}
	p.state = idle
	return p.reply(helloLimit)
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
