package semaphore

// A Fault is one that the package can have.
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
)
