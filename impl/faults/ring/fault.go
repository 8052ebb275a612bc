package ring

// A Fault is a mistake in a ring, in its three uses.
type Fault int

const (
	None Fault = iota // correct
	NewestFirst
	StopsAtZero
	JoinsItems
	OneSlotShort
	OneSlotMore
	FullOverwrites
	OutApart
	EmptyReturns
	TryputWaits
	TryputDrops
	TrygetWaits
	WakesNobody
	IndexWraps
	FullAtHome
	CapacityOne
	SizeWraps
	OversizeCut
	LosesWhenFull
	TrygetPeeks
	SwapsTwo
	OpenResets
	EINTRIsSuccess
	MappingLeaks
	CloseDiscards
	CloseWakesNobody
	RefusalCostsASlot
	TimeoutCostsASlot
	MemoryGrows
	WakesAlways
	GivesWay
	LimitAnew
	DeadlineEarly
	Spins
	IndexModulo
	IndexIn16Bits
	KeepsALittle
	CreateTakesOver
	DoneFlagStays
	DiesPublished
	PutsBehind
	RepeatsTheLast
	FreesBehind
	SkipsOne
	DiesReserved
	OpensEachTime
	KeepsALog
	CloseWakesOne
	WakesAtEmpty
	WakesOne
	ReceiveCuts
	SendsByReference
	UnlinkForgotten
	ReceivesUnlocked
	DiesOfSIGPIPE
	HoldsOneBack
	ListensLate
	PublishesFirst
	FreesFirst
	LooksOnceMore
	CopiesLate
	EINTRAborts
	BusyIsEmpty
	BlocksSignals
	CancelCostsASlot
	NanosecondsNotCarried
	AbsorbsAWake
)
