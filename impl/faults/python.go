package faults

// pythonFaults are mistakes in the Python example.
func pythonFaults() []Fault {
	return []Fault{
		{ID: "python-opener-unlinks", Text: "open removes the region's name, as multiprocessing.shared_memory does when it ends", Requirement: "REG-VISITOR", Verdict: "fail", At: "opening it after a visitor ended", Base: inPython()},
		{ID: "python-counts-apart", Text: "counts items in a threading.Semaphore, of which each process has its own", Requirement: "BUF-FIFO", Verdict: "timeout", At: "did not come back", Base: inPython()},
		{ID: "python-sleeps-instead", Text: "get sleeps for a moment and expects that the producer has put something by then", Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait", Base: inPython()},
		{ID: "python-never-unlinks", Text: "unlink leaves the name", Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue", Base: inPython()},
		{ID: "python-not-reserved", Text: "makes the memory long by ftruncate, which reserves none", Requirement: "BUF-SHORTAGE", Verdict: "crash", At: "killed by SIGBUS", Base: inPython()},
		{ID: "python-counts-first", Kind: race, Text: "counts the item before it is there", Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get", Base: inPython()},
	}
}
