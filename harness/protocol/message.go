// Package protocol is the conversation between the kit and an agent: messages,
// operations, workload roles, error kinds and what both sides compute alike.
//
// An agent reads commands from file descriptor 3 and answers on descriptor 4,
// both pipes, one JSON object a line, so that whatever the subject prints
// corrupts nothing. All objects are flat: numbers, strings and booleans only, so
// that an adapter needs no JSON library. protocol.schema.json is the normative
// form.
package protocol

import (
	"encoding/json"
	"fmt"

	"github.com/ipckit/ipckit/harness/subject"
)

// Version is what hello must answer. Version 0 may still change.
const Version = 0

// ControlVariable is the environment variable that says where an agent's
// commands come from: pipes (descriptors 3 and 4) or stdio.
const ControlVariable = "IPCKIT_CONTROL"

// Marker system calls: they do not exist, and show a tracer where an operation
// begins and ends.
const (
	MarkBegin = 77001
	MarkEnd   = 77002
)

// States of an agent, as a reply to status gives them.
const (
	Idle = "idle"
	Busy = "busy" // an operation is under way
)

// Kinds of bounded buffers, where a subject has both.
const (
	OneToOne = "one-to-one"
	Many     = "many"
)

// Hello is the first request of a conversation.
func Hello(world string, markers bool) Request {
	version := Version
	return Request{Op: OpHello, Protocol: &version, World: world, Markers: markers}
}

// A Request is one command line. Fields that an operation does not use are
// left out.
type Request struct {
	ID     uint64 `json:"id"`
	Op     string `json:"op"`               // hello, status, cancel, bye, workload, region.create …
	Object string `json:"object,omitempty"` // handle, chosen by the kit: made by create and open, used by the rest
	Name   string `json:"name,omitempty"`   // system-wide name, for create, open and unlink

	// create
	Size     *int64  `json:"size,omitempty"` // region: bytes; may be absurd on purpose. With Seed: length of a generated payload
	Kind     string  `json:"kind,omitempty"` // buffer: one-to-one or many
	Capacity *int64  `json:"capacity,omitempty"`
	ItemMax  *int64  `json:"item_max,omitempty"`
	Start    *uint64 `json:"start,omitempty"`   // preset of the running indices
	Initial  *int64  `json:"initial,omitempty"` // semaphore: the value that it starts with
	Maximum  *int64  `json:"maximum,omitempty"` // semaphore: the largest value. Workload semaphore: how many may be inside
	Party    string  `json:"party,omitempty"`   // link.open: handle of the party whose link it is
	Owned    bool    `json:"owned,omitempty"`   // mailbox: owned by this process
	// open
	ReadOnly bool `json:"read_only,omitempty"`

	// region.read, region.write
	Offset *int64 `json:"offset,omitempty"`
	// word.store, word.add, word.cas: what to store or to add; what cas expects
	Value    *uint64 `json:"value,omitempty"`
	Expected *uint64 `json:"expected,omitempty"`
	// payload: either data, base64; or size and seed, see Payload
	Data *string `json:"data,omitempty"`
	Seed *uint64 `json:"seed,omitempty"`
	// read, get, receive: answer with size and hash instead of data
	Digest bool `json:"digest,omitempty"`
	// mailbox.send: a priority other than the lowest; the process that the sender pretends to be.
	// mailbox.hand-over: the new owner. Process ids are those of the world.
	Priority *int64 `json:"priority,omitempty"`
	PID      *int64 `json:"pid,omitempty"`
	// mailbox.receive: answer with the sender's process id too
	Identify bool `json:"identify,omitempty"`
	// put, get, send, receive, acquire, wait, read and write of a rwlock:
	// forever (default), never, or milliseconds
	Wait *WireWait `json:"wait,omitempty"`

	// workload: Role is one of Roles; of those that move items, Count items,
	// item i being Payload(ItemSeed(Seed, i), size between SizeMin and SizeMax)
	Role    string `json:"role,omitempty"`
	Count   *int64 `json:"count,omitempty"`
	Scratch string `json:"scratch,omitempty"` // path of a file of the kit, see package scratch
	Index   *int64 `json:"index,omitempty"`   // which of the processes this is, from 0
	SizeMin *int64 `json:"size_min,omitempty"`
	SizeMax *int64 `json:"size_max,omitempty"`
	// workload that records its operations, for agents whose hello says records
	History string `json:"history,omitempty"` // path of the file to make, see package history
	Tries   *int64 `json:"tries,omitempty"`   // of 100 operations, how many do not wait
	Think   *int64 `json:"think,omitempty"`   // the longest pause between two operations, ns
	// workload of a measured role, for agents whose hello says measures: see
	// MeasuredRoles. Count steps after Warm of them, timed Batch by Batch
	Back       string `json:"back,omitempty"`        // handle of the queue or semaphore of the other direction; default: Object
	OffsetBack *int64 `json:"offset_back,omitempty"` // ping, pong: the word of the other direction
	Warm       *int64 `json:"warm,omitempty"`
	Batch      *int64 `json:"batch,omitempty"`
	Every      *int64 `json:"every,omitempty"`   // paced, arrive: ns between intended starts
	Samples    string `json:"samples,omitempty"` // path of a file of the kit, see package samples

	// hello
	Protocol *int   `json:"protocol,omitempty"`
	World    string `json:"world,omitempty"`
	Markers  bool   `json:"markers,omitempty"` // make the marker calls around each operation
}

// A Reply is one answer line: ok, or error with its kind, or unsupported.
type Reply struct {
	ID          uint64       `json:"id"`
	OK          bool         `json:"ok,omitempty"`
	Error       subject.Kind `json:"error,omitempty"`
	Text        string       `json:"text,omitempty"`
	Unsupported string       `json:"unsupported,omitempty"` // the operation or argument that the adapter does not have

	Data *string `json:"data,omitempty"` // base64
	Size *int64  `json:"size,omitempty"` // of the region or of the item
	Hash string  `json:"hash,omitempty"` // FNV-1a, 64 bits, 16 hexadecimal digits
	// party.receive: the name of the party that sent it, or whose link has ended
	Sender string `json:"sender,omitempty"`
	// mailbox.receive with identify: the process that sent it
	PID *int64 `json:"pid,omitempty"`

	// workload
	Done      *int64 `json:"done,omitempty"`       // items moved
	Wrong     *int64 `json:"wrong,omitempty"`      // items that were not what they should be
	WrongAt   *int64 `json:"wrong_at,omitempty"`   // index of the first of them
	WrongText string `json:"wrong_text,omitempty"` // what it was instead
	Refused   *int64 `json:"refused,omitempty"`    // attempts that ended by timeout, and were made again
	Outcomes  string `json:"outcomes,omitempty"`   // of a litmus test: "name=count name=count"

	// word.load, word.add, word.cas: what the word held before
	Value   *uint64 `json:"value,omitempty"`
	Swapped *bool   `json:"swapped,omitempty"` // word.cas

	// status
	State    string `json:"state,omitempty"` // idle, busy
	Busy     string `json:"busy,omitempty"`  // the operation under way
	Finished *int64 `json:"finished,omitempty"`

	// hello
	Protocol   *int   `json:"protocol,omitempty"`
	Subject    string `json:"subject,omitempty"`
	Version    string `json:"version,omitempty"`
	Language   string `json:"language,omitempty"`
	Thread     *int   `json:"thread,omitempty"`     // id of the operation thread, as the agent sees it
	Cancel     bool   `json:"cancel,omitempty"`     // the adapter answers cancel
	Overwrites bool   `json:"overwrites,omitempty"` // the adapter overwrites its buffer after each put and send
	Interrupts bool   `json:"interrupts,omitempty"` // SIGUSR1 has a handler that does nothing, without SA_RESTART: it interrupts system calls
	Records    bool   `json:"records,omitempty"`    // the adapter records workloads with a history
	Measures   bool   `json:"measures,omitempty"`   // the adapter has the measured roles
}

// WireWait is a wait on the wire: "forever", "never" or milliseconds.
type WireWait subject.Wait

// MarshalJSON writes the wire form.
func (w WireWait) MarshalJSON() ([]byte, error) {
	switch subject.Wait(w) {
	case subject.Forever:
		return []byte(`"forever"`), nil
	case subject.Never:
		return []byte(`"never"`), nil
	}
	return json.Marshal(max(int64(w)/1e6, 1))
}

// UnmarshalJSON reads the wire form.
func (w *WireWait) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"forever"`:
		*w = WireWait(subject.Forever)
		return nil
	case `"never"`:
		*w = WireWait(subject.Never)
		return nil
	}
	var ms int64
	if err := json.Unmarshal(b, &ms); err != nil || ms < 1 {
		return fmt.Errorf(`wait %s: want "forever", "never" or a number of milliseconds above 0`, b)
	}
	*w = WireWait(ms * 1e6)
	return nil
}
