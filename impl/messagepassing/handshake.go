package messagepassing

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// dialRemote connects to a broker on another host. Each side proves that it
// knows the key without revealing it (HMAC-SHA256, RFC 2104, over both sides'
// nonces). What follows is neither encrypted nor signed: the network must be
// trusted not to alter it.
func dialRemote(address string, key []byte, by time.Time) (conn *connection, err error) {
	patience := time.Now().Add(remotePatience)
	if by.IsZero() || by.After(patience) {
		by = patience
	}
	fd, err := dialTCP(address, by)
	if err != nil {
		return nil, err
	}
	conn = newConnection(fd)
	conn.remote, conn.abandonAt = &remote{address: address, key: key}, by
	if err := conn.authenticate(); err != nil {
		conn.close()
		return nil, err
	}
	return conn, nil
}

// authenticate proves to the broker that this client knows the key, checks the
// broker's proof, and begins a session.
func (conn *connection) authenticate() error {
	f, mine := conn.remote, identity()
	var nonce [nonceSize]byte
	_, _ = rand.Read(nonce[:]) // never fails
	answer, err := conn.exchange(&frame{kind: requestHello, body: nonce[:]}, nil)
	if err != nil {
		return err
	}
	if len(answer.body) != nonceSize+sha256.Size {
		return fmt.Errorf("%w: the server at %s is not a broker", ErrPermission, f.address)
	}
	theirs, proof := answer.body[:nonceSize], answer.body[nonceSize:]
	if !hmac.Equal(proof, prove(f.key, "broker", nonce[:], theirs)) {
		return fmt.Errorf("%w: the broker at %s has another key", ErrPermission, f.address)
	}
	answer, err = conn.exchange(&frame{kind: requestProve, body: append(prove(f.key, "client", nonce[:], theirs), mine[:]...)}, nil)
	if err == nil {
		err = answer.refusal()
	}
	if err == nil && len(answer.body) != tokenSize {
		err = fmt.Errorf("%w: session token of %d bytes: want %d", ErrIO, len(answer.body), tokenSize)
	}
	copy(f.token[:], answer.body)
	return err
}

const nonceSize = 32

// prove computes the proof that a side ("client" or "broker") knows the key.
func prove(key []byte, side string, client, broker []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(side))
	h.Write(client)
	h.Write(broker)
	return h.Sum(nil)
}

// dialTCP connects before the moment by.
func dialTCP(address string, by time.Time) (fd int, err error) {
	conn, err := (&net.Dialer{Deadline: by}).Dial("tcp", address)
	if err != nil {
		return -1, fmt.Errorf("%w: %w", ErrPeerDead, err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err == nil {
		var dup error
		err = raw.Control(func(c uintptr) { fd, dup = unix.FcntlInt(c, unix.F_DUPFD_CLOEXEC, 0) })
		err = errors.Join(err, dup)
	}
	if err != nil {
		return -1, systemError("connect", err)
	}
	tuneTCP(fd)
	return fd, nil
}

// tuneTCP has small frames sent at once, and a cut connection noticed within
// remoteSilence.
func tuneTCP(fd int) {
	silence := int(remoteSilence / time.Second)
	for _, o := range [...]struct{ level, name, value int }{
		{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, silence / 2},
		{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 1},
		{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, silence / 2},
		{unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(remoteSilence / time.Millisecond)},
	} {
		_ = unix.SetsockoptInt(fd, o.level, o.name, o.value) // if refused, a cut is only noticed later
	}
}
