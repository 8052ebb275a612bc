package faults

import "github.com/ipckit/ipckit/impl/faults/semaphore"

func semaphoreFaults() []Fault {
	return []Fault{
		{ID: "sem-counts-unlocked", Text: "count-- in two steps", Requirement: "SEM-COUNT", Verdict: "fail", At: "were inside", Base: inSemaphore(semaphore.CountsUnlocked)},
		{ID: "sem-zero-passes", Text: "wait at zero returns", Requirement: "SEM-BLOCK", Verdict: "fail", At: "where it must wait", Base: inSemaphore(semaphore.ZeroPasses)},
		{ID: "sem-wakes-at-zero", Text: "post wakes only when the value was zero", Requirement: "SEM-WAKE", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.WakesAtZero)},
		{ID: "sem-try-waits", Text: "wait ignores the wish not to wait", Requirement: "SEM-TRY", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.TryWaits)},
		{ID: "sem-eintr-is-success", Text: "does not look at what sem_wait returned", Requirement: "SEM-EINTR", Verdict: "fail", At: "where it must wait", Base: inSemaphore(semaphore.EINTRIsSuccess)},
		{ID: "sem-refusal-costs", Text: "a refused try takes the next permit with it", Requirement: "SEM-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inSemaphore(semaphore.RefusalCosts)},
		{ID: "sem-posts-late", Text: "post returns before the permit is there", Requirement: "SEM-LINEAR", Verdict: "fail", At: "had returned before", Base: inSemaphore(semaphore.PostsLate)},
		{ID: "sem-deadline-early", Text: "takes the time limit for twice what it is", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "gave up after", Base: inSemaphore(semaphore.DeadlineEarly)},
		{ID: "sem-spins", Text: "waits in a loop", Requirement: "SEM-SLEEP", Verdict: "fail", At: "without sleeping", Base: inSemaphore(semaphore.Spins)},
		{ID: "sem-overflows", Text: "post does not look at the maximum", Requirement: "SEM-OVERFLOW", Verdict: "fail", At: "was accepted", Base: inSemaphore(semaphore.Overflows)},
	}
}
