package faults

// cFaults show in what the operations of the C example do.
func cFaults() []Fault {
	return []Fault{
		{ID: "c-open-cuts", Text: "open sets the region's size, too: one page", Requirement: "REG-NORESIZE", Verdict: "fail", At: "before it was opened", Base: inC()},
		{ID: "c-region-not-reserved", Text: "makes the region long by ftruncate, which reserves no memory", Requirement: "REG-SHORTAGE", Verdict: "crash", At: "killed by SIGBUS", Base: inC()},
		{ID: "c-count-unlocked", Text: "adds by count = count + 1, which two processes can do at once", Requirement: "WORD-ADD", Verdict: "fail", At: "steps went wrong", Base: inC()},
		{ID: "c-interrupted-is-granted", Text: "treats a wait that a signal interrupted as granted", Requirement: "SEM-EINTR", Verdict: "fail", At: "during signals", Base: inC()},
		{ID: "c-mapped-privately", Text: "maps the buffer with MAP_PRIVATE: each process has its own in and out", Requirement: "BUF-FIFO", Verdict: "fail", At: "opening the queue in a second process", Base: inC()},
		{ID: "c-slot-short", Text: "keeps one slot free to tell full from empty, and claims all of them", Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed", Base: inC()},
		{ID: "c-sleeps-instead", Text: "get sleeps for a moment and expects that the producer has put something by then", Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait", Base: inC()},
		{ID: "c-wakes-the-others", Text: "put wakes the processes that wait for room", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inC()},
		{ID: "c-one-condition", Text: "one condition for items and for room, and each change wakes one waiter, which may be of the wrong kind", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back", Base: inC()},
		{ID: "c-done-flag-first", Text: "get looks at the done flag before it looks into the buffer", Requirement: "BUF-DRAIN", Verdict: "fail", At: "returned closed", Base: inC()},
		{ID: "c-never-unlinks", Text: "unlink leaves the name", Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue", Base: inC()},
		{ID: "c-buffer-not-reserved", Text: "makes the buffer's memory by ftruncate, which reserves none", Requirement: "BUF-SHORTAGE", Verdict: "crash", At: "killed by SIGBUS", Base: inC()},
		{ID: "c-empty-when-busy", Kind: stress, Text: "a get that may not wait says empty while another process holds the mutex", Requirement: "BUF-LINEAR", Verdict: "fail", At: "operations prove it", Base: inC()},
	}
}

// textbookFaults are mistakes in a textbook's solutions, as students make them when they
// write them down for processes.
func textbookFaults() []Fault {
	return []Fault{
		{ID: "c-mutex-first", Text: "waits for mutex before it waits for empty: a full buffer is locked for ever", Requirement: "BUF-FULL", Verdict: "timeout", At: "did not come back", Base: inControl("semaphore")},
		{ID: "c-full-never-signalled", Text: "signals empty where it should signal full", Requirement: "BUF-EMPTY", Verdict: "timeout", At: "did not come back", Base: inControl("semaphore")},
		{ID: "c-plain-spin", Text: "in and out are plain ints: at -O2 the waiting loop reads in only once", Requirement: "BUF-EMPTY", Verdict: "timeout", At: "did not come back", Base: inControl("spinning")},
		{ID: "c-in-and-out-apart", Text: "in and out are global variables, of which each process has its own", Requirement: "BUF-FIFO", Verdict: "timeout", At: "did not come back", Base: inControl("spinning")},
		{ID: "c-modulo-forgotten", Text: "tests in + 1 == out without the modulo, so that the producer overtakes the consumer", Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed", Base: inControl("spinning")},
	}
}

// messageFaults are mistakes in the C example's message passing.
func messageFaults() []Fault {
	return []Fault{
		{ID: "c-priority-dropped", Text: "accepts a priority, but keeps every message with the lowest", Requirement: "BOX-PRIORITY", Verdict: "fail", At: "priority", Base: inC()},
		{ID: "c-gone-is-empty", Text: "treats the end of the connection as an empty packet, and reads on", Requirement: "BOX-GONEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inC()},
		{ID: "c-close-tells-nobody", Text: "close sets its flag, which waiters see only when the next request comes", Requirement: "BOX-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back", Base: inC()},
		{ID: "c-anyone-receives", Text: "every process that has opened the mailbox may receive from it", Requirement: "BOX-OWNER", Verdict: "fail", At: "does not own the mailbox", Base: inC()},
		{ID: "c-keeps-the-keys", Text: "the former owner can still receive after it handed the mailbox over", Requirement: "BOX-HANDOVER", Verdict: "fail", At: "former owner received", Base: inC()},
		{ID: "c-signed-by-hand", Text: "the sender writes its own id into the request", Requirement: "BOX-IDENTITY", Verdict: "fail", At: "was named as the sender", Base: inC()},
		{ID: "c-hidden-slot", Text: "a rendezvous is a mailbox for one message", Requirement: "SYNC-RENDEZVOUS", Verdict: "fail", At: "where it must wait", Base: inC()},
		{ID: "c-keeper-keeps", Text: "the broker keeps a page for each message", Requirement: "BOX-GROWTH", Verdict: "fail", At: "which the subject started", Base: inC()},
		{ID: "c-cancel-costs-a-place", Text: "a cancelled send keeps the slot that it waited for", Requirement: "BOX-ABANDONED", Verdict: "timeout", At: "did not come back", Base: inC()},
		{ID: "c-cancelled-and-sent", Text: "cancels a send that waits, but leaves its message in the queue", Requirement: "SYNC-CANCEL", Verdict: "fail", At: "came out", Base: inC()},
		{ID: "c-cancels-for-good", Text: "a cancellation ends the next call, too", Requirement: "SYNC-CANCEL", Verdict: "fail", At: "at once: interrupted", Base: inC()},
		{ID: "c-unbounded-is-large", Text: "an unbounded mailbox holds 65,536 messages", Requirement: "CAP-UNBOUNDED", Verdict: "fail", At: "full", Base: inC()},
		{ID: "c-link-takes-anyones", Text: "receive(P) takes any message, whichever process sent it", Requirement: "LINK-NAMED", Verdict: "fail", At: "was due", Base: inC()},
		{ID: "c-link-is-a-stream", Text: "uses a stream socket: all bytes that are there become one message", Requirement: "LINK-BOUNDARY", Verdict: "fail", At: "and came out", Base: inC()},
	}
}

// cRaceFaults show only where two processes meet in the wrong way, which exploring their
// interleavings surely brings about. None gives way in the window of its race, so
// that the table of races shows how often load meets it.
func cRaceFaults() []Fault {
	return []Fault{
		{ID: "c-count-in-two", Kind: race, Text: "count = count + 1 on an atomic: a load and a store", Requirement: "WORD-ADD", Verdict: "fail", At: "add+add", Base: inC()},
		{ID: "c-swap-in-two", Kind: race, Text: "compares, then stores", Requirement: "WORD-CAS", Verdict: "fail", At: "cas+cas", Base: inC()},
		{ID: "c-lock-not-robust", Kind: race, Text: "a mutex that is not robust: its owner dies and it stays locked", Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "B hangs", Base: inC()},
		{ID: "c-snapshot-unchecked", Kind: race, Text: "two copies, and no second look at the version after the record was copied", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "publish,publish+read", Base: inC()},
		{ID: "c-ring-counts-first", Kind: race, Text: "counts the item before it is there", Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get", Base: inC()},
		{ID: "c-ring-frees-first", Kind: race, Text: "frees the slot before the item is out of it", Requirement: "BUF-NODUP", Verdict: "fail", At: "full:", Base: inC()},
		{ID: "c-busy-is-empty", Kind: race, Text: "a get that may not wait says empty while another process holds the mutex", Requirement: "BUF-LINEAR", Verdict: "fail", At: "try-get", Base: inC()},
		{ID: "c-many-not-robust", Kind: race, Text: "a mutex that is not robust: a consumer dies holding it, and no process can get anything any more", Requirement: "BUF-CONSUMERDEATH", Verdict: "timeout", At: "B hangs", Base: inC()},
		{ID: "c-listens-late", Kind: race, Text: "reads the event count after the look at the buffer, and sleeps until it is woken: a wake-up between the two is lost", Requirement: "BUF-WAKE", Verdict: "timeout", At: "waits for ever", Base: inC()},
		{ID: "c-looks-once-more", Kind: race, Text: "tries once more when its time is up, and reports a timeout even if it succeeds", Requirement: "BUF-DEADLINE", Verdict: "fail", At: "put+timed-get", Base: inC()},
		{ID: "c-store-released", Kind: race, Text: "stores with memory_order_release: the next load overtakes it", Requirement: "WORD-DEKKER", Verdict: "fail", At: "A=ok,ok value=0 B=ok,ok value=0", Base: inC()},
		{ID: "c-waiter-overlooked", Kind: race, Text: "publishes with memory_order_release, then looks whether a process waits, with no fence in between", Requirement: "BUF-WAKE", Verdict: "timeout", At: "B=waits for ever", Base: inC()},
		{ID: "c-many-unlocked", Kind: race, Text: "two producers, and no mutex: both take the same slot", Requirement: "BUF-NOLOSS", Verdict: "fail", At: "buffer.many", Base: inC()},
	}
}

// controlFaults are mistakes in controls that no other implementation can make.
func controlFaults() []Fault {
	return []Fault{
		{ID: "c-peterson-unfenced", Kind: race, Text: "Peterson's lock without a fence: the load of the other's flag overtakes the store of one's own", Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "A=ok B=ok", Base: inControl("peterson")},
		{ID: "c-type-counted", Text: "counts the type in the size that it gives to msgsnd and takes from msgrcv", Requirement: "BOX-CONTENT", Verdict: "fail", At: "came out", Base: inControl("sysv")},
		{ID: "c-nowait-unchecked", Text: "passes IPC_NOWAIT to msgsnd and does not check for EAGAIN", Requirement: "BOX-TRYFULL", Verdict: "fail", At: "must be refused", Base: inControl("sysv")},
		{ID: "c-nanoseconds-not-carried", Text: "adds the nanoseconds of the limit to the clock's without a carry", Requirement: "BOX-DEADLINE", Verdict: "fail", At: "must be refused", Base: inControl("mqueue")},
	}
}
