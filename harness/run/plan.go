// Package run carries out a check: it starts a runner, which is the running
// binary in another role and runs the specs once, follows what it does, and
// closes the record. Ginkgo can run one suite in a process, and a fault of the
// kit must not take its report along: hence two processes.
package run

import (
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// A Plan is what a runner is told, as one line of JSON.
type Plan struct {
	Key       string            `json:"key"` // which of the binary's checks this is
	Claims    subject.Claims    `json:"claims"`
	Launcher  agent.Launcher    `json:"launcher"`
	Programs  string            `json:"programs,omitempty"`    // directory of built programs
	BuildErr  string            `json:"build_error,omitempty"` // why there are none
	Only      []string          `json:"only,omitempty"`
	Kinds     []catalogue.Kind  `json:"kinds,omitempty"` // of checks; nil: all but those of kinds race and stress
	Seed      uint64            `json:"seed"`
	Patience  time.Duration     `json:"patience,omitempty"`
	Attempts  int               `json:"attempts,omitempty"`
	Isolation world.Isolation   `json:"isolation,omitempty"`
	Budget    time.Duration     `json:"budget,omitempty"` // of all checks together that go on as long as they may
	Power     map[string]string `json:"power,omitempty"`  // how often checks under load catch what, by requirement
	Record    string            `json:"record"`           // path of the record, which the header is in already
	Repeat    string            `json:"repeat"`           // command that repeats a requirement, with {id} for its id
	Part      Part              `json:"part"`             // which of the specs this runner takes
}

// Runs reports whether checks of a kind belong to the plan. Races are explored,
// and load is made, where they are asked for.
func (p Plan) Runs(k catalogue.Kind) bool {
	if p.Kinds == nil {
		return k != catalogue.Race && k != catalogue.Stress
	}
	return slices.Contains(p.Kinds, k)
}

// empower says beside a pass under load how often such a load catches faults.
func (p Plan) empower(r *reports.Result) {
	power := p.Power[r.Requirement]
	for i := range r.Checks {
		if c := &r.Checks[i]; power != "" && c.Kind == string(catalogue.Stress) && c.Verdict == reports.Pass {
			c.Note += "; " + power
		}
	}
}

// Part says which of the specs a runner takes: those that measure time run
// alone, after all else; the rest is dealt out.
type Part struct {
	Alone bool `json:"alone,omitempty"`
}

// alone reports whether a kind of check must have the machine for itself, as
// far as the kit can see to it.
func alone(k catalogue.Kind) bool { return k == catalogue.Performance }

// take reports whether specs of a kind belong to the plan's part.
func (p Plan) take(k catalogue.Kind) bool { return p.Runs(k) && alone(k) == p.Part.Alone }

// Suite is the catalogue and the specs: what the suites hand to a run.
type Suite struct {
	Catalogue *catalogue.Catalogue
	Version   string
	Register  []func(*check.Suite)
}

// Implemented lists the kinds of check that the suite has for each
// requirement.
func (s Suite) Implemented() map[string][]catalogue.Kind {
	kinds := map[string][]catalogue.Kind{}
	collect := &check.Suite{Catalogue: s.Catalogue, Collect: func(id string, kind catalogue.Kind) {
		kinds[id] = append(kinds[id], kind)
	}}
	for _, register := range s.Register {
		register(collect)
	}
	return kinds
}

// Accept checks what a subject claims, and fills in what the claims leave to
// their defaults.
func (s Suite) Accept(c *subject.Claims) error {
	implemented := s.Implemented()
	var requirements []subject.Requirement
	for _, r := range s.Catalogue.All() {
		requirements = append(requirements, subject.Requirement{
			ID: r.ID, Level: string(r.Level), Profiles: r.Profiles, When: r.When, Baselines: r.Baselines,
			Checked: len(implemented[r.ID]) > 0,
		})
	}
	if err := c.Check(requirements); err != nil {
		return err
	}
	c.Normalise()
	return nil
}

// An Observer is told what happens while a check runs. Its methods are called
// from one goroutine.
type Observer interface {
	Begin(total int)
	Start(id, kind string)
	Result(reports.Result)
	End()
}

// A Watcher is an Observer that is also told how far long checks have come:
// operations and faults of one check so far. A requirement has a check for each
// profile that it is claimed in; its name tells them apart, as they run at the
// same time.
type Watcher interface {
	Progress(check string, operations, faults int64)
}

// event is one line from the runner.
type event struct {
	Start      string          `json:"start,omitempty"`
	Kind       string          `json:"kind,omitempty"`
	Result     *reports.Result `json:"result,omitempty"`
	Operations int64           `json:"operations,omitempty"` // how far the check has come whose name is Start
	Faults     int64           `json:"faults,omitempty"`
	Ended      bool            `json:"ended,omitempty"` // the last line of a runner that came to its end
	Error      string          `json:"error,omitempty"`
}
