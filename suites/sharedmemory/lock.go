package sharedmemory

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// Locks registers the LOCK family.
func Locks(s *spec.Suite) {
	s.It("LOCK-EXCLUSION", lockExclusion)
	s.It("LOCK-PROGRESS", lockProgress)
	s.It("LOCK-TRY", lockTry)
	s.It("LOCK-WAKE", lockWake)
	s.It("LOCK-EINTR", lockEINTR)
	s.It("LOCK-ABANDONED", lockAbandoned)
	s.It("LOCK-VISIBLE", lockVisible)
	s.It("LOCK-FAIR", lockFair)
	s.It("LOCK-DEADLINE", lockDeadline)
	s.It("LOCK-SLEEP", lockSleep)
	s.It("LOCK-OWNER", lockOwner)
	s.It("LOCK-OWNERDEATH", lockOwnerDeath)
	s.It("LOCK-OWNERDEATH", lockKilled, spec.Kind(catalogue.Fault))
}

// party gives handles on one lock to processes of these names; the first
// creates it.
func lockParty(w *spec.World, names ...string) []*spec.Lock {
	handles := make([]*spec.Lock, len(names))
	name := w.ObjectName("lock")
	for i, n := range names {
		var err error
		if p := w.Process(n); i == 0 {
			handles[i], err = p.CreateLock(name)
			w.Must(err, "creating the lock")
		} else {
			handles[i], err = p.OpenLock(name)
			w.Must(err, "opening the lock by %s", n)
		}
	}
	return handles
}

func acquire(w *spec.World, l *spec.Lock) {
	w.Must(l.Acquire(subject.Forever), "acquiring the free lock by %s", l.Process().Name())
}

func release(w *spec.World, l *spec.Lock) {
	w.Must(l.Release(), "releasing the lock by %s, which holds it", l.Process().Name())
}

// taken expects that a try is refused, since somebody holds the lock.
func taken(w *spec.World, l *spec.Lock, what string) {
	w.Refused(l.Acquire(subject.Never), notGranted, "a try of %s", what)
}

// notGranted is how a try is refused that finds nothing to be granted.
var notGranted = []subject.Kind{subject.Timeout}

// free expects that nobody holds the lock.
func free(w *spec.World, l *spec.Lock, when string) {
	w.Must(l.Acquire(subject.Never), "a try of the lock %s", when)
	release(w, l)
}

// workSteps is how much a workload does; those who spin hold each other up
// where they are more than the processors.
func workSteps(waiting string, steps int64) int64 {
	if waiting == "spin" {
		return steps / 10
	}
	return steps
}

func lockSteps(w *spec.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.Lock.Waiting, steps)
}

// sections lets all of them acquire and release at full speed, and gives how
// many sections that makes.
func sections(handles []*spec.Lock, s spec.Steps) (works []*spec.Work, total uint64) {
	for _, l := range handles {
		works = append(works, l.BeginSections(s))
		total += uint64(s.Count)
	}
	return works, total
}

func lockExclusion(w *spec.World) {
	l := lockParty(w, "first", "second", "third")
	for round := range 3 {
		w.Step("round %d: one holds the lock, another waits until it is released", round+1)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks("acquiring the lock while another is inside")
		release(w, l[0])
		_, err := call.Return()
		w.Must(err, "the acquire that waited")
		release(w, l[1])
	}
	w.Step("all of them acquire and release at full speed, and look whether another is inside")
	s := w.Scratch(0)
	works, total := sections(l, spec.Steps{Count: lockSteps(w, 4000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Right()
	}
	lostNone(w, s, total)
	w.Note("%d sections by %d processes", total, len(l))
}

// lostNone expects that everyone who was inside alone was counted.
func lostNone(w *spec.World, s *spec.Scratch, total uint64) {
	if n := s.Counter(); n != total {
		w.Fail("an update was lost: %d sections added 1 to a plain counter, and it is %d", total, n)
	}
}

func lockProgress(w *spec.World) {
	l := lockParty(w, "idle", "busy", "other")
	w.Step("one process acquires and releases, the others do not take part")
	for range 10 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("another takes it up, and the first no longer takes part")
	for range 10 {
		acquire(w, l[2])
		release(w, l[2])
	}
	w.Step("the one that never took part is killed, and nobody holds the lock")
	l[0].Process().Kill()
	for range 5 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("another ends in order")
	l[2].Process().Exit()
	for range 5 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Must(l[1].Unlink(), "unlinking the lock by the one who is left")
}

func lockTry(w *spec.World) {
	l := lockParty(w, "owner", "second", "third")
	for round := range 20 {
		w.Step("round %d: a try of the free lock, and tries of the lock that is held", round+1)
		w.Must(l[0].Acquire(subject.Never), "a try of the free lock")
		taken(w, l[1], "the lock that another holds")
		taken(w, l[2], "the lock that another holds")
		release(w, l[0])
		w.Must(l[1].Acquire(subject.Never), "a try of the lock that was released before")
		taken(w, l[0], "the lock that another holds")
		release(w, l[1])
	}
}

func lockWake(w *spec.World) {
	l := lockParty(w, "first", "second", "third", "fourth")
	w.Step("a waiting process is woken by each of 50 releases")
	acquire(w, l[0])
	for i := range 50 {
		holder, waiter := l[i%2], l[(i+1)%2]
		call := waiter.BeginAcquire(subject.Forever)
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		release(w, holder)
		_, err := call.Return()
		w.Must(err, "the acquire that waited")
	}
	w.Step("three wait, and one release lets them in one after the other")
	s := w.Scratch(0)
	works, _ := sections(l[1:], spec.Steps{Count: 1, Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Blocks("acquiring the lock while another is inside")
	}
	release(w, l[0])
	for _, x := range works {
		x.Right()
	}
	w.Step("all of them acquire and release at full speed")
	works, _ = sections(l, spec.Steps{Count: lockSteps(w, 2000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Right()
	}
	free(w, l[0], "after all that")
}

func lockEINTR(w *spec.World) {
	l := lockParty(w, "owner", "waiter", "witness")
	for round := range 3 {
		w.Step("round %d: signals arrive at the process that waits", round+1)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks("acquiring the lock while another is inside")
		l[1].Process().Storm(10)
		call.StillBlocked("acquiring the lock while another is inside, during signals")
		w.Step("the lock is released, and goes to the one that waits")
		release(w, l[0])
		_, err := call.Return()
		w.Must(err, "the acquire that signals arrived in")
		taken(w, l[2], "the lock that the one who waited holds")
		release(w, l[1])
		free(w, l[2], "that everybody has released")
	}
}

func lockAbandoned(w *spec.World) {
	l := lockParty(w, "owner", "waiter", "impatient")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Forever)
	call.Blocks("acquiring the lock while another is inside")
	w.Step("100 tries are refused, while another waits")
	for range 100 {
		taken(w, l[2], "the lock that another holds")
	}
	if claims(w, "LOCK-DEADLINE") {
		w.Step("20 attempts run into their time limit")
		for range 20 {
			w.Refused(l[2].Acquire(subject.Wait(5*time.Millisecond)), notGranted, "acquiring the lock that is held, for 5 ms")
		}
	}
	w.Step("the lock is released and goes to the one that waits")
	release(w, l[0])
	_, err := call.Return()
	w.Must(err, "the acquire that waited")
	w.Step("waiting and waking still work, for the one that was refused too")
	call = l[2].BeginAcquire(subject.Forever)
	call.Blocks("acquiring the lock while another is inside")
	release(w, l[1])
	_, err = call.Return()
	w.Must(err, "the acquire that waited")
	release(w, l[2])
	w.Step("the one whose try was refused wants nothing more, and the others go on")
	acquire(w, l[0])
	taken(w, l[2], "the lock that another holds")
	release(w, l[0])
	for range 3 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("one ends whose tries were refused")
	acquire(w, l[0])
	taken(w, l[2], "the lock that another holds")
	l[2].Process().Exit()
	release(w, l[0])
	acquire(w, l[1])
	release(w, l[1])
	free(w, l[0], "that everybody has released")
}

func lockVisible(w *spec.World) {
	l := lockParty(w, "first", "second", "third")
	s := w.Scratch(0)
	w.Step("they add to a plain counter inside, by turns and at full speed")
	works, total := sections(l, spec.Steps{Count: lockSteps(w, 2000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Whole()
	}
	lostNone(w, s, total)
	for _, x := range works {
		x.Right()
	}
	for i, word := range s.Record() {
		if word != total {
			w.Fail("word %d of what the last owner wrote is %d; %d owners wrote before", i, word, total)
		}
	}
}

// overtakes is how often one that waits may be overtaken; a fair lock needs one
// or none, and this is far from what a lock does that is not.
const overtakes = 16

// lateness is by how much longer the one that waits is left alone before the
// other begins, each time that it was overtaken: it may not have come to the lock
// yet, where the machine is busy.
const lateness = 250 * time.Millisecond

func lockFair(w *spec.World) {
	l := lockParty(w, "greedy", "patient")
	const rounds, again = 9, 3000
	var counts []uint64
	for round, starved := 0, 0; round < rounds; round++ {
		w.Step("round %d: one holds the lock and another waits; the first releases it and takes it again at once, up to %d times", round+1, again)
		s := w.Scratch(0)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks("acquiring the lock while another is inside")
		time.Sleep(time.Duration(starved) * lateness)
		greedy := l[0].BeginAgain(spec.Steps{Count: again, Scratch: s, Wait: subject.Forever})
		spec.First(call, greedy.Call)
		before := s.Counter()
		if greedy.Returned() {
			before = again
			release(w, l[0])
		}
		_, err := call.Return()
		w.Must(err, "the acquire that waited")
		counts = append(counts, before)
		release(w, l[1])
		greedy.Whole()
		if before < again {
			release(w, l[0])
		}
		if before > overtakes {
			starved++
		}
		if 2*starved > rounds {
			w.Fail("the one that waited was overtaken %d times in %d rounds, in turn: %v", sum(counts), round+1, counts)
		}
	}
	w.Note("overtaken in %d rounds: %v times", rounds, counts)
}

func sum(list []uint64) (n uint64) {
	for _, x := range list {
		n += x
	}
	return n
}

// claims reports whether the subject claims an extended requirement.
func claims(w *spec.World, id string) bool {
	for _, listed := range w.Claims().Extended {
		if listed == id {
			return true
		}
	}
	return false
}

// tooEarly ends the spec when something with a time limit gave up before that.
func tooEarly(w *spec.World, began time.Time, limit time.Duration) {
	if took := time.Since(began); took < limit {
		w.Fail("it gave up after %v, and was told to wait for %v", took.Round(time.Millisecond/10), limit)
	}
}

func lockDeadline(w *spec.World) {
	l := lockParty(w, "owner", "second", "third")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("an acquire of the lock that is held, for %v", limit)
		acquire(w, l[0])
		began := time.Now()
		w.Refused(l[1].Acquire(subject.Wait(limit)), notGranted, "acquiring the lock that is held, for %v", limit)
		tooEarly(w, began, limit)
		release(w, l[0])
		free(w, l[2], "after the attempt that gave up")
	}
	w.Step("the lock is released before the limit")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Wait(time.Hour))
	call.Blocks("acquiring the lock while another is inside, for an hour")
	release(w, l[0])
	_, err := call.Return()
	w.Must(err, "the acquire that waited, for at most an hour")
	taken(w, l[2], "the lock that the one who waited holds")
	release(w, l[1])
	w.Step("all of them acquire with limits of 1 ms at full speed")
	s := w.Scratch(0)
	works, total := sections(l, spec.Steps{Count: lockSteps(w, 1000), Scratch: s, Wait: subject.Wait(time.Millisecond)})
	for _, x := range works {
		x.Right()
	}
	lostNone(w, s, total)
	free(w, l[0], "after all that")
}

func lockSleep(w *spec.World) {
	l := lockParty(w, "owner", "waiter")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Forever)
	w.Step("the processor time of the one that waits is watched")
	call.Sleeps("acquiring the lock while another is inside")
	release(w, l[0])
	_, err := call.Return()
	w.Must(err, "the acquire that waited")
	release(w, l[1])
}

func lockOwner(w *spec.World) {
	l := lockParty(w, "owner", "stranger", "witness")
	notYours := []subject.Kind{subject.Invalid, subject.Permission}
	w.Step("a process that does not hold the lock releases it")
	w.Refused(l[1].Release(), notYours, "releasing the free lock")
	acquire(w, l[0])
	w.Refused(l[1].Release(), notYours, "releasing the lock that another holds")
	taken(w, l[2], "the lock, which is still its owner's")
	w.Step("one that waits releases nothing either, once it has given up")
	taken(w, l[1], "the lock that another holds")
	w.Refused(l[1].Release(), notYours, "releasing the lock that another holds")
	release(w, l[0])
	w.Refused(l[0].Release(), notYours, "releasing the lock a second time")
	free(w, l[2], "that its owner has released")
}

func lockOwnerDeath(w *spec.World) {
	l := lockParty(w, "survivor", "other")
	name := l[0].Name
	for round := range 3 {
		owner := w.Process(fmt.Sprintf("owner %d", round+1))
		o, err := owner.OpenLock(name)
		w.Must(err, "opening the lock")
		acquire(w, o)
		if round%2 == 0 {
			w.Step("the owner is killed; the next one comes")
			owner.Kill()
			inherits(w, l[0].Acquire(subject.Forever))
		} else {
			w.Step("another waits; the owner is killed")
			call := l[0].BeginAcquire(subject.Forever)
			call.Blocks("acquiring the lock while another is inside")
			owner.Kill()
			_, err := call.Return()
			inherits(w, err)
		}
		taken(w, l[1], "the lock that the heir holds")
		release(w, l[0])
		w.Step("after that the lock works as before, and says nothing of the death")
		for range 3 {
			for _, x := range l {
				acquire(w, x)
				release(w, x)
			}
		}
	}
}

// inherits expects that the lock of a dead owner was granted, and marked.
func inherits(w *spec.World, err error) {
	switch subject.KindOf(err) {
	case subject.OwnerDead:
	case "":
		w.Fail("the lock of an owner that was killed was granted without a word; it must be marked owner-dead")
	default:
		w.Must(err, "acquiring the lock of an owner that was killed")
	}
}

// lockKilled kills one of three at full speed, wherever it is.
func lockKilled(w *spec.World) {
	l := lockParty(w, "first", "second")
	const rounds = 10
	for round := range rounds {
		w.Step("round %d: one of three is killed at full speed", round+1)
		s := w.Scratch(0)
		doomed := w.Process(fmt.Sprintf("doomed %d", round+1))
		d, err := doomed.OpenLock(l[0].Name)
		w.Must(err, "opening the lock")
		d.BeginSections(spec.Steps{Count: 1 << 40, Scratch: s, Wait: subject.Forever})
		works, total := sections(l, spec.Steps{Count: lockSteps(w, 1500), Scratch: s, Wait: subject.Forever})
		time.Sleep(time.Duration(1000+w.Rand.IntN(8000)) * time.Microsecond)
		doomed.Kill()
		for _, x := range works {
			x.Right()
		}
		if n := s.Counter(); n < total {
			w.Fail("an update was lost: the survivors were inside %d times, and the counter is %d", total, n)
		}
	}
	w.Note("%d processes killed at random moments", rounds)
	for _, x := range l {
		acquire(w, x)
		release(w, x)
	}
}
