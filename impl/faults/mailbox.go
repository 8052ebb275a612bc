package faults

import (
	"github.com/ipckit/ipckit/impl/faults/broker"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/ring"
)

// The mailboxes stand on the ring, so many of their faults are the ring's.
func mailboxFaults() []Fault {
	return []Fault{
		{ID: "box-newest-first", Text: "receive takes the newest message", Requirement: "BOX-FIFO", Verdict: "fail", At: "came out where", Base: inRing(ring.NewestFirst)},
		{ID: "box-stops-at-zero", Text: "copies messages as strings, up to the first zero byte", Requirement: "BOX-CONTENT", Verdict: "fail", At: "came out", Base: inRing(ring.StopsAtZero)},
		{ID: "box-joins-messages", Text: "receive takes all the bytes there are, as from a stream", Requirement: "BOX-BOUNDARY", Verdict: "fail", At: "came out with", Base: inRing(ring.JoinsItems)},
		{ID: "box-one-short", Text: "holds one message fewer than it was created for", Requirement: "BOX-CAPACITY", Verdict: "fail", At: "were claimed", Base: inRing(ring.OneSlotShort)},
		{ID: "box-full-overwrites", Text: "send to a full mailbox overwrites the oldest message", Requirement: "BOX-FULL", Verdict: "fail", At: "where it must wait", Base: inRing(ring.FullOverwrites)},
		{ID: "box-empty-returns", Text: "receive from an empty mailbox returns an empty message", Requirement: "BOX-EMPTY", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EmptyReturns)},
		{ID: "box-trysend-drops", Text: "does not look at what IPC_NOWAIT answered", Requirement: "BOX-TRYFULL", Verdict: "fail", At: "was accepted", Base: inRing(ring.TryputDrops)},
		{ID: "box-tryreceive-waits", Text: "receive ignores the wish not to wait", Requirement: "BOX-TRYEMPTY", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TrygetWaits)},
		{ID: "box-wakes-nobody", Text: "send wakes nobody", Requirement: "BOX-WAKE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.WakesNobody)},
		{ID: "box-oversize-cut", Text: "cuts a message that is too large", Requirement: "BOX-OVERSIZE", Verdict: "fail", At: "was accepted", Base: inRing(ring.OversizeCut)},
		{ID: "box-receive-cuts", Text: "cuts a message to the receiver's room", Requirement: "BOX-OVERSIZE", Verdict: "fail", At: "into room for", Base: inRing(ring.ReceiveCuts)},
		{ID: "box-wakes-at-empty", Text: "wakes one receiver, and only where there was no message before", Requirement: "BOX-WAKE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.WakesAtEmpty)},
		{ID: "box-loses-when-full", Text: "now and then gives up a send that finds the mailbox full, and says nothing", Requirement: "BOX-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.LosesWhenFull)},
		{ID: "box-tryreceive-peeks", Text: "receive without waiting does not remove the message", Requirement: "BOX-NODUP", Verdict: "fail", At: "came out where", Base: inRing(ring.TrygetPeeks)},
		{ID: "box-swaps-two", Text: "every 999th message changes places with the next", Requirement: "BOX-PRODUCERORDER", Verdict: "fail", At: "came out wrong", Base: inRing(ring.SwapsTwo)},
		{ID: "box-open-resets", Text: "whoever opens the mailbox empties it", Requirement: "BOX-RECEIVERFIRST", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpenResets)},
		{ID: "box-eintr-is-success", Text: "takes an interrupted wait for a message", Requirement: "BOX-EINTR", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EINTRIsSuccess)},
		{ID: "box-mapping-leaks", Text: "detach keeps what the mailbox had mapped", Requirement: "BOX-NOLEAK", Verdict: "fail", At: "shared mappings", Base: inRing(ring.MappingLeaks)},
		{ID: "box-sends-by-reference", Text: "send returns before it has copied the message", Requirement: "BOX-COPY", Verdict: "fail", At: "changed the message", Base: inRing(ring.SendsByReference)},
		{ID: "box-unlink-forgotten", Text: "unlink does nothing", Requirement: "BOX-GONE", Verdict: "fail", At: "opening the unlinked", Base: inRing(ring.UnlinkForgotten)},
		{ID: "box-refusal-costs-a-place", Text: "a refused send keeps the place that it had reserved", Requirement: "BOX-ABANDONED", Verdict: "fail", At: "fitted before", Base: inRing(ring.RefusalCostsASlot)},
		{ID: "box-memory-grows", Text: "keeps a copy of every message", Requirement: "BOX-GROWTH", Verdict: "fail", At: "resident", Base: inRing(ring.MemoryGrows)},
		{ID: "box-receives-unlocked", Kind: stress, Text: "looks whether there is a message, then takes it, with nothing that keeps receivers apart", Requirement: "BOX-LINEAR", Verdict: "fail", At: "operations prove it", Base: inRing(ring.ReceivesUnlocked)},
		{ID: "box-close-discards", Text: "deletes the queue with messages in it", Requirement: "BOX-DRAIN", Verdict: "fail", At: "closed", Base: inRing(ring.CloseDiscards)},
		{ID: "box-close-wakes-nobody", Text: "close sets its flag and wakes nobody", Requirement: "BOX-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inRing(ring.CloseWakesNobody)},
		{ID: "box-two-winners", Text: "two receivers can both win one message", Requirement: "BOX-ONERECEIVER", Verdict: "fail", At: "went to another receiver", Base: inRing(ring.TrygetPeeks)},
		{ID: "box-long-names-cut", Text: "cuts names to 200 characters", Requirement: "BOX-NAMES", Verdict: "fail", At: "cut to the same", Base: inMailboxRegion(region.LongNamesCut)},
		{ID: "box-name-checked-at-creation", Text: "checks a name where it creates, and nowhere else", Requirement: "BOX-NAMES", Verdict: "fail", At: "left the name space", Base: inMailboxRegion(region.NameCheckedAtCreation)},
		{ID: "box-dies-of-sigpipe", Text: "writes to a pipe that nobody reads any more", Requirement: "BOX-SIGPIPE", Verdict: "crash", At: "died in mailbox.send", Base: inRing(ring.DiesOfSIGPIPE)},
		{ID: "box-deadline-early", Text: "counts half of a time limit", Requirement: "BOX-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRing(ring.DeadlineEarly)},
		{ID: "box-spins", Text: "polls where it should sleep", Requirement: "BOX-SLEEP", Verdict: "fail", At: "without sleeping", Base: inRing(ring.Spins)},
		{ID: "box-create-takes-over", Text: "create takes last week's mailbox for its own, with what is inside", Requirement: "BOX-STALE", Verdict: "fail", At: "after the last", Base: inRing(ring.CreateTakesOver)},
		{ID: "box-for-everyone", Text: "creates with mode 0666 whatever the umask", Requirement: "BOX-PRIVATE", Verdict: "fail", At: "another user", Base: inMailboxRegion(region.ForEveryone)},
		{ID: "box-receive-gives-up", Text: "a blocking receive returns with nothing and no error", Requirement: "SYNC-RECEIVE", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EmptyReturns)},
		{ID: "box-holds-one-back", Text: "a message is passed on only when the next one is sent", Requirement: "SYNC-SEND", Verdict: "fail", At: "after its send had returned", Base: inRing(ring.HoldsOneBack)},
		{ID: "box-quick-look-waits", Text: "IPC_NOWAIT does not reach the call beneath", Requirement: "SYNC-RECEIVENOW", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TrygetWaits)},
		{ID: "box-quick-send-waits", Text: "a send without waiting waits for room", Requirement: "SYNC-SENDNOW", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TryputWaits)},
		{ID: "box-one-more", Text: "takes one message more than its capacity", Requirement: "CAP-BOUNDED", Verdict: "fail", At: "the capacity claimed is", Base: inRing(ring.OneSlotMore)},
	}
}

// What the mailboxes on the ring cannot do is seeded into the reference's.
func brokerFaults() []Fault {
	return []Fault{
		{ID: "post-table-of-256", Text: "keeps the mailboxes of a process in a table of 256", Requirement: "BOX-MANY", Verdict: "fail", At: "of 1000", Base: inBroker(broker.TableOf256)},
		{ID: "post-retries-when-gone", Text: "takes the answer that the mailbox is deleted for one after which to try again", Requirement: "BOX-GONEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inBroker(broker.RetriesWhenGone)},
		{ID: "post-owner-forgotten", Text: "does not keep who owns a mailbox", Requirement: "BOX-OWNER", Verdict: "fail", At: "does not own the mailbox", Base: inBroker(broker.OwnerForgotten)},
		{ID: "post-hand-over-is-a-word", Text: "tells the new owner, and leaves the right to receive with the old one", Requirement: "BOX-HANDOVER", Verdict: "fail", At: "former owner received", Base: inBroker(broker.HandOverOnlySaid)},
		{ID: "post-priority-ignored", Text: "takes a priority and does not use it", Requirement: "BOX-PRIORITY", Verdict: "fail", At: "oldest of the highest priority", Base: inBroker(broker.PriorityIgnored)},
		{ID: "post-signed-by-hand", Text: "the sender writes who he is into the message", Requirement: "BOX-IDENTITY", Verdict: "fail", At: "was named as the sender", Base: inBroker(broker.SignedByHand)},
		{ID: "post-in-halves", Text: "sends each message in two halves", Requirement: "BOX-SENDERDEATH", Verdict: "fail", At: "came out as", Base: inBroker(broker.InHalves)},
		{ID: "post-redelivers", Text: "claims at-most-once, and gives what a dead receiver had received to the next", Requirement: "BOX-RECEIVERDEATH", Verdict: "fail", At: "a second time", Base: inBroker(broker.Redelivers)},
		{ID: "post-send-does-not-wait", Text: "a rendezvous returns to the sender before there is a receiver", Requirement: "SYNC-RENDEZVOUS", Verdict: "fail", At: "where it must wait", Base: inBroker(broker.SendDoesNotWait)},
		{ID: "post-cancelled-still-in-line", Text: "a cancelled receive stays in the line of receivers, and what it gets is lost", Requirement: "SYNC-CANCEL", Verdict: "fail", At: "was not there to be received", Base: inBroker(broker.CancelledStillQueued)},
		{ID: "post-hidden-slot", Text: "a capacity of zero is a slot for one", Requirement: "CAP-ZERO", Verdict: "fail", At: "nobody at the other side", Base: inBroker(broker.HiddenSlot)},
		{ID: "post-unbounded-is-large", Text: "unbounded is 65,536", Requirement: "CAP-UNBOUNDED", Verdict: "timeout", At: "did not come back", Base: inBroker(broker.UnboundedIsLarge)},
	}
}
