package locktable

// A Fault is a mistake in a lock or reader–writer lock.
type Fault int

const (
	None Fault = iota // correct
	TestThenSet
	Alternates
	TryWaits
	TrySteals
	WakesNobody
	EINTRIsSuccess
	RefusalStays
	GrantsUnseen
	Barges
	DeadlineEarly
	TimeoutKeeps
	Spins
	AnyoneReleases
	DiesWithOwner
	DeathUnreported
	OneReader
	TryCounts
	WakesOne
	ReadersFirst
	ListensLate
	LooksOnceMore
	RecordLocks
	HeirsDoNotLook
	NanosecondsNotCarried
	StaysBeforeOthers
	GivesUpUnnoticed
	TicketsIn16Bits
	DescriptorLeaks
)
