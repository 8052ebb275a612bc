package linear

import (
	"sort"

	"github.com/ipckit/ipckit/harness/history"
)

// Mutex checks a lock for one owner, with attempts that fail.
//
// Exact, O(n log n), if every lock is released and, where attempts fail, no two
// sections fall on the same instant of the clock. Each owner certainly holds the
// lock from the return of its acquisition to the invocation of its release; two such
// times must not overlap. If none do, the order of the owners is known, and from the
// return of a release to the invocation of the next acquisition the lock is
// certainly free; a failed attempt must not lie strictly inside such a gap.
//
// An owner that died is taken to have lost the lock at once, and an acquisition that
// never returned may have got it. Both can only hide violations.
type Mutex struct {
	// Relaxed allows an attempt to fail while any other operation is in progress.
	Relaxed bool
}

// Check implements [Checker].
func (c Mutex) Check(h *history.History) Verdict {
	s, v, ok := readSections(h, "mutex", c.Relaxed)
	if !ok {
		return v
	}
	for i := 1; i < len(s.all); i++ {
		a, b := &s.all[i-1], &s.all[i]
		if b.lockRet < a.unlockInv {
			return violation(s.released, s.steps(h, a, b), proof{model: mutexModel}, "two owners at once: B had the lock before A began to release it")
		}
	}
	if v, ok := c.tries(h, &s); !ok {
		return v
	}
	return allowed(s.released && (len(s.tries) == 0 || !s.tied()))
}

// tied reports whether two sections fall on the same instant.
func (s *sections) tied() bool {
	for i := 1; i < len(s.all); i++ {
		a, b := &s.all[i-1], &s.all[i]
		if a.lockRet == b.unlockInv && b.lockRet == b.unlockInv {
			return true
		}
	}
	return false
}

// tries looks for a failed attempt inside a gap. Only one gap can hold it: the one
// before the first section whose acquisition returned after the attempt. The order
// of sections of no length at the same instant is unknown, so any of them may be the
// first or the last.
func (c Mutex) tries(h *history.History, s *sections) (Verdict, bool) {
	for _, t := range s.tries {
		if t.ret >= s.pending {
			continue // the acquisition that never returned may have got it
		}
		i := sort.Search(len(s.all), func(i int) bool { return s.all[i].lockRet > t.ret })
		free, taken := int64(always), int64(never)
		var around []*section
		if i > 0 {
			around = append(around, &s.all[i-1])
			free = s.all[i-1].unlockRet
			if p := &s.all[i-1]; p.lockRet == p.unlockInv {
				for j := i - 2; j >= 0 && s.all[j].lockRet == p.lockRet && s.all[j].unlockInv == p.lockRet; j-- {
					free = max(free, s.all[j].unlockRet)
				}
			}
		}
		if i < len(s.all) {
			around = append(around, &s.all[i])
			taken = s.all[i].lockInv
			if n := &s.all[i]; n.lockRet == n.unlockInv {
				for j := i + 1; j < len(s.all) && s.all[j].lockRet == n.lockRet && s.all[j].unlockInv == n.lockRet; j++ {
					taken = min(taken, s.all[j].lockInv)
				}
			}
		}
		if free < t.inv && t.ret < taken {
			return s.failedWhileFree(h, t, around), false
		}
	}
	return Verdict{}, true
}

// failedWhileFree shows the attempt between the release before it and the
// acquisition after it.
func (s *sections) failedWhileFree(h *history.History, t try, around []*section) Verdict {
	steps := []Step{stepOf(h, int(t.at.log), int(t.at.index), "")}
	for i, x := range around {
		p := x.lock
		if x.unlockRet < t.inv {
			p = x.unlock
		}
		steps = append(steps, stepOf(h, int(p.log), int(p.index), letter(i)))
	}
	return violation(s.released, steps, proof{}, "an attempt to lock failed although the lock was free from before it began until after it had ended")
}
