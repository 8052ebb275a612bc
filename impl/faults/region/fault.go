package region

// A Fault is a mistake in a region or a word.
type Fault int

const (
	None Fault = iota // correct
	ThroughAFile
	BesideAPage
	PrivateLastPage
	OneWay
	NotZeroed
	SizeInPages
	SizeUnchecked
	NameLeftByRefusal
	CreateTruncates
	OpenCreates
	OpenTruncates
	OpenInitialises
	UnlinkForgotten
	ReuseRevives
	CachedByName
	LivesInCreator
	TakenFromTheLiving
	NamesCut
	NamesInLowerCase
	MapsEverything
	NameEscapes
	NameCheckedAtCreation
	LongNamesCut
	OpenerUnlinks
	MappingLeaks
	DescriptorLeaks
	SyncsEachWrite
	AsksForPid
	VisibleBeforeSized
	Stampede
	BoundsUnchecked
	ReadOnlyWritable
	ForEveryone
	StaleBlocks
	StaleHeadCleared
	WordInHalves
	AddInTwo
	SwapInTwo
	FlagBeforeData
	StoredLate
	LoadOvertakes
	StoreOvertaken
	WordsChangeHandsSlowly
	NamedFirst
	ZeroIsStale
	RefusalUnlinks
	RefusalClears
	GoesWithCreator
	OneMapping
)
