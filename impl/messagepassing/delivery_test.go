package messagepassing

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// effort multiplies the repetitions of the longer tests: go test -args -effort 10.
var effort = flag.Int("effort", 1, "multiplies the repetitions of the longer tests")

// kills is how many receivers the death tests kill.
func kills() int { return 100 * *effort }

// killReceivers feeds numbered messages to receivers that are killed at various
// moments. It returns how many were sent and, for each number, how often a
// receiver printed it: the killed ones, and a last one that drains the mailbox.
func killReceivers(t *testing.T, delivery Delivery) (sent int, got []int) {
	t.Helper()
	broker := testBroker(t)
	m := create(t, broker, "/kill", Shape{Capacity: 16, Delivery: delivery})
	stop := make(chan struct{})
	sending := async(func() error {
		for ; ; sent++ {
			select {
			case <-stop:
				return m.Close()
			default:
			}
			b := binary.LittleEndian.AppendUint64(make([]byte, 8), uint64(sent))
			if err := m.Send(b, Forever); err != nil {
				return err
			}
		}
	})
	count := func(h *child) {
		for h.out.Scan() {
			var s, n int
			if k, _ := fmt.Sscan(h.out.Text(), &s, &n); k == 2 {
				for len(got) <= n {
					got = append(got, 0)
				}
				got[n]++
			}
		}
	}
	for i := range kills() {
		h := start(t, "receive", broker.Directory, "/kill")
		h.line(t)
		time.Sleep(time.Duration(i%10) * 300 * time.Microsecond)
		_ = h.cmd.Process.Kill()
		count(h)
		h.kill()
	}
	last := start(t, "receive", broker.Directory, "/kill")
	last.line(t)
	close(stop)
	count(last)
	last.wait(t)
	released(t, "sender", sending, nil)
	return sent, got
}

// A receiver that dies loses at most the message that it was given, which no
// other receiver gets.
func TestReceiversKilledAtMostOnce(t *testing.T) {
	t.Parallel()
	sent, got := killReceivers(t, AtMostOnce)
	if twice := slices.IndexFunc(got, func(n int) bool { return n > 1 }); twice >= 0 {
		t.Errorf("message %d arrived %d times", twice, got[twice])
	}
	lost := sent - len(got)
	for _, n := range got {
		if n == 0 {
			lost++
		}
	}
	if lost > kills() {
		t.Errorf("%d of %d messages lost with %d receivers: at most one each", lost, sent, kills())
	}
	t.Logf("%d messages, %d receivers killed, %d messages lost", sent, kills(), lost)
}

// A message whose receiver dies before it has acknowledged it arrives again:
// none is lost.
func TestReceiversKilledAtLeastOnce(t *testing.T) {
	t.Parallel()
	sent, got := killReceivers(t, AtLeastOnce)
	if lost := slices.Index(got, 0); lost >= 0 || len(got) < sent {
		t.Errorf("message %d of %d lost", max(lost, len(got)), sent)
	}
	again := 0
	for _, n := range got {
		again += n - 1
	}
	t.Logf("%d messages, %d receivers killed, %d deliveries repeated", sent, kills(), again)
}

// A message that was delivered and not acknowledged returns to its place when
// the process dies; after Done or Detach it is gone.
func TestAtLeastOnceKeepsPlace(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/place", Shape{Capacity: 2, Delivery: AtLeastOnce})
	for i := range 2 {
		if err := m.Send(binary.LittleEndian.AppendUint64(make([]byte, 8), uint64(i)), Never); err != nil {
			t.Fatal(err)
		}
	}
	h := start(t, "take", broker.Directory, "/place")
	h.line(t)
	h.kill()
	for i := range 2 {
		got, err := m.ReceiveMessage(Forever)
		if err != nil || got.Body[8] != byte(i) {
			t.Fatalf("got %v, %v: want message %d", got.Body, err, i)
		}
	}
	if err := m.Done(); err != nil {
		t.Fatal(err)
	}
	if err := m.Detach(); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, broker, "/place").ReceiveMessage(Never)
	wantError(t, "receive an acknowledged message", err, ErrEmpty)
}

// takeRole receives one message and does not acknowledge it.
func takeRole(args []string) error {
	m, err := openArgs(args)
	if err != nil {
		return err
	}
	if _, err := m.ReceiveMessage(Forever); err != nil {
		return err
	}
	fmt.Println("received")
	time.Sleep(watchdog)
	return nil
}

// Killed senders block no other process, and of each one a prefix arrives.
func TestSendersKilled(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/senders", Shape{Capacity: 4})
	next := map[uint64]uint64{}
	receiving := async(func() error {
		for {
			got, err := m.ReceiveMessage(Forever)
			if err != nil {
				return err
			}
			s, n := binary.LittleEndian.Uint64(got.Body), binary.LittleEndian.Uint64(got.Body[8:])
			if next[s] != n {
				return fmt.Errorf("sender %d: message %d: want %d", s, n, next[s])
			}
			next[s]++
		}
	})
	for i := range 20 {
		h := start(t, "send", broker.Directory, "/senders", fmt.Sprint(i), "1000000")
		h.line(t)
		time.Sleep(time.Duration(i%5) * time.Millisecond)
		h.kill()
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	released(t, "receiver", receiving, ErrClosed)
	if len(next) == 0 {
		t.Error("nothing arrived from 20 senders")
	}
}

// A request of which only a part arrives has no effect.
func TestPartialRequestHasNoEffect(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/half", Shape{Capacity: 4})
	conn, err := m.attach()
	if err != nil {
		t.Fatal(err)
	}
	whole := (&frame{kind: requestSend, number: conn.number + 1, body: []byte("never said to the end")}).appendHeader(nil)
	if _, err := os.NewFile(uintptr(conn.fd), "line").Write(append(whole, "never"...)); err != nil {
		t.Fatal(err)
	}
	conn.shutdown()
	if err := m.Send([]byte("whole"), Never); err != nil {
		t.Fatal(err)
	}
	if got, err := m.ReceiveMessage(Never); err != nil || string(got.Body) != "whole" {
		t.Errorf("got %q, %v", got.Body, err)
	}
}
