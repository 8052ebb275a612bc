package host

import (
	"sync/atomic"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

func ended(o *scratch.Own) *atomic.Uint64 { return &o.Ended }

// taking is role take: a lock taken and given up, with a plain counter inside that
// shows whether it excludes.
func (m *measurement) taking(acquire func(subject.Wait) error, release func() error) (stretch, error) {
	if m.request.Role != protocol.RoleTake {
		return nil, m.misfit()
	}
	if err := m.share(); err != nil {
		return nil, err
	}
	wait, s := wait(m.request), m.scratch
	return func(from, to int64) (int64, error) {
		for ; from < to; from++ {
			if err := acquire(wait); err != nil && subject.KindOf(err) != subject.OwnerDead {
				return from, err
			}
			s.SetCounter(s.Counter() + 1)
			if err := release(); err != nil {
				return from, err
			}
		}
		return from, nil
	}, nil
}

// posting is ping or pong by two semaphores. Nothing is moved that could be
// compared; instead each process counts its posts before it posts, and after each
// batch the other compares its waits with them.
func (m *measurement) posting(post *semaphore) (stretch, error) {
	ping := m.request.Role == protocol.RolePing
	if !ping && m.request.Role != protocol.RolePong {
		return nil, m.misfit()
	}
	back, err := held[*semaphore](m.h, m.back())
	if err != nil {
		return nil, err
	}
	if err := m.share(); err != nil {
		return nil, err
	}
	if *m.request.Index > 1 {
		return nil, subject.Errorf(subject.Invalid, "role %s has processes 0 and 1", m.request.Role)
	}
	other := m.scratch.Of(1 - int(*m.request.Index))
	if back == post { // it answers itself
		other = m.own
	}
	m.check = func(waits int64) {
		if posts := other.Posts.Load(); posts < uint64(waits) {
			m.fault(waits-1, "%d waits had come through, with %d posts begun", waits, posts)
		}
	}
	wait := wait(m.request)
	return func(from, to int64) (int64, error) {
		for ; from < to; from++ {
			if ping {
				m.own.Posts.Store(uint64(from + 1))
				if err := post.Post(); err != nil {
					return from, err
				}
			}
			if err := back.Wait(wait); err != nil {
				return from, err
			}
			if !ping {
				m.own.Posts.Store(uint64(from + 1))
				if err := post.Post(); err != nil {
					return from, err
				}
			}
		}
		return from, nil
	}, nil
}

// wording is a measured role at words of a region.
func (m *measurement) wording(w subject.Words) (stretch, error) {
	r := m.request
	offset, err := need(r, "offset", r.Offset)
	if err != nil {
		return nil, err
	}
	if r.Role == protocol.RoleCount {
		return m.adding(w, offset)
	}
	if r.Role != protocol.RolePing && r.Role != protocol.RolePong {
		return nil, m.misfit()
	}
	watched, err := need(r, "offset_back", r.OffsetBack)
	if err != nil {
		return nil, err
	}
	start := uint64(0)
	if r.Seed != nil {
		start = *r.Seed
	}
	ping := r.Role == protocol.RolePing
	return func(from, to int64) (int64, error) {
		for ; from < to; from++ {
			next := start + uint64(from) + 1
			if ping {
				if err := w.Store(offset, next); err != nil {
					return from, err
				}
			}
			if err := m.seen(w, watched, next, from); err != nil {
				return from, err
			}
			if !ping {
				if err := w.Store(offset, next); err != nil {
					return from, err
				}
			}
		}
		return from, nil
	}, nil
}

// looks is how often a word is looked at before the processor is given up for a
// moment: where there is one processor, the other process needs it.
const looks = 1 << 14

// seen waits until a word has its next value; from the second step on it has the
// one before until then.
func (m *measurement) seen(w subject.Words, offset int64, want uint64, i int64) error {
	for n := 1; ; n++ {
		v, err := w.Load(offset)
		switch {
		case err != nil:
			return err
		case v == want:
			return nil
		case v != want-1 && i > 0:
			m.fault(i, "the word held %d, where it was %d and becomes %d", v, want-1, want)
			return nil
		case n%looks == 0:
			giveWay()
		}
	}
}

// adding is role count: additions to one word by several processes.
func (m *measurement) adding(w subject.Words, offset int64) (stretch, error) {
	if err := m.share(); err != nil {
		return nil, err
	}
	return func(from, to int64) (int64, error) {
		for ; from < to; from++ {
			if _, err := w.Add(offset, 1); err != nil {
				return from, err
			}
		}
		return from, nil
	}, nil
}
