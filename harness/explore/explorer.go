package explore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
)

// An Explorer is a process that explores scenarios with two agents of one
// subject, one scenario after the other. It is not safe for concurrent use.
type Explorer struct {
	process *world.Process
	jobs    *os.File
	answers *os.File
	said    *os.File // the explorer's and its agents' standard output and error
	encode  *json.Encoder
	decode  *json.Decoder
}

// DefaultLimit is how long a scenario is explored where the context sets no
// deadline.
const DefaultLimit = time.Minute

const (
	closeLimit = 10 * time.Second
	saidLimit  = 1 << 20 // bytes that agents may print
)

// Start starts an explorer in a world, and two agents of a subject under it.
// The binary must call [Main] in role [Role]. Errors: *[Refused] where the host
// or the agents do not allow it.
func Start(ctx context.Context, w *world.World, l agent.Launcher) (_ *Explorer, err error) {
	e := &Explorer{}
	var theirs [2]*os.File
	defer func() {
		for _, f := range theirs {
			if f != nil {
				_ = f.Close()
			}
		}
		if err != nil {
			err = fmt.Errorf("start an explorer of %s: %w%s", l.Name, err, e.lastWords())
			_ = e.Close()
		}
	}()
	if theirs[0], e.jobs, err = os.Pipe(); err != nil {
		return nil, err
	}
	if e.answers, theirs[1], err = os.Pipe(); err != nil {
		return nil, err
	}
	if e.said, err = os.CreateTemp(w.Dir(), ".ipckit-explorer-"); err != nil {
		return nil, err
	}
	path, args, env := reexec.Args(Role)
	c := world.Command{
		Name: "explorer", Path: path, Args: args, Env: os.Environ(), User: l.User,
		Files: []*os.File{theirs[0], theirs[1]}, Stdout: e.said, Stderr: e.said, OutputLimit: saidLimit,
	}
	for _, variable := range env {
		c.Env = agent.With(c.Env, variable)
	}
	if e.process, err = w.Start(ctx, c); err != nil {
		return nil, err
	}
	e.encode, e.decode = json.NewEncoder(e.jobs), json.NewDecoder(e.answers)
	if _, err = e.ask(ctx, job{Ask: askStart, Command: agentCommand(w, l)}); err != nil {
		return nil, err
	}
	return e, nil
}

// agentCommand is how the explorer starts an agent.
func agentCommand(w *world.World, l agent.Launcher) *command {
	c := &command{Path: l.Path, Args: l.Args, Env: l.Env, Dir: l.Dir, Stdio: l.Stdio, World: w.ID()}
	if c.Args == nil {
		c.Args = []string{l.Path}
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	if c.Dir == "" {
		c.Dir = w.Dir()
	}
	control := "pipes"
	if l.Stdio {
		control = "stdio"
	}
	for _, variable := range []string{
		world.CookieVariable + "=" + w.ID(), "TMPDIR=" + w.Dir(), protocol.ControlVariable + "=" + control,
		// A Go agent is spared what its runtime does by the way, which would
		// only make runs differ.
		"GOMAXPROCS=3", "GOGC=off", "GOMEMLIMIT=256MiB", "GODEBUG=asyncpreemptoff=1",
	} {
		c.Env = agent.With(c.Env, variable)
	}
	return c
}

// Explore runs the interleavings of a scenario within its bound, up to the
// first violation or the context's deadline.
func (e *Explorer) Explore(ctx context.Context, s Scenario) (Result, error) {
	if err := s.check(); err != nil {
		return Result{}, err
	}
	r, err := e.ask(ctx, job{Ask: askExplore, Scenario: &s, Limit: limitOf(ctx)})
	if err != nil {
		return Result{}, fmt.Errorf("explore %q: %w", s.Name, err)
	}
	return *r.Result, nil
}

// limitOf is the time that a context leaves for a job.
func limitOf(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return max(time.Until(deadline)*9/10, time.Millisecond) // the rest is for the last run
	}
	return DefaultLimit
}

// Replay runs one interleaving of a scenario again, by the id of a violation,
// and gives its events whether it violates anything or not.
func (e *Explorer) Replay(ctx context.Context, s Scenario, id string) (Result, error) {
	if err := s.check(); err != nil {
		return Result{}, err
	}
	r, err := e.ask(ctx, job{Ask: askReplay, Scenario: &s, ID: id})
	if err != nil {
		return Result{}, fmt.Errorf("replay %s of %q: %w", id, s.Name, err)
	}
	return *r.Result, nil
}

// Kill ends agent A by SIGKILL before each of its accesses to shared memory, in
// as many runs, and reports what becomes of B.
func (e *Explorer) Kill(ctx context.Context, s Scenario) (KillResult, error) {
	return e.kill(ctx, s, "")
}

// KillAt does so before one access alone, by the id of a [KillPoint].
func (e *Explorer) KillAt(ctx context.Context, s Scenario, id string) (KillResult, error) {
	return e.kill(ctx, s, id)
}

func (e *Explorer) kill(ctx context.Context, s Scenario, id string) (KillResult, error) {
	if err := s.check(); err != nil {
		return KillResult{}, err
	}
	r, err := e.ask(ctx, job{Ask: askKill, Scenario: &s, Limit: limitOf(ctx), ID: id})
	if err != nil {
		return KillResult{}, fmt.Errorf("kill sweep of %q: %w", s.Name, err)
	}
	return *r.Kill, nil
}

// Failed says that a scenario could not be run with these agents, but the next
// one may be.
type Failed struct{ Reason string }

func (f *Failed) Error() string { return f.Reason }

// ask has the explorer do a job. When the context ends first, the explorer is
// killed, and is of no more use.
func (e *Explorer) ask(ctx context.Context, j job) (response, error) {
	stop := context.AfterFunc(ctx, func() { _ = e.process.Kill() })
	defer stop()
	var r response
	err := e.encode.Encode(j)
	if err == nil {
		err = e.decode.Decode(&r)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return r, context.Cause(ctx)
	case err != nil:
		ended, cancel := context.WithTimeout(ctx, closeLimit)
		defer cancel()
		exit, waitErr := e.process.Wait(ended)
		if waitErr != nil {
			return r, errors.Join(err, waitErr)
		}
		return r, fmt.Errorf("the explorer ended: %v%s", exit, e.lastWords())
	case r.Refused != "":
		return r, &Refused{Reason: r.Refused}
	case r.Error != "":
		return r, &Failed{Reason: r.Error + e.lastWords()}
	}
	return r, nil
}

// lastWords is the end of what the explorer and its agents printed.
func (e *Explorer) lastWords() string {
	if e.said == nil {
		return ""
	}
	text, _ := os.ReadFile(e.said.Name())
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	const most = 15
	if len(lines) > most {
		lines = append([]string{"…"}, lines[len(lines)-most:]...)
	}
	if said := strings.Join(lines, "\n"); said != "" {
		return "\nit printed:\n" + said
	}
	return ""
}

// Close ends the explorer and its agents. It may be called again.
func (e *Explorer) Close() error {
	var err error
	if e.jobs != nil {
		_ = e.jobs.Close()
	}
	if e.process != nil {
		select {
		case <-e.process.Done():
		case <-time.After(closeLimit):
			err = fmt.Errorf("the explorer has not ended %v after it was asked to, and is killed", closeLimit)
			_ = e.process.Kill()
			<-e.process.Done()
		}
	}
	if e.answers != nil {
		_ = e.answers.Close()
	}
	if e.said != nil {
		_ = e.said.Close()
		_ = os.Remove(e.said.Name())
	}
	e.jobs, e.answers, e.said = nil, nil, nil
	return err
}
