package mutants

var snapshotMutants = []Mutant{
	{ID: "snap-in-place", Fault: "writes over the record while it is being read", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "no publish wrote"},
	{ID: "snap-published-late", Fault: "publish returns before its record is the current one", Requirement: "SNAP-FRESH", Verdict: "fail", At: "had returned"},
	{ID: "snap-readers-exclude", Fault: "readers take turns, and hold up writers", Requirement: "SNAP-READERS", Verdict: "timeout", At: "did not come back"},
	{ID: "snap-odd-for-ever", Fault: "readers wait until the writer has finished", Requirement: "SNAP-WRITERDEATH", Verdict: "timeout", At: "did not come back"},
	{ID: "snap-dead-keep-places", Fault: "has places for four processes, and the dead keep theirs", Requirement: "SNAP-WRITERDEATH", Verdict: "timeout", At: "did not come back"},
}
