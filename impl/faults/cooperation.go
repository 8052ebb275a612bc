package faults

import (
	"github.com/ipckit/ipckit/impl/faults/locktable"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/ring"
)

// What goes wrong between co-operating processes is a fault of what they
// co-operate through.
func cooperationFaults() []Fault {
	return []Fault{
		{ID: "share-unguarded", Text: "every other acquire does not look whether another process is inside", Requirement: "COOP-SHARE", Verdict: "fail", At: "the shared record", Base: inLock(locktable.GrantsUnseen)},
		{ID: "module-start-resets", Text: "a process that starts sets the buffers that it opens to empty", Requirement: "COOP-MODULE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpenResets)},
		{ID: "words-change-hands-slowly", Text: "pauses before it changes a word that another process changed last, one process at a time", Requirement: "COOP-SPEEDUP", Verdict: "fail", At: "times as fast", Base: inRegion(region.WordsChangeHandsSlowly)},
	}
}
