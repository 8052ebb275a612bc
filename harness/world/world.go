// Package world keeps what one check owns: its processes, names, directory and
// limits.
package world

import "context"

// A World is what one check owns.
type World struct {
	id, dir  string
	isolated bool
}

// New makes a world.
func New(ctx context.Context, o Options) (*World, error) { return nil, errStub }

// ID is the world's cookie.
func (w *World) ID() string { return w.id }

// Dir is the world's private directory.
func (w *World) Dir() string { return w.dir }

// Isolated reports whether the world has mount, IPC and PID namespaces of its own.
func (w *World) Isolated() bool { return w.isolated }

// Capabilities are what the host allowed this world.
func (w *World) Capabilities() Capabilities { return Capabilities{} }

// Start starts a process in the world.
func (w *World) Start(ctx context.Context, c Command) (*Process, error) { return nil, errStub }

// Processes are the live processes of the world, those included that its
// processes started.
func (w *World) Processes() []*Process { return nil }

// Baseline makes what is there now not a leftover.
func (w *World) Baseline() error { return errStub }

// Leftovers are the things that the world's processes left since the baseline.
func (w *World) Leftovers(ctx context.Context) (found []Leftover, unseen []Unseen) { return nil, nil }

// Clean ends every process of the world and removes what it owned; the world
// can be used again.
func (w *World) Clean() error { return errStub }

// Close ends the world and everything in it. It may be called again.
func (w *World) Close() error { return nil }

// Probe says what this host allows.
func Probe(ctx context.Context) Capabilities { return Capabilities{} }

// HolderRole is the role in which Hold must be called.
const HolderRole = "holder"

// Hold is the holder's main: never returns.
func Hold() { panic(errStub) }
