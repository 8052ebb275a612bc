package sharedmemory

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// Semaphores registers the SEM family.
func Semaphores(s *spec.Suite) {
	s.It("SEM-COUNT", semCount)
	s.It("SEM-BLOCK", semBlock)
	s.It("SEM-WAKE", semWake)
	s.It("SEM-TRY", semTry)
	s.It("SEM-EINTR", semEINTR)
	s.It("SEM-ABANDONED", semAbandoned)
	s.It("SEM-LINEAR", semLinear)
	s.It("SEM-DEADLINE", semDeadline)
	s.It("SEM-SLEEP", semSleep)
	s.It("SEM-OVERFLOW", semOverflow)
}

// semParty gives handles on one semaphore of that value to processes of these
// names; the first creates it.
func semParty(w *spec.World, initial int64, names ...string) []*spec.Semaphore {
	var processes []*spec.Process
	for _, n := range names {
		processes = append(processes, w.Process(n))
	}
	return semaphore(w, "sem", initial, processes)
}

func semaphore(w *spec.World, base string, initial int64, processes []*spec.Process) []*spec.Semaphore {
	handles := make([]*spec.Semaphore, len(processes))
	name := w.ObjectName(base)
	for i, p := range processes {
		var err error
		if i == 0 {
			handles[i], err = p.CreateSemaphore(name, initial, w.SemaphoreMaximum(100_000))
			w.Must(err, "creating a semaphore of value %d", initial)
		} else {
			handles[i], err = p.OpenSemaphore(name)
			w.Must(err, "opening the semaphore by %s", p.Name())
		}
	}
	return handles
}

func post(w *spec.World, s *spec.Semaphore) {
	w.Must(s.Post(), "posting by %s", s.Process().Name())
}

// zero expects that a try is refused, since the value is zero.
func zero(w *spec.World, s *spec.Semaphore, when string) {
	w.Refused(s.Wait(subject.Never), notGranted, "a try at value zero, %s", when)
}

// worth expects that the value is n, and leaves it at zero.
func worth(w *spec.World, s *spec.Semaphore, n int, when string) {
	for i := range n {
		w.Must(s.Wait(subject.Never), "try %d of %d that the value has room for, %s", i+1, n, when)
	}
	zero(w, s, when)
}

func semSteps(w *spec.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.Semaphore.Waiting, steps)
}

// permits is how many may be inside in the specs that let several in, as far as
// the claimed maximum allows.
func permits(w *spec.World, wanted int64) int64 { return min(w.SemaphoreMaximum(wanted), wanted) }

func semCount(w *spec.World) {
	n := permits(w, 3)
	s := semParty(w, n, "first", "second", "third", "fourth")
	w.Step("the value is %d: as many waits come through, and no more", n)
	for i := range n {
		w.Must(s[i%4].Wait(subject.Forever), "wait %d at an initial value of %d", i+1, n)
	}
	zero(w, s[3], "after as many waits")
	call := s[0].BeginWait(subject.Forever)
	call.Blocks("waiting at value zero")
	post(w, s[1])
	_, err := call.Return()
	w.Must(err, "the wait that waited")
	zero(w, s[2], "after a post and a wait")
	w.Step("all of them wait and post at full speed, and count who is inside")
	for range n {
		post(w, s[1])
	}
	scratch := w.Scratch(0)
	var works []*spec.Work
	for _, x := range s {
		works = append(works, x.BeginPermits(n, spec.Steps{Count: semSteps(w, 4000), Scratch: scratch, Wait: subject.Forever}))
	}
	for _, x := range works {
		x.Right()
	}
	worth(w, s[0], int(n), "when all have posted what they took")
	w.Step("two post and two wait at full speed")
	transfer(w, s, w.Scratch(0), semSteps(w, 4000), subject.Forever)
	zero(w, s[0], "after as many waits as posts")
}

// transfer lets the first half post and the second half wait as often. Where
// the largest value is small, they take turns, since a post could be refused.
func transfer(w *spec.World, s []*spec.Semaphore, scratch *spec.Scratch, count int64, wait subject.Wait) {
	half := len(s) / 2
	if room := w.SemaphoreMaximum(100_000); count*int64(half) > room {
		count = max(room/int64(half), 1)
		if int64(half) > room {
			return
		}
	}
	var works []*spec.Work
	for i, x := range s {
		steps := spec.Steps{Count: count, Scratch: scratch, Wait: wait}
		if i < half {
			works = append(works, x.BeginPosts(steps))
		} else {
			works = append(works, x.BeginWaits(0, steps))
		}
	}
	for _, x := range works {
		x.Right()
	}
}

func semBlock(w *spec.World) {
	s := semParty(w, 0, "waiter", "other waiter", "poster")
	for round := range 3 {
		w.Step("round %d: one waits at value zero", round+1)
		call := s[0].BeginWait(subject.Forever)
		call.Blocks("waiting at value zero")
		post(w, s[2])
		_, err := call.Return()
		w.Must(err, "the wait that waited")
		zero(w, s[1], "after a post and a wait")
	}
	w.Step("two wait; one post lets one of them through")
	a, b := s[0].BeginWait(subject.Forever), s[1].BeginWait(subject.Forever)
	a.Blocks("waiting at value zero")
	b.Blocks("waiting at value zero")
	post(w, s[2])
	through, held := a, b
	if spec.First(a, b) == 1 {
		through, held = b, a
	}
	_, err := through.Return()
	w.Must(err, "the wait that the post let through")
	held.Blocks("waiting at value zero, after one post for two")
	post(w, s[2])
	_, err = held.Return()
	w.Must(err, "the other wait")
	zero(w, s[2], "after as many waits as posts")
}

func semWake(w *spec.World) {
	s := semParty(w, 0, "poster", "first", "second", "third")
	w.Step("a waiting process is woken by each of 50 posts")
	for range 50 {
		call := s[1].BeginWait(subject.Forever)
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		post(w, s[0])
		_, err := call.Return()
		w.Must(err, "the wait that waited")
	}
	if permits(w, 3) == 3 {
		w.Step("three wait, and three posts follow each other at once")
		for range 10 {
			var calls []*spec.Call
			for _, x := range s[1:] {
				calls = append(calls, x.BeginWait(subject.Forever))
			}
			for _, c := range calls {
				c.Blocks("waiting at value zero")
			}
			posts := s[0].BeginPosts(spec.Steps{Count: 3, Scratch: w.Scratch(0)})
			posts.Right()
			for _, c := range calls {
				_, err := c.Return()
				w.Must(err, "a wait for which there was a post")
			}
		}
	}
	w.Step("two post and two wait at full speed")
	transfer(w, s, w.Scratch(0), semSteps(w, 4000), subject.Forever)
	zero(w, s[0], "after as many waits as posts")
}

func semTry(w *spec.World) {
	s := semParty(w, 1, "first", "second")
	for round := range 20 {
		w.Step("round %d: a try at value 1, and tries at value zero", round+1)
		w.Must(s[0].Wait(subject.Never), "a try at value 1")
		zero(w, s[1], "which another took")
		zero(w, s[0], "which it took itself")
		post(w, s[1])
	}
	worth(w, s[0], 1, "after tries that were refused")
}

func semEINTR(w *spec.World) {
	s := semParty(w, 0, "waiter", "poster")
	for round := range 3 {
		w.Step("round %d: signals arrive at the process that waits", round+1)
		call := s[0].BeginWait(subject.Forever)
		call.Blocks("waiting at value zero")
		s[0].Process().Storm(10)
		call.StillBlocked("waiting at value zero, during signals")
		post(w, s[1])
		_, err := call.Return()
		w.Must(err, "the wait that signals arrived in")
		zero(w, s[1], "after a post and a wait")
		post(w, s[1])
		worth(w, s[0], 1, "after one more post")
	}
}

func semAbandoned(w *spec.World) {
	s := semParty(w, 0, "waiter", "impatient", "poster")
	call := s[0].BeginWait(subject.Forever)
	call.Blocks("waiting at value zero")
	w.Step("100 tries are refused, while another waits")
	for range 100 {
		zero(w, s[1], "where another waits")
	}
	if claims(w, "SEM-DEADLINE") {
		w.Step("20 waits run into their time limit")
		for range 20 {
			w.Refused(s[1].Wait(subject.Wait(5*time.Millisecond)), notGranted, "waiting at value zero for 5 ms")
		}
	}
	w.Step("a post goes to the one that waits")
	post(w, s[2])
	_, err := call.Return()
	w.Must(err, "the wait that waited")
	w.Step("the value is what was posted")
	n := int(permits(w, 3))
	for range n {
		post(w, s[2])
	}
	worth(w, s[0], n, "after refused tries")
	w.Step("waiting and waking still work, for the one that was refused too")
	call = s[1].BeginWait(subject.Forever)
	call.Blocks("waiting at value zero")
	post(w, s[2])
	_, err = call.Return()
	w.Must(err, "the wait that waited")
	zero(w, s[0], "after as many waits as posts")
}

// semLinear lets three processes work at once and decides, from when each
// operation was told to begin and when its answer was there, whether it can be
// explained by operations that happen one at a time. These times are later and
// earlier than the true ones, which hides a fault now and then and never shows
// one that is none.
func semLinear(w *spec.World) {
	const rounds = 150
	initial := permits(w, 2)
	s := semParty(w, initial, "first", "second", "third")
	w.Step("what is posted can be taken at once, by any of them")
	other := semaphore(w, "apart", 0, []*spec.Process{s[0].Process(), s[1].Process()})
	for i := range rounds {
		post(w, other[i%2])
		if err := other[(i+1)%2].Wait(subject.Never); err != nil {
			w.Must(err, "a try at value 1, where the post had returned before,")
		}
	}
	w.Step("three processes try and post at once, %d times each", rounds)
	began := time.Now()
	clock := func() int64 { return int64(time.Since(began)) + 1 } // 0 is no time of a history's
	logs := make([]*history.Log, len(s))
	for i := range logs {
		logs[i] = new(history.Log)
	}
	mine := make([]int, len(s)) // permits that each has taken
	for range rounds {
		calls, ops := make([]*spec.Call, len(s)), make([]history.Op, len(s))
		for i, x := range s {
			ops[i] = history.Op{Kind: history.Wait, Inv: clock()}
			if mine[i] > 0 && w.Rand.IntN(2) == 0 {
				ops[i].Kind = history.Post
				mine[i]--
				calls[i] = x.BeginPost()
			} else {
				calls[i] = x.BeginWait(subject.Never)
			}
		}
		for i, c := range calls {
			_, err := c.Return()
			ops[i].Ret = clock()
			switch kind := subject.KindOf(err); {
			case ops[i].Kind == history.Post:
				w.Must(err, "posting")
			case kind == subject.Timeout:
				ops[i].Status = history.Failed
			default:
				w.Must(err, "a try")
				mine[i]++
			}
			logs[i].Ops = append(logs[i].Ops, ops[i])
		}
	}
	h := history.New(logs...)
	verdict := linear.Semaphore{Initial: int(initial)}.Check(h)
	if verdict.Outcome == linear.Violation {
		w.Fail("%s", verdict.Reason)
	}
	w.Note("%d operations by %d processes", h.Len(), len(s))
}

func semDeadline(w *spec.World) {
	s := semParty(w, 0, "waiter", "poster", "third", "fourth")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("a wait at value zero, for %v", limit)
		began := time.Now()
		w.Refused(s[0].Wait(subject.Wait(limit)), notGranted, "waiting at value zero for %v", limit)
		tooEarly(w, began, limit)
		post(w, s[1])
		worth(w, s[1], 1, "after a post, and a wait that had given up")
	}
	w.Step("a post comes before the limit")
	call := s[0].BeginWait(subject.Wait(time.Hour))
	call.Blocks("waiting at value zero for an hour")
	post(w, s[1])
	_, err := call.Return()
	w.Must(err, "the wait that waited, for at most an hour")
	zero(w, s[1], "after a post and a wait")
	w.Step("two post and two wait with limits of 1 ms at full speed")
	transfer(w, s, w.Scratch(0), semSteps(w, 2000), subject.Wait(time.Millisecond))
	zero(w, s[0], "after as many waits as posts")
}

func semSleep(w *spec.World) {
	s := semParty(w, 0, "waiter", "poster")
	call := s[0].BeginWait(subject.Forever)
	w.Step("the processor time of the one that waits is watched")
	call.Sleeps("waiting at value zero")
	post(w, s[1])
	_, err := call.Return()
	w.Must(err, "the wait that waited")
}

func semOverflow(w *spec.World) {
	p, q := w.Process("first"), w.Process("second")
	claimed := w.Claims().Profiles.Semaphore.Maximum
	for i, maximum := range []int64{int64(claimed.Min), int64(claimed.Max)} {
		name := w.ObjectName(fmt.Sprintf("max%d", i))
		w.Step("a semaphore one below its largest value, %d", maximum)
		a, err := p.CreateSemaphore(name, maximum-1, maximum)
		w.Must(err, "creating a semaphore of value %d and at most %d", maximum-1, maximum)
		b, err := q.OpenSemaphore(name)
		w.Must(err, "opening it")
		post(w, a)
		for range 3 {
			for _, x := range []*spec.Semaphore{a, b} {
				w.Refused(x.Post(), []subject.Kind{subject.Full}, "a post at the largest value, %d,", maximum)
			}
		}
		w.Step("the value is what it was")
		w.Must(b.Wait(subject.Never), "a try at the largest value")
		post(w, a)
		w.Refused(a.Post(), []subject.Kind{subject.Full}, "a post at the largest value, %d,", maximum)
		if maximum <= 100 {
			worth(w, b, int(maximum), "after posts that were refused")
		}
		w.Must(b.Detach(), "detaching")
		w.Must(a.Detach(), "detaching")
		w.Must(a.Unlink(), "unlinking")
	}
}
