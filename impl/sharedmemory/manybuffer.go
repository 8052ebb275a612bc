package sharedmemory

import (
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// A ManyBuffer is the bounded buffer for many producers and consumers. Exactly
// as many items fit as its [Shape] says. Each item goes to one consumer, in the
// order in which they were put. It is linearizable, full and empty included.
//
// A handle is for one goroutine, which may put and get; Close may be called at
// any time.
//
// # Algorithm
//
// The queue with two locks (Michael, Scott, Simple, Fast, and Practical
// Non-Blocking and Blocking Concurrent Queue Algorithms, PODC 1996) on a ring:
// producers exclude each other by one robust lock, consumers by another, and
// between the two sides it is Lamport's queue, as in [Buffer]. The locks are
// held for copying and never while waiting: a handle that finds the buffer full
// or empty spins briefly and sleeps on an event count. PutBatch and GetBatch
// lock once for many items.
//
// A queue of tickets taken by fetch-and-add would be faster under contention,
// but a process that dies between its ticket and its item blocks all others
// behind it, and such a queue cannot distinguish empty from not yet filled.
//
// # Memory layout
//
// A control structure, then a power of two of slots, at least Shape.Slots. A
// slot is a length (8 bytes) and ItemMax bytes, padded to 8 bytes.
//
// # Memory order
//
// An operation takes effect when it stores its side's index, under the lock. The
// store and the swap that unlocks are full barriers, so a process that looks for
// sleepers afterwards has made the item or slot visible before.
//
// # Death
//
// The index is stored once the item is complete, or copied. A process killed
// before that has changed nothing, and the next one finds the lock of a dead
// owner and nothing to repair. So only the item in transfer is lost (killed
// before its index, or after Get) or arrives twice (killed in Get between
// copying and the index), and all other processes continue.
type ManyBuffer struct {
	object
	control     *manyControl
	slots       unsafe.Pointer
	stride      uintptr // of a slot, in bytes
	mask        uint64  // slots in memory - 1
	capacity    uint64  // items that fit
	itemMax     int
	seat        seat
	lockSpinner spinner   // while waiting for a lock
	roomSpinner spinner   // while the buffer is full
	itemSpinner spinner   // while the buffer is empty
	one         [1][]byte // the batch of Put and Get
}

type manyControl struct {
	capacity, itemMax, stride, ring uint64 // constant
	_                               [96]byte

	putting   robustLock
	_         [4]byte
	tail      atomic.Uint64 // position: items put, or manyClosed
	seenTaken atomic.Uint64 // copy of taken for the producers
	_         [104]byte

	getting  robustLock
	_        [4]byte
	taken    atomic.Uint64 // position: items got
	seenTail atomic.Uint64 // copy of tail for the consumers
	_        [104]byte

	arrival eventCount // of items
	_       [124]byte

	departure eventCount // of items, which leaves room
	_         [124]byte

	seats seats
	_     [128 - (seatsMax+1)*4%128]byte
}

// A position is an index in steps of two, modulo 2^64. The odd bit of the tail
// says that the buffer is closed, so that no Put can take effect after Close:
// its compare-and-swap of the tail fails.
const (
	manyClosed = 1
	manyStep   = 2
)

// CreateManyBuffer makes a new, empty buffer. Errors as for [CreateBuffer].
func CreateManyBuffer(name string, shape Shape, options ...Option) (*ManyBuffer, error) {
	if err := shape.check(name); err != nil {
		return nil, err
	}
	s := newSettings(options)
	stride := manyStride(uint64(shape.ItemMax))
	ring := uint64(1) << bits.Len64(uint64(shape.Slots)-1)
	r, c, err := createControl(name, kindManyBuffer, int64(ring*stride), options, func(c *manyControl) {
		c.capacity, c.itemMax, c.stride, c.ring = uint64(shape.Slots), uint64(shape.ItemMax), stride, ring
		for _, index := range []*atomic.Uint64{&c.tail, &c.seenTail, &c.taken, &c.seenTaken} {
			index.Store(s.startIndex * manyStep)
		}
	})
	if err != nil {
		return nil, err
	}
	return newManyBuffer(r, c)
}

// OpenManyBuffer returns a handle on an existing buffer. Errors: [ErrNotExist],
// [ErrInvalid] (the name, or the object is no many-to-many buffer),
// [ErrPermission], [ErrNoSpace] (1023 handles are attached).
func OpenManyBuffer(name string, options ...Option) (*ManyBuffer, error) {
	r, c, err := openControl(name, kindManyBuffer, options, func(c *manyControl) (uint64, bool) {
		if c.itemMax > itemMax || c.stride != manyStride(c.itemMax) || c.capacity < 1 || c.capacity > c.ring ||
			c.ring > slotsMax || c.ring&(c.ring-1) != 0 {
			return 0, false
		}
		return uint64(unsafe.Sizeof(*c)) + c.ring*c.stride, true
	})
	if err != nil {
		return nil, err
	}
	return newManyBuffer(r, c)
}

// UnlinkManyBuffer removes the name of a buffer. Attached handles remain usable.
// Errors as for [Unlink].
func UnlinkManyBuffer(name string) error { return Unlink(name) }

func newManyBuffer(r *Region, c *manyControl) (*ManyBuffer, error) {
	s, err := r.takeSeat(&c.seats)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	c.putting.releaseDead(&s)
	c.getting.releaseDead(&s)
	return &ManyBuffer{
		object: newObject(r), control: c, seat: s,
		slots:  unsafe.Add(unsafe.Pointer(c), unsafe.Sizeof(*c)),
		stride: uintptr(c.stride), mask: c.ring - 1,
		capacity: c.capacity, itemMax: int(c.itemMax),
	}, nil
}

// manyStride is the size of a slot in bytes: a length, then the item.
func manyStride(itemMax uint64) uint64 { return (commitBytes + itemMax + 7) &^ 7 }

// slot is the length word of a position's slot; the item follows it.
func (b *ManyBuffer) slot(position uint64) *uint64 {
	return (*uint64)(unsafe.Add(b.slots, uintptr(position/manyStep&b.mask)*b.stride))
}

// Shape is what the buffer was created with.
func (b *ManyBuffer) Shape() Shape { return Shape{Slots: int(b.capacity), ItemMax: b.itemMax} }

// Close ends the buffer for all processes. No further items can be put, blocked
// operations return, and the items inside can still be got, after which Get
// reports [ErrClosed]. A Put takes effect before Close or is refused. Any handle
// may close, more than once. Errors: [ErrInvalid] (detached).
func (b *ManyBuffer) Close() error {
	if b.region == nil {
		return b.detached("close")
	}
	b.control.tail.Or(manyClosed)
	b.control.arrival.wake(allSleepers)
	b.control.departure.wake(allSleepers)
	return nil
}

// Detach releases the mapping and the descriptor; the items remain.
func (b *ManyBuffer) Detach() error {
	if b.region == nil {
		return b.detached("detach")
	}
	b.control = nil
	return b.detach()
}
