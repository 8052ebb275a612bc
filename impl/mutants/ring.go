package mutants

import (
	"encoding/binary"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// control is the head of a ring's memory. Both indices run on and are taken
// modulo the number of slots, a power of two, so that it divides where they
// wrap; each is written by one side alone. Whoever changes
// something rings the bell; who waits looks at the bell, then at the ring, and
// then sleeps only if the bell is still as it was.
type control struct {
	capacity, itemMax uint64
	in, out           atomic.Uint32 // items put and got
	closed, bell      atomic.Uint32
	reserved          atomic.Uint32 // of ring-refusal-costs-a-slot
	sleepers          atomic.Uint32 // who sleep on the bell, or are about to
	taken             atomic.Uint32 // somebody is inside, see turn
	attached          atomic.Uint32 // handles that were not given back, of those that put things right
	_                 [16]byte
}

const controlSize = int64(unsafe.Sizeof(control{}))

type ring struct {
	fault
	shared bool // by any number of producers and consumers, who take turns
	*region
	*control
	slot   int64 // bytes: a length word, then the item
	slots  int64 // in memory
	put    uint64
	kept   [][]byte // of ring-memory-grows
	carry  []byte   // of ring-swaps-two
	later  later    // of those that publish behind
	gaveUp bool     // of those that put nothing any more, see short
}

// place is the slot of an index.
func (r *ring) place(index uint32) []byte {
	number := int64(index) & (r.slots - 1)
	switch {
	case r.is("ring-index-wraps"):
		number = int64(index&0xff) % int64(r.control.capacity)
	case r.is("ring-index-modulo"):
		number = int64(index) % int64(r.control.capacity)
	}
	at := controlSize + number*r.slot
	return r.memory[at : at+r.slot]
}

// room reports whether one more item may go in.
func (r *ring) room() bool {
	capacity := uint32(r.control.capacity)
	switch {
	case r.is("ring-one-slot-short") && capacity > 1:
		capacity--
	case r.is("ring-one-slot-more"):
		capacity++
	case r.is("ring-capacity-one") && capacity == 1:
		capacity = 0
	case r.is("ring-full-at-home") && r.out.Load()%capacity != 0:
		capacity++
	case r.is("ring-out-apart"):
		return uint32(r.put) < capacity
	}
	return r.in.Load()-r.out.Load()+r.reserved.Load() < capacity
}

func (r *ring) Put(item []byte, wait subject.Wait) error {
	if uint64(len(item)) > r.control.itemMax {
		if !r.is("ring-oversize-cut") {
			return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(item), r.control.itemMax)
		}
		item = item[:r.control.itemMax]
	}
	if r.is("ring-tryput-waits") {
		wait = subject.Forever
	}
	limit := r.deadline(wait)
	r.later.finish()
	for {
		seen := r.bell.Load()
		r.turn(r.shared)
		if r.closed.Load() != 0 {
			r.over(r.shared)
			return subject.Errorf(subject.Closed, "")
		}
		if r.room() {
			break
		}
		r.over(r.shared)
		switch {
		case r.is("ring-full-overwrites"):
			r.out.Add(1)
			continue
		case r.is("ring-tryput-drops") && wait == subject.Never:
			return nil
		case r.is("ring-loses-when-full") && wait == subject.Forever && r.in.Load()%100 == 99:
			return nil
		case r.is("ring-refusal-costs-a-slot") && wait == subject.Never && r.reserved.Load() == 0:
			r.reserved.Add(1)
		}
		if err := r.sleep(seen, wait, limit, subject.Full); err != nil {
			if r.is("ring-timeout-costs-a-slot") && wait > 0 && r.reserved.Load() == 0 {
				r.reserved.Add(1)
			}
			return err
		}
	}
	waited := r.in.Load() == r.out.Load()
	if !r.short(item) {
		r.store(item)
	}
	r.over(r.shared)
	if !r.is("ring-wakes-nobody") && (waited || !r.is("many-wakes-at-empty")) {
		r.wake()
	}
	if r.is("ring-gives-way") {
		_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
	return nil
}

// deadline is when a wait ends.
func (r *ring) deadline(wait subject.Wait) time.Time {
	if r.is("ring-deadline-early") && wait > 0 {
		wait /= 2
	}
	return deadline(wait)
}

// store writes an item into the next slot and publishes it.
func (r *ring) store(item []byte) {
	r.put++
	if r.is("ring-swaps-two") && r.put%999 == 0 {
		r.carry = append([]byte{}, item...)
		return
	}
	if r.is("ring-stops-at-zero") {
		for i, b := range item {
			if b == 0 {
				item = item[:i]
				break
			}
		}
	}
	if r.is("ring-memory-grows") {
		r.kept = append(r.kept, append(make([]byte, 0, 1024), item...))
	}
	in := r.in.Load()
	slot := r.place(in)
	if r.is("ring-publishes-first") || r.is("ring-dies-published") {
		r.in.Store(in + 1)
	}
	if r.is("ring-dies-published") {
		dawdle(0)
	}
	if r.is("ring-puts-behind") {
		item = append([]byte{}, item...)
		r.later.begin(func() { write(slot, item); r.in.Store(in + 1); r.wake() })
		return
	}
	write(slot, item)
	r.in.Store(in + 1)
	if late := r.carry; late != nil {
		r.carry = nil
		r.store(late)
	}
}

func write(slot, item []byte) {
	binary.LittleEndian.PutUint32(slot, uint32(len(item)))
	copy(slot[4:], item)
}

func (r *ring) Get(into []byte, wait subject.Wait) (int, error) {
	if r.is("ring-tryget-waits") {
		wait = subject.Forever
	}
	limit := r.deadline(wait)
	r.later.finish()
	mine := r.shared && !r.is("box-receives-unlocked")
	for {
		seen := r.bell.Load()
		r.turn(mine)
		if r.in.Load() != r.out.Load() {
			break
		}
		r.over(mine)
		switch {
		case r.closed.Load() != 0:
			return 0, subject.Errorf(subject.Closed, "")
		case r.is("ring-empty-returns") && wait != subject.Never:
			return 0, nil
		}
		if r.is("ring-listens-late") {
			seen = r.bell.Load()
		}
		if r.is("ring-limit-anew") && time.Now().Before(limit) {
			limit = r.deadline(wait)
		}
		if err := r.sleep(seen, wait, limit, subject.Empty); err != nil {
			switch {
			case r.is("ring-eintr-is-success") && subject.KindOf(err) == subject.Interrupted:
				return 0, nil
			case r.is("ring-looks-once-more") && wait > 0 && r.in.Load() != r.out.Load():
				_, _ = r.load(into, wait)
			}
			return 0, err
		}
	}
	if r.shared && !mine {
		dawdle(int(r.out.Load()))
	}
	n, err := r.load(into, wait)
	r.over(mine)
	if err == nil {
		r.wake()
	}
	return n, err
}

// turn and over are around what one must do alone where the ring is shared. Who
// has to wait for his turn waits for somebody who is about to be done.
func (r *ring) turn(needed bool) {
	for needed && !r.taken.CompareAndSwap(0, 1) {
		_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
}

func (r *ring) over(needed bool) {
	if needed {
		r.taken.Store(0)
	}
}

// load takes the oldest item out.
func (r *ring) load(into []byte, wait subject.Wait) (int, error) {
	out := r.out.Load()
	from := out
	if r.is("ring-newest-first") {
		from = r.in.Load() - 1
	}
	if r.is("ring-frees-first") {
		r.out.Store(out + 1)
	}
	if r.is("ring-dies-reserved") {
		r.reserved.Add(1)
		dawdle(0)
		defer r.reserved.Add(^uint32(0))
	}
	n, err := r.fetch(from, into)
	if err != nil {
		return 0, err
	}
	next := out + 1
	switch {
	case from != out: // the newest was taken: the oldest moves into its place
		copy(r.place(from), r.place(out))
	case r.is("ring-joins-items"):
		for ; next != r.in.Load(); next++ {
			more, err := r.fetch(next, into[n:])
			if err != nil {
				break
			}
			n += more
		}
	case r.is("ring-tryget-peeks") && wait == subject.Never:
		return n, nil
	case r.is("ring-frees-behind"):
		r.later.begin(func() { r.out.Store(next); r.wake() })
		return n, nil
	}
	r.out.Store(next)
	return n, nil
}

func (r *ring) fetch(index uint32, into []byte) (int, error) {
	slot := r.place(index)
	n := int(binary.LittleEndian.Uint32(slot))
	if n > len(into) || n > len(slot)-4 {
		return 0, subject.Errorf(subject.TooLarge, "the item has %d bytes", n)
	}
	return copy(into, slot[4:4+n]), nil
}

// Close lets nothing more in and releases who waits.
func (r *ring) Close() error {
	if r.is("ring-close-discards") {
		r.out.Store(r.in.Load())
	}
	r.closed.Store(1)
	switch {
	case r.is("ring-close-wakes-nobody"):
	case r.is("many-close-wakes-one"):
		r.ringBell(1)
	default:
		r.wake()
	}
	return nil
}

func (r *ring) Detach() error {
	r.later.finish()
	r.attached.Add(^uint32(0))
	if r.is("ring-mapping-leaks") {
		return nil
	}
	return r.region.Detach()
}
