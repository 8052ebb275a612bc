package performance

import (
	"fmt"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/subject"
)

// How long the blocked are looked at, after a moment in which they come to rest.
const (
	windows = 3
	window  = 2 * time.Second
	rest    = 300 * time.Millisecond
)

// idleFloor is what two blocked processes may use without a difference between them:
// reading how much they use costs that much.
const idleFloor = 1000

var idle = gauge{name: "processor time of blocked processes", unit: "us/s", what: measure.OneWay, floor: idleFloor, read: readIdle}

// readIdle has processes block in every way that the object has, and reads how much
// processor time they use, together with those that the subject itself started. What
// disturbs them can only add, so the promise is broken where it is in each window.
func readIdle(w *check.World, f measure.Figure, _ float64) reading {
	w.IgnoreLeftovers()
	calls := blocked(w, f)
	w.Settle()
	time.Sleep(rest)
	var used []float64
	var wakes uint64
	for range windows {
		before, began := w.Usage(), time.Now()
		if !before.Precise {
			w.Skip("the kernel does not tell how much processor time a thread used, but in ticks: no /proc/PID/schedstat")
		}
		time.Sleep(window)
		after, took := w.Usage(), time.Since(began)
		used = append(used, float64((after.Processor-before.Processor).Microseconds())/took.Seconds())
		wakes += after.Wakes - before.Wakes
	}
	for _, c := range calls {
		c.StillBlocked("%s, while nothing is sent", c.Process().Name())
	}
	slices.Sort(used)
	middle := used[len(used)/2]
	return reading{
		value: middle, low: used[0], high: middle,
		text: fmt.Sprintf("%d blocked, %d windows of %v, %.3g to %.3g us/s, %.3g wake-ups a second",
			len(calls), windows, window, used[0], used[len(used)-1], float64(wakes)/(windows*window.Seconds())),
	}
}

// fillAtMost is how many messages are put until a queue is full. One that takes more
// has no process that waits for room.
const fillAtMost = 2000

// blocked starts the operations that wait: a get from an empty queue and a put into a
// full one; of what is acquired, a second acquire.
func blocked(w *check.World, f measure.Figure) (calls []*check.Call) {
	if measure.Moves(f.Of) {
		return blockedQueues(w, f)
	}
	name := w.ObjectName("m")
	owner, waiter := w.CalmProcess("owner"), w.CalmProcess("waiter")
	switch f.Of {
	case subject.ProfileSemaphore:
		_, err := owner.CreateSemaphore(name, 0, w.SemaphoreMaximum(8))
		w.Must(err, "making a semaphore")
		s, err := waiter.OpenSemaphore(name)
		w.Must(err, "opening the semaphore")
		calls = append(calls, s.BeginWait(subject.Forever))
	case subject.ProfileRWLock:
		held, err := owner.CreateRWLock(name)
		w.Must(err, "making a lock")
		w.Must(held.Write(subject.Forever), "acquiring the lock")
		l, err := waiter.OpenRWLock(name)
		w.Must(err, "opening the lock")
		calls = append(calls, l.BeginWrite(subject.Forever))
	default:
		held, err := owner.CreateLock(name)
		w.Must(err, "making a lock")
		w.Must(held.Acquire(subject.Forever), "acquiring the lock")
		l, err := waiter.OpenLock(name)
		w.Must(err, "opening the lock")
		calls = append(calls, l.BeginAcquire(subject.Forever))
	}
	calls[0].Blocks("waiting for what another process has")
	return calls
}

func blockedQueues(w *check.World, f measure.Figure) (calls []*check.Call) {
	facts := w.Queues()
	facts.Max = max(facts.Min, f.Size)
	shape := facts.Shape(4, f.Size)
	sender, receiver := w.CalmProcess("sender"), w.CalmProcess("receiver")
	full, empty := w.ObjectName("full"), w.ObjectName("empty")
	put, err := sender.CreateQueue(full, shape)
	w.Must(err, "making %q", full)
	_, err = receiver.OpenQueue(full)
	w.Must(err, "opening %q", full)
	_, err = sender.CreateQueue(empty, shape)
	w.Must(err, "making %q", empty)
	get, err := receiver.OpenQueue(empty)
	w.Must(err, "opening %q", empty)

	item := make([]byte, f.Size)
	w.Step("a queue is filled")
	w.Mute(true)
	for range fillAtMost {
		if err = put.Put(item, subject.Never); err != nil {
			break
		}
	}
	w.Mute(false)
	calls = append(calls, get.BeginGet(subject.Forever))
	if subject.KindOf(err) == subject.Full {
		calls = append(calls, put.BeginPut(item, subject.Forever))
	} else if err != nil {
		w.Must(err, "filling a queue")
	}
	for _, c := range calls {
		c.Blocks("waiting for another process")
	}
	return calls
}
