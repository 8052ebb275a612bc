package link

// A Fault is a mistake in a link.
type Fault int

const (
	None Fault = iota // correct
	TakesFromAny
	NeverLooks
	OneQueue
	NewestFirst
	DefersWhenFull
	WritesAPart
	StopsAtZero
	JoinsMessages
	WaitsForTheDead
	EndIsAMessage
	DeathComesFirst
	DiesOfSIGPIPE
	GuessesTheSender
	AnswersTheLast
	StarvesTheQuiet
	LittleRoom
	FirstKeepsDirectory
	LeavesForAll
)
