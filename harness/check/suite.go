// Package check binds Ginkgo specs to requirements. A spec arranges processes
// in a world, acts, and expects; the package gives it the processes, watches
// over every operation, and turns what happened into a verdict with evidence.
package check

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// DefaultPatience is how long the watchdog lets one operation take that ought
// to come back. It is far above what a loaded machine needs.
const DefaultPatience = 10 * time.Second

// A Suite is one subject, with the requirements that are to be checked of it.
// Registration functions call [Suite.It]; nothing is registered globally.
type Suite struct {
	Catalogue  *catalogue.Catalogue
	Claims     subject.Claims
	Checks     []catalogue.Check // what is registered, and nothing else
	Launcher   agent.Launcher    // starts an agent of the subject
	Baselines  []Contestant      // that measured promises name
	Programs   string            // directory of built programs, where they are the subject
	BuildErr   error             // why the programs could not be built
	Seed       uint64
	Patience   time.Duration // 0: DefaultPatience
	Isolation  world.Isolation
	Budget     time.Duration                                // how long a check may go on that could go on for ever
	Measuring  time.Duration                                // how long the rounds of a measured promise may go on; 0: until they decide
	Attempts   int                                          // how often a failure is looked at again; 0: 3
	Repeat     func(id string) string                       // the command that repeats one requirement
	OnBegin    func(id, kind string)                        // called before a check, or nil
	OnResult   func(r reports.Result)                       // called after it, or nil
	OnProgress func(check string, operations, faults int64) // called while a long check runs, or nil; check is its name, once for each profile
	Mine       func() bool                                  // says of each spec, when its turn comes, whether to run it; nil: all
	Collect    func(c catalogue.Check)                      // set: specs are not registered, only named; the profile is empty

	checks map[string][]catalogue.Check // that are registered, by requirement and kind
}

// Option changes how a spec is registered.
type Option func(*spec)

// Kind says that the spec is a check of another kind than behaviour.
func Kind(k catalogue.Kind) Option { return func(e *spec) { e.kind = k } }

// Once says that looking again would show the same thing again, since the body
// judges what was done before it ran.
func Once() Option { return func(e *spec) { e.once = true } }

// Waits says that the spec spends nearly all of its time waiting for timers of the
// system, so that it can run beside the others and take no processor from them.
func Waits() Option { return func(e *spec) { e.waits = true } }

// Leftovers says that a pass promises that nothing was left behind: where this host
// does not let the kit look at some kind of object, it is undecided.
func Leftovers() Option { return func(e *spec) { e.leftovers = true } }

// A spec is what shows one requirement in one profile.
type spec struct {
	suite       *Suite
	requirement *catalogue.Requirement
	profile     string
	claim       int // see catalogue.Check
	kind        catalogue.Kind
	once        bool
	waits       bool
	hosts       bool // it needs two
	leftovers   bool // see Leftovers
	again       bool // an attempt before this one failed
	crashed     bool // it crashed
	body        func(*World)
}

// It registers body as the spec of a requirement, once for each profile that
// the subject claims it in. Text and labels come from the catalogue. An id
// that the catalogue does not have is a mistake in the suite, and panics.
func (s *Suite) It(id string, body func(w *World), options ...Option) {
	r := s.Catalogue.Get(id)
	if r == nil {
		panic(fmt.Sprintf("spec for %s: the catalogue has no such requirement", id))
	}
	e := spec{suite: s, requirement: r, kind: catalogue.Behaviour, body: body}
	for _, o := range options {
		o(&e)
	}
	if s.Collect != nil {
		s.Collect(catalogue.Check{Requirement: id, Kind: e.kind, Waits: e.waits})
		return
	}
	checks := s.checksOf(id, e.kind)
	for _, c := range checks {
		e := e
		e.profile, e.claim = c.Profile, c.Claim
		text := fmt.Sprintf("%s %s", id, strings.TrimSuffix(r.Text, "."))
		switch {
		case len(checks) == 1:
		case c.Claim > 0:
			text += fmt.Sprintf(" [promise %d]", c.Claim)
		default:
			text += " [" + c.Profile + "]"
		}
		ginkgo.It(text, e.labels(), func(ctx ginkgo.SpecContext) {
			if s.Mine == nil || s.Mine() {
				e.run(ctx)
			}
		})
	}
}

func (e spec) labels() ginkgo.Labels {
	r := e.requirement
	labels := ginkgo.Labels{r.ID, r.Family(), string(r.Level), string(e.kind), e.profile}
	if f := e.suite.Catalogue.Family(r.ID); f != nil {
		labels = append(labels, f.Model)
	}
	return labels
}

// checksOf lists the checks of a kind of a requirement that are to run: one for
// each profile, or for each promise.
func (s *Suite) checksOf(id string, kind catalogue.Kind) []catalogue.Check {
	key := func(id string, kind catalogue.Kind) string { return id + " " + string(kind) }
	if s.checks == nil {
		s.checks = map[string][]catalogue.Check{}
		for _, c := range s.Checks {
			c.Waits = false // which is no difference
			if k := key(c.Requirement, c.Kind); !slices.Contains(s.checks[k], c) {
				s.checks[k] = append(s.checks[k], c)
			}
		}
	}
	return s.checks[key(id, kind)]
}

// Register prepares Ginkgo and Gomega for the suite and registers the specs
// in a container that bears the subject's name. It is called once in a
// process, before RunSpecs.
func (s *Suite) Register(specs ...func(*Suite)) {
	gomega.RegisterFailHandler(func(message string, skip ...int) { failed(message, skip...) })
	ginkgo.Describe(s.Claims.Subject, func() {
		for _, register := range specs {
			register(s)
		}
	})
}

func (s *Suite) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return DefaultPatience
}

func (s *Suite) attempts() int {
	if s.Attempts > 0 {
		return s.Attempts
	}
	return 3
}

// newWorld makes the world of one attempt.
func (e spec) newWorld(ctx context.Context) (*world.World, error) {
	return world.New(ctx, world.Options{Isolation: e.suite.Isolation, Limits: e.suite.limits(), TwoHosts: e.hosts})
}

// limits bound what unmodified programs may use: far above what an assignment
// needs, and far below what would bring the machine down.
func (s *Suite) limits() world.Limits {
	if s.Claims.Programs == nil {
		return world.Limits{}
	}
	return world.Limits{Processes: 256, OpenFiles: 1024, FileSize: 1 << 30, ShmSize: 1 << 30}
}

// seed gives each requirement its own stream of random numbers, so that one
// can be repeated alone.
func (e spec) seed() uint64 {
	own := path.Join(e.requirement.ID, e.profile)
	if e.claim > 1 {
		own = path.Join(own, strconv.Itoa(e.claim))
	}
	h := protocol.Hash([]byte(own))
	var n uint64
	_, _ = fmt.Sscanf(h, "%016x", &n)
	return e.suite.Seed ^ n
}
