package agent

import (
	"context"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A Finding is one step of a smoke test that went well.
type Finding struct {
	Step string
	Saw  string
}

// A SmokeError says what an adapter does wrong.
type SmokeError struct {
	Step     string
	Expected string
	Saw      string
	Line     string // the line at fault, where there is one
	Do       string // what to do about it
	Err      error
}

func (e *SmokeError) Error() string { return e.Step + ": expected " + e.Expected + "; saw " + e.Saw }

func (e *SmokeError) Unwrap() error { return e.Err }

// Smoke looks at the adapter alone, before anything else is believed.
func Smoke(ctx context.Context, w *world.World, l Launcher, claims subject.Claims) ([]Finding, error) {
	return nil, errStub
}
