package messagepassing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// create makes a mailbox that the test's end deletes.
func create(t testing.TB, o Office, name string, shape Shape) *Mailbox {
	t.Helper()
	m, err := o.Create(name, shape)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = o.Unlink(name)
		_ = m.Detach()
	})
	return m
}

func open(t testing.TB, o Office, name string) *Mailbox {
	t.Helper()
	m, err := o.Open(name)
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

// blocked checks that done is not closed for a while.
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

func TestOrderContentAndBoundaries(t *testing.T) {
	o := testOffice(t)
	m := create(t, o, "/order", Shape{Capacity: Unbounded, MessageMax: 1 << 20})
	r := open(t, o, "/order")
	rng := rand.New(rand.NewPCG(1, 2))
	var sent [][]byte
	for _, size := range []int{0, 1, 0, 31, 32, 33, 1024, 4063, 4064, 4065, 65535, 65536, 65537, 1 << 20, 0, 7} {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(rng.Uint32()) * byte(i&1) // zeros among them
		}
		sent = append(sent, bytes.Clone(b))
		if err := m.Send(b, Forever); err != nil {
			t.Fatal(err)
		}
		clear(b) // the office has its own copy
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
	o := testOffice(t)
	m := create(t, o, "/large", Shape{Capacity: 1, MessageMax: 16 << 20})
	b := bytes.Repeat([]byte("0123456789abcde"), 16<<20/15+1)[:16<<20]
	if err := m.Send(b, Forever); err != nil {
		t.Fatal(err)
	}
	into := make([]byte, 16<<20)
	if n, err := m.Receive(into, Forever); err != nil || !bytes.Equal(into[:n], b) {
		t.Fatalf("%d bytes, %v", n, err)
	}
	wantError(t, "send too much", m.Send(append(b, 0), Never), ErrTooLarge)
}

func TestCapacityIsExact(t *testing.T) {
	o := testOffice(t)
	for _, capacity := range []int{1, 2, 7} {
		m := create(t, o, fmt.Sprintf("/c%d", capacity), Shape{Capacity: capacity})
		for i := range capacity {
			if err := m.Send([]byte{byte(i)}, Never); err != nil {
				t.Fatalf("message %d of %d: %v", i, capacity, err)
			}
		}
		wantError(t, "one more", m.Send(nil, Never), ErrFull)
		began := time.Now()
		wantError(t, "one more, waiting", m.Send(nil, Wait(20*time.Millisecond)), ErrTimeout)
		if waited := time.Since(began); waited < 20*time.Millisecond {
			t.Errorf("gave up after %v: want 20ms at least", waited)
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
	o := testOffice(t)
	m := create(t, o, "/first", Shape{Capacity: 1})
	done := async(func() error {
		_, err := m.ReceiveMessage(Forever)
		return err
	})
	blocked(t, "receive from an empty mailbox", done)
	if err := m.Send([]byte("x"), Never); err != nil {
		t.Fatal(err)
	}
	released(t, "receive", done, nil)
}

func TestSmallBufferLeavesTheMessage(t *testing.T) {
	o := testOffice(t)
	m := create(t, o, "/small", Shape{Capacity: 2})
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
	o := testOffice(t)
	for _, name := range []string{"", "/", "orders", "/a/b", "//a", "/.", "/..", "/a\x00", "/" + strings.Repeat("n", 255)} {
		_, err := o.Create(name, Shape{Capacity: 1})
		wantError(t, fmt.Sprintf("create %.20q", name), err, ErrInvalid)
		_, err = o.Open(name)
		wantError(t, fmt.Sprintf("open %.20q", name), err, ErrInvalid)
		wantError(t, fmt.Sprintf("unlink %.20q", name), o.Unlink(name), ErrInvalid)
	}
	for _, name := range []string{"/a", "/ünïcode", "/...", "/ ", "/" + strings.Repeat("n", 254)} {
		m := create(t, o, name, Shape{Capacity: 1})
		_, err := o.Create(name, Shape{Capacity: 1})
		wantError(t, "create again", err, ErrExist)
		if m.Name() != name {
			t.Errorf("name %q: want %q", m.Name(), name)
		}
	}
	for _, shape := range []Shape{{Capacity: -2}, {Capacity: CapacityMax + 1}, {MessageMax: -1}, {MessageMax: MessageMaxLimit + 1}, {Delivery: 9}} {
		_, err := o.Create("/bad", shape)
		wantError(t, fmt.Sprintf("create %+v", shape), err, ErrInvalid)
	}
}

func TestUnlink(t *testing.T) {
	o := testOffice(t)
	_, err := o.Open("/gone")
	wantError(t, "open before creation", err, ErrNotExist)
	wantError(t, "unlink before creation", o.Unlink("/gone"), ErrNotExist)
	m := create(t, o, "/gone", Shape{Capacity: 1})
	if err := m.Send([]byte("left"), Never); err != nil {
		t.Fatal(err)
	}
	done := async(func() error { return m.Send(nil, Forever) })
	blocked(t, "send to a full mailbox", done)
	if err := o.Unlink("/gone"); err != nil {
		t.Fatal(err)
	}
	released(t, "send to a deleted mailbox", done, ErrClosed)
	_, err = o.Open("/gone")
	wantError(t, "open after deletion", err, ErrNotExist)
	wantError(t, "unlink twice", o.Unlink("/gone"), ErrNotExist)

	other := create(t, o, "/gone", Shape{Capacity: 3})
	_, err = other.ReceiveMessage(Never)
	wantError(t, "receive from the new mailbox", err, ErrEmpty)
	if got, err := m.ReceiveMessage(Forever); err != nil || string(got.Body) != "left" {
		t.Errorf("got %q, %v: want what was left", got.Body, err)
	}
	_, err = m.ReceiveMessage(Forever)
	wantError(t, "receive from the old one", err, ErrClosed)
}

func TestNothingIsLeftBehind(t *testing.T) {
	o := testOffice(t)
	before := descriptors(t)
	m, err := o.Create("/left", Shape{Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []func() error{m.Detach, func() error { return o.Unlink("/left") }} {
		if left, _ := os.ReadDir(o.Directory); len(left) != 1 {
			t.Errorf("%d entries while the mailbox exists: want the office's directory", len(left))
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(o.Directory); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
	wantError(t, "send after detaching", m.Send(nil, Never), ErrInvalid)
}

func TestMessagesOutliveTheirSender(t *testing.T) {
	o := testOffice(t)
	create(t, o, "/outlive", Shape{Capacity: 8}).Detach()
	start(t, "send", o.Directory, "/outlive", "7", "3").wait(t)
	m := open(t, o, "/outlive")
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

// Each of several receivers gets its share, each message goes to one, and the
// order of one sender is kept at every receiver.
func TestManyToMany(t *testing.T) {
	const senders, receivers, each = 3, 3, 500
	o := testOffice(t)
	m := create(t, o, "/many", Shape{Capacity: 5})
	var in, out []*helper
	for range receivers {
		h := start(t, "receive", o.Directory, "/many")
		h.line(t)
		in = append(in, h)
	}
	for s := range senders {
		out = append(out, start(t, "send", o.Directory, "/many", fmt.Sprint(s), fmt.Sprint(each)))
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
			t.Errorf("message %s came %d times", k, n)
		}
	}
}

func TestClose(t *testing.T) {
	o := testOffice(t)
	m := create(t, o, "/close", Shape{Capacity: 1})
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

	e := create(t, o, "/closeempty", Shape{Capacity: 1})
	receiving := async(func() error {
		_, err := e.ReceiveMessage(Forever)
		return err
	})
	blocked(t, "receive from an empty mailbox", receiving)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	released(t, "blocked receive", receiving, ErrClosed)
}

func TestCancelAndContext(t *testing.T) {
	o := testOffice(t)
	m := create(t, o, "/cancel", Shape{Capacity: 1})
	receiving := async(func() error {
		_, err := m.ReceiveMessage(Forever)
		return err
	})
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

// A cancelled operation took effect wholly or not at all: what was accepted is
// what arrives.
func TestCancelIsAllOrNothing(t *testing.T) {
	o := testOffice(t)
	m := create(t, o, "/race", Shape{Capacity: 2})
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
	o := testOffice(t)
	m := create(t, o, "/detach", Shape{Capacity: 1})
	receiving := async(func() error {
		_, err := m.ReceiveMessage(Forever)
		return err
	})
	blocked(t, "receive", receiving)
	if err := m.Detach(); err != nil {
		t.Fatal(err)
	}
	released(t, "receive on a detached handle", receiving, ErrInvalid)
}

// The death of the office is an error to its clients, and the next one starts
// clean.
func TestOfficeKilled(t *testing.T) {
	o := testOffice(t)
	m, err := o.Create("/killed", Shape{Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Detach()
	receiving := async(func() error {
		_, err := m.ReceiveMessage(Forever)
		return err
	})
	blocked(t, "receive", receiving)
	pids := officePIDs(t, o)
	if len(pids) != 1 {
		t.Fatalf("offices %v: want one", pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	released(t, "receive from a killed office", receiving, ErrPeerDead)
	wantError(t, "send to a killed office", m.Send(nil, Forever), ErrPeerDead)
	_, err = o.Open("/killed")
	wantError(t, "open at a killed office", err, ErrNotExist)
	if left, _ := os.ReadDir(o.Directory); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	again := create(t, o, "/killed", Shape{Capacity: 1})
	if err := again.Send(nil, Never); err != nil {
		t.Error(err)
	}
	wantError(t, "send on the handle of the killed office", m.Send(nil, Never), ErrPeerDead)
}

// Many processes that need an office at once get one and the same.
func TestStampede(t *testing.T) {
	o := testOffice(t)
	for range 20 {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				name := fmt.Sprintf("/s%d", i)
				m, err := o.Create(name, Shape{Capacity: 1})
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(m.Send(nil, Never), o.Unlink(name), m.Detach()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}
