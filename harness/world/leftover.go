package world

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

// A Leftover is something that processes of a world created and did not remove.
type Leftover struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`   // "/name" of a POSIX object, key or id of a System V one, path, or pid and command
	Detail string `json:"detail"` // size, owner, creator, what is in it
	Remedy string `json:"remedy"` // the call that removes it
}

// An Unseen is a kind of leftover that could not be looked at, so that a world
// without leftovers of this kind proves nothing.
type Unseen struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}
