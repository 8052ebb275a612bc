package load

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
)

// A Round is one object's life.
type Round struct {
	*Session
	Number int        // 1, 2 …
	Rand   *rand.Rand // of this round alone, so that it can be run again
	Count  int64      // steps of each process
	Steps  int64      // of each process, where a trial has it do fewer
	Shape  string     // what was drawn, for the evidence

	seed       uint64
	recordings []*check.Recording
	cleanup    []func()
	before     int              // faults in the log
	victim     *check.Process   // killed on purpose; nil: none is
	lasting    error            // a shortage that could not be ended
	failed     *check.Recording // the first workload that did
}

// A finding is what a round showed.
type finding struct {
	verdict linear.Verdict
	stuck   string // which process did not come back, and why
	ops     int
}

func (f finding) bad() bool { return f.stuck != "" || f.verdict.Outcome == linear.Violation }

func (s *Session) newRound() *Round {
	return s.roundOf(s.rounds+1, s.w.Rand.Uint64(), s.count)
}

func (s *Session) roundOf(number int, seed uint64, count int64) *Round {
	return &Round{Session: s, Number: number, seed: seed, Rand: rand.New(rand.NewPCG(seed, uint64(number))), Count: count}
}

// Recorded adds a workload that was begun to the round.
func (r *Round) Recorded(x *check.Recording) { r.recordings = append(r.recordings, x) }

// Load is what workloads of this round have in common.
func (r *Round) Load(role string, index int) check.Recorded {
	return check.Recorded{Role: role, Index: int64(index), Count: r.Count, Wait: Forever, Seed: r.Rand.Uint64()}
}

// Cleanup runs f when the round has ended; the last comes first.
func (r *Round) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

// Slow notes a fault that the trial makes itself: slow processes.
func (r *Round) Slow(format string, args ...any) { r.faults.Add(fault.Slow, "", format, args...) }

func (r *Round) tidy() {
	for i := len(r.cleanup) - 1; i >= 0; i-- {
		r.cleanup[i]()
	}
}

// play runs the round, with faults while it is under way.
func (r *Round) play() finding {
	r.Steps, r.before = r.Count, len(r.faults.Events())
	r.trial.Begin(r)
	ctx, stop := context.WithTimeout(r.w.Context(), 10*roundTime) // a process that hangs must be seen to sleep
	settled := make(chan struct{})
	source, kinds, scene := r.source(), r.kinds(), r.scene()
	go func() {
		defer close(settled)
		fault.Disturb(ctx, source, r.faults, kinds, scene)
	}()
	bury := r.kill()
	stuck := r.await(func() { stop(); <-settled })
	bury()
	if r.lasting != nil {
		r.w.KitError(r.lasting)
	}
	if r.failed == nil {
		r.failed = r.failure() // after the last look
	}
	if r.failed != nil {
		if excuse := r.excuse(r.failed); excuse != "" {
			return r.abandon(excuse)
		}
		r.Story()
		r.failed.Broken()
	}
	if stuck != "" {
		return r.stranded(stuck)
	}
	if r.trial.End != nil {
		r.trial.End(r)
	}
	r.tidy()
	return r.decide()
}

// await waits for the workloads. quiet ends the faults; it is called however the wait
// ends, so that no process stays stopped.
func (r *Round) await(quiet func()) string {
	defer quiet()
	defer r.failing()()
	return r.w.Ended(r.recordings)
}

// stranded looks at what was recorded before everything stood still.
func (r *Round) stranded(stuck string) finding {
	r.clear()
	f := r.decide()
	if f.verdict.Outcome != linear.Violation {
		f.stuck = stuck
	}
	return f
}

// abandon ends a round that says nothing. What its processes had no time to
// remove is none of their leftovers; the world removes it.
func (r *Round) abandon(reason string) finding {
	r.clear()
	r.w.Discard(r.recordings)
	if err := r.w.Baseline(); err != nil {
		r.w.KitError(err)
	}
	return finding{verdict: linear.Verdict{Outcome: linear.Inconclusive, Reason: reason}}
}

// clear kills the processes of the round; the next one starts others.
func (r *Round) clear() {
	for _, x := range r.recordings {
		if !x.Process().Gone() {
			x.Process().Kill()
		}
	}
	r.Session.processes = nil
	r.w.Forget()
}

// decide loads the histories and asks the checker.
func (r *Round) decide() finding {
	h, err := r.w.Histories(r.recordings)
	defer func() {
		_ = h.Close()
		r.w.Discard(r.recordings)
	}()
	f := finding{ops: h.Len()}
	f.verdict = r.trial.Check(r).Check(h)
	if err != nil && f.verdict.Outcome != linear.Violation {
		f.verdict = linear.Verdict{Outcome: linear.Inconclusive, Reason: err.Error()}
	}
	if f.verdict.Outcome == linear.Violation {
		f.verdict = r.doubt(h, f.verdict)
	}
	return f
}

// doubt looks again at a violation: the certificate must not contradict it, and
// where no fence was recorded with, it must not be a store on its way.
func (r *Round) doubt(h *history.History, v linear.Verdict) linear.Verdict {
	for _, l := range h.Logs {
		if l.Header.Fence == history.NoFence && l.Header.Slack == 0 {
			if r.trial.Check(r).Check(h.Widened(1000)).Outcome != linear.Violation {
				return linear.Verdict{Outcome: linear.Inconclusive, Reason: "a violation that may be a store still on its way: there is none if every operation ends 1 µs later"}
			}
			break
		}
	}
	if v.Witness != nil && v.Witness.Certify(certifyTime) == linear.Contradicted {
		return linear.Verdict{Outcome: linear.Inconclusive, Reason: "two checkers disagree on a history, which is a fault of the kit: " + v.Reason}
	}
	return v
}

// certifyTime is more than enough for the few operations of a witness.
const certifyTime = 5 * time.Second
