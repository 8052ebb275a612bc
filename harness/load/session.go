// Package load puts a subject's objects under load, with faults, and lets the
// checkers of package linear decide what its processes recorded.
//
// A check is made of rounds. Each has its own object, its own number of
// processes, capacity, sizes, thinking times and share of attempts that do not
// wait, all drawn from the seed; so a seed repeats what was asked for, though
// not how the processes met. Rounds follow until the budget is used up.
package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
)

// A trial is how one object is put under load.
type trial struct {
	// begin makes the object and starts the workloads.
	begin func(r *round)
	// end is called when all workloads have ended, to drain and to give back.
	end func(r *round)
	// check is what decides the history of a round.
	check func(r *round) linear.Checker
	// deaths says that the subject claims to bear them.
	deaths bool
	// unrecorded is one round with an adapter that records nothing; it gives
	// the number of operations. It ends the spec where something was wrong.
	unrecorded func(s *session, count int64) int64
}

// A session is one check: rounds of a trial in one world.
type session struct {
	w         *check.World
	trial     trial
	processes []*check.Process
	started   int
	faults    *fault.Log
	names     int

	rounds, undecided int
	reason            string // of the last undecided round
	operations        int64
	incomplete        bool
	count             int64 // steps a process in the next round
}

// A round is one object's life.
type round struct {
	*session
	number     int
	seed       uint64
	rand       *rand.Rand // of this round alone, so that it can be run again
	count      int64      // steps of each process; begin may lessen it
	steps      int64      // that were begun
	shape      string
	recordings []*check.Recording
	capacity   int64 // usable items of a buffer
	cleanup    []func()
	before     int              // faults in the log
	victim     *check.Process   // who is killed on purpose; nil: nobody
	lasting    error            // a shortage that could not be ended
	failed     *check.Recording // the first workload that did
}

// A finding is what a round showed.
type finding struct {
	verdict linear.Verdict
	stuck   string // who did not come back, and why
	ops     int
}

func (f finding) bad() bool { return f.stuck != "" || f.verdict.Outcome == linear.Violation }

// Steps of each process in the first round, and at most. Later rounds take as
// many as fill their time.
const (
	firstSteps = 400
	mostSteps  = 60_000
	roundTime  = 200 * time.Millisecond
)

// run is the whole of a check.
func run(w *check.World, t trial) {
	s := &session{w: w, trial: t, faults: fault.NewLog(), count: firstSteps}
	end := time.Now().Add(w.Budget())
	w.Mute(true)
	defer w.Mute(false)
	w.Faults(func() []string { return s.lastFaults(mostFaults) })
	if !s.process(0).Records() {
		s.behave(end)
		return
	}
	for first := true; first || time.Now().Before(end); first = false {
		began := time.Now()
		r := s.newRound()
		f := r.play()
		s.tell(f)
		if f.bad() {
			s.condemn(r, f)
		}
		s.pace(time.Since(began))
	}
	if s.undecided == s.rounds {
		w.Inconclusive("%d rounds, and none could be decided: %s", s.rounds, s.reason)
	}
	w.Note("%s", s.note())
}

// behave is for adapters that record nothing: what came out is compared with
// what went in, and nothing is known of when.
func (s *session) behave(end time.Time) {
	if s.trial.unrecorded == nil {
		s.w.Skip("histories are not recorded by this adapter, and without them there is nothing to see")
	}
	s.repeat(end, func() int64 { return s.trial.unrecorded(s, s.count) })
	s.w.Note("histories are not recorded by this adapter: %d rounds, %d operations, judged by what came out", s.rounds, s.operations)
}

// repeat does rounds that are judged by themselves until a time.
func (s *session) repeat(end time.Time, once func() int64) {
	for first := true; first || time.Now().Before(end); first = false {
		began := time.Now()
		s.operations += once()
		s.rounds++
		s.w.Progress(s.operations, 0)
		s.pace(time.Since(began))
	}
}

func (s *session) tell(f finding) {
	s.rounds++
	s.operations += int64(f.ops)
	if f.verdict.Outcome == linear.Inconclusive {
		s.undecided++
		s.reason = f.verdict.Reason
	}
	s.incomplete = s.incomplete || f.verdict.Outcome == linear.Allowed && !f.verdict.Complete
	s.w.Progress(s.operations, int64(len(s.faults.Events())))
}

// pace makes the next round as long as it should be.
func (s *session) pace(took time.Duration) {
	factor := float64(roundTime) / float64(max(took, time.Millisecond))
	s.count = min(max(int64(float64(s.count)*min(max(factor, 0.25), 3)), 50), mostSteps)
}

// process is the i-th process, which is started when it is needed first.
func (s *session) process(i int) *check.Process {
	for len(s.processes) <= i {
		s.started++
		s.processes = append(s.processes, s.w.Process(fmt.Sprintf("p%d", s.started-1)))
	}
	return s.processes[i]
}

func (s *session) newRound() *round {
	return s.roundOf(s.rounds+1, s.w.Rand.Uint64(), s.count)
}

func (s *session) roundOf(number int, seed uint64, count int64) *round {
	return &round{session: s, number: number, seed: seed, rand: rand.New(rand.NewPCG(seed, uint64(number))), count: count}
}

// name is a new name for an object.
func (s *session) name(base string) string {
	s.names++
	return s.w.ObjectName(fmt.Sprintf("%s%d", base, s.names))
}

// recorded begins a workload and notes it.
func (r *round) recorded(x *check.Recording) { r.recordings = append(r.recordings, x) }

// load is what workloads of this round have in common.
func (r *round) load(role string, index int) check.Recorded {
	return check.Recorded{Role: role, Index: int64(index), Count: r.count, Wait: forever, Seed: r.rand.Uint64()}
}

// play runs the round, with faults while it is under way.
func (r *round) play() finding {
	r.steps, r.before = r.count, len(r.faults.Events())
	r.trial.begin(r)
	ctx, stop := context.WithTimeout(r.w.Context(), 10*roundTime) // whoever hangs is to be seen to sleep
	settled := make(chan struct{})
	source, weather, scene := r.source(), r.weather(), r.scene()
	go func() {
		defer close(settled)
		fault.Disturb(ctx, source, r.faults, weather, scene)
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
		r.story(r)
		r.failed.Broken()
	}
	if stuck != "" {
		return r.stranded(stuck)
	}
	if r.trial.end != nil {
		r.trial.end(r)
	}
	for i := len(r.cleanup) - 1; i >= 0; i-- {
		r.cleanup[i]()
	}
	return r.decide()
}

// await waits for the workloads. quiet ends the faults; it is called however
// the wait ends, so that nobody stays stopped.
func (r *round) await(quiet func()) string {
	defer quiet()
	defer r.failing()()
	return r.w.Ended(r.recordings)
}

// stranded looks at what was recorded before everything stood still.
func (r *round) stranded(stuck string) finding {
	r.clear()
	f := r.decide()
	if f.verdict.Outcome != linear.Violation {
		f.stuck = stuck
	}
	return f
}

// abandon ends a round that says nothing. What its processes had no time to
// remove is none of their leftovers; the world removes it.
func (r *round) abandon(reason string) finding {
	r.clear()
	r.w.Discard(r.recordings)
	if err := r.w.Baseline(); err != nil {
		r.w.KitError(err)
	}
	return finding{verdict: linear.Verdict{Outcome: linear.Inconclusive, Reason: reason}}
}

// clear kills the processes of the round; the next one starts others.
func (r *round) clear() {
	for _, x := range r.recordings {
		if !x.Process().Gone() {
			x.Process().Kill()
		}
	}
	r.session.processes = nil
	r.w.Forget()
}

// decide loads the histories and asks the checker.
func (r *round) decide() finding {
	h, err := r.w.Histories(r.recordings)
	defer func() {
		_ = h.Close()
		r.w.Discard(r.recordings)
	}()
	f := finding{ops: h.Len()}
	f.verdict = r.trial.check(r).Check(h)
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
func (r *round) doubt(h *history.History, v linear.Verdict) linear.Verdict {
	for _, l := range h.Logs {
		if l.Header.Fence == history.NoFence && l.Header.Slack == 0 {
			if r.trial.check(r).Check(h.Widened(1000)).Outcome != linear.Violation {
				return linear.Verdict{Outcome: linear.Inconclusive, Reason: "a violation that may be a store on its way, as it is gone when every operation ends 1 µs later"}
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

// note sums up a pass.
func (s *session) note() string {
	text := fmt.Sprintf("%d operations in %d rounds%s", s.operations, s.rounds, s.faultCounts())
	if s.undecided > 0 {
		text += fmt.Sprintf("; %d rounds undecided: %s", s.undecided, s.reason)
	}
	if s.incomplete {
		text += "; what this checker allows need not be linearizable"
	}
	return text
}

// faultCounts says how often each kind of fault was made.
func (s *session) faultCounts() string {
	counts := map[fault.Kind]int{}
	var order []fault.Kind
	for _, e := range s.faults.Events() {
		if counts[e.Kind]++; counts[e.Kind] == 1 {
			order = append(order, e.Kind)
		}
	}
	var parts []string
	for _, k := range order {
		parts = append(parts, fmt.Sprintf("%s %d times", k, counts[k]))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; faults: " + strings.Join(parts, ", ")
}
