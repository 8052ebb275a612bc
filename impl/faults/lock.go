package faults

import "github.com/ipckit/ipckit/impl/faults/locktable"

func lockFaults() []Fault {
	return []Fault{
		{ID: "lock-test-then-set", Text: "looks whether the lock is free, then takes it", Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "inside at the same time", Base: inLock(locktable.TestThenSet)},
		{ID: "lock-alternates", Text: "strict alternation: the lock goes round among those attached", Requirement: "LOCK-PROGRESS", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.Alternates)},
		{ID: "lock-try-waits", Text: "acquire ignores the wish not to wait", Requirement: "LOCK-TRY", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.TryWaits)},
		{ID: "lock-try-steals", Text: "a refused try says that it was granted", Requirement: "LOCK-TRY", Verdict: "fail", At: "was accepted", Base: inLock(locktable.TrySteals)},
		{ID: "lock-wakes-nobody", Text: "release frees the lock and wakes nobody", Requirement: "LOCK-WAKE", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.WakesNobody)},
		{ID: "lock-eintr-is-success", Text: "takes an interrupted wait for the lock", Requirement: "LOCK-EINTR", Verdict: "fail", At: "where it must wait", Base: inLock(locktable.EINTRIsSuccess)},
		{ID: "lock-refusal-stays", Text: "a refused try stays among those who wait, although nobody waits there", Requirement: "LOCK-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.RefusalStays)},
		{ID: "lock-grants-unseen", Text: "every other acquire does not look who is inside", Requirement: "LOCK-VISIBLE", Verdict: "fail", At: "was lost", Base: inLock(locktable.GrantsUnseen)},
		{ID: "lock-barges", Text: "whoever comes first gets the lock, and who waits looks every 5 ms", Requirement: "LOCK-FAIR", Verdict: "fail", At: "overtaken", Base: inLock(locktable.Barges)},
		{ID: "lock-deadline-early", Text: "takes the time limit for twice what it is", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "gave up after", Base: inLock(locktable.DeadlineEarly)},
		{ID: "lock-timeout-keeps", Text: "a timed-out acquire is granted the lock after it has given up", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "after the attempt that gave up", Base: inLock(locktable.TimeoutKeeps)},
		{ID: "lock-spins", Text: "waits in a loop", Requirement: "LOCK-SLEEP", Verdict: "fail", At: "without sleeping", Base: inLock(locktable.Spins)},
		{ID: "lock-anyone-releases", Text: "release does not look whose lock it is", Requirement: "LOCK-OWNER", Verdict: "fail", At: "was accepted", Base: inLock(locktable.AnyoneReleases)},
		{ID: "lock-dies-with-owner", Text: "nobody looks whether the owner lives", Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "did not come back", Base: inLock(locktable.DiesWithOwner)},
		{ID: "lock-death-untold", Text: "the lock of a dead owner is handed on like any other", Requirement: "LOCK-OWNERDEATH", Verdict: "fail", At: "owner-dead", Base: inLock(locktable.DeathUnreported)},
	}
}

func rwlockFaults() []Fault {
	return []Fault{
		{ID: "rw-test-then-set", Text: "looks whether a writer is inside, then enters", Requirement: "RW-EXCLUSION", Verdict: "fail", At: "inside at the same time", Base: inRWLock(locktable.TestThenSet)},
		{ID: "rw-one-reader", Text: "lets one reader in at a time", Requirement: "RW-SHARED", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.OneReader)},
		{ID: "rw-try-counts", Text: "counts a reader before it is refused", Requirement: "RW-TRY", Verdict: "fail", At: "was refused", Base: inRWLock(locktable.TryCounts)},
		{ID: "rw-wakes-one", Text: "release wakes one of those who wait", Requirement: "RW-WAKE", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.WakesOne)},
		{ID: "rw-eintr-is-success", Text: "enters when its wait is interrupted", Requirement: "RW-EINTR", Verdict: "fail", At: "where it must wait", Base: inRWLock(locktable.EINTRIsSuccess)},
		{ID: "rw-refusal-stays", Text: "a writer that gave up goes on holding off readers", Requirement: "RW-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.RefusalStays)},
		{ID: "rw-grants-unseen", Text: "every other acquire does not look who is inside", Requirement: "RW-VISIBLE", Verdict: "fail", At: "was lost", Base: inRWLock(locktable.GrantsUnseen)},
		{ID: "rw-deadline-early", Text: "takes the time limit for twice what it is", Requirement: "RW-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRWLock(locktable.DeadlineEarly)},
		{ID: "rw-spins", Text: "waits in a loop", Requirement: "RW-SLEEP", Verdict: "fail", At: "without sleeping", Base: inRWLock(locktable.Spins)},
		{ID: "rw-readers-first", Text: "lets readers in for as long as there are any: the first readers–writers problem", Requirement: "RW-FAIR", Verdict: "fail", At: "the writer that waits", Base: inRWLock(locktable.ReadersFirst)},
		{ID: "rw-dies-with-owner", Text: "nobody looks whether those inside live", Requirement: "RW-OWNERDEATH", Verdict: "timeout", At: "did not come back", Base: inRWLock(locktable.DiesWithOwner)},
	}
}
