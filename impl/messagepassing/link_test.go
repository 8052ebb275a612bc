package messagepassing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"
)

func join(t testing.TB, broker Broker, name string) *Endpoint {
	t.Helper()
	p, err := broker.Join(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Leave() })
	return p
}

func link(t testing.TB, p *Endpoint, peer string) *Link {
	t.Helper()
	l, err := p.Link(peer)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// receiveText receives a message as a string.
func receiveText(t testing.TB, l *Link) string {
	t.Helper()
	m, err := l.ReceiveMessage(Wait(watchdog))
	if err != nil {
		t.Fatal(err)
	}
	return string(m.Body)
}

func TestLinkIsAPair(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	p, q, r := join(t, broker, "/p"), join(t, broker, "/q"), join(t, broker, "/r")
	pq, pr := link(t, p, "/q"), link(t, p, "/r")
	qp, rp := link(t, q, "/p"), link(t, r, "/p")
	if again := link(t, p, "/q"); again != pq {
		t.Error("a pair has more than one link")
	}
	for _, send := range []struct {
		l    *Link
		text string
	}{{rp, "from r"}, {qp, "from q"}, {pq, "to q"}, {pr, "to r"}} {
		if err := send.l.Send([]byte(send.text), Forever); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct {
		l    *Link
		text string
	}{{pq, "from q"}, {pr, "from r"}, {qp, "to q"}, {rp, "to r"}} {
		if got := receiveText(t, want.l); got != want.text {
			t.Errorf("%s receives %q from %s: want %q", want.l.local, got, want.l.peer, want.text)
		}
		_, err := want.l.ReceiveMessage(Never)
		wantError(t, "receive from an empty link", err, ErrEmpty)
	}
	_, err := p.Link("/p")
	wantError(t, "link to itself", err, ErrInvalid)
}

// Messages sent before the peer has joined wait for it, also beyond the sender's
// end.
func TestLinkBeforeThePeer(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	create(t, broker, "/keeps-the-broker", Shape{Capacity: 1})
	p, err := broker.Join("/early")
	if err != nil {
		t.Fatal(err)
	}
	l := link(t, p, "/late")
	for _, text := range []string{"one", "two"} {
		if err := l.Send([]byte(text), Never); err != nil {
			t.Fatal(err)
		}
	}
	_, err = l.ReceiveMessage(Wait(time.Millisecond))
	wantError(t, "receive from a peer that has not joined", err, ErrTimeout)
	if err := p.Leave(); err != nil {
		t.Fatal(err)
	}
	late := link(t, join(t, broker, "/late"), "/early")
	for _, text := range []string{"one", "two"} {
		if got := receiveText(t, late); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	_, err = late.ReceiveMessage(Forever)
	wantError(t, "receive from a peer that has left", err, ErrClosed)
}

func TestLinkContentAndBoundaries(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	a, b := link(t, join(t, broker, "/a"), "/b"), link(t, join(t, broker, "/b"), "/a")
	rng := rand.New(rand.NewPCG(5, 6))
	var sent [][]byte
	for _, size := range []int{0, 1, 7, 0, 4096, 65535, 1 << 20, 1<<20 + 1, 3<<20 + 5, 16 << 20, 0, 2} {
		m := make([]byte, size)
		for i := range m {
			m[i] = byte(rng.Uint32())
		}
		sent = append(sent, m)
	}
	sending := async(func() error {
		packer := a.NewPacker()
		for round := range 3 {
			for _, m := range sent {
				buffer := bytes.Clone(m)
				var err error
				if round == 1 {
					err = packer.Send(buffer, Forever)
				} else {
					err = a.Send(buffer, Forever)
				}
				if err != nil {
					return err
				}
				clear(buffer)
			}
			if err := packer.Flush(Forever); err != nil {
				return err
			}
		}
		return a.Close()
	})
	into := make([]byte, 16<<20)
	for round := range 3 {
		for i, w := range sent {
			var got []byte
			if i%2 == 0 {
				n, err := b.Receive(into, Forever)
				if err != nil {
					t.Fatal(err)
				}
				got = into[:n]
			} else {
				if len(w) > 0 {
					_, err := b.Receive(into[:len(w)-1], Forever)
					wantError(t, "receive into a buffer that is one byte too small", err, ErrTooLarge)
				}
				m, err := b.ReceiveMessage(Forever)
				if err != nil {
					t.Fatal(err)
				}
				got = m.Body
			}
			if !bytes.Equal(got, w) {
				t.Fatalf("round %d: message %d has %d bytes: want the %d that were sent", round, i, len(got), len(w))
			}
		}
	}
	_, err := b.ReceiveMessage(Forever)
	wantError(t, "receive from a closed link", err, ErrClosed)
	released(t, "sender", sending, nil)
	wantError(t, "send on a link that was closed here", a.Send(nil, Never), ErrInvalid)
	if err := b.Send(nil, Forever); !errors.Is(err, ErrPeerDead) {
		t.Errorf("send to a peer that has closed: got %v, want %v", err, ErrPeerDead)
	}
}

// Both sides send until the buffers are full, and nothing is lost.
func TestLinkFullBothWays(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	a, b := link(t, join(t, broker, "/a"), "/b"), link(t, join(t, broker, "/b"), "/a")
	fill := func(l *Link) (n int) {
		m := make([]byte, 8<<10)
		for {
			binary.LittleEndian.PutUint64(m, uint64(n))
			err := l.Send(m, Never)
			if errors.Is(err, ErrFull) {
				return n
			}
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	na, nb := fill(a), fill(b)
	if na == 0 || nb == 0 {
		t.Fatalf("%d and %d messages fit: want at least one each", na, nb)
	}
	wantError(t, "send with a limit to a full link", a.Send(make([]byte, 8<<10), Wait(10*time.Millisecond)), ErrTimeout)
	sending := async(func() error { return a.Send([]byte("last"), Forever) })
	drain := func(l *Link, count int) {
		for i := range count {
			m, err := l.ReceiveMessage(Never)
			if err != nil || binary.LittleEndian.Uint64(m.Body) != uint64(i) {
				t.Fatalf("message %d of %d: %v", i, count, err)
			}
		}
	}
	drain(b, na)
	drain(a, nb)
	released(t, "send to a full link", sending, nil)
	if got := receiveText(t, b); got != "last" {
		t.Errorf("got %q", got)
	}
}

func TestReceiveFromAny(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	p := join(t, broker, "/p")
	_, err := p.Receive(Never)
	wantError(t, "receive without a link", err, ErrEmpty)
	_, err = p.Receive(Wait(time.Millisecond))
	wantError(t, "receive without a link", err, ErrTimeout)
	receiving := receiveAny(p)
	blocked(t, "receive from any", receiving)
	_ = p.Cancel()
	released(t, "cancelled receive from any", receiving, ErrInterrupted)

	const senders, each = 3, 20
	pids := map[string]int{}
	var all []*child
	for i := range senders {
		name := fmt.Sprintf("/from%d", i)
		h := start(t, "talker", broker.Directory, name, "/p", fmt.Sprint(each))
		all = append(all, h)
		pids[name] = h.cmd.Process.Pid
	}
	next := map[string]int{}
	for range senders * each {
		m, err := p.Receive(Forever)
		if err != nil {
			t.Fatal(err)
		}
		from := m.Sender.Name
		if string(m.Body) != fmt.Sprint(next[from]) || m.Sender.PID != pids[from] {
			t.Fatalf("got %q from %v: want %d, process %d", m.Body, m.Sender, next[from], pids[from])
		}
		next[from]++
	}
	for _, h := range all {
		h.kill()
		_, err := p.Receive(Forever)
		var e *Error
		if !errors.Is(err, ErrPeerDead) || !errors.As(err, &e) || pids[e.Name] != h.cmd.Process.Pid {
			t.Errorf("got %v: want the death of process %d", err, h.cmd.Process.Pid)
		}
	}
	_, err = p.Receive(Never)
	wantError(t, "receive after the death of all peers", err, ErrEmpty)
}

// A name belongs to one living process, and every message of that process bears
// it. Another process that claims it is refused.
func TestNamesCannotBeForged(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/box", Shape{Capacity: 8})
	h := start(t, "talker", broker.Directory, "/alice", "/bob", "0")
	h.line(t)
	_, err := broker.Join("/alice")
	wantError(t, "claim the name of a living process", err, ErrExist)
	if err := m.Send([]byte("I am /alice"), Never); err != nil {
		t.Fatal(err)
	}
	got, err := m.ReceiveMessage(Never)
	if err != nil || got.Sender.Name != "" || got.Sender.PID != os.Getpid() {
		t.Errorf("got %v, %v: want this process, without a name", got.Sender, err)
	}
	h.kill()
	eventually(t, "the name is free", func() bool {
		p, err := broker.Join("/alice")
		if err != nil {
			return false
		}
		defer p.Leave()
		if err := m.Send(nil, Never); err != nil {
			t.Fatal(err)
		}
		got, err := m.ReceiveMessage(Never)
		if err != nil || got.Sender.Name != "/alice" || got.Sender.PID != os.Getpid() {
			t.Errorf("got %v, %v: want /alice, this process", got.Sender, err)
		}
		return true
	})
}

// Packed messages of various sizes keep their boundaries and order.
func TestPackedReceiveEach(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	a, b := link(t, join(t, broker, "/a"), "/b"), link(t, join(t, broker, "/b"), "/a")
	const count = 20_000
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		p := a.NewPacker()
		m := make([]byte, 300)
		for i := range uint64(count) {
			binary.LittleEndian.PutUint64(m, i)
			if err := p.Send(m[:8+i%293], Forever); err != nil {
				t.Error(err)
				return
			}
		}
		if err := p.Flush(Forever); err != nil {
			t.Error(err)
		}
	})
	for next := uint64(0); next < count; {
		err := b.ReceiveEach(Wait(watchdog), func(m []byte) {
			if binary.LittleEndian.Uint64(m) != next || len(m) != int(8+next%293) {
				t.Fatalf("message %d: number %d, %d bytes", next, binary.LittleEndian.Uint64(m), len(m))
			}
			next++
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
