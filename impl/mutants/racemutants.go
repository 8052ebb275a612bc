package mutants

// race is the kind of check that explores interleavings.
const race = "race"

// raceMutants are caught by exploring interleavings, in one scenario and with
// one preemption. The faults of the first group are met in no other way that is
// sure; those of the second are caught by behaviour as well, as the fault says.
var raceMutants = []Mutant{
	{ID: "ring-listens-late", Kind: race, Fault: "looks at the bell after the ring: the wake-up between them is lost", Requirement: "BUF-WAKE", Verdict: "timeout", At: "empty:put+get: A=ok B=waits for ever"},
	{ID: "ring-publishes-first", Kind: race, Fault: "counts the item before it is there", Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get"},
	{ID: "ring-dies-reserving", as: "ring-dies-published", Kind: race, Fault: "publishes an item before it has written it", Requirement: "BUF-PRODUCERDEATH", Verdict: "fail", At: "killed-in-put"},
	{ID: "ring-frees-first", Kind: race, Fault: "gives the slot back before the item is out of it", Requirement: "BUF-NODUP", Verdict: "fail", At: "full:"},
	{ID: "lock-listens-late", Kind: race, Fault: "looks at the bell after the lock: the wake-up between them is lost", Requirement: "LOCK-WAKE", Verdict: "timeout", At: "waits for ever"},
	{ID: "rw-listens-late", Kind: race, Fault: "looks at the bell after the lock: the wake-up between them is lost", Requirement: "RW-WAKE", Verdict: "timeout", At: "waits for ever"},
	{ID: "snap-two-slots", Kind: race, Fault: "has two slots, and reads the one that is not being written, for a while", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "publish,publish+read"},
	{ID: "lock-looks-once-more", Kind: race, Fault: "looks once more when its time is up, and gives up all the same", Requirement: "LOCK-DEADLINE", Verdict: "fail", At: "release+timed-acquire"},
	{ID: "sem-looks-once-more", Kind: race, Fault: "takes a permit when its time is up, and gives up all the same", Requirement: "SEM-DEADLINE", Verdict: "fail", At: "post+timed-wait"},
	{ID: "rw-looks-once-more", Kind: race, Fault: "looks once more when its time is up, and gives up all the same", Requirement: "RW-DEADLINE", Verdict: "fail", At: "release+timed-"},
	{ID: "ring-looks-once-more", Kind: race, Fault: "gets an item when its time is up, and gives up all the same", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "put+timed-get"},
	{ID: "store-overtaken", Kind: race, Fault: "stores by MOV: the load behind it comes first", Requirement: "WORD-DEKKER", Verdict: "fail", At: "A=ok,ok value=0 B=ok,ok value=0"},

	{ID: "count-unlocked", Kind: race, Dawdles: true, as: "word-add-in-two", Fault: "count++ without a lock", Requirement: "WORD-ADD", Verdict: "fail", At: "add+add"},
	{ID: "swap-unlocked", Kind: race, Dawdles: true, as: "word-swap-in-two", Fault: "compares, then stores", Requirement: "WORD-CAS", Verdict: "fail", At: "cas+cas"},
	{ID: "store-in-halves", Kind: race, Dawdles: true, as: "word-in-halves", Fault: "stores 64 bits as two times 32", Requirement: "WORD-NOTEAR", Verdict: "fail", At: "store+load"},
	{ID: "flag-before-data", Kind: race, as: "word-flag-before-data", Fault: "the data are moved across the store of the flag", Requirement: "WORD-PUBLISH", Verdict: "fail", At: "region.write"},
	{ID: "lock-test-and-then-set", Kind: race, Dawdles: true, as: "lock-test-then-set", Fault: "looks whether the lock is free, then takes it", Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "A=ok B=ok"},
	{ID: "lock-owner-dies", Kind: race, as: "lock-dies-with-owner", Fault: "nobody looks whether the owner lives", Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "B hangs"},
	{ID: "rw-test-and-then-set", Kind: race, Dawdles: true, as: "rw-test-then-set", Fault: "looks whether a writer is inside, then enters", Requirement: "RW-EXCLUSION", Verdict: "fail", At: "A=ok B=ok"},
	{ID: "sem-count-unlocked", Kind: race, Dawdles: true, as: "sem-counts-unlocked", Fault: "count-- in two steps", Requirement: "SEM-COUNT", Verdict: "fail", At: "try-wait+try-wait"},
	{ID: "snap-overwritten", Kind: race, as: "snap-in-place", Fault: "writes over the record while it is being read", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "publish+read"},
	{ID: "snap-writer-dies", Kind: race, Dawdles: true, as: "snap-odd-for-ever", Fault: "readers wait until the writer has finished", Requirement: "SNAP-WRITERDEATH", Verdict: "timeout", At: "B hangs"},
}
