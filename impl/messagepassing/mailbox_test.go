package messagepassing

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// create makes a mailbox that is deleted when the test ends.
func create(t testing.TB, broker Broker, name string, shape Shape) *Mailbox {
	t.Helper()
	m, err := broker.Create(name, shape)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = broker.Unlink(name)
		_ = m.Detach()
	})
	return m
}

func open(t testing.TB, broker Broker, name string) *Mailbox {
	t.Helper()
	m, err := broker.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Detach() })
	return m
}

func wantError(t testing.TB, what string, got, sentinel error) {
	t.Helper()
	if !errors.Is(got, sentinel) {
		t.Errorf("%s: got %v, want %v", what, got, sentinel)
	}
}

// blocked checks that the operation does not return for a while.
func blocked(t testing.TB, what string, done <-chan error) {
	t.Helper()
	select {
	case err := <-done:
		t.Fatalf("%s: returned %v, want it to block", what, err)
	case <-time.After(30 * time.Millisecond):
	}
}

func released(t testing.TB, what string, done <-chan error, sentinel error) {
	t.Helper()
	select {
	case err := <-done:
		if !errors.Is(err, sentinel) {
			t.Fatalf("%s: got %v, want %v", what, err, sentinel)
		}
	case <-time.After(watchdog):
		t.Fatalf("%s: still blocked after %v", what, watchdog)
	}
}

func async(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

// receive receives a message from a mailbox or a link in a goroutine.
func receive(from interface{ ReceiveMessage(Wait) (Message, error) }) <-chan error {
	return async(func() error {
		_, err := from.ReceiveMessage(Forever)
		return err
	})
}

// receiveAny receives a message from any link of an endpoint in a goroutine.
func receiveAny(e *Endpoint) <-chan error {
	return async(func() error {
		_, err := e.Receive(Forever)
		return err
	})
}

func TestOrderContentAndBoundaries(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/order", Shape{Capacity: Unbounded, MessageMax: 1 << 20})
	r := open(t, broker, "/order")
	rng := rand.New(rand.NewPCG(1, 2))
	var sent [][]byte
	for _, size := range []int{0, 1, 0, 31, 32, 33, 1024, 4063, 4064, 4065, 65535, 65536, 65537, 1 << 20, 0, 7} {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(rng.Uint32()) * byte(i&1) // includes zeros
		}
		sent = append(sent, bytes.Clone(b))
		if err := m.Send(b, Forever); err != nil {
			t.Fatal(err)
		}
		clear(b) // the broker has its own copy
	}
	into := make([]byte, 1<<20)
	for i, b := range sent {
		if i%2 == 0 {
			n, err := r.Receive(into, Never)
			if err != nil || !bytes.Equal(into[:n], b) {
				t.Fatalf("message %d: %d bytes, %v: want the %d that were sent", i, n, err, len(b))
			}
			continue
		}
		got, err := r.ReceiveMessage(Never)
		if err != nil || !bytes.Equal(got.Body, b) {
			t.Fatalf("message %d: %d bytes, %v: want the %d that were sent", i, len(got.Body), err, len(b))
		}
		if got.Sender.PID != os.Getpid() || got.Sender.UID != os.Geteuid() || got.Priority != 0 {
			t.Errorf("message %d: from %v with priority %d", i, got.Sender, got.Priority)
		}
	}
	_, err := r.Receive(into, Never)
	wantError(t, "receive from an empty mailbox", err, ErrEmpty)
}

func TestSixteenMiB(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/large", Shape{Capacity: 1, MessageMax: 16 << 20})
	b := bytes.Repeat([]byte("0123456789abcde"), 16<<20/15+1)[:16<<20]
	if err := m.Send(b, Forever); err != nil {
		t.Fatal(err)
	}
	into := make([]byte, 16<<20)
	if n, err := m.Receive(into, Forever); err != nil || !bytes.Equal(into[:n], b) {
		t.Fatalf("%d bytes, %v", n, err)
	}
	wantError(t, "send a message that is too large", m.Send(append(b, 0), Never), ErrTooLarge)
}

func TestCapacityIsExact(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	for _, capacity := range []int{1, 2, 7} {
		m := create(t, broker, fmt.Sprintf("/c%d", capacity), Shape{Capacity: capacity})
		for i := range capacity {
			if err := m.Send([]byte{byte(i)}, Never); err != nil {
				t.Fatalf("message %d of %d: %v", i, capacity, err)
			}
		}
		wantError(t, "send to a full mailbox", m.Send(nil, Never), ErrFull)
		began := time.Now()
		wantError(t, "send with a limit to a full mailbox", m.Send(nil, Wait(20*time.Millisecond)), ErrTimeout)
		if waited := time.Since(began); waited < 20*time.Millisecond {
			t.Errorf("gave up after %v: want at least 20ms", waited)
		}
		done := async(func() error { return m.Send([]byte{byte(capacity)}, Forever) })
		blocked(t, "send to a full mailbox", done)
		for i := range capacity + 1 {
			got, err := m.ReceiveMessage(Forever)
			if err != nil || len(got.Body) != 1 || got.Body[0] != byte(i) {
				t.Fatalf("got %v, %v: want %d", got.Body, err, i)
			}
		}
		released(t, "send to a full mailbox", done, nil)
		_, err := m.ReceiveMessage(Wait(time.Millisecond))
		wantError(t, "receive with a limit", err, ErrTimeout)
	}
}

func TestReceiverFirst(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/first", Shape{Capacity: 1})
	done := receive(m)
	blocked(t, "receive from an empty mailbox", done)
	if err := m.Send([]byte("x"), Never); err != nil {
		t.Fatal(err)
	}
	released(t, "receive", done, nil)
}

func TestSmallBufferLeavesTheMessage(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/small", Shape{Capacity: 2})
	if err := m.Send([]byte("four"), Never); err != nil {
		t.Fatal(err)
	}
	into := make([]byte, 3, 64)
	_, err := m.Receive(into, Never)
	wantError(t, "receive into 3 bytes", err, ErrTooLarge)
	n, err := m.Receive(into[:4], Never)
	if err != nil || string(into[:n]) != "four" {
		t.Errorf("got %q, %v: want the message that stayed", into[:n], err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	for _, name := range []string{"", "/", "orders", "/a/b", "//a", "/.", "/..", "/a\x00", "/" + strings.Repeat("n", 255)} {
		_, err := broker.Create(name, Shape{Capacity: 1})
		wantError(t, fmt.Sprintf("create %.20q", name), err, ErrInvalid)
		_, err = broker.Open(name)
		wantError(t, fmt.Sprintf("open %.20q", name), err, ErrInvalid)
		wantError(t, fmt.Sprintf("unlink %.20q", name), broker.Unlink(name), ErrInvalid)
	}
	for _, name := range []string{"/a", "/ünïcode", "/...", "/ ", "/" + strings.Repeat("n", 254)} {
		m := create(t, broker, name, Shape{Capacity: 1})
		_, err := broker.Create(name, Shape{Capacity: 1})
		wantError(t, "create again", err, ErrExist)
		if m.Name() != name {
			t.Errorf("name %q: want %q", m.Name(), name)
		}
	}
	for _, shape := range []Shape{{Capacity: -2}, {Capacity: CapacityMax + 1}, {MessageMax: -1}, {MessageMax: MessageMaxLimit + 1}, {Delivery: 9}} {
		_, err := broker.Create("/bad", shape)
		wantError(t, fmt.Sprintf("create %+v", shape), err, ErrInvalid)
	}
}

func TestMessagesOutliveTheirSender(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	create(t, broker, "/outlive", Shape{Capacity: 8}).Detach()
	start(t, "send", broker.Directory, "/outlive", "7", "3").wait(t)
	m := open(t, broker, "/outlive")
	for i := range 3 {
		got, err := m.ReceiveMessage(Never)
		if err != nil || got.Body[0] != 7 || got.Body[8] != byte(i) {
			t.Fatalf("message %d: %v, %v", i, got.Body, err)
		}
		if got.Sender.PID == os.Getpid() || got.Sender.PID == 0 {
			t.Errorf("message %d: from process %d", i, got.Sender.PID)
		}
	}
}

// Each message reaches one of several receivers, and every receiver gets the
// messages of one sender in order.
func TestManyToMany(t *testing.T) {
	t.Parallel()
	const senders, receivers, each = 3, 3, 500
	broker := testBroker(t)
	m := create(t, broker, "/many", Shape{Capacity: 5})
	var in, out []*child
	for range receivers {
		h := start(t, "receive", broker.Directory, "/many")
		h.line(t)
		in = append(in, h)
	}
	for s := range senders {
		out = append(out, start(t, "send", broker.Directory, "/many", fmt.Sprint(s), fmt.Sprint(each)))
	}
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	for _, h := range in {
		wg.Go(func() {
			last := [senders]int{-1, -1, -1}
			for h.out.Scan() && h.out.Text() != "end" {
				var s, n int
				fmt.Sscan(h.out.Text(), &s, &n)
				if n <= last[s] {
					t.Errorf("sender %d: %d after %d", s, n, last[s])
				}
				last[s] = n
				mu.Lock()
				got[h.out.Text()]++
				mu.Unlock()
			}
			h.wait(t)
		})
	}
	for _, h := range out {
		h.wait(t)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if len(got) != senders*each {
		t.Errorf("%d different messages: want %d", len(got), senders*each)
	}
	for k, n := range got {
		if n != 1 {
			t.Errorf("message %s arrived %d times", k, n)
		}
	}
}
