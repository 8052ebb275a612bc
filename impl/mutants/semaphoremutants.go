package mutants

var semaphoreMutants = []Mutant{
	{ID: "sem-counts-unlocked", Fault: "count-- in two steps", Requirement: "SEM-COUNT", Verdict: "fail", At: "were inside"},
	{ID: "sem-zero-passes", Fault: "wait at zero returns", Requirement: "SEM-BLOCK", Verdict: "fail", At: "where it must wait"},
	{ID: "sem-wakes-at-zero", Fault: "post wakes only when the value was zero", Requirement: "SEM-WAKE", Verdict: "timeout", At: "did not come back"},
	{ID: "sem-try-waits", Fault: "wait ignores the wish not to wait", Requirement: "SEM-TRY", Verdict: "timeout", At: "did not come back"},
	{ID: "sem-eintr-is-success", Fault: "does not look at what sem_wait returned", Requirement: "SEM-EINTR", Verdict: "fail", At: "where it must wait"},
	{ID: "sem-refusal-costs", Fault: "a refused try takes the next permit with it", Requirement: "SEM-ABANDONED", Verdict: "timeout", At: "did not come back"},
	{ID: "sem-posts-late", Fault: "post returns before the permit is there", Requirement: "SEM-LINEAR", Verdict: "fail", At: "had returned before"},
	{ID: "sem-deadline-early", Fault: "takes the time limit for twice what it is", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "gave up after"},
	{ID: "sem-spins", Fault: "waits in a loop", Requirement: "SEM-SLEEP", Verdict: "fail", At: "without sleeping"},
	{ID: "sem-overflows", Fault: "post does not look at the maximum", Requirement: "SEM-OVERFLOW", Verdict: "fail", At: "was accepted"},
}
