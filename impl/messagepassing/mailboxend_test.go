package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestUnlink(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	_, err := broker.Open("/gone")
	wantError(t, "open before creation", err, ErrNotExist)
	wantError(t, "unlink before creation", broker.Unlink("/gone"), ErrNotExist)
	m := create(t, broker, "/gone", Shape{Capacity: 1})
	if err := m.Send([]byte("left"), Never); err != nil {
		t.Fatal(err)
	}
	done := async(func() error { return m.Send(nil, Forever) })
	blocked(t, "send to a full mailbox", done)
	if err := broker.Unlink("/gone"); err != nil {
		t.Fatal(err)
	}
	released(t, "send to a deleted mailbox", done, ErrClosed)
	_, err = broker.Open("/gone")
	wantError(t, "open after deletion", err, ErrNotExist)
	wantError(t, "unlink twice", broker.Unlink("/gone"), ErrNotExist)

	other := create(t, broker, "/gone", Shape{Capacity: 3})
	_, err = other.ReceiveMessage(Never)
	wantError(t, "receive from the new mailbox", err, ErrEmpty)
	if got, err := m.ReceiveMessage(Forever); err != nil || string(got.Body) != "left" {
		t.Errorf("got %q, %v: want what was left", got.Body, err)
	}
	_, err = m.ReceiveMessage(Forever)
	wantError(t, "receive from the old one", err, ErrClosed)
}

func TestNothingIsLeftBehind(t *testing.T) {
	broker := testBroker(t)
	before := descriptors(t)
	m, err := broker.Create("/left", Shape{Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []func() error{m.Detach, func() error { return broker.Unlink("/left") }} {
		if left, _ := os.ReadDir(broker.Directory); len(left) != 1 {
			t.Errorf("%d entries while the mailbox exists: want the broker's directory", len(left))
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(broker.Directory); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
	wantError(t, "send after detaching", m.Send(nil, Never), ErrInvalid)
}

func TestClose(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/close", Shape{Capacity: 1})
	if err := m.Send([]byte("last"), Never); err != nil {
		t.Fatal(err)
	}
	sending := async(func() error { return m.Send(nil, Forever) })
	blocked(t, "send to a full mailbox", sending)
	if err := errors.Join(m.Close(), m.Close()); err != nil {
		t.Fatal(err)
	}
	released(t, "blocked send", sending, ErrClosed)
	wantError(t, "send after close", m.Send(nil, Forever), ErrClosed)
	if got, err := m.ReceiveMessage(Forever); err != nil || string(got.Body) != "last" {
		t.Errorf("got %q, %v: want what was inside", got.Body, err)
	}
	_, err := m.ReceiveMessage(Forever)
	wantError(t, "receive from a closed mailbox", err, ErrClosed)

	e := create(t, broker, "/closeempty", Shape{Capacity: 1})
	receiving := receive(e)
	blocked(t, "receive from an empty mailbox", receiving)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	released(t, "blocked receive", receiving, ErrClosed)
}

func TestCancelAndContext(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/cancel", Shape{Capacity: 1})
	receiving := receive(m)
	blocked(t, "receive", receiving)
	if err := m.Cancel(); err != nil {
		t.Fatal(err)
	}
	released(t, "cancelled receive", receiving, ErrInterrupted)

	ctx, cancel := context.WithCancel(context.Background())
	receiving = async(func() error {
		_, err := m.ReceiveContext(ctx)
		return err
	})
	blocked(t, "receive", receiving)
	cancel()
	released(t, "receive with an ended context", receiving, ErrInterrupted)
	wantError(t, "send with an ended context", m.SendContext(ctx, nil, 0), ErrInterrupted)

	ctx, cancel = context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := m.ReceiveContext(ctx)
	wantError(t, "receive with a deadline", err, ErrTimeout)

	if err := m.Send([]byte("after"), Never); err != nil {
		t.Fatal(err)
	}
	if got, err := m.ReceiveMessage(Never); err != nil || string(got.Body) != "after" {
		t.Errorf("got %q, %v: want the mailbox as before", got.Body, err)
	}
}

// A cancelled operation took effect wholly or not at all: the messages that were
// accepted are those that arrive.
func TestCancelIsAllOrNothing(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/race", Shape{Capacity: 2})
	const count = 300
	var sent []byte
	sending := async(func() error {
		for i := range count {
			err := m.Send([]byte{byte(i), byte(i >> 8)}, Wait(time.Duration(i%5)*100*time.Microsecond))
			switch {
			case err == nil:
				sent = append(sent, byte(i), byte(i>>8))
			case !errors.Is(err, ErrTimeout) && !errors.Is(err, ErrFull) && !errors.Is(err, ErrInterrupted):
				return err
			}
			if i%7 == 0 {
				_ = m.Cancel()
			}
		}
		return m.Close()
	})
	var got []byte
	for {
		r, err := m.ReceiveMessage(Wait(150 * time.Microsecond))
		if errors.Is(err, ErrClosed) {
			break
		}
		if err != nil && !errors.Is(err, ErrTimeout) && !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		got = append(got, r.Body...)
	}
	released(t, "sender", sending, nil)
	if !slices.Equal(got, sent) {
		t.Errorf("%d messages arrived, %d were accepted", len(got)/2, len(sent)/2)
	}
}

func TestDetachReleases(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/detach", Shape{Capacity: 1})
	receiving := receive(m)
	blocked(t, "receive", receiving)
	if err := m.Detach(); err != nil {
		t.Fatal(err)
	}
	released(t, "receive on a detached handle", receiving, ErrInvalid)
}

// The broker's death is an error to its clients, and the next broker starts
// clean.
func TestBrokerKilled(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m, err := broker.Create("/killed", Shape{Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Detach()
	receiving := receive(m)
	blocked(t, "receive", receiving)
	pids := brokerPIDs(t, broker)
	if len(pids) != 1 {
		t.Fatalf("brokers %v: want one", pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	released(t, "receive from a killed broker", receiving, ErrPeerDead)
	wantError(t, "send to a killed broker", m.Send(nil, Forever), ErrPeerDead)
	_, err = broker.Open("/killed")
	wantError(t, "open at a killed broker", err, ErrNotExist)
	if left, _ := os.ReadDir(broker.Directory); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	again := create(t, broker, "/killed", Shape{Capacity: 1})
	if err := again.Send(nil, Never); err != nil {
		t.Error(err)
	}
	wantError(t, "send on the handle of the killed broker", m.Send(nil, Never), ErrPeerDead)
}

// Clients that need a broker at the same time get the same one.
func TestStampede(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	for range 20 {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				name := fmt.Sprintf("/s%d", i)
				m, err := broker.Create(name, Shape{Capacity: 1})
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(m.Send(nil, Never), broker.Unlink(name), m.Detach()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}
