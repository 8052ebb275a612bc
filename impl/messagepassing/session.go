package messagepassing

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// A session is what the broker knows of a client on another host beyond its
// connection, which the session outlives for a while (see remote).
type session struct {
	key      []byte // that the client must prove to know
	host     string
	nonces   [2][nonceSize]byte // the client's, the broker's
	greeted  bool
	proved   bool
	used     bool            // it has made a request, so there is something to resume
	identity [tokenSize]byte // of the client's process
	token    [tokenSize]byte

	last     *frame    // the last answer, to be repeated if necessary
	given    *message  // the message in the last answer
	givenBox *box      // the mailbox that it came from
	expires  time.Time // set while there is no connection
}

// authenticate handles the requests of the handshake and those about the
// session, and refuses all others until the client has proved that it knows the
// key. It reports whether it handled the request.
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
		return true, fmt.Errorf("%w: request %d before the client proved that it knows the key", ErrPermission, f.kind)
	case f.kind == requestResume && len(f.body) == tokenSize:
		c.server.resume(c, [tokenSize]byte(f.body), f.priority, f.pid)
		return true, nil
	case f.kind == requestExpose:
		return true, fmt.Errorf("%w: exposing from another host", ErrPermission)
	}
	v.used = true
	return false, nil
}

// suspend keeps the session of a client whose connection is cut. Its waiting
// request is withdrawn; the client will repeat it.
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

// resume continues a session over the connection of newcomer. got is the number
// of the last answer that the client received, pending that of its unanswered
// request.
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
		c.undoReceive() // the client gave up waiting for that answer
	}
	c.send(&frame{number: newcomer.number})
}

// undoReceive undoes a receive whose answer did not reach the client.
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

// endSession ends the session as if the client's process had died.
func (s *server) endSession(c *client) {
	delete(s.sessions.byToken, c.session.token)
	c.leave()
	s.sessions.forget(c.session.identity)
}
