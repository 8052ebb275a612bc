package messagepassing

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func TestLinkPeerKilled(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	p := join(t, broker, "/p")
	l := link(t, p, "/q")
	h := start(t, "talker", broker.Directory, "/q", "/p", "3")
	h.line(t)
	if err := l.Send([]byte("never read"), Never); err != nil {
		t.Fatal(err)
	}
	h.kill()
	for i := range 3 {
		m, err := l.ReceiveMessage(Forever)
		if err != nil || string(m.Body) != fmt.Sprint(i) {
			t.Fatalf("got %q, %v: want message %d, which was sent before the death", m.Body, err, i)
		}
		if m.Sender.PID != h.cmd.Process.Pid || m.Sender.Name != "/q" || m.Sender.UID != os.Geteuid() {
			t.Errorf("from %v: want /q, process %d", m.Sender, h.cmd.Process.Pid)
		}
	}
	_, err := l.ReceiveMessage(Forever)
	wantError(t, "receive from a killed peer", err, ErrPeerDead)
	wantError(t, "send to a killed peer", l.Send(nil, Forever), ErrPeerDead)

	// The name is free again, and the next link is a new one.
	h = start(t, "talker", broker.Directory, "/q", "/p", "1")
	h.line(t)
	if got := receiveText(t, link(t, p, "/q")); got != "0" {
		t.Errorf("got %q from the second process of that name", got)
	}
}

// A blocked sender learns of its peer's death.
func TestLinkPeerKilledWhileFull(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	l := link(t, join(t, broker, "/p"), "/q")
	h := start(t, "talker", broker.Directory, "/q", "/p", "0")
	h.line(t)
	sending := async(func() error {
		for {
			if err := l.Send(make([]byte, 64<<10), Forever); err != nil {
				return err
			}
		}
	})
	blocked(t, "send to a peer that does not receive", sending)
	h.kill()
	released(t, "send to a killed peer", sending, ErrPeerDead)
}

// talkerRole joins, sends some numbers, prints a line and sleeps.
func talkerRole(args []string) error {
	p, err := Broker{Directory: args[0]}.Join(args[1])
	if err != nil {
		return err
	}
	l, err := p.Link(args[2])
	if err != nil {
		return err
	}
	count, _ := strconv.Atoi(args[3])
	for i := range count {
		if err := l.Send([]byte(fmt.Sprint(i)), Forever); err != nil {
			return err
		}
	}
	fmt.Println("sent")
	time.Sleep(watchdog)
	return nil
}

func TestLinkCancelAndClose(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	p := join(t, broker, "/p")
	l := link(t, p, "/q")
	receive := func() error {
		_, err := l.ReceiveMessage(Forever)
		return err
	}
	for _, c := range []struct {
		end      func() error
		sentinel error
	}{{l.Cancel, ErrInterrupted}, {l.Close, ErrInterrupted}} {
		first, second := async(receive), async(receive)
		blocked(t, "first receive", first)
		blocked(t, "second receive", second)
		if err := c.end(); err != nil {
			t.Fatal(err)
		}
		released(t, "first receive", first, c.sentinel)
		released(t, "second receive", second, c.sentinel)
	}
	wantError(t, "receive on a closed link", receive(), ErrInvalid)

	l = link(t, p, "/q")
	ctx, cancel := context.WithCancel(context.Background())
	receiving := async(func() error {
		_, err := l.ReceiveContext(ctx)
		return err
	})
	blocked(t, "receive", receiving)
	cancel()
	released(t, "receive with an ended context", receiving, ErrInterrupted)
	wantError(t, "send with an ended context", l.SendContext(ctx, nil), ErrInterrupted)
}

// A cancelled or timed-out operation took effect wholly or not at all, also if
// the message is sent in pieces.
func TestLinkCancelIsAllOrNothing(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	a, b := link(t, join(t, broker, "/a"), "/b"), link(t, join(t, broker, "/b"), "/a")
	var sent []uint64
	sending := async(func() error {
		m := make([]byte, 5<<20)
		for i := range uint64(60) {
			binary.LittleEndian.PutUint64(m, i)
			size := len(m)
			if i%3 == 0 {
				size = 100
			}
			err := a.Send(m[:size], Wait(time.Duration(i%5)*time.Millisecond))
			if err == nil {
				sent = append(sent, i)
			} else if !errors.Is(err, ErrTimeout) && !errors.Is(err, ErrFull) {
				return err
			}
		}
		return a.Close()
	})
	var got []uint64
	for {
		m, err := b.ReceiveMessage(Wait(300 * time.Microsecond))
		if errors.Is(err, ErrClosed) || errors.Is(err, ErrPeerDead) {
			break
		}
		if errors.Is(err, ErrTimeout) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, binary.LittleEndian.Uint64(m.Body))
	}
	released(t, "sender", sending, nil)
	if fmt.Sprint(got) != fmt.Sprint(sent) {
		t.Errorf("arrived: %v\naccepted: %v", got, sent)
	}
	t.Logf("%d of 60 accepted", len(sent))
}

// Links remain usable after the broker's death.
func TestLinkOutlivesTheBroker(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	p, q := join(t, broker, "/p"), join(t, broker, "/q")
	pq, qp := link(t, p, "/q"), link(t, q, "/p")
	for _, pid := range brokerPIDs(t, broker) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	eventually(t, "the broker is dead", func() bool { return len(brokerPIDs(t, broker)) == 0 })
	if err := pq.Send([]byte("still here"), Forever); err != nil {
		t.Fatal(err)
	}
	if m, err := q.Receive(Forever); err != nil || string(m.Body) != "still here" {
		t.Errorf("got %q, %v", m.Body, err)
	}
	_, err := p.Link("/r")
	wantError(t, "a new link without a broker", err, ErrPeerDead)
	if err := qp.Send(nil, Never); err != nil {
		t.Error(err)
	}
	join(t, broker, "/p") // a new broker removes what the killed one left
}

func TestLinkLeavesNothing(t *testing.T) {
	broker := testBroker(t)
	before := descriptors(t)
	for range 50 {
		p, q := join(t, broker, "/p"), join(t, broker, "/q")
		pq := link(t, p, "/q")
		qp := link(t, q, "/p")
		receiving := receive(qp)
		if err := pq.Send(nil, Forever); err != nil {
			t.Fatal(err)
		}
		released(t, "receive", receiving, nil)
		link(t, p, "/nobody")
		if err := errors.Join(p.Leave(), q.Leave()); err != nil {
			t.Fatal(err)
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}
