package cooperation

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// A guard is one process's way to keep others out of the shared record while it
// is at it.
type guard struct {
	alone  func() *check.Call // to change the record
	beside func() *check.Call // to read it, with other readers where the guard lets them
	leave  func() *check.Call
}

// A guarding makes guards of one object of the subject: created in the first
// process, opened in the others.
type guarding struct {
	name   string // for the story: "a lock"
	attach func(w *check.World, p *check.Process, name string, create bool) (guard, error)
}

// guardings are those that the claims allow.
func guardings(w *check.World) (all []guarding) {
	p := w.Claims().Profiles
	if p.Lock != nil {
		all = append(all, guarding{"a lock", lockGuard})
	}
	if p.RWLock != nil {
		all = append(all, guarding{"a reader-writer lock", rwlockGuard})
	}
	if p.Semaphore != nil {
		all = append(all, guarding{"a semaphore of one permit", semaphoreGuard})
	}
	return all
}

func lockGuard(_ *check.World, p *check.Process, name string, create bool) (guard, error) {
	open := p.OpenLock
	if create {
		open = p.CreateLock
	}
	l, err := open(name)
	acquire := func() *check.Call { return l.BeginAcquire(subject.Forever) }
	return guard{acquire, acquire, l.BeginRelease}, err
}

func rwlockGuard(_ *check.World, p *check.Process, name string, create bool) (guard, error) {
	open := p.OpenRWLock
	if create {
		open = p.CreateRWLock
	}
	l, err := open(name)
	return guard{
		func() *check.Call { return l.BeginWrite(subject.Forever) },
		func() *check.Call { return l.BeginRead(subject.Forever) },
		l.BeginRelease,
	}, err
}

func semaphoreGuard(w *check.World, p *check.Process, name string, create bool) (guard, error) {
	open := p.OpenSemaphore
	if create {
		maximum := w.SemaphoreMaximum(1)
		open = func(name string) (*check.Semaphore, error) { return p.CreateSemaphore(name, 1, maximum) }
	}
	s, err := open(name)
	wait := func() *check.Call { return s.BeginWait(subject.Forever) }
	return guard{wait, wait, s.BeginPost}, err
}

// within awaits entry, does what is to be done inside, and leaves.
func (g guard) within(w *check.World, await check.Await, enter func() *check.Call, f func()) {
	_, err := await(enter()).Return()
	w.Must(err, "entering")
	f()
	_, err = await(g.leave()).Return()
	w.Must(err, "leaving")
}

// guards gives one to each process; the first creates the object.
func (g guarding) guards(w *check.World, processes []*check.Process) []guard {
	name := w.ObjectName("guard")
	list := make([]guard, len(processes))
	for i, p := range processes {
		var err error
		list[i], err = g.attach(w, p, name, i == 0)
		w.Must(err, "attaching to %s by %s", g.name, p.Name())
	}
	return list
}
