// Package life holds the specs of what every object with a name promises, of
// whatever family: that it goes on without its creator, that two handles of one
// process behave like those of two, that a process which comes while it is being
// created finds none or one that works, and that a refused creation changes nothing.
// They are written once and registered under each family's own requirement ids.
package life

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Handle is one process's way to an object.
type Handle interface {
	Process() *check.Process
	Detach() error
}

// An Object is how these specs make the objects of a family, and see that one works.
type Object[H Handle] struct {
	Noun string // "lock"

	Create, Open func(p *check.Process, name string) (H, error)
	Unlink       func(h H) error

	// Leave has a handle do something that the object keeps, such as to acquire the
	// lock. find expects that another handle notices, and puts the object back into
	// the state from before.
	Leave func(by H) (find func(by H, when string))

	// Sided says that a handle which leaves something never finds anything, and the
	// other way round, as with a buffer for one producer and one consumer.
	Sided bool

	// Once says that a handle need not go on where another handle of its process has
	// been detached: what it had then is judged, and no more.
	Once bool
}

// A Maker makes the object's description for a world.
type Maker[H Handle] func(w *check.World) Object[H]

// share creates an object in the first of the processes and opens it in the others.
func (o Object[H]) share(w *check.World, name string, processes ...*check.Process) []H {
	return check.Share(w, name, processes, o.Create, o.Open)
}

// exchange has each of two handles find what the other has left, as far as their
// sides allow.
func (o Object[H]) exchange(a, b H, when string) {
	o.Leave(a)(b, when)
	if !o.Sided {
		o.Leave(b)(a, when)
	}
}

// giveBack detaches the handles, the last first, and removes the name, which may have gone by
// itself where gone says so.
func (o Object[H]) giveBack(w *check.World, gone bool, handles ...H) {
	for i := len(handles) - 1; i >= 0; i-- {
		w.Must(handles[i].Detach(), "detaching from the %s by %s", o.Noun, handles[i].Process().Name())
	}
	if err := o.Unlink(handles[0]); err != nil && (!gone || subject.KindOf(err) != subject.NotFound) {
		w.Must(err, "unlinking the %s by %s", o.Noun, handles[0].Process().Name())
	}
}
