package sharedmemory

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Seats: a lock's owner has to fit into one word that changes in one step, and
// other processes have to find out whether the owner is alive. So every handle
// takes a seat of the object, held by a file lock (presence.go). The number of
// the seat, and of times it was taken, make an identity that fits into the word;
// the latter distinguishes a dead owner from its successor in the seat.
const (
	seatBits       = 10
	seatsMax       = 1<<seatBits - 1
	generationBits = 20
	identityBits   = seatBits + generationBits
)

// seats is the table of an object, in shared memory.
type seats struct {
	generation [seatsMax]atomic.Uint32
	used       atomic.Uint32 // seats from this number on have never been taken
}

// seat is a handle's place at an object.
type seat struct {
	table *seats
	fd    int
	index int
	id    uint32 // never 0
}

// takeSeat takes the first free seat. Errors: [ErrNoSpace] (1023 handles are
// attached).
func (r *Region) takeSeat(table *seats) (seat, error) {
	for i := range seatsMax {
		held, err := lockByte(r.fd, byteSeats+int64(i), unix.F_WRLCK)
		if err != nil {
			return seat{}, &Error{Op: "open", Name: r.name, Err: err}
		}
		if held {
			continue
		}
		for used := table.used.Load(); used <= uint32(i); used = table.used.Load() {
			table.used.CompareAndSwap(used, uint32(i)+1)
		}
		g := table.generation[i].Add(1) & (1<<generationBits - 1)
		return seat{table: table, fd: r.fd, index: i, id: g<<seatBits | uint32(i+1)}, nil
	}
	return seat{}, refuse("open", r.name, ErrNoSpace, "%d handles are attached, the maximum: detach unused ones", seatsMax)
}

// seatOf is the seat of an identity; -1 if there is none.
func seatOf(id uint32) int { return int(id&(1<<seatBits-1)) - 1 }

// alive reports whether the handle of an identity is still attached. If in doubt
// it is true.
func (s *seat) alive(id uint32) bool {
	i := seatOf(id)
	switch {
	case id == s.id:
		return true
	case i < 0 || i == s.index:
		return false
	}
	held, err := heldByOther(s.fd, byteSeats+int64(i))
	if err != nil {
		return true
	}
	return held && s.table.generation[i].Load()&(1<<generationBits-1) == id>>seatBits
}
