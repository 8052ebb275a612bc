package faults

import "github.com/ipckit/ipckit/impl/faults/semaphore"

func semaphoreFaults() []Fault {
	return []Fault{
		{ID: "sem-counts-unlocked", Text: "count-- in two steps", Requirement: "SEM-COUNT", Verdict: "fail", At: "were inside", Base: inSemaphore(semaphore.CountsUnlocked)},
		{ID: "sem-zero-passes", Text: "wait at zero returns", Requirement: "SEM-BLOCK", Verdict: "fail", At: "where it must wait", Base: inSemaphore(semaphore.ZeroPasses)},
		{ID: "sem-wakes-at-zero", Text: "post wakes only if the value was zero", Requirement: "SEM-WAKE", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.WakesAtZero)},
		{ID: "sem-try-waits", Text: "wait waits although it was asked not to", Requirement: "SEM-TRY", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.TryWaits)},
		{ID: "sem-eintr-is-success", Text: "does not check the result of sem_wait", Requirement: "SEM-EINTR", Verdict: "fail", At: "where it must wait", Base: inSemaphore(semaphore.EINTRIsSuccess)},
		{ID: "sem-refusal-costs", Text: "a refused try costs the next permit", Requirement: "SEM-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.RefusalCosts)},
		{ID: "sem-absorbs-a-wake", Text: "a wait that times out among others takes the next post with it", Requirement: "SEM-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.AbsorbsAWake)},
		{ID: "sem-posts-late", Text: "post returns before the permit is there", Requirement: "SEM-LINEAR", Verdict: "fail", At: "after the post had returned", Base: inSemaphore(semaphore.PostsLate)},
		{ID: "sem-counts-in-16-bits", Text: "counts posts and waits in 16 bits each, and compares the counts", Requirement: "SEM-LONGLIFE", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.CountsIn16Bits)},
		{ID: "sem-mapping-leaks", Text: "detach forgets munmap", Requirement: "SEM-NOLEAK", Verdict: "fail", At: "shared mappings", Base: inSemaphore(semaphore.MappingLeaks)},
		{ID: "sem-deadline-early", Text: "times out after half of the time limit", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "gave up after", Base: inSemaphore(semaphore.DeadlineEarly)},
		{ID: "sem-nanoseconds-not-carried", Text: "adds nanoseconds to the clock's without a carry, and takes EINVAL for the end of the time", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "gave up after", Base: inSemaphore(semaphore.NanosecondsNotCarried)},
		{ID: "sem-limit-in-32-bits", Text: "keeps the limit in nanoseconds, in 32 bits", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "where it must wait", Base: inSemaphore(semaphore.LimitIn32Bits)},
		{ID: "sem-spins", Text: "polls where it should sleep", Requirement: "SEM-SLEEP", Verdict: "fail", At: "without sleeping", Base: inSemaphore(semaphore.Spins)},
		{ID: "sem-overflows", Text: "post does not check the maximum", Requirement: "SEM-OVERFLOW", Verdict: "fail", At: "must be refused", Base: inSemaphore(semaphore.Overflows)},
	}
}
