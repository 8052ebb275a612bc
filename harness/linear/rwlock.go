package linear

import (
	"cmp"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// RWLock checks a lock for one writer or many readers, with attempts that fail.
//
// Exact without failed attempts, O(n log n): what is held for sure, from the
// return of the acquisition to the invocation of the release, must not overlap
// where one of the two is a writer's. To take effect at just those points makes
// every section as short as it can be.
//
// Sound with failed attempts: one is a violation only if nobody can have held
// the lock, nor waited for it, at any instant of it; for a reader, no writer.
type RWLock struct {
	// Relaxed allows an attempt to fail while any other operation is in flight.
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
			return violation(complete, s.steps(h, a, b), proof{model: rwModel}, "%s at once: B had the lock before A began to give it back", pairing(a, b))
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

// tries looks for an attempt during which the lock was free for sure, from the
// acquisitions' invocations on: a lock may prefer those who wait.
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
