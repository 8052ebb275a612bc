package check

import "github.com/ipckit/ipckit/reports"

// Specs over unmodified programs have no agents: they run the programs
// themselves, and hand over here what they observed.

// Seed is the requirement's own stream of random numbers.
func (w *World) Seed() uint64 { return w.entry.seed() }

// Untidy leaves what is left behind out of this spec. A program that cleans up
// badly falls short of one requirement, not of all.
func (w *World) Untidy() { w.untidy = true }

// Observed adds to the evidence what processes printed, who is blocked where,
// and what was left. It replaces what an earlier call gave.
func (w *World) Observed(outputs []reports.Output, blocked []reports.Blocked, left []string) {
	w.outputs, w.blocked, w.left = outputs, blocked, left
}

// Crash ends the spec: a process of the subject died.
func (w *World) Crash(format string, args ...any) { w.stop(reports.Crash, format, args...) }

// Timeout ends the spec: somebody was still blocked when the watchdog looked.
func (w *World) Timeout(format string, args ...any) { w.stop(reports.Timeout, format, args...) }

// Leak ends the spec: something was left behind.
func (w *World) Leak(format string, args ...any) { w.stop(reports.Leak, format, args...) }

// KitError ends the spec: the kit could not do its own work.
func (w *World) KitError(err error) { panic(kitError{err}) }
