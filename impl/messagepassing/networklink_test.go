package messagepassing

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"
)

// Links between two hosts behave as on one.
func TestNetworkLink(t *testing.T) {
	t.Parallel()
	local, remote, _ := exposed(t)
	for _, c := range []struct {
		name         string
		first, other Broker
	}{{"local-remote", local, remote}, {"remote-local", remote, local}, {"remote-remote", remote, remote}, {"local-local", local, local}} {
		t.Run(c.name, func(t *testing.T) {
			p, q := join(t, c.first, "/p"), join(t, c.other, "/q")
			_, err := c.other.Join("/p")
			wantError(t, "claim a name from another host", err, ErrExist)
			pq := link(t, p, "/q")
			if err := pq.Send([]byte("early"), Never); err != nil {
				t.Fatal(err)
			}
			qp := link(t, q, "/p")
			if got := receiveText(t, qp); got != "early" {
				t.Errorf("got %q", got)
			}
			_, err = qp.ReceiveMessage(Never)
			wantError(t, "receive from an empty link", err, ErrEmpty)
			_, err = qp.ReceiveMessage(Wait(5 * time.Millisecond))
			wantError(t, "receive with a limit", err, ErrTimeout)
			large := bytes.Repeat([]byte("0123456789"), 250_000)
			sending := async(func() error { return qp.Send(large, Forever) })
			m, err := pq.ReceiveMessage(Forever)
			if err != nil || !bytes.Equal(m.Body, large) {
				t.Fatalf("got %d bytes, %v: want %d", len(m.Body), err, len(large))
			}
			released(t, "send", sending, nil)
			if m.Sender.Name != "/q" || (m.Sender.Host != "") != (c.other.Address != "") {
				t.Errorf("from %+v", m.Sender)
			}
			receiving := receive(qp)
			blocked(t, "receive", receiving)
			_ = qp.Cancel()
			released(t, "cancelled receive", receiving, ErrInterrupted)
			if err := errors.Join(pq.Send([]byte("last"), Forever), pq.Close()); err != nil {
				t.Fatal(err)
			}
			if got := receiveText(t, qp); got != "last" {
				t.Errorf("got %q", got)
			}
			_, err = qp.ReceiveMessage(Forever)
			wantError(t, "receive from a closed link", err, ErrClosed)
			again := link(t, p, "/q")
			if err := link(t, q, "/p").Send([]byte("anew"), Forever); err != nil {
				t.Fatal(err)
			}
			if got := receiveText(t, again); got != "anew" {
				t.Errorf("got %q over the next link", got)
			}
			if err := errors.Join(p.Leave(), q.Leave()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Receive from any endpoint, with endpoints on this host and on another.
func TestNetworkReceiveFromAny(t *testing.T) {
	t.Parallel()
	local, remote, _ := exposed(t)
	for _, c := range []struct {
		name string
		o    Broker
	}{{"local", local}, {"remote", remote}} {
		t.Run(c.name, func(t *testing.T) {
			p := join(t, c.o, "/p")
			_, err := p.Receive(Never)
			wantError(t, "receive without a link", err, ErrEmpty)
			_, err = p.Receive(Wait(5 * time.Millisecond))
			wantError(t, "receive without a link", err, ErrTimeout)
			receiving := receiveAny(p)
			blocked(t, "receive from any", receiving)
			_ = p.Cancel()
			released(t, "cancelled receive from any", receiving, ErrInterrupted)

			next := map[string]int{}
			var all []*Endpoint
			for i, broker := range []Broker{local, remote, local} {
				q := join(t, broker, fmt.Sprintf("/q%d", i))
				all = append(all, q)
				l := link(t, q, "/p")
				async(func() error {
					for n := range 20 {
						if err := l.Send([]byte(fmt.Sprint(n)), Forever); err != nil {
							return err
						}
					}
					return nil
				})
			}
			for range len(all) * 20 {
				m, err := p.Receive(Forever)
				if err != nil || string(m.Body) != fmt.Sprint(next[m.Sender.Name]) {
					t.Fatalf("got %q from %v, %v: want %d", m.Body, m.Sender, err, next[m.Sender.Name])
				}
				next[m.Sender.Name]++
			}
			for _, q := range all {
				if err := q.Leave(); err != nil {
					t.Error(err)
				}
				_, err := p.Receive(Forever)
				var e *Error
				if !errors.Is(err, ErrClosed) && !errors.Is(err, ErrPeerDead) || !errors.As(err, &e) || e.Name != q.Name() {
					t.Errorf("got %v: want the end of %s", err, q.Name())
				}
			}
			_, err = p.Receive(Never)
			wantError(t, "receive after all peers have left", err, ErrEmpty)
			if err := p.Leave(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A killed process is a dead peer on another host too.
func TestNetworkLinkPeerKilled(t *testing.T) {
	t.Parallel()
	local, remote, _ := exposed(t)
	l := link(t, join(t, remote, "/p"), "/q")
	h := start(t, "talker", local.Directory, "/q", "/p", "3")
	h.line(t)
	h.kill()
	for i := range 3 {
		if got := receiveText(t, l); got != fmt.Sprint(i) {
			t.Fatalf("got %q: want %d, which was sent before the death", got, i)
		}
	}
	_, err := l.ReceiveMessage(Forever)
	wantError(t, "receive from a killed peer", err, ErrPeerDead)
	wantError(t, "send to a killed peer", l.Send(nil, Forever), ErrPeerDead)
}

// A link continues after its connection was cut, without loss and without
// repetition.
func TestNetworkLinkHeals(t *testing.T) {
	t.Parallel()
	local, remote, network := exposed(t)
	a := link(t, join(t, local, "/a"), "/b")
	b := link(t, join(t, remote, "/b"), "/a")
	network.cut()
	_, err := b.ReceiveMessage(Wait(50 * time.Millisecond))
	wantError(t, "receive over a cut connection", err, ErrTimeout)
	for i := range 5 {
		if err := a.Send([]byte{byte(i)}, Never); err != nil {
			t.Fatal(err)
		}
	}
	network.sever()
	for i := range 5 {
		if m, err := b.ReceiveMessage(Wait(watchdog)); err != nil || m.Body[0] != byte(i) {
			t.Fatalf("got %v, %v: want %d", m.Body, err, i)
		}
		network.sever()
	}
	if err := b.Send([]byte("back"), Forever); err != nil {
		t.Fatal(err)
	}
	if got := receiveText(t, a); got != "back" {
		t.Errorf("got %q", got)
	}
}
