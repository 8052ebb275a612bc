package mutants

// The mailboxes stand on the ring, so many of their faults are the ring's.
var mailboxMutants = []Mutant{
	{ID: "box-newest-first", as: "ring-newest-first", Fault: "receive takes the newest message", Requirement: "BOX-FIFO", Verdict: "fail", At: "came out where"},
	{ID: "box-stops-at-zero", as: "ring-stops-at-zero", Fault: "copies messages as strings, up to the first zero byte", Requirement: "BOX-CONTENT", Verdict: "fail", At: "came out"},
	{ID: "box-joins-messages", as: "ring-joins-items", Fault: "receive takes all the bytes there are, as from a stream", Requirement: "BOX-BOUNDARY", Verdict: "fail", At: "came out with"},
	{ID: "box-one-short", as: "ring-one-slot-short", Fault: "holds one message fewer than it was created for", Requirement: "BOX-CAPACITY", Verdict: "fail", At: "were claimed"},
	{ID: "box-full-overwrites", as: "ring-full-overwrites", Fault: "send to a full mailbox overwrites the oldest message", Requirement: "BOX-FULL", Verdict: "fail", At: "where it must wait"},
	{ID: "box-empty-returns", as: "ring-empty-returns", Fault: "receive from an empty mailbox returns an empty message", Requirement: "BOX-EMPTY", Verdict: "fail", At: "where it must wait"},
	{ID: "box-trysend-drops", as: "ring-tryput-drops", Fault: "does not look at what IPC_NOWAIT answered", Requirement: "BOX-TRYFULL", Verdict: "fail", At: "was accepted"},
	{ID: "box-tryreceive-waits", as: "ring-tryget-waits", Fault: "receive ignores the wish not to wait", Requirement: "BOX-TRYEMPTY", Verdict: "timeout", At: "did not come back"},
	{ID: "box-wakes-nobody", as: "ring-wakes-nobody", Fault: "send wakes nobody", Requirement: "BOX-WAKE", Verdict: "timeout", At: "did not come back"},
	{ID: "box-oversize-cut", as: "ring-oversize-cut", Fault: "cuts a message that is too large", Requirement: "BOX-OVERSIZE", Verdict: "fail", At: "was accepted"},
	{ID: "box-loses-when-full", as: "ring-loses-when-full", Fault: "now and then gives up a send that finds the mailbox full, and says nothing", Requirement: "BOX-NOLOSS", Verdict: "timeout", At: "did not come back"},
	{ID: "box-tryreceive-peeks", as: "ring-tryget-peeks", Fault: "receive without waiting does not remove the message", Requirement: "BOX-NODUP", Verdict: "fail", At: "came out where"},
	{ID: "box-swaps-two", as: "ring-swaps-two", Fault: "every 999th message changes places with the next", Requirement: "BOX-PRODUCERORDER", Verdict: "fail", At: "came out wrong"},
	{ID: "box-open-resets", as: "ring-open-resets", Fault: "whoever opens the mailbox empties it", Requirement: "BOX-RECEIVERFIRST", Verdict: "timeout", At: "did not come back"},
	{ID: "box-eintr-is-success", as: "ring-eintr-is-success", Fault: "takes an interrupted wait for a message", Requirement: "BOX-EINTR", Verdict: "fail", At: "where it must wait"},
	{ID: "box-mapping-leaks", as: "ring-mapping-leaks", Fault: "detach keeps what the mailbox had mapped", Requirement: "BOX-NOLEAK", Verdict: "fail", At: "shared mappings"},
	{ID: "box-sends-by-reference", Fault: "send returns before it has copied the message", Requirement: "BOX-COPY", Verdict: "fail", At: "changed the message"},
	{ID: "box-unlink-forgotten", Fault: "unlink does nothing", Requirement: "BOX-GONE", Verdict: "fail", At: "opening the unlinked"},
	{ID: "box-refusal-costs-a-place", as: "ring-refusal-costs-a-slot", Fault: "a refused send keeps the place that it had reserved", Requirement: "BOX-ABANDONED", Verdict: "fail", At: "fitted before"},
	{ID: "box-memory-grows", as: "ring-memory-grows", Fault: "keeps a copy of every message", Requirement: "BOX-GROWTH", Verdict: "fail", At: "resident"},
	{ID: "box-close-discards", as: "ring-close-discards", Fault: "deletes the queue with messages in it", Requirement: "BOX-DRAIN", Verdict: "fail", At: "closed"},
	{ID: "box-close-wakes-nobody", as: "ring-close-wakes-nobody", Fault: "close sets its flag and wakes nobody", Requirement: "BOX-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back"},
}
