package messagepassing

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"

	"golang.org/x/sys/unix"
)

// A Party is a name that this process holds as long as it lives and has not
// left. Messages of the process bear that name, and other parties reach it by
// that name over links.
type Party struct {
	name    string
	office  Office
	key     []byte // opens further lines
	asking  sync.Mutex
	control *line // one request at a time
	bell    waker
	any     turn // whose turn it is in Receive

	// watch tells when a carried link has something; any's turn. watched: it was
	// asked and has not answered.
	watch   *line
	watched bool

	mu      sync.Mutex
	news    *line                // where the office sends our ends of links; nil to another host
	links   map[string]*Link     // the current one with each peer
	arrived map[string][]carrier // ends of later ones
	seen    map[string]uint32    // ends that have arrived, by peer
	carried int                  // those of them that go through the office
	order   []string             // who is served next in Receive
	era     context.Context      // ends with Cancel and Leave
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
	if err != nil {
		if control != nil {
			control.bye()
		}
		return nil, err
	}
	p := &Party{
		name: name, office: o, key: answer.body, control: control, any: newTurn(),
		links: map[string]*Link{}, arrived: map[string][]carrier{}, seen: map[string]uint32{},
	}
	p.era, p.cancel = context.WithCancel(context.Background())
	if o.Address == "" {
		if p.news, err = p.line(); err == nil {
			err = p.news.write(&frame{kind: requestReady})
		}
	} else {
		p.watch, err = p.line()
	}
	if err != nil {
		control.bye()
		return nil, err
	}
	return p, nil
}

// line makes another line of this party.
func (p *Party) line() (*line, error) {
	l, _, err := p.office.ask(&frame{kind: requestNews, body: p.key})
	if err != nil && l != nil {
		l.bye()
		l = nil
	}
	return l, err
}

// ask makes a request on the control line.
func (p *Party) ask(request *frame, w Wait) (frame, error) {
	p.asking.Lock()
	defer p.asking.Unlock()
	answer, err := p.control.call(context.Background(), request, w, nil)
	if err == nil {
		err = answer.refusal()
	}
	return answer, err
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
		if _, err := p.ask(&frame{kind: requestLink, name: peer, room: seen}, Forever); err != nil {
			return nil, err
		}
		if p.news == nil {
			continue
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
	if ends := p.arrived[peer]; len(ends) > 0 {
		p.links[peer] = newLink(p.name, peer, ends[0])
		p.arrived[peer] = ends[1:]
	}
}

// dismiss tells the office that this party is done with a carried link.
func (p *Party) dismiss(out uint64) {
	_, _ = p.ask(&frame{kind: requestDismiss, body: binary.LittleEndian.AppendUint64(nil, out)}, Forever)
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
	for _, ends := range p.arrived {
		for _, c := range ends {
			c.close()
		}
	}
	if p.news != nil {
		p.news.close()
	}
	if p.watch != nil && p.watched {
		p.watch.close() // an answer may come at any moment
	} else if p.watch != nil {
		p.watch.bye()
	}
	p.asking.Lock()
	defer p.asking.Unlock()
	p.control.bye()
	p.bell.close()
	return nil
}
