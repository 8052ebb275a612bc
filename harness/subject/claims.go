package subject

import "github.com/ipckit/ipckit/harness/strict"

// Claims are what a subject's author says of it: an implementation conformance
// statement (ISO/IEC 9646-7). A Go subject gives them as a value; everything
// else in a file ipckit.yaml of the same shape, read by [ReadClaims].
type Claims struct {
	Subject  string `yaml:"subject" json:"subject"`                       // name, as reports show it
	Version  string `yaml:"version,omitempty" json:"version,omitempty"`   // of the subject
	Language string `yaml:"language,omitempty" json:"language,omitempty"` // for the reader

	// One of the four ways in. All empty: a Go value.
	Agent    string    `yaml:"agent,omitempty" json:"agent,omitempty"`       // an executable that speaks the protocol, with arguments
	C        *C        `yaml:"c,omitempty" json:"c,omitempty"`               // C functions behind the kit's header
	Programs *Programs `yaml:"programs,omitempty" json:"programs,omitempty"` // unmodified programs
	Build    string    `yaml:"build,omitempty" json:"build,omitempty"`       // shell command run first, in the subject's directory
	Control  string    `yaml:"control,omitempty" json:"control,omitempty"`   // pipes (default) or stdio

	Profiles    Profiles      `yaml:"profiles,omitempty" json:"profiles,omitzero"`
	Extended    []string      `yaml:"extended,omitempty" json:"extended,omitempty"` // extended requirements and claims, by id
	Performance []Performance `yaml:"performance,omitempty" json:"performance,omitempty"`
	Known       []Known       `yaml:"known,omitempty" json:"known,omitempty"`
	Scenarios   []Scenario    `yaml:"scenarios,omitempty" json:"scenarios,omitempty"` // explored beside those of the kit

	// document is the file they were read from: errors name its lines.
	document *strict.Document
}

// C describes C code that the kit compiles together with its shim.
type C struct {
	Sources []string `yaml:"sources" json:"sources"`                     // relative to the claims file
	Flags   []string `yaml:"flags,omitempty" json:"flags,omitempty"`     // after -std=gnu11 -O2 -Wall
	Headers []string `yaml:"headers,omitempty" json:"headers,omitempty"` // a course's own header, copied beside

	// DataRaces is "none" where the author says that there is none in the sense
	// of C11; one that ipckit sanitize finds then is a shortfall.
	DataRaces string `yaml:"data_races,omitempty" json:"data_races,omitempty"`
}

// Profiles are named sets of requirements, each claimed as a whole.
type Profiles struct {
	Region    *RegionProfile    `yaml:"region,omitempty" json:"region,omitempty"`
	Word      *WordProfile      `yaml:"word,omitempty" json:"word,omitempty"`
	Lock      *LockProfile      `yaml:"lock,omitempty" json:"lock,omitempty"`
	Semaphore *SemaphoreProfile `yaml:"semaphore,omitempty" json:"semaphore,omitempty"`
	RWLock    *RWLockProfile    `yaml:"rwlock,omitempty" json:"rwlock,omitempty"`
	Snapshot  *SnapshotProfile  `yaml:"snapshot,omitempty" json:"snapshot,omitempty"`
	OneToOne  *BufferProfile    `yaml:"buffer.one-to-one,omitempty" json:"buffer.one-to-one,omitempty"`
	Many      *BufferProfile    `yaml:"buffer.many,omitempty" json:"buffer.many,omitempty"`
	Mailbox   *MailboxProfile   `yaml:"mailbox,omitempty" json:"mailbox,omitempty"`
	Link      *LinkProfile      `yaml:"link,omitempty" json:"link,omitempty"`
	Network   *NetworkProfile   `yaml:"network,omitempty" json:"network,omitempty"`

	Cooperation *CooperationProfile `yaml:"cooperation,omitempty" json:"cooperation,omitempty"`
}

// RegionProfile claims shared regions.
type RegionProfile struct {
	Names   string `yaml:"names,omitempty" json:"names,omitempty"`     // posix: "/name" as for shm_open (the only form so far)
	Maximum Size   `yaml:"maximum,omitempty" json:"maximum,omitempty"` // the largest size that must work, at least a page (4096); default 64MiB
	Sharing `yaml:",inline"`
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"` // core requirements not met; the headline then says partial
}

// WordProfile claims atomic 64-bit words in regions.
type WordProfile struct {
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// LockProfile claims locks for mutual exclusion.
type LockProfile struct {
	Waiting string `yaml:"waiting,omitempty" json:"waiting,omitempty"` // sleep (default) or spin
	Sharing `yaml:",inline"`
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// SemaphoreProfile claims counting semaphores.
type SemaphoreProfile struct {
	// Maximum is the largest value: one number where the subject sets it, a
	// range where it can be chosen at creation. Default: 32767, which POSIX
	// demands at least (_POSIX_SEM_VALUE_MAX).
	Maximum *Range `yaml:"maximum,omitempty" json:"maximum,omitempty"`
	Waiting string `yaml:"waiting,omitempty" json:"waiting,omitempty"` // sleep (default) or spin
	Sharing `yaml:",inline"`
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// RWLockProfile claims reader–writer locks.
type RWLockProfile struct {
	Waiting string `yaml:"waiting,omitempty" json:"waiting,omitempty"` // sleep (default) or spin
	Sharing `yaml:",inline"`
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// SnapshotProfile claims a record that some replace and many read.
type SnapshotProfile struct {
	Record  Item `yaml:"record" json:"record"` // how large it may be
	Sharing `yaml:",inline"`
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// BufferProfile claims a bounded buffer.
type BufferProfile struct {
	Capacity Capacity `yaml:"capacity" json:"capacity"`
	Slots    string   `yaml:"slots,omitempty" json:"slots,omitempty"` // N (default) or N-1: usable of a capacity of N items
	Item     Item     `yaml:"item" json:"item"`
	Waiting  string   `yaml:"waiting,omitempty" json:"waiting,omitempty"` // sleep (default) or spin
	Empty    string   `yaml:"empty,omitempty" json:"empty,omitempty"`     // strict (default) or relaxed
	Close    bool     `yaml:"close,omitempty" json:"close,omitempty"`
	Cancel   bool     `yaml:"cancel,omitempty" json:"cancel,omitempty"`
	Sharing  `yaml:",inline"`
	Partial  []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// Sharing says what of an object depends on the process that uses it.
type Sharing struct {
	// Lifetime is object (default) where an object lasts for as long as it is used,
	// or creator where it ends with the handle or the process that created it.
	Lifetime string `yaml:"lifetime,omitempty" json:"lifetime,omitempty"`
	// Handles is each (default) where two handles in one process behave like those of
	// two processes, or process where all handles of a process are one.
	Handles string `yaml:"handles,omitempty" json:"handles,omitempty"`
}

// MailboxProfile claims mailboxes. Items from 0 on claim that a mailbox can be
// made that holds none: a rendezvous.
type MailboxProfile struct {
	Capacity  Capacity `yaml:"capacity" json:"capacity"`
	Unbounded bool     `yaml:"unbounded,omitempty" json:"unbounded,omitempty"` // one without bound can be made too
	Item      Item     `yaml:"item" json:"item"`
	Delivery  string   `yaml:"delivery,omitempty" json:"delivery,omitempty"` // at-most-once (default) or at-least-once
	Order     string   `yaml:"order,omitempty" json:"order,omitempty"`       // fifo (default) or priority, and fifo among equals
	Waiting   string   `yaml:"waiting,omitempty" json:"waiting,omitempty"`
	Close     bool     `yaml:"close,omitempty" json:"close,omitempty"`
	Cancel    bool     `yaml:"cancel,omitempty" json:"cancel,omitempty"`
	Sharing   `yaml:",inline"`
	Partial   []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// Capacity is counted in items or in bytes, never both. A single number is
// fixed by the subject; {min, max} lets the kit choose when it creates.
type Capacity struct {
	Items *Range `yaml:"items,omitempty" json:"items,omitempty"`
	Bytes *Range `yaml:"bytes,omitempty" json:"bytes,omitempty"`
}

// Item bounds an item's or a message's size in bytes: {min, max}, or {fixed}
// for those that are always of one size.
type Item struct {
	Min   Size `yaml:"min,omitempty" json:"min,omitempty"`
	Max   Size `yaml:"max,omitempty" json:"max,omitempty"`
	Fixed Size `yaml:"fixed,omitempty" json:"fixed,omitempty"`
}

// Bounds gives the smallest and the largest size, equal where it is fixed.
func (i Item) Bounds() (least, most Size) {
	if i.Fixed > 0 {
		return i.Fixed, i.Fixed
	}
	return i.Min, i.Max
}

// Known is a shortfall that its author knows of: it is listed, does not fail
// the run while it lasts, and is an error once it is gone.
type Known struct {
	Requirement string `yaml:"requirement" json:"requirement"`
	Verdict     string `yaml:"verdict" json:"verdict"`
	Reason      string `yaml:"reason" json:"reason"`
	Issue       string `yaml:"issue,omitempty" json:"issue,omitempty"`
	Until       string `yaml:"until,omitempty" json:"until,omitempty"` // date, YYYY-MM-DD
}
