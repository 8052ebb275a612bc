package messagepassing

import (
	"encoding/binary"
	"fmt"
)

// Special capacities and the limits of a shape.
const (
	Unbounded  = -1 // capacity: limited by memory only
	Rendezvous = 0  // capacity: a send returns when a receiver has taken its message

	// CapacityMax is the largest bounded capacity, in messages.
	CapacityMax = 1 << 30
	// MessageMaxDefault is what a Shape.MessageMax of 0 means, in bytes.
	MessageMaxDefault = 64 << 10
	// MessageMaxLimit is the largest Shape.MessageMax, in bytes.
	MessageMaxLimit = 1 << 30
)

// Delivery says what happens to a message whose receiver dies before it has
// processed it.
type Delivery uint8

const (
	// AtMostOnce: a message leaves the mailbox when it is given to a receiver.
	// If that receiver dies before its Receive has returned, the message may be
	// lost; it never arrives twice.
	AtMostOnce Delivery = iota
	// AtLeastOnce: a message that a handle has received stays with the broker
	// until that handle receives again, calls Done or detaches. If the process
	// dies first, the message returns to the head of the mailbox: it is not
	// lost, but may arrive twice. Each handle is one receiver: goroutines that
	// share it receive one after the other.
	AtLeastOnce
)

// A Shape is what a mailbox is created with. The zero Shape is a rendezvous for
// messages of up to 64 KiB.
type Shape struct {
	Capacity   int      // in messages: Rendezvous, 1 … CapacityMax, or Unbounded
	MessageMax int      // size of the largest message in bytes; 0 means MessageMaxDefault
	Delivery   Delivery // AtMostOnce or AtLeastOnce
	// Owned gives the mailbox an owner, initially the process that creates it.
	// Only the owner receives, and when it ends or detaches, the mailbox is
	// deleted (Silberschatz, Galvin, Gagne, Operating System Concepts, 10th
	// edition, 3.6.1: "a mailbox may be owned either by a process or by the
	// operating system"). Mailbox.HandOver passes ownership on.
	Owned bool

	_ struct{}
}

// check refuses an invalid shape and fills in the default.
func (s *Shape) check() error {
	if s.Capacity < Unbounded || s.Capacity > CapacityMax {
		return fmt.Errorf("%w: capacity %d: want %d (unbounded) to %d messages", ErrInvalid, s.Capacity, Unbounded, CapacityMax)
	}
	if s.MessageMax == 0 {
		s.MessageMax = MessageMaxDefault
	}
	if s.MessageMax < 0 || s.MessageMax > MessageMaxLimit {
		return fmt.Errorf("%w: message maximum %d: want 1 to %d bytes", ErrInvalid, s.MessageMax, MessageMaxLimit)
	}
	if s.Delivery > AtLeastOnce {
		return fmt.Errorf("%w: delivery %d: want AtMostOnce or AtLeastOnce", ErrInvalid, s.Delivery)
	}
	return nil
}

const shapeSize = 24

// appendShape writes s and the broker's key for the mailbox, little-endian:
// capacity i64, message maximum u32, delivery u8, owned u8, two zero, key u64.
func appendShape(b []byte, s Shape, key uint64) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(int64(s.Capacity)))
	b = binary.LittleEndian.AppendUint32(b, uint32(s.MessageMax))
	owned := byte(0)
	if s.Owned {
		owned = 1
	}
	b = append(b, byte(s.Delivery), owned, 0, 0)
	return binary.LittleEndian.AppendUint64(b, key)
}

// parseShape parses what appendShape wrote.
func parseShape(b []byte) (s Shape, key uint64, err error) {
	if len(b) != shapeSize {
		return s, 0, fmt.Errorf("%w: shape of %d bytes: want %d", ErrIO, len(b), shapeSize)
	}
	s.Capacity = int(int64(binary.LittleEndian.Uint64(b)))
	s.MessageMax = int(binary.LittleEndian.Uint32(b[8:]))
	s.Delivery = Delivery(b[12])
	s.Owned = b[13] != 0
	return s, binary.LittleEndian.Uint64(b[16:]), nil
}
