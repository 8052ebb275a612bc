package mutants

// What goes wrong between co-operating processes is a fault of what they
// co-operate through.
var cooperationMutants = []Mutant{
	{ID: "share-unguarded", as: "lock-grants-unseen", Fault: "every other acquire does not look who is inside", Requirement: "COOP-SHARE", Verdict: "fail", At: "the shared record"},
	{ID: "module-start-resets", as: "ring-open-resets", Fault: "a process that starts sets the buffers that it opens to empty", Requirement: "COOP-MODULE", Verdict: "timeout", At: "did not come back"},
	{ID: "words-change-hands-slowly", Fault: "a word that another process changed last is taken over with a pause, one process at a time", Requirement: "COOP-SPEEDUP", Verdict: "fail", At: "times as fast"},
}
