package messagepassing

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"

	"golang.org/x/sys/unix"
)

// An Endpoint is a name that this process holds until it leaves or ends. The
// messages of the process bear that name, and other endpoints reach it by that
// name over links: direct communication (Silberschatz, Galvin, Gagne, 3.6.1).
type Endpoint struct {
	name       string
	broker     Broker
	key        []byte // authorizes further connections
	requesting sync.Mutex
	control    *connection // carries one request at a time
	waker      waker
	receiving  timedMutex // held during Receive

	// watch reports when a relayed link has a message; guarded by receiving.
	// watched: it was asked and has not answered.
	watch   *connection
	watched bool

	mu        sync.Mutex
	incoming  *connection            // on which the broker sends this endpoint's ends of links; nil to another host
	links     map[string]*Link       // the current link with each peer
	arrived   map[string][]transport // ends of later links
	seen      map[string]uint32      // number of ends that have arrived, by peer
	relayed   int                    // number of those that go through the broker
	order     []string               // in which Receive polls the peers
	scope     context.Context        // ended by Cancel and Leave
	cancel    context.CancelFunc
	brokerErr error // why the broker can send no more ends
	left      bool
}

// Join takes a name in this user's broker. See [Broker.Join].
func Join(name string) (*Endpoint, error) { return Broker{}.Join(name) }

// Join takes a name for this process; it has the form of a mailbox's. Another
// process that claims the name is refused with ErrExist until this one leaves or
// ends. From now on every message of this process bears the name (see [Sender]).
// It starts the broker if necessary. Errors: ErrExist, ErrInvalid,
// ErrPermission.
func (broker Broker) Join(name string) (*Endpoint, error) {
	e, err := broker.join(name)
	if err != nil {
		return nil, &Error{Op: "join as", Name: name, Err: err}
	}
	return e, nil
}

func (broker Broker) join(name string) (*Endpoint, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	control, answer, err := broker.ask(&frame{kind: requestJoin, name: name})
	if err != nil {
		if control != nil {
			control.bye()
		}
		return nil, err
	}
	e := &Endpoint{
		name: name, broker: broker, key: answer.body, control: control, receiving: newTimedMutex(),
		links: map[string]*Link{}, arrived: map[string][]transport{}, seen: map[string]uint32{},
	}
	e.scope, e.cancel = context.WithCancel(context.Background())
	if broker.Address == "" {
		if e.incoming, err = e.connect(); err == nil {
			err = e.incoming.write(&frame{kind: requestReady})
		}
	} else {
		e.watch, err = e.connect()
	}
	if err != nil {
		control.bye()
		return nil, err
	}
	return e, nil
}

// connect makes another connection for this endpoint.
func (e *Endpoint) connect() (*connection, error) {
	conn, _, err := e.broker.ask(&frame{kind: requestIncoming, body: e.key})
	if err != nil && conn != nil {
		conn.bye()
		conn = nil
	}
	return conn, err
}

// ask makes a request on the control connection.
func (e *Endpoint) ask(request *frame, w Wait) (frame, error) {
	e.requesting.Lock()
	defer e.requesting.Unlock()
	answer, err := e.control.call(context.Background(), request, w, nil)
	if err == nil {
		err = answer.refusal()
	}
	return answer, err
}

// Name is the name that the endpoint joined under.
func (e *Endpoint) Name() string { return e.name }

// Link returns the link with the named endpoint, which may join later: messages
// sent before that wait for it. There is one link for each pair, whichever side
// asks first. After a link has ended, by a close or a death that was reported
// here, Link makes the next one. Errors: ErrInvalid (the name, or a link to
// itself), ErrPeerDead (the broker), ErrNoSpace.
func (e *Endpoint) Link(peer string) (*Link, error) {
	l, err := e.link(peer)
	if err != nil {
		return nil, &Error{Op: e.name + ": link with", Name: peer, Err: err}
	}
	return l, nil
}

func (e *Endpoint) link(peer string) (*Link, error) {
	if err := checkName(peer); err != nil {
		return nil, err
	}
	for {
		e.mu.Lock()
		l, err := e.currentLink(peer)
		seen := e.seen[peer]
		e.mu.Unlock()
		if l != nil || err != nil {
			return l, err
		}
		if _, err := e.ask(&frame{kind: requestLink, name: peer, room: seen}, Forever); err != nil {
			return nil, err
		}
		if e.incoming == nil {
			continue
		}
		// The broker sent this side's end before its answer, so it is there.
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(e.incoming.fd), Events: unix.POLLIN}}, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return nil, systemError("poll", err)
		}
	}
}

// currentLink returns the link with a peer unless it has ended; otherwise the
// next one that has arrived, or nil. The caller holds mu.
func (e *Endpoint) currentLink(peer string) (*Link, error) {
	if e.left {
		return nil, errDetached
	}
	e.collectEnds()
	if l := e.links[peer]; l != nil && !l.ended() {
		return l, nil
	}
	e.replaceLink(peer)
	if l := e.links[peer]; l != nil {
		return l, nil
	}
	return nil, e.brokerErr
}

// replaceLink closes a link that has ended, and puts the next one that has
// arrived in its place. The caller holds mu.
func (e *Endpoint) replaceLink(peer string) {
	if l := e.links[peer]; l != nil {
		_ = l.Close()
		delete(e.links, peer)
	}
	if ends := e.arrived[peer]; len(ends) > 0 {
		e.links[peer] = newLink(e.name, peer, ends[0])
		e.arrived[peer] = ends[1:]
	}
}

// release tells the broker that this endpoint no longer uses a relayed link.
func (e *Endpoint) release(out uint64) {
	_, _ = e.ask(&frame{kind: requestRelease, body: binary.LittleEndian.AppendUint64(nil, out)}, Forever)
}

// Cancel ends a Receive that is blocked in another goroutine, with
// ErrInterrupted.
func (e *Endpoint) Cancel() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cancel()
	if !e.left {
		e.scope, e.cancel = context.WithCancel(context.Background())
	}
	return nil
}

// Leave closes all links and frees the name.
func (e *Endpoint) Leave() error {
	e.mu.Lock()
	if e.left {
		e.mu.Unlock()
		return nil
	}
	e.collectEnds()
	e.left = true
	e.cancel()
	links := e.links
	e.mu.Unlock()

	e.receiving <- struct{}{} // a blocked Receive has returned
	defer e.receiving.unlock()
	for _, l := range links {
		_ = l.Close()
	}
	for _, ends := range e.arrived {
		for _, c := range ends {
			c.close()
		}
	}
	if e.incoming != nil {
		e.incoming.close()
	}
	if e.watch != nil && e.watched {
		e.watch.close() // an answer may come at any moment
	} else if e.watch != nil {
		e.watch.bye()
	}
	e.requesting.Lock()
	defer e.requesting.Unlock()
	e.control.bye()
	e.waker.close()
	return nil
}
