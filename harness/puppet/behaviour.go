package puppet

import "slices"

// A Behaviour is one way to misbehave.
type Behaviour string

// Behaviours.
const (
	Correct    Behaviour = "correct"
	Transcript Behaviour = "transcript" // correct; writes each line of the conversation to standard error

	// What it says.
	Garbage     Behaviour = "garbage"      // a line that is not JSON
	WrongID     Behaviour = "wrong-id"     // the id of no request
	WrongType   Behaviour = "wrong-type"   // JSON, but the id is a string
	BothAnswers Behaviour = "both-answers" // ok and an error in one
	NoContent   Behaviour = "no-content"   // ok, but without what was asked for
	UnknownKind Behaviour = "unknown-kind" // an error of a kind that does not exist
	Twice       Behaviour = "twice"        // each answer two times
	Flood       Behaviour = "flood"        // answers without end
	LongLine    Behaviour = "long-line"    // a line above the limit
	HalfLine    Behaviour = "half-line"    // half a line, then the channel is closed
	HalfAndDie  Behaviour = "half-and-die" // half a line, then SIGKILL
	Drip        Behaviour = "drip"         // a byte every few milliseconds: slow but correct
	Print       Behaviour = "print"        // a line on standard output, which is harmless unless replies go there
	LieProtocol Behaviour = "lie-protocol" // another protocol version
	LieSubject  Behaviour = "lie-subject"  // another name than the claims
	LieVersion  Behaviour = "lie-version"  // another version than the claims
	LieThread   Behaviour = "lie-thread"   // an operation thread that does not exist
	AlwaysOK    Behaviour = "always-ok"    // ok to everything, known or not
	Refuse      Behaviour = "refuse"       // unsupported
	NeverIdle   Behaviour = "never-idle"   // status says busy always

	// What it does not say.
	Silent        Behaviour = "silent"         // reads and never answers
	Block         Behaviour = "block"          // sleeps for ever in the operation
	Spin          Behaviour = "spin"           // computes for ever in the operation
	CloseCommands Behaviour = "close-commands" // stops listening
	CloseReplies  Behaviour = "close-replies"  // stops talking
	Stay          Behaviour = "stay"           // answers bye and goes on
	NoBye         Behaviour = "no-bye"         // exits at bye without an answer

	// How it ends.
	Exit     Behaviour = "exit"     // exit status 3 in the operation
	ExitOdd  Behaviour = "exit-odd" // answers bye, then exit status 9
	Segfault Behaviour = "segfault"
	Panic    Behaviour = "panic" // the subject panics

	// What it does to its surroundings. It goes on correctly afterwards.
	Daemon   Behaviour = "daemon"   // starts a process in a session of its own, which keeps the channels open
	KillAll  Behaviour = "kill-all" // SIGKILL to every process that it may
	FillShm  Behaviour = "fill-shm" // as much as fits into /dev/shm, up to 256 MiB
	Gigabyte Behaviour = "gigabyte" // prints 1 GiB
)

// daemonSelf is the behaviour of the process that Daemon starts.
const daemonSelf Behaviour = "daemon-self"

// Behaviours lists every behaviour.
var Behaviours = []Behaviour{Correct, Transcript,
	Garbage, WrongID, WrongType, BothAnswers, NoContent, UnknownKind, Twice, Flood, LongLine, HalfLine, HalfAndDie,
	Drip, Print, LieProtocol, LieSubject, LieVersion, LieThread, AlwaysOK, Refuse, NeverIdle,
	Silent, Block, Spin, CloseCommands, CloseReplies, Stay, NoBye,
	Exit, ExitOdd, Segfault, Panic,
	Daemon, KillAll, FillShm, Gigabyte}

func known(b Behaviour) bool { return slices.Contains(Behaviours, b) }
