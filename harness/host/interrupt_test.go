package host

import (
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// sleeper is a mailbox whose receive is one system call that does not return.
type sleeper struct {
	queues
	fd int
}

func (s *sleeper) Create(string, subject.Shape) (subject.Mailbox, error) { return s, nil }

func (s *sleeper) Receive(into []byte, _ subject.Wait) (int, error) {
	_, err := unix.Read(s.fd, into)
	if errors.Is(err, unix.EINTR) {
		return 0, subject.Errorf(subject.Interrupted, "by a signal")
	}
	return 0, err
}

func TestSignalInterruptsTheOperation(t *testing.T) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = unix.Close(pipe[0]), unix.Close(pipe[1]) }()
	l := serve(t, subject.Subject{Mailboxes: &sleeper{fd: pipe[0]}})
	h := l.do(protocol.Request{Op: protocol.OpHello, Protocol: new(0)})
	if !h.Interrupts {
		t.Skip("this architecture's struct sigaction is not known")
	}
	l.do(protocol.Request{Op: protocol.OpMailboxCreate, Object: "m", Name: "/m", Capacity: new(int64(1)), ItemMax: new(int64(8))})
	l.send(protocol.Request{Op: protocol.OpMailboxReceive, Object: "m"})
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if err := unix.Tgkill(os.Getpid(), *h.Thread, unix.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		select {
		case r := <-l.replies:
			if r.Error != subject.Interrupted {
				t.Errorf("%+v", r)
			}
			return
		default: // the signal may have come before the call
		}
	}
	t.Error("the call goes on")
}
