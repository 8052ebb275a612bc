package faults

import (
	"github.com/ipckit/ipckit/impl/faults/locktable"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/ring"
	"github.com/ipckit/ipckit/impl/faults/semaphore"
	"github.com/ipckit/ipckit/impl/faults/snapshot"
)

// raceFaults are caught by exploring interleavings, in one scenario and with one
// preemption. Nothing else surely meets the faults of the first group; those of
// the second are caught by behaviour as well, as another row of the table says.
func raceFaults() []Fault {
	return []Fault{
		{ID: "ring-listens-late", Kind: race, Text: "reads the event count after the look at the ring: a wake-up between the two is lost", Requirement: "BUF-WAKE", Verdict: "timeout", At: "empty:put+get: A=ok B=waits for ever", Base: inRing(ring.ListensLate)},
		{ID: "ring-publishes-first", Kind: race, Text: "counts the item before it is there", Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get", Base: inRing(ring.PublishesFirst)},
		{ID: "ring-dies-reserving", Kind: race, Text: "publishes an item before it has written it", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "killed-in-put", Base: inRing(ring.DiesPublished)},
		{ID: "ring-frees-first", Kind: race, Text: "frees the slot before the item is out of it", Requirement: "BUF-NODUP", Verdict: "fail", At: "full:", Base: inRing(ring.FreesFirst)},
		{ID: "lock-listens-late", Kind: race, Text: "reads the event count after the look at the lock table: a wake-up between the two is lost", Requirement: "LOCK-WAKE", Verdict: "timeout", At: "waits for ever", Base: inLock(locktable.ListensLate)},
		{ID: "rw-listens-late", Kind: race, Text: "reads the event count after the look at the lock table: a wake-up between the two is lost", Requirement: "RW-WAKE", Verdict: "timeout", At: "waits for ever", Base: inRWLock(locktable.ListensLate)},
		{ID: "snap-two-slots", Kind: race, Text: "has two slots, so that the one that is being read is soon written again", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "publish,publish+read", Base: inSnapshot(snapshot.TwoSlots)},
		{ID: "lock-looks-once-more", Kind: race, Text: "tries once more when its time is up, and reports a timeout even if it succeeds", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "release+timed-acquire", Base: inLock(locktable.LooksOnceMore)},
		{ID: "sem-looks-once-more", Kind: race, Text: "tries once more when its time is up, and reports a timeout even if it succeeds", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "post+timed-wait", Base: inSemaphore(semaphore.LooksOnceMore)},
		{ID: "rw-looks-once-more", Kind: race, Text: "tries once more when its time is up, and reports a timeout even if it succeeds", Requirement: "RW-DEADLINE", Verdict: "fail", At: "release+timed-", Base: inRWLock(locktable.LooksOnceMore)},
		{ID: "ring-looks-once-more", Kind: race, Text: "tries once more when its time is up, and reports a timeout even if it succeeds", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "put+timed-get", Base: inRing(ring.LooksOnceMore)},
		{ID: "store-overtaken", Kind: race, Text: "stores by MOV: the next load overtakes it", Requirement: "WORD-DEKKER", Verdict: "fail", At: "A=ok,ok value=0 B=ok,ok value=0", Base: inRegion(region.StoreOvertaken)},

		{ID: "count-unlocked", Kind: race, Dawdles: true, Text: "count++ without a lock", Requirement: "WORD-ADD", Verdict: "fail", At: "add+add", Base: inRegion(region.AddInTwo)},
		{ID: "swap-unlocked", Kind: race, Dawdles: true, Text: "compares, then stores", Requirement: "WORD-CAS", Verdict: "fail", At: "cas+cas", Base: inRegion(region.SwapInTwo)},
		{ID: "store-in-halves", Kind: race, Dawdles: true, Text: "stores 64 bits as two halves", Requirement: "WORD-NOTEAR", Verdict: "fail", At: "store+load", Base: inRegion(region.WordInHalves)},
		{ID: "flag-before-data", Kind: race, Text: "the data are written after the flag that publishes them", Requirement: "WORD-PUBLISH", Verdict: "fail", At: "region.write", Base: inRegion(region.FlagBeforeData)},
		{ID: "lock-test-and-then-set", Kind: race, Dawdles: true, Text: "looks whether the lock is free, then takes it", Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "A=ok B=ok", Base: inLock(locktable.TestThenSet)},
		{ID: "lock-owner-dies", Kind: race, Text: "does not look whether the owner lives", Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "B hangs", Base: inLock(locktable.DiesWithOwner)},
		{ID: "rw-test-and-then-set", Kind: race, Dawdles: true, Text: "looks whether a writer is inside, then enters", Requirement: "RW-EXCLUSION", Verdict: "fail", At: "A=ok B=ok", Base: inRWLock(locktable.TestThenSet)},
		{ID: "sem-count-unlocked", Kind: race, Dawdles: true, Text: "count-- in two steps", Requirement: "SEM-COUNT", Verdict: "fail", At: "try-wait+try-wait", Base: inSemaphore(semaphore.CountsUnlocked)},
		{ID: "snap-overwritten", Kind: race, Text: "writes over the record while it is being read", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "publish+read", Base: inSnapshot(snapshot.InPlace)},
		{ID: "snap-writer-dies", Kind: race, Dawdles: true, Text: "readers wait until the writer has finished", Requirement: "SNAP-WRITERDEATH", Verdict: "timeout", At: "B hangs", Base: inSnapshot(snapshot.OddForEver)},
	}
}
