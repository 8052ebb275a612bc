package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A Party is a name that this process holds as long as it lives and has not
// left. Messages of the process bear that name, and other parties reach it by
// that name over links.
type Party struct {
	name    string
	control *line // one request at a time
	asking  sync.Mutex
	news    *line // where the office sends our ends of links
	bell    waker
	any     turn

	mu      sync.Mutex
	links   map[string]*Link  // the current one with each peer
	arrived map[string][]int  // ends of later ones
	seen    map[string]uint32 // ends that have arrived, by peer
	order   []string          // whose turn it is in Receive
	era     context.Context   // ends with Cancel and Leave
	cancel  context.CancelFunc
	orphan  error // why the office sends no more ends
	left    bool
}

// Join takes a name in this user's office. See [Office.Join].
func Join(name string) (*Party, error) { return Office{}.Join(name) }

// Join takes a name, of the same form as a mailbox's, for this process. A second
// process that claims it is refused with ErrExist as long as the first lives and
// has not left. From now on every message of the process bears the name (see
// [Sender]). It starts the office if need be. Errors: ErrExist, ErrInvalid,
// ErrPermission.
func (o Office) Join(name string) (*Party, error) {
	p, err := o.join(name)
	if err != nil {
		return nil, &Error{Op: "join as", Name: name, Err: err}
	}
	return p, nil
}

func (o Office) join(name string) (*Party, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	control, answer, err := o.ask(&frame{kind: requestJoin, name: name})
	if err == nil {
		var news *line
		if news, _, err = o.ask(&frame{kind: requestNews, body: answer.body}); err == nil {
			err = news.write(&frame{kind: requestReady})
		}
		if err == nil {
			p := &Party{
				name: name, control: control, news: news, any: newTurn(),
				links: map[string]*Link{}, arrived: map[string][]int{}, seen: map[string]uint32{},
			}
			p.era, p.cancel = context.WithCancel(context.Background())
			return p, nil
		}
		if news != nil {
			news.bye()
		}
	}
	if control != nil {
		control.bye()
	}
	return nil, err
}

// Name is the name it joined under.
func (p *Party) Name() string { return p.name }

// Link gives the link with the named party, which may join later: what is sent
// before waits for it. There is one link for each pair, whoever asks first; when
// it has ended, by a close or a death that was received here, Link makes the next.
// Errors: ErrInvalid (the name, or a link to oneself), ErrPeerDead (the office),
// ErrNoSpace.
func (p *Party) Link(peer string) (*Link, error) {
	l, err := p.link(peer)
	if err != nil {
		return nil, &Error{Op: p.name + ": link with", Name: peer, Err: err}
	}
	return l, nil
}

func (p *Party) link(peer string) (*Link, error) {
	if err := checkName(peer); err != nil {
		return nil, err
	}
	for {
		p.mu.Lock()
		l, err := p.current(peer)
		seen := p.seen[peer]
		p.mu.Unlock()
		if l != nil || err != nil {
			return l, err
		}
		p.asking.Lock()
		answer, err := p.control.call(context.Background(), &frame{kind: requestLink, name: peer, room: seen}, Forever, nil)
		p.asking.Unlock()
		if err == nil {
			err = answer.refusal()
		}
		if err != nil {
			return nil, err
		}
		// Our end was sent before the answer, and is read next.
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(p.news.fd), Events: unix.POLLIN}}, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return nil, systemError("poll", err)
		}
	}
}

// current gives the living link with a peer, or nil. The caller holds mu.
func (p *Party) current(peer string) (*Link, error) {
	if p.left {
		return nil, errDetached
	}
	p.gather()
	if l := p.links[peer]; l != nil && !l.over() {
		return l, nil
	}
	p.succeed(peer)
	if l := p.links[peer]; l != nil {
		return l, nil
	}
	return nil, p.orphan
}

// succeed drops the link with a peer that is over, and puts the next one that
// has arrived in its place. The caller holds mu.
func (p *Party) succeed(peer string) {
	if l := p.links[peer]; l != nil {
		_ = l.Close()
		delete(p.links, peer)
	}
	if fds := p.arrived[peer]; len(fds) > 0 {
		p.links[peer] = newLink(p.name, peer, newDirect(fds[0]))
		p.arrived[peer] = fds[1:]
	}
}

// gather takes in the ends that the office has sent. If the office has died
// there will be no more; the links that there are go on. The caller holds mu.
func (p *Party) gather() {
	for p.orphan == nil {
		if err := p.gatherOne(); errors.Is(err, unix.EAGAIN) {
			return
		} else if !errors.Is(err, unix.EINTR) {
			p.orphan = err
		}
	}
}

// gatherOne takes in one end. The kernel does not join frames that come with
// descriptors, so that one read gives one frame.
func (p *Party) gatherOne() error {
	var b [headerSize + nameMax + alignment]byte
	oob := make([]byte, unix.CmsgSpace(4))
	n, k, _, _, err := unix.Recvmsg(p.news.fd, b[:], oob, unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	switch {
	case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		return err
	case err != nil:
		return lost("read of new links", err)
	case n == 0:
		return lost("read of new links", unix.ECONNRESET)
	}
	fd, err := oneDescriptor(oob[:k])
	if err != nil {
		return err
	}
	var f frame
	length, size := 0, 0
	if n >= headerSize {
		length, size = f.parseHeader(b[:])
	}
	if n != bodyStart(length) || size != 0 {
		_ = unix.Close(fd)
		return lost("read of new links", errProtocol)
	}
	peer := string(b[headerSize : headerSize+length])
	if p.seen[peer] == 0 {
		p.order = append(p.order, peer)
	}
	p.seen[peer]++
	p.arrived[peer] = append(p.arrived[peer], fd)
	if p.links[peer] == nil {
		p.succeed(peer)
	}
	return nil
}

func oneDescriptor(oob []byte) (fd int, err error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err == nil && len(messages) == 1 {
		var fds []int
		if fds, err = unix.ParseUnixRights(&messages[0]); err == nil && len(fds) == 1 {
			return fds[0], nil
		}
	}
	return -1, fmt.Errorf("%w: a link was offered, but its descriptor did not arrive; raise the limit of open files", ErrNoSpace)
}

// Receive waits for a message from any party: receive(id, message), where id is
// set to the sender's name (Silberschatz, 3.6.1, asymmetric addressing). Parties
// are served in turns. When a peer has died or closed its link, that is said
// once, after all that it had sent: an [Error] with its name that matches
// ErrPeerDead or ErrClosed; the others go on. Errors besides: ErrEmpty,
// ErrTimeout, ErrInterrupted. Do not use it together with Receive on a link of
// this party in another goroutine.
func (p *Party) Receive(w Wait) (Message, error) { return p.receive(context.Background(), w) }

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
		fds := p.descriptors()
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
		if err := p.bell.sleep(ctx, era, fds, deadline, 0); err != nil {
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
		if err != nil {
			p.succeed(peer)
			if errors.Is(err, ErrInvalid) { // we closed it ourselves
				continue
			}
		}
		return m, true, err
	}
	return m, false, nil
}

// descriptors lists what can wake Receive. The caller holds mu.
func (p *Party) descriptors() []unix.PollFd {
	var fds []unix.PollFd
	if p.orphan == nil {
		fds = append(fds, unix.PollFd{Fd: int32(p.news.fd), Events: unix.POLLIN})
	}
	for _, l := range p.links {
		fds = append(fds, unix.PollFd{Fd: int32(l.carrier.descriptor()), Events: unix.POLLIN})
	}
	return fds
}

// Cancel ends a Receive that is blocked in another goroutine, with
// ErrInterrupted.
func (p *Party) Cancel() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel()
	if !p.left {
		p.era, p.cancel = context.WithCancel(context.Background())
	}
	return nil
}

// Leave closes all links and gives the name free.
func (p *Party) Leave() error {
	p.mu.Lock()
	if p.left {
		p.mu.Unlock()
		return nil
	}
	p.gather()
	p.left = true
	p.cancel()
	links := p.links
	p.mu.Unlock()

	p.any <- struct{}{} // whoever was blocked has left
	defer p.any.leave()
	for _, l := range links {
		_ = l.Close()
	}
	for _, fds := range p.arrived {
		for _, fd := range fds {
			_ = newLink(p.name, "", newDirect(fd)).Close()
		}
	}
	p.news.close()
	p.asking.Lock()
	defer p.asking.Unlock()
	p.control.bye()
	p.bell.close()
	return nil
}

// over reports whether nothing more will come over this link. It looks, so that
// one who only sends learns of the end too.
func (l *Link) over() bool {
	if l.isClosed() {
		return true
	}
	if !l.in.try() {
		return false // somebody waits for more
	}
	defer l.in.leave()
	for {
		if _, ok, err := l.next(); ok || err != nil {
			return err != nil
		}
		now := context.Background()
		if _, err := l.fetch(now, now, nil, Never, time.Time{}); errors.Is(err, ErrEmpty) {
			return false
		}
	}
}
