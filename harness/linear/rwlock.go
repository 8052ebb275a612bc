package linear

import (
	"cmp"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// RWLock checks a lock for one writer or many readers, with attempts that fail.
//
// Exact without failed attempts, O(n log n): each section certainly holds the lock
// from the return of its acquisition to the invocation of its release; two such
// times must not overlap if one of them is a writer's. Acquiring and releasing at
// just these points makes every section as short as possible.
//
// Sound with failed attempts: a failure is a violation only if at no instant of it
// another thread (for a reader: a writer) can have held the lock or waited for it.
type RWLock struct {
	// Relaxed allows an attempt to fail while any other operation is in progress.
	Relaxed bool
}

// Check implements [Checker].
func (c RWLock) Check(h *history.History) Verdict {
	s, v, ok := readSections(h, "reader–writer lock", c.Relaxed)
	if !ok {
		return v
	}
	complete := s.released && len(s.tries) == 0
	var writer, any *section // those that end last
	for i := range s.all {
		b := &s.all[i]
		a := any
		if b.reads {
			a = writer
		}
		if a != nil && b.lockRet < a.unlockInv {
			return violation(complete, s.steps(h, a, b), proof{model: rwModel}, "%s at once: B had the lock before A began to release it", pairing(a, b))
		}
		if any == nil || b.unlockInv > any.unlockInv {
			any = b
		}
		if !b.reads && (writer == nil || b.unlockInv > writer.unlockInv) {
			writer = b
		}
	}
	if v, ok := c.tries(h, &s); !ok {
		return v
	}
	return allowed(complete)
}

func pairing(a, b *section) string {
	if a.reads || b.reads {
		return "a reader and a writer"
	}
	return "two writers"
}

// tries looks for a failed attempt during which the lock was certainly free. A
// section counts from the invocation of its acquisition on, since a lock may prefer
// waiters.
func (c RWLock) tries(h *history.History, s *sections) (Verdict, bool) {
	if len(s.tries) == 0 {
		return Verdict{}, true
	}
	slices.SortFunc(s.tries, func(a, b try) int { return cmp.Compare(a.ret, b.ret) })
	byStart := make([]*section, len(s.all))
	for i := range s.all {
		byStart[i] = &s.all[i]
	}
	slices.SortFunc(byStart, func(a, b *section) int { return cmp.Compare(a.lockInv, b.lockInv) })
	var last [2]*section // of any, of writers: the one that ends last of those begun
	next := 0
	for _, t := range s.tries {
		for ; next < len(byStart) && byStart[next].lockInv <= t.ret; next++ {
			x := byStart[next]
			for k := range last {
				if (k == 0 || !x.reads) && (last[k] == nil || x.unlockRet > last[k].unlockRet) {
					last[k] = x
				}
			}
		}
		before := last[0]
		if t.reads {
			before = last[1]
		}
		if t.ret >= s.pending || before != nil && before.unlockRet >= t.inv {
			continue
		}
		var around []*section
		if before != nil {
			around = append(around, before)
		}
		return s.failedWhileFree(h, t, around), false
	}
	return Verdict{}, true
}
