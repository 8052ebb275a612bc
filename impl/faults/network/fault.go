package network

// A Fault is one that the package can have.
type Fault int

const (
	None Fault = iota // correct
	TakesASegment
	NamesAreLocal
	WaitsForEver
	SendsAgain
)
