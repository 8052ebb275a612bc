package mutants

// stress is the kind of check that decides histories recorded under load.
const stress = "stress"

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
	{ID: "box-receives-unlocked", Kind: stress, Fault: "looks whether there is a message, then takes it, with nothing that keeps receivers apart", Requirement: "BOX-LINEAR", Verdict: "fail", At: "operations prove it"},
	{ID: "box-close-discards", as: "ring-close-discards", Fault: "deletes the queue with messages in it", Requirement: "BOX-DRAIN", Verdict: "fail", At: "closed"},
	{ID: "box-close-wakes-nobody", as: "ring-close-wakes-nobody", Fault: "close sets its flag and wakes nobody", Requirement: "BOX-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back"},
	{ID: "box-two-winners", as: "ring-tryget-peeks", Fault: "two receivers can both win one message", Requirement: "BOX-ONERECEIVER", Verdict: "fail", At: "went to another receiver"},
	{ID: "box-long-names-cut", as: "region-long-names-cut", Fault: "cuts names to 200 characters", Requirement: "BOX-NAMES", Verdict: "fail", At: "cut to the same"},
	{ID: "box-name-checked-at-creation", as: "region-name-checked-at-creation", Fault: "checks a name where it creates, and nowhere else", Requirement: "BOX-NAMES", Verdict: "fail", At: "left the name space"},
	{ID: "box-dies-of-sigpipe", Fault: "writes to a pipe that nobody reads any more", Requirement: "BOX-SIGPIPE", Verdict: "crash", At: "died in mailbox.send"},
	{ID: "box-deadline-early", as: "ring-deadline-early", Fault: "counts half of a time limit", Requirement: "BOX-DEADLINE", Verdict: "fail", At: "gave up after"},
	{ID: "box-spins", as: "ring-spins", Fault: "polls where it should sleep", Requirement: "BOX-SLEEP", Verdict: "fail", At: "without sleeping"},
	{ID: "box-create-takes-over", as: "ring-create-takes-over", Fault: "create takes last week's mailbox for its own, with what is inside", Requirement: "BOX-STALE", Verdict: "fail", At: "after the last"},
	{ID: "box-for-everyone", as: "region-for-everyone", Fault: "creates with mode 0666 whatever the umask", Requirement: "BOX-PRIVATE", Verdict: "fail", At: "another user"},
	{ID: "box-receive-gives-up", as: "ring-empty-returns", Fault: "a blocking receive returns with nothing and no error", Requirement: "SYNC-RECEIVE", Verdict: "fail", At: "where it must wait"},
	{ID: "box-holds-one-back", Fault: "a message is passed on only when the next one is sent", Requirement: "SYNC-SEND", Verdict: "fail", At: "after its send had returned"},
	{ID: "box-quick-look-waits", as: "ring-tryget-waits", Fault: "IPC_NOWAIT does not reach the call beneath", Requirement: "SYNC-RECEIVENOW", Verdict: "timeout", At: "did not come back"},
	{ID: "box-quick-send-waits", as: "ring-tryput-waits", Fault: "a send without waiting waits for room", Requirement: "SYNC-SENDNOW", Verdict: "timeout", At: "did not come back"},
	{ID: "box-one-more", as: "ring-one-slot-more", Fault: "takes one message more than its capacity", Requirement: "CAP-BOUNDED", Verdict: "fail", At: "the capacity claimed is"},
}
