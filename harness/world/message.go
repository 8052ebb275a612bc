package world

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// The private protocol between the kit and a holder: messages over a unix stream
// socket, each a 32-bit length (little endian), then JSON; descriptors travel
// with the length (SCM_RIGHTS). A request has an ID, which its reply repeats. An
// exit event repeats the ID of the request that started the process.

type operation string

const (
	opSetup     operation = "setup"     // Setup → Setup; the first request
	opStart     operation = "start"     // Start, descriptors → PID, pidfd
	opSignal    operation = "signal"    // Target, Signal
	opThread    operation = "thread"    // Target, Thread: is it one of the target's?
	opList      operation = "list"      // → Live, one pidfd each
	opBaseline  operation = "baseline"  // →
	opLeftovers operation = "leftovers" // → Found, Unseen
	opCut       operation = "cut"       // the line between two hosts →
	opHeal      operation = "heal"      // →
	opFill      operation = "fill"      // the world's /dev/shm →
	opEmpty     operation = "empty"     // →
	opKill      operation = "kill"      // every process of the world, not what it created →
	opClean     operation = "clean"     // and what they created →
	opEnd       operation = "end"       // and the holder →
)

type request struct {
	ID     uint64      `json:"id"`
	Op     operation   `json:"op"`
	Setup  *setup      `json:"setup,omitempty"`
	Start  *start      `json:"start,omitempty"`
	Target uint64      `json:"target,omitempty"` // the ID that started it
	Signal unix.Signal `json:"signal,omitempty"`
	Thread int         `json:"thread,omitempty"` // its id in the world
}

// setup is what a holder must know before anything else.
type setup struct {
	ID        string `json:"id"`
	Dir       string `json:"dir"`
	User      int    `json:"user"`       // of the world's processes
	Drop      bool   `json:"drop"`       // the holder must change to it
	OwnedUser bool   `json:"owned_user"` // no other process of the host has this uid
	Isolated  bool   `json:"isolated"`   // it has namespaces to furnish
	Network   bool   `json:"network"`    // one of them is a network namespace
	TwoHosts  bool   `json:"two_hosts,omitempty"`
	Limits    Limits `json:"limits"`

	// Host are the kit's namespaces, which the holder must not be in.
	Host map[string]string `json:"host,omitempty"`
}

// start is a command, ready to run: nothing in it depends on the kit any more.
type start struct {
	Name   string   `json:"name"`
	Path   string   `json:"path"`
	Args   []string `json:"args"`
	Env    []string `json:"env"`
	Dir    string   `json:"dir"`
	User   int      `json:"user"`
	Far    bool     `json:"far,omitempty"` // on the far host
	Others int      `json:"others"`        // tasks of the same user outside the world, counted by RLIMIT_NPROC
	Files  []int    `json:"files"`         // for each descriptor of the child the index of the one sent; -1: none
}

type reply struct {
	ID      uint64       `json:"id"`
	Failure *failure     `json:"failure,omitempty"`
	PID     int          `json:"pid,omitempty"`
	Items   []Capability `json:"items,omitempty"` // to setup
	Live    []live       `json:"live,omitempty"`
	Found   []Leftover   `json:"found,omitempty"`
	Unseen  []Unseen     `json:"unseen,omitempty"`
	Exit    *Exit        `json:"exit,omitempty"` // an event
}

// live is a process that runs in the world.
type live struct {
	Started uint64 `json:"started,omitempty"` // the ID that started it; 0 for those that others started
	PID     int    `json:"pid"`
	Name    string `json:"name"`
}

// failure is an error on its way to the kit.
type failure struct {
	Doing string        `json:"doing"`
	Errno syscall.Errno `json:"errno,omitempty"`
	Text  string        `json:"text,omitempty"`
}

func (f *failure) Error() string {
	if f.Errno != 0 {
		return f.Doing + ": " + f.Errno.Error()
	}
	return f.Doing + ": " + f.Text
}

// Unwrap makes errors.Is(err, unix.ENOENT) hold across the socket.
func (f *failure) Unwrap() error {
	if f.Errno != 0 {
		return f.Errno
	}
	return nil
}

func failed(doing string, err error) *failure {
	if err == nil {
		return nil
	}
	if errno, ok := err.(syscall.Errno); ok {
		return &failure{Doing: doing, Errno: errno}
	}
	return &failure{Doing: doing, Text: err.Error()}
}

// maxFiles is how many descriptors one message may carry (SCM_MAX_FD is 253).
const maxFiles = 250

// maxMessage bounds what is believed of a length: no message comes near it.
const maxMessage = 64 << 20

// A line is one end of the socket. Sending is safe for concurrent use; receiving
// is for one goroutine.
type line struct {
	conn *net.UnixConn
	mu   sync.Mutex
}

// newLine takes over a socket.
func newLine(socket *os.File) (*line, error) {
	conn, err := net.FileConn(socket)
	socket.Close()
	if err != nil {
		return nil, err
	}
	return &line{conn: conn.(*net.UnixConn)}, nil
}

func (l *line) close() { l.conn.Close() }

func (l *line) send(message any, fds []int) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	header := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, _, err := l.conn.WriteMsgUnix(header, rights, nil); err != nil {
		return err
	}
	_, err = l.conn.Write(body)
	return err
}

// receive reads one message into v. The descriptors are the caller's to close,
// also when the error is not nil.
func (l *line) receive(v any) (fds []int, err error) {
	header, rights := make([]byte, 4), make([]byte, unix.CmsgSpace(4*maxFiles))
	n, oob, flags, _, err := l.conn.ReadMsgUnix(header, rights)
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
	if _, err := io.ReadFull(l.conn, header[n:]); err != nil {
		return fds, err
	}
	size := binary.LittleEndian.Uint32(header)
	if size > maxMessage {
		return fds, fmt.Errorf("a message of %d bytes was announced, at most %d are expected", size, maxMessage)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(l.conn, body); err != nil {
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

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
