package explore

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
)

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

// attend takes the next stop of a thread that runs freely, if there is one, and lets
// it go on.
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
