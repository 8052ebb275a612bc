package scenario

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/reports"
)

// A Total sums findings up.
type Total struct {
	Scenarios     int
	Interleavings int
	Deaths        int // points at which an agent was killed
	Runs          int
	Preemptions   int  // the largest bound
	StoreBuffers  bool // whether stores were delayed, in all of them
	SomePasses    bool // whether points in long loops were left out, in any of them
	Duration      time.Duration
}

// Add adds a finding.
func (t *Total) Add(f Finding) {
	t.Scenarios++
	t.Runs += f.Runs()
	t.Duration += f.Duration()
	if f.Kill != nil {
		t.Deaths += len(f.Kill.Points)
		t.SomePasses = t.SomePasses || f.Kill.LeftOut > 0
		return
	}
	t.StoreBuffers = f.Result.StoreBuffers && (t.StoreBuffers || t.Interleavings == 0)
	t.SomePasses = t.SomePasses || f.Result.LeftOut > 0
	t.Interleavings += f.Result.Interleavings
	t.Preemptions = max(t.Preemptions, f.Result.Preemptions)
}

// Rate is runs a second.
func (t Total) Rate() float64 { return float64(t.Runs) / max(t.Duration, time.Microsecond).Seconds() }

// String is the bound within which nothing was found: "no violation in 1,204
// interleavings of 12 scenarios, 1 preemption".
func (t Total) String() string {
	scenarios := "1 scenario"
	if t.Scenarios != 1 {
		scenarios = fmt.Sprintf("%d scenarios", t.Scenarios)
	}
	if t.Interleavings == 0 {
		text := fmt.Sprintf("no violation at %s deaths in %s", reports.Thousands(t.Deaths), scenarios)
		if t.SomePasses {
			text += "; " + explore.Passes
		}
		return text
	}
	text := fmt.Sprintf("no violation in %s interleavings of %s, %s",
		reports.Thousands(t.Interleavings), scenarios, explore.Bound(t.Preemptions, t.StoreBuffers, t.SomePasses))
	if t.Deaths > 0 {
		text += fmt.Sprintf(", and at %s deaths", reports.Thousands(t.Deaths))
	}
	return text
}
