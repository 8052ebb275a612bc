package network

// A Fault is a mistake in a mailbox or link that another host uses.
type Fault int

const (
	None Fault = iota // correct
	TakesASegment
	NamesAreLocal
	WaitsForEver
	SendsAgain
)
