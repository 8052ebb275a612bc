// Package run carries out a check. The supervisor selects what is checked, and
// starts runners: the running binary in another role, which runs the specs once,
// since Ginkgo can run one suite in a process and a fault of the kit must not
// take the record along. Runners send events and nothing else. The supervisor
// alone writes the record, and judges from the events that it received.
package run

import (
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A Plan says which subject is checked, and how. A runner receives it as one
// line of JSON, with the checks that it registers.
type Plan struct {
	Key       string             `json:"key"` // which of the binary's checks this is
	Claims    subject.Claims     `json:"claims"`
	Launcher  agent.Launcher     `json:"launcher"`
	Baselines []check.Contestant `json:"baselines,omitempty"`   // that measured promises name
	Programs  string             `json:"programs,omitempty"`    // directory of built programs
	BuildErr  string             `json:"build_error,omitempty"` // why there are none
	Seed      uint64             `json:"seed"`
	Patience  time.Duration      `json:"patience,omitempty"`
	Attempts  int                `json:"attempts,omitempty"`
	Isolation world.Isolation    `json:"isolation,omitempty"`
	Budget    time.Duration      `json:"budget,omitempty"`    // of all load together; in a runner: of each check; 0: Moment
	Measuring time.Duration      `json:"measuring,omitempty"` // of all rounds of measured promises together; in a runner: of each promise; 0: see Selection.Each
	Repeat    string             `json:"repeat"`              // command that repeats a requirement, with {id} for its id

	// Checks are what a runner registers, and nothing else. The supervisor
	// selects them, once, by Only and Kinds.
	Checks []catalogue.Check `json:"checks"`
	Queued bool              `json:"queued,omitempty"` // other runners have them too: each takes what it runs from the queue

	Only   []string                   `json:"-"` // patterns of requirements; none: all that is claimed
	Kinds  []catalogue.Kind           `json:"-"` // of checks; nil: catalogue.DefaultKinds
	Power  map[string]string          `json:"-"` // how often checks under load catch what, by requirement
	Hosted map[string]subject.Subject `json:"-"` // baselines that the running binary hosts, by name
	Ways   Ways                       `json:"-"` // how the caller runs kinds that the plan leaves out
}

// Ways gives, for a kind of check, the command or the option by which the caller
// can have it run.
type Ways func(catalogue.Kind) string

// Moment is how long all load of a check goes on together where the caller does
// not say. The reference has 35 checks under load, so each gets a quarter of a
// second, with one CPU for each of those that run at the same time: a round or two,
// which meet seeded races that give way in their window each time, and others once
// in a few runs.
const Moment = 4 * time.Second

// Runs reports whether checks of a kind belong to the plan.
func (p Plan) Runs(k catalogue.Kind) bool {
	if p.Kinds == nil {
		return slices.Contains(catalogue.DefaultKinds(), k)
	}
	return slices.Contains(p.Kinds, k)
}

// alone reports whether checks of a kind must have the machine for themselves,
// as far as the kit can see to it: those that measure time run after all else.
func alone(k catalogue.Kind) bool { return k == catalogue.Performance }

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
	for _, c := range s.checks() {
		kinds[c.Requirement] = append(kinds[c.Requirement], c.Kind)
	}
	return kinds
}

// checks lists the checks that the suite has, without profiles.
func (s Suite) checks() (all []catalogue.Check) {
	collect := &check.Suite{Catalogue: s.Catalogue, Collect: func(c catalogue.Check) { all = append(all, c) }}
	for _, register := range s.Register {
		register(collect)
	}
	return all
}

// Accept checks what a subject claims, and fills in what the claims leave to
// their defaults.
func (s Suite) Accept(c *subject.Claims) error {
	implemented := s.Implemented()
	var requirements []subject.Requirement
	for _, r := range s.Catalogue.All() {
		requirements = append(requirements, subject.Requirement{
			ID: r.ID, Level: string(r.Level), Profiles: r.Profiles, When: r.When, By: r.By,
			Of: r.Of, Keys: r.Keys, Units: r.Units, Baselines: r.Baselines,
			Checked: len(implemented[r.ID]) > 0,
		})
	}
	if err := c.Check(requirements); err != nil {
		return err
	}
	c.Normalise()
	return nil
}
