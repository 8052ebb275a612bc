// Package load puts a subject's objects under load, with faults, and lets the
// checkers of package linear decide what its processes recorded.
//
// A check is made of rounds. Each has its own object, its own number of
// processes, capacity, sizes, thinking times and share of attempts that do not
// wait, all drawn from the seed; so a seed repeats what was asked for, though
// not how the processes met. Rounds follow until the budget is used up.
package load

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// Shows says that what breaks one requirement shows under the load of another: what
// loses a wake-up, say, hangs.
type Shows struct {
	Requirement, Load string // ids
	Races             bool   // of its seeded races
	Faults            bool   // of its other seeded faults
}

// A Trial is how one object is put under load.
type Trial struct {
	// Begin makes the object and starts the workloads.
	Begin func(r *Round)
	// End is called when all workloads have ended, to drain what is left; or nil.
	End func(r *Round)
	// Check gives what decides the history of a round.
	Check func(r *Round) linear.Checker
	// Deaths says that the subject claims to survive them.
	Deaths bool
	// Unrecorded is one round with an adapter that records nothing: it expects that
	// what came out is right, and gives the number of operations. It may be nil.
	Unrecorded func(r *Round) (operations int64)
}

// A Session is one check: rounds of a trial in one world.
type Session struct {
	w         *check.World
	trial     Trial
	processes []*check.Process
	started   int
	faults    *fault.Log
	names     int

	rounds, undecided int
	reason            string // of the last undecided round
	operations        int64
	incomplete        bool
	count             int64 // steps of each process in the next round
}

// Steps of each process in the first round, and at most. Later rounds take as
// many as fill their time.
const (
	firstSteps = 400
	mostSteps  = 60_000
	roundTime  = 200 * time.Millisecond
)

// Forever is how long workloads wait.
const Forever = subject.Forever

// Run puts an object under load for as long as the world's budget lasts.
func Run(w *check.World, t Trial) {
	s := NewSession(w, 1)
	s.trial = t
	defer s.Quiet()()
	if !s.Process(0).Records() {
		s.unrecorded()
		return
	}
	begun := time.Now()
	for first := true; first || s.goesOn(time.Since(begun)); first = false {
		began := time.Now()
		r := s.newRound()
		f := r.play()
		s.add(f)
		if f.bad() {
			s.fail(r, f)
		}
		s.pace(time.Since(began))
	}
	if s.undecided == s.rounds {
		w.Inconclusive("none of %d rounds could be decided: %s", s.rounds, s.reason)
	}
	if s.operations == 0 {
		w.Unobserved("no operation was recorded in %d %s, although the workloads ended", s.rounds, reports.Plural(s.rounds, "round"))
	}
	w.Note("%s", s.note())
}

// enough operations are what a check does at least, where twice its budget suffices
// for them: less says little, on a machine that is slow or busy.
const enough = 5000

// goesOn reports whether there is to be one more round.
func (s *Session) goesOn(spent time.Duration) bool {
	budget := s.w.Budget()
	return spent < budget || s.operations < enough && spent < 2*budget
}

// NewSession begins a check in which each process does a number of steps in the
// first round: that of other checks times a factor.
func NewSession(w *check.World, factor int64) *Session {
	return &Session{w: w, faults: fault.NewLog(), count: factor * firstSteps}
}

// Quiet keeps the steps of the rounds out of the evidence, which they would fill,
// and puts the faults into the record. What it gives ends that.
func (s *Session) Quiet() (end func()) {
	s.w.Mute(true)
	s.w.Faults(func() []string { return s.lastFaults(mostFaults) })
	return func() { s.w.Mute(false) }
}

// unrecorded is for adapters that record nothing: what came out is compared with
// what went in, and nothing is known of when.
func (s *Session) unrecorded() {
	if s.trial.Unrecorded == nil {
		s.w.Skip("this adapter does not record histories, and without them there is nothing to judge")
	}
	s.Repeat(s.trial.Unrecorded)
	s.w.Note("this adapter does not record histories: %d %s, %s operations, judged by what came out", s.rounds, reports.Plural(s.rounds, "round"), reports.Thousands(s.operations))
}

// Repeat does rounds that are judged by themselves for as long as the budget
// lasts. Each gives its number of operations.
func (s *Session) Repeat(once func(r *Round) (operations int64)) {
	end := time.Now().Add(s.w.Budget())
	for first := true; first || time.Now().Before(end); first = false {
		began := time.Now()
		r := s.newRound()
		r.Steps = r.Count
		s.operations += once(r)
		r.tidy()
		s.rounds++
		s.w.Progress(s.operations, 0)
		s.pace(time.Since(began))
	}
}

func (s *Session) add(f finding) {
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
func (s *Session) pace(took time.Duration) {
	factor := float64(roundTime) / float64(max(took, time.Millisecond))
	s.count = min(max(int64(float64(s.count)*min(max(factor, 0.25), 3)), 50), mostSteps)
}

// Process is the i-th process, which is started when it is needed first.
func (s *Session) Process(i int) *check.Process {
	for len(s.processes) <= i {
		s.started++
		s.processes = append(s.processes, s.w.Process(fmt.Sprintf("p%d", s.started-1)))
	}
	return s.processes[i]
}

// Processes are the first n.
func (s *Session) Processes(n int) []*check.Process {
	if n > 0 {
		s.Process(n - 1)
	}
	return slices.Clone(s.processes[:n])
}

// Name is a new name for an object.
func (s *Session) Name(base string) string {
	s.names++
	return s.w.ObjectName(fmt.Sprintf("%s%d", base, s.names))
}

// Summary says how much was done, and which faults were made.
func (s *Session) Summary() string {
	return fmt.Sprintf("%s operations in %s %s%s", reports.Thousands(s.operations), reports.Thousands(s.rounds), reports.Plural(s.rounds, "round"), s.faultCounts())
}

// note sums up a pass.
func (s *Session) note() string {
	text := s.Summary()
	if s.operations < enough {
		text += fmt.Sprintf("; that is little: fewer than %s", reports.Thousands(int64(enough)))
	}
	if s.undecided > 0 {
		text += fmt.Sprintf("; %d %s undecided: %s", s.undecided, reports.Plural(s.undecided, "round"), s.reason)
	}
	if s.incomplete {
		text += "; what this checker allows need not be linearizable"
	}
	return text
}

// faultCounts says how often each kind of fault was made.
func (s *Session) faultCounts() string {
	counts := map[fault.Kind]int{}
	var order []fault.Kind
	for _, e := range s.faults.Events() {
		if counts[e.Kind]++; counts[e.Kind] == 1 {
			order = append(order, e.Kind)
		}
	}
	var parts []string
	for _, k := range order {
		parts = append(parts, fmt.Sprintf("%s %d %s", k, counts[k], reports.Plural(counts[k], "time")))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; faults: " + strings.Join(parts, ", ")
}
