package snapshot

// A Fault is a mistake in a snapshot.
type Fault int

const (
	None Fault = iota // correct
	InPlace
	PublishedLate
	ReadersExclude
	OddForEver
	DeadKeepPlaces
	TwoSlots
	VersionIn8Bits
	ThreadStays
)
