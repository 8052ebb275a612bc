package snapshot

// A Fault is one that the package can have.
type Fault int

const (
	None Fault = iota // correct
	InPlace
	PublishedLate
	ReadersExclude
	OddForEver
	DeadKeepPlaces
	TwoSlots
)
