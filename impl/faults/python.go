package faults

// pythonFaults are mistakes in the Python example.
func pythonFaults() []Fault {
	return []Fault{
		{ID: "python-opener-unlinks", Text: "whoever opens a region removes its name, as multiprocessing.shared_memory does later", Requirement: "REG-VISITOR", Verdict: "fail", At: "opening it after a visitor ended", Base: inPython()},
		{ID: "python-counts-apart", Text: "counts items in a threading.Semaphore, of which each process has its own", Requirement: "BUF-FIFO", Verdict: "timeout", At: "did not come back", Base: inPython()},
		{ID: "python-sleeps-instead", Text: "get waits for a moment, by when the producer will have put something", Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait", Base: inPython()},
		{ID: "python-never-unlinks", Text: "closes its region, and leaves the name to somebody else", Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue", Base: inPython()},
		{ID: "python-counts-first", Kind: race, Text: "counts the item before it is there", Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get", Base: inPython()},
	}
}
