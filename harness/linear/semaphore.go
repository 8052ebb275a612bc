package linear

import "github.com/ipckit/ipckit/harness/history"

// Semaphore checks a counting semaphore: waits, posts, and attempts that fail.
//
// Exact without failed attempts, O(n log k): a history is linearizable iff at no
// instant more waits have returned than there were permits at the start and posts
// begun. It is optimal that every post takes effect at once and every wait at the
// last moment.
//
// Sound with failed attempts: a failure is a violation only if at every instant of
// it a permit was certainly available, counting posts that have returned and waits
// that have begun.
type Semaphore struct {
	Initial int // permits at the start
	// Relaxed allows an attempt to fail while any other operation is in progress.
	Relaxed bool
}

// Check implements [Checker].
func (c Semaphore) Check(h *history.History) Verdict {
	most, least := c.Initial, c.Initial // upper and lower bound of the permits available
	lastNone := int64(-1)               // when the lower bound was last 0
	complete := true
	var posted, waited history.Event
	var alone loner
	for m := history.NewMerge(h); ; {
		e, ok := m.Next()
		if !ok {
			return allowed(complete)
		}
		alone.see(e)
		o := e.Op
		switch {
		case o.Kind != history.Wait && o.Kind != history.Post:
			return alien("semaphore", o)
		case o.Kind == history.Wait && o.Status == history.Failed && o.Ret != 0:
			complete = false
			if e.Return && least > 0 && lastNone < o.Inv && (!c.Relaxed || alone.is(e)) {
				return c.failed(h, e, posted, least)
			}
		case !o.Done() && !o.Pending():
		case o.Kind == history.Post && !e.Return:
			most++
		case o.Kind == history.Post && !o.Pending():
			if least++; least == 1 {
				lastNone = o.Ret
			}
			posted = e
		case o.Kind == history.Wait && !e.Return:
			least--
		case o.Kind == history.Wait && !o.Pending():
			if most--; most < 0 {
				return c.overdrawn(h, e, waited, complete)
			}
			waited = e
		}
	}
}

// overdrawn shows the superfluous wait, the wait before it, and the first post that
// began too late for it.
func (c Semaphore) overdrawn(h *history.History, e, before history.Event, complete bool) Verdict {
	steps := []Step{stepAt(h, e, "")}
	if before.Op != nil {
		steps = append(steps, stepAt(h, before, ""))
	}
	posts, waits := 0, 0
	var late Step
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			switch {
			case o.Kind == history.Wait && o.Done() && o.Ret <= e.Op.Ret:
				waits++
			case o.Kind == history.Post && (o.Done() || o.Pending()) && o.Inv <= e.Op.Ret:
				posts++
			case o.Kind == history.Post && (late.Op.Inv == 0 || o.Inv < late.Op.Inv):
				late = stepOf(h, log, i, "")
			}
		}
	}
	if late.Op.Inv != 0 {
		steps = append(steps, late)
	}
	return violation(complete, steps, proof{}, "%d waits had returned, with %d permits at the start and %d posts begun", waits, c.Initial, posts)
}

// failed shows the attempt and the last post before its end.
func (c Semaphore) failed(h *history.History, e, post history.Event, permits int) Verdict {
	steps := []Step{stepAt(h, e, "")}
	if post.Op != nil {
		steps = append(steps, stepAt(h, post, ""))
	}
	return violation(false, steps, proof{}, "an attempt failed although permits were available all the time, %d of them at its end", permits)
}
