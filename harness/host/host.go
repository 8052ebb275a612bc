// Package host turns the running process into an agent of a Go subject.
//
// One goroutine, locked to its operating system thread, does the operations;
// another reads the commands and answers hello, status, cancel and bye
// meanwhile. A panic of the subject is the process's end, as it would be in a
// program of its own.
package host

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Main is the agent's main: it serves the subject on the channels that the kit
// made, and never returns.
func Main(s subject.Subject) {
	in, out, err := Channels()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ipckit agent:", err)
		os.Exit(2)
	}
	if err := Serve(s, in, out); err != nil {
		fmt.Fprintln(os.Stderr, "ipckit agent:", err)
		os.Exit(2)
	}
	os.Exit(0)
}

// Serve does the operations that come on in and answers on out, until bye, which
// gives nil, or until it cannot go on. The operation under way then, if any, is left
// to the process's end.
func Serve(s subject.Subject, in io.Reader, out io.Writer) error {
	h := &host{
		subject: s,
		out:     out,
		objects: map[string]any{},
		work:    make(chan protocol.Request, 1),
		broken:  make(chan error, 2),
	}
	h.interrupts = interruptible()
	thread := make(chan int)
	go h.operate(thread)
	h.thread = <-thread
	go func() {
		defer close(h.work)
		h.broken <- h.control(in)
	}()
	return <-h.broken
}

type host struct {
	subject subject.Subject
	out     io.Writer
	work    chan protocol.Request // to the operation thread
	broken  chan error            // the end of the conversation
	thread  int                   // the operation thread's id
	into    []byte                // the operation thread's, see buffer

	interrupts bool // SIGUSR1 interrupts system calls

	markers  atomic.Bool
	finished atomic.Int64 // operations and workload items so far

	writing sync.Mutex // one line at a time

	mu   sync.Mutex
	busy protocol.Request // the operation under way; Op is "" when there is none

	keeping sync.Mutex     // guards objects: cancel reads it on another thread
	objects map[string]any // handle → subject.Region, *queue, *lock …
}

// operate is the operation thread.
func (h *host) operate(thread chan<- int) {
	runtime.LockOSThread()
	thread <- unix.Gettid()
	for r := range h.work {
		reply := answer(r, h.do)
		h.mu.Lock()
		h.busy = protocol.Request{}
		h.mu.Unlock()
		h.finished.Add(1)
		h.reply(reply)
	}
}

// control reads commands until bye.
func (h *host) control(in io.Reader) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return errors.New("the kit closed the command channel without bye")
		}
		if err != nil {
			return fmt.Errorf("read a command: %w", err)
		}
		r, err := parse(line)
		switch {
		case err != nil && r.ID == 0:
			return fmt.Errorf("%w in the command %.200q", err, line)
		case err != nil:
			h.reply(answer(r, func(protocol.Request) (protocol.Reply, error) { return protocol.Reply{}, err }))
		case r.Op == protocol.OpBye:
			h.reply(protocol.Reply{ID: r.ID, OK: true})
			return nil
		case r.Op == protocol.OpCancel:
			go func() { h.reply(answer(r, h.cancel)) }() // the subject's own code, which may block
		case protocol.IsControl(r.Op):
			h.reply(answer(r, h.report))
		default:
			h.begin(r)
		}
	}
}

// parse reads a command. Of one with a wrong argument it gives at least the id.
func parse(line []byte) (protocol.Request, error) {
	var r protocol.Request
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	err := d.Decode(&r)
	if err == nil && r.ID != 0 && r.Op != "" {
		return r, nil
	}
	var head struct {
		ID uint64 `json:"id"`
		Op string `json:"op"`
	}
	_ = json.Unmarshal(line, &head)
	if err == nil {
		err = errors.New("a command needs an id and an op")
	}
	return protocol.Request{ID: head.ID, Op: head.Op}, subject.Errorf(subject.Invalid, "%v", err)
}

// begin hands an operation to the operation thread.
func (h *host) begin(r protocol.Request) {
	h.mu.Lock()
	under := h.busy.Op
	if under == "" {
		h.busy = r
	}
	h.mu.Unlock()
	if under != "" {
		h.reply(protocol.Reply{ID: r.ID, Error: subject.Invalid, Text: under + " is under way"})
		return
	}
	h.work <- r
}

// reply writes one line. When the kit does not read any more, the host ends.
func (h *host) reply(r protocol.Reply) {
	line, err := json.Marshal(r)
	if err == nil {
		h.writing.Lock()
		_, err = h.out.Write(append(line, '\n'))
		h.writing.Unlock()
	}
	if err != nil {
		select {
		case h.broken <- fmt.Errorf("write a reply: %w", err):
		default: // it is known already
		}
	}
}

// answer turns what an operation returned into a reply.
func answer(r protocol.Request, do func(protocol.Request) (protocol.Reply, error)) protocol.Reply {
	reply, err := do(r)
	reply.ID = r.ID
	var lacks *protocol.Unsupported
	var refused *subject.Error
	switch {
	case err == nil:
		reply.OK = true
	case errors.As(err, &lacks):
		reply.Unsupported = lacks.Operation
	case errors.As(err, &refused):
		reply.Error, reply.Text = refused.Kind, refused.Text
		if whole := err.Error(); whole != refused.Error() { // something was wrapped around it
			reply.Text = whole
		}
	default:
		reply.Error, reply.Text = subject.KindOf(err), err.Error()
	}
	return reply
}

// mark makes the marker calls around one call to the subject.
func (h *host) mark(f func()) {
	if !h.markers.Load() {
		f()
		return
	}
	_, _, _ = unix.RawSyscall(protocol.MarkBegin, 0, 0, 0)
	f()
	_, _, _ = unix.RawSyscall(protocol.MarkEnd, 0, 0, 0)
}
