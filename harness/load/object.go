package load

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/linear"
)

// A Handle is one process's way to an object under load.
type Handle interface {
	Record(check.Recorded) *check.Recording
}

// An Object is one that several processes use at the same time, each in a role,
// through handles of their own. What a field leaves open is drawn anew for each
// round.
type Object[H Handle] struct {
	World   *check.World
	Least   int                                   // processes
	More    int                                   // how many beside these are drawn: fewer than that
	Think   [4]time.Duration                      // the longest pause between two operations: one of these is drawn
	Tries   []int64                               // of 100 operations, how many do not wait: one of four; nil: of none it is asked
	Sizes   []int64                               // of records, bytes: one of four; nil: there are no records
	Attach  func(r *Round, size int64, n int) []H // makes the object and gives that many processes handles
	Role    func(i int) string                    // of process i
	About   func() string                         // what else is particular about a round, or nil
	Checker func() linear.Checker
	Deaths  bool // a process may be killed, since the others claim to survive that
	// Plain is a round with an adapter that records nothing: see [Trial].
	Plain func(r *Round) int64
}

// Run puts the object under load.
func (o Object[H]) Run() {
	Run(o.World, Trial{Begin: o.begin, Check: func(*Round) linear.Checker { return o.Checker() }, Deaths: o.Deaths, Unrecorded: o.Plain})
}

func (o Object[H]) begin(r *Round) {
	n := o.Least + r.Rand.IntN(o.More)
	think := o.Think[r.Rand.IntN(len(o.Think))]
	r.Shape = fmt.Sprintf("%d processes", n)
	var tries, size int64
	if o.Tries != nil {
		tries = o.Tries[r.Rand.IntN(len(o.Tries))]
		r.Shape += fmt.Sprintf(", %d %% without waiting", tries)
	}
	r.Shape += fmt.Sprintf(", thinking up to %v", think)
	if o.Sizes != nil {
		size = o.World.RecordSize(o.Sizes[r.Rand.IntN(len(o.Sizes))])
		r.Shape += fmt.Sprintf(", records of %d bytes", size)
	}
	handles := o.Attach(r, size, n)
	if o.About != nil {
		r.Shape += ", " + o.About()
	}
	for i, h := range handles {
		x := r.Load(o.Role(i), i)
		x.Tries, x.Think, x.SizeMin, x.SizeMax = tries, think, size, size
		r.Recorded(h.Record(x))
	}
}

// Share makes an object in the first of n processes and opens it in the others.
// The round gives the handles back when it ends.
func Share[H check.Shared](r *Round, base string, n int, create, open func(p *check.Process, name string) (H, error)) []H {
	handles := check.Share(r.w, r.Name(base), r.Processes(n), create, open)
	r.Cleanup(func() { check.GiveBack(r.w, handles) })
	return handles
}

// Right has each process do steps that the processes judge among themselves, and
// expects that nothing is wrong with any.
func Right[H any](r *Round, handles []H, marks int64, begin func(i int, h H, s check.Steps) *check.Work) (operations int64) {
	steps := check.Steps{Count: r.Count, Scratch: r.w.Scratch(marks), Wait: Forever}
	var works []*check.Work
	for i, h := range handles {
		works = append(works, begin(i, h, steps))
	}
	for _, work := range works {
		work.Right()
	}
	return r.Count * int64(len(handles))
}
