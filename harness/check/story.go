package check

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/reports"
)

// A story is what an attempt of a spec did and saw, for the evidence.
type story struct {
	did          []string
	step         string
	mute         bool // steps are not kept
	ruledOut     []string
	blocked      []reports.Blocked
	left         []string
	outputs      []reports.Output // of processes that are no agents
	trace        string
	picture, svg string // of a history
	interleaving *reports.Interleaving
	hint         string // where to look for the cause, instead of the requirement's; ""
	cause        string // what the failure comes from, where that is known; see reports.Evidence
	sure         string // "" where running the spec again shows it
	note         string // of a pass
	measure      *reports.Measure
	faults       func() []string // that were made; nil: none is
}

// Step names what happens next, for the evidence.
func (w *World) Step(format string, args ...any) {
	if w.mute {
		return
	}
	w.step = fmt.Sprintf(format, args...)
	w.did = append(w.did, w.step)
}

// RuledOut notes something that was looked at and is right, which helps to
// find the cause of a later failure.
func (w *World) RuledOut(format string, args ...any) {
	w.ruledOut = append(w.ruledOut, fmt.Sprintf(format, args...))
}

// Note gives the figures of a pass, such as the bound that was explored.
func (w *World) Note(format string, args ...any) { w.note = fmt.Sprintf(format, args...) }

// Measured gives the record what a measured promise rests on, whatever the verdict.
func (w *World) Measured(m *reports.Measure) { w.measure = m }

// effort is the note of a pass, with how much was tried: what load did is in its own
// note.
func (w *World) effort() string {
	n := w.tried.Load()
	if n == 0 || w.spec.kind == catalogue.Stress {
		return w.note
	}
	crew := "1 process"
	if w.started != 1 {
		crew = fmt.Sprintf("%d processes", w.started)
	}
	text := fmt.Sprintf("%s %s by %s", reports.Thousands(n), reports.Plural(int(n), "operation"), crew)
	if w.note != "" {
		text = w.note + "; " + text
	}
	return text
}

// Observed adds to the evidence what processes printed that are no agents, which of
// them are blocked where, and what was left. It replaces what an earlier call gave.
func (w *World) Observed(outputs []reports.Output, blocked []reports.Blocked, left []string) {
	w.outputs, w.blocked, w.left = outputs, blocked, left
}

// Blocked gives the processes that were blocked when [World.Ended] gave up last.
func (w *World) Blocked() []reports.Blocked { return w.blocked }

// SetBlocked replaces them in the evidence.
func (w *World) SetBlocked(list []reports.Blocked) { w.blocked = list }

// Picture puts a history into the evidence: as text and as SVG.
func (w *World) Picture(text, svg string) { w.picture, w.svg = text, svg }

// Sure says how sure a failure is, where running the spec again would not show it
// better.
func (w *World) Sure(format string, args ...any) { w.sure = fmt.Sprintf(format, args...) }

// Mute says whether what is done from now on stays out of the evidence, as the
// hundreds of steps of a load do.
func (w *World) Mute(mute bool) { w.mute = mute }

// Faults gives the record what lists the faults that were made, when the check has
// ended.
func (w *World) Faults(list func() []string) { w.faults = list }

// listed are the faults for the record.
func (s *story) listed() []string {
	if s.faults == nil {
		return nil
	}
	return s.faults()
}

// evidence tells the story so far.
func (w *World) evidence(halt ending) *reports.Evidence {
	e := &reports.Evidence{
		Did: lastOf(w.did, 24), Saw: strings.TrimSpace(halt.message), Step: w.step,
		RuledOut: w.ruledOut, Blocked: w.blocked, Left: w.left, Trace: w.trace, Output: w.outputs,
		Picture: w.picture, SVG: w.svg, Interleaving: w.interleaving, Sure: w.sure, Cause: w.cause,
	}
	for _, p := range w.processes {
		e.Output = append(e.Output, p.agent.Output()...)
	}
	return e
}

func lastOf(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	cut := []string{fmt.Sprintf("… %d earlier steps", len(lines)-n)}
	return append(cut, lines[len(lines)-n:]...)
}
