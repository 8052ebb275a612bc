package message

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// MaxFiles is how many descriptors one message may carry (SCM_MAX_FD is 253).
const MaxFiles = 250

// maxMessage bounds what is believed of a length: no message comes near it.
const maxMessage = 64 << 20

// A Conn is one end of the socket. Sending is safe for concurrent use; receiving
// is for one goroutine.
type Conn struct {
	socket *net.UnixConn
	mu     sync.Mutex
}

// NewConn takes over a socket.
func NewConn(socket *os.File) (*Conn, error) {
	conn, err := net.FileConn(socket)
	socket.Close()
	if err != nil {
		return nil, err
	}
	return &Conn{socket: conn.(*net.UnixConn)}, nil
}

// Close closes the socket: the other end reads end-of-file.
func (c *Conn) Close() { c.socket.Close() }

// Send writes one message. The descriptors stay the caller's.
func (c *Conn) Send(message any, fds []int) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	header := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, _, err := c.socket.WriteMsgUnix(header, rights, nil); err != nil {
		return err
	}
	_, err = c.socket.Write(body)
	return err
}

// Receive reads one message into v. The descriptors are the caller's to close,
// also when the error is not nil.
func (c *Conn) Receive(v any) (fds []int, err error) {
	header, rights := make([]byte, 4), make([]byte, unix.CmsgSpace(4*MaxFiles))
	n, oob, flags, _, err := c.socket.ReadMsgUnix(header, rights)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, io.EOF
	}
	if fds, err = unpackRights(rights[:oob]); err != nil {
		return fds, err
	}
	if flags&unix.MSG_CTRUNC != 0 {
		return fds, fmt.Errorf("descriptors were lost: the limit on open files (RLIMIT_NOFILE) is reached; raise it")
	}
	if _, err := io.ReadFull(c.socket, header[n:]); err != nil {
		return fds, err
	}
	size := binary.LittleEndian.Uint32(header)
	if size > maxMessage {
		return fds, fmt.Errorf("a message of %d bytes was announced, at most %d are expected", size, maxMessage)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(c.socket, body); err != nil {
		return fds, err
	}
	return fds, json.Unmarshal(body, v)
}

func unpackRights(control []byte) (fds []int, err error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		got, err := unix.ParseUnixRights(&m)
		if err != nil {
			return fds, err
		}
		fds = append(fds, got...)
	}
	return fds, nil
}

// CloseAll closes descriptors that nothing will use.
func CloseAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
