package messagepassing

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// A session is what the broker knows of a client on another host, besides what
// every peer has. It outlives the connection for a while: see far.
type session struct {
	key      []byte // what the client must prove to know
	host     string
	nonces   [2][nonceSize]byte // the client's, the broker's
	greeted  bool
	proved   bool
	used     bool            // it has made a request; before that there is nothing to resume
	identity [tokenSize]byte // of the client's process
	token    [tokenSize]byte

	last     *frame    // the last answer, to be repeated
	given    *message  // in the last answer
	givenBox *box      // where it came from
	expires  time.Time // while there is no connection; zero otherwise
}

// admit handles requests of a client on another host that has not proved itself,
// and those about its session. It says whether the request was one of these.
func (c *client) authenticate(f *frame) (handled bool, err error) {
	v := c.session
	switch {
	case f.kind == requestHello && !v.greeted && len(f.body) == nonceSize:
		v.greeted = true
		copy(v.nonces[0][:], f.body)
		_, _ = rand.Read(v.nonces[1][:]) // never fails
		proof := prove(v.key, "broker", v.nonces[0][:], v.nonces[1][:])
		c.answer(append(v.nonces[1][:nonceSize:nonceSize], proof...), nil)
		return true, nil
	case f.kind == requestProve && v.greeted && !v.proved && len(f.body) == sha256.Size+tokenSize:
		if !hmac.Equal(f.body[:sha256.Size], prove(v.key, "client", v.nonces[0][:], v.nonces[1][:])) {
			return true, fmt.Errorf("%w: a wrong key", ErrPermission)
		}
		v.proved = true
		copy(v.identity[:], f.body[sha256.Size:])
		c.server.sessions.begin(c)
		c.answer(v.token[:], nil)
		return true, nil
	case !v.proved:
		return true, fmt.Errorf("%w: request %d of one who has not proved to know the key", ErrPermission, f.kind)
	case f.kind == requestResume && len(f.body) == tokenSize:
		c.server.resume(c, [tokenSize]byte(f.body), f.priority, f.pid)
		return true, nil
	case f.kind == requestExpose:
		return true, fmt.Errorf("%w: exposing from another host", ErrPermission)
	}
	v.used = true
	return false, nil
}

// suspend keeps a client whose line is cut. What it waits for is withdrawn; it
// will ask again.
func (s *server) suspend(c *client) {
	if c.waiting != nil {
		c.waiting.waits.withdraw(c.waiting, nil)
		c.waiting = nil
	}
	if c.member != nil && c.member.watching == c {
		c.member.watching = nil
	}
	delete(s.clients, c.fd)
	_ = unix.Close(c.fd)
	c.fd, c.dead, c.busy, c.wantsWrite, c.out = -1, true, false, false, nil
	c.session.expires = time.Now().Add(remoteLease)
}

// resume lets a client go on with its session over the connection of newcomer.
// got is the last answer that reached it, pending the request it waits for.
func (s *server) resume(newcomer *client, token [tokenSize]byte, got, pending uint32) {
	c := s.sessions.byToken[token]
	if c == nil || c == newcomer || c.session.identity != newcomer.session.identity {
		newcomer.answer(nil, ErrNotExist)
		return
	}
	if c.fd >= 0 { // the broker has not noticed the cut
		s.suspend(c)
	}
	delete(s.sessions.byToken, newcomer.session.token)
	c.fd, newcomer.fd, newcomer.dead = newcomer.fd, -1, true
	s.clients[c.fd] = c
	c.dead, c.session.expires = false, time.Time{}
	c.decoder = decoder{bodyMax: c.decoder.bodyMax}
	last := c.session.last
	if last != nil && last.number == pending {
		// In place of an answer to the resumption, not after it: clients read
		// one answer at a time.
		repeated := *last
		repeated.flags |= flagRepeated
		c.send(&repeated)
		return
	}
	if last != nil && last.number > got {
		c.undoReceive() // it gave up waiting for that answer
	}
	c.send(&frame{number: newcomer.number})
}

// takeBack undoes a receive whose answer did not reach the client.
func (c *client) undoReceive() {
	v := c.session
	v.last = nil
	if v.given != nil {
		m, b := v.given, v.givenBox
		v.given, v.givenBox = nil, nil
		c.releaseHeld()
		b.giveBack(m)
	}
}

// endSession forgets a client on another host, as if its process had died.
func (s *server) endSession(c *client) {
	delete(s.sessions.byToken, c.session.token)
	c.leave()
	s.sessions.forget(c.session.identity)
}
