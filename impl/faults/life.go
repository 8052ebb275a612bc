package faults

import (
	"github.com/ipckit/ipckit/impl/faults/link"
	"github.com/ipckit/ipckit/impl/faults/locktable"
	"github.com/ipckit/ipckit/impl/faults/region"
)

// lifeFaults are in how objects come to be, and in what of them depends on one
// process or one handle.
func lifeFaults() []Fault {
	const (
		withCreator = "the creator clears the memory when it detaches"
		namedFirst  = "gives the object its name, then its content"
		visible     = "the name is visible before the size is set"
		stale       = "open takes an object of size 0 for a leftover, and removes it"
		oneMapping  = "all handles of a process share one mapping, which the first that detaches unmaps"
		recordLocks = "keeps seats by record locks, which belong to the process and end with any close of the file"
		unlinks     = "a refused creation removes the name on its way out"
		heirs       = "a process that finds the owner dead takes its place without looking whether another did"
		clears      = "create clears the head of an object that exists before it refuses"
	)
	return []Fault{
		{ID: "lock-goes-with-creator", Text: withCreator, Requirement: "LOCK-CREATORGONE", Verdict: "fail", At: "has detached", Base: inUnder(region.GoesWithCreator)},
		{ID: "sem-goes-with-creator", Text: withCreator, Requirement: "SEM-CREATORGONE", Verdict: "fail", At: "has detached", Base: inUnder(region.GoesWithCreator)},
		{ID: "rw-goes-with-creator", Text: withCreator, Requirement: "RW-CREATORGONE", Verdict: "fail", At: "has detached", Base: inUnder(region.GoesWithCreator)},
		{ID: "snap-goes-with-creator", Text: withCreator, Requirement: "SNAP-CREATORGONE", Verdict: "fail", At: "reading the record", Base: inUnder(region.GoesWithCreator)},
		{ID: "ring-goes-with-creator", Text: withCreator, Requirement: "BUF-CREATORGONE", Verdict: "fail", At: "has detached", Base: inUnder(region.GoesWithCreator)},
		{ID: "box-goes-with-creator", Text: withCreator, Requirement: "BOX-CREATORGONE", Verdict: "fail", At: "has detached", Base: inUnder(region.GoesWithCreator)},
		{ID: "region-goes-with-creator", Text: withCreator, Requirement: "REG-OUTLIVE", Verdict: "fail", At: "detached", Base: inRegion(region.GoesWithCreator)},
		{ID: "link-directory-goes", Text: "the party that joins first keeps the directory of names, which ends with it", Requirement: "LINK-CREATORGONE", Verdict: "fail", At: "linking", Base: inLink(link.FirstKeepsDirectory)},

		{ID: "region-one-mapping", Text: oneMapping, Requirement: "REG-TWOHANDLES", Verdict: "crash", At: "in region.write", Base: inRegion(region.OneMapping)},
		{ID: "lock-record-locks", Text: recordLocks, Requirement: "LOCK-TWOHANDLES", Verdict: "fail", At: "another handle", Base: inLock(locktable.RecordLocks)},
		{ID: "sem-one-mapping", Text: oneMapping, Requirement: "SEM-TWOHANDLES", Verdict: "crash", At: "in semaphore.", Base: inUnder(region.OneMapping)},
		{ID: "rw-record-locks", Text: recordLocks, Requirement: "RW-TWOHANDLES", Verdict: "fail", At: "another handle", Base: inRWLock(locktable.RecordLocks)},
		{ID: "snap-one-mapping", Text: oneMapping, Requirement: "SNAP-TWOHANDLES", Verdict: "crash", At: "in snapshot.", Base: inUnder(region.OneMapping)},
		{ID: "ring-one-mapping", Text: oneMapping, Requirement: "BUF-TWOHANDLES", Verdict: "crash", At: "in buffer.", Base: inUnder(region.OneMapping)},
		{ID: "box-one-mapping", Text: oneMapping, Requirement: "BOX-TWOHANDLES", Verdict: "crash", At: "in mailbox.", Base: inUnder(region.OneMapping)},
		{ID: "link-leaves-for-all", Text: "leaving ends the links of all parties of the process", Requirement: "LINK-TWOHANDLES", Verdict: "fail", At: "by other must succeed", Base: inLink(link.LeavesForAll)},

		{ID: "lock-refusal-unlinks", Text: unlinks, Requirement: "LOCK-EXISTS", Verdict: "fail", At: "was refused", Base: inUnder(region.RefusalUnlinks)},
		{ID: "sem-refusal-clears", Text: clears, Requirement: "SEM-EXISTS", Verdict: "fail", At: "was refused", Base: inUnder(region.RefusalClears)},
		{ID: "rw-refusal-clears", Text: clears, Requirement: "RW-EXISTS", Verdict: "fail", At: "was refused", Base: inUnder(region.RefusalClears)},
		{ID: "snap-refusal-unlinks", Text: unlinks, Requirement: "SNAP-EXISTS", Verdict: "fail", At: "was refused", Base: inUnder(region.RefusalUnlinks)},
		{ID: "ring-refusal-clears", Text: clears, Requirement: "BUF-EXISTS", Verdict: "fail", At: "was refused", Base: inUnder(region.RefusalClears)},
		{ID: "box-refusal-unlinks", Text: unlinks, Requirement: "BOX-EXISTS", Verdict: "fail", At: "was refused", Base: inUnder(region.RefusalUnlinks)},

		{ID: "lock-heirs-do-not-look", Kind: behaviour, Text: heirs, Requirement: "LOCK-OWNERDEATH", Verdict: "fail", At: "two processes hold", Base: inLock(locktable.HeirsDoNotLook)},
		{ID: "rw-heirs-do-not-look", Kind: behaviour, Text: heirs, Requirement: "RW-OWNERDEATH", Verdict: "fail", At: "two processes hold", Base: inRWLock(locktable.HeirsDoNotLook)},

		{ID: "region-zero-is-stale", Text: stale, Requirement: "REG-EARLYOPEN", Verdict: "fail", At: "opening the region afterwards", Base: inRegion(region.ZeroIsStale)},
		{ID: "lock-zero-is-stale", Text: stale, Requirement: "LOCK-EARLYOPEN", Verdict: "fail", At: "while another process tries to open it", Base: inUnder(region.ZeroIsStale)},
		{ID: "sem-named-first", Text: namedFirst, Requirement: "SEM-EARLYOPEN", Verdict: "fail", At: "by opener", Base: inUnder(region.NamedFirst)},
		{ID: "rw-visible-before-sized", Text: visible, Requirement: "RW-EARLYOPEN", Verdict: "crash", At: "in rwlock.open", Base: inUnder(region.VisibleBeforeSized)},
		{ID: "snap-named-first", Text: namedFirst, Requirement: "SNAP-EARLYOPEN", Verdict: "fail", At: "by opener", Base: inUnder(region.NamedFirst)},
		{ID: "ring-named-first", Text: namedFirst, Requirement: "BUF-EARLYOPEN", Verdict: "fail", At: "by opener", Base: inUnder(region.NamedFirst)},
		{ID: "box-named-first", Text: namedFirst, Requirement: "BOX-EARLYOPEN", Verdict: "fail", At: "by opener", Base: inUnder(region.NamedFirst)},
	}
}
