package semaphore

// A Fault is a mistake in a semaphore.
type Fault int

const (
	None Fault = iota // correct
	CountsUnlocked
	ZeroPasses
	WakesAtZero
	TryWaits
	EINTRIsSuccess
	RefusalCosts
	PostsLate
	DeadlineEarly
	Spins
	Overflows
	LooksOnceMore
	NanosecondsNotCarried
	LimitIn32Bits
	AbsorbsAWake
	CountsIn16Bits
	MappingLeaks
)
