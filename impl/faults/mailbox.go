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
		{ID: "box-joins-messages", Text: "receive takes all the bytes that are there, as from a stream", Requirement: "BOX-BOUNDARY", Verdict: "fail", At: "came out with", Base: inRing(ring.JoinsItems)},
		{ID: "box-one-short", Text: "holds one message fewer than it was created for", Requirement: "BOX-CAPACITY", Verdict: "fail", At: "were claimed", Base: inRing(ring.OneSlotShort)},
		{ID: "box-full-overwrites", Text: "send to a full mailbox overwrites the oldest message", Requirement: "BOX-FULL", Verdict: "fail", At: "where it must wait", Base: inRing(ring.FullOverwrites)},
		{ID: "box-empty-returns", Text: "receive from an empty mailbox returns an empty message", Requirement: "BOX-EMPTY", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EmptyReturns)},
		{ID: "box-trysend-drops", Text: "does not check the result of a send with IPC_NOWAIT", Requirement: "BOX-TRYFULL", Verdict: "fail", At: "must be refused", Base: inRing(ring.TryputDrops)},
		{ID: "box-tryreceive-waits", Text: "receive waits although it was asked not to", Requirement: "BOX-TRYEMPTY", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TrygetWaits)},
		{ID: "box-wakes-nobody", Text: "send wakes no process", Requirement: "BOX-WAKE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.WakesNobody)},
		{ID: "box-oversize-cut", Text: "cuts a message that is too large", Requirement: "BOX-OVERSIZE", Verdict: "fail", At: "must be refused", Base: inRing(ring.OversizeCut)},
		{ID: "box-receive-cuts", Text: "cuts a message to the receiver's buffer", Requirement: "BOX-OVERSIZE", Verdict: "fail", At: "into room for", Base: inRing(ring.ReceiveCuts)},
		{ID: "box-wakes-at-empty", Text: "wakes one receiver, and only if the mailbox was empty before", Requirement: "BOX-WAKE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.WakesAtEmpty)},
		{ID: "box-loses-when-full", Text: "now and then drops a message when the mailbox is full, and reports success", Requirement: "BOX-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.LosesWhenFull)},
		{ID: "box-tryreceive-peeks", Text: "receive without waiting does not remove the message", Requirement: "BOX-NODUP", Verdict: "fail", At: "came out where", Base: inRing(ring.TrygetPeeks)},
		{ID: "box-swaps-two", Text: "every 999th message changes places with the next", Requirement: "BOX-PRODUCERORDER", Verdict: "fail", At: "came out wrong", Base: inRing(ring.SwapsTwo)},
		{ID: "box-open-resets", Text: "open empties the mailbox", Requirement: "BOX-RECEIVERFIRST", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpenResets)},
		{ID: "box-eintr-is-success", Text: "takes an interrupted wait for a message", Requirement: "BOX-EINTR", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EINTRIsSuccess)},
		{ID: "box-mapping-leaks", Text: "detach forgets munmap", Requirement: "BOX-NOLEAK", Verdict: "fail", At: "shared mappings", Base: inRing(ring.MappingLeaks)},
		{ID: "box-index-in-16-bits", Text: "keeps its index in 16 bits, and looks up the slot modulo the capacity", Requirement: "BOX-LONGLIFE", Verdict: "fail", At: "came out wrong", Base: inRing(ring.IndexIn16Bits)},
		{ID: "box-keeps-a-little", Text: "keeps 80 bytes of its administration for each message", Requirement: "BOX-GROWTH", Verdict: "fail", At: "resident", Base: inRing(ring.KeepsALittle)},
		{ID: "box-sends-by-reference", Text: "send returns before it has copied the message", Requirement: "BOX-COPY", Verdict: "fail", At: "changed the message", Base: inRing(ring.SendsByReference)},
		{ID: "box-unlink-forgotten", Text: "unlink does nothing", Requirement: "BOX-GONE", Verdict: "fail", At: "opening the unlinked", Base: inRing(ring.UnlinkForgotten)},
		{ID: "box-refusal-costs-a-place", Text: "a refused send keeps the slot that it had reserved", Requirement: "BOX-ABANDONED", Verdict: "fail", At: "fitted before", Base: inRing(ring.RefusalCostsASlot)},
		{ID: "box-absorbs-a-wake", Text: "a receive that times out among others takes the next wake-up with it", Requirement: "BOX-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inRing(ring.AbsorbsAWake)},
		{ID: "box-memory-grows", Text: "keeps a copy of every message", Requirement: "BOX-GROWTH", Verdict: "fail", At: "resident", Base: inRing(ring.MemoryGrows)},
		{ID: "box-receives-unlocked", Kind: stress, Text: "looks whether there is a message, then takes it, without excluding other receivers", Requirement: "BOX-LINEAR", Verdict: "fail", At: "operations prove it", Base: inRing(ring.ReceivesUnlocked)},
		{ID: "box-close-discards", Text: "deletes the queue with messages in it", Requirement: "BOX-DRAIN", Verdict: "fail", At: "closed", Base: inRing(ring.CloseDiscards)},
		{ID: "box-close-wakes-nobody", Text: "close sets its flag and wakes nobody", Requirement: "BOX-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inRing(ring.CloseWakesNobody)},
		{ID: "box-two-winners", Text: "two receivers can both win one message", Requirement: "BOX-ONERECEIVER", Verdict: "fail", At: "went to another receiver", Base: inRing(ring.TrygetPeeks)},
		{ID: "box-long-names-cut", Text: "cuts names to 200 characters", Requirement: "BOX-NAMES", Verdict: "fail", At: "cut to the same", Base: inUnder(region.LongNamesCut)},
		{ID: "box-name-checked-at-creation", Text: "checks names only in create", Requirement: "BOX-NAMES", Verdict: "fail", At: "left the name space", Base: inUnder(region.NameCheckedAtCreation)},
		{ID: "box-dies-of-sigpipe", Text: "writes to a pipe that has no reader any more", Requirement: "BOX-SIGPIPE", Verdict: "crash", At: "in mailbox.send", Base: inRing(ring.DiesOfSIGPIPE)},
		{ID: "box-deadline-early", Text: "times out after half of the time limit", Requirement: "BOX-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRing(ring.DeadlineEarly)},
		{ID: "box-nanoseconds-not-carried", Text: "adds nanoseconds to the clock's without a carry, and takes EINVAL for the end of the time", Requirement: "BOX-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRing(ring.NanosecondsNotCarried)},
		{ID: "box-spins", Text: "polls where it should sleep", Requirement: "BOX-SLEEP", Verdict: "fail", At: "without sleeping", Base: inRing(ring.Spins)},
		{ID: "box-create-takes-over", Text: "create takes over an existing mailbox with the messages in it", Requirement: "BOX-STALE", Verdict: "fail", At: "after the last", Base: inRing(ring.CreateTakesOver)},
		{ID: "box-for-everyone", Text: "creates with mode 0666 regardless of the umask", Requirement: "BOX-PRIVATE", Verdict: "fail", At: "another user", Base: inUnder(region.ForEveryone)},
		{ID: "box-receive-gives-up", Text: "a blocking receive returns with nothing and no error", Requirement: "SYNC-RECEIVE", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EmptyReturns)},
		{ID: "box-holds-one-back", Text: "delivers a message only when the next one is sent", Requirement: "SYNC-SEND", Verdict: "fail", At: "after its send had returned", Base: inRing(ring.HoldsOneBack)},
		{ID: "box-quick-look-waits", Text: "IPC_NOWAIT does not reach the underlying receive", Requirement: "SYNC-RECEIVENOW", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TrygetWaits)},
		{ID: "box-quick-send-waits", Text: "a send that may not wait waits for room", Requirement: "SYNC-SENDNOW", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TryputWaits)},
		{ID: "box-one-more", Text: "holds one message more than its capacity", Requirement: "CAP-BOUNDED", Verdict: "fail", At: "the capacity claimed is", Base: inRing(ring.OneSlotMore)},
	}
}

// What the mailboxes on the ring cannot do is seeded into the reference's.
func brokerFaults() []Fault {
	return []Fault{
		{ID: "post-table-of-256", Text: "keeps the mailboxes of a process in a table of 256", Requirement: "BOX-MANY", Verdict: "fail", At: "of 1000", Base: inBroker(broker.TableOf256)},
		{ID: "post-retries-when-gone", Text: "tries again after the answer that the mailbox is deleted", Requirement: "BOX-GONEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inBroker(broker.RetriesWhenGone)},
		{ID: "post-owner-forgotten", Text: "does not record which process owns a mailbox", Requirement: "BOX-OWNER", Verdict: "fail", At: "does not own the mailbox", Base: inBroker(broker.OwnerForgotten)},
		{ID: "post-hand-over-is-a-word", Text: "names the new owner, but leaves the right to receive with the old one", Requirement: "BOX-HANDOVER", Verdict: "fail", At: "former owner received", Base: inBroker(broker.HandOverOnlySaid)},
		{ID: "post-priority-ignored", Text: "accepts a priority and does not use it", Requirement: "BOX-PRIORITY", Verdict: "fail", At: "oldest of the highest priority", Base: inBroker(broker.PriorityIgnored)},
		{ID: "post-signed-by-hand", Text: "the sender writes its own id into the message", Requirement: "BOX-IDENTITY", Verdict: "fail", At: "was named as the sender", Base: inBroker(broker.SignedByHand)},
		{ID: "post-in-halves", Text: "sends each message in two halves", Requirement: "BOX-SENDERDEATH", Verdict: "fail", At: "came out as", Base: inBroker(broker.InHalves)},
		{ID: "post-redelivers", Text: "claims at-most-once, but gives a dead receiver's messages to the next receiver", Requirement: "BOX-RECEIVERDEATH", Verdict: "fail", At: "a second time", Base: inBroker(broker.Redelivers)},
		{ID: "post-loses-in-hand", Text: "claims delivery: at-least-once, and loses what a dead receiver had in hand", Requirement: "BOX-RECEIVERDEATH", Verdict: "timeout", At: "did not come back", Base: inBroker(broker.LosesInHand)},
		{ID: "post-send-does-not-wait", Text: "a rendezvous returns to the sender before there is a receiver", Requirement: "SYNC-RENDEZVOUS", Verdict: "fail", At: "where it must wait", Base: inBroker(broker.SendDoesNotWait)},
		{ID: "post-cancelled-still-in-line", Text: "a cancelled receive stays in the queue of receivers, and the message that it gets is lost", Requirement: "SYNC-CANCEL", Verdict: "fail", At: "was not there to be received", Base: inBroker(broker.CancelledStillQueued)},
		{ID: "post-hidden-slot", Text: "a capacity of zero is a slot for one message", Requirement: "CAP-ZERO", Verdict: "fail", At: "no process at the other side", Base: inBroker(broker.HiddenSlot)},
		{ID: "post-unbounded-is-large", Text: "an unbounded mailbox holds 65,536 messages", Requirement: "CAP-UNBOUNDED", Verdict: "timeout", At: "did not come back", Base: inBroker(broker.UnboundedIsLarge)},
	}
}
