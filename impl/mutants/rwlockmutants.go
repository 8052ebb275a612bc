package mutants

var rwlockMutants = []Mutant{
	{ID: "rw-test-then-set", Fault: "looks whether a writer is inside, then enters", Requirement: "RW-EXCLUSION", Verdict: "fail", At: "inside at the same time"},
	{ID: "rw-one-reader", Fault: "lets one reader in at a time", Requirement: "RW-SHARED", Verdict: "timeout", At: "did not come back"},
	{ID: "rw-try-counts", Fault: "counts a reader before it is refused", Requirement: "RW-TRY", Verdict: "fail", At: "was refused"},
	{ID: "rw-wakes-one", Fault: "release wakes one of those who wait", Requirement: "RW-WAKE", Verdict: "timeout", At: "did not come back"},
	{ID: "rw-eintr-is-success", Fault: "enters when its wait is interrupted", Requirement: "RW-EINTR", Verdict: "fail", At: "where it must wait"},
	{ID: "rw-refusal-stays", Fault: "a writer that gave up goes on holding off readers", Requirement: "RW-ABANDONED", Verdict: "timeout", At: "did not come back"},
	{ID: "rw-grants-unseen", Fault: "every other acquire does not look who is inside", Requirement: "RW-VISIBLE", Verdict: "fail", At: "was lost"},
	{ID: "rw-deadline-early", Fault: "takes the time limit for twice what it is", Requirement: "RW-DEADLINE", Verdict: "fail", At: "gave up after"},
	{ID: "rw-spins", Fault: "waits in a loop", Requirement: "RW-SLEEP", Verdict: "fail", At: "without sleeping"},
	{ID: "rw-readers-first", Fault: "lets readers in for as long as there are any: the first readers–writers problem", Requirement: "RW-FAIR", Verdict: "fail", At: "the writer that waits"},
	{ID: "rw-dies-with-owner", Fault: "nobody looks whether those inside live", Requirement: "RW-OWNERDEATH", Verdict: "timeout", At: "did not come back"},
}
