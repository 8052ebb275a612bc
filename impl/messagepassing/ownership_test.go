package messagepassing

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// The owner's death deletes its mailbox, and blocked operations fail.
func TestOwnersEndDeletes(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	h := start(t, "hold", broker.Directory, "/owned", "4")
	h.line(t)
	m := open(t, broker, "/owned")
	_, err := m.ReceiveMessage(Never)
	wantError(t, "receive by a process that is not the owner", err, ErrPermission)
	for range 4 {
		if err := m.Send(nil, Never); err != nil {
			t.Fatal(err)
		}
	}
	sending := async(func() error { return m.Send(nil, Forever) })
	blocked(t, "send to a full mailbox", sending)
	h.kill()
	released(t, "send to a mailbox whose owner was killed", sending, ErrClosed)
	_, err = broker.Open("/owned")
	wantError(t, "open after the owner's death", err, ErrNotExist)
	wantError(t, "send after the owner's death", m.Send(nil, Never), ErrClosed)
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/handed", Shape{Capacity: 4, Owned: true})
	wantError(t, "hand over to a process that has not opened it", m.HandOver(1), ErrNotExist)
	h := start(t, "heir", broker.Directory, "/handed")
	var pid int
	fmt.Sscan(h.line(t), &pid)

	receiving := receive(m)
	blocked(t, "receive by the first owner", receiving)
	if err := m.HandOver(pid); err != nil {
		t.Fatal(err)
	}
	released(t, "receive by the former owner", receiving, ErrPermission)
	wantError(t, "hand over by the former owner", m.HandOver(os.Getpid()), ErrPermission)
	if err := m.Send([]byte("to the heir"), Never); err != nil {
		t.Fatal(err)
	}
	if got := h.line(t); got != "to the heir" {
		t.Errorf("the heir got %q", got)
	}
	sending := async(func() error {
		for {
			if err := m.Send(nil, Forever); err != nil {
				return err
			}
		}
	})
	blocked(t, "send", sending)
	h.kill()
	released(t, "send after the new owner's death", sending, ErrClosed)

	plain := create(t, broker, "/plain", Shape{Capacity: 1})
	wantError(t, "hand over a mailbox without an owner", plain.HandOver(os.Getpid()), ErrInvalid)
}

// heirRole opens the mailbox and prints its process id, tries to receive until
// it is the owner, and prints one message.
func heirRole(args []string) error {
	m, err := openArgs(args)
	if err != nil {
		return err
	}
	fmt.Println(os.Getpid())
	for {
		got, err := m.ReceiveMessage(Forever)
		if err == nil {
			fmt.Println(string(got.Body))
			time.Sleep(watchdog)
			return nil
		}
	}
}
