package run

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/onsi/ginkgo/v2"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/reports"
)

// Role is the role of a runner, see package reexec.
const Role = "runner"

// The runner's descriptors: the plan comes in on one, events go out on another,
// and the third is the queue of checks. The supervisor keeps its end of the
// first open as long as it lives.
const (
	planFD  = 3
	eventFD = 4
	queueFD = 5
)

// ReadPlan reads the plan in a runner. It is called before Serve, since the
// plan's key says which of a test binary's checks is meant.
func ReadPlan() (Plan, error) {
	planOnce.Do(func() {
		syscall.CloseOnExec(planFD)
		syscall.CloseOnExec(eventFD)
		syscall.CloseOnExec(queueFD)
		in := bufio.NewReaderSize(os.NewFile(planFD, "plan"), 1<<20)
		line, err := in.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(line, &plan)
		}
		if err != nil {
			planErr = fmt.Errorf("runner: no plan on descriptor %d: %w", planFD, err)
			return
		}
		go func() { // the supervisor is gone: end as by Ctrl-C, so that worlds are ended too
			_, _ = in.ReadByte()
			_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
		}()
	})
	return plan, planErr
}

var (
	planOnce sync.Once
	plan     Plan
	planErr  error
)

// Serve is a runner's main: it runs the specs once and never returns.
func Serve(s Suite) {
	events := json.NewEncoder(os.NewFile(eventFD, "events"))
	err := serve(s, events)
	if err != nil {
		_ = events.Encode(event{Error: err.Error()})
		os.Exit(1)
	}
	_ = events.Encode(event{Ended: true})
	os.Exit(0)
}

func serve(s Suite, events *json.Encoder) error {
	p, err := ReadPlan()
	if err != nil {
		return err
	}
	suite := p.Suite(s)
	if p.Queued {
		suite.Mine = newDispatch(queueFD).mine
	}
	var failed error // the first event that could not be sent
	send := func(e event) {
		if err := events.Encode(e); err != nil && failed == nil {
			failed = err
		}
	}
	suite.OnBegin = func(id, kind string) { send(event{Start: id, Kind: kind}) }
	suite.OnProgress = func(check string, operations, faults int64) {
		send(event{Start: check, Operations: operations, Faults: faults})
	}
	suite.OnResult = func(r reports.Result) { send(event{Result: &r}) }
	suite.Register(s.Register...)
	config, reporter := ginkgo.GinkgoConfiguration()
	config.RandomSeed = int64(p.Seed & 0x7fffffff)
	reporter.NoColor, reporter.Succinct = true, true
	ginkgo.RunSpecs(quiet{}, "ipckit", config, reporter)
	return failed
}

// Suite gives what registers the plan's checks.
func (p Plan) Suite(s Suite) *check.Suite {
	suite := &check.Suite{
		Catalogue: s.Catalogue, Claims: p.Claims, Checks: p.Checks, Launcher: p.Launcher, Baselines: p.Baselines, Programs: p.Programs,
		Seed: p.Seed, Patience: p.Patience, Attempts: p.Attempts, Isolation: p.Isolation, Budget: p.Budget, Measuring: p.Measuring,
		Repeat: func(id string) string { return strings.ReplaceAll(p.Repeat, "{id}", id) },
	}
	if p.BuildErr != "" {
		suite.BuildErr = errors.New(p.BuildErr)
	}
	return suite
}

// quiet is where Ginkgo reports that the suite failed; the verdicts have been sent
// already.
type quiet struct{}

func (quiet) Fail() {}
