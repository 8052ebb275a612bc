package check

import (
	"iter"
	"slices"
)

// A Script is what one process does, one operation after the other. It begins
// an operation, and awaits it before it asks what came of it:
//
//	data, err := await(region.BeginRead(0, 8)).Item()
type Script func(await Await)

// Await lets the other scripts go on until a call has come back.
type Await func(*Call) *Call

// Together carries out scripts at the same time: each process goes on as soon
// as its operation has come back, whatever the others wait for. Where several
// could go on, which does is random. Nothing else runs at the same time, so
// scripts may share the spec's variables. It ends when all have ended.
func (w *World) Together(scripts ...Script) {
	crew := make([]*member, 0, len(scripts))
	defer func() {
		for _, m := range crew {
			m.stop()
		}
	}()
	for _, s := range scripts {
		m := &member{}
		m.next, m.stop = iter.Pull(s.calls)
		crew = append(crew, m)
		m.goOn()
	}
	for {
		crew = slices.DeleteFunc(crew, func(m *member) bool { return m.pending == nil })
		if len(crew) == 0 {
			return
		}
		w.await(crew).goOn()
	}
}

// A member is a script under way.
type member struct {
	next    func() (*Call, bool)
	stop    func()
	pending *Call // nil at its end
}

func (m *member) goOn() { m.pending, _ = m.next() }

// abandoned is thrown in a script that is to end because another failed.
type abandoned struct{}

// calls is a script as the sequence of what it awaits.
func (s Script) calls(yield func(*Call) bool) {
	defer func() {
		if thrown := recover(); thrown != nil && thrown != (abandoned{}) {
			panic(thrown)
		}
	}()
	s(func(c *Call) *Call {
		if !yield(c) {
			panic(abandoned{})
		}
		return c
	})
}

// await waits until one of the crew can go on. Where none can for longer than the
// patience, the watchdog says which processes are blocked where.
func (w *World) await(crew []*member) *member {
	var ready []*member
	for _, m := range crew {
		if m.pending.Returned() {
			ready = append(ready, m)
		}
	}
	if len(ready) > 0 {
		return ready[w.Rand.IntN(len(ready))]
	}
	var pending []*Call
	for _, m := range crew {
		pending = append(pending, m.pending)
	}
	return crew[First(pending...)]
}

// As carries out f as if the requirement were being checked in another profile,
// which is claimed too: the handles that f makes are of its kind.
func (w *World) As(profile string, f func()) {
	own := w.spec.profile
	w.spec.profile = profile
	defer func() { w.spec.profile = own }()
	f()
}
