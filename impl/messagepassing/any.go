package messagepassing

import (
	"context"
	"errors"
	"math"
	"time"

	"golang.org/x/sys/unix"
)

var noContext = context.Background()

// Receive waits for a message from any party: receive(id, message), where id is
// set to the sender's name (Silberschatz, 3.6.1, asymmetric addressing). Parties
// are served in turns. When a peer has died or closed its link, that is said
// once, after all that it had sent: an [Error] with its name that matches
// ErrPeerDead or ErrClosed; the others go on. Errors besides: ErrEmpty,
// ErrTimeout, ErrInterrupted. Do not use it together with Receive on a link of
// this party in another goroutine.
func (p *Party) Receive(w Wait) (Message, error) { return p.receive(noContext, w) }

// ReceiveContext is Receive that also ends when ctx does.
func (p *Party) ReceiveContext(ctx context.Context) (Message, error) { return p.receive(ctx, Forever) }

func (p *Party) receive(ctx context.Context, w Wait) (Message, error) {
	fail := func(err error) (Message, error) {
		return Message{}, &Error{Op: "receive as", Name: p.name, Err: err}
	}
	if err := contextError(ctx); err != nil {
		return fail(err)
	}
	p.mu.Lock()
	era := p.era
	p.mu.Unlock()
	deadline := w.deadline()
	if err := p.any.enter(ctx, era, w, deadline, ErrEmpty); err != nil {
		return fail(err)
	}
	defer p.any.leave()
	for {
		p.mu.Lock()
		m, found, err := p.poll()
		left := p.left
		p.mu.Unlock()
		switch {
		case left:
			return fail(errDetached)
		case found:
			return m, err
		case w == Never:
			return fail(ErrEmpty)
		}
		if err := p.sleep(ctx, era, deadline); err != nil {
			return fail(err)
		}
	}
}

// poll takes a message from the first link in turn that has one, or the news
// that a link is over. The caller holds mu.
func (p *Party) poll() (m Message, found bool, err error) {
	if p.left {
		return m, false, nil
	}
	p.gather()
	if p.orphan != nil && len(p.links) == 0 {
		return m, true, &Error{Op: "receive as", Name: p.name, Err: p.orphan}
	}
	for i, peer := range p.order {
		l := p.links[peer]
		if l == nil {
			continue
		}
		m, err := l.ReceiveMessage(Never)
		if errors.Is(err, ErrEmpty) {
			continue
		}
		p.order = append(append(p.order[:i:i], p.order[i+1:]...), peer)
		if err != nil && !errors.Is(err, ErrTimeout) { // a cut line, which may be mended
			p.succeed(peer)
			if errors.Is(err, ErrInvalid) { // we closed it ourselves
				continue
			}
		}
		return m, true, err
	}
	return m, false, nil
}

// sleep waits until a link may have something, or a new one may have come.
func (p *Party) sleep(ctx, era context.Context, deadline time.Time) error {
	if p.news == nil {
		return p.sleepFar(ctx, era, deadline)
	}
	fds, carried := p.descriptors() // with room for two more
	if carried && !p.watched {
		if err := p.startWatching(); err != nil {
			return err
		}
	}
	if p.watched {
		fds = append(fds, unix.PollFd{Fd: int32(p.watch.fd), Events: unix.POLLIN})
	}
	if err := p.bell.sleep(ctx, era, fds, deadline, 0); err != nil {
		return err
	}
	if p.watched && fds[len(fds)-1].Revents != 0 {
		p.watched = false
		_, err := p.watch.await(time.Time{}, nil)
		return err
	}
	return nil
}

// startWatching asks the office to say when a carried link has something.
func (p *Party) startWatching() (err error) {
	if p.watch == nil {
		if p.watch, err = p.line(); err != nil {
			return err
		}
	}
	request := &frame{kind: requestWatch, room: math.MaxUint32}
	p.watch.begin(request)
	p.watched = true
	return p.watch.ask(request)
}

// sleepFar leaves the waiting to the office on the other host.
func (p *Party) sleepFar(ctx, era context.Context, deadline time.Time) error {
	both, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(era, cancel)()
	w := Forever
	if !deadline.IsZero() {
		w = Wait(max(1, time.Until(deadline)))
	}
	p.mu.Lock()
	known := p.carried
	p.mu.Unlock()
	answer, err := p.watch.call(both, &frame{kind: requestWatch, room: uint32(known)}, w, nil)
	if err == nil {
		err = answer.refusal()
	}
	if errors.Is(err, ErrInterrupted) {
		switch ended := contextError(ctx); {
		case p.watch.expired:
			err = ErrTimeout
		case ended != nil:
			err = ended
		}
	}
	return err
}

// descriptors lists what can wake Receive, and tells whether there are links
// besides that have no descriptor.
func (p *Party) descriptors() (fds []unix.PollFd, carried bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fds = make([]unix.PollFd, 0, len(p.links)+3)
	if p.orphan == nil {
		fds = append(fds, unix.PollFd{Fd: int32(p.news.fd), Events: unix.POLLIN})
	}
	for _, l := range p.links {
		if fd := l.carrier.descriptor(); fd >= 0 {
			fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
		} else {
			carried = true
		}
	}
	return fds, carried
}
