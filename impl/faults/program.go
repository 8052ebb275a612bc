package faults

// programFaults are those of impl/programs/faults, a pair with a fault to choose
// for each requirement.
func programFaults() []Fault {
	return []Fault{
		{ID: "program-build", Text: "uses a name that is not declared anywhere", Requirement: "PROG-BUILD", Verdict: "fail", At: "BUILD", Base: inProgram("BUILD")},
		{ID: "program-status", Text: "main of the consumer returns 2", Requirement: "PROG-RUN", Verdict: "fail", At: "consumer ended with exit status 2", Base: inProgram("RUN")},
		{ID: "program-narrow", Text: "passes items through a type that is too narrow for them", Requirement: "PROG-CONTENT", Verdict: "fail", At: "never produced", Base: inProgram("CONTENT")},
		{ID: "program-swapped", Text: "swaps each two items", Requirement: "PROG-ORDER", Verdict: "fail", At: "was next", Base: inProgram("ORDER")},
		{ID: "program-knows", Text: "the consumer predicts the items and prints them without waiting", Requirement: "PROG-ALONE", Verdict: "fail", At: "without a producer", Base: inProgram("ALONE")},
		{ID: "program-fifo", Text: "uses a named pipe instead of shared memory", Requirement: "PROG-MECHANISM", Verdict: "fail", At: "mkfifo is forbidden", Base: inProgram("MECHANISM")},
		{ID: "program-opens", Text: "the consumer opens the region, but cannot create it", Requirement: "PROG-FIRST", Verdict: "fail", At: "No such file", Base: inProgram("FIRST")},
		{ID: "program-marker", Text: "the end marker stays in the buffer for the next run", Requirement: "PROG-AGAIN", Verdict: "timeout", At: "asleep", Base: inProgram("AGAIN")},
		{ID: "program-done", Text: "the consumer looks at the done flag before it looks into the buffer", Requirement: "PROG-LAST", Verdict: "fail", At: "Missing: ", Base: inProgram("LAST")},
		{ID: "program-semaphores", Text: "the semaphores are never unlinked", Requirement: "PROG-NOLEAK", Verdict: "leak", At: "semaphore", Base: inProgram("NOLEAK")},
	}
}
