package host

import (
	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// moving is a measured role at a queue.
func (m *measurement) moving(q *queue) (stretch, error) {
	items, err := m.items()
	if err != nil {
		return nil, err
	}
	wait := wait(m.request)
	out := make([]byte, items.size)
	switch m.request.Role {
	case protocol.RoleStream:
		return func(from, to int64) (int64, error) {
			for ; from < to; from++ {
				items.write(out)
				if err := q.put(out, wait); err != nil {
					return from, err
				}
			}
			return from, nil
		}, nil
	case protocol.RoleDrain:
		return m.getting(q, items, wait, nil), nil
	case protocol.RoleArrive:
		m.each = true
		return m.getting(q, items, wait, m.arrived), nil
	case protocol.RolePaced:
		return m.pacing(q, items, wait), nil
	}
	back, err := held[*queue](m.h, m.back())
	if err != nil {
		return nil, err
	}
	switch m.request.Role {
	case protocol.RolePing:
		get := m.getting(back, items, wait, nil)
		sent := *items // the items that go out, which are the same
		return func(from, to int64) (int64, error) {
			for ; from < to; from++ {
				sent.write(out)
				if err := q.put(out, wait); err != nil {
					return from, err
				}
				if _, err := get(from, from+1); err != nil {
					return from, err
				}
			}
			return from, nil
		}, nil
	case protocol.RolePong:
		return m.getting(back, items, wait, func(_ int64, item []byte) error { return q.put(item, wait) }), nil
	}
	return nil, m.misfit()
}

// getting gets items, compares them, and does something with each; then may be nil.
func (m *measurement) getting(q *queue, items *measuredItems, wait subject.Wait, then func(i int64, item []byte) error) stretch {
	into := m.h.buffer(max(int64(items.size), q.itemMax))
	disguise(into)
	return func(from, to int64) (int64, error) {
		for ; from < to; from++ {
			n, err := q.take(into, int64(items.size), wait)
			if err != nil {
				return from, err
			}
			if n < 0 || n > len(into) {
				return from, subject.Errorf(subject.IO, "get returned a length of %d for a buffer of %d bytes", n, len(into))
			}
			item := into[:n]
			if from == 0 && items.every > 0 {
				items.begin(item)
			}
			if !items.same(item) {
				m.fault(from, "%s", items.describe(item, from))
			}
			if then == nil {
				continue
			}
			if err := then(from, item); err != nil {
				return from, err
			}
		}
		return from, nil
	}
}

// arrived notes how long after its intended time an item has come.
func (m *measurement) arrived(i int64, item []byte) error {
	now := history.Now()
	if i >= m.warm && m.samples != nil && len(item) >= wordSize {
		m.samples.Add(now - intended(item))
	}
	return nil
}

// pacing puts each item at its intended time, or later where it could not be put
// in time: the times do not move.
func (m *measurement) pacing(q *queue, items *measuredItems, wait subject.Wait) stretch {
	out := make([]byte, items.size)
	return func(from, to int64) (int64, error) {
		if from == 0 {
			items.first = history.Now() + lead
		}
		for ; from < to; from++ {
			until(int64(items.head()))
			items.write(out)
			if err := q.put(out, wait); err != nil {
				return from, err
			}
		}
		return from, nil
	}
}

// lead is between the start of a paced workload and its first item, ns; oversleep is
// how much longer than it was asked a sleep may take without its being late.
const (
	lead      = 1_000_000
	oversleep = 200_000
)

// until waits for a moment: asleep while it is far, then awake, since a sleep ends
// late.
func until(moment int64) {
	for {
		left := moment - history.Now()
		switch {
		case left <= 0:
			return
		case left > 2*oversleep:
			t := unix.NsecToTimespec(left - oversleep)
			_ = unix.Nanosleep(&t, nil)
		}
	}
}
