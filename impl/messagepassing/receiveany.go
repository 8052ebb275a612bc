package messagepassing

import (
	"context"
	"errors"
	"math"
	"time"

	"golang.org/x/sys/unix"
)

var noContext = context.Background()

// Receive waits for a message from any linked endpoint: receive(id, message),
// where id is set to the sender's name (Silberschatz, Galvin, Gagne, 3.6.1,
// asymmetric addressing). Links take turns, so that a busy peer does not starve
// the others. The death of a peer, or its close of the link, is reported once,
// after everything that it sent: an [Error] with the peer's name that matches
// ErrPeerDead or ErrClosed. The other links remain usable.
//
// Errors: ErrEmpty, ErrTimeout, ErrInterrupted, ErrPeerDead, ErrClosed. A link
// of this endpoint must not be received from in another goroutine meanwhile.
func (e *Endpoint) Receive(w Wait) (Message, error) { return e.receive(noContext, w) }

// ReceiveContext is Receive that also ends when ctx does.
func (e *Endpoint) ReceiveContext(ctx context.Context) (Message, error) {
	return e.receive(ctx, Forever)
}

func (e *Endpoint) receive(ctx context.Context, w Wait) (Message, error) {
	fail := func(err error) (Message, error) {
		return Message{}, &Error{Op: "receive as", Name: e.name, Err: err}
	}
	if err := contextError(ctx); err != nil {
		return fail(err)
	}
	e.mu.Lock()
	scope := e.scope
	e.mu.Unlock()
	deadline := w.deadline()
	if err := e.receiving.lock(ctx, scope, w, deadline, ErrEmpty); err != nil {
		return fail(err)
	}
	defer e.receiving.unlock()
	for {
		e.mu.Lock()
		m, found, err := e.poll()
		left := e.left
		e.mu.Unlock()
		switch {
		case left:
			return fail(errDetached)
		case found:
			return m, err
		case w == Never:
			return fail(ErrEmpty)
		}
		if err := e.await(ctx, scope, deadline); err != nil {
			return fail(err)
		}
	}
}

// poll takes a message from the first link in turn that has one, or reports the
// end of a link. The caller holds mu.
func (e *Endpoint) poll() (m Message, found bool, err error) {
	if e.left {
		return m, false, nil
	}
	e.collectEnds()
	if e.brokerErr != nil && len(e.links) == 0 {
		return m, true, &Error{Op: "receive as", Name: e.name, Err: e.brokerErr}
	}
	for i, peer := range e.order {
		l := e.links[peer]
		if l == nil {
			continue
		}
		m, err := l.ReceiveMessage(Never)
		if errors.Is(err, ErrEmpty) {
			continue
		}
		e.order = append(append(e.order[:i:i], e.order[i+1:]...), peer)
		if err != nil && !errors.Is(err, ErrTimeout) { // a cut connection can be re-established
			e.replaceLink(peer)
			if errors.Is(err, ErrInvalid) { // closed on this side
				continue
			}
		}
		return m, true, err
	}
	return m, false, nil
}

// await waits until a link may have a message or a new link may have arrived.
func (e *Endpoint) await(ctx, scope context.Context, deadline time.Time) error {
	if e.incoming == nil {
		return e.awaitRemote(ctx, scope, deadline)
	}
	fds, relayed := e.descriptors() // has capacity for two more
	if relayed && !e.watched {
		if err := e.startWatching(); err != nil {
			return err
		}
	}
	if e.watched {
		fds = append(fds, unix.PollFd{Fd: int32(e.watch.fd), Events: unix.POLLIN})
	}
	if err := e.waker.sleep(ctx, scope, fds, deadline, 0); err != nil {
		return err
	}
	if e.watched && fds[len(fds)-1].Revents != 0 {
		e.watched = false
		_, err := e.watch.readAnswer(time.Time{}, nil)
		return err
	}
	return nil
}

// startWatching asks the broker to answer when a relayed link has a message.
func (e *Endpoint) startWatching() (err error) {
	if e.watch == nil {
		if e.watch, err = e.connect(); err != nil {
			return err
		}
	}
	request := &frame{kind: requestWatch, room: math.MaxUint32}
	e.watch.begin(request)
	e.watched = true
	return e.watch.ask(request)
}

// awaitRemote has the broker on the other host do the waiting.
func (e *Endpoint) awaitRemote(ctx, scope context.Context, deadline time.Time) error {
	both, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(scope, cancel)()
	w := Forever
	if !deadline.IsZero() {
		w = Wait(max(1, time.Until(deadline)))
	}
	e.mu.Lock()
	known := e.relayed
	e.mu.Unlock()
	answer, err := e.watch.call(both, &frame{kind: requestWatch, room: uint32(known)}, w, nil)
	if err == nil {
		err = answer.refusal()
	}
	if errors.Is(err, ErrInterrupted) {
		switch ended := contextError(ctx); {
		case e.watch.expired:
			err = ErrTimeout
		case ended != nil:
			err = ended
		}
	}
	return err
}

// descriptors returns what can wake Receive, and whether there are relayed
// links, which have no descriptor.
func (e *Endpoint) descriptors() (fds []unix.PollFd, relayed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	fds = make([]unix.PollFd, 0, len(e.links)+3)
	if e.brokerErr == nil {
		fds = append(fds, unix.PollFd{Fd: int32(e.incoming.fd), Events: unix.POLLIN})
	}
	for _, l := range e.links {
		if fd := l.transport.descriptor(); fd >= 0 {
			fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
		} else {
			relayed = true
		}
	}
	return fds, relayed
}
