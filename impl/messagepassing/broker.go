package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Broker says where mailboxes live. The zero Broker is this user's own, below
// /dev/shm. Its process is started when the first mailbox is created, survives
// its clients, and ends when the last mailbox is deleted and the last client has
// detached. If it is killed, its mailboxes are gone: every operation on them
// fails with ErrPeerDead, and their names can be created anew.
//
// A Broker may be copied and used by several goroutines.
type Broker struct {
	// Directory is the directory in which the broker creates its own; "" is
	// /dev/shm.
	Directory string
	// Address is host:port of a broker on another host, which is exposed there
	// with Key (see Expose); Directory and Program are ignored then. A
	// connection that is cut is re-established for half a minute. An operation
	// with a time limit fails at most half a second after it, with ErrTimeout
	// and ErrInDoubt. No message arrives twice.
	Address string
	Key     []byte
	// Program is the program that becomes the broker, with its arguments. It
	// must call ServeIfAsked. Empty means the running program with its own
	// arguments.
	Program []string

	_ struct{}
}

// Create makes a new mailbox in this user's broker and attaches to it. See
// [Broker.Create].
func Create(name string, shape Shape) (*Mailbox, error) { return Broker{}.Create(name, shape) }

// Open attaches to a mailbox in this user's broker. See [Broker.Open].
func Open(name string) (*Mailbox, error) { return Broker{}.Open(name) }

// Unlink deletes a mailbox of this user's broker. See [Broker.Unlink].
func Unlink(name string) error { return Broker{}.Unlink(name) }

// Create makes a new mailbox and attaches to it. The name has the form of
// mq_open(3): "/orders". It starts the broker if necessary. Errors: ErrExist,
// ErrInvalid (name or shape), ErrPermission, ErrNoSpace.
func (broker Broker) Create(name string, shape Shape) (*Mailbox, error) {
	err := checkName(name)
	if err == nil {
		err = shape.check()
	}
	var m *Mailbox
	if err == nil {
		m, err = broker.attach(&frame{kind: requestCreate, name: name, body: appendShape(nil, shape, 0)})
	}
	if err != nil {
		return nil, &Error{Op: "create", Name: name, Err: err}
	}
	return m, nil
}

// Open attaches to an existing mailbox. Errors: ErrNotExist, ErrInvalid,
// ErrPermission.
func (broker Broker) Open(name string) (*Mailbox, error) {
	err := checkName(name)
	var m *Mailbox
	if err == nil {
		m, err = broker.attach(&frame{kind: requestOpen, name: name})
	}
	if err != nil {
		return nil, &Error{Op: "open", Name: name, Err: err}
	}
	return m, nil
}

// Unlink deletes a mailbox, as msgctl(IPC_RMID) does. The name is free at once.
// Senders fail with ErrClosed from now on, blocked ones included; so do
// receivers once the mailbox is empty. Errors: ErrNotExist, ErrInvalid.
func (broker Broker) Unlink(name string) error {
	err := checkName(name)
	if err == nil {
		var conn *connection
		if conn, _, err = broker.ask(&frame{kind: requestUnlink, name: name}); conn != nil {
			conn.bye()
		}
	}
	if err != nil {
		return &Error{Op: "unlink", Name: name, Err: err}
	}
	return nil
}

// attach attaches to a mailbox over a connection of its own.
func (broker Broker) attach(request *frame) (*Mailbox, error) {
	conn, answer, err := broker.ask(request)
	if err != nil {
		if conn != nil {
			conn.bye()
		}
		return nil, err
	}
	shape, key, err := parseShape(answer.body)
	if err != nil {
		conn.close()
		return nil, err
	}
	return &Mailbox{broker: broker, name: request.name, shape: shape, key: key, idle: []*connection{conn}}, nil
}

// ask connects to the broker and makes the first request, starting a broker if
// the request is one that does so. A broker that ends before its answer has left
// no effect behind, so the request is repeated.
func (broker Broker) ask(request *frame) (conn *connection, answer frame, err error) {
	if broker.Address != "" {
		return broker.askRemote(request)
	}
	dir, err := socketDirIn(broker.Directory)
	if err != nil {
		return nil, answer, err
	}
	const tries = 20 // each fails only if a broker was just ending, or could not start
	for range tries {
		fd, err := dir.connect()
		if errors.Is(err, errNoBroker) {
			if !request.starts() {
				dir.removeStale()
				return nil, answer, err
			}
			if err := dir.start(broker.Program); err != nil {
				return nil, answer, err
			}
			continue
		}
		if err != nil {
			return nil, answer, err
		}
		conn := newConnection(fd)
		if answer, err = conn.call(context.Background(), request, Forever, nil); err != nil {
			conn.close()
			continue
		}
		return conn, answer, answer.refusal()
	}
	return nil, answer, fmt.Errorf("%w: the broker in %s did not answer %d times; does its program call messagepassing.ServeIfAsked?", ErrPeerDead, dir, tries)
}

// refusal is the error in an answer; nil for success.
func (f *frame) refusal() error {
	if f.kind == 0 {
		return nil
	}
	return refusal(f.kind, string(f.body))
}

// askRemote is ask for a broker on another host, which cannot be started from
// here.
func (broker Broker) askRemote(request *frame) (conn *connection, answer frame, err error) {
	for by := time.Now().Add(remotePatience); ; {
		if conn, err = dialRemote(broker.Address, broker.Key, by); err != nil {
			return nil, answer, err
		}
		answer, err = conn.call(context.Background(), request, Wait(max(1, time.Until(by))), nil)
		if err == nil {
			return conn, answer, answer.refusal()
		}
		conn.close()
		if !errors.Is(err, errForgotten) { // otherwise the connection broke before the request arrived
			return nil, answer, err
		}
	}
}

// removeStale removes what a killed broker left behind.
func (broker Broker) removeStale() {
	if broker.Address != "" {
		return
	}
	if dir, err := socketDirIn(broker.Directory); err == nil {
		dir.removeStale()
	}
}
