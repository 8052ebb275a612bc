package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// smokeStep bounds each step of a smoke test.
const smokeStep = 15 * time.Second

// A Finding is one step of a smoke test that went well.
type Finding struct {
	Step string
	Saw  string
}

// A SmokeError says what an adapter does wrong, and how to correct it.
type SmokeError struct {
	Step     string
	Expected string
	Saw      string
	Line     string // the line at fault, quoted; "" where there is none
	Do       string
	Err      error // what went wrong in the conversation, or nil
}

func (e *SmokeError) Error() string {
	s := fmt.Sprintf("the adapter fails at %q: expected %s; saw %s", e.Step, e.Expected, e.Saw)
	if e.Line != "" && !strings.Contains(e.Saw, e.Line) {
		s += "; the line is " + e.Line
	}
	if e.Do != "" && !strings.Contains(e.Saw, e.Do) {
		s += ". To do: " + e.Do
	}
	return s
}

func (e *SmokeError) Unwrap() error { return e.Err }

// Smoke checks an adapter alone, before anything that is seen through it is
// believed: that it starts, identifies itself, answers unknown operations and
// senseless arguments, runs twice at once, and exits after bye. It gives the steps
// that went well, and a *SmokeError for the first that did not.
//
// It does not look at the subject behind the adapter.
func Smoke(ctx context.Context, w *world.World, l Launcher, claims subject.Claims) ([]Finding, error) {
	s := &smoke{ctx: ctx, world: w, launcher: l, claims: claims}
	defer s.killAll()
	for _, step := range []struct {
		name, expected string
		run            func() (string, error)
	}{
		{"start", "a process that answers hello", s.start},
		{"hello", "what the claims say", s.identity},
		{"status", "state idle", s.status},
		{"unknown operation", "the answer unsupported", s.unknown},
		{"wrong argument", "an error or unsupported, and a process that still answers", s.wrong},
		{"second agent", "a second agent beside the first, independent of it", s.second},
		{"bye", "the answer ok, then exit with status 0", s.bye},
	} {
		s.expected = step.expected
		saw, err := step.run()
		if err != nil {
			return s.found, s.explain(step.name, err)
		}
		s.found = append(s.found, Finding{Step: step.name, Saw: saw})
	}
	return s.found, nil
}

type smoke struct {
	ctx      context.Context
	world    *world.World
	launcher Launcher
	claims   subject.Claims
	agents   []*Agent
	found    []Finding
	expected string
}

// mismatch is an answer that is well-formed but not what it should be.
type mismatch struct{ saw, do string }

func (m *mismatch) Error() string { return m.saw }

// explain makes the error of a step that went wrong.
func (s *smoke) explain(step string, err error) error {
	e := &SmokeError{Step: step, Expected: s.expected, Saw: err.Error(), Err: err}
	var broken *protocol.Broken
	var died *Died
	var stayed *Stayed
	var different *mismatch
	switch {
	case errors.As(err, &different):
		e.Do, e.Err = different.do, nil
	case errors.As(err, &broken):
		e.Line, e.Do = broken.Line, broken.Hint
	case errors.As(err, &died) && died.During == protocol.OpBye && died.Exit.Signal == 0:
		e.Do = "exit with status 0 after bye"
	case errors.As(err, &died):
		e.Line = died.Half
		e.Do = "run the agent by hand to see why it ends; it must run until bye, or until its commands end"
		if len(s.agents) > 0 {
			e.Saw += s.agents[len(s.agents)-1].lastWords()
		}
	case errors.As(err, &stayed):
		e.Do = "exit after bye even where a thread is blocked in an operation"
	case errors.Is(err, context.DeadlineExceeded):
		e.Do = "answer each command with one line, flush it, and answer hello, status, cancel and bye from a thread that no operation blocks"
	}
	return e
}

func (s *smoke) do(a *Agent, r protocol.Request) (protocol.Reply, error) {
	ctx, cancel := context.WithTimeout(s.ctx, smokeStep)
	defer cancel()
	return a.Do(ctx, r)
}

func (s *smoke) begin(name string) (*Agent, error) {
	a, err := Start(s.ctx, s.world, s.launcher, name)
	if err == nil {
		s.agents = append(s.agents, a)
	}
	return a, err
}

func (s *smoke) start() (string, error) {
	a, err := s.begin("smoke-1")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("process %d", a.Process().PID()), nil
}

func (s *smoke) identity() (string, error) {
	h := s.agents[0].Hello()
	for _, f := range []struct{ name, claimed, said string }{
		{"subject", s.claims.Subject, h.Subject},
		{"version", s.claims.Version, h.Version},
	} {
		if f.claimed != "" && f.said != "" && f.claimed != f.said {
			return "", &mismatch{
				fmt.Sprintf("%s %q, where the claims say %q", f.name, f.said, f.claimed),
				"correct the claims, or check that the right program is started",
			}
		}
	}
	if cancels(s.claims.Profiles) && !h.Cancel {
		return "", &mismatch{"no cancel, where the claims say cancel: true", "answer cancel and say so in hello, or do not claim it"}
	}
	saw := fmt.Sprintf("protocol %d", *h.Protocol)
	for _, f := range []struct{ name, said string }{{"subject", h.Subject}, {"version", h.Version}, {"language", h.Language}} {
		if f.said != "" {
			saw += ", " + f.name + " " + f.said
		}
	}
	if h.Thread == nil {
		saw += "; no thread, so that sleeping cannot be observed"
	}
	if !h.Overwrites {
		saw += "; does not overwrite its buffers, so that missing copies cannot be observed"
	}
	return saw, nil
}

// cancels reports whether the claims say that operations can be cancelled.
func cancels(p subject.Profiles) bool {
	return p.OneToOne != nil && p.OneToOne.Cancel || p.Many != nil && p.Many.Cancel || p.Mailbox != nil && p.Mailbox.Cancel
}

func (s *smoke) status() (string, error) { return s.idle(s.agents[0]) }

func (s *smoke) idle(a *Agent) (string, error) {
	ctx, cancel := context.WithTimeout(s.ctx, smokeStep)
	defer cancel()
	r, err := a.Status(ctx)
	switch {
	case err != nil:
		return "", err
	case r.State != protocol.Idle:
		return "", &mismatch{fmt.Sprintf("state %q, busy with %q, while no operation is under way", r.State, r.Busy),
			"state is busy from when an operation's command was read until its reply is written, else idle"}
	}
	return protocol.Idle, nil
}

func (s *smoke) unknown() (string, error) {
	const op = "smoke.unknown"
	r, err := s.do(s.agents[0], protocol.Request{Op: op})
	var lacks *protocol.Unsupported
	switch {
	case errors.As(err, &lacks):
		return "unsupported: " + lacks.Operation, nil
	case err == nil:
		return "", &mismatch{"ok for the operation " + op + ", which does not exist", "answer unsupported to each operation that the adapter does not have; ok means that it was done"}
	case r.Error != "":
		return "", &mismatch{"error " + err.Error(), "answer {\"id\":…,\"unsupported\":\"" + op + "\"}; an error is a refusal by the subject"}
	}
	return "", err
}

// wrong asks for operations on handles that do not exist, in each family that is
// claimed.
func (s *smoke) wrong() (string, error) {
	a := s.agents[0]
	requests := []protocol.Request{{Op: protocol.OpRegionSize, Object: "unknown"}, {Op: protocol.OpRegionRead, Object: "unknown", Offset: new(int64(-1)), Size: new(int64(8))}}
	of := func(op string) { requests = append(requests, protocol.Request{Op: op, Object: "unknown"}) }
	if s.claims.Profiles.Lock != nil {
		of(protocol.OpLockRelease)
	}
	if s.claims.Profiles.Semaphore != nil {
		of(protocol.OpSemaphorePost)
	}
	if s.claims.Profiles.RWLock != nil {
		of(protocol.OpRWLockRelease)
	}
	if s.claims.Profiles.Snapshot != nil {
		of(protocol.OpSnapshotRead)
	}
	if p := s.claims.Profiles; p.OneToOne != nil || p.Many != nil {
		requests = append(requests, protocol.Request{Op: protocol.OpBufferPut, Object: "unknown", Data: new(""), Wait: new(protocol.WireWait(subject.Never))})
	}
	if s.claims.Profiles.Mailbox != nil {
		requests = append(requests, protocol.Request{Op: protocol.OpMailboxReceive, Object: "unknown", Wait: new(protocol.WireWait(subject.Never))})
	}
	var saw []string
	for _, request := range requests {
		r, err := s.do(a, request)
		switch {
		case err == nil:
			return "", &mismatch{fmt.Sprintf("ok for %s of a handle that does not exist", request.Op), "answer error invalid where the handle is not known"}
		case r.Error == "" && r.Unsupported == "":
			return "", err
		}
		saw = append(saw, request.Op+": "+err.Error())
	}
	if _, err := s.idle(a); err != nil {
		return "", err
	}
	return strings.Join(saw, "; "), nil
}

func (s *smoke) second() (string, error) {
	b, err := s.begin("smoke-2")
	if err != nil {
		return "", err
	}
	for _, a := range s.agents {
		if _, err := s.idle(a); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("process %d", b.Process().PID()), nil
}

func (s *smoke) bye() (string, error) {
	for i := len(s.agents) - 1; i >= 0; i-- {
		if err := s.agents[i].Bye(s.ctx); err != nil {
			return "", err
		}
	}
	return "exit status 0, twice", nil
}

func (s *smoke) killAll() {
	for _, a := range s.agents {
		_ = a.Kill()
	}
}
