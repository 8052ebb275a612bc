package mutants

var lockMutants = []Mutant{
	{ID: "lock-test-then-set", Fault: "looks whether the lock is free, then takes it", Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "inside at the same time"},
	{ID: "lock-alternates", Fault: "strict alternation: the lock goes round among those attached", Requirement: "LOCK-PROGRESS", Verdict: "timeout", At: "did not come back"},
	{ID: "lock-try-waits", Fault: "acquire ignores the wish not to wait", Requirement: "LOCK-TRY", Verdict: "timeout", At: "did not come back"},
	{ID: "lock-try-steals", Fault: "a refused try says that it was granted", Requirement: "LOCK-TRY", Verdict: "fail", At: "was accepted"},
	{ID: "lock-wakes-nobody", Fault: "release frees the lock and wakes nobody", Requirement: "LOCK-WAKE", Verdict: "timeout", At: "did not come back"},
	{ID: "lock-eintr-is-success", Fault: "takes an interrupted wait for the lock", Requirement: "LOCK-EINTR", Verdict: "fail", At: "where it must wait"},
	{ID: "lock-refusal-stays", Fault: "a refused try stays among those who wait, although nobody waits there", Requirement: "LOCK-ABANDONED", Verdict: "timeout", At: "did not come back"},
	{ID: "lock-grants-unseen", Fault: "every other acquire does not look who is inside", Requirement: "LOCK-VISIBLE", Verdict: "fail", At: "was lost"},
	{ID: "lock-barges", Fault: "whoever comes first gets the lock, and who waits looks every 5 ms", Requirement: "LOCK-FAIR", Verdict: "fail", At: "overtaken"},
	{ID: "lock-deadline-early", Fault: "takes the time limit for twice what it is", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "gave up after"},
	{ID: "lock-timeout-keeps", Fault: "a timed-out acquire is granted the lock after it has given up", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "after the attempt that gave up"},
	{ID: "lock-spins", Fault: "waits in a loop", Requirement: "LOCK-SLEEP", Verdict: "fail", At: "without sleeping"},
	{ID: "lock-anyone-releases", Fault: "release does not look whose lock it is", Requirement: "LOCK-OWNER", Verdict: "fail", At: "was accepted"},
	{ID: "lock-dies-with-owner", Fault: "nobody looks whether the owner lives", Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "did not come back"},
	{ID: "lock-death-untold", Fault: "the lock of a dead owner is handed on like any other", Requirement: "LOCK-OWNERDEATH", Verdict: "fail", At: "owner-dead"},
}
