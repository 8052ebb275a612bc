package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// An Exposure lets other hosts reach a broker over TCP.
type Exposure struct {
	connection *connection
	addr       net.Addr
}

// keyMin is the length of the shortest key, in bytes.
const keyMin = 16

// Expose makes this broker reachable at a TCP address such as "10.0.0.1:7000"
// (port 0: any free one) in the network namespace of the caller, for clients
// that know the key (16 to 1024 bytes). It lasts until the Exposure is closed or
// this process ends; the broker, which is started if necessary, lasts as long.
// Clients are authenticated, but nothing is encrypted: use it on a trusted
// network. Errors: ErrInvalid, ErrIO (the address), ErrPermission.
func (broker Broker) Expose(address string, key []byte) (*Exposure, error) {
	e, err := broker.expose(address, key)
	if err != nil {
		return nil, &Error{Op: "expose at", Name: address, Err: err}
	}
	return e, nil
}

func (broker Broker) expose(address string, key []byte) (*Exposure, error) {
	if broker.Address != "" {
		return nil, fmt.Errorf("%w: the broker is on another host", ErrInvalid)
	}
	if len(key) < keyMin || len(key) > bodyMin {
		return nil, fmt.Errorf("%w: a key of %d bytes: want %d to %d", ErrInvalid, len(key), keyMin, bodyMin)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIO, err)
	}
	defer listener.Close()
	conn, _, err := broker.ask(&frame{kind: requestExpose, body: key})
	if err != nil {
		if conn != nil {
			conn.bye()
		}
		return nil, err
	}
	if err := conn.sendListener(listener.(*net.TCPListener)); err != nil {
		conn.close()
		return nil, err
	}
	return &Exposure{connection: conn, addr: listener.Addr()}, nil
}

// sendListener passes the socket to the broker, as one byte that carries a
// descriptor (SCM_RIGHTS, unix(7)), and waits until the broker has it.
func (conn *connection) sendListener(listener *net.TCPListener) error {
	raw, err := listener.SyscallConn()
	if err == nil {
		var sent error
		err = raw.Control(func(fd uintptr) {
			sent = unix.Sendmsg(conn.fd, []byte{0}, unix.UnixRights(int(fd)), nil, unix.MSG_NOSIGNAL)
		})
		err = errors.Join(err, sent)
	}
	if err != nil {
		return systemError("hand over the listening socket", err)
	}
	answer, err := conn.readAnswer(time.Time{}, nil)
	if err != nil {
		return err
	}
	return answer.refusal()
}

// Addr is the address at which other hosts reach the broker.
func (e *Exposure) Addr() net.Addr { return e.addr }

// Close ends the exposure. Connections that were made through it remain.
func (e *Exposure) Close() error {
	_, err := e.connection.call(context.Background(), &frame{kind: requestBye}, Forever, nil)
	e.connection.close()
	return err
}
