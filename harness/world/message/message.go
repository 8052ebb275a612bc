// Package message is what the kit and the holder of a world say to each other.
//
// Messages go over a unix stream socket: each is a 32-bit length (little endian),
// then JSON; descriptors travel with the length (SCM_RIGHTS). A request has an
// ID, which its reply repeats. An exit event repeats the ID of the request that
// started the process.
package message

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// CookieVariable is an environment variable, set to the world's ID in every
// process of a world.
const CookieVariable = "IPCKIT_WORLD"

// An Operation is what a holder is asked to do. The comments say what a request
// carries → and what its reply.
type Operation string

const (
	OpSetup     Operation = "setup"     // Setup → Setup; the first request
	OpStart     Operation = "start"     // Start, descriptors → PID, pidfd
	OpSignal    Operation = "signal"    // Target, Signal
	OpThread    Operation = "thread"    // Target, Thread: is it one of the target's? → a descriptor that it owns
	OpList      Operation = "list"      // → Live, one pidfd each
	OpBaseline  Operation = "baseline"  // what is there now is no leftover →
	OpLeftovers Operation = "leftovers" // → Found, Unseen
	OpCut       Operation = "cut"       // the connection of the two hosts →
	OpHeal      Operation = "heal"      // →
	OpFill      Operation = "fill"      // the world's /dev/shm →
	OpEmpty     Operation = "empty"     // →
	OpKill      Operation = "kill"      // every process of the world, not what it created →
	OpClean     Operation = "clean"     // and what they created →
	OpEnd       Operation = "end"       // and the holder →
)

// A Request is from the kit.
type Request struct {
	ID     uint64      `json:"id"`
	Op     Operation   `json:"op"`
	Setup  *Setup      `json:"setup,omitempty"`
	Start  *Start      `json:"start,omitempty"`
	Target uint64      `json:"target,omitempty"` // the ID that started it
	Signal unix.Signal `json:"signal,omitempty"`
	Thread int         `json:"thread,omitempty"` // its id in the world
}

// Addresses of the two hosts of a world that has two: of those that belong to
// documentation (RFC 5737).
const (
	NearAddress = "192.0.2.1"
	FarAddress  = "192.0.2.2"
)

// Setup is what a holder must know before anything else.
type Setup struct {
	ID        string `json:"id"`
	Dir       string `json:"dir"`
	User      int    `json:"user"`       // of the world's processes
	Drop      bool   `json:"drop"`       // the holder must change to it
	OwnedUser bool   `json:"owned_user"` // no other process of the host has this uid
	Isolated  bool   `json:"isolated"`   // it has namespaces to furnish
	Network   bool   `json:"network"`    // one of them is a network namespace
	TwoHosts  bool   `json:"two_hosts,omitempty"`
	Limits    Limits `json:"limits"`

	// Host are the kit's namespaces, which the holder must not be in.
	Host map[string]string `json:"host,omitempty"`
}

// Start is a command, ready to run: nothing in it depends on the kit any more.
type Start struct {
	Name   string        `json:"name"`
	Path   string        `json:"path"`
	Args   []string      `json:"args"`
	Env    []string      `json:"env"`
	Dir    string        `json:"dir"`
	User   int           `json:"user"`
	Far    bool          `json:"far,omitempty"`   // on the far host
	Slack  time.Duration `json:"slack,omitempty"` // of timers
	Others int           `json:"others"`          // tasks of the same user outside the world, counted by RLIMIT_NPROC
	Files  []int         `json:"files"`           // for each descriptor of the child the index of the one sent; -1: none
}

// A Reply is to one request, or an event.
type Reply struct {
	ID      uint64       `json:"id"`
	Failure *Failure     `json:"failure,omitempty"`
	PID     int          `json:"pid,omitempty"`
	Items   []Capability `json:"items,omitempty"` // to setup
	Live    []Live       `json:"live,omitempty"`
	Found   []Leftover   `json:"found,omitempty"`
	Unseen  []Unseen     `json:"unseen,omitempty"`
	Exit    *Exit        `json:"exit,omitempty"` // an event
}

// Live is a process that runs in the world.
type Live struct {
	Started uint64 `json:"started,omitempty"` // the ID that started it; 0 for those that others started
	PID     int    `json:"pid"`
	Name    string `json:"name"`
}

// Failure is an error on its way to the kit.
type Failure struct {
	Doing string        `json:"doing"`
	Errno syscall.Errno `json:"errno,omitempty"`
	Text  string        `json:"text,omitempty"`
}

func (f *Failure) Error() string {
	if f.Errno != 0 {
		return f.Doing + ": " + f.Errno.Error()
	}
	return f.Doing + ": " + f.Text
}

// Unwrap makes errors.Is(err, unix.ENOENT) hold across the socket.
func (f *Failure) Unwrap() error {
	if f.Errno != 0 {
		return f.Errno
	}
	return nil
}

// Failed makes a failure of an error; nil of none.
func Failed(doing string, err error) *Failure {
	if err == nil {
		return nil
	}
	if errno, ok := err.(syscall.Errno); ok {
		return &Failure{Doing: doing, Errno: errno}
	}
	return &Failure{Doing: doing, Text: err.Error()}
}

// Owner is struct f_owner_ex of fcntl(2) where the owner of a descriptor is a
// thread: its id is that in the PID namespace of the process that asks.
type Owner struct {
	_      int32 // the kind: 0 is F_OWNER_TID
	Thread int32
}
