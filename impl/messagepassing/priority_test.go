package messagepassing

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The oldest message of the highest priority comes first, as for mq_receive.
func TestPriority(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/priority", Shape{Capacity: Unbounded})
	rng := rand.New(rand.NewPCG(3, 4))
	var want [HighestPriority + 1][]byte
	for i := range 200 {
		p := rng.IntN(HighestPriority + 1)
		if err := m.SendPriority([]byte{byte(i)}, p, Never); err != nil {
			t.Fatal(err)
		}
		want[p] = append(want[p], byte(i))
	}
	for p := HighestPriority; p >= LowestPriority; p-- {
		for _, w := range want[p] {
			got, err := m.ReceiveMessage(Never)
			if err != nil || got.Priority != p || got.Body[0] != w {
				t.Fatalf("got %v of priority %d, %v: want %d of %d", got.Body, got.Priority, err, w, p)
			}
		}
	}
	for _, p := range []int{-1, HighestPriority + 1} {
		if err := m.SendPriority(nil, p, Never); err == nil {
			t.Errorf("priority %d was accepted", p)
		}
	}
}

func TestRendezvous(t *testing.T) {
	t.Parallel()
	broker := testBroker(t)
	m := create(t, broker, "/rendezvous", Shape{Capacity: Rendezvous})
	wantError(t, "send without a receiver", m.Send(nil, Never), ErrFull)
	wantError(t, "send with a limit", m.Send([]byte("too late"), Wait(time.Millisecond)), ErrTimeout)
	_, err := m.ReceiveMessage(Never)
	wantError(t, "receive without a sender", err, ErrEmpty)

	sending := async(func() error { return m.Send([]byte("meet"), Forever) })
	blocked(t, "send", sending)
	if got, err := m.ReceiveMessage(Never); err != nil || string(got.Body) != "meet" {
		t.Fatalf("got %q, %v", got.Body, err)
	}
	released(t, "send", sending, nil)

	receiving := receive(m)
	blocked(t, "receive", receiving)
	if err := m.Send(nil, Never); err != nil {
		t.Errorf("send to a waiting receiver: %v", err)
	}
	released(t, "receive", receiving, nil)
}
