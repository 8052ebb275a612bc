package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// An Office says where mailboxes live. The zero Office is this user's own, below
// /dev/shm; its process is started when the first mailbox is created, survives
// its clients, and ends when the last mailbox is deleted and the last client has
// detached. If it is killed its mailboxes are gone: every operation on them fails
// with ErrPeerDead, and their names can be created anew.
//
// An Office may be copied and used by several goroutines.
type Office struct {
	// Directory is where the office's own directory is made; "" is /dev/shm.
	Directory string
	// Address is host:port of an office on another host, which is exposed there
	// with Key (see Expose); Directory and Server mean nothing then. A line that
	// is cut is mended for half a minute; an operation with a limit fails within
	// half a second of it, with ErrTimeout and ErrInDoubt. Nothing arrives twice.
	Address string
	Key     []byte
	// Server is the program that becomes the office, with arguments. It must
	// call ServeIfAsked. Empty means the running program with its arguments.
	Server []string

	_ struct{}
}

// Create makes a new mailbox in this user's office and attaches to it. See
// [Office.Create].
func Create(name string, shape Shape) (*Mailbox, error) { return Office{}.Create(name, shape) }

// Open attaches to a mailbox in this user's office. See [Office.Open].
func Open(name string) (*Mailbox, error) { return Office{}.Open(name) }

// Unlink deletes a mailbox of this user's office. See [Office.Unlink].
func Unlink(name string) error { return Office{}.Unlink(name) }

// Create makes a new mailbox and attaches to it. The name has the form of
// mq_open(3): "/orders". Errors: ErrExist, ErrInvalid (name or shape),
// ErrPermission, ErrNoSpace.
func (o Office) Create(name string, shape Shape) (*Mailbox, error) {
	err := checkName(name)
	if err == nil {
		err = shape.check()
	}
	var m *Mailbox
	if err == nil {
		m, err = o.enter(&frame{kind: requestCreate, name: name, body: appendShape(nil, shape, 0)})
	}
	if err != nil {
		return nil, &Error{Op: "create", Name: name, Err: err}
	}
	return m, nil
}

// Open attaches to an existing mailbox. Errors: ErrNotExist, ErrInvalid,
// ErrPermission.
func (o Office) Open(name string) (*Mailbox, error) {
	err := checkName(name)
	var m *Mailbox
	if err == nil {
		m, err = o.enter(&frame{kind: requestOpen, name: name})
	}
	if err != nil {
		return nil, &Error{Op: "open", Name: name, Err: err}
	}
	return m, nil
}

// Unlink deletes a mailbox, as msgctl(IPC_RMID) does: the name is free at once,
// senders are refused with ErrClosed from now on, and so are receivers once they
// have got what is left. Those who are blocked are told. Errors: ErrNotExist,
// ErrInvalid.
func (o Office) Unlink(name string) error {
	err := checkName(name)
	if err == nil {
		var l *line
		if l, _, err = o.ask(&frame{kind: requestUnlink, name: name}); l != nil {
			l.bye()
		}
	}
	if err != nil {
		return &Error{Op: "unlink", Name: name, Err: err}
	}
	return nil
}

// enter attaches to a mailbox with a line of its own.
func (o Office) enter(request *frame) (*Mailbox, error) {
	l, answer, err := o.ask(request)
	if err != nil {
		if l != nil {
			l.bye()
		}
		return nil, err
	}
	shape, key, err := parseShape(answer.body)
	if err != nil {
		l.close()
		return nil, err
	}
	return &Mailbox{office: o, name: request.name, shape: shape, key: key, idle: []*line{l}}, nil
}

// ask connects to the office and makes the first request. Only a request
// that starts an office does so. An office that ends or is killed before its answer has done
// nothing, or nothing that is left; so the request is made again.
func (o Office) ask(request *frame) (l *line, answer frame, err error) {
	if o.Address != "" {
		return o.askFar(request)
	}
	d, err := directoryIn(o.Directory)
	if err != nil {
		return nil, answer, err
	}
	const tries = 20 // each lost to an office that was ending, or that could not start
	for range tries {
		fd, err := d.connect()
		if errors.Is(err, errAbsent) {
			if !request.starts() {
				d.sweep()
				return nil, answer, err
			}
			if err := d.start(o.Server); err != nil {
				return nil, answer, err
			}
			continue
		}
		if err != nil {
			return nil, answer, err
		}
		l := newLine(fd)
		if answer, err = l.call(context.Background(), request, Forever, nil); err != nil {
			l.close()
			continue
		}
		return l, answer, answer.refusal()
	}
	return nil, answer, fmt.Errorf("%w: the post office in %s did not answer %d times; does its program call messagepassing.ServeIfAsked?", ErrPeerDead, d, tries)
}

// refusal is the error in an answer, nil for success.
func (f *frame) refusal() error {
	if f.kind == 0 {
		return nil
	}
	return refusal(f.kind, string(f.body))
}

// askFar is ask for an office on another host, which is never started from here.
func (o Office) askFar(request *frame) (l *line, answer frame, err error) {
	for by := time.Now().Add(farPatience); ; {
		if l, err = dialFar(o.Address, o.Key, by); err != nil {
			return nil, answer, err
		}
		answer, err = l.call(context.Background(), request, Wait(max(1, time.Until(by))), nil)
		if err == nil {
			return l, answer, answer.refusal()
		}
		l.close()
		if !errors.Is(err, errForgotten) { // else the line broke before the request came
			return nil, answer, err
		}
	}
}

// sweep removes what a killed office has left.
func (o Office) sweep() {
	if o.Address != "" {
		return
	}
	if d, err := directoryIn(o.Directory); err == nil {
		d.sweep()
	}
}
