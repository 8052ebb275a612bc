package pace

// A Fault is what makes a buffer slower, larger or restless. Items come through
// right with each.
type Fault int

const (
	None         Fault = iota // fast
	CallsEach                 // makes a system call an operation
	CopiesTwice               // copies each item by way of a buffer of its own
	SharesALine               // the indices and counters of both sides stand in one cache line
	PagesEach                 // takes 64 KiB more for each object
	PollsIdle                 // wakes itself 5,000 times a second to look
	StallsOften               // stalls for 3 ms in one of 300 puts
	StallsRarely              // stalls for 1 ms in one of 10,000: less than what the 99.9th percentile shows, where a stall delays few messages
	SlowsBySize               // looks at each byte
)
