package message

// Kinds of leftovers.
const (
	SharedMemory     = "shared memory"
	Semaphore        = "semaphore"
	Queue            = "queue"
	SystemVMemory    = "System V shared memory"
	SystemVSemaphore = "System V semaphore"
	SystemVQueue     = "System V queue"
	LiveProcess      = "process"
	File             = "file"
	Socket           = "socket"
)

// Kinds are all of them.
var Kinds = []string{SharedMemory, Semaphore, Queue, SystemVMemory, SystemVSemaphore, SystemVQueue, LiveProcess, File, Socket}

// A Leftover is something that processes of a world created and did not remove.
type Leftover struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`   // "/name" of a POSIX object, key and id of a System V one, path in the world's directory or from /, id of a process
	Detail string `json:"detail"` // size, owner, creator, what is in it
	Remedy string `json:"remedy"` // the call that removes it
}

func (l Leftover) String() string {
	text := l.Kind + " " + l.Name
	if l.Detail != "" {
		text += " (" + l.Detail + ")"
	}
	if l.Remedy != "" {
		text += ": " + l.Remedy
	}
	return text
}

// An Unseen is a kind of leftover that could not be looked at, so that a world
// without leftovers of this kind proves nothing.
type Unseen struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

func (u Unseen) String() string { return u.Kind + ": " + u.Reason }
