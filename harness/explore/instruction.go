package explore

// An AccessKind is what an instruction does to shared memory.
type AccessKind string

// Kinds of accesses. Update is a read and a write that another processor can
// come between; Access is one whose direction is not known.
const (
	Load   AccessKind = "load"
	Store  AccessKind = "store"
	Update AccessKind = "update"
	Locked AccessKind = "lock"
	Access AccessKind = "access"
)

// instruction is what matters of one.
type instruction struct {
	kind    AccessKind
	size    int  // bytes
	repeats bool // a string instruction that does one element a time
}
