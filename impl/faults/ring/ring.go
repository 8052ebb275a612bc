// Package ring has a ring of slots in a shared region, with or without a fault:
// as a bounded buffer between one producer and one consumer, as one between many,
// and as a mailbox.
//
// After each change the ring's event count is raised. A waiter reads the event
// count, then the indices, and sleeps only if the event count has not changed
// since.
package ring

import (
	"encoding/binary"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// control is the head of a ring's memory. Both indices are never reset: a slot
// is an index modulo the number of slots, which is a power of two, so that it
// divides 2^32, where the indices wrap. Each index is written by one side alone.
type control struct {
	capacity, itemMax uint64        // items, bytes
	in, out           atomic.Uint32 // items put and got
	closed            atomic.Uint32
	events            atomic.Uint32 // the event count
	reserved          atomic.Uint32 // slots that are lost, of RefusalCostsASlot and others
	sleepers          atomic.Uint32 // processes that sleep on the event count, or are about to
	locked            atomic.Uint32 // 1 while a process holds the lock of a shared ring
	attached          atomic.Uint32 // handles that were not detached, see repair
	absorbed          atomic.Uint32 // wake-ups that are lost, of AbsorbsAWake
	_                 [12]byte
}

const controlSize = int64(unsafe.Sizeof(control{}))

type ring struct {
	fault  Fault
	shared bool // by any number of producers and consumers, which exclude each other by a lock
	*region.Region
	*control
	slot   int64    // bytes: a length word, then the item
	slots  int64    // in memory
	put    uint64   // items, by this process
	kept   [][]byte // of MemoryGrows and KeepsALittle
	carry  []byte   // of SwapsTwo
	later  later    // of PutsBehind and FreesBehind
	gaveUp bool     // puts nothing any more, see short

	cancelled atomic.Bool // ends the wait of this process
}

// place is the slot of an index.
func (r *ring) place(index uint32) []byte {
	number := int64(index) & (r.slots - 1)
	switch {
	case r.fault == IndexWraps:
		number = int64(index&0xff) % int64(r.control.capacity)
	case r.fault == IndexIn16Bits:
		number = int64(index&0xffff) % int64(r.control.capacity)
	case r.fault == IndexModulo:
		number = int64(index) % int64(r.control.capacity)
	}
	at := controlSize + number*r.slot
	return r.Memory[at : at+r.slot]
}

// room reports whether one more item may go in.
func (r *ring) room() bool {
	capacity := uint32(r.control.capacity)
	switch {
	case r.fault == OneSlotShort && capacity > 1:
		capacity--
	case r.fault == OneSlotMore:
		capacity++
	case r.fault == CapacityOne && capacity == 1:
		capacity = 0
	case r.fault == FullAtHome && r.out.Load()%capacity != 0:
		capacity++
	case r.fault == OutApart:
		return uint32(r.put) < capacity
	}
	return r.in.Load()-r.out.Load()+r.reserved.Load() < capacity
}

func (r *ring) Put(item []byte, wait subject.Wait) error {
	if uint64(len(item)) > r.control.itemMax {
		if r.fault != OversizeCut {
			return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(item), r.control.itemMax)
		}
		item = item[:r.control.itemMax]
	}
	if r.fault == TryputWaits {
		wait = subject.Forever
	}
	limit := r.deadline(wait)
	r.later.finish()
	r.cancelled.Store(false)
	for {
		seen := r.events.Load()
		r.lock(r.shared)
		if r.closed.Load() != 0 {
			r.unlock(r.shared)
			return subject.Errorf(subject.Closed, "")
		}
		if r.room() {
			break
		}
		r.unlock(r.shared)
		switch {
		case r.fault == FullOverwrites:
			r.out.Add(1)
			continue
		case r.fault == TryputDrops && wait == subject.Never:
			return nil
		case r.fault == LosesWhenFull && wait == subject.Forever && r.in.Load()%100 == 99:
			return nil
		case r.fault == RefusalCostsASlot && wait == subject.Never && r.reserved.Load() == 0:
			r.reserved.Add(1)
		}
		if err := r.sleep(seen, wait, limit, subject.Full); err != nil {
			cancelled := r.fault == CancelCostsASlot && subject.KindOf(err) == subject.Interrupted
			if (r.fault == TimeoutCostsASlot && wait > 0 || cancelled) && r.reserved.Load() == 0 {
				r.reserved.Add(1)
			}
			return err
		}
	}
	wasEmpty := r.in.Load() == r.out.Load()
	if !r.short(item) {
		r.store(item)
	}
	r.unlock(r.shared)
	if r.fault != WakesNobody && (wasEmpty || r.fault != WakesAtEmpty) {
		r.wake()
	}
	if r.fault == GivesWay {
		waiting.Yield()
	}
	return nil
}

// deadline is the time at which a wait that begins now ends.
func (r *ring) deadline(wait subject.Wait) time.Time {
	switch {
	case r.fault == DeadlineEarly && wait > 0:
		wait /= 2
	case r.fault == NanosecondsNotCarried:
		wait = waiting.NotCarried(wait)
	}
	return waiting.Until(wait)
}

// store writes an item into the next slot and publishes it.
func (r *ring) store(item []byte) {
	r.put++
	if r.fault == SwapsTwo && r.put%999 == 0 {
		r.carry = append([]byte{}, item...)
		return
	}
	if r.fault == StopsAtZero {
		for i, b := range item {
			if b == 0 {
				item = item[:i]
				break
			}
		}
	}
	if r.fault == MemoryGrows {
		r.kept = append(r.kept, append(make([]byte, 0, 1024), item...))
	}
	if r.fault == KeepsALittle {
		r.kept = append(r.kept, make([]byte, 80))
	}
	in := r.in.Load()
	slot := r.place(in)
	if r.fault == PublishesFirst || r.fault == DiesPublished {
		r.in.Store(in + 1)
	}
	if r.fault == DiesPublished {
		waiting.Dawdle(0)
	}
	if r.fault == PutsBehind {
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
	if r.fault == TrygetWaits {
		wait = subject.Forever
	}
	limit := r.deadline(wait)
	r.later.finish()
	r.cancelled.Store(false)
	mine := r.shared && r.fault != ReceivesUnlocked
	for {
		seen := r.events.Load()
		if r.fault == BusyIsEmpty && wait == subject.Never && r.locked.Load() != 0 {
			return 0, subject.Errorf(subject.Empty, "")
		}
		r.lock(mine)
		if r.in.Load() != r.out.Load() {
			break
		}
		r.unlock(mine)
		switch {
		case r.closed.Load() != 0:
			return 0, subject.Errorf(subject.Closed, "")
		case r.fault == EmptyReturns && wait != subject.Never:
			return 0, nil
		}
		if r.fault == ListensLate {
			seen = r.events.Load()
		}
		if r.fault == LimitAnew && time.Now().Before(limit) {
			limit = r.deadline(wait)
		}
		if err := r.sleep(seen, wait, limit, subject.Empty); err != nil {
			switch {
			case r.fault == EINTRIsSuccess && subject.KindOf(err) == subject.Interrupted:
				return 0, nil
			case r.fault == LooksOnceMore && wait > 0 && r.in.Load() != r.out.Load():
				_, _ = r.load(into, wait)
			}
			return 0, err
		}
	}
	if r.shared && !mine {
		waiting.Dawdle(int(r.out.Load()))
	}
	oldest := r.out.Load()
	if r.fault == BusyIsEmpty {
		waiting.Dawdle(int(oldest))
	}
	n, err := r.load(into, wait)
	r.unlock(mine)
	if err == nil {
		r.wake()
	}
	if r.fault == CopiesLate && err == nil && r.attached.Load() > 2 {
		time.Sleep(time.Millisecond)
		n, err = r.fetch(oldest, into)
	}
	return n, err
}

// lock takes the lock of a shared ring. It spins, since the lock is held for a
// few instructions only.
func (r *ring) lock(needed bool) {
	for needed && !r.locked.CompareAndSwap(0, 1) {
		waiting.Yield()
	}
}

func (r *ring) unlock(needed bool) {
	if needed {
		r.locked.Store(0)
	}
}

// load takes the oldest item out.
func (r *ring) load(into []byte, wait subject.Wait) (int, error) {
	out := r.out.Load()
	from := out
	if r.fault == NewestFirst {
		from = r.in.Load() - 1
	}
	if r.fault == FreesFirst {
		r.out.Store(out + 1)
	}
	if r.fault == DiesReserved {
		r.reserved.Add(1)
		waiting.Dawdle(0)
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
	case r.fault == JoinsItems:
		for ; next != r.in.Load(); next++ {
			more, err := r.fetch(next, into[n:])
			if err != nil {
				break
			}
			n += more
		}
	case r.fault == TrygetPeeks && wait == subject.Never:
		return n, nil
	case r.fault == FreesBehind:
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

// Close lets nothing more in and wakes all processes that wait.
func (r *ring) Close() error {
	if r.fault == CloseDiscards {
		r.out.Store(r.in.Load())
	}
	r.closed.Store(1)
	switch {
	case r.fault == CloseWakesNobody:
	case r.fault == CloseWakesOne:
		r.raise(1)
	default:
		r.wake()
	}
	return nil
}

// Cancel ends the wait of this process.
func (r *ring) Cancel() error {
	r.cancelled.Store(true)
	r.wake()
	return nil
}

func (r *ring) Detach() error {
	r.later.finish()
	r.attached.Add(^uint32(0))
	if r.fault == MappingLeaks {
		return nil
	}
	return r.Region.Detach()
}
