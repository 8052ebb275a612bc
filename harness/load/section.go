package load

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/protocol"
)

// A handle is what the objects of this file have in common.
type handle interface {
	Record(check.Recorded) *check.Recording
	Process() *check.Process
	Detach() error
	Unlink() error
}

// A sectionTrial has processes that enter something and leave it.
type sectionTrial struct {
	w       *check.World
	create  func(r *round, p *check.Process, name string) (handle, error)
	open    func(p *check.Process, name string) (handle, error)
	role    func(i int) string // of process i
	least   int                // processes
	initial int                // permits of a semaphore
	deaths  bool               // somebody may be killed
	checker func(*sectionTrial) linear.Checker
	plain   func(s *session, handles []handle, count int64) int64
}

func (t *sectionTrial) run() {
	run(t.w, trial{begin: t.begin, check: func(*round) linear.Checker { return t.checker(t) }, deaths: t.deaths, unrecorded: t.unrecorded})
}

func (t *sectionTrial) begin(r *round) {
	rand := r.rand
	processes := t.least + rand.IntN(3)
	think := []time.Duration{0, 0, time.Microsecond, 100 * time.Microsecond}[rand.IntN(4)]
	tries := []int64{0, 20, 50, 90}[rand.IntN(4)]
	handles := t.attach(r, processes)
	r.shape = fmt.Sprintf("%d processes, %d %% without waiting, thinking up to %v", processes, tries, think)
	if t.initial > 0 {
		r.shape += fmt.Sprintf(", %d permits", t.initial)
	}
	for i, h := range handles {
		x := r.load(t.role(i), i)
		x.Tries, x.Think = tries, think
		r.recorded(h.Record(x))
	}
}

func (t *sectionTrial) attach(r *round, processes int) []handle {
	name := r.name("s")
	first, err := t.create(r, r.process(0), name)
	t.w.Must(err, "creating it")
	handles := []handle{first}
	for i := 1; i < processes; i++ {
		h, err := t.open(r.process(i), name)
		t.w.Must(err, "opening it in process %d", i)
		handles = append(handles, h)
	}
	r.cleanup = append(r.cleanup, func() { giveBack(t.w, handles) })
	return handles
}

// giveBack detaches who is alive, and removes the name.
func giveBack[H handle](w *check.World, handles []H) {
	unlinked := false
	for _, h := range handles {
		if h.Process().Gone() {
			continue
		}
		w.Must(h.Detach(), "detaching")
		if !unlinked {
			w.Must(h.Unlink(), "unlinking")
			unlinked = true
		}
	}
}

func (t *sectionTrial) unrecorded(s *session, count int64) int64 {
	r := s.newRound()
	handles := t.attach(r, t.least)
	t.w.Step("round %d: %d processes, %d times each", r.number, t.least, count)
	n := t.plain(s, handles, count)
	r.cleanup[0]()
	return n
}

// right starts a workload in each process that they judge among themselves.
func right(w *check.World, handles []handle, count int64, begin func(i int, h handle, s check.Steps) *check.Work) int64 {
	steps := check.Steps{Count: count, Scratch: w.Scratch(0), Wait: forever}
	var works []*check.Work
	for i, h := range handles {
		works = append(works, begin(i, h, steps))
	}
	for _, work := range works {
		work.Right()
	}
	return count * int64(len(handles))
}

// Exclusion checks that a lock has one owner. An attempt may fail whenever
// somebody else wants the lock too, and must not where nobody does.
func Exclusion(w *check.World) {
	t := &sectionTrial{
		w: w, least: 2, deaths: survives(w, "LOCK-OWNERDEATH"),
		create:  func(_ *round, p *check.Process, name string) (handle, error) { return p.CreateLock(name) },
		open:    func(p *check.Process, name string) (handle, error) { return p.OpenLock(name) },
		role:    func(int) string { return protocol.RoleLock },
		checker: func(*sectionTrial) linear.Checker { return linear.Mutex{Relaxed: true} },
	}
	t.plain = func(s *session, handles []handle, count int64) int64 {
		return right(w, handles, count, func(_ int, h handle, s check.Steps) *check.Work { return h.(*check.Lock).BeginSections(s) })
	}
	t.run()
}

// RWExclusion checks that a writer is alone.
func RWExclusion(w *check.World) {
	t := &sectionTrial{
		w: w, least: 3, deaths: survives(w, "RW-OWNERDEATH"),
		create: func(_ *round, p *check.Process, name string) (handle, error) { return p.CreateRWLock(name) },
		open:   func(p *check.Process, name string) (handle, error) { return p.OpenRWLock(name) },
		role: func(i int) string {
			if i%3 == 0 || i == 4 {
				return protocol.RoleWrite
			}
			return protocol.RoleRead
		},
		checker: func(*sectionTrial) linear.Checker { return linear.RWLock{Relaxed: true} },
	}
	t.plain = func(s *session, handles []handle, count int64) int64 {
		return right(w, handles, count, func(i int, h handle, s check.Steps) *check.Work {
			if i == 0 {
				return h.(*check.RWLock).BeginWrites(s)
			}
			return h.(*check.RWLock).BeginReads(s)
		})
	}
	t.run()
}

// Semaphore checks that a semaphore lets through as many as there are permits;
// with tries, also that an attempt fails only when there is none.
func Semaphore(tries bool) func(*check.World) {
	return func(w *check.World) {
		t := &sectionTrial{
			w: w, least: 3,
			role: func(int) string { return protocol.RoleSemaphore },
			checker: func(t *sectionTrial) linear.Checker {
				return linear.Semaphore{Initial: t.initial, Relaxed: !tries}
			},
		}
		t.create = func(r *round, p *check.Process, name string) (handle, error) {
			maximum := w.SemaphoreMaximum(16)
			t.initial = min(1+r.rand.IntN(2), int(maximum))
			return p.CreateSemaphore(name, int64(t.initial), maximum)
		}
		t.open = func(p *check.Process, name string) (handle, error) { return p.OpenSemaphore(name) }
		t.plain = func(s *session, handles []handle, count int64) int64 {
			return right(w, handles, count, func(_ int, h handle, s check.Steps) *check.Work {
				return h.(*check.Semaphore).BeginPermits(int64(t.initial), s)
			})
		}
		t.run()
	}
}
