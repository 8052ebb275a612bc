package section

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Contest is two processes that want a lock whose owner has died, or is about to.
type Contest[H any] struct {
	Create, Open func(p *check.Process, name string) (H, error)
	Unlink       func(h H) error
	Detach       func(h H) error
	Acquire      func(h H, wait subject.Wait) error // alone: as a writer, of a reader–writer lock
	Release      func(h H) error
}

// heirs is how many locks one owner dies with: each serves for one place.
const heirs = 16

// Run halts a process at each system call of its try to acquire a dead owner's
// lock, while another process tries too: at most one of them gets it. It gets it as
// a dead owner's, and the lock works after that.
func (c Contest[H]) Run(w *check.World) {
	first, second, witness := w.SteppedProcess("first heir"), w.Process("second heir"), w.Process("witness")
	var mine, theirs, seen []H
	prepare := func(batch int) {
		owner := w.Process(fmt.Sprintf("owner of %d locks, %d", heirs, batch+1))
		for i := range heirs {
			name := w.ObjectName(fmt.Sprintf("left%d-%d", batch, i))
			h := check.Share(w, name, []*check.Process{witness, owner, first.Process, second}, c.Create, c.Open)
			w.Must(c.Acquire(h[1], subject.Forever), "acquiring the free lock by %s", owner.Name())
			seen, mine, theirs = append(seen, h[0]), append(mine, h[2]), append(theirs, h[3])
		}
		owner.Kill()
	}
	places := first.AtEachPlace(func(n int, operation func(do func(), meanwhile func(string))) {
		if n%heirs == 0 {
			w.Mute(true)
			prepare(n / heirs)
			w.Mute(false)
		}
		got := map[string]error{}
		operation(func() { got[first.Name()] = c.Acquire(mine[n], subject.Never) }, func(where string) {
			w.Step("%s stands %s in its try to acquire the lock of a dead owner; %s tries, too", first.Name(), where, second.Name())
			got[second.Name()] = c.Acquire(theirs[n], subject.Never)
		})
		c.judge(w, got, map[string]H{first.Name(): mine[n], second.Name(): theirs[n]}, seen[n])
	})
	how := "halted at"
	if !first.Halts() {
		how = "met by chance at"
	}
	w.Note("two processes tried to acquire a dead owner's lock, one of them %s %d places", how, places)
	w.Mute(true)
	for n := range mine {
		for _, h := range []H{mine[n], theirs[n], seen[n]} {
			w.Must(c.Detach(h), "detaching from the lock")
		}
		w.Must(c.Unlink(seen[n]), "unlinking the lock")
	}
	w.Mute(false)
}

// judge expects that at most one of two tries was granted, and that the lock works.
func (c Contest[H]) judge(w *check.World, got map[string]error, handles map[string]H, witness H) {
	var holder string
	for name, err := range got {
		switch kind := subject.KindOf(err); {
		case err != nil && kind != subject.OwnerDead:
			w.Refused(err, NotGranted, "a try by %s to acquire the lock of a dead owner, which another process tries to acquire, too,", name)
		case holder != "":
			w.Fail("two processes hold the lock of a dead owner: it was granted to %s and to %s", holder, name)
		default:
			holder = name
			Inherits(w, err)
		}
	}
	if holder == "" { // each was in the other's way
		for name, h := range handles {
			if err := c.Acquire(h, subject.Forever); subject.KindOf(err) != subject.OwnerDead {
				w.Must(err, "acquiring by %s the lock of a dead owner, which no process holds", name)
			}
			holder = name
			break
		}
	}
	w.Refused(c.Acquire(witness, subject.Never), NotGranted, "a try to acquire the lock that %s has inherited", holder)
	w.Must(c.Release(handles[holder]), "releasing the lock by %s, which has inherited it", holder)
	w.Must(c.Acquire(witness, subject.Never), "a try to acquire the lock that %s, which had inherited it, has released", holder)
	w.Must(c.Release(witness), "releasing it again")
}
