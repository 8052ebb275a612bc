package messagepassing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"testing"
	"time"
)

var testKey = []byte("sixteen bytes and some")

// exposed returns a broker, the same broker as a remote host reaches it, and the
// proxy in between, which can cut the connection.
func exposed(t testing.TB) (local, remote Broker, network *proxy) {
	t.Helper()
	local = testBroker(t)
	e, err := local.Expose("127.0.0.1:0", testKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	network = newProxy(t, e.Addr())
	return local, Broker{Address: network.address(), Key: testKey}, network
}

func TestNetworkMailbox(t *testing.T) {
	t.Parallel()
	local, remote, _ := exposed(t)
	m := create(t, remote, "/net", Shape{Capacity: 2, MessageMax: 16 << 20})
	_, err := remote.Create("/net", Shape{})
	wantError(t, "create twice", err, ErrExist)
	_, err = remote.Open("/nothing")
	wantError(t, "open nothing", err, ErrNotExist)
	r := open(t, local, "/net")

	large := bytes.Repeat([]byte("abcdefg"), 16<<20/7)
	for i, body := range [][]byte{nil, []byte("x"), large} {
		if err := m.SendPriority(body, i, Forever); err != nil {
			t.Fatal(err)
		}
		got, err := r.ReceiveMessage(Forever)
		if err != nil || !bytes.Equal(got.Body, body) || got.Priority != i {
			t.Fatalf("got %d bytes of priority %d, %v: want %d of %d", len(got.Body), got.Priority, err, len(body), i)
		}
		if got.Sender.Host != "127.0.0.1" || got.Sender.PID != 0 || got.Sender.UID != -1 {
			t.Errorf("from %+v: want host 127.0.0.1 and nothing more", got.Sender)
		}
		if err := r.Send(body, Forever); err != nil {
			t.Fatal(err)
		}
		got, err = m.ReceiveMessage(Forever)
		if err != nil || !bytes.Equal(got.Body, body) || got.Sender.PID != os.Getpid() {
			t.Fatalf("back: got %d bytes from %v, %v", len(got.Body), got.Sender, err)
		}
	}
	_, err = m.ReceiveMessage(Never)
	wantError(t, "receive from an empty mailbox", err, ErrEmpty)
	_, err = m.ReceiveMessage(Wait(10 * time.Millisecond))
	wantError(t, "receive with a limit", err, ErrTimeout)
	receiving := receive(m)
	blocked(t, "receive", receiving)
	if err := m.Cancel(); err != nil {
		t.Fatal(err)
	}
	released(t, "cancelled receive", receiving, ErrInterrupted)
	for range 2 {
		if err := m.Send(nil, Never); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, "send to a full mailbox", m.Send(nil, Never), ErrFull)
	if err := remote.Unlink("/net"); err != nil {
		t.Error(err)
	}
	wantError(t, "send to a deleted mailbox", m.Send(nil, Never), ErrClosed)
}

func TestNetworkKey(t *testing.T) {
	t.Parallel()
	local, remote, _ := exposed(t)
	remote.Key = []byte("some other key of sixteen bytes")
	_, err := remote.Create("/net", Shape{})
	wantError(t, "create with another key", err, ErrPermission)
	_, err = local.Expose("127.0.0.1:0", []byte("short"))
	wantError(t, "expose with a short key", err, ErrInvalid)
}

// A cut connection is an error within the limit, and is re-established later.
func TestNetworkCutIsAnErrorInTime(t *testing.T) {
	t.Parallel()
	local, remote, network := exposed(t)
	m := create(t, remote, "/cut", Shape{Capacity: 8})
	r := open(t, local, "/cut")
	network.cut()
	began := time.Now()
	const limit = 100 * time.Millisecond
	err := m.Send([]byte("in doubt"), Wait(limit))
	wantError(t, "send over a cut connection", err, ErrTimeout)
	wantError(t, "send over a cut connection", err, ErrInDoubt)
	if waited := time.Since(began); waited < limit {
		t.Errorf("gave up after %v: want %v at least", waited, limit)
	}
	network.heal()
	if err := m.Send([]byte("after"), Wait(watchdog)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		msg, err := r.ReceiveMessage(Wait(50 * time.Millisecond))
		if err != nil {
			break
		}
		got = append(got, string(msg.Body))
	}
	if n := len(got); n == 0 || n > 2 || got[n-1] != "after" || n == 2 && got[0] != "in doubt" {
		t.Errorf("got %q: want the second message once, and at most once the first before it", got)
	}
}

// A receive that was abandoned over a cut connection takes no message.
func TestNetworkCutReceiveTakesNothing(t *testing.T) {
	t.Parallel()
	local, remote, network := exposed(t)
	m := create(t, remote, "/cut", Shape{Capacity: 8})
	s := open(t, local, "/cut")
	receiving := async(func() error {
		_, err := m.ReceiveMessage(Wait(300 * time.Millisecond))
		return err
	})
	time.Sleep(50 * time.Millisecond)
	network.cut()
	for i := range byte(3) {
		if err := s.Send([]byte{i}, Never); err != nil {
			t.Fatal(err)
		}
	}
	released(t, "receive over a cut connection", receiving, ErrTimeout)
	network.heal()
	for i := range byte(3) {
		got, err := m.ReceiveMessage(Wait(watchdog))
		if err != nil || got.Body[0] != i {
			t.Fatalf("got %v, %v: want message %d", got.Body, err, i)
		}
	}
}

// Without a limit a cut goes unnoticed: everything arrives, once and in order,
// however often the connection breaks.
func TestNetworkExactlyOnce(t *testing.T) {
	t.Parallel()
	local, remote, network := exposed(t)
	m := create(t, remote, "/once", Shape{Capacity: 4})
	r := open(t, remote, "/once")
	_ = local
	const count = 500
	stop := make(chan struct{})
	breaking := async(func() error {
		for i := range 60 {
			select {
			case <-stop:
				return nil
			case <-time.After(time.Duration(10+i%40) * time.Millisecond):
			}
			if i%5 == 0 {
				network.cut()
				time.Sleep(20 * time.Millisecond)
			}
			network.sever()
		}
		return nil
	})
	sending := async(func() error {
		for i := range uint64(count) {
			if err := m.Send(binary.LittleEndian.AppendUint64(nil, i), Forever); err != nil {
				return err
			}
		}
		return m.Close()
	})
	next := uint64(0)
	for {
		got, err := r.ReceiveMessage(Forever)
		if errors.Is(err, ErrClosed) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := binary.LittleEndian.Uint64(got.Body); n != next {
			t.Fatalf("got message %d: want %d", n, next)
		}
		next++
	}
	close(stop)
	released(t, "breaking the connection", breaking, nil)
	released(t, "sender", sending, nil)
	if next != count {
		t.Errorf("%d messages arrived: want %d", next, count)
	}
}

// After the broker's death an operation with a limit on another host fails
// within that limit.
func TestNetworkBrokerKilled(t *testing.T) {
	t.Parallel()
	local, remote, _ := exposed(t)
	m, err := remote.Create("/dead", Shape{Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	killBroker(t, local)
	err = m.Send(nil, Wait(200*time.Millisecond))
	if !errors.Is(err, ErrTimeout) && !errors.Is(err, ErrPeerDead) {
		t.Errorf("send to a killed broker: got %v, want %v or %v", err, ErrTimeout, ErrPeerDead)
	}
	if err := m.Detach(); err != nil {
		t.Error(err)
	}
	local.removeStale()
}
