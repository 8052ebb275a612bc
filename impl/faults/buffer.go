package faults

import "github.com/ipckit/ipckit/impl/faults/ring"

func bufferFaults() []Fault {
	return []Fault{
		{ID: "ring-newest-first", Text: "get takes the newest item", Requirement: "BUF-FIFO", Verdict: "fail", At: "came out where", Base: inRing(ring.NewestFirst)},
		{ID: "ring-stops-at-zero", Text: "copies items as strings, up to the first zero byte", Requirement: "BUF-CONTENT", Verdict: "fail", At: "came out", Base: inRing(ring.StopsAtZero)},
		{ID: "ring-joins-items", Text: "get takes all the bytes there are", Requirement: "BUF-BOUNDARY", Verdict: "fail", At: "came out with", Base: inRing(ring.JoinsItems)},
		{ID: "ring-one-slot-short", Text: "tells full from empty by leaving a slot free, and claims N", Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed", Base: inRing(ring.OneSlotShort)},
		{ID: "ring-one-slot-more", Text: "compares with > where >= is meant", Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed", Base: inRing(ring.OneSlotMore)},
		{ID: "ring-full-overwrites", Text: "put into a full ring overwrites the oldest item", Requirement: "BUF-FULL", Verdict: "fail", At: "where it must wait", Base: inRing(ring.FullOverwrites)},
		{ID: "ring-out-apart", Text: "each process keeps an index out of its own, so that nobody sees room being made", Requirement: "BUF-FULL", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OutApart)},
		{ID: "ring-empty-returns", Text: "get from an empty ring returns an empty item", Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EmptyReturns)},
		{ID: "ring-tryput-waits", Text: "put ignores the wish not to wait", Requirement: "BUF-TRYFULL", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TryputWaits)},
		{ID: "ring-tryput-drops", Text: "a refused put says that it was done", Requirement: "BUF-TRYFULL", Verdict: "fail", At: "was accepted", Base: inRing(ring.TryputDrops)},
		{ID: "ring-tryget-waits", Text: "get ignores the wish not to wait", Requirement: "BUF-TRYEMPTY", Verdict: "timeout", At: "did not come back", Base: inRing(ring.TrygetWaits)},
		{ID: "ring-wakes-nobody", Text: "put publishes the item and wakes nobody", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inRing(ring.WakesNobody)},
		{ID: "ring-index-wraps", Text: "keeps its index in 8 bits", Requirement: "BUF-WRAP", Verdict: "fail", At: "came out wrong", Base: inRing(ring.IndexWraps)},
		{ID: "ring-full-at-home", Text: "sees that it is full only where the first slot has the oldest item", Requirement: "BUF-WRAP", Verdict: "fail", At: "from another position on", Base: inRing(ring.FullAtHome)},
		{ID: "ring-capacity-one", Text: "treats a capacity of one as none", Requirement: "BUF-ONE", Verdict: "fail", At: "were claimed", Base: inRing(ring.CapacityOne)},
		{ID: "ring-size-wraps", Text: "computes the size in 32 bits", Requirement: "BUF-HUGE", Verdict: "fail", At: "was created", Base: inRing(ring.SizeWraps)},
		{ID: "ring-oversize-cut", Text: "cuts an item that is too large", Requirement: "BUF-OVERSIZE", Verdict: "fail", At: "was accepted", Base: inRing(ring.OversizeCut)},
		{ID: "ring-loses-when-full", Text: "now and then gives up a put that finds the ring full, and says nothing", Requirement: "BUF-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.LosesWhenFull)},
		{ID: "ring-tryget-peeks", Text: "get without waiting does not remove the item", Requirement: "BUF-NODUP", Verdict: "fail", At: "came out where", Base: inRing(ring.TrygetPeeks)},
		{ID: "ring-swaps-two", Text: "every 999th item changes places with the next", Requirement: "BUF-PRODUCERORDER", Verdict: "fail", At: "came out wrong", Base: inRing(ring.SwapsTwo)},
		{ID: "ring-open-resets", Text: "whoever opens the ring sets its indices to zero", Requirement: "BUF-CONSUMERFIRST", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpenResets)},
		{ID: "ring-eintr-is-success", Text: "takes an interrupted wait for an item", Requirement: "BUF-EINTR", Verdict: "fail", At: "where it must wait", Base: inRing(ring.EINTRIsSuccess)},
		{ID: "ring-mapping-leaks", Text: "detach forgets munmap", Requirement: "BUF-NOLEAK", Verdict: "fail", At: "shared mappings", Base: inRing(ring.MappingLeaks)},
		{ID: "ring-close-discards", Text: "close empties the ring", Requirement: "BUF-DRAIN", Verdict: "fail", At: "closed", Base: inRing(ring.CloseDiscards)},
		{ID: "ring-close-wakes-nobody", Text: "close sets its flag and wakes nobody", Requirement: "BUF-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inRing(ring.CloseWakesNobody)},
		{ID: "ring-refusal-costs-a-slot", Text: "a refused put keeps the slot that it had reserved", Requirement: "BUF-ABANDONED", Verdict: "fail", At: "fitted before", Base: inRing(ring.RefusalCostsASlot)},
		{ID: "ring-timeout-costs-a-slot", Text: "a put that runs into its time limit keeps the slot that it had reserved", Requirement: "BUF-ABANDONED", Verdict: "fail", At: "fitted before", Base: inRing(ring.TimeoutCostsASlot)},
		{ID: "ring-memory-grows", Text: "keeps a copy of every item", Requirement: "BUF-GROWTH", Verdict: "fail", At: "resident", Base: inRing(ring.MemoryGrows)},
		{ID: "ring-wakes-always", Text: "wakes at each put and get, whether anybody sleeps or not", Requirement: "BUF-NOSYSCALL", Verdict: "fail", At: "futex", Base: inRing(ring.WakesAlways)},
		{ID: "ring-gives-way", Text: "gives up the processor after each put, so that the other side gets on", Requirement: "BUF-NOSYSCALL", Verdict: "fail", At: "sched_yield", Base: inRing(ring.GivesWay)},
		{ID: "ring-limit-anew", Text: "waits for the whole limit once more after each interruption", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "is counted anew", Base: inRing(ring.LimitAnew)},
		{ID: "ring-deadline-early", Text: "counts half of a time limit", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "gave up after", Base: inRing(ring.DeadlineEarly)},
		{ID: "ring-spins", Text: "looks again and again where it should sleep", Requirement: "BUF-SLEEP", Verdict: "fail", At: "without sleeping", Base: inRing(ring.Spins)},
		{ID: "ring-index-modulo", Text: "takes a 32-bit index modulo a capacity that does not divide 2^32", Requirement: "BUF-INDEXWRAP", Verdict: "fail", At: "2^32", Base: inRing(ring.IndexModulo)},
		{ID: "ring-create-takes-over", Text: "create takes what is there for its own, with what is inside", Requirement: "BUF-STALE", Verdict: "fail", At: "after the last", Base: inRing(ring.CreateTakesOver)},
		{ID: "ring-done-flag-stays", Text: "create sets the indices of what is there to zero, and leaves the last run's done flag set", Requirement: "BUF-STALE", Verdict: "fail", At: "refused as \"closed", Base: inRing(ring.DoneFlagStays)},
		{ID: "ring-dies-published", Text: "publishes an item before it has written it", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "came out", Base: inRing(ring.DiesPublished)},
		{ID: "ring-puts-behind", Text: "put returns, and a thread publishes the item a moment later", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "whose put had returned", Base: inRing(ring.PutsBehind)},
		{ID: "ring-repeats-the-last", Text: "who follows a dead producer puts its last item, in case it had not been put", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "came out", Base: inRing(ring.RepeatsTheLast)},
		{ID: "ring-frees-behind", Text: "get returns, and a thread frees the slot a moment later", Requirement: "BUF-CONSUMERDEATH", Verdict: "fail", At: "a second time", Base: inRing(ring.FreesBehind)},
		{ID: "ring-skips-one", Text: "who follows a dead consumer frees the oldest item, in case the dead one had it", Requirement: "BUF-CONSUMERDEATH", Verdict: "fail", At: "is lost", Base: inRing(ring.SkipsOne)},
		{ID: "ring-dies-reserved", Text: "takes a place out of use while it empties it", Requirement: "BUF-CONSUMERDEATH", Verdict: "fail", At: "were claimed", Base: inRing(ring.DiesReserved)},
		{ID: "ring-opens-each-time", Kind: stress, Text: "opens its region for each put, and once it cannot, puts nothing any more", Requirement: "BUF-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.OpensEachTime)},
		{ID: "ring-keeps-a-log", Kind: stress, Text: "appends each item to a log in /dev/shm first, and once there is no room, puts nothing any more", Requirement: "BUF-NOLOSS", Verdict: "timeout", At: "did not come back", Base: inRing(ring.KeepsALog)},
	}
}

func manyFaults() []Fault {
	return []Fault{
		{ID: "many-newest-first", Text: "get takes the newest item", Requirement: "BUF-LINEAR", Verdict: "fail", At: "operations prove it", Base: inMany(ring.NewestFirst)},
		{ID: "many-close-wakes-one", Text: "close wakes one of those who wait", Requirement: "BUF-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inMany(ring.CloseWakesOne)},
		{ID: "many-wakes-at-empty", Text: "wakes one consumer, and only where there was no item before", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inMany(ring.WakesAtEmpty)},
		{ID: "many-wakes-one", Text: "one bell for items and for room, and each change wakes one: it may be one of the wrong kind", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inMany(ring.WakesOne)},
	}
}
