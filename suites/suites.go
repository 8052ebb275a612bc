// Package suites holds the requirements of ipckit and the specs that show
// them, and is how a Go package plugs in.
//
// In an ordinary test, one line checks a library:
//
//	func TestConformance(t *testing.T) {
//		suites.Check(t, mylibrary.Subject())
//	}
//
// Check starts real processes, which host the subject by running the test
// binary again. It reports each requirement as a sub-test, and promises that a
// failure is explained by what was done and seen. It does not promise that what
// passes is right: see `ipckit explain ID` for how a requirement is checked.
package suites

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites/requirements"
)

// Version is the version of the catalogue and its specs.
const Version = "0.3"

// Example is a requirement to be named in examples of commands.
func Example() string { return "BUF-DRAIN" }

// Suite gives the catalogue with every family of specs.
func Suite() (run.Suite, error) {
	catalogue, err := requirements.Load()
	return run.Suite{
		Catalogue: catalogue,
		Version:   Version,
		Register:  register(),
	}, err
}

// Option changes what Check or Register does.
type Option func(*run.Plan)

// Only narrows the check to requirements, families, levels or models, such as
// "REG-*", "BUF", "core".
func Only(patterns ...string) Option { return func(p *run.Plan) { p.Only = patterns } }

// Seed fixes the random numbers.
func Seed(n uint64) Option { return func(p *run.Plan) { p.Seed = n } }

// Kinds says which kinds of check are run: behaviour, stress, race, fault,
// performance. Without it those of catalogue.DefaultKinds: all but race and
// performance.
func Kinds(kinds ...catalogue.Kind) Option { return func(p *run.Plan) { p.Kinds = kinds } }

// Baseline gives a subject by the name under which measured promises compare with
// it: "against: NAME". The limits of the machine, limit.line and others, are there
// always.
func Baseline(name string, s subject.Subject) Option {
	return func(p *run.Plan) {
		if p.Hosted == nil {
			p.Hosted = map[string]subject.Subject{}
		}
		p.Hosted[name] = s
	}
}

// Measure says how long the rounds of all measured promises may go on together.
func Measure(budget time.Duration) Option { return func(p *run.Plan) { p.Measuring = budget } }

// Check checks a subject against everything that it claims, and reports each
// requirement as a sub-test of t. It can be called any number of times in a
// package. Where -run names some sub-tests, only their requirements are checked;
// under -v it logs how far it has come. It must be reached in the same way each time the test binary runs,
// since the processes of a check are the test binary running again: call it
// from the test's body without conditions of the moment.
func Check(t *testing.T, s subject.Subject, options ...Option) {
	t.Helper()
	key := t.Name()
	root, _, _ := strings.Cut(key, "/")
	reexec.Anchor(root)
	if reexec.Role() != "" {
		serve(key, s, options)
		t.SkipNow() // another check of this binary is meant
	}
	suite, err := Suite()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := plan(key, s, suite, options)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Only, err = asked(suite.Catalogue, key, plan.Only); err != nil {
		t.Fatal(err)
	}
	if plan.Only != nil && len(plan.Only) == 0 {
		return // -run names none
	}
	plan.Repeat = "go test -run '^" + root + "$/^{id}$' ."
	plan.Ways = func(k catalogue.Kind) string { return fmt.Sprintf("suites.Kinds(%q)", k) }
	record, err := run.Do(context.Background(), suite, plan, run.Options{
		Dir: t.TempDir(), Jobs: run.DefaultJobs(), Header: header(plan.Claims, strings.Join(os.Args, " ")),
		Observer: &testProgress{t: t},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range record.Results {
		if len(r.Checks) > 0 && r.Verdict != reports.NotClaimed && r.Verdict != reports.NotChecked && r.Verdict != reports.Excluded {
			t.Run(r.Requirement, func(t *testing.T) { report(t, r) })
		}
	}
	if f := record.Footer; f.Error != "" {
		t.Fatal(f.Error)
	} else if f.Exit != reports.ExitPass && !t.Failed() { // nothing was decided
		t.Error(f.Headline)
	}
}

// report makes a requirement's result that of a sub-test: what the command ends
// with a status other than 0 for fails, and what holds neither nor falls short is
// skipped.
func report(t *testing.T, r reports.Result) {
	switch {
	case r.Exit(false) != reports.ExitPass:
		t.Errorf("%s\n%s", r.Verdict, check.Explain(r))
	case r.Verdict != reports.Pass:
		t.Skipf("%s: %s", r.Verdict, r.Message)
	}
}

// Register registers the specs of a subject with Ginkgo, for packages that
// call RunSpecs themselves and are run by `ginkgo run`. It is called once in a
// process, from the test that calls RunSpecs, before that. Gomega's fail
// handler is set by it: do not set another. Kinds of check that do not run by
// default are registered only where the label filter names them, as in
// --label-filter=race. A Ginkgo command of another version than the library's
// ends the process.
func Register(s subject.Subject, options ...Option) {
	root := reexec.AnchorFromStack()
	reexec.Anchor(root)
	if reexec.Role() != "" {
		serve(root, s, options)
		os.Exit(2)
	}
	suite, err := Suite()
	if err != nil {
		panic(err)
	}
	if err := otherGinkgo(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	plan, err := plan(root, s, suite, options)
	if err != nil {
		panic(err)
	}
	for _, k := range catalogue.Kinds {
		if plan.Kinds == nil && !plan.Runs(k) && strings.Contains(ginkgo.GinkgoLabelFilter(), string(k)) {
			plan.Kinds = catalogue.Kinds
		}
	}
	plan.Repeat = "go tool ginkgo run --label-filter={id} ."
	plan.Ways = func(k catalogue.Kind) string { return fmt.Sprintf("go tool ginkgo run --label-filter=%s .", k) }
	selection, err := suite.Select(plan)
	if err != nil {
		panic(err)
	}
	ginkgoConfig, _ := ginkgo.GinkgoConfiguration()
	plan.Checks, plan.Budget = selection.Checks, selection.Share(plan.Budget, ginkgoConfig.ParallelTotal)
	plan.Measuring = selection.Each(plan.Claims, plan.Measuring)
	h := header(plan.Claims, strings.Join(os.Args, " "))
	suite.Head(&h, plan, selection)
	registered := plan.Suite(suite)
	keepRecord(registered, h)
	registered.Register(suite.Register...)
}

// plan checks what a subject claims and makes it a plan.
func plan(key string, s subject.Subject, suite run.Suite, options []Option) (run.Plan, error) {
	if err := suite.Accept(&s.Claims); err != nil {
		return run.Plan{}, err
	}
	p := run.Plan{Key: key, Claims: s.Claims, Launcher: agent.Self(key), Seed: rand.Uint64()}
	for _, o := range options {
		o(&p)
	}
	var err error
	p.Baselines, err = Baselines(suite, &p.Claims, func(name string) (check.Contestant, error) {
		b, ok := p.Hosted[name]
		if !ok {
			return check.Contestant{}, fmt.Errorf("this test hosts no subject of that name%s: give the check the option suites.Baseline(%q, subject)", nearest.Hint(name, slices.Collect(maps.Keys(p.Hosted))), name)
		}
		return check.Contestant{Claims: b.Claims, Launcher: agent.Self(hosted(key, name))}, suite.Accept(&b.Claims)
	})
	return p, err
}

// hosted is the name of a baseline among all that the binary hosts.
func hosted(key, baseline string) string { return key + " against " + baseline }

// serve plays the role that this process was started in, and comes back only
// where another check of the binary is meant.
func serve(key string, s subject.Subject, options []Option) {
	var p run.Plan
	for _, o := range options {
		o(&p)
	}
	binary := run.Binary{Suite: Suite, Key: key, Subject: func(name string) (subject.Subject, bool) {
		for baseline, b := range p.Hosted {
			if name == hosted(key, baseline) {
				return b, true
			}
		}
		return s, name == key
	}}
	_ = binary.Play(reexec.Role())
}

func header(c subject.Claims, command string) reports.Header {
	return run.Header(c, "Go package", command)
}
