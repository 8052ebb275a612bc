package faults

import "github.com/ipckit/ipckit/impl/faults/ring"

func bufferFaults() []Fault {
	return []Fault{
		{ID: "ring-newest-first", Text: "get takes the newest item", Requirement: "BUF-FIFO", Verdict: "fail", At: "came out where", Base: inRing(ring.NewestFirst)},
		{ID: "ring-stops-at-zero", Text: "copies items as strings, up to the first zero byte", Requirement: "BUF-CONTENT", Verdict: "fail", At: "came out", Base: inRing(ring.StopsAtZero)},
		{ID: "ring-joins-items", Text: "get returns all bytes of all items in the ring", Requirement: "BUF-BOUNDARY", Verdict: "fail", At: "came out with", Base: inRing(ring.JoinsItems)},
		{ID: "ring-one-slot-short", Text: "leaves a slot free to tell full from empty, and claims all N", Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed", Base: inRing(ring.OneSlotShort)},
		{ID: "ring-one-slot-more", Text: "compares with > instead of >=", Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed", Base: inRing(ring.OneSlotMore)},
		{ID: "ring-full-overwrites", Text: "put into a full ring overwrites the oldest item", Requirement: "BUF-FULL", Verdict: "fail", At: "where it must wait", Base: inRing(ring.FullOverwrites)},
		{ID: "ring-out-apart", Text: "each process keeps its own index out, so that the producer never sees room being made", Requirement: "BUF-FULL", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OutApart)},
		{ID: "ring-empty-returns", Text: "get from an empty ring returns an empty item", Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EmptyReturns)},
		{ID: "ring-tryput-waits", Text: "put waits although it was asked not to", Requirement: "BUF-TRYFULL", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TryputWaits)},
		{ID: "ring-tryput-drops", Text: "a put that may not wait drops the item and reports success", Requirement: "BUF-TRYFULL", Verdict: "fail", At: "must be refused", Base: inRing(ring.TryputDrops)},
		{ID: "ring-tryget-waits", Text: "get waits although it was asked not to", Requirement: "BUF-TRYEMPTY", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TrygetWaits)},
		{ID: "ring-wakes-nobody", Text: "put publishes the item and wakes no process", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.WakesNobody)},
		{ID: "ring-index-wraps", Text: "keeps its index in 8 bits", Requirement: "BUF-WRAP", Verdict: "fail", At: "came out wrong", Base: inRing(ring.IndexWraps)},
		{ID: "ring-full-at-home", Text: "notices that it is full only when the oldest item is in the first slot", Requirement: "BUF-WRAP", Verdict: "fail", At: "from another position on", Base: inRing(ring.FullAtHome)},
		{ID: "ring-capacity-one", Text: "treats a capacity of one as zero", Requirement: "BUF-ONE", Verdict: "fail", At: "was claimed", Base: inRing(ring.CapacityOne)},
		{ID: "ring-size-wraps", Text: "computes the size in 32 bits", Requirement: "BUF-HUGE", Verdict: "fail", At: "was created", Base: inRing(ring.SizeWraps)},
		{ID: "ring-oversize-cut", Text: "cuts an item that is too large", Requirement: "BUF-OVERSIZE", Verdict: "fail", At: "must be refused", Base: inRing(ring.OversizeCut)},
		{ID: "ring-loses-when-full", Text: "now and then drops an item when the ring is full, and reports success", Requirement: "BUF-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.LosesWhenFull)},
		{ID: "ring-tryget-peeks", Text: "get without waiting does not remove the item", Requirement: "BUF-NODUP", Verdict: "fail", At: "came out where", Base: inRing(ring.TrygetPeeks)},
		{ID: "ring-swaps-two", Text: "every 999th item changes places with the next", Requirement: "BUF-PRODUCERORDER", Verdict: "fail", At: "came out wrong", Base: inRing(ring.SwapsTwo)},
		{ID: "ring-open-resets", Text: "open sets the ring's indices to zero", Requirement: "BUF-CONSUMERFIRST", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpenResets)},
		{ID: "ring-eintr-is-success", Text: "takes an interrupted wait for an item", Requirement: "BUF-EINTR", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EINTRIsSuccess)},
		{ID: "ring-eintr-aborts", Text: "aborts where a wait was interrupted, which it holds to be impossible", Requirement: "BUF-EINTR", Verdict: "crash", At: "consumer", Base: inRing(ring.EINTRAborts)},
		{ID: "ring-blocks-signals", Text: "blocks all signals in the thread that waits, so that nothing is seen of what an interruption does", Requirement: "BUF-EINTR", Verdict: "unobserved", At: "blocks SIGUSR1", Base: inRing(ring.BlocksSignals)},
		{ID: "ring-mapping-leaks", Text: "detach forgets munmap", Requirement: "BUF-NOLEAK", Verdict: "fail", At: "shared mappings", Base: inRing(ring.MappingLeaks)},
		{ID: "ring-close-discards", Text: "close empties the ring", Requirement: "BUF-DRAIN", Verdict: "fail", At: "closed", Base: inRing(ring.CloseDiscards)},
		{ID: "ring-close-wakes-nobody", Text: "close sets its flag and wakes nobody", Requirement: "BUF-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inRing(ring.CloseWakesNobody)},
		{ID: "ring-refusal-costs-a-slot", Text: "a refused put keeps the slot that it had reserved", Requirement: "BUF-ABANDONED", Verdict: "fail", At: "fitted before", Base: inRing(ring.RefusalCostsASlot)},
		{ID: "ring-timeout-costs-a-slot", Text: "a put that times out keeps the slot that it had reserved", Requirement: "BUF-ABANDONED", Verdict: "fail", At: "fitted before", Base: inRing(ring.TimeoutCostsASlot)},
		{ID: "ring-memory-grows", Text: "keeps a copy of every item", Requirement: "BUF-GROWTH", Verdict: "fail", At: "resident", Base: inRing(ring.MemoryGrows)},
		{ID: "ring-wakes-always", Text: "makes a wake-up call at each put and get, even if no process sleeps", Requirement: "BUF-NOSYSCALL", Verdict: "fail", At: "futex", Base: inRing(ring.WakesAlways)},
		{ID: "ring-gives-way", Text: "calls sched_yield after each put, so that the other side makes progress", Requirement: "BUF-NOSYSCALL", Verdict: "fail", At: "sched_yield", Base: inRing(ring.GivesWay)},
		{ID: "ring-limit-anew", Text: "restarts the whole time limit after each interruption", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "is counted anew", Base: inRing(ring.LimitAnew)},
		{ID: "ring-deadline-early", Text: "times out after half of the time limit", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRing(ring.DeadlineEarly)},
		{ID: "ring-nanoseconds-not-carried", Text: "adds nanoseconds to the clock's without a carry, and takes EINVAL for the end of the time", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRing(ring.NanosecondsNotCarried)},
		{ID: "ring-spins", Text: "polls where it should sleep", Requirement: "BUF-SLEEP", Verdict: "fail", At: "without sleeping", Base: inRing(ring.Spins)},
		{ID: "ring-index-modulo", Text: "takes a 32-bit index modulo a capacity that does not divide 2^32", Requirement: "BUF-INDEXWRAP", Verdict: "fail", At: "2^32", Base: inRing(ring.IndexModulo)},
		{ID: "ring-create-takes-over", Text: "create takes over an existing ring with the items in it", Requirement: "BUF-STALE", Verdict: "fail", At: "after the last", Base: inRing(ring.CreateTakesOver)},
		{ID: "ring-done-flag-stays", Text: "create resets the indices of an existing ring, but leaves its done flag set", Requirement: "BUF-STALE", Verdict: "fail", At: "returned \"closed", Base: inRing(ring.DoneFlagStays)},
		{ID: "ring-dies-published", Text: "publishes an item before it has written it", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "came out", Base: inRing(ring.DiesPublished)},
		{ID: "ring-puts-behind", Text: "put returns, and a thread publishes the item a moment later", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "whose put had returned", Base: inRing(ring.PutsBehind)},
		{ID: "ring-repeats-the-last", Text: "after a producer died, open publishes its last item again, in case it had not been put", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "came out", Base: inRing(ring.RepeatsTheLast)},
		{ID: "ring-frees-behind", Text: "get returns, and a thread frees the slot a moment later", Requirement: "BUF-CONSUMERDEATH", Verdict: "fail", At: "a second time", Base: inRing(ring.FreesBehind)},
		{ID: "ring-skips-one", Text: "after a consumer died, open frees the oldest item, in case the dead consumer had it", Requirement: "BUF-CONSUMERDEATH", Verdict: "fail", At: "is lost", Base: inRing(ring.SkipsOne)},
		{ID: "ring-dies-reserved", Text: "takes a slot out of use while it empties it", Requirement: "BUF-CONSUMERDEATH", Verdict: "fail", At: "were claimed", Base: inRing(ring.DiesReserved)},
		{ID: "ring-opens-each-time", Kind: stress, Text: "opens its region for each put, and after one failure drops all items", Requirement: "BUF-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpensEachTime)},
		{ID: "ring-keeps-a-log", Kind: stress, Text: "first appends each item to a log in /dev/shm, and after one failure drops all items", Requirement: "BUF-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.KeepsALog)},
	}
}

func manyFaults() []Fault {
	return []Fault{
		{ID: "many-newest-first", Text: "get takes the newest item", Requirement: "BUF-LINEAR", Verdict: "fail", At: "operations prove it", Base: inMany(ring.NewestFirst)},
		{ID: "many-one-oversize-cut", Text: "of one slot: cuts an item that is too large", Requirement: "BUF-OVERSIZE", Verdict: "fail", At: "must be refused", Base: inManyOfOne(ring.OversizeCut)},
		{ID: "many-polls", Text: "claims waiting: sleep, and no more, and polls", Requirement: "BUF-SLEEP", Verdict: "fail", At: "without sleeping", Base: inMany(ring.Spins)},
		{ID: "many-busy-is-empty", Kind: stress, Text: "claims empty: strict, and a get that may not wait says empty while another process is inside", Requirement: "BUF-LINEAR", Verdict: "fail", At: "prove it", Dawdles: true, Base: inMany(ring.BusyIsEmpty)},
		{ID: "many-cancel-costs-a-slot", Text: "claims cancel: true, and a put that is cancelled keeps the slot that it had reserved", Requirement: "BUF-ABANDONED", Verdict: "fail", At: "fitted before", Base: inManyCancelled(ring.CancelCostsASlot)},
		{ID: "many-close-wakes-one", Text: "close wakes one of the processes that wait", Requirement: "BUF-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inMany(ring.CloseWakesOne)},
		{ID: "many-wakes-at-empty", Text: "wakes one consumer, and only if the buffer was empty before", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inMany(ring.WakesAtEmpty)},
		{ID: "many-wakes-one", Text: "one event count for items and for room, and each change wakes one waiter, which may be of the wrong kind", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inMany(ring.WakesOne)},
		{ID: "many-copies-late", Text: "of ints: where more than two processes are attached, get copies the item after it has freed its slot and left the lock", Requirement: "BUF-WAKE", Verdict: "fail", At: "were put", Base: inManyOf(4, ring.CopiesLate)},
	}
}
