package mutants

var mailboxMutants = []Mutant{
	{ID: "box-newest-first", Fault: "receive takes the newest message", Requirement: "BOX-FIFO", Verdict: "fail", At: "came out where"},
	{ID: "box-stops-at-zero", Fault: "copies messages as strings, up to the first zero byte", Requirement: "BOX-CONTENT", Verdict: "fail", At: "came out"},
	{ID: "box-joins-messages", Fault: "receive takes all the bytes there are, as from a stream", Requirement: "BOX-BOUNDARY", Verdict: "fail", At: "came out with"},
	{ID: "box-tryreceive-waits", Fault: "receive ignores the wish not to wait", Requirement: "BOX-TRYEMPTY", Verdict: "timeout", At: "did not come back"},
	{ID: "box-sends-by-reference", Fault: "send returns before it has copied the message", Requirement: "BOX-COPY", Verdict: "fail", At: "changed the message"},
	{ID: "box-unlink-forgotten", Fault: "unlink does nothing", Requirement: "BOX-GONE", Verdict: "fail", At: "opening the unlinked"},
}
