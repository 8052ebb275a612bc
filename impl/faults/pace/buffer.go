// Package pace has a bounded buffer between one producer and one consumer that is
// right and fast, or right and in one way slow: what measured promises have to show.
//
// The indices have cache lines of their own, and each side keeps a copy of the
// other's, which it reads again only where the buffer seems full or empty. A process
// that must wait looks for a while, and then sleeps on the event count.
package pace

import (
	"encoding/binary"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// control is the head of a buffer's memory.
type control struct {
	capacity, itemMax uint64 // items, bytes
	_                 [112]byte
	in                atomic.Uint64 // items put
	puts              atomic.Uint64 // begun, as statistics
	beside, gets      atomic.Uint64 // items got and gets begun, of SharesALine
	_                 [96]byte
	apart, getsApart  atomic.Uint64 // items got and gets begun
	_                 [112]byte
	events            atomic.Uint32 // the event count
	sleepers          atomic.Uint32 // processes that sleep on it, or are about to
	_                 [120]byte
}

const (
	controlSize = int64(unsafe.Sizeof(control{}))
	header      = 8        // bytes before an item: its length
	more        = 64 << 10 // bytes, of PagesEach

	// looks are how often a process looks before it sleeps: longer than a wake-up
	// takes, so that a pair that keeps each other busy does not sleep.
	looks = 20_000
)

// Buffers makes buffers with a fault, or none.
type Buffers struct {
	fault   Fault
	regions *region.Regions
}

// New makes buffers.
func New(f Fault) Buffers { return Buffers{f, region.New(region.None)} }

// stride is the distance of slots, bytes.
func stride(itemMax uint64) int64 { return (header + int64(itemMax) + 63) &^ 63 }

func (bs Buffers) Create(name string, s subject.Shape) (subject.Buffer, error) {
	if s.Capacity < 1 || s.Capacity > 1<<16 || s.ItemMax < 0 || s.ItemMax > 1<<20 || s.Capacity*s.ItemMax > 1<<26 {
		return nil, subject.Errorf(subject.Invalid, "capacity %d, items up to %d bytes", s.Capacity, s.ItemMax)
	}
	size := controlSize + s.Capacity*stride(uint64(s.ItemMax))
	if bs.fault == PagesEach {
		size += more
	}
	r, err := bs.regions.CreateMapping(name, size, func(r *region.Region) {
		c := (*control)(unsafe.Pointer(&r.Memory[0]))
		c.capacity, c.itemMax = uint64(s.Capacity), uint64(s.ItemMax)
		if bs.fault == PagesEach {
			clear(r.Memory[size-more:])
		}
	})
	if err != nil {
		return nil, err
	}
	return bs.attach(r), nil
}

func (bs Buffers) Open(name string) (subject.Buffer, error) {
	r, err := bs.regions.OpenMapping(name, false)
	if err != nil {
		return nil, err
	}
	return bs.attach(r), nil
}

func (bs Buffers) Unlink(name string) error { return bs.regions.Unlink(name) }

func (bs Buffers) attach(r *region.Region) *buffer {
	b := &buffer{fault: bs.fault, Region: r, control: (*control)(unsafe.Pointer(&r.Memory[0]))}
	b.out, b.begun = &b.apart, &b.getsApart
	if bs.fault == SharesALine {
		b.out, b.begun = &b.beside, &b.gets
	}
	b.stride = stride(b.itemMax)
	b.seenIn, b.seenOut = b.in.Load(), b.out.Load()
	return b
}

// A buffer is one process's handle.
type buffer struct {
	fault Fault
	*region.Region
	*control
	out    *atomic.Uint64
	begun  *atomic.Uint64 // gets
	stride int64
	count  int // of puts by this process

	seenIn, seenOut uint64 // the other side's index, as it was last read
	detour          []byte // of CopiesTwice
	sum             byte   // of SlowsBySize
}

func (b *buffer) slot(index uint64) []byte {
	at := controlSize + int64(index%b.capacity)*b.stride
	return b.Memory[at : at+b.stride]
}

func (b *buffer) Put(item []byte, wait subject.Wait) error {
	if uint64(len(item)) > b.itemMax {
		return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(item), b.itemMax)
	}
	b.puts.Add(1)
	in := b.in.Load()
	if in-b.seenOut >= b.capacity {
		err := b.await(wait, subject.Full, func() bool { b.seenOut = b.out.Load(); return in-b.seenOut < b.capacity })
		if err != nil {
			return err
		}
	}
	b.slow()
	slot := b.slot(in)
	binary.LittleEndian.PutUint64(slot, uint64(len(item)))
	b.move(slot[header:], item)
	b.in.Store(in + 1)
	b.raise()
	return nil
}

func (b *buffer) Get(into []byte, wait subject.Wait) (int, error) {
	b.begun.Add(1)
	out := b.out.Load()
	if out == b.seenIn {
		err := b.await(wait, subject.Empty, func() bool { b.seenIn = b.in.Load(); return out != b.seenIn })
		if err != nil {
			return 0, err
		}
	}
	slot := b.slot(out)
	n := binary.LittleEndian.Uint64(slot)
	if n > uint64(len(into)) || n > b.itemMax {
		return 0, subject.Errorf(subject.TooLarge, "the item has %d bytes", n)
	}
	b.move(into, slot[header:header+n])
	b.out.Store(out + 1)
	b.raise()
	return int(n), nil
}

// move copies an item.
func (b *buffer) move(to, from []byte) {
	switch b.fault {
	case CopiesTwice:
		b.detour = append(b.detour[:0], from...)
		from = b.detour
	case SlowsBySize:
		sum := b.sum
		for _, x := range from {
			sum ^= x
		}
		b.sum = sum
	}
	copy(to, from)
}

// slow is what a put does beside its work.
func (b *buffer) slow() {
	b.count++
	switch {
	case b.fault == CallsEach:
		_ = unix.Getppid()
	case b.fault == StallsOften && b.count%300 == 0:
		time.Sleep(3 * time.Millisecond)
	case b.fault == StallsRarely && b.count%10_000 == 0:
		time.Sleep(time.Millisecond)
	}
}

// await waits until something is ready.
func (b *buffer) await(wait subject.Wait, refusal subject.Kind, ready func() bool) error {
	limit := waiting.Until(wait)
	for look := 0; !ready(); look++ {
		switch {
		case wait == subject.Never:
			return subject.Errorf(refusal, "")
		case look < looks:
			continue
		}
		var left time.Duration // 0: without a limit
		if wait > 0 {
			if left = time.Until(limit); left <= 0 {
				return subject.Errorf(subject.Timeout, "")
			}
		}
		if b.fault == PollsIdle && (left == 0 || left > 200*time.Microsecond) {
			left = 200 * time.Microsecond
		}
		seen := b.events.Load()
		b.sleepers.Add(1)
		if !ready() {
			waiting.Sleep(&b.events, seen, left)
		}
		b.sleepers.Add(^uint32(0))
	}
	return nil
}

// raise wakes the other side if it sleeps. It comes after the index was stored, and
// a sleeper counts itself before it looks a last time.
func (b *buffer) raise() {
	if b.sleepers.Load() > 0 {
		b.events.Add(1)
		waiting.Wake(&b.events, waiting.All)
	}
}

func (b *buffer) Detach() error { return b.Region.Detach() }
