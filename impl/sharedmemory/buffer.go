package sharedmemory

import (
	"fmt"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// A Buffer is the bounded buffer for one producer and one consumer. Exactly as
// many items fit as its [Shape] says. They come out in the order in which they
// were put, whole, with any content.
//
// The first Put makes this handle the producer, the first Get makes it the
// consumer (it may be both), until it is detached or its process ends. A second
// producer or consumer is refused as long as the first one lives. Each role of a
// handle is for one goroutine at a time, and Detach must not overlap with Put or
// Get; Close may be called at any time.
//
// # Algorithm
//
// Lamport's queue (Specifying Concurrent Program Modules, TOPLAS 5(2), 1983) on
// slots of equal size, with three refinements.
//
//   - Each slot begins with a commit word: the low half of the item's index, and
//     its length. A waiting consumer watches the very cache line in which the
//     item will appear (FastForward: Giacomoni, Moseley, Vachharajani, PPoPP
//     2008). A busy one reads the producer's index instead, and takes all items
//     up to there.
//   - Each side keeps a copy of the other's index and reads the real one only
//     when the copy says full or empty (rigtorp/SPSCQueue; MCRingBuffer: Lee,
//     Bu, Chandranmenon, IPDPS 2010).
//   - A side that finds the buffer full or empty spins for about as long as a
//     wake-up costs, then sleeps on a futex. Neither side makes a system call
//     while the other is awake. Between two checks it pauses: a check takes the
//     cache line away from the side that is about to write it.
//
// # Memory layout
//
// A control structure on a page of its own, then a power of two of slots, at
// least Shape.Slots. A slot is the commit word (8 bytes) and ItemMax bytes,
// padded to 8 bytes, or to a cache line from 2048 bytes on.
//
// # Memory order
//
// An item's bytes are written before its commit word, and the commit word before
// the producer's index; the consumer reads them in the opposite order. The
// consumer has read an item's bytes before it stores its own index, after which
// the producer may overwrite them. For sleeping see [asymmetric].
//
// Put does not wait until the item is visible: for the time that a store takes
// to reach another processor, some hundred nanoseconds, a Get there may still
// find none. A consumer that learns of the item in any other way does find it.
//
// # Death
//
// Each index is stored in one step, after the work it stands for, so a new
// producer or consumer continues where the killed one was. At most one item, the
// one in transfer, is lost (killed before its commit word, or after Get) or
// arrives twice (killed between copying it and storing the index).
type Buffer struct {
	region   *Region
	control  *control
	data     unsafe.Pointer // the first slot
	stride   uintptr        // of a slot, in bytes
	mask     uint64         // slots in memory - 1
	capacity uint64         // items that fit
	itemMax  int
	lead     uint64 // slots between an item that is put and the slot that is fetched for writing

	_        [64]byte // the roles may be used by two goroutines on two processors
	producer producer
	_        [64]byte
	consumer consumer
}

// A Shape says how many items fit into a buffer, and how large they may be.
type Shape struct {
	Slots   int // items, 1 to 2^30
	ItemMax int // bytes of the largest item, 0 to 2^30

	_ struct{}
}

const (
	slotsMax = 1 << 30
	itemMax  = 1 << 30
)

// check refuses a shape that makes no sense, or whose memory 64 bits cannot count.
func (s Shape) check(name string) error {
	if s.Slots < 1 || s.Slots > slotsMax || s.ItemMax < 0 || s.ItemMax > itemMax {
		return refuse("create buffer", quote(name), ErrInvalid, "%d slots of %d bytes, expected 1 to %d slots of 0 to %d bytes",
			s.Slots, s.ItemMax, slotsMax, itemMax)
	}
	return nil
}

// control is the first page of a buffer's payload. What different sides write
// lies 128 bytes apart: processors fetch cache lines in pairs.
type control struct {
	capacity, itemMax, stride, ring uint64 // constant
	_                               [96]byte

	tail uint64 // items put; written by the producer
	_    [120]byte

	taken uint64 // items got; written by the consumer
	_     [120]byte

	toProducer atomic.Uint32 // notices, read at every Put
	_          [124]byte

	toConsumer atomic.Uint32 // notices, read at every Get
	_          [124]byte

	end                atomic.Uint64 // see close.go
	producer, consumer atomic.Uint64 // stamps, see role
}

// Notices to one side of the buffer. A sleeping side sleeps on the word of the
// other one's notices.
const (
	noticeAsleep uint32 = 1 << iota // the other side sleeps: wake it
	noticeClosed                    // see Close
	noticeFence                     // a process cannot use membarrier: run barriers of your own
)

const (
	slotsOffset = 4096 // of the first slot in the payload; control fits before it
	commitBytes = 8    // the commit word before an item
	wideSlot    = 2048 // from this size slots start on a cache line
	cacheLine   = 64
	leadBytes   = 1152
)

// CreateBuffer makes a new, empty buffer. Like a region it appears in one step,
// and has all its memory allocated (see the layout at [Buffer]).
//
// Errors: [ErrExist], [ErrInvalid] (name or shape), [ErrNoSpace],
// [ErrPermission].
func CreateBuffer(name string, shape Shape, options ...Option) (*Buffer, error) {
	if err := shape.check(name); err != nil {
		return nil, err
	}
	s := newSettings(options)
	s.populate = true
	stride := strideOf(shape.ItemMax)
	ring := uint64(1) << bits.Len64(uint64(shape.Slots)-1)
	size := slotsOffset + ring*stride // < 2^12 + 2^30 * 2^31
	r, err := create(name, kindBuffer, int64(size), s, func(payload []byte) {
		c := controlOf(payload)
		c.capacity, c.itemMax, c.stride, c.ring = uint64(shape.Slots), uint64(shape.ItemMax), stride, ring
		c.tail, c.taken = s.startIndex, s.startIndex
		c.end.Store(s.startIndex << 1)
	})
	if err != nil {
		return nil, err
	}
	return newBuffer(r), nil
}

// OpenBuffer returns a handle on an existing buffer. Errors: [ErrNotExist],
// [ErrInvalid] (the name, or the object is no one-to-one buffer),
// [ErrPermission].
func OpenBuffer(name string, options ...Option) (*Buffer, error) {
	const op = "open buffer"
	s := newSettings(options)
	s.populate = true
	if s.readOnly {
		return nil, refuse(op, name, ErrInvalid, "a buffer cannot be opened read-only")
	}
	r, err := open(name, kindBuffer, s)
	if err != nil {
		return nil, err
	}
	if err := controlOf(r.payload).check(r.payload); err != nil {
		_ = r.Close()
		return nil, &Error{Op: op, Name: name, Err: err}
	}
	return newBuffer(r), nil
}

// UnlinkBuffer removes the name of a buffer. Attached handles remain usable.
// Errors as for [Unlink].
func UnlinkBuffer(name string) error { return Unlink(name) }

func newBuffer(r *Region) *Buffer {
	c := controlOf(r.payload)
	b := &Buffer{
		region: r, control: c,
		data:     unsafe.Add(unsafe.Pointer(c), slotsOffset),
		stride:   uintptr(c.stride),
		mask:     c.ring - 1,
		capacity: c.capacity,
		itemMax:  int(c.itemMax),
		lead:     leadOf(c.stride),
	}
	b.producer.noun, b.producer.lock, b.producer.stamp = "producer", byteProducer, &c.producer
	b.consumer.noun, b.consumer.lock, b.consumer.stamp = "consumer", byteConsumer, &c.consumer
	if !asymmetric() {
		c.toProducer.Or(noticeFence)
		c.toConsumer.Or(noticeFence)
	}
	return b
}

func controlOf(payload []byte) *control {
	return (*control)(unsafe.Pointer(unsafe.SliceData(payload)))
}

// check refuses a control structure that would lead outside the payload.
func (c *control) check(payload []byte) error {
	size := uint64(len(payload))
	if size < slotsOffset || c.itemMax > itemMax || c.stride != strideOf(int(c.itemMax)) ||
		c.capacity < 1 || c.capacity > c.ring || c.ring > slotsMax || c.ring&(c.ring-1) != 0 ||
		size != slotsOffset+c.ring*c.stride {
		return fmt.Errorf("%w: its description does not match its size of %d bytes: it was overwritten", ErrInvalid, size)
	}
	return nil
}

// strideOf is the size of a slot in bytes.
func strideOf(itemMax int) uint64 {
	n := uint64(commitBytes+itemMax+7) &^ 7
	if n >= wideSlot {
		n = (n + cacheLine - 1) &^ (cacheLine - 1)
	}
	return n
}

// leadOf is how many slots ahead of the next item the producer fetches a slot's
// cache line for writing. That line was last read by the consumer, and getting
// it back takes longer than putting a small item; in leadBytes there are enough
// of them under way. Large items need no help: the processor recognises the
// stream.
func leadOf(stride uint64) uint64 {
	if stride > leadBytes/2 {
		return slotsMax
	}
	return leadBytes / stride
}

// slot is the commit word of an index's slot; the item follows it.
func (b *Buffer) slot(index uint64) *uint64 {
	return (*uint64)(unsafe.Add(b.data, uintptr(index&b.mask)*b.stride))
}

// item is the first n bytes of a slot's item.
func item(slot *uint64, n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(slot), commitBytes)), n)
}

// commitWord says that the slot holds the item of an index, of n bytes. It
// differs from what the slot held before: zero, or an earlier index.
func commitWord(index uint64, n int) uint64 { return index<<32 | uint64(n+1) }

// committed reports whether a slot's commit word is that of index.
func committed(slot *uint64, index uint64) bool {
	word := atomic.LoadUint64(slot)
	return word>>32 == index&0xffffffff && uint32(word) != 0
}

// itemLength is the length of the item that a commit word announces.
func itemLength(word uint64) int { return int(uint32(word)) - 1 }

// Name is the name that the buffer was opened by.
func (b *Buffer) Name() string { return b.region.name }

// Shape is what the buffer was created with.
func (b *Buffer) Shape() Shape { return Shape{Slots: int(b.capacity), ItemMax: b.itemMax} }

// Stale reports whether no process was attached when this handle was opened: the
// items were left behind by an earlier run. Such a buffer works; to start clean,
// unlink it and create it again.
func (b *Buffer) Stale() bool { return b.region.stale }

// Detach releases the mapping, the descriptor, and the roles of this handle; the
// items remain. A second Detach is refused with [ErrInvalid].
func (b *Buffer) Detach() error {
	if b.control == nil {
		return b.detached("detach")
	}
	b.giveUpRole(&b.producer.role)
	b.giveUpRole(&b.consumer.role)
	b.producer.limit = b.producer.next // so that the next Put and Get notice
	b.consumer.known = b.consumer.next
	b.control, b.data = nil, nil
	return b.region.Close()
}

func (b *Buffer) detached(op string) error {
	return refuse(op, b.region.name, ErrInvalid, "this handle was detached")
}
