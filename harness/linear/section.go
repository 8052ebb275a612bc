package linear

import (
	"cmp"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// A section is the time for which a thread held a lock: from some instant of its
// acquisition to some instant of its release, and certainly between the two.
type section struct {
	lockInv, lockRet     int64
	unlockInv, unlockRet int64 // without a release: lockRet and never
	lock, unlock         place // unlock.log < 0 without a release
	reads                bool
}

// A place is the position of an operation in its history.
type place struct{ log, index int32 }

// A try is an attempt to lock that failed.
type try struct {
	inv, ret int64
	at       place
	reads    bool
}

// Sections are what the threads did with one lock.
type sections struct {
	all      []section // by lockRet, then unlockInv
	tries    []try     // failed attempts that have to be explained
	pending  int64     // when the first acquisition began that never returned
	released bool      // every acquisition has a release
}

// readSections pairs acquisitions and releases: a release ends the section that its
// own thread began last. A thread that dies certainly holds its lock only until the
// return of its acquisition, since a robust lock passes to another thread.
func readSections(h *history.History, object string, relaxed bool) (sections, Verdict, bool) {
	s := sections{pending: never, released: true}
	lone := lonely(h, relaxed)
	for log, l := range h.Logs {
		open := -1
		for i := range l.Ops {
			o := &l.Ops[i]
			at := place{int32(log), int32(i)}
			switch o.Kind {
			case history.Lock, history.LockRead:
				reads := o.Kind == history.LockRead
				switch {
				case o.Pending():
					s.pending = min(s.pending, o.Inv)
					s.released = false
				case o.Status == history.Failed:
					if lone == nil || lone[at] {
						s.tries = append(s.tries, try{o.Inv, o.Ret, at, reads})
					}
				case o.Done():
					if open >= 0 {
						s.released = false
					}
					open = len(s.all)
					s.all = append(s.all, section{o.Inv, o.Ret, o.Ret, never, at, place{-1, -1}, reads})
				}
			case history.Unlock, history.UnlockRead:
				if !o.Done() && !o.Pending() {
					continue
				}
				if open < 0 || s.all[open].reads != (o.Kind == history.UnlockRead) {
					return s, inconclusive("thread %d released a %s that it had not locked; a workload must not do that", log, object), false
				}
				x := &s.all[open]
				x.unlockInv, x.unlock = o.Inv, at
				if !o.Pending() {
					x.unlockRet = o.Ret
				}
				open = -1
			default:
				return s, alien(object, o), false
			}
		}
		if open >= 0 {
			s.released = false
		}
	}
	slices.SortFunc(s.all, func(a, b section) int {
		return cmp.Or(cmp.Compare(a.lockRet, b.lockRet), cmp.Compare(a.unlockInv, b.unlockInv))
	})
	return s, Verdict{}, true
}

// lonely finds the failed operations during which no other was in progress, if only
// these have to be explained; nil if all have to be.
func lonely(h *history.History, relaxed bool) map[place]bool {
	if !relaxed {
		return nil
	}
	found := map[place]bool{}
	var alone loner
	for m := history.NewMerge(h); ; {
		e, ok := m.Next()
		if !ok {
			return found
		}
		alone.see(e)
		if e.Return && e.Op.Status != history.OK && alone.is(e) {
			found[place{e.Log, e.Index}] = true
		}
	}
}

// steps returns the operations of sections, named A, B, …
func (s *sections) steps(h *history.History, which ...*section) []Step {
	var steps []Step
	for i, x := range which {
		for _, p := range []place{x.lock, x.unlock} {
			if p.log < 0 {
				continue
			}
			step := stepOf(h, int(p.log), int(p.index), letter(i))
			step.group = i + 1
			steps = append(steps, step)
		}
	}
	return steps
}
