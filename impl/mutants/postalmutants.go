package mutants

// What the mailboxes of the ring do not have is seeded into the reference's.
var postalMutants = []Mutant{
	{ID: "post-table-of-256", Fault: "keeps the mailboxes of a process in a table of 256", Requirement: "BOX-MANY", Verdict: "fail", At: "of 1000"},
	{ID: "post-retries-when-gone", Fault: "takes the answer that the mailbox is deleted for one after which to try again", Requirement: "BOX-GONEBLOCKED", Verdict: "timeout", At: "did not come back"},
	{ID: "post-owner-forgotten", Fault: "does not keep who owns a mailbox", Requirement: "BOX-OWNER", Verdict: "fail", At: "does not own the mailbox"},
	{ID: "post-hand-over-is-a-word", Fault: "tells the new owner, and leaves the right to receive with the old one", Requirement: "BOX-HANDOVER", Verdict: "fail", At: "former owner received"},
	{ID: "post-priority-ignored", Fault: "takes a priority and does not use it", Requirement: "BOX-PRIORITY", Verdict: "fail", At: "oldest of the highest priority"},
	{ID: "post-signed-by-hand", Fault: "the sender writes who he is into the message", Requirement: "BOX-IDENTITY", Verdict: "fail", At: "was named as the sender"},
	{ID: "post-in-halves", Fault: "sends each message in two halves", Requirement: "BOX-SENDERDEATH", Verdict: "fail", At: "came out as"},
	{ID: "post-redelivers", Fault: "claims at-most-once, and gives what a dead receiver had received to the next", Requirement: "BOX-RECEIVERDEATH", Verdict: "fail", At: "a second time"},
	{ID: "post-send-does-not-wait", Fault: "a rendezvous returns to the sender before there is a receiver", Requirement: "SYNC-RENDEZVOUS", Verdict: "fail", At: "where it must wait"},
	{ID: "post-cancelled-still-in-line", Fault: "a cancelled receive stays in the line of receivers, and what it gets is lost", Requirement: "SYNC-CANCEL", Verdict: "fail", At: "was not there to be received"},
	{ID: "post-hidden-slot", Fault: "a capacity of zero is a slot for one", Requirement: "CAP-ZERO", Verdict: "fail", At: "nobody at the other side"},
	{ID: "post-unbounded-is-large", Fault: "unbounded is 65,536", Requirement: "CAP-UNBOUNDED", Verdict: "timeout", At: "did not come back"},
}
