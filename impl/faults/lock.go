package faults

import "github.com/ipckit/ipckit/impl/faults/locktable"

func lockFaults() []Fault {
	return []Fault{
		{ID: "lock-test-then-set", Text: "looks whether the lock is free, then takes it", Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "inside at the same time", Base: inLock(locktable.TestThenSet)},
		{ID: "lock-alternates", Text: "strict alternation: the lock goes round among all attached processes", Requirement: "LOCK-PROGRESS", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.Alternates)},
		{ID: "lock-try-waits", Text: "acquire waits although it was asked not to", Requirement: "LOCK-TRY", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.TryWaits)},
		{ID: "lock-try-steals", Text: "a try on a taken lock reports success", Requirement: "LOCK-TRY", Verdict: "fail", At: "must be refused", Base: inLock(locktable.TrySteals)},
		{ID: "lock-wakes-nobody", Text: "release frees the lock and wakes no process", Requirement: "LOCK-WAKE", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.WakesNobody)},
		{ID: "lock-eintr-is-success", Text: "treats an interrupted wait as granted", Requirement: "LOCK-EINTR", Verdict: "fail", At: "where it must wait", Base: inLock(locktable.EINTRIsSuccess)},
		{ID: "lock-refusal-stays", Text: "a refused try stays in the queue of waiters", Requirement: "LOCK-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.RefusalStays)},
		{ID: "lock-stays-before-others", Text: "a process whose time runs out keeps its place where others wait behind it", Requirement: "LOCK-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.StaysBeforeOthers)},
		{ID: "lock-grants-unseen", Text: "every other acquire does not look whether another process is inside", Requirement: "LOCK-VISIBLE", Verdict: "fail", At: "was lost", Base: inLock(locktable.GrantsUnseen)},
		{ID: "lock-tickets-in-16-bits", Text: "compares tickets as numbers of 16 bits", Requirement: "LOCK-LONGLIFE", Verdict: "fail", At: "where it must wait", Base: inLock(locktable.TicketsIn16Bits)},
		{ID: "lock-descriptor-leaks", Text: "detach forgets to close the descriptor", Requirement: "LOCK-NOLEAK", Verdict: "fail", At: "descriptors", Base: inLock(locktable.DescriptorLeaks)},
		{ID: "lock-barges", Text: "whichever process comes first gets the lock, and waiters look every 5 ms", Requirement: "LOCK-FAIR", Verdict: "fail", At: "overtaken", Base: inLock(locktable.Barges)},
		{ID: "lock-deadline-early", Text: "times out after half of the time limit", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "gave up after", Base: inLock(locktable.DeadlineEarly)},
		{ID: "lock-nanoseconds-not-carried", Text: "adds nanoseconds to the clock's without a carry, and takes EINVAL for the end of the time", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "gave up after", Base: inLock(locktable.NanosecondsNotCarried)},
		{ID: "lock-timeout-keeps", Text: "an acquire that timed out is granted the lock later", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "after the attempt that gave up", Base: inLock(locktable.TimeoutKeeps)},
		{ID: "lock-spins", Text: "polls where it should sleep", Requirement: "LOCK-SLEEP", Verdict: "fail", At: "without sleeping", Base: inLock(locktable.Spins)},
		{ID: "lock-anyone-releases", Text: "release does not check which process holds the lock", Requirement: "LOCK-OWNER", Verdict: "fail", At: "must be refused", Base: inLock(locktable.AnyoneReleases)},
		{ID: "lock-dies-with-owner", Text: "does not look whether the owner lives", Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.DiesWithOwner)},
		{ID: "lock-death-untold", Text: "hands on the lock of a dead owner without reporting the death", Requirement: "LOCK-OWNERDEATH", Verdict: "fail", At: "owner-dead", Base: inLock(locktable.DeathUnreported)},
	}
}

func rwlockFaults() []Fault {
	return []Fault{
		{ID: "rw-test-then-set", Text: "looks whether a writer is inside, then enters", Requirement: "RW-EXCLUSION", Verdict: "fail", At: "inside at the same time", Base: inRWLock(locktable.TestThenSet)},
		{ID: "rw-one-reader", Text: "lets one reader in at a time", Requirement: "RW-SHARED", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.OneReader)},
		{ID: "rw-try-counts", Text: "counts a reader before it is refused", Requirement: "RW-TRY", Verdict: "fail", At: "must succeed", Base: inRWLock(locktable.TryCounts)},
		{ID: "rw-wakes-one", Text: "release wakes one of the processes that wait", Requirement: "RW-WAKE", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.WakesOne)},
		{ID: "rw-eintr-is-success", Text: "treats an interrupted wait as granted", Requirement: "RW-EINTR", Verdict: "fail", At: "where it must wait", Base: inRWLock(locktable.EINTRIsSuccess)},
		{ID: "rw-refusal-stays", Text: "a writer that gave up still keeps out readers", Requirement: "RW-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.RefusalStays)},
		{ID: "rw-stays-before-others", Text: "a process whose time runs out keeps its place where others wait behind it", Requirement: "RW-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.StaysBeforeOthers)},
		{ID: "rw-gives-up-unnoticed", Text: "a writer that gives up does not wake the readers that wait behind it alone", Requirement: "RW-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.GivesUpUnnoticed)},
		{ID: "rw-grants-unseen", Text: "every other acquire does not look whether another process is inside", Requirement: "RW-VISIBLE", Verdict: "fail", At: "was lost", Base: inRWLock(locktable.GrantsUnseen)},
		{ID: "rw-tickets-in-16-bits", Text: "compares tickets as numbers of 16 bits", Requirement: "RW-LONGLIFE", Verdict: "fail", At: "where it must wait", Base: inRWLock(locktable.TicketsIn16Bits)},
		{ID: "rw-descriptor-leaks", Text: "detach forgets to close the descriptor", Requirement: "RW-NOLEAK", Verdict: "fail", At: "descriptors", Base: inRWLock(locktable.DescriptorLeaks)},
		{ID: "rw-deadline-early", Text: "times out after half of the time limit", Requirement: "RW-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRWLock(locktable.DeadlineEarly)},
		{ID: "rw-nanoseconds-not-carried", Text: "adds nanoseconds to the clock's without a carry, and takes EINVAL for the end of the time", Requirement: "RW-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRWLock(locktable.NanosecondsNotCarried)},
		{ID: "rw-spins", Text: "polls where it should sleep", Requirement: "RW-SLEEP", Verdict: "fail", At: "without sleeping", Base: inRWLock(locktable.Spins)},
		{ID: "rw-readers-first", Text: "lets readers in as long as any reader is inside: the first readers–writers problem", Requirement: "RW-FAIR", Verdict: "fail", At: "the writer that waits", Base: inRWLock(locktable.ReadersFirst)},
		{ID: "rw-dies-with-owner", Text: "does not look whether the processes inside live", Requirement: "RW-OWNERDEATH", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.DiesWithOwner)},
	}
}
